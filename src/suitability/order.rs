//! The order of units by their score.

use super::Score;
use rayon::prelude::*;

/// Units that have a score, provisional ones too, the best first; of equal scores the earlier unit stands first.
pub fn ranked(scores: &[Score]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32)
        .filter(|k| scores[*k as usize].provisional().is_some())
        .collect();
    order.par_sort_unstable_by(|a, b| {
        let [x, y] = [a, b].map(|k| scores[*k as usize].value);
        y.total_cmp(&x).then(a.cmp(b))
    });
    order
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
}
