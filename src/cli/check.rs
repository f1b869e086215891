//! `check PROJECT`: opens a project, evaluates every rule and prints or writes the conflicts.

use super::{
    Entry,
    args::Words,
    check_groups, check_table,
    compare::{Loaded, variant},
    context::{Context, Exit, Failure},
    progress::with_progress,
};
use crate::{
    export::{EXPORTERS, Results, exporter, save},
    permit, project,
    rules::{self, GroupBy},
    scenario::{self, Base},
    session::{Session, Snapshot},
};
use clap::{
    ArgAction, ArgMatches, Command,
    builder::{PossibleValue, PossibleValuesParser},
    value_parser,
};
use std::{path::Path, sync::Arc};

pub(super) const ENTRY: Entry = Entry {
    name: "check",
    arguments,
    run,
};

fn arguments(command: Command, words: Words) -> Command {
    let table = PossibleValue::new("table").help(words.text("format-table"));
    let formats = EXPORTERS
        .iter()
        .map(|e| PossibleValue::new(e.name()).help(e.about().get(words.language).to_string()));
    let formats: Vec<PossibleValue> = [table].into_iter().chain(formats).collect();
    command
        .arg(words.positional("PROJECT", "project").required(true))
        .arg(words.option("format", "check-format").value_parser(formats).default_value("table"))
        .arg(
            words
                .option("fail-on", "fail-on")
                .value_name("N")
                .value_parser(value_parser!(u8).range(1..=4)),
        )
        .arg(
            words
                .option("by", "group-by")
                .value_parser(PossibleValuesParser::new(["site", "rule", "office", "district"])),
        )
        .arg(words.option("scenario", "planned-scenario").value_name("NAME"))
        .arg(words.option("existing", "check-existing").action(ArgAction::SetTrue))
        .arg(words.file("out", "out"))
}

/// The project as it stands, or as the plan leaves it that `--scenario` names.
pub(super) fn planned(matches: &ArgMatches, context: &Context) -> Result<Arc<Snapshot>, Failure> {
    let project = matches.get_one::<String>("PROJECT").map(String::as_str).unwrap_or_default();
    let snapshot = evaluated(project.as_ref(), context)?;
    let Some(name) = matches.get_one::<String>("scenario") else {
        return Ok(snapshot);
    };
    let loaded = Loaded {
        base: Base::new(snapshot.city.clone()),
        evaluation: snapshot.evaluation.clone(),
    };
    let variant = variant(&loaded, name, context)?;
    let mut next = (*snapshot).clone();
    next.reviews = Arc::new(scenario::reviews(variant.overlay.settings(), &snapshot.reviews));
    next.city = variant.city;
    next.evaluation = variant.evaluation;
    Ok(Arc::new(next))
}

/// The same, with building law for all that stands there where it is asked for.
fn asked(matches: &ArgMatches, context: &Context) -> Result<Arc<Snapshot>, Failure> {
    let snapshot = planned(matches, context)?;
    let mut next = (*snapshot).clone();
    if matches.get_flag("existing") {
        let evaluation = (*next.evaluation).clone();
        let judged = with_progress(context, |control| permit::existing(&next.city, evaluation, control))?;
        next.evaluation = Arc::new(judged.ok_or_else(|| Failure::new(Exit::Internal, context.text("broken")))?);
    }
    Ok(Arc::new(next))
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let snapshot = asked(matches, context)?;
    let format = matches.get_one::<String>("format").map(String::as_str).unwrap_or_default();
    let target = matches.get_one::<std::path::PathBuf>("out");
    let bytes = match exporter(format) {
        Some(exporter) => {
            let results = Results {
                city: &snapshot.city,
                evaluation: &snapshot.evaluation,
                reviews: &snapshot.reviews,
                language: context.language,
            };
            exporter.bytes(&results).map_err(|e| context.failure(Exit::Write, &e.text()))?
        }
        None => {
            let by = matches.get_one::<String>("by").and_then(|by| group_by(by));
            let page = if target.is_some() { context.for_file() } else { *context };
            let text = match by {
                Some(by) => check_groups::render(&snapshot, by, &page),
                None => check_table::render(&snapshot, &page),
            };
            text.into_bytes()
        }
    };
    match target {
        Some(path) => save(path, &bytes).map_err(|e| context.failure(Exit::Write, &e.text()))?,
        None => context.print_bytes(&bytes)?,
    }
    let limit = matches.get_one::<u8>("fail-on");
    let grave = |limit: u8| {
        snapshot
            .evaluation
            .conflicts
            .iter()
            .filter(|c| u8::from(c.severity) >= limit)
            .count()
    };
    if let Some(limit) = limit
        && grave(*limit) > 0
    {
        let values = [("n", grave(*limit).to_string()), ("limit", limit.to_string())];
        context.note(&context.text_with("fail-on-reached", &values));
        return Ok(Exit::Found);
    }
    Ok(Exit::Fine)
}

fn group_by(name: &str) -> Option<GroupBy> {
    match name {
        "site" => Some(GroupBy::Site),
        "rule" => Some(GroupBy::Rule),
        "office" => Some(GroupBy::Office),
        "district" => Some(GroupBy::District),
        _ => None,
    }
}

/// Opens and evaluates a project with progress.
pub(super) fn evaluated(path: &Path, context: &Context) -> Result<Arc<Snapshot>, Failure> {
    let opened = with_progress(context, |control| {
        let city = project::open(path, control)?;
        let evaluation = rules::evaluate(&city, control);
        Ok(Session::new(city, evaluation).snapshot())
    })?;
    opened.map_err(|e: project::ProjectError| context.failure(Exit::Open, &e.text()))
}
