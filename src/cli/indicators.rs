//! `indicators PROJECT`: the figures of a city, as a whole and for each polygon of a layer.

use super::{
    Entry,
    args::Words,
    check::evaluated,
    context::{Context, Exit, Failure},
    progress::with_progress,
    table::{Align, Table, paragraph},
};
use crate::{
    export::{INDICATOR_EXPORTERS, IndicatorResults, indicator_exporter, plain, save},
    i18n,
    indicators::{self, Amount, Cell, Figure, Indicators},
    model::{LocalText, SlotId},
};
use clap::{ArgMatches, Command, builder::PossibleValue};
use std::{fmt::Write, path::PathBuf};

pub(super) const ENTRY: Entry = Entry {
    name: "indicators",
    arguments,
    run,
};

fn arguments(command: Command, words: Words) -> Command {
    let table = PossibleValue::new("table").help(words.text("format-table"));
    let formats = INDICATOR_EXPORTERS
        .iter()
        .map(|e| PossibleValue::new(e.name()).help(e.about().get(words.language).to_string()));
    let formats: Vec<PossibleValue> = [table].into_iter().chain(formats).collect();
    command
        .arg(words.positional("PROJECT", "project").required(true))
        .arg(words.option("by", "figures-by").value_name("SLOT"))
        .arg(words.option("format", "check-format").value_parser(formats).default_value("table"))
        .arg(words.file("out", "out"))
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let project = matches.get_one::<String>("PROJECT").map(String::as_str).unwrap_or_default();
    let snapshot = evaluated(project.as_ref(), context)?;
    let by = matches.get_one::<String>("by").map(|s| SlotId::from(s.as_str()));
    let computed = with_progress(context, |control| {
        indicators::evaluate(&snapshot.city, &snapshot.evaluation, by.as_ref(), control)
    })?;
    let found = computed.map_err(|why| context.failure(Exit::Open, &why))?;
    let format = matches.get_one::<String>("format").map(String::as_str).unwrap_or_default();
    let target = matches.get_one::<PathBuf>("out");
    let bytes = match indicator_exporter(format) {
        Some(exporter) => {
            let results = IndicatorResults {
                city: &snapshot.city,
                indicators: &found,
                language: context.language,
            };
            exporter.bytes(&results).map_err(|e| context.failure(Exit::Write, &e.text()))?
        }
        None if target.is_some() => render(&found, &context.for_file()).into_bytes(),
        None => render(&found, context).into_bytes(),
    };
    match target {
        Some(path) => save(path, &bytes).map_err(|e| context.failure(Exit::Write, &e.text()))?,
        None => context.print_bytes(&bytes)?,
    }
    Ok(Exit::Fine)
}

/// A word of the indicators.
fn word(context: &Context, key: &str) -> String {
    i18n::tr(context.language, &format!("indicators-{key}"))
}

fn render(found: &Indicators, context: &Context) -> String {
    let mut out = String::new();
    for figure in &found.figures {
        let head = format!("{} {}", figure.id, context.say(&figure.title));
        let _ = writeln!(out, "{}", context.bold(&head));
        out.push_str(&paragraph(&what(figure, context), context.width, 2));
        let mut table = Table::new([
            (word(context, "column-place"), Align::Left),
            (word(context, "column-value"), Align::Right),
            (word(context, "column-numerator"), Align::Right),
            (word(context, "column-denominator"), Align::Right),
            (word(context, "column-unknown-short"), Align::Right),
        ]);
        let mut notes: Vec<&LocalText> = vec![];
        for (place, cell) in found.places.iter().zip(&figure.cells) {
            table.row([
                context.say(&place.label),
                value(figure, cell, context),
                amount(cell.numerator.as_ref(), context),
                amount(cell.denominator.as_ref(), context),
                unknown(cell, context),
            ]);
            for note in &cell.notes {
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
        }
        out.push_str(&table.render(context.width, 2, context.colour));
        for note in notes {
            out.push_str(&paragraph(&format!("– {}", context.say(note)), context.width, 2));
        }
        for s in &figure.sources {
            let date = s.date.as_ref().map(|d| format!(", {d}")).unwrap_or_default();
            let line = format!(
                "{} {}: {}{date}",
                i18n::tr(context.language, "indicators-source"),
                context.say(&s.title),
                s.source
            );
            out.push_str(&paragraph(&plain(&line), context.width, 2));
        }
        out.push('\n');
    }
    if found.figures.is_empty() {
        let _ = writeln!(out, "{}", word(context, "none"));
    }
    out
}

fn what(figure: &Figure, context: &Context) -> String {
    format!("{} ({}, {})", context.say(&figure.what), figure.definition, figure.year)
}

fn value(figure: &Figure, cell: &Cell, context: &Context) -> String {
    match cell.value {
        Some(v) => format!(
            "{} {}",
            i18n::number(context.language, v, usize::from(figure.decimals)),
            context.say(&figure.unit)
        ),
        None => word(context, "unknown"),
    }
}

fn amount(amount: Option<&Amount>, context: &Context) -> String {
    amount.map_or_else(String::new, |a| {
        let places = if a.value.abs() < 100.0 && a.value.fract() != 0.0 { 1 } else { 0 };
        let number = i18n::number(context.language, a.value, places);
        format!("{number} {}", context.say(&a.unit)).trim().to_owned()
    })
}

fn unknown(cell: &Cell, context: &Context) -> String {
    match cell.unknown_percent {
        Some(p) if p <= 0.0 => "–".into(),
        Some(p) if p < 0.05 => "< 0.1 %".replace('.', if context.language == crate::model::Language::De { "," } else { "." }),
        Some(p) => format!("{} %", i18n::number(context.language, p, 1)),
        None => String::new(),
    }
}
