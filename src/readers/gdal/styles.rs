//! Styles inside a GeoPackage, as QGIS looks for them: a table without geometry called `layer_styles`, one row a layer, registered like any
//! other table of attributes.

use super::write::GEOMETRY;
use gdal::{
    Dataset,
    vector::{LayerAccess, LayerOptions},
};
use gdal_sys::{OGRErr, OGRFieldSubType, OGRFieldType, OGRwkbGeometryType};
use std::ffi::{CString, c_int};

/// The table and the name of each style in it.
const TABLE: &str = "layer_styles";
const STYLE: &str = "Stadtschicht";

/// Name, type and length (0: any), in the order in which QGIS writes them.
const COLUMNS: [(&str, OGRFieldType::Type, c_int); 12] = [
    ("f_table_catalog", OGRFieldType::OFTString, 256),
    ("f_table_schema", OGRFieldType::OFTString, 256),
    ("f_table_name", OGRFieldType::OFTString, 256),
    ("f_geometry_column", OGRFieldType::OFTString, 256),
    ("styleName", OGRFieldType::OFTString, 30),
    ("styleQML", OGRFieldType::OFTString, 0),
    ("styleSLD", OGRFieldType::OFTString, 0),
    ("useAsDefault", OGRFieldType::OFTInteger, 0),
    ("description", OGRFieldType::OFTString, 0),
    ("owner", OGRFieldType::OFTString, 30),
    ("ui", OGRFieldType::OFTString, 30),
    ("update_time", OGRFieldType::OFTDateTime, 0),
];

/// Writes one style for each layer, by the layer's name; QGIS takes it by itself when the layer is opened.
///
/// # Errors
/// What was being written, where the file does not take it.
pub(super) fn write_styles(ds: &mut Dataset, styles: &[(&str, &str)]) -> Result<(), String> {
    let layer = ds
        .create_layer(LayerOptions {
            name: TABLE,
            srs: None,
            ty: OGRwkbGeometryType::wkbNone,
            options: Some(&["ASPATIAL_VARIANT=GPKG_ATTRIBUTES", "FID=id"]),
        })
        .map_err(|e| e.to_string())?;
    // SAFETY: the layer lives as long as the dataset, which is borrowed by `layer`.
    let handle = unsafe { layer.c_layer() };
    for (name, ty, width) in COLUMNS {
        let c_name = CString::new(name).map_err(|e| e.to_string())?;
        // SAFETY: the definition is copied by the layer and destroyed here.
        let done = unsafe {
            let field = gdal_sys::OGR_Fld_Create(c_name.as_ptr(), ty);
            gdal_sys::OGR_Fld_SetWidth(field, width);
            if ty == OGRFieldType::OFTInteger {
                gdal_sys::OGR_Fld_SetSubType(field, OGRFieldSubType::OFSTBoolean);
            }
            let done = gdal_sys::OGR_L_CreateField(handle, field, 0);
            gdal_sys::OGR_Fld_Destroy(field);
            done
        };
        if done != OGRErr::OGRERR_NONE {
            return Err(format!("{TABLE}.{name}"));
        }
    }
    for (table, qml) in styles {
        // QGIS asks for an empty schema and an empty catalogue, not for none.
        let texts = [
            ("f_table_catalog", ""),
            ("f_table_schema", ""),
            ("f_table_name", *table),
            ("f_geometry_column", GEOMETRY),
            ("styleName", STYLE),
            ("styleQML", *qml),
            ("styleSLD", ""),
            ("description", "Stadtschicht"),
            ("owner", ""),
        ];
        let texts: Vec<(c_int, CString)> = texts
            .iter()
            .map(|(name, text)| Ok((place(name), CString::new(text.replace('\0', " ")).map_err(|e| e.to_string())?)))
            .collect::<Result<_, String>>()?;
        // SAFETY: every index is one of the fields made above, texts outlive their calls, and the feature is destroyed.
        let done = unsafe {
            let feature = gdal_sys::OGR_F_Create(gdal_sys::OGR_L_GetLayerDefn(handle));
            for (k, text) in &texts {
                gdal_sys::OGR_F_SetFieldString(feature, *k, text.as_ptr());
            }
            gdal_sys::OGR_F_SetFieldInteger(feature, place("useAsDefault"), 1);
            // Not the time of writing: the same plan gives the same bytes. Whatever a person saves later is newer.
            gdal_sys::OGR_F_SetFieldDateTime(feature, place("update_time"), 2000, 1, 1, 0, 0, 0, 100);
            let done = gdal_sys::OGR_L_CreateFeature(handle, feature);
            gdal_sys::OGR_F_Destroy(feature);
            done
        };
        if done != OGRErr::OGRERR_NONE {
            return Err(format!("{TABLE}: {table}"));
        }
    }
    Ok(())
}

