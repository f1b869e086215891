//! What a panel asks for. Panels are plain functions that return wishes; one system carries them out.

use super::{CameraCommand, PlanWish, Selection};
use crate::{
    derive::Expression,
    import::Choice,
    model::{Language, SlotId},
    session::Command,
    starter::Order,
};
use bevy::prelude::*;
use std::path::PathBuf;

/// A wish of the user.
#[derive(Message, Debug, Clone, PartialEq)]
pub enum Wish {
    /// Opens a project in the background.
    Open(PathBuf),
    /// Takes a project from the list of those that were opened last.
    Forget(PathBuf),
    /// Lets the user choose a project.
    ChooseProject,
    /// Lets the user choose a file to bring in.
    ChooseFile,
    /// Lets the user choose a file with drafts for the plan.
    ChooseDrafts,
    /// Asks for the path of a file with drafts.
    TypeDrafts,
    /// Looks at a file and opens the assistant for it, as drafts for the plan.
    ExamineDrafts(PathBuf),
    /// Takes what was tried last for a layer of the file on the desk into the plan.
    TakeDrafts(usize, Choice),
    /// Looks at a file and opens the assistant for it.
    Examine(PathBuf),
    /// Tries a choice for a layer of the file on the desk.
    TryOut(usize, Choice),
    /// Binds a layer of the file on the desk as chosen, and opens the project anew.
    TakeIn(usize, Choice),
    /// Shows a layer of the file on the desk outside the modules.
    ShowOnly(usize, Choice),
    /// Puts the file on the desk away.
    LeaveFile,
    /// Writes the import report of the project (or of the file on the desk) to a file.
    ExportReport(PathBuf, bool),
    /// Writes what two variants differ in to a file; its ending says in which form.
    SaveComparison(PathBuf),
    /// Writes the layers that the open plan changes to a file; its ending says in which form.
    SaveLayers(PathBuf),
    /// Opens the dialog for a new project, with a file that was dropped.
    Found(Option<PathBuf>),
    /// Closes it.
    NotFound,
    /// Builds a new project and opens it.
    NewProject(Box<Order>),
    /// Closes the window, after a question where something is unsaved.
    Close,
    /// Answers the question what becomes of unsaved reviews.
    Unsaved(Answer),
    /// Changes the session.
    Session(Command),
    /// Changes the plan.
    Plan(PlanWish),
    /// Stops what is running.
    Cancel,
    /// Moves the camera.
    Camera(CameraCommand),
    /// Selects something everywhere.
    Select(Selection),
    /// Puts the list of what lies under the pointer away.
    ClosePick,
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
    /// Shows or hides how many rules meet at each site.
    Heat(bool),
    /// Shows a rule in the list of all rules.
    Rule(String),
    /// Opens the dialog that makes a layer of layers.
    Combine,
    /// Keeps an expression in the project and opens it anew.
    Keep(Box<Expression>),
    /// Opens or closes the help.
    Help(bool),
    /// Closes a notice.
    Dismiss,
    /// Shows whom the project would ask.
    Services,
}

/// What becomes of unsaved reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Save them and go on.
    Save,
    /// Go on without them.
    Discard,
    /// Stay.
    Stay,
}

/// What waits for the answer.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub enum Closing {
    /// Nothing.
    #[default]
    No,
    /// The window shall close.
    Window,
    /// Another project shall open.
    Open(PathBuf),
    /// Another variant, or none, shall be shown.
    Plan(PlanWish),
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
