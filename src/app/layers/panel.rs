//! The layer tree: modules, their layers with eye, opacity, order and legend. A slot without data says so; it is never shown as an empty layer.

use super::look::{Look, colour_ui, let_go};
use crate::{
    app::{
        bridge::{ViewState, Wish},
        decor::{LegendEntry, Swatch, paint_swatch, swatch_of},
        theme::{
            hex, icon, text,
            widgets::{badge, colors, empty_state, icon_button, note, small_icon_button, strong},
        },
    },
    i18n::{tr, tr_with},
    index::IndexedLayer,
    model::{Language, Provenance, SlotId},
    project::{Backdrop, City, Slot, SlotData},
    session::Snapshot,
};
use bevy_egui::egui::{self, Align, Label, Layout, RichText, ScrollArea, Sense, Slider, Ui, collapsing_header::CollapsingState, vec2};

/// One row of the tree.
struct Row<'a> {
    slot: &'a SlotId,
    title: String,
    description: &'a str,
    missing: Option<&'a str>,
    count: Option<usize>,
    sources: &'a [Provenance],
    legend: Vec<LegendEntry>,
    extent: crate::model::Bbox,
}

fn legend(slot: &Slot, language: Language) -> Vec<LegendEntry> {
    let style = &slot.def.style;
    if style.classes.is_empty() {
        return vec![LegendEntry {
            swatch: swatch_of(&slot.def, &slot.data, &style.fill),
            text: String::new(),
        }];
    }
    let entry = |c: &crate::modules::StyleClass| LegendEntry {
        swatch: swatch_of(&slot.def, &slot.data, &c.fill),
        text: c.label.get(language).to_string(),
    };
    style.classes.iter().map(entry).collect()
}

fn slot_row(slot: &Slot, language: Language) -> Row<'_> {
    let (missing, count, sources, extent) = match &slot.data {
        SlotData::Missing { reason } => (Some(reason.get(language)), None, &[][..], crate::model::Bbox::EMPTY),
        SlotData::Vector(l) => (None, Some(l.layer.len()), &l.layer.provenance[..], l.layer.extent()),
        SlotData::Raster(r) => (None, None, &r.provenance[..], r.extent()),
    };
    Row {
        slot: &slot.id,
        title: slot.def.title.get(language).to_string(),
        description: slot.def.description.get(language),
        missing,
        count,
        sources,
        legend: legend(slot, language),
        extent,
    }
}

fn extra_row(layer: &IndexedLayer) -> Row<'_> {
    Row {
        slot: &layer.layer.slot,
        title: layer.layer.slot.slot().to_string(),
        description: "",
        missing: None,
        count: Some(layer.layer.len()),
        sources: &layer.layer.provenance,
        legend: vec![],
        extent: layer.layer.extent(),
    }
}

fn backdrop_row(backdrop: &Backdrop, language: Language) -> Row<'_> {
    Row {
        slot: &backdrop.id,
        title: backdrop.title.get(language).to_string(),
        description: "",
        missing: backdrop.picture.as_ref().err().map(|why| why.get(language)),
        count: None,
        sources: std::slice::from_ref(&backdrop.provenance),
        legend: vec![LegendEntry {
            swatch: Swatch::Area(hex("#9AA88C"), hex("#6E7A62")),
            text: String::new(),
        }],
        extent: backdrop.picture.as_ref().map_or(crate::model::Bbox::EMPTY, |p| p.bbox),
    }
}

/// The slots of a module from the uppermost drawn layer down; slots without data come last.
fn ordered<'a>(city: &'a City, view: &ViewState, module: &str) -> Vec<&'a Slot> {
    let mut slots: Vec<&Slot> = city.slots.iter().filter(|s| s.id.module() == module).collect();
    let place = |s: &Slot| view.layers.iter().position(|l| l.slot == s.id);
    slots.sort_by_key(|s| (matches!(s.data, SlotData::Missing { .. }), std::cmp::Reverse(place(s))));
    slots
}

/// Date and kind of the source, as small print below a layer.
fn source_line(sources: &[Provenance], language: Language) -> (String, bool) {
    let oldest = sources.iter().filter_map(|p| p.data_date.as_deref()).min();
    let date = oldest.map_or_else(
        || tr(language, "date-unknown"),
        |d| tr_with(language, "data-date", &[("date", text::date(language, d).into())]),
    );
    (date, sources.iter().any(|p| p.unofficial))
}

