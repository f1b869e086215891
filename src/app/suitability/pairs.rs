//! Weights from judgements: which of two criteria matters more, and how much. The consistency ratio says whether the answers fit together.

use super::{compute::Weighing, fields::left, panel::column};
use crate::{
    app::{
        bridge::ViewState,
        theme::{
            icon,
            widgets::{colors, note, strong},
        },
    },
    i18n::{number, tr, tr_with},
    model::Language,
    suitability::{Ahp, ahp},
};
use bevy_egui::egui::{Align, Button, Layout, RichText, ScrollArea, Sense, Slider, Ui, WidgetInfo, vec2};

/// A judgement as the place of its slider: 0 is equal, 8 is nine times to the right, −8 to the left.
fn place(judgement: f64) -> i32 {
    let times = judgement.max(1.0 / judgement).round() as i32 - 1;
    if judgement >= 1.0 { -times } else { times }
}

/// The judgement of a slider's place.
fn judgement(place: i32) -> f64 {
    let times = f64::from(place.abs() + 1);
    if place <= 0 { times } else { 1.0 / times }
}

fn pairs(criteria: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..criteria).flat_map(move |i| (i + 1..criteria).map(move |j| (i, j)))
}

/// The page.
pub fn pairs_ui(ui: &mut Ui, view: &ViewState, w: &mut Weighing) {
    let language = view.language;
    let Some(plan) = w.plan_mut() else { return };
    let result = ahp(plan.given.criteria.len(), &plan.judgements);
    let (width, height) = (ui.available_width(), ui.available_height());
    let titles: Vec<String> = plan.given.criteria.iter().map(|c| c.title.get(language).to_owned()).collect();
    let worst = result.as_ref().ok().filter(|a| !a.is_consistent()).and_then(|a| a.worst_pair);
    ui.horizontal_top(|ui| {
        column(ui, width * 0.6, height, |ui| {
            ui.label(note(ui, tr(language, "suit-pairs-do")));
            ScrollArea::vertical().id_salt("suit-pairs").auto_shrink(false).show(ui, |ui| {
                for ((i, j), value) in pairs(titles.len()).zip(&mut plan.judgements) {
                    pair(ui, language, [&titles[i], &titles[j]], value, worst == Some((i, j)));
                }
            });
        });
        ui.add_space(12.0);
        let rest = ui.available_width();
        column(ui, rest, height, |ui| match &result {
            Err(e) => {
                ui.label(e.text().get(language));
            }
            Ok(found) => {
                if outcome(ui, language, found, &titles) {
                    // The heaviest criterion gets the middle of the slider, so that there is room to both sides.
                    let most = found.weights.iter().copied().fold(f64::EPSILON, f64::max);
                    plan.weights = found.weights.iter().map(|w| (w / most * 50.0).round() / 10.0).collect();
                }
            }
        });
    });
}

fn pair(ui: &mut Ui, language: Language, [a, b]: [&str; 2], value: &mut f64, worst: bool) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), Sense::hover());
    if worst {
        ui.painter().rect_filled(rect, 4.0, colors(ui).warning.gamma_multiply(0.14));
    }
    let side = (rect.width() - 250.0) / 2.0;
    let mut line = ui.new_child(
        bevy_egui::egui::UiBuilder::new()
            .max_rect(rect.shrink2(vec2(4.0, 0.0)))
            .layout(Layout::left_to_right(Align::Center)),
    );
    let now = place(*value);
    let mut at = now;
    line.allocate_ui_with_layout(vec2(side, 24.0), Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_width(side);
        left(ui, if now < 0 { strong(a) } else { RichText::new(a) });
    });
    line.spacing_mut().slider_width = 168.0;
    let slider = line.add(Slider::new(&mut at, -8..=8).show_value(false).trailing_fill(false));
    slider.widget_info(|| WidgetInfo::slider(true, f64::from(at), format!("{a} – {b}")));
    if at != now {
        *value = judgement(at);
    }
    line.allocate_ui_with_layout(vec2(28.0, 24.0), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(28.0);
        let times = f64::from(at.abs() + 1);
        left(
            ui,
            note(
                ui,
                if at == 0 {
                    "=".into()
                } else {
                    format!("{}×", number(language, times, 0))
                },
            ),
        );
    });
    line.allocate_ui_with_layout(vec2(side, 24.0), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(side);
        left(ui, if now > 0 { strong(b) } else { RichText::new(b) });
    });
}

/// Weights and consistency; true when they shall count.
fn outcome(ui: &mut Ui, language: Language, found: &Ahp, titles: &[String]) -> bool {
    let p = colors(ui);
    let ratio = number(language, found.consistency_ratio, 2);
    let (key, color) = match found.is_consistent() {
        true => ("suit-consistent", p.good),
        false => ("suit-inconsistent", p.warning),
    };
    let text = format!("{} {}", icon::CHECK, tr(language, "suit-pairs-take"));
    let take = ui.add(Button::new(text)).clicked();
    let values = [("ratio", ratio.into()), ("limit", number(language, Ahp::ACCEPTABLE, 1).into())];
    ui.label(RichText::new(tr_with(language, key, &values)).color(color));
    if let Some((i, j)) = found.worst_pair.filter(|_| !found.is_consistent()) {
        let values = [("a", titles[i].clone().into()), ("b", titles[j].clone().into())];
        ui.label(note(ui, tr_with(language, "suit-worst-pair", &values)));
    }
    ScrollArea::vertical()
        .id_salt("suit-pairs-weights")
        .auto_shrink(false)
        .show(ui, |ui| {
            for (title, weight) in titles.iter().zip(&found.weights) {
                ui.horizontal(|ui| {
                    let (rect, _) = ui.allocate_exact_size(vec2(110.0, 10.0), Sense::hover());
                    ui.painter().rect_filled(rect, 2.0, colors(ui).button);
                    let mut bar = rect;
                    bar.set_width(rect.width() * *weight as f32);
                    ui.painter().rect_filled(bar, 2.0, colors(ui).accent);
                    ui.label(format!("{}\u{a0}%", number(language, 100.0 * weight, 0)));
                    left(ui, title.as_str());
                });
            }
        });
    take
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slider_and_a_judgement_say_the_same() {
        for at in -8..=8 {
            assert_eq!(place(judgement(at)), at);
        }
        assert_eq!([judgement(-8), judgement(0), judgement(1)], [9.0, 1.0, 0.5]);
        assert_eq!(pairs(4).count(), 6);
    }
}
