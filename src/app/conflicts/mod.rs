//! Conflicts in the picture: hatch, outline and a low fence on the ground, and a mark whose shape and colour say the severity.

mod marks;
mod overlay;
mod shape;

pub use marks::paint_marks;
pub use overlay::plugin;
