//! A bulk-loaded R-tree over feature boxes.

use crate::model::{Bbox, Layer};
use rstar::{AABB, ParentNode, RTree, RTreeNode, RTreeObject};
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

    /// The row nearest to `p` and its distance in metres, by `distance_m(row)`, which must not be less than the distance to the row's box
    /// (for points: the distance to the point). `None` when nothing is within `cutoff_m`. Of rows at equal distance the lowest wins.
    pub fn nearest(&self, p: [f64; 2], cutoff_m: f64, mut distance_m: impl FnMut(u32) -> f64) -> Option<(u32, f64)> {
        let mut best = Nearest {
            row: None,
            limit_m: cutoff_m,
        };
        nearest_below(self.tree.root(), p, &mut distance_m, &mut best);
        best.row.map(|row| (row, best.limit_m))
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

/// What has been found so far.
struct Nearest {
    row: Option<u32>,
    limit_m: f64,
}

/// Children a node may have at most (rstar's default), plus room.
const MAX_CHILDREN: usize = 8;

/// Depth first, nearest child first: with the few children of a node this needs no heap.
fn nearest_below(node: &ParentNode<Entry>, p: [f64; 2], distance_m: &mut impl FnMut(u32) -> f64, best: &mut Nearest) {
    let children = node.children();
    let mut near = [(0.0, 0); MAX_CHILDREN];
    for (start, chunk) in children.chunks(MAX_CHILDREN).enumerate() {
        let mut count = 0;
        for (k, child) in chunk.iter().enumerate() {
            let box2 = match child {
                RTreeNode::Leaf(entry) => entry.bbox.distance_2(&p),
                RTreeNode::Parent(parent) => parent.envelope().distance_2(&p),
            };
            if box2 <= best.limit_m * best.limit_m {
                let mut at = count;
                while at > 0 && near[at - 1].0 > box2 {
                    near[at] = near[at - 1];
                    at -= 1;
                }
                near[at] = (box2, start * MAX_CHILDREN + k);
                count += 1;
            }
        }
        for &(box2, k) in &near[..count] {
            if box2 > best.limit_m * best.limit_m {
                break;
            }
            match &children[k] {
                RTreeNode::Parent(parent) => nearest_below(parent, p, distance_m, best),
                RTreeNode::Leaf(entry) => {
                    let d = distance_m(entry.row);
                    if d < best.limit_m || (d == best.limit_m && best.row.is_none_or(|row| entry.row < row)) {
                        best.row = Some(entry.row);
                        best.limit_m = d;
                    }
                }
            }
        }
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

    #[test]
    fn nearest_is_what_looking_at_every_row_finds() {
        let boxes: Vec<Bbox> = (0u32..500)
            .map(|k| {
                // A scattered grid with repeated points, so that ties occur.
                let p = [f64::from(k * 37 % 101), f64::from(k * 53 % 97)];
                Bbox::new(p, p)
            })
            .collect();
        let index = SpatialIndex::new(&boxes);
        for q in 0..200 {
            let p = [f64::from(q * 7 % 120) - 10.0, f64::from(q * 11 % 120) - 10.0];
            let distance = |row: u32| {
                let b = boxes[row as usize].min;
                (b[0] - p[0]).hypot(b[1] - p[1])
            };
            let want = (0..500).map(|row| (row, distance(row))).min_by(|a, b| a.1.total_cmp(&b.1));
            assert_eq!(index.nearest(p, f64::INFINITY, distance), want);
            assert_eq!(index.nearest(p, 5.0, distance), want.filter(|w| w.1 <= 5.0));
        }
        assert_eq!(SpatialIndex::new(&[]).nearest([0.0; 2], f64::INFINITY, |_| 0.0), None);
    }
}
