//! What a user can ask of an open project.

use crate::{model::ConflictStatus, scenario::Step};
use std::path::PathBuf;

/// A change to the session.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Sets the status of a conflict.
    SetStatus {
        /// Conflict id.
        conflict: String,
        /// New status.
        status: ConflictStatus,
    },
    /// Sets the note of a conflict.
    SetNote {
        /// Conflict id.
        conflict: String,
        /// New text.
        note: String,
    },
    /// Sets who is responsible for a conflict; empty is the office that the rule names.
    SetOffice {
        /// Conflict id.
        conflict: String,
        /// Name of the office.
        office: String,
    },
    /// Writes statuses and notes into the project folder.
    Save,
    /// Shows one more file, outside the modules.
    AddFile(PathBuf),
    /// Something about the open scenario, or opening one. Takes as long as the data are large: call it off the window's thread.
    Scenario(ScenarioCommand),
}

/// What a user can ask of scenarios.
#[derive(Debug, Clone, PartialEq)]
pub enum ScenarioCommand {
    /// Begins an empty one.
    New {
        /// Its name.
        title: String,
        /// Who draws it.
        author: String,
    },
    /// Opens a file of the project.
    Open(PathBuf),
    /// Goes on in a new variant from here; the one before stays as it was saved.
    Branch {
        /// Name of the new one.
        title: String,
        /// Who draws it.
        author: String,
    },
    /// Back to the existing conditions. Without `discard`, unsaved work waits in the journal.
    Close {
        /// Gives up what was not saved.
        discard: bool,
    },
    /// Does a step.
    Act(Step),
    /// Takes the last step back.
    Undo,
    /// Does it again.
    Redo,
    /// Changes title and notes.
    Tell {
        /// New title.
        title: String,
        /// New notes.
        notes: String,
    },
}
