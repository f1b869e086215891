//! Triangles of polygon features by ear clipping.

use super::rings::{all_finite, open, whole_metres};
use crate::model::{Geometries, GeometryKind};
use geo::{Coord, LineString, Polygon, TriangulateEarcut};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Ear clipping is quadratic at worst; larger polygons stay without triangles.
const VERTEX_LIMIT: usize = 200_000;

/// A triangle mesh in the plane. Triangles are counter-clockwise.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Triangles {
    /// The vertices of the feature without the repeated last one of each ring.
    pub positions: Vec<[f64; 2]>,
    /// Three a triangle.
    pub indices: Vec<u32>,
}

/// Triangulates a polygon feature. Parts that are degenerate, not finite or over the vertex limit give no triangles; points and lines give none.
pub fn triangulate(g: &Geometries, row: usize) -> Triangles {
    let mut out = Triangles::default();
    if g.kind() != GeometryKind::Polygon {
        return out;
    }
    let origin = whole_metres(g.bbox(row).center());
    for part in g.parts(row) {
        // Holes that cannot be triangulated are left out, an exterior that cannot ends the part.
        let usable = |ring: &&[[f64; 2]]| open(ring).len() >= 3 && ring.first() == ring.last() && all_finite(ring);
        let mut rings = part.rings();
        let Some(exterior) = rings.next().filter(usable) else { continue };
        let interiors: Vec<&[[f64; 2]]> = rings.filter(usable).collect();
        let vertices = exterior.len() + interiors.iter().map(|r| r.len()).sum::<usize>();
        if vertices > VERTEX_LIMIT {
            continue;
        }
        let local = |ring: &[[f64; 2]]| {
            LineString(
                ring.iter()
                    .map(|p| Coord {
                        x: p[0] - origin[0],
                        y: p[1] - origin[1],
                    })
                    .collect(),
            )
        };
        let polygon = Polygon::new(local(exterior), interiors.iter().map(|r| local(r)).collect());
        let Ok(raw) = catch_unwind(AssertUnwindSafe(|| polygon.earcut_triangles_raw())) else {
            continue;
        };
        let base = out.positions.len() as u32;
        out.positions
            .extend(std::iter::once(exterior).chain(interiors).flat_map(open).copied());
        for t in raw.triangle_indices.chunks_exact(3) {
            let [a, b, c] = [t[0], t[1], t[2]].map(|k| raw.vertices[k]);
            let twice = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
            let order = if twice < 0.0 { [t[0], t[2], t[1]] } else { [t[0], t[1], t[2]] };
            out.indices.extend(order.map(|k| base + k as u32));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{area_m2, testing::*};
    use proptest::prelude::*;

    fn mesh_area_m2(t: &Triangles) -> f64 {
        let area = |k: &[u32]| {
            let [a, b, c] = [k[0], k[1], k[2]].map(|k| t.positions[k as usize]);
            0.5 * ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]))
        };
        t.indices.chunks(3).map(area).inspect(|a| assert!(*a >= -1e-9)).sum()
    }

    proptest! {
        #[test]
        fn triangles_cover_the_polygon(g in stars()) {
            let t = triangulate(&g, 0);
            prop_assert!((mesh_area_m2(&t) - area_m2(&g, 0)).abs() < 1e-6 * area_m2(&g, 0));
            prop_assert_eq!(t.positions.len(), g.rings(0).map(|r| r.len() - 1).sum::<usize>());
        }

        #[test]
        fn wild_rings_never_panic(g in wild_polygon()) {
            let t = triangulate(&g, 0);
            prop_assert!(t.indices.iter().all(|k| (*k as usize) < t.positions.len()));
        }
    }
}
