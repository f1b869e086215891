//! How two layers can meet. A new predicate is one file here, one line in [`PREDICATES`] and its parameters in `modules::PredicateDef`.

mod adjacent;
mod beyond_distance;
mod capacity;
mod nearness;
mod overlap;
mod served_share;
mod variety;
mod within_distance;
mod zonal;

use super::{
    memory::Gap,
    plan::{Plan, Subject},
};
use crate::{
    geometry::Scratch,
    model::{Language, LocalText, Quantity, Severity},
    modules::RuleDef,
};

pub(super) use nearness::nearest;
pub(super) use within_distance::{by_attribute, from_attributes};

/// Every predicate, in the order of the reference.
pub(super) const PREDICATES: &[&dyn Predicate] = &[
    &overlap::Overlap,
    &within_distance::WithinDistance,
    &beyond_distance::BeyondDistance,
    &adjacent::Adjacent,
    &zonal::Zonal,
    &capacity::Capacity,
    &variety::Variety,
    &served_share::ServedShare,
];

/// The predicate of that name.
pub(super) fn find(name: &str) -> Option<&'static dyn Predicate> {
    PREDICATES.iter().find(|p| p.name() == name).copied()
}

/// Name and description of every predicate, in the order of the reference.
pub fn predicates() -> impl Iterator<Item = (&'static str, LocalText)> {
    PREDICATES.iter().map(|p| (p.name(), p.doc()))
}

/// One way for a subject and its objects to meet.
pub(super) trait Predicate: Sync {
    /// The name in TOML.
    fn name(&self) -> &'static str;
    /// What it asks.
    fn doc(&self) -> LocalText;
    /// Parameters and comparison in words, one line each.
    fn explain(&self, rule: &RuleDef, language: Language) -> Vec<String>;
    /// True when the object side is a raster.
    fn wants_grid(&self) -> bool {
        false
    }
    /// Whether layers and parameters fit; attributes were checked before.
    fn check(&self, plan: &Plan) -> Result<(), LocalText>;
    /// How far around a subject something may change its answer.
    fn search_radius_m(&self, plan: &Plan) -> f64;
    /// True when a conflict rests on the absence of objects, so that none can be told where no data are.
    fn rests_on_absence(&self) -> bool {
        false
    }
    /// The answer for one subject.
    fn measure(&self, plan: &Plan, subject: &Subject, work: &mut Work) -> Measure;
}

/// Buffers of one thread.
#[derive(Default)]
pub(super) struct Work {
    /// For the area sweep.
    pub sweep: Scratch,
    /// Candidate rows.
    pub rows: Vec<u32>,
}

/// What a predicate found for one subject, before coverage is looked at.
#[derive(Default)]
pub(super) struct Measure {
    /// The conflict.
    pub hit: Option<Hit>,
    /// What could not be decided, and on how many m² of the subject.
    pub gap: Option<(Gap, f64)>,
}

impl Measure {
    /// Neither conflict nor doubt.
    pub fn clear() -> Self {
        Self::default()
    }

    /// No answer.
    pub fn unknown(gap: Gap, area_m2: f64) -> Self {
        Self {
            hit: None,
            gap: Some((gap, area_m2)),
        }
    }

    /// A conflict.
    pub fn hit(hit: Hit) -> Self {
        Self { hit: Some(hit), gap: None }
    }
}

/// A conflict in the making.
pub(super) struct Hit {
    pub severity: Severity,
    /// Rows of the object layer, ascending.
    pub objects: Vec<u32>,
    pub geometry: geo::Geometry<f64>,
    pub anchor: [f64; 2],
    pub measured: Quantity,
    pub threshold: Option<Quantity>,
    pub area_m2: Option<f64>,
    pub share_percent: Option<f64>,
    pub reasons: Vec<LocalText>,
}

/// A number with its unit.
pub(super) fn quantity(value: f64, unit: &str) -> Quantity {
    Quantity { value, unit: unit.into() }
}

/// The answer when a predicate is given another predicate's parameters, which the lookup by name rules out.
pub(super) fn foreign_parameters() -> LocalText {
    LocalText::new(
        "Die Parameter gehören zu einem anderen Prädikat.",
        "the parameters belong to another predicate.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_everything_is_described() {
        let names: std::collections::BTreeSet<_> = PREDICATES.iter().map(|p| p.name()).collect();
        assert_eq!(names.len(), PREDICATES.len());
        for (name, doc) in predicates() {
            assert!(doc.de.len() > 20 && doc.en.len() > 20, "{name} is not described");
            assert_eq!(find(name).map(|p| p.name()), Some(name));
        }
    }
}
