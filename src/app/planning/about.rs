//! What a variant says about itself: title, who began it, and notes for whoever opens it later.

use super::panel::{PlanView, PlanningState};
use crate::{
    app::{
        bridge::{PlanWish, Wish},
        theme::widgets::{colors, note},
    },
    i18n::{date, tr, tr_with},
};
use bevy_egui::egui::{Button, CollapsingHeader, Label, TextEdit, Ui, vec2};

/// Title and notes as they are being typed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Telling {
    /// As the variant says them.
    told: [String; 2],
    title: String,
    notes: String,
}

/// The section of the panel, folded until somebody opens it.
pub(super) fn about_ui(ui: &mut Ui, v: &PlanView, state: &mut PlanningState, wishes: &mut Vec<Wish>) {
    let about = &v.planning.about;
    let told = [about.title.clone(), about.notes.clone()];
    if state.telling.told != told {
        let [title, notes] = told.clone();
        state.telling = Telling { told, title, notes };
    }
    let telling = &mut state.telling;
    let raised = colors(ui).raised;
    ui.add_space(8.0);
    CollapsingHeader::new(tr(v.language, "planning-about"))
        .id_salt("about")
        .show(ui, |ui| {
            let width = ui.available_width() - 10.0;
            ui.label(note(ui, tr(v.language, "planning-title")));
            ui.add(
                TextEdit::singleline(&mut telling.title)
                    .background_color(raised)
                    .desired_width(width),
            );
            ui.label(note(ui, tr(v.language, "planning-notes")));
            let notes = TextEdit::multiline(&mut telling.notes).background_color(raised).desired_rows(3);
            ui.add(notes.desired_width(width));
            let author = match about.author.trim() {
                "" => tr(v.language, "unknown"),
                name => name.to_owned(),
            };
            let by = tr_with(
                v.language,
                "planning-author",
                &[("name", author.into()), ("day", date(v.language, &about.created).into())],
            );
            ui.add(Label::new(note(ui, by)).wrap());
            if let Some(from) = &about.branched_from {
                let from = tr_with(v.language, "planning-branched", &[("name", from.clone().into())]);
                ui.add(Label::new(note(ui, from)).wrap());
            }
            let changed = telling.title.trim() != telling.told[0] || telling.notes != telling.told[1];
            let ready = changed && !telling.title.trim().is_empty();
            let take = Button::new(tr(v.language, "planning-take")).min_size(vec2(96.0, 28.0));
            if ui.add_enabled(ready, take).clicked() {
                wishes.push(Wish::Plan(PlanWish::Tell {
                    title: telling.title.trim().into(),
                    notes: telling.notes.clone(),
                }));
            }
        });
}
