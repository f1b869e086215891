//! Layers made of layers: an expression of a project (intersection, difference, union, buffer, filter) and the layers it names in, a layer
//! out, with the sources of its inputs, what got lost on the way, and only as far as the data of all inputs reach.
//!
//! A derived layer claims what is known and nothing else: where an input has no data the result has none either, so that a rule that looks
//! at it answers "unknown" there.

mod compute;
mod coverage;
mod error;
mod expression;
mod merge;
mod shapes;

#[cfg(test)]
mod tests;

pub use compute::derive;
pub use error::DeriveError;
pub use expression::{Expression, Input, MODULE, Operation};

/// Most expressions of one project.
pub const MOST_EXPRESSIONS: usize = 100;

/// Most layers of one expression.
pub const MOST_INPUTS: usize = 16;

/// Longest distance of a buffer, metres.
pub const LONGEST_DISTANCE_M: f64 = 50_000.0;

/// Most features and vertices of a result.
pub const MOST_FEATURES: usize = 2_000_000;
/// As above.
pub const MOST_VERTICES: usize = 50_000_000;
