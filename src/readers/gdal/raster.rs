//! The first band of a grid as 32-bit numbers, row by row; cells without data become NaN.

use super::{messages::Collector, open::open, reference::crs_text, vector::notes};
use crate::{
    model::{Bbox, Finding, Level, LocalText, Raster, Report},
    progress::Control,
    readers::{
        MAX_CELLS, PartOf, RawRaster, ReadError,
        format::Source,
        gather::{Gather, no_data},
    },
};
use gdal::{
    Dataset,
    raster::{GdalDataType, RasterBand, ResampleAlg},
};

/// Rows read at once.
const ROWS: usize = 256;

/// Which cells are read, and into how many.
#[derive(Debug, Clone, Copy)]
struct Window {
    /// First column and row, as they lie in the file.
    first: [usize; 2],
    /// Columns and rows to read.
    size: [usize; 2],
    /// Cells of the file along one edge of a cell that is given out.
    step: usize,
}

impl Window {
    /// The cells that touch `part`, thinned to [`MAX_CELLS`].
    fn over(part: Bbox, origin: [f64; 2], cell: [f64; 2], full: [usize; 2], flip: bool) -> Option<Self> {
        let at = |v: f64, n: usize| v.clamp(0.0, n as f64) as usize;
        let (c0, c1) = (
            at(((part.min[0] - origin[0]) / cell[0]).floor(), full[0]),
            at(((part.max[0] - origin[0]) / cell[0]).ceil(), full[0]),
        );
        let (r0, r1) = (
            at(((origin[1] - part.max[1]) / cell[1]).floor(), full[1]),
            at(((origin[1] - part.min[1]) / cell[1]).ceil(), full[1]),
        );
        if c0 >= c1 || r0 >= r1 {
            return None;
        }
        let (wide, high) = (c1 - c0, r1 - r0);
        let mut step = 1;
        while ((wide / step).max(1) as u64) * ((high / step).max(1) as u64) > MAX_CELLS {
            step += 1;
        }
        Some(Self {
            first: [c0, if flip { full[1] - r1 } else { r0 }],
            size: [wide / step * step, high / step * step],
            step,
        })
    }
}

/// Reads a grid, or the part of it that is needed; `None` when none is. A whole grid of too many cells is refused, a part is thinned.
pub(crate) fn read_raster(source: &Source, part: Option<PartOf<'_>>, control: &Control) -> Result<Option<RawRaster>, ReadError> {
    let collector = Collector::new();
    let ds = open(source, None, &collector)?;
    let refuse = |de: &str, en: &str| ReadError::Refused {
        file: source.given.clone(),
        format: source.reader.name,
        why: LocalText::new(de, en),
    };
    let (width, height) = ds.raster_size();
    let cells = (width as u64).saturating_mul(height as u64);
    if cells > MAX_CELLS && part.is_none() {
        return Err(ReadError::TooLarge {
            file: source.given.clone(),
            what: "cells",
            amount: cells,
            limit: MAX_CELLS,
        });
    }
    let bands = ds.raster_count();
    let damaged = |reason: String| ReadError::Broken {
        file: source.given.clone(),
        layer: "1".into(),
        feature: None,
        reason,
    };
    let band = ds.rasterband(1).map_err(|e| damaged(e.to_string()))?;
    let Some((origin, cell, flip)) = north_up(&ds) else {
        return Err(refuse(
            "Das Raster ist gedreht, geschert oder ohne Lage. Mit `gdalwarp` nach Norden ausrichten.",
            "the grid is rotated, sheared or has no position. Align it to north with `gdalwarp`.",
        ));
    };
    let block = band.block_size();
    if (block.0 as u64).saturating_mul(block.1 as u64) > MAX_CELLS {
        return Err(ReadError::TooLarge {
            file: source.given.clone(),
            what: "cells",
            amount: block.0 as u64 * block.1 as u64,
            limit: MAX_CELLS,
        });
    }
    let mut gather = Gather::new(&source.label(), "");
    for f in &source.precheck.findings {
        gather.add(f.clone());
    }
    let crs = raster_crs(&ds);
    let extent = Bbox::new(
        [origin[0], origin[1] - height as f64 * cell[1]],
        [origin[0] + width as f64 * cell[0], origin[1]],
    );
    let needed = part.map_or(Some(extent), |f| f(crs.as_deref(), extent));
    let Some(window) = needed.and_then(|b| Window::over(b, origin, cell, [width, height], flip)) else {
        return Ok(None);
    };
    let step = window.step;
    let (values, infinite) = read_cells(source, control, &collector, &band, window, flip)?;
    let north = if flip {
        height - window.first[1] - window.size[1]
    } else {
        window.first[1]
    };
    let origin = [origin[0] + window.first[0] as f64 * cell[0], origin[1] - north as f64 * cell[1]];
    if step > 1 {
        gather.add(Finding::new(
            "RD-145",
            Level::Info,
            format!("Das Raster ist zu groß für die volle Auflösung: je {step} × {step} Zellen wurden zu einer gemittelt."),
            format!("The grid is too large for its full resolution: {step} × {step} cells each were averaged into one."),
        ));
    }
    notes(&collector, &mut gather, None);
    if infinite > 0 {
        gather.add(Finding::new(
            "RD-015",
            Level::Warning,
            format!("{infinite} Zellen sind unendlich und gelten als ohne Daten."),
            format!("{infinite} cells are infinite and count as without data."),
        ));
    }
    if bands > 1 {
        gather.add(Finding::new(
            "RD-016",
            Level::Info,
            format!("Von {bands} Bändern wurde das erste gelesen."),
            format!("Of {bands} bands the first was read."),
        ));
    }
    if values.iter().all(|v| v.is_nan()) {
        gather.add(no_data());
    }
    if crs.is_none() {
        gather.add(Finding::new(
            "RD-011",
            Level::Warning,
            "Das Raster nennt kein brauchbares Koordinatensystem. In der Einbindung `crs` angeben (etwa EPSG:25832).",
            "The grid names no usable coordinate system. Set `crs` in the binding (such as EPSG:25832).",
        ));
    }
    let mut report = Report::default();
    gather.into_report(&mut report);
    Ok(Some(RawRaster {
        file: source.label(),
        raster: Raster {
            width: window.size[0] / step,
            height: window.size[1] / step,
            origin,
            cell_m: cell.map(|c| c * step as f64),
            values,
            provenance: vec![],
        },
        crs,
        driver: source.reader.driver.into(),
        report,
    }))
}

