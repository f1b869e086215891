//! Small helpers over one ring: segments, signed area, closing.

/// The segments of a ring or line string.
pub(super) fn segments(ring: &[[f64; 2]]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> + Clone + '_ {
    ring.windows(2).map(|w| (w[0], w[1]))
}

/// Signed area by the shoelace formula around the first vertex: positive when counter-clockwise. An open ring is taken as closed.
pub(super) fn signed_area_m2(ring: &[[f64; 2]]) -> f64 {
    let Some(&o) = ring.first() else { return 0.0 };
    // Relative to a vertex: at UTM coordinates the plain formula would lose seven digits.
    let twice: f64 = segments(ring)
        .map(|(a, b)| (a[0] - o[0]) * (b[1] - o[1]) - (b[0] - o[0]) * (a[1] - o[1]))
        .sum();
    0.5 * twice
}

/// The ring without its repeated last vertex.
pub(super) fn open(ring: &[[f64; 2]]) -> &[[f64; 2]] {
    match ring {
        [first, rest @ .., last] if first == last && !rest.is_empty() => &ring[..ring.len() - 1],
        _ => ring,
    }
}

/// True when every coordinate is a finite number.
pub(super) fn all_finite(ring: &[[f64; 2]]) -> bool {
    ring.iter().all(|p| p[0].is_finite() && p[1].is_finite())
}

/// A whole number of metres near `p`: differences of such origins are exact.
pub(super) fn whole_metres(p: [f64; 2]) -> [f64; 2] {
    p.map(|v| if v.is_finite() { v.floor() } else { 0.0 })
}
