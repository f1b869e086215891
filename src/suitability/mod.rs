//! Several uses weighed against each other: a city and the criteria of its modules go in, scores of sites or cells come out.
//!
//! [`Units`] are what is scored; [`measure`] fills a [`Matrix`] of criteria once (it looks at geometry), [`combine()`] weighs it anew on every
//! move of a slider (it looks at numbers only). [`compete()`] says where uses claim the same place, [`stability()`] how far an order of
//! sites survives other weights, [`dissent()`] where groups with weights of their own disagree, [`ahp()`] turns pairwise judgements into weights.
//!
//! Unknown is never clear: where the data of an exclusion do not reach, a unit is [`Standing::Undecided`] and its score provisional.

mod ahp;
mod combine;
mod compete;
mod dissent;
mod matrix;
mod order;
mod reach;
mod source;
mod stability;
mod unit;
mod units;
mod weights;

pub use ahp::{Ahp, AhpError, ahp};
pub use combine::{Attitude, Score, combine};
pub use compete::{Competition, Contest, RANK_LIMITS, compete};
pub use dissent::{Dissent, dissent};
pub use matrix::{Matrix, Share, Standing, measure};
pub use order::ranked;
pub use stability::{Stability, stability};
pub use units::{MAX_CELLS, Shape, Units, UnitsError};
pub use weights::{Judged, Judgement, Weights, WeightsError, group_weights, judged, unknown_use};

use matrix::NOISE_PERCENT;
