//! Before the window closes or another project opens: what becomes of reviews that nobody saved.

use crate::{
    app::{
        bridge::{Answer, Closing, ViewState, Wish},
        theme::{
            icon,
            widgets::{colors, modal},
        },
    },
    i18n::tr,
};
use bevy_egui::egui::{Align, Button, Context, Key, Label, Layout, RichText, vec2};

/// The question, while it is open.
pub fn unsaved_ui(ctx: &Context, view: &ViewState, closing: &Closing) -> Vec<Wish> {
    let language = view.language;
    let mut answer = None;
    if *closing == Closing::No {
        return vec![];
    }
    let response = modal(ctx, "unsaved", 480.0, |ui| {
        ui.horizontal(|ui| {
            let warning = colors(ui).warning;
            ui.label(RichText::new(icon::WARNING_CIRCLE).size(24.0).color(warning));
            ui.heading(tr(language, "close-title"));
        });
        ui.add_space(4.0);
        ui.add(Label::new(tr(language, "close-text")).wrap());
        ui.add_space(12.0);
        let row = [ui.available_width(), 32.0].into();
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            let fill = colors(ui).selected;
            let size = vec2(96.0, 28.0);
            let buttons = [
                (Answer::Save, Button::new(tr(language, "save")).fill(fill)),
                (Answer::Discard, Button::new(tr(language, "close-discard"))),
                (Answer::Stay, Button::new(tr(language, "cancel"))),
            ];
            let buttons = buttons.map(|(a, button)| (a, ui.add(button.min_size(size))));
            // Enter saves: the answer that loses nothing.
            if buttons.iter().all(|(_, b)| !b.has_focus()) {
                buttons[0].1.request_focus();
            }
            answer = buttons.iter().find(|(_, b)| b.clicked()).map(|(a, _)| *a);
        });
    });
    if response.should_close() || ctx.input(|i| i.key_pressed(Key::Escape)) {
        answer = answer.or(Some(Answer::Stay));
    }
    answer.map(Wish::Unsaved).into_iter().collect()
}
