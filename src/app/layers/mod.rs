//! Layers draped over the ground in their module's style. Changes of visibility, opacity and order rebuild nothing.

mod drape;
mod overlay;
mod paint;

pub use overlay::plugin;
