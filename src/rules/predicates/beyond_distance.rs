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
        objects::Objects,
        plan::Plan,
        subject::Subject,
        walking::{Near, Walk, hanging, how, measured_along, no_way, path_words, straight_m, without_network},
        words::{against, area, both, pick, plain, quoted},
    },
};

pub(super) struct BeyondDistance;

/// How many times the distance the nearest object is looked for, to say how far it is.
const FAR: f64 = 10.0;
/// On foot: who has to walk four times as far goes by other means.
const FAR_AFOOT: f64 = 4.0;

impl Predicate for BeyondDistance {
    fn name(&self) -> &'static str {
        "beyond_distance"
    }

    fn doc(&self) -> LocalText {
        LocalText::new(
            "Kein Objekt, oder weniger als verlangt, liegt innerhalb der Entfernung: als Luftlinie von Rand zu Rand oder als Fußweg entlang des \
             Wegenetzes mit den Zugängen an beiden Enden; genau die Entfernung genügt.",
            "No object, or fewer than asked for, lies within the distance: in a straight line from edge to edge, or on foot along the network \
             with the ways onto it at both ends; exactly the distance suffices.",
        )
    }

    fn explain(&self, rule: &RuleDef, l: Language) -> Vec<String> {
        let PredicateDef::BeyondDistance(p) = &rule.predicate else {
            return vec![];
        };
        let (distance, least) = (plain(l, p.distance_m), plain(l, p.min_count));
        let how = path_words(&rule.predicate, l);
        let mut lines = vec![match (p.min_count > 1.0, l) {
            (false, Language::De) => format!("Konflikt, wenn in {distance} m {how} kein Objekt liegt"),
            (false, Language::En) => format!("Conflict when within {distance} m {how} there is no object"),
            (true, Language::De) => format!("Konflikt, wenn in {distance} m {how} weniger als {least} Objekte liegen"),
            (true, Language::En) => format!("Conflict when within {distance} m {how} there are fewer than {least} objects"),
        }];
        lines.extend(without_network(&rule.predicate, l));
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
        far_m(plan)
    }

    fn rests_on_absence(&self) -> bool {
        true
    }

    fn measure(&self, plan: &Plan, subject: &Subject, work: &mut Work) -> Measure {
        let (PredicateDef::BeyondDistance(p), Some(objects)) = (&plan.rule.predicate, plan.objects()) else {
            return Measure::clear();
        };
        if let Some(walk) = plan.walk() {
            return afoot(plan, walk, p, objects, subject, work);
        }
        let (limit, far) = (plan.distance_m(), far_m(plan));
        let sized = objects.layer.layer.geometry.kind() == GeometryKind::Polygon;
        let bbox = plan.subject.layer.geometry.bbox(subject.row as usize);
        let other = |r: u32| !(plan.same_slot && r == subject.row);
        let large = |r: u32| other(r) && objects.is_large(r, p.min_object_area_m2);
        if p.min_count > 1.0 {
            let count = within(subject.edges(), bbox, objects, limit, large, work).len();
            return too_few(plan, p, subject, count, limit, vec![]);
        }
        let found = nearest(subject.edges(), bbox, objects, limit, far, large, work);
        if found.is_some_and(|(_, d)| d <= limit) {
            return Measure::clear();
        }
        if p.min_object_area_m2 > 0.0 && !sized && nearest(subject.edges(), bbox, objects, limit, limit, other, work).is_some() {
            return Measure::unknown(Gap::NoSize, subject.area_m2());
        }
        missing(plan, subject, found, vec![sentence(plan, p.min_object_area_m2, found, limit, far)])
    }
}

/// How far the nearest object is looked for.
fn far_m(plan: &Plan) -> f64 {
    plan.distance_m() * if plan.walk().is_some() { FAR_AFOOT } else { FAR }
}

/// Nothing suitable is near enough; the nearest is `found`.
fn missing(plan: &Plan, subject: &Subject, found: Option<(u32, f64)>, reasons: Vec<LocalText>) -> Measure {
    let (geometry, anchor) = subject.place();
    Measure::hit(Hit {
        severity: plan.severity_of(plan.severity, subject.row, &[]),
        objects: vec![],
        geometry,
        anchor,
        measured: quantity(found.map_or_else(|| far_m(plan), |(_, d)| d), "m"),
        threshold: Some(quantity(plan.distance_m(), "m")),
        area_m2: None,
        share_percent: None,
        reasons,
    })
}

