//! How many of several kinds of objects are near: everything for the day within fifteen minutes.

use super::{Hit, Measure, Predicate, Work, foreign_parameters, nearest, quantity, within_distance::positive};
use crate::{
    model::{Language, LocalText},
    modules::{PredicateDef, RuleDef},
    rules::{
        memory::Gap,
        plan::{Plan, slot_title},
        subject::Subject,
        walking::{Near, how, measured_along, no_way, path_words, without_network},
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
        let bbox = plan.subject.layer.geometry.bbox(subject.row as usize);
        let mut absent = vec![];
        let all = 1 + plan.further.len();
        let walk = plan.walk();
        let from = walk.map(|w| w.snap(&subject.layer.layer.geometry, subject.row));
        let field = walk.zip(from.as_ref()).map(|(w, from)| w.around(from, reach));
        if let (Some(walk), Some(from)) = (walk, &from)
            && from.ways.is_empty()
        {
            return Measure::unknown(no_way(walk), subject.area_m2());
        }
        let mut lost = 0;
        for (k, objects) in std::iter::once(first).chain(&plan.further).enumerate() {
            let own = objects.layer.layer.slot == plan.rule.subject.slot;
            let other = |row: u32| !(own && row == subject.row);
            if let (Some(walk), Some(field)) = (walk, &field) {
                let (reached, off) = walk.reached(k, objects, field, &Near::of(subject), other);
                if reached.is_empty() {
                    lost += usize::from(off);
                    absent.push(&objects.layer.layer.slot);
                }
            } else if nearest(subject.edges(), bbox, objects, reach, reach, other, work).is_none() {
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
            .chain(
                walk.zip(from.as_ref())
                    .map(|(w, from)| measured_along(plan.city, w, from, None, None)),
            )
            .collect(),
        })
    }
}
