//! What a plan takes away: façades of neighbours before and after.

use super::{
    Day, Facade, Lit, Occluders, Preset, facades, lit,
    occluders::{base_m, inside},
};
use crate::{
    i18n::number,
    model::{Bbox, Conflict, FeatureRef, Language, LocalText, Quantity, Severity, SlotId},
    modules::Role,
    progress::Control,
    project::{City, SlotData},
    rules::{both, conflict_id},
    zoning,
};
use geo::{Coord, LineString};
use serde::Serialize;
use std::{collections::BTreeMap, sync::Arc};

/// A façade that has less sun after than before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Loss {
    /// The façade, as it is after.
    pub facade: Facade,
    /// The place along its ground floor that loses what counts most.
    pub at: [f64; 3],
    /// Its sun before.
    pub before: Lit,
    /// Its sun after.
    pub after: Lit,
    /// New or changed buildings that are near enough to be the cause.
    pub causes: Vec<FeatureRef>,
}

/// A building by what matters for shadows.
type Looks = (Vec<[u64; 2]>, u64, u64);

/// Every building by slot and id.
fn buildings(city: &City) -> BTreeMap<(SlotId, String), (FeatureRef, Looks, Bbox, f64)> {
    let law = zoning::law();
    let mut out = BTreeMap::new();
    for slot in city.with_role(Role::Buildings) {
        let SlotData::Vector(l) = &slot.data else { continue };
        for row in 0..l.layer.len() {
            let v = zoning::volume(&l.layer, row as u32, law);
            let height = v.height_m.or_else(|| v.storeys.map(|s| s * law.density.storey_m)).unwrap_or(0.0);
            let ring = l.layer.geometry.rings(row).flatten().map(|p| p.map(f64::to_bits)).collect();
            let body = l.layer.bodies.as_ref().filter(|b| b.has(row)).and_then(|b| b.heights(row));
            let looks = (ring, height.to_bits(), body.map_or(0, |[a, b]| (b - a).to_bits()));
            let id = l.layer.ids[row].to_string();
            let feature = FeatureRef {
                slot: l.layer.slot.clone(),
                row: row as u32,
                id: id.clone(),
                label: city.label(&l.layer, row),
            };
            let top = base_m(city, &l.layer.geometry, row) + height;
            out.insert((l.layer.slot.clone(), id), (feature, looks, l.layer.geometry.bbox(row), top));
        }
    }
    out
}

/// Buildings that `after` has and `before` has not, or not so: new ones, and those of another shape or height.
pub fn changed(before: &City, after: &City) -> Vec<FeatureRef> {
    let (old, new) = (buildings(before), buildings(after));
    let other = new.into_iter().filter(|(key, b)| old.get(key).is_none_or(|o| o.1 != b.1));
    other.map(|(_, b)| b.0).collect()
}

/// Façades of buildings that both cities have alike and that lose sun to what has changed. `None` when somebody asked to stop.
pub fn losses(before: &City, after: &City, day: &Day, preset: &Preset, control: &Control) -> Option<Vec<Loss>> {
    let (old, new) = (buildings(before), buildings(after));
    let changed: Vec<&(FeatureRef, Looks, Bbox, f64)> = new
        .iter()
        .filter(|(key, b)| old.get(*key).is_none_or(|o| o.1 != b.1))
        .map(|(_, b)| b)
        .collect();
    let Some(flattest) = day.flattest() else { return Some(vec![]) };
    // Shadows of a changed building reach this far on its own level; a slope that falls away is allowed for by half as much again.
    let reach = |b: &(FeatureRef, Looks, Bbox, f64)| {
        let ground = after.height_at(b.2.center());
        b.2.buffered(1.5 * (b.3 - ground).max(0.0) / flattest)
    };
    let reaches: Vec<Bbox> = changed.iter().map(|b| reach(b)).collect();
    let near = |bbox: &Bbox| reaches.iter().any(|r| r.intersects(bbox));
    let kept = |slot: &SlotId, id: &str, bbox: &Bbox| {
        let key = (slot.clone(), id.to_owned());
        near(bbox) && old.get(&key).zip(new.get(&key)).is_some_and(|(o, n)| o.1 == n.1)
    };
    let walls = facades(after, preset.point_m, |l, row| {
        kept(&l.layer.slot, &l.layer.ids[row as usize], &l.layer.geometry.bbox(row as usize))
    });
    // What the plan builds against is built on, not shaded.
    let free = |f: &Facade| f.along().into_iter().filter(|p| !inside(after, [p[0], p[1]])).collect();
    let places: Vec<Vec<[f64; 3]>> = walls.iter().map(free).collect();
    let outwards = walls
        .iter()
        .zip(&places)
        .flat_map(|(f, at)| at.iter().map(|p| (*p, Some(f.outward))));
    let points: Vec<_> = outwards.collect();
    let then = lit(&Occluders::new(before), day, &points, control)?;
    let now = lit(&Occluders::new(after), day, &points, control)?;
    let mut out = vec![];
    let mut start = 0;
    for (facade, places) in walls.into_iter().zip(places) {
        let all = start..start + places.len();
        start = all.end;
        let sun: Vec<[Lit; 2]> = all.clone().map(|k| [then[k], now[k]]).collect();
        let Some(k) = worst(&sun, preset).map(|k| all.start + k) else {
            continue;
        };
        let at = places[k - all.start];
        let spot = Bbox::new([at[0], at[1]], [at[0], at[1]]);
        let causes = changed.iter().zip(&reaches).filter(|(_, r)| r.intersects(&spot));
        out.push(Loss {
            causes: causes.map(|(b, _)| b.0.clone()).collect(),
            facade,
            at,
            before: then[k],
            after: now[k],
        });
    }
    Some(out)
}

