//! The generator's own random numbers: the same seed gives the same town on every machine and in every version.

/// SplitMix64: small, fast, and good enough to scatter houses.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Random {
    /// A stream of its own for one purpose (`stream`), so that a change in one step does not stir the others.
    pub fn new(seed: u64, stream: u64) -> Self {
        Self(mix(seed ^ mix(stream.wrapping_add(0x9E37_79B9_7F4A_7C15))))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// 0 ≤ x < 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Between two numbers.
    pub fn range(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }

    /// Whole number, both ends included.
    pub fn whole(&mut self, from: i64, to: i64) -> i64 {
        from + (self.next() % (to - from + 1).max(1) as u64) as i64
    }

    /// True with that probability.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }
}

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
