//! The layers that a plan changes, as other programs read them: GeoPackage in the project CRS, or GeoJSON in longitude and latitude; each
//! feature says what became of it, removed ones are a layer of their own, and QGIS finds a style: inside a GeoPackage, beside a GeoJSON file.

use super::{ExportError, geojson::Writer, qml::qml, save};
use crate::{
    geometry::to_geo,
    layers::ProjectCrs,
    model::{Column, Geometries, GeometriesBuilder, Language, SlotId, Table},
    modules::Style,
    progress::Control,
    project::City,
    readers::gdal::write::{WriteError, WriteLayer, geopackage},
    scenario::{Base, Overlay},
};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The column that says what became of a feature: `new`, `changed`, or nothing.
const FATE: &str = "plan_change";
/// The column with the id in the source.
const ID: &str = "plan_id";

/// A layer to write.
#[derive(Debug, Clone)]
pub struct PlanLayer {
    /// Table name.
    pub name: String,
    /// The slot it comes from.
    pub slot: SlotId,
    /// Features, project CRS.
    pub geometry: Geometries,
    /// Attributes, with id and what became of each.
    pub attributes: Table,
    /// How it is drawn.
    pub style: Style,
}

/// The layers that a plan changes, whole, and beside each what the plan takes away.
pub fn plan_layers(base: &Base, overlay: &Overlay, city: &City) -> Vec<PlanLayer> {
    let mut out = vec![];
    for slot in overlay.slots() {
        let style = city.slot(slot).map(|s| s.def.style.clone()).unwrap_or_default();
        let name = slot.slot().to_owned();
        if let Some(layer) = city.layer(slot).map(|l| &l.layer) {
            let fate = |id: &str| match overlay.edited(slot).any(|(e, _)| e == id) {
                false => None,
                true if base.row(slot, id).is_some() => Some("changed"),
                true => Some("new"),
            };
            let fates: Vec<Option<&str>> = layer.ids.iter().map(|id| fate(id)).collect();
            let mut attributes = layer.attributes.clone();
            attributes.set(ID, Column::from_texts(layer.ids.iter().map(|id| Some(&**id))));
            attributes.set(FATE, Column::from_texts(fates));
            out.push(PlanLayer {
                name: name.clone(),
                slot: slot.clone(),
                geometry: layer.geometry.clone(),
                attributes: without_fid(attributes),
                style: style.clone(),
            });
        }
        let gone: Vec<u32> = overlay
            .edited(slot)
            .filter(|(_, state)| state.is_none())
            .filter_map(|(id, _)| base.row(slot, id))
            .collect();
        if let Some(layer) = base.layer(slot).filter(|_| !gone.is_empty()) {
            let mut geometry = GeometriesBuilder::new(layer.geometry.kind());
            for row in &gone {
                geometry.copy_feature(&layer.geometry, *row as usize);
            }
            let mut attributes = layer.attributes.take(&gone);
            attributes.set(ID, Column::from_texts(gone.iter().map(|r| Some(&*layer.ids[*r as usize]))));
            attributes.set(FATE, Column::from_texts(gone.iter().map(|_| Some("removed"))));
            out.push(PlanLayer {
                name: format!("{name}_removed"),
                slot: slot.clone(),
                geometry: geometry.finish(),
                attributes: without_fid(attributes),
                style,
            });
        }
    }
    out
}

/// The name `fid` belongs to the file format.
fn without_fid(table: Table) -> Table {
    let mut out = Table::default();
    for (name, column) in table.iter() {
        let taken = name.eq_ignore_ascii_case("fid") || name.eq_ignore_ascii_case("geom");
        let name = if taken { format!("source_{name}") } else { name.to_owned() };
        out.set(&name, column.clone());
    }
    out
}

/// One layer as RFC 7946 GeoJSON.
///
/// # Errors
/// When a place has no longitude and latitude.
pub fn plan_geojson(layer: &PlanLayer, epsg: u32) -> Result<Vec<u8>, ExportError> {
    let crs = ProjectCrs::from_epsg(epsg).map_err(|source| ExportError::Crs { epsg, source })?;
    let place = |[x, y]: [f64; 2]| crs.to_lonlat([x, y]).ok_or(ExportError::Place { x, y, epsg });
    let mut bbox = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let mut features = vec![];
    for row in 0..layer.geometry.len() {
        let geometry = Writer::new(&place, &mut bbox).geometry(&to_geo(&layer.geometry, row))?;
        let properties: Map<String, Value> = layer.attributes.iter().map(|(n, c)| (n.to_owned(), json!(c.value(row)))).collect();
        features.push(json!({ "type": "Feature", "geometry": geometry, "properties": properties }));
    }
    let document = json!({ "type": "FeatureCollection", "name": layer.name, "features": features });
    let mut bytes = serde_json::to_vec(&document).map_err(|source| ExportError::Format { format: "GeoJSON", source })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// How QGIS shall draw a layer.
fn style(layer: &PlanLayer, language: Language) -> String {
    let columns: Vec<&str> = layer.attributes.iter().map(|(name, _)| name).collect();
    qml(&layer.style, layer.geometry.kind(), FATE, &columns, language)
}

/// Writes the layers: one GeoPackage with the styles inside, or a GeoJSON file for each with its style beside it, by the ending of `path`.
/// Words of the legend are in `language`. Returns what was written.
///
/// # Errors
/// When a file exists already or cannot be written.
pub fn save_plan(path: &Path, layers: &[PlanLayer], epsg: u32, language: Language, control: &Control) -> Result<Vec<PathBuf>, ExportError> {
    let styles: Vec<String> = layers.iter().map(|l| style(l, language)).collect();
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gpkg")) {
        let sheets: Vec<WriteLayer> = layers
            .iter()
            .zip(&styles)
            .map(|(l, style)| WriteLayer {
                name: &l.name,
                description: &l.slot.0,
                geometry: &l.geometry,
                attributes: &l.attributes,
                style: Some(style),
            })
            .collect();
        geopackage(path, epsg, &sheets, control)?;
        return Ok(vec![path.to_owned()]);
    }
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    // QGIS takes the style that is called like the file. A file of one layer bears the name that was asked for.
    let files: Vec<[PathBuf; 2]> = layers
        .iter()
        .map(|layer| match layers.len() {
            1 => stem.clone(),
            _ => format!("{stem}-{}", layer.name),
        })
        .map(|name| ["geojson", "qml"].map(|ending| path.with_file_name(format!("{name}.{ending}"))))
        .collect();
    // The files of a project are GeoJSON too: nothing is overwritten.
    if let Some(file) = files.iter().flatten().find(|f| f.exists()) {
        return Err(WriteError::Exists { file: file.clone() }.into());
    }
    for ((layer, style), [data, look]) in layers.iter().zip(styles).zip(&files) {
        save(data, &plan_geojson(layer, epsg)?)?;
        save(look, style.as_bytes())?;
    }
    Ok(files.into_iter().flatten().collect())
}
