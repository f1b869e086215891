//! Messages and the import report: what was dropped, repaired or assumed, with level, code, file, layer and feature.

use crate::{
    app::{
        bridge::ViewState,
        theme::{
            icon, text,
            widgets::{colors, empty_state, note, strong},
        },
    },
    i18n::{number, tr, tr_with},
    model::{Finding, Level, Report},
    session::Snapshot,
};
use bevy_egui::egui::{Align, Button, Color32, Label, Layout, RichText, Sense, Ui, vec2};
use egui_extras::{Column, TableBuilder};

/// What the list remembers between frames.
#[derive(Debug)]
pub struct MessagesState {
    /// Shown levels: info, warning, error.
    levels: [bool; 3],
}

impl Default for MessagesState {
    fn default() -> Self {
        Self { levels: [true; 3] }
    }
}

fn level_index(level: Level) -> usize {
    match level {
        Level::Info => 0,
        Level::Warning => 1,
        Level::Error => 2,
    }
}

fn reports(s: &Snapshot) -> impl Iterator<Item = &Report> {
    [&s.city.report, &s.evaluation.report]
        .into_iter()
        .chain(s.city.layers().map(|l| &l.layer.report))
}

/// Every finding, gravest first, else in the order in which they arose.
fn findings(s: &Snapshot) -> Vec<&Finding> {
    let mut all: Vec<&Finding> = reports(s).flat_map(|r| &r.findings).collect();
    all.sort_by_key(|f| std::cmp::Reverse(f.level));
    all
}

/// Messages that ask for attention: warnings and errors.
pub fn count(s: &Snapshot) -> usize {
    reports(s).flat_map(|r| &r.findings).filter(|f| f.level > Level::Info).count()
}

fn sign(level: Level, ui: &Ui) -> (&'static str, Color32) {
    let p = colors(ui);
    match level {
        Level::Info => (icon::INFO, p.weak),
        Level::Warning => (icon::WARNING, p.warning),
        Level::Error => (icon::X_CIRCLE, p.error),
    }
}

/// The list of findings with a switch for each level and the sums of the import. Returns true when the report shall be saved.
pub fn messages_ui(ui: &mut Ui, snapshot: Option<&Snapshot>, view: &ViewState, state: &mut MessagesState) -> bool {
    let language = view.language;
    let mut save = false;
    let Some(s) = snapshot else {
        empty_state(ui, icon::INFO, &tr(language, "messages-none"), &tr(language, "layers-empty-do"));
        return save;
    };
    let all = findings(s);
    ui.horizontal(|ui| {
        for level in [Level::Error, Level::Warning, Level::Info] {
            let n = all.iter().filter(|f| f.level == level).count();
            let (sign, color) = sign(level, ui);
            let k = level_index(level);
            let label = format!("{sign}  {} ({})", text::level(language, level), number(language, n as f64, 0));
            let label = RichText::new(label).color(if state.levels[k] { color } else { colors(ui).weak });
            if ui.selectable_label(state.levels[k], label).clicked() {
                state.levels[k] = !state.levels[k];
            }
        }
        let (loaded, dropped) = s
            .city
            .layers()
            .map(|l| (l.layer.report.loaded, l.layer.report.dropped()))
            .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        let sums = [
            ("loaded", number(language, loaded as f64, 0).into()),
            ("dropped", number(language, dropped as f64, 0).into()),
        ];
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let button = Button::new(format!("{}  {}", icon::DOWNLOAD_SIMPLE, tr(language, "import-report")));
            save = ui
                .add(button.min_size(vec2(0.0, 26.0)))
                .on_hover_text(tr(language, "import-report-why"))
                .clicked();
            ui.label(note(ui, tr_with(language, "messages-sums", &sums)));
        });
    });
    let shown: Vec<&Finding> = all.into_iter().filter(|f| state.levels[level_index(f.level)]).collect();
    if shown.is_empty() {
        empty_state(
            ui,
            icon::CHECK_CIRCLE,
            &tr(language, "messages-none"),
            &tr(language, "messages-none-do"),
        );
        return save;
    }
    let width = (ui.available_width() - 34.0 - 80.0 - 210.0 - 60.0).max(200.0);
    let font = bevy_egui::egui::TextStyle::Body.resolve(ui.style());
    let heights: Vec<f32> = shown
        .iter()
        .map(|f| {
            let text = f.text.get(language).to_string();
            ui.painter()
                .layout(text, font.clone(), Color32::PLACEHOLDER, width - 8.0)
                .size()
                .y
                .max(36.0)
                + 10.0
        })
        .collect();
    TableBuilder::new(ui)
        .id_salt("messages")
        .cell_layout(Layout::left_to_right(Align::Min))
        .column(Column::exact(26.0))
        .column(Column::exact(72.0))
        .column(Column::exact(210.0).clip(true))
        .column(Column::remainder())
        .min_scrolled_height(0.0)
        .auto_shrink(false)
        .header(24.0, |mut h| {
            for key in ["", "code", "place", "message"] {
                h.col(|ui| {
                    let title = match key {
                        "code" => tr(language, "column-code"),
                        "place" => tr(language, "column-place"),
                        "message" => tr(language, "column-message"),
                        _ => String::new(),
                    };
                    let color = colors(ui).weak;
                    ui.label(strong(title).small().color(color));
                });
            }
        })
        .body(|body| {
            body.heterogeneous_rows(heights.into_iter(), |mut row| {
                let f = shown[row.index()];
                row.col(|ui| {
                    let (sign, color) = sign(f.level, ui);
                    let (rect, response) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::hover());
                    ui.painter().text(
                        rect.center(),
                        bevy_egui::egui::Align2::CENTER_CENTER,
                        sign,
                        bevy_egui::egui::FontId::proportional(16.0),
                        color,
                    );
                    response.on_hover_text(text::level(language, f.level));
                });
                row.col(|ui| {
                    ui.add(Label::new(&f.code).truncate());
                });
                row.col(|ui| {
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        let place: Vec<&str> = [f.file.as_deref(), f.layer.as_deref()].into_iter().flatten().collect();
                        ui.add(Label::new(place.join(" · ")).truncate());
                        let mut parts = vec![];
                        if let Some(id) = &f.feature {
                            parts.push(tr_with(language, "finding-feature", &[("id", id.clone().into())]));
                        }
                        if f.count > 1 {
                            parts.push(tr_with(language, "finding-count", &[("n", (f.count as i64).into())]));
                        }
                        if f.dropped {
                            parts.push(tr(language, "finding-dropped"));
                        }
                        ui.add(Label::new(note(ui, parts.join(" · "))).truncate());
                    });
                });
                row.col(|ui| {
                    ui.add(Label::new(f.text.get(language)).wrap());
                });
            });
        });
    save
}
