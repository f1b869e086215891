//! A bulk-loaded R-tree over feature boxes.

use crate::model::{Bbox, Layer};
use rstar::{AABB, RTree, RTreeObject};
use std::sync::Arc;

#[derive(Debug, Clone)]
struct Entry {
    bbox: AABB<[f64; 2]>,
    row: u32,
}

impl RTreeObject for Entry {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        self.bbox
    }
}

/// Boxes of the features of one layer. Features without geometry are not in it.
#[derive(Debug, Clone)]
pub struct SpatialIndex {
    tree: RTree<Entry>,
}

impl SpatialIndex {
    /// Builds the tree from boxes in row order.
    pub fn new(boxes: &[Bbox]) -> Self {
        let entries = boxes
            .iter()
            .enumerate()
            // rstar panics on NaN; an empty box has infinite corners.
            .filter(|(_, b)| !b.is_empty() && b.min.iter().chain(&b.max).all(|v| v.is_finite()))
            .map(|(row, b)| Entry {
                bbox: AABB::from_corners(b.min, b.max),
                row: row as u32,
            })
            .collect();
        Self {
            tree: RTree::bulk_load(entries),
        }
    }

    /// Rows whose boxes share a point with `bbox`, in ascending order.
    pub fn rows_in(&self, bbox: &Bbox) -> Vec<u32> {
        let mut rows = Vec::new();
        self.rows_in_into(bbox, &mut rows);
        rows
    }

    /// As [`Self::rows_in`], into a buffer that is cleared first.
    pub fn rows_in_into(&self, bbox: &Bbox, rows: &mut Vec<u32>) {
        rows.clear();
        if bbox.is_empty() {
            return;
        }
        rows.extend(
            self.tree
                .locate_in_envelope_intersecting(AABB::from_corners(bbox.min, bbox.max))
                .map(|e| e.row),
        );
        // Ascending rows make every result independent of the tree's shape.
        rows.sort_unstable();
    }
}

/// A layer with its index.
#[derive(Debug, Clone)]
pub struct IndexedLayer {
    /// The layer.
    pub layer: Arc<Layer>,
    /// Its index.
    pub index: SpatialIndex,
}

impl IndexedLayer {
    /// Indexes a layer.
    pub fn new(layer: Layer) -> Self {
        Self {
            index: SpatialIndex::new(layer.geometry.boxes()),
            layer: Arc::new(layer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_touching_boxes_in_row_order_and_leaves_out_empty_ones() {
        let boxes = [Bbox::new([5.0, 5.0], [6.0, 6.0]), Bbox::EMPTY, Bbox::new([0.0, 0.0], [5.0, 5.0])];
        let index = SpatialIndex::new(&boxes);
        assert_eq!(index.rows_in(&Bbox::new([5.0, 5.0], [5.0, 5.0])), [0, 2]);
        assert_eq!(index.rows_in(&Bbox::new([7.0, 7.0], [8.0, 8.0])), [0u32; 0]);
    }
}
