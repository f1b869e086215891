//! Before a project is open: what to do first.

use super::card;
use crate::{
    app::{
        bridge::{Running, ViewState, Wish},
        theme::{
            icon,
            widgets::{colors, note, strong},
        },
    },
    i18n::tr,
};
use bevy_egui::egui::{Button, Context, Label, ProgressBar, Rect, RichText, Spinner, vec2};

/// The page in the middle of the empty view. Returns wishes, and true when the user wants to type a path.
pub fn welcome_ui(ctx: &Context, view: &ViewState, running: &Running, free: Rect) -> (Vec<Wish>, bool) {
    let language = view.language;
    let (mut wishes, mut path) = (vec![], false);
    let top = free.center_top() + vec2(0.0, (free.height() * 0.28).max(16.0));
    card(ctx, "welcome", top, |ui| {
        ui.set_width((free.width() - 80.0).clamp(240.0, 420.0));
        ui.vertical_centered(|ui| {
            let accent = colors(ui).accent;
            ui.add_space(8.0);
            match &running.progress {
                Some(p) => {
                    ui.add(Spinner::new().size(24.0).color(accent));
                    ui.label(strong(tr(language, "loading")).size(16.0));
                    ui.label(note(ui, p.step.get(language)));
                    ui.add_space(4.0);
                    ui.add(ProgressBar::new(p.fraction).desired_width(280.0).desired_height(8.0).fill(accent));
                    ui.add_space(8.0);
                    if ui
                        .add_enabled(!running.stopping, Button::new(tr(language, "cancel")).min_size(vec2(96.0, 28.0)))
                        .clicked()
                    {
                        wishes.push(Wish::Cancel);
                    }
                }
                None => {
                    ui.label(RichText::new(icon::STACK).size(36.0).color(accent));
                    ui.label(strong(tr(language, "welcome")).size(18.0));
                    ui.add(Label::new(tr(language, "welcome-text")).wrap());
                    ui.add_space(8.0);
                    let selected = colors(ui).selected;
                    let open = Button::new(format!("{}  {}", icon::FOLDER_OPEN, tr(language, "open-folder")))
                        .fill(selected)
                        .min_size(vec2(220.0, 32.0));
                    if ui.add(open).clicked() {
                        wishes.push(Wish::ChooseProject);
                    }
                    if ui
                        .add(Button::new(format!("{}  {}", icon::CITY, tr(language, "found-menu"))).min_size(vec2(220.0, 32.0)))
                        .clicked()
                    {
                        wishes.push(Wish::Found(None));
                    }
                    if ui.add(Button::new(tr(language, "open-path")).min_size(vec2(220.0, 32.0))).clicked() {
                        path = true;
                    }
                    ui.add_space(8.0);
                    ui.add(Label::new(note(ui, tr(language, "welcome-demo"))).wrap());
                }
            }
            ui.add_space(8.0);
        });
    });
    (wishes, path)
}
