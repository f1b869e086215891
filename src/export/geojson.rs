//! Conflicts as RFC 7946 GeoJSON: longitude and latitude (EPSG:4326), exteriors counter-clockwise, one feature a conflict.

use super::{ExportError, Exporter, Results};
use crate::{layers::ProjectCrs, model::LocalText};
use geo::{
    Geometry, LineString, Polygon,
    algorithm::{Orient, orient::Direction},
};
use serde_json::{Map, Value, json};

/// The map layer.
pub(super) struct GeoJson;

/// A millimetre is about 1e-8 degrees; more digits would be noise of the transformation.
const DIGITS: f64 = 1e8;

impl Exporter for GeoJson {
    fn name(&self) -> &'static str {
        "geojson"
    }

    fn about(&self) -> LocalText {
        LocalText::new(
            "Ein Objekt je Konflikt für Karten, in Länge und Breite.",
            "One feature a conflict for maps, in longitude and latitude.",
        )
    }

    fn bytes(&self, results: &Results) -> Result<Vec<u8>, ExportError> {
        let place = degrees(results.city.info.epsg)?;
        let mut box_of_all = NO_BOX;
        let mut features = Vec::with_capacity(results.evaluation.conflicts.len());
        for c in &results.evaluation.conflicts {
            let mut writer = Writer::new(&place, &mut box_of_all);
            let geometry = writer.geometry(&c.geometry)?;
            let anchor = writer.point(c.anchor)?;
            features.push(json!({
                "type": "Feature",
                "id": c.id,
                "geometry": geometry,
                "properties": properties(results, c, anchor)?,
            }));
        }
        let mut document = json!({
            "type": "FeatureCollection",
            "features": features,
            "stadtschicht": {
                "program": Results::program(),
                "project": results.project(),
                "summary": results.summary(),
                "sources": results.sources(),
            },
        });
        close(&mut document, box_of_all)
    }
}

/// The box of nothing.
pub(super) const NO_BOX: [f64; 4] = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];

/// From the project CRS to longitude and latitude.
pub(super) fn degrees(epsg: u32) -> Result<impl Fn([f64; 2]) -> Result<[f64; 2], ExportError>, ExportError> {
    let crs = ProjectCrs::from_epsg(epsg).map_err(|source| ExportError::Crs { epsg, source })?;
    Ok(move |[x, y]: [f64; 2]| crs.to_lonlat([x, y]).ok_or(ExportError::Place { x, y, epsg }))
}

/// The finished file, with the box where there is one.
pub(super) fn close(document: &mut Value, bbox: [f64; 4]) -> Result<Vec<u8>, ExportError> {
    if let (true, Some(fields)) = (bbox[0] <= bbox[2], document.as_object_mut()) {
        fields.insert("bbox".into(), json!(bbox));
    }
    let mut bytes = serde_json::to_vec(document).map_err(failed)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn failed(source: serde_json::Error) -> ExportError {
    ExportError::Format { format: "GeoJSON", source }
}

fn properties(results: &Results, c: &crate::model::Conflict, anchor: Value) -> Result<Value, ExportError> {
    let mut fields: Map<String, Value> = match serde_json::to_value(c).map_err(failed)? {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    // Both are in the project CRS; a map reader expects degrees.
    fields.remove("bbox");
    fields.insert("anchor".into(), anchor);
    if let Some(rule) = results.rule(c) {
        fields.insert("title".into(), json!(rule.title));
        fields.insert("office".into(), json!(rule.office));
        fields.insert("legal_source".into(), json!(rule.source));
    }
    let review = results.review(c);
    fields.insert("status".into(), json!(review.status));
    fields.insert("note".into(), json!(review.note));
    Ok(Value::Object(fields))
}

/// Geometry in longitude and latitude, one shape after another, with the box of all.
pub(super) struct Shapes<'a> {
    crs: &'a ProjectCrs,
    epsg: u32,
    bbox: [f64; 4],
}

impl<'a> Shapes<'a> {
    pub fn new(crs: &'a ProjectCrs, epsg: u32) -> Self {
        Self {
            crs,
            epsg,
            bbox: [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY],
        }
    }

    pub fn geometry(&mut self, geometry: &Geometry<f64>) -> Result<Value, ExportError> {
        let (crs, epsg) = (self.crs, self.epsg);
        let place = |[x, y]: [f64; 2]| crs.to_lonlat([x, y]).ok_or(ExportError::Place { x, y, epsg });
        let mut writer = Writer {
            place: &place,
            bbox: &mut self.bbox,
        };
        writer.geometry(geometry)
    }

    /// West, south, east, north; nothing where there was no vertex.
    pub fn bbox(&self) -> Option<[f64; 4]> {
        (self.bbox[0] <= self.bbox[2]).then_some(self.bbox)
    }
}

/// Writes geometry in degrees and keeps the box around it.
pub(super) struct Writer<'a, F> {
    place: &'a F,
    bbox: &'a mut [f64; 4],
}

