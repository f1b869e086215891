//! Notices: an error with what, where and what to do, or what a dropped file brought.

use crate::{
    app::{
        bridge::{CameraCommand, Notice, ViewState, Wish},
        theme::{
            icon,
            widgets::{colors, modal, pair},
        },
    },
    i18n::tr,
};
use bevy_egui::egui::{Align, Button, Context, Label, Layout, RichText, ScrollArea};

/// Shows one notice.
pub fn notice_ui(ctx: &Context, view: &ViewState, notice: &Notice) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    let answer = modal(ctx, "notice", 520.0, |ui| {
        ui.horizontal(|ui| {
            let p = colors(ui);
            let (sign, color) = if notice.error {
                (icon::WARNING_CIRCLE, p.error)
            } else {
                (icon::CHECK_CIRCLE, p.good)
            };
            ui.label(RichText::new(sign).size(24.0).color(color));
            ui.heading(notice.title.get(language));
        });
        ui.add_space(4.0);
        let most = (ui.ctx().content_rect().height() - 220.0).max(120.0);
        ScrollArea::vertical().max_height(most).auto_shrink([false, true]).show(ui, |ui| {
            // The scroll bar lies over the content.
            ui.set_max_width(ui.available_width() - 14.0);
            ui.add(Label::new(notice.text.get(language)).wrap());
            if !notice.facts.is_empty() {
                ui.add_space(8.0);
            }
            for (name, value) in &notice.facts {
                pair(ui, name.get(language), value.get(language));
            }
        });
        ui.add_space(12.0);
        let row = [ui.available_width(), 32.0].into();
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            let accent = colors(ui).selected;
            let close = Button::new(tr(language, "close")).fill(accent).min_size([96.0, 28.0].into());
            if ui.add(close).clicked() {
                wishes.push(Wish::Dismiss);
            }
            if let Some(place) = notice.place.filter(|p| !p.is_empty())
                && ui
                    .add(Button::new(tr(language, "fly-there")).min_size([96.0, 28.0].into()))
                    .clicked()
            {
                wishes.push(Wish::Camera(CameraCommand::FlyTo(place)));
                wishes.push(Wish::Dismiss);
            }
        });
    });
    if answer.should_close() {
        wishes.push(Wish::Dismiss);
    }
    wishes
}
