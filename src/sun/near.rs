//! The same loss of sun as between two whole cities, asked around a few buildings only: for a plan that is being drawn.

use super::{
    Day, Facade, Lit, Loss, Occluders, Preset,
    compare::worst,
    facades_of, lit,
    occluders::{base_m, height_m},
};
use crate::{
    index::IndexedLayer,
    model::{Bbox, FeatureRef},
    modules::Role,
    progress::Control,
    project::City,
};
use rayon::prelude::*;

/// Buildings farther from a façade than this are not looked at.
const SEARCH_M: f64 = 500.0;

/// What of the ground a building may shade on that day. `None` where nothing tells its height.
///
/// Its shadow reaches so far on its own level; a slope that falls away is allowed for by half as much again.
pub fn shadow_box(city: &City, layer: &IndexedLayer, row: u32, day: &Day) -> Option<Bbox> {
    let flattest = day.flattest()?;
    let g = &layer.layer.geometry;
    let height = height_m(&layer.layer, row as usize)?;
    let ground = city.height_at(g.bbox(row as usize).center());
    let above = base_m(city, g, row as usize) + height - ground;
    let reach = (1.5 * above.max(0.0) / flattest).min(SEARCH_M);
    Some(g.bbox(row as usize).buffered(reach))
}

/// A building with its layer.
type Building<'a> = (&'a IndexedLayer, u32);

/// Façades of `neighbours` that `new` buildings leave with less than the preset asks for. Both are rows of `after`.
/// `None` when somebody asked to stop.
pub fn losses_near(
    [before, after]: [&City; 2],
    new: &[(Building, FeatureRef)],
    neighbours: &[Building],
    (day, preset): (&Day, &Preset),
    control: &Control,
) -> Option<Vec<(Facade, Option<Loss>)>> {
    let Some(flattest) = day.flattest() else { return Some(vec![]) };
    let casters = Occluders::of(after, |l| {
        let own = new.iter().filter(|((layer, _), _)| layer.layer.slot == l.layer.slot);
        own.map(|((_, row), _)| *row).collect()
    });
    let walls = facades_of(after, preset.point_m, neighbours);
    // Only where a new building stands in the way at some time can there be less sun than before.
    let shaded = |f: &Facade, at: [f64; 3]| {
        let around = casters.around(at, flattest);
        let faces = |towards: [f64; 2]| f.outward[0] * towards[0] + f.outward[1] * towards[1] > 0.0;
        day.steps.iter().any(|s| faces(s.towards) && around.blocked(at, s))
    };
    let places = |(k, f): (usize, &Facade)| {
        f.along()
            .into_iter()
            .filter(|p| shaded(f, *p))
            .map(move |p| (k, p))
            .collect::<Vec<_>>()
    };
    let hit: Vec<(usize, [f64; 3])> = walls.par_iter().enumerate().flat_map_iter(places).collect();
    let area = hit.iter().fold(Bbox::EMPTY, |mut b, (_, [x, y, _])| {
        b.extend([*x, *y]);
        b
    });
    let mut losses: Vec<Option<Loss>> = walls.iter().map(|_| None).collect();
    if hit.is_empty() {
        return Some(walls.into_iter().zip(losses).collect());
    }
    let area = area.buffered(SEARCH_M);
    let points = |list: &[(usize, [f64; 3])]| -> Vec<_> { list.iter().map(|(k, p)| (*p, Some(walls[*k].outward))).collect() };
    let now = lit(&Occluders::within(after, &area), day, &points(&hit), control)?;
    let low = hit.into_iter().zip(now).filter(|(_, l)| l.hours < preset.minimum_h);
    let (low, now): (Vec<(usize, [f64; 3])>, Vec<Lit>) = low.unzip();
    if low.is_empty() {
        return Some(walls.into_iter().zip(losses).collect());
    }
    let then = lit(&Occluders::within(before, &area), day, &points(&low), control)?;
    let mut start = 0;
    for of_wall in low.chunk_by(|a, b| a.0 == b.0) {
        let sun: Vec<[Lit; 2]> = (start..start + of_wall.len()).map(|k| [then[k], now[k]]).collect();
        start += of_wall.len();
        let Some(k) = worst(&sun, preset) else { continue };
        let (wall, at) = of_wall[k];
        let near = |(b, _): &&(Building, FeatureRef)| shadow_box(after, b.0, b.1, day).is_some_and(|s| s.contains([at[0], at[1]]));
        losses[wall] = Some(Loss {
            facade: walls[wall].clone(),
            at,
            before: sun[k][0],
            after: sun[k][1],
            causes: new.iter().filter(near).map(|(_, f)| f.clone()).collect(),
        });
    }
    Some(walls.into_iter().zip(losses).collect())
}

/// Layers of buildings.
pub fn buildings(city: &City) -> impl Iterator<Item = &IndexedLayer> {
    city.with_role(Role::Buildings).filter_map(|s| city.layer(&s.id))
}
