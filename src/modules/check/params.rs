//! Parameters of a predicate: attributes, numbers, units, and whether the geometry of the slots fits.

use super::{Check, Place, rules};
use crate::{
    model::SlotId,
    modules::{
        AttributeKind, Comparison, DistanceBy, DistanceFrom, Parameter, PredicateDef, RuleDef, SlotDef, SlotGeometry, Threshold, parameters,
    },
};

pub(super) fn check(check: &mut Check<'_>, rule: &RuleDef, subject: Option<&SlotDef>, object: Option<&SlotDef>) {
    let name = rule.predicate.name();
    let header = format!("[predicate.{name}");
    let whole = Place::new(&rule.file, &[&header], &format!("predicate.{name}"));
    let at = |key: &str| {
        let last = key.rsplit('.').next().unwrap_or(key);
        let table = if key.starts_with("threshold.") {
            format!("{header}.threshold]")
        } else {
            header.clone()
        };
        Place::new(&rule.file, &[&table, last], &format!("predicate.{name}.{key}"))
    };
    geometry(check, rule, subject, object, &whole);
    for p in parameters(&mut rule.predicate.clone()) {
        if !(p.value.is_finite() && (p.least..=p.most).contains(p.value)) {
            let (value, least, most) = (*p.value, p.least, p.most);
            check.error(
                "MD-022",
                &at(&p.key),
                format!("{value} ist keine Zahl von {least} bis {most}"),
                format!("{value} is not a number from {least} to {most}"),
            );
        }
    }
    match &rule.predicate {
        PredicateDef::Overlap(p) => {
            if let Some(t) = &p.threshold {
                threshold(check, rule, t, subject, object, name);
            }
        }
        PredicateDef::WithinDistance(_) | PredicateDef::Adjacent(_) => {}
        PredicateDef::BeyondDistance(p) => {
            if p.distance_by.is_some() && p.min_count > 1.0 {
                check.error(
                    "MD-027",
                    &at("distance_by"),
                    "Abstände nach Merkmal und eine verlangte Anzahl (min_count) gehen nicht zusammen".into(),
                    "distances by attribute and a required number (min_count) do not go together".into(),
                );
            }
        }
        PredicateDef::Computed(_) => check.error(
            "MD-016",
            &whole,
            "das Prädikat computed ist den Regeln des Programms vorbehalten".into(),
            "the predicate computed is reserved for the program's own rules".into(),
        ),
        PredicateDef::Zonal(p) => threshold(check, rule, &p.threshold, subject, None, name),
        PredicateDef::Capacity(p) => {
            if p.grave_percent.is_some_and(|grave| grave < p.warn_percent) {
                check.error(
                    "MD-022",
                    &at("grave_percent"),
                    "der schwerere Wert liegt unter warn_percent".into(),
                    "the graver value lies below warn_percent".into(),
                );
            }
            check.text(&at("unit"), &p.unit);
            let ways = [p.places_attribute.is_some(), p.places_each.is_some(), p.places_from_area];
            if ways.iter().filter(|w| **w).count() != 1 {
                check.error(
                    "MD-024",
                    &whole,
                    "genau eines von places_attribute, places_each und places_from_area wird gebraucht".into(),
                    "exactly one of places_attribute, places_each and places_from_area is needed".into(),
                );
            }
            if let Some(places) = &p.places_attribute {
                attribute(check, object, places, true, &at("places_attribute"));
            }
            if let Some(slot) = object.filter(|s| p.places_from_area && s.geometry != SlotGeometry::Polygon) {
                misfit(check, slot, &at("places_from_area"));
            }
            population(check, rule, &p.population, &p.population_attribute, &at("population"));
            listed(check, subject, "baunvo", p.gfz_by_baunvo.keys(), &at("gfz_by_baunvo"));
        }
        PredicateDef::Variety(p) => {
            let mut slots: Vec<_> = p.further.iter().map(|s| (&s.slot, &s.filter)).collect();
            slots.push((&rule.object.slot, &rule.object.filter));
            slots.sort();
            if p.further.is_empty() || slots.windows(2).any(|w| w[0] == w[1]) {
                check.error(
                    "MD-025",
                    &at("further"),
                    "es braucht weitere Arten von Objekten, jede nur einmal".into(),
                    "further kinds of objects are needed, each just once".into(),
                );
            }
            for side in &p.further {
                let slot = rules::slot(check, rule, "predicate.variety.further", &side.slot);
                rules::filter(
                    check,
                    &rule.file,
                    "predicate.variety.further",
                    "predicate.variety.further.filter",
                    side.filter.as_deref(),
                    slot,
                );
                if let Some(slot) = slot.filter(|s| s.geometry == SlotGeometry::Raster) {
                    misfit(check, slot, &at("further"));
                }
            }
        }
        PredicateDef::ServedShare(p) => population(check, rule, &p.population, &p.population_attribute, &at("population")),
    }
    if let Some(by) = rule.predicate.distance_by() {
        distance_by(check, by, object, &at("distance_by"));
    }
    if let Some(from) = rule.predicate.distance_from() {
        distance_from(check, from, object, &at("distance_from"));
    }
    if let Some(by) = &rule.severity_by {
        let place = Place::new(&rule.file, &["severity_by"], "severity_by");
        if by.object_attribute.is_some() == by.subject_attribute.is_some() {
            check.error(
                "MD-024",
                &place,
                "genau eines von object_attribute und subject_attribute wird gebraucht".into(),
                "exactly one of object_attribute and subject_attribute is needed".into(),
            );
        }
        for (slot, name) in [(object, &by.object_attribute), (subject, &by.subject_attribute)] {
            if let Some(name) = name {
                attribute(check, slot, name, false, &place);
                listed(check, slot, name, by.table.keys(), &place);
            }
        }
    }
    for (state, variant) in &rule.state {
        let place = Place::new(&rule.file, &[&format!("[state.{state}]")], &format!("state.{state}"));
        if let Some(by) = &variant.distance_by {
            distance_by(check, by, object, &place);
        }
        if let Some(from) = &variant.distance_from {
            distance_from(check, from, object, &place);
        }
        for (key, value) in &variant.parameters {
            let mut predicate = rule.predicate.clone();
            let fits = |p: &Parameter<'_>| p.key == *key && (p.least..=p.most).contains(value);
            if !parameters(&mut predicate).iter().any(fits) {
                check.error(
                    "MD-026",
                    &place,
                    format!("„{key}“ ist kein Kennwert der Regel, oder {value} liegt außerhalb seiner Grenzen"),
                    format!("\"{key}\" is no parameter of the rule, or {value} lies out of its bounds"),
                );
            }
        }
        if variant.distance_m.is_some_and(|d| !(d.is_finite() && d >= 0.0)) {
            check.error(
                "MD-022",
                &place,
                "der Abstand ist negativ".into(),
                "the distance is negative".into(),
            );
        }
    }
}

