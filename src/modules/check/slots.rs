//! Slots, their attributes and their looks.

use super::{Check, Place};
use crate::modules::{Filter, ModuleDef, Role, SlotDef, SlotGeometry, Style, WalkingDef};
use std::collections::BTreeSet;

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

pub(super) fn check<'a>(check: &mut Check<'a>, module: &'a ModuleDef) {
    check.text(&Place::new(&module.file, &["title"], "title"), &module.title);
    check.text(&Place::new(&module.file, &["description"], "description"), &module.description);
    for slot in &module.slots {
        let header = format!("id = \"{}\"", slot.id);
        let at = |key: &str| Place::new(&module.file, &[&header, key.split('.').next().unwrap_or(key)], key);
        if check.slots.insert(slot.full_id(&module.id), slot).is_some() {
            check.error(
                "MD-002",
                &at("id"),
                format!("den Slot „{}“ gibt es zweimal", slot.id),
                format!("there are two slots \"{}\"", slot.id),
            );
        }
        if !is_identifier(&slot.id) {
            check.error(
                "MD-003",
                &at("id"),
                format!("„{}“ darf nur Kleinbuchstaben, Ziffern und Unterstriche enthalten", slot.id),
                format!("\"{}\" may hold only lower-case letters, digits and underscores", slot.id),
            );
        }
        check.text(&at("title"), &slot.title);
        check.text(&at("description"), &slot.description);
        attributes(check, module, slot, &header);
        if let Some(role) = slot.role.filter(|r| !fits(*r, slot.geometry)) {
            check.error(
                "MD-007",
                &at("role"),
                format!("die Rolle {role:?} passt nicht zur Geometrie {:?}", slot.geometry),
                format!("the role {role:?} does not fit the geometry {:?}", slot.geometry),
            );
        }
        if let Some(label) = &slot.label {
            known_attribute(check, slot, &at("label"), label);
        }
        style(check, slot, &slot.style, &at);
        if let Some(walking) = &slot.walking {
            ways(check, slot, walking, &at("walking"));
        }
    }
}

fn attributes(check: &mut Check<'_>, module: &ModuleDef, slot: &SlotDef, header: &str) {
    let mut names = BTreeSet::new();
    for attribute in &slot.attributes {
        let name = format!("name = \"{}\"", attribute.name);
        let at = Place::new(&module.file, &[header, &name], "attribute.name");
        if !names.insert(&attribute.name) {
            check.error(
                "MD-002",
                &at,
                format!("das Attribut „{}“ gibt es zweimal", attribute.name),
                format!("there are two attributes \"{}\"", attribute.name),
            );
        }
        if !is_identifier(&attribute.name) {
            check.error(
                "MD-003",
                &at,
                format!("„{}“ darf nur Kleinbuchstaben, Ziffern und Unterstriche enthalten", attribute.name),
                format!("\"{}\" may hold only lower-case letters, digits and underscores", attribute.name),
            );
        }
        check.text(
            &Place::new(&module.file, &[header, &name, "title"], "attribute.title"),
            &attribute.title,
        );
        for words in attribute.words.values() {
            check.text(&Place::new(&module.file, &[header, &name, "words"], "attribute.words"), words);
        }
    }
}

fn fits(role: Role, geometry: SlotGeometry) -> bool {
    match role {
        Role::Terrain => geometry == SlotGeometry::Raster,
        Role::Streets | Role::Railways | Role::BuildingLines => geometry == SlotGeometry::Line,
        Role::Buildings
        | Role::Water
        | Role::Forest
        | Role::Green
        | Role::Sites
        | Role::Population
        | Role::Districts
        | Role::BuildingWindows
        | Role::Zones
        | Role::Parcels => geometry == SlotGeometry::Polygon,
    }
}

/// How its lines are walked along.
fn ways(check: &mut Check<'_>, slot: &SlotDef, walking: &WalkingDef, at: &Place) {
    let parsed = walking.filter.as_deref().map(Filter::parse).transpose();
    let fits = slot.geometry == SlotGeometry::Line && walking.snap_m.is_finite() && walking.snap_m > 0.0;
    let Ok(parsed) = parsed.map_err(|_| ()).and_then(|p| if fits { Ok(p) } else { Err(()) }) else {
        check.error(
            "NW-010",
            at,
            "gebraucht werden Linien, ein lesbarer Filter und snap_m über 0".into(),
            "lines, a filter that can be read and snap_m above 0 are needed".into(),
        );
        return;
    };
    let named = [&walking.bridge, &walking.tunnel, &walking.layer].into_iter().flatten().cloned();
    for name in parsed.iter().flat_map(Filter::attributes).chain(named) {
        known_attribute(check, slot, at, &name);
    }
}

fn known_attribute(check: &mut Check<'_>, slot: &SlotDef, at: &Place, name: &str) -> bool {
    let known = slot.attributes.iter().any(|a| a.name == name);
    if !known {
        check.error(
            "MD-006",
            at,
            format!("der Slot hat kein Attribut „{name}“"),
            format!("the slot has no attribute \"{name}\""),
        );
    }
    known
}

fn style(check: &mut Check<'_>, slot: &SlotDef, style: &Style, at: &dyn Fn(&str) -> Place) {
    colour(check, &at("style.fill"), &style.fill);
    colour(check, &at("style.stroke"), &style.stroke);
    if !((0.0..=1.0).contains(&style.opacity) && style.width_m.is_finite() && style.width_m >= 0.0) {
        check.error(
            "MD-008",
            &at("style"),
            "die Deckkraft liegt zwischen 0 und 1, die Breite ist nicht negativ".into(),
            "opacity lies between 0 and 1, width is not negative".into(),
        );
    }
    let by = style.by.as_deref().filter(|by| known_attribute(check, slot, &at("style.by"), by));
    let values: &[String] = by
        .and_then(|by| slot.attributes.iter().find(|a| a.name == by))
        .map_or(&[], |a| &a.values);
    for class in &style.classes {
        let place = at("style.class");
        check.text(&place, &class.label);
        colour(check, &place, &class.fill);
        let ranged = class.min.is_some() || class.max.is_some();
        let empty = class.min.zip(class.max).is_some_and(|(min, max)| min >= max);
        let nameless = style.by.is_none() && slot.geometry != SlotGeometry::Raster;
        let unlisted = class.value.as_ref().is_some_and(|v| !values.is_empty() && !values.contains(v));
        if class.value.is_some() == ranged || empty || nameless || unlisted {
            check.error(
                "MD-009",
                &place,
                format!(
                    "die Klasse „{}“ braucht entweder einen erlaubten Wert oder einen Bereich, und der Stil ein Attribut",
                    class.label.de
                ),
                format!(
                    "the class \"{}\" needs either an allowed value or a range, and the style an attribute",
                    class.label.en
                ),
            );
        }
    }
}

fn colour(check: &mut Check<'_>, at: &Place, text: &str) {
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        check.error(
            "MD-005",
            at,
            format!("„{text}“ ist keine Farbe der Form #RRGGBB"),
            format!("\"{text}\" is not a colour of the form #RRGGBB"),
        );
    }
}
