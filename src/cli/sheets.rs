//! Commands whose result is a sheet: `--format`, `--out` and `--fail-on` in one place.

use super::{
    args::Words,
    context::{Context, Exit, Failure},
};
use crate::{
    export::{Sheet, save},
    model::Conflict,
};
use clap::{ArgMatches, Command, builder::PossibleValue, value_parser};
use std::{path::PathBuf, sync::Arc};

/// For the tests of commands: every column has a heading in both languages.
#[cfg(test)]
pub(super) fn assert_headings(columns: &[crate::export::Column]) {
    for language in crate::model::Language::ALL {
        for c in columns {
            let heading = crate::i18n::tr(language, c.heading);
            assert!(!heading.contains("Unknown localization"), "{}", c.heading);
        }
    }
}

/// How a sheet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Table,
    Json,
    GeoJson,
    Csv,
}

impl Form {
    pub const ALL: [Self; 4] = [Self::Table, Self::Json, Self::GeoJson, Self::Csv];

    fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::GeoJson => "geojson",
            Self::Csv => "csv",
        }
    }

    fn about(self, words: Words) -> String {
        words.text(match self {
            Self::Table => "format-table",
            Self::Json => "format-sheet-json",
            Self::GeoJson => "format-sheet-geojson",
            Self::Csv => "format-sheet-csv",
        })
    }
}

/// Adds the arguments.
pub(super) fn arguments(command: Command, words: Words) -> Command {
    let formats: Vec<PossibleValue> = Form::ALL
        .iter()
        .map(|f| PossibleValue::new(f.name()).help(f.about(words)))
        .collect();
    command
        .arg(words.option("format", "check-format").value_parser(formats).default_value("table"))
        .arg(
            words
                .option("fail-on", "fail-on")
                .value_name("N")
                .value_parser(value_parser!(u8).range(1..=4)),
        )
        .arg(words.file("out", "out"))
}

/// Writes the sheet, or the text for people.
pub(super) fn write(matches: &ArgMatches, context: &Context, sheet: &Sheet, render: impl Fn(&Context) -> String) -> Result<(), Failure> {
    let asked = matches.get_one::<String>("format").map(String::as_str).unwrap_or_default();
    let form = Form::ALL.into_iter().find(|f| f.name() == asked).unwrap_or(Form::Table);
    let target = matches.get_one::<PathBuf>("out");
    let failed = |e: crate::export::ExportError| context.failure(Exit::Write, &e.text());
    let bytes = match form {
        Form::Csv => sheet.csv(),
        Form::Json => sheet.json().map_err(failed)?,
        Form::GeoJson => sheet.geojson().map_err(failed)?,
        Form::Table if target.is_some() => render(&context.for_file()).into_bytes(),
        Form::Table => render(context).into_bytes(),
    };
    match target {
        Some(path) => save(path, &bytes).map_err(failed),
        None => context.print_bytes(&bytes),
    }
}

/// The exit code that `--fail-on` asks for.
pub(super) fn fail_on(matches: &ArgMatches, context: &Context, conflicts: &[Arc<Conflict>]) -> Result<Exit, Failure> {
    let Some(limit) = matches.get_one::<u8>("fail-on") else {
        return Ok(Exit::Fine);
    };
    let grave = conflicts.iter().filter(|c| u8::from(c.severity) >= *limit).count();
    if grave == 0 {
        return Ok(Exit::Fine);
    }
    context.note(&context.text_with("fail-on-reached", &[("n", grave.to_string()), ("limit", limit.to_string())]));
    Ok(Exit::Found)
}
