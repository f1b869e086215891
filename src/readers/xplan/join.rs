//! What the plan says about all its objects, joined to each of them: name, number, legal status, date, municipality, version.

use super::{codes::CodeList, document::Document, object::Object};
use crate::model::Value;
use std::collections::BTreeMap;

/// The dates a plan can have, the one that counts most first, with the word for it.
const DATES: [(&str, &str); 14] = [
    ("inkrafttretensDatum", "Inkrafttreten"),
    ("wirksamkeitsDatum", "Wirksamkeit"),
    ("rechtsverordnungsDatum", "Rechtsverordnung"),
    ("satzungsbeschlussDatum", "Satzungsbeschluss"),
    ("planbeschlussDatum", "Planbeschluss"),
    ("entwurfsbeschlussDatum", "Entwurfsbeschluss"),
    ("auslegungsEndDatum", "Ende der Auslegung"),
    ("auslegungsStartDatum", "Beginn der Auslegung"),
    ("traegerbeteiligungsEndDatum", "Ende der Behördenbeteiligung"),
    ("traegerbeteiligungsStartDatum", "Beginn der Behördenbeteiligung"),
    ("aufstellungsbeschlussDatum", "Aufstellungsbeschluss"),
    ("aenderungenBisDatum", "Änderungen bis"),
    ("ausfertigungsDatum", "Ausfertigung"),
    ("technHerstellDatum", "technische Herstellung"),
];

/// Which plan each object belongs to, and what is joined from it.
pub(super) struct Joins<'a> {
    document: &'a Document,
    /// Position by id; the first of equal ones.
    by_id: BTreeMap<&'a str, usize>,
    /// Position of the plan by the id of its section (`Bereich`).
    plan_of_section: BTreeMap<&'a str, usize>,
    /// Sections that list an object among their contents.
    section_of_object: BTreeMap<&'a str, &'a str>,
    plans: Vec<usize>,
}

impl<'a> Joins<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let mut joins = Self {
            document,
            by_id: BTreeMap::new(),
            plan_of_section: BTreeMap::new(),
            section_of_object: BTreeMap::new(),
            plans: vec![],
        };
        for (n, object) in document.objects.iter().enumerate() {
            joins.by_id.entry(&object.id).or_insert(n);
            if object.kind.ends_with("_Plan") {
                joins.plans.push(n);
                for section in object.refers("bereich") {
                    joins.plan_of_section.entry(section).or_insert(n);
                }
            }
        }
        for object in document.objects.iter().filter(|o| o.kind.ends_with("_Bereich")) {
            for plan in object.refers("gehoertZuPlan") {
                if let Some(n) = joins.by_id.get(plan) {
                    joins.plan_of_section.entry(&object.id).or_insert(*n);
                }
            }
            for content in object.refers("planinhalt").chain(object.refers("nachrichtlich")) {
                joins.section_of_object.entry(content).or_insert(&object.id);
            }
        }
        joins
    }

    /// The object of an id.
    pub(super) fn object(&self, id: &str) -> Option<&'a Object> {
        self.by_id.get(id).map(|n| &self.document.objects[*n])
    }

    /// The plans of the document.
    pub(super) fn plans(&self) -> impl Iterator<Item = &'a Object> {
        self.plans.iter().map(|n| &self.document.objects[*n])
    }

    /// The section an object lies in.
    pub(super) fn section(&self, object: &'a Object) -> Option<&'a Object> {
        let id = object.refers("gehoertZuBereich").next();
        self.object(id.or_else(|| self.section_of_object.get(&*object.id).copied())?)
    }

    /// The plan an object belongs to; in a document of one plan, that one.
    pub(super) fn plan(&self, object: &'a Object) -> Option<&'a Object> {
        if object.kind.ends_with("_Plan") {
            return Some(object);
        }
        let own = object.kind.ends_with("_Bereich").then_some(object).or_else(|| self.section(object));
        let found = own.and_then(|s| self.plan_of_section.get(&*s.id)).copied();
        match (found, self.plans.as_slice()) {
            (Some(n), _) | (None, &[n]) => Some(&self.document.objects[n]),
            _ => None,
        }
    }

    /// The attributes joined to an object.
    pub(super) fn attributes(&self, object: &'a Object) -> Vec<(&'static str, Value)> {
        let text = |t: &str| Value::Text(t.into());
        let mut out = vec![("plan_version", text(&self.document.version.to_string()))];
        let Some(plan) = self.plan(object) else { return out };
        let mut add = |name: &'static str, from: &str| {
            if let Some(v) = plan.value(from) {
                out.push((name, v.clone()));
            }
        };
        add("plan_name", "name");
        add("plan_nummer", "nummer");
        add("plan_art", "planArt");
        add("plan_rechtsstand", "rechtsstand");
        add("plan_gemeinde", "gemeinde_gemeindeName");
        add("plan_ags", "gemeinde_ags");
        let major = self.document.version.0;
        for (name, from) in [("plan_art_text", "planArt"), ("plan_rechtsstand_text", "rechtsstand")] {
            if let (Some(list), Some(code)) = (CodeList::of(&plan.kind, from, major), plan.text(from))
                && let Ok(words) = list.words(&code)
            {
                out.push((name, text(&words)));
            }
        }
        if let Some((date, what)) = date(plan) {
            out.push(("plan_datum", text(&date)));
            out.push(("plan_datum_art", text(what)));
        }
        let of_section = |s: &Object| s.text("versionBauNVOText").or_else(|| s.text("versionBauNVO"));
        let regulation = plan
            .text("versionBauNVO_datum")
            .or_else(|| self.section(object).and_then(of_section));
        if let Some(t) = regulation {
            out.push(("plan_baunvo", text(&t)));
        }
        out
    }

    /// The written provisions an object refers to: key and text.
    pub(super) fn provisions(&self, object: &'a Object) -> Option<String> {
        let texts: Vec<String> = object
            .refers("refTextInhalt")
            .filter_map(|id| self.object(id))
            .filter_map(|t| {
                let key = t.text("schluessel").unwrap_or_default();
                let words = t
                    .text("text")
                    .map(|w| w.split_whitespace().collect::<Vec<_>>().join(" "))
                    .unwrap_or_default();
                Some(format!("{key}: {words}")).filter(|t| t.len() > 2)
            })
            .collect();
        (!texts.is_empty()).then(|| texts.join("\n"))
    }
}

/// The date of a plan that counts, and what happened on it.
pub(super) fn date(plan: &Object) -> Option<(String, &'static str)> {
    DATES.iter().find_map(|(name, what)| Some((plan.text(name)?, *what)))
}
