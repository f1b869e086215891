//! Suitability and competition: weights, value functions and exclusions of a use, what comes of them in a table and as colours on the map,
//! where uses compete, how far an order survives other weights, and where groups disagree.

pub mod panel;

mod compute;
mod contest;
mod criteria;
mod curve;
mod fields;
mod groups;
mod overlay;
mod pairs;
mod plan;
mod results;
mod robust;
mod shade;

pub use compute::Weighing;

use bevy::prelude::*;

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Weighing>();
    compute::plugin(app);
    overlay::plugin(app);
}
