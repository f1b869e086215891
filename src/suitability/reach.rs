//! How far the data of a layer reach: what of a unit they leave open, and how near their border is.

use super::unit::Unit;
use crate::{
    geometry::{self, PreparedArea, PreparedEdges, Scratch},
    model::{Geometries, GeometriesBuilder, GeometryKind, Layer},
    project::City,
    rules,
};

/// The declared coverages in use, each once.
#[derive(Debug, Default)]
pub(super) struct Covers(Vec<Cover>);

#[derive(Debug)]
struct Cover {
    geometry: Geometries,
    area: PreparedArea,
    border: PreparedEdges,
}

/// What is known of one unit and every coverage, computed when first asked for.
#[derive(Debug)]
pub(super) struct Reach<'a> {
    covers: &'a Covers,
    /// Percent of the unit outside, and metres from the unit to the border of the coverage.
    found: Vec<(Option<f64>, Option<f64>)>,
}

impl Covers {
    /// The number of a layer's coverage; `None` where nobody declared one and the data are taken to be everywhere.
    pub fn number(&mut self, city: &City, layer: &Layer) -> Option<usize> {
        let geometry = rules::declared_cover(city, layer)?;
        Some(self.0.iter().position(|c| c.geometry == geometry).unwrap_or_else(|| {
            self.0.push(Cover {
                area: PreparedArea::new(&geometry, 0),
                border: PreparedEdges::new(&outline(&geometry), 0),
                geometry,
            });
            self.0.len() - 1
        }))
    }

    /// Nothing looked at yet.
    pub fn reach(&self) -> Reach<'_> {
        Reach {
            covers: self,
            found: vec![(None, None); self.0.len()],
        }
    }
}

/// The rings as lines: the distance to an area is 0 inside it, the distance to its border is not.
fn outline(g: &Geometries) -> Geometries {
    let mut out = GeometriesBuilder::new(GeometryKind::Line);
    for ring in g.rings(0) {
        out.ring(ring.iter().copied()).end_part();
    }
    out.end_feature();
    out.finish()
}

impl Reach<'_> {
    /// Percent of the unit outside the coverage; what is not an area is outside or not.
    pub fn outside_percent(&mut self, cover: Option<usize>, unit: &Unit, scratch: &mut Scratch) -> f64 {
        let Some(number) = cover else { return 0.0 };
        let covers = self.covers;
        let c = &covers.0[number];
        *self.found[number].0.get_or_insert_with(|| {
            let total = unit.area.area_m2();
            if total > 0.0 {
                let inside = geometry::overlap_area_m2(&unit.area, &c.area, scratch);
                (100.0 * (1.0 - inside / total)).clamp(0.0, 100.0)
            } else if unit.point.is_some_and(|p| geometry::contains(&c.geometry, 0, p)) {
                0.0
            } else {
                100.0
            }
        })
    }

    /// Metres around the unit in which nothing is missed; unlimited where no coverage is declared.
    pub fn clear_m(&mut self, cover: Option<usize>, unit: &Unit, scratch: &mut Scratch) -> f64 {
        let Some(number) = cover else { return f64::INFINITY };
        if self.outside_percent(cover, unit, scratch) > super::NOISE_PERCENT {
            return 0.0;
        }
        let border = &self.covers.0[number].border;
        *self.found[number]
            .1
            .get_or_insert_with(|| geometry::distance_m(&unit.edges, border, f64::INFINITY).unwrap_or(0.0))
    }
}
