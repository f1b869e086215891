//! One layer for other programs: GeoJSON (RFC 7946) with attributes, names and sources.

use super::{ExportError, Results, geojson::Shapes};
use crate::{geometry, layers::ProjectCrs, model::Layer, project::City};
use serde_json::{Map, json};

/// A layer of the city as GeoJSON in longitude and latitude.
///
/// # Errors
/// When a vertex has no longitude and latitude.
pub fn layer_geojson(city: &City, layer: &Layer) -> Result<Vec<u8>, ExportError> {
    let epsg = city.info.epsg;
    let crs = ProjectCrs::from_epsg(epsg).map_err(|source| ExportError::Crs { epsg, source })?;
    let mut shapes = Shapes::new(&crs, epsg);
    let mut features = Vec::with_capacity(layer.len());
    for row in 0..layer.len() {
        let mut properties = Map::new();
        for (name, column) in layer.attributes.iter() {
            properties.insert(name.to_owned(), json!(column.value(row)));
        }
        features.push(json!({
            "type": "Feature",
            "id": layer.ids[row],
            "geometry": shapes.geometry(&geometry::to_geo(&layer.geometry, row))?,
            "properties": properties,
        }));
    }
    let title = city.slot(&layer.slot).map(|s| &s.def.title);
    let mut document = json!({
        "type": "FeatureCollection",
        "features": features,
        "stadtschicht": {
            "program": Results::program(),
            "layer": layer.slot,
            "title": title,
            "data_date": layer.data_date(),
            "sources": layer.provenance,
            "report": super::results::report(&layer.report),
        },
    });
    if let (Some(bbox), Some(fields)) = (shapes.bbox(), document.as_object_mut()) {
        fields.insert("bbox".into(), json!(bbox));
    }
    let mut bytes = serde_json::to_vec(&document).map_err(|source| ExportError::Format { format: "GeoJSON", source })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Attributes under names that a GeoPackage can hold.
pub fn gpkg_table(layer: &Layer) -> crate::model::Table {
    let mut out = crate::model::Table::default();
    let ids: Vec<Option<&str>> = layer.ids.iter().map(|i| Some(&**i)).collect();
    out.set("source_id", crate::model::Column::from_texts(ids));
    for (name, column) in layer.attributes.iter() {
        let taken = ["fid", "geom", "source_id"].iter().any(|t| name.eq_ignore_ascii_case(t));
        out.set(&if taken { format!("{name}_") } else { name.to_owned() }, column.clone());
    }
    out
}
