//! Two tables: every indicator of the whole city, and the chosen one in each place. Value, what it was counted from, what is not known of
//! it, and the data behind it with their dates.

use super::compute::Figures;
use crate::{
    app::{
        bridge::{CameraCommand, Selection, ViewState, Wish},
        theme::{
            text,
            widgets::{colors, note, strong},
        },
    },
    i18n::{number, tr, tr_with},
    indicators::{Amount, Cell, Figure, Indicators},
    model::Language,
    session::Snapshot,
};
use bevy_egui::egui::{Align, Label, Layout, RichText, Sense, Ui, WidgetInfo, WidgetType};
use egui_extras::{Column, TableBuilder, TableRow};

/// Value and unit, or the word for unknown.
pub fn value(language: Language, figure: &Figure, cell: &Cell) -> String {
    match cell.value {
        Some(v) => format!("{} {}", number(language, v, figure.decimals.into()), figure.unit.get(language)),
        None => tr(language, "indicators-unknown"),
    }
}

/// A counted amount with its unit.
fn amount(language: Language, amount: Option<&Amount>) -> String {
    amount.map_or_else(
        || "–".into(),
        |a| {
            let places = usize::from(a.value.abs() < 100.0 && a.value.fract() != 0.0);
            format!("{}\u{a0}{}", number(language, a.value, places), a.unit.get(language))
        },
    )
}

fn unknown(language: Language, cell: &Cell) -> String {
    match cell.unknown_percent {
        Some(p) if p <= 0.0 => "–".into(),
        Some(p) if p < 0.05 => format!("< {}\u{a0}%", number(language, 0.1, 1)),
        Some(p) => format!("{}\u{a0}%", number(language, p, 1)),
        None => tr(language, "indicators-unknown"),
    }
}

/// The data with their dates, each once.
fn sources(language: Language, f: &Figure) -> String {
    let mut out: Vec<String> = vec![];
    for s in &f.sources {
        let date = s
            .date
            .as_ref()
            .map(|d| format!(" ({})", text::date(language, d)))
            .unwrap_or_default();
        let one = format!("{}{date}", s.source);
        if !out.contains(&one) {
            out.push(one);
        }
    }
    out.join("; ")
}

fn left(ui: &mut Ui, text: impl Into<RichText>) {
    ui.add(Label::new(text.into()).truncate().selectable(false));
}

fn right(ui: &mut Ui, text: impl Into<RichText>) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.add(Label::new(text.into()).truncate().selectable(false));
    });
}

fn figures_of(row: &mut TableRow, f: &Figure, cell: &Cell, language: Language) {
    row.col(|ui| {
        let words = value(language, f, cell);
        let words = if cell.value.is_some() { strong(words) } else { note(ui, words) };
        right(ui, words);
    });
    row.col(|ui| right(ui, amount(language, cell.numerator.as_ref())));
    row.col(|ui| right(ui, amount(language, cell.denominator.as_ref())));
    row.col(|ui| {
        let some = cell.unknown_percent.is_none_or(|p| p > 0.0);
        let color = if some { colors(ui).warning } else { colors(ui).weak };
        right(ui, RichText::new(unknown(language, cell)).color(color));
    });
}

fn headings(mut header: TableRow, language: Language, keys: &[(&str, bool)]) {
    for (key, at_right) in keys {
        header.col(|ui| {
            let color = colors(ui).weak;
            let title = strong(if key.is_empty() { String::new() } else { tr(language, key) })
                .small()
                .color(color);
            if *at_right { right(ui, title) } else { left(ui, title) }
        });
    }
}

