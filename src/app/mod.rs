//! The window: Bevy plugins over a [`crate::session::Session`]. Entities mirror the session's snapshot and are never the truth.

pub mod bridge;
pub mod decor;
pub mod theme;

mod conflicts;
mod dialogs;
mod inspector;
mod layers;
mod menu;
mod messages;
mod schedule;
mod shell;
mod status;
mod work;

use bevy::prelude::*;

/// Panels, dialogs and the session behind them.
pub fn panel_plugins(app: &mut App) {
    app.add_plugins((work::plugin, shell::plugin));
}
