//! The object side of a rule: a layer, the rows that count, and their prepared forms.

use crate::{
    geometry::{PreparedArea, PreparedEdges, area_m2},
    index::IndexedLayer,
    model::GeometryKind,
};
use std::sync::{Arc, OnceLock};

/// The features that a rule's object side looks at.
pub(super) struct Objects<'a> {
    /// Layer and index.
    pub layer: &'a IndexedLayer,
    /// Rows that pass the filter; `None` when all do.
    selected: Option<Vec<bool>>,
    /// Prepared on first use and kept, when many subjects are to be checked.
    areas: Vec<OnceLock<Arc<PreparedArea>>>,
    edges: Vec<OnceLock<Arc<PreparedEdges>>>,
}

impl<'a> Objects<'a> {
    /// The rows of a layer that `selected` lets pass. Of the first `kept` rows, what was prepared is kept.
    pub fn new(layer: &'a IndexedLayer, selected: Option<Vec<bool>>, kept: usize) -> Self {
        Self {
            layer,
            selected,
            areas: (0..kept).map(|_| OnceLock::new()).collect(),
            edges: (0..kept).map(|_| OnceLock::new()).collect(),
        }
    }

    /// False where the object is smaller than `min_m2`. What has no area is let pass when nothing is asked.
    pub fn is_large(&self, row: u32, min_m2: f64) -> bool {
        let g = &self.layer.layer.geometry;
        min_m2 <= 0.0 || (g.kind() == GeometryKind::Polygon && area_m2(g, row as usize) >= min_m2)
    }

    /// True when the filter lets the row pass.
    pub fn counts(&self, row: u32) -> bool {
        self.selected.as_ref().is_none_or(|s| s[row as usize])
    }

    /// The prepared area of a row.
    pub fn area(&self, row: u32) -> Arc<PreparedArea> {
        let make = || Arc::new(PreparedArea::new(&self.layer.layer.geometry, row as usize));
        self.areas.get(row as usize).map_or_else(make, |c| c.get_or_init(make).clone())
    }

    /// The prepared edges of a row.
    pub fn edges(&self, row: u32) -> Arc<PreparedEdges> {
        let make = || Arc::new(PreparedEdges::new(&self.layer.layer.geometry, row as usize));
        self.edges.get(row as usize).map_or_else(make, |c| c.get_or_init(make).clone())
    }
}
