//! A city object as it stands in the file: attributes, and flat polygons with their level of detail.

use crate::{
    geometry::Point3,
    model::{LocalText, SurfaceKind, Value},
};
use std::collections::BTreeMap;

/// One polygon of an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Face {
    /// Level of detail of the geometry it belongs to.
    pub(super) lod: u8,
    /// What it is, where the file says so.
    pub(super) kind: Option<SurfaceKind>,
    /// Exterior, then holes; without a repeated last vertex.
    pub(super) rings: Vec<Vec<Point3>>,
}

/// A city object; objects of one member of the file stand in one list, each after its parent.
#[derive(Debug, Default)]
pub(super) struct Object {
    /// As in the file.
    pub(super) id: Option<String>,
    /// `Building`, `BuildingPart`, `Road` …
    pub(super) kind: String,
    /// Position of its parent in the list.
    pub(super) parent: Option<usize>,
    /// In the order of the file.
    pub(super) attributes: Vec<(String, Value)>,
    /// Polygons of all levels of detail.
    pub(super) faces: Vec<Face>,
    /// Levels of detail in which it is a solid.
    pub(super) solids: Vec<u8>,
    /// What went wrong.
    pub(super) trouble: Trouble,
    /// Vertices in `faces`.
    pub(super) vertices: u64,
}

/// What could not be taken from an object.
#[derive(Debug, Clone, Default)]
pub(super) struct Trouble {
    /// Polygons with coordinates that are no numbers, or of an odd count.
    pub(super) not_numbers: u64,
    /// Polygons with fewer than three different vertices.
    pub(super) short: u64,
    /// Rings whose last vertex is not the first.
    pub(super) unclosed: u64,
    /// Links to something that the file does not hold.
    pub(super) missing: Vec<String>,
    /// Links that lead back to where they start.
    pub(super) cyclic: u64,
    /// Vertices above the limit.
    pub(super) too_many: bool,
    /// Rooms, furniture, templates and the like: how many of each.
    pub(super) left_out: BTreeMap<String, u64>,
    /// Why the object as a whole is unusable.
    pub(super) unreadable: Option<LocalText>,
}

impl Object {
    /// Adds an attribute once; the first value holds. Empty texts are unknown.
    pub(super) fn attribute(&mut self, name: &str, value: Value) {
        if value.is_null() || value.as_str().is_some_and(|t| t.trim().is_empty()) {
            return;
        }
        if !self.attributes.iter().any(|(n, _)| n == name) {
            self.attributes.push((name.into(), value));
        }
    }

    /// The value of an attribute.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// Adds a polygon of rings as they stand in the file, closed or not; broken ones are counted.
    pub(super) fn face(&mut self, lod: u8, kind: Option<SurfaceKind>, rings: Vec<Vec<Point3>>, most_vertices: u64) {
        let mut kept: Vec<Vec<Point3>> = Vec::with_capacity(rings.len());
        for (k, mut ring) in rings.into_iter().enumerate() {
            if !ring.iter().flatten().all(|v| v.is_finite() && v.abs() < 1e9) {
                self.trouble.not_numbers += 1;
                return;
            }
            ring.dedup();
            if ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            } else if ring.len() > 2 {
                self.trouble.unclosed += 1;
            }
            if ring.len() < 3 {
                self.trouble.short += 1;
                // A hole may go, a polygon without its exterior may not stay.
                if k == 0 {
                    return;
                }
                continue;
            }
            kept.push(ring);
        }
        let n = kept.iter().map(|r| r.len() as u64).sum::<u64>();
        if self.vertices + n > most_vertices {
            self.trouble.too_many = true;
            return;
        }
        if !kept.is_empty() {
            self.vertices += n;
            self.faces.push(Face { lod, kind, rings: kept });
        }
    }

    /// Counts something that stays behind.
    pub(super) fn leave_out(&mut self, what: &str) {
        *self.trouble.left_out.entry(what.into()).or_default() += 1;
    }

    /// Takes polygons out that stand there twice: once in the solid and once as roof, wall or ground.
    pub(super) fn without_doubles(&mut self) {
        if !self.faces.iter().any(|f| f.kind.is_some()) || self.faces.iter().all(|f| f.kind.is_some()) {
            return;
        }
        let key = |f: &Face| {
            let mut k: Vec<[i64; 3]> = f.rings.iter().flatten().map(|p| p.map(|v| (v * 1000.0).round() as i64)).collect();
            k.sort_unstable();
            (f.lod, k)
        };
        let named: std::collections::BTreeSet<_> = self.faces.iter().filter(|f| f.kind.is_some()).map(key).collect();
        self.faces.retain(|f| f.kind.is_some() || !named.contains(&key(f)));
    }
}
