//! Distances on foot as data: how a layer of lines serves as a network of ways, and what a rule or an indicator asks of it.

use crate::model::SlotId;
use serde::{Deserialize, Serialize};

/// How the lines of a slot serve as a network of ways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WalkingDef {
    /// OGC CQL2 text: lines for which it is not true cannot be walked along, and are crossed only where a way crosses them.
    pub filter: Option<String>,
    /// Attribute that marks bridges: they cross what is below without a junction.
    pub bridge: Option<String>,
    /// Attribute that marks tunnels.
    pub tunnel: Option<String>,
    /// Attribute with the level; where it is told, it goes before bridge and tunnel.
    pub layer: Option<String>,
    /// A feature farther than this from every way has no walking distance.
    pub snap_m: f64,
}

impl Default for WalkingDef {
    fn default() -> Self {
        Self {
            filter: None,
            bridge: None,
            tunnel: None,
            layer: None,
            snap_m: 150.0,
        }
    }
}

/// How a distance is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathKind {
    /// As the crow flies, from edge to edge.
    #[default]
    StraightLine,
    /// Along the network of ways; in a straight line, and marked so, where the project has none.
    Walking,
}

/// How a rule walks: the network it names, and the limit in a straight line where there is none.
#[derive(Debug, Clone, Copy)]
pub struct Walking<'a> {
    /// The slot named by the rule; else the slot with the role `streets`.
    pub network: Option<&'a SlotId>,
    /// The limit in a straight line, if it is another.
    pub straight_line_m: Option<f64>,
}
