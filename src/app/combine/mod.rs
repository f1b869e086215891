//! The dialog that makes a layer of layers: operation and layers in, a preview while it is filled in, an expression in the project out.

mod panel;
mod preview;

pub use panel::{CombineState, combine_ui};
