//! A project as it stands, or as one of its plans would leave it: `--scenario NAME`.

use super::{
    args::Words,
    context::{Context, Exit, Failure},
    progress::with_progress,
    scenario::find,
};
use crate::{
    index::IndexedLayer,
    model::FeatureRef,
    project::{self, City},
    scenario::{Access, Base, Document},
    sun,
};
use clap::{ArgMatches, Command};
use std::{collections::BTreeSet, sync::Arc};

/// A city, and what it was before the plan.
pub(super) struct Planned {
    /// The existing conditions.
    pub base: Arc<City>,
    /// With the plan; `None` without one.
    pub plan: Option<City>,
}

/// Adds the argument.
pub(super) fn arguments(command: Command, words: Words) -> Command {
    command.arg(words.option("scenario", "planned-scenario").value_name("NAME"))
}

impl Planned {
    /// Opens the project and applies the plan that was named.
    pub fn open(matches: &ArgMatches, context: &Context) -> Result<Self, Failure> {
        let path = matches.get_one::<String>("PROJECT").map(String::as_str).unwrap_or_default();
        let opened = with_progress(context, |control| project::open(path.as_ref(), control))?;
        let base = Arc::new(opened.map_err(|e| context.failure(Exit::Open, &e.text()))?);
        let Some(name) = matches.get_one::<String>("scenario") else {
            return Ok(Self { base, plan: None });
        };
        let refused = |e: crate::scenario::ScenarioError| context.failure(Exit::Open, &e.text());
        let file = find(&base.info.folder, name).map_err(refused)?;
        let mut document = Document::open(Base::new(base.clone()), &file, &Access::look()).map_err(refused)?;
        for notice in document.take_notices() {
            context.note(&context.say(&notice));
        }
        let plan = document.plan().city().clone();
        Ok(Self { base, plan: Some(plan) })
    }

    /// The city to look at.
    pub fn city(&self) -> &City {
        self.plan.as_ref().unwrap_or(&self.base)
    }

    /// Buildings that the plan adds or changes; none without a plan.
    pub fn new_buildings(&self) -> BTreeSet<(String, u32)> {
        let changed = self.plan.as_ref().map(|p| sun::changed(&self.base, p)).unwrap_or_default();
        changed.into_iter().map(|f: FeatureRef| (f.slot.to_string(), f.row)).collect()
    }
}

/// True for a building of that set.
pub(super) fn among(set: &BTreeSet<(String, u32)>, layer: &IndexedLayer, row: u32) -> bool {
    set.contains(&(layer.layer.slot.to_string(), row))
}
