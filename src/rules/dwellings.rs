//! How many dwellings a potential site can hold.

use super::compare::number;
use crate::{
    geometry::area_m2,
    model::{GeometryKind, Layer},
};
use std::collections::BTreeMap;

/// Attributes of a site: planned dwellings, floor area ratio, site occupancy index, storeys, zone type.
const DWELLINGS: &str = "dwellings";
const GFZ: &str = "gfz";
const GRZ: &str = "grz";
const STOREYS: &str = "storeys";
const BAUNVO: &str = "baunvo";

/// Dwellings and how they were found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dwellings {
    /// How many.
    pub number: f64,
    /// From what.
    pub basis: Basis,
    /// Area of the site.
    pub area_m2: f64,
}

/// What a number of dwellings rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Basis {
    /// The site tells it.
    Told,
    /// Area × GFZ, as told or by zone type.
    Gfz(f64),
    /// Area × GRZ × storeys.
    Storeys {
        /// Site occupancy index.
        grz: f64,
        /// Number of storeys.
        storeys: f64,
    },
}

/// Dwellings of a site: its own number; else area × GFZ, or area × GRZ × storeys, or area × GFZ of its zone type, by floor area.
pub fn dwellings(layer: &Layer, row: u32, floor_area_m2: f64, gfz_by_baunvo: &BTreeMap<String, f64>) -> Option<Dwellings> {
    let told = |name: &str| layer.attributes.column(name).and_then(|c| number(c, row)).filter(|v| *v >= 0.0);
    let area_m2 = match layer.geometry.kind() {
        GeometryKind::Polygon => area_m2(&layer.geometry, row as usize),
        _ => 0.0,
    };
    if let Some(number) = told(DWELLINGS) {
        return Some(Dwellings {
            number,
            basis: Basis::Told,
            area_m2,
        });
    }
    if area_m2 <= 0.0 {
        return None;
    }
    let by_zone = || {
        gfz_by_baunvo
            .get(&layer.attributes.value(BAUNVO, row as usize).to_string())
            .copied()
    };
    let (ratio, basis) = match (told(GFZ), told(GRZ).zip(told(STOREYS))) {
        (Some(gfz), _) => (gfz, Basis::Gfz(gfz)),
        (None, Some((grz, storeys))) => (grz * storeys, Basis::Storeys { grz, storeys }),
        (None, None) => by_zone().map(|gfz| (gfz, Basis::Gfz(gfz)))?,
    };
    Some(Dwellings {
        number: area_m2 * ratio / floor_area_m2,
        basis,
        area_m2,
    })
}
