//! Parameters of a predicate: attributes, numbers, units, and whether the geometry of the slots fits.

use super::{Check, Place, rules};
use crate::modules::{AttributeKind, DistanceBy, PredicateDef, RuleDef, SlotDef, SlotGeometry, Threshold};

/// Attribute of population polygons that capacity rules count.
const INHABITANTS: &str = "inhabitants";

/// A distance below this finds nothing.
const LEAST_M: f64 = 0.01;

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
    let mut at_least = |key: &str, value: f64, least: f64| {
        if !(value.is_finite() && value >= least) {
            check.error(
                "MD-022",
                &at(key),
                format!("{value} ist keine Zahl ab {least}"),
                format!("{value} is not a number from {least} on"),
            );
        }
    };
    match &rule.predicate {
        PredicateDef::Overlap(p) => {
            at_least("min_area_m2", p.min_area_m2, 0.0);
            at_least("min_share_percent", p.min_share_percent, 0.0);
            if let Some(t) = &p.threshold {
                threshold(check, rule, t, subject, object, name);
            }
        }
        PredicateDef::WithinDistance(p) => {
            at_least("distance_m", p.distance_m, LEAST_M);
            if let Some(by) = &p.distance_by {
                distance_by(check, by, object, &at("distance_by"));
            }
        }
        PredicateDef::BeyondDistance(p) => {
            at_least("distance_m", p.distance_m, LEAST_M);
            at_least("min_object_area_m2", p.min_object_area_m2, 0.0);
        }
        PredicateDef::Adjacent(p) => at_least("tolerance_m", p.tolerance_m, 0.0),
        PredicateDef::Zonal(p) => {
            at_least("min_share_percent", p.min_share_percent, 0.0);
            threshold(check, rule, &p.threshold, subject, None, name);
        }
        PredicateDef::Capacity(p) => {
            at_least("catchment_m", p.catchment_m, LEAST_M);
            at_least("demand_per_inhabitant", p.demand_per_inhabitant, 0.0);
            at_least("floor_area_per_dwelling_m2", p.floor_area_per_dwelling_m2, 1.0);
            at_least("inhabitants_per_dwelling", p.inhabitants_per_dwelling, 0.0);
            at_least("warn_percent", p.warn_percent, 0.0);
            at_least("grave_percent", p.grave_percent, p.warn_percent);
            check.text(&at("unit"), &p.unit);
            attribute(check, object, &p.places_attribute, true, &at("places_attribute"));
            let population = rules::slot(check, rule, "predicate.capacity", &p.population);
            attribute(check, population, INHABITANTS, true, &at("population"));
            if let Some(slot) = population.filter(|s| s.geometry != SlotGeometry::Polygon) {
                misfit(check, slot, &at("population"));
            }
            listed(check, subject, "baunvo", p.gfz_by_baunvo.keys(), &at("gfz_by_baunvo"));
        }
    }
    if let Some(by) = &rule.severity_by {
        let place = Place::new(&rule.file, &["severity_by"], "severity_by");
        attribute(check, object, &by.object_attribute, false, &place);
        listed(check, object, &by.object_attribute, by.table.keys(), &place);
    }
    for (state, variant) in &rule.state {
        let place = Place::new(&rule.file, &[&format!("[state.{state}]")], &format!("state.{state}"));
        if let Some(by) = &variant.distance_by {
            distance_by(check, by, object, &place);
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
        PredicateDef::Capacity(_) => (&area, &vector),
        PredicateDef::WithinDistance(_) | PredicateDef::BeyondDistance(_) | PredicateDef::Adjacent(_) => (&vector, &vector),
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
        .chain(threshold.steps.iter().map(|s| &s.limit));
    if numbers.into_iter().any(|v| !v.is_finite()) || !threshold.steps.is_sorted_by(|a, b| a.limit < b.limit) {
        check.error(
            "MD-022",
            &at(""),
            "die Werte müssen Zahlen sein und die Stufen ansteigen".into(),
            "the values must be numbers and the steps must rise".into(),
        );
    }
}
