//! Variants compared: which two, how the view is shared between them, everything they differ in as tables, and what the sites of a plan hold
//! and cost.

pub mod panel;

mod figures;
mod over;
mod save;
mod state;
mod tables;
mod view;

pub use over::over_map_ui;
pub use state::Variants;

use crate::app::schedule::AppSystems;
use bevy::prelude::*;

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Variants>()
        .add_systems(
            Update,
            (state::load, save::carry_out)
                .chain()
                .after(AppSystems::Receive)
                .before(AppSystems::Camera),
        )
        .add_systems(Update, view::second_camera.after(AppSystems::Camera).before(AppSystems::Pick))
        .add_systems(Update, (state::ready, state::count).chain().in_set(AppSystems::Show))
        .add_systems(Last, state::sweep);
}
