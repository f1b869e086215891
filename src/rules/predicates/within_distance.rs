//! They are closer than a distance: building and forest, site and water.

use super::{Hit, Measure, Predicate, Work, foreign_parameters, quantity};
use crate::{
    geometry::distance_m,
    model::{Language, LocalText},
    modules::{Comparison, PredicateDef, RuleDef},
    rules::{
        memory::Gap,
        plan::{Plan, Subject},
        words::{against, area, both, listed, pick, plain, quoted},
    },
};

pub(super) struct WithinDistance;

impl Predicate for WithinDistance {
    fn name(&self) -> &'static str {
        "within_distance"
    }

    fn doc(&self) -> LocalText {
        LocalText::new(
            "Ein Objekt ist näher als der Abstand, der zu halten ist. Gemessen wird die kürzeste Luftlinie von Rand zu Rand; genau der Abstand genügt.",
            "An object is closer than the distance to be kept. Measured is the shortest straight line from edge to edge; exactly the distance suffices.",
        )
    }

    fn explain(&self, rule: &RuleDef, l: Language) -> Vec<String> {
        let PredicateDef::WithinDistance(p) = &rule.predicate else {
            return vec![];
        };
        let mut lines = match &p.distance_from {
            Some(from) => vec![from_attributes(from, l)],
            None => vec![format!(
                "{} {} m",
                pick(
                    l,
                    "Konflikt, wenn der Abstand kleiner ist als",
                    "Conflict when the distance is less than"
                ),
                plain(l, p.distance_m)
            )],
        };
        if let Some(by) = &p.distance_by {
            lines.push(by_attribute(by, l));
        }
        if p.min_object_area_m2 > 0.0 {
            lines.push(counted_from(p.min_object_area_m2, l));
        }
        lines
    }

    fn check(&self, plan: &Plan) -> Result<(), LocalText> {
        match &plan.rule.predicate {
            PredicateDef::WithinDistance(_) => positive(plan.largest_distance_m()),
            _ => Err(foreign_parameters()),
        }
    }

    fn search_radius_m(&self, plan: &Plan) -> f64 {
        plan.largest_distance_m()
    }

    fn measure(&self, plan: &Plan, subject: &Subject, work: &mut Work) -> Measure {
        near(plan, subject, work, Comparison::Above)
    }
}

/// Refuses a distance that can find nothing.
pub(super) fn positive(distance_m: f64) -> Result<(), LocalText> {
    if distance_m > 0.0 && distance_m.is_finite() {
        return Ok(());
    }
    Err(LocalText::new(
        "Der Abstand ist nicht größer als 0.",
        "the distance is not above 0.",
    ))
}

/// A table of distances in words.
pub(in crate::rules) fn by_attribute(by: &crate::modules::DistanceBy, l: Language) -> String {
    let table: Vec<String> = by.table.iter().map(|(k, v)| format!("{k}: {} m", plain(l, *v))).collect();
    let attribute = quoted(l, &by.object_attribute);
    format!(
        "{} {attribute}: {}",
        pick(l, "Abstand nach Merkmal des Objekts", "distance by the object's attribute"),
        table.join(", ")
    )
}

/// A distance that follows from attributes, in words.
pub(in crate::rules) fn from_attributes(from: &crate::modules::DistanceFrom, l: Language) -> String {
    let names: Vec<String> = from.object_attributes.iter().map(|n| quoted(l, n)).collect();
    let (sum, factor, within) = (names.join(" + "), plain(l, from.factor), plain(l, from.unknown_within_m));
    match l {
        Language::De => format!(
            "Konflikt, wenn der Abstand kleiner ist als {factor} × ({sum}) des Objekts; fehlt dort ein Wert, ist die Antwort bis {within} m unbekannt"
        ),
        Language::En => format!(
            "Conflict when the distance is less than {factor} × ({sum}) of the object; where it lacks a value the answer is unknown up to {within} m"
        ),
    }
}

