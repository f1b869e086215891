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
    /// Writes statuses and notes into the project folder.
    Save,
    /// Shows one more file, outside the modules.
    AddFile(PathBuf),
}
