//! Random numbers that repeat: the same seed gives the same ones on every machine and in every version.

/// SplitMix64: small, fast, and good enough to scatter houses and to stir weights.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

/// Spreads what goes in over all bits of what comes out.
pub(crate) fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Random {
    /// A stream of its own for one purpose or one run (`stream`): what one draws does not stir the others, and none waits for another.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        // First outputs of the reference implementation (Steele, Lea, Flood 2014) for the state 1234567.
        let mut known = Random(1_234_567);
        assert_eq!(known.next(), 6_457_827_717_110_365_317);
        assert_eq!(known.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn streams_differ_and_stay_in_their_bounds() {
        let (mut a, mut b) = (Random::new(1, 0), Random::new(1, 1));
        assert_ne!(a.next(), b.next());
        for _ in 0..1000 {
            assert!((0.0..1.0).contains(&a.unit()));
            assert!((2.0..3.5).contains(&a.range(2.0, 3.5)));
            assert!((-2..=2).contains(&b.whole(-2, 2)));
        }
    }
}
