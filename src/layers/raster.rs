//! One grid into the project CRS, whole or not at all.

use super::{LayerError, Mosaic, ProjectCrs};
use crate::{
    model::{Bbox, Raster},
    progress::Control,
    readers::{MAX_CELLS, RawRaster},
};

/// Brings a grid into the project CRS, or only its part over a box. Grids of many different values are interpolated between cell centres,
/// grids of few (classes) take the nearest cell. For several tiles, or grids that may be thinned, see [`Mosaic`].
///
/// # Errors
/// When the coordinate system is missing, impossible or contradicts the grid's position, or the result would have too many cells.
pub fn raster_to_project(raw: RawRaster, project: &ProjectCrs, over: Option<Bbox>, control: &Control) -> Result<Raster, LayerError> {
    let file = raw.file.clone();
    let outside = || LayerError::OutsideArea {
        swapped: false,
        file: file.clone(),
        layer: String::new(),
        project: true,
        crs: project.definition().into(),
    };
    let mut mosaic = Mosaic::new(project, over, MAX_CELLS);
    mosaic.add(raw)?;
    let (raster, findings) = mosaic.finish(control)?.ok_or_else(outside)?;
    if findings.is_empty() {
        return Ok(raster);
    }
    let cells = 4 * raster.values.len() as u64;
    Err(LayerError::TooLarge { file, cells })
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
