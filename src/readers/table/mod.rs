//! Tables without geometry: CSV text in whatever delimiter, encoding and number form an office exports, and workbooks (XLSX, ODS).
//! Columns come out typed; what an office suppressed ("*", ".", "x", "<3") is unknown and counted, never zero.
//!
//! Finding codes: `RD-146` lines before the heading, `RD-147` rows of another length, `RD-148` columns without a name or named twice,
//! `RD-149` a number form that could be read in two ways, `RD-150` encoding guessed.

mod column;
mod sheet;
mod text;

use super::{ReadError, gather::Gather, printable};
use crate::model::{Column, Finding, Level, LocalText, Report, Table};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// Largest file.
const MOST_BYTES: u64 = 200 << 20;
/// Most columns of a table.
const MOST_COLUMNS: usize = 2000;
/// Most cells of a table.
const MOST_CELLS: usize = 10_000_000;
/// Values shown of a column.
const SAMPLES: usize = 4;

/// What to take from a table file.
#[derive(Debug, Clone, Default)]
pub struct TableRequest {
    /// Sheet of a workbook; without it, the only one that holds something.
    pub sheet: Option<String>,
    /// Text encoding of a CSV that overrides what its bytes suggest ("windows-1252").
    pub encoding: Option<String>,
}

/// A table as it was understood.
#[derive(Debug, Clone)]
pub struct RawTable {
    /// File as given, safe to print.
    pub file: String,
    /// "CSV", "XLSX" or "ODS".
    pub format: &'static str,
    /// Typed columns in the order of the file.
    pub columns: Table,
    /// The cells' own text, trimmed, for keys: `0110` stays `0110`.
    pub texts: Vec<Vec<Option<String>>>,
    /// How each column was read, in the same order.
    pub facts: Vec<ColumnFacts>,
    /// Where the text came from.
    pub form: TableForm,
    /// Rows.
    pub rows: usize,
    /// What was odd; `loaded + dropped = expected` holds for rows.
    pub report: Report,
}

/// How the bytes were understood.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TableForm {
    /// Sheet that was read.
    pub sheet: Option<String>,
    /// Sheets there are.
    pub sheets: Vec<String>,
    /// `;`, `,`, `|` or a tab.
    pub delimiter: Option<char>,
    /// Encoding by its WHATWG name ("UTF-8", "windows-1252").
    pub encoding: Option<String>,
    /// Numbers have a decimal comma.
    pub decimal_comma: bool,
}

/// How a column was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ColumnFacts {
    /// Name.
    pub name: String,
    /// `text`, `integer` or `real`.
    pub kind: &'static str,
    /// Cells that hold something.
    pub filled: u64,
    /// Marks for suppressed or unknown numbers and how often each stands there.
    pub marks: BTreeMap<String, u64>,
    /// The first values.
    pub samples: Vec<String>,
}

/// What `inspect` says about a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableInspection {
    /// Path as given.
    pub file: String,
    /// "CSV", "XLSX" or "ODS".
    pub format: &'static str,
    /// How the bytes were understood.
    #[serde(flatten)]
    pub form: TableForm,
    /// Rows.
    pub rows: u64,
    /// Columns in order.
    pub columns: Vec<ColumnFacts>,
    /// What was odd.
    pub report: Report,
}

/// Cells as text, before anybody asked what they mean.
#[derive(Debug, Default)]
pub(super) struct Cells {
    format: &'static str,
    form: TableForm,
    /// Headings and rows; an empty text is an empty cell.
    rows: Vec<Vec<String>>,
    findings: Vec<Finding>,
}

