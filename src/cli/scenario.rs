//! `scenario list|apply|export|import|schema`: plans of a project without the window.

use super::{
    Entry,
    args::Words,
    compare::{Loaded, render, variant},
    context::{Context, Exit, Failure},
    findings,
    progress::with_progress,
    table::{Align, Table, paragraph},
};
use crate::{
    export::{comparison_csv, comparison_json, plan_layers, save, save_plan},
    model::{SlotId, Value},
    scenario::{Access, Attributes, Base, Document, ScenarioError, file},
    session::{DraftSource, Variant, compare, read_drafts},
};
use clap::{ArgAction, ArgMatches, Command, builder::PossibleValuesParser, value_parser};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub(super) const ENTRY: Entry = Entry {
    name: "scenario",
    arguments,
    run,
};

fn arguments(command: Command, words: Words) -> Command {
    let project = || words.positional("PROJECT", "project").required(true);
    let name = || words.positional("NAME", "scenario-name").required(true);
    let format = words
        .option("format", "check-format")
        .value_parser(PossibleValuesParser::new(["table", "json", "csv"]))
        .default_value("table");
    command
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(words.command("list", "scenario-list").arg(project()))
        .subcommand(
            words
                .command("apply", "scenario-apply")
                .arg(project())
                .arg(name())
                .arg(format)
                .arg(words.file("out", "out")),
        )
        .subcommand(
            words
                .command("export", "scenario-export")
                .arg(project())
                .arg(name())
                .arg(words.file("out", "scenario-out").required(true)),
        )
        .subcommand(
            words
                .command("import", "scenario-import")
                .arg(project())
                .arg(name())
                .arg(
                    words
                        .positional("FILE", "scenario-file")
                        .required(true)
                        .value_parser(value_parser!(PathBuf)),
                )
                .arg(words.option("slot", "scenario-slot").value_name("SLOT").required(true))
                .arg(words.option("layer", "scenario-layer").value_name("LAYER"))
                .arg(
                    words
                        .option("crs", "scenario-crs")
                        .value_name("EPSG")
                        .value_parser(value_parser!(u32)),
                )
                .arg(
                    words
                        .option("set", "scenario-set")
                        .value_name("NAME=VALUE")
                        .action(ArgAction::Append),
                )
                .arg(words.option("author", "scenario-author").value_name("NAME")),
        )
        .subcommand(words.command("schema", "scenario-schema"))
}

fn text<'a>(matches: &'a ArgMatches, name: &str) -> &'a str {
    matches.get_one::<String>(name).map(String::as_str).unwrap_or_default()
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    match matches.subcommand() {
        Some(("schema", _)) => {
            context.print(&file::schema())?;
            Ok(Exit::Fine)
        }
        Some(("list", inner)) => list(inner, context),
        Some(("apply", inner)) => apply(inner, context),
        Some(("export", inner)) => export(inner, context),
        Some(("import", inner)) => import(inner, context),
        _ => Ok(Exit::Usage),
    }
}

/// The folder of a project, whether the folder or its file was named.
fn folder(project: &str) -> PathBuf {
    let path = Path::new(project);
    if path.is_file() {
        path.parent().unwrap_or(path).into()
    } else {
        path.into()
    }
}

/// The file of a scenario: by path, by file name without its ending, or by title.
pub(super) fn find(folder: &Path, name: &str) -> Result<PathBuf, ScenarioError> {
    if name.ends_with(file::EXTENSION) && Path::new(name).is_file() {
        return Ok(name.into());
    }
    let all = file::list(folder);
    let by_name = all.iter().find(|p| file::short_name(p) == name);
    let by_title = || all.iter().find(|p| file::read(p).is_ok_and(|o| o.file.title == name));
    by_name.or_else(by_title).cloned().ok_or_else(|| ScenarioError::Unknown {
        name: name.into(),
        known: all.iter().map(|p| file::short_name(p)).collect::<Vec<_>>().join(", "),
    })
}

fn list(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let folder = folder(text(matches, "PROJECT"));
    let column = |key: &str, align| (context.text(key), align);
    let mut table = Table::new([
        column("column-scenario", Align::Left),
        column("column-title", Align::Left),
        column("column-steps", Align::Right),
        column("column-author", Align::Left),
        column("column-changed", Align::Left),
    ]);
    let mut exit = Exit::Fine;
    for path in file::list(&folder) {
        match file::read(&path) {
            Ok(opened) => {
                let f = opened.file;
                table.row([file::short_name(&path), f.title, f.steps.len().to_string(), f.author, f.changed]);
            }
            Err(e) => {
                context.note(&context.say(&e.text()));
                exit = Exit::Found;
            }
        }
    }
    if table.is_empty() {
        context.print(&paragraph(&context.text("scenario-none"), context.width, 0))?;
    } else {
        context.print(&table.render(context.width, 0, context.colour))?;
    }
    Ok(exit)
}

