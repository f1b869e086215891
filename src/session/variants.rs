//! Variants of one base side by side: two states go in, everything they differ in comes out.

use super::{SessionError, Snapshot};
use crate::{
    figures::{self, Assumptions, PlanFigures},
    indicators::{self, Indicators},
    model::LocalText,
    permit::Judged,
    progress::Control,
    project::City,
    rules::{self, Evaluation},
    scenario::{Access, Base, Comparison, ConflictDelta, Document, Overlay, SumDelta, compare as parts},
    sun,
};
use std::{collections::BTreeSet, path::Path, sync::Arc};

/// A state that can be compared: the base, or a scenario over it.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Name.
    pub title: LocalText,
    /// Net state; empty for the base.
    pub overlay: Overlay,
    /// The city.
    pub city: Arc<City>,
    /// Its conflicts.
    pub evaluation: Arc<Evaluation>,
    /// What a person should know: a changed base, edits that do not fit.
    pub notices: Vec<LocalText>,
}

impl Variant {
    /// The name of the existing conditions.
    pub fn base_title() -> LocalText {
        LocalText::new("Bestand", "Existing conditions")
    }

    /// The existing conditions themselves.
    pub fn of_base(base: &Base, evaluation: &Arc<Evaluation>) -> Self {
        Self {
            title: Self::base_title(),
            overlay: Overlay::default(),
            city: base.city.clone(),
            evaluation: evaluation.clone(),
            notices: vec![],
        }
    }

    /// What is on the screen: the open scenario, or the existing conditions.
    pub fn of_snapshot(s: &Snapshot) -> Self {
        Self {
            title: s
                .planning
                .as_ref()
                .map_or_else(Self::base_title, |p| LocalText::same(&p.about.title)),
            overlay: s.planning.as_ref().map(|p| p.overlay.clone()).unwrap_or_default(),
            city: s.city.clone(),
            evaluation: s.evaluation.clone(),
            notices: vec![],
        }
    }

    /// A scenario file over the base, only to look at; `evaluation` is the base's.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn of_file(base: &Base, evaluation: &Evaluation, path: &Path, control: &Control) -> Result<Self, SessionError> {
        let mut document = Document::open(base.clone(), path, &Access::look())?;
        let notices = document.take_notices();
        let plan = document.plan();
        let changed = plan.overlay().changed_rules();
        let evaluation = rules::update_with(plan.city(), evaluation, &plan.changes_to_base(), &changed, control);
        let judged = Judged::default().after(plan.base(), plan.overlay(), plan.city(), &[], control);
        let evaluation = judged.beside(evaluation);
        if control.is_cancelled() {
            return Err(SessionError::Cancelled);
        }
        Ok(Self {
            title: LocalText::same(&document.about().title),
            overlay: plan.overlay().clone(),
            city: Arc::new(plan.city().clone()),
            evaluation: Arc::new(evaluation),
            notices,
        })
    }
}

/// Figures of the potential sites of a city over a base. Buildings that the plan adds or changes go before what a site says of itself.
pub fn plan_figures(base: &City, city: &City, given: &Assumptions) -> PlanFigures {
    let new: BTreeSet<_> = match std::ptr::eq(base, city) {
        true => BTreeSet::new(),
        false => sun::changed(base, city).into_iter().map(|f| (f.slot, f.row)).collect(),
    };
    figures::figures(city, given, &|layer, row| {
        !new.is_empty() && new.contains(&(layer.layer.slot.clone(), row))
    })
}

/// What is counted in a variant.
#[derive(Debug, Clone)]
pub struct Assessed {
    /// Indicators of the whole.
    pub indicators: Arc<Indicators>,
    /// What the sites hold and cost.
    pub figures: Arc<PlanFigures>,
}

impl Assessed {
    /// Counts.
    ///
    /// # Errors
    /// When the job was cancelled.
    pub fn of(base: &Base, v: &Variant, given: &Assumptions, control: &Control) -> Result<Self, LocalText> {
        Ok(Self {
            indicators: Arc::new(indicators::evaluate(&v.city, &v.evaluation, None, control)?),
            figures: Arc::new(plan_figures(&base.city, &v.city, given)),
        })
    }
}

