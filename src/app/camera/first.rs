//! Where to look first in a city whose project names no view: where the gravest conflicts lie close together. A city that is small, or
//! whose conflicts lie all over it, is shown as a whole.

use crate::model::{Bbox, Conflict};
use std::{borrow::Borrow, collections::BTreeMap};

/// The first look takes in about as much as a quarter of a town.
const WINDOW_M: f64 = 1500.0;
/// Cells the window moves by.
const STEP_M: f64 = 500.0;
/// A window that holds less than this share of the weight is not worth leaving the rest out.
const LEAST_SHARE: f64 = 0.2;

/// The box around the weightiest group of conflicts; `None` where the whole city is the better view.
pub fn gravest(conflicts: &[impl Borrow<Conflict>], city: Bbox) -> Option<Bbox> {
    if city.width_m().max(city.height_m()) <= 1.5 * WINDOW_M {
        return None;
    }
    // A prohibition weighs as much as eight hints.
    let weight = |c: &Conflict| f64::from(1 << (u8::from(c.severity) - 1));
    let cell = |p: [f64; 2]| [0, 1].map(|k| ((p[k] - city.min[k]) / STEP_M).floor() as i64);
    let mut cells = BTreeMap::<[i64; 2], f64>::new();
    for c in conflicts {
        let c: &Conflict = c.borrow();
        *cells.entry(cell(c.anchor)).or_default() += weight(c);
    }
    let all: f64 = cells.values().sum();
    let side = (WINDOW_M / STEP_M) as i64;
    let inside = |corner: [i64; 2], p: [i64; 2]| (0..2).all(|k| (corner[k]..corner[k] + side).contains(&p[k]));
    let sum = |corner: [i64; 2]| cells.iter().filter(|(p, _)| inside(corner, **p)).map(|(_, w)| w).sum::<f64>();
    // Some best window has a filled cell in its lowest row or column: the others are moves of it.
    let corners = cells
        .keys()
        .flat_map(|p| (0..side).flat_map(move |i| (0..side).map(move |j| [p[0] - i, p[1] - j])));
    let (best, corner) = corners
        .map(|c| (sum(c), c))
        // Of equals the south-western one, whatever the order.
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))?;
    if best < LEAST_SHARE * all {
        return None;
    }
    let anchors = conflicts.iter().map(|c| c.borrow().anchor);
    let around = Bbox::around(&anchors.filter(|p| inside(corner, cell(*p))).collect::<Vec<_>>());
    // A single spot is shown with its surroundings.
    let room = 0.5 * (0.6 * WINDOW_M - around.width_m().max(around.height_m())).max(0.0);
    Some(around.buffered(room.max(60.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;

    fn at(x: f64, y: f64, severity: Severity) -> Conflict {
        Conflict::sample("a", severity, [x, y])
    }

    #[test]
    fn the_gravest_group_is_shown_and_not_the_largest() {
        let city = Bbox::new([0.0, 0.0], [6000.0, 6000.0]);
        let mut list: Vec<Conflict> = (0..5).map(|k| at(500.0 + 20.0 * f64::from(k), 600.0, Severity::Hint)).collect();
        list.push(at(5000.0, 5000.0, Severity::Prohibited));
        list.push(at(5200.0, 5100.0, Severity::Restricted));
        let b = gravest(&list, city).unwrap();
        assert!(
            b.contains([5000.0, 5000.0]) && b.contains([5200.0, 5100.0]) && !b.contains([500.0, 600.0]),
            "{b:?}"
        );
        assert!(b.width_m() >= 700.0 && b.width_m() <= 1600.0, "{b:?}");
    }

    #[test]
    fn small_cities_and_scattered_conflicts_are_shown_whole() {
        let list = [at(10.0, 10.0, Severity::Prohibited)];
        assert_eq!(gravest(&list, Bbox::new([0.0, 0.0], [2000.0, 2000.0])), None);
        let city = Bbox::new([0.0, 0.0], [20_000.0, 20_000.0]);
        let scattered: Vec<Conflict> = (0..10)
            .map(|k| at(f64::from(k) * 2000.0, f64::from(k) * 2000.0, Severity::Weigh))
            .collect();
        assert_eq!(gravest(&scattered, city), None);
        assert_eq!(gravest(&[] as &[Conflict], city), None);
    }
}
