//! Indicators: their table and bar chart, the choropleth of a chosen one, and the catchment of what is selected.

pub mod panel;

mod chart;
mod classes;
mod compute;
mod overlay;
mod tables;

pub use compute::Figures;

use bevy::prelude::*;

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Figures>();
    compute::plugin(app);
    overlay::plugin(app);
}
