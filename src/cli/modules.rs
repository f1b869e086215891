//! `modules list` and `modules check PROJECT`: the twin modules with the layers a city fills, and what one city still lacks.

use super::{
    Entry,
    args::Words,
    context::{Context, Exit, Failure},
    findings::findings,
    progress::with_progress,
    table::{Align, Table, paragraph},
};
use crate::{
    export::plain,
    model::{Level, SlotId},
    modules::{self, ModuleDef, RuleLack, SlotGeometry},
    project::{self, City, Slot, SlotData},
};
use clap::{ArgMatches, Command, builder::PossibleValuesParser};
use serde_json::json;
use std::{collections::BTreeMap, fmt::Write, path::Path};

pub(super) const ENTRY: Entry = Entry {
    name: "modules",
    arguments,
    run,
};

fn arguments(command: Command, words: Words) -> Command {
    command
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(words.command("list", "modules-list"))
        .subcommand(
            words
                .command("check", "modules-check")
                .arg(words.positional("PROJECT", "project").required(true))
                .arg(
                    words
                        .option("format", "format-table-json")
                        .value_parser(PossibleValuesParser::new(["table", "json"]))
                        .default_value("table"),
                ),
        )
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    match matches.subcommand() {
        Some(("check", inner)) => check(inner, context),
        _ => list(context),
    }
}

/// Every module that comes with the program.
pub(super) fn all_modules(context: &Context) -> Result<Vec<ModuleDef>, Failure> {
    modules::builtin_ids()
        .into_iter()
        .filter_map(modules::builtin)
        .map(|m| m.map_err(|e| context.failure(Exit::Internal, &e.text())))
        .collect()
}

/// The modules and the federal state of a project.
pub(super) fn modules_of(project: &Path, context: &Context) -> Result<(Vec<ModuleDef>, Option<String>), Failure> {
    let city = open(project, context)?;
    Ok((city.modules.to_vec(), city.info.state.clone()))
}

fn open(project: &Path, context: &Context) -> Result<City, Failure> {
    let opened = with_progress(context, |control| project::open(project, control))?;
    opened.map_err(|e| context.failure(Exit::Open, &e.text()))
}

fn check(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let path = matches.get_one::<String>("PROJECT").map(String::as_str).unwrap_or_default();
    let city = open(path.as_ref(), context)?;
    let lacking: Vec<RuleLack> = modules::lacking(&city.modules, &city.present(), city.info.state.as_deref());
    let incomplete = lacking.iter().filter(|r| !r.missing.is_empty()).count();
    let faults = city.report.worst() == Some(Level::Error);
    if matches.get_one::<String>("format").is_some_and(|f| f == "json") {
        let document = json!({
            "format": "stadtschicht.modules",
            "schema": 1,
            "slots": city.slots.iter().map(slot_json).collect::<Vec<_>>(),
            "rules": lacking,
            "findings": city.report.findings,
        });
        let text = serde_json::to_string_pretty(&document).map_err(|e| Failure::new(Exit::Internal, e.to_string()))?;
        context.print(&(text + "\n"))?;
    } else {
        context.print(&lacks(&city, &lacking, incomplete, context))?;
    }
    Ok(if incomplete > 0 || faults { Exit::Found } else { Exit::Fine })
}

fn slot_json(slot: &Slot) -> serde_json::Value {
    let (filled, features, reason) = match &slot.data {
        SlotData::Missing { reason } => (false, None, Some(reason)),
        SlotData::Raster(_) => (true, None, None),
        SlotData::Vector(l) => (true, Some(l.layer.len()), None),
    };
    json!({ "slot": slot.id, "title": slot.def.title, "filled": filled, "features": features, "reason": reason })
}

