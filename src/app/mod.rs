//! The window: Bevy plugins over a [`crate::session::Session`]. Entities mirror the session's snapshot and are never the truth.

pub mod bridge;
pub mod decor;
pub mod snapshot;
pub mod theme;

mod backdrop;
mod bench;
mod buildings;
mod camera;
mod combine;
mod conflicts;
mod dialogs;
mod drawing;
mod envelope;
mod events;
mod founding;
mod importer;
mod indicators;
mod inspector;
mod law;
mod layers;
mod material;
mod menu;
mod messages;
mod picking;
mod planning;
mod rulebook;
mod scene;
mod schedule;
mod services;
mod shell;
mod space;
mod start;
mod status;
mod suitability;
mod sun;
mod terrain;
mod variants;
mod work;

pub use start::{StartError, WindowOptions, run};

use bevy::prelude::*;

/// Everything that draws a city, in the window and without one.
fn scene_plugins(app: &mut App) {
    app.add_plugins((
        schedule::plugin,
        bridge::plugin,
        material::plugin,
        scene::redraw::plugin,
        terrain::plugin,
        camera::plugin,
        backdrop::plugin,
        buildings::plugin,
        envelope::plugin,
        layers::plugin,
        conflicts::plugin,
        indicators::plugin,
        suitability::plugin,
    ));
}

/// What only a window has: somebody who points and types, panels, dialogs and the session behind them.
fn window_plugins(app: &mut App) {
    app.add_plugins((
        camera::input_plugin,
        drawing::plugin,
        planning::plugin,
        variants::plugin,
        picking::plugin,
        bench::plugin,
        work::plugin,
        services::plugin,
        sun::plugin,
        law::plugin,
        shell::plugin,
    ));
}
