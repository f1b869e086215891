//! What two variants differ in, as tables. A click on a row goes to its place.

use super::state::Variants;
use crate::{
    app::{
        bridge::{CameraCommand, Selection, ViewState, Wish},
        decor::symbol::paint_severity,
        theme::{
            Palette, icon, text,
            widgets::{colors, judged, note, strong},
        },
    },
    i18n::{delta, number, tr},
    model::{Bbox, Conflict, FeatureRef, Language, Value},
    scenario::{Comparison, Fate, FeatureDelta, FigureDelta},
    session::Snapshot,
};
use bevy_egui::egui::{Align, Color32, Label, Layout, RichText, Sense, Ui, WidgetInfo, WidgetType, vec2};
use egui_extras::{Column, TableBuilder, TableRow};
use std::collections::BTreeSet;

const ROW: f32 = 25.0;

pub(super) fn left(ui: &mut Ui, text: impl Into<RichText>) {
    ui.add(Label::new(text.into()).truncate().selectable(false));
}

pub(super) fn right(ui: &mut Ui, text: impl Into<RichText>) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.add(Label::new(text.into()).truncate().selectable(false));
    });
}

pub(super) fn headings(mut header: TableRow, titles: &[(String, bool)]) {
    for (title, at_right) in titles {
        header.col(|ui| {
            let color = colors(ui).weak;
            let title = strong(title.as_str()).small().color(color);
            if *at_right { right(ui, title) } else { left(ui, title) }
        });
    }
}

/// The column that takes what the others leave.
pub(super) const REST: f32 = 0.0;

/// A table with its columns, one of them [`REST`].
pub(super) fn table<'a>(ui: &'a mut Ui, id: &str, widths: &[f32]) -> TableBuilder<'a> {
    let mut out = TableBuilder::new(ui)
        .id_salt(id)
        .sense(Sense::click())
        .resizable(true)
        .cell_layout(Layout::left_to_right(Align::Center));
    for w in widths {
        out = out.column(if *w == REST {
            Column::remainder().at_least(120.0).clip(true)
        } else {
            Column::initial(*w).at_least(34.0).clip(true)
        });
    }
    out.min_scrolled_height(0.0).auto_shrink(false)
}

/// What became of something: a sign beside the colour, because nothing is told by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Gone,
    Resolved,
    Changed,
    Same,
}

impl Mark {
    fn of(fate: Fate) -> Self {
        match fate {
            Fate::New => Self::New,
            Fate::Gone => Self::Gone,
            Fate::Changed => Self::Changed,
        }
    }

    fn word(self, language: Language) -> String {
        match self {
            Self::New => tr(language, "scenario-new"),
            Self::Gone => tr(language, "scenario-gone"),
            Self::Resolved => tr(language, "scenario-resolved"),
            Self::Changed => tr(language, "scenario-changed"),
            Self::Same => tr(language, "scenario-unchanged"),
        }
    }

    /// Sign and colour; a new conflict is bad news, a new feature is none.
    fn look(self, p: &Palette, grave: bool) -> (&'static str, Color32) {
        match self {
            Self::New => (icon::PLUS_CIRCLE, if grave { p.error } else { p.good }),
            Self::Gone => (icon::MINUS_CIRCLE, p.error),
            Self::Resolved => (icon::CHECK_CIRCLE, p.good),
            Self::Changed => (icon::ARROWS_CLOCKWISE, p.warning),
            Self::Same => (icon::EQUALS, p.weak),
        }
    }

    fn ui(self, ui: &mut Ui, language: Language, grave: bool) {
        let (sign, color) = self.look(colors(ui), grave);
        left(ui, RichText::new(format!("{sign} {}", self.word(language))).color(color));
    }
}

fn go(wishes: &mut Vec<Wish>, selection: Selection, place: Bbox) {
    wishes.push(Wish::Select(selection));
    if !place.is_empty() {
        let size = place.width_m().max(place.height_m());
        wishes.push(Wish::Camera(CameraCommand::FlyTo(place.buffered((size * 0.35).max(60.0)))));
    }
}

fn shown(value: &Value, language: Language) -> String {
    match value {
        Value::Null => "–".into(),
        Value::Real(v) => number(language, *v, if v.fract() == 0.0 { 0 } else { 2 }),
        other => other.to_string(),
    }
}

