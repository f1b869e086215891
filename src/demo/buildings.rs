//! Buildings, what they have in common, and the town that they fill.

use super::occupancy::Occupancy;
use crate::estimate::plane::{P, area, contains, cross, sub};
use crate::random::Random;

/// One building in town coordinates.
#[derive(Debug, Clone)]
pub(super) struct Building {
    pub ring: Vec<P>,
    pub height_m: f64,
    pub storeys: i64,
    /// Code of the German cadastre.
    pub function: &'static str,
    pub usage: &'static str,
    pub year: i64,
    /// Code of the CityGML roof type used in Germany (1000 flat, 3100 gabled, 3200 hipped).
    pub roof: i64,
    pub name: Option<String>,
    pub block: usize,
}

/// What most buildings of a placement share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub function: &'static str,
    pub usage: &'static str,
    pub storeys: (i64, i64),
    pub storey_m: f64,
    /// Roof above the topmost storey.
    pub roof_m: f64,
    pub roof: i64,
    pub years: (i64, i64),
}

pub(super) const DWELLING: &str = "31001_1010";
pub(super) const MIXED: &str = "31001_1100";
pub(super) const GARAGE: &str = "31001_2463";
pub(super) const SHED: &str = "31001_1313";

/// The whole built town while it grows.
#[derive(Debug, Default)]
pub(super) struct Built {
    pub buildings: Vec<Building>,
    pub occupancy: Occupancy,
    /// No more than this.
    pub limit: usize,
    /// Plots that were left free in a closed street front: ring, block.
    pub gaps: Vec<(Vec<P>, usize)>,
    /// Plots that were left free among houses.
    pub lots: Vec<(Vec<P>, usize)>,
    /// Courtyards: ring, block.
    pub courts: Vec<(Vec<P>, usize)>,
}

impl Built {
    pub fn is_full(&self) -> bool {
        self.buildings.len() >= self.limit
    }

    /// Places a building if it is free and inside `bounds`; `parts` are its convex pieces.
    pub fn place(&mut self, bounds: Option<&[P]>, parts: &[Vec<P>], margin_m: f64, make: impl FnOnce() -> Building) -> bool {
        let inside = bounds.is_none_or(|b| parts.iter().flatten().all(|p| contains(b, *p)));
        if self.is_full() || !inside || !self.occupancy.is_free(parts, margin_m) {
            return false;
        }
        let building = make();
        if area(&building.ring) < 6.0 {
            return false;
        }
        self.occupancy.add(parts);
        self.buildings.push(building);
        true
    }
}

/// A building of a style; usage and function may differ from house to house.
pub(super) fn building(ring: Vec<P>, style: &Style, block: usize, rng: &mut Random) -> Building {
    let storeys = rng.whole(style.storeys.0, style.storeys.1);
    Building {
        height_m: ((storeys as f64 * style.storey_m + style.roof_m * rng.range(0.8, 1.2)) * 10.0).round() / 10.0,
        ring,
        storeys,
        function: style.function,
        usage: style.usage,
        year: rng.whole(style.years.0, style.years.1),
        roof: style.roof,
        name: None,
        block,
    }
}

pub(super) fn convex(ring: &[P]) -> bool {
    let n = ring.len();
    (0..n).all(|k| cross(sub(ring[(k + 1) % n], ring[k]), sub(ring[(k + 2) % n], ring[(k + 1) % n])) > 0.05)
}

pub(super) const GARAGE_STYLE: Style = Style {
    function: GARAGE,
    usage: "other",
    storeys: (1, 1),
    storey_m: 2.6,
    roof_m: 0.2,
    roof: 1000,
    years: (1960, 2018),
};

pub(super) const SHED_STYLE: Style = Style {
    function: SHED,
    usage: "other",
    storeys: (1, 1),
    storey_m: 2.3,
    roof_m: 0.4,
    roof: 3100,
    years: (1965, 2020),
};
