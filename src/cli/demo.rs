//! `demo DIR`: Musterstadt, an invented town that fills every layer of every module.

use super::{
    Entry,
    args::Words,
    context::{Context, Exit, Failure},
    progress::with_progress,
};
use crate::{
    demo::{self, DemoOptions},
    export::plain,
    project::ProjectFile,
};
use clap::{ArgAction, ArgMatches, Command, value_parser};
use std::path::{Path, PathBuf};

pub(super) const ENTRY: Entry = Entry {
    name: "demo",
    arguments,
    run,
};

fn arguments(command: Command, words: Words) -> Command {
    command
        .arg(
            words
                .positional("DIR", "demo-dir")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .value_hint(clap::ValueHint::DirPath),
        )
        .arg(
            words
                .option("size", "demo-size")
                .value_name("N")
                .default_value("5000")
                .value_parser(value_parser!(u64).range(100..=1_000_000)),
        )
        .arg(
            words
                .option("seed", "demo-seed")
                .value_name("S")
                .default_value("1")
                .value_parser(value_parser!(u64)),
        )
        .arg(words.option("force", "demo-force").action(ArgAction::SetTrue))
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let Some(dir) = matches.get_one::<PathBuf>("DIR") else {
        return Ok(Exit::Usage);
    };
    let values = [("dir", plain(&dir.to_string_lossy()))];
    let force = matches.get_flag("force");
    if !force && !is_free(dir) {
        return Err(Failure::new(Exit::Write, context.text_with("demo-not-empty", &values)));
    }
    if force && !make_room(dir).map_err(|e| Failure::new(Exit::Write, e.to_string()))? {
        return Err(Failure::new(Exit::Write, context.text_with("demo-real-project", &values)));
    }
    let options = DemoOptions {
        buildings: matches.get_one::<u64>("size").map_or(5000, |n| *n as usize),
        seed: matches.get_one::<u64>("seed").copied().unwrap_or(1),
    };
    with_progress(context, |control| demo::generate(dir, &options, control))?.map_err(|e| context.failure(Exit::Write, &e.text()))?;
    context.print(&(context.text_with("demo-done", &values) + "\n"))?;
    Ok(Exit::Fine)
}

/// True for a folder that is not there yet or holds nothing.
fn is_free(dir: &Path) -> bool {
    match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(e) => e.kind() == std::io::ErrorKind::NotFound,
    }
}

/// Takes an earlier demo town out of the way; `false` when the folder holds a project that is not invented.
fn make_room(dir: &Path) -> std::io::Result<bool> {
    let file = dir.join("project.toml");
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(true),
        Err(e) => return Err(e),
    };
    let invented = ProjectFile::parse(&text, &file).is_ok_and(|p| p.synthetic);
    if invented {
        std::fs::remove_file(&file)?;
    }
    Ok(invented)
}
