//! The shape of `indicators/<ID>_name.toml`: what is divided by what, for which places, and how it is read.

use super::{Evidence, PathKind, RuleSide, RuleStatus, SourceFile};
use crate::model::{LocalText, SlotId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither: it describes.
    Neutral,
}

/// One figure of a city or a district: `factor × numerator / denominator / years`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorDef {
    /// Short code ("I07"); the file name starts with it.
    pub id: String,
    /// Maturity.
    pub status: RuleStatus,
    /// Program version that brought it.
    pub since: String,
    /// Short name.
    pub title: LocalText,
    /// What is counted, and how.
    pub what: LocalText,
    /// Unit of the value as printed.
    pub unit: LocalText,
    /// Places after the decimal point.
    #[serde(default)]
    pub decimals: u8,
    /// Which way is better.
    pub direction: Direction,
    /// For which places it is meant ("municipality, district").
    pub spatial_unit: LocalText,
    /// The year that its limits and figures stand for.
    pub year: i32,
    /// Where the definition comes from.
    pub source: String,
    /// Evidence mark of the definition.
    pub evidence: Evidence,
    /// From the quotient to the unit: 100 for percent.
    #[serde(default = "one")]
    pub factor: f64,
    /// For a rate of change: the years that the numerator spans.
    #[serde(default)]
    pub years: Option<f64>,
    /// What is counted.
    pub numerator: MeasureDef,
    /// What it is divided by; without it the numerator is the value.
    #[serde(default)]
    pub denominator: Option<MeasureDef>,
    /// Where it was read from, to name a line in messages.
    #[serde(skip)]
    pub file: SourceFile,
}

fn one() -> f64 {
    1.0
}

/// Something that can be counted in a place. In TOML: `[numerator.area]` and so on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureDef {
    /// The place's own area, m².
    UnitArea(Empty),
    /// Area that any of the features covers, m²; each square metre counts once.
    Area(AreaMeasure),
    /// Area times the percentage that a grid tells for it, m².
    GridPercent(GridPercent),
    /// Sum of an attribute: areas by their share inside, points where they lie.
    Sum(SumMeasure),
    /// Features, counted where their middle lies.
    Count(CountMeasure),
    /// Inhabitants.
    Inhabitants(People),
    /// Inhabitants inside zones.
    InhabitantsInZone(ZoneMeasure),
    /// Inhabitants where a grid's value breaks a limit.
    InhabitantsInGrid(GridMeasure),
    /// Inhabitants with a feature near.
    InhabitantsNear(NearMeasure),
    /// Dwellings that sites can hold.
    Dwellings(DwellingsMeasure),
    /// Area of sites, m², times the weight of the gravest conflict on it (1 for severity 4, 0.25 for severity 1).
    ConflictArea(ConflictMeasure),
}

/// No parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

/// Parameters of `area`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaMeasure {
    /// The layers; what several cover counts once.
    pub of: Vec<RuleSide>,
    /// Numeric attribute with the percentage of each feature that counts (sealed share). Features are then taken as not overlapping.
    #[serde(default)]
    pub percent_attribute: Option<String>,
}

/// Parameters of `grid_percent`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridPercent {
    /// Raster slot with values in percent.
    pub slot: SlotId,
}

/// Parameters of `sum`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SumMeasure {
    /// The layer.
    pub of: RuleSide,
    /// Numeric attribute.
    pub attribute: String,
}

/// Parameters of `count`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountMeasure {
    /// The layer.
    pub of: RuleSide,
    /// Only features that touch a value from this on.
    #[serde(default)]
    pub grid: Option<GridLimit>,
}

/// A grid and a limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridLimit {
    /// Raster slot.
    pub slot: SlotId,
    /// Values from here on count.
    pub at_least: f64,
}

/// The people: a polygon slot and the attribute with their number. They are spread evenly over each polygon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// Polygon slot.
    pub population: SlotId,
    /// Numeric attribute.
    #[serde(default = "inhabitants")]
    pub attribute: String,
}

