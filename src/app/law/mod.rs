//! Building law while planning: density, storeys and heights of the plot that is selected or being drawn against plan and BauNVO, and
//! Abstandsflächen on the ground.

mod compute;
mod overlay;
mod panel;

pub use compute::Law;
pub use panel::{law_chip, law_ui};

use bevy::prelude::*;

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Law>();
    compute::plugin(app);
    overlay::plugin(app);
}
