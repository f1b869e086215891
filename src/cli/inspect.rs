//! `inspect FILE…`: what a file holds, and what happens to it on the way into a project.

use super::{
    Entry,
    args::Words,
    context::{Context, Exit, Failure},
    findings::findings,
    inspect_table,
    progress::with_progress,
    table::paragraph,
};
use crate::{
    export::plain,
    i18n::number,
    layers::{self, LayerError, ProjectCrs},
    model::{Bbox, GeometryKind, Level, LocalText, Report},
    progress::Control,
    readers::{self, Inspection, LayerInspection, RasterInspection, VectorRequest},
};
use clap::{ArgAction, ArgMatches, Command, builder::PossibleValuesParser, value_parser};
use serde::Serialize;
use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

pub(super) const ENTRY: Entry = Entry {
    name: "inspect",
    arguments,
    run,
};

fn arguments(command: Command, words: Words) -> Command {
    command
        .arg(
            words
                .positional("FILE", "files")
                .required(true)
                .action(ArgAction::Append)
                .num_args(1..)
                .value_parser(value_parser!(PathBuf))
                .value_hint(clap::ValueHint::FilePath),
        )
        .arg(words.option("crs", "inspect-crs").value_name("EPSG").value_parser(epsg))
        .arg(
            words
                .option("format", "format-table-json")
                .value_parser(PossibleValuesParser::new(["table", "json"]))
                .default_value("table"),
        )
}

fn epsg(text: &str) -> Result<u32, String> {
    let digits = text.trim().trim_start_matches("EPSG:").trim_start_matches("epsg:");
    digits.parse().map_err(|_| format!("{text:?}: EPSG:25832"))
}

/// A file with what came of reading it.
#[derive(Debug, Serialize)]
struct Account {
    #[serde(flatten)]
    inspection: Inspection,
    /// One entry a layer, or one for the grid.
    read: Vec<Reading>,
}

/// What came of reading one layer.
#[derive(Debug, Default, Serialize)]
struct Reading {
    layer: Option<String>,
    /// The metric CRS it was taken into.
    crs: Option<String>,
    kind: Option<GeometryKind>,
    /// In that CRS.
    extent: Option<Bbox>,
    dropped: u64,
    adds_up: bool,
    report: Report,
    /// Least and largest value of a grid.
    range: Option<[f32; 2]>,
    /// Why it cannot be used at all.
    refused: Option<LocalText>,
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let crs = matches.get_one::<u32>("crs").copied();
    let json = matches.get_one::<String>("format").is_some_and(|f| f == "json");
    let mut accounts = Vec::new();
    let mut exit = Exit::Fine;
    let value = |v: Result<serde_json::Value, serde_json::Error>| v.map_err(|e| Failure::new(Exit::Internal, e.to_string()));
    for path in matches.get_many::<PathBuf>("FILE").into_iter().flatten() {
        if let Some(table) = inspect_table::account(path) {
            match table {
                Ok(table) => {
                    if exit == Exit::Fine && table.report.worst() >= Some(Level::Warning) {
                        exit = Exit::Found;
                    }
                    if !json {
                        context.print(&inspect_table::render(&table, context))?;
                    }
                    accounts.push(value(serde_json::to_value(table))?);
                }
                Err(text) => exit = context.fail(context.failure(Exit::Open, &text)),
            }
            continue;
        }
        match with_progress(context, |control| account(path, crs, control))? {
            Ok(account) => {
                let odd = |r: &Reading| r.refused.is_some() || !r.adds_up || r.report.worst() >= Some(Level::Warning);
                if exit == Exit::Fine && account.read.iter().any(odd) {
                    exit = Exit::Found;
                }
                if !json {
                    context.print(&render(&account, context))?;
                }
                accounts.push(value(serde_json::to_value(account))?);
            }
            // The other files still count.
            Err(text) => exit = context.fail(context.failure(Exit::Open, &text)),
        }
    }
    if json {
        let text = serde_json::to_string_pretty(&accounts).map_err(|e| Failure::new(Exit::Internal, e.to_string()))?;
        context.print(&(text + "\n"))?;
    }
    Ok(exit)
}

fn account(path: &Path, crs: Option<u32>, control: &Control) -> Result<Account, LocalText> {
    let inspection = readers::inspect(path).map_err(|e| e.text())?;
    let read = match &inspection.raster {
        Some(_) => vec![grid(path, control)],
        None => inspection.layers.iter().map(|l| features(path, l, crs, control)).collect(),
    };
    Ok(Account { inspection, read })
}

