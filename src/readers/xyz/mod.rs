//! XYZ lists (DGM1, DGM5 of the state surveys): one line a cell, in any order. Two walks through the text: the first finds the grid that
//! the points lie on, the second fills it. Memory is that of the grid.
//!
//! GDAL reads such lists too, but only in the order of rows, and takes a point out of order for the end.

mod line;

use super::{
    Inspection, MAX_CELLS, RasterInspection, RawRaster, ReadError,
    format::{OwnReader, Source},
    gather::{Gather, no_data},
};
use crate::{
    model::{Finding, Level, LocalText, Raster, Report},
    progress::Control,
};
use line::Form;
use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

/// A grid with more columns or rows than this is none.
const MOST_LINES: usize = 100_000;
/// A line is not longer.
const LONGEST: u64 = 1024;
/// Lines between two looks at the Cancel button.
const STEP: u64 = 1 << 16;

/// Whether a file's head is a list of three numbers a line.
pub(super) fn looks_like(head: &[u8], whole: bool) -> bool {
    line::form(head, whole).is_some()
}

/// The reader of plain lists.
#[derive(Debug)]
pub(super) struct Xyz;

/// Where a list is read from, as often as needed: a file, or the parts of an archive.
pub(super) trait Parts {
    /// How many lists lie one behind the other.
    fn count(&self) -> usize;
    /// The text of one of them.
    fn with(&self, part: usize, read: &mut dyn FnMut(&mut dyn Read) -> io::Result<()>) -> io::Result<()>;
}

struct OneFile<'a>(&'a Path);

impl Parts for OneFile<'_> {
    fn count(&self) -> usize {
        1
    }

    fn with(&self, _: usize, read: &mut dyn FnMut(&mut dyn Read) -> io::Result<()>) -> io::Result<()> {
        read(&mut File::open(self.0)?)
    }
}

/// The grid a list's points lie on.
#[derive(Debug)]
pub(super) struct Lattice {
    form: Form,
    width: usize,
    height: usize,
    /// Centre of the south-west cell.
    first: [f64; 2],
    cell: [f64; 2],
    bad: u64,
    bad_at: u64,
}

impl Lattice {
    fn origin(&self) -> [f64; 2] {
        let [x, y] = self.first;
        [x - self.cell[0] / 2.0, y + (self.height as f64 - 0.5) * self.cell[1]]
    }

    /// What the coordinates give away: eastings that begin with the number of their zone are of one system each.
    fn crs(&self) -> Option<String> {
        let last = self.first[0] + self.cell[0] * self.width as f64;
        let within = |zone: f64| self.first[0] >= zone * 1e6 && last <= (zone + 1.0) * 1e6;
        [(31.0, 5649), (32.0, 4647), (33.0, 5650)]
            .into_iter()
            .find(|(zone, _)| within(*zone))
            .map(|(_, epsg)| format!("EPSG:{epsg}"))
    }
}

enum Fault {
    Io(io::Error),
    Cancelled,
    Refused(LocalText),
    TooLarge(u64),
}

impl Fault {
    fn of(self, source: &Source) -> ReadError {
        let file = source.given.clone();
        match self {
            Self::Io(e) => ReadError::Broken {
                file,
                layer: "1".into(),
                feature: None,
                reason: e.to_string(),
            },
            Self::Cancelled => ReadError::Cancelled { file },
            Self::Refused(why) => ReadError::Refused {
                file,
                format: source.reader.name,
                why,
            },
            Self::TooLarge(amount) => ReadError::TooLarge {
                file,
                what: "cells",
                amount,
                limit: MAX_CELLS,
            },
        }
    }
}

/// Calls `line` with every line that is not empty, no comment and no heading, and its number.
fn lines(parts: &dyn Parts, control: &Control, line: &mut dyn FnMut(u64, &[u8])) -> Result<(), Fault> {
    let mut number = 0;
    let mut cancelled = false;
    for part in 0..parts.count() {
        parts
            .with(part, &mut |read| {
                let mut read = BufReader::with_capacity(1 << 16, read);
                let mut text = vec![];
                let mut first = true;
                loop {
                    text.clear();
                    if read.by_ref().take(LONGEST).read_until(b'\n', &mut text)? == 0 {
                        return Ok(());
                    }
                    number += 1;
                    if number % STEP == 0 && control.is_cancelled() {
                        cancelled = true;
                        return Ok(());
                    }
                    let bare = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text).trim_ascii();
                    let heading = first && line::is_heading(bare);
                    first = false;
                    if !bare.is_empty() && bare[0] != b'#' && !heading {
                        line(number, bare);
                    }
                }
            })
            .map_err(Fault::Io)?;
        if cancelled {
            return Err(Fault::Cancelled);
        }
    }
    Ok(())
}