fn geometry(check: &mut Check<'_>, rule: &RuleDef, subject: Option<&SlotDef>, object: Option<&SlotDef>, at: &Place) {
    let area = |g| g == SlotGeometry::Polygon;
    let vector = |g| g != SlotGeometry::Raster;
    type Fits<'a> = &'a dyn Fn(SlotGeometry) -> bool;
    let (of_subject, of_object): (Fits<'_>, Fits<'_>) = match &rule.predicate {
        PredicateDef::Overlap(_) => (&area, &area),
        PredicateDef::Zonal(_) => (&area, &|g| g == SlotGeometry::Raster),
        PredicateDef::Capacity(_) | PredicateDef::ServedShare(_) => (&area, &vector),
        PredicateDef::WithinDistance(_)
        | PredicateDef::BeyondDistance(_)
        | PredicateDef::Adjacent(_)
        | PredicateDef::Variety(_)
        | PredicateDef::Computed(_) => (&vector, &vector),
    };
    for (slot, fits) in [(subject, of_subject), (object, of_object)] {
        if let Some(slot) = slot.filter(|s| !fits(s.geometry)) {
            misfit(check, slot, at);
        }
    }
}

fn misfit(check: &mut Check<'_>, slot: &SlotDef, at: &Place) {
    check.error(
        "MD-016",
        at,
        format!("die Geometrie {:?} des Slots „{}“ passt nicht dazu", slot.geometry, slot.id),
        format!("the geometry {:?} of slot \"{}\" does not fit", slot.geometry, slot.id),
    );
}

fn attribute(check: &mut Check<'_>, slot: Option<&SlotDef>, name: &str, numeric: bool, at: &Place) {
    let Some(slot) = slot else { return };
    let found = slot.attributes.iter().find(|a| a.name == name);
    let fits = found.is_some_and(|a| !numeric || matches!(a.kind, AttributeKind::Number | AttributeKind::Integer));
    if !fits {
        let (kind_de, kind_en) = if numeric { ("Zahlen-", "numeric ") } else { ("", "") };
        check.error(
            "MD-019",
            at,
            format!("der Slot „{}“ hat kein {kind_de}Attribut „{name}“", slot.id),
            format!("the slot \"{}\" has no {kind_en}attribute \"{name}\"", slot.id),
        );
    }
}

/// Keys of a table must be values of the attribute's code list, if it has one.
fn listed<'k>(check: &mut Check<'_>, slot: Option<&SlotDef>, name: &str, keys: impl Iterator<Item = &'k String>, at: &Place) {
    let values = slot.and_then(|s| s.attributes.iter().find(|a| a.name == name)).map(|a| &a.values);
    let Some(values) = values.filter(|v| !v.is_empty()) else { return };
    for key in keys.filter(|k| !values.contains(k)) {
        check.error(
            "MD-021",
            at,
            format!("„{key}“ ist kein Wert von „{name}“; erlaubt: {}", values.join(", ")),
            format!("\"{key}\" is not a value of \"{name}\"; allowed: {}", values.join(", ")),
        );
    }
}

