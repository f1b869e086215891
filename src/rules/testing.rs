//! Small cities for the tests of this room.

use crate::{
    index::IndexedLayer,
    model::{
        Column, Coverage, Geometries, GeometriesBuilder, GeometryKind, Layer, LocalText, Provenance, Raster, Report, SlotId, Table, Value,
    },
    modules::{ModuleDef, RuleDef, SlotDef},
    project::{City, ProjectInfo, Slot, SlotData},
};
use std::sync::Arc;

/// A rectangle by its corners.
pub fn rect(x0: f64, y0: f64, x1: f64, y1: f64) -> Vec<[f64; 2]> {
    vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
}

/// One simple feature: a ring, a line or a point, with its attributes.
#[derive(Debug, Clone)]
pub struct F {
    pub id: String,
    pub coords: Vec<[f64; 2]>,
    pub attributes: Vec<(&'static str, Value)>,
}

pub fn f(id: &str, coords: Vec<[f64; 2]>) -> F {
    F {
        id: id.into(),
        coords,
        attributes: vec![],
    }
}

impl F {
    pub fn text(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push((name, Value::Text(value.into())));
        self
    }

    pub fn real(mut self, name: &'static str, value: f64) -> Self {
        self.attributes.push((name, Value::Real(value)));
        self
    }

    pub fn null(mut self, name: &'static str) -> Self {
        self.attributes.push((name, Value::Null));
        self
    }
}

pub fn geometries(kind: GeometryKind, rings: &[Vec<[f64; 2]>]) -> Geometries {
    let mut b = GeometriesBuilder::new(kind);
    for ring in rings {
        b.ring(ring.iter().copied()).end_part().end_feature();
    }
    b.finish()
}

/// A layer with one official source of the year 2024.
pub fn layer(slot: &str, kind: GeometryKind, features: &[F], coverage: Coverage) -> Layer {
    let rings: Vec<_> = features.iter().map(|f| f.coords.clone()).collect();
    let mut names: Vec<&str> = vec![];
    for (name, _) in features.iter().flat_map(|f| &f.attributes) {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let mut attributes = Table::default();
    for name in names {
        let of = |f: &F| {
            f.attributes
                .iter()
                .find(|(n, _)| *n == name)
                .map_or(Value::Null, |(_, v)| v.clone())
        };
        attributes.set(name, Column::from_values(&features.iter().map(of).collect::<Vec<_>>()));
    }
    Layer {
        slot: slot.into(),
        geometry: geometries(kind, &rings),
        bodies: None,
        attributes,
        ids: features.iter().map(|f| f.id.as_str().into()).collect(),
        provenance: vec![Provenance {
            source: Some("Amt".into()),
            data_date: Some("2024".into()),
            ..Provenance::default()
        }],
        coverage,
        report: Report::default(),
    }
}

pub fn slot_def(slot: &str, attributes: &[&str]) -> SlotDef {
    let title = SlotId::from(slot).slot().to_owned();
    let mut text = format!(
        "id = '{title}'\ntitle = {{ de = '{title} (de)', en = '{title} (en)' }}\ndescription = {{ de = '', en = '' }}\ngeometry = 'any'\n"
    );
    for name in attributes {
        text += &format!("[[attribute]]\nname = '{name}'\ntitle = {{ de = '{name}', en = '{name}' }}\nkind = 'text'\n");
    }
    toml::from_str(&text).unwrap()
}

/// A city of one module `m`, from slots and rules.
pub struct TestCity {
    pub slots: Vec<Slot>,
    pub rules: Vec<RuleDef>,
    pub state: Option<String>,
    pub area: Option<Geometries>,
}

#[allow(dead_code)]
impl TestCity {
    pub fn new() -> Self {
        Self {
            slots: vec![],
            rules: vec![],
            state: None,
            area: None,
        }
    }

    fn push(mut self, slot: &str, attributes: &[&str], data: SlotData) -> Self {
        self.slots.push(Slot {
            id: slot.into(),
            def: Arc::new(slot_def(slot, attributes)),
            data,
        });
        self
    }

    pub fn layer(self, layer: Layer) -> Self {
        let names: Vec<String> = layer.attributes.names().map(str::to_owned).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let slot = layer.slot.clone();
        self.push(&slot.0, &names, SlotData::Vector(IndexedLayer::new(layer)))
    }

    /// Gives the slot that was added last a role.
    pub fn role(mut self, role: crate::modules::Role) -> Self {
        if let Some(last) = self.slots.last_mut() {
            Arc::make_mut(&mut last.def).role = Some(role);
        }
        self
    }

    pub fn polygons(self, slot: &str, features: &[F]) -> Self {
        self.layer(layer(slot, GeometryKind::Polygon, features, Coverage::Undeclared))
    }

    pub fn points(self, slot: &str, features: &[F]) -> Self {
        self.layer(layer(slot, GeometryKind::Point, features, Coverage::Undeclared))
    }

    pub fn missing(self, slot: &str) -> Self {
        let reason = LocalText::new("nicht gebunden.", "not bound.");
        self.push(slot, &[], SlotData::Missing { reason })
    }

    pub fn grid(self, slot: &str, raster: Raster) -> Self {
        self.push(slot, &[], SlotData::Raster(Arc::new(raster)))
    }

    pub fn rule(mut self, rule: RuleDef) -> Self {
        self.rules.push(rule);
        self
    }

    pub fn state(mut self, state: &str) -> Self {
        self.state = Some(state.into());
        self
    }

    pub fn build(self) -> City {
        City {
            info: Arc::new(ProjectInfo {
                folder: Default::default(),
                title: LocalText::same("Test"),
                epsg: 25832,
                state: self.state,
                site: [0.0; 2],
                area_of_interest: self.area,
                views: vec![],
                groups: vec![],
                synthetic: true,
                derived: vec![],
                refills: vec![],
            }),
            modules: Arc::new(vec![ModuleDef {
                id: "m".into(),
                title: LocalText::same("M"),
                description: LocalText::default(),
                slots: self.slots.iter().map(|s| (*s.def).clone()).collect(),
                rules: self.rules,
                ..ModuleDef::default()
            }]),
            slots: self.slots,
            backdrops: vec![],
            extra: vec![],
            report: Report::default(),
        }
    }
}

/// A rule of severity 2 between `m/sites` and `m/objects`; `predicate` and further keys are TOML.
pub fn rule(id: &str, toml_text: &str) -> RuleDef {
    let text = format!(
        r#"
id = "{id}"
status = "preview"
since = "0.1.0"
severity = 2
title = {{ de = "Titel", en = "Title" }}
what = {{ de = "Was", en = "What" }}
why = {{ de = "Warum", en = "Why" }}
reference = {{ de = "Siehe", en = "See" }}
legal_force = "richtwert"
source = "§ 1 BauGB"
evidence = "P"
office = {{ de = "Amt", en = "Office" }}
subject = {{ slot = "m/sites" }}
object = {{ slot = "m/objects" }}
{toml_text}
"#
    );
    toml::from_str(&text).unwrap()
}
