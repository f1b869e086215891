//! The value function of the chosen criterion: its curve, its figures to change, and where the selected unit stands on it.

use super::{compute::Weighing, fields::decimal};
use crate::{
    app::{
        bridge::ViewState,
        theme::{
            plot::still,
            text,
            widgets::{colors, note, strong},
        },
    },
    i18n::{number, tr},
    model::Language,
    modules::{BEST_SCORE, ScoreStep, ValueFunction},
};
use bevy_egui::egui::{ComboBox, Label, Stroke, Ui};
use egui_plot::{Line, PlotPoints, Points, VLine};

/// Points of a curve.
const SAMPLES: usize = 120;

/// The middle part of the page.
pub fn curve_ui(ui: &mut Ui, view: &ViewState, w: &mut Weighing) {
    let language = view.language;
    let (k, unit) = (w.criterion, w.unit);
    let here = w
        .scored()
        .zip(unit)
        .filter(|(s, unit)| *unit < s.scores.len() && k < s.matrix.criteria());
    let here = here.and_then(|(s, unit)| s.matrix.measure(unit, k));
    let Some(plan) = w.plan_mut() else { return };
    let (Some(c), Some(value)) = (plan.given.criteria.get(k), plan.values.get_mut(k)) else {
        return;
    };
    let unit = c.unit.clone();
    ui.horizontal(|ui| {
        ui.add(Label::new(strong(c.title.get(language))).truncate());
        ui.label(note(ui, unit.as_str()));
    });
    let room = (ui.available_height() - 62.0).max(50.0);
    plot(ui, language, value, here, &unit, room);
    let mut changed = false;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        changed |= shape(ui, language, value);
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        changed |= figures(ui, language, value);
    });
    if changed {
        plan.settle();
    }
}

/// The stretch of measures in which something happens.
fn span(value: &ValueFunction) -> [f64; 2] {
    let ends = match value {
        ValueFunction::Linear { worst, best } | ValueFunction::Sigmoid { worst, best } | ValueFunction::Threshold { worst, best, .. } => {
            [worst.min(*best), worst.max(*best)]
        }
        ValueFunction::Steps { steps, .. } => {
            let first = steps.first().map_or(0.0, |s| s.from);
            [first, steps.last().map_or(1.0, |s| s.from)]
        }
    };
    let margin = (0.18 * (ends[1] - ends[0])).max(1e-6);
    [ends[0] - margin, ends[1] + margin]
}

fn plot(ui: &mut Ui, language: Language, value: &ValueFunction, here: Option<f64>, unit: &str, height: f32) {
    let p = colors(ui);
    let [mut from, mut to] = span(value);
    if let Some(m) = here {
        (from, to) = (from.min(m), to.max(m));
    }
    let mut points: Vec<[f64; 2]> = (0..=SAMPLES)
        .map(|i| from + (to - from) * i as f64 / SAMPLES as f64)
        .map(|x| [x, value.score(x)])
        .collect();
    if let ValueFunction::Steps { steps, .. } = value {
        // A step is upright: it has a point just before its limit and one at it.
        let edge = 1e-9 * (to - from).max(1.0);
        points.extend(steps.iter().flat_map(|s| [s.from - edge, s.from]).map(|x| [x, value.score(x)]));
        points.sort_by(|a, b| a[0].total_cmp(&b[0]));
    }
    still("suit-curve", height)
        .include_y(BEST_SCORE)
        .y_axis_formatter(|mark, _| number(language, mark.value, 0))
        .x_axis_formatter(|mark, _| number(language, mark.value, usize::from(mark.step_size < 1.0)))
        .label_formatter(|_| None)
        .show(ui, |plot| {
            plot.line(Line::new("", PlotPoints::from(points)).stroke(Stroke::new(2.0, p.accent)));
            if let ValueFunction::Threshold { threshold, .. } = value {
                plot.vline(VLine::new("", *threshold).stroke(Stroke::new(1.0, p.error)));
            }
            if let Some(m) = here {
                plot.vline(VLine::new("", m).stroke(Stroke::new(1.0, p.weak)));
                plot.points(Points::new("", vec![[m, value.score(m)]]).radius(5.0).color(p.ink));
            }
        })
        .response
        .on_hover_text(match here {
            Some(m) => format!("{} → {}", text::measure(language, m, unit), number(language, value.score(m), 1)),
            None => tr(language, "suit-curve-hint"),
        });
}

/// The end that scores 0 and the one that scores 10.
fn ends(value: &ValueFunction) -> [f64; 2] {
    match value {
        ValueFunction::Linear { worst, best } | ValueFunction::Sigmoid { worst, best } | ValueFunction::Threshold { worst, best, .. } => {
            [*worst, *best]
        }
        ValueFunction::Steps { below, steps } => {
            let [low, high] = [steps.first(), steps.last()].map(|s| s.map_or(0.0, |s| s.from));
            let high = if high > low { high } else { low + 1.0 };
            // The better side is the one that scores more.
            let falls = steps.last().is_some_and(|s| s.score < *below);
            if falls { [high, low] } else { [low, high] }
        }
    }
}

