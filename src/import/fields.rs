//! Which attribute of a file fills which field of a slot: by its name, by the words that sources use, by its kind of values, and for
//! code lists by what its values mean.

use super::{
    AttributeView,
    words::{Words, parts, plain},
};
use crate::{
    modules::{AttributeDef, AttributeKind, SlotDef},
    project::{AttributeSource, FromSource},
};
use std::collections::{BTreeMap, BTreeSet};

/// Below this, a likeness is a coincidence.
const LEAST: f64 = 0.5;

/// One field of a slot and where it could come from.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldSuggestion {
    /// The field.
    pub field: String,
    /// What fills it.
    pub source: AttributeSource,
    /// How sure this is, 0 to 1.
    pub confidence: f64,
}

impl FieldSuggestion {
    /// The attribute of the file.
    pub fn from(&self) -> &str {
        match &self.source {
            AttributeSource::Name(name) => name,
            AttributeSource::From(from) => &from.from,
            _ => "",
        }
    }
}

/// For every field of the slot the attribute that most likely fills it; each attribute is used once. Fields without a likely source
/// are left out.
pub fn suggest_fields(slot: &SlotDef, attributes: &[AttributeView]) -> Vec<FieldSuggestion> {
    let mut all: Vec<(f64, usize, usize)> = vec![];
    for (f, field) in slot.attributes.iter().enumerate() {
        for (a, attribute) in attributes.iter().enumerate() {
            let sure = likeness(slot, field, attribute);
            if sure >= LEAST {
                all.push((sure, f, a));
            }
        }
    }
    // The surest first; of equals the earlier field, then the earlier attribute.
    all.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)).then(x.2.cmp(&y.2)));
    let (mut fields, mut used) = (BTreeMap::new(), BTreeSet::new());
    for (confidence, f, a) in all {
        if !fields.contains_key(&f) && used.insert(a) {
            let (field, attribute) = (&slot.attributes[f], &attributes[a]);
            let suggestion = FieldSuggestion {
                field: field.name.clone(),
                source: translated(slot, field, attribute),
                confidence,
            };
            fields.insert(f, suggestion);
        }
    }
    fields.into_values().collect()
}

/// How likely `attribute` fills `field`, 0 to 1.
fn likeness(slot: &SlotDef, field: &AttributeDef, attribute: &AttributeView) -> f64 {
    let by_name = name_likeness(field, &attribute.name);
    let fits = match field.kind {
        AttributeKind::Number | AttributeKind::Integer if attribute.filled > 0 => attribute.numeric,
        // A name of an authority's number is a number and still no name.
        AttributeKind::Text if field.values.is_empty() && attribute.filled > 0 && slot.label.as_deref() == Some(&field.name) => {
            1.0 - 0.5 * attribute.numeric
        }
        _ => 1.0,
    };
    if field.values.is_empty() {
        return by_name * fits;
    }
    // A code list: values that mean something say more than a name.
    let known = translated_share(slot, field, attribute);
    match known {
        Some(share) if by_name > 0.0 => by_name * (0.6 + 0.4 * share),
        // A name that only sounds alike is worth less than values of which most are understood.
        Some(share) if share >= 0.5 => 0.55 + 0.35 * share,
        Some(_) => 0.0,
        None => by_name * 0.5,
    }
}

fn name_likeness(field: &AttributeDef, name: &str) -> f64 {
    let own = plain(name);
    if own == plain(&field.name) {
        return 1.0;
    }
    let words = Words::get().of_attribute(&field.name);
    if words.contains(&own) {
        return 0.95;
    }
    let titles = [&field.title.de, &field.title.en].map(|t| plain(t));
    if titles.contains(&own) {
        return 0.9;
    }
    // "anz_einwohner_2023" holds the word "einwohner"; very short words would be found everywhere.
    let pieces = parts(name);
    let long = |w: &&String| w.chars().count() >= 3;
    let found = words.iter().chain(&titles).filter(long).any(|w| pieces.contains(w));
    if found { 0.7 } else { 0.0 }
}

/// What every value of the attribute means in the field's code list; `None` where its values are no code list.
pub(super) fn translation(slot: &SlotDef, field: &AttributeDef, attribute: &AttributeView) -> Option<BTreeMap<String, String>> {
    let values = attribute.values.as_ref()?;
    let codes: Vec<(&String, BTreeSet<String>)> = field
        .values
        .iter()
        .map(|code| {
            let mut words = Words::get().of_code(&field.name, code);
            words.insert(plain(code));
            // The legend names the codes in both languages.
            if slot.style.by.as_deref() == Some(&field.name) {
                let class = slot.style.classes.iter().find(|c| c.value.as_ref() == Some(code));
                words.extend(class.into_iter().flat_map(|c| [&c.label.de, &c.label.en]).flat_map(|t| {
                    // "WA allgemeines Wohngebiet" without its code.
                    [plain(t), plain(t.strip_prefix(code.as_str()).unwrap_or(t))]
                }));
            }
            (code, words)
        })
        .collect();
    let mut out = BTreeMap::new();
    for (value, _) in values {
        let own = plain(value);
        if own.is_empty() {
            continue;
        }
        // "1000 (WohnBauflaeche)" and "Grundschule (staatlich)": the first word may already say it.
        let exact = codes.iter().find(|(_, words)| words.contains(&own));
        let first = || {
            let pieces = parts(value);
            codes
                .iter()
                .find(|(_, words)| pieces.iter().any(|p| p.chars().count() >= 4 && words.contains(p)))
        };
        if let Some((code, _)) = exact.or_else(first) {
            out.insert(value.clone(), (*code).clone());
        }
    }
    Some(out)
}

