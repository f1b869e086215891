//! What is selected: a conflict with its law and numbers, a feature with its attributes, or a spot with every layer's value and
//! every rule's verdict.

mod allowed;
mod conflict;
mod feature;
mod review;
mod spot;
mod why;

use crate::{
    app::{
        bridge::{Selection, ViewState, Wish},
        rulebook::NumberFields,
        theme::{
            icon,
            widgets::{empty_state, icon_button},
        },
    },
    i18n::tr,
    rules::SpotReport,
    session::{Command, Snapshot, Variant},
    why::InForce,
};
use bevy_egui::egui::{Align, Layout, ScrollArea, Ui};
use std::sync::Arc;

/// What the inspector remembers between frames.
#[derive(Default)]
pub struct InspectorState {
    /// What is being written about a conflict.
    writing: review::Writing,
    /// The answer for a spot, worked out once a spot and snapshot.
    spot: Option<(u64, [f64; 2], Arc<SpotReport>)>,
    /// What takes longer.
    rest: why::Rest,
    /// Numbers of a rule that are being typed.
    numbers: NumberFields,
}

impl InspectorState {
    /// Brings the keyboard to the note of the conflict.
    pub fn write_note(&mut self) {
        self.writing.begin();
    }

    /// What is weighed otherwise than the modules have it.
    pub fn weigh(&mut self, own: Option<&Arc<InForce>>) {
        let same = match (own, &self.rest.own) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        if !same {
            self.rest.own = own.cloned();
        }
    }

    /// What was written and the session has not heard of yet; to be applied before saving and closing.
    pub fn finish_writing(&mut self) -> Option<Command> {
        self.writing.finish()
    }

    fn report(&mut self, s: &Snapshot, at: [f64; 2]) -> Arc<SpotReport> {
        match &self.spot {
            Some((g, p, report)) if *g == s.generation && *p == at => report.clone(),
            _ => {
                let report = Arc::new(crate::why::spot(&s.city, &s.evaluation, at, &crate::progress::Control::default()));
                self.spot = Some((s.generation, at, report.clone()));
                report
            }
        }
    }
}

/// The panel on the right; `before` is the variant that the view compares with.
pub fn inspector_ui(
    ui: &mut Ui,
    (snapshot, before): (Option<&Snapshot>, Option<&Variant>),
    view: &ViewState,
    state: &mut InspectorState,
) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    let title = match view.selection {
        Selection::None => tr(language, "inspector"),
        Selection::Conflict(_) => tr(language, "inspector-conflict"),
        Selection::Feature { .. } => tr(language, "inspector-feature"),
        Selection::Spot(_) => tr(language, "inspector-spot"),
    };
    ui.horizontal(|ui| {
        ui.heading(title);
        if view.selection != Selection::None {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icon::X, &tr(language, "selection-clear")).clicked() {
                    wishes.push(Wish::Select(Selection::None));
                }
            });
        }
    });
    let shown = match &view.selection {
        Selection::Conflict(id) => Some(id.as_str()),
        _ => None,
    };
    wishes.extend(state.writing.leave(shown).map(Wish::Session));
    let salt = match &view.selection {
        Selection::None => 0,
        Selection::Conflict(_) => 1,
        Selection::Feature { .. } => 2,
        Selection::Spot(_) => 3,
    };
    ScrollArea::vertical().id_salt(salt).auto_shrink(false).show(ui, |ui| {
        match (&view.selection, snapshot) {
            (_, None) => empty_state(
                ui,
                icon::CURSOR_CLICK,
                &tr(language, "inspector-empty"),
                &tr(language, "layers-empty-do"),
            ),
            (Selection::None, _) => empty_state(
                ui,
                icon::CURSOR_CLICK,
                &tr(language, "inspector-empty"),
                &tr(language, "inspector-empty-do"),
            ),
            (Selection::Conflict(id), Some(s)) => {
                conflict::conflict_ui(ui, (s, before), id, language, (&mut state.writing, &mut state.numbers), &mut wishes);
            }
            (Selection::Feature { slot, row }, Some(s)) => feature::feature_ui(ui, s, slot, *row, language, &mut wishes),
            (Selection::Spot(at), Some(s)) => {
                let report = state.report(s, *at);
                why::copy_ui(ui, s, &report, &mut state.rest, language);
                spot::spot_ui(ui, s, &report, language, &mut wishes);
                why::more_ui(ui, s, &report, &mut state.rest, language);
            }
        }
        ui.add_space(16.0);
    });
    wishes
}
