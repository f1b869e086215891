//! What a plan takes away: each façade of a neighbour with its hours before and after; a click goes there.

use crate::{
    app::{
        bridge::{CameraCommand, Selection, Wish},
        theme::{
            icon,
            widgets::{cell, colors, link, note, strong},
        },
    },
    i18n::{number, tr, tr_with},
    model::{Bbox, FeatureRef, Language},
    session::Snapshot,
    sun::{Loss, SunMap},
};
use bevy_egui::egui::{Align, Label, Layout, RichText, ScrollArea, Ui, vec2};

/// Widths of the columns after the first.
const FACING: f32 = 76.0;
const HOURS: f32 = 62.0;
const STATE: f32 = 150.0;
const ROW: f32 = 26.0;

/// The list, or why there is none.
pub(super) fn losses_ui(ui: &mut Ui, s: &Snapshot, language: Language, map: &SunMap, wishes: &mut Vec<Wish>) {
    if map.unknown > 0 {
        ui.label(note(ui, tr_with(language, "sun-unknown", &[("n", i64::from(map.unknown).into())])));
    }
    let Some(losses) = &map.losses else {
        // Where a variant was opened since, what to do is already said.
        if s.planning.is_none() {
            ui.add(Label::new(note(ui, tr(language, "sunview-no-plan"))).wrap());
        }
        return;
    };
    if losses.is_empty() {
        ui.label(tr(language, "sunview-no-loss"));
        return;
    }
    let below = losses.iter().filter(|l| l.after.hours < map.preset.minimum_h).count();
    let text = tr_with(
        language,
        "sunview-losses",
        &[
            ("n", (losses.len() as i64).into()),
            ("below", (below as i64).into()),
            ("hours", number(language, map.preset.minimum_h, 1).into()),
            ("source", map.preset.source.clone().into()),
        ],
    );
    ui.add(Label::new(text).wrap());
    let first = (ui.available_width() - FACING - 3.0 * HOURS - STATE - 60.0).max(90.0);
    ui.horizontal(|ui| {
        cell(ui, first, note(ui, tr(language, "sun-column-building")));
        cell(ui, FACING, note(ui, tr(language, "sunview-column-facing")));
        for key in ["sunview-column-before", "sunview-column-after", "sunview-column-loss"] {
            right(ui, HOURS, note(ui, tr(language, key)));
        }
        cell(ui, STATE, note(ui, tr(language, "sunview-column-state")));
    });
    ScrollArea::vertical()
        .id_salt("losses")
        .auto_shrink(false)
        .show_rows(ui, ROW - 4.0, losses.len(), |ui, rows| {
            for loss in rows.filter_map(|k| losses.get(k)) {
                row(ui, s, language, map, loss, first, wishes);
            }
        });
}

fn right(ui: &mut Ui, width: f32, text: impl Into<bevy_egui::egui::WidgetText>) {
    ui.allocate_ui_with_layout(vec2(width, ROW - 4.0), Layout::right_to_left(Align::Center), |ui| {
        ui.set_min_width(width);
        ui.set_max_width(width);
        ui.add(Label::new(text).truncate());
    });
}

fn row(ui: &mut Ui, s: &Snapshot, language: Language, map: &SunMap, loss: &Loss, first: f32, wishes: &mut Vec<Wish>) {
    let f = &loss.facade;
    let hours = |v: f64| number(language, v, 1);
    ui.horizontal(|ui| {
        let name = format!(
            "{} · {} {}",
            s.city.spoken(&f.building, language),
            tr(language, "sunview-wall"),
            f.wall + 1
        );
        ui.allocate_ui_with_layout(vec2(first, ROW - 4.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(first);
            ui.set_max_width(first);
            if link(ui, &name).on_hover_text(causes(s, language, &loss.causes)).clicked() {
                let (b, now) = (Bbox::around(&f.ends), row_now(s, &f.building));
                if let Some(row) = now {
                    wishes.push(Wish::Select(Selection::Feature {
                        slot: f.building.slot.clone(),
                        row,
                    }));
                }
                wishes.push(Wish::Camera(CameraCommand::FlyTo(b.buffered(60.0))));
            }
        });
        cell(ui, FACING, format!("{}°", number(language, f.facing_deg, 0)));
        right(ui, HOURS, hours(loss.before.hours));
        right(ui, HOURS, hours(loss.after.hours));
        right(ui, HOURS, strong(format!("−{}", hours(loss.before.hours - loss.after.hours))));
        ui.add_space(6.0);
        let p = colors(ui);
        let minimum = map.preset.minimum_h;
        let (sign, key, color) = match (loss.before.hours < minimum, loss.after.hours < minimum) {
            (false, true) => (icon::WARNING, "sunview-state-falls", p.error),
            (true, true) => (icon::WARNING_CIRCLE, "sunview-state-was", p.warning),
            _ => (icon::CHECK_CIRCLE, "sunview-state-kept", p.good),
        };
        ui.add(Label::new(RichText::new(format!("{sign} {}", tr(language, key))).color(color)).truncate());
    });
}

/// The row that a building has now: the plan may have moved rows since the hours were computed.
fn row_now(s: &Snapshot, building: &FeatureRef) -> Option<u32> {
    let ids = &s.city.layer(&building.slot)?.layer.ids;
    let same = |row: u32| ids.get(row as usize).is_some_and(|id| **id == *building.id);
    if same(building.row) {
        return Some(building.row);
    }
    ids.iter().position(|id| **id == *building.id).map(|r| r as u32)
}

fn causes(s: &Snapshot, language: Language, causes: &[FeatureRef]) -> String {
    let names: Vec<String> = causes.iter().map(|c| s.city.spoken(c, language)).collect();
    match names.is_empty() {
        true => tr(language, "sunview-go"),
        false => tr_with(language, "sunview-causes", &[("names", names.join(", ").into())]),
    }
}
