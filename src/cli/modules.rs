//! `modules list`: the twin modules that come with the program and the layers a city fills.

use super::{
    Entry,
    args::Words,
    context::{Context, Exit, Failure},
    table::{Align, Table, paragraph},
};
use crate::{
    export::plain,
    modules::{self, ModuleDef, SlotGeometry},
};
use clap::{ArgMatches, Command};
use std::{fmt::Write, path::Path};

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
}

fn run(_: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    list(context)
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
pub(super) fn modules_of(_project: &Path, context: &Context) -> Result<(Vec<ModuleDef>, Option<String>), Failure> {
    Ok((all_modules(context)?, None))
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
