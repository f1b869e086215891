//! A bulk-loaded R-tree over feature boxes, and what edits lay over it: a layer of a million features is not indexed anew for one of them.

use crate::model::{Bbox, Layer};
use rstar::{AABB, Envelope, ParentNode, RTree, RTreeNode, RTreeObject};
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
    tree: Arc<RTree<Entry>>,
    /// Rows whose boxes the tree has.
    rows: usize,
    edits: Option<Arc<Edits>>,
}

/// More edited rows than this share of the tree, and a new tree is cheaper than looking past them.
const OVERLAY_SHARE: usize = 16;

/// What became of the rows of a tree. Tree rows that stay keep their order, and new rows come after them.
#[derive(Debug, Default)]
struct Edits {
    /// Tree rows that are no more, ascending.
    gone: Vec<u32>,
    /// Tree rows with another box, ascending.
    moved: Vec<u32>,
    /// Boxes of moved and new rows, by their row of now.
    fresh: Vec<Entry>,
}

impl Edits {
    /// The row of now for a row of the tree; `None` when the tree does not know its box any more.
    fn row(&self, tree_row: u32) -> Option<u32> {
        if self.moved.binary_search(&tree_row).is_ok() {
            return None;
        }
        self.gone.binary_search(&tree_row).err().map(|before| tree_row - before as u32)
    }
}

fn entry(row: usize, b: &Bbox) -> Option<Entry> {
    // rstar panics on NaN; an empty box has infinite corners.
    let usable = !b.is_empty() && b.min.iter().chain(&b.max).all(|v| v.is_finite());
    usable.then(|| Entry {
        bbox: AABB::from_corners(b.min, b.max),
        row: row as u32,
    })
}

impl SpatialIndex {
    /// Builds the tree from boxes in row order.
    pub fn new(boxes: &[Bbox]) -> Self {
        let entries = boxes.iter().enumerate().filter_map(|(row, b)| entry(row, b)).collect();
        Self {
            tree: Arc::new(RTree::bulk_load(entries)),
            rows: boxes.len(),
            edits: None,
        }
    }

    /// The index after an edit: rows `gone` are left out, rows `moved` have another box (both ascending, in the numbering of `self`), and
    /// whatever `boxes` has beyond the rows that stay is new. `boxes` are those of the edited layer.
    #[must_use]
    pub fn edited(&self, boxes: &[Bbox], gone: &[u32], moved: &[u32]) -> Self {
        let stay = self.rows.saturating_sub(gone.len());
        let edited = gone.len() + moved.len() + boxes.len().saturating_sub(stay);
        if self.edits.is_some() || edited * OVERLAY_SHARE > self.rows {
            return Self::new(boxes);
        }
        let now = |old: &u32| *old as usize - gone.partition_point(|g| g < old);
        let rows = moved.iter().map(now).chain(stay..boxes.len());
        let edits = Edits {
            gone: gone.to_vec(),
            moved: moved.to_vec(),
            fresh: rows.filter_map(|row| entry(row, boxes.get(row)?)).collect(),
        };
        Self {
            tree: self.tree.clone(),
            rows: self.rows,
            edits: Some(Arc::new(edits)),
        }
    }

    /// The row nearest to `p` and its distance in metres, by `distance_m(row)`, which must not be less than the distance to the row's box
    /// (for points: the distance to the point). `None` when nothing is within `cutoff_m`. Of rows at equal distance the lowest wins.
    pub fn nearest(&self, p: [f64; 2], cutoff_m: f64, mut distance_m: impl FnMut(u32) -> f64) -> Option<(u32, f64)> {
        let mut best = Nearest {
            row: None,
            limit_m: cutoff_m,
        };
        let Some(edits) = &self.edits else {
            nearest_below(self.tree.root(), p, &mut distance_m, &mut best);
            return best.row.map(|row| (row, best.limit_m));
        };
        // Not a number is nearer than nothing: rows that the tree is wrong about fall out.
        let mut of_tree = |row: u32| edits.row(row).map_or(f64::NAN, &mut distance_m);
        nearest_below(self.tree.root(), p, &mut of_tree, &mut best);
        best.row = best.row.and_then(|row| edits.row(row));
        for e in &edits.fresh {
            if e.bbox.distance_2(&p) <= best.limit_m * best.limit_m {
                best.offer(e.row, distance_m(e.row));
            }
        }
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
        let window = AABB::from_corners(bbox.min, bbox.max);
        let found = self.tree.locate_in_envelope_intersecting(window);
        match &self.edits {
            None => rows.extend(found.map(|e| e.row)),
            Some(edits) => {
                rows.extend(found.filter_map(|e| edits.row(e.row)));
                rows.extend(edits.fresh.iter().filter(|e| e.bbox.intersects(&window)).map(|e| e.row));
            }
        }
        // Ascending rows make every result independent of the tree's shape.
        rows.sort_unstable();
    }
}

/// What has been found so far.
struct Nearest {
    row: Option<u32>,
    limit_m: f64,
}

impl Nearest {
    fn offer(&mut self, row: u32, d: f64) {
        if d < self.limit_m || (d == self.limit_m && self.row.is_none_or(|best| row < best)) {
            self.row = Some(row);
            self.limit_m = d;
        }
    }
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
                RTreeNode::Leaf(entry) => best.offer(entry.row, distance_m(entry.row)),
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
    fn an_edited_index_answers_as_a_new_one() {
        let spot = |k: u32| [f64::from(k * 37 % 101), f64::from(k * 53 % 97)];
        let boxes: Vec<Bbox> = (0..500).map(|k| Bbox::new(spot(k), spot(k).map(|v| v + 2.0))).collect();
        let base = SpatialIndex::new(&boxes);
        let (gone, moved) = ([0, 17, 499], [3, 18, 250]);
        let mut now: Vec<Bbox> = vec![];
        for (k, b) in (0..).zip(&boxes).filter(|(k, _)| !gone.contains(k)) {
            let by = if moved.contains(&k) { 40.5 } else { 0.0 };
            now.push(Bbox::new(b.min.map(|v| v + by), b.max.map(|v| v + by)));
        }
        now.push(Bbox::new([200.0, 5.0], [201.0, 6.0]));
        now.push(Bbox::EMPTY);
        let (edited, new) = (base.edited(&now, &gone, &moved), SpatialIndex::new(&now));
        assert!(edited.edits.is_some(), "a few edits lie over the tree");
        for q in 0..300u32 {
            let p = [f64::from(q * 7 % 230) - 10.0, f64::from(q * 11 % 160) - 10.0];
            let window = Bbox::new(p, p.map(|v| v + f64::from(q % 40)));
            assert_eq!(edited.rows_in(&window), new.rows_in(&window));
            let distance = |row: u32| {
                let b = now[row as usize];
                (0..2)
                    .map(|k| (b.min[k] - p[k]).max(p[k] - b.max[k]).max(0.0).powi(2))
                    .sum::<f64>()
                    .sqrt()
            };
            for cutoff in [5.0, f64::INFINITY] {
                assert_eq!(edited.nearest(p, cutoff, distance), new.nearest(p, cutoff, distance));
            }
        }
        let all: Vec<u32> = (0..100).collect();
        assert!(base.edited(&boxes, &[], &all).edits.is_none(), "many edits are indexed anew");
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