/// Sums over the sites in both states, in the order of the second.
fn sums(before: &PlanFigures, after: &PlanFigures) -> Vec<SumDelta> {
    // A sum of nothing known is not zero.
    let side = |all: &PlanFigures, id: &str| {
        let total = all.totals.iter().find(|t| t.id == id);
        let known = total.is_some_and(|t| (t.unknown as usize) < all.sites.iter().filter(|s| s.figures.iter().any(|f| f.id == id)).count());
        (total.map(|t| t.value).filter(|_| known), total.map_or(0, |t| t.unknown))
    };
    let gone = before.totals.iter().filter(|t| after.totals.iter().all(|u| u.id != t.id));
    let row = |t: &figures::Total| {
        let ((a, ua), (b, ub)) = (side(before, &t.id), side(after, &t.id));
        // The last bits of a sum are no difference.
        let b = match (a, b) {
            (Some(a), Some(b)) if (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) => Some(a),
            _ => b,
        };
        SumDelta {
            id: t.id.clone(),
            title: t.title.clone(),
            unit: t.unit.clone(),
            decimals: t.decimals,
            before: a,
            after: b,
            unknown_sites: [ua, ub],
        }
    };
    after.totals.iter().chain(gone).map(row).collect()
}

/// Everything that two variants of one base differ in, from what was counted in both.
pub fn differences(base: &Base, [a, b]: [&Variant; 2], [ca, cb]: [&Assessed; 2]) -> Comparison {
    Comparison {
        titles: [a.title.clone(), b.title.clone()],
        features: parts::features(base, &a.overlay, &b.overlay),
        settings: parts::settings(&a.overlay, &b.overlay),
        conflicts: ConflictDelta::between(&a.evaluation, &b.evaluation),
        indicators: parts::figures(&ca.indicators, &cb.indicators),
        figures: sums(&ca.figures, &cb.figures),
    }
}

/// Everything that two variants of one base differ in.
///
/// # Errors
/// When the job was cancelled.
pub fn compare(base: &Base, a: &Variant, b: &Variant, control: &Control) -> Result<Comparison, LocalText> {
    let given = Assumptions::default();
    let counted = [Assessed::of(base, a, &given, control)?, Assessed::of(base, b, &given, control)?];
    Ok(differences(base, [a, b], counted.each_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{SiteFigures, Total};
    use crate::model::FeatureRef;

    fn plan(values: &[(&str, Option<f64>)]) -> PlanFigures {
        let figure = |id: &str, value| figures::Figure {
            id: id.into(),
            title: LocalText::same(id),
            unit: LocalText::same("m²"),
            decimals: 0,
            value,
            formula: LocalText::same(""),
            source: String::new(),
        };
        let site = |(id, value): &(&str, Option<f64>)| SiteFigures {
            site: FeatureRef {
                slot: "m/sites".into(),
                row: 0,
                id: "a".into(),
                label: "A".into(),
            },
            usage: String::new(),
            figures: vec![figure(id, *value)],
        };
        let total = |(id, value): &(&str, Option<f64>)| Total {
            id: (*id).into(),
            title: LocalText::same(*id),
            unit: LocalText::same("m²"),
            decimals: 0,
            value: value.unwrap_or(0.0),
            unknown: u32::from(value.is_none()),
        };
        PlanFigures {
            sites: values.iter().map(site).collect(),
            totals: values.iter().map(total).collect(),
            by_use: vec![],
            assumptions: Assumptions::default(),
        }
    }

    #[test]
    fn a_sum_of_nothing_known_is_unknown_and_one_that_is_gone_is_told() {
        let deltas = sums(
            &plan(&[("area", Some(5.0)), ("homes", Some(3.0))]),
            &plan(&[("area", None), ("cost", Some(7.0))]),
        );
        let told: Vec<_> = deltas.iter().map(|d| (d.id.as_str(), d.before, d.after, d.unknown_sites)).collect();
        assert_eq!(
            told,
            [
                ("area", Some(5.0), None, [0, 1]),
                ("cost", None, Some(7.0), [0, 0]),
                ("homes", Some(3.0), None, [0, 0]),
            ]
        );
        assert!(deltas.iter().all(|d| d.delta().is_none()));
    }
}
