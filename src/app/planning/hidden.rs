//! What the variant leaves out of the view, and the way back: hidden buildings are neither drawn nor clicked, but everything counts them.

use super::panel::PlanView;
use crate::{
    app::{
        bridge::{Hand, PlanWish, Wish},
        theme::{
            icon,
            widgets::{colors, note, section, small_icon_button},
        },
    },
    i18n::{tr, tr_with},
    scenario::{Named, Setting, hidden},
};
use bevy_egui::egui::{Button, Label, Ui, vec2};

/// Listed one by one.
const MOST: usize = 12;

impl PlanView<'_> {
    /// True when the plan leaves a feature out of the view.
    pub fn hides(&self, (slot, id): &Named) -> bool {
        self.planning.overlay.settings().contains_key(&Setting::hide(slot, id))
    }
}

/// The section; nothing where nothing is hidden.
pub(super) fn hidden_ui(ui: &mut Ui, v: &PlanView, wishes: &mut Vec<Wish>) {
    let all: Vec<Named> = hidden(v.planning.overlay.settings())
        .into_iter()
        .flat_map(|(slot, ids)| ids.into_iter().map(move |id| (slot.clone(), id)))
        .collect();
    if all.is_empty() {
        return;
    }
    let n = |key: &str, n: usize| tr_with(v.language, key, &[("n", (n as i64).into())]);
    section(ui, n("settings-hidden", all.len()));
    ui.add(Label::new(note(ui, tr(v.language, "settings-hidden-why"))).wrap());
    let mut show = None;
    for feature in all.iter().take(MOST) {
        ui.push_id(feature, |ui| {
            ui.horizontal(|ui| {
                let ink = colors(ui).ink;
                if small_icon_button(ui, icon::EYE, &tr(v.language, "settings-show"), ink).clicked() {
                    show = Some(vec![feature.clone()]);
                }
                ui.add(Label::new(v.label(feature)).truncate());
            });
        });
    }
    if let Some(more) = all.len().checked_sub(MOST).filter(|n| *n > 0) {
        ui.label(note(ui, n("more", more)));
    }
    if all.len() > 1 {
        let text = format!("{}  {}", icon::EYE, tr(v.language, "settings-show-all"));
        let width = ui.available_width();
        if ui.add(Button::new(text).min_size(vec2(width, 28.0))).clicked() {
            show = Some(all);
        }
    }
    wishes.extend(show.map(|features| Wish::Plan(PlanWish::Do(Hand::Hide(features, false)))));
}
