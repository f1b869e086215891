//! The table of conflicts: filter above, sortable columns, one row a conflict. A click selects and flies there.

use super::{
    gone::gone_ui,
    rows::{Filter, Line, Rows, SortBy, severity_index},
};
use crate::{
    app::{
        bridge::{CameraCommand, Selection, ViewState, Wish},
        decor::symbol::paint_severity,
        theme::{
            icon, text,
            widgets::{colors, empty_state, icon_button, note, strong},
        },
    },
    i18n::{number, tr, tr_with},
    model::{Bbox, Conflict, ConflictStatus, Language, Severity},
    rules::{self, GroupBy, Place},
    session::Snapshot,
};
use bevy_egui::egui::{
    self, Align, Button, ComboBox, FontId, Label, Layout, RichText, Sense, TextEdit, TextWrapMode, Ui, WidgetInfo, WidgetType, vec2,
};
use egui_extras::{Column, TableBuilder};

/// What the table remembers between frames.
#[derive(Debug, Default)]
pub struct ConflictsState {
    filter: Filter,
    rows: Rows,
    /// Selected elsewhere since the last frame: the table scrolls there.
    followed: Selection,
}

/// The box that a flight to a conflict shows: its place with some of its surroundings.
pub fn place_of(c: &Conflict) -> Bbox {
    let b = if c.bbox.is_empty() { Bbox::new(c.anchor, c.anchor) } else { c.bbox };
    let size = b.width_m().max(b.height_m());
    b.buffered((size * 0.35).max(60.0))
}

fn severity_switch(ui: &mut Ui, severity: Severity, n: usize, on: bool, language: Language) -> bool {
    let p = colors(ui);
    let label = number(language, n as f64, 0);
    let galley = ui
        .painter()
        .layout_no_wrap(label, FontId::proportional(14.0), if on { p.ink } else { p.weak });
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 40.0, 26.0), Sense::click());
    let name = text::severity(language, severity);
    response.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, true, on, &name));
    if on {
        ui.painter().rect_filled(rect, 4.0, p.button);
    } else {
        ui.painter()
            .rect_stroke(rect, 4.0, egui::Stroke::new(1.0, p.line), egui::StrokeKind::Inside);
    }
    let mut painter = ui.painter().clone();
    painter.set_opacity(if on { 1.0 } else { 0.35 });
    paint_severity(&painter, rect.left_center() + vec2(17.0, 0.0), 8.0, severity);
    ui.painter()
        .galley(rect.left_center() + vec2(31.0, -galley.size().y / 2.0), galley, p.ink);
    let hint = if on {
        tr(language, "severity-hide")
    } else {
        tr(language, "severity-show")
    };
    response.on_hover_text(format!("{name}\n{hint}")).clicked()
}

/// Switches for severities, words, rule and status. They fit beside the tabs of a usual window.
pub fn filters_ui(ui: &mut Ui, s: &Snapshot, view: &ViewState, state: &mut ConflictsState) -> Vec<Wish> {
    let mut wishes = vec![];
    filters(ui, s, view, state, &mut wishes);
    wishes
}

