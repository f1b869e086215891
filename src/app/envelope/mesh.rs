//! Building windows as bodies: a faint roof, walls that fade towards the ground, edges at the top and at the corners.

use crate::{
    app::{
        material::{FlatKind, FlatMesh, parse_rgb},
        scene::{
            allowed::levels,
            bodies::{cross, ring_area},
            ground::Ground,
            mirror::Piece,
        },
        space::Space,
    },
    geometry::triangulate,
    model::{Geometries, Layer},
    modules::Style,
};
use bevy::math::{Vec2, Vec3};

/// Half the width of an edge.
const EDGE_M: f32 = 0.12;
/// Two walls that meet at less than this (degrees) are one bent wall, as arcs are.
const CORNER_DEGREES: f64 = 15.0;
/// Stroke and gap of the edge of a height that is assumed.
const DASH_M: [f64; 2] = [1.6, 1.2];

/// All pieces of a layer.
pub fn build(layer: &Layer, style: &Style, ground: &Ground, space: &Space) -> Vec<Piece> {
    let (fill, stroke) = (parse_rgb(&style.fill), parse_rgb(&style.stroke));
    let [mut faces, mut edges, mut corners]: [FlatMesh; 3] = Default::default();
    for row in 0..layer.len() {
        let Some((allowed, [low, top])) = levels(layer, row, ground) else {
            continue;
        };
        let g = &layer.geometry;
        roof(&mut faces, g, row, top, space, alpha(fill, 150));
        for part in g.parts(row) {
            for (k, ring) in part.rings().enumerate() {
                walls(&mut faces, ring, k == 0, [low, top], space, fill);
                let height = space.world(ring[0], top).y;
                let mut edge = |line: &[[f64; 2]]| {
                    let line: Vec<Vec2> = line.iter().map(|p| flat(space.world(*p, top))).collect();
                    edges.ribbon(&line, EDGE_M, alpha(stroke, 255), |_| height);
                };
                if allowed.assumed() {
                    dashes(ring).iter().for_each(|d| edge(d));
                } else {
                    edge(ring);
                }
                for p in corners_of(ring) {
                    upright(&mut corners, space.world(p, low), space.world(p, top), alpha(stroke, 200));
                }
            }
        }
    }
    let mut out = vec![
        Piece::new(faces, FlatKind::Area),
        Piece::new(corners, FlatKind::Area),
        Piece::new(edges, FlatKind::Ribbon),
    ];
    out[0].look.opacity = style.opacity.clamp(0.05, 0.8) as f32;
    out[2].look.half_m = EDGE_M;
    out[2].look.least_px = 0.75;
    out
}

fn alpha([r, g, b]: [u8; 3], a: u8) -> [u8; 4] {
    [r, g, b, a]
}

fn flat(p: Vec3) -> Vec2 {
    Vec2::new(p.x, p.z)
}

fn roof(mesh: &mut FlatMesh, g: &Geometries, row: usize, top: f64, space: &Space, color: [u8; 4]) {
    let t = triangulate(g, row);
    let at: Vec<u32> = t.positions.iter().map(|p| mesh.vertex(space.world(*p, top), color)).collect();
    for k in t.indices.chunks_exact(3) {
        let [a, b, c] = [k[0], k[1], k[2]].map(|i| i as usize);
        if cross(t.positions[a], t.positions[b], t.positions[c]) >= 0.0 {
            mesh.triangle(at[a], at[b], at[c]);
        } else {
            mesh.triangle(at[a], at[c], at[b]);
        }
    }
}

fn walls(mesh: &mut FlatMesh, ring: &[[f64; 2]], exterior: bool, [low, top]: [f64; 2], space: &Space, fill: [u8; 3]) {
    let flip = (ring_area(ring) > 0.0) != exterior;
    let (strong, weak) = (alpha(fill, 230), alpha(fill, 120));
    for s in ring.windows(2) {
        let (a, b) = if flip { (s[1], s[0]) } else { (s[0], s[1]) };
        mesh.quad(
            [space.world(a, low), space.world(b, low), space.world(b, top), space.world(a, top)],
            [weak, weak, strong, strong],
        );
    }
}

