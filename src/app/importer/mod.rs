//! The import assistant: what a file holds, where it lies, which layer it shall fill and with which attributes, and what would come of it.

mod details;
mod drafts;
mod fields;
mod map;
mod panel;
mod state;

pub use panel::importer_ui;
pub use state::ImporterState;
