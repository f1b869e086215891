//! What a plan does to the conflicts: new, resolved and changed, by the last step and against the existing conditions.

use super::{effects::Moved, panel::PlanView};
use crate::{
    app::{
        bridge::{CameraCommand, Selection, Wish},
        decor::symbol::paint_severity,
        theme::{
            icon,
            widgets::{colors, judged, link, note, section},
        },
    },
    i18n::{delta, number, tr, tr_with},
    model::{Bbox, Conflict, Language},
    scenario::{ConflictDelta, FigureDelta},
};
use bevy_egui::egui::{Align, Color32, Label, Layout, RichText, Sense, Ui, vec2};

/// Conflicts listed of each kind.
const MOST: usize = 12;

/// Both comparisons.
pub(super) fn consequences_ui(ui: &mut Ui, v: &PlanView, [by_step, by_plan]: &[Moved; 2], wishes: &mut Vec<Wish>) {
    section(ui, tr(v.language, "planning-consequences"));
    for (key, delta, moved, listed) in [
        ("planning-since-step", &v.planning.by_step, by_step, false),
        ("planning-since-base", &v.planning.by_plan, by_plan, true),
    ] {
        ui.label(note(ui, tr(v.language, key)));
        delta_ui(ui, v, delta, listed, wishes);
        indicators_ui(ui, v.language, moved);
        ui.add_space(4.0);
    }
}

/// Indicators that moved, with how far and whether that is good.
fn indicators_ui(ui: &mut Ui, language: Language, moved: &Moved) {
    let Some(moved) = moved else {
        ui.label(note(ui, tr(language, "variants-indicators-counting")));
        return;
    };
    if moved.is_empty() {
        ui.label(note(ui, tr(language, "variants-indicators-same")));
    }
    for f in moved.iter() {
        let p = colors(ui);
        let places = usize::from(f.decimals);
        let (sign, color, words) = match f.delta() {
            // The value is the same, and more or less of it is known.
            Some(0.0) => (icon::EQUALS, p.warning, format!("{} {}", icon::QUESTION, unknown(language, f))),
            Some(d) => {
                let (sign, color) = judged(p, f.direction, d);
                (sign, color, format!("{} {}", delta(language, d, places), f.unit.get(language)))
            }
            None => (icon::QUESTION, p.warning, tr(language, "scenario-unknown")),
        };
        let response = ui.horizontal(|ui| {
            ui.label(RichText::new(sign).color(color));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(words).color(color));
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(f.title.get(language)).truncate());
                });
            });
        });
        let shown = |v: Option<f64>| v.map_or_else(|| tr(language, "scenario-unknown"), |v| number(language, v, places));
        response.response.on_hover_text(format!(
            "{} {}\n{} → {} {}\n{}: {}",
            f.id,
            f.title.get(language),
            shown(f.before),
            shown(f.after),
            f.unit.get(language),
            tr(language, "scenario-unknown-part"),
            unknown(language, f),
        ));
    }
}

/// How much is not known, before and after.
fn unknown(language: Language, f: &FigureDelta) -> String {
    let [a, b] = f.unknown_percent.map(|p| match p {
        Some(p) => format!("{}\u{a0}%", number(language, p, 1)),
        None => tr(language, "scenario-unknown"),
    });
    format!("{a} → {b}")
}

/// What the last step did, else what the plan does, in one line that stays in sight wherever the panel is scrolled to.
pub(super) fn summary_ui(ui: &mut Ui, v: &PlanView) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        // A plan that was opened has no last step.
        let (key, delta) = if v.planning.by_step.is_empty() {
            ("planning-since-base", &v.planning.by_plan)
        } else {
            ("planning-since-step", &v.planning.by_step)
        };
        ui.label(note(ui, tr(v.language, key)));
        if delta.is_empty() {
            ui.label(note(ui, tr(v.language, "looks-nothing")));
        }
        counts_ui(ui, v.language, delta);
    });
}

/// How many conflicts are new, resolved and changed. A sign beside the colour: nothing is told by colour alone.
fn counts_ui(ui: &mut Ui, language: Language, delta: &ConflictDelta) {
    let p = colors(ui);
    let counts = [
        (icon::PLUS_CIRCLE, "planning-new", delta.new.len(), p.error),
        (icon::CHECK_CIRCLE, "planning-resolved", delta.resolved.len(), p.good),
        (icon::ARROWS_CLOCKWISE, "planning-altered", delta.changed.len(), p.warning),
    ];
    for (sign, key, n, color) in counts.into_iter().filter(|c| c.2 > 0) {
        let text = tr_with(language, key, &[("n", (n as i64).into())]);
        ui.add(Label::new(RichText::new(format!("{sign} {text}")).color(color)).extend());
    }
}

fn delta_ui(ui: &mut Ui, v: &PlanView, delta: &ConflictDelta, listed: bool, wishes: &mut Vec<Wish>) {
    if delta.is_empty() {
        ui.label(tr(v.language, "planning-no-change"));
        return;
    }
    let p = colors(ui);
    ui.horizontal_wrapped(|ui| counts_ui(ui, v.language, delta));
    if !listed {
        return;
    }
    for c in delta.new.iter().take(MOST) {
        row(ui, v, c, (icon::PLUS_CIRCLE, p.error), true, wishes);
    }
    for c in delta.resolved.iter().take(MOST) {
        row(ui, v, c, (icon::CHECK_CIRCLE, p.good), false, wishes);
    }
    for (_, c) in delta.changed.iter().take(MOST) {
        row(ui, v, c, (icon::ARROWS_CLOCKWISE, p.warning), true, wishes);
    }
}

fn row(ui: &mut Ui, v: &PlanView, c: &Conflict, (sign, color): (&str, Color32), there: bool, wishes: &mut Vec<Wish>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(sign).color(color));
        let (rect, _) = ui.allocate_exact_size(vec2(20.0, 20.0), Sense::hover());
        paint_severity(ui.painter(), rect.center(), 7.0, c.severity);
        let rule = v.snapshot.city.rule(&c.rule);
        let title = format!(
            "{} · {}",
            rule.map_or(c.rule.as_str(), |r| r.title.get(v.language)),
            v.snapshot.city.spoken(&c.subject, v.language)
        );
        if !there {
            ui.add(Label::new(RichText::new(title).strikethrough().color(colors(ui).weak)).truncate());
        } else if link(ui, &title).clicked() {
            let b = if c.bbox.is_empty() { Bbox::new(c.anchor, c.anchor) } else { c.bbox };
            wishes.push(Wish::Select(Selection::Conflict(c.id.clone())));
            wishes.push(Wish::Camera(CameraCommand::FlyTo(b.buffered(80.0))));
        }
    });
}
