//! The shape of `module.toml`.

use super::{IndicatorDef, RuleDef, SourceFile, SuitabilityDef, WalkingDef};
use crate::model::{GeometryKind, LocalText, SlotId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A module as loaded; [`super::check()`] proves that its parts fit together.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ModuleDef {
    /// Folder name: lower case, digits and underscores.
    pub id: String,
    /// Name in the layer tree.
    pub title: LocalText,
    /// One sentence.
    pub description: LocalText,
    /// Other modules whose slots its rules look at.
    pub needs: Vec<String>,
    /// Layers a city fills, in drawing order (first is drawn lowest).
    pub slots: Vec<SlotDef>,
    /// Rules in the order of their ids.
    pub rules: Vec<RuleDef>,
    /// Uses that are weighed against each other, in the order of their ids.
    pub suitability: Vec<SuitabilityDef>,
    /// Indicators in the order of their ids.
    pub indicators: Vec<IndicatorDef>,
    /// Where it was read from, to name a line in messages.
    #[serde(skip)]
    pub file: SourceFile,
}

/// What a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotGeometry {
    /// Points.
    Point,
    /// Lines.
    Line,
    /// Areas.
    Polygon,
    /// Points or areas (facilities are mapped both ways).
    PointOrPolygon,
    /// Points, lines or areas.
    Any,
    /// A grid of numbers.
    Raster,
}

impl SlotGeometry {
    /// Whether a vector layer of this kind fits.
    pub fn accepts(self, kind: GeometryKind) -> bool {
        match self {
            Self::Point => kind == GeometryKind::Point,
            Self::Line => kind == GeometryKind::Line,
            Self::Polygon => kind == GeometryKind::Polygon,
            Self::PointOrPolygon => kind != GeometryKind::Line,
            Self::Any => true,
            Self::Raster => false,
        }
    }
}

/// How the city view uses a slot beyond draping it: data, so that no module is named in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Raster of ground heights in metres.
    Terrain,
    /// Footprints to extrude by `height_m`, else by `storeys` × 3 m.
    Buildings,
    /// Lines drawn as the street network.
    Streets,
    /// Lines drawn as tracks.
    Railways,
    /// Areas drawn as water.
    Water,
    /// Areas drawn as woodland.
    Forest,
    /// Areas drawn as green.
    Green,
    /// Potential sites: the main subject of rules.
    Sites,
    /// Polygons with `inhabitants`.
    Population,
    /// Parts of the city that people know by name: results are told and grouped by them.
    Districts,
    /// Building windows of plans, with what may be built in them: by `height_m` or `top_m_nhn`, else by `storeys` × 3 m.
    BuildingWindows,
    /// Building limits and building lines of plans (§ 23 BauNVO), told apart by `kind`: `baugrenze`, `baulinie`.
    BuildingLines,
    /// Building areas with `baunvo`, and with `grz`, `gfz`, `bmz`, `storeys`, `height_m` where the plan sets them.
    Zones,
    /// Plots of the cadastre: the areas that GRZ and GFZ refer to.
    Parcels,
}

/// One layer that a city may fill.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotDef {
    /// Unique in the module.
    pub id: String,
    /// Name in the layer tree.
    pub title: LocalText,
    /// What belongs in here and where cities usually find it.
    pub description: LocalText,
    /// Allowed geometry.
    pub geometry: SlotGeometry,
    /// The term of the standard it follows ("XPlanung BP_BaugebietsTeilFlaeche").
    #[serde(default)]
    pub standard: Option<String>,
    /// Special use in the view.
    #[serde(default)]
    pub role: Option<Role>,
    /// Unit of a raster's values.
    #[serde(default)]
    pub unit: Option<String>,
    /// Attribute that names a feature for people.
    #[serde(default)]
    pub label: Option<String>,
    /// Attributes.
    #[serde(default, rename = "attribute")]
    pub attributes: Vec<AttributeDef>,
    /// Drawing.
    #[serde(default)]
    pub style: Style,
    /// Drawn when a project is opened for the first time.
    #[serde(default)]
    pub visible: bool,
    /// How people walk along its lines; without it a line layer is walked along as a whole.
    #[serde(default)]
    pub walking: Option<WalkingDef>,
}

impl SlotDef {
    /// The slot's full name.
    pub fn full_id(&self, module: &str) -> SlotId {
        SlotId::new(module, &self.id)
    }

    /// What people call a value of an attribute: in the attribute's own words, else as the legend does where the layer is drawn by it.
    pub fn value_label(&self, attribute: &str, value: &str) -> Option<&LocalText> {
        let named = self.attributes.iter().find(|a| a.name == attribute);
        if let Some(words) = named.and_then(|a| a.words.get(value)) {
            return Some(words);
        }
        let classes = self
            .style
            .by
            .as_deref()
            .filter(|by| *by == attribute)
            .map(|_| &self.style.classes)?;
        classes.iter().find(|c| c.value.as_deref() == Some(value)).map(|c| &c.label)
    }
}

/// The type of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// Text.
    Text,
    /// Any number.
    Number,
    /// Whole number.
    Integer,
    /// True or false.
    Boolean,
    /// ISO 8601 date.
    Date,
}

/// One attribute of a slot.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeDef {
    /// Column name.
    pub name: String,
    /// Name on the screen.
    pub title: LocalText,
    /// Type.
    pub kind: AttributeKind,
    /// Unit as printed.
    #[serde(default)]
    pub unit: Option<String>,
    /// A binding without it is refused.
    #[serde(default)]
    pub required: bool,
    /// Least value that a person may enter; data are taken as they come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<f64>,
    /// Greatest value that a person may enter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<f64>,
    /// Allowed texts, if the attribute is a code list.
    #[serde(default)]
    pub values: Vec<String>,
    /// What is shown for some of the texts that the data may hold.
    #[serde(default)]
    pub words: BTreeMap<String, LocalText>,
}

/// How a slot is drawn. Colours are `#RRGGBB`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Style {
    /// Fill of areas, colour of lines and points.
    pub fill: String,
    /// Outline.
    pub stroke: String,
    /// Width of lines in metres.
    pub width_m: f64,
    /// Of areas, 0 to 1.
    pub opacity: f64,
    /// Of everything that is drawn of the layer, 0 to 1; a variant sets it.
    #[serde(skip_serializing_if = "is_one")]
    pub fade: f64,
    /// Attribute that chooses the class; without it everything is drawn alike. For rasters: leave empty.
    pub by: Option<String>,
    /// Classes, tried in order.
    #[serde(rename = "class")]
    pub classes: Vec<StyleClass>,
}

fn is_one(v: &f64) -> bool {
    *v == 1.0
}

impl Default for Style {
    fn default() -> Self {
        Self {
            fill: "#B0B7BF".into(),
            stroke: "#6B7480".into(),
            width_m: 2.0,
            opacity: 0.6,
            fade: 1.0,
            by: None,
            classes: vec![],
        }
    }
}

/// One class of a categorised (`value`) or graduated (`min` ≤ value < `max`) style.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleClass {
    /// Legend text.
    pub label: LocalText,
    /// Equals this text.
    #[serde(default)]
    pub value: Option<String>,
    /// At least this number.
    #[serde(default)]
    pub min: Option<f64>,
    /// Less than this number.
    #[serde(default)]
    pub max: Option<f64>,
    /// Fill.
    pub fill: String,
}
