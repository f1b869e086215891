//! What the potential sites hold and cost: sums beside those of the existing conditions, one site with every formula and source, and the
//! numbers that costs and parking rest on.

use super::{
    state::Variants,
    tables::{REST, headings, left, right, table},
};
use crate::{
    app::{
        bridge::{CameraCommand, Counted, Selection, ViewState, Wish},
        theme::{
            icon,
            widgets::{cell, colors, icon_button, note, pair, section, strong},
        },
    },
    figures::{Assumptions, PlanFigures, SiteFigures},
    i18n::{number, signed, site_use, tr, tr_with},
    model::Language,
    session::Snapshot,
};
use bevy_egui::egui::{Align, ComboBox, DragValue, Label, Layout, RichText, ScrollArea, Ui, WidgetInfo, WidgetType, vec2};
use std::ops::RangeInclusive;

/// Room for the name of a number.
const NAME: f32 = 190.0;

/// The part.
pub fn figures_ui(ui: &mut Ui, s: &Snapshot, view: &ViewState, v: &mut Variants, counted: &mut Counted) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    let Some([before, now]) = v.figures.clone() else {
        ui.label(note(ui, tr(language, "variants-counting")));
        return wishes;
    };
    // A site that is clicked on the map is the one that is asked about.
    if v.followed != view.selection {
        v.followed = view.selection.clone();
        if let Selection::Feature { slot, row } = &view.selection
            && let Some(at) = now.sites.iter().position(|f| f.site.slot == *slot && f.site.row == *row)
        {
            v.site = Some(at);
        }
    }
    if v.site.is_some_and(|k| k >= now.sites.len()) {
        v.site = None;
    }
    let (all, height) = (ui.available_width(), ui.available_height());
    let side = (all * 0.27).clamp(270.0, 330.0);
    ui.horizontal_top(|ui| {
        ui.allocate_ui_with_layout(vec2(side, height), Layout::top_down(Align::Min), |ui| {
            ScrollArea::vertical().id_salt("variants-given").auto_shrink(false).show(ui, |ui| {
                ui.set_max_width(side - 16.0);
                site_ui(ui, language, &now, v, &mut wishes);
                given_ui(ui, language, &mut counted.given);
                uses_ui(ui, language, &now);
                ui.add(Label::new(note(ui, tr(language, "sitefigures-not-in"))).wrap());
                ui.add_space(8.0);
            });
        });
        ui.separator();
        ui.vertical(|ui| match v.site.and_then(|k| now.sites.get(k)) {
            Some(site) => one_ui(ui, language, site),
            None => sums_ui(ui, language, s, [&before, &now]),
        });
    });
    wishes
}

fn site_ui(ui: &mut Ui, language: Language, now: &PlanFigures, v: &mut Variants, wishes: &mut Vec<Wish>) {
    let n = now.sites.len() as i64;
    let sum = tr_with(language, "variants-all-sites", &[("n", n.into())]);
    let shown = v
        .site
        .and_then(|k| now.sites.get(k))
        .map_or_else(|| sum.clone(), |s| s.site.label.clone());
    ui.horizontal(|ui| {
        let width = ui.available_width() - 44.0;
        ComboBox::from_id_salt("compare-site")
            .width(width)
            .truncate()
            .selected_text(strong(shown))
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut v.site, None, sum.as_str());
                for (k, site) in now.sites.iter().enumerate() {
                    let label = format!("{} · {}", site.site.label, site_use(language, &site.usage));
                    ui.selectable_value(&mut v.site, Some(k), label);
                }
            });
        if let Some(site) = v.site.and_then(|k| now.sites.get(k))
            && icon_button(ui, icon::MAP_PIN, &tr(language, "variants-go")).clicked()
        {
            wishes.push(Wish::Select(Selection::Feature {
                slot: site.site.slot.clone(),
                row: site.site.row,
            }));
            wishes.extend(v.place.map(|b| Wish::Camera(CameraCommand::FlyTo(b.buffered(60.0)))));
        }
    });
}

fn given_ui(ui: &mut Ui, language: Language, given: &mut Assumptions) {
    section(ui, tr(language, "variants-given"));
    let usual = Assumptions::default();
    let own = |ui: &mut Ui, key: &str, value: &mut f64, range: RangeInclusive<f64>, places: usize, speed: f64| {
        let mut changed = false;
        ui.horizontal(|ui| {
            let name = tr(language, key);
            cell(ui, NAME, name.as_str());
            let drag = DragValue::new(value).range(range).max_decimals(places).speed(speed);
            let drag = drag
                .custom_formatter(move |v, _| number(language, v, places))
                .custom_parser(|t| t.replace(['\u{202f}', ' '], "").replace(',', ".").parse().ok());
            let response = ui.add(drag);
            response.widget_info(|| WidgetInfo::labeled(WidgetType::DragValue, true, &name));
            changed = response.changed();
        });
        changed
    };
    if own(ui, "variants-index", &mut given.index, 10.0..=2000.0, 1, 0.1) {
        given.index_source = tr(language, "sitefigures-own-index");
    }
    own(ui, "variants-factor", &mut given.factor, 0.1..=10.0, 2, 0.01);
    own(ui, "variants-parking", &mut given.parking_per_dwelling, 0.0..=10.0, 2, 0.05);
    ui.horizontal(|ui| {
        cell(ui, NAME, tr(language, "variants-standard"));
        for standard in 3..=5u8 {
            ui.selectable_value(&mut given.standard, standard, standard.to_string());
        }
    });
    let source = given.index_source.clone();
    ui.add(Label::new(note(ui, tr_with(language, "variants-index-source", &[("source", source.into())]))).wrap());
    if *given != usual && ui.button(tr(language, "variants-usual")).clicked() {
        *given = usual;
    }
}

