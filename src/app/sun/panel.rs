//! The panel of the sun: day and time, what the sky of the site says of them, shadows in the view, and the hours of a day.

use super::{
    list::losses_ui,
    state::{Quality, RADII_M, Shown, Sun},
};
use crate::{
    app::{
        bridge::{CameraInfo, ViewState, Wish},
        theme::{
            icon,
            widgets::{colors, empty_state, icon_button, note, strong},
        },
    },
    i18n::{self, number, tr, tr_with},
    model::Language,
    session::Snapshot,
    sun,
};
use bevy_egui::egui::{Align, Button, ComboBox, DragValue, Label, Layout, ProgressBar, ScrollArea, Slider, Ui, vec2};
use jiff::civil::Date;

/// Width of the clock.
const CLOCK: f32 = 452.0;

/// A day in the language's own form.
pub(super) fn date_text(language: Language, date: Date) -> String {
    i18n::date(language, &date.to_string())
}

/// Clock on the left, hours on the right.
pub fn sun_ui(ui: &mut Ui, snapshot: Option<&Snapshot>, view: &ViewState, camera: &CameraInfo, sun: &mut Sun) -> Vec<Wish> {
    let language = view.language;
    let Some(s) = snapshot else {
        empty_state(
            ui,
            icon::SUN_HORIZON,
            &tr(language, "conflicts-no-project"),
            &tr(language, "layers-empty-do"),
        );
        return vec![];
    };
    let height = ui.available_height();
    let mut wishes = vec![];
    ui.horizontal_top(|ui| {
        let left = CLOCK.min(ui.available_width() * 0.5);
        ui.allocate_ui_with_layout(vec2(left, height), Layout::top_down(Align::Min), |ui| {
            ui.set_width(left);
            ScrollArea::vertical().id_salt("clock").auto_shrink(false).show(ui, |ui| {
                ui.set_max_width(left - 10.0);
                clock_ui(ui, language, sun);
            });
        });
        ui.add_space(12.0);
        let room = vec2(ui.available_width(), height);
        ui.allocate_ui_with_layout(room, Layout::top_down(Align::Min), |ui| {
            hours_ui(ui, s, view, camera, sun, &mut wishes);
        });
    });
    wishes
}

