//! A clean vector layer in the project CRS, and the name of the place it fills.

use super::{Bbox, Bodies, Geometries, Provenance, Report, Table};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// `module/slot`, such as `environmental_load/noise_lden`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlotId(pub Arc<str>);

impl SlotId {
    /// Joins module and slot.
    pub fn new(module: &str, slot: &str) -> Self {
        Self(format!("{module}/{slot}").into())
    }

    /// The module part.
    pub fn module(&self) -> &str {
        self.0.split_once('/').map_or("", |(m, _)| m)
    }

    /// The slot part.
    pub fn slot(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(_, s)| s)
    }
}

impl std::fmt::Display for SlotId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<&str> for SlotId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

/// Where the absence of a feature means something.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Coverage {
    /// Nobody said: answers that rest on absence are marked as assumed.
    #[default]
    Undeclared,
    /// The data are complete inside the project's area of interest.
    AreaOfInterest,
    /// The data are complete inside these polygons (project CRS).
    Polygons(Geometries),
}

/// A vector layer in the project CRS: metres, finite coordinates, valid rings.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The slot it fills, or `extra/<file name>` for a file dropped into the window.
    pub slot: SlotId,
    /// Geometry of all features.
    pub geometry: Geometries,
    /// Surfaces in space, one entry a feature, where a source has them: drawn in the place of the raised footprint.
    pub bodies: Option<Arc<Bodies>>,
    /// Attributes by the slot's names; attributes that the slot does not name keep their source name.
    pub attributes: Table,
    /// Feature ids of the source, in row order; unique within the layer.
    pub ids: Vec<Arc<str>>,
    /// One entry a bound source.
    pub provenance: Vec<Provenance>,
    /// Where its absence of features means something.
    pub coverage: Coverage,
    /// What was dropped, repaired or assumed.
    pub report: Report,
}

impl Layer {
    /// Number of features.
    pub fn len(&self) -> usize {
        self.geometry.len()
    }

    /// True when there is no feature.
    pub fn is_empty(&self) -> bool {
        self.geometry.is_empty()
    }

    /// The box around all features.
    pub fn extent(&self) -> Bbox {
        self.geometry.extent()
    }

    /// The oldest data date of its sources: the one to quote.
    pub fn data_date(&self) -> Option<&str> {
        self.provenance.iter().filter_map(|p| p.data_date.as_deref()).min()
    }
}
