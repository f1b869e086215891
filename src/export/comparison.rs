//! What two plans differ in, as a file: JSON for programs, one CSV table for spreadsheets.

use super::{ExportError, table::Rows};
use crate::{
    i18n::tr,
    model::{Conflict, Language, LocalText, Value},
    scenario::{Comparison, Fate},
};
use serde::Serialize;

/// Grows when a field changes its meaning.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct File<'a> {
    schema: u32,
    program: &'static str,
    version: &'static str,
    project: &'a LocalText,
    #[serde(flatten)]
    comparison: &'a Comparison,
}

/// The comparison as JSON. The same plans give the same bytes.
///
/// # Errors
/// When a number cannot be written.
pub fn comparison_json(project: &LocalText, comparison: &Comparison) -> Result<Vec<u8>, ExportError> {
    let file = File {
        schema: SCHEMA,
        program: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        project,
        comparison,
    };
    let mut bytes = serde_json::to_vec_pretty(&file).map_err(|source| ExportError::Format { format: "json", source })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The comparison as one table in one language: features, settings, conflicts, indicators, each line with what it is.
pub fn comparison_csv(language: Language, comparison: &Comparison) -> Vec<u8> {
    let word = |key: &str| tr(language, key);
    let mut table = Rows::new(language);
    for column in [
        "scenario-part",
        "scenario-fate",
        "scenario-layer-or-rule",
        "scenario-id",
        "scenario-name",
        "scenario-what",
    ] {
        table.text(&word(column));
    }
    for title in &comparison.titles {
        table.text(title.get(language));
    }
    table.text(&word("scenario-unit"));
    table.end();
    for f in &comparison.features {
        let mut row = |what: &str, before: &Value, after: &Value, unit: &str| {
            table.text(&word("scenario-part-feature"));
            table.text(&word(fate_key(f.fate)));
            for text in [&f.slot.to_string(), &f.id, &f.label, what] {
                table.text(text);
            }
            for value in [before, after] {
                match value {
                    Value::Real(v) => table.number(Some(*v), 2),
                    Value::Integer(v) => table.number(Some(*v as f64), 0),
                    other => table.text(&other.to_string()),
                }
            }
            table.text(unit);
            table.end();
        };
        let area = |k: usize| f.area_m2[k].map_or(Value::Null, Value::Real);
        let shape = if f.moved { word("scenario-shape") } else { word("scenario-area") };
        if f.moved || f.fate != Fate::Changed {
            let unit = if f.area_m2.iter().any(Option::is_some) { "m²" } else { "" };
            row(&shape, &area(0), &area(1), unit);
        }
        for (name, before, after) in &f.attributes {
            row(name, before, after, "");
        }
    }
    for (key, before, after) in &comparison.settings {
        table.text(&word("scenario-part-setting"));
        table.text(&word("scenario-changed"));
        for text in ["", key, "", "", &before.to_string(), &after.to_string(), ""] {
            table.text(text);
        }
        table.end();
    }
    let mut conflict = |key: &str, before: Option<&Conflict>, after: Option<&Conflict>| {
        let Some(c) = after.or(before) else { return };
        table.text(&word("scenario-part-conflict"));
        table.text(&word(key));
        for text in [
            c.rule.as_str(),
            &c.id,
            &c.subject.label,
            c.reasons.first().map_or("", |r| r.get(language)),
        ] {
            table.text(text);
        }
        table.number(before.map(|c| c.measured.value), 2);
        table.number(after.map(|c| c.measured.value), 2);
        table.text(&c.measured.unit);
        table.end();
    };
    let delta = &comparison.conflicts;
    delta.new.iter().for_each(|c| conflict("scenario-new", None, Some(c)));
    delta.resolved.iter().for_each(|c| conflict("scenario-resolved", Some(c), None));
    delta
        .changed
        .iter()
        .for_each(|(a, b)| conflict("scenario-changed", Some(a), Some(b)));
    for f in &comparison.indicators {
        let same = f.before == f.after;
        table.text(&word("scenario-part-indicator"));
        table.text(&word(if same { "scenario-unchanged" } else { "scenario-changed" }));
        for text in ["", &f.id, f.title.get(language), ""] {
            table.text(text);
        }
        table.number(f.before, usize::from(f.decimals));
        table.number(f.after, usize::from(f.decimals));
        table.text(f.unit.get(language));
        table.end();
    }
    table.into_bytes()
}

/// The word for what became of a feature.
pub(crate) fn fate_key(fate: Fate) -> &'static str {
    match fate {
        Fate::New => "scenario-new",
        Fate::Gone => "scenario-gone",
        Fate::Changed => "scenario-changed",
    }
}
