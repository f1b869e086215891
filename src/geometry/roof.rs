//! Roofs of buildings that are known by footprint, height and roof form only: the form is data, the pitch is assumed. Footprints with four
//! corners get one. The city view draws them and the sun casts their shadows.

use super::Point3;
use crate::model::Geometries;

/// Rise of a roof over half its span, as in most towns (42°).
const PITCH: f64 = 0.9;
/// A roof takes at most this share of a building's height.
const MOST_SHARE: f64 = 0.45;
/// Footprints wider than this are halls, whose roofs are flat whatever the register says.
const WIDEST_M: f64 = 24.0;

/// The form of a roof, as far as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoofShape {
    /// Two slopes and two gables.
    Gabled,
    /// Slopes on all sides.
    Hipped,
}

impl RoofShape {
    /// The form behind a code of the state surveys (AdV): saddle roofs and their like, and roofs that slope on all sides.
    pub fn of_code(code: i64) -> Option<Self> {
        match code {
            3100 => Some(Self::Gabled),
            3200..=3500 => Some(Self::Hipped),
            _ => None,
        }
    }
}

/// A face above the eaves, counter-clockwise seen from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct RoofFace {
    /// Corners.
    pub points: Vec<Point3>,
    /// A slope; else the gable of a wall.
    pub slope: bool,
}

/// A house with a roof.
#[derive(Debug, Clone, PartialEq)]
pub struct House {
    /// Corners of the footprint, counter-clockwise, a long side first.
    pub corners: [[f64; 2]; 4],
    /// Where the walls end.
    pub eaves_m: f64,
    /// What stands above them.
    pub roof: Vec<RoofFace>,
}

/// The house over a footprint whose ridge is at `top_m`, `height_m` above its ground; `None` where only a block can be drawn.
pub fn house(g: &Geometries, row: usize, shape: RoofShape, height_m: f64, top_m: f64) -> Option<House> {
    let corners = corners(g, row)?;
    let [a, b, c, d] = corners;
    let length = |p: [f64; 2], q: [f64; 2]| (q[0] - p[0]).hypot(q[1] - p[1]);
    let span = 0.5 * (length(b, c) + length(d, a));
    if span > WIDEST_M {
        return None;
    }
    let eaves_m = top_m - (0.5 * span * PITCH).min(MOST_SHARE * height_m);
    let (m0, m1) = (mid(d, a, 0.5), mid(b, c, 0.5));
    let back = match shape {
        RoofShape::Gabled => 0.0,
        RoofShape::Hipped => (0.5 * span / length(m0, m1).max(0.1)).min(0.5),
    };
    let at = |p: [f64; 2]| [p[0], p[1], eaves_m];
    let [r0, r1] = [mid(m0, m1, back), mid(m1, m0, back)].map(|p| [p[0], p[1], top_m]);
    let face = |points: Vec<Point3>, slope: bool| RoofFace { points, slope };
    let ends = shape == RoofShape::Hipped;
    Some(House {
        corners,
        eaves_m,
        roof: vec![
            face(vec![at(a), at(b), r1, r0], true),
            face(vec![at(c), at(d), r0, r1], true),
            face(vec![at(b), at(c), r1], ends),
            face(vec![at(d), at(a), r0], ends),
        ],
    })
}

fn mid(a: [f64; 2], b: [f64; 2], t: f64) -> [f64; 2] {
    [0, 1].map(|k| a[k] + t * (b[k] - a[k]))
}

/// Twice the area of a triangle, positive counter-clockwise.
fn cross(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        geometry::normal,
        model::{GeometriesBuilder, GeometryKind},
    };

    fn footprint(ring: &[[f64; 2]]) -> Geometries {
        let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
        b.ring(ring.iter().copied()).end_part().end_feature();
        b.finish()
    }

    const HOUSE: [[f64; 2]; 5] = [[0.0, 0.0], [9.0, 0.0], [9.0, 6.0], [0.0, 6.0], [0.0, 0.0]];

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

    #[test]
    fn faces_look_outwards_and_meet_in_the_ridge() {
        for shape in [RoofShape::Gabled, RoofShape::Hipped] {
            let h = house(&footprint(&HOUSE), 0, shape, 8.0, 108.0).unwrap();
            // 6 m wide: the roof rises 3 m · 0.9.
            assert!((h.eaves_m - 105.3).abs() < 1e-9);
            for f in &h.roof {
                let n = normal(&f.points).unwrap();
                assert!(f.slope == (n[2] > 0.1) && n[2] > -1e-9, "{shape:?} {f:?}");
            }
            let middle = [4.5, 3.0];
            let out = |f: &RoofFace| {
                let (n, p) = (normal(&f.points).unwrap(), f.points[0]);
                n[0] * (p[0] - middle[0]) + n[1] * (p[1] - middle[1]) > 0.0
            };
            assert!(h.roof.iter().all(out), "{shape:?}");
        }
        let hall: Vec<[f64; 2]> = HOUSE.iter().map(|p| p.map(|v| v * 6.0)).collect();
        assert_eq!(house(&footprint(&hall), 0, RoofShape::Gabled, 8.0, 8.0), None, "halls are flat");
    }
}