fn filters(ui: &mut Ui, s: &Snapshot, view: &ViewState, state: &mut ConflictsState, wishes: &mut Vec<Wish>) {
    let language = view.language;
    let f = &mut state.filter;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for severity in Severity::ALL {
            let k = severity_index(severity);
            if severity_switch(ui, severity, s.evaluation.count(severity), view.severities[k], language) {
                wishes.push(Wish::Severity(k, !view.severities[k]));
            }
        }
        ui.add_space(8.0);
        let width = (ui.available_width() - 626.0).clamp(80.0, 220.0);
        ui.add(
            TextEdit::singleline(&mut f.text)
                .hint_text(tr(language, "filter-hint"))
                .desired_width(width)
                .margin(egui::Margin::symmetric(6, 4)),
        );
        let title = |id: &str| {
            s.city
                .rule(id)
                .map_or(id.to_string(), |r| format!("{id} {}", r.title.get(language)))
        };
        ComboBox::from_id_salt("rule-filter")
            .width(130.0)
            .truncate()
            .selected_text(f.rule.as_deref().map_or_else(|| tr(language, "filter-all-rules"), title))
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut f.rule, None, tr(language, "filter-all-rules"));
                for o in s.evaluation.outcomes.iter().filter(|o| o.conflicts > 0) {
                    let text = format!("{} ({})", title(&o.rule), o.conflicts);
                    ui.selectable_value(&mut f.rule, Some(o.rule.clone()), text);
                }
            });
        ComboBox::from_id_salt("status-filter")
            .width(120.0)
            .truncate()
            .selected_text(
                f.status
                    .map_or_else(|| tr(language, "filter-all-statuses"), |v| text::status(language, v)),
            )
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut f.status, None, tr(language, "filter-all-statuses"));
                for v in ConflictStatus::ALL {
                    ui.selectable_value(&mut f.status, Some(v), text::status(language, v));
                }
            });
        let name = |by: Option<GroupBy>| match by {
            None => tr(language, "group-none"),
            Some(GroupBy::Site) => tr(language, "group-site"),
            Some(GroupBy::Rule) => tr(language, "group-rule"),
            Some(GroupBy::Office) => tr(language, "group-office"),
            Some(GroupBy::District) => tr(language, "group-district"),
        };
        ComboBox::from_id_salt("group-by")
            .width(120.0)
            .truncate()
            .selected_text(name(f.group))
            .show_ui(ui, |ui| {
                for by in std::iter::once(None).chain(GroupBy::ALL.map(Some)) {
                    ui.selectable_value(&mut f.group, by, name(by));
                }
            });
        let on = view.heat;
        let flame = Button::new(icon::FIRE).selected(on);
        if ui.add(flame).on_hover_text(tr(language, "group-on-map")).clicked() {
            wishes.push(Wish::Heat(!on));
        }
        let gone = s.reviews.values().filter(|r| r.gone.is_some()).count();
        if gone == 0 {
            f.gone = false;
        } else {
            let n = [("n", (gone as i64).into())];
            ui.toggle_value(&mut f.gone, format!("{} {gone}", icon::CLOCK_COUNTER_CLOCKWISE))
                .on_hover_text(tr_with(language, "group-gone", &n));
        }
        let used = !f.text.is_empty() || f.rule.is_some() || f.status.is_some() || view.severities != [true; 4];
        if used && icon_button(ui, icon::X, &tr(language, "filter-clear")).clicked() {
            f.text.clear();
            (f.rule, f.status) = (None, None);
            wishes.extend((0..4).map(|k| Wish::Severity(k, true)));
        }
    });
}

const COLUMNS: [(SortBy, &str); 9] = [
    (SortBy::Severity, "column-severity"),
    (SortBy::Id, "column-id"),
    (SortBy::Rule, "column-rule"),
    (SortBy::Subject, "column-subject"),
    (SortBy::Measured, "column-measured"),
    (SortBy::Area, "column-area"),
    (SortBy::Heat, "group-heat"),
    (SortBy::Office, "column-office"),
    (SortBy::Status, "column-status"),
];

fn header(ui: &mut Ui, by: SortBy, title: &str, f: &mut Filter) {
    let mark = match (f.sort == by, f.reverse) {
        (true, false) => format!(" {}", icon::CARET_DOWN),
        (true, true) => format!(" {}", icon::CARET_UP),
        _ => String::new(),
    };
    let color = colors(ui).weak;
    let button = Button::new(strong(format!("{title}{mark}")).small().color(color))
        .frame(false)
        .min_size(vec2(0.0, 24.0))
        .wrap_mode(TextWrapMode::Truncate);
    if ui.add(button).on_hover_text(title).clicked() {
        f.reverse = f.sort == by && !f.reverse;
        f.sort = by;
    }
}