/// Of places along a wall with their sun before and after, the one that loses what counts most: a place that falls below the value counts
/// before one that was below it already, then the greater loss. `None` where none loses any.
pub(super) fn worst(sun: &[[Lit; 2]], preset: &Preset) -> Option<usize> {
    let weight = |k: usize| {
        let [b, a] = sun[k].map(|l| l.hours);
        let below = u8::from(a < preset.minimum_h) + u8::from(a < preset.minimum_h && b >= preset.minimum_h);
        (below, b - a)
    };
    let losing = (0..sun.len()).filter(|k| sun[*k][1].hours < sun[*k][0].hours);
    losing.max_by(|x, y| {
        let (x, y) = (weight(*x), weight(*y));
        x.0.cmp(&y.0).then(x.1.total_cmp(&y.1))
    })
}

/// Losses that leave a façade below what the preset asks for: severity 2, evidence K, because no law defines enough sun.
pub fn conflicts(after: &City, day: &Day, preset: &Preset, found: &[Loss]) -> Vec<Arc<Conflict>> {
    let mut out: Vec<Arc<Conflict>> = found
        .iter()
        .filter(|l| l.after.hours < preset.minimum_h)
        .map(|l| Arc::new(conflict(after, day, preset, l)))
        .collect();
    out.sort_by(|a, b| a.id.cmp(&b.id));
    out
}

fn conflict(city: &City, day: &Day, preset: &Preset, loss: &Loss) -> Conflict {
    let f = &loss.facade;
    let line: Vec<Coord<f64>> = f.ends.iter().map(|p| Coord { x: p[0], y: p[1] }).collect();
    let hours = |l: Language, h: f64| number(l, h, 1);
    let reasons = vec![
        both(|l| {
            let (b, a) = (hours(l, loss.before.hours), hours(l, loss.after.hours));
            let (m, d, wall) = (hours(l, preset.minimum_h), day.date, f.wall + 1);
            match l {
                Language::De => format!(
                    "Wand {wall}: {b} h Sonne vorher, {a} h nachher am {d}; {} empfiehlt {m} h.",
                    preset.source
                ),
                Language::En => format!(
                    "Wall {wall}: {b} h of sun before, {a} h after on {d}; {} recommends {m} h.",
                    preset.source
                ),
            }
        }),
        both(|l| {
            let (e, p) = (number(l, day.least_elevation_deg, 0), number(l, preset.point_m, 2));
            let s = number(l, day.step_min, 0);
            match l {
                Language::De => format!(
                    "Gerechnet alle 5 m entlang der Wand, {p} m über Gelände, Sonne ab {e}° Höhe, Schritte von {s} min; genannt ist die ungünstigste \
                     Stelle."
                ),
                Language::En => format!(
                    "Computed every 5 m along the wall, {p} m above ground, sun from {e}° on, steps of {s} min; named is the least favourable place."
                ),
            }
        }),
        if loss.before.hours < preset.minimum_h {
            LocalText::new(
                "Die Wand lag schon vorher unter dem Wert und verliert weiter.",
                "The wall was below the value before and loses more.",
            )
        } else {
            LocalText::new("Die Wand fällt unter den Wert.", "The wall falls below the value.")
        },
        LocalText::new(
            "Prüfpflichtig: Kein Gesetz bestimmt, wie viel Sonne genügt (Evidenz K). Die Norm verlangt sie für einen Wohnraum je Wohnung; welche \
             Räume hinter der Wand liegen, ist unbekannt.",
            "To be examined: no law says how much sun is enough (evidence K). The standard asks for it in one habitable room a dwelling; which \
             rooms lie behind the wall is unknown.",
        ),
    ];
    let bbox = Bbox::around(&f.ends);
    let quantity = |value: f64| Quantity { value, unit: "h".into() };
    Conflict {
        id: conflict_id(RULE, &f.building.slot.0, &format!("{}#{}", f.building.id, f.wall)),
        rule: RULE.into(),
        severity: Severity::Weigh,
        subject: f.building.clone(),
        objects: loss.causes.clone(),
        geometry: LineString(line).into(),
        anchor: [f.at[0], f.at[1]],
        bbox,
        measured: quantity(loss.after.hours),
        threshold: Some(quantity(preset.minimum_h)),
        area_m2: None,
        share_percent: None,
        reasons,
        data_date: city.layer(&f.building.slot).and_then(|l| l.layer.data_date().map(str::to_owned)),
        proxy: true,
    }
}

/// Besonnungsdauer.
const RULE: &str = "BSD";
