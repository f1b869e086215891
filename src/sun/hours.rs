//! How long the sun reaches a point on a day.

use super::{Day, Occluders, day::iso_or_none};
use crate::progress::Control;
use jiff::Timestamp;
use rayon::prelude::*;
use serde::Serialize;

/// The sun of one point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Lit {
    /// For how long.
    pub hours: f64,
    /// Middle of the first step with sun.
    #[serde(serialize_with = "iso_or_none")]
    pub first: Option<Timestamp>,
    /// Middle of the last.
    #[serde(serialize_with = "iso_or_none")]
    pub last: Option<Timestamp>,
}

/// The sun of points; a façade gives the direction it faces and sees nothing behind it. `None` when somebody asked to stop.
pub fn lit(occluders: &Occluders, day: &Day, points: &[([f64; 3], Option<[f64; 2]>)], control: &Control) -> Option<Vec<Lit>> {
    let one = |(at, outward): &([f64; 3], Option<[f64; 2]>)| {
        let mut out = Lit {
            hours: 0.0,
            first: None,
            last: None,
        };
        let Some(flattest) = day.flattest().filter(|_| !control.is_cancelled()) else {
            return out;
        };
        let around = occluders.around(*at, flattest);
        let mut steps = 0;
        for step in &day.steps {
            let faces = outward.is_none_or(|o| o[0] * step.towards[0] + o[1] * step.towards[1] > 0.0);
            if faces && !around.blocked(*at, step) {
                steps += 1;
                out.first = out.first.or(Some(step.at));
                out.last = Some(step.at);
            }
        }
        out.hours = day.hours(steps);
        out
    };
    let found: Vec<Lit> = points.par_iter().map(one).collect();
    (!control.is_cancelled()).then_some(found)
}
