//! What many triangles cover together, for drawing: one area without overlaps, so that what is translucent is nowhere drawn twice.

use super::{
    convert::{coord, from_geo},
    rings::signed_area_m2,
};
use crate::model::{Bbox, Geometries, GeometriesBuilder, GeometryKind};
use geo::{LineString, MultiPolygon, Polygon, unary_union};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Smaller triangles cover nothing that anybody sees.
const LEAST_M2: f64 = 1e-4;

/// What the triangles cover inside the box. Nothing is confirmed and nothing measured here: where the overlay library fails, the triangles
/// are returned as they are, which a viewer sees as a darker spot at worst.
pub fn cover(triangles: &[[[f64; 2]; 3]], inside: &Bbox) -> Geometries {
    if inside.is_empty() {
        return nothing();
    }
    let o = inside.min;
    let mut clipped = vec![];
    for t in triangles {
        let mut ring = t.to_vec();
        for (axis, sign, at) in [
            (0, -1.0, inside.min[0]),
            (0, 1.0, inside.max[0]),
            (1, -1.0, inside.min[1]),
            (1, 1.0, inside.max[1]),
        ] {
            keep_half(&mut ring, axis, sign, at);
        }
        let finite = ring.iter().flatten().all(|v| v.is_finite());
        if ring.len() < 3 || !finite {
            continue;
        }
        let mut ring: Vec<[f64; 2]> = ring.iter().map(|p| [p[0] - o[0], p[1] - o[1]]).collect();
        ring.push(ring[0]);
        let area = signed_area_m2(&ring);
        if area.abs() < LEAST_M2 {
            continue;
        }
        if area < 0.0 {
            ring.reverse();
        }
        clipped.push(Polygon::new(LineString(ring.into_iter().map(coord).collect()), vec![]));
    }
    if clipped.is_empty() {
        return nothing();
    }
    let all = catch_unwind(AssertUnwindSafe(|| unary_union(&clipped))).unwrap_or(MultiPolygon(clipped));
    let back = |r: &LineString<f64>| LineString(r.0.iter().map(|c| coord([c.x + o[0], c.y + o[1]])).collect());
    let all = all
        .iter()
        .map(|p| Polygon::new(back(p.exterior()), p.interiors().iter().map(back).collect()));
    // A feature each, so that none is larger to triangulate than it has to be.
    from_geo(&all.map(|p| MultiPolygon(vec![p])).collect::<Vec<_>>())
}

fn nothing() -> Geometries {
    GeometriesBuilder::new(GeometryKind::Polygon).finish()
}

/// Sutherland and Hodgman on an open ring: keeps `sign · coordinate ≤ sign · at`.
fn keep_half(ring: &mut Vec<[f64; 2]>, axis: usize, sign: f64, at: f64) {
    let over = |p: &[f64; 2]| sign * (p[axis] - at);
    if ring.iter().all(|p| over(p) <= 0.0) {
        return;
    }
    let old = std::mem::take(ring);
    for k in 0..old.len() {
        let (a, b) = (old[k], old[(k + 1) % old.len()]);
        let (from, to) = (over(&a), over(&b));
        if from <= 0.0 {
            ring.push(a);
        }
        if (from <= 0.0) != (to <= 0.0) {
            let t = from / (from - to);
            ring.push([0, 1].map(|k| a[k] + t * (b[k] - a[k])));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::area_m2;

    fn total(g: &Geometries) -> f64 {
        (0..g.len()).map(|k| area_m2(g, k)).sum()
    }

    #[test]
    fn overlaps_count_once_whatever_the_turn_and_the_box_cuts() {
        let o = [500_000.0, 5_700_000.0];
        let at = |x: f64, y: f64| [o[0] + x, o[1] + y];
        // Two squares of 10 m that share half of each, one of them turned the other way; a sliver; one that is none.
        let all = [
            [at(0.0, 0.0), at(10.0, 0.0), at(10.0, 10.0)],
            [at(0.0, 0.0), at(10.0, 10.0), at(0.0, 10.0)],
            [at(5.0, 0.0), at(15.0, 10.0), at(15.0, 0.0)],
            [at(5.0, 0.0), at(5.0, 10.0), at(15.0, 10.0)],
            [at(0.0, 0.0), at(1.0, 0.0), at(2.0, 0.0)],
            [at(f64::NAN, 0.0), at(1.0, 0.0), at(2.0, 3.0)],
        ];
        let wide = Bbox::new(at(-50.0, -50.0), at(50.0, 50.0));
        assert!((total(&cover(&all, &wide)) - 150.0).abs() < 1e-3);
        let half = Bbox::new(at(-50.0, -50.0), at(50.0, 5.0));
        assert!((total(&cover(&all, &half)) - 75.0).abs() < 1e-3);
        assert!(cover(&all, &Bbox::EMPTY).is_empty());
    }
}
