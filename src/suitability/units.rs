//! What is scored: the features of a layer, or cells of a grid over the area of interest.

use crate::{
    geometry,
    model::{Bbox, Geometries, GeometriesBuilder, GeometryKind, LocalText, SlotId},
    project::City,
};

/// Most cells of a grid.
pub const MAX_CELLS: usize = 1_000_000;

/// The shape of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// Regular hexagons with two vertical sides: every neighbour is equally far.
    #[default]
    Hexagon,
    /// Squares along the axes of the CRS.
    Square,
}

/// Polygons or points with a name each.
#[derive(Debug, Clone)]
pub struct Units {
    /// Where they lie, project CRS.
    pub geometry: Geometries,
    /// Stable ids: of the source, or column and row of the cell.
    pub ids: Vec<String>,
    /// Names for people.
    pub labels: Vec<String>,
}

/// Why there are no units.
#[derive(Debug, thiserror::Error)]
pub enum UnitsError {
    /// No features to score.
    #[error("the slot `{slot}` holds no features")]
    Empty {
        /// The slot.
        slot: SlotId,
    },
    /// The size of cells makes no sense.
    #[error("cells of {size_m} m over this area would be {cells} of at most {MAX_CELLS}")]
    Cells {
        /// Distance across a cell in metres.
        size_m: f64,
        /// How many there would be.
        cells: f64,
    },
    /// There is no area to cover with cells.
    #[error("the project has no extent")]
    NoArea,
}

impl UnitsError {
    /// What to do about it.
    pub fn text(&self) -> LocalText {
        match self {
            Self::Empty { slot } => LocalText::new(
                format!(
                    "Der Steckplatz „{slot}“ enthält keine Objekte, die bewertet werden könnten. Bitte Daten zuordnen oder Zellen bewerten."
                ),
                format!("the slot \"{slot}\" holds no features to score. Bind data to it or score cells."),
            ),
            Self::Cells { size_m, cells } => LocalText::new(
                format!("Zellen von {size_m} m ergäben {cells:.0} Stück; erlaubt sind 1 bis {MAX_CELLS}. Bitte eine andere Größe wählen."),
                format!("cells of {size_m} m would make {cells:.0}; 1 to {MAX_CELLS} are allowed. Choose another size."),
            ),
            Self::NoArea => LocalText::new(
                "Das Projekt hat kein Gebiet: weder area_of_interest noch Daten.",
                "the project has no area: neither area_of_interest nor data.",
            ),
        }
    }
}

impl Units {
    /// The features of a slot.
    ///
    /// # Errors
    /// When the slot is empty.
    pub fn of_slot(city: &City, slot: &SlotId) -> Result<Self, UnitsError> {
        let layer = city.layer(slot).filter(|l| !l.layer.is_empty());
        let layer = &layer.ok_or_else(|| UnitsError::Empty { slot: slot.clone() })?.layer;
        Ok(Self {
            geometry: layer.geometry.clone(),
            ids: layer.ids.iter().map(ToString::to_string).collect(),
            labels: (0..layer.len()).map(|row| city.label(layer, row)).collect(),
        })
    }

    /// Cells whose centre lies in the area of interest, from the south-west row by row. `size_m` is the distance between the centres of
    /// neighbours in a row; the grid starts at multiples of it, so that the same place has the same cell whatever the area is.
    ///
    /// # Errors
    /// When there is no area, or the size gives no or too many cells.
    pub fn cells(city: &City, shape: Shape, size_m: f64) -> Result<Self, UnitsError> {
        let extent = city.extent();
        if extent.is_empty() {
            return Err(UnitsError::NoArea);
        }
        let step_y = row_step_m(shape, size_m);
        let estimate = (extent.width_m() / size_m + 1.0) * (extent.height_m() / step_y + 1.0);
        if !(size_m > 0.0 && estimate.is_finite() && estimate <= 4.0 * MAX_CELLS as f64) {
            return Err(UnitsError::Cells { size_m, cells: estimate });
        }
        let inside = |p: [f64; 2]| match &city.info.area_of_interest {
            Some(area) => (0..area.len()).any(|row| geometry::contains(area, row, p)),
            None => extent.contains(p),
        };
        let first = |low: f64, step: f64| (low / step).floor() as i64;
        let last = |high: f64, step: f64| (high / step).ceil() as i64;
        let mut out = GeometriesBuilder::new(GeometryKind::Polygon);
        let mut ids = vec![];
        for row in first(extent.min[1], step_y)..=last(extent.max[1], step_y) {
            for column in first(extent.min[0], size_m)..=last(extent.max[0], size_m) {
                let centre = centre(shape, size_m, (column, row));
                if inside(centre) {
                    out.ring(outline(shape, centre, size_m)).end_part().end_feature();
                    ids.push(format!("{column}/{row}"));
                }
            }
        }
        if ids.is_empty() || ids.len() > MAX_CELLS {
            return Err(UnitsError::Cells {
                size_m,
                cells: ids.len() as f64,
            });
        }
        Ok(Self {
            geometry: out.finish(),
            labels: ids.clone(),
            ids,
        })
    }

