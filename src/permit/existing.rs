//! The existing conditions judged by building law, where somebody asks for it: what stands there is protected, and no plan is to blame.

use super::{
    found::{Answer, join},
    walls,
};
use crate::{
    progress::Control,
    project::City,
    rules::{Evaluation, Verdict},
    zoning,
};

/// Adds plots, sites and Abstandsflächen of a whole city to what the rules found. There is no loss of sun without a plan.
/// `None` when somebody asked to stop.
pub fn existing(city: &City, rules: Evaluation, control: &Control) -> Option<Evaluation> {
    let found = zoning::assess(city, control)?;
    let setbacks = zoning::setbacks(city, |_, _| true, control)?;
    let checks = found
        .plots
        .iter()
        .flat_map(|p| &p.checks)
        .filter(|c| c.verdict != Verdict::NotApplicable);
    let answers: Vec<Answer> = checks
        .map(|c| Answer {
            rule: zoning::rule_of(c),
            verdict: c.verdict,
            unknown: c.unknown.clone(),
        })
        .chain(setbacks.walls.iter().map(walls::answer))
        .collect();
    let conflicts = zoning::conflicts(city, &found)
        .into_iter()
        .chain(zoning::setback_conflicts(city, &setbacks));
    Some(join(rules, conflicts, answers.iter()))
}
