//! `City` and rule definitions in, conflicts out. Reads no file and writes none; the same bytes on any number of threads.

mod evaluation;
mod spot;

pub use evaluation::{Change, Evaluation, RuleOutcome, Verdict};
pub use spot::{SpotLayer, SpotReport, SpotRule, SpotValue};
