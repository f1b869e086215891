//! Features laid on the drawn ground: areas cut along its facets, lines as bands.

use super::ground::Ground;
use crate::{
    app::{material::FlatMesh, space::Space},
    geometry::triangulate,
    model::Geometries,
};
use bevy::math::{Vec2, Vec3};
use std::collections::BTreeMap;

/// Adds a convex piece, sharing vertices with its neighbours.
pub fn facet(mesh: &mut FlatMesh, seen: &mut BTreeMap<[i64; 2], u32>, piece: &[[f64; 2]], ground: &Ground, space: &Space, color: [u8; 4]) {
    let mut at = |p: &[f64; 2]| {
        let key = [0, 1].map(|k| ((p[k] - space.origin[k]) * 1000.0).round() as i64);
        *seen
            .entry(key)
            .or_insert_with(|| mesh.vertex(space.world(*p, ground.height(*p)), color))
    };
    let ring: Vec<u32> = piece.iter().map(&mut at).collect();
    for k in 1..ring.len() - 1 {
        if ring[0] != ring[k] && ring[k] != ring[k + 1] && ring[k + 1] != ring[0] {
            mesh.triangle(ring[0], ring[k], ring[k + 1]);
        }
    }
}

/// Fills the area of one feature.
pub fn areas(mesh: &mut FlatMesh, g: &Geometries, row: usize, ground: &Ground, space: &Space, color: [u8; 4]) {
    let t = triangulate(g, row);
    let mut seen = BTreeMap::new();
    for k in t.indices.chunks_exact(3) {
        let triangle = [k[0], k[1], k[2]].map(|i| t.positions[i as usize]);
        ground.cut_triangle(triangle, |piece| facet(mesh, &mut seen, piece, ground, space, color));
    }
}

/// Draws rings or lines of one feature as bands of `half_m`.
pub fn outlines(mesh: &mut FlatMesh, g: &Geometries, row: usize, ground: &Ground, space: &Space, color: [u8; 4], half_m: f32) {
    let mut cut = vec![];
    for ring in g.rings(row) {
        ground.cut_line(ring, &mut cut);
        let line: Vec<Vec2> = cut
            .iter()
            .map(|p| {
                let w = space.world(*p, 0.0);
                Vec2::new(w.x, w.z)
            })
            .collect();
        mesh.ribbon(&line, half_m, color, |p| ground.height(space.map2(Vec3::new(p.x, 0.0, p.y))) as f32);
    }
}
