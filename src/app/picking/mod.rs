//! What lies under the pointer: marks first, then pins, buildings and areas, through the R-trees of the layers.

mod highlight;
mod hit;
mod list;
mod pointer;

use super::schedule::AppSystems;
use bevy::prelude::*;

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, (pointer::spot, pointer::click, list::list).chain().in_set(AppSystems::Pick))
        .add_systems(Update, highlight::highlight.in_set(AppSystems::Build));
}
