//! A footprint becomes a solid of walls and a flat roof (CityGML LoD1). Axes as on the map: x east, y north, z up.

use super::{
    rings::{open, signed_area_m2},
    triangulate::triangulate,
};
use crate::model::{Geometries, GeometryKind};

/// Which surface a vertex belongs to (CityGML `RoofSurface`, `WallSurface`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Face {
    /// The flat roof.
    Roof,
    /// A wall.
    Wall,
}

/// A mesh with its own vertices for every wall, so that edges are sharp. Triangles are counter-clockwise seen from outside.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prism {
    /// Metres.
    pub positions: Vec<[f64; 3]>,
    /// Unit vectors, one a position.
    pub normals: Vec<[f32; 3]>,
    /// One a position.
    pub faces: Vec<Face>,
    /// Three a triangle.
    pub indices: Vec<u32>,
}

/// Raises a polygon feature from the lowest ground under its vertices to `height_m` above it, as `measured_height` is defined.
/// `base` gives the ground height at a vertex; where it is not finite the vertex does not count. Degenerate rings give no faces.
pub fn extrude(g: &Geometries, row: usize, base: impl Fn([f64; 2]) -> f64, height_m: f64) -> Prism {
    let mut out = Prism::default();
    if g.kind() != GeometryKind::Polygon || !height_m.is_finite() {
        return out;
    }
    let ground = g
        .rings(row)
        .flatten()
        .map(|p| base(*p))
        .filter(|z| z.is_finite())
        .fold(f64::INFINITY, f64::min);
    let bottom = if ground.is_finite() { ground } else { 0.0 };
    let top = bottom + height_m.max(0.0);
    let roof = triangulate(g, row);
    out.positions = roof.positions.iter().map(|p| [p[0], p[1], top]).collect();
    out.normals = vec![[0.0, 0.0, 1.0]; out.positions.len()];
    out.faces = vec![Face::Roof; out.positions.len()];
    out.indices = roof.indices;
    for part in g.parts(row) {
        for (k, ring) in part.rings().enumerate() {
            // Exteriors are walked counter-clockwise and holes clockwise, whatever their order in the file: outside is to the right.
            let forward = (signed_area_m2(ring) > 0.0) == (k == 0);
            let ring = open(ring);
            for i in 0..ring.len() {
                let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                out.wall(if forward { [a, b] } else { [b, a] }, bottom, top);
            }
        }
    }
    out
}

impl Prism {
    fn wall(&mut self, [a, b]: [[f64; 2]; 2], bottom: f64, top: f64) {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = dx.hypot(dy);
        if !(length > 0.0 && length.is_finite() && top > bottom) {
            return;
        }
        let first = self.positions.len() as u32;
        self.positions
            .extend([[a[0], a[1], bottom], [b[0], b[1], bottom], [b[0], b[1], top], [a[0], a[1], top]]);
        self.normals.extend([[(dy / length) as f32, (-dx / length) as f32, 0.0]; 4]);
        self.faces.extend([Face::Wall; 4]);
        self.indices.extend([0, 1, 2, 0, 2, 3].map(|k| first + k));
    }
}
