//! Abstandsflächen of the buildings that a plan draws or changes.

use super::{
    edited::{Edited, Key},
    found::{Answer, Unit, Units, kept},
};
use crate::{
    index::IndexedLayer,
    model::{Bbox, LocalText},
    modules::Role,
    progress::Control,
    rules::Verdict,
    zoning::{self, Setbacks},
};
use std::collections::BTreeMap;

/// Whose edits matter.
pub(super) const ROLES: &[Role] = &[Role::Buildings, Role::Zones, Role::Sites, Role::Parcels, Role::Streets];

/// Abstandsfläche.
pub(super) const RULE: &str = "AF";

/// Beyond the depths of two walls that face each other: what is sought of neighbours, and the middle of a street.
const MARGIN_M: f64 = 60.0;

/// Every building of the plan.
pub(super) fn judge(edited: &Edited, before: &Units, dirty: &[Bbox], control: &Control) -> Units {
    let mut out = BTreeMap::new();
    let mut fresh: Vec<(&IndexedLayer, u32, Key)> = vec![];
    for (layer, row, key) in edited.buildings() {
        match kept(before, &key, dirty, edited) {
            Some(unit) => {
                out.insert(key, unit);
            }
            None => fresh.push((layer, row, key)),
        }
    }
    if fresh.is_empty() {
        return out;
    }
    let asked: Vec<(&IndexedLayer, u32)> = fresh.iter().map(|(l, r, _)| (*l, *r)).collect();
    let Some(found) = zoning::setbacks_of(edited.city, &asked, control) else {
        return out;
    };
    for (layer, row, key) in fresh {
        let walls = found.walls.iter().filter(|w| w.building.row == row && w.building.slot == key.0);
        let own = Setbacks {
            walls: walls.cloned().collect(),
            notes: found.notes.clone(),
            party_walls: 0,
            privileged: 0,
        };
        let depth = own
            .walls
            .iter()
            .map(|w| w.depth.depth_m.high.unwrap_or(w.depth.depth_m.low))
            .fold(0.0, f64::max);
        let unit = Unit {
            reach: layer.layer.geometry.bbox(row as usize).buffered(2.0 * depth + MARGIN_M),
            conflicts: zoning::setback_conflicts(edited.city, &own),
            answers: own.walls.iter().map(answer).collect(),
        };
        out.insert(key, unit);
    }
    out
}

pub(super) fn answer(wall: &zoning::WallArea) -> Answer {
    Answer {
        rule: RULE.into(),
        verdict: wall.verdict,
        unknown: match wall.verdict {
            Verdict::Unknown if wall.depth.depth_m.high.is_none() => vec![LocalText::new(
                "Die Höhe eines Gebäudes ist nicht genau bekannt: Die Tiefe seiner Abstandsfläche ist nach oben offen.",
                "The height of a building is not known exactly: the depth of its setback area is open upwards.",
            )],
            Verdict::Unknown if wall.notes.is_empty() => vec![LocalText::new(
                "Höhe oder Dach eines Nachbarn sind nicht genau bekannt: Ob sich die Flächen überdecken, ist offen.",
                "Height or roof of a neighbour are not known exactly: whether the areas overlap is open.",
            )],
            _ => wall.notes.clone(),
        },
    }
}
