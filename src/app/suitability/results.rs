//! The table of units: rank, name, score, and the range in which it lies where something is not known.

use super::{
    compute::{Scored, Weighing},
    fields::{dot, left, right},
    panel::go_to,
    shade::score_color,
};
use crate::{
    app::{
        bridge::{ViewState, Wish},
        theme::{
            map_color,
            widgets::{colors, note, strong},
        },
    },
    i18n::{number, tr},
    model::Language,
    suitability::Standing,
};
use bevy_egui::egui::{Align, Layout, RichText, Sense, Ui, WidgetInfo, WidgetType};
use egui_extras::{Column, TableBuilder, TableRow};

/// Headings of a table: key and whether its column is set to the right.
pub fn headings(header: &mut TableRow, language: Language, keys: &[(&str, bool)]) {
    for (key, at_right) in keys {
        header.col(|ui| {
            let color = colors(ui).weak;
            let title = if key.is_empty() { String::new() } else { tr(language, key) };
            let title = strong(title).small().color(color);
            if *at_right {
                right(ui, title);
            } else {
                left(ui, title);
            }
        });
    }
}

/// A table of units as all pages have it. `widths` are those of the columns; 0 takes the rest. Returns what a click asked for.
pub fn unit_table(
    ui: &mut Ui,
    id: &str,
    (widths, keys): (&[f32], &[(&str, bool)]),
    view: &ViewState,
    (scored, rows, selected): (&Scored, &[u32], Option<usize>),
    mut cells: impl FnMut(&mut TableRow, usize, usize),
) -> Vec<Wish> {
    let mut wishes = vec![];
    // The bar for scrolling floats over the last column unless it has room of its own.
    ui.spacing_mut().scroll.floating_allocated_width = 10.0;
    let mut table = TableBuilder::new(ui)
        .id_salt(id)
        .sense(Sense::click())
        .resizable(true)
        .cell_layout(Layout::left_to_right(Align::Center))
        .min_scrolled_height(0.0)
        .auto_shrink(false);
    for width in widths {
        table = table.column(match width {
            0.0 => Column::remainder().at_least(70.0).clip(true),
            w => Column::initial(*w).at_least(24.0).clip(true),
        });
    }
    table
        .header(22.0, |mut header| headings(&mut header, view.language, keys))
        .body(|body| {
            body.rows(24.0, rows.len(), |mut row| {
                let at = row.index();
                let unit = rows[at] as usize;
                row.set_selected(selected == Some(unit));
                cells(&mut row, at, unit);
                let response = row.response();
                response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &scored.units.labels[unit]));
                if response.clicked() {
                    wishes.extend(go_to(scored, unit));
                }
            });
        });
    wishes
}

/// A score; a provisional one bears a question mark.
pub fn figure(scored: &Scored, unit: usize, language: Language) -> String {
    let s = &scored.scores[unit];
    let mark = if s.standing == Standing::Undecided { "?" } else { "" };
    format!("{}{mark}", number(language, f64::from(s.value), 1))
}

/// Why nobody can say whether the unit is excluded, a line each.
pub fn undecided(scored: &Scored, unit: usize, language: Language) -> Vec<String> {
    let reason = |k: usize| scored.matrix.undecided_reason(unit, k, &scored.def.exclusions[k]);
    let reasons = scored.matrix.undecided(unit).into_iter().map(reason);
    reasons.map(|r| r.get(language).to_owned()).collect()
}

/// A score with its colour, or the word for what stands in its place.
pub fn score_cell(ui: &mut Ui, scored: &Scored, unit: usize, language: Language) {
    match scored.scores[unit].provisional() {
        Some(v) => {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(strong(figure(scored, unit, language)));
                dot(ui, map_color(score_color(v)));
            });
        }
        None => right(ui, note(ui, state(scored, unit, language))),
    }
}

/// Why a unit has no score.
pub fn state(scored: &Scored, unit: usize, language: Language) -> String {
    match scored.matrix.standing(unit) {
        Standing::Excluded => tr(language, "suit-excluded"),
        Standing::Open | Standing::Undecided => tr(language, "suit-unknown"),
    }
}

/// The right part of the page of weights.
pub fn results_ui(ui: &mut Ui, view: &ViewState, w: &Weighing) -> Vec<Wish> {
    let language = view.language;
    let Some(s) = w.scored() else {
        ui.label(note(ui, tr(language, "suit-busy")));
        return vec![];
    };
    let widths = [34.0, 0.0, 78.0, 76.0];
    let keys = [
        ("", true),
        ("suit-column-name", false),
        ("suit-column-score", true),
        ("suit-column-range", true),
    ];
    unit_table(ui, "suit-results", (&widths, &keys), view, (s, &s.rows, w.unit), |row, at, unit| {
        let score = &s.scores[unit];
        row.col(|ui| {
            let rank = if at < s.counts[0] {
                number(language, (at + 1) as f64, 0)
            } else {
                "–".into()
            };
            right(ui, note(ui, rank));
        });
        row.col(|ui| {
            left(ui, s.units.labels[unit].as_str());
        });
        row.col(|ui| score_cell(ui, s, unit, language));
        row.col(|ui| {
            if let Some(e) = s.matrix.excluded(unit).and_then(|k| s.def.exclusions.get(k)) {
                left(ui, note(ui, e.title.get(language))).on_hover_text(e.why.get(language));
            } else if score.standing == Standing::Undecided {
                let color = colors(ui).warning;
                let text = RichText::new(tr(language, "suit-undecided")).color(color);
                left(ui, text).on_hover_text(undecided(s, unit, language).join("\n"));
            } else if score.known < 1.0 {
                let [low, high] = [score.low, score.high].map(|v| number(language, f64::from(v), 1));
                let color = colors(ui).warning;
                // What is unknown may not show at one decimal.
                let text = if low == high {
                    format!("≈ {low}")
                } else {
                    format!("{low} – {high}")
                };
                right(ui, RichText::new(text).color(color));
            } else {
                right(ui, note(ui, "–"));
            }
        });
    })
}
