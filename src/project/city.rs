//! The open city: an immutable snapshot that rules, the window and the exports read.

use super::{Refill, WeightGroup};
use crate::{
    derive::Expression,
    i18n::tr_with,
    index::IndexedLayer,
    model::{Bbox, Column, FeatureRef, Geometries, Language, Layer, LocalText, Provenance, Raster, Report, SlotId},
    modules::{ModuleDef, Present, Role, RuleDef, SlotDef, computed_rule},
    services::Picture,
};
use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

/// What `project.toml` says about the whole.
#[derive(Debug, Clone)]
pub struct ProjectInfo {
    /// Folder of `project.toml`.
    pub folder: PathBuf,
    /// Title on the screen and on exports.
    pub title: LocalText,
    /// EPSG code of the metric project CRS.
    pub epsg: u32,
    /// Federal state ("ST") for state variants of rules.
    pub state: Option<String>,
    /// Reference point of the city (sun, start view), project CRS.
    pub site: [f64; 2],
    /// Where conflicts are sought; without it, the extent of all layers.
    pub area_of_interest: Option<Geometries>,
    /// Named views of the camera.
    pub views: Vec<View>,
    /// Named groups with weights of their own for the uses of the modules.
    pub groups: Vec<WeightGroup>,
    /// True when the whole project is synthetic.
    pub synthetic: bool,
    /// Layers made of layers, as far as they can be used.
    pub derived: Vec<Expression>,
    /// Slots that those layers fill.
    pub refills: Vec<Refill>,
}

/// A named camera.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// Name for `--view`.
    pub name: String,
    /// Point looked at, project CRS.
    pub target: [f64; 2],
    /// Distance of the eye from the target in metres.
    pub distance_m: f64,
    /// Direction of view, degrees clockwise from north.
    pub heading_deg: f64,
    /// Angle below the horizon, 90 is straight down.
    pub pitch_deg: f64,
    /// Slots shown; `None` keeps the modules' defaults.
    #[serde(default)]
    pub layers: Option<Vec<SlotId>>,
}

/// What fills a slot.
#[derive(Debug, Clone)]
pub enum SlotData {
    /// Nothing: rules that need it answer "unknown".
    Missing {
        /// Why (not bound, file missing, wrong geometry …).
        reason: LocalText,
    },
    /// Features.
    Vector(IndexedLayer),
    /// A grid.
    Raster(Arc<Raster>),
}

/// A slot of an active module with what fills it.
#[derive(Debug, Clone)]
pub struct Slot {
    /// `module/slot`.
    pub id: SlotId,
    /// Definition.
    pub def: Arc<SlotDef>,
    /// Content.
    pub data: SlotData,
}

/// A picture on the ground: to look at, never part of a rule.
#[derive(Debug, Clone)]
pub struct Backdrop {
    /// `backdrop/<id>`.
    pub id: SlotId,
    /// Name in the layer list.
    pub title: LocalText,
    /// Shown when the project opens.
    pub visible: bool,
    /// 0 to 1.
    pub opacity: f32,
    /// The picture, or why there is none.
    pub picture: Result<Arc<Picture>, LocalText>,
    /// Where it comes from and when.
    pub provenance: Provenance,
}

/// A city with all its layers.
#[derive(Debug, Clone)]
pub struct City {
    /// Title, CRS, site.
    pub info: Arc<ProjectInfo>,
    /// Active modules in the project's order.
    pub modules: Arc<Vec<ModuleDef>>,
    /// Every slot of every active module, in order.
    pub slots: Vec<Slot>,
    /// Pictures of map services on the ground, the lowest first.
    pub backdrops: Vec<Backdrop>,
    /// Files that were dropped into the window: drawn and identified, never part of a rule.
    pub extra: Vec<IndexedLayer>,
    /// What happened while opening, project-wide.
    pub report: Report,
}

impl City {
    /// The slot of that name, if its module is active.
    pub fn slot(&self, id: &SlotId) -> Option<&Slot> {
        self.slots.iter().find(|s| s.id == *id)
    }

    /// The vector layer in a slot.
    pub fn layer(&self, id: &SlotId) -> Option<&IndexedLayer> {
        match &self.slot(id)?.data {
            SlotData::Vector(layer) => Some(layer),
            _ => None,
        }
    }

    /// The raster in a slot.
    pub fn raster(&self, id: &SlotId) -> Option<&Arc<Raster>> {
        match &self.slot(id)?.data {
            SlotData::Raster(raster) => Some(raster),
            _ => None,
        }
    }

