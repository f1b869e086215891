//! Writing a file so that a reader sees the old content or the new one, never half of it.

use crate::{layers::CrsError, model::LocalText, readers::gdal::write::WriteError};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};
use thiserror::Error;

/// Why results could not be written.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The file system refused.
    #[error("cannot write: {source}: {}", path.display())]
    Write {
        /// Target.
        path: PathBuf,
        /// Reason.
        #[source]
        source: io::Error,
    },
    /// The project CRS cannot be set up.
    #[error("cannot express EPSG:{epsg} in longitude and latitude: {source}")]
    Crs {
        /// Project CRS.
        epsg: u32,
        /// Reason.
        #[source]
        source: CrsError,
    },
    /// A place has no longitude and latitude.
    #[error("cannot express {x}, {y} of EPSG:{epsg} in longitude and latitude")]
    Place {
        /// Easting.
        x: f64,
        /// Northing.
        y: f64,
        /// Project CRS.
        epsg: u32,
    },
    /// The workbook cannot be put together.
    #[error("cannot write XLSX: {reason}")]
    Workbook {
        /// What the writer says.
        reason: String,
    },
    /// A GeoPackage cannot be written.
    #[error(transparent)]
    Layers(#[from] WriteError),
    /// The results do not fit the format.
    #[error("cannot write {format}: {source}")]
    Format {
        /// Format name.
        format: &'static str,
        /// Reason.
        #[source]
        source: serde_json::Error,
    },
}

impl ExportError {
    /// What happened and what to do.
    pub fn text(&self) -> LocalText {
        match self {
            Self::Write { path, source } => LocalText::new(
                format!(
                    "„{}“ lässt sich nicht schreiben ({source}). Ordner und Schreibrecht prüfen.",
                    path.display()
                ),
                format!(
                    "“{}” cannot be written ({source}). Check the folder and its permissions.",
                    path.display()
                ),
            ),
            Self::Crs { source, .. } => source.text(),
            Self::Place { x, y, epsg } => LocalText::new(
                format!("Der Ort {x}, {y} hat in EPSG:{epsg} keine Länge und Breite. Das Koordinatensystem des Projekts prüfen."),
                format!("The place {x}, {y} has no longitude and latitude in EPSG:{epsg}. Check the CRS of the project."),
            ),
            Self::Workbook { reason } => LocalText::new(
                format!("Die Arbeitsmappe lässt sich nicht zusammenstellen ({reason})."),
                format!("The workbook cannot be put together ({reason})."),
            ),
            Self::Layers(source) => source.text(),
            Self::Format { format, source } => LocalText::new(
                format!("Die Ergebnisse passen nicht in das Format {format} ({source})."),
                format!("The results do not fit the format {format} ({source})."),
            ),
        }
    }
}

/// Replaces the file in one step.
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let failed = |source: io::Error| ExportError::Write { path: path.into(), source };
    if path.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let mut file = atomic_write_file::AtomicWriteFile::open(path).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.commit().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_and_leaves_nothing_else_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        save(&path, b"1").unwrap();
        save(&path, b"2").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"2");
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 1);
        assert!(save(dir.path(), b"x").is_err());
        let error = save(&dir.path().join("no/such/a.json"), b"x").unwrap_err();
        assert!(error.text().de.contains("a.json"));
    }
}
