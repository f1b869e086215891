//! Nothing suitable is near: no park, no school, no stop.

use super::{
    Hit, Measure, Predicate, Work, foreign_parameters, nearest,
    nearness::{Foot, Lookout},
    quantity,
    within_distance::{by_attribute, counted_from, positive},
};
use crate::{
    model::{GeometryKind, Language, LocalText},
    modules::{BeyondParams, PredicateDef, RuleDef},
    rules::{
        memory::Gap,
        objects::Objects,
        plan::Plan,
        subject::Subject,
        walking::{hanging, how, measured_along, no_way, path_words, straight_m, without_network},
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
        lines.extend(p.distance_by.as_ref().map(|by| by_attribute(by, l)));
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
        let look = Lookout::new(plan, subject);
        let other = |r: u32| !(plan.same_slot && r == subject.row);
        let large = |r: u32| other(r) && objects.is_large(r, p.min_object_area_m2);
        if p.min_count > 1.0 {
            return counted(plan, p, subject, &look, objects, large, work);
        }
        if let Some(foot) = &look.foot {
            return afoot(plan, p, subject, &look, foot, objects, work);
        }
        if served(plan, &look, objects, large, work) {
            return Measure::clear();
        }
        let sized = objects.layer.layer.geometry.kind() == GeometryKind::Polygon;
        if p.min_object_area_m2 > 0.0 && !sized && served(plan, &look, objects, other, work) {
            return Measure::unknown(Gap::NoSize, subject.area_m2());
        }
        let found = straight(plan, &look, objects, large, work);
        missing(plan, subject, found, vec![sentence(plan, p.min_object_area_m2, found)])
    }
}

/// Whether an object that counts lies within its own distance.
fn served(plan: &Plan, look: &Lookout, objects: &Objects, counts: impl Fn(u32) -> bool, work: &mut Work) -> bool {
    let (near, _) = look.within(0, objects, counts, work);
    near.into_iter().any(|(row, d)| d <= limit_m(plan, row))
}

/// The distance within which an object counts.
fn limit_m(plan: &Plan, row: u32) -> f64 {
    plan.distance_to_m(row).unwrap_or_else(|| plan.distance_m())
}

/// The nearest object in a straight line.
fn straight(plan: &Plan, look: &Lookout, objects: &Objects, counts: impl Fn(u32) -> bool, work: &mut Work) -> Option<(u32, f64)> {
    let near = &look.near;
    nearest(near.edges, near.bbox, objects, plan.largest_distance_m(), far_m(plan), counts, work)
}

/// How far the nearest object is looked for.
fn far_m(plan: &Plan) -> f64 {
    plan.largest_distance_m() * if plan.walk().is_some() { FAR_AFOOT } else { FAR }
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
        threshold: Some(quantity(
            found.map_or_else(|| plan.distance_m(), |(row, _)| limit_m(plan, row)),
            "m",
        )),
        area_m2: None,
        share_percent: None,
        reasons,
    })
}

