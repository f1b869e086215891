//! The clock of the sun: day, time and what follows from them, and the computation of the hours of a day.

use crate::{
    app::{
        bridge::{CameraInfo, CurrentSnapshot, RenderPreset, Same, Selection, ViewState},
        scene::redraw::Redraw,
        schedule::AppSystems,
    },
    model::{Bbox, LocalText},
    progress::Progress,
    project::City,
    session::{Job, SessionError, Snapshot},
    sun::{self, Day, Preset, Site, Step, SunMap},
};
use bevy::prelude::*;
use jiff::{Timestamp, civil::Date};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// Shadows in the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// None.
    Off,
    /// On the ground.
    Ground,
    /// On walls and roofs, too, with light that follows the sun.
    Full,
}

/// What of the hours is on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Nothing.
    Nothing,
    /// As it is now.
    After,
    /// As it was without the plan.
    Before,
    /// What the plan takes.
    Loss,
}

/// Minutes that the clock goes on by while it plays.
const PLAY_MIN: i64 = 10;
/// How long a picture stands while it plays, at least.
const PLAY_EVERY: Duration = Duration::from_millis(250);
/// Sides of the areas that can be chosen, from the middle.
pub const RADII_M: [f64; 4] = [100.0, 150.0, 250.0, 400.0];
/// Edge of a cell of the ground.
const CELL_M: f64 = 5.0;
/// Steps of a day for the hours.
const STEP_MIN: f64 = 5.0;
/// Fewer metres have no shadow worth following: the sun counts from this height on.
const LEAST_DEG: f64 = 0.5;

/// The day at the site.
#[derive(Debug, Clone)]
pub(super) struct Almanac {
    city: Same<City>,
    date: Date,
    /// The place, or why there is none.
    pub site: Result<Site, LocalText>,
    /// Sunrise and sunset.
    pub up: Option<[Timestamp; 2]>,
}

/// What is chosen and what was found.
#[derive(Resource)]
pub struct Sun {
    /// The panel is on the screen.
    pub open: bool,
    /// As chosen; `None` until the panel was open for the first time.
    pub(super) quality: Option<Quality>,
    pub(super) date: Date,
    /// After midnight, as clocks show.
    pub(super) minutes: i64,
    pub(super) playing: bool,
    last_tick: Option<Duration>,
    /// Standard whose bounds count for the hours.
    pub(super) preset: usize,
    pub(super) radius: usize,
    pub(super) shown: Shown,
    pub(super) almanac: Option<Almanac>,
    job: Option<Job<SunMap>>,
    pub(super) map: Option<Arc<SunMap>>,
    /// The map was computed for this city.
    of: Option<Same<City>>,
    /// The one that is being computed is for this.
    asked: Option<Same<City>>,
    pub(super) failed: Option<LocalText>,
    /// The shadows on the screen are those of this moment.
    pub(super) drawn: Option<Timestamp>,
}

impl Default for Sun {
    fn default() -> Self {
        let (month, day) = sun::presets().first().map_or((3, 21), |p| (p.month, p.day));
        let year = jiff::Zoned::now().year();
        Self {
            open: false,
            quality: None,
            date: Date::new(year, month, day).unwrap_or(Date::ZERO),
            minutes: 15 * 60,
            playing: false,
            last_tick: None,
            preset: 0,
            radius: 1,
            shown: Shown::Nothing,
            almanac: None,
            job: None,
            map: None,
            of: None,
            asked: None,
            failed: None,
            drawn: None,
        }
    }
}

impl Sun {
    /// For scripts and tests.
    pub fn told(&self) -> Value {
        let shadows = match self.quality() {
            Quality::Off => "off",
            Quality::Ground => "ground",
            Quality::Full => "full",
        };
        let drawn = self.quality() != Quality::Off && self.casting().is_some_and(|s| self.drawn == Some(s.at));
        let cells = self.map.as_ref().map(|m| m.ground.len());
        json!({
            "event": "sun", "date": self.date.to_string(), "minutes": self.minutes, "shadows": shadows, "drawn": drawn, "cells": cells,
        })
    }

    /// Shadows as they are to be drawn.
    pub(super) fn quality(&self) -> Quality {
        self.quality.unwrap_or(Quality::Off)
    }

    /// True while something depends on the clock.
    fn runs(&self) -> bool {
        self.open || self.quality() != Quality::Off
    }

    /// The sun now; `None` where it cannot be computed.
    pub(super) fn step(&self) -> Option<Step> {
        let site = self.almanac.as_ref()?.site.as_ref().ok()?;
        Step::at(site, site.moment(self.date, self.minutes)?)
    }

    /// The sun now, where it stands high enough to cast shadows.
    pub(super) fn casting(&self) -> Option<Step> {
        self.step().filter(|s| s.sun.elevation_deg >= LEAST_DEG)
    }

