//! Bodies from a city model: roofs shaded by their slope, walls darker at their feet, each where its source or the ground puts it.

use super::{
    bodies::{ROOF, WALL, own_light, ring_area, wall_light},
    ground::Ground,
};
use crate::{
    app::{
        material::{FlatMesh, shade},
        space::Space,
    },
    geometry::{Point3, normal, triangulate_surface},
    model::{Bodies, Layer, SurfaceKind},
};
use bevy::math::Vec3;

/// Occlusion reaches this far up a wall.
const FOOT_M: f64 = 6.0;
/// Gaps smaller than this between a body and the drawn ground are not closed.
const GAP_M: f64 = 0.05;
/// The drawn ground is coarser than the terrain, but not by more than this: a body still higher floats, and is seen to float.
const MOST_GAP_M: f64 = 8.0;

/// How far a body is moved up from the height of its source. Blocks (LoD1) stand on the ground; on a plane without terrain everything does.
pub fn lift_m(layer: &Layer, bodies: &Bodies, row: usize, ground: &Ground) -> f64 {
    let Some([base, _]) = bodies.heights(row) else { return 0.0 };
    if bodies.lod(row) == Some(1) || ground.flat {
        lowest_m(layer, row, ground).map_or(0.0, |low| low - base)
    } else {
        0.0
    }
}

fn lowest_m(layer: &Layer, row: usize, ground: &Ground) -> Option<f64> {
    let low = layer
        .geometry
        .rings(row)
        .flatten()
        .map(|p| ground.height(*p))
        .fold(f64::INFINITY, f64::min);
    low.is_finite().then_some(low)
}

fn is_drawn(kind: SurfaceKind) -> bool {
    !matches!(kind, SurfaceKind::Ground | SurfaceKind::Closure)
}

/// How bright a slope is that looks towards `n` (world): the lamp stands in the north-west, high up.
pub(super) fn slope_light(n: Vec3) -> f32 {
    0.80 + 0.20 * n.dot(Vec3::new(-0.48, 0.74, -0.47))
}

/// True where even the highest ground under a body is far below its base.
fn floats(layer: &Layer, row: usize, base: f64, ground: &Ground) -> bool {
    layer.geometry.rings(row).flatten().all(|p| base - ground.height(*p) > MOST_GAP_M)
}

/// Foot and mean top of a body, for a block that stands for it far away.
pub fn levels(layer: &Layer, row: usize, ground: &Ground) -> Option<[f64; 2]> {
    let bodies = layer.bodies.as_ref().filter(|b| b.has(row))?;
    let [base, top] = bodies.heights(row)?;
    let lift = lift_m(layer, bodies, row, ground);
    let foot = match lowest_m(layer, row, ground) {
        Some(g) if !floats(layer, row, base + lift, ground) => g.min(base + lift),
        _ => base + lift,
    };
    // A roof has about half the volume of the block around it.
    let share = if bodies.lod(row) == Some(1) { 1.0 } else { 0.82 };
    Some([foot, base + lift + share * (top - base)])
}

/// The faces of a building as [`solid`] draws them; `None` when it has no body.
pub fn faces(layer: &Layer, row: usize, ground: &Ground) -> Option<Vec<Vec<Vec<Point3>>>> {
    let bodies = layer.bodies.as_ref().filter(|b| b.has(row))?;
    let lift = lift_m(layer, bodies, row, ground);
    let drawn = bodies.surfaces(row).filter(|s| is_drawn(s.kind()));
    Some(
        drawn
            .map(|s| s.rings().map(|r| r.map(|p| [p[0], p[1], p[2] + lift]).collect()).collect())
            .collect(),
    )
}

