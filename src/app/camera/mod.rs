//! The camera: it orbits a point of the ground, follows mouse, keys and wishes, and never goes under ground.

mod first;
mod input;
mod pose;
mod rig;

pub use pose::Pose;
pub use rig::Rig;

use super::{scene::lens::Projector, schedule::AppSystems};
use bevy::prelude::*;

/// Registers the camera.
pub fn plugin(app: &mut App) {
    app.init_resource::<Rig>()
        .init_resource::<Projector>()
        .add_systems(Startup, rig::spawn)
        .add_systems(
            Update,
            (rig::measure, rig::arrive, rig::obey, rig::place)
                .chain()
                .in_set(AppSystems::Camera),
        );
}

/// Registers mouse and keys.
pub fn input_plugin(app: &mut App) {
    app.add_systems(
        Update,
        (input::mouse, input::keys)
            .chain()
            .after(rig::arrive)
            .before(rig::obey)
            .in_set(AppSystems::Camera),
    );
}
