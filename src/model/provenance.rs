//! Where data come from: shown beside every number and on every exported picture.

use serde::{Deserialize, Serialize};

/// The origin of one bound source.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// Path relative to the project folder.
    pub file: String,
    /// Layer inside the file.
    pub layer: Option<String>,
    /// GDAL driver short name ("GPKG").
    pub driver: String,
    /// CRS of the file ("EPSG:4326").
    pub crs: String,
    /// blake3 of the file's bytes, hexadecimal.
    pub hash: String,
    /// Publisher as to be quoted.
    pub source: Option<String>,
    /// Licence name or SPDX identifier.
    pub licence: Option<String>,
    /// Attribution line the licence asks for.
    pub attribution: Option<String>,
    /// The day the data describe, ISO 8601 (may be only a year or a month).
    pub data_date: Option<String>,
    /// True for model results, estimates and stand-ins: not an official data set.
    pub unofficial: bool,
}
