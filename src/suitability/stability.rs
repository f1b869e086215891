//! How far an order of units survives other weights: many runs with weights moved at random, the same for the same seed.

use super::{Attitude, Matrix, combine, order::key};
use crate::{progress::Control, random::Random};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// What the runs say about one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stability {
    /// Share of the runs in which the unit is among the best `top`, 0 to 1.
    pub in_top: f64,
    /// Best and worst rank in any run, counted from 1; 0 for units without a score.
    pub ranks: (u32, u32),
}

/// Ranks all units in `runs` runs. In each, every weight is multiplied by a factor drawn evenly from 1 − `vary` to 1 + `vary`. Of units with the same
/// score the earlier ranks higher. The result depends on nothing but the arguments, on any number of threads. A cancelled run is `None`.
pub fn stability(
    (matrix, weights, attitude): (&Matrix, &[f64], Attitude),
    vary: f64,
    top: usize,
    (runs, seed): (u32, u64),
    control: &Control,
) -> Option<Vec<Stability>> {
    let vary = vary.clamp(0.0, 1.0);
    let done = AtomicU32::new(0);
    let ranked: Vec<Vec<u32>> = (0..runs)
        .into_par_iter()
        .map(|run| {
            if control.is_cancelled() {
                return None;
            }
            let fraction = done.fetch_add(1, Ordering::Relaxed) as f32 / runs as f32;
            control.report("Läufe mit bewegten Gewichten", "Runs with moved weights", fraction);
            let mut random = Random::new(seed, u64::from(run));
            let moved: Vec<f64> = weights.iter().map(|w| w * (1.0 + vary * (2.0 * random.unit() - 1.0))).collect();
            Some(ranks(combine(matrix, &moved, attitude).iter().map(|s| s.value)))
        })
        .collect::<Option<_>>()?;
    let one = (0..matrix.units()).map(|unit| {
        let of = || ranked.iter().map(|r| r[unit]).filter(|r| *r > 0);
        let in_top = of().filter(|r| *r as usize <= top).count();
        Stability {
            in_top: in_top as f64 / f64::from(runs.max(1)),
            ranks: (of().min().unwrap_or(0), of().max().unwrap_or(0)),
        }
    });
    Some(one.collect())
}

/// Ranks from 1 for the highest value; 0 where there is none.
fn ranks(values: impl ExactSizeIterator<Item = f32>) -> Vec<u32> {
    let mut out = vec![0; values.len()];
    let mut keys: Vec<u64> = values.zip(0..).filter_map(|(v, unit)| key(v, unit)).collect();
    keys.sort_unstable();
    for (key, rank) in keys.into_iter().zip(1..) {
        out[key as u32 as usize] = rank;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unit 0 leads by far, 1 and 2 are good at one thing each, 3 is bad.
    fn matrix() -> Matrix {
        Matrix::of_scores(2, vec![9.0, 9.0, 8.0, 2.0, 2.0, 8.0, 1.0, 1.0])
    }

    fn run((weights, attitude): (&[f64], Attitude), vary: f64, top: usize, drawn: (u32, u64)) -> Vec<Stability> {
        stability((&matrix(), weights, attitude), vary, top, drawn, &Control::default()).unwrap()
    }

    #[test]
    fn a_clear_lead_is_stable_and_a_tie_is_decided_by_the_weights() {
        let result = run((&[1.0, 1.0], Attitude::NEUTRAL), 0.5, 2, (400, 7));
        assert_eq!((result[0].in_top, result[0].ranks), (1.0, (1, 1)));
        assert_eq!((result[3].in_top, result[3].ranks), (0.0, (4, 4)));
        assert!((result[1].in_top - 0.5).abs() < 0.1, "{result:?}");
        assert!((result[1].in_top + result[2].in_top - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_same_seed_gives_the_same_answer_on_any_number_of_threads() {
        let once = |seed| run((&[1.0, 1.1], Attitude::new(0.3).unwrap()), 0.4, 2, (100, seed));
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| once(42))
        };
        assert_eq!(on(1), on(3));
        assert_ne!(on(1), once(43));
        let stopped = Control::default();
        stopped.cancel();
        assert_eq!(
            stability((&matrix(), &[1.0, 1.0], Attitude::NEUTRAL), 0.4, 2, (100, 1), &stopped),
            None
        );
    }

    #[test]
    fn weights_that_do_not_move_leave_one_order() {
        let result = run((&[2.0, 1.0], Attitude::NEUTRAL), 0.0, 1, (10, 1));
        assert!(result.iter().all(|s| s.ranks.0 == s.ranks.1));
        assert_eq!(ranks([1.0, f32::NAN, 3.0, 1.0].into_iter()), [2, 0, 1, 3]);
    }
}
