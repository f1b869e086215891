//! The argument tree in the language of the user. Help texts are in `assets/i18n/<lang>/cli.ftl`.

use super::{COMMANDS, window};
use crate::{i18n, model::Language};
use clap::{Arg, Command, ValueHint, builder::PossibleValuesParser, value_parser};
use std::{ffi::OsString, path::PathBuf};

/// Help texts in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    /// The language of the whole run.
    pub language: Language,
}

impl Words {
    /// The language is needed before the arguments are parsed, because the help of the parser is in it.
    pub fn from_arguments(arguments: &[OsString]) -> Self {
        let mut given = None;
        let mut rest = arguments.iter().skip(1).filter_map(|a| a.to_str());
        while let Some(argument) = rest.next() {
            match argument.split_once('=') {
                Some(("--lang", value)) => given = Some(value),
                _ if argument == "--lang" => given = rest.next(),
                _ if argument == "--" => break,
                _ => {}
            }
        }
        let language = match given {
            Some("de") => Language::De,
            Some("en") => Language::En,
            _ => from_locale(
                ["LC_ALL", "LC_MESSAGES", "LANG"]
                    .into_iter()
                    .find_map(|n| std::env::var(n).ok().filter(|v| !v.is_empty())),
            ),
        };
        Self { language }
    }

    /// The text of `cli-<key>`.
    pub fn text(self, key: &str) -> String {
        i18n::tr(self.language, &format!("cli-{key}"))
    }

    /// An argument whose help is `cli-arg-<key>`; its long name is the last part of the key.
    pub fn option(self, name: &'static str, key: &str) -> Arg {
        Arg::new(name).long(name).help(self.text(&format!("arg-{key}")))
    }

    /// An option that takes a file.
    pub fn file(self, name: &'static str, key: &str) -> Arg {
        self.option(name, key)
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::FilePath)
    }

    /// A positional argument.
    pub fn positional(self, name: &'static str, key: &str) -> Arg {
        Arg::new(name)
            .value_name(name)
            .help(self.text(&format!("arg-{key}")))
            .help_heading(self.headings()[1])
    }

    /// Headings of commands, arguments and options; the parser takes them as constants only.
    fn headings(self) -> [&'static str; 3] {
        match self.language {
            Language::De => ["Befehle", "Argumente", "Optionen"],
            Language::En => ["Commands", "Arguments", "Options"],
        }
    }

    /// A command with its one-sentence help and headings in the language.
    pub fn command(self, name: &'static str, key: &str) -> Command {
        Command::new(name)
            .about(self.text(&format!("about-{key}")))
            .help_template(format!(
                "{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}{{after-help}}",
                self.text("heading-usage")
            ))
            .subcommand_help_heading(self.headings()[0])
            .disable_help_subcommand(true)
            .disable_help_flag(true)
            .arg(
                Arg::new("help")
                    .short('h')
                    .long("help")
                    .action(clap::ArgAction::Help)
                    .help(self.text("arg-help"))
                    .help_heading(self.headings()[2]),
            )
            .next_help_heading(self.headings()[2])
    }
}

/// German unless the locale names another language; a machine without a locale speaks the program's first language.
fn from_locale(locale: Option<String>) -> Language {
    match locale.as_deref() {
        None | Some("C" | "POSIX") => Language::De,
        Some(l) if l.starts_with("C.") || l.starts_with("de") => Language::De,
        Some(_) => Language::En,
    }
}

/// The whole tree.
pub(super) fn command(words: Words) -> Command {
    let mut root = words
        .command("stadtschicht", "stadtschicht")
        .version(concat!(env!("CARGO_PKG_VERSION"), " (", env!("STADTSCHICHT_REVISION"), ")"))
        .disable_version_flag(true)
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(clap::ArgAction::Version)
                .help(words.text("arg-version")),
        )
        .arg(
            words
                .option("lang", "lang")
                .global(true)
                .value_parser(PossibleValuesParser::new(["de", "en"])),
        )
        .after_help(words.text("exit-codes"));
    root = window::open_arguments(root, words);
    for entry in COMMANDS {
        root = root.subcommand((entry.arguments)(words.command(entry.name, entry.name), words));
    }
    root
}

/// Width and height as in `1920x1080`.
pub(super) fn size(text: &str) -> Result<(u32, u32), String> {
    let wrong = || format!("{text:?}: 1920x1080");
    let (w, h) = text.split_once(['x', 'X', '×']).ok_or_else(wrong)?;
    let side = |t: &str| t.trim().parse::<u32>().ok().filter(|n| (16..=16_384).contains(n));
    Ok((side(w).ok_or_else(wrong)?, side(h).ok_or_else(wrong)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_sound_in_both_languages() {
        for language in Language::ALL {
            let words = Words { language };
            let mut tree = command(words);
            tree.clone().debug_assert();
            let help = tree.render_long_help().to_string();
            for entry in COMMANDS {
                assert!(help.contains(entry.name), "{help}");
            }
            fn no_gaps(c: &Command) {
                let about = c.get_about().map(ToString::to_string).unwrap_or_default();
                assert!(
                    !about.is_empty() && !about.contains("Unknown localization"),
                    "{}: {about}",
                    c.get_name()
                );
                for a in c.get_arguments() {
                    let help = a.get_help().map(ToString::to_string).unwrap_or_default();
                    assert!(
                        !help.is_empty() && !help.contains("Unknown localization"),
                        "{} {}: {help}",
                        c.get_name(),
                        a.get_id()
                    );
                }
                c.get_subcommands().for_each(no_gaps);
            }
            no_gaps(&tree);
        }
    }

    #[test]
    fn the_language_comes_from_the_option_then_from_the_locale() {
        let given = |list: &[&str]| Words::from_arguments(&list.iter().map(OsString::from).collect::<Vec<_>>()).language;
        assert_eq!(given(&["x", "check", "--lang", "en"]), Language::En);
        assert_eq!(given(&["x", "--lang=de", "check"]), Language::De);
        assert_eq!(from_locale(Some("de_AT.UTF-8".into())), Language::De);
        assert_eq!(from_locale(Some("en_GB.UTF-8".into())), Language::En);
        assert_eq!(from_locale(Some("fr_FR.UTF-8".into())), Language::En);
        assert_eq!(from_locale(Some("C.UTF-8".into())), Language::De);
        assert_eq!(from_locale(None), Language::De);
    }

    #[test]
    fn sizes_are_two_sane_numbers() {
        assert_eq!(size("3840x2160"), Ok((3840, 2160)));
        for bad in ["", "3840", "0x10", "3840x", "99999x99999", "-5x20", "3840x2160x1"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
