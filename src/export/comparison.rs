//! What two plans differ in, as a file: JSON for programs, one CSV table for spreadsheets, a workbook with a sheet for each part.

use super::{ExportError, plain, table::Rows};
use crate::{
    i18n::tr,
    model::{Conflict, Language, LocalText, Value},
    scenario::{Comparison, Fate},
};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};
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

/// One entry of a line.
#[derive(Debug, Clone, PartialEq)]
enum Entry {
    Text(String),
    Number(Option<f64>, usize),
}

impl Entry {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Text(String::new()),
            Value::Real(v) => Self::Number(Some(*v), 2),
            Value::Integer(v) => Self::Number(Some(*v as f64), 0),
            other => Self::Text(other.to_string()),
        }
    }

    fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// One line of the table.
struct Line {
    part: &'static str,
    fate: &'static str,
    group: String,
    id: String,
    name: String,
    what: String,
    before: Entry,
    after: Entry,
    unit: String,
    delta: Option<f64>,
    decimals: usize,
    unknown: [String; 2],
}

impl Line {
    fn new(part: &'static str, fate: &'static str) -> Self {
        Self {
            part,
            fate,
            group: String::new(),
            id: String::new(),
            name: String::new(),
            what: String::new(),
            before: Entry::text(""),
            after: Entry::text(""),
            unit: String::new(),
            delta: None,
            decimals: 2,
            unknown: Default::default(),
        }
    }

    fn entries(&self, language: Language) -> Vec<Entry> {
        let [a, b] = self.unknown.each_ref().map(|u| Entry::text(u.as_str()));
        vec![
            Entry::text(tr(language, self.part)),
            Entry::text(tr(language, self.fate)),
            Entry::text(self.group.as_str()),
            Entry::text(self.id.as_str()),
            Entry::text(self.name.as_str()),
            Entry::text(self.what.as_str()),
            self.before.clone(),
            self.after.clone(),
            Entry::text(self.unit.as_str()),
            Entry::Number(self.delta, self.decimals),
            a,
            b,
        ]
    }
}

/// The parts in their order, each a sheet of the workbook.
const PARTS: [&str; 5] = [
    "scenario-part-feature",
    "scenario-part-setting",
    "scenario-part-conflict",
    "scenario-part-indicator",
    "scenario-part-figure",
];

fn headings(language: Language, c: &Comparison) -> Vec<String> {
    let keys = [
        "scenario-part",
        "scenario-fate",
        "scenario-layer-or-rule",
        "scenario-id",
        "scenario-name",
        "scenario-what",
    ];
    let titles = c.titles.each_ref().map(|t| t.get(language).to_owned());
    let unknown = tr(language, "scenario-unknown-part");
    let mut out: Vec<String> = keys.iter().map(|key| tr(language, key)).collect();
    out.extend(titles.clone());
    out.extend([tr(language, "scenario-unit"), tr(language, "scenario-delta")]);
    out.extend(titles.map(|t| format!("{unknown}: {t}")));
    out
}

fn fate_of<T: PartialEq>(before: &T, after: &T) -> &'static str {
    if before == after {
        "scenario-unchanged"
    } else {
        "scenario-changed"
    }
}

