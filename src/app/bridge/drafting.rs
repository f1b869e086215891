//! A drawing in work: the pointer adds to it on the map, the panel of the plan shows it and takes it when it is finished.

use crate::{
    model::{GeometryKind, SlotId},
    scenario::{Attributes, Named},
};
use bevy::prelude::*;

/// What the pointer does on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tool {
    /// Selects, as always.
    #[default]
    Select,
    /// Draws a new feature.
    Draw(GeometryKind),
    /// From a first point to a second: features move by as much.
    Move,
    /// As moving, but the original stays.
    Copy,
    /// Divides a feature along a line.
    Split,
    /// Takes vertices of a feature up and puts them down elsewhere.
    Vertices,
}

/// What a new vertex was drawn to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapKind {
    /// Nothing.
    Free,
    /// A corner that is there already.
    Vertex,
    /// An edge.
    Edge,
    /// The first vertex: the area closes.
    Close,
    /// A right angle to the edge before, or along it.
    Square,
}

/// Where the next vertex would be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Snap {
    /// Project CRS.
    pub at: [f64; 2],
    /// Why there.
    pub kind: SnapKind,
}

/// Rings of a feature whose vertices are being moved: one list of corners a ring, not closed for areas.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Corners {
    /// Parts, each a list of rings.
    pub parts: Vec<Vec<Vec<[f64; 2]>>>,
    /// Rings are closed.
    pub closed: bool,
    /// The corner that follows the pointer: part, ring, place.
    pub held: Option<[usize; 3]>,
    /// Something was moved.
    pub changed: bool,
}

/// A drawing in work.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Drafting {
    /// What the pointer does.
    pub tool: Tool,
    /// Layer of a new feature.
    pub slot: Option<SlotId>,
    /// Features that are moved, copied, divided or reshaped.
    pub subjects: Vec<Named>,
    /// Vertices so far, project CRS.
    pub points: Vec<[f64; 2]>,
    /// Middle of the view, where typed corners begin.
    pub centre: [f64; 2],
    /// The next vertex.
    pub next: Option<Snap>,
    /// A length that is being typed.
    pub typed: String,
    /// Corners of the feature that is being reshaped.
    pub corners: Corners,
    /// What the form of a new feature says so far.
    pub attributes: Attributes,
    /// Finished: the panel takes it.
    pub done: bool,
}

impl Drafting {
    /// Begins with a tool.
    pub fn begin(tool: Tool, slot: Option<SlotId>, subjects: Vec<Named>) -> Self {
        Self {
            tool,
            slot,
            subjects,
            ..Self::default()
        }
    }

    /// True while the pointer draws instead of selecting.
    pub fn active(&self) -> bool {
        self.tool != Tool::Select && !self.done
    }

    /// Vertices from which on the drawing is something.
    pub fn least(&self) -> usize {
        match self.tool {
            Tool::Select | Tool::Vertices => 0,
            Tool::Draw(GeometryKind::Point) => 1,
            Tool::Draw(GeometryKind::Line) | Tool::Split | Tool::Move | Tool::Copy => 2,
            Tool::Draw(GeometryKind::Polygon) => 3,
        }
    }

    /// The number of vertices after which the drawing is finished by itself.
    pub fn most(&self) -> Option<usize> {
        match self.tool {
            Tool::Draw(GeometryKind::Point) => Some(1),
            Tool::Move | Tool::Copy => Some(2),
            _ => None,
        }
    }

    /// The typed length in metres; a comma is a decimal point.
    pub fn length_m(&self) -> Option<f64> {
        let value: f64 = self.typed.replace(',', ".").parse().ok()?;
        (value > 0.0 && value < 100_000.0).then_some(value)
    }

    /// Adds a vertex to the centimetre, unless it repeats the last; finishes where no more can follow.
    pub fn add(&mut self, at: [f64; 2]) {
        let at = at.map(|v| (v * 100.0).round() / 100.0);
        if self.points.last() != Some(&at) {
            self.points.push(at);
        }
        self.typed.clear();
        if self.most() == Some(self.points.len()) {
            self.done = true;
        }
    }

    /// Ends the drawing if it is something.
    pub fn finish(&mut self) {
        if self.tool == Tool::Vertices {
            self.done = self.corners.changed && self.corners.held.is_none();
        } else if self.points.len() >= self.least() {
            self.done = true;
        }
    }

    /// From the last vertex to the next, in metres.
    pub fn step_m(&self) -> Option<f64> {
        let (a, b) = (self.points.last()?, self.next?.at);
        Some((b[0] - a[0]).hypot(b[1] - a[1]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_ends_when_it_is_something_and_takes_a_length_with_a_comma() {
        let mut d = Drafting::begin(Tool::Draw(GeometryKind::Polygon), None, vec![]);
        for p in [[0.0, 0.0], [10.004, 0.0], [10.004, 0.0], [10.0, 8.0]] {
            d.finish();
            assert!(!d.done);
            d.add(p);
        }
        assert_eq!(d.points, [[0.0, 0.0], [10.0, 0.0], [10.0, 8.0]]);
        d.finish();
        assert!(d.done && !d.active());

        let mut d = Drafting::begin(Tool::Move, None, vec![]);
        d.typed = "12,5".into();
        assert_eq!(d.length_m(), Some(12.5));
        d.add([0.0, 0.0]);
        assert!(d.typed.is_empty() && !d.done);
        d.add([3.0, 4.0]);
        assert!(d.done);
        for wrong in ["", "-1", "abc", "1e9"] {
            d.typed = wrong.into();
            assert_eq!(d.length_m(), None, "{wrong}");
        }
    }
}
