//! City models: buildings and other objects with surfaces in space. CityGML and CityJSONSeq are read as streams.
//!
//! Every type of object is a layer of that name; without a name the buildings are meant. A building and each of its parts is a row; a
//! building that has no geometry of its own lends its attributes to its parts. The footprint is what the rules work with, the body is
//! what is drawn.
//!
//! Columns beside the file's own attributes: `type`, `lod`, and for buildings `building` (id of the whole building), `height_m`
//! (measured height, else that of the body; `height_from` says which), `base_m`, `top_m`, and `footprint` (`ground`, or from what it was
//! derived: `roof`, `surface`, `hull`).

mod assembly;
mod citygml;
mod cityjson;
mod columns;
mod links;
mod member;
mod object;
mod page;
mod reference;
mod words;

pub(super) use citygml::CityGml;
pub(super) use cityjson::{CityJson, is_cityjson};

use super::{AttributeInspection, LayerInspection, ReadError, VectorRequest, format::Source};
use crate::model::{Bbox, Finding, GeometryKind, Level, Value};
use assembly::Assembly;
use object::Object;
use std::collections::{BTreeMap, BTreeSet};

/// The layer that is meant when none is named.
const DEFAULT_LAYER: &str = "Building";

/// Which layer is meant, from the types the file holds; nothing when the file holds no object.
fn choose(source: &Source, request: &VectorRequest, counts: &BTreeMap<String, u64>) -> Result<Option<String>, ReadError> {
    let names = || counts.keys().cloned().collect::<Vec<_>>();
    let file = || source.given.clone();
    match &request.layer {
        Some(name) if counts.contains_key(name) => Ok(Some(name.clone())),
        Some(name) if counts.is_empty() && name == DEFAULT_LAYER => Ok(None),
        Some(name) => Err(ReadError::NoSuchLayer {
            file: file(),
            layer: name.clone(),
            layers: names(),
        }),
        None if counts.is_empty() => Ok(None),
        None if counts.contains_key(DEFAULT_LAYER) => Ok(Some(DEFAULT_LAYER.into())),
        None if counts.len() == 1 => Ok(counts.keys().next().cloned()),
        None => Err(ReadError::ChooseLayer {
            file: file(),
            layers: names(),
        }),
    }
}

/// City objects are areas; a slot for points or lines gets none.
fn refuse_kind(source: &Source, name: &str, request: &VectorRequest) -> Option<ReadError> {
    request
        .kind
        .filter(|k| *k != GeometryKind::Polygon)
        .map(|wanted| ReadError::WrongKind {
            file: source.given.clone(),
            layer: name.into(),
            wanted,
            found: GeometryKind::Polygon,
        })
}

/// Says what else the file holds.
fn name_others(assembly: &mut Assembly, name: &str, counts: &BTreeMap<String, u64>) {
    let others: Vec<(&String, &u64)> = counts.iter().filter(|(k, _)| *k != name).collect();
    if others.is_empty() {
        return;
    }
    let n = others.iter().map(|(_, n)| **n).sum();
    let list = others
        .iter()
        .take(20)
        .map(|(k, n)| format!("{n} {k}"))
        .collect::<Vec<_>>()
        .join(", ");
    let text = words::other_types(&list, n);
    assembly.add(Finding::new("RD-111", Level::Info, text.de, text.en).count(n));
}

fn layer_inspection(
    name: &str,
    counts: &[String],
    lods: Option<&BTreeSet<u8>>,
    crs: Option<String>,
    expected: u64,
    extent: Option<Bbox>,
    attributes: Vec<AttributeInspection>,
) -> LayerInspection {
    let lods: Vec<String> = lods.into_iter().flatten().map(|l| format!("LoD{l}")).collect();
    let mut geometry_type = counts.join(" + ");
    if !lods.is_empty() {
        geometry_type += &format!(" ({})", lods.join(", "));
    }
    LayerInspection {
        name: name.into(),
        kind: Some(GeometryKind::Polygon),
        geometry_type,
        crs,
        expected: Some(expected),
        extent,
        attributes,
    }
}

/// The attributes of a sample, in the order in which they come.
fn columns_of(sample: Option<&Vec<Object>>) -> Vec<AttributeInspection> {
    let mut out: Vec<AttributeInspection> = vec![];
    for (name, value) in sample.into_iter().flatten().flat_map(|o| &o.attributes) {
        let kind = match value {
            Value::Boolean(_) => "boolean",
            Value::Integer(_) => "integer",
            Value::Real(_) => "real",
            _ => "text",
        };
        let full = out.len() >= 250;
        match out.iter_mut().find(|a| a.name == *name) {
            Some(a) if a.kind == kind => {}
            Some(a) if matches!((a.kind, kind), ("integer", "real") | ("real", "integer")) => a.kind = "real",
            Some(a) => a.kind = "text",
            None if full => {}
            None => out.push(AttributeInspection {
                name: super::printable(name),
                kind,
            }),
        }
    }
    out
}
