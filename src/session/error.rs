//! What can go wrong between a user's wish and the next snapshot.

use crate::{
    export::ExportError,
    import::ImportError,
    layers::{CrsError, LayerError},
    model::LocalText,
    project::ProjectError,
    scenario::ScenarioError,
    starter::StarterError,
};
use std::path::PathBuf;

/// Why a project could not be opened or a command could not be carried out. The session stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The project cannot be opened at all.
    #[error("the project cannot be opened")]
    Project {
        /// Cause.
        #[source]
        source: Box<ProjectError>,
    },
    /// A file cannot be looked at or taken into the project.
    #[error("the file cannot be brought into the project")]
    Import {
        /// Cause.
        #[source]
        source: Box<ImportError>,
    },
    /// A new project cannot be built.
    #[error("the project cannot be built")]
    Starter {
        /// Cause.
        #[source]
        source: Box<StarterError>,
    },
    /// A report cannot be written.
    #[error("the report cannot be written")]
    Export {
        /// Cause.
        #[source]
        source: Box<ExportError>,
    },
    /// A dropped file cannot be brought into the project CRS.
    #[error("the file cannot be placed in the project: {}", path.display())]
    Place {
        /// File.
        path: PathBuf,
        /// Cause.
        #[source]
        source: Box<LayerError>,
    },
    /// The project CRS cannot be built.
    #[error("the project CRS EPSG:{epsg} cannot be used")]
    Crs {
        /// EPSG code of the project.
        epsg: u32,
        /// Cause.
        #[source]
        source: Box<CrsError>,
    },
    /// A dropped file holds nothing that can be drawn.
    #[error("the file holds no layer: {}", path.display())]
    NoLayer {
        /// File.
        path: PathBuf,
    },
    /// A dropped file vanished while it was read.
    #[error("the file cannot be opened: {}", path.display())]
    File {
        /// File.
        path: PathBuf,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// `review.toml` is not readable as such.
    #[error("the reviews cannot be read: {message}: {}", path.display())]
    ReviewSyntax {
        /// File.
        path: PathBuf,
        /// Parser's message with line and key.
        message: String,
    },
    /// `review.toml` was written by a newer program.
    #[error("the reviews have schema {found}, this program knows {known}: {}", path.display())]
    ReviewSchema {
        /// File.
        path: PathBuf,
        /// Number in the file.
        found: u32,
        /// Newest number that this program reads.
        known: u32,
    },
    /// `review.toml` cannot be read or written.
    #[error("the reviews cannot be {}: {}", if *writing { "written" } else { "read" }, path.display())]
    ReviewFile {
        /// File.
        path: PathBuf,
        /// True when saving.
        writing: bool,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// Nobody has that conflict.
    #[error("there is no conflict \"{conflict}\" in the project")]
    UnknownConflict {
        /// Asked for.
        conflict: String,
    },
    /// A scenario cannot be opened, kept or changed.
    #[error("the scenario refuses")]
    Scenario {
        /// Cause.
        #[source]
        source: Box<ScenarioError>,
    },
    /// No scenario is open.
    #[error("no scenario is open")]
    NoScenario,
    /// The open scenario has unsaved work.
    #[error("the open scenario is not saved")]
    UnsavedScenario,
    /// The user pressed Cancel.
    #[error("cancelled")]
    Cancelled,
    /// The job broke off by itself: a fault of the program.
    #[error("the job broke off: {message}")]
    Broken {
        /// What the job said last.
        message: String,
    },
}

impl SessionError {
    /// What happened, where, and what to do, for people.
    pub fn text(&self) -> LocalText {
        match self {
            Self::Project { source } => source.text(),
            Self::Import { source } => source.text(),
            Self::Export { source } => source.text(),
            Self::Starter { source } => source.text(),
            Self::Place { source, .. } => source.text(),
            Self::Crs { source, .. } => source.text(),
            Self::NoLayer { path } => LocalText::new(
                format!(
                    "{} enthält keine Ebene mit Objekten. Bitte eine andere Datei wählen.",
                    path.display()
                ),
                format!("{} holds no layer with features. Please choose another file.", path.display()),
            ),
            Self::File { path, source } => LocalText::new(
                format!(
                    "{} konnte nicht geöffnet werden ({source}). Bitte Pfad und Leserechte prüfen.",
                    path.display()
                ),
                format!(
                    "{} could not be opened ({source}). Please check path and read permission.",
                    path.display()
                ),
            ),
            Self::ReviewSyntax { path, message } => LocalText::new(
                format!(
                    "Die Bewertungen in {} sind nicht lesbar: {message}\nBitte die Datei berichtigen oder umbenennen. Sie wird nicht überschrieben.",
                    path.display()
                ),
                format!(
                    "The reviews in {} cannot be read: {message}\nPlease correct or rename the file. It will not be overwritten.",
                    path.display()
                ),
            ),
            Self::ReviewSchema { path, found, known } => LocalText::new(
                format!(
                    "Die Bewertungen in {} haben das Schema {found}, dieses Programm kennt nur {known}. Bitte eine neuere Version verwenden.",
                    path.display()
                ),
                format!(
                    "The reviews in {} have schema {found}, this program only knows {known}. Please use a newer version.",
                    path.display()
                ),
            ),
            Self::ReviewFile {
                path,
                writing: true,
                source,
            } => LocalText::new(
                format!(
                    "Die Bewertungen konnten nicht nach {} geschrieben werden ({source}). Bitte Schreibrechte und freien Platz im Projektordner prüfen.",
                    path.display()
                ),
                format!(
                    "The reviews could not be written to {} ({source}). Please check write permission and free space in the project folder.",
                    path.display()
                ),
            ),
            Self::ReviewFile {
                path,
                writing: false,
                source,
            } => LocalText::new(
                format!(
                    "Die Bewertungen in {} konnten nicht gelesen werden ({source}). Bitte die Leserechte prüfen.",
                    path.display()
                ),
                format!(
                    "The reviews in {} could not be read ({source}). Please check read permission.",
                    path.display()
                ),
            ),
            Self::UnknownConflict { conflict } => LocalText::new(
                format!("Den Konflikt „{conflict}“ gibt es in diesem Projekt nicht mehr."),
                format!("The conflict “{conflict}” is no longer in this project."),
            ),
            Self::Scenario { source } => source.text(),
            Self::NoScenario => LocalText::new(
                "Kein Szenario ist geöffnet. Bitte zuerst eines anlegen oder öffnen.",
                "No scenario is open. Please begin or open one first.",
            ),
            Self::UnsavedScenario => LocalText::new(
                "Das geöffnete Szenario ist nicht gespeichert. Bitte speichern oder verwerfen.",
                "The open scenario is not saved. Please save or discard it.",
            ),
            Self::Cancelled => LocalText::new("Abgebrochen.", "Cancelled."),
            Self::Broken { message } => LocalText::new(
                format!(
                    "Der Vorgang ist wegen eines Programmfehlers abgebrochen ({message}). Das geöffnete Projekt ist unverändert; bitte melden Sie den Fehler."
                ),
                format!(
                    "The job broke off because of a fault in the program ({message}). The open project is unchanged; please report the fault."
                ),
            ),
        }
    }
}

impl From<ScenarioError> for SessionError {
    fn from(source: ScenarioError) -> Self {
        Self::Scenario { source: Box::new(source) }
    }
}

impl From<crate::scenario::EditError> for SessionError {
    fn from(source: crate::scenario::EditError) -> Self {
        ScenarioError::from(source).into()
    }
}
