//! The bar at the top: project and its state, open, save, language, appearance, help.

mod recent;

use crate::{
    app::{
        bridge::{Recent, ViewState, Wish},
        theme::{
            icon,
            widgets::{colors, icon_button, note, strong},
        },
    },
    i18n::tr,
    model::Language,
    session::{Command, Snapshot},
};
use bevy_egui::egui::{Align, Button, Label, Layout, MenuBar, Popup, RichText, Ui};

/// What the user asked for that is not a wish to the session.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct MenuAnswer {
    /// Show the dialog with the path field.
    pub path_dialog: bool,
    /// Show the path field for a file to bring in.
    pub file_dialog: bool,
}

fn button(ui: &mut Ui, sign: &str, text: &str, hint: &str, enabled: bool) -> bool {
    let label = RichText::new(format!("{sign}  {text}"));
    let response = ui.add_enabled(
        enabled,
        Button::new(label)
            .frame_when_inactive(false)
            .min_size(bevy_egui::egui::vec2(0.0, 28.0)),
    );
    response.on_hover_text(hint).clicked()
}

/// The bar. `unsaved` says that something would be lost.
pub fn menu_ui(ui: &mut Ui, snapshot: Option<&Snapshot>, view: &ViewState, unsaved: bool, recents: &[Recent]) -> (Vec<Wish>, MenuAnswer) {
    let language = view.language;
    let (mut wishes, mut answer) = (vec![], MenuAnswer::default());
    MenuBar::new().ui(ui, |ui| {
        ui.set_min_height(32.0);
        ui.spacing_mut().item_spacing.x = 4.0;
        let accent = colors(ui).accent;
        ui.label(RichText::new(icon::STACK).size(20.0).color(accent));
        ui.add_space(2.0);
        ui.label(strong("Stadtschicht").size(16.0));
        ui.add_space(8.0);
        let open = Button::new(format!("{}  {}", icon::FOLDER_OPEN, tr(language, "open")))
            .frame_when_inactive(false)
            .min_size(bevy_egui::egui::vec2(0.0, 28.0));
        let open = ui.add(open);
        Popup::menu(&open).show(|ui| {
            if ui
                .button(format!("{}  {}", icon::FOLDER_OPEN, tr(language, "open-folder")))
                .clicked()
            {
                wishes.push(Wish::ChooseProject);
            }
            if ui.button(format!("{}  {}", icon::CURSOR_TEXT, tr(language, "open-path"))).clicked() {
                answer.path_dialog = true;
            }
            if ui.button(format!("{}  {}", icon::CITY, tr(language, "found-menu"))).clicked() {
                wishes.push(Wish::Found(None));
            }
            ui.separator();
            ui.add_enabled_ui(snapshot.is_some(), |ui| {
                if ui.button(format!("{}  {}", icon::FILE_PLUS, tr(language, "add-file"))).clicked() {
                    wishes.push(Wish::ChooseFile);
                }
                if ui
                    .button(format!("{}  {}", icon::CURSOR_TEXT, tr(language, "add-file-path")))
                    .clicked()
                {
                    answer.file_dialog = true;
                }
                if ui.button(format!("{}  {}", icon::GLOBE, tr(language, "remote-menu"))).clicked() {
                    wishes.push(Wish::Services);
                }
            });
            wishes.extend(recent::recent_ui(ui, language, recents, snapshot.map(|s| &*s.city.info.folder)));
            ui.separator();
            ui.label(note(ui, tr(language, "open-drop")));
        });
        if button(ui, icon::FLOPPY_DISK, &tr(language, "save"), &tr(language, "save-hint"), unsaved) {
            wishes.push(Wish::Session(Command::Save));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icon::QUESTION, &tr(language, "help-hint")).clicked() {
                wishes.push(Wish::Help(true));
            }
            let (sign, name) = if view.dark {
                (icon::SUN, tr(language, "appearance-light"))
            } else {
                (icon::MOON, tr(language, "appearance-dark"))
            };
            if icon_button(ui, sign, &name).clicked() {
                wishes.push(Wish::Dark(!view.dark));
            }
            ui.add_space(4.0);
            for other in [Language::En, Language::De] {
                let name = match other {
                    Language::De => "Deutsch",
                    Language::En => "English",
                };
                let label = RichText::new(other.code().to_uppercase());
                let response = ui.add(Button::selectable(other == language, label).min_size(bevy_egui::egui::vec2(32.0, 26.0)));
                if response.on_hover_text(name).clicked() {
                    wishes.push(Wish::Language(other));
                }
            }
            ui.add_space(12.0);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add_space(12.0);
                if let Some(s) = snapshot {
                    let star = if unsaved { "*" } else { "" };
                    let title = format!("{}{star}", s.city.info.title.get(language));
                    let response = ui.add(Label::new(strong(title)).truncate());
                    if unsaved {
                        response.on_hover_text(tr(language, "unsaved"));
                    }
                }
            });
        });
    });
    (wishes, answer)
}
