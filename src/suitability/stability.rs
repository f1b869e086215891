//! How far an order of units survives other weights: many runs with weights moved at random, the same for the same seed.

use super::{Attitude, Matrix, combine};
use rayon::prelude::*;

/// What the runs say about one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stability {
    /// Share of the runs in which the unit is among the best `top`, 0 to 1.
    pub in_top: f64,
    /// Best and worst rank in any run, counted from 1; 0 for units without a score.
    pub ranks: (u32, u32),
}

/// Ranks all units in `runs` runs. In each, every weight is multiplied by a factor drawn evenly from 1 − `vary` to 1 + `vary`. Of units with the same
/// score the earlier ranks higher. The result depends on nothing but the arguments, on any number of threads.
pub fn stability(matrix: &Matrix, weights: &[f64], attitude: Attitude, vary: f64, top: usize, runs: u32, seed: u64) -> Vec<Stability> {
    let vary = vary.clamp(0.0, 1.0);
    let ranked: Vec<Vec<u32>> = (0..runs)
        .into_par_iter()
        .map(|run| {
            let mut random = Stream::new(seed, u64::from(run));
            let moved: Vec<f64> = weights.iter().map(|w| w * (1.0 + vary * (2.0 * random.unit() - 1.0))).collect();
            ranks(&combine(matrix, &moved, attitude).iter().map(|s| s.value).collect::<Vec<_>>())
        })
        .collect();
    (0..matrix.units())
        .map(|unit| {
            let of = || ranked.iter().map(|r| r[unit]).filter(|r| *r > 0);
            let in_top = of().filter(|r| *r as usize <= top).count();
            Stability {
                in_top: in_top as f64 / f64::from(runs.max(1)),
                ranks: (of().min().unwrap_or(0), of().max().unwrap_or(0)),
            }
        })
        .collect()
}

/// Ranks from 1 for the highest value; 0 where there is none.
fn ranks(values: &[f32]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..values.len()).filter(|k| !values[*k].is_nan()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
    let mut out = vec![0; values.len()];
    for (rank, unit) in order.into_iter().enumerate() {
        out[unit] = rank as u32 + 1;
    }
    out
}

/// SplitMix64, seeded by run: no run waits for another.
struct Stream(u64);

impl Stream {
    fn new(seed: u64, run: u64) -> Self {
        let mut first = Self(seed);
        Self(first.next() ^ run.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 ≤ x < 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unit 0 leads by far, 1 and 2 are good at one thing each, 3 is bad.
    fn matrix() -> Matrix {
        Matrix::of_scores(2, vec![9.0, 9.0, 8.0, 2.0, 2.0, 8.0, 1.0, 1.0])
    }

    #[test]
    fn a_clear_lead_is_stable_and_a_tie_is_decided_by_the_weights() {
        let result = stability(&matrix(), &[1.0, 1.0], Attitude::NEUTRAL, 0.5, 2, 400, 7);
        assert_eq!((result[0].in_top, result[0].ranks), (1.0, (1, 1)));
        assert_eq!((result[3].in_top, result[3].ranks), (0.0, (4, 4)));
        assert!((result[1].in_top - 0.5).abs() < 0.1, "{result:?}");
        assert!((result[1].in_top + result[2].in_top - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_same_seed_gives_the_same_answer_on_any_number_of_threads() {
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| stability(&matrix(), &[1.0, 1.1], Attitude::new(0.3).unwrap(), 0.4, 2, 100, 42))
        };
        assert_eq!(run(1), run(3));
        assert_ne!(
            run(1),
            stability(&matrix(), &[1.0, 1.1], Attitude::new(0.3).unwrap(), 0.4, 2, 100, 43)
        );
    }

    #[test]
    fn weights_that_do_not_move_leave_one_order() {
        let result = stability(&matrix(), &[2.0, 1.0], Attitude::NEUTRAL, 0.0, 1, 10, 1);
        assert!(result.iter().all(|s| s.ranks.0 == s.ranks.1));
        assert_eq!(ranks(&[1.0, f32::NAN, 3.0, 1.0]), [2, 0, 1, 3]);
    }
}
