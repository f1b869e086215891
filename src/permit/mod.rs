//! What a plan would have to answer for before it is built: building law, Abstandsflächen and the neighbours' sun, as conflicts beside those
//! of the modules' rules. Base and plan go in; what the plan breaks comes out, with what could not be decided.
//!
//! Only what the plan draws or changes is judged, and figures of a plot only as far as the plan makes them worse: what stands there already
//! is protected (Bestandsschutz). [`existing()`] judges it nevertheless, where somebody asks.
//!
//! A step of a plan asks the neighbourhood of its edit again and keeps the rest; the result equals that of a whole run.

mod edited;
mod existing;
mod facades;
mod found;
mod plots;
#[cfg(test)]
mod tests;
mod walls;

pub use existing::existing;
pub use found::Judged;
