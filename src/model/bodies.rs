//! Surfaces in space: what a city model knows of a building beyond its footprint.
//!
//! A feature owns any number of surfaces, a surface is a flat polygon whose first ring is the exterior. Heights are absolute metres, as
//! given. Vertices are kept as offsets from a whole-numbered origin of their feature: 12 bytes each, exact to a tenth of a millimetre
//! a kilometre away from it.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What a surface is (CityGML `RoofSurface`, `WallSurface`, `GroundSurface`, `ClosureSurface`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurfaceKind {
    /// Roof.
    Roof,
    /// Wall, window or door.
    Wall,
    /// What stands on the ground: the footprint.
    Ground,
    /// An opening closed by thought, such as the seam between two parts.
    Closure,
    /// Anything else: balconies, chimneys, ceilings of passages.
    Other,
}

/// The surfaces of all features of a layer, in row order. A feature without surfaces has no body.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bodies {
    origins: Vec<[f64; 3]>,
    lods: Vec<u8>,
    vertices: Vec<[f32; 3]>,
    ring_ends: Vec<u32>,
    surface_ends: Vec<u32>,
    kinds: Vec<SurfaceKind>,
    feature_ends: Vec<u32>,
}

fn span(ends: &[u32], k: usize) -> Range<usize> {
    let start = if k == 0 { 0 } else { ends[k - 1] as usize };
    start..ends[k] as usize
}

impl Bodies {
    /// Number of features, with and without a body.
    pub fn len(&self) -> usize {
        self.feature_ends.len()
    }

    /// True when there is no feature.
    pub fn is_empty(&self) -> bool {
        self.feature_ends.is_empty()
    }

    /// Number of surfaces of all features.
    pub fn surface_count(&self) -> usize {
        self.kinds.len()
    }

    /// Number of vertices of all features.
    pub fn vertex_count(&self) -> usize {
        self.vertices.len()
    }

    /// True when feature `row` has surfaces.
    pub fn has(&self, row: usize) -> bool {
        !span(&self.feature_ends, row).is_empty()
    }

    /// The level of detail of feature `row` (CityGML LoD); `None` without a body.
    pub fn lod(&self, row: usize) -> Option<u8> {
        self.has(row).then(|| self.lods[row])
    }

    /// The surfaces of feature `row`.
    pub fn surfaces(&self, row: usize) -> impl ExactSizeIterator<Item = Surface<'_>> + Clone {
        span(&self.feature_ends, row).map(move |surface| Surface { of: self, row, surface })
    }

    /// Lowest and highest height of feature `row`; `None` without a body.
    pub fn heights(&self, row: usize) -> Option<[f64; 2]> {
        let range = self.feature_vertices(row);
        let base = self.origins[row][2];
        let z = self.vertices[range].iter().map(|v| base + f64::from(v[2]));
        z.fold(None, |r: Option<[f64; 2]>, z| Some(r.map_or([z, z], |[a, b]| [a.min(z), b.max(z)])))
    }

    fn feature_vertices(&self, row: usize) -> Range<usize> {
        let surfaces = span(&self.feature_ends, row);
        if surfaces.is_empty() {
            return 0..0;
        }
        let first = span(&self.surface_ends, surfaces.start).start;
        let last = self.surface_ends[surfaces.end - 1] as usize;
        let start = if first == 0 { 0 } else { self.ring_ends[first - 1] as usize };
        start..self.ring_ends[last - 1] as usize
    }

    /// East and north of every vertex, in order: for a change of the coordinate system.
    pub fn plan(&self) -> Vec<[f64; 2]> {
        let mut out = Vec::with_capacity(self.vertices.len());
        for row in 0..self.len() {
            let [x, y, _] = self.origins[row];
            let vertices = &self.vertices[self.feature_vertices(row)];
            out.extend(vertices.iter().map(|v| [x + f64::from(v[0]), y + f64::from(v[1])]));
        }
        out
    }

    /// The same bodies with their vertices moved to `plan` (as many as [`Bodies::plan`] gave); heights stay. A feature that has a vertex
    /// which is not a number loses its body; the number of those is returned.
    #[must_use]
    pub fn with_plan(mut self, plan: &[[f64; 2]]) -> (Self, u64) {
        let mut lost: Vec<usize> = vec![];
        for row in 0..self.len() {
            let range = self.feature_vertices(row);
            let Some(points) = plan.get(range.clone()) else { continue };
            let Some(first) = points.first() else { continue };
            if !points.iter().flatten().all(|v| v.is_finite()) {
                lost.push(row);
                continue;
            }
            let [x, y] = first.map(f64::floor);
            self.origins[row][0] = x;
            self.origins[row][1] = y;
            for (v, p) in self.vertices[range].iter_mut().zip(points) {
                v[0] = (p[0] - x) as f32;
                v[1] = (p[1] - y) as f32;
            }
        }
        if lost.is_empty() {
            return (self, 0);
        }
        let mut out = BodiesBuilder::default();
        for row in 0..self.len() {
            if lost.binary_search(&row).is_ok() {
                out.no_body();
            } else {
                out.copy(&self, row);
            }
        }
        (out.finish(), lost.len() as u64)
    }

    /// The bodies of the given rows, in that order.
    #[must_use]
    pub fn take(&self, rows: &[u32]) -> Self {
        let mut out = BodiesBuilder::default();
        for row in rows {
            out.copy(self, *row as usize);
        }
        out.finish()
    }
}

