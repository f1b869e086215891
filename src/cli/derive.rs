//! `derive PROJECT`: the layers that a project makes of other layers, with what they rest on and what got lost; one of them as a file.

use super::{
    Entry,
    args::Words,
    context::{Context, Exit, Failure},
    progress::with_progress,
    table::{Align, Table, paragraph},
};
use crate::{
    derive::Expression,
    export::{gpkg_table, layer_geojson, save},
    geometry::{area_m2, length_m},
    i18n,
    model::{Coverage, GeometryKind, Layer},
    progress::Control,
    project::{self, City, SlotData},
    readers::gdal::write::{WriteLayer, geopackage},
};
use clap::{ArgMatches, Command};
use std::{fmt::Write, path::PathBuf};

pub(super) const ENTRY: Entry = Entry {
    name: "derive",
    arguments,
    run,
};

fn arguments(command: Command, words: Words) -> Command {
    command
        .arg(words.positional("PROJECT", "project").required(true))
        .arg(words.option("layer", "derive-layer").value_name("ID"))
        .arg(words.file("out", "derive-out").requires("layer"))
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let path = matches.get_one::<String>("PROJECT").map(String::as_str).unwrap_or_default();
    let city =
        with_progress(context, |control| project::open(path.as_ref(), control))?.map_err(|e| context.failure(Exit::Open, &e.text()))?;
    let id = matches.get_one::<String>("layer").map(|t| t.trim_start_matches("derived/"));
    let chosen: Vec<&Expression> = city.info.derived.iter().filter(|e| id.is_none_or(|id| e.id == id)).collect();
    if let (Some(id), true) = (id, chosen.is_empty()) {
        let known = city.info.derived.iter().map(|e| e.id.as_str()).collect::<Vec<_>>().join(", ");
        let values = [("id", id.to_owned()), ("known", known)];
        return Err(Failure::new(Exit::Usage, context.text_with("derive-unknown", &values)));
    }
    if let (Some(target), Some(e)) = (matches.get_one::<PathBuf>("out"), chosen.first()) {
        write(&city, e, target, context)?;
        return Ok(Exit::Fine);
    }
    context.print(&render(&city, &chosen, context))?;
    let failed = city.report.findings.iter().any(|f| f.code == "PJ-300");
    Ok(if failed { Exit::Found } else { Exit::Fine })
}

fn write(city: &City, e: &Expression, target: &std::path::Path, context: &Context) -> Result<(), Failure> {
    let layer = match city.slot(&e.slot()).map(|s| &s.data) {
        Some(SlotData::Vector(layer)) => &layer.layer,
        Some(SlotData::Missing { reason }) => return Err(context.failure(Exit::Open, reason)),
        _ => return Err(Failure::new(Exit::Open, e.slot().to_string())),
    };
    if target.extension().is_some_and(|x| x.eq_ignore_ascii_case("gpkg")) {
        let attributes = gpkg_table(layer);
        let one = WriteLayer {
            name: &e.id,
            description: e.title.get(context.language),
            geometry: &layer.geometry,
            attributes: &attributes,
            style: None,
        };
        return geopackage(target, city.info.epsg, &[one], &Control::default()).map_err(|e| context.failure(Exit::Write, &e.text()));
    }
    let bytes = layer_geojson(city, layer).map_err(|e| context.failure(Exit::Write, &e.text()))?;
    save(target, &bytes).map_err(|e| context.failure(Exit::Write, &e.text()))
}

fn render(city: &City, chosen: &[&Expression], context: &Context) -> String {
    let mut out = String::new();
    if chosen.is_empty() {
        let _ = writeln!(out, "{}", context.text("derive-none"));
    }
    for e in chosen {
        let head = format!("{} {}", e.slot(), context.say(&e.title));
        let _ = writeln!(out, "{}", context.bold(&head));
        let of = e.of.iter().map(|i| match &i.filter {
            None => i.slot.to_string(),
            Some(f) => format!("{} [{f}]", i.slot),
        });
        let distance = e
            .distance_m
            .map(|d| format!(", {}", i18n::measure(context.language, d, "m")))
            .unwrap_or_default();
        let made = format!(
            "{}: {}{distance}",
            context.say(&e.operation.name()),
            of.collect::<Vec<_>>().join(", ")
        );
        out.push_str(&paragraph(&made, context.width, 2));
        match city.slot(&e.slot()).map(|s| &s.data) {
            Some(SlotData::Vector(layer)) => told(&mut out, &layer.layer, context),
            Some(SlotData::Missing { reason }) => {
                let said = format!("{} {}", context.text("derive-no-data"), context.say(reason));
                out.push_str(&paragraph(&said, context.width, 2));
            }
            _ => {}
        }
        out.push('\n');
    }
    for f in city.report.findings.iter().filter(|f| f.code == "PJ-300") {
        out.push_str(&paragraph(&context.say(&f.text), context.width, 0));
    }
    out
}

fn told(out: &mut String, layer: &Layer, context: &Context) {
    let mut table = Table::new([
        (context.text("column-features"), Align::Right),
        (context.text("column-size"), Align::Right),
        (context.text("column-reach"), Align::Left),
        (context.text("column-data-date"), Align::Left),
    ]);
    let rows = 0..layer.len();
    let size = match layer.geometry.kind() {
        GeometryKind::Point => String::new(),
        GeometryKind::Line => i18n::measure(context.language, rows.map(|r| length_m(&layer.geometry, r)).sum(), "m"),
        GeometryKind::Polygon => i18n::area(context.language, rows.map(|r| area_m2(&layer.geometry, r)).sum()),
    };
    let reach = context.text(match layer.coverage {
        Coverage::Undeclared => "derive-reach-assumed",
        Coverage::AreaOfInterest => "derive-reach-area",
        Coverage::Polygons(_) => "derive-reach-part",
    });
    let day = layer.data_date().map(|d| i18n::date(context.language, d)).unwrap_or_default();
    table.row([layer.len().to_string(), size, reach, day]);
    out.push_str(&table.render(context.width, 2, context.colour));
    for f in &layer.report.findings {
        out.push_str(&paragraph(&format!("– {}", context.say(&f.text)), context.width, 2));
    }
    if let Some(sources) = crate::rules::quoted_sources(layer.provenance.iter()) {
        let said = context.text_with("derive-sources", &[("list", sources)]);
        out.push_str(&paragraph(&said, context.width, 2));
    }
}
