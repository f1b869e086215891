//! A rule in words: exactly what the engine does with it, on which legal ground and how well that is evidenced.

use super::{
    assemble::quoted_law,
    predicates,
    words::{evidence, force, pick, plain, quoted},
};
use crate::{
    i18n::{number, places},
    model::Language,
    modules::{Changed, Parameter, PredicateDef, RuleDef, RuleSide, RuleStatus, StateVariant, parameters},
};

/// The whole rule as text, one statement a line; the same for the command line, the window and the reference.
pub fn explain(rule: &RuleDef, language: Language) -> String {
    let l = language;
    let mut out = Lines(format!("{} {}\n", rule.id, rule.title.get(l)));
    out.line(pick(l, "Was", "What"), rule.what.get(l));
    out.line(pick(l, "Warum", "Why"), rule.why.get(l));
    out.line(pick(l, "Grundlage", "Source"), &quoted_law(&rule.source, rule.section.as_deref()));
    out.line(pick(l, "Verbindlichkeit", "Legal force"), force(l, rule.legal_force));
    out.line(pick(l, "Schwere", "Severity"), &severity(l, rule.severity as u8));
    out.line(pick(l, "Zuständig", "Office"), rule.office.get(l));
    out.line(pick(l, "Beleg", "Evidence"), evidence(l, rule.evidence));
    out.line(
        pick(l, "Stand", "Status"),
        &format!("{} ({} {})", status(l, rule.status), pick(l, "seit", "since"), rule.since),
    );
    if rule.valid_from.is_some() || rule.valid_to.is_some() {
        let day = |d: &Option<String>| d.clone().unwrap_or_else(|| "…".into());
        out.line(
            pick(l, "In Kraft", "In force"),
            &format!("{} – {}", day(&rule.valid_from), day(&rule.valid_to)),
        );
    }
    if rule.proxy {
        let note = rule.proxy_note.as_ref().map_or(
            pick(
                l,
                "Die Daten messen nicht dasselbe wie die Rechtsgrundlage.",
                "The data do not measure what the law measures.",
            ),
            |n| n.get(l),
        );
        out.line(pick(l, "Näherung", "Approximation"), note);
    }
    out.line(pick(l, "Geprüft wird", "Subject"), &side(l, &rule.subject));
    out.line(pick(l, "gegen", "Object"), &side(l, &rule.object));
    let mut measured = measure(rule, l).into_iter();
    out.line(pick(l, "Prädikat", "Predicate"), &measured.next().unwrap_or_default());
    measured.for_each(|line| out.item(&line));
    out.line(pick(l, "Kennwerte", "Parameters"), &numbers(rule, l).join("; "));
    if let Some(by) = &rule.severity_by {
        let table: Vec<String> = by.table.iter().map(|(k, v)| format!("{k}: {}", severity(l, *v as u8))).collect();
        let (title, name) = match (&by.subject_attribute, &by.object_attribute) {
            (Some(name), _) => (
                pick(l, "Schwere nach Merkmal des Gegenstands", "Severity by the subject's attribute"),
                name.as_str(),
            ),
            (None, name) => (
                pick(l, "Schwere nach Merkmal des Objekts", "Severity by the object's attribute"),
                name.as_deref().unwrap_or_default(),
            ),
        };
        out.line(title, &format!("{}: {}", quoted(l, name), table.join(", ")));
    }
    for c in &rule.changed {
        out.line(pick(l, "Im Projekt geändert", "Changed in the project"), &change(l, c));
    }
    for (state, variant) in &rule.state {
        out.line(&format!("{} {state}", pick(l, "Abweichung", "Variant")), &deviation(l, variant));
    }
    out.line(pick(l, "Mehr", "Reference"), rule.reference.get(l));
    out.0
}

/// How subject and object are compared: the predicate with what it asks, then its parameters in words.
pub fn measure(rule: &RuleDef, l: Language) -> Vec<String> {
    if let PredicateDef::Computed(p) = &rule.predicate {
        return vec![p.how.get(l).to_owned()];
    }
    let Some(predicate) = predicates::find(rule.predicate.name()) else {
        return vec![];
    };
    let first = format!("{}: {}", predicate.name(), predicate.doc().get(l));
    std::iter::once(first).chain(predicate.explain(rule, l)).collect()
}

/// The numbers of a rule by the names that a project uses to change them, with unit.
pub fn numbers(rule: &RuleDef, l: Language) -> Vec<String> {
    let shown = |p: &Parameter<'_>| {
        let unit = if p.unit.is_empty() { String::new() } else { format!(" {}", p.unit) };
        format!("{} = {}{unit}", p.key, number(l, *p.value, places(*p.value)))
    };
    parameters(&mut rule.predicate.clone()).iter().map(shown).collect()
}

struct Lines(String);

