//! The panel of the plan: which variant, what is drawn or changed in it, what follows from it, and its history.

use super::{
    consequences::consequences_ui,
    form::Form,
    history::history_ui,
    tools::{drafting_ui, draw_ui, first_slot, selected_ui},
};
use crate::{
    app::{
        bridge::{Drafting, PlanWish, Selection, Tool, ViewState, Wish},
        theme::{
            icon,
            widgets::{colors, empty_state, icon_button, note, strong},
        },
    },
    i18n::{tr, tr_with},
    model::{Language, SlotId},
    modules::SlotDef,
    scenario::{Feature, Named, feature_of, file},
    session::{Planning, Snapshot},
};
use bevy_egui::egui::{Align, Button, ComboBox, Label, Layout, ScrollArea, TextEdit, Ui, vec2};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// What the panel remembers between frames.
#[derive(Debug, Default)]
pub struct PlanningState {
    /// Layer that is drawn in.
    pub(super) slot: Option<SlotId>,
    /// Attributes of the new feature.
    pub(super) form: Option<Form>,
    /// The finished drawing shall become a feature.
    pub(super) take: bool,
    /// Attributes of the selected feature: which, as of which generation.
    pub(super) edited: Option<(Named, u64, Form)>,
    /// Metres east and north to move by.
    pub(super) by: [f64; 2],
    /// Name of a variant that is about to be begun.
    title: String,
    /// A variant shall be branched: its name is being typed.
    branching: bool,
    /// Variants of the project, as of which generation.
    files: Option<(u64, Vec<(String, PathBuf)>)>,
}

/// What the panel shows.
pub(super) struct PlanView<'a> {
    pub snapshot: &'a Snapshot,
    pub planning: &'a Planning,
    pub selection: &'a Selection,
    pub language: Language,
}

impl PlanView<'_> {
    /// The selected feature, if it can be changed.
    pub fn selected(&self) -> Option<(Named, Arc<SlotDef>, Feature)> {
        let Selection::Feature { slot, row } = self.selection else {
            return None;
        };
        let def = self.snapshot.city.slot(slot)?.def.clone();
        let layer = &self.snapshot.city.layer(slot)?.layer;
        let row = *row as usize;
        let id = layer.ids.get(row)?.to_string();
        Some(((slot.clone(), id), def, feature_of(layer, row)))
    }

    /// The name of a feature for people.
    pub fn label(&self, (slot, id): &Named) -> String {
        let layer = self.snapshot.city.layer(slot).map(|l| &l.layer);
        let row = layer.and_then(|l| l.ids.iter().position(|i| **i == **id));
        layer
            .zip(row)
            .map_or_else(|| id.clone(), |(l, row)| self.snapshot.city.label(l, row))
    }

    /// True when the plan made or changed a feature.
    pub fn changed(&self, (slot, id): &Named) -> bool {
        self.planning.overlay.edited(slot).any(|(edited, _)| edited == id)
    }
}

/// The panel. The drawing in work is changed at once, everything else is a wish.
pub fn planning_ui(
    ui: &mut Ui,
    snapshot: Option<&Snapshot>,
    view: &ViewState,
    drafting: &mut Drafting,
    state: &mut PlanningState,
) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    let Some(snapshot) = snapshot else {
        empty_state(
            ui,
            icon::PENCIL_RULER,
            &tr(language, "planning-none"),
            &tr(language, "layers-empty-do"),
        );
        return wishes;
    };
    variants_ui(ui, snapshot, language, state, &mut wishes);
    let Some(planning) = snapshot.planning.as_deref() else {
        begin_ui(ui, language, state, &mut wishes);
        if drafting.tool != Tool::Select {
            *drafting = Drafting::default();
        }
        return wishes;
    };
    let v = PlanView {
        snapshot,
        planning,
        selection: &view.selection,
        language,
    };
    if state.slot.is_none() {
        state.slot = first_slot(&snapshot.city);
    }
    steps_ui(ui, &v, &mut wishes);
    let resting = drafting.tool == Tool::Select;
    ScrollArea::vertical().id_salt("planning").auto_shrink(false).show(ui, |ui| {
        // The scroll bar lies over the content.
        ui.set_max_width(ui.available_width() - 10.0);
        if drafting.tool == Tool::Select {
            draw_ui(ui, &v, state, drafting);
            selected_ui(ui, &v, state, drafting, &mut wishes);
        } else {
            drafting_ui(ui, &v, state, drafting, &mut wishes);
        }
        consequences_ui(ui, &v, &mut wishes);
        history_ui(ui, &v);
        ui.add_space(16.0);
    });
    if resting && drafting.tool != Tool::Select {
        // Keys belong to the drawing from now on, not to the button that was pressed.
        ui.memory_mut(|m| {
            if let Some(id) = m.focused() {
                m.surrender_focus(id);
            }
        });
    }
    wishes
}