/// Adds the body of one building; false when it has none.
pub fn solid(mesh: &mut FlatMesh, layer: &Layer, row: usize, ground: &Ground, space: &Space) -> bool {
    let Some(bodies) = layer.bodies.as_ref().filter(|b| b.has(row)) else {
        return false;
    };
    let lift = lift_m(layer, bodies, row, ground);
    let base = bodies.heights(row).map_or(0.0, |h| h[0]) + lift;
    let own = own_light(&layer.geometry, row);
    let world = |p: Point3| space.world([p[0], p[1]], p[2]);
    for surface in bodies.surfaces(row).filter(|s| is_drawn(s.kind())) {
        let rings: Vec<Vec<Point3>> = surface.rings().map(|r| r.map(|p| [p[0], p[1], p[2] + lift]).collect()).collect();
        let Some(n) = rings.first().and_then(|r| normal(r)) else { continue };
        let towards = Vec3::new(n[0] as f32, n[2] as f32, -n[1] as f32);
        let roof = surface.kind() == SurfaceKind::Roof || n[2] > 0.3;
        let light = own * if roof { slope_light(towards) } else { wall_light(towards) };
        let at: Vec<u32> = rings
            .iter()
            .flatten()
            .map(|p| {
                let color = if roof {
                    shade(ROOF, light)
                } else {
                    let up = ((p[2] - base) / FOOT_M).clamp(0.0, 1.0) as f32;
                    shade(WALL, light * (0.78 + 0.22 * up))
                };
                mesh.vertex(world(*p), color)
            })
            .collect();
        for t in triangulate_surface(&rings).chunks_exact(3) {
            mesh.triangle(at[t[0] as usize], at[t[1] as usize], at[t[2] as usize]);
        }
    }
    if !floats(layer, row, base, ground) {
        skirt(mesh, layer, row, base, own, ground, space);
    }
    true
}

/// Closes the gap between a body and the ground that is drawn below it: the drawn grid is coarser than the terrain.
fn skirt(mesh: &mut FlatMesh, layer: &Layer, row: usize, base: f64, own: f32, ground: &Ground, space: &Space) {
    for part in layer.geometry.parts(row) {
        for (k, ring) in part.rings().enumerate() {
            let flip = (ring_area(ring) > 0.0) != (k == 0);
            for s in ring.windows(2) {
                let (a, b) = if flip { (s[1], s[0]) } else { (s[0], s[1]) };
                let (ga, gb) = (ground.height(a).min(base), ground.height(b).min(base));
                let along = [b[0] - a[0], b[1] - a[1]];
                let length = along[0].hypot(along[1]);
                if length < 0.05 || (base - ga < GAP_M && base - gb < GAP_M) {
                    continue;
                }
                let normal = Vec3::new((along[1] / length) as f32, 0.0, (along[0] / length) as f32);
                let dark = shade(WALL, wall_light(normal) * own * 0.78);
                mesh.quad(
                    [space.world(a, ga), space.world(b, gb), space.world(b, base), space.world(a, base)],
                    [dark; 4],
                );
            }
        }
    }
}

/// Smallest ray parameter at which a body is met: `eye` + t · `along`.
pub fn pierce(layer: &Layer, row: usize, ground: &Ground, eye: Point3, along: Point3) -> Option<f64> {
    let bodies = layer.bodies.as_ref()?;
    let lift = lift_m(layer, bodies, row, ground);
    let mut best = f64::INFINITY;
    for surface in bodies.surfaces(row).filter(|s| is_drawn(s.kind())) {
        // Relative to the eye, so that digits are not lost.
        let rings: Vec<Vec<Point3>> = surface
            .rings()
            .map(|r| r.map(|p| [p[0] - eye[0], p[1] - eye[1], p[2] + lift - eye[2]]).collect())
            .collect();
        let all: Vec<Point3> = rings.iter().flatten().copied().collect();
        for t in triangulate_surface(&rings).chunks_exact(3) {
            if let Some(t) = meet([all[t[0] as usize], all[t[1] as usize], all[t[2] as usize]], along) {
                best = best.min(t);
            }
        }
    }
    best.is_finite().then_some(best)
}

