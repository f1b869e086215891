//! The command line: everything that works without a window, and the two doors to it.
//!
//! Each command is one file here and one line in [`COMMANDS`]. Results go to standard output, messages and progress to standard
//! error; the exit codes are those of [`Exit`].

mod args;
mod check;
mod check_groups;
mod check_table;
mod compare;
mod completions;
mod conflict_list;
mod context;
mod demo;
mod derive;
mod figures;
mod findings;
mod indicators;
mod inspect;
mod inspect_table;
mod law;
mod modules;
mod new;
mod planned;
mod progress;
mod rules;
mod scenario;
mod services;
mod setbacks;
mod sheets;
mod suitability;
mod suitability_table;
mod sun;
mod sun_table;
mod table;
mod why;
mod window;

pub use context::Exit;
pub use window::{Drawn, PictureOrder, Renderer, WindowOrder};

use args::Words;
use clap::ArgMatches;
use context::{Context, Failure};
use std::process::ExitCode;

/// One command.
struct Entry {
    /// Name on the command line.
    name: &'static str,
    /// Adds its arguments.
    arguments: fn(clap::Command, Words) -> clap::Command,
    /// Does it.
    run: fn(&ArgMatches, &Context) -> Result<Exit, Failure>,
}

/// Every command in the order of the help.
const COMMANDS: &[Entry] = &[
    window::OPEN,
    check::ENTRY,
    indicators::ENTRY,
    law::ENTRY,
    setbacks::ENTRY,
    sun::ENTRY,
    figures::ENTRY,
    inspect::ENTRY,
    rules::ENTRY,
    modules::ENTRY,
    services::ENTRY,
    suitability::ENTRY,
    derive::ENTRY,
    why::ENTRY,
    scenario::ENTRY,
    compare::ENTRY,
    demo::ENTRY,
    new::ENTRY,
    window::SNAPSHOT,
    completions::ENTRY,
];

/// Runs the program with the arguments of the process. The renderer comes from above, because the command line knows no window.
pub fn main(renderer: Option<Renderer>) -> ExitCode {
    run(std::env::args_os().collect(), renderer).into()
}

fn run(arguments: Vec<std::ffi::OsString>, renderer: Option<Renderer>) -> Exit {
    let words = Words::from_arguments(&arguments);
    let matches = match args::command(words).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(e) => {
            // Help and version are answers, everything else is a question back.
            let _ = e.print();
            return if e.use_stderr() { Exit::Usage } else { Exit::Fine };
        }
    };
    let context = Context::new(words.language, renderer);
    let result = match matches.subcommand() {
        Some((name, inner)) => match COMMANDS.iter().find(|c| c.name == name) {
            Some(entry) => (entry.run)(inner, &context),
            None => Err(Failure::new(Exit::Usage, name)),
        },
        None => window::open(&matches, &context),
    };
    result.unwrap_or_else(|failure| context.fail(failure))
}
