//! Abstandsflächen that do not fit, as conflicts with section and figure.

use super::{Setbacks, WallArea};
use crate::{
    i18n::number,
    model::{Bbox, Conflict, Language, LocalText, Quantity, Severity},
    project::City,
    rules::{Verdict, both, conflict_id},
};
use geo::{Coord, LineString, Polygon};
use std::sync::Arc;

/// Abstandsfläche.
const RULE: &str = "AF";

/// Every wall whose area is broken, by id.
pub fn setback_conflicts(city: &City, found: &Setbacks) -> Vec<Arc<Conflict>> {
    let broken = found.walls.iter().filter(|w| w.verdict == Verdict::Conflict);
    let mut out: Vec<Arc<Conflict>> = broken.map(|w| Arc::new(conflict(city, found, w))).collect();
    out.sort_by(|a, b| a.id.cmp(&b.id));
    out
}

/// The area of a wall as a polygon.
pub fn area_of(w: &WallArea) -> Polygon<f64> {
    let ring: Vec<Coord<f64>> = w.area.iter().chain(w.area.first()).map(|p| Coord { x: p[0], y: p[1] }).collect();
    Polygon::new(LineString(ring), vec![])
}

fn conflict(city: &City, found: &Setbacks, w: &WallArea) -> Conflict {
    let needed = w.depth.depth_m.low;
    // What lacks at the boundary weighs before what is shared with a neighbour.
    let short = w.room_m.filter(|r| *r < needed);
    let shared: f64 = w.overlaps.iter().map(|o| o.1).fold(0.0, f64::max);
    let quantity = |value: f64, unit: &str| Quantity { value, unit: unit.into() };
    let (measured, threshold) = match short {
        Some(room) => (quantity(room, "m"), quantity(needed, "m")),
        None => (quantity(shared, "m²"), quantity(0.0, "m²")),
    };
    let wall = w.wall + 1;
    let mut reasons = vec![both(|l| {
        let (t, law) = (number(l, needed, 2), &w.depth.law);
        match (short, l) {
            (Some(room), Language::De) => {
                let r = number(l, room, 2);
                format!("Wand {wall}: Abstandsfläche {t} m tief, bis zur Grenze oder Straßenmitte sind es {r} m ({law}).")
            }
            (Some(room), Language::En) => {
                let r = number(l, room, 2);
                format!("Wall {wall}: the area is {t} m deep, there are {r} m to the boundary or the middle of the street ({law}).")
            }
            (None, Language::De) => {
                let s = number(l, shared, 1);
                format!("Wand {wall}: Abstandsfläche {t} m tief, überdeckt die eines anderen Gebäudes auf {s} m² ({law}).")
            }
            (None, Language::En) => {
                let s = number(l, shared, 1);
                format!("Wall {wall}: the area is {t} m deep and overlaps that of another building by {s} m² ({law}).")
            }
        }
    })];
    reasons.push(w.depth.formula.clone());
    reasons.push(LocalText::new(
        "Prüfpflichtig: Abweichung, Baulast oder Zustimmung des Nachbarn klären; für den Bestand gilt Bestandsschutz.",
        "To be examined: deviation, land charge or the neighbour's consent; what stands already is protected.",
    ));
    reasons.extend(w.notes.iter().chain(&found.notes).cloned());
    let bbox = Bbox::around(&w.area);
    Conflict {
        id: conflict_id(RULE, &w.building.slot.0, &format!("{}#{}", w.building.id, w.wall)),
        rule: RULE.into(),
        severity: Severity::Restricted,
        subject: w.building.clone(),
        objects: w.plot.iter().cloned().chain(w.overlaps.iter().map(|o| o.0.clone())).collect(),
        geometry: area_of(w).into(),
        anchor: bbox.center(),
        bbox,
        measured,
        threshold: Some(threshold),
        area_m2: (shared > 0.0).then_some(shared),
        share_percent: None,
        reasons,
        data_date: city.layer(&w.building.slot).and_then(|l| l.layer.data_date().map(str::to_owned)),
        proxy: !found.notes.is_empty(),
    }
}