/// The slot with the people, as areas, and its attribute.
fn population(check: &mut Check<'_>, rule: &RuleDef, id: &SlotId, name: &str, at: &Place) {
    let slot = rules::slot(check, rule, &format!("predicate.{}", rule.predicate.name()), id);
    attribute(check, slot, name, true, at);
    if let Some(slot) = slot.filter(|s| s.geometry != SlotGeometry::Polygon) {
        misfit(check, slot, at);
    }
}

fn distance_from(check: &mut Check<'_>, from: &DistanceFrom, object: Option<&SlotDef>, at: &Place) {
    for name in &from.object_attributes {
        attribute(check, object, name, true, at);
    }
    if from.object_attributes.is_empty() {
        check.error(
            "MD-024",
            at,
            "es fehlt, aus welchen Attributen der Abstand folgt".into(),
            "it does not say which attributes the distance follows from".into(),
        );
    }
}

fn distance_by(check: &mut Check<'_>, by: &DistanceBy, object: Option<&SlotDef>, at: &Place) {
    attribute(check, object, &by.object_attribute, false, at);
    listed(check, object, &by.object_attribute, by.table.keys(), at);
    if by.table.is_empty() || by.table.values().any(|d| !(d.is_finite() && *d >= 0.0)) {
        check.error(
            "MD-022",
            at,
            "die Tabelle braucht Abstände in Metern".into(),
            "the table needs distances in metres".into(),
        );
    }
}

fn threshold(
    check: &mut Check<'_>,
    rule: &RuleDef,
    threshold: &Threshold,
    subject: Option<&SlotDef>,
    object: Option<&SlotDef>,
    name: &str,
) {
    let header = format!("[predicate.{name}.threshold]");
    let at = |key: &str| {
        let full = format!("predicate.{name}.threshold{}{key}", if key.is_empty() { "" } else { "." });
        let needles: &[&str] = if key.is_empty() { &[&header] } else { &[&header, key] };
        Place::new(&rule.file, needles, &full)
    };
    if threshold.unit.trim().is_empty() {
        check.error("MD-023", &at("unit"), "die Einheit ist leer".into(), "the unit is empty".into());
    }
    match (&threshold.object_attribute, &rule.predicate) {
        (Some(_), PredicateDef::Zonal(_)) => check.error(
            "MD-019",
            &at("object_attribute"),
            "ein Raster hat keine Attribute".into(),
            "a raster has no attributes".into(),
        ),
        (Some(attribute_name), _) => attribute(check, object, attribute_name, true, &at("object_attribute")),
        (None, PredicateDef::Zonal(_)) => {}
        (None, _) => check.error(
            "MD-020",
            &at(""),
            "es fehlt, welches Attribut verglichen wird (object_attribute)".into(),
            "it does not say which attribute is compared (object_attribute)".into(),
        ),
    }
    let chosen = threshold.subject_attribute.is_some() && !threshold.limits.is_empty();
    let half = threshold.subject_attribute.is_some() == threshold.limits.is_empty();
    if half || chosen == threshold.limit.is_some() {
        check.error(
            "MD-020",
            &at(""),
            "entweder ein Wert (limit) oder Werte je Attribut (subject_attribute und limits)".into(),
            "either one value (limit) or values by attribute (subject_attribute and limits)".into(),
        );
    }
    if let Some(by) = &threshold.subject_attribute {
        attribute(check, subject, by, false, &at("subject_attribute"));
        listed(check, subject, by, threshold.limits.keys(), &at("limits"));
    }
    let numbers = threshold
        .limit
        .iter()
        .chain(threshold.limits.values())
        .chain(&threshold.until)
        .chain(threshold.steps.iter().map(|s| &s.limit));
    if numbers.into_iter().any(|v| !v.is_finite()) || !rising(threshold) {
        check.error(
            "MD-022",
            &at(""),
            "die Werte müssen Zahlen sein und die Stufen ansteigen".into(),
            "the values must be numbers and the steps must rise".into(),
        );
    }
}

/// Limit, steps and end lie one beyond the other, in the direction of the comparison.
fn rising(t: &Threshold) -> bool {
    // Steps may repeat the limit: from there on the severity is that of the step.
    let steps: Vec<f64> = t.steps.iter().map(|s| s.limit).chain(t.until).collect();
    let sorted = |list: &[f64]| {
        list.is_sorted_by(|a, b| match t.comparison {
            Comparison::Below => a > b,
            Comparison::Above | Comparison::AtLeast => a < b,
        })
    };
    let end: Vec<f64> = t.limit.into_iter().chain(t.until).collect();
    sorted(&steps) && sorted(&end)
}
