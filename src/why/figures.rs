//! Indicators where the spot lies: of the area of interest and of the district around it.

use crate::{
    indicators::{self, Indicators},
    model::GeometryKind,
    modules::Role,
    progress::Control,
    project::City,
    rules::Evaluation,
};

/// Indicators of the whole and of the district with the point; `None` when the work was stopped.
pub fn at(city: &City, evaluation: &Evaluation, at: [f64; 2], control: &Control) -> Option<Indicators> {
    let districts = city.with_role(Role::Districts).find(|s| {
        let layer = city.layer(&s.id);
        layer.is_some_and(|l| l.layer.geometry.kind() == GeometryKind::Polygon && !l.layer.is_empty())
    });
    indicators::evaluate_at(city, evaluation, districts.map(|s| &s.id), at, control).ok()
}
