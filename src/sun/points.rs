//! Places that are asked for their sun: cells of the ground and façades.

use super::occluders::{base_m, inside};
use crate::{
    geometry::{Wall, walls},
    index::IndexedLayer,
    model::{Bbox, FeatureRef},
    modules::Role,
    project::{City, SlotData},
};
use serde::Serialize;

/// A point this far in front of a wall is outside.
const BEFORE_WALL_M: f64 = 0.1;

/// Shorter walls hold no window that matters.
const LEAST_WALL_M: f64 = 1.5;

/// A square of ground.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GroundCell {
    /// Middle, with the height of the ground.
    pub at: [f64; 3],
    /// Length of a side.
    pub side_m: f64,
}

/// A wall of a building, with the point on its ground floor that stands for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Facade {
    /// The building.
    pub building: FeatureRef,
    /// Number of the wall, in the order of the footprint.
    pub wall: u32,
    /// Ends of the wall.
    pub ends: [[f64; 2]; 2],
    /// Where the wall faces, clockwise from grid north.
    pub facing_deg: f64,
    /// The point.
    pub at: [f64; 3],
    /// Unit vector away from the wall.
    pub outward: [f64; 2],
}

/// Cells of the ground in a box, row by row from the south-west. Cells under buildings are left out.
pub fn ground(city: &City, area: &Bbox, side_m: f64) -> Vec<GroundCell> {
    if area.is_empty() || !side_m.is_finite() || side_m <= 0.0 {
        return vec![];
    }
    let count = |k: usize| ((area.max[k] - area.min[k]) / side_m).ceil().max(1.0) as usize;
    let mut out = vec![];
    for j in 0..count(1) {
        for i in 0..count(0) {
            let p = [area.min[0] + (i as f64 + 0.5) * side_m, area.min[1] + (j as f64 + 0.5) * side_m];
            if !inside(city, p) {
                out.push(GroundCell {
                    at: [p[0], p[1], city.height_at(p)],
                    side_m,
                });
            }
        }
    }
    out
}

/// Façades of the buildings that `wanted` lets pass, with their point so high above the ground at the wall. Party walls are left out.
pub fn facades(city: &City, point_m: f64, wanted: impl Fn(&IndexedLayer, u32) -> bool) -> Vec<Facade> {
    let mut out = vec![];
    for slot in city.with_role(Role::Buildings) {
        let SlotData::Vector(layer) = &slot.data else { continue };
        for row in (0..layer.layer.len() as u32).filter(|r| wanted(layer, *r)) {
            let base = base_m(city, &layer.layer.geometry, row as usize);
            for (k, wall) in walls(&layer.layer.geometry, row as usize).into_iter().enumerate() {
                out.extend(facade(city, layer, row, k, &wall, base, point_m));
            }
        }
    }
    out
}

fn facade(city: &City, layer: &IndexedLayer, row: u32, k: usize, wall: &Wall, base: f64, point_m: f64) -> Option<Facade> {
    let [x, y] = wall.at(0.5, BEFORE_WALL_M);
    if wall.length_m() < LEAST_WALL_M || inside(city, [x, y]) {
        return None;
    }
    // On a slope the ground floor is above the lowest corner.
    let floor = city.terrain().and_then(|t| t.interpolate([x, y])).unwrap_or(base);
    Some(Facade {
        building: FeatureRef {
            slot: layer.layer.slot.clone(),
            row,
            id: layer.layer.ids[row as usize].to_string(),
            label: city.label(&layer.layer, row as usize),
        },
        wall: k as u32,
        ends: [wall.from, wall.to],
        facing_deg: wall.outward[0].atan2(wall.outward[1]).to_degrees().rem_euclid(360.0),
        at: [x, y, floor + point_m],
        outward: wall.outward,
    })
}
