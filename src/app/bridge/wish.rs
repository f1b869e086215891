//! What a panel asks for. Panels are plain functions that return wishes; one system carries them out.

use super::{CameraCommand, Selection};
use crate::{
    model::{Language, SlotId},
    session::Command,
};
use bevy::prelude::*;
use std::path::PathBuf;

/// A wish of the user.
#[derive(Message, Debug, Clone, PartialEq)]
pub enum Wish {
    /// Opens a project in the background.
    Open(PathBuf),
    /// Lets the user choose a project.
    ChooseProject,
    /// Changes the session.
    Session(Command),
    /// Stops what is running.
    Cancel,
    /// Moves the camera.
    Camera(CameraCommand),
    /// Selects something everywhere.
    Select(Selection),
    /// Another language of the interface.
    Language(Language),
    /// Light or dark.
    Dark(bool),
    /// Shows or hides a layer.
    Visible(SlotId, bool),
    /// Shows or hides every layer that has data.
    AllVisible(bool),
    /// 0 to 1.
    Opacity(SlotId, f32),
    /// Draws a layer above (true) or below its neighbour of the same module.
    Raise(SlotId, bool),
    /// Shows or hides conflicts of a severity, index 0 = hint.
    Severity(usize, bool),
    /// Opens or closes the help.
    Help(bool),
    /// Closes a notice.
    Dismiss,
}

/// What runs in the background now, for the status bar.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Running {
    /// Step and fraction; `None` when nothing runs.
    pub progress: Option<crate::progress::Progress>,
    /// True once the user asked to stop.
    pub stopping: bool,
}

/// Something the user must read: an error, or what a dropped file brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Title in both languages.
    pub title: crate::model::LocalText,
    /// What happened, where, what to do.
    pub text: crate::model::LocalText,
    /// Names and values below the text, such as driver, CRS and count of a dropped file.
    pub facts: Vec<(crate::model::LocalText, crate::model::LocalText)>,
    /// A place to go to.
    pub place: Option<crate::model::Bbox>,
    /// True for errors.
    pub error: bool,
}

/// Notices that wait to be read, oldest first.
#[derive(Resource, Debug, Default)]
pub struct Notices(pub Vec<Notice>);
