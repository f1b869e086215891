//! People that have something near, in a straight line or on foot. The places of a population polygon are asked one by one; a facility that
//! came, went or changed concerns only the polygons within reach of it.

use super::{
    measure::{Counted, Desk, assumed},
    people::{Living, Tally},
    places::Unit,
    side::Side,
    terms::Terms,
};
use crate::{
    geometry::{self, PreparedEdges, Scratch, distance_m, overlap_area_m2},
    index::RowMap,
    model::{Bbox, GeometriesBuilder, GeometryKind, Layer, LocalText},
    modules::{NearMeasure, PathKind},
    network::{Field, Snap, places},
    rules::Ways,
};
use std::sync::{Arc, OnceLock};

/// People with something near.
pub(super) struct Near<'a> {
    people: Living<'a>,
    objects: Side<'a>,
    min_m2: f64,
    distance_m: f64,
    way: Way,
    notes: Vec<LocalText>,
}

/// How nearness is measured.
enum Way {
    Afoot {
        ways: Arc<Ways>,
        /// Facilities that count, on the network.
        snaps: Vec<(u32, Snap)>,
        /// From all of them.
        field: OnceLock<Field>,
    },
    Straight,
}

/// How one polygon of people is served.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Served {
    /// The share of it inside the place.
    part: f64,
    /// Shares of its places that are served, and of which it is not known; nothing where none could be asked.
    shares: Option<[f64; 2]>,
}

/// What was found for every polygon, and for which facilities.
#[derive(Debug)]
pub(super) struct Reached {
    terms: Terms<Served>,
    ways: Option<Arc<Ways>>,
    objects: Arc<Layer>,
    serves: Vec<bool>,
}

impl<'a> Near<'a> {
    pub fn new(desk: &Desk<'a>, m: &'a NearMeasure) -> Result<Self, LocalText> {
        let people = Living::new(desk.city, &m.population, &m.attribute)?;
        let objects = Side::find(desk.city, &m.object.slot, m.object.filter.as_deref(), &[])?;
        let mut notes = vec![];
        if !objects.is_declared() {
            notes.push(assumed(desk.city, &m.object.slot));
        }
        let mut out = Self {
            people,
            objects,
            min_m2: m.min_object_area_m2,
            distance_m: m.distance_m,
            way: Way::Straight,
            notes,
        };
        if m.path == PathKind::Walking {
            match desk.ways.get(desk.city, m.network.as_ref()) {
                Ok(ways) => {
                    let layer = &out.objects.layer.layer;
                    let rows = (0..layer.len() as u32).filter(|r| out.serves(*r));
                    let snaps: Vec<(u32, Snap)> = rows.map(|r| (r, ways.network.snap(&layer.geometry, r as usize))).collect();
                    let lost = snaps.iter().filter(|(_, s)| s.ways.is_empty()).count();
                    if lost > 0 {
                        out.notes.push(LocalText::new(
                            format!("{lost} Einrichtungen liegen zu weit von jedem Weg und zählen nicht mit."),
                            format!("{lost} facilities lie too far from every way and do not count."),
                        ));
                    }
                    let field = OnceLock::new();
                    out.way = Way::Afoot { ways, snaps, field };
                }
                Err(why) => out.notes.push(LocalText::new(
                    format!("Luftlinie statt Fußweg: {}.", why.de),
                    format!("Straight line instead of the way on foot: {}.", why.en),
                )),
            }
        }
        Ok(out)
    }

    fn serves(&self, row: u32) -> bool {
        let g = &self.objects.layer.layer.geometry;
        let large = self.min_m2 <= 0.0 || (g.kind() == GeometryKind::Polygon && geometry::area_m2(g, row as usize) >= self.min_m2);
        self.objects.counts(row) && large
    }

    fn ways(&self) -> Option<&Arc<Ways>> {
        match &self.way {
            Way::Afoot { ways, .. } => Some(ways),
            Way::Straight => None,
        }
    }

    /// How far from a facility its box can decide about a place: as far as people go, and onto the network at both ends.
    fn reach_m(&self) -> f64 {
        self.distance_m + self.ways().map_or(0.0, |w| 2.0 * w.network.snap_m()) + 1.0
    }

    pub fn count(&self, unit: &Unit) -> Counted {
        let scratch = &mut Scratch::default();
        let rows = self.people.side.near(&unit.ground).into_iter();
        self.tally(rows.map(|row| (row, self.served(unit, row, self.field(|_| true), scratch))))
    }

    /// Counts in the whole city; polygons that no change reaches are as they were `before`.
    pub fn count_whole(&self, unit: &Unit, before: Option<&Reached>) -> (Counted, Reached) {
        let (layer, objects) = (&self.people.side.layer.layer, &self.objects.layer.layer);
        let serves: Vec<bool> = (0..objects.len() as u32).map(|r| self.serves(r)).collect();
        let same_ways = |b: &&Reached| match (&b.ways, self.ways()) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        let before = before.filter(same_ways);
        let near: Vec<Bbox> = before.map_or(vec![], |b| self.reached_by_changes(b, &serves));
        let boxes = layer.geometry.boxes();
        let stale = |row: u32, _| near.iter().any(|b| b.intersects(&boxes[row as usize]));
        // Only facilities within reach of a polygon that is asked anew matter to it.
        let asked: Option<Vec<Bbox>> = before.filter(|b| Arc::ptr_eq(&b.terms.layer, layer)).map(|_| {
            let rows = near.iter().flat_map(|b| self.people.side.layer.index.rows_in(b));
            rows.map(|r| boxes[r as usize].buffered(self.reach_m())).collect()
        });
        let source = |b: &Bbox| asked.as_ref().is_none_or(|all| all.iter().any(|a| a.intersects(b)));
        let field = OnceLock::new();
        let part = |scratch: &mut Scratch, row| {
            let field = match &asked {
                None => self.field(source),
                Some(_) => field.get_or_init(|| self.make_field(source)).as_ref(),
            };
            self.served(unit, row, field, scratch)
        };
        let ground = unit.ground.bbox(0);
        let wanted = |row| self.people.side.is_near(row, &ground);
        let terms = Terms::new(before.map(|b| &b.terms), layer, wanted, stale, part);
        let counted = self.tally(terms.iter().map(|(row, s)| (row, *s)));
        let reached = Reached {
            terms,
            ways: self.ways().cloned(),
            objects: objects.clone(),
            serves,
        };
        (counted, reached)
    }