/// Every indicator of the whole city; a click chooses one.
pub fn overview(ui: &mut Ui, all: &Indicators, view: &ViewState, figures: &mut Figures) {
    let language = view.language;
    let chosen = figures.figure().map(|(_, f)| f.id.clone()).unwrap_or_default();
    let wide = ui.available_width() > 900.0;
    let amounts = if wide { 120.0 } else { 92.0 };
    TableBuilder::new(ui)
        .id_salt(("indicators", wide))
        .sense(Sense::click())
        .resizable(true)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(38.0))
        .column(Column::initial(if wide { 320.0 } else { 188.0 }).at_least(90.0).clip(true))
        .column(Column::initial(if wide { 150.0 } else { 112.0 }).at_least(70.0).clip(true))
        .column(Column::initial(amounts).at_least(60.0).clip(true))
        .column(Column::initial(amounts).at_least(60.0).clip(true))
        .column(Column::initial(76.0).at_least(56.0).clip(true))
        .column(Column::remainder().at_least(60.0).clip(true))
        .min_scrolled_height(0.0)
        .auto_shrink(false)
        .header(24.0, |header| {
            let keys = [
                ("", false),
                ("indicators-column-title", false),
                ("indicators-column-value", true),
                ("indicators-column-numerator", true),
                ("indicators-column-denominator", true),
                ("indicators-column-unknown-short", true),
                ("indicators-column-sources", false),
            ];
            headings(header, language, &keys);
        })
        .body(|body| {
            body.rows(25.0, all.figures.len(), |mut row| {
                let f = &all.figures[row.index()];
                let Some(cell) = f.cells.first() else { return };
                row.set_selected(f.id == chosen);
                row.col(|ui| left(ui, note(ui, &f.id)));
                row.col(|ui| left(ui, f.title.get(language)));
                figures_of(&mut row, f, cell, language);
                row.col(|ui| left(ui, note(ui, sources(language, f))));
                let name = format!("{} {}", f.id, f.title.get(language));
                let response = row.response();
                response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
                if response.on_hover_ui(|ui| explain(ui, f, cell, language)).clicked() {
                    figures.chosen.clone_from(&f.id);
                }
            });
        });
}

/// The chosen indicator in each place, the whole first; a click on a place goes there.
pub fn places(ui: &mut Ui, s: &Snapshot, all: &Indicators, f: &Figure, view: &ViewState) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    let selected = |row: Option<u32>| match (&view.selection, &all.by, row) {
        (Selection::Feature { slot, row: r }, Some(by), Some(row)) => slot == by && *r == row,
        _ => false,
    };
    TableBuilder::new(ui)
        .id_salt("indicator-places")
        .sense(Sense::click())
        .resizable(true)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::initial(150.0).at_least(70.0).clip(true))
        .column(Column::initial(112.0).at_least(60.0).clip(true))
        .column(Column::initial(96.0).at_least(50.0).clip(true))
        .column(Column::initial(96.0).at_least(50.0).clip(true))
        .column(Column::remainder().at_least(56.0).clip(true))
        .min_scrolled_height(0.0)
        .auto_shrink(false)
        .header(24.0, |header| {
            let keys = [
                ("indicators-column-place", false),
                ("indicators-column-value", true),
                ("indicators-column-numerator", true),
                ("indicators-column-denominator", true),
                ("indicators-column-unknown-short", true),
            ];
            headings(header, language, &keys);
        })
        .body(|body| {
            body.rows(25.0, all.places.len(), |mut row| {
                let at = row.index();
                let (place, Some(cell)) = (&all.places[at], f.cells.get(at)) else {
                    return;
                };
                row.set_selected(selected(place.row));
                row.col(|ui| left(ui, place.label.get(language)));
                figures_of(&mut row, f, cell, language);
                let response = row.response();
                response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, place.label.get(language)));
                let clicked = response.on_hover_ui(|ui| explain(ui, f, cell, language)).clicked();
                if let (true, Some(row), Some(by)) = (clicked, place.row, &all.by)
                    && let Some(layer) = s.city.layer(by)
                {
                    let b = layer.layer.geometry.bbox(row as usize);
                    wishes.push(Wish::Select(Selection::Feature { slot: by.clone(), row }));
                    wishes.push(Wish::Camera(CameraCommand::FlyTo(b.buffered(40.0))));
                }
            });
        });
    wishes
}

/// What it is, what it rests on and what is not known.
pub fn explain(ui: &mut Ui, f: &Figure, cell: &Cell, language: Language) {
    ui.set_max_width(460.0);
    ui.label(strong(f.title.get(language)));
    ui.label(f.what.get(language));
    if let Some(top) = &cell.numerator {
        let text = match &cell.denominator {
            Some(bottom) => format!("{} / {}", amount(language, Some(top)), amount(language, Some(bottom))),
            None => amount(language, Some(top)),
        };
        ui.label(note(ui, text));
    }
    if let Some(p) = cell.unknown_percent.filter(|p| *p >= 0.05) {
        let share = number(language, p, 1);
        ui.label(note(ui, tr_with(language, "indicators-unknown-share", &[("share", share.into())])));
    }
    for n in &cell.notes {
        ui.label(note(ui, n.get(language)));
    }
    ui.label(note(ui, format!("{}, {}", f.definition, f.year)));
    for s in &f.sources {
        let date = s
            .date
            .as_ref()
            .map(|d| format!(" ({})", text::date(language, d)))
            .unwrap_or_default();
        let mark = if s.unofficial {
            format!(", {}", tr(language, "unofficial"))
        } else {
            String::new()
        };
        ui.label(note(ui, format!("{}: {}{date}{mark}", s.title.get(language), s.source)));
    }
}
