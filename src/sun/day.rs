//! The sun of one day in equal steps.

use super::{Site, SunError, SunPosition, position};
use jiff::{Timestamp, ToSpan, civil::Date};
use serde::{Serialize, Serializer};

/// The middle of a step during which the sun counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Step {
    /// When.
    #[serde(serialize_with = "iso")]
    pub at: Timestamp,
    /// Where the sun stands.
    pub sun: SunPosition,
    /// Clockwise from grid north.
    pub grid_azimuth_deg: f64,
    /// Unit vector on the ground towards the sun, grid east and north.
    pub towards: [f64; 2],
    /// Rise of the ray a metre of ground.
    pub slope: f64,
}

/// A moment as ISO 8601 in UTC.
pub(super) fn iso<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(at)
}

/// A moment that may be none.
pub(super) fn iso_or_none<S: Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => to.collect_str(at),
        None => to.serialize_none(),
    }
}

/// A day: the steps in which the sun stands high enough.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// Length of a step.
    pub step_min: f64,
    /// The sun counts from this height on.
    pub least_elevation_deg: f64,
    /// In order of time.
    pub steps: Vec<Step>,
    /// When the sun comes over the horizon and goes, to the step.
    pub up: Option<[Timestamp; 2]>,
}

impl Step {
    /// The sun of a site at a moment; `None` where it cannot be computed. Below the horizon the slope is negative.
    pub fn at(site: &Site, at: Timestamp) -> Option<Self> {
        position(at, site.lonlat, site.height_m).map(|sun| Self::of(site, at, sun))
    }

    fn of(site: &Site, at: Timestamp, sun: SunPosition) -> Self {
        let grid_azimuth_deg = site.grid_azimuth_deg(sun.azimuth_deg);
        let (sin, cos) = grid_azimuth_deg.to_radians().sin_cos();
        Self {
            at,
            sun,
            grid_azimuth_deg,
            towards: [sin, cos],
            slope: sun.elevation_deg.to_radians().tan(),
        }
    }
}

impl Day {
    /// A day of the site in legal time. Steps are 1 to 60 minutes long; other numbers are brought into these bounds.
    ///
    /// # Errors
    /// When the sun of that day cannot be computed.
    pub fn new(site: &Site, date: Date, step_min: f64, least_elevation_deg: f64) -> Result<Self, SunError> {
        let failed = || SunError::Day { date };
        let start = date.to_zoned(site.zone.rule.clone()).map_err(|_| failed())?;
        let end = date
            .tomorrow()
            .and_then(|d| d.to_zoned(site.zone.rule.clone()))
            .map_err(|_| failed())?;
        let (start, end) = (start.timestamp(), end.timestamp());
        let step_min = if step_min.is_finite() { step_min.clamp(1.0, 60.0) } else { 5.0 };
        let seconds = (step_min * 60.0).round() as i64;
        let mut out = Self {
            date,
            step_min: seconds as f64 / 60.0,
            least_elevation_deg,
            steps: vec![],
            up: None,
        };
        let mut from = start;
        while from < end {
            let next = from.checked_add(seconds.seconds()).map_err(|_| failed())?;
            let at = from.checked_add((seconds / 2).seconds()).map_err(|_| failed())?;
            let sun = position(at, site.lonlat, site.height_m).ok_or_else(failed)?;
            if sun.elevation_deg > 0.0 {
                out.up = Some(out.up.map_or([from, next], |[first, _]| [first, next]));
            }
            if sun.elevation_deg >= least_elevation_deg && sun.elevation_deg > 0.0 {
                out.steps.push(Step::of(site, at, sun));
            }
            from = next;
        }
        Ok(out)
    }

    /// Hours of a number of steps.
    pub fn hours(&self, steps: usize) -> f64 {
        steps as f64 * self.step_min / 60.0
    }

    /// The flattest ray of the day: it reaches farthest. `None` when the sun never counts.
    pub fn flattest(&self) -> Option<f64> {
        self.steps.iter().map(|s| s.slope).min_by(f64::total_cmp)
    }
}
