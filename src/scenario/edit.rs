//! What a scenario says: named steps of edits, each with old and new, over a base that nobody touches.
//!
//! How to read a plan from outside: apply it ([`super::Plan`]) and look at the layers of the resulting city as at any other. A
//! building is a polygon in the slot with the role `buildings`, with [`super::BuildingVolume`] as its typed view; a plot or draft is a
//! polygon in the slot with the role `sites`. [`Step::edits`] tell what was touched.

use super::{EditError, Shape};
use crate::model::{Bbox, SlotId, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Attributes by name; `null` is unknown.
pub type Attributes = BTreeMap<String, Value>;

/// A feature outside its layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// Where.
    pub geometry: Shape,
    /// What it is. What is not listed is unknown.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, AnyValue>")]
    pub attributes: Attributes,
}

/// How an attribute stands in a file; only for the schema.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "describes the file, is never built")]
pub(super) enum AnyValue {
    /// Unknown.
    Unknown(()),
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Text; dates are ISO 8601.
    Text(String),
}

/// One change of one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// A new feature: drawn, copied, placed, or imported.
    Add {
        /// `module/slot`.
        #[schemars(with = "String")]
        slot: SlotId,
        /// Its id, new in the layer.
        feature: String,
        /// The feature.
        new: Feature,
    },
    /// A feature that is no more: demolished, given up.
    Remove {
        /// `module/slot`.
        #[schemars(with = "String")]
        slot: SlotId,
        /// Its id.
        feature: String,
        /// The feature as it was.
        old: Feature,
    },
    /// Another shape or place.
    Reshape {
        /// `module/slot`.
        #[schemars(with = "String")]
        slot: SlotId,
        /// Its id.
        feature: String,
        /// Geometry before.
        old: Shape,
        /// Geometry after.
        new: Shape,
    },
    /// Other attributes.
    Describe {
        /// `module/slot`.
        #[schemars(with = "String")]
        slot: SlotId,
        /// Its id.
        feature: String,
        /// The changed attributes before.
        #[schemars(with = "BTreeMap<String, AnyValue>")]
        old: Attributes,
        /// The same attributes after.
        #[schemars(with = "BTreeMap<String, AnyValue>")]
        new: Attributes,
    },
    /// Something beside the features: `status/<conflict>`, `note/<conflict>`, `weight/<use>/<criterion>`, `parameter/<rule>/<name>`, `style/<module>/<slot>/<name>`, `hidden/<module>/<slot>/<feature>`.
    Set {
        /// What.
        key: String,
        /// Before; `null` is what the project says.
        #[schemars(with = "AnyValue")]
        old: Value,
        /// After; `null` is what the project says.
        #[schemars(with = "AnyValue")]
        new: Value,
    },
}

impl Edit {
    /// The feature that it is about; nothing for settings.
    pub fn subject(&self) -> Option<(&SlotId, &str)> {
        match self {
            Self::Add { slot, feature, .. }
            | Self::Remove { slot, feature, .. }
            | Self::Reshape { slot, feature, .. }
            | Self::Describe { slot, feature, .. } => Some((slot, feature)),
            Self::Set { .. } => None,
        }
    }

    /// The edit that takes this one back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        match self.clone() {
            Self::Add { slot, feature, new } => Self::Remove { slot, feature, old: new },
            Self::Remove { slot, feature, old } => Self::Add { slot, feature, new: old },
            Self::Reshape { slot, feature, old, new } => Self::Reshape {
                slot,
                feature,
                old: new,
                new: old,
            },
            Self::Describe { slot, feature, old, new } => Self::Describe {
                slot,
                feature,
                old: new,
                new: old,
            },
            Self::Set { key, old, new } => Self::Set { key, old: new, new: old },
        }
    }
}

/// What one edit touched: everything that it could reach before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Touched {
    /// Where.
    pub slot: SlotId,
    /// Box before; empty for a new feature.
    pub before: Bbox,
    /// Box after; empty for a removed one.
    pub after: Bbox,
}

/// What a person did in one go, and undoes in one go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Name in the history ("Kita am Mühlweg: 80 Plätze").
    pub name: String,
    /// When, ISO 8601 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What; applied in this order, wholly or not at all.
    pub edits: Vec<Edit>,
}

/// Edits that a step may hold.
pub const MOST_EDITS: usize = 100_000;
/// Letters that a name may have.
const LONGEST_NAME: usize = 200;

impl Step {
    /// A step of this moment.
    ///
    /// # Errors
    /// When it holds nothing, or too much to be meant.
    pub fn new(name: &str, edits: Vec<Edit>) -> Result<Self, EditError> {
        if edits.is_empty() {
            return Err(EditError::Nothing);
        }
        if edits.len() > MOST_EDITS {
            return Err(EditError::TooManyEdits {
                found: edits.len(),
                most: MOST_EDITS,
            });
        }
        let name: String = name.trim().chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
        Ok(Self {
            name,
            at: Some(now()),
            edits,
        })
    }

    /// The step that takes this one back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self {
            name: self.name.clone(),
            at: self.at.clone(),
            edits: self.edits.iter().rev().map(Edit::inverse).collect(),
        }
    }
}

/// This moment to the second, ISO 8601 in UTC.
pub(super) fn now() -> String {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}