/// Area and share of a conflict in one cell.
fn extent_text(c: &Conflict, language: Language) -> String {
    let area = c.area_m2.map(|a| text::area(language, a));
    let share = c.share_percent.map(|s| text::percent(language, s));
    match (area, share) {
        (Some(a), Some(s)) => format!("{a} · {s}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => String::new(),
    }
}

/// Measured value and limit in one cell.
pub fn measured_text(c: &Conflict, language: Language) -> String {
    let measured = text::quantity(language, &c.measured);
    match &c.threshold {
        Some(t) if t.unit == c.measured.unit => {
            // The unit stands once, after both numbers.
            let unit = format!("\u{a0}{}", t.unit);
            let first = measured.strip_suffix(&unit).unwrap_or(&measured);
            format!("{first} / {}", text::quantity(language, t))
        }
        Some(t) => format!("{measured} / {}", text::quantity(language, t)),
        None => measured,
    }
}

/// The table; `None` before a project is open. The filters stand above it unless they are shown elsewhere.
pub fn conflicts_ui(
    ui: &mut Ui,
    snapshot: Option<&Snapshot>,
    view: &ViewState,
    state: &mut ConflictsState,
    with_filters: bool,
) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    let Some(s) = snapshot else {
        empty_state(
            ui,
            icon::SCALES,
            &tr(language, "conflicts-no-project"),
            &tr(language, "layers-empty-do"),
        );
        return wishes;
    };
    if with_filters {
        filters(ui, s, view, state, &mut wishes);
    }
    if state.filter.gone {
        gone_ui(ui, s, language, &mut wishes);
        return wishes;
    }
    state.rows.update(s, language, view.severities, &state.filter);
    if state.rows.shown.is_empty() {
        if s.evaluation.conflicts.is_empty() {
            empty_state(
                ui,
                icon::CHECK_CIRCLE,
                &tr(language, "conflicts-none"),
                &tr(language, "conflicts-none-do"),
            );
        } else {
            empty_state(
                ui,
                icon::FUNNEL,
                &tr(language, "conflicts-filtered"),
                &tr(language, "conflicts-filtered-do"),
            );
        }
        return wishes;
    }
    let hidden = s.evaluation.conflicts.len() - state.rows.shown.len();
    if hidden > 0 && with_filters {
        let counts = [
            ("shown", (state.rows.shown.len() as i64).into()),
            ("all", (s.evaluation.conflicts.len() as i64).into()),
        ];
        ui.label(note(ui, tr_with(language, "conflicts-shown", &counts)));
    }
    let selected = match &view.selection {
        Selection::Conflict(id) => Some(id.as_str()),
        _ => None,
    };
    let follow = (state.followed != view.selection)
        .then(|| {
            selected.and_then(|id| {
                state
                    .rows
                    .lines
                    .iter()
                    .position(|l| matches!(l, Line::Conflict(k) if s.evaluation.conflicts[*k as usize].id == id))
            })
        })
        .flatten();
    state.followed = view.selection.clone();
    let lines = std::mem::take(&mut state.rows.lines);
    let places = state.rows.places(s);
    let wide = ui.available_width() > 900.0;
    let mut table = TableBuilder::new(ui)
        .id_salt("conflicts")
        .striped(false)
        .sense(Sense::click())
        .resizable(true)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(34.0))
        .column(Column::initial(if wide { 120.0 } else { 84.0 }).at_least(48.0).clip(true))
        .column(Column::initial(if wide { 230.0 } else { 170.0 }).at_least(80.0).clip(true))
        .column(Column::initial(if wide { 200.0 } else { 140.0 }).at_least(80.0).clip(true))
        .column(Column::initial(130.0).at_least(80.0).clip(true))
        .column(Column::initial(130.0).at_least(70.0).clip(true))
        .column(Column::initial(76.0).at_least(40.0).clip(true))
        .column(Column::initial(if wide { 180.0 } else { 120.0 }).at_least(60.0).clip(true))
        .column(Column::remainder().at_least(90.0).clip(true))
        .min_scrolled_height(0.0)
        .auto_shrink(false);
    if let Some(row) = follow {
        table = table.scroll_to_row(row, None);
    }
    table
        .header(26.0, |mut h| {
            for (k, (by, key)) in COLUMNS.into_iter().enumerate() {
                let title = if k == 0 { String::new() } else { column_title(language, key) };
                h.col(|ui| {
                    if matches!(by, SortBy::Measured | SortBy::Area | SortBy::Heat) {
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| header(ui, by, &title, &mut state.filter));
                    } else {
                        header(ui, by, &title, &mut state.filter);
                    }
                });
            }
        })
        .body(|body| {
            body.rows(26.0, lines.len(), |mut row| {
                let k = match &lines[row.index()] {
                    Line::Group(name, n) => return heading(&mut row, name, *n),
                    Line::Conflict(k) => *k as usize,
                };
                let c = &s.evaluation.conflicts[k];
                row.set_selected(selected == Some(c.id.as_str()));
                cells(&mut row, c, &places[k], s, language);
                let name = format!("{} {}", c.id, s.city.spoken(&c.subject, language));
                let response = row.response();
                response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
                if response.clicked() {
                    wishes.push(Wish::Select(Selection::Conflict(c.id.clone())));
                    wishes.push(Wish::Camera(CameraCommand::FlyTo(place_of(c))));
                }
            });
        });
    state.rows.lines = lines;
    wishes
}

