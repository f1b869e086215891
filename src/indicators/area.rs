//! Area covered by layers inside a place.

use super::{
    measure::{Counted, Gap, In, assumed, number},
    places::Unit,
    side::Side,
};
use crate::{
    geometry::{self, PreparedArea, Scratch, overlap_area_m2},
    model::{Geometries, LocalText},
    modules::RuleSide,
    project::City,
};
use geo::MultiPolygon;

/// Area that any of the layers covers.
pub(super) struct AreaOf<'a> {
    sides: Vec<Side<'a>>,
    notes: Vec<LocalText>,
}

/// Overlaps below this are digitising noise.
const NOISE_M2: f64 = 0.5;

/// True when no two features that count share more ground than noise.
pub(super) fn disjoint(side: &Side) -> bool {
    *side.disjoint.get_or_init(|| {
        let g = &side.layer.layer.geometry;
        let scratch = &mut Scratch::default();
        (0..g.len() as u32).filter(|r| side.counts(*r)).all(|row| {
            let others = side.layer.index.rows_in(&g.bbox(row as usize));
            let mut later = others.into_iter().filter(|o| *o > row && side.counts(*o));
            later.all(|o| overlap_area_m2(side.area(row), side.area(o), scratch) <= NOISE_M2)
        })
    })
}

/// Ground inside `within` that any feature of the layers covers.
pub(super) fn covered_m2(sides: &[&Side], within: &Geometries, area: &PreparedArea, scratch: &mut Scratch) -> Option<f64> {
    let mut found: Vec<(&Side, u32, f64)> = vec![];
    for side in sides {
        for row in side.near(within) {
            let shared = overlap_area_m2(side.area(row), area, scratch);
            if shared > 0.0 {
                found.push((side, row, shared));
            }
        }
    }
    let sum: f64 = found.iter().map(|f| f.2).sum();
    if found.len() < 2 || (sides.len() == 1 && sides.iter().all(|s| disjoint(s))) {
        return Some(sum);
    }
    let mut parts: Vec<MultiPolygon<f64>> = vec![];
    for (side, row, _) in &found {
        parts.push(geometry::intersection((within, 0), (&side.layer.layer.geometry, *row as usize)).ok()?);
    }
    let all = geometry::union(&parts).ok()?;
    Some(geometry::area_m2(&geometry::from_geo(&[all]), 0).min(sum))
}

/// The answer where an overlay did not come out right.
pub(super) fn no_overlay() -> Gap {
    Gap(LocalText::new(
        "Die Flächen ließen sich nicht verschneiden.",
        "The areas could not be overlaid.",
    ))
}

impl<'a> AreaOf<'a> {
    /// Layers without data are left out with a note, as long as one has some.
    pub fn new(city: &'a City, of: &'a [RuleSide]) -> Result<Self, LocalText> {
        let (mut sides, mut notes, mut first) = (vec![], vec![], None);
        for side in of {
            match Side::find(city, &side.slot, side.filter.as_deref(), &[]) {
                Ok(found) => {
                    if !found.is_declared() {
                        notes.push(assumed(city, &side.slot));
                    }
                    sides.push(found);
                }
                Err(why) => {
                    let title = city
                        .slot(&side.slot)
                        .map_or_else(|| LocalText::same(side.slot.to_string()), |s| s.def.title.clone());
                    first = first.or(Some(why));
                    notes.push(LocalText::new(
                        format!("Ohne „{}“, wofür keine Daten vorliegen: Der Wert ist eine Untergrenze.", title.de),
                        format!("Without “{}”, for which there are no data: the value is a lower bound.", title.en),
                    ));
                }
            }
        }
        match (sides.is_empty(), first) {
            (true, Some(why)) => Err(why),
            _ => Ok(Self { sides, notes }),
        }
    }

    pub fn count(&self, unit: &Unit) -> Result<Counted, Gap> {
        let scratch = &mut Scratch::default();
        let sides: Vec<&Side> = self.sides.iter().collect();
        let value = covered_m2(&sides, &unit.ground, &unit.area, scratch).ok_or_else(no_overlay)?;
        // What no layer tells may still be covered; what one covers is known.
        let unknown = sides.iter().map(|s| s.uncovered_m2(&unit.area, scratch)).fold(0.0, f64::max);
        let mut out = Counted::known(value, In::SquareMetres).with_unknown(
            unknown.min((unit.place.area_m2 - value).max(0.0)),
            unit.place.area_m2,
            In::SquareMetres,
        );
        out.notes.clone_from(&self.notes);
        Ok(out)
    }
}

/// Area times the percentage that each feature tells.
pub(super) struct PercentOf<'a> {
    sides: Vec<Side<'a>>,
    name: &'a str,
    notes: Vec<LocalText>,
}

impl<'a> PercentOf<'a> {
    pub fn new(city: &'a City, of: &'a [RuleSide], name: &'a str) -> Result<Self, LocalText> {
        let mut sides = vec![];
        let mut notes = vec![];
        for side in of {
            let found = Side::find(city, &side.slot, side.filter.as_deref(), &[name])?;
            if !found.is_declared() {
                notes.push(assumed(city, &side.slot));
            }
            sides.push(found);
        }
        Ok(Self { sides, name, notes })
    }

    pub fn count(&self, unit: &Unit) -> Result<Counted, Gap> {
        let scratch = &mut Scratch::default();
        let (mut value, mut unknown) = (0.0, 0.0);
        for side in &self.sides {
            let column = side.layer.layer.attributes.column(self.name);
            for row in side.near(&unit.ground) {
                let shared = overlap_area_m2(side.area(row), &unit.area, scratch);
                match column.and_then(|c| number(c, row)) {
                    Some(percent) => value += shared * percent.clamp(0.0, 100.0) / 100.0,
                    None => unknown += shared,
                }
            }
            unknown += side.uncovered_m2(&unit.area, scratch);
        }
        let mut out =
            Counted::known(value, In::SquareMetres).with_unknown(unknown.min(unit.place.area_m2), unit.place.area_m2, In::SquareMetres);
        out.notes.clone_from(&self.notes);
        Ok(out)
    }
}
