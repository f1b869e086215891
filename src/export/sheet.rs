//! Findings that are a table with a place for each row: CSV, GeoJSON and JSON of one and the same sheet.

use super::{
    ExportError, Results,
    geojson::{NO_BOX, Writer, close, degrees},
    table::Rows,
};
use crate::{i18n, model::Language, project::City};
use geo::Geometry;
use serde_json::{Map, Value, json};

/// The JSON's own number: it grows when a field changes its meaning or goes away.
const SCHEMA: u32 = 1;

/// One column: its name in files for programs and the interface text of its heading.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name of the property.
    pub name: &'static str,
    /// Key of the heading.
    pub heading: &'static str,
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A number with the places that are shown; unknown stays empty.
    Number(Option<f64>, usize),
}

impl Cell {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// A row of the table, a feature of the map.
#[derive(Debug, Clone)]
pub struct SheetRow {
    /// Where, in the project CRS.
    pub geometry: Option<Geometry<f64>>,
    /// As many as there are columns.
    pub cells: Vec<Cell>,
}

/// A table in the making.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// The city.
    pub city: &'a City,
    /// Language of headings.
    pub language: Language,
    /// `stadtschicht.<format>` in the JSON.
    pub format: &'static str,
    /// Columns.
    pub columns: &'static [Column],
    /// Rows.
    pub rows: Vec<SheetRow>,
    /// The complete account for programs: fields that join format, program and project in the JSON.
    pub account: Map<String, Value>,
}

impl Sheet<'_> {
    /// RFC 4180 for spreadsheets.
    pub fn csv(&self) -> Vec<u8> {
        let mut table = Rows::new(self.language);
        for column in self.columns {
            table.text(&i18n::tr(self.language, column.heading));
        }
        table.end();
        for row in &self.rows {
            for cell in &row.cells {
                match cell {
                    Cell::Text(text) => table.text(text),
                    Cell::Number(value, places) => table.number(*value, *places),
                }
            }
            table.end();
        }
        table.into_bytes()
    }

    /// One feature a row, in longitude and latitude.
    ///
    /// # Errors
    /// When a place has no longitude and latitude.
    pub fn geojson(&self) -> Result<Vec<u8>, ExportError> {
        let place = degrees(self.city.info.epsg)?;
        let mut bbox = NO_BOX;
        let mut features = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let geometry = match &row.geometry {
                Some(g) => Writer::new(&place, &mut bbox).geometry(g)?,
                None => Value::Null,
            };
            let properties: Map<String, Value> = self
                .columns
                .iter()
                .zip(&row.cells)
                .map(|(column, cell)| (column.name.to_owned(), value(cell)))
                .collect();
            features.push(json!({ "type": "Feature", "geometry": geometry, "properties": properties }));
        }
        let mut document = json!({
            "type": "FeatureCollection",
            "features": features,
            "stadtschicht": { "format": format!("stadtschicht.{}", self.format), "program": Results::program(), "project": self.project() },
        });
        close(&mut document, bbox)
    }

    /// The complete account in both languages.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn json(&self) -> Result<Vec<u8>, ExportError> {
        let mut document = json!({
            "format": format!("stadtschicht.{}", self.format),
            "schema": SCHEMA,
            "program": Results::program(),
            "project": self.project(),
        });
        if let Some(fields) = document.as_object_mut() {
            fields.extend(self.account.clone());
        }
        let failed = |source| ExportError::Format { format: "JSON", source };
        let mut bytes = serde_json::to_vec_pretty(&document).map_err(failed)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn project(&self) -> Value {
        let info = &self.city.info;
        json!({ "title": info.title, "crs": format!("EPSG:{}", info.epsg), "state": info.state, "synthetic": info.synthetic })
    }
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Text(text) => json!(text),
        Cell::Number(value, places) => {
            let scale = 10f64.powi(*places as i32);
            json!(value.filter(|v| v.is_finite()).map(|v| (v * scale).round() / scale))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::TestCity;

    #[test]
    fn one_sheet_is_a_table_and_a_map_and_unknown_stays_empty() {
        let city = TestCity::new().build();
        let sheet = Sheet {
            city: &city,
            language: Language::De,
            format: "test",
            columns: &[
                Column {
                    name: "id",
                    heading: "zoning-column-plot",
                },
                Column {
                    name: "value",
                    heading: "zoning-column-value",
                },
            ],
            rows: vec![
                SheetRow {
                    geometry: Some(geo::Point::new(500_000.0, 5_700_000.0).into()),
                    cells: vec![Cell::text("a"), Cell::Number(Some(0.2049), 2)],
                },
                SheetRow {
                    geometry: None,
                    cells: vec![Cell::text("b"), Cell::Number(None, 2)],
                },
            ],
            account: Map::new(),
        };
        let csv = String::from_utf8(sheet.csv()).unwrap();
        assert!(csv.ends_with("\r\na;0,2\r\nb;\r\n"), "{csv}");
        let map: Value = serde_json::from_slice(&sheet.geojson().unwrap()).unwrap();
        assert_eq!(map["features"][0]["properties"], json!({ "id": "a", "value": 0.2 }));
        assert!((map["features"][0]["geometry"]["coordinates"][0].as_f64().unwrap() - 9.0).abs() < 1e-6);
        assert!(map["features"][1]["geometry"].is_null() && map["features"][1]["properties"]["value"].is_null());
        assert_eq!(
            serde_json::from_slice::<Value>(&sheet.json().unwrap()).unwrap()["format"],
            "stadtschicht.test"
        );
    }
}
