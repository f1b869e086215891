//! How many of several kinds of objects are near: everything for the day within fifteen minutes.

use super::{Hit, Measure, Predicate, Work, foreign_parameters, nearness::Lookout, quantity, within_distance::positive};
use crate::{
    model::{Language, LocalText},
    modules::{PredicateDef, RuleDef},
    rules::{
        memory::Gap,
        plan::Plan,
        sides::slot_title,
        subject::Subject,
        walking::{how, measured_along, no_way, path_words, without_network},
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
            "Von mehreren Arten von Objekten liegen weniger als verlangt innerhalb der Entfernung (Luftlinie von Rand zu Rand oder Fußweg).",
            "Of several kinds of objects fewer than asked for lie within the distance (straight line from edge to edge, or on foot).",
        )
    }

    fn explain(&self, rule: &RuleDef, l: Language) -> Vec<String> {
        let PredicateDef::Variety(p) = &rule.predicate else { return vec![] };
        let how = path_words(&rule.predicate, l);
        let (distance, least, all) = (plain(l, p.distance_m), plain(l, p.min_count), p.further.len() + 1);
        let mut lines = vec![match l {
            Language::De => format!("Konflikt, wenn in {distance} m {how} weniger als {least} der {all} Arten liegen"),
            Language::En => format!("Conflict when within {distance} m {how} there are fewer than {least} of the {all} kinds"),
        }];
        for side in std::iter::once(&rule.object).chain(&p.further) {
            let filter = side.filter.as_ref().map(|f| format!(", CQL2: {f}"));
            lines.push(format!("{}{}", side.slot, filter.unwrap_or_default()));
        }
        lines.extend(without_network(&rule.predicate, l));
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
        let look = Lookout::new(plan, subject);
        if let Some(walk) = look.stranded() {
            return Measure::unknown(no_way(walk), subject.area_m2());
        }
        let (mut absent, mut lost) = (vec![], 0);
        let all = 1 + plan.further.len();
        for (k, objects) in std::iter::once(first).chain(&plan.further).enumerate() {
            let own = objects.layer.layer.slot == plan.rule.subject.slot;
            let (near, off) = look.within(k, objects, |row| !(own && row == subject.row), work);
            if near.is_empty() {
                lost += usize::from(off);
                absent.push(&objects.layer.layer.slot);
            }
        }
        let found = all - absent.len();
        if found as f64 >= p.min_count {
            return Measure::clear();
        }
        if (found + lost) as f64 >= p.min_count {
            return Measure::unknown(Gap::ObjectOffWays, subject.area_m2());
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
            reasons: std::iter::once(both(|l| {
                let how = how(plan, l);
                let names: Vec<String> = absent.iter().map(|slot| slot_title(plan.city, slot, l)).collect();
                let (reach, least, names) = (plain(l, reach), plain(l, p.min_count), listed(l, &names));
                match l {
                    Language::De => {
                        format!("{found} von {all} Arten innerhalb von {reach} m {how}, verlangt {least}; es fehlen: {names}.")
                    }
                    Language::En => {
                        format!("{found} of {all} kinds within {reach} m {how}, asked for {least}; missing: {names}.")
                    }
                }
            }))
            .chain(look.foot.as_ref().map(|f| measured_along(plan.city, f.walk, &f.from, None, None)))
            .collect(),
        })
    }
}