fn lacks(city: &City, lacking: &[RuleLack], incomplete: usize, context: &Context) -> String {
    let mut out = format!("{}\n", context.bold(&context.say(&city.info.title)));
    for module in city.modules.iter() {
        let _ = writeln!(out, "\n{} ({})", context.bold(&context.say(&module.title)), plain(&module.id));
        let mut table = Table::new([
            (context.text("column-slot"), Align::Left),
            (context.text("column-title"), Align::Left),
            (context.text("column-state"), Align::Left),
        ]);
        for slot in city.slots.iter().filter(|s| s.id.module() == module.id) {
            let state = match &slot.data {
                SlotData::Missing { reason } => format!("{}: {}", context.text("no-data"), context.say(reason)),
                SlotData::Raster(r) => format!("{} × {}", r.width, r.height),
                SlotData::Vector(l) => context.text_with("inspect-features", &[("n", l.layer.len().to_string())]),
            };
            table.row([slot.id.slot().into(), context.say(&slot.def.title), state]);
        }
        out.push_str(&table.render(context.width, 2, context.colour));
    }
    out.push('\n');
    if incomplete == 0 {
        out.push_str(&paragraph(&context.text("modules-complete"), context.width, 0));
    } else {
        let values = [("rules", incomplete.to_string()), ("all", lacking.len().to_string())];
        out.push_str(&paragraph(&context.text_with("modules-lacking", &values), context.width, 0));
        out.push_str(&missing_inputs(lacking, context));
    }
    out.push_str(&findings([&city.report], context));
    out
}

/// One missing input often stops several rules: it is named once, with all of them.
pub(super) fn missing_inputs(lacking: &[RuleLack], context: &Context) -> String {
    // Slot and attribute → where it comes from, and the rules that need it.
    type Inputs<'a> = BTreeMap<(SlotId, Option<String>), (String, Vec<&'a str>)>;
    let mut inputs = Inputs::new();
    for rule in lacking {
        for lack in &rule.missing {
            let entry = inputs.entry((lack.slot.clone(), lack.attribute.clone()));
            let entry = entry.or_insert_with(|| (context.say(&lack.where_from), vec![]));
            entry.1.push(&rule.rule);
        }
    }
    let mut table = Table::new([
        (context.text("column-missing"), Align::Left),
        (context.text("column-needed-by"), Align::Left),
        (context.text("column-where-from"), Align::Left),
    ]);
    for ((slot, attribute), (where_from, rules)) in inputs {
        let what = attribute.map_or_else(|| slot.to_string(), |a| format!("{slot} . {a}"));
        table.row([what, rules.join(", "), where_from]);
    }
    format!("\n{}\n", context.bold(&context.text("section-lacking"))) + &table.render(context.width, 2, context.colour)
}

fn list(context: &Context) -> Result<Exit, Failure> {
    let mut out = String::new();
    for module in all_modules(context)? {
        let _ = writeln!(out, "{} ({})", context.bold(&context.say(&module.title)), plain(&module.id));
        out.push_str(&paragraph(module.description.get(context.language), context.width, 2));
        let mut table = Table::new([
            (context.text("column-slot"), Align::Left),
            (context.text("column-title"), Align::Left),
            (context.text("column-geometry"), Align::Left),
            (context.text("column-required"), Align::Left),
        ]);
        for slot in &module.slots {
            let required: Vec<&str> = slot.attributes.iter().filter(|a| a.required).map(|a| a.name.as_str()).collect();
            table.row([
                slot.id.clone(),
                context.say(&slot.title),
                geometry(slot.geometry, context),
                required.join(", "),
            ]);
        }
        out.push_str(&table.render(context.width, 2, context.colour));
        out.push('\n');
    }
    context.print(&out)?;
    Ok(Exit::Fine)
}

fn geometry(geometry: SlotGeometry, context: &Context) -> String {
    context.text(match geometry {
        SlotGeometry::Point => "geometry-point",
        SlotGeometry::Line => "geometry-line",
        SlotGeometry::Polygon => "geometry-polygon",
        SlotGeometry::PointOrPolygon => "geometry-point-or-polygon",
        SlotGeometry::Any => "geometry-any",
        SlotGeometry::Raster => "geometry-raster",
    })
}
