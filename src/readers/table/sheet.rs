//! XLSX and ODS: the cells of one sheet as text. An archive is weighed before it is opened, links to other files are never followed, formulas
//! count by the value that was saved.

use super::{Cells, MOST_CELLS, MOST_COLUMNS, Refusal, TableForm};
use crate::{
    model::{Finding, Level},
    readers::printable,
};
use calamine::{Data, DataRef, Ods, Reader, Xlsx};
use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
};
use zip::ZipArchive;

/// Most bytes of all parts together, unpacked.
const MOST_UNPACKED: u64 = 600 << 20;
const MOST_PARTS: usize = 5000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Ods,
}

/// What kind of workbook an archive is, if it is one.
pub(super) fn kind(path: &Path) -> Option<Kind> {
    let mut zip = ZipArchive::new(BufReader::new(File::open(path).ok()?)).ok()?;
    if zip.by_name("[Content_Types].xml").is_ok() && zip.by_name("xl/workbook.xml").is_ok() {
        return Some(Kind::Xlsx);
    }
    let mut mime = String::new();
    let named = zip.by_name("mimetype").is_ok_and(|e| e.take(200).read_to_string(&mut mime).is_ok());
    (named && mime.trim().starts_with("application/vnd.oasis.opendocument.spreadsheet")).then_some(Kind::Ods)
}

fn damaged(e: impl std::fmt::Display) -> Refusal {
    let e = printable(&e.to_string());
    Refusal::new(
        format!("die Arbeitsmappe ist beschädigt ({e}). Im Tabellenprogramm öffnen und neu speichern."),
        format!("the workbook is damaged ({e}). Open it in the spreadsheet program and save it again."),
    )
}

/// Unpacks every part into nothing: sizes in an archive's directory are claims.
fn weigh(path: &Path) -> Result<(), Refusal> {
    let mut zip = ZipArchive::new(BufReader::new(File::open(path).map_err(damaged)?)).map_err(damaged)?;
    if zip.len() > MOST_PARTS {
        return Err(Refusal::Large("parts", zip.len() as u64, MOST_PARTS as u64));
    }
    let mut left = MOST_UNPACKED;
    for k in 0..zip.len() {
        let part = zip.by_index(k).map_err(damaged)?;
        left -= io::copy(&mut part.take(left), &mut io::sink()).map_err(damaged)?;
        if left == 0 {
            return Err(Refusal::Large("bytes", MOST_UNPACKED + 1, MOST_UNPACKED));
        }
    }
    Ok(())
}

/// The cells of a sheet, headings first.
pub(super) fn cells(path: &Path, sheet: Option<&str>) -> Result<Cells, Refusal> {
    weigh(path)?;
    match kind(path) {
        Some(Kind::Xlsx) => xlsx(path, sheet),
        _ => ods(path, sheet),
    }
}

