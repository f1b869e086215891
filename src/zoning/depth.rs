//! How deep the Abstandsfläche of a building is: § 6 (4) and (5) of the building codes with the numbers of the state.

use super::{
    Roof, Setback, Span, Volume,
    law::{Density, Law},
};
use crate::{
    estimate::plane::Frame,
    i18n::number,
    model::{Geometries, Language, LocalText},
    rules::both,
};
use serde::Serialize;

/// The height H and the depth that follows from it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Depth {
    /// H: walls and the share of the roof. `None` when no height is known.
    pub height_m: Option<Span>,
    /// Depth.
    pub depth_m: Span,
    /// The arithmetic.
    pub formula: LocalText,
    /// Section.
    pub law: String,
}

/// Classes 1 and 2: up to three storeys and 400 m² of floor area; that there are at most two dwellings is assumed.
const SMALL_STOREYS: f64 = 3.0;
const SMALL_M2: f64 = 400.0;

/// What decides on the factor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub setback: &'a Setback,
    /// In GE or GI.
    pub commercial: bool,
    /// In a municipality with more inhabitants than the state's threshold.
    pub large: bool,
}

/// The depth in front of a wall of that length.
pub(super) fn depth(v: &Volume, g: &Geometries, wall_m: f64, place: Place, law: &Law) -> Depth {
    let s = place.setback;
    let height = height_m(v, g, s, law);
    let small = s.small_flat && v.storeys.is_some_and(|n| n <= SMALL_STOREYS && n * v.footprint_m2 <= SMALL_M2);
    let factor = match (place.commercial, place.large, s.large_factor) {
        (true, _, _) => s.factor_commercial,
        (false, true, Some(_)) if s.large_short_m.is_some_and(|m| wall_m <= m) => s.large_short_factor.unwrap_or(s.factor),
        (false, true, Some(large)) => large,
        _ => s.factor,
    };
    let depth_m = match (small, height) {
        (true, _) => Span::exact(s.min_m),
        (false, Some(h)) => h.times(factor).max(Span::exact(s.min_m)),
        (false, None) => Span::at_least(s.min_m),
    };
    let formula = both(|l| {
        let n = |v: f64| number(l, v, 2);
        let (min, f) = (n(s.min_m), number(l, factor, 1));
        match (small, height, l) {
            (true, _, Language::De) => format!("Gebäudeklasse 1 oder 2: {min} m"),
            (true, _, Language::En) => format!("building class 1 or 2: {min} m"),
            (_, Some(h), _) => {
                let (h, t) = (super::words::span(l, h, 2, "m"), super::words::span(l, depth_m, 2, "m"));
                match l {
                    Language::De => format!("{f} × H = {f} × {h}, mindestens {min} m: {t}"),
                    Language::En => format!("{f} × H = {f} × {h}, at least {min} m: {t}"),
                }
            }
            (_, None, Language::De) => format!("Höhe unbekannt: mindestens {min} m"),
            (_, None, Language::En) => format!("height unknown: at least {min} m"),
        }
    });
    Depth {
        height_m: height,
        depth_m,
        formula,
        law: s.law.clone(),
    }
}

/// H with the share of the roof by its pitch. The pitch follows from the roof's height over half the width of the building.
fn height_m(v: &Volume, g: &Geometries, s: &Setback, law: &Law) -> Option<Span> {
    let top = v.height_m.or_else(|| by_storeys(v, &law.density))?;
    let ring: Vec<[f64; 2]> = g.rings(v.row as usize).next().unwrap_or_default().to_vec();
    let half_width = Frame::around(&ring).half_width.max(0.1);
    let counted = |wall: f64| {
        let roof = (top - wall).max(0.0);
        let share = if roof.atan2(half_width).to_degrees() >= s.steep_deg {
            1.0
        } else {
            s.roof_share
        };
        wall + share * roof
    };
    // Without a told height, storeys give the walls of a flat roof and nothing over it.
    let wall = if v.height_m.is_none() {
        Some(Span::at_least(top))
    } else {
        v.wall_m(law)
    }?;
    Some(match v.roof {
        Roof::Unknown => Span {
            low: counted(wall.low).min(top),
            high: wall.high,
        },
        _ => Span {
            low: counted(wall.low),
            high: wall.high.map(counted),
        },
    })
}

fn by_storeys(v: &Volume, d: &Density) -> Option<f64> {
    v.storeys.map(|n| n * d.storey_m)
}
