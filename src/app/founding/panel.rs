//! What a new project is made of. The program says what it takes each file for; people may know better.

use crate::{
    app::{
        bridge::{Founding, Running, ViewState, Wish},
        theme::{
            icon,
            widgets::{cell, colors, field, left, modal, note, section, small_icon_button, strong},
        },
    },
    i18n::{number, tr},
    model::Language,
    starter::{Order, SourceKind, portal},
};
use bevy_egui::egui::{
    Align, Button, Checkbox, ComboBox, Context, Id, Key, KeyboardShortcut, Label, Layout, Modifiers, ProgressBar, RichText, ScrollArea,
    Slider, Ui, vec2,
};
use std::path::PathBuf;

/// The federal states by their codes.
const STATES: [&str; 16] = [
    "BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH",
];

/// What has been filled in so far.
#[derive(Debug)]
pub struct FoundingState {
    folder: String,
    title: String,
    site: String,
    code: String,
    state: Option<&'static str>,
    radius_km: f64,
    files: Vec<(SourceKind, PathBuf)>,
    path: String,
    stand_ins: bool,
    estimate_noise: bool,
    focused: bool,
}

impl Default for FoundingState {
    fn default() -> Self {
        Self {
            folder: String::new(),
            title: String::new(),
            site: String::new(),
            code: String::new(),
            state: None,
            radius_km: Order::RADIUS_M / 1000.0,
            files: vec![],
            path: String::new(),
            stand_ins: false,
            estimate_noise: false,
            focused: false,
        }
    }
}

/// "9,52 47,14", "9.52,47.14" and "47.14 N 9.52 E" are all longitude and latitude of a place; what is ambiguous is refused.
fn site(text: &str) -> Option<[f64; 2]> {
    let text = text.trim();
    // A decimal comma is one only between digits, and only where points are not used for it.
    let text = if text.contains('.') {
        text.replace([',', ';'], " ")
    } else {
        text.replace(", ", " ").replace(';', " ").replace(',', ".")
    };
    let numbers: Option<Vec<f64>> = text.split_whitespace().map(|t| t.trim_end_matches('°').parse().ok()).collect();
    match numbers.as_deref() {
        Some([lon, lat]) if lon.abs() <= 180.0 && lat.abs() <= 90.0 => Some([*lon, *lat]),
        _ => None,
    }
}

/// A path as it was typed or pasted.
fn typed(text: &str) -> PathBuf {
    let text = text.trim().trim_matches(['"', '\'']);
    PathBuf::from(text.strip_prefix("file://").unwrap_or(text))
}

fn kind_name(language: Language, kind: SourceKind) -> String {
    match kind {
        SourceKind::Osm => tr(language, "found-kind-osm"),
        SourceKind::Lod2 => tr(language, "found-kind-lod2"),
        SourceKind::Dem => tr(language, "found-kind-dem"),
        SourceKind::Xplan => tr(language, "found-kind-xplan"),
        SourceKind::Alkis => tr(language, "found-kind-alkis"),
        SourceKind::Table => tr(language, "found-kind-table"),
    }
}

impl FoundingState {
    fn add(&mut self, path: PathBuf) {
        if self.files.iter().any(|(_, p)| *p == path) {
            return;
        }
        let kind = SourceKind::guess(&path).unwrap_or(SourceKind::Osm);
        self.files.push((kind, path));
    }

    /// What is still missing or wrong, as the key of a sentence; the button waits for it.
    fn lack(&self) -> Option<&'static str> {
        let folder = typed(&self.folder);
        let parent = folder.parent().is_some_and(|p| p.as_os_str().is_empty() || p.is_dir());
        let empty = !folder.exists() || folder.read_dir().is_ok_and(|mut d| d.next().is_none());
        match () {
            () if self.folder.trim().is_empty() => Some("found-lack-folder"),
            () if !parent => Some("found-folder-nowhere"),
            () if !empty => Some("found-folder-full"),
            () if self.site.trim().is_empty() => Some("found-lack-site"),
            () if site(&self.site).is_none() => Some("found-site-wrong"),
            () if self.epsg().is_none() && !self.code.trim().is_empty() => Some("found-crs-wrong"),
            () => None,
        }
    }

    fn epsg(&self) -> Option<u32> {
        self.code.trim().to_uppercase().trim_start_matches("EPSG:").parse().ok()
    }

    /// The order, when everything that is needed is there.
    fn order(&self) -> Option<Order> {
        if self.lack().is_some() {
            return None;
        }
        let title = self.title.trim();
        Some(Order {
            title: (!title.is_empty()).then(|| title.to_owned()),
            epsg: self.epsg(),
            state: self.state.map(str::to_owned),
            radius_m: self.radius_km * 1000.0,
            files: self.files.clone(),
            stand_ins: self.stand_ins,
            estimate_noise: self.estimate_noise,
            ..Order::new(typed(&self.folder), site(&self.site)?)
        })
    }
}