fn details(ui: &mut Ui, row: &Row, view: &ViewState, planned: Option<&Look>, wishes: &mut Vec<Wish>) {
    let language = view.language;
    let entry = view.layer(row.slot);
    if row.missing.is_none() {
        let fade = planned.map_or(1.0, |l| l.now.fade as f32);
        let mut opacity = entry.map_or(1.0, |l| l.opacity) * fade * 100.0;
        ui.horizontal(|ui| {
            ui.label(note(ui, tr(language, "opacity")));
            ui.spacing_mut().slider_width = (ui.available_width() - 160.0).clamp(50.0, 140.0);
            let slider = Slider::new(&mut opacity, 0.0..=100.0).show_value(false);
            let slider = ui.add(slider);
            if slider.changed() {
                // Shown at once; what a variant keeps of it is asked for when the hand lets go.
                wishes.push(Wish::Opacity(row.slot.clone(), opacity / 100.0 / fade.max(0.01)));
            }
            if let Some(look) = planned {
                wishes.extend(let_go(ui, &slider, look, opacity / 100.0));
            }
            slider.on_hover_text(tr(
                language,
                if planned.is_some() {
                    "settings-look-step"
                } else {
                    "settings-look-view"
                },
            ));
            ui.label(note(ui, format!("{opacity:.0}\u{a0}%")));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let weak = colors(ui).weak;
                if small_icon_button(ui, icon::ARROW_DOWN, &tr(language, "layer-lower"), weak).clicked() {
                    wishes.push(Wish::Raise(row.slot.clone(), false));
                }
                if small_icon_button(ui, icon::ARROW_UP, &tr(language, "layer-raise"), weak).clicked() {
                    wishes.push(Wish::Raise(row.slot.clone(), true));
                }
                if !row.extent.is_empty() && small_icon_button(ui, icon::MAGNIFYING_GLASS_PLUS, &tr(language, "layer-zoom"), weak).clicked()
                {
                    wishes.push(Wish::Camera(crate::app::bridge::CameraCommand::FlyTo(row.extent)));
                }
            });
        });
        let colours = planned.filter(|l| l.coloured);
        if row.legend.len() > 1 {
            for (k, e) in row.legend.iter().enumerate() {
                ui.horizontal(|ui| {
                    match colours {
                        Some(look) => wishes.extend(colour_ui(ui, look, Some(k), &e.text, language)),
                        None => {
                            let (rect, _) = ui.allocate_exact_size(vec2(18.0, 16.0), Sense::hover());
                            paint_swatch(ui.painter(), rect, e.swatch);
                        }
                    }
                    ui.add(Label::new(RichText::new(&e.text).size(13.0)).wrap());
                });
            }
        } else if let Some(look) = colours {
            ui.horizontal(|ui| {
                wishes.extend(colour_ui(ui, look, None, &row.title, language));
                ui.label(note(ui, tr(language, "settings-colour")));
            });
        }
        if planned.is_some() {
            ui.add(Label::new(note(ui, tr(language, "settings-look-why"))).wrap());
        }
        let (date, unofficial) = source_line(row.sources, language);
        ui.horizontal_wrapped(|ui| {
            ui.label(note(ui, date));
            if unofficial {
                let warning = colors(ui).warning;
                badge(ui, &tr(language, "unofficial"), warning).on_hover_text(tr(language, "unofficial-why"));
            }
        });
        for p in row.sources {
            let name = p.attribution.as_deref().or(p.source.as_deref()).unwrap_or(&p.file);
            ui.add(Label::new(note(ui, name)).wrap());
        }
    } else if let Some(reason) = row.missing {
        let error = colors(ui).warning;
        ui.add(Label::new(RichText::new(reason).size(13.0).color(error)).wrap());
    }
    if !row.description.is_empty() {
        ui.add(Label::new(note(ui, row.description)).wrap());
    }
    ui.add_space(4.0);
}

