//! A binding of a grid: its tiles, read part by part and put together in the project CRS.

use super::{
    bind::{Bound, Surroundings, fatal, of_tile},
    file::Binding,
    remote,
    tiles::{self, Tile},
};
use crate::{
    geometry::{CoverageScratch, cell_coverage},
    layers::{BUDGET_CELLS, Mosaic, box_in},
    model::{Bbox, Finding, Geometries, Level, Raster, Report},
    readers::{self, RawRaster},
};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Findings that say the same of more tiles than this become one.
const ALIKE: u64 = 3;

impl Surroundings<'_> {
    /// All tiles of a binding as one grid.
    pub(super) fn raster(&self, binding: &Binding) -> Result<Bound, Vec<Finding>> {
        if binding.service.is_some() {
            return Err(vec![remote::no_grid()]);
        }
        let (tiles, mut findings) = tiles::tiles(self.folder, binding)?;
        let mut mosaic = Mosaic::new(self.crs, self.window, BUDGET_CELLS);
        let (mut used, mut beside) = (0, 0);
        // A few tiles at a time: what is read waits in memory until it is cut and thinned.
        for some in tiles.chunks(rayon::current_num_threads().max(1)) {
            let read: Vec<_> = some.par_iter().map(|t| self.grid(binding, t)).collect();
            for (tile, outcome) in some.iter().zip(read) {
                let added = outcome.and_then(|grid| match grid {
                    None => Ok(false),
                    Some((raw, own)) => {
                        findings.extend(own.into_iter().map(|f| of_tile(f, tile)));
                        mosaic.add(raw).map_err(|e| vec![fatal("PJ-012", e.text())])
                    }
                });
                match added {
                    Ok(true) => used += 1,
                    Ok(false) => beside += 1,
                    Err(own) => findings.extend(own.into_iter().map(|f| of_tile(f, tile))),
                }
            }
        }
        if beside > 0 {
            findings.push(
                Finding::new(
                    "PJ-145",
                    if used == 0 { Level::Error } else { Level::Info },
                    format!(
                        "{beside} von {} Kacheln berühren das Untersuchungsgebiet nicht und werden nicht gebraucht.",
                        tiles.len()
                    ),
                    format!(
                        "{beside} of {} tiles do not touch the area of interest and are not needed.",
                        tiles.len()
                    ),
                )
                .count(beside),
            );
        }
        let done = mosaic.finish(self.control).map_err(|e| vec![fatal("PJ-012", e.text())]);
        let Some((raster, own)) = done? else { return Err(alike(findings)) };
        findings.extend(own);
        let report = Report {
            findings: alike(findings),
            ..Report::default()
        };
        Ok(Bound::Raster(Box::new(raster), report))
    }

    /// The needed part of one file; `None` when nothing of it is.
    fn grid(&self, binding: &Binding, tile: &Tile) -> Result<Option<(RawRaster, Vec<Finding>)>, Vec<Finding>> {
        let part = |crs: Option<&str>, extent: Bbox| match self.window {
            None => Some(extent),
            Some(window) => {
                let crs = binding.crs.as_deref().or(crs).unwrap_or(self.crs.definition());
                // Where the way between the systems is unknown the whole is read, and the error is named later.
                let Some(b) = box_in(crs, self.crs, window) else {
                    return Some(extent);
                };
                b.intersects(&extent).then_some(b)
            }
        };
        let read = readers::read_raster_part(&tile.path, &part, self.control).map_err(|e| vec![fatal("PJ-011", e.text())])?;
        let Some(mut raw) = read else { return Ok(None) };
        let mut findings = std::mem::take(&mut raw.report.findings);
        if let Some(crs) = &binding.crs {
            raw.crs = Some(crs.clone());
            findings.retain(|f| f.code != "RD-011");
        } else if raw.crs.is_none() && self.window.is_some_and(|w| w.intersects(&raw.raster.extent())) {
            // Lists and ASCII grids never name their system; where they lie in the area of interest as they are, it is the project's.
            raw.crs = Some(self.crs.definition().into());
            findings.retain(|f| f.code != "RD-011");
            findings.push(Finding::new(
                "PJ-144",
                Level::Warning,
                format!(
                    "Die Datei nennt kein Koordinatensystem. Weil sie so im Untersuchungsgebiet liegt, gilt das des Projekts ({}). Stimmt das nicht, in der Einbindung `crs` angeben.",
                    self.crs.definition()
                ),
                format!(
                    "the file names no coordinate system. As it lies in the area of interest that way, the project's holds ({}). If that is wrong, set `crs` in the binding.",
                    self.crs.definition()
                ),
            ));
        }
        raw.raster.provenance = vec![self.provenance(binding, tile, &raw.driver, raw.crs.as_deref())];
        Ok(Some((raw, findings)))
    }
}

/// What many tiles say alike is said once, with the first of them as an example.
fn alike(findings: Vec<Finding>) -> Vec<Finding> {
    let key = |f: &Finding| (f.code.clone(), f.text.de.clone());
    let mut often = BTreeMap::<(String, String), u64>::new();
    for f in &findings {
        *often.entry(key(f)).or_default() += 1;
    }
    let mut out = vec![];
    for mut f in findings {
        // The first takes the count with it; the others find nothing left.
        match often.get_mut(&key(&f)) {
            Some(n) if *n > ALIKE => {
                f.count = std::mem::take(n);
                f.text.de = format!("{} Kacheln, zum Beispiel diese: {}", f.count, f.text.de);
                f.text.en = format!("{} tiles, for example this one: {}", f.count, f.text.en);
                out.push(f);
            }
            Some(0) => {}
            _ => out.push(f),
        }
    }
    out
}

/// How much of the area of interest has no height: terrain with holes is drawn and measured as if it went on, so they are counted.
pub(super) fn holes(raster: &Raster, area: &Geometries) -> Option<Finding> {
    let cell_m2 = raster.cell_m[0] * raster.cell_m[1];
    let (mut missing_m2, mut known_m2) = (0.0, 0.0);
    let mut scratch = CoverageScratch::default();
    for row in 0..area.len() {
        missing_m2 += cell_coverage(raster, area, row, &mut scratch, |cell, m2| {
            if raster.values[cell].is_nan() {
                missing_m2 += m2;
            } else {
                known_m2 += m2;
            }
        });
    }
    let (missing, all) = ((missing_m2 / cell_m2).round(), ((missing_m2 + known_m2) / cell_m2).round());
    if missing < 1.0 {
        return None;
    }
    let percent = 100.0 * missing / all;
    let share = if percent < 0.1 {
        "< 0.1".to_string()
    } else {
        format!("{percent:.1}")
    };
    Some(
        Finding::new(
            "PJ-146",
            Level::Warning,
            format!(
                "{missing} von {all} Zellen des Untersuchungsgebiets ({} %) haben keine Höhe. Weitere Kacheln einbinden.",
                share.replace('.', ",")
            ),
            format!("{missing} of {all} cells of the area of interest ({share} %) have no height. Bind more tiles."),
        )
        .count(missing as u64),
    )
}
