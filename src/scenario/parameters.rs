//! The numbers of a rule beside each other: as its module has them, as the project does, and as the plan sets them.

use super::EditError;
use crate::{
    i18n::{parameter, read_number},
    model::{Language, LocalText},
    modules::{Number, RuleDef, numbers},
    project::City,
};

/// A number of a rule in its three places.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleNumber {
    /// Name, unit and bounds; its value is the one that counts now.
    pub now: Number,
    /// What the module says (for the project's state).
    pub module: f64,
    /// What the project says.
    pub project: f64,
}

impl RuleNumber {
    /// Its name for people.
    pub fn title(&self, language: Language) -> String {
        parameter(language, &self.now.key)
    }

    /// True when the plan has another value than the project.
    pub fn planned(&self) -> bool {
        self.now.value != self.project
    }

    /// What somebody typed: a number, with or without the unit.
    ///
    /// # Errors
    /// When it is no number, has another unit, or lies out of the rule's bounds.
    pub fn read(&self, language: Language, text: &str) -> Result<f64, EditError> {
        let title = LocalText::new(self.title(Language::De), self.title(Language::En));
        let text = text.trim();
        let bare = text.strip_suffix(&*self.now.unit).unwrap_or(text).trim();
        let value = read_number(language, bare).ok_or_else(|| EditError::NoNumber {
            field: title.clone(),
            value: text.into(),
            unit: self.now.unit.clone(),
        })?;
        if !(self.now.least..=self.now.most).contains(&value) {
            return Err(EditError::OutOfBounds {
                field: title,
                value,
                least: Some(self.now.least),
                most: Some(self.now.most),
                unit: self.now.unit.clone(),
                plain: false,
            });
        }
        Ok(value)
    }
}

/// The numbers of a rule, of which `base` is as the project has it and `now` as it counts. None where there is no such rule.
pub fn rule_numbers(rule: &str, base: &City, now: &City) -> Vec<RuleNumber> {
    let state = |city: &City| city.info.state.clone();
    let of = |city: &City| city.rule(rule).map(|r| numbers(r, state(city).as_deref())).unwrap_or_default();
    let as_projected = of(base);
    let said = base.rule(rule);
    let module = |rule: Option<&RuleDef>, n: &Number| {
        let changed = rule.and_then(|r| r.changed.iter().find(|c| c.key == n.key));
        changed.map_or(n.value, |c| c.from)
    };
    let beside = |n: Number| {
        let project = as_projected.iter().find(|p| p.key == n.key)?;
        Some(RuleNumber {
            module: module(said, project),
            project: project.value,
            now: n,
        })
    };
    of(now).into_iter().filter_map(beside).collect()
}
