//! `[predicate.…]` of a rule: how subject and object meet, and the numbers of each way.

use super::{PathKind, RuleSide, Walking};
use crate::model::{LocalText, Severity, SlotId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Parameters of a predicate that may measure on foot: what it says itself, and how it walks. A macro, because `serde(flatten)` would let
/// unknown keys pass.
macro_rules! on_foot {
    ($(#[$about:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($own)*
            /// How distances are measured.
            #[serde(default)]
            pub path: PathKind,
            /// Line slot whose ways are walked along; without it the slot with the role `streets`.
            #[serde(default)]
            pub network: Option<SlotId>,
            /// The distance that stands for it in a straight line, where there is no network. Without it the same number.
            #[serde(default)]
            pub straight_line_m: Option<f64>,
        }

        impl $name {
            fn walking(&self) -> Option<Walking<'_>> {
                (self.path == PathKind::Walking).then_some(Walking {
                    network: self.network.as_ref(),
                    straight_line_m: self.straight_line_m,
                })
            }
        }
    };
}

/// How subject and object meet. In TOML: `[predicate.overlap]` and so on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PredicateDef {
    /// They share area.
    Overlap(OverlapParams),
    /// They are closer than a distance.
    WithinDistance(WithinParams),
    /// Nothing suitable is within a distance.
    BeyondDistance(BeyondParams),
    /// They touch.
    Adjacent(AdjacentParams),
    /// A raster's values inside the subject.
    Zonal(ZonalParams),
    /// Demand against places in a catchment.
    Capacity(CapacityParams),
    /// How many of several kinds of objects are near.
    Variety(VarietyParams),
    /// The share of inhabitants that have an object near.
    ServedShare(ServedShareParams),
    /// By an engine of its own, for what a plan changes; only the program's own rules, see [`super::computed()`].
    Computed(ComputedParams),
}

impl PredicateDef {
    /// What a rule that measures along ways asks of them.
    pub fn walking(&self) -> Option<Walking<'_>> {
        match self {
            Self::BeyondDistance(p) => p.walking(),
            Self::Capacity(p) => p.walking(),
            Self::Variety(p) => p.walking(),
            Self::ServedShare(p) => p.walking(),
            Self::Overlap(_) | Self::WithinDistance(_) | Self::Adjacent(_) | Self::Zonal(_) | Self::Computed(_) => None,
        }
    }

    /// What values are compared with.
    pub fn threshold(&self) -> Option<&Threshold> {
        match self {
            Self::Overlap(p) => p.threshold.as_ref(),
            Self::Zonal(p) => Some(&p.threshold),
            _ => None,
        }
    }

    /// The table of distances.
    pub fn distance_by(&self) -> Option<&DistanceBy> {
        match self {
            Self::WithinDistance(p) => p.distance_by.as_ref(),
            Self::BeyondDistance(p) => p.distance_by.as_ref(),
            _ => None,
        }
    }

    /// The attributes that the distance follows from.
    pub fn distance_from(&self) -> Option<&DistanceFrom> {
        match self {
            Self::WithinDistance(p) => p.distance_from.as_ref(),
            _ => None,
        }
    }

    /// The name in TOML.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Overlap(_) => "overlap",
            Self::WithinDistance(_) => "within_distance",
            Self::BeyondDistance(_) => "beyond_distance",
            Self::Adjacent(_) => "adjacent",
            Self::Zonal(_) => "zonal",
            Self::Capacity(_) => "capacity",
            Self::Variety(_) => "variety",
            Self::ServedShare(_) => "served_share",
            Self::Computed(_) => "computed",
        }
    }
}

/// Parameters of a rule that an engine of its own answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComputedParams {
    /// What is measured and how, in words.
    pub how: LocalText,
}

/// `>`, `>=` or `<`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Comparison {
    /// Strictly above.
    #[default]
    #[serde(rename = ">")]
    Above,
    /// At or above.
    #[serde(rename = ">=")]
    AtLeast,
    /// Strictly below: too little of something.
    #[serde(rename = "<")]
    Below,
}

