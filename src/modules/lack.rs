//! What another city still lacks: for each rule the slots and attributes that no data fill, and where such data usually come from.

use super::{Filter, ModuleDef, PredicateDef, RuleDef, SlotDef};
use crate::model::{LocalText, SlotId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Filled slots with the names of their attributes that hold at least one value.
pub type Present = BTreeMap<SlotId, BTreeSet<String>>;

/// One input that a rule needs and the city does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lack {
    /// The slot.
    pub slot: SlotId,
    /// The slot's name.
    pub slot_title: LocalText,
    /// The attribute that is missing; `None` when the whole slot is empty.
    pub attribute: Option<String>,
    /// The attribute's name.
    pub attribute_title: Option<LocalText>,
    /// Where cities usually find such data (the slot's description).
    pub where_from: LocalText,
}

/// What one rule needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleLack {
    /// Rule id.
    pub rule: String,
    /// Rule name.
    pub title: LocalText,
    /// What is missing; empty when the rule can answer.
    pub missing: Vec<Lack>,
}

/// Slots that a rule reads, each with the attributes it looks at.
pub fn inputs(rule: &RuleDef) -> Present {
    let mut out = Present::new();
    let mut need = |slot: &SlotId, names: Vec<String>| out.entry(slot.clone()).or_default().extend(names);
    for side in [&rule.subject, &rule.object] {
        let filter = side.filter.as_deref().and_then(|f| Filter::parse(f).ok());
        need(&side.slot, filter.map(|f| f.attributes()).unwrap_or_default());
    }
    let threshold = match &rule.predicate {
        PredicateDef::Overlap(p) => p.threshold.as_ref(),
        PredicateDef::Zonal(p) => Some(&p.threshold),
        _ => None,
    };
    if let Some(t) = threshold {
        need(&rule.subject.slot, t.subject_attribute.iter().cloned().collect());
        need(&rule.object.slot, t.object_attribute.iter().cloned().collect());
    }
    if let PredicateDef::Capacity(p) = &rule.predicate {
        need(&rule.object.slot, vec![p.places_attribute.clone()]);
        need(&p.population, vec!["inhabitants".into()]);
    }
    if let Some(by) = &rule.severity_by {
        need(&rule.object.slot, vec![by.object_attribute.clone()]);
    }
    out
}

/// One entry a rule, in module order; a rule that lacks nothing has an empty list.
pub fn lacking(modules: &[ModuleDef], present: &Present) -> Vec<RuleLack> {
    modules
        .iter()
        .flat_map(|m| &m.rules)
        .map(|rule| RuleLack {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            missing: inputs(rule)
                .iter()
                .flat_map(|(slot, names)| missing(modules, present, slot, names))
                .collect(),
        })
        .collect()
}

fn missing(modules: &[ModuleDef], present: &Present, id: &SlotId, names: &BTreeSet<String>) -> Vec<Lack> {
    let def: Option<&SlotDef> = modules
        .iter()
        .filter(|m| m.id == id.module())
        .flat_map(|m| &m.slots)
        .find(|s| s.id == id.slot());
    let lack = |attribute: Option<&String>| Lack {
        slot: id.clone(),
        slot_title: def.map_or_else(|| LocalText::same(id.to_string()), |d| d.title.clone()),
        attribute: attribute.cloned(),
        attribute_title: attribute.and_then(|name| Some(def?.attributes.iter().find(|a| a.name == *name)?.title.clone())),
        where_from: def.map_or_else(
            || {
                LocalText::new(
                    format!("Das Modul „{}“ ist im Projekt nicht aktiv.", id.module()),
                    format!("The module \"{}\" is not active in the project.", id.module()),
                )
            },
            |d| d.description.clone(),
        ),
    };
    match present.get(id) {
        None => vec![lack(None)],
        Some(have) => names.difference(have).map(|name| lack(Some(name))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::{builtin, builtin_ids};

    #[test]
    fn a_city_learns_what_each_rule_still_needs() {
        let modules: Vec<_> = builtin_ids().iter().map(|id| builtin(id).unwrap().unwrap()).collect();
        let all = lacking(&modules, &Present::new());
        assert_eq!(all.len(), modules.iter().map(|m| m.rules.len()).sum::<usize>());
        for rule in &all {
            assert!(rule.missing.len() >= 2, "{} needs two slots", rule.rule);
            assert!(rule.missing.iter().all(|l| l.attribute.is_none() && !l.where_from.de.is_empty()));
        }
        // Fill exactly what one rule asks for: it lacks nothing. Take one attribute away: it is named.
        for rule in modules.iter().flat_map(|m| &m.rules) {
            let mut present = inputs(rule);
            let of = |present: &Present| lacking(&modules, present).into_iter().find(|r| r.rule == rule.id).unwrap().missing;
            assert_eq!(of(&present), [], "{}", rule.id);
            let Some((slot, name)) = present.iter().find_map(|(s, n)| Some((s.clone(), n.first()?.clone()))) else {
                continue;
            };
            present.get_mut(&slot).unwrap().remove(&name);
            let missing = of(&present);
            assert_eq!(
                (missing.len(), &missing[0].slot, missing[0].attribute.as_ref()),
                (1, &slot, Some(&name))
            );
            assert!(missing[0].attribute_title.is_some());
        }
    }
}