/// The dialog, while it is open.
pub fn founding_ui(ctx: &Context, view: &ViewState, founding: &mut Founding, running: &Running, state: &mut FoundingState) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    for path in founding.dropped.drain(..) {
        state.add(path);
    }
    if !founding.open {
        return wishes;
    }
    let busy = running.progress.is_some();
    let accept = ctx.input_mut(|i| i.consume_shortcut(&KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter)));
    let response = modal(ctx, "new project", 720.0, |ui| {
        ui.horizontal(|ui| {
            let accent = colors(ui).accent;
            ui.label(RichText::new(icon::CITY).size(22.0).color(accent));
            ui.heading(tr(language, "found-title"));
        });
        ui.add(Label::new(note(ui, tr(language, "found-what"))).wrap());
        ui.add_space(4.0);
        let most = (ui.ctx().content_rect().height() - 236.0).max(200.0);
        ScrollArea::vertical().max_height(most).auto_shrink([false, true]).show(ui, |ui| {
            // The scroll bar lies over the content.
            ui.set_max_width(ui.available_width() - 12.0);
            ui.add_enabled_ui(!busy, |ui| form(ui, language, state, &mut wishes));
        });
        ui.separator();
        let order = state.order();
        if let Some(p) = &running.progress {
            let accent = colors(ui).accent;
            ui.add(Label::new(p.step.get(language)).truncate());
            ui.add(ProgressBar::new(p.fraction).desired_height(8.0).fill(accent));
            ui.add_space(4.0);
        }
        let row = [ui.available_width(), 32.0].into();
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            let fill = colors(ui).selected;
            let go = Button::new(tr(language, "found-go")).fill(fill).min_size(vec2(120.0, 28.0));
            let go = ui
                .add_enabled(order.is_some() && !busy, go)
                .on_hover_text(tr(language, "import-bind-keys"));
            if let Some(order) = order.filter(|_| go.clicked() || (accept && !busy)) {
                wishes.push(Wish::NewProject(Box::new(order)));
            }
            if ui.add(Button::new(tr(language, "cancel")).min_size(vec2(96.0, 28.0))).clicked() {
                wishes.push(if busy { Wish::Cancel } else { Wish::NotFound });
            }
            if let Some(lack) = state.lack().filter(|_| !busy) {
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(note(ui, lack_text(language, lack))).wrap());
                });
            }
        });
    });
    if left(&response) && !busy {
        wishes.push(Wish::NotFound);
    }
    wishes
}

fn row(ui: &mut Ui, name: String, content: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        cell(ui, 150.0, strong(name));
        content(ui);
    });
}

/// The sentence for [`FoundingState::lack`].
fn lack_text(language: Language, lack: &str) -> String {
    match lack {
        "found-lack-folder" => tr(language, "found-lack-folder"),
        "found-folder-nowhere" => tr(language, "found-folder-nowhere"),
        "found-folder-full" => tr(language, "found-folder-full"),
        "found-lack-site" => tr(language, "found-lack-site"),
        "found-site-wrong" => tr(language, "found-site-wrong"),
        _ => tr(language, "found-crs-wrong"),
    }
}