fn clock_ui(ui: &mut Ui, language: Language, sun: &mut Sun) {
    day_ui(ui, language, sun);
    let site = sun.almanac.as_ref().map(|a| a.site.clone());
    let site = match site {
        Some(Ok(site)) => site,
        Some(Err(why)) => {
            let warning = colors(ui).warning;
            ui.add(Label::new(bevy_egui::egui::RichText::new(why.get(language)).color(warning)).wrap());
            return;
        }
        None => return,
    };
    let step = sun.step();
    ui.horizontal(|ui| {
        let (sign, key) = if sun.playing {
            (icon::PAUSE, "sunview-pause")
        } else {
            (icon::PLAY, "sunview-play")
        };
        if icon_button(ui, sign, &tr(language, key)).clicked() {
            sun.playing = !sun.playing;
        }
        let zone = step.as_ref().map(|s| site.zone_at(s.at)).unwrap_or_default();
        let zone = match (language, zone.as_str()) {
            (Language::De, "CET") => "MEZ".into(),
            (Language::De, "CEST") => "MESZ".into(),
            (_, _) => zone,
        };
        // The slider leaves room for "15:30 MESZ" beside it.
        ui.spacing_mut().slider_width = (ui.available_width() - 104.0).max(80.0);
        let slider = Slider::new(&mut sun.minutes, 0..=24 * 60 - 1).step_by(5.0).show_value(false);
        let response = ui.add(slider).on_hover_text(tr(language, "sunview-time"));
        response.widget_info(|| bevy_egui::egui::WidgetInfo::slider(true, sun.minutes as f64, tr(language, "sunview-time")));
        let clock = step.as_ref().map_or_else(String::new, |s| site.clock(s.at));
        ui.add(Label::new(strong(clock)).extend());
        ui.add(Label::new(note(ui, zone)).extend())
            .on_hover_text(site.zone.name.get(language));
    });
    let deg = |v: f64| number(language, v, 1);
    let text = match (step, sun.almanac.as_ref().and_then(|a| a.up)) {
        (Some(step), up) => {
            let now = tr_with(
                language,
                "sunview-figures",
                &[
                    ("altitude", deg(step.sun.elevation_deg).into()),
                    ("azimuth", deg(step.sun.azimuth_deg).into()),
                    ("towards", compass(language, step.sun.azimuth_deg).into()),
                ],
            );
            let rise = match up {
                Some([a, b]) => tr_with(
                    language,
                    "sunview-rise",
                    &[("up", site.clock(a).into()), ("down", site.clock(b).into())],
                ),
                None => tr(language, "sunview-never"),
            };
            format!("{now}\n{rise}")
        }
        (None, _) => tr(language, "sunview-never"),
    };
    ui.add(Label::new(text).wrap());
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        ui.label(note(ui, tr(language, "sunview-shadows")));
        ui.spacing_mut().item_spacing.x = 2.0;
        let now = sun.quality();
        for (quality, key, hint) in [
            (Quality::Off, "sunview-quality-off", "sunview-quality-off-hint"),
            (Quality::Ground, "sunview-quality-ground", "sunview-quality-ground-hint"),
            (Quality::Full, "sunview-quality-full", "sunview-quality-full-hint"),
        ] {
            let hint = tr(language, hint);
            if ui.selectable_label(now == quality, tr(language, key)).on_hover_text(hint).clicked() {
                sun.quality = Some(quality);
            }
        }
        let waits = now != Quality::Off && sun.casting().is_some_and(|s| sun.drawn != Some(s.at));
        if waits && !sun.playing {
            ui.spinner();
        }
    });
    if sun.quality() != Quality::Off && sun.casting().is_none() {
        ui.add(Label::new(note(ui, tr(language, "sunview-below"))).wrap());
    }
    ui.add(
        Label::new(note(
            ui,
            tr_with(
                language,
                "sunview-site",
                &[
                    ("lon", number(language, site.lonlat[0], 3).into()),
                    ("lat", number(language, site.lonlat[1], 3).into()),
                ],
            ),
        ))
        .wrap(),
    );
}

/// A direction as one of sixteen.
fn compass(language: Language, azimuth_deg: f64) -> String {
    let names = tr(language, "sunview-compass");
    let k = ((azimuth_deg / 22.5).round() as usize) % 16;
    names.split_whitespace().nth(k).unwrap_or_default().to_owned()
}

fn day_ui(ui: &mut Ui, language: Language, sun: &mut Sun) {
    ui.horizontal(|ui| {
        let year = sun.date.year();
        // The days of the standards, then the ends of the year.
        let mut days: Vec<(String, i8, i8, Option<usize>)> = sun::presets()
            .iter()
            .enumerate()
            .map(|(k, p)| (p.title.get(language).to_owned(), p.month, p.day, Some(k)))
            .collect();
        for (key, month, day) in [("sunview-june", 6, 21), ("sunview-september", 9, 23), ("sunview-december", 12, 21)] {
            days.push((tr(language, key), month, day, None));
        }
        let named = days.iter().find(|(_, m, d, _)| *m == sun.date.month() && *d == sun.date.day());
        let shown = named.map_or_else(|| tr(language, "sunview-day-own"), |d| d.0.clone());
        let chosen = ComboBox::from_id_salt("day")
            .width(196.0)
            .truncate()
            .selected_text(shown)
            .show_ui(ui, |ui| {
                let mut chosen = None;
                for (name, month, day, preset) in &days {
                    let on = *month == sun.date.month() && *day == sun.date.day();
                    if ui.selectable_label(on, name).clicked() {
                        chosen = Some((*month, *day, *preset));
                    }
                }
                chosen
            });
        if let Some(Some((month, day, preset))) = chosen.inner {
            sun.set_date(year, month, day);
            sun.preset = preset.unwrap_or(sun.preset);
        }
        let (mut y, mut m, mut d) = (year, sun.date.month(), sun.date.day());
        let field = |ui: &mut Ui, value: &mut i16, range, hint: &str, width: f32| {
            ui.spacing_mut().interact_size = vec2(width, 26.0);
            let drag = DragValue::new(value).range(range).speed(0.1);
            ui.add(drag).on_hover_text(hint);
        };
        let (mut day, mut month) = (i16::from(d), i16::from(m));
        field(ui, &mut day, 1..=31, &tr(language, "sunview-day"), 34.0);
        field(ui, &mut month, 1..=12, &tr(language, "sunview-month"), 34.0);
        field(ui, &mut y, 1900..=2200, &tr(language, "sunview-year"), 48.0);
        (d, m) = (day as i8, month as i8);
        if (y, m, d) != (sun.date.year(), sun.date.month(), sun.date.day()) {
            sun.set_date(y, m, d);
        }
        ui.add(Label::new(note(ui, date_text(language, sun.date))).truncate());
    });
}

