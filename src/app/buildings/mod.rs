//! Buildings as a white architectural model: one mesh a tile of 500 m.

mod mesh;

use super::{
    scene::{
        mirror::Stage,
        sides::Twin,
        volumes::{Seen, Volumes},
    },
    schedule::AppSystems,
};
use crate::modules::Role;
use bevy::prelude::*;

#[derive(Resource, Default)]
struct Buildings(Twin);

const VOLUMES: Volumes = Volumes {
    role: Role::Buildings,
    order: 0.0,
    fades: false,
    mesh: |layer, (_, hidden), ground, space, tiles| mesh::build(layer, hidden, ground, space, tiles),
};

fn build(mut stage: Stage, mut buildings: ResMut<Buildings>, seen: Seen) {
    VOLUMES.keep(&mut buildings.0, &mut stage, &seen);
}

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Buildings>()
        .add_systems(Update, build.in_set(AppSystems::Build));
}
