//! What a rule names: file, texts, slots, filters, states and dates.

use super::{Check, Place, params};
use crate::{
    model::SlotId,
    modules::{Filter, RuleDef, SlotDef, SourceFile},
};

/// The sixteen states by their usual two letters.
const STATES: [&str; 16] = [
    "BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH",
];

pub(super) fn check(check: &mut Check<'_>, rule: &RuleDef) {
    let at = |key: &str| Place::new(&rule.file, &[&format!("{key} =")], key);
    if !rule.file.name.is_empty() && !rule.file.stem().starts_with(&format!("{}_", rule.id)) {
        check.error(
            "MD-011",
            &at("id"),
            format!("der Dateiname muss mit „{}_“ beginnen", rule.id),
            format!("the file name must start with \"{}_\"", rule.id),
        );
    }
    for (key, text) in [
        ("title", &rule.title),
        ("what", &rule.what),
        ("why", &rule.why),
        ("reference", &rule.reference),
        ("office", &rule.office),
    ] {
        check.text(&at(key), text);
    }
    if let Some(note) = &rule.proxy_note {
        check.text(&at("proxy_note"), note);
    }
    if rule.source.trim().is_empty() {
        check.error("MD-004", &at("source"), "die Quelle ist leer".into(), "the source is empty".into());
    }
    for (key, date) in [("valid_from", &rule.valid_from), ("valid_to", &rule.valid_to)] {
        if date.as_deref().is_some_and(|d| d.parse::<jiff::civil::Date>().is_err()) {
            check.error(
                "MD-017",
                &at(key),
                "ein Datum hat die Form 2026-12-31".into(),
                "a date has the form 2026-12-31".into(),
            );
        }
    }
    let subject = slot(check, rule, "subject", &rule.subject.slot);
    let object = slot(check, rule, "object", &rule.object.slot);
    filter(
        check,
        &rule.file,
        "[subject]",
        "subject.filter",
        rule.subject.filter.as_deref(),
        subject,
    );
    filter(
        check,
        &rule.file,
        "[object]",
        "object.filter",
        rule.object.filter.as_deref(),
        object,
    );
    for (state, variant) in &rule.state {
        let header = format!("[state.{state}]");
        if !STATES.contains(&state.as_str()) {
            check.error(
                "MD-018",
                &Place::new(&rule.file, &[&header], &format!("state.{state}")),
                format!("„{state}“ ist kein Land; erlaubt: {}", STATES.join(", ")),
                format!("\"{state}\" is not a state; allowed: {}", STATES.join(", ")),
            );
        }
        let text = variant.subject_filter.as_deref().filter(|t| !t.is_empty());
        filter(check, &rule.file, &header, &format!("state.{state}.subject_filter"), text, subject);
        let text = variant.object_filter.as_deref().filter(|t| !t.is_empty());
        filter(check, &rule.file, &header, &format!("state.{state}.object_filter"), text, object);
    }
    params::check(check, rule, subject, object);
}

/// The slot of that name; a missing module is a warning, a missing slot of a present module an error.
pub(super) fn slot<'a>(check: &mut Check<'a>, rule: &RuleDef, side: &str, id: &SlotId) -> Option<&'a SlotDef> {
    let found = check.slots.get(id).copied();
    if found.is_none() {
        let header = format!("[{side}");
        let key = if side.starts_with("predicate") { "population" } else { "slot" };
        let at = Place::new(&rule.file, &[&header, key], &format!("{side}.{key}"));
        if check.modules.iter().any(|m| m.id == id.module()) {
            check.error(
                "MD-012",
                &at,
                format!("den Slot „{id}“ gibt es nicht"),
                format!("there is no slot \"{id}\""),
            );
        } else {
            check.warning(
                "MD-012",
                &at,
                format!("das Modul des Slots „{id}“ ist nicht aktiv, die Regel {} bleibt unbekannt", rule.id),
                format!("the module of slot \"{id}\" is not active, the rule {} stays unknown", rule.id),
            );
        }
    }
    found
}

/// A filter is CQL2 text over attributes and codes that the slot knows.
pub(super) fn filter(check: &mut Check<'_>, file: &SourceFile, header: &str, key: &str, text: Option<&str>, slot: Option<&SlotDef>) {
    let Some(text) = text else { return };
    let last = key.rsplit('.').next().unwrap_or(key);
    let at = Place::new(file, &[header, last], key);
    let parsed = match Filter::parse(text) {
        Ok(parsed) => parsed,
        Err(e) => {
            let e = e.text();
            check.error("MD-013", &at, e.de.trim_end_matches('.').into(), e.en.trim_end_matches('.').into());
            return;
        }
    };
    let Some(slot) = slot else { return };
    for name in parsed.attributes() {
        if !slot.attributes.iter().any(|a| a.name == name) {
            check.error(
                "MD-014",
                &at,
                format!("der Slot „{}“ hat kein Attribut „{name}“", slot.id),
                format!("the slot \"{}\" has no attribute \"{name}\"", slot.id),
            );
        }
    }
    for (name, value) in parsed.compared_texts() {
        let list = slot.attributes.iter().find(|a| a.name == name).map_or(&[][..], |a| &a.values);
        if !list.is_empty() && !list.contains(&value) {
            check.error(
                "MD-015",
                &at,
                format!("„{value}“ ist kein Wert von „{name}“; erlaubt: {}", list.join(", ")),
                format!("\"{value}\" is not a value of \"{name}\"; allowed: {}", list.join(", ")),
            );
        }
    }
}