fn head(parts: &dyn Parts) -> io::Result<(Vec<u8>, bool)> {
    let mut head = vec![];
    parts.with(0, &mut |read| read.take(64 << 10).read_to_end(&mut head).map(|_| ()))?;
    let whole = head.len() < 64 << 10;
    Ok((head, whole))
}

/// The distinct values of one axis, as whole numbers of a small unit.
#[derive(Default)]
struct Axis {
    values: BTreeSet<i64>,
    last: i64,
}

impl Axis {
    fn add(&mut self, v: i64) {
        // Neighbours in the list mostly share one of their coordinates.
        if v != self.last || self.values.is_empty() {
            self.last = v;
            if self.values.len() <= MOST_LINES {
                self.values.insert(v);
            }
        }
    }

    /// First value, step and number of lines.
    fn steps(&self) -> Option<(i64, f64, usize)> {
        let (first, last) = (*self.values.first()?, *self.values.last()?);
        let least = self.values.iter().zip(self.values.iter().skip(1)).map(|(a, b)| b - a).min();
        let Some(least) = least else { return Some((first, 0.0, 1)) };
        let span = (last - first) as f64;
        let n = (span / least as f64).round();
        let step = span / n;
        // Every value lies on a line, but for the rounding of the text.
        let slack = (0.02 * step).max(1.0);
        let on = |v: &i64| {
            let k = ((v - first) as f64 / step).round();
            ((v - first) as f64 - k * step).abs() <= slack
        };
        (self.values.len() <= MOST_LINES && self.values.iter().all(on)).then_some((first, step, n as usize + 1))
    }
}

fn survey(parts: &dyn Parts, control: &Control) -> Result<Lattice, Fault> {
    let refused = |de: &str, en: &str| Fault::Refused(LocalText::new(de, en));
    let (head, whole) = head(parts).map_err(Fault::Io)?;
    let form = line::form(&head, whole).ok_or_else(|| {
        refused(
            "die ersten Zeilen sind nicht je drei Zahlen (x y z).",
            "the first lines are not three numbers each (x y z).",
        )
    })?;
    let (mut xs, mut ys) = (Axis::default(), Axis::default());
    let (mut unit, mut points, mut bad, mut bad_at) = (0.0, 0, 0, 0);
    lines(parts, control, &mut |number, text| match form.numbers(text) {
        Some([x, y, _]) if x.abs() < 1e9 && y.abs() < 1e9 => {
            if points == 0 {
                // Millimetres, or as much of a degree.
                unit = if x.abs() <= 360.0 && y.abs() <= 90.0 { 1e8 } else { 1e3 };
            }
            points += 1;
            xs.add((x * unit).round() as i64);
            ys.add((y * unit).round() as i64);
        }
        _ => {
            bad += 1;
            if bad_at == 0 {
                bad_at = number;
            }
        }
    })?;
    let no_grid = || {
        refused(
            "die Punkte liegen nicht auf einem regelmäßigen Gitter (etwa eine Laserpunktwolke). Zuerst rastern, zum Beispiel mit `gdal_grid`.",
            "the points do not lie on a regular grid (a laser point cloud, say). Make a grid of them first, for example with `gdal_grid`.",
        )
    };
    let ((x0, dx, width), (y0, dy, height)) = xs.steps().zip(ys.steps()).ok_or_else(no_grid)?;
    let (dx, dy) = match (dx > 0.0, dy > 0.0) {
        (true, true) => (dx, dy),
        (true, false) => (dx, dx),
        (false, true) => (dy, dy),
        (false, false) => return Err(no_grid()),
    };
    let cells = (width as u64).saturating_mul(height as u64);
    if points < 3 || cells / 100 > points {
        return Err(no_grid());
    }
    if cells > MAX_CELLS {
        return Err(Fault::TooLarge(cells));
    }
    Ok(Lattice {
        form,
        width,
        height,
        first: [x0 as f64 / unit, y0 as f64 / unit],
        cell: [dx / unit, dy / unit],
        bad,
        bad_at,
    })
}

/// The file's grid at a glance.
pub(super) fn inspect(source: &Source, parts: &dyn Parts) -> Result<Inspection, ReadError> {
    let l = survey(parts, &Control::default()).map_err(|f| f.of(source))?;
    Ok(Inspection {
        file: source.label(),
        format: source.reader.name.into(),
        driver: source.reader.driver.into(),
        layers: vec![],
        raster: Some(RasterInspection {
            width: l.width as u64,
            height: l.height as u64,
            bands: 1,
            data_type: "Float32".into(),
            no_data: None,
            origin: Some(l.origin()),
            cell: Some(l.cell),
            crs: crs(source, &l),
        }),
        findings: source.precheck.findings.clone(),
    })
}

