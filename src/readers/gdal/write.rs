//! Writes GeoPackages and GeoTIFFs. The same input gives the same bytes: no time of writing is stored.

use super::{init::init, messages::Collector, styles::write_styles};
use crate::{
    model::{Column, Geometries, GeometryKind, LocalText, Raster, Table, Value},
    progress::Control,
    readers::{printable, wkb::to_wkb},
};
use gdal::{
    Dataset, DriverManager,
    config::{clear_thread_local_config_option, set_thread_local_config_option},
    raster::RasterCreationOptions,
    spatial_ref::SpatialRef,
    vector::{LayerAccess, LayerOptions},
};
use gdal_sys::{OGRFieldType, OGRwkbGeometryType};
use std::{
    ffi::{CString, c_int},
    path::{Path, PathBuf},
    ptr,
};

/// Why a file was not written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WriteError {
    /// There is a file already.
    #[error("file exists: {}", file.display())]
    Exists {
        /// The file.
        file: PathBuf,
    },
    /// GDAL or the operating system refuses.
    #[error("cannot write ({reason}): {}", file.display())]
    Failed {
        /// The file.
        file: PathBuf,
        /// What it says.
        reason: String,
    },
    /// Somebody asked to stop.
    #[error("writing was cancelled: {}", file.display())]
    Cancelled {
        /// The file.
        file: PathBuf,
    },
}

impl WriteError {
    /// What happened and what to do.
    pub fn text(&self) -> LocalText {
        match self {
            Self::Exists { file } => LocalText::new(
                format!("{} gibt es schon. Anderen Namen wählen oder die Datei löschen.", file.display()),
                format!("{} exists already. Choose another name or delete the file.", file.display()),
            ),
            Self::Failed { file, reason } => LocalText::new(
                format!(
                    "{} lässt sich nicht schreiben ({reason}). Schreibrechte und freien Platz prüfen.",
                    file.display()
                ),
                format!("{} cannot be written ({reason}). Check permissions and free space.", file.display()),
            ),
            Self::Cancelled { file } => LocalText::new(
                format!("{} wurde nicht geschrieben: abgebrochen.", file.display()),
                format!("{} was not written: cancelled.", file.display()),
            ),
        }
    }
}

/// One layer to write.
#[derive(Debug, Clone, Copy)]
pub struct WriteLayer<'a> {
    /// Table name.
    pub name: &'a str,
    /// One line for the table of contents.
    pub description: &'a str,
    /// Geometry in the CRS given beside.
    pub geometry: &'a Geometries,
    /// Attributes, as many rows as features. A column called `fid` is not allowed.
    pub attributes: &'a Table,
    /// How QGIS shall draw it (a QML document), kept inside the file.
    pub style: Option<&'a str>,
}

/// Name of the column with the geometry.
pub(super) const GEOMETRY: &str = "geom";

/// Features a transaction.
const BATCH: usize = 20_000;

/// Writes layers into one new GeoPackage; row `i` gets the id `i + 1`. The file appears only when it is complete.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn geopackage(path: &Path, epsg: u32, layers: &[WriteLayer], control: &Control) -> Result<(), WriteError> {
    into_place(path, "gpkg", |partial, collector| {
        let run = || -> Result<(), WriteError> {
            let fail = |e: gdal::errors::GdalError| failed(path, &collector.last().unwrap_or_else(|| e.to_string()));
            let driver = DriverManager::get_driver_by_name("GPKG").map_err(fail)?;
            let mut ds = driver.create_vector_only(partial).map_err(fail)?;
            let srs = SpatialRef::from_epsg(epsg).map_err(fail)?;
            for layer in layers {
                write_layer(path, &mut ds, &srs, layer, control, collector)?;
            }
            let styled: Vec<_> = layers.iter().filter_map(|l| Some((l.name, l.style?))).collect();
            if !styled.is_empty() {
                write_styles(&mut ds, &styled).map_err(|what| failed(path, &collector.last().unwrap_or(what)))?;
            }
            ds.close().map_err(fail)
        };
        // GDAL would store the time of writing.
        let _ = set_thread_local_config_option("OGR_CURRENT_DATE", "2000-01-01T00:00:00.000Z");
        let result = run();
        let _ = clear_thread_local_config_option("OGR_CURRENT_DATE");
        result
    })
}

