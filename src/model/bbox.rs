//! An axis-parallel box in the project CRS, metres.

use serde::{Deserialize, Serialize};

/// `[min, max]` corners; an empty box has `min > max`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bbox {
    /// West, south.
    pub min: [f64; 2],
    /// East, north.
    pub max: [f64; 2],
}

impl Bbox {
    /// Contains nothing; the neutral element of [`Bbox::union`].
    pub const EMPTY: Self = Self {
        min: [f64::INFINITY; 2],
        max: [f64::NEG_INFINITY; 2],
    };

    /// A box from its corners.
    pub fn new(min: [f64; 2], max: [f64; 2]) -> Self {
        Self { min, max }
    }

    /// The smallest box around the points.
    pub fn around<'a>(points: impl IntoIterator<Item = &'a [f64; 2]>) -> Self {
        points.into_iter().fold(Self::EMPTY, |mut b, p| {
            b.extend(*p);
            b
        })
    }

    /// Grows the box to hold `p`.
    pub fn extend(&mut self, p: [f64; 2]) {
        for (k, v) in p.into_iter().enumerate() {
            self.min[k] = self.min[k].min(v);
            self.max[k] = self.max[k].max(v);
        }
    }

    /// True when the box holds no point at all.
    pub fn is_empty(&self) -> bool {
        !(self.min[0] <= self.max[0] && self.min[1] <= self.max[1])
    }

    /// The smallest box around both.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        if !other.is_empty() {
            self.extend(other.min);
            self.extend(other.max);
        }
        self
    }

    /// The box grown by `distance_m` on every side.
    #[must_use]
    pub fn buffered(self, distance_m: f64) -> Self {
        Self {
            min: [self.min[0] - distance_m, self.min[1] - distance_m],
            max: [self.max[0] + distance_m, self.max[1] + distance_m],
        }
    }

    /// True when the boxes share at least a point.
    pub fn intersects(&self, other: &Self) -> bool {
        self.min[0] <= other.max[0] && other.min[0] <= self.max[0] && self.min[1] <= other.max[1] && other.min[1] <= self.max[1]
    }

    /// True when `p` lies in the box or on its edge.
    pub fn contains(&self, p: [f64; 2]) -> bool {
        (0..2).all(|k| self.min[k] <= p[k] && p[k] <= self.max[k])
    }

    /// The middle of the box.
    pub fn center(&self) -> [f64; 2] {
        [0.5 * (self.min[0] + self.max[0]), 0.5 * (self.min[1] + self.max[1])]
    }

    /// East–west extent in metres.
    pub fn width_m(&self) -> f64 {
        self.max[0] - self.min[0]
    }

    /// South–north extent in metres.
    pub fn height_m(&self) -> f64 {
        self.max[1] - self.min[1]
    }
}
