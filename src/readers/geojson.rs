//! A strict look through a GeoJSON file (RFC 7946) before GDAL reads it: GDAL takes `NaN` for a number, an unknown `crs` for WGS 84
//! and says nothing about features it cannot read, so syntax, CRS and the number of features are settled here.

use super::format::{Expected, Precheck};
use crate::model::LocalText;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::path::Path;

/// Largest file; the text is held in memory.
const MAX_BYTES: u64 = 1 << 30;

#[derive(Default)]
struct Document {
    kind: Option<String>,
    features: Option<Features>,
    crs: Option<serde_json::Value>,
    foreign: bool,
}

#[derive(Default)]
struct Features {
    count: u64,
    text_ids: bool,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(default)]
    id: Option<serde_json::Value>,
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Document;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a GeoJSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
                use serde::de::Error;
                let mut out = Document::default();
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "type" if out.kind.is_some() => return Err(A::Error::duplicate_field("type")),
                        "features" if out.features.is_some() => return Err(A::Error::duplicate_field("features")),
                        "type" => out.kind = Some(map.next_value()?),
                        "features" => out.features = Some(map.next_value()?),
                        "crs" => out.crs = Some(map.next_value()?),
                        // TopoJSON and Esri JSON look alike and are something else.
                        "arcs" | "geometryType" | "spatialReference" => {
                            out.foreign = true;
                            map.next_value::<IgnoredAny>()?;
                        }
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(out)
            }
        }
        d.deserialize_map(V)
    }
}

impl<'de> Deserialize<'de> for Features {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Features;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("an array of features")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Features, A::Error> {
                let mut out = Features::default();
                while let Some(f) = seq.next_element::<Option<Feature>>()? {
                    out.count += 1;
                    out.text_ids |= matches!(f.and_then(|f| f.id), Some(serde_json::Value::String(_)));
                }
                Ok(out)
            }
        }
        d.deserialize_seq(V)
    }
}

/// Settles syntax, CRS and count.
pub(crate) fn check(path: &Path) -> Result<Precheck, LocalText> {
    let size = path.metadata().map_or(0, |m| m.len());
    if size > MAX_BYTES {
        return Err(LocalText::new(
            format!("{size} Byte sind zu groß für GeoJSON. Als GeoPackage speichern."),
            format!("{size} bytes are too large for GeoJSON. Save it as GeoPackage."),
        ));
    }
    let bytes = std::fs::read(path).map_err(|e| LocalText::same(e.to_string()))?;
    check_bytes(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes))
}

fn check_bytes(bytes: &[u8]) -> Result<Precheck, LocalText> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        LocalText::new(
            format!("Zeile {line} ist kein UTF-8. Mit der Kodierung UTF-8 neu speichern."),
            format!("line {line} is not UTF-8. Save it again with UTF-8 encoding."),
        )
    })?;
    let doc: Document = serde_json::from_str(text).map_err(|e| {
        let (what, line, column) = (e.to_string(), e.line(), e.column());
        LocalText::new(
            format!("Zeile {line}, Spalte {column}: kein gültiges GeoJSON ({what}). Neu exportieren."),
            format!("line {line}, column {column}: no valid GeoJSON ({what}). Export it again."),
        )
    })?;
    let other = |what: &str| {
        LocalText::new(
            format!("Das ist {what}, kein GeoJSON. Als GeoJSON oder GeoPackage speichern."),
            format!("this is {what}, not GeoJSON. Save it as GeoJSON or GeoPackage."),
        )
    };
    if doc.foreign {
        return Err(other("TopoJSON/Esri JSON"));
    }
    let kind = doc.kind.as_deref().unwrap_or_default();
    let expected = match (kind, &doc.features) {
        ("FeatureCollection", Some(f)) => f.count,
        ("FeatureCollection", None) => 0,
        (
            "Feature" | "Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon" | "GeometryCollection",
            None,
        ) => 1,
        _ => return Err(other(&format!("JSON “{}”", super::printable(kind)))),
    };
    Ok(Precheck {
        expected: Some(Expected::One(expected)),
        crs: Some(crs(doc.crs.as_ref())?),
        id_field: doc.features.is_some_and(|f| f.text_ids).then_some("id"),
        ..Precheck::default()
    })
}