    /// Boxes around every facility that is not as it was.
    fn reached_by_changes(&self, before: &Reached, serves: &[bool]) -> Vec<Bbox> {
        let (old, new) = (&before.objects, &self.objects.layer.layer);
        let same_layer = Arc::ptr_eq(old, new);
        let map = RowMap::new(new, old);
        let mut met = vec![false; old.len()];
        let mut out = vec![];
        for (row, now) in serves.iter().enumerate() {
            let was = if same_layer {
                Some(row as u32)
            } else {
                map.row(row as u32, &new.ids[row])
            };
            let bbox = new.geometry.bbox(row);
            let Some(was) = was.map(|w| w as usize) else {
                out.extend(now.then_some(bbox));
                continue;
            };
            met[was] = true;
            let moved = !same_layer && !new.geometry.same_feature(row, &old.geometry, was);
            if moved || *now != before.serves[was] {
                out.extend(now.then_some(bbox));
                out.extend(before.serves[was].then(|| old.geometry.bbox(was)));
            }
        }
        let gone = met.iter().enumerate().filter(|(row, met)| !**met && before.serves[*row]);
        out.extend(gone.map(|(row, _)| old.geometry.bbox(row)));
        out.retain(|b| !b.is_empty());
        out.iter().map(|b| b.buffered(self.reach_m())).collect()
    }

    /// From every facility, made when it is first asked for.
    fn field(&self, source: impl Fn(&Bbox) -> bool) -> Option<&Field> {
        match &self.way {
            Way::Afoot { field, .. } => Some(field.get_or_init(|| self.make_field(source).unwrap_or_default())),
            Way::Straight => None,
        }
    }

    /// From the facilities whose box is a source.
    fn make_field(&self, source: impl Fn(&Bbox) -> bool) -> Option<Field> {
        let Way::Afoot { ways, snaps, .. } = &self.way else {
            return None;
        };
        let g = &self.objects.layer.layer.geometry;
        let sources = snaps.iter().filter(|(r, _)| source(&g.bbox(*r as usize)));
        Some(Field::new(&ways.network, sources.map(|(r, s)| (*r, s)), self.distance_m))
    }

    fn served(&self, unit: &Unit, row: u32, field: Option<&Field>, scratch: &mut Scratch) -> Served {
        let layer = &self.people.side.layer.layer;
        let whole = self.people.side.area(row);
        let inside = overlap_area_m2(whole, &unit.area, scratch);
        if inside <= 0.0 || whole.area_m2() <= 0.0 {
            return Served { part: 0.0, shares: None };
        }
        let part = (inside / whole.area_m2()).min(1.0);
        // Of a block across the border only its places on this side are asked.
        let here = |p: &[f64; 2]| part >= 1.0 - 1e-6 || geometry::contains(&unit.ground, 0, *p);
        let (served, asked) = match (&self.way, field) {
            (Way::Afoot { ways, .. }, Some(field)) => {
                let residents = ways.residents(layer);
                let all = residents.of(&ways.network, &layer.geometry, row);
                let mine = all.iter().filter(|r| here(&r.at));
                let near = mine.clone().filter(|r| field.nearest(&ways.network, &r.snap).is_some()).count();
                (near, mine.count())
            }
            _ => {
                let mine: Vec<_> = places(&layer.geometry, row as usize).into_iter().filter(|p| here(p)).collect();
                (mine.iter().filter(|p| self.near_in_a_line(**p)).count(), mine.len())
            }
        };
        let shares = (asked > 0).then(|| {
            let share = served as f64 / asked as f64;
            // Where the facilities are not known, not being served is not known either.
            let outside = self.objects.uncovered_m2(whole, scratch) / whole.area_m2();
            [share, outside.min(1.0 - share)]
        });
        Served { part, shares }
    }

    fn tally(&self, polygons: impl Iterator<Item = (u32, Served)>) -> Counted {
        let mut tally = Tally::default();
        for (row, s) in polygons.filter(|(_, s)| s.part > 0.0) {
            let Some(people) = self.people.number(row) else { continue };
            let [share, unknown] = s.shares.unwrap_or([0.0, 1.0]);
            tally.add(people * s.part, share, unknown);
        }
        tally.counted(&self.notes)
    }

    fn near_in_a_line(&self, p: [f64; 2]) -> bool {
        let mut point = GeometriesBuilder::new(GeometryKind::Point);
        point.ring([p]).end_part().end_feature();
        let point = point.finish();
        let edges = PreparedEdges::new(&point, 0);
        let rows = self.objects.layer.index.rows_in(&point.bbox(0).buffered(self.distance_m));
        rows.into_iter().any(|r| {
            let g = &self.objects.layer.layer.geometry;
            self.serves(r) && distance_m(&edges, &PreparedEdges::new(g, r as usize), self.distance_m).is_some()
        })
    }
}