fn hours_ui(ui: &mut Ui, s: &Snapshot, view: &ViewState, camera: &CameraInfo, sun: &mut Sun, wishes: &mut Vec<Wish>) {
    let language = view.language;
    ui.horizontal(|ui| {
        let running = sun.progress();
        ui.add_enabled_ui(running.is_none(), |ui| {
            ui.label(note(ui, tr(language, "sunview-standard")));
            let title = sun.preset().map_or("", |p| p.source.as_str()).to_owned();
            ComboBox::from_id_salt("standard")
                .width(104.0)
                .selected_text(title)
                .show_ui(ui, |ui| {
                    for (k, p) in sun::presets().iter().enumerate() {
                        ui.selectable_value(&mut sun.preset, k, p.source.as_str())
                            .on_hover_text(p.title.get(language));
                    }
                });
            let metres = |r: f64| tr_with(language, "sunview-radius", &[("metres", number(language, 2.0 * r, 0).into())]);
            let radius = RADII_M[sun.radius.min(RADII_M.len() - 1)];
            ComboBox::from_id_salt("radius")
                .width(104.0)
                .selected_text(metres(radius))
                .show_ui(ui, |ui| {
                    for (k, r) in RADII_M.iter().enumerate() {
                        ui.selectable_value(&mut sun.radius, k, metres(*r));
                    }
                });
        });
        match running {
            None => {
                let fill = colors(ui).selected;
                let button = Button::new(format!("{}  {}", icon::SUN, tr(language, "sunview-compute"))).fill(fill);
                let hint = tr(language, "sunview-compute-hint");
                if ui.add(button.min_size(vec2(0.0, 26.0))).on_hover_text(hint).clicked() {
                    sun.compute(s, view, camera);
                }
            }
            Some(progress) => {
                let bar = ProgressBar::new(progress.fraction).desired_width(110.0);
                ui.add(bar.text(progress.step.get(language).to_owned()));
                if ui.button(tr(language, "cancel")).clicked() {
                    sun.cancel();
                }
            }
        }
    });
    if let Some(why) = &sun.failed {
        let warning = colors(ui).warning;
        ui.colored_label(warning, why.get(language));
    }
    let Some(map) = sun.map.clone() else {
        ui.add_space(4.0);
        ui.add(Label::new(note(ui, tr(language, "sunview-none"))).wrap());
        return;
    };
    ui.horizontal(|ui| {
        ui.label(note(ui, tr(language, "sunview-on-map")));
        ui.spacing_mut().item_spacing.x = 2.0;
        for (shown, key) in [
            (Shown::Nothing, "sunview-show-nothing"),
            (Shown::After, "sunview-show-after"),
            (Shown::Before, "sunview-show-before"),
            (Shown::Loss, "sunview-show-loss"),
        ] {
            if !map.compares() && matches!(shown, Shown::Before | Shown::Loss) {
                continue;
            }
            // Without a plan there is no after.
            let key = if key == "sunview-show-after" && !map.compares() {
                "sunview-show-now"
            } else {
                key
            };
            ui.selectable_value(&mut sun.shown, shown, tr(language, key));
        }
        ui.add_space(8.0);
        let about = tr_with(
            language,
            "sunview-about",
            &[
                ("date", date_text(language, map.day.date).into()),
                ("source", map.preset.source.clone().into()),
            ],
        );
        ui.add(Label::new(note(ui, about)).truncate());
    });
    if sun.stale(s) {
        let warning = colors(ui).warning;
        ui.colored_label(warning, tr(language, "sunview-stale"));
    }
    losses_ui(ui, s, language, &map, wishes);
}
