//! Flat polygons in space and the shells they make: triangles, planarity, closedness, volume, footprint.
//!
//! A polygon is its rings, the exterior first, without a repeated last vertex. Broken input gives an empty or odd answer, never a panic.

use super::{Repair, Rings, dissolve::dissolve, repair_multi_polygon};
use geo::{ConvexHull, Coord, LineString, MultiPoint, Point, Polygon, TriangulateEarcut};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Ear clipping is quadratic at worst; larger polygons stay without triangles.
const VERTEX_LIMIT: usize = 50_000;
/// Vertices closer than this are one (a millimetre, the resolution of official models).
const PER_METRE: f64 = 1000.0;
/// Upright polygons have no footprint: the vertical part of their unit normal is below this.
const UPRIGHT: f64 = 0.02;

/// A vertex in space, metres.
pub type Point3 = [f64; 3];

fn minus(a: Point3, b: Point3) -> Point3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn cross(a: Point3, b: Point3) -> Point3 {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: Point3, b: Point3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The vector area of a ring (Newell): across its plane, towards where it turns counter-clockwise, as long as its area in m².
pub fn vector_area(ring: &[Point3]) -> Point3 {
    let Some(o) = ring.first() else { return [0.0; 3] };
    let mut sum = [0.0; 3];
    for k in 1..ring.len().saturating_sub(1) {
        let c = cross(minus(ring[k], *o), minus(ring[k + 1], *o));
        (0..3).for_each(|i| sum[i] += 0.5 * c[i]);
    }
    sum
}

/// The unit normal of a ring; `None` when it has no area.
pub fn normal(ring: &[Point3]) -> Option<Point3> {
    let n = vector_area(ring);
    let length = dot(n, n).sqrt();
    (length > 1e-9).then(|| n.map(|v| v / length))
}

/// How far the vertex farthest from the polygon's plane is from it, in metres.
pub fn off_plane_m(rings: &[Vec<Point3>]) -> f64 {
    let Some((ring, n)) = rings.first().and_then(|r| Some((r, normal(r)?))) else {
        return 0.0;
    };
    let middle = |k: usize| ring.iter().map(|p| p[k] - ring[0][k]).sum::<f64>() / ring.len() as f64 + ring[0][k];
    let middle = [middle(0), middle(1), middle(2)];
    let off = |p: &Point3| dot(minus(*p, middle), n).abs();
    rings.iter().flatten().map(off).fold(0.0, f64::max)
}

/// Cuts a polygon into triangles that turn like its exterior: indices into its vertices, ring after ring, three a triangle.
pub fn triangulate_surface(rings: &[Vec<Point3>]) -> Vec<u32> {
    let Some(n) = rings.first().and_then(|r| normal(r)) else {
        return vec![];
    };
    let count: usize = rings.iter().map(Vec::len).sum();
    let usable = rings.iter().all(|r| r.len() >= 3) && rings.iter().flatten().flatten().all(|v| v.is_finite());
    if count > VERTEX_LIMIT || !usable {
        return vec![];
    }
    // Seen along the axis that the polygon faces most, its shape is least squeezed.
    let axis = (0..3).max_by(|a, b| n[*a].abs().total_cmp(&n[*b].abs())).unwrap_or(2);
    let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
    let flip = n[axis] < 0.0;
    let o = rings[0][0];
    let flat = |p: &Point3| Coord {
        x: p[u] - o[u],
        y: p[v] - o[v],
    };
    let turn = |a: Coord, b: Coord, c: Coord| (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    if rings.len() == 1 && count <= 4 {
        let p: Vec<Coord> = rings[0].iter().map(flat).collect();
        let sign = if flip { -1.0 } else { 1.0 };
        let convex = (0..count).all(|k| sign * turn(p[k], p[(k + 1) % count], p[(k + 2) % count]) > 0.0);
        match count {
            3 => return vec![0, 1, 2],
            4 if convex => return vec![0, 1, 2, 0, 2, 3],
            _ => {}
        }
    }
    let line = |r: &Vec<Point3>| LineString(r.iter().chain(r.first()).map(flat).collect());
    let polygon = Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect());
    let Ok(raw) = catch_unwind(AssertUnwindSafe(|| polygon.earcut_triangles_raw())) else {
        return vec![];
    };
    let mut out = Vec::with_capacity(raw.triangle_indices.len());
    for t in raw.triangle_indices.chunks_exact(3) {
        let [a, b, c] = [t[0], t[1], t[2]].map(|k| {
            let p = raw.vertices[k];
            Coord { x: p[0], y: p[1] }
        });
        let twice = turn(a, b, c);
        let order = if (twice < 0.0) == flip {
            [t[0], t[1], t[2]]
        } else {
            [t[0], t[2], t[1]]
        };
        out.extend(order.map(|k| k as u32));
    }
    out
}

/// What the polygons of a body make together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Shell {
    /// Edges that do not have exactly one polygon on each side. A closed solid has none.
    pub open_edges: usize,
    /// Enclosed volume; negative when the polygons turn inside out.
    pub volume_m3: f64,
}

