//! A conflict as an object: place, uses, rule, measured value against threshold, reasons, status.

use super::{Bbox, LocalText, SlotId};
use serde::{Deserialize, Serialize};

/// How grave a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Severity {
    /// A hint.
    Hint = 1,
    /// Weighing (Abwägung) or an expert report is needed.
    Weigh = 2,
    /// Prohibited with exceptions, or a limit is exceeded.
    Restricted = 3,
    /// Prohibited.
    Prohibited = 4,
}

impl Severity {
    /// From the gravest to the mildest.
    pub const ALL: [Self; 4] = [Self::Prohibited, Self::Restricted, Self::Weigh, Self::Hint];
}

impl TryFrom<u8> for Severity {
    type Error = String;
    fn try_from(v: u8) -> Result<Self, String> {
        match v {
            1 => Ok(Self::Hint),
            2 => Ok(Self::Weigh),
            3 => Ok(Self::Restricted),
            4 => Ok(Self::Prohibited),
            _ => Err(format!("severity {v} is not one of 1, 2, 3, 4")),
        }
    }
}

impl From<Severity> for u8 {
    fn from(s: Severity) -> u8 {
        s as u8
    }
}

/// A number with its unit, such as 67 dB(A).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// The number.
    pub value: f64,
    /// The unit as printed ("m", "m²", "%", "dB(A)", "places").
    pub unit: String,
}

/// A feature of a slot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureRef {
    /// The slot.
    pub slot: SlotId,
    /// Row in the layer; changes when the layer is read anew.
    pub row: u32,
    /// Id in the source; stable.
    pub id: String,
    /// A name to show ("Gewerbebrache Mühlweg").
    pub label: String,
}

/// What the office decided about a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictStatus {
    /// Nobody has looked yet.
    #[default]
    Open,
    /// Somebody is on it.
    InReview,
    /// Weighed and accepted with a reason.
    Accepted,
    /// Lessened by measures, though still there.
    Mitigated,
    /// Solved by planning.
    Resolved,
    /// Not a conflict after all (wrong data, expert report).
    Dismissed,
}

impl ConflictStatus {
    /// Every status in the order of work.
    pub const ALL: [Self; 6] = [
        Self::Open,
        Self::InReview,
        Self::Accepted,
        Self::Mitigated,
        Self::Resolved,
        Self::Dismissed,
    ];
}

/// What was decided about one conflict, kept in the project folder. It outlives the conflict.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Decision.
    #[serde(default)]
    pub status: ConflictStatus,
    /// Decision note, free text.
    #[serde(default)]
    pub note: String,
    /// Who is responsible, where it is not the office that the rule names.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub office: String,
    /// The rule, so that a conflict that is gone can still be named.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// Name of the subject, for the same reason.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Since when a check does not find the conflict any more, ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<String>,
}

impl Review {
    /// True when nobody decided anything.
    pub fn is_blank(&self) -> bool {
        self.status == ConflictStatus::Open && self.note.is_empty() && self.office.is_empty()
    }
}

/// One rule broken by one subject feature against one or more object features.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conflict {
    /// Stable across runs and row orders: rule id and a hash of rule, slot and source id of the subject.
    pub id: String,
    /// Rule id ("N1").
    pub rule: String,
    /// Weight after state variants and value-dependent severities.
    pub severity: Severity,
    /// The planned or existing use.
    pub subject: FeatureRef,
    /// What it collides with; empty where the conflict is that nothing is near.
    pub objects: Vec<FeatureRef>,
    /// Where: the shared area, or the subject's own geometry. Project CRS.
    #[serde(skip)]
    pub geometry: geo::Geometry<f64>,
    /// A point inside the geometry for the marker.
    pub anchor: [f64; 2],
    /// Box of the geometry.
    pub bbox: Bbox,
    /// What was measured.
    pub measured: Quantity,
    /// What it was compared with.
    pub threshold: Option<Quantity>,
    /// Conflicting area in m².
    pub area_m2: Option<f64>,
    /// Conflicting area by the subject's area, in percent.
    pub share_percent: Option<f64>,
    /// Why, in sentences.
    pub reasons: Vec<LocalText>,
    /// The oldest data date of the layers involved.
    pub data_date: Option<String>,
    /// True when the data's metric is not the law's, or a source is a model or an estimate.
    pub proxy: bool,
}

#[cfg(test)]
impl Conflict {
    /// A conflict that says nothing but its name, weight and place, for the tests of all rooms.
    pub(crate) fn sample(id: &str, severity: Severity, anchor: [f64; 2]) -> Self {
        Self {
            id: id.into(),
            rule: "N1".into(),
            severity,
            subject: FeatureRef {
                slot: "a/b".into(),
                row: 0,
                id: "1".into(),
                label: "x".into(),
            },
            objects: vec![],
            geometry: geo::Point::new(anchor[0], anchor[1]).into(),
            anchor,
            bbox: Bbox::new(anchor, anchor),
            measured: Quantity {
                value: 1.0,
                unit: "m".into(),
            },
            threshold: None,
            area_m2: None,
            share_percent: None,
            reasons: vec![],
            data_date: None,
            proxy: false,
        }
    }
}
