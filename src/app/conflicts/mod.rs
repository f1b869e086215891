//! Conflicts: their marks in the picture, their table and the account of the rules.

pub mod panel;
pub mod rules;

mod marks;
mod overlay;
mod rows;
mod shape;

pub use overlay::plugin;
