//! `City` and rule definitions in, conflicts out. Reads no file and writes none; the same bytes on any number of threads.

mod assemble;
mod compare;
mod cover;
mod dwellings;
mod engine;
mod evaluation;
mod explain;
mod here;
mod memory;
mod objects;
mod places;
mod plan;
mod predicates;
mod reference;
mod sides;
mod spot;
mod subject;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod under;
mod walking;
mod ways;
mod words;

pub use cover::{covers, declared_cover};
pub use dwellings::{Basis, Dwellings, dwellings};
pub use engine::{evaluate, update, update_with};
pub use evaluation::{Change, Evaluation, RuleOutcome, Verdict};
pub use explain::{change as change_in_words, deviation as deviation_in_words, explain, measure, numbers};
pub use here::{sources as quoted_sources, why_here};
pub use memory::Memory;
pub use places::{GroupBy, Place, group_name, places};
pub use predicates::predicates;
pub use reference::reference;
pub use spot::{SpotLayer, SpotReport, SpotRule, SpotValue};
pub use ways::{WayStore, Ways, catchment};

pub(crate) use assemble::{conflict_id, sort_and_name};
pub(crate) use words::both;
