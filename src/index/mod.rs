//! R-trees over layers, and rows found again after an edit: the only room that uses `rstar`.

mod rows;
mod tree;

pub use rows::{RowMap, same_rows};
pub use tree::{IndexedLayer, SpatialIndex};
