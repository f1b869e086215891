//! The assistant's window: the file on the left, what becomes of it on the right, what would come of it below.

use super::{
    details::{crs_note, details_ui, layer_line, place},
    drafts::{dropped_ui, sum, where_ui},
    fields::fields_ui,
    state::ImporterState,
};
use crate::{
    app::{
        bridge::{ImportDesk, OnDesk, Running, ViewState, Wish},
        theme::{
            icon, text,
            widgets::{cell, colors, field, left, modal, note, section, strong},
        },
    },
    i18n::{number, tr, tr_with},
    import::{Choice, Content, Trial, Where},
    model::{Language, SlotId},
    modules::SlotDef,
    project::{City, SlotData},
    session::Snapshot,
};
use bevy_egui::egui::{
    Align, Button, Checkbox, ComboBox, Context, Key, KeyboardShortcut, Label, Layout, Modifiers, RichText, ScrollArea, Spinner, Ui, vec2,
};

/// What the user asked for that is not a wish.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct ImporterAnswer {
    /// Asks where the report shall be saved.
    pub save_report: bool,
}

/// The assistant, while a file is on the desk.
pub fn importer_ui(
    ctx: &Context,
    snapshot: &Snapshot,
    view: &ViewState,
    desk: &ImportDesk,
    running: &Running,
    state: &mut ImporterState,
) -> (Vec<Wish>, ImporterAnswer) {
    let (mut wishes, mut answer) = (vec![], ImporterAnswer::default());
    let Some(on) = &desk.file else { return (wishes, answer) };
    let (language, city) = (view.language, &*snapshot.city);
    if state.number != on.number {
        *state = ImporterState::begin(on, city);
    }
    state.draft &= snapshot.planning.is_some();
    let busy = running.progress.is_some();
    let exact = desk.result(state.layer, &state.choice).cloned();
    let trial = exact.clone().or_else(|| desk.latest(state.layer).cloned());
    let trial = trial.as_deref();
    let response = modal(ctx, "importer", 1120.0, |ui| {
        heading(ui, language, on);
        ui.separator();
        let height = (ui.ctx().content_rect().height() - 224.0).clamp(240.0, 640.0);
        ui.allocate_ui_with_layout(vec2(ui.available_width(), height), Layout::left_to_right(Align::Min), |ui| {
            let left = (ui.available_width() * 0.32).clamp(240.0, 360.0);
            ui.allocate_ui_with_layout(vec2(left, height), Layout::top_down(Align::Min), |ui| {
                ui.set_min_height(height);
                details_ui(ui, language, on, city, trial, state);
            });
            ui.add_space(12.0);
            ui.allocate_ui_with_layout(vec2(ui.available_width(), height), Layout::top_down(Align::Min), |ui| {
                ScrollArea::vertical()
                    .id_salt("what becomes of it")
                    .auto_shrink([false, false])
                    .show(ui, |ui| {
                        ui.set_max_width(ui.available_width() - 8.0);
                        ui.add_enabled_ui(!busy, |ui| {
                            if let Some(planning) = &snapshot.planning {
                                where_ui(ui, language, on, city, planning, state);
                            }
                            if state.draft {
                                dropped_ui(ui, language, desk.drafts(state.layer, &state.choice).map(|d| &**d));
                            }
                            choices_ui(ui, language, on, city, trial, state);
                        });
                    });
            });
        });
        ui.separator();
        let drafts = desk.drafts(state.layer, &state.choice).map(|d| &**d).filter(|_| state.draft);
        let fits = !state.draft || drafts.is_some_and(|d| d.as_ref().is_ok_and(|d| d.step.is_some()));
        let ready = exact.as_deref().is_some_and(|t| t.refused.is_none()) && fits && !busy;
        let drafts = drafts.map(|d| sum(language, d));
        footer(
            ui,
            language,
            (trial, drafts),
            exact.is_none(),
            busy,
            ready,
            state,
            &mut wishes,
            &mut answer,
        );
    });
    // A popup takes its own Escape.
    if left(&response) && !busy {
        wishes.push(Wish::LeaveFile);
    }
    let waiting = desk
        .trying
        .as_ref()
        .is_some_and(|(layer, choice)| *layer == state.layer && *choice == state.choice);
    if exact.is_none() && !waiting && !busy && wishes.is_empty() {
        wishes.push(Wish::TryOut(state.layer, state.choice.clone()));
    }
    (wishes, answer)
}