/// Why a table cannot be read, without the file's name.
pub(super) enum Refusal {
    Why(LocalText),
    Large(&'static str, u64, u64),
}

impl From<LocalText> for Refusal {
    fn from(text: LocalText) -> Self {
        Self::Why(text)
    }
}

impl Refusal {
    pub(super) fn new(de: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Why(LocalText::new(de, en))
    }
}

/// True when the bytes are a workbook's and no other archive's.
pub fn is_workbook(path: &Path) -> bool {
    let mut head = [0; 4];
    let zipped = File::open(path).and_then(|mut f| f.read_exact(&mut head)).is_ok() && head == *b"PK\x03\x04";
    zipped && sheet::kind(path).is_some()
}

/// Reads a table.
///
/// # Errors
/// When the file is no table, is too large, names no such sheet, or is damaged.
pub fn read_table(path: &Path, request: &TableRequest) -> Result<RawTable, ReadError> {
    let given: PathBuf = path.into();
    let io = |e: std::io::Error| ReadError::Io {
        file: given.clone(),
        reason: e.to_string(),
    };
    let real = path.canonicalize().map_err(io)?;
    let meta = real.metadata().map_err(io)?;
    if !meta.is_file() {
        return Err(ReadError::NotAFile { file: given });
    }
    let workbook = is_workbook(&real);
    let refusal = |r: Refusal| match r {
        Refusal::Why(why) => ReadError::Refused {
            file: given.clone(),
            format: if workbook { "XLSX/ODS" } else { "CSV" },
            why,
        },
        Refusal::Large(what, amount, limit) => ReadError::TooLarge {
            file: given.clone(),
            what,
            amount,
            limit,
        },
    };
    if meta.len() > MOST_BYTES {
        return Err(refusal(Refusal::Large("bytes", meta.len(), MOST_BYTES)));
    }
    let cells = if workbook {
        sheet::cells(&real, request.sheet.as_deref())
    } else {
        text::cells(&std::fs::read(&real).map_err(io)?, request.encoding.as_deref())
    }
    .map_err(refusal)?;
    Ok(understood(printable(&path.to_string_lossy()), cells))
}

/// Says what a table holds.
///
/// # Errors
/// As [`read_table`].
pub fn inspect_table(path: &Path) -> Result<TableInspection, ReadError> {
    let t = read_table(path, &TableRequest::default())?;
    Ok(TableInspection {
        file: t.file,
        format: t.format,
        form: t.form,
        rows: t.rows as u64,
        columns: t.facts,
        report: t.report,
    })
}

/// Types the columns.
fn understood(file: String, cells: Cells) -> RawTable {
    let mut gather = Gather::new(&file, "");
    cells.findings.into_iter().for_each(|f| gather.add(f));
    let mut rows = cells.rows.into_iter();
    let names = names(rows.next().unwrap_or_default(), &mut gather);
    let width = names.len();
    let mut texts: Vec<Vec<Option<String>>> = vec![vec![]; width];
    let mut count = 0;
    for row in rows {
        count += 1;
        let mut row = row.into_iter();
        for column in &mut texts {
            column.push(row.next().filter(|t| !t.is_empty()));
        }
    }
    let mut form = cells.form;
    form.decimal_comma = column::decimal_comma(&texts, form.delimiter);
    let (mut columns, mut facts, mut doubtful) = (Table::default(), vec![], vec![]);
    for (name, texts) in names.iter().zip(&texts) {
        let judged = column::judge(texts, form.decimal_comma);
        // A workbook keeps its numbers as numbers.
        if judged.doubtful && form.delimiter.is_some() {
            doubtful.push(name.clone());
        }
        facts.push(ColumnFacts {
            name: name.clone(),
            kind: match judged.column {
                Column::Integer(_) => "integer",
                Column::Real(_) => "real",
                _ => "text",
            },
            filled: texts.iter().flatten().count() as u64,
            marks: judged.marks,
            samples: texts.iter().flatten().take(SAMPLES).map(|t| printable(t)).collect(),
        });
        columns.set(name, judged.column);
    }
    if !doubtful.is_empty() {
        let (n, list) = (
            doubtful.len() as u64,
            doubtful.iter().take(5).cloned().collect::<Vec<_>>().join(", "),
        );
        let (de, en) = if form.decimal_comma {
            ("Tausenderpunkt", "a thousands point")
        } else {
            ("Dezimalpunkt", "a decimal point")
        };
        gather.add(
            Finding::new(
                "RD-149",
                Level::Warning,
                format!("Zahlen wie 1.234 lassen sich auf zwei Arten lesen; der Punkt gilt als {de}. Prüfen: {list}."),
                format!("numbers like 1.234 can be read in two ways; the point counts as {en}. Check: {list}."),
            )
            .count(n),
        );
    }
    let mut report = Report::default();
    gather.into_report(&mut report);
    report.loaded = count as u64;
    report.expected = Some(report.loaded + report.dropped());
    RawTable {
        file,
        format: cells.format,
        columns,
        texts,
        facts,
        form,
        rows: count,
        report,
    }
}

/// Names that are there and distinct.
fn names(heading: Vec<String>, gather: &mut Gather) -> Vec<String> {
    let mut out: Vec<String> = vec![];
    let mut odd = vec![];
    for (k, name) in heading.into_iter().enumerate() {
        let base = if name.is_empty() {
            format!("column_{}", k + 1)
        } else {
            printable(&name)
        };
        let mut own = base.clone();
        let mut n = 1;
        while out.contains(&own) {
            n += 1;
            own = format!("{base}_{n}");
        }
        if name.is_empty() || n > 1 {
            odd.push(own.clone());
        }
        out.push(own);
    }
    if !odd.is_empty() {
        let list = odd.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        gather.add(
            Finding::new(
                "RD-148",
                Level::Info,
                format!("Spalten ohne Namen oder mit doppeltem Namen heißen jetzt: {list}."),
                format!("columns without a name or with a name used twice are now called: {list}."),
            )
            .count(odd.len() as u64),
        );
    }
    out
}

#[cfg(test)]
mod tests;
