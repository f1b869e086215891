//! Places that are asked for their sun: cells of the ground and façades.

use super::occluders::{base_m, inside};
use crate::{
    geometry::{RoofShape, Wall, house, walls},
    index::IndexedLayer,
    model::{Bbox, FeatureRef},
    project::City,
    zoning,
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

/// Places along a wall are at most so far apart.
pub(super) const EVERY_M: f64 = 5.0;

/// A storey, for places one above the other.
const STOREY_M: f64 = 3.0;

/// A piece of a wall, one storey high, with the place in its middle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WallPart {
    /// Ends on the ground.
    pub ends: [[f64; 2]; 2],
    /// From and to which height.
    pub heights_m: [f64; 2],
    /// The place, a little in front of the wall.
    pub at: [f64; 3],
}

impl Facade {
    /// Shares of the wall's length, each with a piece of at most [`EVERY_M`].
    fn shares(&self) -> impl Iterator<Item = [f64; 2]> + use<> {
        let [a, b] = self.ends;
        let n = ((b[0] - a[0]).hypot(b[1] - a[1]) / EVERY_M).ceil().clamp(1.0, 200.0) as u32;
        (0..n).map(move |k| [f64::from(k), f64::from(k + 1)].map(|v| v / f64::from(n)))
    }

    fn place(&self, share: f64, before_m: f64) -> [f64; 2] {
        let [a, b] = self.ends;
        [0, 1].map(|k| a[k] + share * (b[k] - a[k]) + before_m * self.outward[k])
    }

    /// Places along the ground floor of the wall, in the middle of pieces of at most 5 m.
    pub fn along(&self) -> Vec<[f64; 3]> {
        let place = |[from, to]: [f64; 2]| {
            let [x, y] = self.place(0.5 * (from + to), BEFORE_WALL_M);
            [x, y, self.at[2]]
        };
        self.shares().map(place).collect()
    }

    /// The wall in pieces of at most 5 m, storey by storey up to its top.
    pub fn parts(&self, city: &City, point_m: f64) -> Vec<WallPart> {
        let foot = self.at[2] - point_m;
        let top = wall_top_m(city, &self.building).unwrap_or(foot + STOREY_M).max(foot + 1.0);
        let storeys = ((top - foot) / STOREY_M).round().clamp(1.0, 100.0);
        let high = (top - foot) / storeys;
        let mut out = vec![];
        for storey in 0..storeys as u32 {
            let low = foot + f64::from(storey) * high;
            out.extend(self.shares().map(|[from, to]| {
                let [x, y] = self.place(0.5 * (from + to), BEFORE_WALL_M);
                WallPart {
                    ends: [self.place(from, 0.0), self.place(to, 0.0)],
                    heights_m: [low, low + high],
                    at: [x, y, low + point_m.min(0.9 * high)],
                }
            }));
        }
        out
    }
}

/// Where the walls of a building end, above sea level: at its eaves where it has a roof. `None` when nothing tells its height.
fn wall_top_m(city: &City, building: &FeatureRef) -> Option<f64> {
    let layer = &city.layer(&building.slot)?.layer;
    let row = building.row as usize;
    let law = zoning::law();
    let v = zoning::volume(layer, building.row, law);
    let height = v.height_m.or_else(|| v.storeys.map(|s| s * law.density.storey_m))?;
    let base = base_m(city, &layer.geometry, row);
    if let Some(eaves) = v.eaves_m {
        return Some(base + eaves);
    }
    let form = layer
        .attributes
        .value("roof_type", row)
        .as_f64()
        .and_then(|c| RoofShape::of_code(c as i64));
    let house = form.and_then(|f| house(&layer.geometry, row, f, height, base + height));
    Some(house.map_or(base + height, |h| h.eaves_m))
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
    let all = super::buildings(city).flat_map(|l| (0..l.layer.len() as u32).map(move |row| (l, row)));
    let buildings: Vec<(&IndexedLayer, u32)> = all.filter(|(l, row)| wanted(l, *row)).collect();
    facades_of(city, point_m, &buildings)
}

/// The same of these buildings.
pub fn facades_of(city: &City, point_m: f64, buildings: &[(&IndexedLayer, u32)]) -> Vec<Facade> {
    let mut out = vec![];
    for (layer, row) in buildings {
        let base = base_m(city, &layer.layer.geometry, *row as usize);
        for (k, wall) in walls(&layer.layer.geometry, *row as usize).into_iter().enumerate() {
            out.extend(facade(city, layer, *row, k, &wall, base, point_m));
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
