//! All bodies of a layer, one mesh a tile.

use crate::{
    app::{
        material::{FlatKind, FlatMesh},
        scene::{
            bodies::{body, height_m},
            ground::Ground,
            mirror::Piece,
            solids::solid,
        },
        space::Space,
    },
    model::Layer,
};
use std::collections::BTreeMap;

const TILE_M: f64 = 500.0;

/// Meshes by tile.
pub fn build(layer: &Layer, ground: &Ground, space: &Space) -> Vec<Piece> {
    let mut tiles = BTreeMap::<(i64, i64), FlatMesh>::new();
    for row in 0..layer.len() {
        let b = layer.geometry.bbox(row);
        if b.is_empty() {
            continue;
        }
        let [x, y] = b.center();
        let mesh = tiles.entry(((x / TILE_M).floor() as i64, (y / TILE_M).floor() as i64)).or_default();
        // What a city model says about a building stands in the place of its raised footprint.
        if !solid(mesh, layer, row, ground, space) {
            body(mesh, &layer.geometry, row, height_m(layer, row), ground, space);
        }
    }
    tiles.into_values().map(|m| Piece::new(m, FlatKind::Solid)).collect()
}
