//! All that was judged, unit by unit, so that a step asks only those that it can have touched.

use super::{
    edited::{Edited, Key},
    facades::Shadows,
    plots, walls,
};
use crate::{
    model::{Bbox, Conflict, LocalText},
    modules::{Role, computed, computed_rule},
    progress::Control,
    project::City,
    rules::{Change, Evaluation, RuleOutcome, Verdict},
    scenario::{Base, Overlay},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What came of a rule, with its reasons and how often each was given.
type Counted = (RuleOutcome, BTreeMap<(String, String), usize>);

/// What one judged thing says of one rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// Rule id.
    pub rule: String,
    pub verdict: Verdict,
    /// What is not known.
    pub unknown: Vec<LocalText>,
}

/// What was found for one plot, building or neighbour.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unit {
    /// Changes outside of it do not matter.
    pub reach: Bbox,
    pub conflicts: Vec<Arc<Conflict>>,
    pub answers: Vec<Answer>,
}

impl Unit {
    /// Nothing so far.
    pub fn new(reach: Bbox) -> Self {
        Self {
            reach,
            conflicts: vec![],
            answers: vec![],
        }
    }
}

/// Units by what they are about.
pub(super) type Units = BTreeMap<Key, Unit>;

/// Everything that was judged of a plan. Empty for the existing conditions.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    plots: Units,
    walls: Units,
    shadows: Shadows,
}

impl PartialEq for Judged {
    fn eq(&self, other: &Self) -> bool {
        self.plots == other.plots && self.walls == other.walls && self.shadows.units == other.shadows.units
    }
}

impl Judged {
    /// Judges a plan. What `self` says of it before the `changes` is kept where they do not reach; from an empty one everything is judged.
    #[must_use]
    pub fn after(&self, base: &Base, overlay: &Overlay, city: &City, changes: &[Change], control: &Control) -> Self {
        let edited = Edited::new(base, overlay, city);
        let dirty = |roles: &[Role]| -> Vec<Bbox> {
            let slots: BTreeSet<_> = roles.iter().flat_map(|r| city.with_role(*r)).map(|s| &s.id).collect();
            let near = changes.iter().filter(|c| slots.contains(&c.slot));
            near.flat_map(|c| [c.before, c.after]).filter(|b| !b.is_empty()).collect()
        };
        // BauNVO and the building codes hold in Germany; elsewhere nothing is judged by them.
        let (plots, walls) = match city.info.state.is_some() {
            true => (
                plots::judge(&edited, &self.plots, &dirty(plots::ROLES)),
                walls::judge(&edited, &self.walls, &dirty(walls::ROLES), control),
            ),
            false => Default::default(),
        };
        Self {
            plots,
            walls,
            shadows: self.shadows.after(&edited, control),
        }
    }

    fn units(&self) -> impl Iterator<Item = &Unit> {
        let all = [&self.plots, &self.walls, &self.shadows.units];
        all.into_iter().flat_map(|u| u.values())
    }

    /// Adds what was judged to what the modules' rules found.
    #[must_use]
    pub fn beside(&self, rules: Evaluation) -> Evaluation {
        join(
            rules,
            self.units().flat_map(|u| u.conflicts.iter().cloned()),
            self.units().flat_map(|u| &u.answers),
        )
    }
}

/// Conflicts and outcomes of engines beside those of rules. A rule that judged nothing has no outcome.
pub(super) fn join<'a>(
    mut rules: Evaluation,
    conflicts: impl Iterator<Item = Arc<Conflict>>,
    answers: impl Iterator<Item = &'a Answer>,
) -> Evaluation {
    let own = |id: &str| computed_rule(id).is_none();
    rules.conflicts.retain(|c| own(&c.rule));
    rules.outcomes.retain(|o| own(&o.rule));
    let mut outcomes: BTreeMap<&str, Counted> = BTreeMap::new();
    for answer in answers {
        let (o, why) = outcomes
            .entry(&answer.rule)
            .or_insert_with(|| (outcome(&answer.rule), BTreeMap::new()));
        o.subjects += 1;
        match answer.verdict {
            Verdict::Conflict => o.conflicts += 1,
            Verdict::Clear | Verdict::NotApplicable => o.clear += 1,
            Verdict::Unknown => {
                o.unknown += 1;
                for reason in &answer.unknown {
                    *why.entry((reason.de.clone(), reason.en.clone())).or_default() += 1;
                }
            }
        }
    }
    let before = rules.conflicts.len();
    rules.conflicts.extend(conflicts);
    for c in &rules.conflicts[before..] {
        if let Some((o, _)) = outcomes.get_mut(c.rule.as_str()) {
            o.by_severity[c.severity as usize - 1] += 1;
        }
    }
    let order = |id: &str| {
        computed()
            .iter()
            .position(|r| Some(r.id.as_str()) == computed_rule(id).map(|r| r.id.as_str()))
    };
    let mut outcomes: Vec<RuleOutcome> = outcomes
        .into_values()
        .map(|(mut o, why)| {
            o.reasons = why
                .into_iter()
                .map(|((de, en), n)| LocalText::new(format!("{n} ×: {de}"), format!("{n} ×: {en}")))
                .collect();
            o
        })
        .collect();
    outcomes.sort_by(|a, b| (order(&a.rule), &a.rule).cmp(&(order(&b.rule), &b.rule)));
    rules.outcomes.extend(outcomes);
    rules
        .conflicts
        .sort_by(|a, b| (b.severity, &a.rule, &a.id).cmp(&(a.severity, &b.rule, &b.id)));
    rules
}

fn outcome(rule: &str) -> RuleOutcome {
    RuleOutcome {
        rule: rule.into(),
        subjects: 0,
        conflicts: 0,
        clear: 0,
        unknown: 0,
        unknown_area_m2: 0.0,
        coverage_assumed: false,
        reasons: vec![],
        by_severity: [0; 4],
    }
}

/// Keeps a unit that no change reaches, with its rows as they are now.
pub(super) fn kept(units: &Units, key: &Key, dirty: &[Bbox], edited: &Edited) -> Option<Unit> {
    let unit = units.get(key)?;
    if dirty.iter().any(|b| b.intersects(&unit.reach)) {
        return None;
    }
    let mut unit = unit.clone();
    for c in &mut unit.conflicts {
        let mut now = (**c).clone();
        std::iter::once(&mut now.subject)
            .chain(&mut now.objects)
            .for_each(|f| edited.follow(f));
        if now != **c {
            *c = Arc::new(now);
        }
    }
    Some(unit)
}
