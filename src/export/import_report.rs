//! The import report as a file: for every source what was expected, what came through, and every finding about the rest. JSON for
//! programs, CSV for spreadsheets.

use super::{ExportError, table::Rows};
use crate::{
    i18n::tr,
    model::{Finding, Language, Level, LocalText, Report},
};
use serde::Serialize;

/// Grows when a field changes its meaning.
const SCHEMA: u32 = 1;

/// What one source went through.
#[derive(Debug, Clone, Copy)]
pub struct Imported<'a> {
    /// Slot or layer, for people.
    pub title: &'a LocalText,
    /// Slot id or file name, for programs.
    pub id: &'a str,
    /// What happened.
    pub report: &'a Report,
}

#[derive(Serialize)]
struct File<'a> {
    schema: u32,
    program: &'static str,
    version: &'static str,
    title: &'a LocalText,
    sources: Vec<Source<'a>>,
}

#[derive(Serialize)]
struct Source<'a> {
    id: &'a str,
    title: &'a LocalText,
    expected: Option<u64>,
    loaded: u64,
    dropped: u64,
    /// `loaded + dropped = expected`, or nothing was expected.
    adds_up: bool,
    findings: &'a [Finding],
}

/// The report as JSON. The same reports give the same bytes.
pub fn import_report_json(title: &LocalText, sources: &[Imported]) -> Result<Vec<u8>, ExportError> {
    let file = File {
        schema: SCHEMA,
        program: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        title,
        sources: sources
            .iter()
            .map(|s| Source {
                id: s.id,
                title: s.title,
                expected: s.report.expected,
                loaded: s.report.loaded,
                dropped: s.report.dropped(),
                adds_up: s.report.adds_up(),
                findings: &s.report.findings,
            })
            .collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&file).map_err(|source| ExportError::Format { format: "json", source })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The report as a table in one language: a line of sums for every source, then its findings.
pub fn import_report_csv(language: Language, sources: &[Imported]) -> Vec<u8> {
    let word = |key: &str| tr(language, key);
    let mut table = Rows::new(language);
    for column in [
        "export-import-source",
        "export-import-level",
        "export-import-code",
        "export-import-file",
        "export-import-layer",
        "export-import-feature",
        "export-import-expected",
        "export-import-loaded",
        "export-import-dropped",
        "export-import-text",
    ] {
        table.text(&word(column));
    }
    table.end();
    let count = |n: u64| Some(n as f64);
    for s in sources {
        table.text(s.title.get(language));
        table.text(&word("export-import-sum"));
        for _ in 0..4 {
            table.text("");
        }
        table.number(s.report.expected.map(|n| n as f64), 0);
        table.number(count(s.report.loaded), 0);
        table.number(count(s.report.dropped()), 0);
        table.text(&word(if s.report.adds_up() {
            "export-import-adds-up"
        } else {
            "export-import-does-not-add-up"
        }));
        table.end();
        for f in &s.report.findings {
            table.text(s.title.get(language));
            table.text(&word(match f.level {
                Level::Info => "export-import-info",
                Level::Warning => "export-import-warning",
                Level::Error => "export-import-error",
            }));
            table.text(&f.code);
            table.text(f.file.as_deref().unwrap_or_default());
            table.text(f.layer.as_deref().unwrap_or_default());
            table.text(f.feature.as_deref().unwrap_or_default());
            table.text("");
            table.text("");
            table.number(f.dropped.then_some(f.count as f64), 0);
            table.text(f.text.get(language));
            table.end();
        }
    }
    table.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut report = Report {
            expected: Some(3),
            loaded: 2,
            findings: vec![],
        };
        report.push(
            Finding::new("RD-003", Level::Warning, "=ohne Geometrie", "=no geometry")
                .file("a.gpkg")
                .feature("7")
                .dropped(),
        );
        report
    }

    #[test]
    fn sums_and_findings_come_out_in_both_forms() {
        let (title, report) = (LocalText::new("Kitas", "Day-care"), report());
        let sources = [Imported {
            title: &title,
            id: "social_infrastructure/kitas",
            report: &report,
        }];
        let json: serde_json::Value = serde_json::from_slice(&import_report_json(&LocalText::same("Stadt"), &sources).unwrap()).unwrap();
        let source = &json["sources"][0];
        assert_eq!((source["loaded"].as_u64(), source["dropped"].as_u64()), (Some(2), Some(1)));
        assert_eq!(
            (source["adds_up"].as_bool(), source["findings"][0]["code"].as_str()),
            (Some(true), Some("RD-003"))
        );
        let csv = String::from_utf8(import_report_csv(Language::De, &sources)).unwrap();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].contains(";3;2;1;"), "{}", lines[1]);
        assert!(lines[2].contains("RD-003;a.gpkg;;7;;;1;'=ohne Geometrie"), "{}", lines[2]);
        let csv = String::from_utf8(import_report_csv(Language::En, &sources)).unwrap();
        assert!(csv.lines().all(|l| l.split(',').count() == 10), "{csv}");
    }
}