/// Looks at all polygons of a body.
pub fn shell<'a>(surfaces: impl Iterator<Item = &'a [Vec<Point3>]> + Clone) -> Shell {
    let Some(o) = surfaces.clone().flat_map(|s| s.iter().flatten()).next().copied() else {
        return Shell::default();
    };
    let key = |p: Point3| minus(p, o).map(|v| (v * PER_METRE).round() as i32);
    let mut edges: Vec<([i32; 3], [i32; 3], bool)> = vec![];
    let mut volume_m3 = 0.0;
    for ring in surfaces.flatten() {
        let Some(first) = ring.first() else { continue };
        for (k, p) in ring.iter().enumerate() {
            let q = ring[(k + 1) % ring.len()];
            let (a, b) = (key(*p), key(q));
            if a != b {
                edges.push((a.min(b), a.max(b), a < b));
            }
            volume_m3 += dot(minus(*first, o), cross(minus(*p, o), minus(q, o))) / 6.0;
        }
    }
    edges.sort_unstable();
    let mut open_edges = 0;
    for group in edges.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
        let forward = group.iter().filter(|e| e.2).count();
        // Two houses of one body may share an edge: what counts is that both directions are as many.
        if forward * 2 != group.len() {
            open_edges += 1;
        }
    }
    Shell { open_edges, volume_m3 }
}

/// What a footprint was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FootprintFrom {
    /// The polygons as they lie.
    Surfaces,
    /// Only upright polygons: the hull around them.
    Hull,
}

/// The region of the plan that polygons cover, seen from above, as valid parts; empty when they cover none.
pub fn footprint<'a>(surfaces: impl Iterator<Item = &'a [Vec<Point3>]> + Clone) -> (Vec<Rings>, FootprintFrom) {
    let plan = |r: &Vec<Point3>| -> Vec<[f64; 2]> { r.iter().chain(r.first()).map(|p| [p[0], p[1]]).collect() };
    let lies = |s: &&[Vec<Point3>]| s.first().and_then(|r| normal(r)).is_some_and(|n| n[2].abs() > UPRIGHT);
    let parts: Vec<Rings> = surfaces.clone().filter(lies).map(|s| s.iter().map(plan).collect()).collect();
    if !parts.is_empty() {
        return (valid(parts), FootprintFrom::Surfaces);
    }
    let points: Vec<Point> = surfaces.flat_map(|s| s.iter().flatten()).map(|p| Point::new(p[0], p[1])).collect();
    if points.len() < 3 {
        return (vec![], FootprintFrom::Hull);
    }
    let hull = catch_unwind(AssertUnwindSafe(|| MultiPoint(points).convex_hull()));
    let ring: Vec<[f64; 2]> = hull.map_or(vec![], |h| h.exterior().coords().map(|c| [c.x, c.y]).collect());
    (valid(vec![vec![ring]]), FootprintFrom::Hull)
}