fn grid(path: &Path, control: &Control) -> Reading {
    match readers::read_raster(path, control) {
        Err(e) => Reading {
            refused: Some(e.text()),
            ..Reading::default()
        },
        Ok(raw) => {
            let known = raw.raster.values.iter().copied().filter(|v| !v.is_nan());
            let range = known.fold(None, |r: Option<[f32; 2]>, v| {
                Some(r.map_or([v, v], |r| [r[0].min(v), r[1].max(v)]))
            });
            Reading {
                dropped: raw.report.dropped(),
                adds_up: raw.report.adds_up(),
                report: raw.report,
                range,
                ..Reading::default()
            }
        }
    }
}

fn features(path: &Path, layer: &LayerInspection, crs: Option<u32>, control: &Control) -> Reading {
    let refused = |text: LocalText| Reading {
        layer: Some(layer.name.clone()),
        refused: Some(text),
        ..Reading::default()
    };
    let request = VectorRequest {
        layer: Some(layer.name.clone()),
        ..VectorRequest::default()
    };
    let raw = match readers::read_vector(path, &request, control) {
        Ok(raw) => raw,
        Err(e) => return refused(e.text()),
    };
    let target = match crs {
        Some(epsg) => ProjectCrs::from_epsg(epsg),
        None => metric_crs(raw.crs.as_deref(), raw.geometry.extent()),
    };
    let target = match target {
        Ok(target) => target,
        Err(e) => return refused(e.text()),
    };
    let clean: Result<_, LayerError> = layers::clean(raw, &target, None, control);
    match clean {
        Err(e) => refused(e.text()),
        Ok(clean) => Reading {
            layer: Some(layer.name.clone()),
            crs: Some(format!("EPSG:{}", target.epsg())),
            kind: Some(clean.geometry.kind()),
            extent: Some(clean.geometry.extent()).filter(|b| !b.is_empty()),
            dropped: clean.report.dropped(),
            adds_up: clean.report.adds_up(),
            report: clean.report,
            ..Reading::default()
        },
    }
}

/// The file's own CRS if it is metric, else the UTM zone in its middle (ETRS89 in Europe).
fn metric_crs(crs: Option<&str>, extent: Bbox) -> Result<ProjectCrs, layers::CrsError> {
    let own = crs.and_then(|c| c.strip_prefix("EPSG:")).and_then(|c| c.parse().ok());
    if let Some(Ok(own)) = own.map(ProjectCrs::from_epsg) {
        return Ok(own);
    }
    ProjectCrs::from_epsg(utm(extent).unwrap_or(25832))
}

fn utm(extent: Bbox) -> Option<u32> {
    let inside = !extent.is_empty() && extent.min[0] >= -180.0 && extent.max[0] <= 180.0 && extent.min[1] >= -90.0 && extent.max[1] <= 90.0;
    if !inside {
        return None;
    }
    let middle = [0, 1].map(|k| (extent.min[k] + extent.max[k]) / 2.0);
    let zone = (((middle[0] + 180.0) / 6.0).floor() as u32).min(59) + 1;
    Some(match middle[1] {
        lat if (28..=38).contains(&zone) && (34.0..=72.0).contains(&lat) => 25800 + zone,
        lat if lat >= 0.0 => 32600 + zone,
        _ => 32700 + zone,
    })
}

fn render(account: &Account, context: &Context) -> String {
    let i = &account.inspection;
    let mut out = format!("{}\n  {} ({})\n", context.bold(&plain(&i.file)), plain(&i.format), plain(&i.driver));
    if let Some(r) = &i.raster {
        out.push_str(&paragraph(&grid_line(r, account.read.first(), context), context.width, 2));
    }
    for layer in &i.layers {
        out.push_str(&paragraph(&layer_line(layer, context), context.width, 2));
        let attributes: Vec<String> = layer.attributes.iter().map(|a| format!("{} ({})", a.name, a.kind)).collect();
        if !attributes.is_empty() {
            let line = format!("{}: {}", context.text("inspect-attributes"), attributes.join(", "));
            out.push_str(&paragraph(&line, context.width, 4));
        }
        for reading in account.read.iter().filter(|r| r.layer.as_deref() == Some(&layer.name)) {
            out.push_str(&reading_lines(reading, context));
        }
    }
    for reading in account.read.iter().filter(|r| r.layer.is_none()) {
        if let Some(text) = &reading.refused {
            out.push_str(&paragraph(
                &format!("{}: {}", context.text("inspect-refused"), context.say(text)),
                context.width,
                4,
            ));
        }
    }
    let noted = Report {
        findings: i.findings.clone(),
        ..Report::default()
    };
    out.push_str(&findings(
        [&noted].into_iter().chain(account.read.iter().map(|r| &r.report)),
        context,
    ));
    out.push('\n');
    out
}

