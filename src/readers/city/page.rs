//! CityJSON as it is written (cityjson.org, 1.1 and 2.0): a document, or one line of a sequence. Objects that do not fit the types stay in
//! the list without their content.

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

/// A document, or the first line of a sequence, or a later line.
#[derive(Deserialize)]
pub(super) struct Page {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) version: Option<Value>,
    #[serde(default)]
    pub(super) transform: Option<Transform>,
    #[serde(rename = "CityObjects", default)]
    pub(super) objects: Entries,
    #[serde(default)]
    pub(super) vertices: Vec<[f64; 3]>,
    #[serde(default)]
    pub(super) metadata: Option<Metadata>,
}

/// How whole numbers become coordinates.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Transform {
    pub(super) scale: [f64; 3],
    pub(super) translate: [f64; 3],
}

/// What concerns the whole document.
#[derive(Deserialize)]
pub(super) struct Metadata {
    #[serde(rename = "referenceSystem", default)]
    pub(super) crs: Option<String>,
    #[serde(rename = "geographicalExtent", default)]
    pub(super) extent: Option<[f64; 6]>,
}

/// One object.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Entry {
    Fine(CityObject),
    Odd(Odd),
}

/// An object whose other members do not fit.
#[derive(Deserialize)]
pub(super) struct Odd {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    parents: Vec<String>,
}

/// What decides where an object belongs.
pub(super) struct Glance<'a> {
    pub(super) kind: &'a str,
    pub(super) parents: &'a [String],
}

impl Entry {
    pub(super) fn glance(&self) -> Option<Glance<'_>> {
        let (kind, parents) = match self {
            Self::Fine(o) => (o.kind.as_str(), o.parents.as_slice()),
            Self::Odd(o) => (o.kind.as_str(), o.parents.as_slice()),
        };
        (!kind.is_empty()).then_some(Glance { kind, parents })
    }
}

#[derive(Deserialize)]
pub(super) struct CityObject {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    parents: Vec<String>,
    #[serde(default)]
    pub(super) attributes: Option<Map<String, Value>>,
    #[serde(default)]
    pub(super) address: Option<Vec<Map<String, Value>>>,
    #[serde(default)]
    pub(super) geometry: Option<Vec<Geometry>>,
}

#[derive(Deserialize)]
pub(super) struct Geometry {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    lod: Value,
    #[serde(default)]
    pub(super) boundaries: Nest,
    #[serde(default)]
    pub(super) semantics: Option<Semantics>,
}

impl Geometry {
    /// The level before the dot: "2.2" is 2.
    pub(super) fn lod(&self) -> u8 {
        let text = match &self.lod {
            Value::String(t) => t.clone(),
            other => other.to_string(),
        };
        let digit = text.bytes().next().filter(|b| (b'0'..=b'4').contains(b));
        digit.map_or(0, |b| b - b'0')
    }
}

#[derive(Deserialize)]
pub(super) struct Semantics {
    #[serde(default)]
    pub(super) surfaces: Vec<SemanticSurface>,
    #[serde(default)]
    pub(super) values: Nest,
}

#[derive(Deserialize)]
pub(super) struct SemanticSurface {
    #[serde(rename = "type", default)]
    pub(super) kind: String,
}

/// Indices in lists in lists.
#[derive(Default)]
pub(super) enum Nest {
    Index(u32),
    List(Vec<Nest>),
    /// Null, or what is no index.
    #[default]
    Other,
}

impl Nest {
    pub(super) fn list(&self) -> Option<&[Nest]> {
        if let Self::List(l) = self { Some(l) } else { None }
    }
}

impl<'de> Deserialize<'de> for Nest {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Nest;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("indices")
            }
            fn visit_u64<E>(self, v: u64) -> Result<Nest, E> {
                Ok(u32::try_from(v).map_or(Nest::Other, Nest::Index))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Nest, E> {
                Ok(u32::try_from(v).map_or(Nest::Other, Nest::Index))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Nest, E> {
                Ok(Nest::Other)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Nest, E> {
                Ok(Nest::Other)
            }
            fn visit_str<E>(self, _: &str) -> Result<Nest, E> {
                Ok(Nest::Other)
            }
            fn visit_unit<E>(self) -> Result<Nest, E> {
                Ok(Nest::Other)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Nest, A::Error> {
                let mut list = vec![];
                while let Some(n) = seq.next_element()? {
                    list.push(n);
                }
                Ok(Nest::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Nest, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Nest::Other)
            }
        }
        d.deserialize_any(V)
    }
}

/// Objects in the order of the file. A name that comes twice stays twice.
#[derive(Default)]
pub(super) struct Entries(pub(super) Vec<(String, Entry)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Entries;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("city objects by id")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut out = vec![];
                while let Some(entry) = map.next_entry::<String, Entry>()? {
                    out.push(entry);
                }
                Ok(Entries(out))
            }
        }
        d.deserialize_map(V)
    }
}
