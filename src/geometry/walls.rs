//! The outer walls of a footprint: straight runs of its exteriors, each with the direction it faces.

use super::rings::{open, signed_area_m2};
use crate::model::{Geometries, GeometryKind};

/// A straight wall. Walked from `from` to `to`, the inside is to the left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wall {
    /// Start.
    pub from: [f64; 2],
    /// End.
    pub to: [f64; 2],
    /// Unit vector that points away from the building.
    pub outward: [f64; 2],
}

/// Runs that turn less than this are one wall (sine of 2°).
const STRAIGHT: f64 = 0.035;

impl Wall {
    /// Length in metres.
    pub fn length_m(&self) -> f64 {
        (self.to[0] - self.from[0]).hypot(self.to[1] - self.from[1])
    }

    /// The point at a share of its length, so far in front of it.
    pub fn at(&self, share: f64, before_m: f64) -> [f64; 2] {
        [0, 1].map(|k| self.from[k] + share * (self.to[k] - self.from[k]) + before_m * self.outward[k])
    }
}

/// The walls around the exteriors of a polygon feature, in the order of their rings; courtyards are left out.
pub fn walls(g: &Geometries, row: usize) -> Vec<Wall> {
    if g.kind() != GeometryKind::Polygon {
        return vec![];
    }
    let mut out = vec![];
    for part in g.parts(row) {
        if let Some(ring) = part.rings().next() {
            ring_walls(ring, &mut out);
        }
    }
    out
}

fn ring_walls(ring: &[[f64; 2]], out: &mut Vec<Wall>) {
    let mut points: Vec<[f64; 2]> = open(ring).to_vec();
    points.dedup();
    if signed_area_m2(ring) < 0.0 {
        points.reverse();
    }
    let n = points.len();
    if n < 3 {
        return;
    }
    let direction = |a: [f64; 2], b: [f64; 2]| {
        let l = (b[0] - a[0]).hypot(b[1] - a[1]);
        [(b[0] - a[0]) / l, (b[1] - a[1]) / l]
    };
    // A corner is where the direction turns against the wall before it, whose own direction the last corner fixed.
    let turns = |k: usize| {
        let (d, e) = (
            direction(points[(k + n - 1) % n], points[k]),
            direction(points[k], points[(k + 1) % n]),
        );
        (d[0] * e[1] - d[1] * e[0]).abs() > STRAIGHT || d[0] * e[0] + d[1] * e[1] < 0.0
    };
    let corners: Vec<usize> = (0..n).filter(|k| turns(*k)).collect();
    for (i, k) in corners.iter().enumerate() {
        let (from, to) = (points[*k], points[corners[(i + 1) % corners.len()]]);
        let d = direction(from, to);
        if d.iter().all(|v| v.is_finite()) {
            out.push(Wall {
                from,
                to,
                outward: [d[1], -d[0]],
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::GeometriesBuilder;

    fn of(ring: &[[f64; 2]]) -> Vec<Wall> {
        let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
        b.ring(ring.iter().copied()).end_part().end_feature();
        walls(&b.finish(), 0)
    }

    #[test]
    fn a_box_has_four_walls_that_face_away_whatever_its_orientation() {
        // The vertex in the middle of the south wall is none of the building's corners.
        let ring = [[0.0, 0.0], [5.0, 0.0], [10.0, 0.0], [10.0, 6.0], [0.0, 6.0], [0.0, 0.0]];
        let mut turned = ring;
        turned.reverse();
        for r in [ring, turned] {
            let mut facing: Vec<[i64; 2]> = of(&r).iter().map(|w| w.outward.map(|v| v.round() as i64)).collect();
            facing.sort_unstable();
            assert_eq!(facing, [[-1, 0], [0, -1], [0, 1], [1, 0]]);
            let south = of(&r).into_iter().find(|w| w.outward[1] < -0.5).unwrap();
            assert_eq!((south.length_m(), south.at(0.5, 2.0)), (10.0, [5.0, -2.0]));
        }
        assert!(of(&[[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]).is_empty());
    }
}