/// Share of the rows with a value whose value means something in the code list.
fn translated_share(slot: &SlotDef, field: &AttributeDef, attribute: &AttributeView) -> Option<f64> {
    let known = translation(slot, field, attribute)?;
    let values = attribute.values.as_ref()?;
    let rows = |keep: &dyn Fn(&String) -> bool| values.iter().filter(|(v, _)| keep(v)).map(|(_, n)| n).sum::<usize>();
    let all = rows(&|_| true);
    (all > 0).then(|| rows(&|v| known.contains_key(v)) as f64 / all as f64)
}

/// How a field that this attribute fills is written into a binding: by name, or with those values translated that are understood.
pub fn translated(slot: &SlotDef, field: &AttributeDef, attribute: &AttributeView) -> AttributeSource {
    let map = if field.values.is_empty() {
        BTreeMap::new()
    } else {
        translation(slot, field, attribute).unwrap_or_default()
    };
    // Codes that are already the list's own need no translation.
    if map.iter().all(|(value, code)| value == code) {
        return AttributeSource::Name(attribute.name.clone());
    }
    AttributeSource::From(FromSource {
        from: attribute.name.clone(),
        map,
        ..FromSource::default()
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{model::Column, modules};

    pub(in crate::import) fn slot(id: &str) -> SlotDef {
        let modules = modules::builtin_ids().into_iter().map(|m| modules::builtin(m).unwrap().unwrap());
        modules.into_iter().flat_map(|m| m.slots).find(|s| s.id == id).unwrap()
    }

    fn texts(name: &str, values: &[&str]) -> AttributeView {
        AttributeView::of(name, &Column::from_texts(values.iter().map(|v| Some(*v))))
    }

    fn found(slot: &SlotDef, attributes: &[AttributeView]) -> BTreeMap<String, String> {
        let list = suggest_fields(slot, attributes);
        list.iter().map(|s| (s.field.clone(), s.from().to_string())).collect()
    }

    #[test]
    fn german_and_english_names_find_their_fields() {
        let kitas = [
            texts("ID", &["1", "2"]),
            texts("E_Name", &["Kita A", "Kita B"]),
            texts("E_Platz", &["40", "25"]),
        ];
        let want = BTreeMap::from([("name".into(), "E_Name".into()), ("places".into(), "E_Platz".into())]);
        assert_eq!(found(&slot("kitas"), &kitas), want);
        let blocks = [
            texts("BLKNR", &["7"]),
            texts("Anz_Einwohner_2023", &["120"]),
            texts("GROESSE_M2", &["9000"]),
        ];
        assert_eq!(found(&slot("population"), &blocks)["inhabitants"], "Anz_Einwohner_2023");
    }

    #[test]
    fn a_number_field_takes_no_words() {
        let a = [texts("Einwohner", &["viele", "wenige"]), texts("ew_gesamt", &["1200", "80"])];
        assert_eq!(found(&slot("population"), &a)["inhabitants"], "ew_gesamt");
    }

    #[test]
    fn values_of_a_code_list_are_translated_and_the_others_left() {
        let schools = [texts(
            "typ_der_einrichtung",
            &["Grundschule", "Gymnasium", "Grundschule", "Bibliothek"],
        )];
        let list = suggest_fields(&slot("schools"), &schools);
        let AttributeSource::From(from) = &list[0].source else {
            panic!("{list:?}")
        };
        assert_eq!((list[0].field.as_str(), list[0].from()), ("kind", "typ_der_einrichtung"));
        assert_eq!(from.map["Grundschule"], "primary");
        assert_eq!(from.map["Gymnasium"], "secondary");
        assert!(!from.map.contains_key("Bibliothek"));
        // The legend's own words count too, and a list that already has the codes needs no translation.
        let zones = [texts("Art der baulichen Nutzung", &["allgemeines Wohngebiet", "Gewerbegebiet"])];
        let list = suggest_fields(&slot("zones"), &zones);
        assert!(matches!(&list[0].source, AttributeSource::From(f) if f.map["Gewerbegebiet"] == "GE" && f.map.len() == 2));
        let list = suggest_fields(&slot("zones"), &[texts("gebietsart", &["WA", "MI"])]);
        assert_eq!(list[0].source, AttributeSource::Name("gebietsart".into()));
    }

    #[test]
    fn an_attribute_fills_one_field_only() {
        let sites = [texts("art", &["Baulücke", "Brachfläche"]), texts("nutzung", &["Wohnen", "Gewerbe"])];
        let want = BTreeMap::from([("type".into(), "art".into()), ("use".into(), "nutzung".into())]);
        assert_eq!(found(&slot("sites"), &sites), want);
    }
}
