//! What a project changes about a rule: other numbers, another weight, or not used at all. Every change is remembered with what
//! stood there before, so that results can say so.

use super::{RuleDef, parameters};
use crate::model::{LocalText, Severity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `[[rule]]` of a project file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleChange {
    /// The rule.
    pub id: String,
    /// True: the project does not use it.
    #[serde(default)]
    pub off: bool,
    /// Another weight, in place of the rule's and the state's.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// Other numbers by name, as a number or a text with unit ("60 dB(A)").
    #[serde(default)]
    pub parameters: BTreeMap<String, toml::Value>,
    /// Who decided it and why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// One thing that the project changed about a rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// Name of the number; `severity` or `off`.
    pub key: String,
    /// Unit as printed.
    pub unit: String,
    /// What the rule says.
    pub from: f64,
    /// What the project says.
    pub to: f64,
    /// Who decided it and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The rule has no number of that name.
    #[error("the rule {rule} has no parameter {key:?}; it has {known}")]
    UnknownParameter {
        /// Rule id.
        rule: String,
        /// What the project wrote.
        key: String,
        /// What there is.
        known: String,
    },
    /// Neither a number nor a number with unit.
    #[error("{text} is not a number with unit")]
    NotANumber {
        /// Name of the number.
        key: String,
        /// What the project wrote.
        text: String,
    },
    /// Another unit than the rule's.
    #[error("{key} is given in {found:?} and needs {expected:?}")]
    Unit {
        /// Name of the number.
        key: String,
        /// The unit in the project.
        found: String,
        /// The rule's unit.
        expected: String,
    },
    /// Outside of what makes sense.
    #[error("{key} = {value} does not lie between {least} and {most}")]
    Bounds {
        /// Name of the number.
        key: String,
        /// What the project wrote.
        value: String,
        /// Least value.
        least: String,
        /// Greatest value.
        most: String,
    },
}

impl ChangeError {
    /// The key at fault.
    pub fn key(&self) -> &str {
        match self {
            Self::UnknownParameter { key, .. } | Self::NotANumber { key, .. } | Self::Unit { key, .. } | Self::Bounds { key, .. } => key,
        }
    }

    /// A sentence for people, without place.
    pub fn text(&self) -> LocalText {
        match self {
            Self::UnknownParameter { rule, key, known } => LocalText::new(
                format!("die Regel {rule} hat keinen Kennwert „{key}“; sie hat: {known}"),
                format!("the rule {rule} has no parameter \"{key}\"; it has: {known}"),
            ),
            Self::NotANumber { text, .. } => LocalText::new(
                format!("„{text}“ ist keine Zahl, auch keine mit Einheit wie \"60 dB(A)\""),
                format!("\"{text}\" is no number, nor one with unit such as \"60 dB(A)\""),
            ),
            Self::Unit { found, expected, .. } => match expected.is_empty() {
                true => LocalText::new(
                    format!("die Einheit „{found}“ passt nicht, der Kennwert ist eine reine Zahl"),
                    format!("the unit \"{found}\" does not fit, the parameter is a pure number"),
                ),
                false => LocalText::new(
                    format!("die Einheit „{found}“ passt nicht, der Kennwert steht in {expected}"),
                    format!("the unit \"{found}\" does not fit, the parameter is in {expected}"),
                ),
            },
            Self::Bounds { value, least, most, .. } => LocalText::new(
                format!("{value} liegt nicht zwischen {least} und {most}"),
                format!("{value} does not lie between {least} and {most}"),
            ),
        }
    }
}

/// A number, and the unit where one was written.
fn read(key: &str, value: &toml::Value) -> Result<(f64, Option<String>), ChangeError> {
    let not = |text: String| ChangeError::NotANumber { key: key.into(), text };
    match value {
        toml::Value::Integer(n) => Ok((*n as f64, None)),
        toml::Value::Float(v) => Ok((*v, None)),
        toml::Value::String(text) => {
            let (number, unit) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
            let number: f64 = number.replace(',', ".").parse().map_err(|_| not(text.clone()))?;
            Ok((number, Some(unit.trim().to_owned()).filter(|u| !u.is_empty())))
        }
        other => Err(not(other.to_string())),
    }
}

/// `{ limits = { WA = 50 } }` and `{ "limits.WA" = 50 }` mean the same.
fn flat(parameters: &BTreeMap<String, toml::Value>) -> BTreeMap<String, toml::Value> {
    let mut out = BTreeMap::new();
    for (key, value) in parameters {
        match value {
            toml::Value::Table(table) => out.extend(table.iter().map(|(inner, v)| (format!("{key}.{inner}"), v.clone()))),
            value => {
                out.insert(key.clone(), value.clone());
            }
        }
    }
    out
}

/// Changes a rule as the project says; the rule stays as it was when anything about the change is wrong.
///
/// # Errors
/// The first number that the rule does not have, that has another unit or that lies out of bounds.
pub fn change(rule: &mut RuleDef, change: &RuleChange, state: Option<&str>) -> Result<(), ChangeError> {
    let mut next = rule.clone();
    let reason = || change.reason.clone();
    let note = |key: &str, unit: &str, from: f64, to: f64| {
        rule.changed.iter().all(|c| c.key != key).then(|| Changed {
            key: key.into(),
            unit: unit.into(),
            from,
            to,
            reason: reason(),
        })
    };
    if change.off {
        next.off = true;
        next.changed.extend(note("off", "", 0.0, 1.0));
    }
    let variant = state.and_then(|s| next.state.get_mut(s));
    if let Some(severity) = change.severity {
        let from = variant.as_ref().and_then(|v| v.severity).unwrap_or(next.severity);
        next.changed
            .extend(note("severity", "", u8::from(from).into(), u8::from(severity).into()));
        next.severity = severity;
    }
    for (key, value) in flat(&change.parameters) {
        let (to, unit) = read(&key, &value)?;
        let mut list = parameters(&mut next.predicate);
        let known = || list_names(&list);
        let Some(at) = list.iter().position(|p| p.key == key) else {
            return Err(ChangeError::UnknownParameter {
                rule: rule.id.clone(),
                known: known(),
                key,
            });
        };
        let p = &mut list[at];
        if let Some(found) = unit.filter(|u| *u != p.unit) {
            return Err(ChangeError::Unit {
                key,
                found,
                expected: p.unit.clone(),
            });
        }
        if !(p.least..=p.most).contains(&to) {
            return Err(ChangeError::Bounds {
                key,
                value: to.to_string(),
                least: p.least.to_string(),
                most: p.most.to_string(),
            });
        }
        let (from, unit) = (*p.value, p.unit.clone());
        *p.value = to;
        let from = variant_value(&next, state, &key).unwrap_or(from);
        next.changed.extend(note(&key, &unit, from, to));
    }
    // What the project says goes before what the state says.
    if let Some(variant) = state.and_then(|s| next.state.get_mut(s)) {
        if change.severity.is_some() {
            variant.severity = None;
        }
        for key in flat(&change.parameters).keys() {
            variant.parameters.remove(key);
            if key == "distance_m" {
                variant.distance_m = None;
                variant.distance_by = None;
            }
            if key == "factor" {
                variant.distance_from = None;
            }
        }
    }
    *rule = next;
    Ok(())
}

/// A number of a rule as it counts in a state.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// Name ("distance_m", "limits.WA").
    pub key: String,
    /// Unit as printed; empty for a pure number.
    pub unit: String,
    /// Least value.
    pub least: f64,
    /// Greatest value.
    pub most: f64,
    /// The value.
    pub value: f64,
}

