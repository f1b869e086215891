//! Points and segments of the plane.

use crate::geometry::nearest_t;

/// A place, in metres of the project CRS.
pub(super) type P = [f64; 2];

pub(super) fn distance(a: P, b: P) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Whole millimetres.
pub(super) fn mm(metres: f64) -> u64 {
    (metres * 1000.0).round().max(0.0) as u64
}

pub(super) fn between(a: P, b: P, t: f64) -> P {
    [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
}

/// Where two segments cross, as parts of either (0 to 1); `None` for parallels. Ends count, with a hair of tolerance.
pub(super) fn crossing(a: [P; 2], b: [P; 2]) -> Option<(f64, f64)> {
    let (r, s) = ([a[1][0] - a[0][0], a[1][1] - a[0][1]], [b[1][0] - b[0][0], b[1][1] - b[0][1]]);
    let denominator = r[0] * s[1] - r[1] * s[0];
    // Nearly parallel lines meet nowhere that could be told.
    if denominator.abs() <= 1e-9 * (r[0].hypot(r[1]) * s[0].hypot(s[1])).max(f64::MIN_POSITIVE) {
        return None;
    }
    let d = [b[0][0] - a[0][0], b[0][1] - a[0][1]];
    let t = (d[0] * s[1] - d[1] * s[0]) / denominator;
    let u = (d[0] * r[1] - d[1] * r[0]) / denominator;
    let within = |v: f64| (-1e-9..=1.0 + 1e-9).contains(&v);
    (within(t) && within(u)).then(|| (t.clamp(0.0, 1.0), u.clamp(0.0, 1.0)))
}

/// Where two segments are near each other: their crossing, or each end with its nearest place on the other segment.
/// Each is (distance, where on `a`, the point of `b`); one of them is the smallest distance.
pub(super) fn nearest_pairs(a: [P; 2], b: [P; 2]) -> Vec<(f64, f64, P)> {
    if let Some((t, u)) = crossing(a, b) {
        return vec![(0.0, t, between(b[0], b[1], u))];
    }
    let mut out = Vec::with_capacity(4);
    for p in b {
        let t = nearest_t(a[0], a[1], p);
        out.push((distance(p, between(a[0], a[1], t)), t, p));
    }
    for (t, p) in [(0.0, a[0]), (1.0, a[1])] {
        let q = between(b[0], b[1], nearest_t(b[0], b[1], p));
        out.push((distance(p, q), t, q));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_meet_or_keep_their_distance() {
        assert_eq!(crossing([[0.0, 0.0], [4.0, 0.0]], [[1.0, -1.0], [1.0, 3.0]]), Some((0.25, 0.25)));
        assert_eq!(crossing([[0.0, 0.0], [4.0, 0.0]], [[1.0, 0.5], [1.0, 3.0]]), None);
        assert_eq!(crossing([[0.0, 0.0], [4.0, 0.0]], [[0.0, 0.0], [4.0, 0.0]]), None);
        let nearest = |a, b| nearest_pairs(a, b).into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
        let found = nearest([[0.0, 0.0], [4.0, 0.0]], [[1.0, 0.5], [1.0, 3.0]]);
        assert_eq!(found, (0.5, 0.25, [1.0, 0.5]));
        let found = nearest([[0.0, 0.0], [4.0, 0.0]], [[7.0, 4.0], [7.0, -9.0]]);
        assert_eq!(found, (3.0, 1.0, [7.0, 0.0]));
        assert_eq!(mm(0.0015), 2);
    }
}
