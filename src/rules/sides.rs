//! The two sides of a rule in a city: slots found, filters evaluated, and the rows that count, or why there are none.

use super::{objects::Objects, words::both};
use crate::{
    index::IndexedLayer,
    model::{Finding, Language, Level, LocalText, Report, SlotId},
    modules::{Filter, RuleDef, StateVariant},
    project::{City, SlotData},
};
use std::sync::Arc;

/// The subject side: known even when the object side is not.
pub(super) struct Subjects<'a> {
    pub layer: Option<&'a IndexedLayer>,
    pub rows: Arc<Vec<u32>>,
}

/// A slot's name for people.
pub(super) fn slot_title(city: &City, id: &SlotId, language: Language) -> String {
    city.slot(id)
        .map_or_else(|| id.to_string(), |s| s.def.title.get(language).to_owned())
}

/// A slot without data, in words.
pub(super) fn missing(city: &City, id: &SlotId, why: &LocalText) -> LocalText {
    both(|l| {
        let title = slot_title(city, id, l);
        match l {
            Language::De => format!("Keine Daten für „{title}“ ({id}): {}", why.de),
            Language::En => format!("No data for “{title}” ({id}): {}", why.en),
        }
    })
}

/// No module has the slot, in words.
pub(super) fn no_module(id: &SlotId) -> LocalText {
    LocalText::new(
        format!("Das Projekt verwendet kein Modul mit dem Steckplatz {id}"),
        format!("the project uses no module with the slot {id}"),
    )
}

/// The vector layer of a slot, or why there is none.
pub(super) fn vector<'a>(city: &'a City, id: &SlotId) -> Result<&'a IndexedLayer, LocalText> {
    match city.slot(id).map(|s| &s.data) {
        Some(SlotData::Vector(layer)) => Ok(layer),
        Some(SlotData::Missing { reason }) => Err(missing(city, id, reason)),
        Some(SlotData::Raster(_)) => Err(missing(
            city,
            id,
            &LocalText::new("Die Regel braucht Objekte, kein Raster.", "the rule needs features, not a raster"),
        )),
        None => Err(no_module(id)),
    }
}

/// What is wrong with a rule.
pub(super) fn finding(code: &str, rule: &RuleDef, slot: &SlotId, text: &LocalText) -> Finding {
    Finding::new(
        code,
        Level::Error,
        format!("Regel {}: {}", rule.id, text.de),
        format!("rule {}: {}", rule.id, text.en),
    )
    .layer(slot.to_string())
}

/// Checks that `attribute` can be read. An empty layer has no columns and needs none.
pub(super) fn attribute(city: &City, layer: &IndexedLayer, name: &str, rule: &RuleDef, report: &mut Report) -> Result<(), LocalText> {
    let slot = &layer.layer.slot;
    if layer.layer.attributes.column(name).is_some() {
        return Ok(());
    }
    let declared = city.slot(slot).is_some_and(|s| s.def.attributes.iter().any(|a| a.name == name));
    if declared && layer.layer.is_empty() {
        return Ok(());
    }
    let text = match declared {
        true => LocalText::new(
            format!("In den Daten von {slot} fehlt das Merkmal „{name}“."),
            format!("the data of {slot} lack the attribute “{name}”."),
        ),
        false => LocalText::new(
            format!("{slot} kennt kein Merkmal „{name}“; Schreibweise in der Regel oder im Modul prüfen."),
            format!("{slot} has no attribute “{name}”; check the spelling in the rule or the module."),
        ),
    };
    if !declared {
        report.push(finding("RU-002", rule, slot, &text));
    }
    Err(text)
}

/// Rows that pass `filter`; `None` when there is no filter.
fn select(
    city: &City,
    layer: &IndexedLayer,
    filter: Option<&str>,
    rule: &RuleDef,
    report: &mut Report,
) -> Result<Option<Vec<bool>>, LocalText> {
    let Some(text) = filter.filter(|t| !t.trim().is_empty()) else {
        return Ok(None);
    };
    let parsed = Filter::parse(text).map_err(|error| {
        let why = LocalText::new(
            format!("Der Filter „{text}“ ist nicht lesbar. {}", error.text().de),
            format!("the filter “{text}” cannot be read. {}", error.text().en),
        );
        report.push(finding("RU-001", rule, &layer.layer.slot, &why));
        why
    })?;
    for name in parsed.attributes() {
        attribute(city, layer, &name, rule, report)?;
    }
    Ok(Some(parsed.select(&layer.layer.attributes, layer.layer.len())))
}

/// The state's deviation from a rule.
pub(super) fn variant<'a>(city: &City, rule: &'a RuleDef) -> Option<&'a StateVariant> {
    rule.state.get(city.info.state.as_deref()?)
}

impl<'a> Subjects<'a> {
    /// Finds the subject layer and the rows to be checked. On error, every row counts as a subject without an answer.
    pub fn find(city: &'a City, rule: &RuleDef, report: &mut Report) -> (Self, Result<(), LocalText>) {
        let none = |layer: Option<&'a IndexedLayer>, rows: u32| Self {
            layer,
            rows: Arc::new((0..rows).collect()),
        };
        let layer = match vector(city, &rule.subject.slot) {
            Ok(layer) => layer,
            Err(why) => return (none(None, 0), Err(why)),
        };
        let deviation = variant(city, rule);
        if rule.off {
            let why = LocalText::new("Im Projekt nicht verwendet.", "not used in this project.");
            return (none(Some(layer), 0), Err(why));
        }
        if deviation.is_some_and(|v| !v.applies) {
            // The rule asks nothing of anybody here: no subject, nothing unknown.
            let state = city.info.state.as_deref().unwrap_or_default();
            let why = LocalText::new(
                format!("Die Regel gilt in {state} nicht."),
                format!("the rule does not apply in {state}."),
            );
            return (none(Some(layer), 0), Err(why));
        }
        let filter = deviation
            .and_then(|v| v.subject_filter.as_deref())
            .or(rule.subject.filter.as_deref());
        match select(city, layer, filter, rule, report) {
            Ok(None) => (none(Some(layer), layer.layer.len() as u32), Ok(())),
            Ok(Some(mask)) => {
                let rows = (0..mask.len() as u32).filter(|r| mask[*r as usize]).collect();
                let rows = Arc::new(rows);
                (Self { layer: Some(layer), rows }, Ok(()))
            }
            Err(why) => (none(Some(layer), layer.layer.len() as u32), Err(why)),
        }
    }
}

impl<'a> Objects<'a> {
    /// The rows of a layer that the filter lets pass; with `keep`, prepared objects are kept for further subjects.
    pub fn find(
        city: &City,
        layer: &'a IndexedLayer,
        filter: Option<&str>,
        keep: bool,
        rule: &RuleDef,
        report: &mut Report,
    ) -> Result<Self, LocalText> {
        let n = if keep { layer.layer.len() } else { 0 };
        Ok(Self::new(layer, select(city, layer, filter, rule, report)?, n))
    }
}
