//! The panel of the plan: which variant, what is drawn or changed in it, what follows from it, and its history.

use super::{
    about::{Telling, about_ui},
    consequences::{consequences_ui, summary_ui},
    effects::Moved,
    form::Form,
    hidden::hidden_ui,
    history::history_ui,
    selected::selected_ui,
    tools::{drafting_ui, draw_ui, first_slot},
};
use crate::{
    app::{
        bridge::{Drafting, Gathered, Hand, Later, PlanWish, Selection, Tool, ViewState, Wish},
        theme::{
            icon,
            widgets::{colors, empty_state, icon_button, note, section, strong},
        },
    },
    i18n::{tr, tr_with},
    model::{Language, LocalText, SlotId},
    scenario::{
        Attributes, Named, file,
        journal::{self, Waiting},
    },
    session::{Planning, Snapshot},
};
use bevy_egui::egui::{Align, Button, ComboBox, Key, Label, Layout, ScrollArea, TextEdit, Ui, vec2};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// What the panel remembers between frames.
#[derive(Debug, Default)]
pub struct PlanningState {
    /// Layer that is drawn in.
    pub(super) slot: Option<SlotId>,
    /// Attributes of the new feature.
    pub(super) form: Option<Form>,
    /// What had to be said of the last feature that was drawn into a layer.
    pub(super) last: BTreeMap<SlotId, Attributes>,
    /// The finished drawing shall become a feature.
    pub(super) take: bool,
    /// The form of a finished drawing stood there in the last frame.
    pub(super) asked: bool,
    /// What was refused last, with the reason; told until it is changed.
    pub(super) refused: Option<(Hand, LocalText)>,
    /// Attributes of the selected features: which, as of which generation.
    pub(super) edited: Option<(Vec<Named>, u64, Form)>,
    /// Features that shall no longer be among the selected.
    pub left_out: Option<Vec<Named>>,
    /// Metres east and north to move by.
    pub(super) by: [f64; 2],
    /// Name of a variant that is about to be begun.
    title: String,
    /// A variant shall be branched: its name is being typed.
    branching: bool,
    /// Title and notes in work.
    pub(super) telling: Telling,
    /// Indicators that moved: by the last step, and against the existing conditions.
    pub effects: [Moved; 2],
    /// Variants of the project, read off the window's thread.
    files: Later<FilesKey, Files>,
    /// A key was pressed that stands for a tool.
    pub(super) key: Option<Key>,
    /// The layers that the plan changes shall be written to a file.
    pub save_layers: bool,
}

impl PlanningState {
    /// A letter for a tool; the panel uses it in this frame or forgets it.
    pub fn press(&mut self, key: Key) {
        self.key = Some(key);
    }
}

/// Project, open variant, and whether that is saved: variants are looked up anew when one was opened, left or saved.
type FilesKey = (PathBuf, Option<PathBuf>, bool);

/// The variants of a project as they lay in its folder.
#[derive(Debug)]
struct Files {
    /// Title and file.
    named: Vec<(String, PathBuf)>,
    /// Work that no file has.
    waiting: Vec<Waiting>,
}

impl Files {
    fn of(folder: &Path) -> Self {
        let waiting = journal::default_folder().map(|j| journal::waiting(&j, folder));
        Self {
            named: files(folder),
            waiting: waiting.unwrap_or_default(),
        }
    }

    fn key(s: &Snapshot) -> FilesKey {
        let open = s.planning.as_deref();
        (
            s.city.info.folder.clone(),
            open.map(|p| p.path.clone()),
            open.is_some_and(|p| p.unsaved),
        )
    }
}

/// What the panel shows.
pub(super) struct PlanView<'a> {
    pub snapshot: &'a Snapshot,
    pub planning: &'a Planning,
    pub selection: &'a Selection,
    pub gathered: &'a Gathered,
    pub language: Language,
}

impl PlanView<'_> {
    /// The name of a feature for people.
    pub fn label(&self, (slot, id): &Named) -> String {
        self.snapshot.city.spoken_name(slot, id, self.language)
    }

    /// Why the plan would refuse something, and whether it is about where and not about what.
    pub fn refusal(&self, hand: &Hand) -> Option<(LocalText, bool)> {
        let mut draft = self.planning.draft();
        let edits = hand.edits(&mut draft);
        let why = edits.and_then(|edits| self.planning.draft().fits(&edits)).err()?;
        Some((why.text(), why.is_about_shape()))
    }

    /// True when the plan made or changed a feature.
    pub fn changed(&self, (slot, id): &Named) -> bool {
        self.planning.overlay.is_edited(slot, id)
    }
}

