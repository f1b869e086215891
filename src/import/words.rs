//! The vocabulary of `assets/import/words.toml`, and texts made comparable.

use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

/// By which words sources call things.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// Words of an attribute.
    attribute: BTreeMap<String, Vec<String>>,
    /// Words of a slot, by the last part of its name.
    slot: BTreeMap<String, Vec<String>>,
    /// Words of a code, by attribute and code.
    value: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl Words {
    /// The vocabulary that comes with the program.
    pub fn get() -> &'static Self {
        static WORDS: OnceLock<Words> = OnceLock::new();
        // The file is part of the program and read by a test; a broken one would only cost suggestions.
        WORDS.get_or_init(|| toml::from_str(include_str!("../../assets/import/words.toml")).unwrap_or_default())
    }

    /// Words of an attribute, comparable.
    pub fn of_attribute(&self, name: &str) -> BTreeSet<String> {
        self.attribute.get(name).into_iter().flatten().map(|w| plain(w)).collect()
    }

    /// Words of a slot, comparable.
    pub fn of_slot(&self, id: &str) -> BTreeSet<String> {
        self.slot.get(id).into_iter().flatten().map(|w| plain(w)).collect()
    }

    /// Words of the code of an attribute, comparable.
    pub fn of_code(&self, attribute: &str, code: &str) -> BTreeSet<String> {
        let list = self.value.get(attribute).and_then(|codes| codes.get(code));
        list.into_iter().flatten().map(|w| plain(w)).collect()
    }
}

/// A name without case, umlauts and separators.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            c if c.is_alphanumeric() => out.push(c),
            _ => {}
        }
    }
    out
}

/// The parts of a name: "Kita_Standorte2024" gives "kita", "standorte" and "2024".
pub(super) fn parts(text: &str) -> Vec<String> {
    let mut out = vec![];
    let mut current = String::new();
    let mut before = ' ';
    for c in text.chars() {
        let turn = (before.is_lowercase() && c.is_uppercase()) || (before.is_numeric() != c.is_numeric() && before.is_alphanumeric());
        if !c.is_alphanumeric() || turn {
            out.push(std::mem::take(&mut current));
        }
        if c.is_alphanumeric() {
            current.push(c);
        }
        before = c;
    }
    out.push(current);
    out.iter().map(|p| plain(p)).filter(|p| !p.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules;

    #[test]
    fn names_are_comparable() {
        assert_eq!(plain("Höhe (m)"), "hoehem");
        assert_eq!(plain("EW_Gesamt"), plain("ew gesamt"));
        assert_eq!(parts("KitaStandorte_2024-Süd"), ["kita", "standorte", "2024", "sued"]);
    }

    #[test]
    fn every_word_belongs_to_something_that_a_module_asks_for() {
        let words: Words = toml::from_str(include_str!("../../assets/import/words.toml")).unwrap();
        let modules: Vec<_> = modules::builtin_ids()
            .into_iter()
            .map(|id| modules::builtin(id).unwrap().unwrap())
            .collect();
        let slots: Vec<_> = modules.iter().flat_map(|m| &m.slots).collect();
        let has = |name: &String| slots.iter().any(|s| s.attributes.iter().any(|a| a.name == *name));
        for name in words.attribute.keys().chain(words.value.keys()) {
            assert!(has(name), "no slot has an attribute {name}");
        }
        for id in words.slot.keys() {
            assert!(slots.iter().any(|s| s.id == *id), "there is no slot {id}");
        }
        for (attribute, codes) in &words.value {
            for code in codes.keys() {
                let known = slots
                    .iter()
                    .flat_map(|s| &s.attributes)
                    .any(|a| a.name == *attribute && a.values.contains(code));
                assert!(known, "{attribute} has no code {code}");
            }
        }
    }
}
