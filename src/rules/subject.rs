//! The one feature that a rule is measuring.

use crate::{
    geometry::{self, PreparedArea, PreparedEdges},
    index::IndexedLayer,
    model::GeometryKind,
};

/// The subject that is being measured; its prepared forms are built when asked for.
pub(super) struct Subject<'p> {
    pub row: u32,
    pub layer: &'p IndexedLayer,
    area: Option<PreparedArea>,
    edges: std::cell::OnceCell<PreparedEdges>,
}

impl<'p> Subject<'p> {
    pub fn new(layer: &'p IndexedLayer, row: u32) -> Self {
        let g = &layer.layer.geometry;
        let is_area = g.kind() == GeometryKind::Polygon && !g.bbox(row as usize).is_empty();
        Self {
            row,
            layer,
            area: is_area.then(|| PreparedArea::new(g, row as usize)),
            edges: std::cell::OnceCell::new(),
        }
    }

    /// Its area, if it is one.
    pub fn area(&self) -> Option<&PreparedArea> {
        self.area.as_ref()
    }

    /// Its area in m²; 0 for points and lines.
    pub fn area_m2(&self) -> f64 {
        self.area.as_ref().map_or(0.0, PreparedArea::area_m2)
    }

    /// Its edges.
    pub fn edges(&self) -> &PreparedEdges {
        self.edges
            .get_or_init(|| PreparedEdges::new(&self.layer.layer.geometry, self.row as usize))
    }

    /// Its geometry for the conflict and a point on it.
    pub fn place(&self) -> (geo::Geometry<f64>, [f64; 2]) {
        let g = &self.layer.layer.geometry;
        let row = self.row as usize;
        let anchor = geometry::point_on_surface(g, row).unwrap_or_else(|| g.bbox(row).center());
        (geometry::to_geo(g, row), anchor)
    }
}
