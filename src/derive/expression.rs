//! The shape of `[[derive]]` in `project.toml`.

use super::{DeriveError, LONGEST_DISTANCE_M, MOST_INPUTS};
use crate::{
    model::{LocalText, SlotId},
    modules::Filter,
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

/// What stands before the slash in the name of a derived layer.
pub const MODULE: &str = "derived";

/// How layers are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// What of the first layer lies in all others.
    Intersection,
    /// What of the first layer lies in none of the others.
    Difference,
    /// What lies in any of the layers.
    Union,
    /// What lies within a distance of the layer; a negative distance shrinks areas.
    Buffer,
    /// Features of the layer for which a filter is true.
    Filter,
}

impl Operation {
    /// All, in the order of menus.
    pub const ALL: [Self; 5] = [Self::Intersection, Self::Difference, Self::Union, Self::Buffer, Self::Filter];

    /// Whether it takes more than one layer.
    pub fn several(self) -> bool {
        matches!(self, Self::Intersection | Self::Difference | Self::Union)
    }
}

/// A layer that goes in: `"module/slot"`, or a table with a filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// `module/slot`, also `derived/id`.
    pub slot: SlotId,
    /// OGC CQL2 text over its attributes.
    pub filter: Option<String>,
}

/// A layer as it is made of others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expression {
    /// Short name: lower case, digits, underscores. The layer is `derived/<id>`.
    pub id: String,
    /// Name in the layer list.
    pub title: LocalText,
    /// How.
    pub operation: Operation,
    /// From what: the first layer gives geometry and attributes.
    pub of: Vec<Input>,
    /// Of a buffer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
    /// Areas that touch or overlap become one, without attributes. Left out: only for a union of areas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<bool>,
    /// Colour in the view, `#RRGGBB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

impl Expression {
    /// The name of the layer.
    pub fn slot(&self) -> SlotId {
        SlotId::new(MODULE, &self.id)
    }

    /// Whether the expression makes sense by itself, before any layer is looked at.
    ///
    /// # Errors
    /// What is wrong with it, naming the key.
    pub fn check(&self) -> Result<(), DeriveError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if self.id.is_empty() || self.id.len() > 60 || !self.id.chars().all(plain) {
            return Err(DeriveError::Id { id: self.id.clone() });
        }
        let fits = match self.operation.several() {
            true => (2..=MOST_INPUTS).contains(&self.of.len()),
            false => self.of.len() == 1,
        };
        if !fits {
            return Err(DeriveError::Inputs {
                operation: self.operation,
                found: self.of.len(),
            });
        }
        if self.of.iter().any(|i| i.slot == self.slot()) {
            return Err(DeriveError::Cycle {
                chain: vec![self.slot(), self.slot()],
            });
        }
        match (self.operation, self.distance_m) {
            (Operation::Buffer, Some(d)) if d.is_finite() && d != 0.0 && d.abs() <= LONGEST_DISTANCE_M => {}
            (Operation::Buffer, found) => return Err(DeriveError::Distance { found }),
            (operation, Some(_)) => return Err(DeriveError::NoDistance { operation }),
            (_, None) => {}
        }
        if self.operation == Operation::Filter && self.of.iter().any(|i| i.filter.is_none()) {
            return Err(DeriveError::NoFilter);
        }
        let color = |c: &str| c.len() == 7 && c.starts_with('#') && c[1..].bytes().all(|b| b.is_ascii_hexdigit());
        if let Some(bad) = self.color.as_deref().filter(|c| !color(c)) {
            return Err(DeriveError::Color { found: bad.to_owned() });
        }
        for input in &self.of {
            if let Some(text) = &input.filter {
                Filter::parse(text).map_err(|source| DeriveError::Filter {
                    slot: input.slot.clone(),
                    source,
                })?;
            }
        }
        Ok(())
    }
}

impl Serialize for Input {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        match &self.filter {
            None => self.slot.serialize(s),
            Some(filter) => {
                let mut map = s.serialize_map(Some(2))?;
                map.serialize_entry("slot", &self.slot)?;
                map.serialize_entry("filter", filter)?;
                map.end()
            }
        }
    }
}

// "A text or a table": a hand-written visitor keeps the parser's own message and position, which an untagged enum loses.
impl<'de> Deserialize<'de> for Input {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Spec {
            slot: SlotId,
            #[serde(default)]
            filter: Option<String>,
        }
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Input;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a layer (\"module/slot\"), or a table with `slot` and `filter`")
            }
            fn visit_str<E: serde::de::Error>(self, s: &str) -> Result<Input, E> {
                Ok(Input {
                    slot: s.into(),
                    filter: None,
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Input, A::Error> {
                let s = Spec::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Input {
                    slot: s.slot,
                    filter: s.filter,
                })
            }
        }
        d.deserialize_any(V)
    }
}