/// The least size of objects, in words.
pub(super) fn counted_from(min_m2: f64, l: Language) -> String {
    let size = area(l, min_m2);
    format!("{} {size}", pick(l, "Es zählen Objekte ab", "Objects count from a size of"))
}

/// Objects closer than their distance (`Above`: the distance is above the gap), or as close (`AtLeast`).
pub(super) fn near(plan: &Plan, subject: &Subject, work: &mut Work, comparison: Comparison) -> Measure {
    let Some(objects) = plan.objects() else { return Measure::clear() };
    let mut rows = std::mem::take(&mut work.rows);
    plan.candidates(objects, subject, plan.largest_distance_m(), &mut rows);
    let least_m2 = match &plan.rule.predicate {
        PredicateDef::WithinDistance(p) => p.min_object_area_m2,
        _ => 0.0,
    };
    let mut found = vec![];
    let mut untold = false;
    // Of several objects the one that lacks most of its distance is quoted.
    let mut worst: Option<(u32, f64, f64)> = None;
    for row in rows.iter().copied().filter(|r| objects.is_large(*r, least_m2)) {
        let Some(limit) = plan.distance_to_m(row) else {
            let within = plan.distance_from().map_or(0.0, |from| from.unknown_within_m);
            untold |= distance_m(subject.edges(), &objects.edges(row), within).is_some_and(|d| d < within);
            continue;
        };
        let Some(gap) = distance_m(subject.edges(), &objects.edges(row), limit) else {
            continue;
        };
        let close = match comparison {
            Comparison::Above | Comparison::Below => gap < limit,
            Comparison::AtLeast => gap <= limit,
        };
        if close {
            found.push(row);
            if worst.is_none_or(|(_, g, l)| limit - gap > l - g) {
                worst = Some((row, gap, limit));
            }
        }
    }
    work.rows = rows;
    let unknown = untold.then(|| (Gap::NoValue, subject.area_m2()));
    let Some((row, gap, limit)) = worst else {
        return Measure { hit: None, gap: unknown };
    };
    let (geometry, anchor) = subject.place();
    let hit = Hit {
        severity: plan.severity_of(plan.severity, subject.row, &found),
        reasons: sentences(plan, &found, row, gap, limit, comparison),
        objects: found,
        geometry,
        anchor,
        measured: quantity(gap, "m"),
        threshold: Some(quantity(limit, "m")),
        area_m2: None,
        share_percent: None,
    };
    Measure {
        hit: Some(hit),
        gap: unknown,
    }
}

fn sentences(plan: &Plan, found: &[u32], row: u32, gap: f64, limit: f64, comparison: Comparison) -> Vec<LocalText> {
    let name = |r: u32| plan.object_ref(r).map_or_else(String::new, |f| f.label);
    let mut out = vec![both(|l| {
        let title = quoted(l, &plan.object_title(l));
        let (of, gap, limit) = (quoted(l, &name(row)), against(l, gap, limit), plain(l, limit));
        match (comparison, l) {
            (Comparison::Above | Comparison::Below, Language::De) => {
                format!("{gap} m Abstand zu {title} ({of}); zu halten sind {limit} m.")
            }
            (Comparison::Above | Comparison::Below, Language::En) => format!("{gap} m from {title} ({of}); {limit} m are to be kept."),
            (Comparison::AtLeast, Language::De) => {
                format!("Grenzt an {title} ({of}): Abstand {gap} m, bis {limit} m gilt als angrenzend.")
            }
            (Comparison::AtLeast, Language::En) => {
                format!("Adjoins {title} ({of}): a gap of {gap} m, up to {limit} m counts as adjoining.")
            }
        }
    })];
    if found.len() > 1 {
        let others: Vec<String> = found.iter().filter(|r| **r != row).map(|r| name(*r)).collect();
        out.push(both(|l| {
            format!("{}: {}.", pick(l, "Ebenfalls betroffen", "Also concerned"), listed(l, &others))
        }));
    }
    out
}
