//! Conflict marks on the screen, as they were drawn last: the picker asks them before anything else.

use crate::model::Severity;
use bevy::prelude::*;

/// One mark; a cluster stands for several conflicts.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Middle, logical pixels.
    pub at: Vec2,
    /// Where its stem touches the ground, logical pixels.
    pub foot: Vec2,
    /// Radius, logical pixels.
    pub radius: f32,
    /// The gravest.
    pub severity: Severity,
    /// Conflict ids, the gravest first.
    pub conflicts: Vec<String>,
    /// Belongs to the selection.
    pub selected: bool,
}

/// All marks, the topmost last.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Marks(pub Vec<Mark>);

/// The marks of the picture of the other variant.
#[derive(Resource, Default)]
pub struct OtherMarks(pub Marks);

impl Marks {
    /// The topmost mark under a pixel.
    pub fn hit(&self, pixel: Vec2) -> Option<&Mark> {
        self.0.iter().rev().find(|m| m.at.distance(pixel) <= m.radius + 3.0)
    }
}
