//! Roofs of buildings that are known by footprint, height and roof form only: the form is data, the pitch is assumed. Footprints with four
//! corners get one; everything else stays a block.

use super::{
    bodies::{ROOF, WALL, body, cross, height_m, levels, wall, wall_light},
    ground::Ground,
    solids::slope_light,
};
use crate::{
    app::{
        material::{FlatMesh, hash01, shade},
        space::Space,
    },
    geometry::{Point3, normal},
    model::{Geometries, Layer},
};
use bevy::math::Vec3;

/// Rise of a roof over half its span, as in most towns (42°).
const PITCH: f64 = 0.9;
/// A roof takes at most this share of a building's height.
const MOST_SHARE: f64 = 0.45;
/// Footprints wider than this are halls, whose roofs are flat whatever the register says.
const WIDEST_M: f64 = 24.0;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    Gabled,
    Hipped,
}

/// The form behind a code of the state surveys (AdV): saddle roofs and their like, and roofs that slope on all sides.
fn form(layer: &Layer, row: usize) -> Option<Form> {
    match layer.attributes.value("roof_type", row).as_f64()? as i64 {
        3100 => Some(Form::Gabled),
        3200..=3500 => Some(Form::Hipped),
        _ => None,
    }
}

/// The four corners of a footprint, counter-clockwise and starting with a long side; `None` for any other shape.
fn corners(g: &Geometries, row: usize) -> Option<[[f64; 2]; 4]> {
    let mut rings = g.rings(row);
    let ring = rings.next().filter(|_| rings.next().is_none())?;
    let open = ring.split_last().map(|(_, rest)| rest)?;
    let n = open.len();
    let turn = |k: usize| {
        let [a, b, c] = [open[(k + n - 1) % n], open[k], open[(k + 1) % n]];
        let (u, v) = ((b[0] - a[0]).hypot(b[1] - a[1]), (c[0] - b[0]).hypot(c[1] - b[1]));
        if u * v > 0.0 { cross(a, b, c) / (u * v) } else { 0.0 }
    };
    // A vertex within a straight wall is no corner.
    let bends: Vec<usize> = (0..n).filter(|k| turn(*k).abs() > 0.05).collect();
    let mut quad: [[f64; 2]; 4] = bends.iter().map(|k| open[*k]).collect::<Vec<_>>().try_into().ok()?;
    let left = bends.iter().filter(|k| turn(**k) > 0.0).count();
    match left {
        4 => {}
        0 => quad.reverse(),
        _ => return None,
    }
    let side = |k: usize| (quad[(k + 1) % 4][0] - quad[k][0]).hypot(quad[(k + 1) % 4][1] - quad[k][1]);
    if side(0) + side(2) < side(1) + side(3) {
        quad.rotate_left(1);
    }
    Some(quad)
}

fn mid(a: [f64; 2], b: [f64; 2], t: f64) -> [f64; 2] {
    [0, 1].map(|k| a[k] + t * (b[k] - a[k]))
}

/// Adds a building by its footprint, with a roof where its form is known.
pub fn house(mesh: &mut FlatMesh, layer: &Layer, row: usize, ground: &Ground, space: &Space) {
    let g = &layer.geometry;
    let height_m = height_m(layer, row);
    let shape = form(layer, row).zip(corners(g, row));
    let Some((form, [a, b, c, d])) = shape else {
        return body(mesh, g, row, height_m, ground, space);
    };
    let length = |p: [f64; 2], q: [f64; 2]| (q[0] - p[0]).hypot(q[1] - p[1]);
    let span = 0.5 * (length(b, c) + length(d, a));
    if span > WIDEST_M {
        return body(mesh, g, row, height_m, ground, space);
    }
    let [low, top] = levels(g, row, height_m, ground);
    let eaves = top - (0.5 * span * PITCH).min(MOST_SHARE * height_m);
    let own = 1.0 + 0.035 * (hash01(row as u32) - 0.5);
    for (p, q) in [(a, b), (b, c), (c, d), (d, a)] {
        wall(mesh, p, q, [low, eaves], own, height_m, space);
    }
    let (m0, m1) = (mid(d, a, 0.5), mid(b, c, 0.5));
    let back = match form {
        Form::Gabled => 0.0,
        Form::Hipped => (0.5 * span / length(m0, m1).max(0.1)).min(0.5),
    };
    let at = |p: [f64; 2]| [p[0], p[1], eaves];
    let [r0, r1] = [mid(m0, m1, back), mid(m1, m0, back)].map(|p| [p[0], p[1], top]);
    let mut face = |points: &[Point3], slope: bool| {
        let Some(n) = normal(points) else { return };
        let towards = Vec3::new(n[0] as f32, n[2] as f32, -n[1] as f32);
        let color = match slope {
            true => shade(ROOF, own * slope_light(towards)),
            false => shade(WALL, own * wall_light(towards)),
        };
        let k: Vec<u32> = points.iter().map(|p| mesh.vertex(space.world([p[0], p[1]], p[2]), color)).collect();
        (1..k.len() - 1).for_each(|i| mesh.triangle(k[0], k[i], k[i + 1]));
    };
    face(&[at(a), at(b), r1, r0], true);
    face(&[at(c), at(d), r0, r1], true);
    let slope = form == Form::Hipped;
    face(&[at(b), at(c), r1], slope);
    face(&[at(d), at(a), r0], slope);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{GeometriesBuilder, GeometryKind};

    fn footprint(ring: &[[f64; 2]]) -> Geometries {
        let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
        b.ring(ring.iter().copied()).end_part().end_feature();
        b.finish()
    }

    #[test]
    fn four_corners_are_found_whatever_their_order_and_extra_vertices() {
        let wanted = Some([[0.0, 0.0], [9.0, 0.0], [9.0, 6.0], [0.0, 6.0]]);
        let with_more = [[0.0, 0.0], [4.0, 0.0], [9.0, 0.0], [9.0, 6.0], [0.0, 6.0], [0.0, 0.0]];
        assert_eq!(corners(&footprint(&with_more), 0), wanted);
        let clockwise = [[0.0, 0.0], [0.0, 6.0], [9.0, 6.0], [9.0, 0.0], [0.0, 0.0]];
        let quad = corners(&footprint(&clockwise), 0).unwrap();
        assert!(
            cross(quad[0], quad[1], quad[2]) > 0.0 && (quad[1][0] - quad[0][0]).abs() == 9.0,
            "{quad:?}"
        );
        let angled = [[0.0, 0.0], [9.0, 0.0], [9.0, 3.0], [4.0, 3.0], [4.0, 6.0], [0.0, 6.0], [0.0, 0.0]];
        assert_eq!(corners(&footprint(&angled), 0), None);
    }
}
