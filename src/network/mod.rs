//! The ways people walk on: a line layer in, a graph, catchments and walking distances out. Pure computation, no file, no city.
//!
//! Distances are whole millimetres, so that a sum is the same from either end and in any order.

mod access;
mod build;
mod catchment;
mod noding;
mod plane;
mod residents;
mod search;
#[cfg(test)]
mod tests;

pub use access::{Access, Snap};
pub use build::{ISLAND_M, JOIN_M, MERGE_M, Network, WAY_ADJOINS_M};
pub use residents::{GRID_M, Resident, Residents, places};
pub use search::{Field, Reached};