impl Comparison {
    /// Compares as the threshold says.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Above => value > limit,
            Self::AtLeast => value >= limit,
            Self::Below => value < limit,
        }
    }
}

/// A value of the object (or raster) compared with a limit, fixed or chosen by an attribute of the subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Numeric attribute of the object that is compared. Not used by `zonal`.
    #[serde(default)]
    pub object_attribute: Option<String>,
    /// How.
    #[serde(default)]
    pub comparison: Comparison,
    /// Unit of value and limit.
    pub unit: String,
    /// The limit for every subject.
    #[serde(default)]
    pub limit: Option<f64>,
    /// Attribute of the subject that chooses the limit from `limits`.
    #[serde(default)]
    pub subject_attribute: Option<String>,
    /// Limits by attribute value ("WA" = 55). A subject whose value is not listed is unknown, not clear.
    #[serde(default)]
    pub limits: BTreeMap<String, f64>,
    /// Values that reach this as well are another rule's matter.
    #[serde(default)]
    pub until: Option<f64>,
    /// Other severities from higher values on, compared as the limit is; the last step that is reached counts.
    #[serde(default, rename = "step")]
    pub steps: Vec<SeverityStep>,
}

impl Threshold {
    /// Whether a value breaks `limit` and is not beyond what this rule looks at.
    pub fn breaks(&self, value: f64, limit: f64) -> bool {
        let comparison = self.comparison;
        comparison.holds(value, limit) && !self.until.is_some_and(|until| comparison.holds(value, until))
    }
}

/// A value from which on the severity is another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeverityStep {
    /// In the unit of the threshold.
    pub limit: f64,
    /// The weight beyond it.
    pub severity: Severity,
}

/// A distance chosen by an attribute (order of a water, class of a plant).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistanceBy {
    /// Attribute of the object.
    pub object_attribute: String,
    /// Metres by attribute value; others keep the rule's distance.
    pub table: BTreeMap<String, f64>,
}

/// A distance that grows with the object: `factor` times the sum of its attributes (hub height and rotor radius).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistanceFrom {
    /// Numeric attributes of the object in metres.
    pub object_attributes: Vec<String>,
    /// Times their sum.
    pub factor: f64,
    /// An object that lacks one of them and is closer than this makes the answer unknown.
    pub unknown_within_m: f64,
}

/// Parameters of `overlap`: conflict when the shared area exceeds both minima.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverlapParams {
    /// Shared areas up to this are digitising noise.
    pub min_area_m2: f64,
    /// Least share of the subject's area in percent.
    #[serde(default)]
    pub min_share_percent: f64,
    /// Only objects whose value exceeds a limit count.
    #[serde(default)]
    pub threshold: Option<Threshold>,
}

/// Parameters of `within_distance`: conflict when the distance is less than `distance_m`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithinParams {
    /// Least distance that must be kept. Left out where it follows from the object (`distance_from`).
    #[serde(default)]
    pub distance_m: f64,
    /// Other distances by an attribute of the object.
    #[serde(default)]
    pub distance_by: Option<DistanceBy>,
    /// The distance follows from attributes of the object.
    #[serde(default)]
    pub distance_from: Option<DistanceFrom>,
    /// Smaller objects do not count ("standing water of more than 1 ha"), by the area of their geometry.
    #[serde(default)]
    pub min_object_area_m2: f64,
}

on_foot! {
    /// Parameters of `beyond_distance`: conflict when fewer than `min_count` objects lie within their distance.
    BeyondParams {
        /// Farthest acceptable distance.
        pub distance_m: f64,
        /// Other distances by an attribute of the object (a railway station may be farther away than a bus stop).
        #[serde(default)]
        pub distance_by: Option<DistanceBy>,
        /// Smaller objects do not count ("park of at least 0.5 ha"), by the area of their geometry.
        #[serde(default)]
        pub min_object_area_m2: f64,
        /// How many objects there have to be.
        #[serde(default = "one")]
        pub min_count: f64,
    }
}

fn one() -> f64 {
    1.0
}