fn refused(e: &ScenarioError, context: &Context) -> Failure {
    let writing = matches!(e, ScenarioError::File { writing: true, .. } | ScenarioError::ChangedOnDisk { .. });
    context.failure(if writing { Exit::Write } else { Exit::Open }, &e.text())
}

fn apply(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let loaded = Loaded::open(text(matches, "PROJECT"), context)?;
    let before = Variant::of_base(&loaded.base, &loaded.evaluation);
    let after = variant(&loaded, text(matches, "NAME"), context)?;
    let compared = with_progress(context, |control| compare(&loaded.base, &before, &after, control))?;
    let compared = compared.map_err(|why| context.failure(Exit::Open, &why))?;
    let title = &loaded.base.city.info.title;
    let target = matches.get_one::<PathBuf>("out");
    let bytes = match text(matches, "format") {
        "json" => comparison_json(title, &compared).map_err(|e| context.failure(Exit::Write, &e.text()))?,
        "csv" => comparison_csv(context.language, &compared),
        _ if target.is_some() => render(&compared, &context.for_file()).into_bytes(),
        _ => render(&compared, context).into_bytes(),
    };
    match target {
        Some(path) => save(path, &bytes).map_err(|e| context.failure(Exit::Write, &e.text()))?,
        None => context.print_bytes(&bytes)?,
    }
    Ok(if after.notices.is_empty() { Exit::Fine } else { Exit::Found })
}

fn base(project: &str, context: &Context) -> Result<Base, Failure> {
    let opened = with_progress(context, |control| crate::project::open(project.as_ref(), control))?;
    let city = opened.map_err(|e| context.failure(Exit::Open, &e.text()))?;
    Ok(Base::new(Arc::new(city)))
}

fn export(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let base = base(text(matches, "PROJECT"), context)?;
    let path = find(&base.city.info.folder, text(matches, "NAME")).map_err(|e| refused(&e, context))?;
    let mut document = Document::open(base.clone(), &path, &Access::look()).map_err(|e| refused(&e, context))?;
    for notice in document.take_notices() {
        context.note(&context.say(&notice));
    }
    let plan = document.plan();
    let layers = plan_layers(&base, plan.overlay(), plan.city());
    if layers.is_empty() {
        context.note(&context.text("scenario-nothing"));
        return Ok(Exit::Found);
    }
    let out = matches.get_one::<PathBuf>("out").cloned().unwrap_or_default();
    let written = with_progress(context, |control| {
        save_plan(&out, &layers, base.city.info.epsg, context.language, control)
    })?;
    for path in written.map_err(|e| context.failure(Exit::Write, &e.text()))? {
        context.print(&format!("{}\n", crate::export::plain(&path.display().to_string())))?;
    }
    Ok(Exit::Fine)
}

fn import(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let mut set = Attributes::new();
    for pair in matches.get_many::<String>("set").into_iter().flatten() {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(Failure::new(
                Exit::Usage,
                context.text_with("scenario-bad-set", &[("text", pair.clone())]),
            ));
        };
        set.insert(name.trim().into(), Value::Text(value.trim().into()));
    }
    let base = base(text(matches, "PROJECT"), context)?;
    let name = text(matches, "NAME");
    let access = Access::work();
    let opened = match find(&base.city.info.folder, name) {
        Ok(path) => Document::open(base.clone(), &path, &access),
        Err(ScenarioError::Unknown { .. }) => {
            let author = matches
                .get_one::<String>("author")
                .cloned()
                .unwrap_or_else(Document::default_author);
            Document::create(base.clone(), name, &author, &access)
        }
        Err(e) => Err(e),
    };
    let mut document = opened.map_err(|e| refused(&e, context))?;
    for notice in document.take_notices() {
        context.note(&context.say(&notice));
    }
    let slot = SlotId::from(text(matches, "slot"));
    let file = matches.get_one::<PathBuf>("FILE").cloned().unwrap_or_default();
    let source = DraftSource {
        layer: matches.get_one::<String>("layer").map(String::as_str),
        crs: matches.get_one::<u32>("crs").copied(),
        set,
    };
    let overlay = document.plan().overlay().clone();
    let drafts = with_progress(context, |control| read_drafts((&base, &overlay), &file, &slot, &source, control))?;
    let drafts = drafts.map_err(|e| context.failure(Exit::Open, &e.text()))?;
    for finding in &drafts.findings {
        context.note(&findings::line(finding, context));
    }
    let taken = drafts.step.as_ref().map_or(0, |s| s.edits.len());
    if let Some(step) = drafts.step {
        document.act(step).map_err(|e| refused(&e.into(), context))?;
        document.save().map_err(|e| refused(&e, context))?;
    }
    let values = [
        ("taken", taken.to_string()),
        ("read", drafts.read.to_string()),
        ("file", document.path().display().to_string()),
    ];
    context.print(&format!("{}\n", context.text_with("scenario-imported", &values)))?;
    document.close(false);
    Ok(if taken == drafts.read { Exit::Fine } else { Exit::Found })
}
