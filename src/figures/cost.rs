//! Numbers for parking and costs as data: `assets/figures.toml`.

use crate::model::LocalText;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Parking of a dwelling.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parking {
    /// Spaces a dwelling.
    pub per_dwelling: f64,
    /// Area of a space.
    pub m2_each: f64,
}

/// Normal building costs of a kind of building.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nhk {
    /// Name in the data.
    pub id: String,
    /// Name for people.
    pub title: LocalText,
    /// At standard 3, 4 and 5.
    pub euro_m2: [f64; 3],
}

/// A value of the price index.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceIndex {
    /// Quarter.
    pub period: String,
    /// 2010 = 100.
    pub value: f64,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Parking.
    pub parking: Parking,
    /// Costs.
    pub cost: Vec<Nhk>,
    /// Price index in order of time.
    pub index: Vec<PriceIndex>,
}

/// The built-in numbers.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    // A test proves that the built-in table parses.
    CATALOGUE.get_or_init(|| toml::from_str(include_str!("../../assets/figures.toml")).unwrap_or_default())
}

/// What whoever asks may change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assumptions {
    /// Price index, 2010 = 100.
    pub index: f64,
    /// Where it comes from.
    pub index_source: String,
    /// Regional factor.
    pub factor: f64,
    /// Standard of the buildings: 3, 4 or 5.
    pub standard: u8,
    /// Parking spaces a dwelling.
    pub parking_per_dwelling: f64,
}

impl Default for Assumptions {
    fn default() -> Self {
        let c = catalogue();
        let last = c.index.last();
        Self {
            index: last.map_or(100.0, |i| i.value),
            index_source: last.map(|i| format!("Destatis, {}", i.period)).unwrap_or_default(),
            factor: 1.0,
            standard: 4,
            parking_per_dwelling: c.parking.per_dwelling,
        }
    }
}

impl Catalogue {
    /// The kind of building behind a use, a facility and a number of dwellings; `None` where the catalogue has none.
    pub(super) fn kind(&self, usage: &str, facility: Option<&str>, dwellings: Option<f64>) -> Option<&Nhk> {
        let id = match (usage, facility, dwellings) {
            ("residential", _, Some(n)) if n <= 6.0 => "housing_6",
            ("residential", _, Some(n)) if n <= 20.0 => "housing_20",
            ("residential", _, _) => "housing_more",
            ("mixed", ..) => "mixed",
            ("commercial", ..) => "commercial",
            ("public", Some(f), _) => f,
            _ => return None,
        };
        self.cost.iter().find(|c| c.id == id)
    }
}

impl Nhk {
    /// At a standard.
    pub fn at(&self, standard: u8) -> f64 {
        self.euro_m2[usize::from(standard.clamp(3, 5) - 3)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_finds_the_kind_of_building() {
        let c: Catalogue = toml::from_str(include_str!("../../assets/figures.toml")).unwrap();
        let of = |usage: &str, facility: Option<&str>, n: Option<f64>| c.kind(usage, facility, n).map(|k| k.at(3));
        assert_eq!(of("residential", None, Some(6.0)), Some(825.0));
        assert_eq!(of("residential", None, Some(20.0)), Some(765.0));
        assert_eq!(of("residential", None, Some(80.0)), Some(755.0));
        assert_eq!(of("public", Some("kita"), None), Some(1300.0));
        assert_eq!(of("public", Some("fire_station"), None), None);
        assert_eq!(of("industrial", None, None), None);
        assert_eq!(c.kind("commercial", None, None).unwrap().at(9), 1900.0);
    }
}
