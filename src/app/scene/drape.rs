//! Features laid on the drawn ground: areas cut along its facets, lines as bands.

use super::ground::Ground;
use crate::{
    app::{material::FlatMesh, space::Space},
    geometry::{from_geo, intersection, triangulate},
    model::{Geometries, GeometriesBuilder, GeometryKind},
};
use bevy::math::{Vec2, Vec3};
use std::collections::{BTreeMap, BTreeSet};

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
    let mut seen = BTreeMap::new();
    if let Some(pieces) = in_cells(g, row, ground) {
        pieces.iter().for_each(|p| facet(mesh, &mut seen, p, ground, space, color));
        return;
    }
    let t = triangulate(g, row);
    for k in t.indices.chunks_exact(3) {
        let triangle = [k[0], k[1], k[2]].map(|i| t.positions[i as usize]);
        ground.cut_triangle(triangle, |piece| facet(mesh, &mut seen, piece, ground, space, color));
    }
}

/// An area in triangles that each lie on one facet of the ground: a cell that it covers is two, and only what is left of a cell that its
/// edge crosses is triangulated. Cutting the slivers of its own triangulation gives several times as many. `None` on a plane, beyond
/// the grid, and for shapes that cannot be cut this way.
fn in_cells(g: &Geometries, row: usize, ground: &Ground) -> Option<Vec<[[f64; 2]; 3]>> {
    let b = g.bbox(row);
    let ([i0, j0], [i1, j1]) = (ground.inner_cell(b.min)?, ground.inner_cell(b.max)?);
    let mut crossed = BTreeSet::new();
    for ring in g.rings(row) {
        ground.cells_along(ring, &mut crossed);
    }
    let mut out = vec![];
    for j in j0..=j1 {
        let y = 0.5 * (ground.ys[j] + ground.ys[j + 1]);
        let mut walls: Vec<f64> = g
            .rings(row)
            .flat_map(|r| r.windows(2))
            .filter(|s| (s[0][1] > y) != (s[1][1] > y))
            .map(|s| s[0][0] + (y - s[0][1]) / (s[1][1] - s[0][1]) * (s[1][0] - s[0][0]))
            .collect();
        walls.sort_by(f64::total_cmp);
        // Clipped to the row once, so that its cells have little left to be clipped.
        let strip = match crossed.iter().any(|c| c[1] == j) {
            true => {
                let [x0, x1] = [ground.xs[i0], ground.xs[i1 + 1]];
                let [y0, y1] = [ground.ys[j], ground.ys[j + 1]];
                let frame = polygon(&[[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]);
                Some(from_geo(&[intersection((g, row), (&frame, 0)).ok()?])).filter(|s| !s.is_empty())
            }
            false => None,
        };
        for i in i0..=i1 {
            let facets = ground.facets([i, j]);
            if !crossed.contains(&[i, j]) {
                let x = 0.5 * (ground.xs[i] + ground.xs[i + 1]);
                if walls.partition_point(|w| *w < x) % 2 == 1 {
                    out.extend(facets);
                }
                continue;
            }
            let Some(strip) = &strip else { continue };
            for [p, q, r] in facets {
                let rest = from_geo(&[intersection((strip, 0), (&polygon(&[p, q, r, p]), 0)).ok()?]);
                if rest.is_empty() {
                    continue;
                }
                let t = triangulate(&rest, 0);
                out.extend(
                    t.indices
                        .chunks_exact(3)
                        .map(|k| [k[0], k[1], k[2]].map(|n| t.positions[n as usize])),
                );
            }
        }
    }
    Some(out)
}

fn polygon(ring: &[[f64; 2]]) -> Geometries {
    let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
    b.ring(ring.iter().copied()).end_part().end_feature();
    b.finish()
}

/// A line on the ground may leave it by this much, in metres: less than what lines are drawn nearer to the eye by.
const OFF_GROUND_M: f64 = 0.01;

/// Leaves out vertices that a line has only because it crosses an edge of the ground, where the ground is as good as even.
fn levelled(line: &mut Vec<[f64; 2]>, ground: &Ground) {
    let heights: Vec<f64> = line.iter().map(|p| ground.height(*p)).collect();
    // Whether everything between two vertices lies on the straight line between them.
    let even = |a: usize, b: usize| {
        let d = [line[b][0] - line[a][0], line[b][1] - line[a][1]];
        let l2 = d[0] * d[0] + d[1] * d[1];
        (a + 1..b).all(|k| {
            let o = [line[k][0] - line[a][0], line[k][1] - line[a][1]];
            let t = if l2 > 0.0 { (o[0] * d[0] + o[1] * d[1]) / l2 } else { 0.0 };
            let off = (o[0] * d[1] - o[1] * d[0]).abs();
            off <= 0.01 * l2.sqrt() && (heights[a] + t * (heights[b] - heights[a]) - heights[k]).abs() <= OFF_GROUND_M
        })
    };
    let mut keep = vec![0];
    for k in 1..line.len() {
        let last = keep[keep.len() - 1];
        if k + 1 == line.len() || k - last >= 16 || !even(last, k + 1) {
            keep.push(k);
        }
    }
    *line = keep.into_iter().filter_map(|k| line.get(k).copied()).collect();
}

/// Draws rings or lines of one feature as bands of `half_m`.
pub fn outlines(mesh: &mut FlatMesh, g: &Geometries, row: usize, ground: &Ground, space: &Space, color: [u8; 4], half_m: f32) {
    let mut cut = vec![];
    for ring in g.rings(row) {
        ground.cut_line(ring, &mut cut);
        levelled(&mut cut, ground);
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

/// The same features with fewer vertices: nothing moves by more than `tolerance_m` (Douglas–Peucker). Points stay.
pub fn simplified(g: &Geometries, tolerance_m: f64) -> Geometries {
    let mut out = GeometriesBuilder::new(g.kind());
    for row in 0..g.len() {
        for part in g.parts(row) {
            for ring in part.rings() {
                let keep = if g.kind() == GeometryKind::Point {
                    ring.to_vec()
                } else {
                    simplify(ring, tolerance_m)
                };
                out.ring(keep);
            }
            out.end_part();
        }
        out.end_feature();
    }
    out.finish()
}

fn simplify(line: &[[f64; 2]], tolerance_m: f64) -> Vec<[f64; 2]> {
    let n = line.len();
    if n < 8 {
        return line.to_vec();
    }
    // Closed rings are split in the middle: their two halves have ends that differ.
    let mut keep = vec![false; n];
    (keep[0], keep[n / 2], keep[n - 1]) = (true, true, true);
    let mut open = vec![(0, n / 2), (n / 2, n - 1)];
    while let Some((a, b)) = open.pop() {
        let d = [line[b][0] - line[a][0], line[b][1] - line[a][1]];
        let l = d[0].hypot(d[1]);
        let far = (a + 1..b)
            .map(|k| {
                let o = [line[k][0] - line[a][0], line[k][1] - line[a][1]];
                let off = if l > 0.0 {
                    (o[0] * d[1] - o[1] * d[0]).abs() / l
                } else {
                    o[0].hypot(o[1])
                };
                (off, k)
            })
            .max_by(|x, y| x.0.total_cmp(&y.0));
        if let Some((off, k)) = far
            && off > tolerance_m
        {
            keep[k] = true;
            open.extend([(a, k), (k, b)]);
        }
    }
    let out: Vec<_> = line.iter().zip(&keep).filter(|(_, k)| **k).map(|(p, _)| *p).collect();
    if line[0] == line[n - 1] && out.len() < 4 {
        line.to_vec()
    } else {
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::scene::ground::tests::hill;

    #[test]
    fn whole_cells_are_two_triangles_and_nothing_is_left_out() {
        let (ground, space) = (hill(), Space::default());
        // A saw blade: its triangulation is all slivers.
        let mut ring: Vec<[f64; 2]> = (0..20).map(|k| [13.0 + 3.5 * f64::from(k), 12.0 + f64::from(k % 2)]).collect();
        ring.extend([[87.0, 88.0], [12.0, 86.0], ring[0]]);
        let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
        b.ring(ring.iter().copied()).end_part().end_feature();
        let g = b.finish();
        let mut mesh = FlatMesh::default();
        areas(&mut mesh, &g, 0, &ground, &space, [255; 4]);
        let expected: f64 = 0.5 * ring.windows(2).map(|s| s[0][0] * s[1][1] - s[1][0] * s[0][1]).sum::<f64>();
        assert!(
            (mesh.plan_area_m2() - expected.abs()).abs() < 0.5,
            "{} {expected}",
            mesh.plan_area_m2()
        );
        let mut plain = 0;
        let t = triangulate(&g, 0);
        for k in t.indices.chunks_exact(3) {
            ground.cut_triangle([k[0], k[1], k[2]].map(|i| t.positions[i as usize]), |p| plain += p.len() - 2);
        }
        assert!(mesh.triangles() * 3 < plain * 2, "{} of {plain}", mesh.triangles());
    }

    #[test]
    fn a_line_keeps_its_bends_and_follows_the_ground() {
        let ground = hill();
        let mut cut = vec![];
        ground.cut_line(&[[5.0, 5.0], [95.0, 20.0], [60.0, 90.0]], &mut cut);
        let all = cut.len();
        levelled(&mut cut, &ground);
        assert!(cut.len() <= all && cut.contains(&[95.0, 20.0]) && cut.first() == Some(&[5.0, 5.0]) && cut.last() == Some(&[60.0, 90.0]));
        for s in cut.windows(2) {
            for k in 0..=20 {
                let t = f64::from(k) / 20.0;
                let p = [0, 1].map(|a| s[0][a] + t * (s[1][a] - s[0][a]));
                let drawn = ground.height(s[0]) + t * (ground.height(s[1]) - ground.height(s[0]));
                assert!((ground.height(p) - drawn).abs() <= OFF_GROUND_M + 1e-6, "{p:?}");
            }
        }
        let mut even = ground.clone();
        even.flat = true;
        ground.cut_line(&[[5.0, 5.0], [95.0, 20.0]], &mut cut);
        levelled(&mut cut, &even);
        assert!(cut.len() <= 4, "{}", cut.len());
    }

    #[test]
    fn simplifying_keeps_rings_closed_and_within_the_tolerance() {
        let ring: Vec<[f64; 2]> = (0..=400)
            .map(|k| {
                let (s, c) = (f64::from(k % 400) * std::f64::consts::TAU / 400.0).sin_cos();
                [100.0 * c, 100.0 * s]
            })
            .collect();
        let less = simplify(&ring, 0.5);
        assert!(less.len() < 60 && less.len() > 8, "{}", less.len());
        assert_eq!(less.first(), less.last());
        let nearest = |p: &[f64; 2]| {
            less.windows(2)
                .map(|s| (0.5 * (s[0][0] + s[1][0]) - p[0]).hypot(0.5 * (s[0][1] + s[1][1]) - p[1]))
                .fold(f64::INFINITY, f64::min)
        };
        assert!(ring.iter().all(|p| nearest(p) < 15.0));
    }
}
