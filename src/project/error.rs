//! Why a project as a whole cannot be opened. Faults of single sources are findings: the rest still opens.

use crate::{layers::CrsError, model::LocalText, modules::ModuleError};
use std::path::PathBuf;

/// The project cannot be opened at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectError {
    /// There is no such file or folder, or it cannot be read.
    #[error("cannot read the project file ({source}): {}", path.display())]
    Unreadable {
        /// `project.toml`.
        path: PathBuf,
        /// Reason of the operating system.
        #[source]
        source: std::io::Error,
    },
    /// Not valid TOML, an unknown key, a wrong type.
    #[error("line {line}, column {column}: {message}: {}", path.display())]
    Syntax {
        /// `project.toml`.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What the parser says.
        message: String,
    },
    /// Written by a newer program.
    #[error("the project has schema {found}, this program reads up to {known}; it is left untouched: {}", path.display())]
    NewerSchema {
        /// `project.toml`.
        path: PathBuf,
        /// Number in the file.
        found: i64,
        /// Highest number known.
        known: i64,
    },
    /// The project CRS is unknown or not metric.
    #[error("crs of the project: {source}: {}", path.display())]
    Crs {
        /// `project.toml`.
        path: PathBuf,
        /// Reason.
        #[source]
        source: CrsError,
    },
    /// The project CRS is not written as a code.
    #[error("crs = \"{found}\" is not of the form \"EPSG:25833\": {}", path.display())]
    NotAnEpsgCode {
        /// `project.toml`.
        path: PathBuf,
        /// Text in the file.
        found: String,
    },
    /// A module is neither in the project's `modules` folder nor built in.
    #[error("module \"{module}\" is neither in the project's folder modules nor built in (built in are: {known}): {}", path.display())]
    UnknownModule {
        /// `project.toml`.
        path: PathBuf,
        /// Name in the file.
        module: String,
        /// Built-in names.
        known: String,
    },
    /// A module's own files are wrong.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// Somebody pressed Cancel.
    #[error("opening was cancelled")]
    Cancelled,
}

impl ProjectError {
    /// The sentence for people, in both languages.
    pub fn text(&self) -> LocalText {
        let en = self.to_string();
        let de = match self {
            Self::Unreadable { path, source } => format!(
                "Die Projektdatei {} lässt sich nicht lesen ({source}). Bitte einen Ordner mit project.toml wählen.",
                path.display()
            ),
            Self::Syntax {
                path,
                line,
                column,
                message,
            } => format!("{}, Zeile {line}, Spalte {column}: {message}", path.display()),
            Self::NewerSchema { path, found, known } => {
                format!(
                    "{} hat Schema {found}; dieses Programm liest bis Schema {known}. Bitte eine neuere Fassung des Programms verwenden; die Datei bleibt unverändert.",
                    path.display()
                )
            }
            Self::Crs { path, source } => format!("{}: Koordinatensystem des Projekts: {}", path.display(), source.text().de),
            Self::NotAnEpsgCode { path, found } => format!("{}: crs = „{found}“ hat nicht die Form „EPSG:25833“.", path.display()),
            Self::UnknownModule { path, module, known } => {
                format!(
                    "{}: Das Modul „{module}“ liegt weder im Ordner modules des Projekts noch ist es eingebaut (eingebaut: {known}).",
                    path.display()
                )
            }
            Self::Module(e) => e.text().de,
            Self::Cancelled => "Das Öffnen wurde abgebrochen.".into(),
        };
        LocalText::new(de, en)
    }
}
