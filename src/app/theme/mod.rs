//! One look for every panel: typeface with tabular figures, colours, spacing on an 8-pixel grid, and the few widgets that panels share.

mod fonts;
mod palette;
pub mod plot;
mod style;
pub mod text;
pub mod widgets;

pub use egui_phosphor::regular as icon;
pub use fonts::strong_family;
pub use palette::{Palette, hex, map_color, palette};
pub use style::install;
