//! The façade for the command line and the window: opens a project off the caller's thread, keeps the current snapshot and applies commands to it.

mod command;
mod drafts;
mod error;
mod extra;
mod job;
mod planning;
#[cfg(test)]
mod planning_tests;
mod recent;
mod reviews;
mod settings;
mod snapshot;
mod state;
mod variants;

pub use command::{Command, ScenarioCommand};
pub use drafts::{DraftSource, Drafts, drafts_of, read_drafts};
pub use error::SessionError;
pub use extra::{extra_layer, read_extra};
pub use job::Job;
pub use planning::{Planning, Share};
pub use recent::{RecentProject, RecentProjects};
pub use settings::Settings;
pub use snapshot::Snapshot;
pub use state::Session;
pub use variants::{Assessed, Variant, compare, differences, plan_figures};
