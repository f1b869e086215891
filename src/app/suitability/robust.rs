//! Robustness: in how many runs with moved weights a unit stays among the best.

use super::{
    compute::Weighing,
    fields::{decimal, dot, left},
    results::{score_cell, unit_table},
    shade::often_color,
};
use crate::{
    app::{
        bridge::{ViewState, Wish},
        theme::{
            map_color,
            widgets::{colors, note, strong},
        },
    },
    i18n::{number, tr, tr_with},
};
use bevy_egui::egui::{DragValue, Label, RichText, Sense, Ui, vec2};

/// The page.
pub fn robust_ui(ui: &mut Ui, view: &ViewState, w: &mut Weighing) -> Vec<Wish> {
    let language = view.language;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(note(ui, tr(language, "suit-vary")));
        decimal(ui, language, &mut w.trial.vary_percent, 1.0..=100.0, 0, " %");
        ui.label(note(ui, tr(language, "suit-top")));
        ui.add(DragValue::new(&mut w.trial.top).range(1..=100));
        ui.label(note(ui, tr(language, "suit-runs")));
        ui.add(DragValue::new(&mut w.trial.runs).range(10..=10_000).speed(10.0));
        ui.label(note(ui, tr(language, "suit-seed")));
        ui.add(DragValue::new(&mut w.trial.seed).range(0..=999_999));
        if let Some(s) = w.shaken().filter(|s| s.trial.runs < w.trial.runs) {
            let values = [("runs", i64::from(s.trial.runs).into())];
            let color = colors(ui).warning;
            let text = RichText::new(tr_with(language, "suit-fewer-runs", &values)).small().color(color);
            ui.add(Label::new(text).truncate());
        }
    });
    let Some(s) = w.shaken() else {
        ui.label(note(ui, tr(language, "suit-busy")));
        return vec![];
    };
    let wide = ui.available_width() > 1400.0;
    let widths = [if wide { 420.0 } else { 320.0 }, 100.0, 260.0, 0.0];
    let keys = [
        ("suit-column-name", false),
        ("suit-column-score", true),
        ("suit-column-stable", false),
        ("suit-column-ranks", false),
    ];
    let of = &s.scored;
    unit_table(ui, "suit-stable", (&widths, &keys), view, (of, &s.rows, w.unit), |row, _, unit| {
        let it = &s.result[unit];
        row.col(|ui| {
            left(ui, of.units.labels[unit].as_str());
        });
        row.col(|ui| score_cell(ui, of, unit, language));
        let ranked = of.scores[unit].provisional().is_some();
        row.col(|ui| {
            if ranked {
                let color = map_color(often_color(it.in_top));
                dot(ui, color);
                let (rect, _) = ui.allocate_exact_size(vec2(140.0, 10.0), Sense::hover());
                let p = colors(ui);
                ui.painter().rect_filled(rect, 2.0, p.button);
                let mut bar = rect;
                bar.set_width(rect.width() * it.in_top as f32);
                ui.painter().rect_filled(bar, 2.0, p.accent);
                ui.label(strong(format!("{}\u{a0}%", number(language, 100.0 * it.in_top, 0))));
            } else {
                left(ui, note(ui, "–"));
            }
        });
        row.col(|ui| {
            let (best, worst) = it.ranks;
            let text = match (ranked, best == worst) {
                (false, _) => "–".into(),
                (true, true) => number(language, f64::from(best), 0),
                (true, false) => format!(
                    "{} – {}",
                    number(language, f64::from(best), 0),
                    number(language, f64::from(worst), 0)
                ),
            };
            left(ui, text);
        });
    })
}
