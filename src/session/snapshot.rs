//! What is on the screen at one moment.

use super::Planning;
use crate::{model::Review, project::City, rules::Evaluation};
use std::{collections::BTreeMap, sync::Arc};

/// City, conflicts and reviews that belong together.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Counts up with every change: the window redraws what is older.
    pub generation: u64,
    /// The city.
    pub city: Arc<City>,
    /// Its conflicts.
    pub evaluation: Arc<Evaluation>,
    /// Status and note by conflict id.
    pub reviews: Arc<BTreeMap<String, Review>>,
    /// True when reviews or the scenario are not saved yet.
    pub unsaved: bool,
    /// The open scenario; `None` shows the existing conditions.
    pub planning: Option<Arc<Planning>>,
}
