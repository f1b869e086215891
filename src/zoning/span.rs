//! A number of which only a part may be known.

use crate::rules::Verdict;
use serde::Serialize;

/// What a figure is at least, and at most where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Span {
    /// At least.
    pub low: f64,
    /// At most; `None` where data are missing.
    pub high: Option<f64>,
}

impl Span {
    /// A number known for sure.
    pub fn exact(value: f64) -> Self {
        Self {
            low: value,
            high: Some(value),
        }
    }

    /// At least this, and nobody knows how much more.
    pub fn at_least(low: f64) -> Self {
        Self { low, high: None }
    }

    /// The number, where it is one.
    pub fn known(self) -> Option<f64> {
        self.high.filter(|h| (h - self.low).abs() <= 1e-9 * self.low.abs().max(1.0))
    }

    /// The sum of two spans.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            low: self.low + other.low,
            high: self.high.zip(other.high).map(|(a, b)| a + b),
        }
    }

    /// The span by a number that is not negative.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self {
            low: self.low * factor,
            high: self.high.map(|h| h * factor),
        }
    }

    /// The greater of two spans.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self {
            low: self.low.max(other.low),
            high: self.high.zip(other.high).map(|(a, b)| a.max(b)),
        }
    }

    /// Against an upper limit: broken when even the low end is above, kept when the high end is not, else nobody knows.
    pub fn against(self, limit: f64) -> Verdict {
        // Ratios are told with two places: 0.4 that comes out of a sum as 0.40000000001 is kept.
        let most = limit + 1e-6 * limit.abs().max(1.0);
        match self.high {
            _ if self.low > most => Verdict::Conflict,
            Some(high) if high <= most => Verdict::Clear,
            _ => Verdict::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_never_kept_and_what_is_surely_above_is_broken() {
        assert_eq!(Span::exact(0.4).against(0.4), Verdict::Clear);
        assert_eq!(Span::exact(0.1 + 0.2 + 0.1).against(0.4), Verdict::Clear);
        assert_eq!(Span::at_least(0.3).against(0.4), Verdict::Unknown);
        assert_eq!(Span::at_least(0.41).against(0.4), Verdict::Conflict);
        let between = Span { low: 0.3, high: Some(0.5) };
        assert_eq!(between.against(0.4), Verdict::Unknown);
        assert_eq!(between.plus(Span::exact(0.2)).against(0.4), Verdict::Conflict);
        assert_eq!(between.plus(Span::at_least(0.0)).high, None);
        assert_eq!(between.known(), None);
    }
}
