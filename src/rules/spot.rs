//! "Why here?": every layer's value and every rule's verdict at one spot.

use super::Verdict;
use crate::model::{FeatureRef, LocalText, Quantity, Severity, SlotId};
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
    /// How much of the potential site at the spot it covers, percent; nothing where there is no site or no area.
    pub share_percent: Option<f64>,
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
    /// Conflicting area, if in conflict.
    pub area_m2: Option<f64>,
    /// That area by the subject's, percent.
    pub share_percent: Option<f64>,
    /// Area of the subject there that the data say nothing about.
    pub unknown_area_m2: f64,
    /// Why, in a sentence.
    pub reason: LocalText,
    /// What else the conflict says: arithmetic, exceptions, what to mind.
    pub further: Vec<LocalText>,
    /// Quoted source of the data.
    pub source: Option<String>,
    /// Data date.
    pub data_date: Option<String>,
    /// The data's metric is not the law's, or a source is a model or an estimate.
    pub proxy: bool,
    /// The conflict object, if there is one.
    pub conflict: Option<String>,
    /// Conflicts of the same rule with further subjects at the spot.
    pub more: Vec<String>,
}

/// The answer to "why here?".
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpotReport {
    /// Project CRS.
    pub at: [f64; 2],
    /// Ground height in metres, if known.
    pub height_m: Option<f64>,
    /// The potential site at the spot; the first where several overlap.
    pub site: Option<FeatureRef>,
    /// Layers in module order.
    pub layers: Vec<SpotLayer>,
    /// Rules in module order.
    pub rules: Vec<SpotRule>,
}
