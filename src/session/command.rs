//! What a user can ask of an open project.

use crate::model::ConflictStatus;
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
}