fn heading(ui: &mut Ui, language: Language, on: &OnDesk) {
    ui.horizontal(|ui| {
        let accent = colors(ui).accent;
        ui.label(RichText::new(icon::FILE_PLUS).size(22.0).color(accent));
        ui.heading(tr(language, "import-title"));
        ui.add_space(4.0);
        ui.add(Label::new(RichText::new(&on.file.name).size(15.0)).truncate());
    });
}

/// Layer, target, coordinate system, fields and origin.
fn choices_ui(ui: &mut Ui, language: Language, on: &OnDesk, city: &City, trial: Option<&Trial>, state: &mut ImporterState) {
    if on.file.layers.len() > 1 {
        row(ui, &tr(language, "file-layer"), |ui| {
            let shown = on.file.layers.get(state.layer).map(|l| layer_line(language, l)).unwrap_or_default();
            let mut layer = state.layer;
            ComboBox::from_id_salt("layer of the file")
                .width(360.0)
                .truncate()
                .selected_text(shown)
                .height(320.0)
                .show_ui(ui, |ui| {
                    for (k, l) in on.file.layers.iter().enumerate() {
                        ui.selectable_value(&mut layer, k, layer_line(language, l));
                    }
                });
            if layer != state.layer {
                state.choose_layer(on, city, layer);
            }
        });
    }
    row(ui, &tr(language, "import-target"), |ui| target_ui(ui, language, on, city, state));
    let slot = state.choice.slot.clone().and_then(|id| city.slot(&id).map(|s| (id, s.def.clone())));
    match &slot {
        Some((_, def)) => {
            indented(ui, |ui| ui.add(Label::new(note(ui, def.description.get(language))).wrap()));
        }
        None => {
            indented(ui, |ui| ui.add(Label::new(note(ui, tr(language, "import-target-none-why"))).wrap()));
        }
    }
    row(ui, &tr(language, "file-crs"), |ui| crs_ui(ui, language, on, state));
    if let (Some(why), Some(layer)) = (state.crs_note, on.file.layers.get(state.layer)) {
        indented(ui, |ui| {
            let warning = colors(ui).warning;
            ui.add(Label::new(RichText::new(crs_note(language, why, layer)).small().color(warning)).wrap())
        });
    }
    let Some((id, def)) = slot else { return };
    if !def.attributes.is_empty() {
        section(ui, tr(language, "import-fields"));
        fields_ui(ui, language, on, &def, trial, state);
    }
    if state.draft {
        filter_ui(ui, language, on, state);
        return;
    }
    section(ui, tr(language, "import-origin"));
    origin_ui(ui, language, on, city, &id, &def, state);
}

pub(super) fn row(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        cell(ui, 138.0, strong(name));
        content(ui);
    });
}

pub(super) fn indented<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) {
    ui.horizontal_top(|ui| {
        ui.add_space(146.0);
        ui.vertical(content);
    });
}

fn slot_name(city: &City, id: &SlotId, language: Language) -> String {
    city.slot(id)
        .map_or_else(|| id.to_string(), |s| s.def.title.get(language).to_owned())
}

fn target_ui(ui: &mut Ui, language: Language, on: &OnDesk, city: &City, state: &mut ImporterState) {
    let known = on.layers.get(state.layer).map_or(&[][..], |l| &l.slots);
    let shown = match &state.choice.slot {
        Some(id) => slot_name(city, id, language),
        None => tr(language, "import-target-none"),
    };
    let mut slot = state.choice.slot.clone();
    ComboBox::from_id_salt("target")
        .width(360.0)
        .truncate()
        .selected_text(shown)
        .height(360.0)
        .show_ui(ui, |ui| {
            for s in known {
                let mut name = slot_name(city, &s.slot, language);
                if let Some(module) = city.modules.iter().find(|m| m.id == s.slot.module()) {
                    name = format!("{name} – {}", module.title.get(language));
                }
                if s.confidence >= 0.3 {
                    name = format!("{}  {name}", icon::SPARKLE);
                }
                ui.selectable_value(&mut slot, Some(s.slot.clone()), name);
            }
            let grid = on
                .file
                .layers
                .get(state.layer)
                .is_some_and(|l| matches!(l.content, Content::Grid(..)));
            if !grid && !state.draft {
                ui.selectable_value(&mut slot, None, tr(language, "import-target-none"));
            }
        });
    if slot != state.choice.slot {
        state.choose_slot(on, city, slot);
    }
}

