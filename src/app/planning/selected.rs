//! What can be done with what is selected: one feature, or several in one step.

use super::{
    form::{Form, form_ui},
    panel::{PlanView, PlanningState},
    tools::{coordinate, corners_of, refused_ui, wide},
};
use crate::{
    app::{
        bridge::{Drafting, Gathered, Hand, PlanWish, Selection, Tool, Wish},
        theme::{
            icon,
            widgets::{colors, note, section, small_icon_button, strong},
        },
    },
    i18n::{tr, tr_with},
    model::{GeometryKind, SlotId},
    modules::{Role, SlotDef},
    scenario::{Feature, Named, Shape, feature_of},
};
use bevy_egui::egui::{Align, Button, Key, Label, Layout, RichText, Ui};
use std::collections::BTreeMap;

/// Up to so many features are listed one by one, more by layer.
const LISTED: usize = 6;

/// The section of the panel.
pub(super) fn selected_ui(ui: &mut Ui, v: &PlanView, state: &mut PlanningState, drafting: &mut Drafting, wishes: &mut Vec<Wish>) {
    let language = v.language;
    section(ui, tr(language, "planning-selected"));
    let Some((named, def)) = v.selected() else {
        state.edited = None;
        ui.label(note(ui, tr(language, "planning-selected-none")));
        ui.label(note(ui, tr(language, "planning-gather")));
        return;
    };
    let many = v.gathered.features.len() > 1;
    let subjects = if many { v.gathered.features.clone() } else { vec![named.clone()] };
    if many {
        several_ui(ui, v, state);
    } else {
        let label = v.label(&named);
        ui.add(Label::new(strong(label)).wrap());
        let title = def.title.get(language);
        let key = if v.changed(&named) {
            "planning-changed"
        } else {
            "planning-from-existing"
        };
        ui.label(note(ui, format!("{title} · {}", tr(language, key))));
    }
    tools_ui(ui, v, &subjects, state.key, drafting, wishes);
    by_ui(ui, v, state, &subjects, wishes);
    if subjects.iter().all(|(slot, _)| *slot == named.0) {
        attributes_ui(ui, v, state, &subjects, &def, wishes);
    }
}

/// What is selected, and a way to leave something out.
fn several_ui(ui: &mut Ui, v: &PlanView, state: &mut PlanningState) {
    let all = &v.gathered.features;
    let n = |key: &str, n: usize| tr_with(v.language, key, &[("n", (n as i64).into())]);
    ui.label(strong(n("planning-step-several", all.len())));
    if v.gathered.cut {
        let warning = colors(ui).warning;
        ui.colored_label(warning, n("planning-gathered-cut", Gathered::MOST));
    }
    let mut out: Option<Vec<Named>> = None;
    let mut row = |ui: &mut Ui, text: String, these: &dyn Fn(&Named) -> bool| {
        ui.horizontal(|ui| {
            let weak = colors(ui).weak;
            if small_icon_button(ui, icon::X, &tr(v.language, "planning-gathered-leave"), weak).clicked() {
                out = Some(all.iter().filter(|f| these(f)).cloned().collect());
            }
            ui.add(Label::new(text).truncate());
        });
    };
    if all.len() <= LISTED {
        for feature in all {
            ui.push_id(feature, |ui| row(ui, v.label(feature), &|f| f == feature));
        }
    } else {
        let mut by_slot: BTreeMap<&SlotId, usize> = BTreeMap::new();
        for (slot, _) in all {
            *by_slot.entry(slot).or_default() += 1;
        }
        for (slot, n) in by_slot {
            let title = v.snapshot.city.slot(slot).map_or(&*slot.0, |s| s.def.title.get(v.language));
            ui.push_id(slot, |ui| row(ui, format!("{n} × {title}"), &|f| f.0 == *slot));
        }
    }
    if out.is_some() {
        state.left_out = out;
    }
}

