//! Codes of XPlanung in words. The lists are data: `assets/codelists/xplanung.toml`.

use serde::Deserialize;
use std::{collections::BTreeMap, sync::LazyLock};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    attribute: BTreeMap<String, String>,
    list: BTreeMap<String, BTreeMap<String, String>>,
}

// The file is part of the program, and a test reads it; a damaged one would leave codes without words.
static LISTS: LazyLock<Lists> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

const TEXT: &str = include_str!("../../../assets/codelists/xplanung.toml");

/// The list that an attribute of an object type takes its values from.
#[derive(Debug, Clone, Copy)]
pub(super) struct CodeList(&'static BTreeMap<String, String>);

impl CodeList {
    /// The list of an attribute in a version of the standard; `None` when the attribute is free or its list is not known.
    pub(super) fn of(object_type: &str, attribute: &str, major: u32) -> Option<Self> {
        let family = object_type.split('_').next().unwrap_or_default();
        let keys = [
            format!("{object_type}.{attribute}"),
            format!("{family}_*.{attribute}"),
            format!("*.{attribute}"),
        ];
        let find = |key: &String| LISTS.attribute.get(key);
        let of_version = keys.iter().map(|k| format!("{k}@{major}")).find_map(|k| find(&k));
        LISTS.list.get(of_version.or_else(|| keys.iter().find_map(find))?).map(Self)
    }

    /// The words for a code, or for several of them separated by semicolons. `Err` holds the first one that the list does not have.
    pub(super) fn words(self, codes: &str) -> Result<String, String> {
        let words: Result<Vec<&str>, String> = codes
            .split(';')
            .map(|code| self.0.get(code.trim()).map(String::as_str).ok_or_else(|| code.trim().to_string()))
            .collect();
        words.map(|w| w.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(object_type: &str, attribute: &str, major: u32, code: &str) -> Option<String> {
        CodeList::of(object_type, attribute, major)?.words(code).ok()
    }

    #[test]
    fn the_lists_are_sound() {
        let lists: Lists = toml::from_str(TEXT).unwrap();
        for (attribute, list) in &lists.attribute {
            assert!(lists.list.contains_key(list), "{attribute} names the list {list}");
            assert!(attribute.contains('.'), "{attribute}");
        }
        for (name, list) in &lists.list {
            assert!(lists.attribute.values().any(|l| l == name), "nobody asks for the list {name}");
            assert!(
                list.keys().all(|k| k.parse::<u32>().is_ok()) && list.values().all(|v| !v.is_empty()),
                "{name}"
            );
        }
    }

    #[test]
    fn one_name_means_another_list_on_plans_and_in_other_versions() {
        let word = |t, a, m, c| word(t, a, m, c).unwrap();
        assert_eq!(word("BP_Plan", "rechtsstand", 6, "3000"), "Satzung");
        assert_eq!(word("FP_Plan", "rechtsstand", 5, "4000"), "wirksam");
        assert_eq!(word("BP_BauGrenze", "rechtsstand", 6, "1000"), "geplant");
        assert_eq!(word("BP_BauGrenze", "rechtscharakter", 5, "5000"), "Kennzeichnung");
        assert_eq!(word("BP_BauGrenze", "rechtscharakter", 6, "7000"), "Kennzeichnung");
        assert_eq!(
            word("BP_GemeinbedarfsFlaeche", "zweckbestimmung", 5, "12003; 1200"),
            "Forschungseinrichtung; Bildung und Forschung"
        );
        assert!(CodeList::of("BP_Plan", "name", 6).is_none());
        let unknown = CodeList::of("BP_Plan", "rechtsstand", 6).unwrap().words("3000; 77");
        assert_eq!(unknown, Err("77".into()));
    }
}