fn crs_ui(ui: &mut Ui, language: Language, on: &OnDesk, state: &mut ImporterState) {
    let Some(layer) = on.file.layers.get(state.layer) else { return };
    let guesses = on.layers.get(state.layer).map_or(&[][..], |l| &l.guesses);
    let declared = match layer.crs_name() {
        Some(name) => tr_with(language, "import-crs-declared", &[("crs", name.to_owned().into())]),
        None => tr(language, "import-crs-none"),
    };
    let name = |epsg: u32| {
        let known = guesses.iter().find(|g| g.epsg == epsg);
        known.map_or_else(|| format!("EPSG:{epsg}"), |g| format!("EPSG:{epsg} – {}", g.name))
    };
    let shown = state.choice.crs.map_or_else(|| declared.clone(), name);
    let mut crs = state.choice.crs;
    ComboBox::from_id_salt("crs of the file")
        .width(360.0)
        .truncate()
        .selected_text(shown)
        .show_ui(ui, |ui| {
            ui.selectable_value(&mut crs, None, declared.clone());
            for g in guesses {
                let far = if g.distance_m > 0.0 {
                    format!(" ({})", text::measure(language, g.distance_m / 1000.0, "km"))
                } else {
                    String::new()
                };
                ui.selectable_value(&mut crs, Some(g.epsg), format!("{}{far}", name(g.epsg)));
            }
        });
    let edit = field(ui, &mut state.code, tr(language, "import-crs-other")).desired_width(96.0);
    if ui.add(edit).changed() {
        let digits = state.code.trim().trim_start_matches("EPSG:").trim_start_matches("epsg:");
        if let Ok(epsg) = digits.parse::<u32>()
            && epsg >= 1024
        {
            crs = Some(epsg);
        }
    }
    if crs != state.choice.crs {
        state.choice.crs = crs;
        state.crs_note = None;
    }
}

/// Which features of the layer are meant.
fn filter_ui(ui: &mut Ui, language: Language, on: &OnDesk, state: &mut ImporterState) {
    let c = &mut state.choice;
    if on.file.layers.get(state.layer).is_some_and(|l| l.kind().is_some()) && c.mapping.is_none() {
        row(ui, &tr(language, "import-filter"), |ui| {
            let mut text = c.filter.clone().unwrap_or_default();
            let edit = field(ui, &mut text, tr(language, "import-filter-hint")).desired_width(360.0);
            if ui.add(edit).changed() {
                c.filter = Some(text).filter(|t| !t.trim().is_empty());
            }
        });
    }
}

/// Publisher, date and how far the data can be trusted.
fn origin_ui(ui: &mut Ui, language: Language, on: &OnDesk, city: &City, id: &SlotId, def: &SlotDef, state: &mut ImporterState) {
    let line = |ui: &mut Ui, key: String, hint: String, value: &mut Option<String>, width: f32| {
        row(ui, &key, |ui| {
            let mut text = value.clone().unwrap_or_default();
            let edit = field(ui, &mut text, hint).desired_width(width);
            if ui.add(edit).changed() {
                *value = Some(text).filter(|t| !t.is_empty());
            }
        });
    };
    let c = &mut state.choice;
    line(ui, tr(language, "source"), tr(language, "import-source-hint"), &mut c.source, 360.0);
    line(
        ui,
        tr(language, "licence"),
        tr(language, "import-licence-hint"),
        &mut c.licence,
        200.0,
    );
    line(
        ui,
        tr(language, "import-date"),
        tr(language, "import-date-hint"),
        &mut c.data_date,
        120.0,
    );
    filter_ui(ui, language, on, state);
    let c = &mut state.choice;
    let check = |ui: &mut Ui, on: &mut bool, text: String, why: String| {
        ui.add(Checkbox::new(on, text)).on_hover_text(why);
    };
    indented(ui, |ui| {
        if city.info.area_of_interest.is_some() && def.geometry != crate::modules::SlotGeometry::Raster {
            check(
                ui,
                &mut c.complete,
                tr(language, "import-complete"),
                tr(language, "import-complete-why"),
            );
        }
        check(
            ui,
            &mut c.unofficial,
            tr(language, "import-unofficial"),
            tr(language, "unofficial-why"),
        );
        let filled = city.slot(id).is_some_and(|s| !matches!(s.data, SlotData::Missing { .. }));
        if filled {
            let text = tr_with(language, "import-replace", &[("layer", def.title.get(language).to_owned().into())]);
            check(ui, &mut c.replace, text, tr(language, "import-replace-why"));
        }
    });
}

