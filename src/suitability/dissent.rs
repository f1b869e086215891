//! Groups with weights of their own: where they agree and where they do not.

use super::Score;

/// What several groups make of one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dissent {
    /// Mean of the groups' scores; `None` when no group has one.
    pub mean: Option<f64>,
    /// Highest less lowest score: 0 is agreement.
    pub spread: f64,
    /// The group that likes the unit most, by its place in the list, and the one that likes it least.
    pub extremes: Option<(usize, usize)>,
}

/// Compares groups unit by unit, with provisional scores where exclusions are undecided: they are the same for all groups. Every inner slice holds the scores that one group's weights give.
pub fn dissent(groups: &[&[Score]]) -> Vec<Dissent> {
    let units = groups.iter().map(|s| s.len()).min().unwrap_or(0);
    (0..units)
        .map(|unit| {
            let scores: Vec<(usize, f64)> = groups
                .iter()
                .enumerate()
                .filter_map(|(g, s)| Some((g, s[unit].provisional()?)))
                .collect();
            // Of equal scores the first group is named.
            let most = scores.iter().copied().reduce(|a, b| if b.1 > a.1 { b } else { a });
            let least = scores.iter().copied().reduce(|a, b| if b.1 < a.1 { b } else { a });
            Dissent {
                mean: (!scores.is_empty()).then(|| scores.iter().map(|s| s.1).sum::<f64>() / scores.len() as f64),
                spread: most.zip(least).map_or(0.0, |(a, b)| a.1 - b.1),
                extremes: most.zip(least).map(|(a, b)| (a.0, b.0)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suitability::{Attitude, Matrix, combine};

    #[test]
    fn agreement_has_no_spread_and_dissent_names_the_groups() {
        let matrix = Matrix::of_scores(2, vec![6.0, 6.0, 10.0, 0.0, f32::NAN, f32::NAN]);
        let [housing, nature] = [[3.0, 1.0], [1.0, 3.0]].map(|w| combine(&matrix, &w, Attitude::NEUTRAL));
        let result = dissent(&[&housing, &nature]);
        assert_eq!((result[0].mean, result[0].spread), (Some(6.0), 0.0));
        assert_eq!(
            (result[1].mean, result[1].spread, result[1].extremes),
            (Some(5.0), 5.0, Some((0, 1)))
        );
        assert_eq!((result[2].mean, result[2].extremes), (None, None));
    }
}