/// One flat polygon in space.
#[derive(Debug, Clone, Copy)]
pub struct Surface<'a> {
    of: &'a Bodies,
    row: usize,
    surface: usize,
}

impl<'a> Surface<'a> {
    /// What it is.
    pub fn kind(&self) -> SurfaceKind {
        self.of.kinds[self.surface]
    }

    /// Its rings, the exterior first, without the repeated last vertex; outside is where the exterior turns counter-clockwise.
    pub fn rings(&self) -> impl ExactSizeIterator<Item = impl ExactSizeIterator<Item = [f64; 3]> + Clone + use<'a>> + Clone + use<'a> {
        let (of, row) = (self.of, self.row);
        span(&of.surface_ends, self.surface).map(move |ring| {
            let origin = of.origins[row];
            of.vertices[span(&of.ring_ends, ring)]
                .iter()
                .map(move |v| [0, 1, 2].map(|k| origin[k] + f64::from(v[k])))
        })
    }
}

/// Fills [`Bodies`] surface by surface.
#[derive(Debug, Default)]
pub struct BodiesBuilder {
    out: Bodies,
    /// Origin of the feature being built.
    origin: Option<[f64; 3]>,
}

impl BodiesBuilder {
    /// Appends one surface to the feature being built; rings without a repeated last vertex.
    pub fn surface<'r>(&mut self, kind: SurfaceKind, rings: impl IntoIterator<Item = &'r [[f64; 3]]>) -> &mut Self {
        for ring in rings {
            let Some(first) = ring.first() else { continue };
            let origin = *self.origin.get_or_insert_with(|| first.map(f64::floor));
            self.out
                .vertices
                .extend(ring.iter().map(|p| [0, 1, 2].map(|k| (p[k] - origin[k]) as f32)));
            self.out.ring_ends.push(self.out.vertices.len() as u32);
        }
        if self.out.ring_ends.len() as u32 > self.out.surface_ends.last().copied().unwrap_or(0) {
            self.out.surface_ends.push(self.out.ring_ends.len() as u32);
            self.out.kinds.push(kind);
        }
        self
    }

    /// Closes the feature: the surfaces since the last call are its body.
    pub fn end_feature(&mut self, lod: u8) -> &mut Self {
        self.out.feature_ends.push(self.out.kinds.len() as u32);
        self.out.origins.push(self.origin.take().unwrap_or_default());
        self.out.lods.push(lod);
        self
    }

    /// A feature without a body.
    pub fn no_body(&mut self) -> &mut Self {
        self.end_feature(0)
    }

    /// Appends a copy of one feature.
    pub fn copy(&mut self, from: &Bodies, row: usize) -> &mut Self {
        let o = &mut self.out;
        for s in span(&from.feature_ends, row) {
            for ring in span(&from.surface_ends, s) {
                o.vertices.extend_from_slice(&from.vertices[span(&from.ring_ends, ring)]);
                o.ring_ends.push(o.vertices.len() as u32);
            }
            o.surface_ends.push(o.ring_ends.len() as u32);
            o.kinds.push(from.kinds[s]);
        }
        self.origin = Some(from.origins[row]);
        self.end_feature(from.lods[row])
    }

    /// The finished bodies.
    pub fn finish(self) -> Bodies {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Bodies {
        let mut b = BodiesBuilder::default();
        let (x, y, z) = (390_000.25, 5_820_000.5, 34.125);
        let roof = [[x, y, z], [x + 10.0, y, z], [x + 10.0, y + 10.0, z + 2.0]];
        let hole = [[x + 6.0, y + 2.0, z], [x + 7.0, y + 3.0, z], [x + 7.0, y + 2.0, z]];
        b.surface(SurfaceKind::Roof, [&roof[..], &hole[..]])
            .surface(SurfaceKind::Wall, [&roof[..]])
            .end_feature(2);
        b.no_body();
        b.finish()
    }

    #[test]
    fn surfaces_come_back_as_they_went_in() {
        let b = two();
        assert_eq!((b.len(), b.lod(0), b.lod(1), b.surface_count()), (2, Some(2), None, 2));
        let s: Vec<_> = b.surfaces(0).collect();
        assert_eq!((s[0].kind(), s[0].rings().len(), s[1].rings().len()), (SurfaceKind::Roof, 2, 1));
        let first: Vec<[f64; 3]> = s[0].rings().next().unwrap().collect();
        assert_eq!(first[2], [390_010.25, 5_820_010.5, 36.125]);
        assert_eq!((b.heights(0), b.heights(1)), (Some([34.125, 36.125]), None));
        assert_eq!(b.take(&[1, 0]).take(&[1, 0]), b);
    }

    #[test]
    fn a_change_of_the_system_moves_the_plan_and_keeps_the_heights() {
        let b = two();
        let moved: Vec<[f64; 2]> = b.plan().iter().map(|p| [p[0] + 1000.5, p[1] - 7.25]).collect();
        let (c, lost) = b.clone().with_plan(&moved);
        assert_eq!((lost, c.plan(), c.heights(0)), (0, moved, b.heights(0)));
        let mut holed = b.plan();
        holed[1] = [f64::NAN; 2];
        let (c, lost) = b.with_plan(&holed);
        assert_eq!((lost, c.has(0), c.len()), (1, false, 2));
    }
}
