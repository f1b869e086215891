//! The shape of `rules/<ID>_name.toml`.

use super::{Changed, DistanceBy, DistanceFrom, PredicateDef, SourceFile};
use crate::model::{LocalText, Severity, SlotId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Maturity of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleStatus {
    /// May still change.
    Preview,
    /// Fixed.
    Stable,
    /// Kept for old projects.
    Deprecated,
}

/// What kind of norm stands behind a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalForce {
    /// Statutory prohibition.
    Verbot,
    /// Needs an authority's consent.
    Zustimmung,
    /// Binding limit.
    Grenzwert,
    /// Guide value.
    Richtwert,
    /// Orientation value, open to weighing.
    Orientierungswert,
    /// Planning guide value.
    Planungsrichtwert,
    /// Recommendation.
    Empfehlung,
}

/// How well the rule's figures are evidenced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Evidence {
    /// Read in the primary text.
    P,
    /// Read on a secondary page.
    S,
    /// Professional knowledge, text not seen.
    K,
    /// Inferred.
    I,
}

/// One rule between uses.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleDef {
    /// Short code ("N1"); the file name starts with it.
    pub id: String,
    /// Maturity.
    pub status: RuleStatus,
    /// Program version that brought it.
    pub since: String,
    /// Weight unless a variant or `severity_by` says otherwise.
    pub severity: Severity,
    /// Short name.
    pub title: LocalText,
    /// What is checked.
    pub what: LocalText,
    /// Why it matters.
    pub why: LocalText,
    /// What to read and what to do next.
    pub reference: LocalText,
    /// Kind of norm.
    pub legal_force: LegalForce,
    /// Law and section, as quoted.
    pub source: String,
    /// Section.
    #[serde(default)]
    pub section: Option<String>,
    /// First day in force, ISO 8601.
    #[serde(default)]
    pub valid_from: Option<String>,
    /// Last day in force.
    #[serde(default)]
    pub valid_to: Option<String>,
    /// Evidence mark of its figures.
    pub evidence: Evidence,
    /// The data's metric differs from the legal one.
    #[serde(default)]
    pub proxy: bool,
    /// How it differs.
    #[serde(default)]
    pub proxy_note: Option<LocalText>,
    /// Who is asked.
    pub office: LocalText,
    /// The use that is checked.
    pub subject: RuleSide,
    /// What it meets. A capacity rule uses it for the facilities.
    pub object: RuleSide,
    /// How they meet: exactly one predicate with its parameters.
    pub predicate: PredicateDef,
    /// Severity that depends on an attribute.
    #[serde(default)]
    pub severity_by: Option<SeverityBy>,
    /// Deviations by federal state ("ST", "NW").
    #[serde(default)]
    pub state: BTreeMap<String, StateVariant>,
    /// What the project changed; empty where the rule stands as it was written.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Changed>,
    /// The project does not use it.
    #[serde(skip_deserializing, skip_serializing_if = "std::ops::Not::not")]
    pub off: bool,
    /// Where it was read from, to name a line in messages.
    #[serde(skip)]
    pub file: SourceFile,
}

impl RuleDef {
    /// Vector slots that the predicate reads beside subject and object, each with the attributes and the filter it looks at.
    pub fn further(&self) -> Vec<(&SlotId, Option<&str>, Option<&str>)> {
        match &self.predicate {
            PredicateDef::Capacity(p) => vec![(&p.population, Some(p.population_attribute.as_str()), None)],
            PredicateDef::ServedShare(p) => vec![(&p.population, Some(p.population_attribute.as_str()), None)],
            PredicateDef::Variety(p) => p.further.iter().map(|s| (&s.slot, None, s.filter.as_deref())).collect(),
            _ => vec![],
        }
    }
}

/// One side of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSide {
    /// `module/slot`.
    pub slot: SlotId,
    /// OGC CQL2 text over the slot's attributes; features for which it is not true are left aside.
    #[serde(default)]
    pub filter: Option<String>,
}

/// Severity from an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeverityBy {
    /// Attribute of the object; of several objects the gravest counts.
    #[serde(default)]
    pub object_attribute: Option<String>,
    /// Attribute of the subject. A subject without a value keeps the rule's severity.
    #[serde(default)]
    pub subject_attribute: Option<String>,
    /// Severity by value; others keep the rule's.
    pub table: BTreeMap<String, Severity>,
}

/// What a federal state does differently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateVariant {
    /// Other weight.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// False where the state has no such rule.
    #[serde(default = "applies")]
    pub applies: bool,
    /// Other distance.
    #[serde(default)]
    pub distance_m: Option<f64>,
    /// Other distances by an attribute of the object, in place of the rule's own table.
    #[serde(default)]
    pub distance_by: Option<DistanceBy>,
    /// Other distance from attributes of the object, in place of the rule's own.
    #[serde(default)]
    pub distance_from: Option<DistanceFrom>,
    /// Other numbers of the predicate by the names that a project uses too, see [`super::parameters()`].
    #[serde(default)]
    pub parameters: BTreeMap<String, f64>,
    /// Other filter of the object, in place of the rule's own. "" is no filter.
    #[serde(default)]
    pub object_filter: Option<String>,
    /// Other filter of the subject, in place of the rule's own (the state also looks at the Innenbereich). "" is no filter.
    #[serde(default)]
    pub subject_filter: Option<String>,
    /// The state's own source.
    #[serde(default)]
    pub source: Option<String>,
    /// Evidence of the variant.
    #[serde(default)]
    pub evidence: Option<Evidence>,
}

fn applies() -> bool {
    true
}
