//! Packed simple-feature geometry: one coordinate array a layer, with offsets for rings, parts and features.
//!
//! A point is a part of one ring of one vertex, a line string a part of one ring, a polygon a part whose first
//! ring is the exterior and whose further rings are interiors. A feature owns any number of parts (multi-types).

use super::Bbox;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The dimension of a layer's geometry (OGC Simple Features; multi-types are included).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GeometryKind {
    /// Point or MultiPoint.
    Point,
    /// LineString or MultiLineString.
    Line,
    /// Polygon or MultiPolygon.
    Polygon,
}

/// The geometry column of a layer. Rings of polygons are closed: their first vertex is repeated as the last.
#[derive(Debug, Clone, PartialEq)]
pub struct Geometries {
    kind: GeometryKind,
    coords: Vec<[f64; 2]>,
    ring_ends: Vec<u32>,
    part_ends: Vec<u32>,
    feature_ends: Vec<u32>,
    boxes: Vec<Bbox>,
}

fn span(ends: &[u32], k: usize) -> Range<usize> {
    let start = if k == 0 { 0 } else { ends[k - 1] as usize };
    start..ends[k] as usize
}

impl Geometries {
    /// The dimension of all features.
    pub fn kind(&self) -> GeometryKind {
        self.kind
    }

    /// Number of features.
    pub fn len(&self) -> usize {
        self.feature_ends.len()
    }

    /// True when there is no feature.
    pub fn is_empty(&self) -> bool {
        self.feature_ends.is_empty()
    }

    /// Every vertex of the layer.
    pub fn coords(&self) -> &[[f64; 2]] {
        &self.coords
    }

    /// The box of feature `row`; [`Bbox::EMPTY`] for a feature without parts.
    pub fn bbox(&self, row: usize) -> Bbox {
        self.boxes[row]
    }

    /// The boxes of all features, in row order.
    pub fn boxes(&self) -> &[Bbox] {
        &self.boxes
    }

    /// The box around all features.
    pub fn extent(&self) -> Bbox {
        self.boxes.iter().fold(Bbox::EMPTY, |a, b| a.union(*b))
    }

    /// The parts of feature `row`; each part is an iterator over its rings.
    pub fn parts(&self, row: usize) -> impl ExactSizeIterator<Item = Part<'_>> + Clone {
        span(&self.feature_ends, row).map(move |part| Part {
            of: self,
            rings: span(&self.part_ends, part),
        })
    }

    /// All rings (or line strings, or single points) of feature `row`, parts one after another.
    pub fn rings(&self, row: usize) -> impl Iterator<Item = &[[f64; 2]]> + Clone {
        self.parts(row).flat_map(Part::rings)
    }

    /// True when feature `row` has the very shape of feature `other` of `of`.
    pub fn same_feature(&self, row: usize, of: &Self, other: usize) -> bool {
        self.boxes[row] == of.boxes[other]
            && span(&self.feature_ends, row).len() == span(&of.feature_ends, other).len()
            && self.parts(row).map(|p| p.rings.len()).eq(of.parts(other).map(|p| p.rings.len()))
            && self.rings(row).eq(of.rings(other))
    }

    /// The same features with their vertices moved; the boxes follow, leaving out what is not a number.
    #[must_use]
    pub fn map_coords(mut self, change: impl FnOnce(&mut [[f64; 2]])) -> Self {
        change(&mut self.coords);
        let boxes = (0..self.len()).map(|row| self.rings(row).fold(Bbox::EMPTY, |b, r| b.union(Bbox::around(r))));
        self.boxes = boxes.collect();
        self
    }

    /// Number of vertices of feature `row`.
    pub fn vertex_count(&self, row: usize) -> usize {
        self.rings(row).map(<[_]>::len).sum()
    }
}

/// One point, line string or polygon of a feature.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    of: &'a Geometries,
    rings: Range<usize>,
}

impl<'a> Part<'a> {
    /// The rings: the exterior first, then the interiors.
    pub fn rings(self) -> impl ExactSizeIterator<Item = &'a [[f64; 2]]> + Clone {
        let of = self.of;
        self.rings.map(move |r| &of.coords[span(&of.ring_ends, r)])
    }
}

/// Fills a [`Geometries`] ring by ring.
#[derive(Debug)]
pub struct GeometriesBuilder {
    out: Geometries,
}