    /// Slots with a role, in order.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(move |s| s.def.role == Some(role))
    }

    /// Whether a layer is shown before anybody chose: as its module says, and building areas wherever the building windows of a plan stand on
    /// them, because their colours are half of the plan.
    pub fn shows_first(&self, slot: &Slot) -> bool {
        let filled = |s: &Slot| matches!(&s.data, SlotData::Vector(l) if !l.layer.is_empty());
        slot.def.visible || slot.def.role == Some(Role::Zones) && self.with_role(Role::BuildingWindows).any(filled)
    }

    /// Ground heights, if the project has them.
    pub fn terrain(&self) -> Option<&Arc<Raster>> {
        self.with_role(Role::Terrain)
            .find_map(|s| if let SlotData::Raster(r) = &s.data { Some(r) } else { None })
    }

    /// Ground height in metres; 0 where nothing is known.
    pub fn height_at(&self, p: [f64; 2]) -> f64 {
        self.terrain().and_then(|t| t.interpolate(p)).unwrap_or(0.0)
    }

    /// Every filled vector layer: slots in order, then dropped files.
    pub fn layers(&self) -> impl Iterator<Item = &IndexedLayer> {
        self.slots
            .iter()
            .filter_map(|s| if let SlotData::Vector(l) = &s.data { Some(l) } else { None })
            .chain(&self.extra)
    }

    /// The rules of all active modules.
    pub fn rules(&self) -> impl Iterator<Item = &RuleDef> {
        self.modules.iter().flat_map(|m| &m.rules)
    }

    /// The rule of that id, of a module or one that an engine of the program answers for plans.
    pub fn rule(&self, id: &str) -> Option<&RuleDef> {
        self.rules().find(|r| r.id == id).or_else(|| computed_rule(id))
    }

    /// The area of interest's box, or the box of all layers.
    pub fn extent(&self) -> Bbox {
        match &self.info.area_of_interest {
            Some(area) => area.extent(),
            None => self.layers().fold(Bbox::EMPTY, |b, l| b.union(l.layer.extent())),
        }
    }

    /// Every source in use, in slot order, then the pictures.
    pub fn provenance(&self) -> impl Iterator<Item = (&SlotId, &Provenance)> {
        let slots = self.slots.iter().flat_map(|s| {
            let list: &[Provenance] = match &s.data {
                SlotData::Vector(l) => &l.layer.provenance,
                SlotData::Raster(r) => &r.provenance,
                SlotData::Missing { .. } => &[],
            };
            list.iter().map(move |p| (&s.id, p))
        });
        let pictures = self.backdrops.iter().filter(|b| b.picture.is_ok());
        slots.chain(pictures.map(|b| (&b.id, &b.provenance)))
    }

    /// Filled slots with the attributes that hold a value, for [`crate::modules::lacking`]. An empty layer lacks nothing.
    pub fn present(&self) -> Present {
        let filled = |s: &Slot| {
            let names = match &s.data {
                SlotData::Missing { .. } => return None,
                SlotData::Raster(_) => BTreeSet::new(),
                SlotData::Vector(l) if l.layer.is_empty() => s.def.attributes.iter().map(|a| a.name.clone()).collect(),
                SlotData::Vector(l) => {
                    let holds = |c: &Column| (0..c.len()).any(|row| !c.value(row).is_null());
                    let columns = l.layer.attributes.iter().filter(|(_, c)| holds(c));
                    columns.map(|(name, _)| name.to_owned()).collect()
                }
            };
            Some((s.id.clone(), names))
        };
        self.slots.iter().filter_map(filled).collect()
    }

    /// A feature's name for people: the slot's label attribute, else its id.
    pub fn label(&self, layer: &Layer, row: usize) -> String {
        let label = self
            .slot(&layer.slot)
            .and_then(|s| s.def.label.as_deref())
            .map(|name| layer.attributes.value(name, row).to_string());
        label.filter(|l| !l.is_empty()).unwrap_or_else(|| layer.ids[row].to_string())
    }

    /// How a feature is called where people read of it: a name that is a code (the function of a building) in words, with the id that tells
    /// it from others of its kind; what a plan draws and nobody named by its layer.
    pub fn spoken(&self, feature: &FeatureRef, language: Language) -> String {
        let def = self.slot(&feature.slot).map(|s| &s.def);
        let word = def.and_then(|d| d.value_label(d.label.as_ref()?, &feature.label));
        match (word, def, feature.id.strip_prefix("plan-")) {
            (Some(word), ..) => format!("{} {}", word.get(language), feature.id),
            // Drawn in a plan and not named by anybody.
            (None, Some(def), Some(mark)) if feature.label == feature.id => {
                let mark: String = mark.chars().take(4).collect();
                let layer = def.title.get(language).to_owned();
                tr_with(language, "looks-unnamed", &[("layer", layer.into()), ("mark", mark.into())])
            }
            _ => feature.label.clone(),
        }
    }

    /// The same of a feature that is known by its id; the id where there is no such feature.
    pub fn spoken_name(&self, slot: &SlotId, id: &str, language: Language) -> String {
        let found = self.layer(slot).zip(self.row(slot, id));
        found.map_or_else(|| id.to_owned(), |(l, row)| self.spoken(&self.reference(l, row), language))
    }

    /// A feature for people and files.
    pub fn reference(&self, layer: &IndexedLayer, row: u32) -> FeatureRef {
        FeatureRef {
            slot: layer.layer.slot.clone(),
            row,
            id: layer.layer.ids[row as usize].to_string(),
            label: self.label(&layer.layer, row as usize),
        }
    }

    /// The row of a feature that is known by its id.
    pub fn row(&self, slot: &SlotId, id: &str) -> Option<u32> {
        let ids = &self.layer(slot)?.layer.ids;
        ids.iter().position(|i| **i == *id).map(|row| row as u32)
    }

    /// The name for people of a feature that is known by its id; the id where there is no such feature.
    pub fn name(&self, slot: &SlotId, id: &str) -> String {
        let found = self.layer(slot).zip(self.row(slot, id));
        found.map_or_else(|| id.to_owned(), |(l, row)| self.label(&l.layer, row as usize))
    }
}
