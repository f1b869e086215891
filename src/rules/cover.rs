//! Where the absence of a feature means something: the declared coverage of the layers a rule rests on.

use super::memory::Gap;
use crate::{
    geometry::{self, PreparedArea, Scratch},
    model::{Bbox, Coverage, Geometries, GeometriesBuilder, GeometryKind, Layer},
    project::City,
};
use std::sync::Arc;

/// Parts of a subject below this are digitising noise along the border of the coverage.
const TOLERANCE_M2: f64 = 0.5;

/// The area in which a rule can be answered.
#[derive(Debug, Clone)]
pub(super) enum Cover {
    /// Nobody declared it.
    Assumed,
    /// These polygons, merged into one feature.
    Area(Arc<CoverArea>),
}

#[derive(Debug)]
pub(super) struct CoverArea {
    geometry: Geometries,
    prepared: PreparedArea,
}

/// What lies outside the coverage.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Outside {
    /// Subject area outside, m².
    pub area_m2: f64,
    /// Some of the subject is outside.
    pub partly: bool,
    /// All of it is.
    pub wholly: bool,
}

fn rectangle(b: Bbox) -> Geometries {
    let mut out = GeometriesBuilder::new(GeometryKind::Polygon);
    if !b.is_empty() {
        let ([x0, y0], [x1, y1]) = (b.min, b.max);
        out.ring([[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]).end_part();
    }
    out.end_feature();
    out.finish()
}

/// All features as one, so that overlapping polygons are not counted twice.
fn merged(g: &Geometries) -> Geometries {
    if g.len() == 1 {
        return g.clone();
    }
    let parts: Vec<_> = (0..g.len()).map(|row| geometry::multi_polygon(g, row)).collect();
    match geometry::union(&parts) {
        Ok(all) => geometry::from_geo(&[all]),
        // Without a union the box of all polygons would promise too much; the largest polygon promises too little, which is safe.
        Err(_) => {
            let largest = (0..g.len()).max_by(|a, b| geometry::area_m2(g, *a).total_cmp(&geometry::area_m2(g, *b)));
            let mut out = GeometriesBuilder::new(GeometryKind::Polygon);
            if let Some(row) = largest {
                out.copy_feature(g, row);
            }
            out.finish()
        }
    }
}

/// Whether the data of a layer cover `p`; `None` where nobody declared it.
pub fn covers(city: &City, layer: &Layer, p: [f64; 2]) -> Option<bool> {
    let inside = |g: &Geometries| (0..g.len()).any(|row| geometry::contains(g, row, p));
    match &layer.coverage {
        Coverage::Undeclared => None,
        Coverage::AreaOfInterest => Some(
            city.info
                .area_of_interest
                .as_ref()
                .map_or_else(|| city.extent().contains(p), inside),
        ),
        Coverage::Polygons(polygons) => Some(inside(polygons)),
    }
}

/// Where the data of a layer are complete, as one feature; `None` where nobody declared it.
pub fn declared_cover(city: &City, layer: &Layer) -> Option<Geometries> {
    match Cover::of(city, layer) {
        Cover::Assumed => None,
        Cover::Area(area) => Some(area.geometry.clone()),
    }
}

impl Cover {
    fn area(geometry: Geometries) -> Self {
        let geometry = if geometry.is_empty() { rectangle(Bbox::EMPTY) } else { geometry };
        Cover::Area(Arc::new(CoverArea {
            prepared: PreparedArea::new(&geometry, 0),
            geometry,
        }))
    }

    /// The coverage of one layer.
    pub fn of(city: &City, layer: &Layer) -> Self {
        match &layer.coverage {
            Coverage::Undeclared => Cover::Assumed,
            Coverage::AreaOfInterest => match &city.info.area_of_interest {
                Some(area) => Self::area(merged(area)),
                None => Self::area(rectangle(city.extent())),
            },
            Coverage::Polygons(polygons) => Self::area(merged(polygons)),
        }
    }

    /// Where both are covered.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Cover::Assumed, other) | (other, Cover::Assumed) => other,
            (Cover::Area(a), Cover::Area(b)) if a.geometry == b.geometry => Cover::Area(a),
            (Cover::Area(a), Cover::Area(b)) => match geometry::intersection((&a.geometry, 0), (&b.geometry, 0)) {
                Ok(both) => Self::area(geometry::from_geo(&[both])),
                // No answer is safer than a wrong one.
                Err(_) => Self::area(rectangle(Bbox::EMPTY)),
            },
        }
    }

    /// What of feature `row` lies outside. `prepared` is the feature's area, if it is one.
    pub fn outside(&self, g: &Geometries, row: usize, prepared: Option<&PreparedArea>, scratch: &mut Scratch) -> Outside {
        let Cover::Area(cover) = self else { return Outside::default() };
        match prepared {
            Some(subject) => {
                let total = subject.area_m2();
                let inside = geometry::overlap_area_m2(subject, &cover.prepared, scratch);
                let area_m2 = (total - inside).max(0.0);
                if area_m2 <= TOLERANCE_M2.max(1e-6 * total) {
                    return Outside::default();
                }
                Outside {
                    area_m2,
                    partly: true,
                    wholly: inside <= TOLERANCE_M2.min(1e-6 * total),
                }
            }
            None => {
                let (mut inside, mut outside) = (false, false);
                for p in g.rings(row).flatten() {
                    match geometry::contains(&cover.geometry, 0, *p) {
                        true => inside = true,
                        false => outside = true,
                    }
                }
                Outside {
                    area_m2: 0.0,
                    partly: outside,
                    wholly: outside && !inside,
                }
            }
        }
    }
}

impl Outside {
    /// As a gap, if there is one.
    pub fn gap(self) -> Option<(Gap, f64)> {
        self.partly.then_some((Gap::Coverage, self.area_m2))
    }
}
