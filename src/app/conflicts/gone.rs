//! What was decided about conflicts that a check does not find any more: kept with the day since when, and changed like the others.

use crate::{
    app::{
        bridge::Wish,
        theme::{
            text,
            widgets::{note, strong},
        },
    },
    i18n::tr,
    model::{ConflictStatus, Language, Review},
    session::{Command, Snapshot},
};
use bevy_egui::egui::{Align, ComboBox, Label, Layout, Ui};
use egui_extras::{Column, TableBuilder};

/// One line a decision.
pub(super) fn gone_ui(ui: &mut Ui, s: &Snapshot, language: Language, wishes: &mut Vec<Wish>) {
    let gone: Vec<(&String, &Review)> = s.reviews.iter().filter(|(_, r)| r.gone.is_some()).collect();
    let explained = note(ui, tr(language, "group-gone-why"));
    ui.add(Label::new(explained).wrap());
    let heads = [
        "group-since",
        "column-id",
        "column-rule",
        "column-subject",
        "column-status",
        "column-office",
        "group-note",
    ];
    TableBuilder::new(ui)
        .id_salt("gone")
        .resizable(true)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::initial(90.0).at_least(60.0).clip(true))
        .column(Column::initial(110.0).at_least(60.0).clip(true))
        .column(Column::initial(200.0).at_least(80.0).clip(true))
        .column(Column::initial(170.0).at_least(80.0).clip(true))
        .column(Column::initial(150.0).at_least(110.0).clip(true))
        .column(Column::initial(150.0).at_least(60.0).clip(true))
        .column(Column::remainder().at_least(120.0).clip(true))
        .min_scrolled_height(0.0)
        .auto_shrink(false)
        .header(26.0, |mut h| {
            for key in heads {
                h.col(|ui| {
                    ui.add(Label::new(strong(tr(language, key)).small()).truncate());
                });
            }
        })
        .body(|body| {
            body.rows(28.0, gone.len(), |mut row| {
                let (id, r) = gone[row.index()];
                let rule = s.city.rule(&r.rule);
                let title = rule.map_or(r.rule.as_str(), |d| d.title.get(language));
                let office = match (r.office.is_empty(), rule) {
                    (true, Some(rule)) => rule.office.get(language),
                    _ => r.office.as_str(),
                };
                let since = r.gone.as_deref().map(|d| text::date(language, d)).unwrap_or_default();
                for cell in [since.as_str(), id, title, &r.subject] {
                    row.col(|ui| {
                        ui.add(Label::new(cell).truncate());
                    });
                }
                row.col(|ui| {
                    let mut status = r.status;
                    ComboBox::from_id_salt(("gone", id))
                        .width(120.0)
                        .selected_text(text::status(language, status))
                        .show_ui(ui, |ui| {
                            for v in ConflictStatus::ALL {
                                ui.selectable_value(&mut status, v, text::status(language, v));
                            }
                        });
                    if status != r.status {
                        let conflict = id.clone();
                        wishes.push(Wish::Session(Command::SetStatus { conflict, status }));
                    }
                });
                for cell in [office, r.note.as_str()] {
                    row.col(|ui| {
                        ui.add(Label::new(cell).truncate()).on_hover_text(cell);
                    });
                }
            });
        });
}