fn choose(sheets: &[String], wanted: Option<&str>, holds: impl FnMut(&str) -> bool) -> Result<String, Refusal> {
    let list = || {
        sheets
            .iter()
            .take(20)
            .map(|s| format!("„{}“", printable(s)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    if let Some(wanted) = wanted {
        return sheets.iter().find(|s| *s == wanted).cloned().ok_or_else(|| {
            let wanted = printable(wanted);
            Refusal::new(
                format!("es gibt kein Blatt „{wanted}“. Vorhanden: {}.", list()),
                format!("there is no sheet “{wanted}”. There are: {}.", list()),
            )
        });
    }
    let mut holds = holds;
    let filled: Vec<&String> = sheets.iter().filter(|s| holds(s)).collect();
    match filled.as_slice() {
        [] => Err(Refusal::new("die Arbeitsmappe enthält keine Zelle.", "the workbook holds no cell.")),
        [one] => Ok((*one).clone()),
        _ => Err(Refusal::new(
            format!("die Arbeitsmappe hat mehrere Blätter: {}. Eines als `sheet` angeben.", list()),
            format!("the workbook has several sheets: {}. Name one as `sheet`.", list()),
        )),
    }
}

fn xlsx(path: &Path, wanted: Option<&str>) -> Result<Cells, Refusal> {
    let file = BufReader::new(File::open(path).map_err(damaged)?);
    let mut book: Xlsx<_> = Xlsx::new(file).map_err(damaged)?;
    let sheets = book.sheet_names();
    let sheet = choose(&sheets, wanted, |name| {
        book.worksheet_cells_reader(name)
            .is_ok_and(|mut cells| cells.next_cell().is_ok_and(|c| c.is_some()))
    })?;
    // Cell by cell: a sheet with one cell in its last corner is no table of 17 thousand million.
    let mut grid = Grid::default();
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(damaged)?;
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (row, column) = cell.get_position();
        let text = match cell.get_value() {
            DataRef::SharedString(s) => (*s).trim().to_string(),
            other => said(&Data::from(other.clone())),
        };
        grid.set(row as usize, column as usize, text)?;
    }
    Ok(grid.finish("XLSX", sheet, sheets))
}

fn ods(path: &Path, wanted: Option<&str>) -> Result<Cells, Refusal> {
    repeats(path)?;
    let file = BufReader::new(File::open(path).map_err(damaged)?);
    let mut book: Ods<_> = Ods::new(file).map_err(damaged)?;
    let sheets = book.sheet_names();
    let sheet = choose(&sheets, wanted, |name| book.worksheet_range(name).is_ok_and(|r| !r.is_empty()))?;
    let range = book.worksheet_range(&sheet).map_err(damaged)?;
    let mut grid = Grid::default();
    for (row, column, value) in range.used_cells() {
        grid.set(row, column, said(value))?;
    }
    Ok(grid.finish("ODS", sheet, sheets))
}

/// ODS writes equal cells once with a number of repetitions: that number is a bomb that the archive's size does not show.
fn repeats(path: &Path) -> Result<(), Refusal> {
    let mut zip = ZipArchive::new(BufReader::new(File::open(path).map_err(damaged)?)).map_err(damaged)?;
    let mut content = vec![];
    zip.by_name("content.xml")
        .map_err(damaged)?
        .take(MOST_UNPACKED)
        .read_to_end(&mut content)
        .map_err(damaged)?;
    let text = String::from_utf8_lossy(&content);
    let number = |tag: &str, name: &str| -> u64 {
        let value = tag.split_once(name).and_then(|(_, t)| t.get(2..)?.split(['"', '\'']).next());
        value.and_then(|v| v.parse().ok()).unwrap_or(1)
    };
    let mut total = 0_u64;
    for row in text.split("<table:table-row").skip(1) {
        let head = row.split('>').next().unwrap_or_default();
        let mut cells = 0_u64;
        let mut open = 0_u64;
        for cell in row.split("<table:table-cell").skip(1) {
            let tag = cell.split('>').next().unwrap_or_default();
            open = open.saturating_add(number(tag, "number-columns-repeated"));
            // Empty cells count only where a filled one follows.
            if tag.contains("value") || cell.contains("<text:p") {
                cells = cells.saturating_add(std::mem::take(&mut open));
            }
        }
        total = total.saturating_add(cells.saturating_mul(number(head, "number-rows-repeated")));
        if total > MOST_CELLS as u64 {
            return Err(Refusal::Large("cells", total, MOST_CELLS as u64));
        }
    }
    Ok(())
}

/// A cell as a reader would type it: whole numbers without a point, dates as ISO 8601.
fn said(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::Int(n) => n.to_string(),
        Data::Float(v) if v.fract() == 0.0 && v.abs() < 9e15 => (*v as i64).to_string(),
        // A workbook has no decimal comma of its own; the decision is made once for all its cells.
        Data::Float(v) => v.to_string(),
        Data::String(s) => s.trim().to_string(),
        Data::Bool(b) => b.to_string(),
        Data::DateTime(d) => match d.to_ymd_hms_milli() {
            (y, m, d, 0, 0, 0, _) => format!("{y:04}-{m:02}-{d:02}"),
            (y, m, d, h, min, s, _) => format!("{y:04}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02}"),
        },
        Data::DateTimeIso(s) | Data::DurationIso(s) => s.clone(),
        Data::Error(e) => format!("#{e}"),
    }
}

/// Rows of cells that grow as cells come.
#[derive(Default)]
struct Grid {
    rows: Vec<Vec<String>>,
    cells: usize,
    skipped: usize,
    first: Option<usize>,
}

impl Grid {
    fn set(&mut self, row: usize, column: usize, text: String) -> Result<(), Refusal> {
        if text.is_empty() {
            return Ok(());
        }
        if column >= MOST_COLUMNS {
            return Err(Refusal::Large("columns", column as u64 + 1, MOST_COLUMNS as u64));
        }
        let first = *self.first.get_or_insert(row);
        let Some(row) = row.checked_sub(first) else { return Ok(()) };
        if row >= MOST_CELLS / 10 {
            return Err(Refusal::Large("rows", row as u64 + 1, (MOST_CELLS / 10) as u64));
        }
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Vec::new);
        }
        let line = &mut self.rows[row];
        if line.len() <= column {
            self.cells += column + 1 - line.len();
            line.resize(column + 1, String::new());
        }
        if self.cells > MOST_CELLS {
            return Err(Refusal::Large("cells", self.cells as u64, MOST_CELLS as u64));
        }
        line[column] = text;
        Ok(())
    }

    /// The heading is the first row that is as full as most; titles above it and empty rows are left out.
    fn finish(mut self, format: &'static str, sheet: String, sheets: Vec<String>) -> Cells {
        self.rows.retain(|r| r.iter().any(|c| !c.is_empty()));
        let filled = |r: &Vec<String>| r.iter().filter(|c| !c.is_empty()).count();
        let mut widths: Vec<usize> = self.rows.iter().map(filled).collect();
        widths.sort_unstable();
        let usual = widths.get(widths.len() / 2).copied().unwrap_or(0);
        let heading = self.rows.iter().position(|r| 2 * filled(r) > usual && filled(r) > 1).unwrap_or(0);
        self.rows.drain(..heading);
        self.skipped = heading;
        let mut findings = vec![];
        if heading > 0 {
            findings.push(
                Finding::new(
                    "RD-146",
                    Level::Info,
                    format!("{heading} Zeilen über der Tabelle (Titel) wurden übersprungen."),
                    format!("{heading} lines above the table (titles) were skipped."),
                )
                .count(heading as u64),
            );
        }
        let width = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        if let Some(first) = self.rows.first_mut() {
            first.resize(width, String::new());
        }
        Cells {
            format,
            form: TableForm {
                sheet: Some(sheet),
                sheets,
                ..TableForm::default()
            },
            rows: self.rows,
            findings,
        }
    }
}
