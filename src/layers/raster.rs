//! Grids into the project CRS. Cells of the same size in metres are laid over the grid's area and filled from it.

use super::{LayerError, ProjectCrs, clean::source_crs, crs};
use crate::{
    model::{Bbox, Raster},
    progress::Control,
    readers::{MAX_CELLS, RawRaster},
};
use rayon::prelude::*;

/// Distinct values up to which a grid is taken for classes, which must not be averaged.
const CLASSES: usize = 32;

/// Brings a grid into the project CRS, or only its part over a box. Grids of many different values are interpolated between cell centres,
/// grids of few (classes) take the nearest cell.
///
/// # Errors
/// When the coordinate system is missing, impossible or contradicts the grid's position, or the result would have too many cells.
pub fn raster_to_project(raw: RawRaster, project: &ProjectCrs, over: Option<Bbox>, control: &Control) -> Result<Raster, LayerError> {
    let old = raw.raster;
    let source = source_crs(&raw.file, "", raw.crs.as_deref(), None, old.extent())?;
    let file = raw.file;
    let from = source.definition.as_str();
    if from == project.definition() {
        return Ok(crop(old, over));
    }
    let fail = |source| LayerError::Crs {
        file: file.clone(),
        layer: String::new(),
        source,
    };
    // The outline and the inside, because edges of a grid are curves in the other system.
    let e = old.extent();
    const STEPS: usize = 20;
    let at = |i: usize, j: usize| {
        let f = |k: usize| k as f64 / STEPS as f64;
        [e.min[0] + e.width_m() * f(i), e.min[1] + e.height_m() * f(j)]
    };
    let mut grid: Vec<[f64; 2]> = (0..=STEPS).flat_map(|i| (0..=STEPS).map(move |j| at(i, j))).collect();
    grid.iter_mut()
        .filter(|p| !source.bounds.contains(**p))
        .for_each(|p| *p = [f64::NAN; 2]);
    crs::transform(from, project.definition(), &mut grid).map_err(fail)?;
    let mut target = Bbox::around(grid.iter().filter(|p| p[0].is_finite() && project.bounds().contains(**p)));
    if let Some(over) = over {
        target = Bbox::new(
            [target.min[0].max(over.min[0]), target.min[1].max(over.min[1])],
            [target.max[0].min(over.max[0]), target.max[1].min(over.max[1])],
        );
    }
    if target.is_empty() {
        return Err(LayerError::OutsideArea {
            swapped: false,
            file,
            layer: String::new(),
            project: true,
            crs: project.definition().into(),
        });
    }
    let cell = cell_m(&old, from, project, target.center()).map_err(fail)?;
    let size = |length: f64| (length / cell).ceil().max(1.0);
    let (width, height) = (size(target.width_m()), size(target.height_m()));
    if width * height > MAX_CELLS as f64 {
        return Err(LayerError::TooLarge {
            file,
            cells: (width * height) as u64,
        });
    }
    let (width, height) = (width as usize, height as usize);
    let origin = [target.min[0], target.max[1]];
    let smooth = many_values(&old.values);
    let mut values = vec![f32::NAN; width * height];
    let failed = values
        .par_chunks_mut(width)
        .enumerate()
        .map(|(row, out)| {
            if control.is_cancelled() {
                return Ok(());
            }
            let y = origin[1] - (row as f64 + 0.5) * cell;
            let mut points: Vec<[f64; 2]> = (0..width).map(|c| [origin[0] + (c as f64 + 0.5) * cell, y]).collect();
            crs::transform(project.definition(), from, &mut points)?;
            for (v, p) in out.iter_mut().zip(&points) {
                let value = if smooth { old.interpolate(*p) } else { old.value_at(*p) };
                *v = value.map_or(f32::NAN, |v| v as f32);
            }
            Ok(())
        })
        .find_map_first(Result::err);
    if let Some(error) = failed {
        return Err(fail(error));
    }
    if control.is_cancelled() {
        return Err(LayerError::Cancelled { file });
    }
    Ok(Raster {
        width,
        height,
        origin,
        cell_m: [cell; 2],
        values,
        provenance: old.provenance,
    })
}

