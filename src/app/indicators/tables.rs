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

/// A table of figures: columns with their headings and whether they are set to the right, and the rows.
struct Sheet<'a> {
    id: &'a str,
    columns: Vec<(Column, &'a str, bool)>,
    rows: usize,
}

impl Sheet<'_> {
    /// `fill` draws a row; what it returns is its name, what is told about it and whether it is chosen. The row that was clicked is returned.
    fn show<'f>(
        self,
        ui: &mut Ui,
        language: Language,
        mut fill: impl FnMut(&mut TableRow, usize) -> Option<(String, &'f Figure, &'f Cell)>,
        chosen: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let mut clicked = None;
        let mut table = TableBuilder::new(ui)
            .id_salt(self.id)
            .sense(Sense::click())
            .resizable(true)
            .cell_layout(Layout::left_to_right(Align::Center))
            .min_scrolled_height(0.0)
            .auto_shrink(false);
        for (column, ..) in &self.columns {
            table = table.column(*column);
        }
        let keys: Vec<(&str, bool)> = self.columns.iter().map(|(_, key, right)| (*key, *right)).collect();
        table.header(24.0, |header| headings(header, language, &keys)).body(|body| {
            body.rows(25.0, self.rows, |mut row| {
                let at = row.index();
                row.set_selected(chosen(at));
                let Some((name, f, cell)) = fill(&mut row, at) else { return };
                let response = row.response();
                response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
                if response.on_hover_ui(|ui| explain(ui, f, cell, language)).clicked() {
                    clicked = Some(at);
                }
            });
        });
        clicked
    }
}

/// Every indicator of the whole city; a click chooses one.
pub fn overview(ui: &mut Ui, all: &Indicators, view: &ViewState, figures: &mut Figures) {
    let language = view.language;
    let chosen = figures.figure().map(|(_, f)| f.id.clone()).unwrap_or_default();
    let wide = ui.available_width() > 900.0;
    let column = |initial: f32, least: f32| Column::initial(initial).at_least(least).clip(true);
    let amounts = if wide { 120.0 } else { 92.0 };
    let sheet = Sheet {
        id: if wide { "figures, wide" } else { "figures" },
        columns: vec![
            (Column::exact(38.0), "", false),
            (column(if wide { 320.0 } else { 188.0 }, 90.0), "indicators-column-title", false),
            (column(if wide { 150.0 } else { 112.0 }, 70.0), "indicators-column-value", true),
            (column(amounts, 60.0), "indicators-column-numerator", true),
            (column(amounts, 60.0), "indicators-column-denominator", true),
            (column(76.0, 56.0), "indicators-column-unknown-short", true),
            (Column::remainder().at_least(60.0).clip(true), "indicators-column-sources", false),
        ],
        rows: all.figures.len(),
    };
    let fill = |row: &mut TableRow, at: usize| {
        let f = &all.figures[at];
        let cell = f.cells.first()?;
        row.col(|ui| left(ui, note(ui, &f.id)));
        row.col(|ui| left(ui, f.title.get(language)));
        figures_of(row, f, cell, language);
        row.col(|ui| left(ui, note(ui, sources(language, f))));
        Some((format!("{} {}", f.id, f.title.get(language)), f, cell))
    };
    if let Some(at) = sheet.show(ui, language, fill, |at| all.figures[at].id == chosen) {
        figures.chosen.clone_from(&all.figures[at].id);
    }
}

/// The chosen indicator in each place, the whole first; a click on a place goes there.
pub fn places(ui: &mut Ui, s: &Snapshot, all: &Indicators, f: &Figure, view: &ViewState) -> Vec<Wish> {
    let language = view.language;
    let selected = |at: usize| match (&view.selection, &all.by, all.places[at].row) {
        (Selection::Feature { slot, row: r }, Some(by), Some(row)) => slot == by && *r == row,
        _ => false,
    };
    let column = |initial: f32, least: f32| Column::initial(initial).at_least(least).clip(true);
    let sheet = Sheet {
        id: "figures of places",
        columns: vec![
            (column(150.0, 70.0), "indicators-column-place", false),
            (column(112.0, 60.0), "indicators-column-value", true),
            (column(96.0, 50.0), "indicators-column-numerator", true),
            (column(96.0, 50.0), "indicators-column-denominator", true),
            (
                Column::remainder().at_least(56.0).clip(true),
                "indicators-column-unknown-short",
                true,
            ),
        ],
        rows: all.places.len(),
    };
    let fill = |row: &mut TableRow, at: usize| {
        let (place, cell) = (&all.places[at], f.cells.get(at)?);
        row.col(|ui| left(ui, place.label.get(language)));
        figures_of(row, f, cell, language);
        Some((place.label.get(language).to_owned(), f, cell))
    };
    let place = sheet.show(ui, language, fill, selected).and_then(|at| all.places[at].row);
    let (Some(row), Some(by)) = (place, &all.by) else { return vec![] };
    let Some(layer) = s.city.layer(by) else { return vec![] };
    let around = layer.layer.geometry.bbox(row as usize).buffered(40.0);
    vec![
        Wish::Select(Selection::Feature { slot: by.clone(), row }),
        Wish::Camera(CameraCommand::FlyTo(around)),
    ]
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
