//! A file goes in, a [`RawLayer`] or [`RawRaster`] in its own CRS and a report come out. The file is never trusted: its format is decided
//! by its bytes, it is opened with exactly one driver, read-only and without a network, and what it promised is compared with what came.
//!
//! Finding codes: `RD-001` no features, `RD-002` features missing without a reason, `RD-003` no geometry, `RD-004` other kind of geometry,
//! `RD-005` damaged geometry, `RD-006` vertices that are no numbers, `RD-007` rings too short or open, `RD-008` parts of another kind left out,
//! `RD-009` duplicate ids, `RD-010` text encoding, `RD-011` CRS, `RD-012` attribute values or names, `RD-013` note of the driver,
//! `RD-014` reading broke off, `RD-015` cells that are no numbers, `RD-016` several bands, `RD-017` more features than announced,
//! `RD-018` files beside it, `RD-140` lines that are not three numbers, `RD-141` two points on a cell, `RD-142` points marked as no data,
//! `RD-143` cells that a list leaves out, `RD-144` other files in an archive, `RD-145` a grid read in coarser cells. Codes of plans stand in `xplan`.
//! City models: `RD-100` surfaces that are no numbers, `RD-101` surfaces of too few vertices, `RD-102` rings closed, `RD-103` solids that are
//! not closed, `RD-104` footprints derived, `RD-105` links that lead nowhere, `RD-106` links in a circle, `RD-107` surfaces that are not flat,
//! `RD-108` objects without surfaces, `RD-109` buildings that consist of their parts, `RD-110` rooms and the like left out,
//! `RD-111` objects of other types, `RD-112` surfaces named by their slope, `RD-113` outlines only, `RD-114` objects that break the format,
//! `RD-115` too many vertices in one object.

mod archive;
mod city;
mod error;
mod format;
pub(crate) mod gather;
pub mod gdal;
mod geojson;
mod gml;
mod gml_geometry;
mod inspection;
mod nas;
mod osm;
mod shapefile;
mod table;
mod wkb;
mod xml;
mod xplan;
mod xyz;

pub use error::ReadError;
pub use format::{READERS, Reader, Sort, format_names};
pub use inspection::{AttributeInspection, Inspection, LayerInspection, RasterInspection};
pub use table::{ColumnFacts, RawTable, TableForm, TableInspection, TableRequest, inspect_table, is_workbook, read_table};

pub(crate) use error::printable;
pub(crate) use osm::summed;

use crate::{
    model::{Bbox, Bodies, Geometries, GeometryKind, Raster, Report, Table},
    progress::Control,
};
use std::{path::Path, sync::Arc};

/// Features as they lie in the file.
#[derive(Debug, Clone)]
pub struct RawLayer {
    /// File as given, safe to print.
    pub file: String,
    /// Name of the layer in the file.
    pub name: String,
    /// GDAL driver short name ("GPKG"), or the name of our own reader.
    pub driver: String,
    /// Geometry in the file's CRS, x = easting or longitude.
    pub geometry: Geometries,
    /// Surfaces in space, one entry a feature, where the format has them; heights are absolute metres.
    pub bodies: Option<Bodies>,
    /// Attributes in the order of the file.
    pub attributes: Table,
    /// Ids of the source, one a row, unique.
    pub ids: Vec<Arc<str>>,
    /// `EPSG:n` where the file says so, else WKT2.
    pub crs: Option<String>,
    /// What was left out or changed.
    pub report: Report,
}

/// A grid as it lies in the file; `cell_m` and `origin` are in units of its own CRS.
#[derive(Debug, Clone)]
pub struct RawRaster {
    /// File as given, safe to print.
    pub file: String,
    /// The first band.
    pub raster: Raster,
    /// `EPSG:n` where the file says so, else WKT2.
    pub crs: Option<String>,
    /// GDAL driver short name ("GTiff").
    pub driver: String,
    /// What was changed.
    pub report: Report,
}

/// What to take from a vector file.
#[derive(Debug, Clone)]
pub struct VectorRequest {
    /// Layer name; without it, the only layer (or the only one of the wanted kind).
    pub layer: Option<String>,
    /// Text encoding that overrides what a shapefile declares ("ISO-8859-1", "CP1252", "UTF-8").
    pub encoding: Option<String>,
    /// The kind to keep; features of other kinds are reported as dropped. Without it, the kind of the layer or of its first feature.
    pub kind: Option<GeometryKind>,
    /// Most features allowed.
    pub max_features: u64,
    /// Most vertices allowed in the layer.
    pub max_vertices: u64,
    /// Most vertices allowed in one feature.
    pub max_feature_vertices: u64,
}

impl Default for VectorRequest {
    fn default() -> Self {
        Self {
            layer: None,
            encoding: None,
            kind: None,
            max_features: 5_000_000,
            max_vertices: 200_000_000,
            max_feature_vertices: 5_000_000,
        }
    }
}

/// Most cells of a grid.
pub const MAX_CELLS: u64 = 100_000_000;

/// Reads one layer of a vector file.
///
/// # Errors
/// When the file is no vector file of a known format, is refused or damaged, or the layer cannot be told; see [`ReadError`].
pub fn read_vector(path: &Path, request: &VectorRequest, control: &Control) -> Result<RawLayer, ReadError> {
    let source = format::recognise(path)?;
    if source.reader.sort == Sort::Raster {
        return Err(source.wrong_sort());
    }
    match source.reader.own {
        Some(own) => own.read_vector(&source, request, control),
        None => gdal::read_vector(&source, request, control),
    }
}

/// Reads the first band of a grid.
///
/// # Errors
/// When the file is no grid of a known format, is refused or damaged, is rotated or has too many cells.
pub fn read_raster(path: &Path, control: &Control) -> Result<RawRaster, ReadError> {
    let source = format::recognise(path)?;
    if source.reader.sort == Sort::Vector {
        return Err(source.wrong_sort());
    }
    match source.reader.own {
        Some(own) => own.read_raster(&source, control),
        None => {
            let whole = gdal::read_raster(&source, None, control)?;
            whole.ok_or_else(|| source.wrong_sort())
        }
    }
}

/// From a grid's CRS and extent to the part that is needed, in the grid's own units; `None` when nothing of it is.
pub type PartOf<'a> = &'a (dyn Fn(Option<&str>, Bbox) -> Option<Bbox> + Sync);

/// Reads only the needed part of a grid's first band, in fewer cells where it would have more than [`MAX_CELLS`]. Our own readers may give
/// more than the part. `None` when nothing of the grid is needed.
///
/// # Errors
/// When the file is no grid of a known format, is refused or damaged, or is rotated.
pub fn read_raster_part(path: &Path, part: PartOf<'_>, control: &Control) -> Result<Option<RawRaster>, ReadError> {
    let source = format::recognise(path)?;
    if source.reader.sort == Sort::Vector {
        return Err(source.wrong_sort());
    }
    match source.reader.own {
        Some(own) => own.read_raster(&source, control).map(Some),
        None => gdal::read_raster(&source, Some(part), control),
    }
}

/// The day that a layer's data describe, where the file says so.
pub fn data_date(path: &Path, raw: &RawLayer) -> Option<String> {
    osm::data_date(path, raw)
}

/// Says what a file holds without reading its features.
///
/// # Errors
/// When the file is of no known format, is refused or damaged.
pub fn inspect(path: &Path) -> Result<Inspection, ReadError> {
    let source = format::recognise(path)?;
    match source.reader.own {
        Some(own) => own.inspect(&source),
        None => gdal::inspect(&source),
    }
}
