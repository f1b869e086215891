//! What `inspect` says about a file: driver, layers with CRS, counts, extent and attributes, or the grid's size.

use crate::model::{Bbox, Finding, GeometryKind};
use serde::Serialize;

/// A file at a glance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// Path as given.
    pub file: String,
    /// Format name ("GeoPackage").
    pub format: String,
    /// GDAL driver short name ("GPKG").
    pub driver: String,
    /// Vector layers in the order of the file.
    pub layers: Vec<LayerInspection>,
    /// The grid, if it is one.
    pub raster: Option<RasterInspection>,
    /// What is odd about it.
    pub findings: Vec<Finding>,
}

/// One vector layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerInspection {
    /// Name.
    pub name: String,
    /// Kind as declared; `None` when the layer may hold any.
    pub kind: Option<GeometryKind>,
    /// Geometry type as declared ("3D Multi Polygon").
    pub geometry_type: String,
    /// `EPSG:n` or WKT2.
    pub crs: Option<String>,
    /// Features, where the file knows without being read.
    pub expected: Option<u64>,
    /// Extent in the layer's CRS, where the file knows without being read.
    pub extent: Option<Bbox>,
    /// Attributes in order.
    pub attributes: Vec<AttributeInspection>,
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttributeInspection {
    /// Column name.
    pub name: String,
    /// `boolean`, `integer`, `real`, `text`, `date`, `datetime`, `time`, `list` or `binary`.
    pub kind: &'static str,
}

/// A grid.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RasterInspection {
    /// Columns.
    pub width: u64,
    /// Rows.
    pub height: u64,
    /// Bands.
    pub bands: u64,
    /// Number type of the first band ("Float32").
    pub data_type: String,
    /// Value that stands for no data.
    pub no_data: Option<f64>,
    /// North-west corner, units of the CRS.
    pub origin: Option<[f64; 2]>,
    /// Cell size, units of the CRS.
    pub cell: Option<[f64; 2]>,
    /// `EPSG:n` or WKT2.
    pub crs: Option<String>,
}