/// Parameters of `adjacent`: conflict when the gap is at most `tolerance_m`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdjacentParams {
    /// Largest gap that still counts as touching.
    pub tolerance_m: f64,
}

/// Which statistic of the cells inside the subject is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZonalStatistic {
    /// Mean weighted by coverage.
    Mean,
    /// Largest value of a cell that is touched.
    Max,
}

/// Parameters of `zonal`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZonalParams {
    /// Statistic.
    pub statistic: ZonalStatistic,
    /// What it is compared with.
    pub threshold: Threshold,
    /// How far around the subject its surroundings count as well.
    #[serde(default)]
    pub around_m: f64,
    /// Least share of the subject's area over the limit, percent.
    #[serde(default)]
    pub min_share_percent: f64,
}

on_foot! {
    /// Parameters of `capacity`: existing and new demand against places in the catchment of a site.
    ///
    /// `dwellings = subject area × GFZ / floor_area_per_dwelling_m2` (or the subject's `dwellings`), `inhabitants = dwellings ×
    /// inhabitants_per_dwelling`, `demand = inhabitants × demand_per_inhabitant`; the existing demand is the population inside the
    /// catchment, by share of area, times `demand_per_inhabitant`. Exactly one of `places_attribute`, `places_each` and
    /// `places_from_area` says what an object offers.
    CapacityParams {
        /// How far the catchment reaches from the subject.
        pub catchment_m: f64,
        /// Numeric attribute of the object that holds its places.
        #[serde(default)]
        pub places_attribute: Option<String>,
        /// Places that every object offers.
        #[serde(default)]
        pub places_each: Option<f64>,
        /// The object's area in m² is what it offers.
        #[serde(default)]
        pub places_from_area: bool,
        /// Smaller objects do not count, by the area of their geometry.
        #[serde(default)]
        pub min_object_area_m2: f64,
        /// What is counted ("places").
        pub unit: LocalText,
        /// Polygon slot with the people.
        pub population: SlotId,
        /// Its attribute that is counted.
        #[serde(default = "inhabitants")]
        pub population_attribute: String,
        /// Demand of one counted person, in places.
        pub demand_per_inhabitant: f64,
        /// Demand of one new inhabitant, where it is another; 0 where only the present demand is looked at.
        #[serde(default)]
        pub demand_per_new_inhabitant: Option<f64>,
        /// Gross floor area of one dwelling.
        pub floor_area_per_dwelling_m2: f64,
        /// Household size.
        pub inhabitants_per_dwelling: f64,
        /// Floor area ratio by BauNVO type, used when the subject has no `gfz`.
        pub gfz_by_baunvo: BTreeMap<String, f64>,
        /// Conflict above this use of capacity, percent.
        pub warn_percent: f64,
        /// Severity 3 above this, percent; left out where nothing weighs heavier.
        #[serde(default)]
        pub grave_percent: Option<f64>,
    }
}

impl CapacityParams {
    /// Demand of one new inhabitant.
    pub fn new_demand(&self) -> f64 {
        self.demand_per_new_inhabitant.unwrap_or(self.demand_per_inhabitant)
    }
}

fn inhabitants() -> String {
    "inhabitants".into()
}

on_foot! {
    /// Parameters of `variety`: conflict when fewer than `min_count` of the rule's object and `further` kinds lie within `distance_m`.
    VarietyParams {
        /// Farthest acceptable distance.
        pub distance_m: f64,
        /// How many of the kinds there have to be.
        pub min_count: f64,
        /// The kinds beside the rule's object.
        pub further: Vec<RuleSide>,
    }
}

on_foot! {
    /// Parameters of `served_share`: conflict when less than `min_percent` of the inhabitants inside the subject live within
    /// `distance_m` of an object.
    ServedShareParams {
        /// Farthest acceptable distance.
        pub distance_m: f64,
        /// Least share of the inhabitants.
        pub min_percent: f64,
        /// Polygon slot with the people.
        pub population: SlotId,
        /// Its attribute that is counted.
        #[serde(default = "inhabitants")]
        pub population_attribute: String,
    }
}