/// Which variant is shown.
fn variants_ui(ui: &mut Ui, s: &Snapshot, language: Language, state: &mut PlanningState, wishes: &mut Vec<Wish>) {
    if state.files.as_ref().is_none_or(|(g, _)| *g != s.generation) {
        state.files = Some((s.generation, files(&s.city.info.folder)));
    }
    let open = s.planning.as_deref();
    let shown = open.map_or_else(|| tr(language, "planning-existing"), |p| p.about.title.clone());
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let width = ui.available_width() - 40.0;
        ComboBox::from_id_salt("variant")
            .width(width)
            .truncate()
            .selected_text(strong(shown))
            .show_ui(ui, |ui| {
                if ui.selectable_label(open.is_none(), tr(language, "planning-existing")).clicked() && open.is_some() {
                    wishes.push(Wish::Plan(PlanWish::Leave));
                }
                for (title, path) in state.files.iter().flat_map(|(_, files)| files) {
                    let on = open.is_some_and(|p| p.path == *path);
                    if ui.selectable_label(on, title.as_str()).clicked() && !on {
                        wishes.push(Wish::Plan(PlanWish::Open(path.clone())));
                    }
                }
            });
        if open.is_some() && icon_button(ui, icon::GIT_BRANCH, &tr(language, "planning-branch-hint")).clicked() {
            state.branching = !state.branching;
            state.title = next_title(state, language);
        }
    });
    if open.is_some() && state.branching {
        title_ui(ui, language, "planning-branch", state, PlanWish::Branch, wishes);
    }
}

/// The variants of a project, by the names of their files.
fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let named = |path: PathBuf| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some((name.strip_suffix(file::EXTENSION).unwrap_or(&name).to_owned(), path))
    };
    file::list(folder).into_iter().filter_map(named).collect()
}

/// A name that no variant has.
fn next_title(state: &PlanningState, language: Language) -> String {
    let taken: Vec<&str> = state.files.iter().flat_map(|(_, f)| f).map(|(t, _)| t.as_str()).collect();
    let name = |n: i64| tr_with(language, "planning-title-default", &[("n", n.into())]);
    (1..=1000).map(name).find(|t| !taken.contains(&t.as_str())).unwrap_or_default()
}

fn title_ui(
    ui: &mut Ui,
    language: Language,
    key: &str,
    state: &mut PlanningState,
    wish: impl Fn(String) -> PlanWish,
    wishes: &mut Vec<Wish>,
) {
    ui.add_space(4.0);
    ui.label(note(ui, tr(language, "planning-title")));
    let width = ui.available_width();
    ui.add(
        TextEdit::singleline(&mut state.title)
            .background_color(colors(ui).raised)
            .desired_width(width - 10.0),
    );
    let fill = colors(ui).selected;
    let ready = !state.title.trim().is_empty();
    let label = format!("{}  {}", icon::PLUS, tr(language, key));
    if ui
        .add_enabled(ready, Button::new(label).fill(fill).min_size(vec2(width, 30.0)))
        .clicked()
    {
        wishes.push(Wish::Plan(wish(std::mem::take(&mut state.title))));
        state.branching = false;
    }
}

/// No variant is open.
fn begin_ui(ui: &mut Ui, language: Language, state: &mut PlanningState, wishes: &mut Vec<Wish>) {
    ui.add_space(8.0);
    ui.add(Label::new(note(ui, tr(language, "planning-none-do"))).wrap());
    if state.title.is_empty() && !ui.ctx().text_edit_focused() {
        state.title = next_title(state, language);
    }
    title_ui(ui, language, "planning-begin", state, PlanWish::Begin, wishes);
}

/// Undo and redo, and whether the variant is saved.
fn steps_ui(ui: &mut Ui, v: &PlanView, wishes: &mut Vec<Wish>) {
    let language = v.language;
    ui.horizontal(|ui| {
        for (sign, step, none, some, wish) in [
            (
                icon::ARROW_U_UP_LEFT,
                &v.planning.undo,
                "planning-undo-none",
                "planning-undo",
                PlanWish::Undo,
            ),
            (
                icon::ARROW_U_UP_RIGHT,
                &v.planning.redo,
                "planning-redo-none",
                "planning-redo",
                PlanWish::Redo,
            ),
        ] {
            let hint = match step {
                Some(name) => tr_with(language, some, &[("name", name.clone().into())]),
                None => tr(language, none),
            };
            ui.add_enabled_ui(step.is_some(), |ui| {
                if icon_button(ui, sign, &hint).clicked() {
                    wishes.push(Wish::Plan(wish));
                }
            });
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if v.planning.unsaved {
                ui.label(note(ui, tr(language, "planning-unsaved")));
            }
        });
    });
    for text in &v.planning.notices {
        let warning = colors(ui).warning;
        ui.colored_label(warning, text.get(language));
    }
    if !v.planning.parked.is_empty() {
        let warning = colors(ui).warning;
        let n = v.planning.parked.len() as i64;
        ui.colored_label(warning, tr_with(language, "planning-parked", &[("n", n.into())]));
    }
}
