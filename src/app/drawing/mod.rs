//! Drawing on the ground: the pointer snaps to corners, edges and right angles, lengths are typed, and what is finished waits for the
//! panel of the plan.

mod corners;
mod paint;
mod pointer;
mod snap;

use super::schedule::{AppSystems, PaintSystems};
use bevy::prelude::*;
use bevy_egui::EguiPrimaryContextPass;

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, (pointer::point, pointer::keys).chain().in_set(AppSystems::Pick))
        .add_systems(EguiPrimaryContextPass, paint::paint.in_set(PaintSystems::Marks));
}