/// The numbers of a rule in the order of its file, each as it counts in the state.
pub fn numbers(rule: &RuleDef, state: Option<&str>) -> Vec<Number> {
    let number = |p: &super::Parameter<'_>| Number {
        value: variant_value(rule, state, &p.key).unwrap_or(*p.value),
        key: p.key.clone(),
        unit: p.unit.clone(),
        least: p.least,
        most: p.most,
    };
    parameters(&mut rule.predicate.clone()).iter().map(number).collect()
}

fn list_names(list: &[super::Parameter<'_>]) -> String {
    list.iter().map(|p| p.key.as_str()).collect::<Vec<_>>().join(", ")
}

/// What the state's variant says of a number.
fn variant_value(rule: &RuleDef, state: Option<&str>, key: &str) -> Option<f64> {
    let variant = rule.state.get(state?)?;
    let own = (key == "distance_m").then_some(variant.distance_m).flatten();
    own.or_else(|| variant.parameters.get(key).copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::{PredicateDef, builtin, builtin_ids};

    fn rule(id: &str) -> RuleDef {
        let all = builtin_ids().into_iter().flat_map(|m| builtin(m).unwrap().unwrap().rules);
        all.into_iter().find(|r| r.id == id).unwrap()
    }

    fn with(text: &str) -> RuleChange {
        toml::from_str(text).unwrap()
    }

    fn limit(rule: &RuleDef) -> Option<f64> {
        match &rule.predicate {
            PredicateDef::Overlap(p) => p.threshold.as_ref()?.limit,
            _ => None,
        }
    }

    #[test]
    fn a_project_sets_numbers_weight_and_use_and_the_rule_remembers_what_stood_there() {
        let mut r = rule("N1");
        let asked = with("id = 'N1'\nseverity = 2\nreason = 'Ratsbeschluss'\nparameters = { limit = '60 dB(A)', min_area_m2 = 50 }");
        change(&mut r, &asked, None).unwrap();
        assert_eq!((limit(&r), r.severity), (Some(60.0), Severity::Weigh));
        let said: Vec<(&str, f64, f64)> = r.changed.iter().map(|c| (c.key.as_str(), c.from, c.to)).collect();
        assert_eq!(said, [("severity", 3.0, 2.0), ("limit", 65.0, 60.0), ("min_area_m2", 10.0, 50.0)]);
        assert!(r.changed.iter().all(|c| c.reason.as_deref() == Some("Ratsbeschluss")));
        change(&mut r, &with("id = 'N1'\noff = true"), None).unwrap();
        assert!(r.off);
        let mut r = rule("N3");
        change(&mut r, &with("id = 'N3'\nparameters = { limits = { WA = 58.5 } }"), None).unwrap();
        assert_eq!(r.changed[0].key, "limits.WA");
    }

    #[test]
    fn what_the_project_says_goes_before_the_state() {
        let mut r = rule("W10");
        assert_eq!(r.state["BW"].distance_m, Some(10.0));
        change(&mut r, &with("id = 'W10'\nparameters = { distance_m = 20 }"), Some("BW")).unwrap();
        assert_eq!((r.state["BW"].distance_m, r.changed[0].from), (None, 10.0));
        let PredicateDef::WithinDistance(p) = &r.predicate else { panic!() };
        assert_eq!(p.distance_m, 20.0);
    }

    #[test]
    fn a_change_that_does_not_fit_changes_nothing() {
        for (text, key) in [
            ("parameters = { limitt = 60 }", "limitt"),
            ("parameters = { limit = '60 m' }", "limit"),
            ("parameters = { limit = 'laut' }", "limit"),
            ("parameters = { limit = true }", "limit"),
            ("parameters = { limit = nan }", "limit"),
            ("severity = 1\nparameters = { min_share_percent = 120 }", "min_share_percent"),
        ] {
            let mut r = rule("N1");
            let error = change(&mut r, &with(&format!("id = 'N1'\n{text}")), None).unwrap_err();
            assert_eq!(error.key(), key, "{error}");
            assert!(!error.text().de.is_empty() && !error.text().en.is_empty());
            assert!(r.changed.is_empty() && limit(&r) == Some(65.0) && r.severity == Severity::Restricted);
        }
    }
}
