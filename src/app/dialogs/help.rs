//! How to move and what keys there are; a short hint at the first start.

use super::card;
use crate::{
    app::{
        bridge::{ViewState, Wish},
        theme::{
            icon,
            widgets::{colors, icon_button, modal, note, section},
        },
    },
    i18n::tr,
    model::Language,
};
use bevy_egui::egui::{Align, Button, Context, Grid, Label, Layout, Rect, RichText, ScrollArea, Ui};

fn table(ui: &mut Ui, id: &str, rows: &[(String, String)]) {
    ui.spacing_mut().interact_size.y = 18.0;
    Grid::new(id).num_columns(2).spacing([24.0, 6.0]).show(ui, |ui| {
        for (keys, what) in rows {
            let accent = colors(ui).accent;
            ui.label(RichText::new(keys).color(accent));
            ui.add(Label::new(what.as_str()).extend());
            ui.end_row();
        }
    });
}

fn mouse(language: Language) -> Vec<(String, String)> {
    vec![
        (tr(language, "mouse-left"), tr(language, "move-pan")),
        (tr(language, "mouse-right"), tr(language, "move-orbit")),
        (tr(language, "mouse-wheel"), tr(language, "move-zoom")),
        (tr(language, "mouse-click"), tr(language, "move-identify")),
        (tr(language, "mouse-right-click"), tr(language, "pick-list")),
    ]
}

fn keys(language: Language) -> Vec<(String, String)> {
    vec![
        (tr(language, "keys-arrows"), tr(language, "move-pan")),
        (tr(language, "keys-shift-arrows"), tr(language, "move-orbit")),
        (tr(language, "keys-page"), tr(language, "move-zoom")),
        (tr(language, "keys-home"), tr(language, "view-home")),
        ("N".into(), tr(language, "view-north")),
        ("T".into(), tr(language, "view-top")),
        ("W".into(), tr(language, "move-why")),
        ("M".into(), tr(language, "note-write")),
        ("Esc".into(), tr(language, "selection-clear")),
        (tr(language, "keys-tab"), tr(language, "panels-hide")),
        (tr(language, "keys-open"), tr(language, "open-project")),
        (tr(language, "keys-new"), tr(language, "found-title")),
        (tr(language, "keys-add"), tr(language, "add-file")),
        (tr(language, "keys-add-path"), tr(language, "add-file-path")),
        (tr(language, "keys-save"), tr(language, "save-hint")),
        (tr(language, "keys-quit"), tr(language, "close-window")),
        (tr(language, "keys-undo"), tr(language, "help-undo")),
        (tr(language, "keys-tools"), tr(language, "help-tools")),
        (tr(language, "keys-gather"), tr(language, "help-gather")),
        (tr(language, "keys-delete"), tr(language, "help-delete")),
        ("V".into(), tr(language, "variants-help-next")),
        ("B".into(), tr(language, "variants-help-hold")),
        ("F1".into(), tr(language, "help")),
        ("F2".into(), tr(language, "language-switch")),
    ]
}

/// The help.
pub fn help_ui(ctx: &Context, view: &ViewState) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    let answer = modal(ctx, "help", 540.0, |ui| {
        ui.horizontal(|ui| {
            ui.heading(tr(language, "help"));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, icon::X, &tr(language, "close")).clicked() {
                    wishes.push(Wish::Help(false));
                }
            });
        });
        let most = (ui.ctx().content_rect().height() - 140.0).max(160.0);
        ScrollArea::vertical().max_height(most).auto_shrink([false, true]).show(ui, |ui| {
            section(ui, tr(language, "help-mouse"));
            table(ui, "mouse", &mouse(language));
            section(ui, tr(language, "help-keys"));
            table(ui, "keys", &keys(language));
            section(ui, tr(language, "help-reading"));
            ui.add(Label::new(tr(language, "help-reading-text")).wrap());
            ui.add_space(8.0);
            ui.label(note(
                ui,
                format!("Stadtschicht {} ({})", env!("CARGO_PKG_VERSION"), env!("STADTSCHICHT_REVISION")),
            ));
        });
    });
    if answer.should_close() {
        wishes.push(Wish::Help(false));
    }
    wishes
}

/// The hint at the first start, over the top of the map. Returns true when it was closed.
pub fn hint_ui(ctx: &Context, view: &ViewState, free: Rect) -> bool {
    let language = view.language;
    let mut closed = false;
    card(ctx, "hint", free.center_top() + bevy_egui::egui::vec2(0.0, 16.0), |ui| {
        ui.set_max_width((free.width() - 120.0).clamp(240.0, 420.0));
        table(ui, "hint-mouse", &mouse(language));
        ui.add_space(4.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let fill = colors(ui).selected;
            closed = ui
                .add(Button::new(tr(language, "hint-close")).fill(fill).min_size([96.0, 28.0].into()))
                .clicked();
        });
    });
    closed
}