/// Meshes are joined along their edges; what is no mesh is left to the overlay.
fn valid(parts: Vec<Rings>) -> Vec<Rings> {
    let attempt = |parts: Vec<Rings>| match catch_unwind(AssertUnwindSafe(|| repair_multi_polygon(parts))) {
        Ok(Repair::Valid(parts) | Repair::Repaired { parts, .. }) => parts,
        _ => vec![],
    };
    let joined = dissolve(&parts).map(attempt).unwrap_or_default();
    if joined.is_empty() { attempt(parts) } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A house of 10 × 8 m, eaves at 3 m, ridge at 5 m along its length: five walls and roofs, one ground; volume 320 m³.
    fn house(at: Point3) -> Vec<Vec<Vec<Point3>>> {
        let p = |x: f64, y: f64, z: f64| [at[0] + x, at[1] + y, at[2] + z];
        let (a, b, c, d) = (p(0., 0., 0.), p(10., 0., 0.), p(10., 8., 0.), p(0., 8., 0.));
        let (ae, be, ce, de) = (p(0., 0., 3.), p(10., 0., 3.), p(10., 8., 3.), p(0., 8., 3.));
        let (w, e) = (p(0., 4., 5.), p(10., 4., 5.));
        [
            vec![a, d, c, b],
            vec![a, b, be, ae],
            vec![b, c, ce, e, be],
            vec![c, d, de, ce],
            vec![d, a, ae, w, de],
            vec![ae, be, e, w],
            vec![w, e, ce, de],
        ]
        .map(|r| vec![r])
        .to_vec()
    }

    #[test]
    fn a_house_is_closed_and_a_missing_wall_shows() {
        let mut h = house([390_000.0, 5_820_000.0, 34.0]);
        let s = shell(h.iter().map(Vec::as_slice));
        assert_eq!(s.open_edges, 0);
        assert!((s.volume_m3 - 320.0).abs() < 1e-6, "{s:?}");
        h.iter_mut().flatten().for_each(|r| r.reverse());
        assert!((shell(h.iter().map(Vec::as_slice)).volume_m3 + 320.0).abs() < 1e-6);
        h.remove(1);
        assert_eq!(shell(h.iter().map(Vec::as_slice)).open_edges, 4);
    }

    #[test]
    fn the_footprint_comes_from_above_and_upright_polygons_have_a_hull() {
        let h = house([0.0; 3]);
        let area = |parts: &[Rings]| parts.iter().map(|p| crate::geometry::rings::signed_area_m2(&p[0])).sum::<f64>();
        let (roofs, from) = footprint(h[5..].iter().map(Vec::as_slice));
        assert_eq!((roofs.len(), from), (1, FootprintFrom::Surfaces));
        assert!((area(&roofs) - 80.0).abs() < 1e-6);
        let (hull, from) = footprint(h[1..5].iter().map(Vec::as_slice));
        assert!((area(&hull) - 80.0).abs() < 1e-6 && from == FootprintFrom::Hull);
        assert!(footprint(h[1..2].iter().map(Vec::as_slice)).0.is_empty());
        assert!(footprint(std::iter::empty()).0.is_empty());
    }

    fn area_m2(rings: &[Vec<Point3>], t: &[u32]) -> f64 {
        let all: Vec<Point3> = rings.iter().flatten().copied().collect();
        let n = normal(&rings[0]).unwrap();
        t.chunks(3)
            .map(|k| dot(vector_area(&[all[k[0] as usize], all[k[1] as usize], all[k[2] as usize]]), n))
            .sum()
    }

    proptest! {
        #[test]
        fn triangles_cover_a_turned_polygon_with_a_hole(yaw in 0.0..6.2f64, tilt in 0.0..3.1f64) {
            let turn = |x: f64, y: f64| {
                let (s, c) = yaw.sin_cos();
                let (p, q) = (c * x - s * y, s * x + c * y);
                [p + 3.9e5, q * tilt.cos() + 5.8e6, q * tilt.sin() + 30.0]
            };
            let rings = vec![
                [(0., 0.), (10., 0.), (10., 8.), (5., 4.), (0., 8.)].map(|(x, y)| turn(x, y)).to_vec(),
                [(2., 1.), (2., 2.), (3., 2.), (3., 1.)].map(|(x, y)| turn(x, y)).to_vec(),
            ];
            let t = triangulate_surface(&rings);
            prop_assert!((area_m2(&rings, &t) - 59.0).abs() < 1e-4, "{}", area_m2(&rings, &t));
            prop_assert!(off_plane_m(&rings) < 1e-3);
            let quad = vec![[(0., 0.), (10., 0.), (10., 8.), (0., 8.)].map(|(x, y)| turn(x, y)).to_vec()];
            prop_assert!((area_m2(&quad, &triangulate_surface(&quad)) - 80.0).abs() < 1e-4);
        }

        #[test]
        fn wild_polygons_never_panic(rings in prop::collection::vec(prop::collection::vec(prop::array::uniform3(any::<f64>()), 0..8), 0..4)) {
            let n: usize = rings.iter().map(Vec::len).sum();
            prop_assert!(triangulate_surface(&rings).iter().all(|k| (*k as usize) < n));
            off_plane_m(&rings);
            shell(std::iter::once(rings.as_slice()));
        }
    }
}
