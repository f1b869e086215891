//! The panel of indicators: the table of the whole city, and the chosen one in all its places as bars or as a list.

use super::{
    chart::chart,
    compute::Figures,
    tables::{overview, places},
};
use crate::{
    app::{
        bridge::{Selection, ViewState, Wish},
        theme::{
            icon, text,
            widgets::{empty_state, note},
        },
    },
    i18n::tr,
    model::{GeometryKind, SlotId},
    session::Snapshot,
};
use bevy_egui::egui::{Align, ComboBox, DragValue, Label, Layout, Ui, vec2};

/// Layers with more features are no places to compare.
const MOST_PLACES: usize = 400;

/// Table on the left, places on the right.
pub fn indicators_ui(ui: &mut Ui, snapshot: Option<&Snapshot>, view: &ViewState, figures: &mut Figures) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    let Some(s) = snapshot else {
        empty_state(
            ui,
            icon::CHART_BAR,
            &tr(language, "conflicts-no-project"),
            &tr(language, "layers-empty-do"),
        );
        return wishes;
    };
    head(ui, s, view, figures);
    let all = match figures.indicators() {
        Some(Ok(all)) => all.clone(),
        Some(Err(why)) => {
            ui.label(note(ui, why.get(language)));
            return wishes;
        }
        None => {
            ui.horizontal(|ui| {
                ui.spinner();
                let words = figures.progress().map(|p| text::progress(language, &p));
                ui.label(note(ui, words.unwrap_or_else(|| tr(language, "indicators-busy"))));
            });
            return wishes;
        }
    };
    if all.figures.is_empty() {
        empty_state(
            ui,
            icon::CHART_BAR,
            &tr(language, "indicators-none"),
            &tr(language, "indicators-none-do"),
        );
        return wishes;
    }
    let (width, height) = (ui.available_width(), ui.available_height());
    ui.horizontal_top(|ui| {
        let compared = all.places.len() > 1;
        let left = if compared { width * 0.56 } else { width };
        ui.allocate_ui_with_layout(vec2(left, height), Layout::top_down(Align::Min), |ui| {
            overview(ui, &all, view, figures);
        });
        if compared {
            ui.add_space(8.0);
            let room = vec2(ui.available_width(), height);
            ui.allocate_ui_with_layout(room, Layout::top_down(Align::Min), |ui| match figures.listed {
                false => chart(ui, view, figures),
                true => {
                    if let Some((all, f)) = figures.figure() {
                        wishes = places(ui, s, all, f, view);
                    }
                }
            });
        }
    });
    wishes
}

/// Which places, and what is on the map.
fn head(ui: &mut Ui, s: &Snapshot, view: &ViewState, figures: &mut Figures) {
    let language = view.language;
    let fits = |id: &SlotId| {
        let layer = s.city.layer(id).map(|l| &l.layer);
        layer.is_some_and(|l| l.geometry.kind() == GeometryKind::Polygon && !l.is_empty() && l.len() <= MOST_PLACES)
    };
    let slots = s.city.slots.iter().filter(|slot| fits(&slot.id));
    let mut places: Vec<(SlotId, String)> = slots
        .map(|slot| (slot.id.clone(), slot.def.title.get(language).to_owned()))
        .collect();
    places.sort_by_cached_key(|(_, title)| title.to_lowercase());
    ui.horizontal(|ui| {
        ui.label(note(ui, tr(language, "indicators-by")));
        let shown = places.iter().find(|(id, _)| Some(id) == figures.by.as_ref());
        let none = tr(language, "indicators-by-none");
        ComboBox::from_id_salt("indicators-by")
            .width(200.0)
            .height(420.0)
            .truncate()
            .selected_text(shown.map_or(none.as_str(), |(_, title)| title.as_str()))
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut figures.by, None, none.as_str());
                for (id, title) in &places {
                    ui.selectable_value(&mut figures.by, Some(id.clone()), title);
                }
            });
        ui.add_enabled_ui(figures.by.is_some(), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (listed, key) in [(false, "indicators-bars"), (true, "indicators-list")] {
                ui.selectable_value(&mut figures.listed, listed, tr(language, key))
                    .on_disabled_hover_text(tr(language, "indicators-on-map-needs"));
            }
        });
        ui.add_space(8.0);
        ui.add_enabled_ui(figures.by.is_some(), |ui| {
            ui.checkbox(&mut figures.on_map, tr(language, "indicators-on-map"))
                .on_disabled_hover_text(tr(language, "indicators-on-map-needs"));
        });
        ui.add_space(8.0);
        ui.checkbox(&mut figures.catchment, tr(language, "indicators-catchment"))
            .on_hover_text(tr(language, "indicators-catchment-hint"));
        if figures.catchment {
            ui.add(
                DragValue::new(&mut figures.catchment_m)
                    .range(50.0..=5000.0)
                    .speed(10.0)
                    .max_decimals(0)
                    .suffix(" m"),
            );
            let nothing = !matches!(view.selection, Selection::Feature { .. } | Selection::Conflict(_));
            let why = match figures.reached() {
                Some(Err(why)) => Some(why.get(language).to_owned()),
                _ if nothing => Some(tr(language, "indicators-catchment-select")),
                _ => None,
            };
            if let Some(why) = why {
                ui.add(Label::new(note(ui, why)).truncate());
            }
        }
        if figures.busy() {
            ui.spinner();
        }
    });
    ui.add_space(2.0);
}