/// Where a ray from the origin meets a triangle (Möller and Trumbore).
fn meet([a, b, c]: [Point3; 3], along: Point3) -> Option<f64> {
    let minus = |p: Point3, q: Point3| [p[0] - q[0], p[1] - q[1], p[2] - q[2]];
    let cross = |p: Point3, q: Point3| [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]];
    let dot = |p: Point3, q: Point3| p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
    let (u, v) = (minus(b, a), minus(c, a));
    let h = cross(along, v);
    let det = dot(u, h);
    if det.abs() < 1e-12 {
        return None;
    }
    let s = a.map(|w| -w);
    let x = dot(s, h) / det;
    let q = cross(s, u);
    let y = dot(along, q) / det;
    let t = dot(v, q) / det;
    (x >= 0.0 && y >= 0.0 && x + y <= 1.0 && t >= 0.0).then_some(t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_towards_the_light_are_brighter() {
        let slope = |x: f32, z: f32| slope_light(Vec3::new(x, 0.7, z).normalize());
        assert!(slope(-0.5, -0.5) > slope(0.5, 0.5) + 0.1);
        assert!(slope_light(Vec3::Y) > slope(0.5, 0.5));
    }

    #[test]
    fn a_ray_meets_a_triangle_once() {
        let t = [[0.0, 0.0, -5.0], [4.0, 0.0, -5.0], [0.0, 4.0, -5.0]];
        assert_eq!(meet(t, [0.1, 0.1, -1.0]), Some(5.0));
        assert_eq!(meet(t, [1.0, 1.0, -1.0]), None);
        assert_eq!(meet(t, [0.1, 0.1, 1.0]), None);
    }

    /// A flat box of 20 × 10 m across the hill, 4 m high, at 500 m.
    fn boxed(lod: u8) -> Layer {
        boxed_at(lod, 500.0)
    }

    fn boxed_at(lod: u8, z: f64) -> Layer {
        use crate::model::{BodiesBuilder, Coverage, GeometriesBuilder, GeometryKind, Report, Table};
        let corners = [[30.0, 40.0], [50.0, 40.0], [50.0, 50.0], [30.0, 50.0]];
        let mut g = GeometriesBuilder::new(GeometryKind::Polygon);
        g.ring(corners.into_iter().chain([corners[0]])).end_part().end_feature();
        let mut b = BodiesBuilder::default();
        for (kind, z) in [(SurfaceKind::Ground, z), (SurfaceKind::Roof, z + 4.0)] {
            b.surface(kind, [&corners.map(|[x, y]| [x, y, z])[..]]);
        }
        b.end_feature(lod);
        Layer {
            slot: "a/b".into(),
            geometry: g.finish(),
            bodies: Some(std::sync::Arc::new(b.finish())),
            attributes: Table::default(),
            ids: vec!["b".into()],
            provenance: vec![],
            coverage: Coverage::Undeclared,
            report: Report::default(),
        }
    }

    #[test]
    fn a_block_stands_on_the_ground_and_a_house_where_its_source_puts_it() {
        let ground = crate::app::scene::ground::tests::hill();
        let corners = [[30.0, 40.0], [50.0, 40.0], [50.0, 50.0], [30.0, 50.0]];
        let lowest = corners.iter().map(|p| ground.height(*p)).fold(f64::INFINITY, f64::min);
        let block = boxed(1);
        let lift = lift_m(&block, block.bodies.as_ref().unwrap(), 0, &ground);
        assert!((500.0 + lift - lowest).abs() < 1e-6, "{lift}");
        let [foot, top] = levels(&block, 0, &ground).unwrap();
        assert!((foot - lowest).abs() < 1e-6 && (top - lowest - 4.0).abs() < 1e-6);
        let house = boxed(2);
        assert_eq!(lift_m(&house, house.bodies.as_ref().unwrap(), 0, &ground), 0.0);
        // It floats high above the hill and is seen to: nothing makes a tower of it.
        let [foot, top] = levels(&house, 0, &ground).unwrap();
        assert!((foot - 500.0).abs() < 1e-6 && top > 503.0);
        let mut mesh = FlatMesh::default();
        assert!(solid(&mut mesh, &house, 0, &ground, &Space::default()));
        assert_eq!(mesh.len(), 4, "a roof");
        // A gap as the coarse ground leaves it is closed by walls.
        let near = boxed_at(2, lowest + 3.0);
        let mut mesh = FlatMesh::default();
        assert!(solid(&mut mesh, &near, 0, &ground, &Space::default()));
        assert!(mesh.len() > 4, "{}", mesh.len());
        assert!((levels(&near, 0, &ground).unwrap()[0] - lowest).abs() < 1e-6);
        // Without terrain everything stands on the plane.
        let mut plane = ground;
        plane.flat = true;
        assert_eq!(lift_m(&house, house.bodies.as_ref().unwrap(), 0, &plane), -500.0);
    }
}
