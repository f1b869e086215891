//! A fixture file made into a city in memory.

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use stadtschicht::{
    index::IndexedLayer,
    model::{
        Column, Coverage, Geometries, GeometriesBuilder, GeometryKind, Layer, LocalText, Provenance, Quantity, Raster, Report, SlotId,
        Table, Value,
    },
    modules::{self, ModuleDef, SlotDef, SlotGeometry},
    project::{City, ProjectInfo, Slot, SlotData},
};
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// A fixture as read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    #[serde(rename = "type")]
    _kind: String,
    crs: Json,
    #[serde(rename = "note")]
    _note: String,
    state: Option<String>,
    #[serde(default)]
    coverage: BTreeMap<SlotId, Json>,
    /// What the rule must answer.
    pub expect: Expectation,
    features: Vec<Feature>,
}

#[derive(Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case", deny_unknown_fields)]
pub enum Expectation {
    Conflict(ConflictExpected),
    Clear,
    Unknown { unknown_area_m2: f64 },
    NotApplicable,
}

impl Expectation {
    pub fn verdict(&self) -> &'static str {
        match self {
            Self::Conflict(_) => "conflict",
            Self::Clear => "clear",
            Self::Unknown { .. } => "unknown",
            Self::NotApplicable => "not_applicable",
        }
    }
}

#[derive(Deserialize)]
pub struct ConflictExpected {
    pub severity: u8,
    pub measured: Quantity,
    pub threshold: Quantity,
    pub objects: Vec<String>,
    pub area_m2: Option<f64>,
    pub share_percent: Option<f64>,
}

#[derive(Deserialize)]
struct Feature {
    id: String,
    properties: Map<String, Json>,
    geometry: Json,
}

impl Feature {
    fn slot(&self) -> SlotId {
        self.properties["slot"].as_str().unwrap().into()
    }
}

/// Nothing is bound.
pub fn missing() -> SlotData {
    SlotData::Missing {
        reason: LocalText::new("nicht gebunden.", "not bound."),
    }
}

impl Fixture {
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let fixture: Self = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(fixture.crs.to_string().contains("EPSG::25833"), "{}", path.display());
        fixture
    }

    /// All modules with this one rule, because several may look at the same layers, and the slots filled that fixture and rule name.
    pub fn city(&self, modules: &[ModuleDef], rule: &str) -> City {
        let rule = modules.iter().flat_map(|m| &m.rules).find(|r| r.id == rule).unwrap();
        let read = modules::inputs(rule, self.state.as_deref());
        let mut slots = vec![];
        for module in modules {
            for def in &module.slots {
                let id = def.full_id(&module.id);
                let features: Vec<&Feature> = self.features.iter().filter(|f| f.slot() == id).collect();
                let data = match (features.as_slice(), def.geometry) {
                    ([], SlotGeometry::Raster) => missing(),
                    ([], _) if !read.contains_key(&id) => missing(),
                    ([grid], SlotGeometry::Raster) => SlotData::Raster(Arc::new(raster(grid))),
                    (features, _) => SlotData::Vector(IndexedLayer::new(self.layer(&id, def, features))),
                };
                slots.push(Slot {
                    id,
                    def: Arc::new(def.clone()),
                    data,
                });
            }
        }
        let mut settled = modules.to_vec();
        for module in &mut settled {
            module.rules.retain(|r| r.id == rule.id);
            module.rules.iter_mut().for_each(|r| modules::settle(r, self.state.as_deref()));
        }
        let unknown: Vec<SlotId> = self
            .features
            .iter()
            .map(Feature::slot)
            .filter(|id| slots.iter().all(|s| s.id != *id))
            .collect();
        assert!(unknown.is_empty(), "no such slot: {unknown:?}");
        City {
            info: Arc::new(ProjectInfo {
                folder: ".".into(),
                title: LocalText::same("Fixture"),
                epsg: 25833,
                state: self.state.clone(),
                site: [389_000.0, 5_820_000.0],
                area_of_interest: None,
                views: vec![],
                groups: vec![],
                synthetic: true,
                derived: vec![],
                refills: vec![],
            }),
            modules: Arc::new(settled),
            slots,
            backdrops: vec![],
            extra: vec![],
            report: Report::default(),
        }
    }

    fn layer(&self, id: &SlotId, def: &SlotDef, features: &[&Feature]) -> Layer {
        let shapes: Vec<&Json> = features.iter().map(|f| &f.geometry).collect();
        let mut names: Vec<&String> = vec![];
        for name in features.iter().flat_map(|f| f.properties.keys()).filter(|n| *n != "slot") {
            assert!(def.attributes.iter().any(|a| a.name == *name), "{id} has no attribute {name}");
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut attributes = Table::default();
        for name in names {
            let values: Vec<Value> = features.iter().map(|f| value(f.properties.get(name))).collect();
            attributes.set(name, Column::from_values(&values));
        }
        let geometry = geometries(&shapes).unwrap_or_else(|| GeometriesBuilder::new(kind_of(def.geometry)).finish());
        assert!(def.geometry.accepts(geometry.kind()), "{id}");
        Layer {
            slot: id.clone(),
            geometry,
            bodies: None,
            attributes,
            ids: features.iter().map(|f| f.id.as_str().into()).collect(),
            provenance: vec![Provenance::default()],
            coverage: self
                .coverage
                .get(id)
                .and_then(|g| geometries(&[g]))
                .map_or(Coverage::Undeclared, Coverage::Polygons),
            report: Report::default(),
        }
    }
}

