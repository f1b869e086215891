//! Classes of a choropleth: quantiles of the places' values in five steps of one colour.

use crate::modules::Direction;

/// Steps from low to high. Green says that more is better, red that less is, blue neither.
const HIGHER: [[u8; 3]; 5] = [[237, 248, 233], [186, 228, 179], [116, 196, 118], [49, 163, 84], [0, 109, 44]];
const LOWER: [[u8; 3]; 5] = [[254, 240, 217], [253, 204, 138], [252, 141, 89], [227, 74, 51], [179, 0, 0]];
const NEUTRAL: [[u8; 3]; 5] = [[239, 243, 255], [189, 215, 231], [107, 174, 214], [49, 130, 189], [8, 81, 156]];
/// What is not known.
pub const UNKNOWN: [u8; 3] = [160, 164, 170];

/// Upper bounds of the classes and their colours.
#[derive(Debug, Clone, PartialEq)]
pub struct Classes {
    /// Least and greatest value of each class, ascending.
    pub bounds: Vec<[f64; 2]>,
    ramp: [[u8; 3]; 5],
}

impl Classes {
    /// For the values of the places.
    pub fn new(values: impl Iterator<Item = f64>, direction: Direction) -> Self {
        let mut sorted: Vec<f64> = values.filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        sorted.dedup();
        let n = sorted.len().min(5);
        let bounds = (0..n)
            .map(|k| {
                let (from, to) = (k * sorted.len() / n, ((k + 1) * sorted.len() / n).max(1) - 1);
                [sorted[from], sorted[to]]
            })
            .collect();
        Self {
            bounds,
            ramp: match direction {
                Direction::Higher => HIGHER,
                Direction::Lower => LOWER,
                Direction::Neutral => NEUTRAL,
            },
        }
    }

    /// The colour of class `k`: few classes spread over the whole ramp.
    pub fn color_of(&self, k: usize) -> [u8; 3] {
        let last = self.bounds.len().saturating_sub(1);
        let step = (k * 4).checked_div(last).unwrap_or(2);
        self.ramp[step.min(4)]
    }

    /// The colour of a value.
    pub fn color(&self, value: Option<f64>) -> [u8; 3] {
        let class = value.and_then(|v| self.bounds.iter().position(|[_, to]| v <= *to));
        class.map_or(UNKNOWN, |k| self.color_of(k))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_falls_into_a_class_and_the_unknown_into_none() {
        let values = [3.0, 1.0, 2.0, 9.0, 9.0, 40.0, 7.0];
        let c = Classes::new(values.into_iter(), Direction::Higher);
        assert_eq!(c.bounds.len(), 5);
        assert_eq!((c.bounds[0][0], c.bounds[4][1]), (1.0, 40.0));
        assert_eq!(
            (c.color(Some(1.0)), c.color(Some(40.0)), c.color(None)),
            (HIGHER[0], HIGHER[4], UNKNOWN)
        );
        assert!(values.iter().all(|v| c.color(Some(*v)) != UNKNOWN));
        let one = Classes::new([5.0].into_iter(), Direction::Lower);
        assert_eq!((one.bounds.len(), one.color(Some(5.0))), (1, LOWER[2]));
        assert_eq!(Classes::new([].into_iter(), Direction::Lower).color(Some(1.0)), UNKNOWN);
    }
}