#[expect(clippy::too_many_arguments, reason = "the line that sums everything up")]
fn footer(
    ui: &mut Ui,
    language: Language,
    (trial, drafts): (Option<&Trial>, Option<(String, bool)>),
    trying: bool,
    busy: bool,
    ready: bool,
    state: &ImporterState,
    wishes: &mut Vec<Wish>,
    answer: &mut ImporterAnswer,
) {
    let accept = ui
        .ctx()
        .input_mut(|i| i.consume_shortcut(&KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter)));
    ui.horizontal(|ui| {
        ui.set_min_height(40.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let fill = colors(ui).selected;
            let bind = state.choice.slot.is_some();
            let label = match (state.draft, bind) {
                (true, _) => "drafts-take",
                (false, true) => "import-bind",
                (false, false) => "import-show",
            };
            let label = tr(language, label);
            let go = ui.add_enabled(ready, Button::new(label).fill(fill).min_size(vec2(120.0, 28.0)));
            if go.on_hover_text(tr(language, "import-bind-keys")).clicked() || (accept && ready) {
                let choice: Choice = state.choice.clone();
                wishes.push(if state.draft {
                    Wish::TakeDrafts(state.layer, choice)
                } else if bind {
                    Wish::TakeIn(state.layer, choice)
                } else {
                    Wish::ShowOnly(state.layer, choice)
                });
            }
            if ui
                .add_enabled(!busy, Button::new(tr(language, "cancel")).min_size(vec2(96.0, 28.0)))
                .clicked()
            {
                wishes.push(Wish::LeaveFile);
            }
            if ui
                .add_enabled(!busy, Button::new(tr(language, "import-report")).min_size(vec2(96.0, 28.0)))
                .clicked()
            {
                answer.save_report = true;
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                if trying || busy {
                    ui.add(Spinner::new().size(16.0));
                }
                let refused = trial.is_some_and(|t| t.refused.is_some());
                match drafts.filter(|_| !busy && !refused) {
                    Some((words, fits)) => {
                        let p = colors(ui);
                        let color = if fits { p.ink } else { p.warning };
                        ui.add(Label::new(RichText::new(words).color(color)).wrap());
                    }
                    None => summary(ui, language, trial, busy, state),
                }
            });
        });
    });
}

fn summary(ui: &mut Ui, language: Language, trial: Option<&Trial>, busy: bool, state: &ImporterState) {
    let p = colors(ui);
    if busy {
        ui.label(tr(language, "import-busy"));
        return;
    }
    let Some(t) = trial else {
        ui.label(note(ui, tr(language, "import-trying")));
        return;
    };
    if let Some(why) = &t.refused {
        ui.label(RichText::new(icon::X_CIRCLE).color(p.error));
        ui.add(Label::new(RichText::new(why.get(language)).color(p.error)).wrap());
        return;
    }
    let count = [("n", number(language, t.count as f64, 0).into())];
    let mut parts = vec![
        tr_with(
            language,
            if t.geometry.is_some() { "import-sum" } else { "import-sum-cells" },
            &count,
        ),
        place(language, t.place),
    ];
    if state.choice.slot.is_some() && !t.fields.is_empty() {
        let filled = t.fields.iter().filter(|f| f.filled > 0).count() as i64;
        let of = t.fields.len() as i64;
        parts.push(tr_with(
            language,
            "import-sum-fields",
            &[("filled", filled.into()), ("of", of.into())],
        ));
    }
    let dropped = t.report.dropped();
    if dropped > 0 {
        parts.push(tr_with(
            language,
            "import-sum-dropped",
            &[("n", number(language, dropped as f64, 0).into())],
        ));
    }
    let apart = matches!(t.place, Where::Apart { .. } | Where::Nowhere);
    let color = if apart { p.warning } else { p.ink };
    ui.add(Label::new(RichText::new(parts.join(" · ")).color(color)).wrap());
}
