//! Nothing suitable is near: no park, no school, no stop.

use super::{Hit, Measure, Predicate, Work, foreign_parameters, nearest, quantity, within_distance::positive};
use crate::{
    geometry::area_m2,
    model::{GeometryKind, Language, LocalText},
    modules::{PredicateDef, RuleDef},
    rules::{
        memory::Gap,
        plan::{Plan, Subject},
        words::{against, area, both, pick, plain, quoted},
    },
};

pub(super) struct BeyondDistance;

/// How many times the distance the nearest object is looked for, to say how far it is.
const FAR: f64 = 10.0;

impl Predicate for BeyondDistance {
    fn name(&self) -> &'static str {
        "beyond_distance"
    }

    fn doc(&self) -> LocalText {
        LocalText::new(
            "Kein Objekt liegt innerhalb der Entfernung (Luftlinie von Rand zu Rand; genau die Entfernung genügt).",
            "No object lies within the distance (straight line from edge to edge; exactly the distance suffices).",
        )
    }

    fn explain(&self, rule: &RuleDef, l: Language) -> Vec<String> {
        let PredicateDef::BeyondDistance(p) = &rule.predicate else {
            return vec![];
        };
        let mut lines = vec![format!(
            "{} {} m {}",
            pick(l, "Konflikt, wenn in", "Conflict when within"),
            plain(l, p.distance_m),
            pick(l, "Luftlinie kein Objekt liegt", "in a straight line there is no object")
        )];
        if p.min_object_area_m2 > 0.0 {
            let size = area(l, p.min_object_area_m2);
            lines.push(format!(
                "{} {size}",
                pick(l, "Es zählen Objekte ab", "Objects count from a size of")
            ));
        }
        lines
    }

    fn check(&self, plan: &Plan) -> Result<(), LocalText> {
        match &plan.rule.predicate {
            PredicateDef::BeyondDistance(_) => positive(plan.distance_m()),
            _ => Err(foreign_parameters()),
        }
    }

    fn search_radius_m(&self, plan: &Plan) -> f64 {
        FAR * plan.distance_m()
    }

    fn rests_on_absence(&self) -> bool {
        true
    }

    fn measure(&self, plan: &Plan, subject: &Subject, work: &mut Work) -> Measure {
        let (PredicateDef::BeyondDistance(p), Some(objects)) = (&plan.rule.predicate, plan.objects()) else {
            return Measure::clear();
        };
        let (limit, far) = (plan.distance_m(), FAR * plan.distance_m());
        let column = &objects.layer.layer.geometry;
        let bbox = plan.subject.layer.geometry.bbox(subject.row as usize);
        let other = |r: u32| !(plan.same_slot && r == subject.row);
        let sized = column.kind() == GeometryKind::Polygon;
        let large = |r: u32| other(r) && (p.min_object_area_m2 <= 0.0 || (sized && area_m2(column, r as usize) >= p.min_object_area_m2));
        let found = nearest(subject.edges(), bbox, objects, limit, far, large, work);
        if found.is_some_and(|(_, d)| d <= limit) {
            return Measure::clear();
        }
        if p.min_object_area_m2 > 0.0 && !sized && nearest(subject.edges(), bbox, objects, limit, limit, other, work).is_some() {
            return Measure::unknown(Gap::NoSize, subject.area_m2());
        }
        let (geometry, anchor) = subject.place();
        Measure::hit(Hit {
            severity: plan.severity,
            objects: vec![],
            geometry,
            anchor,
            measured: quantity(found.map_or(far, |(_, d)| d), "m"),
            threshold: Some(quantity(limit, "m")),
            area_m2: None,
            share_percent: None,
            reasons: vec![sentence(plan, p.min_object_area_m2, found, limit, far)],
        })
    }
}

fn sentence(plan: &Plan, min_m2: f64, found: Option<(u32, f64)>, limit: f64, far: f64) -> LocalText {
    both(|l| {
        let title = quoted(l, &plan.object_title(l));
        let size = match min_m2 > 0.0 {
            true => format!(" {} {}", pick(l, "ab", "from"), area(l, min_m2)),
            false => String::new(),
        };
        let bound = plain(l, limit);
        let nearest = match found {
            Some((row, d)) => {
                let name = quoted(l, &plan.object_ref(row).map_or_else(String::new, |f| f.label));
                let d = against(l, d, limit);
                match l {
                    Language::De => format!("am nächsten ist {name} mit {d} m."),
                    Language::En => format!("the nearest is {name} at {d} m."),
                }
            }
            None => {
                let far = plain(l, far);
                match l {
                    Language::De => format!("auch im Umkreis von {far} m ist nichts verzeichnet."),
                    Language::En => format!("nothing is recorded within {far} m either."),
                }
            }
        };
        match l {
            Language::De => format!("Nichts aus {title}{size} innerhalb von {bound} m Luftlinie; {nearest}"),
            Language::En => format!("Nothing of {title}{size} within {bound} m in a straight line; {nearest}"),
        }
    })
}
