//! Conflicts: their marks in the picture, their table and the account of the rules.

pub mod panel;
mod rows;
pub mod rules;
