//! What the rooms of the window share: the current snapshot, what is selected and shown, and wishes to the camera.
//! Feature rooms talk to each other only through these resources and messages.

mod compared;
mod counted;
mod desk;
mod drafting;
mod groups;
mod later;
mod plan;
mod wish;

pub use compared::{Arrangement, Compared, OnlyThere, Pane, Panes, Side};
pub use counted::Counted;
pub use desk::{Founding, ImportDesk, OnDesk, OnDeskLayer, Tried};
pub use drafting::{Corners, Drafting, Snap, SnapKind, Tool};
pub use groups::{GroupChange, GroupDesk, OwnWeights};
pub use later::{Later, Same};
pub use plan::{Gathered, Hand, PlanWish};
pub use wish::{Answer, Closing, Notice, Notices, Running, Wish};

use crate::{
    index::IndexedLayer,
    model::{Bbox, Language, LocalText, SlotId},
    project::{City, SlotData},
    session::{RecentProject, Settings, Snapshot},
};
use bevy::prelude::*;
use std::sync::Arc;

/// The snapshot on the screen; `None` until the first project is open.
#[derive(Resource, Default)]
pub struct CurrentSnapshot(pub Option<Arc<Snapshot>>);

/// One layer's entry in the layer tree.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerView {
    /// Slot, or `extra/<file>` for a dropped file.
    pub slot: SlotId,
    /// Drawn or not.
    pub visible: bool,
    /// 0 to 1.
    pub opacity: f32,
}

/// What the user points at: shared by view, table and inspector.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Selection {
    /// Nothing.
    #[default]
    None,
    /// A conflict by id.
    Conflict(String),
    /// A feature.
    Feature {
        /// Its layer.
        slot: SlotId,
        /// Its row.
        row: u32,
    },
    /// A spot asked "why here?", project CRS.
    Spot([f64; 2]),
}

/// What is shown and how. Panels write it, the scene reads it.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct ViewState {
    /// Interface language.
    pub language: Language,
    /// Drawing order: first is lowest.
    pub layers: Vec<LayerView>,
    /// Shared selection.
    pub selection: Selection,
    /// Severity (1–4) shown or hidden, index 0 = hint.
    pub severities: [bool; 4],
    /// The number of rules that meet at each site lies on the ground.
    pub heat: bool,
    /// Light or dark panels.
    pub dark: bool,
}

impl Default for ViewState {
    fn default() -> Self {
        Self {
            language: Language::De,
            layers: vec![],
            selection: Selection::None,
            severities: [true; 4],
            heat: false,
            dark: false,
        }
    }
}

impl ViewState {
    /// The entry of a slot.
    pub fn layer(&self, slot: &SlotId) -> Option<&LayerView> {
        self.layers.iter().find(|l| l.slot == *slot)
    }

    /// The vector layers that are drawn: what is not seen attracts no pointer and is not framed.
    pub fn seen<'a>(&self, city: &'a City) -> Vec<&'a IndexedLayer> {
        let slots = city.slots.iter().filter_map(|s| match &s.data {
            SlotData::Vector(l) if self.layer(&s.id).map_or(s.def.visible, |v| v.visible) => Some(l),
            _ => None,
        });
        let extra = city.extra.iter().filter(|l| self.layer(&l.layer.slot).is_none_or(|v| v.visible));
        slots.chain(extra).collect()
    }
}

/// A press becomes a drag beyond this many pixels.
pub const CLICK_PX: f32 = 4.0;

/// A wish to the camera.
#[derive(Message, Debug, Clone, PartialEq)]
pub enum CameraCommand {
    /// Shows this box (project CRS) as large as the free view allows.
    FlyTo(Bbox),
    /// Full extent, oblique.
    Home,
    /// North up.
    North,
    /// Straight down and back.
    ToggleTop,
    /// Multiplies the distance.
    Zoom(f32),
    /// Degrees added to the pitch.
    Tilt(f32),
    /// Degrees added to the heading.
    Rotate(f32),
}

/// The part of the window that no panel covers, in logical pixels. Panels write it each frame, camera and picking read it.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Default)]
pub struct FreeView {
    /// Left, top.
    pub min: Vec2,
    /// Right, bottom.
    pub max: Vec2,
    /// True while a panel, menu or popup has the pointer.
    pub pointer_claimed: bool,
    /// True while a text field has the keyboard.
    pub keyboard_claimed: bool,
}

/// Where the pointer touches the ground. The scene writes it.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Default)]
pub struct PointerSpot(pub Option<[f64; 3]>);

/// Something under the pointer that can be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Pickable {
    /// What is selected by it.
    pub selection: Selection,
    /// Layer or severity, in both languages.
    pub kind: LocalText,
    /// Name of the feature or title of the rule.
    pub name: LocalText,
}

/// Everything that lay under the pointer at a right click, topmost first, until one is chosen.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct PickList {
    /// Where it was asked, in logical pixels; `None` while nothing is asked.
    pub at: Option<Vec2>,
    /// What lies there.
    pub items: Vec<Pickable>,
}

/// The camera as panels need it. The scene writes it.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Default)]
pub struct CameraInfo {
    /// Point looked at, project CRS.
    pub target: [f64; 2],
    /// Eye to target.
    pub distance_m: f64,
    /// Direction of view, degrees clockwise from north.
    pub heading_deg: f64,
    /// Degrees below the horizon.
    pub pitch_deg: f64,
    /// Metres on the ground per logical pixel at the target.
    pub metres_per_pixel: f64,
}

/// True when the picture is drawn by a software adapter and the light preset is on. The scene writes it.
#[derive(Resource, Debug, Clone, PartialEq, Default)]
pub struct RenderPreset {
    /// Name of the adapter.
    pub adapter: String,
    /// A CPU draws.
    pub light: bool,
}

/// What is remembered from one start to the next.
#[derive(Resource, Debug, Clone, Default)]
pub struct Remembered {
    /// The language was not asked for on the command line.
    pub language_may_change: bool,
    /// The hint how to move was closed.
    pub hint_read: bool,
    /// As the file has it; `None` until it was read.
    pub saved: Option<Settings>,
}

/// A project that was opened before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// Folder, title and day.
    pub project: RecentProject,
    /// It lies where it lay, as far as was last seen.
    pub there: bool,
}

/// The projects that were opened last, the newest first.
#[derive(Resource, Debug, Clone, Default, PartialEq, Eq)]
pub struct Recents(pub Vec<Recent>);

/// Registers the shared resources and messages.
pub fn plugin(app: &mut App) {
    app.init_resource::<CurrentSnapshot>()
        .init_resource::<ViewState>()
        .init_resource::<FreeView>()
        .init_resource::<PointerSpot>()
        .init_resource::<CameraInfo>()
        .init_resource::<RenderPreset>()
        .init_resource::<Running>()
        .init_resource::<Notices>()
        .init_resource::<ImportDesk>()
        .init_resource::<PickList>()
        .init_resource::<Founding>()
        .init_resource::<Remembered>()
        .init_resource::<Recents>()
        .init_resource::<Closing>()
        .init_resource::<Drafting>()
        .init_resource::<Gathered>()
        .init_resource::<Compared>()
        .init_resource::<Panes>()
        .init_resource::<Counted>()
        .add_message::<Wish>()
        .add_message::<CameraCommand>();
}