    /// The standard that counts.
    pub(super) fn preset(&self) -> Option<&'static Preset> {
        sun::presets().get(self.preset)
    }

    /// True while the hours are computed.
    pub(super) fn progress(&self) -> Option<Progress> {
        self.job.as_ref().map(Job::progress)
    }

    /// Asks the computation to stop.
    pub(super) fn cancel(&self) {
        if let Some(job) = &self.job {
            job.cancel();
        }
    }

    /// True when the city has changed since the hours were computed.
    pub(super) fn stale(&self, s: &Snapshot) -> bool {
        self.of.as_ref().is_some_and(|of| !Arc::ptr_eq(&of.0, &s.city))
    }

    /// Starts to compute the hours around the selection, or around what the camera looks at.
    pub(super) fn compute(&mut self, s: &Snapshot, view: &ViewState, camera: &CameraInfo) {
        let Some(Ok(site)) = self.almanac.as_ref().map(|a| &a.site) else {
            return;
        };
        let Some(preset) = self.preset() else { return };
        let at = middle(s, view).unwrap_or(camera.target);
        let area = Bbox::new(at, at).buffered(RADII_M[self.radius.min(RADII_M.len() - 1)]);
        let (site, date) = (site.clone(), self.date);
        let (after, before) = (s.city.clone(), s.planning.as_ref().map(|p| p.base.city.clone()));
        let work = move |control: &crate::progress::Control| {
            let day = Day::new(&site, date, STEP_MIN, preset.least_elevation_deg);
            let day = day.map_err(|e| SessionError::Broken { message: e.text().en })?;
            SunMap::new(&after, before.as_deref(), &day, preset, (&area, CELL_M), control).ok_or(SessionError::Cancelled)
        };
        self.failed = None;
        match Job::start(work, || {}) {
            Ok(job) => {
                self.job = Some(job);
                self.asked = Some(Same(s.city.clone()));
            }
            Err(e) => self.failed = Some(e.text()),
        }
    }

    /// Another day; days that a month does not have become its last.
    pub(super) fn set_date(&mut self, year: i16, month: i8, day: i8) {
        let first = Date::new(year.clamp(1900, 2200), month.clamp(1, 12), 1);
        if let Ok(first) = first {
            let last = first.days_in_month();
            self.date = Date::new(first.year(), first.month(), day.clamp(1, last)).unwrap_or(first);
        }
    }

    /// The next minute of a clock that plays: the night is left out.
    fn tick(&mut self) {
        let span = self.almanac.as_ref().and_then(|a| {
            let site = a.site.as_ref().ok()?;
            a.up.map(|u| u.map(|t| site.minutes(t)))
        });
        let [up, down] = span.filter(|[a, b]| a < b).unwrap_or([0, 24 * 60 - 1]);
        let next = self.minutes + PLAY_MIN;
        self.minutes = if next > down || next < up { up + 5 } else { next };
    }
}

/// The middle of what is selected.
fn middle(s: &Snapshot, view: &ViewState) -> Option<[f64; 2]> {
    match &view.selection {
        Selection::Spot(at) => Some(*at),
        Selection::Feature { slot, row } => {
            let b = s.city.layer(slot)?.layer.geometry.boxes().get(*row as usize).copied()?;
            (!b.is_empty()).then(|| b.center())
        }
        Selection::Conflict(id) => s.evaluation.conflict(id).map(|c| c.anchor),
        Selection::None => None,
    }
}

fn follow(
    mut sun: ResMut<Sun>,
    snapshot: Res<CurrentSnapshot>,
    preset: Res<RenderPreset>,
    time: Res<Time<Real>>,
    mut redraw: ResMut<Redraw>,
) {
    let Some(s) = snapshot.0.as_ref() else { return };
    let sun = sun.bypass_change_detection();
    if let Some(job) = &mut sun.job {
        redraw.soon();
        if let Some(result) = job.poll() {
            sun.job = None;
            match result {
                Ok(map) => {
                    sun.shown = match sun.shown {
                        Shown::Nothing if map.compares() => Shown::Loss,
                        Shown::Nothing => Shown::After,
                        other if map.compares() => other,
                        _ => Shown::After,
                    };
                    sun.map = Some(Arc::new(map));
                    sun.of = sun.asked.take();
                }
                // What was computed before is still there, and still of the city that it was computed for.
                Err(SessionError::Cancelled) => {}
                Err(e) => sun.failed = Some(e.text()),
            }
        }
    }
    if sun.open && sun.quality.is_none() {
        // What a processor draws is drawn when somebody asks for it.
        sun.quality = Some(if preset.light { Quality::Off } else { Quality::Full });
    }
    if !sun.runs() {
        (sun.playing, sun.last_tick) = (false, None);
        return;
    }
    let known = |a: &Almanac| Arc::ptr_eq(&a.city.0, &s.city) && a.date == sun.date;
    if !sun.almanac.as_ref().is_some_and(known) {
        let site = Site::new(&s.city, s.city.info.site).map_err(|e| e.text());
        // To the minute.
        let up = site.as_ref().ok().and_then(|site| Day::new(site, sun.date, 1.0, 0.0).ok()?.up);
        sun.almanac = Some(Almanac {
            city: Same(s.city.clone()),
            date: sun.date,
            site,
            up,
        });
        redraw.soon();
    }
    if sun.playing {
        redraw.soon();
        let now = time.elapsed();
        let due = sun.last_tick.is_none_or(|t| now.saturating_sub(t) >= PLAY_EVERY);
        // The next picture waits for the shadows of this one.
        let shown = sun.quality() == Quality::Off || sun.casting().is_none_or(|s| sun.drawn == Some(s.at));
        if due && shown {
            sun.last_tick = Some(now);
            sun.tick();
        }
    }
}

/// Registers the clock.
pub(super) fn plugin(app: &mut App) {
    app.add_systems(Update, follow.before(AppSystems::Build).after(AppSystems::Pick));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_a_month_lacks_is_its_last_and_the_clock_stays_within_the_day() {
        let mut sun = Sun::default();
        sun.set_date(2027, 2, 31);
        assert_eq!(sun.date, jiff::civil::date(2027, 2, 28));
        sun.set_date(2028, 14, 31);
        assert_eq!(sun.date, jiff::civil::date(2028, 12, 31));
        sun.minutes = 24 * 60 - 5;
        sun.tick();
        assert_eq!(sun.minutes, 5);
        assert_eq!(sun.quality(), Quality::Off);
    }
}
