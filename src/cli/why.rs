//! `why PROJECT --at E,N`: everything about one spot, as the window answers the key W.

use super::{
    Entry,
    args::Words,
    check::evaluated,
    context::{Context, Exit, Failure},
    progress::with_progress,
    table::paragraph,
};
use crate::{export::save, project::City, why};
use clap::{ArgMatches, Command, builder::PossibleValuesParser};
use std::path::PathBuf;

pub(super) const ENTRY: Entry = Entry {
    name: "why",
    arguments,
    run,
};

/// Somebody who asks beyond this distance from everything the project knows has most likely mixed up coordinates.
const FAR_M: f64 = 10_000.0;

fn arguments(command: Command, words: Words) -> Command {
    command
        .arg(words.positional("PROJECT", "project").required(true))
        .arg(
            words
                .option("at", "spot-at")
                .value_name("E,N")
                .required(true)
                .allow_hyphen_values(true),
        )
        .arg(
            words
                .option("format", "spot-format")
                .value_parser(PossibleValuesParser::new(["text", "json"]))
                .default_value("text"),
        )
        .arg(words.file("out", "out"))
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let given = matches.get_one::<String>("at").map(String::as_str).unwrap_or_default();
    let project = matches.get_one::<String>("PROJECT").map(String::as_str).unwrap_or_default();
    let usage = |key: &str, values: &[(&'static str, String)]| Failure::new(Exit::Usage, context.text_with(key, values));
    let bad = |[e, n]: [f64; 2]| {
        let values = [
            ("given", given.to_owned()),
            ("east", format!("{e:.0}")),
            ("north", format!("{n:.0}")),
        ];
        usage("spot-bad", &values)
    };
    // What cannot be a spot is said before a large project is opened.
    let at = spot(given).ok_or_else(|| bad([387_400.0, 5_821_000.0]))?;
    let snapshot = evaluated(project.as_ref(), context)?;
    let reach = extent(&snapshot.city);
    if !reach.is_empty() && !reach.buffered(FAR_M).contains(at) {
        let value = |v: f64| format!("{v:.0}");
        let values = [
            ("east", value(at[0])),
            ("north", value(at[1])),
            ("west", value(reach.min[0])),
            ("south", value(reach.min[1])),
            ("right", value(reach.max[0])),
            ("top", value(reach.max[1])),
            ("epsg", snapshot.city.info.epsg.to_string()),
        ];
        return Err(usage("spot-far-away", &values));
    }
    let answer = with_progress(context, |control| why::why(&snapshot.city, &snapshot.evaluation, at, control))?;
    let answer = answer.ok_or_else(|| Failure::new(Exit::Internal, context.text("spot-stopped")))?;
    let target = matches.get_one::<PathBuf>("out");
    let bytes = match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => {
            let value = why::to_json(&answer, &snapshot.city, &snapshot.reviews);
            format!("{value:#}\n").into_bytes()
        }
        _ => {
            let text = why::to_text(&answer, &snapshot.city, &snapshot.reviews, context.language);
            match target {
                Some(_) => text.into_bytes(),
                None => wrapped(&text, context.width).into_bytes(),
            }
        }
    };
    match target {
        Some(path) => save(path, &bytes).map_err(|e| context.failure(Exit::Write, &e.text()))?,
        None => context.print_bytes(&bytes)?,
    }
    Ok(Exit::Fine)
}

/// "387400,5821000"; a semicolon or a space may stand between the numbers too.
fn spot(text: &str) -> Option<[f64; 2]> {
    let numbers: Vec<f64> = text
        .split([',', ';', ' '])
        .filter(|t| !t.is_empty())
        .map(|t| t.trim().parse::<f64>().ok().filter(|v| v.is_finite()))
        .collect::<Option<_>>()?;
    numbers.try_into().ok()
}

/// Everything the project knows: its area of interest and its layers.
fn extent(city: &City) -> crate::model::Bbox {
    city.layers().fold(city.extent(), |b, l| b.union(l.layer.extent()))
}

/// Lines that fit the terminal, each with its margin.
fn wrapped(text: &str, width: usize) -> String {
    text.lines()
        .map(|line| match line.trim_start() {
            "" => "\n".to_owned(),
            rest => paragraph(rest, width, line.len() - rest.len()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spot_is_two_numbers() {
        assert_eq!(spot("387400.5,5821000"), Some([387_400.5, 5_821_000.0]));
        assert_eq!(spot("387400; 5821000"), Some([387_400.0, 5_821_000.0]));
        for bad in ["", "1", "1,2,3", "a,b", "nan,1", "inf,1", "1e400,2"] {
            assert_eq!(spot(bad), None, "{bad}");
        }
    }

    #[test]
    fn long_lines_keep_their_margin() {
        let text = wrapped("a\n  ein langer Satz mit Wörtern\n\nb\n", 16);
        assert_eq!(text, "a\n  ein langer\n  Satz mit\n  Wörtern\n\nb\n");
    }
}
