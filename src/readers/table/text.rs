//! CSV in the wild: the encoding by mark, validity or likelihood, the delimiter by what gives even rows, titles above and notes below the table
//! left out and counted.

use super::{Cells, MOST_CELLS, MOST_COLUMNS, Refusal, TableForm};
use crate::model::{Finding, Level};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use csv::{ReaderBuilder, StringRecord};
use encoding_rs::Encoding;

/// Rows by which the delimiter is found.
const LOOK: usize = 200;
const DELIMITERS: [char; 4] = [';', '\t', ',', '|'];

/// The rows of a text, headings first.
pub(super) fn cells(bytes: &[u8], encoding: Option<&str>) -> Result<Cells, Refusal> {
    let mut findings = vec![];
    let (text, encoding) = decoded(bytes, encoding, &mut findings)?;
    if text.contains('\0') {
        return Err(Refusal::new("das ist kein Text.", "this is no text."));
    }
    let mut text = text.as_str();
    let mut wanted = None;
    // Excel's own hint.
    if let Some(rest) = text.strip_prefix("sep=") {
        wanted = rest.chars().next();
        text = rest.split_once('\n').map_or("", |(_, t)| t);
    }
    let look = head(text);
    let chosen = DELIMITERS
        .into_iter()
        .filter(|d| wanted.is_none_or(|w| w == *d))
        .map(|d| (d, evenness(look, d)))
        .filter(|(_, (_, width))| *width > 1)
        // Of equals the first: a semicolon is never a decimal comma.
        .fold(None, |best: Option<(char, (f64, usize))>, (d, e)| match best {
            Some((_, b)) if b.0 >= e.0 - 1e-9 => best,
            _ => Some((d, e)),
        });
    let Some((delimiter, (share, width))) = chosen else {
        return Err(Refusal::new(
            "keine Tabelle: weder Semikolon noch Komma, Tabulator oder | teilen die Zeilen in gleich viele Spalten.",
            "no table: neither semicolon nor comma, tab or | parts the lines into the same number of columns.",
        ));
    };
    if share < 0.5 {
        return Err(Refusal::new(
            "keine Tabelle: die Zeilen haben verschieden viele Spalten.",
            "no table: the lines have different numbers of columns.",
        ));
    }
    if width > MOST_COLUMNS {
        return Err(Refusal::Large("columns", width as u64, MOST_COLUMNS as u64));
    }
    let rows = rows(text, delimiter, width, &mut findings)?;
    Ok(Cells {
        format: "CSV",
        form: TableForm {
            delimiter: Some(delimiter),
            encoding: Some(encoding),
            ..TableForm::default()
        },
        rows,
        findings,
    })
}

/// The first lines, at most 256 KiB.
fn head(text: &str) -> &str {
    let mut end = text.len().min(256 << 10);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn decoded(bytes: &[u8], wanted: Option<&str>, findings: &mut Vec<Finding>) -> Result<(String, String), Refusal> {
    let encoding = match (wanted, Encoding::for_bom(bytes)) {
        (_, Some((marked, _))) => marked,
        (Some(name), None) => Encoding::for_label(name.trim().as_bytes()).ok_or_else(|| {
            Refusal::new(
                format!("die Zeichenkodierung „{name}“ ist unbekannt. Üblich sind UTF-8 und windows-1252."),
                format!("the encoding \"{name}\" is unknown. Usual are UTF-8 and windows-1252."),
            )
        })?,
        (None, None) if std::str::from_utf8(bytes).is_ok() => encoding_rs::UTF_8,
        (None, None) => {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            detector.feed(bytes, true);
            let guess = detector.guess(Some(b"de"), Utf8Detection::Deny);
            findings.push(Finding::new(
                "RD-150",
                Level::Info,
                format!(
                    "Der Text nennt keine Zeichenkodierung und ist kein UTF-8; gelesen als {}. Umlaute prüfen.",
                    guess.name()
                ),
                format!(
                    "the text names no encoding and is not UTF-8; read as {}. Check the umlauts.",
                    guess.name()
                ),
            ));
            guess
        }
    };
    let (text, used, _) = encoding.decode(bytes);
    Ok((text.into_owned(), used.name().to_string()))
}

fn reader(text: &str, delimiter: char) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter as u8)
        .from_reader(text.as_bytes())
}

/// Share of the first rows that have the most frequent number of columns, and that number; more columns weigh a little more.
fn evenness(text: &str, delimiter: char) -> (f64, usize) {
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    let mut all = 0;
    for record in reader(text, delimiter).records().take(LOOK) {
        let Ok(record) = record else { continue };
        all += 1;
        *counts.entry(record.len()).or_default() += 1;
    }
    let best = counts
        .into_iter()
        .filter(|(width, _)| *width > 1)
        .max_by_key(|(width, n)| (*n, *width));
    best.map_or((0.0, 0), |(width, n)| (n as f64 / f64::from(all.max(1)), width))
}

/// The table itself: from the first row of the right width on, which is the heading. What has another width is counted.
fn rows(text: &str, delimiter: char, width: usize, findings: &mut Vec<Finding>) -> Result<Vec<Vec<String>>, Refusal> {
    let mut out: Vec<Vec<String>> = vec![];
    let (mut before, mut odd, mut odd_at, mut broken) = (0_u64, 0_u64, 0, 0_u64);
    let mut record = StringRecord::new();
    let mut read = reader(text, delimiter);
    loop {
        match read.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(_) => {
                broken += 1;
                continue;
            }
        }
        // Trailing delimiters add columns that nobody named.
        let full = record.len() == width || (record.len() > width && record.iter().skip(width).all(|c| c.trim().is_empty()));
        // Some exports leave out delimiters behind the last filled cell; notes are shorter.
        let cut = !out.is_empty() && record.len() >= 2 && 2 * record.len() >= width && record.len() < width;
        let empty = record.iter().all(|c| c.trim().is_empty());
        if empty {
            continue;
        }
        if !full && !cut {
            if out.is_empty() {
                before += 1;
            } else {
                odd += 1;
                odd_at = if odd == 1 {
                    record.position().map_or(0, csv::Position::line)
                } else {
                    odd_at
                };
            }
            continue;
        }
        if (out.len() + 1) * width > MOST_CELLS {
            return Err(Refusal::Large("cells", (out.len() * width) as u64, MOST_CELLS as u64));
        }
        let mut row: Vec<String> = record.iter().take(width).map(|c| c.trim().to_string()).collect();
        row.resize(width, String::new());
        out.push(row);
    }
    if before > 0 {
        findings.push(
            Finding::new(
                "RD-146",
                Level::Info,
                format!("{before} Zeilen über der Tabelle (Titel) wurden übersprungen."),
                format!("{before} lines above the table (titles) were skipped."),
            )
            .count(before),
        );
    }
    if odd + broken > 0 {
        let n = odd + broken;
        findings.push(
            Finding::new(
                "RD-147",
                Level::Warning,
                format!("{n} Zeilen haben nicht {width} Spalten und wurden ausgelassen (Fußnoten, Summen oder Fehler), die erste ist Zeile {odd_at}."),
                format!("{n} lines do not have {width} columns and were left out (notes, sums or faults), the first is line {odd_at}."),
            )
            .count(n)
            .dropped(),
        );
    }
    Ok(out)
}