fn kind_of(geometry: SlotGeometry) -> GeometryKind {
    match geometry {
        SlotGeometry::Line => GeometryKind::Line,
        SlotGeometry::Polygon => GeometryKind::Polygon,
        _ => GeometryKind::Point,
    }
}

fn value(json: Option<&Json>) -> Value {
    match json {
        None | Some(Json::Null) => Value::Null,
        Some(Json::Bool(b)) => Value::Boolean(*b),
        Some(Json::String(s)) => Value::Text(s.as_str().into()),
        Some(n) => n.as_i64().map_or_else(|| Value::Real(n.as_f64().unwrap()), Value::Integer),
    }
}

fn point(json: &Json) -> [f64; 2] {
    [json[0].as_f64().unwrap(), json[1].as_f64().unwrap()]
}

fn geometries(shapes: &[&Json]) -> Option<Geometries> {
    let kind = match shapes.first()?["type"].as_str()? {
        "Point" => GeometryKind::Point,
        "LineString" => GeometryKind::Line,
        "Polygon" => GeometryKind::Polygon,
        other => panic!("{other} is not used in fixtures"),
    };
    let mut out = GeometriesBuilder::new(kind);
    for shape in shapes {
        let c = &shape["coordinates"];
        match kind {
            GeometryKind::Point => {
                out.ring([point(c)]);
            }
            GeometryKind::Line => {
                out.ring(c.as_array()?.iter().map(point));
            }
            GeometryKind::Polygon => {
                for ring in c.as_array()? {
                    out.ring(ring.as_array()?.iter().map(point));
                }
            }
        }
        out.end_part().end_feature();
    }
    Some(out.finish())
}

fn raster(feature: &Feature) -> Raster {
    let grid = &feature.properties["grid"];
    let cell = grid["cell_m"].as_f64().unwrap();
    let width = grid["columns"].as_u64().unwrap() as usize;
    let values: Vec<f32> = grid["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_f64().map_or(f32::NAN, |v| v as f32))
        .collect();
    let extent = geometries(&[&feature.geometry]).unwrap().extent();
    Raster {
        width,
        height: values.len() / width,
        origin: [extent.min[0], extent.max[1]],
        cell_m: [cell, cell],
        values,
        provenance: vec![],
    }
}
