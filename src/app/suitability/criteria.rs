//! Weights as sliders, the risk attitude, and what is left out.

use super::{
    compute::{Scored, Weighing},
    fields::{bare_slider, dot, left, right},
    shade::score_color,
};
use crate::{
    app::{
        bridge::ViewState,
        theme::{
            icon, map_color, text,
            widgets::{colors, note, section, small_icon_button, strong},
        },
    },
    i18n::{number, tr, tr_with},
    model::Language,
    modules::CriterionDef,
};
use bevy_egui::egui::{Align, Label, Layout, RichText, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, WidgetType, vec2};
use std::sync::Arc;

/// No criterion can weigh more than this; only ratios count.
const MOST_WEIGHT: f64 = 10.0;

/// The left part of the page.
pub fn criteria_ui(ui: &mut Ui, view: &ViewState, open: Option<&str>, w: &mut Weighing) {
    let language = view.language;
    attitude(ui, view, w);
    let scored = w.scored().cloned();
    let (unit, mut criterion) = (w.unit, w.criterion);
    let Some(plan) = w.plan_mut() else { return };
    let mut settle = false;
    ScrollArea::vertical().id_salt("suit-criteria").auto_shrink(false).show(ui, |ui| {
        for k in 0..plan.def.criteria.len() {
            let c = &plan.given.criteria[k];
            let share = plan.share_percent(k);
            let seen = seen(scored.as_ref(), unit, k);
            if row(ui, language, c, &mut plan.weights[k], share, seen, criterion == k) {
                criterion = k;
            }
        }
        // Whose weights these are is told where they are moved.
        let whose = match open {
            Some(name) => tr_with(language, "settings-weights-step", &[("name", name.to_owned().into())]),
            None => tr(language, "settings-weights-view"),
        };
        ui.add(Label::new(note(ui, whose)).wrap());
        section(ui, tr(language, "suit-exclusions"));
        for (k, e) in plan.given.exclusions.iter().enumerate() {
            let mut counts = !plan.off[k];
            let words = format!("{} (> {})", e.title.get(language), text::percent(language, e.above_percent));
            let hint = format!("{}\n{}", e.why.get(language), text::evidence(language, e.evidence));
            if ui.checkbox(&mut counts, words).on_hover_text(hint).changed() {
                plan.off[k] = !counts;
                settle = true;
            }
        }
        if let Some(s) = &scored {
            for gap in &s.matrix.gaps {
                let color = colors(ui).warning;
                ui.label(RichText::new(gap.get(language)).small().color(color));
            }
        }
    });
    if settle {
        plan.settle();
    }
    w.criterion = criterion;
}

/// Measure and score of a criterion at the selected unit.
fn seen(scored: Option<&Arc<Scored>>, unit: Option<usize>, k: usize) -> Option<(Option<f64>, Option<f64>)> {
    let (s, unit) = (scored?, unit?);
    let fits = unit < s.scores.len() && k < s.matrix.criteria();
    fits.then(|| {
        let score = f64::from(s.matrix.scores(unit)[k]);
        (s.matrix.measure(unit, k), Some(score).filter(|v| !v.is_nan()))
    })
}

fn attitude(ui: &mut Ui, view: &ViewState, w: &mut Weighing) {
    let language = view.language;
    ui.horizontal(|ui| {
        ui.label(note(ui, tr(language, "suit-attitude")));
        ui.label(note(ui, tr(language, "suit-cautious")));
        let slider = bare_slider(ui, 110.0, &mut w.attitude, 0.0..=1.0);
        slider.on_hover_text(tr(language, "suit-attitude-hint"));
        ui.label(note(ui, tr(language, "suit-bold")));
        ui.label(number(language, w.attitude, 2));
        let (attitude, changed) = (w.attitude, w.plan().is_some_and(|p| p.changed()));
        if changed || attitude != 0.5 {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let color = colors(ui).ink;
                if small_icon_button(ui, icon::ARROW_COUNTER_CLOCKWISE, &tr(language, "suit-reset"), color).clicked() {
                    w.attitude = 0.5;
                    if let Some(plan) = w.plan_mut() {
                        plan.reset();
                    }
                }
            });
        }
    });
}

/// One criterion; true when it was chosen.
fn row(
    ui: &mut Ui,
    language: Language,
    c: &CriterionDef,
    weight: &mut f64,
    share: f64,
    seen: Option<(Option<f64>, Option<f64>)>,
    chosen: bool,
) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), Sense::click());
    let p = colors(ui);
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 4.0, if chosen { p.selected } else { p.button });
    }
    let mut line = ui.new_child(
        UiBuilder::new()
            .max_rect(rect.shrink2(vec2(6.0, 0.0)))
            .layout(Layout::right_to_left(Align::Center)),
    );
    line.spacing_mut().item_spacing.x = 6.0;
    let title = c.title.get(language);
    if let Some((measure, score)) = seen {
        line.allocate_ui_with_layout(vec2(118.0, 24.0), Layout::right_to_left(Align::Center), |ui| {
            ui.set_min_width(118.0);
            match (measure, score) {
                (Some(m), Some(s)) => {
                    ui.add(Label::new(strong(number(language, s, 1))).selectable(false));
                    dot(ui, map_color(score_color(s)));
                    left(ui, note(ui, text::measure(language, m, &c.unit)));
                }
                _ => {
                    let color = colors(ui).warning;
                    left(ui, RichText::new(tr(language, "suit-unknown")).small().color(color));
                }
            }
        });
    }
    line.allocate_ui_with_layout(vec2(42.0, 24.0), Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_width(42.0);
        right(ui, format!("{}\u{a0}%", number(language, share, 0)));
    });
    let slider = bare_slider(&mut line, 100.0, weight, 0.0..=MOST_WEIGHT);
    slider.widget_info(|| WidgetInfo::slider(true, *weight, title));
    let touched = slider.dragged() || slider.clicked();
    let hint = |ui: &mut Ui| {
        ui.set_max_width(420.0);
        ui.label(strong(title));
        ui.label(c.why.get(language));
        ui.label(note(ui, format!("{} · {}", c.slot, text::evidence(language, c.evidence))));
    };
    // Told at the name alone: a hint that follows the slider would hide the rows below it.
    line.with_layout(Layout::left_to_right(Align::Center), |ui| left(ui, title).on_hover_ui(hint));
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, title));
    response.clicked() || touched
}
