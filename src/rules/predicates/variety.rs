//! How many of several kinds of objects are near: everything for the day within fifteen minutes.

use super::{Hit, Measure, Predicate, Work, foreign_parameters, nearest, quantity, within_distance::positive};
use crate::{
    model::{Language, LocalText},
    modules::{PredicateDef, RuleDef},
    rules::{
        plan::{Plan, slot_title},
        subject::Subject,
        words::{both, listed, plain},
    },
};

pub(super) struct Variety;

impl Predicate for Variety {
    fn name(&self) -> &'static str {
        "variety"
    }

    fn doc(&self) -> LocalText {
        LocalText::new(
            "Von mehreren Arten von Objekten liegen weniger als verlangt innerhalb der Entfernung (Luftlinie von Rand zu Rand).",
            "Of several kinds of objects fewer than asked for lie within the distance (straight line from edge to edge).",
        )
    }

    fn explain(&self, rule: &RuleDef, l: Language) -> Vec<String> {
        let PredicateDef::Variety(p) = &rule.predicate else { return vec![] };
        let (distance, least, all) = (plain(l, p.distance_m), plain(l, p.min_count), p.further.len() + 1);
        let mut lines = vec![match l {
            Language::De => format!("Konflikt, wenn in {distance} m Luftlinie weniger als {least} der {all} Arten liegen"),
            Language::En => format!("Conflict when within {distance} m in a straight line there are fewer than {least} of the {all} kinds"),
        }];
        for side in std::iter::once(&rule.object).chain(&p.further) {
            let filter = side.filter.as_ref().map(|f| format!(", CQL2: {f}"));
            lines.push(format!("{}{}", side.slot, filter.unwrap_or_default()));
        }
        lines
    }

    fn check(&self, plan: &Plan) -> Result<(), LocalText> {
        match &plan.rule.predicate {
            PredicateDef::Variety(_) => positive(plan.distance_m()),
            _ => Err(foreign_parameters()),
        }
    }

    fn search_radius_m(&self, plan: &Plan) -> f64 {
        plan.distance_m()
    }

    fn rests_on_absence(&self) -> bool {
        true
    }

    fn measure(&self, plan: &Plan, subject: &Subject, work: &mut Work) -> Measure {
        let (PredicateDef::Variety(p), Some(first)) = (&plan.rule.predicate, plan.objects()) else {
            return Measure::clear();
        };
        let reach = plan.distance_m();
        let bbox = plan.subject.layer.geometry.bbox(subject.row as usize);
        let mut absent = vec![];
        let all = 1 + plan.further.len();
        for objects in std::iter::once(first).chain(&plan.further) {
            let own = objects.layer.layer.slot == plan.rule.subject.slot;
            let other = |row: u32| !(own && row == subject.row);
            if nearest(subject.edges(), bbox, objects, reach, reach, other, work).is_none() {
                absent.push(&objects.layer.layer.slot);
            }
        }
        let found = all - absent.len();
        if found as f64 >= p.min_count {
            return Measure::clear();
        }
        let (geometry, anchor) = subject.place();
        Measure::hit(Hit {
            severity: plan.severity_of(plan.severity, subject.row, &[]),
            objects: vec![],
            geometry,
            anchor,
            measured: quantity(found as f64, "×"),
            threshold: Some(quantity(p.min_count, "×")),
            area_m2: None,
            share_percent: None,
            reasons: vec![both(|l| {
                let names: Vec<String> = absent.iter().map(|slot| slot_title(plan.city, slot, l)).collect();
                let (reach, least, names) = (plain(l, reach), plain(l, p.min_count), listed(l, &names));
                match l {
                    Language::De => {
                        format!("{found} von {all} Arten innerhalb von {reach} m Luftlinie, verlangt {least}; es fehlen: {names}.")
                    }
                    Language::En => {
                        format!("{found} of {all} kinds within {reach} m in a straight line, asked for {least}; missing: {names}.")
                    }
                }
            })],
        })
    }
}
