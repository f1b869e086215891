//! Smooth noise for the lie of the land: the same seed gives the same hills.

use crate::random::mix;

fn lattice(seed: u64, x: i64, y: i64) -> f64 {
    let h = mix(seed ^ mix((x as u64).wrapping_mul(0x9E37_79B9) ^ mix((y as u64).wrapping_add(0x7F4A_7C15))));
    (h >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

/// Smooth noise in −1…1 with bumps of about `size_m`.
pub(super) fn noise(seed: u64, p: [f64; 2], size_m: f64) -> f64 {
    let (x, y) = (p[0] / size_m, p[1] / size_m);
    let (i, j) = (x.floor(), y.floor());
    let smooth = |t: f64| t * t * t * (t * (t * 6.0 - 15.0) + 10.0);
    let (u, v) = (smooth(x - i), smooth(y - j));
    let at = |dx: i64, dy: i64| lattice(seed, i as i64 + dx, j as i64 + dy);
    let south = at(0, 0) + u * (at(1, 0) - at(0, 0));
    let north = at(0, 1) + u * (at(1, 1) - at(0, 1));
    south + v * (north - south)
}