/// Along the network of ways.
fn afoot(plan: &Plan, p: &BeyondParams, subject: &Subject, look: &Lookout, foot: &Foot, objects: &Objects, work: &mut Work) -> Measure {
    let (walk, from, near) = (foot.walk, &foot.from, &look.near);
    let other = |r: u32| !(plan.same_slot && r == subject.row);
    let large = |r: u32| other(r) && objects.is_large(r, p.min_object_area_m2);
    let unknown = |gap| Measure::unknown(gap, subject.area_m2());
    // On foot it is no shorter than in a straight line: what is too far that way is too far.
    let near_straight = |row: u32| straight_m(objects, near, row, limit_m(plan, row)).is_some();
    if from.ways.is_empty() {
        let rows = objects.layer.index.rows_in(&near.bbox.buffered(plan.largest_distance_m()));
        if rows.into_iter().any(|r| objects.counts(r) && large(r) && near_straight(r)) {
            return unknown(no_way(walk));
        }
        let found = straight(plan, look, objects, large, work);
        return missing(
            plan,
            subject,
            found,
            vec![sentence(plan, p.min_object_area_m2, found), hanging(walk)],
        );
    }
    let found = walk.nearest(objects, from, near, far_m(plan), large, !plan.same_slot);
    if found.is_some_and(|(row, d)| d <= limit_m(plan, row)) {
        return Measure::clear();
    }
    // Something farther away may count from farther away.
    if plan.distance_by().is_some() && served(plan, look, objects, large, work) {
        return Measure::clear();
    }
    // An object near enough in a straight line hangs on no way, so that nobody can say how far it is on foot.
    let lost = |r: u32| objects.counts(r) && large(r) && walk.object(0, objects, r).ways.is_empty() && near_straight(r);
    let rows = objects.layer.index.rows_in(&near.bbox.buffered(plan.largest_distance_m()));
    if rows.into_iter().any(lost) {
        return unknown(Gap::ObjectOffWays);
    }
    let sized = objects.layer.layer.geometry.kind() == GeometryKind::Polygon;
    if p.min_object_area_m2 > 0.0 && !sized && served(plan, look, objects, other, work) {
        return unknown(Gap::NoSize);
    }
    let straight = found.and_then(|(row, _)| straight_m(objects, near, row, far_m(plan)));
    let object = found.map(|(row, _)| walk.object(0, objects, row));
    let reasons = vec![
        sentence(plan, p.min_object_area_m2, found),
        measured_along(plan.city, walk, from, object, straight),
    ];
    missing(plan, subject, found, reasons)
}

/// Several objects are asked for.
fn counted(
    plan: &Plan,
    p: &BeyondParams,
    subject: &Subject,
    look: &Lookout,
    objects: &Objects,
    counts: impl Fn(u32) -> bool,
    work: &mut Work,
) -> Measure {
    if let Some(walk) = look.stranded() {
        return Measure::unknown(no_way(walk), subject.area_m2());
    }
    let (found, lost) = look.within(0, objects, counts, work);
    if found.len() as f64 >= p.min_count {
        return Measure::clear();
    }
    if lost {
        return Measure::unknown(Gap::ObjectOffWays, subject.area_m2());
    }
    let along = look.foot.as_ref().map(|f| measured_along(plan.city, f.walk, &f.from, None, None));
    too_few(plan, p, subject, found.len(), along)
}

/// Fewer objects than asked for.
fn too_few(plan: &Plan, p: &BeyondParams, subject: &Subject, count: usize, further: Option<LocalText>) -> Measure {
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
            let (title, bound, least) = (quoted(l, &plan.object_title(l)), plain(l, plan.distance_m()), plain(l, p.min_count));
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

fn sentence(plan: &Plan, min_m2: f64, found: Option<(u32, f64)>) -> LocalText {
    both(|l| {
        let title = quoted(l, &plan.object_title(l));
        let size = match min_m2 > 0.0 {
            true => format!(" {} {}", pick(l, "ab", "from"), area(l, min_m2)),
            false => String::new(),
        };
        let bound = plain(l, plan.distance_m());
        let others = plan
            .distance_by()
            .map(|by| by.table.iter().map(|(k, d)| format!("{k}: {} m", plain(l, *d))).collect::<Vec<_>>());
        let others = others.map_or_else(String::new, |list| format!(" ({})", list.join(", ")));
        let nearest = match found {
            Some((row, d)) => {
                let name = quoted(l, &plan.object_ref(row).map_or_else(String::new, |f| f.label));
                let d = against(l, d, limit_m(plan, row));
                match l {
                    Language::De => format!("am nächsten ist {name} mit {d} m."),
                    Language::En => format!("the nearest is {name} at {d} m."),
                }
            }
            None => {
                let far = plain(l, far_m(plan));
                match l {
                    Language::De if plan.walk().is_some() => format!("auch in {far} m Fußweg ist nichts zu erreichen."),
                    Language::En if plan.walk().is_some() => format!("nothing can be reached within {far} m on foot either."),
                    Language::De => format!("auch im Umkreis von {far} m ist nichts verzeichnet."),
                    Language::En => format!("nothing is recorded within {far} m either."),
                }
            }
        };
        match l {
            Language::De => format!(
                "Nichts aus {title}{size} innerhalb von {bound} m {}{others}; {nearest}",
                how(plan, l)
            ),
            Language::En => format!("Nothing of {title}{size} within {bound} m {}{others}; {nearest}", how(plan, l)),
        }
    })
}