fn row_ui(ui: &mut Ui, row: &Row, view: &ViewState, planned: Option<&Look>, wishes: &mut Vec<Wish>) {
    let language = view.language;
    let visible = view.layer(row.slot).is_some_and(|l| l.visible);
    let p = colors(ui);
    let id = ui.make_persistent_id(("layer", &row.slot.0));
    let mut state = CollapsingState::load_with_default_open(ui.ctx(), id, false);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        if row.missing.is_some() {
            let (rect, response) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::hover());
            ui.painter().text(
                rect.center(),
                egui::Align2::CENTER_CENTER,
                icon::PROHIBIT,
                egui::FontId::proportional(15.0),
                p.weak,
            );
            response.on_hover_text(tr(language, "no-data-why"));
        } else {
            let (sign, name, color) = if visible {
                (
                    icon::EYE,
                    tr_with(language, "layer-hide", &[("name", row.title.clone().into())]),
                    p.ink,
                )
            } else {
                (
                    icon::EYE_SLASH,
                    tr_with(language, "layer-show", &[("name", row.title.clone().into())]),
                    p.weak,
                )
            };
            if small_icon_button(ui, sign, &name, color).clicked() {
                wishes.push(Wish::Visible(row.slot.clone(), !visible));
            }
        }
        let (rect, _) = ui.allocate_exact_size(vec2(20.0, 16.0), Sense::hover());
        let swatch = match row.legend.as_slice() {
            [] => Some(Swatch::Line(hex("#7A3E9D"))),
            [one] => Some(one.swatch),
            many => {
                // A layer of several classes shows its first three side by side.
                for (k, e) in many.iter().take(3).enumerate() {
                    let w = rect.width() / 3.0;
                    let part = egui::Rect::from_min_size(rect.min + vec2(w * k as f32, 1.0), vec2(w, rect.height() - 2.0));
                    if let Swatch::Area(c, _) | Swatch::Line(c) | Swatch::Point(c) = e.swatch {
                        ui.painter().rect_filled(part, 0.0, c);
                    }
                }
                None
            }
        };
        if let Some(s) = swatch.filter(|_| row.missing.is_none()) {
            paint_swatch(ui.painter(), rect, s);
        }
        ui.add_space(4.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (sign, name) = if state.is_open() {
                (
                    icon::CARET_UP,
                    tr_with(language, "details-hide", &[("name", row.title.clone().into())]),
                )
            } else {
                (
                    icon::CARET_DOWN,
                    tr_with(language, "details-show", &[("name", row.title.clone().into())]),
                )
            };
            let fold = small_icon_button(ui, sign, &name, p.weak).clicked();
            if let Some(reason) = row.missing {
                badge(ui, &tr(language, "no-data"), p.warning).on_hover_text(reason);
            } else if let Some(n) = row.count {
                ui.label(note(ui, crate::i18n::number(language, n as f64, 0)));
            }
            let title = RichText::new(&row.title).color(if row.missing.is_some() || !visible { p.weak } else { p.ink });
            let title = ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(title).truncate().selectable(false).sense(Sense::click()))
            });
            if fold || title.inner.clicked() {
                state.toggle(ui);
            }
        });
    });
    state.show_body_unindented(ui, |ui| {
        egui::Frame::new()
            .inner_margin(egui::Margin {
                left: 26,
                right: 4,
                top: 0,
                bottom: 2,
            })
            .show(ui, |ui| details(ui, row, view, planned, wishes));
    });
}

fn group_title(ui: &mut Ui, title: &str, filled: usize, all: usize, language: Language) {
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        ui.label(strong(title));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let counts = [("filled", (filled as i64).into()), ("all", (all as i64).into())];
            ui.label(note(ui, tr_with(language, "layers-filled", &counts)));
        });
    });
}

/// The tree of all layers.
pub fn layers_ui(ui: &mut Ui, snapshot: Option<&Snapshot>, view: &ViewState) -> Vec<Wish> {
    let language = view.language;
    let mut wishes = vec![];
    ui.horizontal(|ui| {
        ui.heading(tr(language, "layers"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            ui.add_enabled_ui(snapshot.is_some(), |ui| {
                if icon_button(ui, icon::INTERSECT, &tr(language, "combine-title")).clicked() {
                    wishes.push(Wish::Combine);
                }
                if icon_button(ui, icon::EYE_SLASH, &tr(language, "layers-hide-all")).clicked() {
                    wishes.push(Wish::AllVisible(false));
                }
                if icon_button(ui, icon::EYE, &tr(language, "layers-show-all")).clicked() {
                    wishes.push(Wish::AllVisible(true));
                }
            });
        });
    });
    let Some(snapshot) = snapshot else {
        empty_state(ui, icon::STACK, &tr(language, "layers-empty"), &tr(language, "layers-empty-do"));
        return wishes;
    };
    let city = &snapshot.city;
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for module in city.modules.iter() {
            let slots = ordered(city, view, &module.id);
            let filled = slots.iter().filter(|s| !matches!(s.data, SlotData::Missing { .. })).count();
            group_title(ui, module.title.get(language), filled, slots.len(), language);
            for slot in slots {
                let look = snapshot.planning.as_ref().and_then(|p| Look::of(slot, &p.base.city));
                row_ui(ui, &slot_row(slot, language), view, look.as_ref(), &mut wishes);
            }
        }
        if !city.extra.is_empty() {
            group_title(ui, &tr(language, "layers-extra"), city.extra.len(), city.extra.len(), language);
            for layer in &city.extra {
                row_ui(ui, &extra_row(layer), view, None, &mut wishes);
            }
        }
        if !city.backdrops.is_empty() {
            let filled = city.backdrops.iter().filter(|b| b.picture.is_ok()).count();
            group_title(ui, &tr(language, "remote-backdrops"), filled, city.backdrops.len(), language);
            let above = |b: &Backdrop| view.layers.iter().position(|l| l.slot == b.id);
            let mut list: Vec<&Backdrop> = city.backdrops.iter().collect();
            list.sort_by_key(|b| std::cmp::Reverse(above(b)));
            for backdrop in list {
                row_ui(ui, &backdrop_row(backdrop, language), view, None, &mut wishes);
            }
        }
        ui.add_space(16.0);
    });
    wishes
}
