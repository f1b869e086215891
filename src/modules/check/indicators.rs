//! What an indicator names: file, texts, slots, attributes, filters and numbers. Codes `IN-00x`.

use super::{Check, Place};
use crate::modules::{Filter, IndicatorDef, MeasureDef, SlotGeometry};

pub(super) fn check(check: &mut Check<'_>, indicator: &IndicatorDef) {
    let at = |key: &str| Place::new(&indicator.file, &[&format!("{key} =")], key);
    if !indicator.file.name.is_empty() && !indicator.file.stem().starts_with(&format!("{}_", indicator.id)) {
        check.error(
            "IN-001",
            &at("id"),
            format!("der Dateiname muss mit „{}_“ beginnen", indicator.id),
            format!("the file name must start with \"{}_\"", indicator.id),
        );
    }
    for (key, text) in [
        ("title", &indicator.title),
        ("what", &indicator.what),
        ("unit", &indicator.unit),
        ("spatial_unit", &indicator.spatial_unit),
    ] {
        check.text(&at(key), text);
    }
    let positive = |v: f64| v.is_finite() && v > 0.0;
    if !positive(indicator.factor) || !indicator.years.is_none_or(positive) || indicator.source.trim().is_empty() {
        check.error(
            "IN-002",
            &at("factor"),
            "factor und years müssen Zahlen über 0 sein, und source darf nicht leer sein".into(),
            "factor and years must be numbers above 0, and source must not be empty".into(),
        );
    }
    for (name, measure) in [
        ("numerator", Some(&indicator.numerator)),
        ("denominator", indicator.denominator.as_ref()),
    ] {
        if let Some(measure) = measure {
            let place = Place::new(&indicator.file, &[&format!("[{name}")], name);
            self::measure(check, measure, &place);
        }
    }
}

fn measure(check: &mut Check<'_>, measure: &MeasureDef, at: &Place) {
    for (id, filter) in measure.sides() {
        let Some(slot) = check.slots.get(id).copied() else {
            // A slot of a module that is not among these is no mistake; one of a module that is, is.
            let known = check.modules.iter().any(|m| m.id == id.module());
            let (de, en) = (
                format!("die Ebene „{id}“ gibt es hier nicht; der Indikator bleibt ohne Wert"),
                format!("there is no layer \"{id}\" here; the indicator stays without a value"),
            );
            match known {
                true => check.error("IN-003", at, de, en),
                false => check.warning("IN-003", at, de, en),
            }
            continue;
        };
        let parsed = match filter.map(Filter::parse).transpose() {
            Ok(parsed) => parsed,
            Err(e) => {
                let e = e.text();
                check.error("IN-004", at, e.de.trim_end_matches('.').into(), e.en.trim_end_matches('.').into());
                continue;
            }
        };
        let asked = parsed.iter().flat_map(Filter::attributes);
        let own = measure
            .attributes()
            .into_iter()
            .filter(|(s, _)| *s == id)
            .map(|(_, name)| name.to_owned());
        for name in asked.chain(own) {
            if !slot.attributes.iter().any(|a| a.name == name) {
                check.error(
                    "IN-005",
                    at,
                    format!("der Slot „{}“ hat kein Attribut „{name}“", slot.id),
                    format!("the slot \"{}\" has no attribute \"{name}\"", slot.id),
                );
            }
        }
        let grid = match measure {
            MeasureDef::GridPercent(_) => true,
            MeasureDef::Count(m) => m.grid.as_ref().is_some_and(|g| g.slot == *id),
            MeasureDef::InhabitantsInGrid(m) => m.grid.slot == *id,
            _ => false,
        };
        if (slot.geometry == SlotGeometry::Raster) != grid {
            check.error(
                "IN-006",
                at,
                format!("die Geometrie {:?} des Slots „{}“ passt nicht dazu", slot.geometry, slot.id),
                format!("the geometry {:?} of slot \"{}\" does not fit", slot.geometry, slot.id),
            );
        }
    }
}
