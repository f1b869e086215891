//! Footprints to bodies: walls lit from the north-west and darker at their feet, roofs a shade lighter.

use super::ground::Ground;
use crate::{
    app::{
        material::{FlatMesh, hash01, shade},
        space::Space,
    },
    geometry::triangulate,
    model::{Geometries, Layer},
};
use bevy::math::Vec3;

/// Warm off-white.
pub(super) const WALL: [u8; 3] = [0xF1, 0xEC, 0xE4];
pub(super) const ROOF: [u8; 3] = [0xF8, 0xF5, 0xF0];
const STOREY_M: f64 = 3.0;

/// Height of a building above its ground: measured, else storeys × 3 m, else one storey.
pub fn height_m(layer: &Layer, row: usize) -> f64 {
    let number = |name: &str| layer.attributes.value(name, row).as_f64().filter(|v| *v > 0.0 && *v < 1000.0);
    number("height_m")
        .or_else(|| number("storeys").map(|s| s * STOREY_M))
        .unwrap_or(STOREY_M)
}

/// Lowest ground under a footprint, and the top of its body.
pub fn levels(g: &Geometries, row: usize, height_m: f64, ground: &Ground) -> [f64; 2] {
    let (mut low, mut sum, mut n) = (f64::INFINITY, 0.0, 0.0);
    let mut edge = vec![];
    for ring in g.rings(row) {
        for p in ring {
            sum += ground.height(*p);
            n += 1.0;
        }
        // A long wall may cross a dip between its corners: its foot stands in the dip.
        ground.cut_line(ring, &mut edge);
        low = edge.iter().map(|p| ground.height(*p)).fold(low, f64::min);
    }
    if n == 0.0 { [0.0, 0.0] } else { [low, sum / n + height_m] }
}

/// How bright a wall is that looks towards `normal` (world).
pub(super) fn wall_light(normal: Vec3) -> f32 {
    // North-west full light, south-east the darkest: about what a cardboard model on a bright table shows.
    let towards = normal.dot(Vec3::new(-0.62, 0.0, -0.78));
    0.835 + 0.125 * towards
}

/// How much brighter or darker a building is than its neighbours: by its place, so that it stays the same when others come and go.
pub(super) fn own_light(g: &Geometries, row: usize) -> f32 {
    let [x, y] = g.bbox(row).min.map(|v| v as i64 as u32);
    1.0 + 0.035 * (hash01(x.wrapping_mul(0x9E37) ^ y) - 0.5)
}

/// Adds the body of one building.
pub fn body(mesh: &mut FlatMesh, g: &Geometries, row: usize, height_m: f64, ground: &Ground, space: &Space) {
    let [low, top] = levels(g, row, height_m, ground);
    let own = own_light(g, row);
    let t = triangulate(g, row);
    let roof = shade(ROOF, own);
    let at: Vec<u32> = t.positions.iter().map(|p| mesh.vertex(space.world(*p, top), roof)).collect();
    for k in t.indices.chunks_exact(3) {
        let [a, b, c] = [k[0], k[1], k[2]].map(|i| i as usize);
        if cross(t.positions[a], t.positions[b], t.positions[c]) >= 0.0 {
            mesh.triangle(at[a], at[b], at[c]);
        } else {
            mesh.triangle(at[a], at[c], at[b]);
        }
    }
    for part in g.parts(row) {
        for (k, ring) in part.rings().enumerate() {
            let outside = k == 0;
            let flip = (ring_area(ring) > 0.0) != outside;
            for s in ring.windows(2) {
                let (a, b) = if flip { (s[1], s[0]) } else { (s[0], s[1]) };
                wall(mesh, a, b, [low, top], own, height_m, space);
            }
        }
    }
}

/// Adds a wall; seen from above the outside lies to the right of the way from `a` to `b`.
pub(super) fn wall(mesh: &mut FlatMesh, a: [f64; 2], b: [f64; 2], [low, top]: [f64; 2], own: f32, height_m: f64, space: &Space) {
    let along = [b[0] - a[0], b[1] - a[1]];
    let length = along[0].hypot(along[1]);
    if length < 0.05 {
        return;
    }
    // Occlusion reaches about two storeys up; low houses keep a hint of it under the eaves.
    let foot = if height_m > 9.0 { 0.74 } else { 0.82 };
    let normal = Vec3::new((along[1] / length) as f32, 0.0, (along[0] / length) as f32);
    let light = wall_light(normal) * own;
    let (bright, dark) = (shade(WALL, light), shade(WALL, light * foot));
    mesh.quad(
        [space.world(a, low), space.world(b, low), space.world(b, top), space.world(a, top)],
        [dark, dark, bright, bright],
    );
}