fn lines(language: Language, c: &Comparison) -> Vec<Line> {
    let mut out = features(language, c);
    for (key, before, after) in &c.settings {
        out.push(Line {
            id: key.clone(),
            before: Entry::of(before),
            after: Entry::of(after),
            ..Line::new("scenario-part-setting", "scenario-changed")
        });
    }
    let delta = &c.conflicts;
    let conflict = |key, before, after| conflict(language, key, before, after);
    out.extend(delta.new.iter().filter_map(|c| conflict("scenario-new", None, Some(c))));
    out.extend(delta.resolved.iter().filter_map(|c| conflict("scenario-resolved", Some(c), None)));
    let changed = delta.changed.iter();
    out.extend(changed.filter_map(|(a, b)| conflict("scenario-changed", Some(a), Some(b))));
    for f in &c.indicators {
        let places = usize::from(f.decimals);
        let share = |p: Option<f64>| p.map_or_else(|| tr(language, "scenario-unknown"), |p| crate::i18n::number(language, p, 1) + " %");
        out.push(Line {
            id: f.id.clone(),
            name: f.title.get(language).into(),
            before: Entry::Number(f.before, places),
            after: Entry::Number(f.after, places),
            unit: f.unit.get(language).into(),
            delta: f.delta(),
            decimals: places,
            unknown: f.unknown_percent.map(share),
            ..Line::new("scenario-part-indicator", fate_of(&f.before, &f.after))
        });
    }
    for f in &c.figures {
        let sites = |n: u32| crate::i18n::tr_with(language, "scenario-sites", &[("n", i64::from(n).into())]);
        out.push(Line {
            id: f.id.clone(),
            name: f.title.get(language).into(),
            before: Entry::Number(f.before, f.decimals),
            after: Entry::Number(f.after, f.decimals),
            unit: f.unit.get(language).into(),
            delta: f.delta(),
            decimals: f.decimals,
            unknown: f.unknown_sites.map(sites),
            ..Line::new("scenario-part-figure", fate_of(&f.before, &f.after))
        });
    }
    out
}

fn features(language: Language, c: &Comparison) -> Vec<Line> {
    let mut out = vec![];
    for f in &c.features {
        let mut row = |what: &str, before: Entry, after: Entry, unit: &str| {
            out.push(Line {
                group: f.slot.to_string(),
                id: f.id.clone(),
                name: f.label.clone(),
                what: what.into(),
                before,
                after,
                unit: unit.into(),
                ..Line::new("scenario-part-feature", fate_key(f.fate))
            });
        };
        let area = |k: usize| f.area_m2[k].map_or_else(|| Entry::text(""), |v| Entry::Number(Some(v), 2));
        let shape = if f.moved { "scenario-shape" } else { "scenario-area" };
        if f.moved || f.fate != Fate::Changed {
            let unit = if f.area_m2.iter().any(Option::is_some) { "m²" } else { "" };
            row(&tr(language, shape), area(0), area(1), unit);
        }
        for (name, before, after) in &f.attributes {
            row(name, Entry::of(before), Entry::of(after), "");
        }
    }
    out
}

fn conflict(language: Language, fate: &'static str, before: Option<&Conflict>, after: Option<&Conflict>) -> Option<Line> {
    let c = after.or(before)?;
    let value = |c: Option<&Conflict>| c.map(|c| c.measured.value);
    Some(Line {
        group: c.rule.clone(),
        id: c.id.clone(),
        name: c.subject.label.clone(),
        what: c.reasons.first().map_or("", |r| r.get(language)).into(),
        before: Entry::Number(value(before), 2),
        after: Entry::Number(value(after), 2),
        unit: c.measured.unit.clone(),
        delta: value(after).zip(value(before)).map(|(b, a)| b - a),
        ..Line::new("scenario-part-conflict", fate)
    })
}

/// The comparison as one table in one language: features, settings, conflicts, indicators, sums of the sites, each line with what it is.
pub fn comparison_csv(language: Language, comparison: &Comparison) -> Vec<u8> {
    let mut table = Rows::new(language);
    headings(language, comparison).iter().for_each(|h| table.text(h));
    table.end();
    for line in lines(language, comparison) {
        for entry in line.entries(language) {
            match entry {
                Entry::Text(text) => table.text(&text),
                Entry::Number(value, places) => table.number(value, places),
            }
        }
        table.end();
    }
    table.into_bytes()
}

/// The comparison as a workbook in one language, a sheet for each part. The same plans give the same bytes.
///
/// # Errors
/// When the workbook cannot be made.
pub fn comparison_xlsx(language: Language, project: &LocalText, comparison: &Comparison) -> Result<Vec<u8>, ExportError> {
    workbook(language, project, comparison).map_err(|e| ExportError::Workbook { reason: e.to_string() })
}