/// Along the network of ways.
fn afoot(plan: &Plan, walk: &Walk, p: &BeyondParams, objects: &Objects, subject: &Subject, work: &mut Work) -> Measure {
    let (limit, far) = (plan.distance_m(), far_m(plan));
    let near = Near::of(subject);
    let sized = objects.layer.layer.geometry.kind() == GeometryKind::Polygon;
    let other = |r: u32| !(plan.same_slot && r == subject.row);
    let large = |r: u32| other(r) && objects.is_large(r, p.min_object_area_m2);
    let from = walk.snap(&subject.layer.layer.geometry, subject.row);
    if from.ways.is_empty() {
        // On foot it is no shorter than in a straight line: what is too far that way is too far.
        let straight = nearest(near.edges, near.bbox, objects, limit, far, large, work);
        if straight.is_some_and(|(_, d)| d <= limit) || p.min_count > 1.0 {
            return Measure::unknown(no_way(walk), subject.area_m2());
        }
        let reasons = vec![sentence(plan, p.min_object_area_m2, straight, limit, far), hanging(walk)];
        return missing(plan, subject, straight, reasons);
    }
    let lost = || near_but_lost(walk, objects, &near, limit, large);
    if p.min_count > 1.0 {
        let (reached, lost) = walk.reached(0, objects, &walk.around(&from, limit), &near, large);
        if lost && (reached.len() as f64) < p.min_count {
            return Measure::unknown(Gap::ObjectOffWays, subject.area_m2());
        }
        return too_few(
            plan,
            p,
            subject,
            reached.len(),
            limit,
            vec![measured_along(plan.city, walk, &from, None, None)],
        );
    }
    let found = walk.nearest(objects, &from, &near, far, large, !plan.same_slot);
    if found.is_some_and(|(_, d)| d <= limit) {
        return Measure::clear();
    }
    if lost() {
        return Measure::unknown(Gap::ObjectOffWays, subject.area_m2());
    }
    let any = |m: &mut Option<(u32, f64)>| m.take_if(|(_, d)| *d <= limit).is_some();
    if p.min_object_area_m2 > 0.0 && !sized && any(&mut walk.nearest(objects, &from, &near, limit, other, false)) {
        return Measure::unknown(Gap::NoSize, subject.area_m2());
    }
    let straight = found.and_then(|(row, _)| straight_m(objects, &near, row, far));
    let object = found.map(|(row, _)| walk.object(0, objects, row));
    let reasons = vec![
        sentence(plan, p.min_object_area_m2, found, limit, far),
        measured_along(plan.city, walk, &from, object, straight),
    ];
    missing(plan, subject, found, reasons)
}

/// An object near enough in a straight line hangs on no way, so that nobody can say how far it is on foot.
fn near_but_lost(walk: &Walk, objects: &Objects, near: &Near, limit: f64, counts: impl Fn(u32) -> bool) -> bool {
    let rows = objects.layer.index.rows_in(&near.bbox.buffered(limit));
    rows.into_iter().any(|r| {
        objects.counts(r) && counts(r) && walk.object(0, objects, r).ways.is_empty() && straight_m(objects, near, r, limit).is_some()
    })
}

/// Fewer objects than asked for.
fn too_few(plan: &Plan, p: &BeyondParams, subject: &Subject, count: usize, limit: f64, further: Vec<LocalText>) -> Measure {
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
        reasons: std::iter::once(both(|l| {
            let (title, bound, least) = (quoted(l, &plan.object_title(l)), plain(l, limit), plain(l, p.min_count));
            let how = how(plan, l);
            match l {
                Language::De => format!("{count} aus {title} innerhalb von {bound} m {how}; mindestens {least} sollen es sein."),
                Language::En => format!("{count} of {title} within {bound} m {how}; there should be at least {least}."),
            }
        }))
        .chain(further)
        .collect(),
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
                    Language::De if plan.walk().is_some() => format!("auch in {far} m Fußweg ist nichts zu erreichen."),
                    Language::En if plan.walk().is_some() => format!("nothing can be reached within {far} m on foot either."),
                    Language::De => format!("auch im Umkreis von {far} m ist nichts verzeichnet."),
                    Language::En => format!("nothing is recorded within {far} m either."),
                }
            }
        };
        match l {
            Language::De => format!("Nichts aus {title}{size} innerhalb von {bound} m {}; {nearest}", how(plan, l)),
            Language::En => format!("Nothing of {title}{size} within {bound} m {}; {nearest}", how(plan, l)),
        }
    })
}