/// Adds a building as it looks from far away, where its walls are a few pixels high: a block whose roof and walls share their corners.
pub fn block(mesh: &mut FlatMesh, g: &Geometries, row: usize, [low, top]: [f64; 2], space: &Space) {
    let own = own_light(g, row);
    let t = triangulate(g, row);
    let roof = shade(ROOF, own * 0.985);
    let at: Vec<u32> = t.positions.iter().map(|p| mesh.vertex(space.world(*p, top), roof)).collect();
    for k in t.indices.chunks_exact(3) {
        let [a, b, c] = [k[0], k[1], k[2]].map(|i| i as usize);
        let turn = cross(t.positions[a], t.positions[b], t.positions[c]) >= 0.0;
        let (b, c) = if turn { (b, c) } else { (c, b) };
        mesh.triangle(at[a], at[b], at[c]);
    }
    let foot = shade(WALL, 0.66 * own);
    for part in g.parts(row) {
        for (k, ring) in part.rings().enumerate() {
            let flip = (ring_area(ring) > 0.0) != (k == 0);
            let Some(last) = ring.len().checked_sub(1).filter(|n| *n >= 3) else {
                continue;
            };
            let tops: Vec<u32> = ring[..last]
                .iter()
                .map(|p| match t.positions.iter().position(|q| q == p) {
                    Some(k) => at[k],
                    None => mesh.vertex(space.world(*p, top), roof),
                })
                .collect();
            let feet: Vec<u32> = ring[..last].iter().map(|p| mesh.vertex(space.world(*p, low), foot)).collect();
            for k in 0..last {
                let (a, b) = if flip { ((k + 1) % last, k) } else { (k, (k + 1) % last) };
                mesh.triangle(feet[a], feet[b], tops[b]);
                mesh.triangle(feet[a], tops[b], tops[a]);
            }
        }
    }
}

/// Twice the area of a triangle, positive counter-clockwise.
pub fn cross(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// Signed area of a ring, positive counter-clockwise.
pub fn ring_area(ring: &[[f64; 2]]) -> f64 {
    let Some(o) = ring.first() else { return 0.0 };
    ring.windows(2).map(|s| 0.5 * cross(*o, s[0], s[1])).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_corner_and_no_wall_floats_on_a_slope() {
        let ground = crate::app::scene::ground::tests::hill();
        let mut b = crate::model::GeometriesBuilder::new(crate::model::GeometryKind::Polygon);
        let ring = [[12.0, 23.0], [91.0, 31.0], [88.0, 74.0], [9.0, 66.0], [12.0, 23.0]];
        b.ring(ring).end_part().end_feature();
        let [low, top] = levels(&b.finish(), 0, 6.0, &ground);
        for s in ring.windows(2) {
            for k in 0..=200 {
                let t = f64::from(k) / 200.0;
                let p = [0, 1].map(|a| s[0][a] + t * (s[1][a] - s[0][a]));
                assert!(ground.height(p) >= low - 1e-9, "floats at {p:?}");
            }
        }
        assert!(top > low + 6.0);
    }

    #[test]
    fn a_far_block_has_eight_corners_and_five_faces() {
        let mut b = crate::model::GeometriesBuilder::new(crate::model::GeometryKind::Polygon);
        b.ring([[0.0, 0.0], [8.0, 0.0], [8.0, 5.0], [0.0, 5.0], [0.0, 0.0]])
            .end_part()
            .end_feature();
        let mut mesh = FlatMesh::default();
        block(&mut mesh, &b.finish(), 0, [10.0, 16.0], &Space::default());
        assert_eq!((mesh.len(), mesh.triangles()), (8, 10));
    }

    #[test]
    fn walls_towards_the_light_are_brighter() {
        let (north_west, south_east) = (Vec3::new(-0.7, 0.0, -0.7), Vec3::new(0.7, 0.0, 0.7));
        assert!(wall_light(north_west) > wall_light(south_east) + 0.2);
    }
}
