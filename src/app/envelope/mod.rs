//! What a development plan allows in its building windows, as translucent bodies over the ground: through them stands what is there.

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
struct Envelopes(Twin);

const VOLUMES: Volumes = Volumes {
    role: Role::BuildingWindows,
    // Above every drape: the bodies stand on them.
    order: 60.0,
    fades: true,
    mesh: |layer, (style, _), ground, space, _| mesh::build(layer, style, ground, space).into(),
};

fn build(mut stage: Stage, mut envelopes: ResMut<Envelopes>, seen: Seen) {
    VOLUMES.keep(&mut envelopes.0, &mut stage, &seen);
}

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Envelopes>()
        .add_systems(Update, build.in_set(AppSystems::Build));
}