fn layer_line(layer: &LayerInspection, context: &Context) -> String {
    let crs = layer.crs.as_deref().map_or_else(|| context.text("inspect-no-crs"), crs_name);
    let name = context.text_with("inspect-layer", &[("name", layer.name.clone())]);
    let mut line = format!("{name}: {}, {crs}", layer.geometry_type);
    if let Some(n) = layer.expected {
        let _ = write!(line, ", {}", context.text_with("inspect-features", &[("n", n.to_string())]));
    }
    if let Some(b) = layer.extent.filter(|b| !b.is_empty()) {
        let _ = write!(line, ", {}", corners(&b, context));
    }
    line
}

/// WKT by its name only: the whole text belongs into the JSON.
fn crs_name(crs: &str) -> String {
    match crs.split_once('"') {
        Some((_, rest)) => rest.split('"').next().unwrap_or_default().to_string(),
        None => crs.to_string(),
    }
}

fn corners(b: &Bbox, context: &Context) -> String {
    let degrees = b.max[0].abs() <= 360.0 && b.max[1].abs() <= 90.0;
    let n = |v: f64| number(context.language, v, if degrees { 5 } else { 0 });
    format!("{} {} … {} {}", n(b.min[0]), n(b.min[1]), n(b.max[0]), n(b.max[1]))
}

fn reading_lines(reading: &Reading, context: &Context) -> String {
    if let Some(text) = &reading.refused {
        return paragraph(
            &format!("{}: {}", context.text("inspect-refused"), context.say(text)),
            context.width,
            4,
        );
    }
    let values = [
        ("crs", reading.crs.clone().unwrap_or_default()),
        ("loaded", reading.report.loaded.to_string()),
        ("dropped", reading.dropped.to_string()),
        ("expected", reading.report.expected.map_or_else(|| "?".into(), |n| n.to_string())),
    ];
    let mut line = context.text_with("inspect-sum", &values);
    if let Some(b) = &reading.extent {
        let _ = write!(line, ", {}", corners(b, context));
    }
    if !reading.adds_up {
        let _ = write!(line, " – {}", context.text("inspect-does-not-add-up"));
    }
    paragraph(&line, context.width, 4)
}

fn grid_line(r: &RasterInspection, reading: Option<&Reading>, context: &Context) -> String {
    let crs = r.crs.as_deref().map_or_else(|| context.text("inspect-no-crs"), crs_name);
    let mut line = format!("{} × {}, {}, {crs}", r.width, r.height, r.data_type);
    if let Some([x, y]) = r.cell {
        let _ = write!(line, ", {} {x} × {y}", context.text("inspect-cell"));
    }
    if r.bands != 1 {
        let _ = write!(line, ", {}", context.text_with("inspect-bands", &[("n", r.bands.to_string())]));
    }
    if let Some([low, high]) = reading.and_then(|r| r.range) {
        let n = |v: f32| number(context.language, f64::from(v), 1);
        let _ = write!(line, ", {} {} … {}", context.text("inspect-values"), n(low), n(high));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_go_into_the_zone_in_their_middle() {
        let at = |lon: f64, lat: f64| utm(Bbox::new([lon, lat], [lon + 0.1, lat + 0.1]));
        assert_eq!(at(13.3, 52.5), Some(25833));
        assert_eq!(at(9.5, 47.1), Some(25832));
        assert_eq!(at(-74.0, 40.7), Some(32618));
        assert_eq!(at(151.2, -33.9), Some(32756));
        assert_eq!(at(179.9, 0.0), Some(32660));
        assert_eq!(utm(Bbox::new([387_000.0, 5_820_000.0], [388_000.0, 5_821_000.0])), None);
        assert_eq!(utm(Bbox::EMPTY), None);
    }
}
