//! `completions SHELL`: the script that lets a shell complete commands and options.

use super::{
    Entry,
    args::{self, Words},
    context::{Context, Exit, Failure},
};
use clap::{ArgMatches, value_parser};
use clap_complete::Shell;

pub(super) const ENTRY: Entry = Entry {
    name: "completions",
    arguments: |command, words| command.arg(words.positional("SHELL", "shell").required(true).value_parser(value_parser!(Shell))),
    run,
};

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let Some(shell) = matches.get_one::<Shell>("SHELL") else {
        return Ok(Exit::Usage);
    };
    let mut script = Vec::new();
    let mut tree = args::command(Words {
        language: context.language,
    });
    clap_complete::generate(*shell, &mut tree, env!("CARGO_PKG_NAME"), &mut script);
    context.print_bytes(&script)?;
    Ok(Exit::Fine)
}
