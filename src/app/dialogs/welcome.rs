//! Before a project is open: what to do first, and the projects that were opened last.

use super::{card, recent::recent_ui};
use crate::{
    app::{
        bridge::{Recent, Running, ViewState, Wish},
        theme::{
            icon,
            widgets::{colors, note, strong},
        },
    },
    i18n::tr,
    model::Language,
};
use bevy_egui::egui::{Align, Button, Context, Label, Layout, ProgressBar, Rect, RichText, Spinner, Ui, vec2};

/// The page in the middle of the empty view. Returns wishes, and true when the user wants to type a path.
pub fn welcome_ui(ctx: &Context, view: &ViewState, running: &Running, recents: &[Recent], free: Rect) -> (Vec<Wish>, bool) {
    let language = view.language;
    let (mut wishes, mut path) = (vec![], false);
    let listed = !recents.is_empty() && running.progress.is_none();
    let top = if listed { 0.06 } else { 0.28 };
    let top = free.center_top() + vec2(0.0, (free.height() * top).max(16.0));
    let width = (free.width() - 80.0).max(240.0);
    card(ctx, "welcome", top, |ui| match &running.progress {
        Some(p) => {
            ui.set_width(width.min(420.0));
            ui.vertical_centered(|ui| {
                let accent = colors(ui).accent;
                ui.add_space(8.0);
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
                ui.add_space(8.0);
            });
        }
        None if listed => {
            ui.set_width(width.min(860.0));
            let height = (free.height() - 120.0).clamp(200.0, 520.0);
            ui.horizontal_top(|ui| {
                let left = (ui.available_width() * 0.42).min(340.0);
                ui.allocate_ui_with_layout(vec2(left, 0.0), Layout::top_down(Align::Center), |ui| {
                    ui.set_width(left);
                    first(ui, language, &mut wishes, &mut path);
                });
                ui.add_space(8.0);
                ui.separator();
                ui.add_space(8.0);
                ui.vertical(|ui| {
                    ui.add_space(8.0);
                    wishes.extend(recent_ui(ui, language, recents, height));
                    ui.add_space(8.0);
                });
            });
        }
        None => {
            ui.set_width(width.min(420.0));
            ui.vertical_centered(|ui| first(ui, language, &mut wishes, &mut path));
        }
    });
    (wishes, path)
}

/// What to do first.
fn first(ui: &mut Ui, language: Language, wishes: &mut Vec<Wish>, path: &mut bool) {
    let p = colors(ui);
    ui.add_space(8.0);
    ui.label(RichText::new(icon::STACK).size(36.0).color(p.accent));
    ui.label(strong(tr(language, "welcome")).size(18.0));
    ui.add(Label::new(tr(language, "welcome-text")).wrap());
    ui.add_space(8.0);
    let size = vec2(220.0, 32.0);
    let open = Button::new(format!("{}  {}", icon::FOLDER_OPEN, tr(language, "open-folder"))).fill(p.selected);
    if ui.add(open.min_size(size)).clicked() {
        wishes.push(Wish::ChooseProject);
    }
    let new = Button::new(format!("{}  {}", icon::CITY, tr(language, "found-menu")));
    if ui.add(new.min_size(size)).clicked() {
        wishes.push(Wish::Found(None));
    }
    if ui.add(Button::new(tr(language, "open-path")).min_size(size)).clicked() {
        *path = true;
    }
    ui.add_space(8.0);
    ui.add(Label::new(note(ui, tr(language, "welcome-demo"))).wrap());
    ui.add_space(8.0);
}
