//! `new DIR --site LON,LAT`: a project from the files a city has.

use super::{
    Entry,
    args::Words,
    context::{Context, Exit, Failure},
    findings::findings,
    modules::missing_inputs,
    progress::with_progress,
    table::{Align, Table, paragraph},
};
use crate::{
    export::plain,
    model::Level,
    starter::{self, Order, SourceKind, Started, StarterError},
};
use clap::{ArgAction, ArgMatches, Command, builder::PossibleValuesParser, value_parser};
use std::{fmt::Write as _, path::PathBuf};

pub(super) const ENTRY: Entry = Entry {
    name: "new",
    arguments,
    run,
};

fn arguments(command: Command, words: Words) -> Command {
    let mut command = command
        .arg(
            words
                .positional("DIR", "new-dir")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .value_hint(clap::ValueHint::DirPath),
        )
        .arg(
            words
                .option("site", "new-site")
                .value_name("LON,LAT")
                .required(true)
                .allow_hyphen_values(true)
                .value_parser(lonlat),
        )
        .arg(words.option("title", "new-title").value_name("TEXT"))
        .arg(words.option("crs", "new-crs").value_name("EPSG").value_parser(epsg))
        .arg(words.option("state", "new-state").value_name("CODE"))
        .arg(
            words
                .option("radius", "new-radius")
                .value_name("M")
                .default_value("2500")
                .value_parser(value_parser!(f64)),
        );
    for kind in SourceKind::ALL {
        command = command.arg(
            words
                .file(kind.key(), &format!("new-{}", kind.key()))
                .action(ArgAction::Append)
                .num_args(1..),
        );
    }
    command
        .arg(words.option("stand-ins", "new-stand-ins").action(ArgAction::SetTrue))
        .arg(words.option("estimate-noise", "new-estimate-noise").action(ArgAction::SetTrue))
        .arg(
            words
                .option("format", "format-table-json")
                .value_parser(PossibleValuesParser::new(["table", "json"]))
                .default_value("table"),
        )
}

/// "11.58,49.94"
fn lonlat(text: &str) -> Result<[f64; 2], String> {
    let numbers: Option<Vec<f64>> = text
        .split([',', ' ', ';'])
        .filter(|t| !t.is_empty())
        .map(|t| t.parse().ok())
        .collect();
    match numbers.as_deref() {
        Some([lon, lat]) if lon.is_finite() && lat.is_finite() => Ok([*lon, *lat]),
        _ => Err("LON,LAT: 11.58,49.94".into()),
    }
}

/// "EPSG:25832" or "25832"
fn epsg(text: &str) -> Result<u32, String> {
    let upper = text.to_ascii_uppercase();
    upper
        .strip_prefix("EPSG:")
        .unwrap_or(&upper)
        .parse()
        .map_err(|_| "EPSG:25832".into())
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let (Some(dir), Some(site)) = (matches.get_one::<PathBuf>("DIR"), matches.get_one::<[f64; 2]>("site")) else {
        return Ok(Exit::Usage);
    };
    let mut order = Order::new(dir, *site);
    order.title = matches.get_one::<String>("title").cloned();
    order.epsg = matches.get_one::<u32>("crs").copied();
    order.state = matches.get_one::<String>("state").map(|s| s.to_ascii_uppercase());
    order.radius_m = matches.get_one::<f64>("radius").copied().unwrap_or(Order::RADIUS_M);
    order.stand_ins = matches.get_flag("stand-ins");
    order.estimate_noise = matches.get_flag("estimate-noise");
    for kind in SourceKind::ALL {
        let files = matches.get_many::<PathBuf>(kind.key()).into_iter().flatten();
        order.files.extend(files.map(|f| (kind, f.clone())));
    }
    let started = with_progress(context, |control| starter::create(&order, control))?.map_err(|e| {
        let exit = match e {
            StarterError::Site { .. } | StarterError::Radius { .. } | StarterError::State { .. } => Exit::Usage,
            StarterError::Crs { .. } | StarterError::Project { .. } => Exit::Open,
            _ => Exit::Write,
        };
        context.failure(exit, &e.text())
    })?;
    if matches.get_one::<String>("format").is_some_and(|f| f == "json") {
        let text = serde_json::to_string_pretty(&started).map_err(|e| Failure::new(Exit::Internal, e.to_string()))?;
        context.print(&(text + "\n"))?;
    } else {
        context.print(&report(&started, context))?;
    }
    let faults = started.findings.iter().any(|f| f.level == Level::Error);
    Ok(if faults { Exit::Found } else { Exit::Fine })
}

fn report(started: &Started, context: &Context) -> String {
    let mut out = format!("{}\n", context.bold(&context.say(&started.title)));
    let size_km = |a: f64, b: f64| crate::i18n::number(context.language, (b - a) / 1000.0, 1);
    let [w, s, e, n] = started.area;
    let values = [
        ("epsg", started.epsg.to_string()),
        ("crs", plain(&started.crs)),
        ("width", size_km(w, e)),
        ("height", size_km(s, n)),
    ];
    out.push_str(&paragraph(&context.text_with("new-place", &values), context.width, 0));
    let mut table = Table::new([
        (context.text("column-title"), Align::Left),
        (context.text("column-objects"), Align::Right),
        (context.text("column-file"), Align::Left),
    ]);
    for f in &started.filled {
        let features = f.features.map_or_else(|| context.text("geometry-raster"), |n| n.to_string());
        let mark = if f.unofficial {
            format!(" ({})", context.text("new-unofficial"))
        } else {
            String::new()
        };
        let files = f.files.iter().map(|f| f.trim_start_matches("data/")).collect::<Vec<_>>().join(", ");
        table.row([context.say(&f.title) + &mark, features, files]);
    }
    let _ = writeln!(out, "\n{}", context.bold(&context.text("new-section-filled")));
    if table.is_empty() {
        out.push_str(&paragraph(&context.text("new-nothing"), context.width, 2));
    } else {
        out.push_str(&table.render(context.width, 2, context.colour));
    }
    if started.lacking.iter().any(|r| !r.missing.is_empty()) {
        out.push_str(&missing_inputs(&started.lacking, context));
        let _ = writeln!(out, "\n{}", context.bold(&context.text("new-section-portals")));
        match started.portals.as_slice() {
            [p] => out.push_str(&paragraph(&plain(&format!("{}: {}", p.name, p.portals)), context.width, 2)),
            _ => out.push_str(&paragraph(&context.text("new-portals-unknown"), context.width, 2)),
        }
        out.push_str(&paragraph(&context.text("new-portals-federal"), context.width, 2));
    }
    out.push_str(&findings([&started.report()], context));
    let values = [("dir", plain(&started.folder.to_string_lossy()))];
    let _ = write!(out, "\n{}", paragraph(&context.text_with("new-done", &values), context.width, 0));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_codes_as_people_write_them() {
        assert_eq!(lonlat("11.58,49.94"), Ok([11.58, 49.94]));
        assert_eq!(lonlat("-0.1, 51.5"), Ok([-0.1, 51.5]));
        for bad in ["", "11.58", "11,58,49,94", "nan,1", "x,y"] {
            assert!(lonlat(bad).is_err(), "{bad}");
        }
        assert_eq!((epsg("EPSG:25832"), epsg("25832")), (Ok(25832), Ok(25832)));
        assert!(epsg("UTM32").is_err());
    }
}
