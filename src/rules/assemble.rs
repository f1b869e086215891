//! From a measure to the conflict people see: its name, its weight in the list and the sentences every rule shares.

use super::{
    memory::Gap,
    plan::Plan,
    predicates::Hit,
    sides::slot_title,
    words::{area, both, evidence, force, pick},
};
use crate::{
    model::{Bbox, Conflict, Language, LocalText, Severity},
    modules::LegalForce,
};
use geo::BoundingRect;
use std::sync::Arc;

/// Hex digits of a conflict's id; where two conflicts share them, the later one takes [`LONG`].
const SHORT: usize = 8;
const LONG: usize = 32;

/// The conflict of subject `row`.
pub(super) fn conflict(plan: &Plan, row: u32, hit: Hit, gap: Option<&(Gap, f64)>) -> Conflict {
    let subject = plan.city.reference(plan.subject, row);
    let bbox = hit.geometry.bounding_rect().map_or_else(
        || plan.subject.layer.geometry.bbox(row as usize),
        |r| Bbox::new([r.min().x, r.min().y], [r.max().x, r.max().y]),
    );
    let mut reasons = hit.reasons;
    reasons.extend(unknown_sentence(gap));
    reasons.push(legal_sentence(plan, hit.severity));
    reasons.extend(state_sentence(plan));
    reasons.extend(plan.rule.changed.iter().map(|c| {
        both(|l| {
            format!(
                "{}: {}.",
                pick(l, "Vom Projekt geändert", "Changed by the project"),
                super::explain::change(l, c)
            )
        })
    }));
    reasons.extend(proxy_sentences(plan));
    Conflict {
        id: id(&plan.rule.id, &subject.slot.0, &subject.id, SHORT),
        rule: plan.rule.id.clone(),
        severity: hit.severity,
        objects: hit.objects.iter().filter_map(|o| plan.object_ref(*o)).collect(),
        subject,
        geometry: hit.geometry,
        anchor: hit.anchor,
        bbox,
        measured: hit.measured,
        threshold: hit.threshold,
        area_m2: hit.area_m2,
        share_percent: hit.share_percent,
        reasons,
        data_date: plan.data_date.clone(),
        proxy: plan.rule.proxy || plan.unofficial.is_some() || plan.no_network().is_some(),
    }
}

