//! What a coordinate system says about itself: PROJJSON taken apart.

use super::CrsError;
use serde_json::Value;

/// The facts that decide whether and where a coordinate system can be used.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Facts {
    /// Name ("ETRS89 / UTM zone 32N").
    pub(super) name: String,
    /// Degrees rather than lengths.
    pub(super) geographic: bool,
    /// The authority gives northing or latitude first.
    pub(super) northing_first: bool,
    /// Unit of the axes ("metre").
    pub(super) unit: String,
    /// Projection method.
    pub(super) method: String,
    /// West, south, east, north in degrees.
    pub(super) area: Option<[f64; 4]>,
}

/// Reads PROJJSON; `crs` is for messages.
pub(super) fn facts(crs: &str, projjson: &str) -> Result<Facts, CrsError> {
    let unknown = || CrsError::Unknown { crs: crs.into() };
    let json: Value = serde_json::from_str(projjson).map_err(|_| unknown())?;
    let text = |v: Option<&Value>| v.and_then(Value::as_str).unwrap_or_default().to_string();
    let mut inner = &json;
    // A compound has its horizontal part first; a bound one wraps the real one.
    for _ in 0..4 {
        inner = match inner.get("type").and_then(Value::as_str) {
            Some("CompoundCRS") => inner.pointer("/components/0").ok_or_else(unknown)?,
            Some("BoundCRS") => inner.get("source_crs").ok_or_else(unknown)?,
            _ => break,
        };
    }
    let name = text(inner.get("name"));
    let geographic = match inner.get("type").and_then(Value::as_str) {
        Some("ProjectedCRS" | "DerivedProjectedCRS") => false,
        Some("GeographicCRS") => true,
        Some(_) => return Err(CrsError::NotProjected { crs: crs.into(), name }),
        None => return Err(unknown()),
    };
    let unit = inner.pointer("/coordinate_system/axis/0/unit");
    let unit = match unit {
        Some(Value::Object(o)) => text(o.get("name")),
        other => text(other),
    };
    let first = text(inner.pointer("/coordinate_system/axis/0/direction"));
    Ok(Facts {
        geographic,
        northing_first: first == "north",
        unit,
        method: text(inner.pointer("/conversion/method/name")),
        area: area(&json).or_else(|| area(inner)),
        name,
    })
}

fn area(json: &Value) -> Option<[f64; 4]> {
    let bbox = json.get("bbox").or_else(|| json.pointer("/usages/0/bbox"))?;
    let side = |k: &str| bbox.get(k)?.as_f64();
    Some([
        side("west_longitude")?,
        side("south_latitude")?,
        side("east_longitude")?,
        side("north_latitude")?,
    ])
}
