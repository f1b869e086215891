//! What the arrangement remembers between frames.

use crate::app::{
    bridge::Selection,
    conflicts::{panel::ConflictsState, rules::RulesState},
    dialogs::PathDialog,
    founding::FoundingState,
    importer::ImporterState,
    inspector::InspectorState,
    messages::MessagesState,
    planning::PlanningState,
};
use crate::model::Language;
use bevy::prelude::*;

/// The tabs at the bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BottomTab {
    /// Table of conflicts.
    #[default]
    Conflicts,
    /// Account of the rules.
    Rules,
    /// Figures of the city.
    Indicators,
    /// Suitability of places and competition for them.
    Suitability,
    /// Sun, shadows and hours of sun.
    Sun,
    /// Two variants compared, and the figures of a plan.
    Variants,
    /// Findings.
    Messages,
}

impl Shell {
    /// Name of the tab that is on the screen at the bottom, for scripts.
    pub fn shown_tab(&self) -> &'static str {
        match self.tab {
            _ if self.folded || self.hidden => "none",
            BottomTab::Conflicts => "conflicts",
            BottomTab::Rules => "rules",
            BottomTab::Indicators => "indicators",
            BottomTab::Suitability => "suitability",
            BottomTab::Sun => "sun",
            BottomTab::Variants => "variants",
            BottomTab::Messages => "messages",
        }
    }

    /// Opens the panel of the plan.
    pub fn plan(&mut self) {
        (self.side, self.hidden) = (SideTab::Planning, false);
    }

    /// The dialog that makes a layer of layers.
    pub fn combine(&self) -> &crate::app::combine::CombineState {
        &self.combine
    }
}

/// The tabs on the left of a narrow window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SideTab {
    /// Layer tree.
    #[default]
    Layers,
    /// Inspector.
    Inspector,
    /// Variants: what is drawn and changed.
    Planning,
}

/// State of panels and dialogs.
#[derive(Resource, Default)]
pub struct Shell {
    /// Fonts and colours are in the context.
    pub(super) styled: bool,
    /// Appearance in the context.
    pub(super) dark: Option<bool>,
    /// Panels are hidden for a clean view.
    pub(super) hidden: bool,
    /// The lower panel is only its tabs.
    pub(super) folded: bool,
    pub(super) tab: BottomTab,
    pub(super) side: SideTab,
    /// Selection of the last frame: a new one brings the inspector up.
    pub(super) selection: Selection,
    pub(super) conflicts: ConflictsState,
    pub(super) rules: RulesState,
    pub(super) inspector: InspectorState,
    pub(super) messages: MessagesState,
    pub(super) planning: PlanningState,
    pub(super) path: Option<PathDialog>,
    pub(super) importer: ImporterState,
    pub(super) founding: FoundingState,
    /// The dialog for a new project was open in the last frame.
    pub(super) founding_open: bool,
    pub(super) help: bool,
    /// The next way to compare two variants in the view is wanted.
    pub(super) next_arrangement: bool,
    pub(super) combine: crate::app::combine::CombineState,
    /// What was on the screen when the last frames were asked for.
    pub(super) settled_for: Option<(Language, bool, u64, usize, usize)>,
    /// Frames that are still to be drawn.
    pub(super) frames_left: u8,
    /// The legend was folded away.
    pub(super) legend_folded: bool,
    /// The view without panels in the last frame, for keys.
    pub(super) free: Option<bevy_egui::egui::Rect>,
}
