//! The path field: opens a project where no file dialog of the desktop exists, and always for those who have the path.

use super::modal;
use crate::{
    app::{
        bridge::{ViewState, Wish},
        theme::widgets::colors,
    },
    i18n::tr,
};
use bevy_egui::egui::{Align, Button, Context, Key, Layout, RichText, TextEdit};
use std::path::PathBuf;

/// The dialog while it is open.
#[derive(Debug, Clone, Default)]
pub struct PathDialog {
    text: String,
    focused: bool,
    /// The desktop's file dialog did not appear.
    no_portal: bool,
}

impl PathDialog {
    /// The dialog after the desktop's own did not appear.
    pub fn without_portal() -> Self {
        Self {
            no_portal: true,
            ..Self::default()
        }
    }

    fn path(&self) -> PathBuf {
        // Pasted paths come with quotes, blanks and as file addresses.
        let text = self.text.trim().trim_matches(['"', '\'']);
        PathBuf::from(text.strip_prefix("file://").unwrap_or(text))
    }
}

/// Shows the dialog; closes it by setting `dialog` to `None`.
pub fn path_ui(ctx: &Context, view: &ViewState, dialog: &mut Option<PathDialog>) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    let Some(d) = dialog else { return wishes };
    let mut done = false;
    let answer = modal(ctx, "path-dialog", 560.0, |ui| {
        ui.heading(tr(language, "open-project"));
        ui.add_space(4.0);
        if d.no_portal {
            let warning = colors(ui).warning;
            ui.label(RichText::new(tr(language, "open-no-portal")).color(warning));
        }
        ui.label(tr(language, "open-path-what"));
        let edit = TextEdit::singleline(&mut d.text)
            .hint_text(tr(language, "open-path-hint"))
            .desired_width(f32::INFINITY)
            .margin(bevy_egui::egui::Margin::symmetric(8, 6));
        let response = ui.add(edit);
        if !d.focused {
            response.request_focus();
            d.focused = true;
        }
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        let path = d.path();
        let exists = !d.text.trim().is_empty() && path.exists();
        let hint = if d.text.trim().is_empty() || exists {
            String::new()
        } else {
            tr(language, "open-path-missing")
        };
        let warning = colors(ui).warning;
        ui.label(RichText::new(hint).small().color(warning));
        ui.add_space(4.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let accent = colors(ui).selected;
            let open = ui.add_enabled(exists, Button::new(tr(language, "open")).fill(accent).min_size([96.0, 28.0].into()));
            if open.clicked() || (entered && exists) {
                wishes.push(Wish::Open(path));
                done = true;
            }
            if ui.add(Button::new(tr(language, "cancel")).min_size([96.0, 28.0].into())).clicked() {
                done = true;
            }
        });
    });
    if done || answer.should_close() {
        *dialog = None;
    }
    wishes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_paths_are_cleaned() {
        let path = |text: &str| {
            PathDialog {
                text: text.into(),
                ..PathDialog::default()
            }
            .path()
        };
        assert_eq!(path(" \"/a b/c\" \n"), PathBuf::from("/a b/c"));
        assert_eq!(path("file:///a/project.toml"), PathBuf::from("/a/project.toml"));
    }
}
