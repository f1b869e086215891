//! Conflicts: their marks in the picture, their table and the account of the rules.

pub mod panel;
pub mod rules;

mod gone;
mod heat;
mod marks;
mod overlay;
mod rows;
mod shape;

/// Registers the room.
pub fn plugin(app: &mut bevy::prelude::App) {
    overlay::plugin(app);
    heat::plugin(app);
}