fn form(ui: &mut Ui, language: Language, state: &mut FoundingState, wishes: &mut Vec<Wish>) {
    row(ui, tr(language, "found-folder"), |ui| {
        let edit = field(ui, &mut state.folder, tr(language, "found-folder-hint")).desired_width(480.0);
        let response = ui.add(edit);
        if !state.focused {
            response.request_focus();
            state.focused = true;
        }
    });
    row(ui, tr(language, "found-site"), |ui| {
        let edit = field(ui, &mut state.site, "11.58, 49.94").desired_width(200.0);
        ui.add(edit);
        ui.label(note(ui, tr(language, "found-site-hint")));
    });
    row(ui, tr(language, "found-name"), |ui| {
        let edit = field(ui, &mut state.title, tr(language, "found-name-hint")).desired_width(480.0);
        ui.add(edit);
    });
    row(ui, tr(language, "found-radius"), |ui| {
        ui.add(
            Slider::new(&mut state.radius_km, 0.5..=20.0)
                .logarithmic(true)
                .suffix(" km")
                .custom_formatter(|v, _| number(language, v, 1))
                .custom_parser(|t| t.trim().replace(',', ".").parse().ok()),
        );
    });
    row(ui, tr(language, "file-crs"), |ui| {
        let edit = field(ui, &mut state.code, tr(language, "found-crs-hint")).desired_width(200.0);
        ui.add(edit);
    });
    row(ui, tr(language, "found-state"), |ui| {
        let name = |code: &str| portal(code).map_or_else(|| code.to_owned(), |p| p.name.clone());
        let shown = state.state.map_or_else(|| tr(language, "found-state-none"), name);
        ComboBox::from_id_salt("state").width(240.0).selected_text(shown).show_ui(ui, |ui| {
            ui.selectable_value(&mut state.state, None, tr(language, "found-state-none"));
            for code in STATES {
                ui.selectable_value(&mut state.state, Some(code), name(code));
            }
        });
    });
    section(ui, tr(language, "found-files"));
    let mut gone = None;
    for (k, (kind, path)) in state.files.iter_mut().enumerate() {
        ui.push_id(k, |ui| {
            ui.horizontal(|ui| {
                ComboBox::from_id_salt("kind")
                    .width(190.0)
                    .selected_text(kind_name(language, *kind))
                    .show_ui(ui, |ui| {
                        for other in SourceKind::ALL {
                            ui.selectable_value(kind, other, kind_name(language, other));
                        }
                    });
                let weak = colors(ui).weak;
                if small_icon_button(ui, icon::X, &tr(language, "found-file-remove"), weak).clicked() {
                    gone = Some(k);
                }
                ui.add(Label::new(path.display().to_string()).truncate());
            });
        });
    }
    if let Some(k) = gone {
        state.files.remove(k);
    }
    ui.horizontal(|ui| {
        // A name of its own: the rows above come and go, and the field keeps the keyboard.
        let edit = field(ui, &mut state.path, tr(language, "found-file-hint")).desired_width(400.0);
        let response = ui.add(edit.id(Id::new("path of a file for the new project")));
        let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        let path = typed(&state.path);
        let there = !state.path.trim().is_empty() && path.is_file();
        let add = ui.add_enabled(there, Button::new(format!("{}  {}", icon::PLUS, tr(language, "found-file-add"))));
        if (add.clicked() || entered) && there {
            state.add(path);
            state.path.clear();
            response.request_focus();
        }
        if ui.button(tr(language, "found-browse")).clicked() {
            wishes.push(Wish::ChooseFile);
        }
    });
    ui.label(note(ui, tr(language, "found-drop")));
    section(ui, tr(language, "found-assumptions"));
    ui.add(Checkbox::new(&mut state.stand_ins, tr(language, "found-stand-ins")));
    ui.add(Checkbox::new(&mut state.estimate_noise, tr(language, "found-noise")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_people_write_them_and_an_order_needs_all_of_it() {
        assert_eq!(site("11.58, 49.94"), Some([11.58, 49.94]));
        assert_eq!(site("11,58 49,94"), Some([11.58, 49.94]));
        assert_eq!(site("11,58; 49,94"), Some([11.58, 49.94]));
        assert_eq!(site("49.94"), None);
        assert_eq!(site("4468000 5534000"), None, "metres are no degrees");
        let dir = tempfile::tempdir().unwrap();
        let mut state = FoundingState {
            folder: dir.path().join("neu").display().to_string(),
            ..FoundingState::default()
        };
        assert!(state.order().is_none());
        state.site = "9.52 47.14".into();
        assert_eq!(state.order().map(|o| (o.site, o.radius_m)), Some(([9.52, 47.14], 2500.0)));
        state.code = "EPSG:x".into();
        assert!(state.order().is_none());
        state.code = "2056".into();
        assert_eq!(state.order().and_then(|o| o.epsg), Some(2056));
        std::fs::create_dir(dir.path().join("neu")).unwrap();
        assert!(state.order().is_some(), "an empty folder will do");
        std::fs::write(dir.path().join("neu/a"), "x").unwrap();
        assert!(state.order().is_none());
    }
}
