//! Why a file cannot be looked at or taken into a project, as a sentence in German and in English.

use crate::{
    layers::CrsError,
    model::LocalText,
    project::{PathRefused, ProjectError},
    readers::ReadError,
};
use std::{io, path::PathBuf};

/// A file that was not taken in. The project is as before.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is of no known format, refused or damaged.
    #[error("the file cannot be read: {}", path.display())]
    Read {
        /// File.
        path: PathBuf,
        /// Cause.
        #[source]
        source: Box<ReadError>,
    },
    /// The file is a table, which has no places.
    #[error("a table has no places: {}", path.display())]
    Table {
        /// File.
        path: PathBuf,
        /// What to do with it.
        advice: LocalText,
    },
    /// The project CRS cannot be built.
    #[error("the project CRS EPSG:{epsg} cannot be used")]
    ProjectCrs {
        /// EPSG code of the project.
        epsg: u32,
        /// Cause.
        #[source]
        source: Box<CrsError>,
    },
    /// The project file is not as it should be.
    #[error("the project cannot be changed")]
    Project {
        /// Cause.
        #[source]
        source: Box<ProjectError>,
    },
    /// The project file, with the new source in it, would not say what was meant.
    #[error("the project file cannot take in the source: {message}: {}", path.display())]
    Refused {
        /// `project.toml`.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A file cannot be copied or written.
    #[error("cannot write: {source}: {}", path.display())]
    Write {
        /// Target.
        path: PathBuf,
        /// Cause.
        #[source]
        source: io::Error,
    },
    /// The file's name may not stand in a project.
    #[error("the file's name is refused: {source}")]
    Name {
        /// Cause.
        #[source]
        source: PathRefused,
    },
    /// The address of a service is refused.
    #[error("the service is refused: {source}")]
    Service {
        /// Cause.
        #[source]
        source: crate::services::ServiceError,
    },
    /// Somebody pressed Cancel.
    #[error("cancelled")]
    Cancelled,
}

impl ImportError {
    /// What happened, where, and what to do.
    pub fn text(&self) -> LocalText {
        match self {
            Self::Read { source, .. } => source.text(),
            Self::Table { advice, .. } => advice.clone(),
            Self::ProjectCrs { source, .. } => source.text(),
            Self::Project { source } => source.text(),
            Self::Refused { path, message } => LocalText::new(
                format!(
                    "Die Quelle lässt sich nicht in {} eintragen ({message}). Die Datei ist unverändert; bitte die Quelle von Hand eintragen.",
                    path.display()
                ),
                format!(
                    "The source cannot be entered into {} ({message}). The file is unchanged; please enter the source by hand.",
                    path.display()
                ),
            ),
            Self::Write { path, source } => LocalText::new(
                format!(
                    "„{}“ lässt sich nicht schreiben ({source}). Bitte Schreibrecht und freien Platz im Projektordner prüfen.",
                    path.display()
                ),
                format!(
                    "“{}” cannot be written ({source}). Please check write permission and free space in the project folder.",
                    path.display()
                ),
            ),
            Self::Name { source } => LocalText::new(
                format!(
                    "Die Datei „{}“ kann im Projekt nicht so heißen: {}. Bitte umbenennen.",
                    source.shown, source.why.de
                ),
                format!(
                    "The file “{}” cannot have this name in the project: {}. Please rename it.",
                    source.shown, source.why.en
                ),
            ),
            Self::Service { source } => source.text(),
            Self::Cancelled => LocalText::new("Abgebrochen.", "Cancelled."),
        }
    }
}