/// The place of a column; all names stand in [`COLUMNS`].
fn place(name: &str) -> c_int {
    COLUMNS.iter().position(|c| c.0 == name).map_or(-1, |k| k as c_int)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Column, Geometries, GeometriesBuilder, GeometryKind, Table},
        progress::Control,
        readers::gdal::write::{WriteLayer, geopackage},
    };
    use std::path::Path;

    fn point() -> Geometries {
        let mut b = GeometriesBuilder::new(GeometryKind::Point);
        b.ring([[390_000.0, 5_820_000.0]]);
        b.end_part();
        b.end_feature();
        b.finish()
    }

    fn write(path: &Path, styles: [Option<&str>; 2]) {
        let geometry = point();
        let mut attributes = Table::default();
        attributes.set("n", Column::from_texts([Some("x")]));
        let layer = |name, style| WriteLayer {
            name,
            description: "",
            geometry: &geometry,
            attributes: &attributes,
            style,
        };
        geopackage(path, 25833, &[layer("a", styles[0]), layer("b", styles[1])], &Control::default()).unwrap();
    }

    #[test]
    fn styles_lie_in_the_table_where_qgis_looks_for_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("p.gpkg");
        write(&path, [Some("<qgis k=\"ä\"/>"), None]);
        let ds = Dataset::open(&path).unwrap();
        let mut layer = ds.layer_by_name(TABLE).unwrap();
        let names: Vec<String> = layer.defn().fields().map(|f| f.name()).collect();
        assert_eq!(names, COLUMNS.map(|c| c.0));
        assert_eq!(layer.feature_count(), 1);
        let row = layer.features().next().unwrap();
        let text = |name: &str| row.field(place(name) as usize).unwrap().and_then(|v| v.into_string());
        // QGIS compares with an empty text.
        assert_eq!(
            (text("f_table_catalog"), text("f_table_schema")),
            (Some(String::new()), Some(String::new()))
        );
        assert_eq!(
            (text("f_table_name"), text("f_geometry_column")),
            (Some("a".into()), Some("geom".into()))
        );
        assert_eq!(text("styleQML").as_deref(), Some("<qgis k=\"ä\"/>"));
        assert_eq!(row.field_as_integer(place("useAsDefault") as usize).unwrap(), Some(1));
        let mut contents = ds
            .execute_sql(
                "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'",
                None,
                gdal::vector::sql::Dialect::DEFAULT,
            )
            .unwrap()
            .unwrap();
        let kind = contents.features().next().unwrap().field_as_string(0).unwrap();
        assert_eq!(kind.as_deref(), Some("attributes"));
    }

    #[test]
    fn a_package_without_styles_has_no_table_and_the_same_styles_give_the_same_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| dir.path().join(name);
        write(&file("none.gpkg"), [None, None]);
        assert!(Dataset::open(file("none.gpkg")).unwrap().layer_by_name(TABLE).is_err());
        for name in ["one.gpkg", "two.gpkg"] {
            write(&file(name), [Some("<qgis/>"), Some("<qgis/>")]);
        }
        assert_eq!(std::fs::read(file("one.gpkg")).unwrap(), std::fs::read(file("two.gpkg")).unwrap());
    }
}