/// The same ends in another shape.
fn reshaped(value: &ValueFunction, key: &str) -> ValueFunction {
    let [worst, best] = ends(value);
    match key {
        "suit-linear" => ValueFunction::Linear { worst, best },
        "suit-sigmoid" => ValueFunction::Sigmoid { worst, best },
        "suit-threshold" => ValueFunction::Threshold {
            worst,
            threshold: 0.5 * (worst + best),
            best,
            at_threshold: 4.0,
        },
        _ => {
            let line = ValueFunction::Linear { worst, best };
            let (low, high) = (worst.min(best), worst.max(best));
            let step = (high - low) / 4.0;
            ValueFunction::Steps {
                below: line.score(low),
                steps: (1..=4)
                    .map(|k| low + f64::from(k) * step)
                    .map(|from| ScoreStep {
                        from,
                        score: line.score(from).round(),
                    })
                    .collect(),
            }
        }
    }
}

fn key_of(value: &ValueFunction) -> &'static str {
    match value {
        ValueFunction::Linear { .. } => "suit-linear",
        ValueFunction::Sigmoid { .. } => "suit-sigmoid",
        ValueFunction::Steps { .. } => "suit-steps",
        ValueFunction::Threshold { .. } => "suit-threshold",
    }
}

fn shape(ui: &mut Ui, language: Language, value: &mut ValueFunction) -> bool {
    let now = key_of(value);
    let mut wanted = now;
    ComboBox::from_id_salt("suit-shape")
        .width((ui.available_width() - 12.0).min(220.0))
        .truncate()
        .selected_text(tr(language, now))
        .show_ui(ui, |ui| {
            for key in ["suit-linear", "suit-sigmoid", "suit-steps", "suit-threshold"] {
                ui.selectable_value(&mut wanted, key, tr(language, key));
            }
        });
    if wanted != now {
        *value = reshaped(value, wanted);
    }
    wanted != now
}

/// The figures of the function. They count when the pointer lets go, because what is measured depends on them.
fn figures(ui: &mut Ui, language: Language, value: &mut ValueFunction) -> bool {
    const ANY: std::ops::RangeInclusive<f64> = -100_000.0..=100_000.0;
    let mut done = false;
    let mut one = |ui: &mut Ui, key: &str, v: &mut f64, range: std::ops::RangeInclusive<f64>| {
        let decimals = if v.fract() == 0.0 { 0 } else { 1 };
        let r = ui
            .scope(|ui| decimal(ui, language, v, range, decimals, ""))
            .inner
            .on_hover_text(tr(language, key));
        done |= r.drag_stopped() || r.lost_focus() || (r.changed() && !r.dragged());
    };
    match value {
        ValueFunction::Linear { worst, best } | ValueFunction::Sigmoid { worst, best } => {
            ui.label(note(ui, "0:"));
            one(ui, "suit-worst", worst, ANY);
            ui.label(note(ui, "10:"));
            one(ui, "suit-best", best, ANY);
        }
        ValueFunction::Threshold {
            worst,
            threshold,
            best,
            at_threshold,
        } => {
            ui.label(note(ui, "0:"));
            one(ui, "suit-worst", worst, ANY);
            one(ui, "suit-at-threshold", at_threshold, 0.0..=BEST_SCORE);
            ui.label(note(ui, ":"));
            one(ui, "suit-limit", threshold, ANY);
            ui.label(note(ui, "10:"));
            one(ui, "suit-best", best, ANY);
        }
        ValueFunction::Steps { below, steps } => {
            one(ui, "suit-below", below, 0.0..=BEST_SCORE);
            for s in steps.iter_mut().take(5) {
                ui.label(note(
                    ui,
                    format!("≥ {}:", number(language, s.from, usize::from(s.from.fract() != 0.0))),
                ));
                one(ui, "suit-step-score", &mut s.score, 0.0..=BEST_SCORE);
            }
        }
    }
    if let Some(wrong) = value.mistake() {
        let color = colors(ui).warning;
        ui.add(Label::new(note(ui, wrong.get(language)).color(color)).truncate());
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_shape_keeps_the_ends() {
        let noise = ValueFunction::Threshold {
            worst: 75.0,
            threshold: 65.0,
            best: 50.0,
            at_threshold: 4.0,
        };
        for key in ["suit-linear", "suit-sigmoid", "suit-steps", "suit-threshold"] {
            let other = reshaped(&noise, key);
            assert_eq!(key_of(&other), key);
            assert!(other.mistake().is_none(), "{other:?}");
            assert!(other.score(50.0) > 7.0 && other.score(76.0) < 1.0, "{other:?}");
        }
        let [from, to] = span(&noise);
        assert!(from < 50.0 && to > 75.0);
    }
}