/// `RULE-` and the first hex digits of a hash over rule, slot and source id: the same in every run and row order.
fn id(rule: &str, slot: &str, feature: &str, digits: usize) -> String {
    let mut hash = blake3::Hasher::new();
    for part in [rule, slot, feature] {
        // The length keeps "a" + "bc" apart from "ab" + "c".
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let hex = hash.finalize().to_hex();
    format!("{rule}-{}", &hex[..digits.min(hex.len())])
}

/// The name of a conflict that stands for a part of a feature, such as one of its walls.
pub(crate) fn conflict_id(rule: &str, slot: &str, part: &str) -> String {
    id(rule, slot, part, SHORT)
}

/// Brings conflicts into their order and gives each its own name.
pub(crate) fn sort_and_name(conflicts: &mut [Arc<Conflict>]) {
    sort_and_name_with(conflicts, SHORT);
}

fn sort_and_name_with(conflicts: &mut [Arc<Conflict>], digits: usize) {
    let named = |c: &Conflict, digits| id(&c.rule, &c.subject.slot.0, &c.subject.id, digits);
    // A kept conflict may carry the long form of a collision that is no more.
    for c in conflicts.iter_mut().filter(|c| c.id.len() != c.rule.len() + 1 + digits) {
        let id = named(c, digits);
        Arc::make_mut(c).id = id;
    }
    conflicts.sort_by(|a, b| (&a.id, &a.subject.id).cmp(&(&b.id, &b.subject.id)));
    let mut last = String::new();
    for c in conflicts.iter_mut() {
        if c.id == last {
            let id = named(c, LONG);
            Arc::make_mut(c).id = id;
        } else {
            last.clone_from(&c.id);
        }
    }
    conflicts.sort_by(|a, b| (b.severity, &a.rule, &a.id).cmp(&(a.severity, &b.rule, &b.id)));
}

fn unknown_sentence(gap: Option<&(Gap, f64)>) -> Option<LocalText> {
    let (gap, m2) = gap?;
    Some(both(|l| {
        let reason = gap.reason(l);
        match (*m2 > 0.0, l) {
            (true, Language::De) => format!("Für {} ist nichts bekannt: {reason}.", area(l, *m2)),
            (true, Language::En) => format!("Nothing is known for {}: {reason}.", area(l, *m2)),
            (false, Language::De) => format!("Zum Teil unbekannt: {reason}."),
            (false, Language::En) => format!("Partly unknown: {reason}."),
        }
    }))
}

/// What follows. Only a statute that itself prohibits makes something "unzulässig"; everything else has to be examined.
fn legal_sentence(plan: &Plan, severity: Severity) -> LocalText {
    both(|l| {
        let law = law(plan);
        let prohibited = plan.rule.legal_force == LegalForce::Verbot && severity >= Severity::Restricted;
        match (prohibited, l) {
            (true, Language::De) => format!("Ohne Ausnahme oder Befreiung unzulässig: {law}."),
            (true, Language::En) => format!("Prohibited unless an exception or exemption is granted: {law}."),
            (false, _) => {
                let force = force(l, plan.rule.legal_force);
                format!("{} {law} ({force}).", pick(l, "Prüfpflichtig nach", "To be examined under"))
            }
        }
    })
}

fn law(plan: &Plan) -> String {
    let own = plan.variant.and_then(|v| v.source.clone());
    own.unwrap_or_else(|| quoted_law(&plan.rule.source, plan.rule.section.as_deref()))
}

/// "§ 50 BImSchG", and "VDI 3787 Blatt 2, PET-Klassen" where the section is no paragraph.
pub(super) fn quoted_law(source: &str, section: Option<&str>) -> String {
    match section {
        Some(section) if source.contains(section) => source.into(),
        Some(section) if section.starts_with('§') || section.starts_with("Art.") => format!("{section} {source}"),
        Some(section) => format!("{source}, {section}"),
        None => source.into(),
    }
}

fn state_sentence(plan: &Plan) -> Option<LocalText> {
    let (state, variant) = plan.city.info.state.as_deref().zip(plan.variant)?;
    Some(both(|l| {
        let mark = variant.evidence.map(|e| format!(" ({})", evidence(l, e))).unwrap_or_default();
        match l {
            Language::De => format!("Landesregel {state}{mark}."),
            Language::En => format!("Rule of the state {state}{mark}."),
        }
    }))
}

fn proxy_sentences(plan: &Plan) -> Vec<LocalText> {
    let mut out = vec![];
    if plan.rule.proxy {
        out.push(plan.rule.proxy_note.clone().unwrap_or_else(|| {
            LocalText::new(
                "Näherung: Die Daten messen nicht dasselbe wie die Rechtsgrundlage.",
                "Approximation: the data do not measure what the law measures.",
            )
        }));
    }
    if let Some(why) = plan.no_network() {
        out.push(LocalText::new(
            format!("Näherung: Luftlinie statt Fußweg, denn {}.", why.de),
            format!("Approximation: straight line instead of the way on foot, because {}.", why.en),
        ));
    }
    if let Some(slot) = &plan.unofficial {
        out.push(both(|l| {
            let title = super::words::quoted(l, &slot_title(plan.city, slot, l));
            match l {
                Language::De => format!("Näherung: {title} ist ein Modellergebnis oder eine Schätzung, kein amtlicher Datensatz."),
                Language::En => format!("Approximation: {title} is a model result or an estimate, not an official data set."),
            }
        }));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(feature: &str, severity: Severity) -> Arc<Conflict> {
        let mut conflict = Conflict::sample("", severity, [0.0; 2]);
        conflict.rule = "R1".into();
        conflict.subject.id = feature.into();
        Arc::new(conflict)
    }

    #[test]
    fn colliding_ids_are_told_apart_whatever_the_order() {
        // One hex digit for 40 features: collisions are certain.
        let make = |n: usize| sample(&format!("f{n}"), Severity::Weigh);
        let mut a: Vec<_> = (0..40).map(make).collect();
        let mut b: Vec<_> = (0..40).rev().map(make).collect();
        sort_and_name_with(&mut a, 1);
        sort_and_name_with(&mut b, 1);
        assert_eq!(a, b);
        let ids: std::collections::BTreeSet<_> = a.iter().map(|c| c.id.clone()).collect();
        assert_eq!(ids.len(), 40);
        // Without the others, the short name comes back.
        let mut one = vec![a.iter().find(|c| c.id.len() > 5).unwrap().clone()];
        sort_and_name_with(&mut one, 1);
        assert_eq!(one[0].id.len(), 4);
    }

    #[test]
    fn a_law_is_quoted_as_lawyers_do() {
        assert_eq!(quoted_law("BImSchG", Some("§ 50")), "§ 50 BImSchG");
        assert_eq!(quoted_law("VDI 3787", Some("PET")), "VDI 3787, PET");
        assert_eq!(quoted_law("§ 1 BauGB", Some("§ 1")), "§ 1 BauGB");
    }

    #[test]
    fn the_gravest_come_first() {
        let mut list = vec![
            sample("a", Severity::Hint),
            sample("b", Severity::Prohibited),
            sample("c", Severity::Weigh),
        ];
        sort_and_name(&mut list);
        let order: Vec<u8> = list.iter().map(|c| c.severity as u8).collect();
        assert_eq!(order, [4, 2, 1]);
        assert!(list[0].id.starts_with("R1-") && list[0].id.len() == 11);
    }
}
