//! The nouns of the program. No I/O and no algorithms: every other room imports from here, this room imports from nobody.

mod attributes;
mod bbox;
mod bodies;
mod conflict;
mod geometry;
mod language;
mod layer;
mod provenance;
mod raster;
mod report;

pub use attributes::{Column, Table, Value};
pub use bbox::Bbox;
pub use bodies::{Bodies, BodiesBuilder, Surface, SurfaceKind};
pub use conflict::{Conflict, ConflictStatus, FeatureRef, Quantity, Review, Severity};
pub use geometry::{Geometries, GeometriesBuilder, GeometryKind};
pub use language::{Language, LocalText};
pub use layer::{Coverage, Layer, SlotId};
pub use provenance::Provenance;
pub use raster::Raster;
pub use report::{Finding, Level, Report};
