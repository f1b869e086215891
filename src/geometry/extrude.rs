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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{area_m2, testing::*};
    use proptest::prelude::*;

    /// Volume by the divergence theorem, with the open floor at `z = floor` adding nothing.
    fn volume_m3(p: &Prism, origin: [f64; 3]) -> f64 {
        let local = |k: u32| std::array::from_fn::<f64, 3, _>(|axis| p.positions[k as usize][axis] - origin[axis]);
        let volume = |t: &[u32]| {
            let [a, b, c] = [local(t[0]), local(t[1]), local(t[2])];
            (a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0])) / 6.0
        };
        p.indices.chunks(3).map(volume).sum()
    }

    #[test]
    fn the_floor_is_the_lowest_ground_and_repeated_vertices_make_no_wall() {
        let mut ring = square(0.0, 0.0, 10.0);
        ring.insert(1, ring[0]);
        let p = extrude(&polygon(&[vec![ring]]), 0, |p| 100.0 + 0.1 * p[0], 7.5);
        let walls = p.faces.iter().filter(|f| **f == Face::Wall).count() / 4;
        assert_eq!(walls, 4);
        let z: Vec<f64> = p.positions.iter().map(|p| p[2]).collect();
        assert!(z.iter().all(|z| *z == 100.0 || *z == 107.5));
        assert_eq!(p.normals.len(), p.positions.len());
        assert_eq!(p.faces.len(), p.positions.len());
    }

    proptest! {
        #[test]
        fn faces_look_outward_so_the_volume_is_base_times_height(g in stars(), flip in any::<bool>(), height_m in 1.0..50.0f64) {
            let g = if flip {
                polygon(&g.parts(0).map(|p| p.rings().map(|r| r.iter().rev().copied().collect()).collect()).collect::<Vec<_>>())
            } else {
                g
            };
            let p = extrude(&g, 0, |_| 30.0, height_m);
            let b = g.bbox(0).min;
            let want = area_m2(&g, 0) * height_m;
            prop_assert!((volume_m3(&p, [b[0], b[1], 30.0]) - want).abs() < 1e-6 * want);
            for t in p.indices.chunks(3) {
                let [a, b, c] = [t[0], t[1], t[2]].map(|k| p.positions[k as usize]);
                let (u, v): ([f64; 3], [f64; 3]) = (std::array::from_fn(|k| b[k] - a[k]), std::array::from_fn(|k| c[k] - a[k]));
                let n = p.normals[t[0] as usize].map(f64::from);
                let across = n[0] * (u[1] * v[2] - u[2] * v[1]) + n[1] * (u[2] * v[0] - u[0] * v[2]) + n[2] * (u[0] * v[1] - u[1] * v[0]);
                prop_assert!(across >= -1e-6);
            }
        }

        #[test]
        fn wild_rings_never_panic(g in wild_polygon(), height_m in any::<f64>()) {
            let p = extrude(&g, 0, |p| p[0], height_m);
            prop_assert!(p.indices.iter().all(|k| (*k as usize) < p.positions.len()));
        }
    }
}