impl<'a, F: Fn([f64; 2]) -> Result<[f64; 2], ExportError>> Writer<'a, F> {
    /// For one feature of a collection.
    pub fn new(place: &'a F, bbox: &'a mut [f64; 4]) -> Self {
        Self { place, bbox }
    }

    fn point(&mut self, p: [f64; 2]) -> Result<Value, ExportError> {
        let [lon, lat] = (self.place)(p)?.map(|v| (v * DIGITS).round() / DIGITS);
        let b = &mut *self.bbox;
        *b = [b[0].min(lon), b[1].min(lat), b[2].max(lon), b[3].max(lat)];
        Ok(json!([lon, lat]))
    }

    fn line(&mut self, line: &LineString<f64>) -> Result<Value, ExportError> {
        line.coords().map(|c| self.point([c.x, c.y])).collect()
    }

    fn polygon(&mut self, polygon: &Polygon<f64>) -> Result<Value, ExportError> {
        let polygon = polygon.orient(Direction::Default);
        [polygon.exterior()]
            .into_iter()
            .chain(polygon.interiors())
            .map(|r| self.line(r))
            .collect()
    }

    pub fn geometry(&mut self, geometry: &Geometry<f64>) -> Result<Value, ExportError> {
        let (kind, coordinates): (_, Value) = match geometry {
            Geometry::Point(p) => ("Point", self.point([p.x(), p.y()])?),
            Geometry::MultiPoint(m) => (
                "MultiPoint",
                m.iter().map(|p| self.point([p.x(), p.y()])).collect::<Result<_, _>>()?,
            ),
            Geometry::LineString(l) => ("LineString", self.line(l)?),
            Geometry::MultiLineString(m) => ("MultiLineString", m.iter().map(|l| self.line(l)).collect::<Result<_, _>>()?),
            Geometry::Polygon(p) => ("Polygon", self.polygon(p)?),
            Geometry::MultiPolygon(m) => ("MultiPolygon", m.iter().map(|p| self.polygon(p)).collect::<Result<_, _>>()?),
            Geometry::Line(l) => ("LineString", self.line(&LineString::from(*l))?),
            Geometry::Rect(r) => ("Polygon", self.polygon(&r.to_polygon())?),
            Geometry::Triangle(t) => ("Polygon", self.polygon(&t.to_polygon())?),
            Geometry::GeometryCollection(c) => {
                let members: Value = c.iter().map(|g| self.geometry(g)).collect::<Result<_, _>>()?;
                return Ok(json!({ "type": "GeometryCollection", "geometries": members }));
            }
        };
        Ok(json!({ "type": kind, "coordinates": coordinates }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn exteriors_turn_left_and_the_box_holds_everything() {
        let clockwise = polygon![
            exterior: [(x: 0.0, y: 0.0), (x: 0.0, y: 4.0), (x: 4.0, y: 4.0), (x: 4.0, y: 0.0)],
            interiors: [[(x: 1.0, y: 1.0), (x: 2.0, y: 1.0), (x: 2.0, y: 2.0)]],
        ];
        let place = |p: [f64; 2]| Ok([p[0] / 10.0 + 1e-12, p[1] / 10.0]);
        let mut bbox = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let mut writer = Writer {
            place: &place,
            bbox: &mut bbox,
        };
        let value = writer.geometry(&clockwise.into()).unwrap();
        assert_eq!(value["type"], "Polygon");
        let area = |ring: &Value| {
            let p: Vec<[f64; 2]> = serde_json::from_value(ring.clone()).unwrap();
            p.windows(2).map(|w| w[0][0] * w[1][1] - w[1][0] * w[0][1]).sum::<f64>()
        };
        assert!(area(&value["coordinates"][0]) > 0.0);
        assert!(area(&value["coordinates"][1]) < 0.0);
        assert_eq!(bbox, [0.0, 0.0, 0.4, 0.4]);
    }
}
