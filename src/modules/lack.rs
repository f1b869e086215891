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

/// Slots that a rule reads in a federal state, each with the attributes it looks at; nothing where the state has no such rule.
pub fn inputs(rule: &RuleDef, state: Option<&str>) -> Present {
    let mut out = Present::new();
    let variant = state.and_then(|s| rule.state.get(s));
    if rule.off || variant.is_some_and(|v| !v.applies) {
        return out;
    }
    let mut need = |slot: &SlotId, names: Vec<String>| out.entry(slot.clone()).or_default().extend(names);
    let subject_filter = variant.and_then(|v| v.subject_filter.as_ref()).or(rule.subject.filter.as_ref());
    let object_filter = variant.and_then(|v| v.object_filter.as_ref()).or(rule.object.filter.as_ref());
    for (side, filter) in [(&rule.subject, subject_filter), (&rule.object, object_filter)] {
        let filter = filter.and_then(|f| Filter::parse(f).ok());
        need(&side.slot, filter.map(|f| f.attributes()).unwrap_or_default());
    }
    if let Some(t) = rule.predicate.threshold() {
        need(&rule.subject.slot, t.subject_attribute.iter().cloned().collect());
        need(&rule.object.slot, t.object_attribute.iter().cloned().collect());
    }
    if let PredicateDef::Capacity(p) = &rule.predicate {
        need(&rule.object.slot, p.places_attribute.iter().cloned().collect());
    }
    for (slot, name, filter) in rule.further() {
        let filter = filter.and_then(|f| Filter::parse(f).ok());
        let names = filter.map(|f| f.attributes()).unwrap_or_default();
        need(slot, names.into_iter().chain(name.map(str::to_owned)).collect());
    }
    if let Some(from) = variant.and_then(|v| v.distance_from.as_ref()).or(rule.predicate.distance_from()) {
        need(&rule.object.slot, from.object_attributes.clone());
    }
    if let Some(by) = variant.and_then(|v| v.distance_by.as_ref()).or(rule.predicate.distance_by()) {
        need(&rule.object.slot, vec![by.object_attribute.clone()]);
    }
    if let Some(by) = &rule.severity_by {
        need(&rule.object.slot, by.object_attribute.iter().cloned().collect());
        need(&rule.subject.slot, by.subject_attribute.iter().cloned().collect());
    }
    out
}

/// One entry a rule, in module order; a rule that lacks nothing has an empty list.
pub fn lacking(modules: &[ModuleDef], present: &Present, state: Option<&str>) -> Vec<RuleLack> {
    modules
        .iter()
        .flat_map(|m| &m.rules)
        .map(|rule| RuleLack {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            missing: inputs(rule, state)
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

    fn modules() -> Vec<ModuleDef> {
        builtin_ids().iter().map(|id| builtin(id).unwrap().unwrap()).collect()
    }

    #[test]
    fn a_city_learns_what_each_rule_still_needs() {
        let modules = modules();
        let all = lacking(&modules, &Present::new(), None);
        assert_eq!(all.len(), modules.iter().map(|m| m.rules.len()).sum::<usize>());
        for rule in &all {
            assert!(rule.missing.len() >= 2, "{} needs two slots", rule.rule);
            assert!(rule.missing.iter().all(|l| l.attribute.is_none() && !l.where_from.de.is_empty()));
        }
        // Fill exactly what one rule asks for: it lacks nothing. Take one attribute away: it is named.
        for rule in modules.iter().flat_map(|m| &m.rules) {
            let mut present = inputs(rule, None);
            let of = |present: &Present| {
                lacking(&modules, present, None)
                    .into_iter()
                    .find(|r| r.rule == rule.id)
                    .unwrap()
                    .missing
            };
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

    #[test]
    fn a_state_asks_for_other_inputs() {
        let modules = modules();
        let rules = || modules.iter().flat_map(|m| &m.rules);
        let by_order = rules().find(|r| r.state.values().any(|v| v.distance_by.is_some())).unwrap();
        let (state, variant) = by_order.state.iter().find(|(_, v)| v.distance_by.is_some()).unwrap();
        let name = &variant.distance_by.as_ref().unwrap().object_attribute;
        assert!(!inputs(by_order, None)[&by_order.object.slot].contains(name));
        assert!(inputs(by_order, Some(state))[&by_order.object.slot].contains(name));
        let (elsewhere, free) = rules()
            .flat_map(|r| r.state.iter().map(move |(s, v)| (r, s, v)))
            .find(|(_, _, v)| !v.applies)
            .map(|(r, s, _)| (r, s))
            .unwrap();
        assert!(inputs(elsewhere, Some(free)).is_empty(), "no rule, no need");
    }
}
