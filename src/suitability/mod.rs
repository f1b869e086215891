//! Several uses weighed against each other: a city and the criteria of its modules go in, scores of sites or cells come out.
//!
//! [`Units`] are what is scored; [`measure`] fills a [`Matrix`] of criteria once (it looks at geometry), [`combine()`] weighs it anew on every
//! move of a slider (it looks at numbers only). [`compete()`] says where uses claim the same place, [`stability()`] how far an order of
//! sites survives other weights, [`dissent()`] where groups with weights of their own disagree, [`ahp()`] turns pairwise judgements into weights.

mod ahp;
mod combine;
mod compete;
mod dissent;
mod matrix;
mod stability;
mod units;

pub use ahp::{Ahp, AhpError, ahp};
pub use combine::{Attitude, Score, combine};
pub use compete::{Competition, Contest, RANK_LIMITS, compete};
pub use dissent::{Dissent, dissent};
pub use matrix::{Matrix, measure};
pub use stability::{Stability, stability};
pub use units::{MAX_CELLS, Shape, Units, UnitsError};
