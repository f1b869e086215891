//! All bodies of a layer, one mesh a tile.

use crate::{
    app::{
        material::{FlatKind, FlatMesh},
        scene::{
            bodies::{block, height_m, levels},
            ground::Ground,
            mirror::{self, Built, Level, Piece, Place, Tiles},
            roofs::house,
            solids::{self, solid},
        },
        space::Space,
    },
    model::{Layer, Value},
};
use bevy::math::Vec3;
use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

const TILE_M: f64 = 500.0;

/// The meshes of one tile, for a near eye and for a far one.
#[derive(Default)]
struct Tile {
    near: FlatMesh,
    far: FlatMesh,
    sum: Vec3,
    count: f32,
}

/// Meshes by tile, each in two levels of detail, without the rows that are hidden. Tiles that are drawn as they are to be stay.
pub fn build(layer: &Layer, hidden: &BTreeSet<u32>, ground: &Ground, space: &Space, drawn: &Tiles) -> Built {
    let mut rows = BTreeMap::<Place, Vec<usize>>::new();
    let g = &layer.geometry;
    for row in 0..layer.len() {
        let b = g.bbox(row);
        if b.is_empty() || hidden.contains(&(row as u32)) {
            continue;
        }
        let [x, y] = b.center();
        let place = ((x / TILE_M).floor() as i64, (y / TILE_M).floor() as i64);
        rows.entry(place).or_default().push(row);
    }
    let mut out = Built::default();
    for (place, rows) in rows {
        let print = print(layer, &rows);
        if drawn.get(&place) == Some(&print) {
            out.kept.insert(place);
            continue;
        }
        let t = tile(layer, &rows, ground, space);
        let middle = t.sum / t.count.max(1.0);
        let levels = [(t.near, Level::Near(middle)), (t.far, Level::Far(middle))];
        out.pieces.extend(levels.map(|(mesh, level)| Piece {
            level,
            tile: Some(mirror::Tile { place, print }),
            ..Piece::new(mesh, FlatKind::Solid)
        }));
    }
    out
}

fn tile(layer: &Layer, rows: &[usize], ground: &Ground, space: &Space) -> Tile {
    let g = &layer.geometry;
    let mut tile = Tile::default();
    for row in rows.iter().copied() {
        // What a city model says about a building stands in the place of its raised footprint.
        let ends = if solid(&mut tile.near, layer, row, ground, space) {
            solids::levels(layer, row, ground)
        } else {
            house(&mut tile.near, layer, row, ground, space);
            Some(levels(g, row, height_m(layer, row), ground))
        };
        if let Some(ends) = ends {
            block(&mut tile.far, g, row, ends, space);
            let [x, y] = g.bbox(row).center();
            tile.sum += space.world([x, y], ends[0]);
            tile.count += 1.0;
        }
    }
    tile
}

/// A number for everything that the meshes of these rows are made from.
fn print(layer: &Layer, rows: &[usize]) -> u64 {
    let mut hasher = DefaultHasher::new();
    let columns: Vec<_> = layer.attributes.iter().collect();
    for row in rows.iter().copied() {
        for part in layer.geometry.parts(row) {
            for ring in part.rings() {
                ring.len().hash(&mut hasher);
                ring.iter().flatten().for_each(|v| v.to_bits().hash(&mut hasher));
            }
            u8::MAX.hash(&mut hasher);
        }
        for (name, column) in &columns {
            match column.value(row) {
                Value::Null => continue,
                Value::Boolean(v) => v.hash(&mut hasher),
                Value::Integer(v) => v.hash(&mut hasher),
                Value::Real(v) => v.to_bits().hash(&mut hasher),
                Value::Text(v) => v.hash(&mut hasher),
            }
            name.hash(&mut hasher);
        }
        let Some(bodies) = layer.bodies.as_ref().filter(|b| b.has(row)) else {
            continue;
        };
        bodies.lod(row).hash(&mut hasher);
        for surface in bodies.surfaces(row) {
            surface.kind().hash(&mut hasher);
            for ring in surface.rings() {
                ring.len().hash(&mut hasher);
                ring.flatten().for_each(|v| v.to_bits().hash(&mut hasher));
            }
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::scene::ground::tests::hill,
        model::{Coverage, GeometryKind},
        rules::testing::{F, f, layer, rect},
    };

    fn houses(more: &[F]) -> Layer {
        let at = |id: &str, x: f64| f(id, rect(x, 10.0, x + 10.0, 20.0)).real("height_m", 9.0);
        let mut all = vec![at("a", 20.0), at("b", 60.0), at("c", 1_020.0)];
        all.extend_from_slice(more);
        layer("m/houses", GeometryKind::Polygon, &all, Coverage::Undeclared)
    }

    #[test]
    fn a_step_makes_only_the_tiles_anew_that_it_touches() {
        let (ground, space, none) = (hill(), Space::default(), BTreeSet::new());
        let make = |l: &Layer, hidden: &BTreeSet<u32>, drawn: &Tiles| build(l, hidden, &ground, &space, drawn);
        let first = make(&houses(&[]), &none, &Tiles::new());
        assert!(first.kept.is_empty() && first.pieces.len() == 4, "two tiles, near and far");
        let drawn: Tiles = first.pieces.iter().filter_map(|p| p.tile).map(|t| (t.place, t.print)).collect();
        let places = |b: &Built| b.pieces.iter().filter_map(|p| p.tile).map(|t| t.place).collect::<BTreeSet<_>>();
        assert_eq!(make(&houses(&[]), &none, &drawn).kept.len(), 2, "nothing changed");
        // Another house in the east, one hidden in the west, one that is higher, one that is gone.
        let new = f("d", rect(1_060.0, 10.0, 1_070.0, 20.0)).real("height_m", 9.0);
        let built = make(&houses(&[new]), &none, &drawn);
        assert_eq!(
            (built.kept, places(&built.pieces.into())),
            (BTreeSet::from([(0, 0)]), BTreeSet::from([(2, 0)]))
        );
        let built = make(&houses(&[]), &BTreeSet::from([1]), &drawn);
        assert_eq!(places(&built), BTreeSet::from([(0, 0)]));
        let mut higher = houses(&[]);
        let column = higher.attributes.shared("height_m").unwrap();
        higher
            .attributes
            .set("height_m", column.edited(&[(2, Value::Real(30.0))], &[], &[]));
        assert_eq!(places(&make(&higher, &none, &drawn)), BTreeSet::from([(2, 0)]));
        let gone = make(&houses(&[]), &BTreeSet::from([2]), &drawn);
        assert!(
            gone.pieces.is_empty() && gone.kept == BTreeSet::from([(0, 0)]),
            "an empty tile is not kept"
        );
    }
}
