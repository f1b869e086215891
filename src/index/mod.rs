//! R-trees over layers: the only room that uses `rstar`.

mod tree;

pub use tree::{IndexedLayer, SpatialIndex};