/// RFC 7946 knows only WGS 84; the `crs` member of the 2008 draft is still in use.
fn crs(member: Option<&serde_json::Value>) -> Result<Option<String>, LocalText> {
    let refuse = |what: &str| {
        let what = super::printable(what);
        LocalText::new(
            format!("Koordinatensystem „{what}“ ist unbekannt. `crs` auf einen EPSG-Code setzen."),
            format!("coordinate system “{what}” is unknown. Set `crs` to an EPSG code."),
        )
    };
    let Some(member) = member.filter(|m| !m.is_null()) else {
        return Ok(Some(if member.is_some() { return Ok(None) } else { "EPSG:4326".into() }));
    };
    let named = member.get("properties").and_then(|p| p.get("name").or_else(|| p.get("code")));
    let name = match named {
        Some(serde_json::Value::String(s)) => s.trim().to_string(),
        Some(serde_json::Value::Number(n)) => format!("EPSG:{n}"),
        _ => return Err(refuse(&member.to_string())),
    };
    let upper = name.to_ascii_uppercase();
    if upper.ends_with("CRS84") || upper.ends_with("CRS84H") {
        return Ok(Some("EPSG:4326".into()));
    }
    let code = upper.rsplit([':', '/', '#']).next().and_then(|c| c.parse::<u32>().ok());
    match code {
        // Numbers of another authority would be taken for EPSG codes.
        Some(code) if upper.contains("EPSG") && !upper.starts_with('/') => Ok(Some(format!("EPSG:{code}"))),
        _ => Err(refuse(&name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crs_of(name: &str) -> Result<Option<String>, LocalText> {
        let text =
            format!(r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{name}"}}}},"features":[{{}},null]}}"#);
        let p = check_bytes(text.as_bytes())?;
        assert!(matches!(p.expected, Some(Expected::One(2))));
        Ok(p.crs.unwrap())
    }

    #[test]
    fn the_crs_is_taken_at_its_word() {
        assert_eq!(crs_of("urn:ogc:def:crs:OGC:1.3:CRS84").unwrap().unwrap(), "EPSG:4326");
        assert_eq!(crs_of("urn:ogc:def:crs:EPSG::25833").unwrap().unwrap(), "EPSG:25833");
        assert_eq!(
            crs_of("http://www.opengis.net/def/crs/EPSG/0/31468").unwrap().unwrap(),
            "EPSG:31468"
        );
        // Not WGS 84, as GDAL would have it: an unknown code stays and is refused by name later.
        assert_eq!(crs_of("EPSG:999999").unwrap().unwrap(), "EPSG:999999");
        assert!(crs_of("/etc/passwd").unwrap_err().en.contains("/etc/passwd"));
        assert!(crs_of("http://127.0.0.1:9/epsg").is_err());
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        for (text, part) in [
            (&b"{\"type\":\"FeatureCollection\",\n\"features\":[{\"x\":NaN}]}"[..], "line 2"),
            (b"{\"type\":\"FeatureCollection\",\"features\":[", "EOF"),
            (b"{\"type\":\"FeatureCollection\",\"features\":[]}}}garbage", "trailing"),
            (b"{\"type\":\"FeatureCollection\",\"type\":\"Feature\"}", "duplicate"),
            (b"{\"type\":\"Topology\",\"arcs\":[]}", "TopoJSON"),
            (b"{\"a\":\"K\xf6ln\"}", "UTF-8"),
        ] {
            let e = check_bytes(text).unwrap_err().en;
            assert!(e.contains(part), "{e}");
        }
    }
}
