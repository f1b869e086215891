//! What a suitability definition names: texts, slots, filters, measures with their units, value functions and weights.
//!
//! Codes: `MD-03x`.

use super::{Check, Place, rules::filter};
use crate::{
    model::{LocalText, SlotId},
    modules::{AttributeKind, CriterionDef, CriterionMeasure, SlotDef, SlotGeometry, SourceFile, SuitabilityDef},
};
use std::collections::BTreeSet;

pub(super) fn check(check: &mut Check<'_>, def: &SuitabilityDef) {
    let file = &def.file;
    let at = |key: &str| Place::new(file, &[&format!("{key} =")], key);
    if !file.name.is_empty() && file.stem() != def.id {
        check.error(
            "MD-030",
            &at("id"),
            format!("die Datei muss „{}.toml“ heißen", def.id),
            format!("the file must be called \"{}.toml\"", def.id),
        );
    }
    check.text(&at("title"), &def.title);
    check.text(&at("description"), &def.description);
    let mut seen = BTreeSet::new();
    for e in &def.exclusions {
        let id = named(check, file, &mut seen, &e.id, [&e.title, &e.why]);
        let slot = slot(check, file, &id, &e.slot, def);
        filter(check, file, &id, &format!("{}.filter", e.id), e.filter.as_deref(), slot);
        if slot.is_some_and(|s| matches!(s.geometry, SlotGeometry::Raster | SlotGeometry::Line | SlotGeometry::Point)) {
            wrong(
                check,
                file,
                &id,
                "slot",
                "ein Ausschluss braucht Flächen",
                "an exclusion needs areas",
            );
        }
        if !(0.0..100.0).contains(&e.above_percent) {
            wrong(
                check,
                file,
                &id,
                "above_percent",
                "der Anteil muss bei 0 bis unter 100 % liegen",
                "the share must be 0 to below 100 %",
            );
        }
    }
    for c in &def.criteria {
        let id = named(check, file, &mut seen, &c.id, [&c.title, &c.why]);
        let slot = slot(check, file, &id, &c.slot, def);
        filter(check, file, &id, &format!("{}.filter", c.id), c.filter.as_deref(), slot);
        if !(c.weight.is_finite() && c.weight >= 0.0) {
            wrong(
                check,
                file,
                &id,
                "weight",
                "ein Gewicht ist eine Zahl ab 0",
                "a weight is a number from 0",
            );
        }
        if let Some(text) = c.value.mistake() {
            wrong(check, file, &id, "value", &text.de, &text.en);
        }
        measure(check, file, &id, c, slot);
    }
    if def.criteria.iter().map(|c| c.weight).sum::<f64>() <= 0.0 {
        check.error(
            "MD-034",
            &at("weight"),
            "kein Kriterium hat ein Gewicht".into(),
            "no criterion has a weight".into(),
        );
    }
}

fn wrong(check: &mut Check<'_>, file: &SourceFile, id: &str, key: &str, de: &str, en: &str) {
    let at = Place::new(file, &[id, key], key);
    check.error("MD-032", &at, de.into(), en.into());
}

/// The line that names the part; both languages are there and the id is new.
fn named(check: &mut Check<'_>, file: &SourceFile, seen: &mut BTreeSet<String>, id: &str, texts: [&LocalText; 2]) -> String {
    let line = format!("id = \"{id}\"");
    for (key, text) in ["title", "why"].into_iter().zip(texts) {
        check.text(&Place::new(file, &[&line, key], key), text);
    }
    if !seen.insert(id.to_owned()) {
        wrong(
            check,
            file,
            &line,
            "id",
            &format!("„{id}“ gibt es zweimal"),
            &format!("there are two \"{id}\""),
        );
    }
    line
}

fn slot<'a>(check: &mut Check<'a>, file: &SourceFile, id: &str, slot: &SlotId, def: &SuitabilityDef) -> Option<&'a SlotDef> {
    let found = check.slots.get(slot).copied();
    if found.is_none() {
        let at = Place::new(file, &[id, "slot ="], "slot");
        if check.modules.iter().any(|m| m.id == slot.module()) {
            check.error(
                "MD-031",
                &at,
                format!("den Slot „{slot}“ gibt es nicht"),
                format!("there is no slot \"{slot}\""),
            );
        } else {
            check.warning(
                "MD-031",
                &at,
                format!(
                    "das Modul des Slots „{slot}“ ist nicht aktiv, für „{}“ bleibt das Kriterium unbekannt",
                    def.id
                ),
                format!(
                    "the module of slot \"{slot}\" is not active, for \"{}\" the criterion stays unknown",
                    def.id
                ),
            );
        }
    }
    found
}

/// The measure fits the slot's geometry and unit.
fn measure(check: &mut Check<'_>, file: &SourceFile, id: &str, c: &CriterionDef, slot: Option<&SlotDef>) {
    let raster = |s: &SlotDef| s.geometry == SlotGeometry::Raster;
    let unit = match &c.measure {
        CriterionMeasure::Distance { up_to_m } => {
            if !(up_to_m.is_finite() && *up_to_m > 0.0 && *up_to_m <= 20_000.0) {
                wrong(
                    check,
                    file,
                    id,
                    "measure",
                    "up_to_m muss zwischen 0 und 20 000 m liegen",
                    "up_to_m must be between 0 and 20 000 m",
                );
            }
            Some("m")
        }
        CriterionMeasure::Share {} => Some("%"),
        CriterionMeasure::Attribute { name, .. } => {
            let Some(slot) = slot else { return };
            match slot.attributes.iter().find(|a| a.name == *name) {
                Some(a) if matches!(a.kind, AttributeKind::Number | AttributeKind::Integer) => a.unit.as_deref(),
                Some(_) => {
                    let (de, en) = (format!("„{name}“ ist keine Zahl"), format!("\"{name}\" is no number"));
                    return wrong(check, file, id, "measure", &de, &en);
                }
                None => {
                    let de = format!("der Slot „{}“ hat kein Attribut „{name}“", slot.id);
                    let en = format!("the slot \"{}\" has no attribute \"{name}\"", slot.id);
                    return wrong(check, file, id, "measure", &de, &en);
                }
            }
        }
        CriterionMeasure::Raster { .. } => slot.and_then(|s| s.unit.as_deref()),
    };
    let Some(slot) = slot else { return };
    if matches!(c.measure, CriterionMeasure::Raster { .. }) != raster(slot) {
        return wrong(
            check,
            file,
            id,
            "measure",
            "das Maß passt nicht zum Slot: „raster“ gehört zu Rastern, alles andere zu Objekten",
            "the measure does not fit the slot: \"raster\" belongs to rasters, everything else to features",
        );
    }
    if let Some(unit) = unit.filter(|u| *u != c.unit) {
        let (de, en) = (
            format!("die Einheit ist „{}“, gemessen wird in „{unit}“", c.unit),
            format!("the unit is \"{}\", it is measured in \"{unit}\"", c.unit),
        );
        wrong(check, file, id, "unit", &de, &en);
    }
}