fn inhabitants() -> String {
    "inhabitants".into()
}

/// Parameters of `inhabitants_in_zone`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneMeasure {
    /// The people.
    pub population: SlotId,
    /// Numeric attribute.
    #[serde(default = "inhabitants")]
    pub attribute: String,
    /// Polygon layers; whoever lives in several counts once.
    pub zones: Vec<RuleSide>,
}

/// Parameters of `inhabitants_in_grid`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridMeasure {
    /// The people.
    pub population: SlotId,
    /// Numeric attribute.
    #[serde(default = "inhabitants")]
    pub attribute: String,
    /// Raster slot and limit.
    pub grid: GridLimit,
}

/// Parameters of `inhabitants_near`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NearMeasure {
    /// The people.
    pub population: SlotId,
    /// Numeric attribute.
    #[serde(default = "inhabitants")]
    pub attribute: String,
    /// What must be near.
    pub object: RuleSide,
    /// Smaller areas do not count.
    #[serde(default)]
    pub min_object_area_m2: f64,
    /// How near.
    pub distance_m: f64,
    /// How that is measured.
    #[serde(default)]
    pub path: PathKind,
    /// Line slot whose ways are walked along; without it the slot with the role `streets`.
    #[serde(default)]
    pub network: Option<SlotId>,
}

/// Parameters of `dwellings`: the site's own number, else area × GFZ / floor area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DwellingsMeasure {
    /// The sites.
    pub of: RuleSide,
    /// Gross floor area of one dwelling.
    pub floor_area_per_dwelling_m2: f64,
    /// Floor area ratio by BauNVO type, used when the site has no `gfz`.
    pub gfz_by_baunvo: BTreeMap<String, f64>,
}

/// Parameters of `conflict_area`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConflictMeasure {
    /// The sites.
    pub of: RuleSide,
}

impl MeasureDef {
    /// Every slot that the measure reads, with its filter.
    pub fn sides(&self) -> Vec<(&SlotId, Option<&str>)> {
        fn of(s: &RuleSide) -> (&SlotId, Option<&str>) {
            (&s.slot, s.filter.as_deref())
        }
        match self {
            Self::UnitArea(_) => vec![],
            Self::Area(m) => m.of.iter().map(of).collect(),
            Self::GridPercent(m) => vec![(&m.slot, None)],
            Self::Sum(m) => vec![of(&m.of)],
            Self::Count(m) => std::iter::once(of(&m.of)).chain(m.grid.iter().map(|g| (&g.slot, None))).collect(),
            Self::Inhabitants(m) => vec![(&m.population, None)],
            Self::InhabitantsInZone(m) => std::iter::once((&m.population, None)).chain(m.zones.iter().map(of)).collect(),
            Self::InhabitantsInGrid(m) => vec![(&m.population, None), (&m.grid.slot, None)],
            Self::InhabitantsNear(m) => vec![(&m.population, None), of(&m.object)],
            Self::Dwellings(m) => vec![of(&m.of)],
            Self::ConflictArea(m) => vec![of(&m.of)],
        }
    }

    /// Attributes that must be declared by a slot, as (slot, attribute).
    pub fn attributes(&self) -> Vec<(&SlotId, &str)> {
        match self {
            Self::Area(m) => {
                let name = m.percent_attribute.as_deref();
                m.of.iter().filter_map(|s| Some((&s.slot, name?))).collect()
            }
            Self::Sum(m) => vec![(&m.of.slot, m.attribute.as_str())],
            Self::Inhabitants(m) => vec![(&m.population, m.attribute.as_str())],
            Self::InhabitantsInZone(m) => vec![(&m.population, m.attribute.as_str())],
            Self::InhabitantsInGrid(m) => vec![(&m.population, m.attribute.as_str())],
            Self::InhabitantsNear(m) => vec![(&m.population, m.attribute.as_str())],
            Self::UnitArea(_) | Self::GridPercent(_) | Self::Count(_) | Self::Dwellings(_) | Self::ConflictArea(_) => vec![],
        }
    }
}
