//! Nothing suitable is near: no park, no school, no stop.

use super::{
    Hit, Measure, Predicate, Work, foreign_parameters, nearest,
    nearness::within,
    quantity,
    within_distance::{counted_from, positive},
};
use crate::{
    model::{GeometryKind, Language, LocalText},
    modules::{BeyondParams, PredicateDef, RuleDef},
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
            "Kein Objekt, oder weniger als verlangt, liegt innerhalb der Entfernung (Luftlinie von Rand zu Rand; genau die Entfernung genügt).",
            "No object, or fewer than asked for, lies within the distance (straight line from edge to edge; exactly the distance suffices).",
        )
    }

    fn explain(&self, rule: &RuleDef, l: Language) -> Vec<String> {
        let PredicateDef::BeyondDistance(p) = &rule.predicate else {
            return vec![];
        };
        let (distance, least) = (plain(l, p.distance_m), plain(l, p.min_count));
        let mut lines = vec![match (p.min_count > 1.0, l) {
            (false, Language::De) => format!("Konflikt, wenn in {distance} m Luftlinie kein Objekt liegt"),
            (false, Language::En) => format!("Conflict when within {distance} m in a straight line there is no object"),
            (true, Language::De) => format!("Konflikt, wenn in {distance} m Luftlinie weniger als {least} Objekte liegen"),
            (true, Language::En) => format!("Conflict when within {distance} m in a straight line there are fewer than {least} objects"),
        }];
        if p.min_object_area_m2 > 0.0 {
            lines.push(counted_from(p.min_object_area_m2, l));
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
        let sized = objects.layer.layer.geometry.kind() == GeometryKind::Polygon;
        let bbox = plan.subject.layer.geometry.bbox(subject.row as usize);
        let other = |r: u32| !(plan.same_slot && r == subject.row);
        let large = |r: u32| other(r) && objects.is_large(r, p.min_object_area_m2);
        if p.min_count > 1.0 {
            let count = within(subject.edges(), bbox, objects, limit, large, work).len();
            return too_few(plan, p, subject, count, limit);
        }
        let found = nearest(subject.edges(), bbox, objects, limit, far, large, work);
        if found.is_some_and(|(_, d)| d <= limit) {
            return Measure::clear();
        }
        if p.min_object_area_m2 > 0.0 && !sized && nearest(subject.edges(), bbox, objects, limit, limit, other, work).is_some() {
            return Measure::unknown(Gap::NoSize, subject.area_m2());
        }
        let (geometry, anchor) = subject.place();
        Measure::hit(Hit {
            severity: plan.severity_of(plan.severity, subject.row, &[]),
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

/// Fewer objects than asked for.
fn too_few(plan: &Plan, p: &BeyondParams, subject: &Subject, count: usize, limit: f64) -> Measure {
    if count as f64 >= p.min_count {
        return Measure::clear();
    }
    let (geometry, anchor) = subject.place();
    Measure::hit(Hit {
        severity: plan.severity_of(plan.severity, subject.row, &[]),
        objects: vec![],
        geometry,
        anchor,
        measured: quantity(count as f64, "×"),
        threshold: Some(quantity(p.min_count, "×")),
        area_m2: None,
        share_percent: None,
        reasons: vec![both(|l| {
            let (title, bound, least) = (quoted(l, &plan.object_title(l)), plain(l, limit), plain(l, p.min_count));
            match l {
                Language::De => format!("{count} aus {title} innerhalb von {bound} m Luftlinie; mindestens {least} sollen es sein."),
                Language::En => format!("{count} of {title} within {bound} m in a straight line; there should be at least {least}."),
            }
        })],
    })
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