fn workbook(language: Language, project: &LocalText, comparison: &Comparison) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let title = format!("{}: {}", project.get(language), tr(language, "scenario-comparison"));
    // A fixed day: the same results give the same bytes.
    let properties = DocProperties::new()
        .set_title(plain(&title))
        .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    book.set_properties(&properties);
    let bold = Format::new().set_bold();
    let (heads, lines) = (headings(language, comparison), lines(language, comparison));
    for part in PARTS {
        let sheet = book.add_worksheet();
        sheet.set_name(tr(language, part))?;
        for (column, head) in (0u16..).zip(&heads) {
            sheet.write_with_format(0, column, plain(head), &bold)?;
        }
        for (row, line) in (1u32..).zip(lines.iter().filter(|l| l.part == part)) {
            for (column, entry) in (0u16..).zip(line.entries(language)) {
                match entry {
                    // Strings are written as strings: nothing in them can become a formula. An empty cell is what nobody knows.
                    Entry::Text(text) if text.is_empty() => continue,
                    Entry::Text(text) => sheet.write_string(row, column, plain(&text))?,
                    Entry::Number(Some(v), _) if v.is_finite() => sheet.write_number(row, column, v)?,
                    Entry::Number(..) => continue,
                };
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_column_width(4, 32)?;
        sheet.set_column_width(5, 48)?;
    }
    book.save_to_buffer()
}

/// The word for what became of a feature.
pub(crate) fn fate_key(fate: Fate) -> &'static str {
    match fate {
        Fate::New => "scenario-new",
        Fate::Gone => "scenario-gone",
        Fate::Changed => "scenario-changed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Severity,
        modules::Direction,
        scenario::{ConflictDelta, FigureDelta, SumDelta},
    };

    fn sample() -> Comparison {
        let mut worse = Conflict::sample("=N1", Severity::Weigh, [1.0, 2.0]);
        worse.measured.value += 3.0;
        Comparison {
            titles: [LocalText::new("Bestand", "Existing"), LocalText::same("=Plan")],
            features: vec![],
            settings: vec![("weight/x".into(), Value::Null, Value::Integer(3))],
            conflicts: ConflictDelta {
                changed: vec![(Conflict::sample("=N1", Severity::Weigh, [1.0, 2.0]), worse)],
                ..ConflictDelta::default()
            },
            indicators: vec![FigureDelta {
                id: "I1".into(),
                title: LocalText::new("Lärm", "Noise"),
                unit: LocalText::same("%"),
                decimals: 1,
                direction: Direction::Lower,
                before: Some(12.5),
                after: None,
                unknown_percent: [Some(4.0), None],
            }],
            figures: vec![SumDelta {
                id: "homes".into(),
                title: LocalText::new("Wohnungen", "Dwellings"),
                unit: LocalText::new("WE", "dwellings"),
                decimals: 0,
                before: Some(10.0),
                after: Some(30.0),
                unknown_sites: [2, 1],
            }],
        }
    }

    #[test]
    fn the_table_tells_differences_and_what_is_unknown_and_no_cell_starts_a_formula() {
        let csv = String::from_utf8(comparison_csv(Language::De, &sample())).unwrap();
        let lines: Vec<&str> = csv.lines().collect();
        assert!(
            lines[0].contains(";Bestand;'=Plan;") && lines[0].contains(";Unterschied;"),
            "{}",
            lines[0]
        );
        assert!(lines[1].starts_with("Einstellung;geändert;;weight/x;;;;3;"), "{}", lines[1]);
        assert!(lines[2].contains(";3;"), "the measured value grew by 3: {}", lines[2]);
        assert!(lines[3].contains(";12,5;;%;;") && lines[3].ends_with(";unbekannt"), "{}", lines[3]);
        assert!(
            lines[4].starts_with("Kennzahl;geändert;;homes;Wohnungen;;10;30;WE;20;"),
            "{}",
            lines[4]
        );
    }

    #[test]
    fn the_workbook_has_a_sheet_for_each_part_and_the_same_bytes_each_time() {
        let project = LocalText::same("P");
        let bytes = comparison_xlsx(Language::En, &project, &sample()).unwrap();
        assert!(bytes.starts_with(b"PK") && bytes == comparison_xlsx(Language::En, &project, &sample()).unwrap());
    }
}