impl Lines {
    fn line(&mut self, label: &str, text: &str) {
        if !text.is_empty() {
            self.0 += &format!("{label}: {text}\n");
        }
    }

    fn item(&mut self, text: &str) {
        self.0 += &format!("  - {text}\n");
    }
}

fn severity(l: Language, n: u8) -> String {
    let words = match n {
        4 => pick(l, "Verbot", "prohibition"),
        3 => pick(
            l,
            "Verbot mit Ausnahme oder Grenzwert überschritten",
            "prohibition with exceptions, or limit exceeded",
        ),
        2 => pick(l, "Abwägung oder Gutachten nötig", "weighing or expert report needed"),
        _ => pick(l, "Hinweis", "hint"),
    };
    format!("{n} ({words})")
}

fn status(l: Language, s: RuleStatus) -> &'static str {
    match s {
        RuleStatus::Preview => pick(l, "Vorschau", "preview"),
        RuleStatus::Stable => pick(l, "stabil", "stable"),
        RuleStatus::Deprecated => pick(l, "überholt", "deprecated"),
    }
}

fn side(l: Language, side: &RuleSide) -> String {
    match &side.filter {
        Some(filter) => format!("{}, {}: {filter}", side.slot, pick(l, "nur wo (CQL2)", "only where (CQL2)")),
        None => side.slot.to_string(),
    }
}

/// What the project changed, in words.
pub fn change(l: Language, c: &Changed) -> String {
    let reason = c.reason.as_ref().map(|r| format!(" ({r})")).unwrap_or_default();
    if c.key == "off" {
        return format!("{}{reason}", pick(l, "im Projekt nicht verwendet", "not used in this project"));
    }
    let key = match c.key.as_str() {
        "severity" => pick(l, "Schwere", "severity"),
        key => key,
    };
    let unit = if c.unit.is_empty() { String::new() } else { format!(" {}", c.unit) };
    let (to, from) = (number(l, c.to, places(c.to)), number(l, c.from, places(c.from)));
    match l {
        Language::De => format!("{key}: {to}{unit} statt {from}{unit}{reason}"),
        Language::En => format!("{key}: {to}{unit} instead of {from}{unit}{reason}"),
    }
}

/// What a state does differently, in words.
pub fn deviation(l: Language, v: &StateVariant) -> String {
    if !v.applies {
        return pick(l, "Die Regel gilt hier nicht.", "The rule does not apply here.").into();
    }
    let mut parts = vec![];
    if let Some(d) = v.distance_m {
        parts.push(format!("{} {} m", pick(l, "Abstand", "distance"), plain(l, d)));
    }
    if let Some(by) = &v.distance_by {
        parts.push(predicates::by_attribute(by, l));
    }
    if let Some(from) = &v.distance_from {
        parts.push(predicates::from_attributes(from, l));
    }
    parts.extend(
        v.parameters
            .iter()
            .map(|(key, value)| format!("{key} = {}", number(l, *value, places(*value)))),
    );
    if let Some(s) = v.severity {
        parts.push(format!("{} {}", pick(l, "Schwere", "severity"), severity(l, s as u8)));
    }
    match v.subject_filter.as_deref() {
        Some("") => parts.push(pick(l, "ohne Filter des Gegenstands", "no filter of the subject").into()),
        Some(filter) => parts.push(format!("{}: {filter}", pick(l, "Filter des Gegenstands", "filter of the subject"))),
        None => {}
    }
    match v.object_filter.as_deref() {
        Some("") => parts.push(pick(l, "ohne Filter des Objekts", "no filter of the object").into()),
        Some(filter) => parts.push(format!("{}: {filter}", pick(l, "Filter des Objekts", "filter of the object"))),
        None => {}
    }
    parts.extend(v.source.clone());
    parts.extend(v.evidence.map(|e| evidence(l, e).to_owned()));
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::rule;

    #[test]
    fn every_figure_and_filter_of_a_rule_is_told() {
        let mut r = rule(
            "B7",
            "proxy = true\n[predicate.within_distance]\ndistance_m = 30.0\n[state.SH]\nseverity = 3\ndistance_m = 32.5\nsource = \"LWaldG SH\"\n[state.RP]\napplies = false",
        );
        r.object.filter = Some("kind = 'Wald'".into());
        let de = explain(&r, Language::De);
        for part in [
            "B7 Titel",
            "kleiner ist als 30 m",
            "kind = 'Wald'",
            "Abweichung SH: Abstand 32,5 m; Schwere 3",
            "LWaldG SH",
            "gilt hier nicht",
            "P: im Gesetzes",
            "Näherung",
        ] {
            assert!(de.contains(part), "{part} is missing in\n{de}");
        }
        let en = explain(&r, Language::En);
        assert!(en.contains("less than 30 m") && en.contains("distance 32.5 m"), "{en}");
    }
}
