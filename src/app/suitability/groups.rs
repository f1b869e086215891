//! Groups with weights of their own side by side, and where they agree.

use super::{
    compute::Weighing,
    fields::{decimal, dot, left, right},
    panel::{SCROLL, column},
    plan::{Group, UsePlan},
    results::unit_table,
    shade::{dissent_color, dissent_key},
};
use crate::{
    app::{
        bridge::{ViewState, Wish},
        theme::{
            icon, map_color,
            widgets::{colors, note, small_icon_button, strong},
        },
    },
    i18n::{number, tr, tr_with},
    model::{Language, LocalText},
    session::Command,
};
use bevy_egui::egui::{Button, Grid, Label, ScrollArea, TextEdit, Ui};

/// More columns no screen holds side by side.
const MOST_GROUPS: usize = 8;

/// The page.
pub fn groups_ui(ui: &mut Ui, view: &ViewState, w: &mut Weighing) -> Vec<Wish> {
    let (width, height) = (ui.available_width(), ui.available_height());
    let mut wishes = vec![];
    ui.horizontal_top(|ui| {
        column(ui, width * 0.48, height, |ui| {
            if let Some(plan) = w.plan_mut() {
                wishes.extend(weights(ui, view, plan));
            }
        });
        ui.add_space(8.0);
        let rest = ui.available_width() - SCROLL;
        column(ui, rest, height, |ui| wishes.extend(list(ui, view, w)));
    });
    wishes
}

fn weights(ui: &mut Ui, view: &ViewState, plan: &mut UsePlan) -> Option<Wish> {
    let language = view.language;
    let mut wish = None;
    ui.horizontal(|ui| {
        let more = plan.groups.len() < MOST_GROUPS;
        let text = format!("{} {}", icon::PLUS, tr(language, "suit-group-add"));
        if ui
            .add_enabled(more, Button::new(text))
            .on_hover_text(tr(language, "suit-group-add-hint"))
            .clicked()
        {
            let n = (plan.groups.len() + 1) as i64;
            let name = |l| tr_with(l, "suit-group-name", &[("n", n.into())]);
            plan.groups.push(Group {
                id: None,
                title: LocalText::new(name(Language::De), name(Language::En)),
                weights: plan.weights.clone(),
            });
        }
        // What is changed is said where it is changed, and saved with everything else.
        let changed = plan.groups != plan.kept;
        if changed {
            let text = format!("{} {}", icon::FLOPPY_DISK, tr(language, "suit-groups-save"));
            let hint = tr(language, "suit-groups-save-hint");
            if ui.add(Button::new(text)).on_hover_text(hint).clicked() {
                wish = Some(Wish::Session(Command::Save));
            }
        }
        let (key, color) = match (plan.groups.len() < 2, changed) {
            (true, _) => ("suit-groups-do", colors(ui).weak),
            (false, true) => ("suit-groups-unsaved", colors(ui).warning),
            (false, false) => ("suit-groups-saved", colors(ui).weak),
        };
        ui.add(Label::new(note(ui, tr(language, key)).color(color)).truncate());
    });
    for g in plan.groups.iter().filter(|g| g.weights.iter().all(|w| *w <= 0.0)) {
        let values = [("group", g.name(language).to_owned().into())];
        let color = colors(ui).warning;
        ui.label(note(ui, tr_with(language, "suit-group-weightless", &values)).color(color));
    }
    for why in &plan.refused {
        let color = colors(ui).warning;
        ui.label(note(ui, why.get(language)).color(color));
    }
    let mut gone = None;
    ScrollArea::both().id_salt("suit-group-weights").auto_shrink(false).show(ui, |ui| {
        Grid::new("suit-groups")
            .num_columns(plan.groups.len() + 1)
            .spacing([10.0, 4.0])
            .show(ui, |ui| {
                ui.label("");
                for (k, g) in plan.groups.iter_mut().enumerate() {
                    ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = 2.0;
                        let mut name = g.name(language).to_owned();
                        let edit = TextEdit::singleline(&mut name).desired_width(84.0).char_limit(60);
                        if ui.add(edit).changed() {
                            g.rename(language, &name);
                        }
                        let color = colors(ui).weak;
                        if small_icon_button(ui, icon::X, &tr(language, "suit-group-remove"), color).clicked() {
                            gone = Some(k);
                        }
                    });
                }
                ui.end_row();
                for (c, def) in plan.given.criteria.iter().enumerate() {
                    ui.scope(|ui| {
                        ui.set_max_width(220.0);
                        left(ui, def.title.get(language)).on_hover_text(def.why.get(language));
                    });
                    for g in &mut plan.groups {
                        if let Some(weight) = g.weights.get_mut(c) {
                            decimal(ui, language, weight, 0.0..=10.0, 1, "");
                        }
                    }
                    ui.end_row();
                }
            });
    });
    if let Some(k) = gone {
        plan.groups.remove(k);
    }
    wish
}

fn list(ui: &mut Ui, view: &ViewState, w: &Weighing) -> Vec<Wish> {
    let language = view.language;
    let Some(g) = w.grouped().filter(|g| g.groups.len() > 1) else {
        ui.label(note(ui, tr(language, "suit-groups-empty")));
        return vec![];
    };
    let widths = [170.0, 150.0, 56.0, 56.0, 0.0];
    let keys = [
        ("suit-column-name", false),
        ("suit-column-agreement", false),
        ("suit-column-mean", true),
        ("suit-column-spread", true),
        ("suit-column-extremes", false),
    ];
    unit_table(
        ui,
        "suit-dissent",
        (&widths, &keys),
        view,
        (&g.scored, &g.rows, w.unit),
        |row, _, unit| {
            let d = &g.result[unit];
            row.col(|ui| {
                let hint = each(g, unit, language);
                left(ui, g.scored.units.labels[unit].as_str()).on_hover_text(hint);
            });
            row.col(|ui| match d.mean {
                Some(mean) => {
                    dot(ui, map_color(dissent_color(mean, d.spread)));
                    left(ui, tr(language, dissent_key(mean, d.spread)));
                }
                None => {
                    left(ui, note(ui, super::results::state(&g.scored, unit, language)));
                }
            });
            row.col(|ui| right(ui, d.mean.map_or_else(|| "–".into(), |m| number(language, m, 1))));
            row.col(|ui| {
                if d.mean.is_some() {
                    right(ui, strong(number(language, d.spread, 1)));
                }
            });
            row.col(|ui| {
                if let Some((most, least)) = d.extremes.filter(|_| d.spread >= 0.05) {
                    let one = |k: usize| {
                        let score = number(language, f64::from(g.scores[k][unit].value), 1);
                        format!("{} {score}", g.groups[k].name(language))
                    };
                    left(ui, format!("{} ↔ {}", one(most), one(least)));
                }
            });
        },
    )
}

/// The score of every group at a unit.
fn each(g: &super::compute::Grouped, unit: usize, language: Language) -> String {
    let one = |(group, scores): (&Group, &Vec<crate::suitability::Score>)| {
        let score = scores[unit]
            .provisional()
            .map_or_else(|| tr(language, "suit-unknown"), |v| number(language, v, 1));
        format!("{}: {score}", group.name(language))
    };
    g.groups.iter().zip(&g.scores).map(one).collect::<Vec<_>>().join("\n")
}