    /// The one cell of the grid of [`Units::cells`] that holds a point (project CRS), whether the area of interest reaches it or not;
    /// `None` for sizes that make no cell.
    pub fn cell_at(shape: Shape, size_m: f64, at: [f64; 2]) -> Option<Self> {
        let fits = size_m > 0.0 && at.iter().all(|v| v.is_finite() && (v / size_m).abs() < 1e12);
        let step_y = row_step_m(shape, size_m);
        if !fits {
            return None;
        }
        let near = |v: f64, step: f64| (v / step).floor() as i64;
        let away = |centre: [f64; 2]| match shape {
            Shape::Square => (centre[0] - at[0]).abs().max((centre[1] - at[1]).abs()),
            // A hexagon is what is nearer to its centre than to any other.
            Shape::Hexagon => (centre[0] - at[0]).hypot(centre[1] - at[1]),
        };
        let rows = near(at[1], step_y);
        let around = (rows - 1..=rows + 1).flat_map(|row| {
            let columns = near(at[0], size_m);
            (columns - 1..=columns + 1).map(move |column| (column, row))
        });
        let (column, row) = around.min_by(|a, b| away(centre(shape, size_m, *a)).total_cmp(&away(centre(shape, size_m, *b))))?;
        let mut out = GeometriesBuilder::new(GeometryKind::Polygon);
        out.ring(outline(shape, centre(shape, size_m, (column, row)), size_m))
            .end_part()
            .end_feature();
        let id = format!("{column}/{row}");
        Some(Self {
            geometry: out.finish(),
            ids: vec![id.clone()],
            labels: vec![id],
        })
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The box around all.
    pub fn extent(&self) -> Bbox {
        self.geometry.extent()
    }
}

/// How far rows are apart: those of hexagons stand closer than they are wide.
fn row_step_m(shape: Shape, size_m: f64) -> f64 {
    match shape {
        Shape::Square => size_m,
        Shape::Hexagon => size_m * 0.75_f64.sqrt(),
    }
}

/// Where the cell of a column and a row has its middle; every other row of hexagons is shifted.
fn centre(shape: Shape, size_m: f64, (column, row): (i64, i64)) -> [f64; 2] {
    let shift = if shape == Shape::Hexagon && row.rem_euclid(2) == 1 {
        0.5
    } else {
        0.0
    };
    [
        (column as f64 + 0.5 + shift) * size_m,
        (row as f64 + 0.5) * row_step_m(shape, size_m),
    ]
}

fn outline(shape: Shape, [x, y]: [f64; 2], size_m: f64) -> Vec<[f64; 2]> {
    match shape {
        Shape::Square => {
            let h = 0.5 * size_m;
            vec![[x - h, y - h], [x + h, y - h], [x + h, y + h], [x - h, y + h], [x - h, y - h]]
        }
        Shape::Hexagon => {
            // The row's height is three quarters of the outer diameter.
            let (h, r) = (0.5 * size_m, size_m / 3.0_f64.sqrt());
            vec![
                [x, y - r],
                [x + h, y - 0.5 * r],
                [x + h, y + 0.5 * r],
                [x, y + r],
                [x - h, y + 0.5 * r],
                [x - h, y - 0.5 * r],
                [x, y - r],
            ]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{TestCity, geometries, rect};

    fn city() -> City {
        let mut city = TestCity::new();
        city.area = Some(geometries(GeometryKind::Polygon, &[rect(0.0, 0.0, 1000.0, 1000.0)]));
        city.build()
    }

    #[test]
    fn cells_fill_the_area_without_gap_or_overlap() {
        // The area of interest of the test city is 1000 m × 1000 m.
        for (shape, size_m) in [(Shape::Square, 20.0), (Shape::Hexagon, 20.0)] {
            let units = Units::cells(&city(), shape, size_m).unwrap();
            let total: f64 = (0..units.len()).map(|row| geometry::area_m2(&units.geometry, row)).sum();
            assert!((total / 1e6 - 1.0).abs() < 0.03, "{shape:?} {total}");
            let parts: Vec<_> = (0..units.len()).map(|row| geometry::multi_polygon(&units.geometry, row)).collect();
            let union = geometry::from_geo(&[geometry::union(&parts).unwrap()]);
            assert!((geometry::area_m2(&union, 0) - total).abs() < 1.0, "{shape:?}");
        }
    }

    #[test]
    fn the_cell_at_a_point_is_the_one_of_the_grid() {
        for (shape, size_m) in [(Shape::Square, 50.0), (Shape::Hexagon, 50.0)] {
            let all = Units::cells(&city(), shape, size_m).unwrap();
            for at in [[333.0, 471.0], [500.0, 500.0], [612.4, 88.9], [149.9, 720.1]] {
                let one = Units::cell_at(shape, size_m, at).unwrap();
                let row = (0..all.len()).find(|r| geometry::contains(&all.geometry, *r, at)).unwrap();
                assert!(geometry::contains(&one.geometry, 0, at), "{shape:?} {at:?}");
                assert_eq!(one.ids[0], all.ids[row], "{shape:?} {at:?}");
            }
        }
        assert!(Units::cell_at(Shape::Hexagon, 0.0, [1.0, 1.0]).is_none());
        assert!(Units::cell_at(Shape::Hexagon, 50.0, [f64::NAN, 1.0]).is_none());
    }

    #[test]
    fn silly_sizes_end_in_words() {
        for size_m in [0.0, -1.0, f64::NAN, 1e-3, 1e9] {
            assert!(Units::cells(&city(), Shape::Square, size_m).is_err(), "{size_m}");
        }
        let missing = Units::of_slot(&city(), &"m/none".into()).unwrap_err();
        assert!(missing.text().en.contains("m/none"));
    }
}
