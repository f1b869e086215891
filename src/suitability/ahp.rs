//! Weights from pairwise judgements: Saaty's analytic hierarchy process.

use crate::model::LocalText;

/// Random index by the number of criteria (Saaty 1980; to 15 as usually tabulated).
const RANDOM_INDEX: [f64; 16] = [
    0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
];

/// The scale goes from 1/9 to 9.
const EXTREME: f64 = 9.0;

/// Weights and how far the judgements contradict each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Ahp {
    /// Weights in the order of the criteria; they add up to 1.
    pub weights: Vec<f64>,
    /// Consistency ratio; above 0.1 the judgements should be looked at again.
    pub consistency_ratio: f64,
    /// The pair that fits the weights worst, where there is a contradiction.
    pub worst_pair: Option<(usize, usize)>,
}

impl Ahp {
    /// Saaty's usual limit.
    pub const ACCEPTABLE: f64 = 0.1;

    /// True when the judgements fit together well enough.
    pub fn is_consistent(&self) -> bool {
        self.consistency_ratio <= Self::ACCEPTABLE
    }
}

/// Why judgements give no weights.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AhpError {
    /// Too few or too many criteria.
    #[error("{criteria} criteria; 1 to 15 can be compared in pairs")]
    Size {
        /// How many.
        criteria: usize,
    },
    /// The number of judgements does not fit.
    #[error("{given} judgements for {wanted} pairs")]
    Count {
        /// Given.
        given: usize,
        /// Needed.
        wanted: usize,
    },
    /// A judgement outside the scale.
    #[error("judgement {judgement} is not between 1/9 and 9")]
    Scale {
        /// The judgement.
        judgement: f64,
    },
}

impl AhpError {
    /// What to do about it.
    pub fn text(&self) -> LocalText {
        match self {
            Self::Size { criteria } => LocalText::new(
                format!("{criteria} Kriterien: der Paarvergleich geht mit 1 bis 15. Bitte Kriterien ohne Gewicht weglassen."),
                format!("{criteria} criteria: pairs can be compared for 1 to 15. Leave out criteria without weight."),
            ),
            Self::Count { given, wanted } => LocalText::new(
                format!("{given} Urteile für {wanted} Paare. Bitte jedes Paar beurteilen."),
                format!("{given} judgements for {wanted} pairs. Judge every pair."),
            ),
            Self::Scale { judgement } => LocalText::new(
                format!("Das Urteil {judgement} liegt nicht zwischen 1/9 und 9."),
                format!("the judgement {judgement} is not between 1/9 and 9."),
            ),
        }
    }
}

/// Weights from judgements of the pairs (0,1), (0,2) … (1,2) …: how many times as important the first is as the second, 1/9 to 9.
///
/// # Errors
/// When number or size of the judgements do not fit.
pub fn ahp(criteria: usize, judgements: &[f64]) -> Result<Ahp, AhpError> {
    if !(1..RANDOM_INDEX.len()).contains(&criteria) {
        return Err(AhpError::Size { criteria });
    }
    let wanted = criteria * (criteria - 1) / 2;
    if judgements.len() != wanted {
        return Err(AhpError::Count {
            given: judgements.len(),
            wanted,
        });
    }
    let fits = |j: &f64| (1.0 / EXTREME - 1e-9..=EXTREME + 1e-9).contains(j);
    if let Some(judgement) = judgements.iter().copied().find(|j| !fits(j)) {
        return Err(AhpError::Scale { judgement });
    }
    let mut matrix = vec![vec![1.0; criteria]; criteria];
    let pairs = || (0..criteria).flat_map(|i| (i + 1..criteria).map(move |j| (i, j)));
    for ((i, j), judgement) in pairs().zip(judgements) {
        matrix[i][j] = *judgement;
        matrix[j][i] = 1.0 / judgement;
    }
    // Power iteration: the matrix is positive, so it converges to the principal eigenvector from any positive start.
    let mut weights = vec![1.0 / criteria as f64; criteria];
    let mut eigenvalue = criteria as f64;
    for _ in 0..1000 {
        let next: Vec<f64> = matrix
            .iter()
            .map(|row| row.iter().zip(&weights).map(|(a, w)| a * w).sum())
            .collect();
        eigenvalue = next.iter().sum();
        let next: Vec<f64> = next.iter().map(|v| v / eigenvalue).collect();
        let change = next.iter().zip(&weights).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        weights = next;
        if change < 1e-14 {
            break;
        }
    }
    let n = criteria as f64;
    let consistency_ratio = match RANDOM_INDEX[criteria] {
        0.0 => 0.0,
        random => ((eigenvalue - n) / (n - 1.0) / random).max(0.0),
    };
    let misfit = |(i, j): &(usize, usize)| (matrix[*i][*j] * weights[*j] / weights[*i]).ln().abs();
    let worst_pair = pairs().max_by(|a, b| misfit(a).total_cmp(&misfit(b))).filter(|p| misfit(p) > 1e-6);
    Ok(Ahp {
        weights,
        consistency_ratio,
        worst_pair,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consistent_judgements_give_exactly_their_ratios() {
        // 4 : 2 : 1.
        let result = ahp(3, &[2.0, 4.0, 2.0]).unwrap();
        for (got, want) in result.weights.iter().zip([4.0 / 7.0, 2.0 / 7.0, 1.0 / 7.0]) {
            assert!((got - want).abs() < 1e-12, "{result:?}");
        }
        assert!(result.consistency_ratio < 1e-9 && result.worst_pair.is_none());
    }

    #[test]
    fn agrees_with_numpy_and_names_the_contradiction() {
        // numpy.linalg.eig of [[1, 3, 5], [1/3, 1, 3], [1/5, 1/3, 1]]: λ = 3.03851109, weights 0.63698557 0.25828499 0.10472943.
        let result = ahp(3, &[3.0, 5.0, 3.0]).unwrap();
        for (got, want) in result.weights.iter().zip([0.636_985_57, 0.258_284_99, 0.104_729_43]) {
            assert!((got - want).abs() < 1e-7, "{result:?}");
        }
        assert!((result.consistency_ratio - 0.038_511_09 / 2.0 / 0.58).abs() < 1e-7);
        assert!(result.is_consistent());
        // A before B before C before A.
        let circle = ahp(3, &[5.0, 1.0 / 5.0, 5.0]).unwrap();
        assert!(!circle.is_consistent() && circle.worst_pair.is_some());
    }

    #[test]
    fn judgements_that_do_not_fit_are_refused() {
        assert_eq!(ahp(0, &[]), Err(AhpError::Size { criteria: 0 }));
        assert_eq!(ahp(16, &[1.0; 120]), Err(AhpError::Size { criteria: 16 }));
        assert_eq!(ahp(3, &[1.0]), Err(AhpError::Count { given: 1, wanted: 3 }));
        for judgement in [0.0, -3.0, 10.0] {
            assert_eq!(ahp(2, &[judgement]), Err(AhpError::Scale { judgement }));
        }
        assert!(matches!(ahp(2, &[f64::NAN]), Err(AhpError::Scale { .. })));
        assert_eq!(ahp(1, &[]).unwrap().weights, [1.0]);
    }
}