impl GeometriesBuilder {
    /// An empty column of one dimension.
    pub fn new(kind: GeometryKind) -> Self {
        Self {
            out: Geometries {
                kind,
                coords: vec![],
                ring_ends: vec![],
                part_ends: vec![],
                feature_ends: vec![],
                boxes: vec![],
            },
        }
    }

    /// Appends one ring (or line string, or single point) to the part being built.
    pub fn ring(&mut self, coords: impl IntoIterator<Item = [f64; 2]>) -> &mut Self {
        self.out.coords.extend(coords);
        self.out.ring_ends.push(self.out.coords.len() as u32);
        self
    }

    /// Closes the part: the rings since the last call belong to it.
    pub fn end_part(&mut self) -> &mut Self {
        self.out.part_ends.push(self.out.ring_ends.len() as u32);
        self
    }

    /// Closes the feature: the parts since the last call belong to it. A feature may have no part.
    pub fn end_feature(&mut self) -> &mut Self {
        let row = self.out.feature_ends.len();
        self.out.feature_ends.push(self.out.part_ends.len() as u32);
        let bbox = self.out.rings(row).fold(Bbox::EMPTY, |b, r| b.union(Bbox::around(r)));
        self.out.boxes.push(bbox);
        self
    }

    /// Appends a copy of one feature of another column of the same kind.
    pub fn copy_feature(&mut self, from: &Geometries, row: usize) -> &mut Self {
        for part in from.parts(row) {
            for ring in part.rings() {
                self.ring(ring.iter().copied());
            }
            self.end_part();
        }
        self.end_feature()
    }

    /// Appends copies of many features in one go.
    pub fn copy_rows(&mut self, from: &Geometries, rows: Range<usize>) -> &mut Self {
        if rows.is_empty() {
            return self;
        }
        let ends = |ends: &[u32], r: &Range<usize>| span(ends, r.start).start..ends[r.end - 1] as usize;
        let parts = ends(&from.feature_ends, &rows);
        let (rings, coords) = match parts.is_empty() {
            true => (0..0, 0..0),
            false => {
                let rings = ends(&from.part_ends, &parts);
                let coords = if rings.is_empty() { 0..0 } else { ends(&from.ring_ends, &rings) };
                (rings, coords)
            }
        };
        let o = &mut self.out;
        let moved = |ends: &[u32], first: usize, now: usize| -> Vec<u32> { ends.iter().map(|e| e - first as u32 + now as u32).collect() };
        o.feature_ends
            .extend(moved(&from.feature_ends[rows.clone()], parts.start, o.part_ends.len()));
        o.part_ends.extend(moved(&from.part_ends[parts], rings.start, o.ring_ends.len()));
        o.ring_ends.extend(moved(&from.ring_ends[rings], coords.start, o.coords.len()));
        o.coords.extend_from_slice(&from.coords[coords]);
        o.boxes.extend_from_slice(&from.boxes[rows]);
        self
    }

    /// The finished column.
    pub fn finish(self) -> Geometries {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_rings_come_back_as_they_went_in() {
        let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
        let ring = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 0.0]];
        let hole = [[2.0, 1.0], [3.0, 1.0], [3.0, 2.0], [2.0, 1.0]];
        b.ring(ring)
            .ring(hole)
            .end_part()
            .ring(ring.map(|p| [p[0] + 10.0, p[1]]))
            .end_part()
            .end_feature();
        b.end_feature();
        let g = b.finish();
        assert_eq!(g.len(), 2);
        assert_eq!(g.parts(0).map(|p| p.rings().len()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(g.bbox(0), Bbox::new([0.0, 0.0], [14.0, 4.0]));
        assert!(g.bbox(1).is_empty());
        assert_eq!(g.rings(0).nth(1), Some(&hole[..]));
        assert!(g.same_feature(0, &g, 0) && g.same_feature(1, &g, 1) && !g.same_feature(0, &g, 1));
        // Many rows at once are what row by row gives, features without parts included.
        for range in [0..2, 1..2, 0..1, 0..0] {
            let (mut fast, mut slow) = (GeometriesBuilder::new(g.kind()), GeometriesBuilder::new(g.kind()));
            fast.ring(ring).end_part().end_feature().copy_rows(&g, range.clone());
            slow.ring(ring).end_part().end_feature();
            for row in range {
                slow.copy_feature(&g, row);
            }
            assert_eq!(fast.finish(), slow.finish());
        }
    }
}
