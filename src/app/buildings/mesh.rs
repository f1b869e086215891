//! All bodies of a layer, one mesh a tile.

use crate::{
    app::{
        material::{FlatKind, FlatMesh},
        scene::{
            bodies::{block, height_m, levels},
            ground::Ground,
            mirror::{Level, Piece},
            roofs::house,
            solids::{self, solid},
        },
        space::Space,
    },
    model::Layer,
};
use bevy::math::Vec3;
use std::collections::{BTreeMap, BTreeSet};

const TILE_M: f64 = 500.0;

/// One tile, for a near eye and for a far one.
#[derive(Default)]
struct Tile {
    near: FlatMesh,
    far: FlatMesh,
    sum: Vec3,
    count: f32,
}

/// Meshes by tile, each in two levels of detail, without the rows that are hidden.
pub fn build(layer: &Layer, hidden: &BTreeSet<u32>, ground: &Ground, space: &Space) -> Vec<Piece> {
    let mut tiles = BTreeMap::<(i64, i64), Tile>::new();
    let g = &layer.geometry;
    for row in 0..layer.len() {
        let b = g.bbox(row);
        if b.is_empty() || hidden.contains(&(row as u32)) {
            continue;
        }
        let [x, y] = b.center();
        let tile = tiles.entry(((x / TILE_M).floor() as i64, (y / TILE_M).floor() as i64)).or_default();
        // What a city model says about a building stands in the place of its raised footprint.
        let ends = if solid(&mut tile.near, layer, row, ground, space) {
            solids::levels(layer, row, ground)
        } else {
            house(&mut tile.near, layer, row, ground, space);
            Some(levels(g, row, height_m(layer, row), ground))
        };
        if let Some(ends) = ends {
            block(&mut tile.far, g, row, ends, space);
            tile.sum += space.world([x, y], ends[0]);
            tile.count += 1.0;
        }
    }
    let pieces = tiles.into_values().flat_map(|t| {
        let middle = t.sum / t.count.max(1.0);
        [(t.near, Level::Near(middle)), (t.far, Level::Far(middle))].map(|(mesh, level)| Piece {
            level,
            ..Piece::new(mesh, FlatKind::Solid)
        })
    });
    pieces.collect()
}