/// Vertices at which a ring turns.
fn corners_of(ring: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let open = ring.len().saturating_sub(1);
    (0..open)
        .filter(|k| {
            let (before, here, after) = (ring[(k + open - 1) % open], ring[*k], ring[(k + 1) % open]);
            let heading = |a: [f64; 2], b: [f64; 2]| (b[1] - a[1]).atan2(b[0] - a[0]);
            let turn = (heading(here, after) - heading(before, here)).to_degrees();
            let turn = (turn + 540.0).rem_euclid(360.0) - 180.0;
            turn.abs() > CORNER_DEGREES
        })
        .map(|k| ring[k])
        .collect()
}

/// Two crossed blades, so that the edge is seen from every side.
fn upright(mesh: &mut FlatMesh, foot: Vec3, head: Vec3, color: [u8; 4]) {
    for side in [Vec3::X * EDGE_M, Vec3::Z * EDGE_M] {
        for side in [side, -side] {
            mesh.quad([foot - side, foot + side, head + side, head - side], [color; 4]);
        }
    }
}

/// A ring as strokes with gaps between them.
fn dashes(ring: &[[f64; 2]]) -> Vec<[[f64; 2]; 2]> {
    let mut out = vec![];
    for s in ring.windows(2) {
        let along = [s[1][0] - s[0][0], s[1][1] - s[0][1]];
        let length = along[0].hypot(along[1]);
        // As many whole strokes as fit, so that every corner has one.
        let n = (((length - DASH_M[0]) / (DASH_M[0] + DASH_M[1])).round().clamp(0.0, 2000.0)) as usize;
        let gap = if n > 0 { (length - DASH_M[0]) / n as f64 } else { 0.0 };
        for k in 0..=n {
            let from = k as f64 * gap;
            let at = |t: f64| [0, 1].map(|c| s[0][c] + along[c] * (t / length.max(1e-9)).clamp(0.0, 1.0));
            out.push([at(from), at((from + DASH_M[0]).min(length))]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::scene::{allowed::tests::window, ground::tests::hill};

    #[test]
    fn a_window_has_walls_a_roof_and_its_corners() {
        let (ground, style, space) = (hill(), Style::default(), Space::default());
        let pieces = build(&window(Some(9.0), None, None, ""), &style, &ground, &space);
        // Four walls of four vertices and a roof of four.
        assert_eq!(pieces[0].mesh.len(), 20);
        // Four corners of two blades, each from both sides.
        assert_eq!(pieces[1].mesh.len(), 64);
        let none = build(&window(None, None, None, ""), &style, &ground, &space);
        assert!(none.iter().all(|p| p.mesh.is_empty()));
        let octagon: Vec<[f64; 2]> = (0..=360).map(|k| f64::from(k).to_radians()).map(|t| [t.cos(), t.sin()]).collect();
        assert!(corners_of(&octagon).is_empty());
    }

    #[test]
    fn an_assumed_height_has_a_broken_edge() {
        let (ground, style, space) = (hill(), Style::default(), Space::default());
        let edge = |height, storeys| build(&window(height, None, storeys, ""), &style, &ground, &space)[2].mesh.len();
        assert!(edge(None, Some(3)) > 2 * edge(Some(9.0), None));
        let strokes = dashes(&[[0.0, 0.0], [10.0, 0.0]]);
        assert_eq!((strokes[0][0], strokes[strokes.len() - 1][1]), ([0.0, 0.0], [10.0, 0.0]));
        assert!(strokes.windows(2).all(|w| w[1][0][0] > w[0][1][0] + 0.5), "{strokes:?}");
        assert_eq!(dashes(&[[0.0, 0.0], [1.0, 0.0]]), [[[0.0, 0.0], [1.0, 0.0]]]);
    }
}
