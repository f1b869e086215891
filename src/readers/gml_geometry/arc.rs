//! Circular arcs as chords: three positions in, the vertices after the first one out.

/// Degrees of a circle that one chord may stand for.
const STEP_DEGREES: f64 = 1.0;

/// The circle through three positions that do not lie on one line.
fn center(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> Option<([f64; 2], f64)> {
    // Relative to the first position: coordinates of millions would cost half of the digits.
    let (b, c) = ([b[0] - a[0], b[1] - a[1]], [c[0] - a[0], c[1] - a[1]]);
    let d = 2.0 * (b[0] * c[1] - b[1] * c[0]);
    let (bb, cc) = (b[0] * b[0] + b[1] * b[1], c[0] * c[0] + c[1] * c[1]);
    // Flatter than a thousandth of a millimetre on the longest chord: a straight line.
    let flat = d.abs() <= 2e-6 * bb.max(cc).sqrt().max(1e-3);
    if flat || !d.is_finite() {
        return None;
    }
    let o = [(c[1] * bb - b[1] * cc) / d, (b[0] * cc - c[0] * bb) / d];
    let radius = o[0].hypot(o[1]);
    radius.is_finite().then_some(([a[0] + o[0], a[1] + o[1]], radius))
}

fn angle(o: [f64; 2], p: [f64; 2]) -> f64 {
    (p[1] - o[1]).atan2(p[0] - o[0])
}

/// The turn from one angle to another in the direction of `sign`, between 0 and a full circle.
fn turn(from: f64, to: f64, sign: f64) -> f64 {
    (sign * (to - from)).rem_euclid(std::f64::consts::TAU)
}

fn chords(o: [f64; 2], radius: f64, start: f64, sweep: f64, end: [f64; 2]) -> Vec<[f64; 2]> {
    let n = (sweep.abs().to_degrees() / STEP_DEGREES - 1e-9).ceil().clamp(1.0, 360.0);
    let mut out: Vec<[f64; 2]> = (1..n as u32)
        .map(|k| {
            let t = start + sweep * f64::from(k) / n;
            [o[0] + radius * t.cos(), o[1] + radius * t.sin()]
        })
        .collect();
    // The next piece begins exactly here.
    out.push(end);
    out
}

/// The arc from `a` over `b` to `c` without its first position; nothing when two of them are the same or it would be a whole circle.
/// Positions on one line are a straight piece.
pub(super) fn arc(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> Option<Vec<[f64; 2]>> {
    let finite = [a, b, c].iter().flatten().all(|v| v.is_finite());
    if !finite || a == b || b == c || a == c {
        return None;
    }
    let Some((o, radius)) = center(a, b, c) else {
        // On one line; the middle must lie between the ends.
        let along = |p: [f64; 2]| (p[0] - a[0]) * (c[0] - a[0]) + (p[1] - a[1]) * (c[1] - a[1]);
        return (along(b) > 0.0 && along(b) < along(c)).then(|| vec![b, c]);
    };
    let cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    let sign = cross.signum();
    let start = angle(o, a);
    let sweep = sign * turn(start, angle(o, c), sign);
    Some(chords(o, radius, start, sweep, c))
}

/// The whole circle through three positions, closed.
pub(super) fn circle(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> Option<Vec<[f64; 2]>> {
    let (o, radius) = center(a, b, c)?;
    let mut out = vec![a];
    out.extend(chords(o, radius, angle(o, a), std::f64::consts::TAU, a));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Far from the origin, as coordinates in UTM are.
    const FAR: [f64; 2] = [555_000.0, 5_938_000.0];

    fn at(degrees: f64, radius: f64) -> [f64; 2] {
        let t = degrees.to_radians();
        [FAR[0] + radius * t.cos(), FAR[1] + radius * t.sin()]
    }

    #[test]
    fn arcs_turn_either_way_in_steps_of_a_degree() {
        for (from, over, to, steps) in [
            (0.0, 45.0, 90.0, 90),
            (90.0, 45.0, 0.0, 90),
            (10.0, 200.0, 350.0, 340),
            (350.0, 0.0, 10.5, 21),
        ] {
            let line = arc(at(from, 25.0), at(over, 25.0), at(to, 25.0)).unwrap();
            assert_eq!(line.len(), steps, "{from} {over} {to}");
            assert_eq!(line[line.len() - 1], at(to, 25.0));
            for p in &line {
                let r = (p[0] - FAR[0]).hypot(p[1] - FAR[1]);
                assert!((r - 25.0).abs() < 1e-6, "{r}");
            }
            let nearest = line
                .iter()
                .map(|p| (p[0] - at(over, 25.0)[0]).hypot(p[1] - at(over, 25.0)[1]))
                .fold(f64::MAX, f64::min);
            assert!(nearest < 25.0 * 0.01, "goes over the middle: {nearest}");
        }
    }

    #[test]
    fn the_same_arc_from_either_end_has_the_same_vertices() {
        let (a, b, c) = (at(3.0, 40.0), at(20.0, 40.0), at(61.3, 40.0));
        let there = arc(a, b, c).unwrap();
        let mut back = arc(c, b, a).unwrap();
        back.pop();
        back.reverse();
        for (p, q) in there.iter().zip(&back) {
            assert!((p[0] - q[0]).hypot(p[1] - q[1]) < 1e-6);
        }
    }

    #[test]
    fn straight_and_impossible_arcs() {
        assert_eq!(arc([0.0, 0.0], [1.0, 0.0], [2.0, 0.0]).unwrap(), [[1.0, 0.0], [2.0, 0.0]]);
        assert_eq!(arc([0.0, 0.0], [3.0, 0.0], [2.0, 0.0]), None);
        assert_eq!(arc([0.0, 0.0], [0.0, 0.0], [2.0, 0.0]), None);
        assert_eq!(arc([0.0, 0.0], [1.0, 1.0], [0.0, 0.0]), None);
        assert_eq!(arc([0.0, 0.0], [f64::NAN, 1.0], [2.0, 0.0]), None);
        assert_eq!(circle(at(0.0, 5.0), at(90.0, 5.0), at(180.0, 5.0)).unwrap().len(), 361);
    }
}
