//! `open` and `snapshot`: the doors to the window and to pictures. A build without the feature `gui` says that it has neither.

use super::{
    Entry,
    args::{Words, size},
    context::{Context, Exit, Failure},
};
use crate::export::plain;
use clap::{ArgMatches, Command};
use std::path::PathBuf;

pub(super) const OPEN: Entry = Entry {
    name: "open",
    arguments: open_arguments,
    run: open,
};

pub(super) const SNAPSHOT: Entry = Entry {
    name: "snapshot",
    arguments: |command, words| {
        command
            .arg(words.positional("PROJECT", "project").required(true))
            .arg(words.file("out", "picture-out").required(true))
            .arg(words.option("view", "picture-view").value_name("NAME"))
            .arg(
                words
                    .option("size", "picture-size")
                    .value_name("WxH")
                    .default_value("1920x1080")
                    .value_parser(size),
            )
    },
    run: snapshot,
};

/// The arguments of `open`, which are those of the program without a command, too.
pub(super) fn open_arguments(command: Command, words: Words) -> Command {
    command
        .arg(words.positional("PROJECT", "project-optional").value_hint(clap::ValueHint::AnyPath))
        .arg(words.option("size", "window-size").value_name("WxH").value_parser(size))
}

/// Opens the window.
pub(super) fn open(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let project = matches.get_one::<String>("PROJECT").map(PathBuf::from);
    if let Some(path) = project.as_deref().filter(|p| !p.exists()) {
        let values = [("path", plain(&path.to_string_lossy()))];
        return Err(Failure::new(Exit::Open, context.text_with("no-project", &values)));
    }
    no_renderer(context)
}

fn snapshot(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let _ = matches;
    no_renderer(context)
}

fn no_renderer(context: &Context) -> Result<Exit, Failure> {
    Err(Failure::new(Exit::Write, context.text("no-renderer")))
}
