//! `[[group]]` of `project.toml`: whose weights for which use, given as numbers or as judgements of pairs.

use crate::model::LocalText;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Somebody with weights of their own.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightGroup {
    /// Short name for the command line.
    pub id: String,
    /// Name for people.
    pub title: LocalText,
    /// By use: the weight of a criterion; those not named keep the weight of the module.
    #[serde(default)]
    pub weights: BTreeMap<String, BTreeMap<String, f64>>,
    /// By use: judgements like `"noise_day:heat=3"`; criteria in no pair have no weight.
    #[serde(default)]
    pub pairs: BTreeMap<String, Vec<String>>,
}
