//! The panel: which use, which units, which page; the pages are files of their own.

use super::{
    compute::{By, Page, Scored, Weighing},
    contest::contest_ui,
    criteria::criteria_ui,
    curve::curve_ui,
    fields::decimal,
    groups::groups_ui,
    pairs::pairs_ui,
    plan::UsePlan,
    results::results_ui,
    robust::robust_ui,
};
use crate::{
    app::{
        bridge::{CameraCommand, Hand, PlanWish, Selection, ViewState, Wish},
        theme::{
            icon, text,
            widgets::{colors, empty_state, note},
        },
    },
    i18n::{number, tr, tr_with},
    session::Snapshot,
    suitability::Shape,
};
use bevy_egui::egui::{Align, ComboBox, Label, Layout, RichText, Ui, vec2};

const PAGES: [(Page, &str); 5] = [
    (Page::Weights, "suit-weights"),
    (Page::Pairs, "suit-pairs"),
    (Page::Contest, "suit-contest"),
    (Page::Robust, "suit-robust"),
    (Page::Groups, "suit-groups"),
];

/// Width of a bar for scrolling.
pub const SCROLL: f32 = 10.0;

/// The whole panel.
pub fn suitability_ui(ui: &mut Ui, snapshot: Option<&Snapshot>, view: &ViewState, w: &mut Weighing) -> Vec<Wish> {
    let language = view.language;
    let open = snapshot.and_then(|s| Some(s.planning.as_ref()?.about.title.as_str()));
    if snapshot.is_none() {
        empty_state(
            ui,
            icon::SLIDERS_HORIZONTAL,
            &tr(language, "conflicts-no-project"),
            &tr(language, "layers-empty-do"),
        );
        return vec![];
    }
    if w.plans.is_empty() {
        empty_state(
            ui,
            icon::SLIDERS_HORIZONTAL,
            &tr(language, "suit-none"),
            &tr(language, "suit-none-do"),
        );
        return vec![];
    }
    head(ui, view, w);
    if let Some(why) = w.refusal() {
        let text = RichText::new(why.get(language)).color(colors(ui).warning);
        ui.label(text);
        return vec![];
    }
    if w.plan().is_some_and(|p| !p.weighs()) {
        let text = RichText::new(tr(language, "suit-no-weights")).color(colors(ui).warning);
        ui.label(text);
    }
    let mut wishes = match w.page {
        Page::Weights => weights(ui, view, open, w),
        Page::Pairs => {
            pairs_ui(ui, view, w);
            vec![]
        }
        Page::Contest => contest_ui(ui, view, w),
        Page::Robust => robust_ui(ui, view, w),
        Page::Groups => groups_ui(ui, view, w),
    };
    wishes.extend(w.plans.iter_mut().find_map(|plan| planned(ui, plan)));
    wishes
}

/// Weights that rest become a step of the variant that is open.
fn planned(ui: &Ui, plan: &mut UsePlan) -> Option<Wish> {
    let (now_s, held) = ui.input(|i| (i.time, i.pointer.any_down()));
    match plan.settled(now_s, held) {
        Ok(weights) => {
            let ids = plan.given.criteria.iter().map(|c| c.id.clone());
            let hand = Hand::Weights {
                usage: plan.given.id.clone(),
                weights: ids.zip(weights?).collect(),
            };
            Some(Wish::Plan(PlanWish::Do(hand)))
        }
        Err(_) => {
            // Nothing else may draw the frame in which they have rested long enough.
            ui.ctx().request_repaint();
            None
        }
    }
}

fn head(ui: &mut Ui, view: &ViewState, w: &mut Weighing) {
    let language = view.language;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let titles: Vec<String> = w.plans.iter().map(|p| p.def.title.get(language).to_owned()).collect();
        ComboBox::from_id_salt("suit-use")
            .width(138.0)
            .truncate()
            .selected_text(titles.get(w.chosen).map_or("", String::as_str))
            .show_ui(ui, |ui| {
                for (k, title) in titles.iter().enumerate() {
                    if ui.selectable_value(&mut w.chosen, k, title).clicked() {
                        w.criterion = 0;
                    }
                }
            });
        let cells = |shape| By::Cells(shape, 0.0);
        let choices = [
            (By::Sites, "suit-by-sites"),
            (cells(Shape::Hexagon), "suit-by-hexagons"),
            (cells(Shape::Square), "suit-by-squares"),
        ];
        let shown = choices.iter().find(|(by, _)| *by == w.by).map_or("suit-by-sites", |(_, key)| key);
        ComboBox::from_id_salt("suit-by")
            .width(126.0)
            .truncate()
            .selected_text(tr(language, shown))
            .show_ui(ui, |ui| {
                for (by, key) in choices {
                    ui.selectable_value(&mut w.by, by, tr(language, key));
                }
            });
        if w.by != By::Sites {
            decimal(ui, language, &mut w.cell_m, 5.0..=2000.0, 0, " m").on_hover_text(tr(language, "suit-cell"));
        }
        ui.add_space(6.0);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (page, key) in PAGES {
                ui.selectable_value(&mut w.page, page, tr(language, key));
            }
        });
        ui.add_space(6.0);
        ui.checkbox(&mut w.on_map, tr(language, "suit-on-map"));
        if w.busy() {
            ui.spinner();
        }
        let words = match (w.progress(), w.scored()) {
            (Some(now), _) => text::progress(language, &now),
            (None, Some(s)) if w.page != Page::Contest => tally(s, view),
            _ => return,
        };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add(Label::new(note(ui, words)).truncate());
        });
    });
    ui.add_space(2.0);
}

fn tally(s: &Scored, view: &ViewState) -> String {
    let language = view.language;
    let n = |n: usize| number(language, n as f64, 0);
    let [known, undecided, excluded] = s.counts;
    let unknown = s.scores.len() - known - excluded;
    let values = [
        ("units", n(s.scores.len()).into()),
        ("excluded", n(excluded).into()),
        ("undecided", n(undecided).into()),
        ("unknown", n(unknown).into()),
    ];
    tr_with(language, "suit-tally", &values)
}

fn weights(ui: &mut Ui, view: &ViewState, open: Option<&str>, w: &mut Weighing) -> Vec<Wish> {
    let (width, height) = (ui.available_width(), ui.available_height());
    let mut wishes = vec![];
    let parts = [width * 0.41, width * 0.22];
    ui.horizontal_top(|ui| {
        column(ui, parts[0], height, |ui| criteria_ui(ui, view, open, w));
        ui.add_space(6.0);
        column(ui, parts[1], height, |ui| curve_ui(ui, view, w));
        ui.add_space(6.0);
        // The bar for scrolling floats: it gets room beside the last column.
        let rest = ui.available_width() - SCROLL;
        column(ui, rest, height, |ui| wishes = results_ui(ui, view, w));
    });
    wishes
}

/// A part of the panel of fixed size.
pub fn column(ui: &mut Ui, width: f32, height: f32, content: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, height), Layout::top_down(Align::Min), |ui| {
        ui.set_width(width);
        content(ui);
    });
}

/// Selects a unit and flies there: a site as the feature that it is, a cell as a spot that tells why it is so.
pub fn go_to(s: &Scored, unit: usize) -> [Wish; 2] {
    let b = s.units.geometry.bbox(unit);
    let (selection, around_m) = match &s.slot {
        Some(slot) => (
            Selection::Feature {
                slot: slot.clone(),
                row: unit as u32,
            },
            60.0,
        ),
        None => (Selection::Spot(b.center()), 150.0),
    };
    [Wish::Select(selection), Wish::Camera(CameraCommand::FlyTo(b.buffered(around_m)))]
}
