//! Scores of criteria become one score of a unit. This runs on every move of a slider and looks at numbers only.
//!
//! The ordered weighted average follows Yager's regular quantifier with importance weights: criteria are ordered from the best score
//! to the worst, and the share of importance reached so far, raised to a power that the attitude sets, gives the weight of each. At 0.5
//! the power is 1 and the result is the weighted mean.

use super::{Matrix, Standing};
use crate::modules::BEST_SCORE;
use rayon::prelude::*;

/// Units worked on by one thread at a time.
const CHUNK: usize = 4096;

/// Whether one bad criterion may be made up for. 0: the worst counts alone; 0.5: the weighted mean; 1: the best counts alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attitude(f64);

impl Attitude {
    /// The weighted mean.
    pub const NEUTRAL: Self = Self(0.5);

    /// `None` outside 0 to 1.
    pub fn new(orness: f64) -> Option<Self> {
        (0.0..=1.0).contains(&orness).then_some(Self(orness))
    }

    fn power(self) -> f64 {
        (1.0 - self.0) / self.0
    }
}

/// The score of a unit, 0 to 10.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// From the criteria that are known. NaN when none is, or the unit is excluded. Provisional where the standing is undecided.
    pub value: f32,
    /// If everything unknown were as bad as can be.
    pub low: f32,
    /// If everything unknown were as good as can be.
    pub high: f32,
    /// How much of the scale the data settle, by weight, 0 to 1.
    pub known: f32,
    /// What exclusions make of the unit.
    pub standing: Standing,
}

impl Score {
    const NONE: Self = Self {
        value: f32::NAN,
        low: f32::NAN,
        high: f32::NAN,
        known: 0.0,
        standing: Standing::Open,
    };

    /// The score of a unit that no exclusion takes out for sure.
    pub fn get(&self) -> Option<f64> {
        self.provisional().filter(|_| self.standing == Standing::Open)
    }

    /// The score if no undecided exclusion takes the unit out.
    pub fn provisional(&self) -> Option<f64> {
        Some(f64::from(self.value)).filter(|v| !v.is_nan())
    }
}

/// One score a unit. Weights are in the order of the criteria; only their ratio counts, negative ones count as 0.
/// Excluded units and units of which nothing is known have no score.
pub fn combine(matrix: &Matrix, weights: &[f64], attitude: Attitude) -> Vec<Score> {
    let weight = |k: usize| weights.get(k).copied().filter(|w| *w > 0.0 && w.is_finite()).unwrap_or(0.0);
    let weights: Vec<f64> = (0..matrix.criteria()).map(weight).collect();
    let mut out = vec![Score::NONE; matrix.units()];
    let weights = Importance::new(weights);
    let quantifier = Quantifier::new(attitude);
    out.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, scores)| {
        for (k, score) in scores.iter_mut().enumerate() {
            let unit = chunk * CHUNK + k;
            let standing = matrix.standing(unit);
            if weights.total > 0.0 && standing != Standing::Excluded {
                *score = one(matrix, unit, &weights, &quantifier);
            }
            score.standing = standing;
        }
    });
    out
}

/// Weights with what is the same at every unit.
struct Importance {
    weights: Vec<f64>,
    /// Of the total.
    shares: Vec<f64>,
    total: f64,
}

impl Importance {
    fn new(weights: Vec<f64>) -> Self {
        let total: f64 = weights.iter().sum();
        Self {
            shares: weights.iter().map(|w| w / total).collect(),
            weights,
            total,
        }
    }
}

fn one(matrix: &Matrix, unit: usize, importance: &Importance, quantifier: &Quantifier) -> Score {
    let Importance { weights, total, .. } = importance;
    let (scores, [lows, highs]) = (matrix.scores(unit), matrix.bounds(unit));
    let orders = matrix.orders(unit);
    let over = |scores: &[f32], order: &[u16]| average(scores, importance, order, quantifier).map_or(f32::NAN, |v| v as f32);
    let value = over(scores, orders[0]);
    let spread = |k: usize| f64::from(highs[k] - lows[k]) * weights[k];
    let open: f64 = (0..weights.len()).map(spread).sum();
    if open <= 0.0 {
        return Score {
            value,
            low: value,
            high: value,
            known: 1.0,
            ..Score::NONE
        };
    }
    Score {
        value,
        low: over(lows, orders[1]),
        high: over(highs, orders[2]),
        known: (1.0 - open / (BEST_SCORE * total)) as f32,
        ..Score::NONE
    }
}

/// Steps of the table of a quantifier.
const STEPS: usize = 16_384;
/// Below this step the power is computed: a power under 1 is too steep there for straight lines.
const STEEP: usize = 256;

