//! "Why here?": every layer's value and every rule's verdict at one spot.

use super::Verdict;
use crate::model::{LocalText, Quantity, Severity, SlotId};
use serde::Serialize;

/// What a layer says at a spot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpotLayer {
    /// Slot.
    pub slot: SlotId,
    /// Features under the spot: id, label and the attributes the slot names. A raster gives one entry.
    pub values: Vec<SpotValue>,
    /// True when the spot lies outside the data, or the slot is empty: unknown, not "nothing here".
    pub unknown: bool,
    /// Why it is unknown.
    pub reason: Option<LocalText>,
    /// Quoted source.
    pub source: Option<String>,
    /// Data date.
    pub data_date: Option<String>,
}

/// One feature or cell at a spot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpotValue {
    /// Row in the layer; 0 for rasters.
    pub row: u32,
    /// Name for people.
    pub label: String,
    /// Attribute title and value as text with unit.
    pub attributes: Vec<(LocalText, String)>,
}

/// What a rule says at a spot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpotRule {
    /// Rule id.
    pub rule: String,
    /// Verdict at the spot.
    pub verdict: Verdict,
    /// Weight, if in conflict.
    pub severity: Option<Severity>,
    /// Measured at the spot or for the subject there.
    pub measured: Option<Quantity>,
    /// Limit.
    pub threshold: Option<Quantity>,
    /// Why, in a sentence.
    pub reason: LocalText,
    /// Quoted source of the data.
    pub source: Option<String>,
    /// Data date.
    pub data_date: Option<String>,
    /// The conflict object, if there is one.
    pub conflict: Option<String>,
}

/// The answer to "why here?".
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpotReport {
    /// Project CRS.
    pub at: [f64; 2],
    /// Ground height in metres, if known.
    pub height_m: Option<f64>,
    /// Layers in module order.
    pub layers: Vec<SpotLayer>,
    /// Rules in module order.
    pub rules: Vec<SpotRule>,
}