/// What is different about a feature, in words.
fn what(f: &FeatureDelta, s: &Snapshot, language: Language) -> String {
    let mut out = vec![];
    let area = |k: usize| f.area_m2[k].map(|v| text::area(language, v));
    match f.fate {
        Fate::New => out.extend(area(1)),
        Fate::Gone => out.extend(area(0)),
        Fate::Changed if f.moved => {
            let shape = tr(language, "scenario-shape");
            out.push(match (area(0), area(1)) {
                (Some(a), Some(b)) if a != b => format!("{shape} {a} → {b}"),
                _ => shape,
            });
        }
        Fate::Changed => {}
    }
    let def = s.city.slot(&f.slot).map(|s| &s.def);
    for (name, before, after) in &f.attributes {
        let title = def.and_then(|d| d.attributes.iter().find(|a| a.name == *name));
        let title = title.map_or(name.as_str(), |a| a.title.get(language));
        let word = |v: &Value| {
            let label = def.and_then(|d| d.value_label(name, &v.to_string()));
            label.map_or_else(|| shown(v, language), |l| l.get(language).to_owned())
        };
        out.push(format!("{title}: {} → {}", word(before), word(after)));
    }
    out.join("; ")
}

/// The name for people, and the id where many may share the name.
fn name_of(f: &FeatureDelta, s: &Snapshot, language: Language) -> String {
    let feature = FeatureRef {
        slot: f.slot.clone(),
        row: 0,
        id: f.id.clone(),
        label: f.label.clone(),
    };
    let name = s.city.spoken(&feature, language);
    if name.ends_with(&f.id) || f.id.starts_with("plan-") {
        name
    } else {
        format!("{name} · {}", f.id)
    }
}

/// Features that were added, taken out or changed; settings below.
pub fn features_ui(ui: &mut Ui, s: &Snapshot, language: Language, c: &Comparison) -> Vec<Wish> {
    let mut wishes = vec![];
    if c.features.is_empty() && c.settings.is_empty() {
        ui.label(note(ui, tr(language, "scenario-no-difference")));
        return wishes;
    }
    table(ui, "compare-features", &[100.0, 190.0, 220.0, REST])
        .header(24.0, |header| {
            let keys = ["scenario-fate", "scenario-layer", "scenario-name", "scenario-what"];
            headings(header, &keys.map(|k| (tr(language, k), false)));
        })
        .body(|body| {
            body.rows(ROW, c.features.len() + c.settings.len(), |mut row| {
                let Some(f) = c.features.get(row.index()) else {
                    let (key, before, after) = &c.settings[row.index() - c.features.len()];
                    row.col(|ui| Mark::Changed.ui(ui, language, false));
                    row.col(|ui| left(ui, tr(language, "scenario-part-setting")));
                    row.col(|ui| left(ui, key.as_str()));
                    row.col(|ui| left(ui, format!("{} → {}", shown(before, language), shown(after, language))));
                    return;
                };
                let mark = Mark::of(f.fate);
                row.col(|ui| mark.ui(ui, language, false));
                row.col(|ui| left(ui, f.layer.get(language)));
                row.col(|ui| left(ui, name_of(f, s, language)));
                let words = what(f, s, language);
                row.col(|ui| left(ui, words.as_str()));
                let response = row.response();
                let name = format!("{} {}", mark.word(language), f.label);
                response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
                if response.on_hover_text(words).clicked() {
                    let at = s.city.layer(&f.slot).and_then(|l| l.layer.ids.iter().position(|i| **i == *f.id));
                    let selection = at.map_or(Selection::None, |row| Selection::Feature {
                        slot: f.slot.clone(),
                        row: row as u32,
                    });
                    go(&mut wishes, selection, f.place);
                }
            });
        });
    wishes
}