/// The panel. The drawing in work is changed at once, everything else is a wish; `law` stands between what is done and what follows.
pub fn planning_ui(
    ui: &mut Ui,
    snapshot: Option<&Snapshot>,
    view: &ViewState,
    (drafting, gathered): (&mut Drafting, &Gathered),
    state: &mut PlanningState,
    law: &mut dyn FnMut(&mut Ui),
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
        ScrollArea::vertical().id_salt("law").auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - 10.0);
            law(ui);
        });
        return wishes;
    };
    let v = PlanView {
        snapshot,
        planning,
        selection: &view.selection,
        gathered,
        language,
    };
    if state.slot.is_none() {
        state.slot = first_slot(&snapshot.city);
    }
    steps_ui(ui, &v, state, &mut wishes);
    if planning.undo.is_some() {
        summary_ui(ui, &v);
    }
    let resting = drafting.tool == Tool::Select;
    ScrollArea::vertical().id_salt("planning").auto_shrink(false).show(ui, |ui| {
        // The scroll bar lies over the content.
        ui.set_max_width(ui.available_width() - 10.0);
        if drafting.tool == Tool::Select {
            draw_ui(ui, &v, state, drafting, &mut wishes);
            selected_ui(ui, &v, state, drafting, &mut wishes);
            hidden_ui(ui, &v, &mut wishes);
        } else {
            drafting_ui(ui, &v, state, drafting, &mut wishes);
        }
        law(ui);
        consequences_ui(ui, &v, &state.effects, &mut wishes);
        history_ui(ui, &v);
        about_ui(ui, &v, state, &mut wishes);
        ui.add_space(16.0);
    });
    state.key = None;
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
    let folder = s.city.info.folder.clone();
    if state.files.want(Files::key(s), move |_| Files::of(&folder)) {
        ui.ctx().request_repaint();
    }
    let open = s.planning.as_deref();
    let shown = open.map_or_else(|| tr(language, "planning-existing"), |p| p.about.title.clone());
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let width = ui.available_width() - 40.0;
        // A long name is cut short before it takes the place of the button beside it.
        ui.scope(|ui| {
            ui.set_max_width(width);
            ComboBox::from_id_salt("variant")
                .width(width)
                .truncate()
                .selected_text(strong(shown))
                .show_ui(ui, |ui| {
                    if ui.selectable_label(open.is_none(), tr(language, "planning-existing")).clicked() && open.is_some() {
                        wishes.push(Wish::Plan(PlanWish::Leave));
                    }
                    for (title, path) in state.files.get().into_iter().flat_map(|f| &f.named) {
                        let on = open.is_some_and(|p| p.path == *path);
                        // The file's name where titles alone do not tell them apart.
                        let file = note(ui, file::short_name(path));
                        let chosen = ui.add(Button::selectable(on, title.as_str()).right_text(file));
                        if chosen.clicked() && !on {
                            wishes.push(Wish::Plan(PlanWish::Open(path.clone())));
                        }
                    }
                });
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

/// The variants of a project by their titles; one that cannot be read by the name of its file.
fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let named = |path: PathBuf| {
        let title = file::read(&path).map(|o| o.file.title);
        (title.unwrap_or_else(|_| file::short_name(&path)), path)
    };
    file::list(folder).into_iter().map(named).collect()
}

/// A name that no variant has.
fn next_title(state: &PlanningState, language: Language) -> String {
    let files = || state.files.get().into_iter();
    let named = files().flat_map(|f| f.named.iter().map(|(t, _)| t.as_str()));
    let taken: Vec<&str> = named
        .chain(files().flat_map(|f| f.waiting.iter().map(|w| w.title.as_str())))
        .collect();
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
    // A name that no variant has can be told when the variants are known.
    if state.title.is_empty() && !state.files.busy() && !ui.ctx().text_edit_focused() {
        state.title = next_title(state, language);
    }
    title_ui(ui, language, "planning-begin", state, PlanWish::Begin, wishes);
    waiting_ui(ui, language, state, wishes);
}

/// What a crash left, and a way back to it.
fn waiting_ui(ui: &mut Ui, language: Language, state: &PlanningState, wishes: &mut Vec<Wish>) {
    let waiting = state.files.get().map_or(&[][..], |f| &f.waiting);
    if waiting.is_empty() {
        return;
    }
    section(ui, tr(language, "planning-waiting"));
    ui.add(Label::new(note(ui, tr(language, "planning-waiting-note"))).wrap());
    for w in waiting {
        let n = (w.steps as i64).into();
        let text = tr_with(language, "planning-waiting-steps", &[("name", w.title.clone().into()), ("n", n)]);
        let label = format!("{}  {text}", icon::ARROW_U_UP_LEFT);
        let width = ui.available_width();
        if ui.add(Button::new(label).truncate().min_size(vec2(width, 30.0))).clicked() {
            // Where nothing was ever saved the journal goes on from an empty plan of that name.
            let wish = if w.scenario.exists() {
                PlanWish::Open(w.scenario.clone())
            } else {
                PlanWish::Begin(w.title.clone())
            };
            wishes.push(Wish::Plan(wish));
        }
    }
}

/// Undo and redo, and whether the variant is saved.
fn steps_ui(ui: &mut Ui, v: &PlanView, state: &mut PlanningState, wishes: &mut Vec<Wish>) {
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
            ui.add_enabled_ui(v.planning.overlay.slots().next().is_some(), |ui| {
                if icon_button(ui, icon::EXPORT, &tr(language, "layers-save")).clicked() {
                    state.save_layers = true;
                }
            });
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