/// Writes a grid as a tiled, compressed 32-bit GeoTIFF; NaN is its no-data value.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn geotiff(path: &Path, epsg: u32, raster: &Raster) -> Result<(), WriteError> {
    into_place(path, "tif", |partial, collector| {
        let fail = |e: gdal::errors::GdalError| failed(path, &collector.last().unwrap_or_else(|| e.to_string()));
        let options = RasterCreationOptions::from_iter(["COMPRESS=DEFLATE", "TILED=YES", "PREDICTOR=3", "BIGTIFF=IF_SAFER"]);
        let driver = DriverManager::get_driver_by_name("GTiff").map_err(fail)?;
        let mut ds = driver
            .create_with_band_type_with_options::<f32, _>(partial, raster.width, raster.height, 1, &options)
            .map_err(fail)?;
        ds.set_spatial_ref(&SpatialRef::from_epsg(epsg).map_err(fail)?).map_err(fail)?;
        let [x, y] = raster.origin;
        ds.set_geo_transform(&[x, raster.cell_m[0], 0.0, y, 0.0, -raster.cell_m[1]])
            .map_err(fail)?;
        let mut band = ds.rasterband(1).map_err(fail)?;
        band.set_no_data_value(Some(f64::NAN)).map_err(fail)?;
        let mut buffer = gdal::raster::Buffer::new((raster.width, raster.height), raster.values.clone());
        band.write((0, 0), (raster.width, raster.height), &mut buffer).map_err(fail)?;
        ds.close().map_err(fail)
    })
}

fn failed(path: &Path, reason: &str) -> WriteError {
    WriteError::Failed {
        file: path.into(),
        reason: printable(reason),
    }
}

/// Writes beside the target under another name and renames at the end.
fn into_place(path: &Path, extension: &str, write: impl FnOnce(&Path, &Collector) -> Result<(), WriteError>) -> Result<(), WriteError> {
    init();
    if path.exists() {
        return Err(WriteError::Exists { file: path.into() });
    }
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let partial = path.with_file_name(format!(".{stem}.partial.{extension}"));
    let io = |e: std::io::Error| failed(path, &e.to_string());
    if partial.exists() {
        std::fs::remove_file(&partial).map_err(io)?;
    }
    let collector = Collector::new();
    let result = write(&partial, &collector);
    match result {
        Ok(()) => std::fs::rename(&partial, path).map_err(io),
        Err(e) => {
            let _ = std::fs::remove_file(&partial);
            Err(e)
        }
    }
}

fn write_layer(
    path: &Path,
    ds: &mut Dataset,
    srs: &SpatialRef,
    layer: &WriteLayer,
    control: &Control,
    collector: &Collector,
) -> Result<(), WriteError> {
    let fail = |e: String| failed(path, &collector.last().unwrap_or(e));
    let n = layer.geometry.len();
    if let Some((name, column)) = layer.attributes.iter().find(|(_, c)| c.len() != n) {
        return Err(failed(
            path,
            &format!("column {name} has {} rows, the layer {} has {n}", column.len(), layer.name),
        ));
    }
    let ty = match layer.geometry.kind() {
        GeometryKind::Point => OGRwkbGeometryType::wkbMultiPoint,
        GeometryKind::Line => OGRwkbGeometryType::wkbMultiLineString,
        GeometryKind::Polygon => OGRwkbGeometryType::wkbMultiPolygon,
    };
    // Single points are what other programs expect of a point layer.
    let single = layer.geometry.kind() == GeometryKind::Point && (0..n).all(|r| layer.geometry.parts(r).len() == 1);
    let ty = if single { OGRwkbGeometryType::wkbPoint } else { ty };
    let description = format!("DESCRIPTION={}", layer.description);
    let geometry = format!("GEOMETRY_NAME={GEOMETRY}");
    let out = ds
        .create_layer(LayerOptions {
            name: layer.name,
            srs: Some(srs),
            ty,
            options: Some(&[&description, &geometry, "FID=fid"]),
        })
        .map_err(|e| fail(e.to_string()))?;
    // SAFETY: the layer lives as long as the dataset, which is borrowed by `out`.
    let handle = unsafe { out.c_layer() };
    for (name, column) in layer.attributes.iter() {
        // SAFETY: as above.
        if !unsafe { create_field(handle, name, column) } {
            return Err(fail(format!("column {name}")));
        }
    }
    let columns: Vec<&Column> = layer.attributes.iter().map(|(_, c)| c).collect();
    for first in (0..n).step_by(BATCH) {
        if control.is_cancelled() {
            return Err(WriteError::Cancelled { file: path.into() });
        }
        // SAFETY: the layer is alive.
        unsafe { gdal_sys::OGR_L_StartTransaction(handle) };
        for row in first..n.min(first + BATCH) {
            // SAFETY: the layer is alive.
            let ok = unsafe { write_feature(handle, layer.geometry, &columns, row, single) };
            if !ok {
                return Err(fail(format!("layer {}, row {row}", layer.name)));
            }
        }
        // SAFETY: the layer is alive.
        if unsafe { gdal_sys::OGR_L_CommitTransaction(handle) } != gdal_sys::OGRErr::OGRERR_NONE {
            return Err(fail(format!("layer {}", layer.name)));
        }
    }
    Ok(())
}