/// The CRS of a grid.
pub(super) fn raster_crs(ds: &Dataset) -> Option<String> {
    // SAFETY: borrowed from the dataset.
    crs_text(unsafe { gdal_sys::GDALGetSpatialRef(ds.c_dataset()) })
}

/// North-west corner, cell size and whether the rows run from the south.
pub(super) fn north_up(ds: &Dataset) -> Option<([f64; 2], [f64; 2], bool)> {
    let t = ds.geo_transform().ok()?;
    if !t.iter().all(|v| v.is_finite()) || t[2] != 0.0 || t[4] != 0.0 || t[1] <= 0.0 || t[5] == 0.0 {
        return None;
    }
    let flip = t[5] > 0.0;
    let north = if flip { t[3] + t[5] * ds.raster_size().1 as f64 } else { t[3] };
    Some(([t[0], north], [t[1], t[5].abs()], flip))
}

fn read_cells(
    source: &Source,
    control: &Control,
    collector: &Collector,
    band: &RasterBand,
    window: Window,
    flip: bool,
) -> Result<(Vec<f32>, u64), ReadError> {
    let no_data = band.no_data_value();
    let (scale, offset) = (band.scale().unwrap_or(1.0), band.offset().unwrap_or(0.0));
    let Window { first: corner, size, step } = window;
    let (width, height) = (size[0] / step, size[1] / step);
    // Numbers of one byte are classes far more often than measures.
    let thinned = match band.band_type() {
        GdalDataType::UInt8 => ResampleAlg::NearestNeighbour,
        _ => ResampleAlg::Average,
    };
    let how = (step > 1).then_some(thinned);
    let mut out = vec![f32::NAN; width * height];
    let mut buffer: Vec<f64> = vec![];
    let mut infinite = 0;
    for first in (0..height).step_by(ROWS) {
        if control.is_cancelled() {
            return Err(ReadError::Cancelled {
                file: source.given.clone(),
            });
        }
        let rows = ROWS.min(height - first);
        buffer.resize(rows * width, 0.0);
        let from = (corner[0] as isize, (corner[1] + first * step) as isize);
        band.read_into_slice(from, (size[0], rows * step), (width, rows), &mut buffer, how)
            .map_err(|e| ReadError::Broken {
                file: source.given.clone(),
                layer: "1".into(),
                feature: None,
                reason: collector.last().unwrap_or_else(|| e.to_string()),
            })?;
        for (r, row) in buffer.chunks_exact(width).enumerate() {
            let at = if flip { height - 1 - first - r } else { first + r };
            for (cell, v) in out[at * width..][..width].iter_mut().zip(row) {
                // A 32-bit grid may name its no-data value with the digits of the 64-bit one.
                if v.is_nan() || no_data.is_some_and(|n| *v == n || *v as f32 == n as f32) {
                    continue;
                }
                let v = (v * scale + offset) as f32;
                if v.is_finite() {
                    *cell = v;
                } else {
                    infinite += 1;
                }
            }
        }
    }
    Ok((out, infinite))
}
