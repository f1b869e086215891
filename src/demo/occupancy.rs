//! Who stands where: keeps buildings off each other, whatever placed them.

use crate::estimate::plane::{P, dot, left, sub, unit};
use std::collections::BTreeMap;

const CELL_M: f64 = 40.0;
/// Party walls may meet; rounding must not count as an overlap.
const TOLERANCE_M: f64 = 0.03;

/// Convex parts of everything that was placed.
#[derive(Debug, Default)]
pub(super) struct Occupancy {
    parts: Vec<Vec<P>>,
    cells: BTreeMap<(i32, i32), Vec<u32>>,
}

fn span(ring: &[P], d: P) -> (f64, f64) {
    ring.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), p| {
        let v = dot(*p, d);
        (lo.min(v), hi.max(v))
    })
}

/// True when two convex rings come closer than `margin_m` (by separating axes).
pub(super) fn too_close(a: &[P], b: &[P], margin_m: f64) -> bool {
    for (one, two) in [(a, b), (b, a)] {
        for k in 0..one.len() {
            let axis = left(unit(sub(one[(k + 1) % one.len()], one[k])));
            let ((al, ah), (bl, bh)) = (span(one, axis), span(two, axis));
            if bl - ah >= margin_m - TOLERANCE_M || al - bh >= margin_m - TOLERANCE_M {
                return false;
            }
        }
    }
    true
}

fn cells(ring: &[P], margin_m: f64) -> impl Iterator<Item = (i32, i32)> {
    let ((x0, x1), (y0, y1)) = (span(ring, [1.0, 0.0]), span(ring, [0.0, 1.0]));
    let cell = move |v: f64| (v / CELL_M).floor() as i32;
    (cell(x0 - margin_m)..=cell(x1 + margin_m)).flat_map(move |x| (cell(y0 - margin_m)..=cell(y1 + margin_m)).map(move |y| (x, y)))
}

impl Occupancy {
    /// True when all parts keep `margin_m` from everything placed so far.
    pub fn is_free(&self, parts: &[Vec<P>], margin_m: f64) -> bool {
        parts.iter().all(|part| {
            cells(part, margin_m).all(|c| {
                let members = self.cells.get(&c).map_or(&[][..], Vec::as_slice);
                members.iter().all(|m| !too_close(part, &self.parts[*m as usize], margin_m))
            })
        })
    }

    /// Takes the place.
    pub fn add(&mut self, parts: &[Vec<P>]) {
        for part in parts {
            let id = self.parts.len() as u32;
            for c in cells(part, 0.0) {
                self.cells.entry(c).or_default().push(id);
            }
            self.parts.push(part.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::plane::rectangle;

    #[test]
    fn party_walls_may_meet_but_nothing_overlaps() {
        let mut o = Occupancy::default();
        o.add(&[rectangle([0.0, 0.0], [1.0, 0.0], 10.0, 10.0)]);
        assert!(o.is_free(&[rectangle([10.0, 0.0], [1.0, 0.0], 10.0, 10.0)], 0.0));
        assert!(!o.is_free(&[rectangle([10.0, 0.0], [1.0, 0.0], 10.0, 10.0)], 1.0));
        assert!(!o.is_free(&[rectangle([7.0, 7.0], [0.7, 0.7], 8.0, 8.0)], 0.0));
    }
}