fn column_title(language: Language, key: &str) -> String {
    tr(language, key)
}

/// The line before a group: its name runs over the columns.
fn heading(row: &mut egui_extras::TableRow, name: &str, n: usize) {
    row.col(|ui| {
        ui.label(RichText::new(icon::CARET_DOWN).color(colors(ui).weak));
    });
    row.col(|ui| {
        ui.label(strong(n.to_string()));
    });
    row.col(|ui| {
        // Names of sites and offices are longer than a column; nothing else stands on the line.
        let clip = ui.clip_rect();
        ui.set_clip_rect(egui::Rect::from_min_max(clip.min, egui::pos2(clip.max.x + 560.0, clip.max.y)));
        ui.add(Label::new(strong(name)).extend().selectable(false));
    });
    for _ in 3..COLUMNS.len() {
        row.col(|_| {});
    }
}

fn cells(row: &mut egui_extras::TableRow, c: &Conflict, place: &Place, s: &Snapshot, language: Language) {
    let rule = s.city.rule(&c.rule);
    let status = s.reviews.get(&c.id).map_or(ConflictStatus::Open, |r| r.status);
    let cell = |ui: &mut Ui, text: &str| {
        ui.add(Label::new(text).truncate().selectable(false));
    };
    let right = |ui: &mut Ui, text: &str| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add(Label::new(text).truncate().selectable(false));
        });
    };
    row.col(|ui| {
        let (rect, response) = ui.allocate_exact_size(vec2(26.0, 24.0), Sense::hover());
        paint_severity(ui.painter(), rect.center(), 8.0, c.severity);
        response.on_hover_text(text::severity(language, c.severity));
    });
    row.col(|ui| cell(ui, &c.id));
    row.col(|ui| cell(ui, rule.map_or(c.rule.as_str(), |r| r.title.get(language))));
    row.col(|ui| cell(ui, &s.city.spoken(&c.subject, language)));
    row.col(|ui| right(ui, &measured_text(c, language)));
    row.col(|ui| right(ui, &extent_text(c, language)));
    row.col(|ui| {
        right(ui, &number(language, place.rules_here.into(), 0));
    });
    let office = rules::group_name(GroupBy::Office, &s.city, c, place, s.reviews.get(&c.id), language);
    row.col(|ui| cell(ui, &office));
    row.col(|ui| {
        let p = colors(ui);
        let color = if status == ConflictStatus::Open { p.ink } else { p.good };
        let marked = s.reviews.get(&c.id).is_some_and(|r| !r.note.is_empty());
        let text = text::status(language, status);
        let text = if marked { format!("{text} {}", icon::NOTE) } else { text };
        ui.add(Label::new(RichText::new(text).color(color)).truncate().selectable(false));
    });
}
