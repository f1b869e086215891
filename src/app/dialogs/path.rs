//! The path field: opens a project, brings a file in or says where a report goes, where no file dialog of the desktop exists, and
//! always for those who have the path.

use crate::{
    app::{
        bridge::{ViewState, Wish},
        theme::widgets::{colors, modal},
    },
    i18n::tr,
};
use bevy_egui::egui::{Align, Button, Context, Key, Layout, RichText, TextEdit};
use std::path::PathBuf;

/// What the path is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// A project to open.
    #[default]
    Project,
    /// A file to bring in.
    File,
    /// A file with drafts for the plan.
    Drafts,
    /// Where the import report of the project is written.
    Report,
    /// Where the report about the file on the desk is written.
    FileReport,
    /// Where the difference between two variants is written.
    Comparison,
    /// Where the layers that a plan changes are written.
    Layers,
}

impl Purpose {
    fn writes(self) -> bool {
        matches!(self, Self::Report | Self::FileReport | Self::Comparison | Self::Layers)
    }
}

impl Purpose {
    /// A file that is there already stays: it may be what the project is made of.
    fn keeps(self) -> bool {
        self == Self::Layers
    }
}

/// The dialog while it is open.
#[derive(Debug, Clone, Default)]
pub struct PathDialog {
    purpose: Purpose,
    text: String,
    focused: bool,
    /// The desktop's file dialog did not appear.
    no_portal: bool,
}

impl PathDialog {
    /// An empty field.
    pub fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            ..Self::default()
        }
    }

    /// With a path to start from.
    pub fn starting(purpose: Purpose, path: &std::path::Path) -> Self {
        Self {
            text: path.display().to_string(),
            ..Self::new(purpose)
        }
    }

    /// The dialog after the desktop's own did not appear.
    pub fn without_portal(purpose: Purpose) -> Self {
        Self {
            no_portal: true,
            ..Self::new(purpose)
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
        ui.heading(match d.purpose {
            Purpose::Project => tr(language, "open-project"),
            Purpose::File => tr(language, "open-file"),
            Purpose::Drafts => tr(language, "drafts-open"),
            Purpose::Report | Purpose::FileReport => tr(language, "import-report-save"),
            Purpose::Comparison => tr(language, "variants-save"),
            Purpose::Layers => tr(language, "layers-save"),
        });
        ui.add_space(4.0);
        if d.no_portal {
            let warning = colors(ui).warning;
            ui.label(RichText::new(tr(language, "open-no-portal")).color(warning));
        }
        ui.label(match d.purpose {
            Purpose::Project => tr(language, "open-path-what"),
            Purpose::File => tr(language, "open-file-what"),
            Purpose::Drafts => tr(language, "drafts-open-what"),
            Purpose::Report | Purpose::FileReport => tr(language, "import-report-what"),
            Purpose::Comparison => tr(language, "variants-save-what"),
            Purpose::Layers => tr(language, "layers-save-what"),
        });
        let edit = TextEdit::singleline(&mut d.text)
            .hint_text(match d.purpose {
                Purpose::Project => tr(language, "open-path-hint"),
                Purpose::File | Purpose::Drafts => tr(language, "open-file-hint"),
                Purpose::Report | Purpose::FileReport => tr(language, "import-report-hint"),
                Purpose::Comparison => tr(language, "variants-save-hint"),
                Purpose::Layers => tr(language, "layers-save-hint"),
            })
            .background_color(colors(ui).panel)
            .desired_width(f32::INFINITY)
            .margin(bevy_egui::egui::Margin::symmetric(8, 6));
        let response = ui.add(edit);
        if !d.focused {
            response.request_focus();
            d.focused = true;
        }
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        let path = d.path();
        let typed = !d.text.trim().is_empty();
        let folder = path.parent().is_some_and(|p| p.as_os_str().is_empty() || p.is_dir());
        let ready = typed
            && if d.purpose.writes() {
                folder && !path.is_dir() && !(d.purpose.keeps() && path.exists())
            } else {
                path.exists()
            };
        let hint = match (typed, ready) {
            (true, false) if d.purpose.keeps() && path.is_file() => tr(language, "layers-save-exists"),
            (true, true) if d.purpose.writes() && path.exists() => tr(language, "import-report-exists"),
            (false, _) | (_, true) => String::new(),
            (true, false) if d.purpose.writes() => tr(language, "import-report-no-folder"),
            (true, false) => tr(language, "open-path-missing"),
        };
        let warning = colors(ui).warning;
        ui.label(RichText::new(hint).small().color(warning));
        ui.add_space(4.0);
        let row = [ui.available_width(), 32.0].into();
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            let accent = colors(ui).selected;
            let name = tr(language, if d.purpose.writes() { "save" } else { "open" });
            let open = ui.add_enabled(ready, Button::new(name).fill(accent).min_size([96.0, 28.0].into()));
            if open.clicked() || (entered && ready) {
                wishes.push(match d.purpose {
                    Purpose::Project => Wish::Open(path),
                    // A project that was typed into the field for files is a project all the same.
                    Purpose::File if path.is_dir() || path.file_name().is_some_and(|n| n == "project.toml") => Wish::Open(path),
                    Purpose::File => Wish::Examine(path),
                    Purpose::Drafts => Wish::ExamineDrafts(path),
                    Purpose::Report => Wish::ExportReport(path, false),
                    Purpose::FileReport => Wish::ExportReport(path, true),
                    Purpose::Comparison => Wish::SaveComparison(path),
                    Purpose::Layers => Wish::SaveLayers(path),
                });
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