/// # Safety
/// `layer` must be a valid layer.
unsafe fn create_field(layer: gdal_sys::OGRLayerH, name: &str, column: &Column) -> bool {
    let Ok(name) = CString::new(name) else { return false };
    let ty = match column {
        Column::Boolean(_) => OGRFieldType::OFTInteger,
        Column::Integer(_) => OGRFieldType::OFTInteger64,
        Column::Real(_) => OGRFieldType::OFTReal,
        Column::Text { .. } => OGRFieldType::OFTString,
    };
    // SAFETY: the definition is copied by the layer and destroyed here.
    unsafe {
        let field = gdal_sys::OGR_Fld_Create(name.as_ptr(), ty);
        if matches!(column, Column::Boolean(_)) {
            gdal_sys::OGR_Fld_SetSubType(field, gdal_sys::OGRFieldSubType::OFSTBoolean);
        }
        let result = gdal_sys::OGR_L_CreateField(layer, field, 0);
        gdal_sys::OGR_Fld_Destroy(field);
        result == gdal_sys::OGRErr::OGRERR_NONE
    }
}

/// # Safety
/// `layer` must be a valid layer with one field a column, in order.
unsafe fn write_feature(layer: gdal_sys::OGRLayerH, g: &Geometries, columns: &[&Column], row: usize, single: bool) -> bool {
    let mut wkb = to_wkb(g, row);
    if single {
        // The part inside the multi-point.
        wkb.drain(..9);
    }
    // SAFETY: bytes and length belong together; the geometry is given away, the feature destroyed; C strings outlive their calls.
    unsafe {
        let feature = gdal_sys::OGR_F_Create(gdal_sys::OGR_L_GetLayerDefn(layer));
        gdal_sys::OGR_F_SetFID(feature, row as i64 + 1);
        let mut ok = true;
        if g.parts(row).len() > 0 {
            let mut geometry = ptr::null_mut();
            gdal_sys::OGR_G_CreateFromWkbEx(wkb.as_ptr().cast(), ptr::null_mut(), &mut geometry, wkb.len());
            ok &= !geometry.is_null() && gdal_sys::OGR_F_SetGeometryDirectly(feature, geometry) == gdal_sys::OGRErr::OGRERR_NONE;
        }
        for (i, column) in columns.iter().enumerate() {
            let i = i as c_int;
            match column.value(row) {
                Value::Null => gdal_sys::OGR_F_SetFieldNull(feature, i),
                Value::Boolean(v) => gdal_sys::OGR_F_SetFieldInteger(feature, i, c_int::from(v)),
                Value::Integer(v) => gdal_sys::OGR_F_SetFieldInteger64(feature, i, v),
                Value::Real(v) => gdal_sys::OGR_F_SetFieldDouble(feature, i, v),
                Value::Text(v) => match CString::new(v.replace('\0', " ")) {
                    Ok(v) => gdal_sys::OGR_F_SetFieldString(feature, i, v.as_ptr()),
                    Err(_) => ok = false,
                },
            }
        }
        ok = ok && gdal_sys::OGR_L_CreateFeature(layer, feature) == gdal_sys::OGRErr::OGRERR_NONE;
        gdal_sys::OGR_F_Destroy(feature);
        ok
    }
}
