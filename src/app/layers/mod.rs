//! Layers draped over the ground in their module's style, and the tree that shows, hides, fades and orders them.

pub mod panel;

mod drape;
mod look;
mod overlay;
mod paint;

pub use overlay::plugin;
