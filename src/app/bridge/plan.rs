//! What a person does to the plan that is open.

use crate::model::SlotId;
use crate::scenario::{Attributes, Named, Shape};
use std::path::PathBuf;

/// A wish to the plan.
#[derive(Debug, Clone, PartialEq)]
pub enum PlanWish {
    /// Begins a variant over the existing conditions.
    Begin(String),
    /// Begins a variant that has everything of the present one.
    Branch(String),
    /// Opens a variant.
    Open(PathBuf),
    /// Leaves the variant: the existing conditions are shown.
    Leave,
    /// Does something.
    Do(Hand),
    /// Takes the last step back.
    Undo,
    /// Does the step again that was taken back last.
    Redo,
}

/// What a hand does.
#[derive(Debug, Clone, PartialEq)]
pub enum Hand {
    /// A new feature.
    Draw {
        /// Its layer.
        slot: SlotId,
        /// Where.
        shape: Shape,
        /// What it is.
        attributes: Attributes,
    },
    /// Features moved by metres east and north.
    Move(Vec<Named>, [f64; 2]),
    /// Copies, moved by metres east and north.
    Copy(Vec<Named>, [f64; 2]),
    /// A feature divided along a line.
    Split(Named, Vec<[f64; 2]>),
    /// Another outline.
    Reshape(Named, Shape),
    /// Other attributes.
    Describe(Vec<Named>, Attributes),
    /// Features taken away.
    Remove(Vec<Named>),
}
