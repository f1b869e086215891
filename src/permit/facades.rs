//! The sun that a plan takes from its neighbours' façades.

use super::{
    edited::{Edited, Key},
    found::{Answer, Unit, Units, kept},
};
use crate::{
    index::IndexedLayer,
    model::{Bbox, FeatureRef, LocalText},
    modules::Role,
    progress::Control,
    rules::Verdict,
    scenario::Feature,
    sun::{self, Day, Preset, Site},
};
use std::{collections::BTreeMap, sync::Arc};

/// Besonnungsdauer.
const RULE: &str = "BSD";

/// The year that the day of a standard is taken in: the sun of that day differs by minutes between years, and results must not depend on
/// when somebody asks.
const YEAR: i16 = 2025;

/// Steps of the day.
const STEP_MIN: f64 = 5.0;

/// A building of the plan with what it may shade, in the base and in the plan.
#[derive(Debug, Clone, PartialEq)]
struct Caster {
    state: Option<Feature>,
    shade: Bbox,
}

/// What was found, and what threw the shadows.
#[derive(Debug, Clone, Default)]
pub(super) struct Shadows {
    pub units: Units,
    casters: BTreeMap<Key, Caster>,
    /// The day at the project's site; it is the same for every step.
    day: Option<Arc<Day>>,
}

/// The day that is asked about; nothing where the site has no place on earth.
pub(super) fn day(city: &crate::project::City) -> Option<(Day, &'static Preset)> {
    let preset = sun::presets().first()?;
    let date = jiff::civil::Date::new(YEAR, preset.month, preset.day).ok()?;
    let site = Site::new(city, city.info.site).ok()?;
    let day = Day::new(&site, date, STEP_MIN, preset.least_elevation_deg).ok()?;
    Some((day, preset))
}

impl Shadows {
    /// After a step. A neighbour is asked again when a building changed that may shade it, or might have.
    pub fn after(&self, edited: &Edited, control: &Control) -> Self {
        let new = edited.buildings();
        let touched = edited
            .city
            .with_role(Role::Buildings)
            .any(|s| edited.overlay.edited(&s.id).next().is_some());
        if !touched {
            return Self {
                day: self.day.clone(),
                ..Self::default()
            };
        }
        let Some(preset) = sun::presets().first() else {
            return Self::default();
        };
        let Some(day) = self.day.clone().or_else(|| day(edited.city).map(|(d, _)| Arc::new(d))) else {
            return Self::default();
        };
        let casters = casters(edited, &day);
        let dirty: Vec<Bbox> = casters
            .iter()
            .filter(|(key, c)| self.casters.get(*key).is_none_or(|old| old.state != c.state))
            .map(|(_, c)| c.shade)
            .chain(
                self.casters
                    .iter()
                    .filter(|(key, old)| casters.get(*key).is_none_or(|c| old.state != c.state))
                    .map(|(_, old)| old.shade),
            )
            .collect();
        let mut units = Units::new();
        let mut fresh: BTreeMap<Key, (&IndexedLayer, u32)> = BTreeMap::new();
        let shades: Vec<Option<Bbox>> = new.iter().map(|(l, r, _)| sun::shadow_box(edited.city, l, *r, &day)).collect();
        for ((_, _, key), shade) in new.iter().zip(&shades) {
            let Some(shade) = shade else {
                units.insert(key.clone(), unknown_height());
                continue;
            };
            for layer in sun::buildings(edited.city) {
                for row in layer.index.rows_in(shade) {
                    let key = (layer.layer.slot.clone(), layer.layer.ids[row as usize].to_string());
                    if units.contains_key(&key) || fresh.contains_key(&key) || edited.is_rebuilt(&key.0, &key.1) {
                        continue;
                    }
                    match kept(&self.units, &key, &dirty, edited) {
                        Some(unit) => {
                            units.insert(key, unit);
                        }
                        None => {
                            fresh.insert(key, (layer, row));
                        }
                    }
                }
            }
        }
        ask(edited, &new, &fresh, (&day, preset), &mut units, control);
        Self {
            units,
            casters,
            day: Some(day),
        }
    }
}

fn casters(edited: &Edited, day: &Day) -> BTreeMap<Key, Caster> {
    let mut out = BTreeMap::new();
    for slot in edited.city.with_role(Role::Buildings) {
        for (id, state) in edited.overlay.edited(&slot.id) {
            let now = edited.city.layer(&slot.id).zip(edited.row(&slot.id, id));
            let now = now.and_then(|(l, r)| sun::shadow_box(edited.city, l, r, day));
            let was = edited
                .of_base(&slot.id, id)
                .and_then(|(l, r)| sun::shadow_box(&edited.base.city, l, r, day));
            let shade = now.unwrap_or(Bbox::EMPTY).union(was.unwrap_or(Bbox::EMPTY));
            let caster = Caster {
                state: state.cloned(),
                shade,
            };
            out.insert((slot.id.clone(), id.to_owned()), caster);
        }
    }
    out
}

type New<'a> = (&'a IndexedLayer, u32, Key);

fn ask(
    edited: &Edited,
    new: &[New],
    fresh: &BTreeMap<Key, (&IndexedLayer, u32)>,
    (day, preset): (&Day, &Preset),
    units: &mut Units,
    control: &Control,
) {
    let named = |(layer, row, key): &New| FeatureRef {
        slot: key.0.clone(),
        row: *row,
        id: key.1.clone(),
        label: edited.city.label(&layer.layer, *row as usize),
    };
    let near = fresh
        .values()
        .fold(Bbox::EMPTY, |b, (l, r)| b.union(l.layer.geometry.bbox(*r as usize)));
    // Buildings whose shadow cannot reach any of these neighbours need not be asked.
    let close = |n: &&New| sun::shadow_box(edited.city, n.0, n.1, day).is_some_and(|s| s.intersects(&near));
    let cast: Vec<_> = new.iter().filter(close).map(|n| ((n.0, n.1), named(n))).collect();
    let neighbours: Vec<(&IndexedLayer, u32)> = fresh.values().copied().collect();
    let cities = [&*edited.base.city, edited.city];
    let Some(found) = sun::losses_near(cities, &cast, &neighbours, (day, preset), control) else {
        return;
    };
    for (key, (layer, row)) in fresh {
        units.insert(key.clone(), Unit::new(layer.layer.geometry.bbox(*row as usize)));
    }
    for (facade, loss) in found {
        let key = (facade.building.slot.clone(), facade.building.id.clone());
        let Some(unit) = units.get_mut(&key) else { continue };
        unit.answers.push(Answer {
            rule: RULE.into(),
            verdict: if loss.is_some() { Verdict::Conflict } else { Verdict::Clear },
            unknown: vec![],
        });
        unit.conflicts.extend(sun::conflicts(edited.city, day, preset, loss.as_slice()));
    }
}

/// A building of the plan that throws no shadow because nobody knows how high it is.
fn unknown_height() -> Unit {
    Unit {
        answers: vec![Answer {
            rule: RULE.into(),
            verdict: Verdict::Unknown,
            unknown: vec![LocalText::new(
                "Ein Gebäude des Plans nennt weder Höhe noch Geschosse: Sein Schatten ist unbekannt.",
                "A building of the plan tells neither height nor storeys: its shadow is unknown.",
            )],
        }],
        ..Unit::new(Bbox::EMPTY)
    }
}