fn tools_ui(ui: &mut Ui, v: &PlanView, subjects: &[Named], key: Option<Key>, drafting: &mut Drafting, wishes: &mut Vec<Wish>) {
    let language = v.language;
    let one = subjects.len() == 1;
    let point = subjects.first().is_some_and(|(slot, _)| v.kind(slot) == Some(GeometryKind::Point));
    let building = |slot: &SlotId| v.snapshot.city.slot(slot).is_some_and(|s| s.def.role == Some(Role::Buildings));
    let mut tool = None;
    ui.columns(2, |c| {
        let [left, right] = c else { return };
        if wide(left, icon::ARROWS_OUT_CARDINAL, &tr(language, "planning-move"), (Key::M, key)) {
            tool = Some(Tool::Move);
        }
        if wide(right, icon::COPY, &tr(language, "planning-copy"), (Key::C, key)) {
            tool = Some(Tool::Copy);
        }
        if one && wide(left, icon::BEZIER_CURVE, &tr(language, "planning-reshape"), (Key::R, key)) {
            tool = Some(Tool::Vertices);
        }
        if one && !point && wide(right, icon::KNIFE, &tr(language, "planning-split"), (Key::S, key)) {
            tool = Some(Tool::Split);
        }
        let buildings = subjects.iter().all(|(slot, _)| building(slot));
        let name = if buildings { "planning-demolish" } else { "planning-remove" };
        if buildings {
            // One that is hidden can still be selected, from a conflict.
            let hidden = subjects.iter().all(|f| v.hides(f));
            let (sign, name) = match hidden {
                true => (icon::EYE, "settings-show"),
                false => (icon::EYE_SLASH, "settings-hide"),
            };
            if wide(right, sign, &tr(language, name), (Key::H, key)) {
                wishes.push(Wish::Plan(PlanWish::Do(Hand::Hide(subjects.to_vec(), !hidden))));
            }
        }
        if wide(left, icon::TRASH, &tr(language, name), (Key::Delete, None)) {
            wishes.push(Wish::Plan(PlanWish::Do(Hand::Remove(subjects.to_vec()))));
        }
    });
    if let Some(tool) = tool {
        let slot = subjects.first().map(|f| f.0.clone());
        *drafting = Drafting::begin(tool, slot, subjects.to_vec());
        if tool == Tool::Vertices {
            drafting.corners = v.shape().as_ref().map(corners_of).unwrap_or_default();
        }
    }
}

/// Moving by figures.
fn by_ui(ui: &mut Ui, v: &PlanView, state: &mut PlanningState, subjects: &[Named], wishes: &mut Vec<Wish>) {
    ui.label(RichText::new(tr(v.language, "planning-by")).color(colors(ui).weak));
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        for by in &mut state.by {
            coordinate(ui, by, 70.0, v.language);
        }
        let some = state.by != [0.0, 0.0];
        if ui.add_enabled(some, Button::new(tr(v.language, "planning-by-apply"))).clicked() {
            wishes.push(Wish::Plan(PlanWish::Do(Hand::Move(subjects.to_vec(), state.by))));
            state.by = [0.0; 2];
        }
    });
}

fn attributes_ui(ui: &mut Ui, v: &PlanView, state: &mut PlanningState, subjects: &[Named], def: &SlotDef, wishes: &mut Vec<Wish>) {
    if def.attributes.is_empty() {
        return;
    }
    let language = v.language;
    let generation = v.snapshot.generation;
    let fresh = state.edited.as_ref().is_some_and(|(n, g, _)| *g == generation && n == subjects);
    if !fresh {
        let attributes: Vec<_> = v.features(subjects).map(|f| f.attributes).collect();
        let form = Form::of_all(def, attributes.iter(), language);
        state.edited = Some((subjects.to_vec(), generation, form));
    }
    let Some((_, _, form)) = &mut state.edited else { return };
    ui.add_space(8.0);
    // Beside the heading: the form is longer than a small window is high.
    let mut taken = false;
    ui.horizontal(|ui| {
        let color = colors(ui).weak;
        ui.label(strong(tr(language, "planning-attributes")).small().color(color));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let ready = form.changed() && form.lacking(def).is_none();
            let fill = if ready { colors(ui).selected } else { colors(ui).raised };
            taken = ui
                .add_enabled(ready, Button::new(tr(language, "planning-take")).fill(fill))
                .clicked();
        });
    });
    form_ui(ui, def, form, language);
    if taken {
        let hand = Hand::Describe(subjects.to_vec(), form.changes());
        match v.refusal(&hand) {
            Some((why, _)) => state.refused = Some((hand, why)),
            None => wishes.push(Wish::Plan(PlanWish::Do(hand))),
        }
    }
    let now = form.changed().then(|| Hand::Describe(subjects.to_vec(), form.changes()));
    refused_ui(ui, v, now.as_ref(), state);
}

impl PlanView<'_> {
    /// The selected feature, if it can be changed.
    pub fn selected(&self) -> Option<(Named, std::sync::Arc<SlotDef>)> {
        let named = Gathered::named(&self.snapshot.city, self.selection)?;
        let def = self.snapshot.city.slot(&named.0)?.def.clone();
        Some((named, def))
    }

    /// Its shape: for a click, not for every picture.
    fn shape(&self) -> Option<Shape> {
        let Selection::Feature { slot, row } = self.selection else {
            return None;
        };
        let layer = &self.snapshot.city.layer(slot)?.layer;
        ((*row as usize) < layer.len()).then(|| Shape::of(&layer.geometry, *row as usize))
    }

    fn kind(&self, slot: &SlotId) -> Option<GeometryKind> {
        Some(self.snapshot.city.layer(slot)?.layer.geometry.kind())
    }

    /// Features by their names.
    fn features<'a>(&'a self, named: &'a [Named]) -> impl Iterator<Item = Feature> + 'a {
        let city = &self.snapshot.city;
        let rows = Gathered::rows(city, named).into_iter();
        rows.filter_map(|(slot, row)| Some(feature_of(&city.layer(&slot)?.layer, row)))
    }
}