/// A share of importance raised to the power of an attitude. A power costs more than all the rest of an average, so it is read from a
/// table with straight lines between its steps; what that changes stays below a ten-thousandth of a point.
struct Quantifier {
    attitude: Attitude,
    table: Vec<f64>,
}

impl Quantifier {
    fn new(attitude: Attitude) -> Self {
        let power = attitude.power();
        let extreme = [0.0, 0.5, 1.0].contains(&attitude.0);
        let steps = if extreme { 0 } else { STEPS + 2 };
        Self {
            attitude,
            table: (0..steps).map(|k| (k as f64 / STEPS as f64).min(1.0).powf(power)).collect(),
        }
    }

    fn of(&self, share: f64) -> f64 {
        let at = share.clamp(0.0, 1.0) * STEPS as f64;
        let step = at as usize;
        match (step >= STEEP).then(|| self.table.get(step..step + 2)).flatten() {
            Some(&[low, high]) => low + (high - low) * (at - step as f64),
            _ => share.clamp(0.0, 1.0).powf(self.attitude.power()),
        }
    }
}

/// The ordered weighted average of the scores that are known; `None` where none of any weight is. `order` holds the places from the best
/// score to the worst: it depends on the scores alone, so no move of a slider sorts anything.
fn average(scores: &[f32], importance: &Importance, order: &[u16], quantifier: &Quantifier) -> Option<f64> {
    let (attitude, weights) = (quantifier.attitude, &importance.weights);
    let known = || {
        let pairs = scores.iter().zip(weights).filter(|(s, _)| !s.is_nan());
        pairs.map(|(s, w)| (f64::from(*s), *w))
    };
    let whole = scores.iter().all(|s| !s.is_nan());
    let total: f64 = if whole { importance.total } else { known().map(|(_, w)| w).sum() };
    if total <= 0.0 {
        return None;
    }
    if attitude == Attitude::NEUTRAL {
        return Some(known().map(|(s, w)| s * w).sum::<f64>() / total);
    }
    let important = known().filter(|(_, w)| *w > 0.0).map(|(s, _)| s);
    if attitude.0 == 0.0 {
        return Some(important.fold(f64::INFINITY, f64::min));
    }
    if attitude.0 == 1.0 {
        return Some(important.fold(f64::NEG_INFINITY, f64::max));
    }
    let (mut sum, mut reached, mut before) = (0.0, 0.0, 0.0);
    for k in order {
        let k = usize::from(*k);
        let score = f64::from(scores[k]);
        if score.is_nan() {
            // What is unknown stands last.
            break;
        }
        reached += if whole { importance.shares[k] } else { weights[k] / total };
        let q = quantifier.of(reached);
        sum += score * (q - before);
        before = q;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn score(scores: &[f32], weights: &[f64], orness: f64) -> Score {
        let matrix = Matrix::of_scores(scores.len(), scores.to_vec());
        combine(&matrix, weights, Attitude::new(orness).unwrap())[0]
    }

    #[test]
    fn attitude_goes_from_the_worst_through_the_mean_to_the_best() {
        let (scores, weights) = ([2.0, 10.0, 6.0], [2.0, 1.0, 1.0]);
        assert_eq!(score(&scores, &weights, 0.5).value, 5.0);
        assert_eq!(score(&scores, &weights, 0.0).value, 2.0);
        assert_eq!(score(&scores, &weights, 1.0).value, 10.0);
        // Power 3 at 0.25, by hand: 10·0.25³ + 6·(0.5³ − 0.25³) + 2·(1 − 0.5³).
        let hand = 10.0 * 0.015625 + 6.0 * (0.125 - 0.015625) + 2.0 * (1.0 - 0.125);
        assert!((f64::from(score(&scores, &weights, 0.25).value) - hand).abs() < 1e-6);
        // A criterion of no weight is not seen, however bad.
        assert_eq!(score(&[0.0, 8.0], &[0.0, 1.0], 0.0).value, 8.0);
    }

    #[test]
    fn unknown_is_a_range_and_not_a_zero() {
        let s = score(&[8.0, f32::NAN], &[3.0, 1.0], 0.5);
        assert_eq!((s.value, s.low, s.high, s.known), (8.0, 6.0, 8.5, 0.75));
        let nothing = score(&[f32::NAN], &[1.0], 0.5);
        assert_eq!((nothing.get(), nothing.low, nothing.high), (None, 0.0, 10.0));
        assert_eq!(score(&[8.0], &[0.0], 0.5).get(), None);
    }

    #[test]
    fn an_undecided_unit_has_a_provisional_score_and_no_sure_one() {
        let matrix = Matrix::of_scores(1, vec![8.0, 8.0, 8.0]).with_standings(&[Standing::Open, Standing::Undecided, Standing::Excluded]);
        let scores = combine(&matrix, &[1.0], Attitude::NEUTRAL);
        let seen: Vec<_> = scores.iter().map(|s| (s.get(), s.provisional())).collect();
        assert_eq!(seen, [(Some(8.0), Some(8.0)), (None, Some(8.0)), (None, None)]);
    }

    #[test]
    fn the_table_of_an_attitude_is_as_good_as_its_power() {
        for orness in [0.01, 0.1, 0.3, 0.49, 0.7, 0.95, 0.99] {
            let q = Quantifier::new(Attitude::new(orness).unwrap());
            for k in 0..=100_000 {
                let share = f64::from(k) / 100_000.0;
                let exact = share.powf(q.attitude.power());
                assert!((q.of(share) - exact).abs() < 1e-5, "{orness} {share}: {} {exact}", q.of(share));
            }
        }
    }

    /// The ordered weighted average as its definition has it: sorted anew for every unit and attitude.
    fn by_definition(scores: &[f32], weights: &[f64], quantifier: &Quantifier) -> f32 {
        let mut pairs: Vec<(f64, f64)> = scores.iter().zip(weights).map(|(s, w)| (f64::from(*s), *w)).collect();
        pairs.retain(|(s, _)| !s.is_nan());
        let total: f64 = pairs.iter().map(|(_, w)| w).sum();
        if total <= 0.0 {
            return f32::NAN;
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut sum, mut reached, mut before) = (0.0, 0.0, 0.0);
        for (score, weight) in pairs {
            reached += weight / total;
            let q = quantifier.of(reached);
            sum += score * (q - before);
            before = q;
        }
        sum as f32
    }

    /// Scores of few values, so that ties are many; some are unknown with bounds of their own.
    fn units_of(criteria: usize) -> impl Strategy<Value = Vec<(f32, f32, f32)>> {
        let known = (0u8..=5).prop_map(|s| (f32::from(s) * 2.0, f32::from(s) * 2.0, f32::from(s) * 2.0));
        let open = (0u8..=5, 0u8..=5).prop_map(|(a, b)| (f32::NAN, f32::from(a.min(b)), f32::from(a.max(b)) * 2.0));
        let partly = (0u8..=5, 0u8..=5).prop_map(|(a, b)| (f32::from(a.min(b)), f32::from(a.min(b)), f32::from(a.max(b)) * 1.5));
        proptest::collection::vec(prop_oneof![4 => known, 1 => open, 1 => partly], criteria * 6)
    }

    proptest! {
        #[test]
        fn the_prepared_order_gives_what_the_definition_gives_to_the_last_bit(
            cells in units_of(7),
            weights in proptest::collection::vec(prop_oneof![1 => Just(0.0), 3 => 0.01f64..5.0], 7),
            orness in 0.01f64..0.99,
        ) {
            let column = |pick: fn(&(f32, f32, f32)) -> f32| cells.iter().map(pick).collect::<Vec<f32>>();
            let (scores, lows, highs) = (column(|c| c.0), column(|c| c.1), column(|c| c.2));
            let matrix = Matrix::of_bounds(7, scores.clone(), [lows.clone(), highs.clone()]);
            let attitude = Attitude::new(orness).unwrap();
            prop_assume!(attitude != Attitude::NEUTRAL && weights.iter().sum::<f64>() > 0.0);
            let quantifier = Quantifier::new(attitude);
            for (unit, s) in combine(&matrix, &weights, attitude).iter().enumerate() {
                let slow = |of: &[f32]| by_definition(&of[unit * 7..(unit + 1) * 7], &weights, &quantifier);
                prop_assert_eq!(s.value.to_bits(), slow(&scores).to_bits(), "unit {}", unit);
                if s.known < 1.0 {
                    prop_assert_eq!((s.low.to_bits(), s.high.to_bits()), (slow(&lows).to_bits(), slow(&highs).to_bits()));
                }
            }
        }

        #[test]
        fn the_score_stays_between_worst_and_best_and_grows_with_the_attitude(
            scores in proptest::collection::vec(0.0f32..10.0, 1..12),
            weights in proptest::collection::vec(0.01f64..5.0, 12),
        ) {
            let (low, high) = (scores.iter().copied().fold(10.0, f32::min), scores.iter().copied().fold(0.0, f32::max));
            let mut before = low;
            for step in 0..=10 {
                let s = score(&scores, &weights[..scores.len()], f64::from(step) / 10.0).value;
                prop_assert!(s >= before - 1e-4 && s <= high + 1e-4, "{s} after {before}, {low} to {high}");
                before = s;
            }
        }
    }
}
