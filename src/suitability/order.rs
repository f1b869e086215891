//! The order of units by their score.

use super::Score;
use rayon::prelude::*;

/// Units that have a score, provisional ones too, the best first; of equal scores the earlier unit stands first.
pub fn ranked(scores: &[Score]) -> Vec<u32> {
    let mut keys: Vec<u64> = scores.iter().zip(0..).filter_map(|(s, unit)| key(s.value, unit)).collect();
    keys.par_sort_unstable();
    keys.into_iter().map(|k| k as u32).collect()
}

/// A whole number that grows from the best score to the worst, and with the unit where scores are equal; `None` without a score.
pub(super) fn key(score: f32, unit: u32) -> Option<u64> {
    let bits = score.to_bits();
    // As `total_cmp` orders: a negative number has all its bits turned, any other only its sign.
    let rising = bits ^ if bits >> 31 == 1 { u32::MAX } else { 1 << 31 };
    (!score.is_nan()).then_some((u64::from(!rising) << 32) | u64::from(unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suitability::{Attitude, Matrix, combine};

    #[test]
    fn the_best_stands_first_and_who_has_no_score_in_no_place() {
        let matrix = Matrix::of_scores(1, vec![4.0, f32::NAN, 9.0, 4.0]);
        assert_eq!(ranked(&combine(&matrix, &[1.0], Attitude::NEUTRAL)), [2, 0, 3]);
    }

    #[test]
    fn keys_stand_in_the_order_of_their_scores() {
        let falling = [f32::INFINITY, 10.0, 9.5, 1e-30, 0.0, -0.0, -2.5, -1e9];
        let keys: Vec<u64> = falling.iter().filter_map(|s| key(*s, 7)).collect();
        assert!(keys.len() == falling.len() && keys.is_sorted_by(|a, b| a < b), "{keys:?}");
        assert!(key(5.0, 1) < key(5.0, 2) && key(f32::NAN, 1).is_none());
    }
}
