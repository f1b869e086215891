//! The result of checking a city.

use super::{
    memory::{Memory, RuleMemory},
    ways::WayStore,
};
use crate::{
    model::{Bbox, Conflict, LocalText, Report, Severity, SlotId},
    project::City,
};
use serde::Serialize;
use std::{collections::BTreeSet, sync::Arc};

/// What a rule says about one subject or one spot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The rule is broken.
    Conflict,
    /// The rule is kept, and the data cover the place.
    Clear,
    /// The data do not reach: never the same as clear.
    Unknown,
    /// The rule does not look at this place or use.
    NotApplicable,
}

/// How one rule fared over the whole city.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleOutcome {
    /// Rule id.
    pub rule: String,
    /// Subjects that pass the filter.
    pub subjects: u32,
    /// Of these: in conflict.
    pub conflicts: u32,
    /// Of these: without conflict and covered by data.
    pub clear: u32,
    /// Of these: not decidable, wholly or in part.
    pub unknown: u32,
    /// Subject area without data, m² (areas only).
    pub unknown_area_m2: f64,
    /// True when "clear" rests on layers whose coverage nobody declared.
    pub coverage_assumed: bool,
    /// Why something is unknown ("slot … has no data").
    pub reasons: Vec<LocalText>,
    /// Conflicts by severity, index 0 = hint … 3 = prohibited.
    pub by_severity: [u32; 4],
}

/// All conflicts of a city with the account of what could not be checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Evaluation {
    /// Sorted by severity (gravest first), rule, id. Shared from one state of a plan to the next, as most of them stay.
    pub conflicts: Vec<Arc<Conflict>>,
    /// One entry a rule, in module order.
    pub outcomes: Vec<RuleOutcome>,
    /// Rules that could not be run as written.
    pub report: Report,
    /// Verdict of every subject, for [`super::update`] and [`super::why_here`]; without it they check anew or know nothing.
    #[serde(skip)]
    pub memory: Memory,
}

impl Evaluation {
    /// Conflicts of one severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.conflicts.iter().filter(|c| c.severity == severity).count()
    }

    /// The networks that the evaluation walked along, so that nobody builds them again.
    pub fn ways(&self) -> WayStore {
        WayStore::of(self.memory.rules.iter().filter_map(|m| m.ways.clone()))
    }

    /// Features of a slot that some rule checks and has no full answer for.
    pub fn undecided_rows(&self, city: &City, slot: &SlotId) -> BTreeSet<u32> {
        let of_slot = |rule: &str| city.rule(rule).is_some_and(|r| r.subject.slot == *slot);
        let rules = self.memory.rules.iter().filter(|m| of_slot(&m.rule));
        let blocked = |m: &RuleMemory| m.blocked.is_some();
        rules
            .flat_map(|m| {
                let all = m.rows.iter().copied().filter(move |_| blocked(m));
                all.chain(m.undecided.iter().map(|u| u.row))
            })
            .collect()
    }

    /// The conflict of that id.
    pub fn conflict(&self, id: &str) -> Option<&Conflict> {
        self.conflicts.iter().find(|c| c.id == id).map(|c| &**c)
    }
}

/// One edited feature: everything that it could touch before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where.
    pub slot: SlotId,
    /// Box before the edit; empty for a new feature.
    pub before: Bbox,
    /// Box after the edit; empty for a deleted feature.
    pub after: Bbox,
}