/// A `.prj` beside the list, else what the coordinates give away.
fn crs(source: &Source, l: &Lattice) -> Option<String> {
    let mut text = String::new();
    let prj = source.path.with_extension("prj");
    let read = prj.is_file() && File::open(prj).is_ok_and(|f| f.take(20_000).read_to_string(&mut text).is_ok());
    Some(text.trim().to_string())
        .filter(|t| read && t.contains('['))
        .or_else(|| l.crs())
}

/// The grid itself.
pub(super) fn read(source: &Source, parts: &dyn Parts, control: &Control) -> Result<RawRaster, ReadError> {
    let fault = |f: Fault| f.of(source);
    let l = survey(parts, control).map_err(fault)?;
    let mut values = vec![f32::NAN; l.width * l.height];
    let (mut twice, mut marked) = (0, 0);
    lines(parts, control, &mut |_, text| {
        let Some([x, y, z]) = l.form.numbers(text) else { return };
        let column = ((x - l.first[0]) / l.cell[0]).round();
        let row = l.height as f64 - 1.0 - ((y - l.first[1]) / l.cell[1]).round();
        if !(column >= 0.0 && row >= 0.0 && column < l.width as f64 && row < l.height as f64) {
            return;
        }
        let cell = &mut values[row as usize * l.width + column as usize];
        if z <= -9999.0 || z.abs() > 1e30 {
            marked += 1;
        } else if cell.is_nan() {
            *cell = z as f32;
        } else {
            twice += 1;
        }
    })
    .map_err(fault)?;
    let mut gather = Gather::new(&source.label(), "");
    source.precheck.findings.iter().for_each(|f| gather.add(f.clone()));
    let empty = values.iter().filter(|v| v.is_nan()).count() as u64;
    notes(&mut gather, &l, [twice, marked, empty.saturating_sub(marked)]);
    let crs = crs(source, &l);
    if crs.is_none() {
        gather.add(Finding::new(
            "RD-011",
            Level::Info,
            "XYZ-Listen nennen kein Koordinatensystem. Ist es nicht das des Projekts, in der Einbindung `crs` angeben.",
            "XYZ lists name no coordinate system. Where it is not the project's, set `crs` in the binding.",
        ));
    }
    if values.iter().all(|v| v.is_nan()) {
        gather.add(no_data());
    }
    let mut report = Report::default();
    gather.into_report(&mut report);
    Ok(RawRaster {
        file: source.label(),
        raster: Raster {
            width: l.width,
            height: l.height,
            origin: l.origin(),
            cell_m: l.cell,
            values,
            provenance: vec![],
        },
        crs,
        driver: source.reader.driver.into(),
        report,
    })
}

fn notes(gather: &mut Gather, l: &Lattice, [twice, marked, empty]: [u64; 3]) {
    let mut say = |code: &str, level, n: u64, de: String, en: String| {
        if n > 0 {
            gather.add(Finding::new(code, level, de, en).count(n));
        }
    };
    let (bad, at) = (l.bad, l.bad_at);
    say(
        "RD-140",
        Level::Warning,
        bad,
        format!("{bad} Zeilen sind nicht drei Zahlen und wurden ausgelassen, die erste ist Zeile {at}."),
        format!("{bad} lines are not three numbers and were left out, the first is line {at}."),
    );
    say(
        "RD-141",
        Level::Warning,
        twice,
        format!("{twice} Punkte liegen auf einer Zelle, die schon eine Höhe hat; die erste Höhe bleibt."),
        format!("{twice} points lie on a cell that has a height already; the first height stays."),
    );
    say(
        "RD-142",
        Level::Info,
        marked,
        format!("{marked} Punkte haben den Wert für „keine Daten“ (−9999 oder darunter)."),
        format!("{marked} points have the value for \"no data\" (−9999 or below)."),
    );
    let cells = (l.width * l.height) as u64;
    say(
        "RD-143",
        Level::Info,
        empty,
        format!("{empty} von {cells} Zellen des Gitters stehen nicht in der Liste."),
        format!("{empty} of the grid's {cells} cells are not in the list."),
    );
}

impl OwnReader for Xyz {
    fn inspect(&self, source: &Source) -> Result<Inspection, ReadError> {
        inspect(source, &OneFile(&source.path))
    }

