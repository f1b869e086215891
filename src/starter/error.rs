//! Why there is no new project.

use crate::{layers::CrsError, model::LocalText, project::ProjectError, readers::gdal::write::WriteError};
use std::path::PathBuf;

/// The project was not built; nothing was left behind.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StarterError {
    /// The folder holds something.
    #[error("the folder is not empty: {}", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The folder cannot be made or written.
    #[error("cannot write ({source}): {}", path.display())]
    Folder {
        /// What the operating system says.
        #[source]
        source: std::io::Error,
        /// Where.
        path: PathBuf,
    },
    /// A file cannot be copied.
    #[error("cannot copy ({source}): {}", path.display())]
    Copy {
        /// What the operating system says.
        #[source]
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The site is no longitude and latitude, or lies where the CRS is not valid.
    #[error("site {site:?} is no longitude and latitude within the project CRS")]
    Site {
        /// As given.
        site: [f64; 2],
    },
    /// The radius makes no sense.
    #[error("a radius of {radius_m} m is out of range")]
    Radius {
        /// As given.
        radius_m: f64,
    },
    /// The project CRS cannot be used.
    #[error("the project CRS cannot be used: {source}")]
    Crs {
        /// Reason.
        #[source]
        source: CrsError,
    },
    /// There is no such federal state.
    #[error("{state:?} is no federal state")]
    State {
        /// As given.
        state: String,
    },
    /// What was written does not open.
    #[error("the new project does not open: {source}")]
    Project {
        /// Reason.
        #[source]
        source: Box<ProjectError>,
    },
    /// A computed layer cannot be written.
    #[error("{source}")]
    Write {
        /// Reason.
        #[source]
        source: WriteError,
    },
    /// Somebody asked to stop.
    #[error("cancelled")]
    Cancelled,
}

impl StarterError {
    /// What happened and what to do, for people.
    pub fn text(&self) -> LocalText {
        match self {
            Self::NotEmpty { path } => LocalText::new(
                format!(
                    "Der Ordner ist nicht leer. Einen neuen nennen; nichts wird überschrieben: {}",
                    path.display()
                ),
                format!(
                    "The folder is not empty. Name a new one; nothing is overwritten: {}",
                    path.display()
                ),
            ),
            Self::Folder { source, path } => LocalText::new(
                format!(
                    "Der Ordner lässt sich nicht beschreiben ({source}). Rechte und freien Platz prüfen: {}",
                    path.display()
                ),
                format!(
                    "The folder cannot be written ({source}). Check permissions and free space: {}",
                    path.display()
                ),
            ),
            Self::Copy { source, path } => LocalText::new(
                format!("Die Datei lässt sich nicht in das Projekt kopieren ({source}): {}", path.display()),
                format!("The file cannot be copied into the project ({source}): {}", path.display()),
            ),
            Self::Site { site: [lon, lat] } => LocalText::new(
                format!(
                    "Der Ort {lon}, {lat} ist keine Länge und Breite, die im Koordinatensystem des Projekts liegt. Gemeint ist „Länge,Breite“ in Grad, etwa \"11.58,49.94\"."
                ),
                format!(
                    "The site {lon}, {lat} is no longitude and latitude within the project CRS. Give \"longitude,latitude\" in degrees, such as \"11.58,49.94\"."
                ),
            ),
            Self::Radius { radius_m } => LocalText::new(
                format!("Ein Umkreis von {radius_m} m geht nicht; möglich sind 50 m bis 100 km."),
                format!("A radius of {radius_m} m is not possible; 50 m to 100 km are."),
            ),
            Self::Crs { source } => source.text(),
            Self::State { state } => LocalText::new(
                format!("„{state}“ ist kein Bundesland. Die Kürzel sind BW, BY, BE, BB, HB, HH, HE, MV, NI, NW, RP, SL, SN, ST, SH, TH."),
                format!("\"{state}\" is no federal state. The codes are BW, BY, BE, BB, HB, HH, HE, MV, NI, NW, RP, SL, SN, ST, SH, TH."),
            ),
            Self::Project { source } => source.text(),
            Self::Write { source } => source.text(),
            Self::Cancelled => LocalText::new("Abgebrochen. Es wurde kein Projekt angelegt.", "Cancelled. No project was made."),
        }
    }
}
