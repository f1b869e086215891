//! What lies under the pointer: marks first, then pins, buildings and areas, through the R-trees of the layers.

mod frame;
mod highlight;
mod hit;
mod list;
mod pointer;

use super::{
    bridge::OnlyThere,
    schedule::{AppSystems, PaintSystems},
};
use bevy::prelude::*;
use bevy_egui::EguiPrimaryContextPass;

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<OnlyThere>()
        .add_systems(
            Update,
            (pointer::spot, pointer::click, frame::frame, list::list)
                .chain()
                .in_set(AppSystems::Pick),
        )
        .add_systems(Update, highlight::highlight.in_set(AppSystems::Build))
        .add_systems(EguiPrimaryContextPass, frame::paint.in_set(PaintSystems::Marks));
}