    fn read_raster(&self, source: &Source, control: &Control) -> Result<RawRaster, ReadError> {
        read(source, &OneFile(&source.path), control)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{self, read_raster};

    fn list(text: &str) -> Result<RawRaster, ReadError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dgm1.xyz");
        std::fs::write(&path, text).unwrap();
        let inspection = readers::inspect(&path);
        let raw = read_raster(&path, &Control::default());
        if let (Ok(i), Ok(raw)) = (&inspection, &raw) {
            let r = i.raster.as_ref().unwrap();
            assert_eq!((r.width as usize, r.height as usize), (raw.raster.width, raw.raster.height));
        }
        assert_eq!(inspection.is_ok(), raw.is_ok());
        raw
    }

    /// x = 0..4, y = 0..3, z = 10 y + x, in a shuffled order, without one corner.
    fn shuffled(scale: f64, at: [f64; 2]) -> String {
        let mut out = String::new();
        for k in 0..12 {
            let k = (k * 5) % 12;
            let (x, y) = (k % 4, k / 4);
            if (x, y) != (3, 2) {
                out += &format!(
                    "{:.6} {:.6} {}\n",
                    at[0] + f64::from(x) * scale,
                    at[1] + f64::from(y) * scale,
                    10 * y + x
                );
            }
        }
        out
    }

    #[test]
    fn points_in_any_order_become_cells_around_them() {
        for (scale, at) in [
            (1.0, [280_000.0, 5_659_000.0]),
            (0.5, [280_000.25, 5_659_000.25]),
            (1.0 / 1200.0, [11.0, 49.5]),
        ] {
            let raw = list(&shuffled(scale, at)).unwrap();
            let r = &raw.raster;
            assert_eq!((r.width, r.height), (4, 3));
            assert!((r.cell_m[0] - scale).abs() < 1e-6 * scale.max(0.01), "{:?}", r.cell_m);
            assert!((r.origin[0] - (at[0] - scale / 2.0)).abs() < 1e-6 && (r.origin[1] - (at[1] + 2.5 * scale)).abs() < 1e-6);
            assert_eq!(r.values[..4].iter().filter(|v| v.is_nan()).count(), 1, "the hole stays a hole");
            assert_eq!((r.values[0], r.values[5], r.values[8]), (20.0, 11.0, 0.0));
            assert!(raw.report.findings.iter().any(|f| f.code == "RD-143" && f.count == 1));
        }
    }

    #[test]
    fn eastings_with_their_zone_name_their_system() {
        let raw = list(&shuffled(1.0, [32_280_000.0, 5_659_000.0])).unwrap();
        assert_eq!(raw.crs.as_deref(), Some("EPSG:4647"));
        assert_eq!(list(&shuffled(1.0, [280_000.0, 5_659_000.0])).unwrap().crs, None);
    }

    #[test]
    fn odd_lines_are_counted_and_no_data_is_no_height() {
        let body = shuffled(1.0, [280_000.0, 5_659_000.0]);
        // Beyond the head, by which the format is told.
        let many: String = (0..4000)
            .map(|k| format!("{} {} 1\n", 280_000 + k % 100, 5_659_100 + k / 100))
            .collect();
        let raw = list(&format!("{many}{body}280003 5659002 -9999\n280000 5659000 77\nnot a line\n")).unwrap();
        let count = |code: &str| raw.report.findings.iter().find(|f| f.code == code).map(|f| f.count);
        assert_eq!((count("RD-140"), count("RD-141"), count("RD-142")), (Some(1), Some(1), Some(1)));
    }

    #[test]
    fn scattered_points_and_hostile_texts_are_refused_in_words() {
        let scattered: String = (0..500)
            .map(|k: u64| {
                format!(
                    "{}.{:03} {} {}\n",
                    280_000 + (k * 7919) % 997,
                    (k * 104_729) % 1000,
                    5_659_000 + (k * 3571) % 991,
                    k
                )
            })
            .collect();
        let error = list(&scattered).unwrap_err().text();
        assert!(error.en.contains("regular grid"), "{}", error.en);
        let huge = "0 0 1\n1 1 1\n900000000 900000000 1\n";
        assert!(list(huge).is_err());
        assert!(list("5 5 1\n5 5 1\n5 5 1\n").is_err());
        let long = format!("1 2 3\n1 3 3\n2 2 3\n{}\n2 3 3\n", "9".repeat(3_000_000));
        assert!(list(&long).is_err() || list(&long).is_ok_and(|r| r.report.findings.iter().any(|f| f.code == "RD-140")));
    }
}
