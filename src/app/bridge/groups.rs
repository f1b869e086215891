//! Weights that were changed in the window: those of groups that do not stand in the project yet, and those that count now.

use crate::{model::LocalText, why::InForce};
use bevy::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// How uses are weighed in the window, where somebody set something otherwise than the modules have it.
#[derive(Resource, Debug, Default)]
pub struct OwnWeights(pub Option<Arc<InForce>>);

/// One change of what a group says about a use.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupChange {
    /// Id of the use.
    pub usage: String,
    /// The group's id in the project; `None` for one that is new.
    pub id: Option<String>,
    /// Its name; `None` where the project shall forget what it says about the use.
    pub title: Option<LocalText>,
    /// Weights by criterion.
    pub weights: BTreeMap<String, f64>,
}

/// What is changed, and what of it was written.
#[derive(Resource, Debug, Default)]
pub struct GroupDesk {
    /// Not in the project yet.
    pub changes: Vec<GroupChange>,
    /// Written since the panel last looked, each with the group's id in the project.
    pub written: Vec<(GroupChange, Option<String>)>,
    /// Somebody gave the changes up.
    pub given_up: bool,
}

impl GroupDesk {
    /// Something would be lost.
    pub fn unsaved(&self) -> bool {
        !self.changes.is_empty()
    }
}