/// Conflicts with what was measured on both sides.
pub fn conflicts_ui(ui: &mut Ui, s: &Snapshot, view: &ViewState, c: &Comparison, v: &Variants) -> Vec<Wish> {
    let language = view.language;
    let d = &c.conflicts;
    let mut rows: Vec<(Mark, Option<&Conflict>, Option<&Conflict>)> = vec![];
    rows.extend(d.new.iter().map(|c| (Mark::New, None, Some(c))));
    rows.extend(d.resolved.iter().map(|c| (Mark::Resolved, Some(c), None)));
    rows.extend(d.changed.iter().map(|(a, b)| (Mark::Changed, Some(a), Some(b))));
    if v.unchanged {
        let told: BTreeSet<&str> = d
            .new
            .iter()
            .chain(d.changed.iter().map(|(_, b)| b))
            .map(|c| c.id.as_str())
            .collect();
        let same = s.evaluation.conflicts.iter().filter(|c| !told.contains(c.id.as_str()));
        rows.extend(same.map(|c| (Mark::Same, Some(&**c), Some(&**c))));
    }
    let mut wishes = vec![];
    if rows.is_empty() {
        ui.label(note(ui, tr(language, "scenario-no-difference")));
        return wishes;
    }
    let chosen = match &view.selection {
        Selection::Conflict(id) => Some(id.as_str()),
        _ => None,
    };
    let titles = c.titles.each_ref().map(|t| t.get(language).to_owned());
    table(ui, "compare-conflicts", &[112.0, 34.0, REST, 300.0, 150.0, 190.0])
        .header(24.0, |header| {
            let [a, b] = titles;
            let heads = [
                (tr(language, "scenario-fate"), false),
                (String::new(), false),
                (tr(language, "column-rule"), false),
                (tr(language, "scenario-name"), false),
                (a, true),
                (b, true),
            ];
            headings(header, &heads);
        })
        .body(|body| {
            body.rows(ROW, rows.len(), |mut row| {
                let (mark, before, after) = rows[row.index()];
                let Some(c) = after.or(before) else { return };
                row.set_selected(chosen == Some(c.id.as_str()));
                row.col(|ui| mark.ui(ui, language, true));
                row.col(|ui| {
                    let (rect, _) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::hover());
                    paint_severity(ui.painter(), rect.center(), 7.0, c.severity);
                });
                let title = s.city.rule(&c.rule).map_or("", |r| r.title.get(language));
                row.col(|ui| left(ui, format!("{} {title}", c.rule)));
                row.col(|ui| left(ui, s.city.spoken(&c.subject, language)));
                for side in [before, after] {
                    row.col(|ui| {
                        let words = side.map_or_else(|| "–".into(), |c| text::quantity(language, &c.measured));
                        right(ui, words);
                    });
                }
                let response = row.response();
                let name = format!("{} {} {}", mark.word(language), c.rule, c.subject.label);
                response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &name));
                let reasons: Vec<&str> = c.reasons.iter().map(|r| r.get(language)).collect();
                if response.on_hover_text(reasons.join("\n")).clicked() {
                    let place = if c.bbox.is_empty() { Bbox::new(c.anchor, c.anchor) } else { c.bbox };
                    // A resolved conflict has nothing to show any more but its place.
                    let selection = match after {
                        Some(_) => Selection::Conflict(c.id.clone()),
                        None => Selection::Spot(c.anchor),
                    };
                    go(&mut wishes, selection, place);
                }
            });
        });
    wishes
}

/// How much is not known, before and after.
pub(super) fn unknown(language: Language, [a, b]: [Option<f64>; 2]) -> String {
    let share = |p: Option<f64>| match p {
        Some(p) if p <= 0.0 => "–".into(),
        Some(p) => format!("{}\u{a0}%", number(language, p, 1)),
        None => tr(language, "scenario-unknown"),
    };
    let (a, b) = (share(a), share(b));
    if a == b { a } else { format!("{a} → {b}") }
}

fn value(language: Language, f: &FigureDelta, v: Option<f64>) -> String {
    match v {
        Some(v) => format!("{} {}", number(language, v, f.decimals.into()), f.unit.get(language)),
        None => tr(language, "scenario-unknown"),
    }
}

/// Indicators of the whole on both sides.
pub fn indicators_ui(ui: &mut Ui, language: Language, c: &Comparison) {
    // What moved comes first.
    let mut rows: Vec<&FigureDelta> = c.indicators.iter().collect();
    rows.sort_by_key(|f| f.before == f.after);
    let titles = c.titles.each_ref().map(|t| t.get(language).to_owned());
    table(ui, "compare-indicators", &[44.0, REST, 170.0, 190.0, 110.0, 150.0])
        .header(24.0, |header| {
            let [a, b] = titles;
            let heads = [
                (String::new(), false),
                (tr(language, "scenario-indicator"), false),
                (a, true),
                (b, true),
                (tr(language, "scenario-delta"), true),
                (tr(language, "scenario-unknown-part"), true),
            ];
            headings(header, &heads);
        })
        .body(|body| {
            body.rows(ROW, rows.len(), |mut row| {
                let f = rows[row.index()];
                row.col(|ui| left(ui, note(ui, &f.id)));
                row.col(|ui| left(ui, f.title.get(language)));
                row.col(|ui| right(ui, value(language, f, f.before)));
                row.col(|ui| right(ui, value(language, f, f.after)));
                row.col(|ui| match f.delta().filter(|d| *d != 0.0) {
                    Some(d) => {
                        let (sign, color) = judged(colors(ui), f.direction, d);
                        let words = format!("{} {sign}", delta(language, d, f.decimals.into()));
                        right(ui, strong(words).color(color));
                    }
                    None => right(ui, note(ui, if f.before == f.after { "=" } else { "–" })),
                });
                row.col(|ui| right(ui, note(ui, unknown(language, f.unknown_percent))));
            });
        });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_on_one_side_only_is_told() {
        assert_eq!(unknown(Language::De, [Some(0.0), Some(0.0)]), "–");
        assert_eq!(unknown(Language::De, [Some(2.0), None]), "2,0\u{a0}% → unbekannt");
    }
}
