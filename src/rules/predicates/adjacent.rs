//! They touch: housing beside an industrial area.

use super::{Measure, Predicate, Work, foreign_parameters, within_distance::near};
use crate::{
    model::{Language, LocalText},
    modules::{Comparison, PredicateDef, RuleDef},
    rules::{
        plan::{Plan, Subject},
        words::{pick, plain},
    },
};

pub(super) struct Adjacent;

impl Predicate for Adjacent {
    fn name(&self) -> &'static str {
        "adjacent"
    }

    fn doc(&self) -> LocalText {
        LocalText::new(
            "Gegenstand und Objekt berühren oder überlagern sich; eine Lücke bis zur Toleranz gilt noch als Berührung.",
            "Subject and object touch or overlap; a gap up to the tolerance still counts as touching.",
        )
    }

    fn explain(&self, rule: &RuleDef, l: Language) -> Vec<String> {
        let PredicateDef::Adjacent(p) = &rule.predicate else {
            return vec![];
        };
        vec![format!(
            "{} {} m",
            pick(
                l,
                "Konflikt, wenn die Lücke höchstens so groß ist:",
                "Conflict when the gap is at most"
            ),
            plain(l, p.tolerance_m)
        )]
    }

    fn check(&self, plan: &Plan) -> Result<(), LocalText> {
        match &plan.rule.predicate {
            PredicateDef::Adjacent(p) if p.tolerance_m >= 0.0 && p.tolerance_m.is_finite() => Ok(()),
            PredicateDef::Adjacent(_) => Err(LocalText::new("Die Toleranz ist negativ.", "the tolerance is negative.")),
            _ => Err(foreign_parameters()),
        }
    }

    fn search_radius_m(&self, plan: &Plan) -> f64 {
        plan.largest_distance_m()
    }

    fn measure(&self, plan: &Plan, subject: &Subject, work: &mut Work) -> Measure {
        near(plan, subject, work, Comparison::AtLeast)
    }
}