fn uses_ui(ui: &mut Ui, language: Language, now: &PlanFigures) {
    section(ui, tr(language, "sitefigures-heading-use"));
    for (name, m2) in &now.by_use {
        let value = format!("{}\u{a0}ha", number(language, m2 / 10_000.0, 2));
        pair(ui, &site_use(language, name), value);
    }
}

/// Sums over all sites; while a plan is open, beside those of the existing conditions.
fn sums_ui(ui: &mut Ui, language: Language, s: &Snapshot, [before, now]: [&PlanFigures; 2]) {
    let planned = s.planning.as_ref();
    let number_of = |v: Option<(f64, usize)>| v.map_or_else(|| "–".into(), |(v, places)| number(language, v, places));
    let widths: &[f32] = if planned.is_some() {
        &[REST, 130.0, 150.0, 110.0, 60.0, 130.0]
    } else {
        &[REST, 150.0, 70.0, 130.0]
    };
    table(ui, if planned.is_some() { "compare-sums-plan" } else { "compare-sums" }, widths)
        .header(24.0, |header| {
            let mut heads = vec![(tr(language, "sitefigures-column-figure"), false)];
            if let Some(p) = planned {
                heads.push((tr(language, "planning-existing"), true));
                heads.push((p.about.title.clone(), true));
                heads.push((tr(language, "scenario-delta"), true));
            } else {
                heads.push((tr(language, "sitefigures-column-value"), true));
            }
            heads.push((tr(language, "sitefigures-column-unit"), false));
            heads.push((tr(language, "sitefigures-column-unknown"), true));
            headings(header, &heads);
        })
        .body(|body| {
            body.rows(25.0, now.totals.len(), |mut row| {
                let t = &now.totals[row.index()];
                row.col(|ui| left(ui, t.title.get(language)));
                // Nothing known is not zero.
                let known = |all: &PlanFigures| {
                    let counted = all
                        .sites
                        .iter()
                        .filter(|s| s.figures.iter().any(|f| f.id == t.id && f.value.is_some()))
                        .count();
                    let total = all.totals.iter().find(|o| o.id == t.id).filter(|_| counted > 0);
                    total.map(|o| o.value)
                };
                let (a, b) = (known(before), known(now));
                if planned.is_some() {
                    row.col(|ui| right(ui, number_of(a.map(|v| (v, 0)))));
                }
                row.col(|ui| right(ui, strong(number_of(b.map(|v| (v, 0))))));
                if planned.is_some() {
                    row.col(|ui| match a.zip(b).map(|(a, b)| b - a).filter(|d| d.abs() >= 0.5) {
                        Some(d) => right(ui, strong(signed(language, d, 0))),
                        None => right(ui, note(ui, if a.is_some() && b.is_some() { "=" } else { "–" })),
                    });
                }
                row.col(|ui| left(ui, t.unit.get(language)));
                row.col(|ui| {
                    let color = if t.unknown > 0 { colors(ui).warning } else { colors(ui).weak };
                    let words = if t.unknown == 0 { "–".into() } else { t.unknown.to_string() };
                    right(ui, RichText::new(words).color(color));
                });
            });
        });
}

/// One site: every figure with its arithmetic and source.
fn one_ui(ui: &mut Ui, language: Language, site: &SiteFigures) {
    ui.label(strong(format!("{} · {}", site.site.label, site_use(language, &site.usage))));
    table(ui, "compare-site-figures", &[230.0, 130.0, 330.0, REST])
        .header(24.0, |header| {
            let heads = [
                (tr(language, "sitefigures-column-figure"), false),
                (tr(language, "sitefigures-column-value"), true),
                (tr(language, "sitefigures-column-formula"), false),
                (tr(language, "sitefigures-column-source"), false),
            ];
            headings(header, &heads);
        })
        .body(|body| {
            body.rows(25.0, site.figures.len(), |mut row| {
                let f = &site.figures[row.index()];
                row.col(|ui| left(ui, f.title.get(language)));
                row.col(|ui| match f.value {
                    Some(v) => right(ui, strong(format!("{} {}", number(language, v, f.decimals), f.unit.get(language)))),
                    None => {
                        let warning = colors(ui).warning;
                        right(ui, RichText::new(tr(language, "scenario-unknown")).color(warning));
                    }
                });
                row.col(|ui| left(ui, f.formula.get(language)));
                row.col(|ui| left(ui, note(ui, f.source.as_str())));
                row.response().on_hover_ui(|ui| {
                    ui.set_max_width(460.0);
                    ui.label(strong(f.title.get(language)));
                    ui.label(f.formula.get(language));
                    ui.label(note(ui, f.source.as_str()));
                });
            });
        });
}