/// The edge of a square cell that has the area of an old cell, in metres, rounded to a centimetre.
fn cell_m(old: &Raster, from: &str, project: &ProjectCrs, center: [f64; 2]) -> Result<f64, super::CrsError> {
    let mut c = [center];
    crs::transform(project.definition(), from, &mut c)?;
    let [x, y] = c[0];
    let mut p = [[x, y], [x + old.cell_m[0], y], [x, y + old.cell_m[1]]];
    crs::transform(from, project.definition(), &mut p)?;
    let (a, b) = ([p[1][0] - p[0][0], p[1][1] - p[0][1]], [p[2][0] - p[0][0], p[2][1] - p[0][1]]);
    let edge = (a[0] * b[1] - a[1] * b[0]).abs().sqrt();
    Ok(if edge.is_finite() && edge >= 0.01 {
        (edge * 100.0).round() / 100.0
    } else {
        1.0
    })
}

fn many_values(values: &[f32]) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    values.iter().filter(|v| !v.is_nan()).any(|v| {
        seen.insert(v.to_bits());
        seen.len() > CLASSES
    })
}

/// The cells that touch the box.
fn crop(old: Raster, over: Option<Bbox>) -> Raster {
    let Some(over) = over else { return old };
    let [x, y] = old.origin;
    let clamp = |v: f64, n: usize| v.clamp(0.0, n as f64) as usize;
    let (c0, c1) = (
        clamp(((over.min[0] - x) / old.cell_m[0]).floor(), old.width),
        clamp(((over.max[0] - x) / old.cell_m[0]).ceil(), old.width),
    );
    let (r0, r1) = (
        clamp(((y - over.max[1]) / old.cell_m[1]).floor(), old.height),
        clamp(((y - over.min[1]) / old.cell_m[1]).ceil(), old.height),
    );
    if c0 >= c1 || r0 >= r1 || (c0, c1, r0, r1) == (0, old.width, 0, old.height) {
        return old;
    }
    let values = (r0..r1)
        .flat_map(|r| old.values[r * old.width + c0..r * old.width + c1].iter().copied())
        .collect();
    Raster {
        width: c1 - c0,
        height: r1 - r0,
        origin: [x + c0 as f64 * old.cell_m[0], y - r0 as f64 * old.cell_m[1]],
        values,
        ..old
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Report;

    fn raw(crs: &str, origin: [f64; 2], cell: f64, value: impl Fn(usize, usize) -> f32) -> RawRaster {
        RawRaster {
            file: "a.asc".into(),
            raster: Raster {
                width: 40,
                height: 30,
                origin,
                cell_m: [cell; 2],
                values: (0..30)
                    .flat_map(|r| (0..40).map(move |c| (r, c)))
                    .map(|(r, c)| value(r, c))
                    .collect(),
                provenance: vec![],
            },
            crs: Some(crs.into()),
            driver: "AAIGrid".into(),
            report: Report::default(),
        }
    }

    #[test]
    fn values_stay_at_their_place_on_earth() {
        let project = ProjectCrs::from_epsg(25833).unwrap();
        // Heights rise by one metre a hundredth of a degree to the north.
        let r = raw("EPSG:4326", [13.0, 52.6], 0.005, |row, _| 100.0 - row as f32 * 0.5);
        let out = raster_to_project(r, &project, None, &Control::default()).unwrap();
        let p = project.from_lonlat([13.1, 52.5]).unwrap();
        // Row 19.5 in cells of half a metre: centre of row 19 is at 52.5025.
        let v = out.interpolate(p).unwrap();
        assert!((v - 90.25).abs() < 0.02, "{v}");
        assert!((out.cell_m[0] - 434.0).abs() < 5.0, "{:?}", out.cell_m);
        assert_eq!(out.value_at(project.from_lonlat([12.9, 52.5]).unwrap()), None);
    }

    #[test]
    fn classes_are_not_averaged_and_a_box_cuts() {
        let project = ProjectCrs::from_epsg(25832).unwrap();
        let r = raw("EPSG:25833", [390_000.0, 5_820_000.0], 10.0, |_, c| if c < 20 { 1.0 } else { 5.0 });
        let out = raster_to_project(r.clone(), &project, None, &Control::default()).unwrap();
        assert!(out.values.iter().all(|v| v.is_nan() || *v == 1.0 || *v == 5.0));
        let same = ProjectCrs::from_epsg(25833).unwrap();
        let cut = raster_to_project(
            r,
            &same,
            Some(Bbox::new([390_195.0, 5_819_900.0], [390_205.0, 5_819_995.0])),
            &Control::default(),
        )
        .unwrap();
        assert_eq!((cut.width, cut.height, cut.origin), (2, 10, [390_190.0, 5_820_000.0]));
        assert_eq!(cut.values[..2], [1.0, 5.0]);
    }
}
