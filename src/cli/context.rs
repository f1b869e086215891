//! What every command is given, how it ends, and the only door to standard output and standard error.

use super::window::Renderer;
use crate::{
    export::{plain, severity_key, status_key},
    i18n,
    model::{ConflictStatus, Language, LocalText, Severity},
};
use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

/// How a run ends. The numbers are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, nothing to complain about.
    Fine = 0,
    /// Done, and what was asked about was found: `--fail-on` reached, inputs lacking, features dropped or repaired.
    Found = 1,
    /// The command line was not understood.
    Usage = 2,
    /// A project or file could not be opened.
    Open = 3,
    /// A result could not be written, or no picture could be drawn.
    Write = 4,
    /// A fault of the program.
    Internal = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    /// With a sentence in the language of the run.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
        }
    }
}

/// Language and terminal of the run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context {
    /// Language of every text.
    pub language: Language,
    /// Columns of standard output; 80 when it is no terminal.
    pub width: usize,
    /// Standard output understands colours.
    pub colour: bool,
    /// Draws, if this build can.
    pub renderer: Option<Renderer>,
}

impl Context {
    /// Looks at the terminal.
    pub fn new(language: Language, renderer: Option<Renderer>) -> Self {
        let terminal = console::Term::stdout();
        let width = terminal.size_checked().map_or(80, |(_, columns)| usize::from(columns));
        Self {
            language,
            width: width.clamp(60, 140),
            colour: console::colors_enabled(),
            renderer,
        }
    }

    /// The text of `cli-<key>`.
    pub fn text(&self, key: &str) -> String {
        i18n::tr(self.language, &format!("cli-{key}"))
    }

    /// The text of `cli-<key>` with values.
    pub fn text_with(&self, key: &str, values: &[(&'static str, String)]) -> String {
        let values: Vec<_> = values.iter().map(|(k, v)| (*k, v.clone().into())).collect();
        i18n::tr_with(self.language, &format!("cli-{key}"), &values)
    }

    /// A sentence in the language of the run.
    pub fn say(&self, text: &LocalText) -> String {
        plain(text.get(self.language))
    }

    /// A failure with a sentence in both languages.
    pub fn failure(&self, exit: Exit, text: &LocalText) -> Failure {
        Failure::new(exit, text.get(self.language))
    }

    /// Text that stands out, where the terminal can.
    pub fn bold(&self, text: &str) -> String {
        console::Style::new().bold().force_styling(self.colour).apply_to(text).to_string()
    }

    /// The name of a severity.
    pub fn severity(&self, severity: Severity) -> String {
        i18n::tr(self.language, severity_key(severity))
    }

    /// The name of a status.
    pub fn status(&self, status: ConflictStatus) -> String {
        i18n::tr(self.language, status_key(status))
    }

    /// The same language for text that goes into a file.
    pub fn for_file(&self) -> Self {
        Self {
            language: self.language,
            width: 100,
            colour: false,
            renderer: self.renderer,
        }
    }

    /// Writes to standard output. A reader that has seen enough (`| head`) is no error.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        self.print_bytes(text.as_bytes())
    }

    /// As [`Self::print`], for files.
    pub fn print_bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(Exit::Write, e.to_string())),
            _ => Ok(()),
        }
    }

    /// Tells on standard error, where it does not mix with results.
    pub fn note(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Ends with a message.
    pub fn fail(&self, failure: Failure) -> Exit {
        let head = console::Style::new()
            .for_stderr()
            .red()
            .bold()
            .force_styling(io::stderr().is_terminal() && console::colors_enabled_stderr())
            .apply_to(self.text("error"));
        self.note(&format!("{head}: {}", plain(&failure.message)));
        failure.exit
    }
}
