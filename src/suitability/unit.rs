//! One unit, ready to be measured.

use super::Units;
use crate::{
    geometry::{self, PreparedArea, PreparedEdges},
    model::GeometryKind,
};

/// One unit with what the measures need of it.
#[derive(Debug)]
pub(super) struct Unit<'a> {
    pub units: &'a Units,
    pub row: usize,
    pub area: PreparedArea,
    pub edges: PreparedEdges,
    /// A point on it.
    pub point: Option<[f64; 2]>,
}

impl<'a> Unit<'a> {
    pub fn new(units: &'a Units, row: usize) -> Self {
        Self {
            units,
            row,
            area: PreparedArea::new(&units.geometry, row),
            edges: PreparedEdges::new(&units.geometry, row),
            point: geometry::point_on_surface(&units.geometry, row),
        }
    }

    pub fn is_area(&self) -> bool {
        self.units.geometry.kind() == GeometryKind::Polygon
    }

    /// Area in m²; what has none counts as one whole.
    pub fn size(&self) -> f64 {
        if self.is_area() { self.area.area_m2() } else { 1.0 }
    }
}
