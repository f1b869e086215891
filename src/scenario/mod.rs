//! Scenarios: a list of named edits over a base that nobody touches. Base and edits in, a new immutable city out; history, files and
//! comparison beside it. Rules and indicators read the city and never know that it is a plan.

mod base;
mod building;
pub mod compare;
mod division;
mod document;
mod draft;
mod edit;
mod error;
mod fields;
pub mod file;
pub mod journal;
mod lock;
mod overlay;
mod parameters;
mod plan;
mod settings;
mod shape;
#[cfg(test)]
mod tests;
mod text;

pub use base::{Base, feature_of};
pub use building::{BuildingVolume, RoofForm, STOREY_M};
pub use compare::{Comparison, ConflictDelta, Fate, FeatureDelta, FigureDelta, SumDelta};
pub use document::{About, Access, Document};
pub use draft::{Draft, Named};
pub use edit::{Attributes, Edit, Feature, MOST_EDITS, Step, Touched};
pub use error::EditError;
pub use fields::typed;
pub use file::{Parked, ScenarioError, ScenarioFile};
pub use lock::Lock;
pub use overlay::Overlay;
pub use parameters::{RuleNumber, rule_numbers};
pub use plan::{Misfit, Moved, Past, Plan};
pub use settings::{Setting, hidden, reviews, status_name};
pub use shape::{MOST_VERTICES, Shape};

use crate::project::City;

/// The city with the edits of some steps.
///
/// # Errors
/// When an edit does not fit.
pub fn apply(base: &Base, steps: &[Step]) -> Result<City, EditError> {
    let mut overlay = Overlay::default();
    for step in steps {
        overlay.push(base, &mut step.clone()).map_err(|(_, e)| e)?;
    }
    Ok(overlay.city(base))
}
