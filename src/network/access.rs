//! The way from a feature onto the network: straight to the nearest way, across no barrier.

use super::{
    build::{Network, WAY_ADJOINS_M},
    plane::{P, between, crossing, distance, mm, nearest_pairs},
};
use crate::{
    geometry,
    model::{Bbox, Geometries, GeometryKind},
};
use std::collections::BTreeMap;

/// Where a feature meets the network: a stretch of one edge (a point, where `from_mm` is `to_mm`), and the way to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Access {
    /// Edge number.
    pub(super) edge: u32,
    pub(super) from_mm: u64,
    pub(super) to_mm: u64,
    /// Straight from the feature to the edge.
    pub leg_mm: u64,
}

/// A feature brought onto the network.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snap {
    /// Empty when every way is too far, or behind a barrier.
    pub ways: Vec<Access>,
}

impl Snap {
    /// The shortest way onto the network, in metres; `None` when there is none.
    pub fn leg_m(&self) -> Option<f64> {
        self.ways.iter().map(|a| a.leg_mm).min().map(|l| l as f64 / 1000.0)
    }
}

/// A candidate: distance, edge, stretch, and both ends of the leg.
struct Leg {
    distance_m: f64,
    access: Access,
    ends: [P; 2],
}

impl Network {
    /// The ways onto the network from feature `row`: for points and lines the nearest, for areas every way that crosses or adjoins it.
    pub fn snap(&self, g: &Geometries, row: usize) -> Snap {
        let bbox = g.bbox(row);
        if bbox.is_empty() {
            return Snap::default();
        }
        let mut rows = vec![];
        let near = WAY_ADJOINS_M.min(self.snap_m);
        let mut radius = near;
        loop {
            self.index.rows_in_into(&bbox.buffered(radius), &mut rows);
            let mut legs = self.legs(g, row, &rows, radius);
            legs.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.access.cmp(&b.access)));
            let free = |leg: &&Leg| leg.distance_m <= 0.0 || !self.barred(leg.ends);
            let ways: Vec<Access> = match g.kind() {
                GeometryKind::Polygon if radius <= near => legs.iter().filter(free).map(|l| l.access).collect(),
                _ => legs.iter().find(free).map(|l| l.access).into_iter().collect(),
            };
            if !ways.is_empty() || radius >= self.snap_m {
                return Snap { ways };
            }
            radius = (3.0 * radius).min(self.snap_m);
        }
    }

    /// The way onto the network from one place.
    pub fn snap_point(&self, p: [f64; 2]) -> Snap {
        let mut point = crate::model::GeometriesBuilder::new(GeometryKind::Point);
        point.ring([p]).end_part().end_feature();
        self.snap(&point.finish(), 0)
    }

    /// True when the straight way crosses a railway, water or a road that nobody walks on.
    fn barred(&self, leg: [P; 2]) -> bool {
        // An end that touches a barrier is beside it: a promenade may share its line with the bank.
        let hair = |p: P| leg.iter().any(|e| distance(*e, p) <= 0.01);
        self.barrier_index.rows_in(&Bbox::around(&leg)).into_iter().any(|k| {
            let barrier = self.barriers[k as usize];
            crossing(leg, barrier).is_some_and(|(t, _)| !hair(between(leg[0], leg[1], t)))
        })
    }

    /// One leg for each edge that is near, and one for each stretch of it inside an area.
    fn legs(&self, g: &Geometries, row: usize, segments: &[u32], radius: f64) -> Vec<Leg> {
        let is_area = g.kind() == GeometryKind::Polygon;
        let (mut inside, mut beside): (Vec<Leg>, BTreeMap<u32, Vec<Candidate>>) = (vec![], BTreeMap::new());
        for k in segments {
            let (edge, v) = self.segments[*k as usize];
            let way = [self.coords[v as usize], self.coords[v as usize + 1]];
            let parts = if is_area { parts_inside(way, g, row) } else { vec![] };
            if !parts.is_empty() {
                inside.extend(parts.iter().map(|(from, to)| Leg {
                    distance_m: 0.0,
                    access: Access {
                        edge,
                        from_mm: self.place(v, *from),
                        to_mm: self.place(v, *to),
                        leg_mm: 0,
                    },
                    ends: way,
                }));
                continue;
            }
            let found = beside.entry(edge).or_default();
            for ring in g.rings(row) {
                let single = ring.first().filter(|_| ring.len() == 1).map(|p| [*p, *p]);
                for piece in ring.windows(2).map(|w| [w[0], w[1]]).chain(single) {
                    let near = nearest_pairs(way, piece).into_iter().filter(|(d, ..)| *d <= radius);
                    found.extend(near.map(|(distance_m, t, p)| Candidate {
                        distance_m,
                        at_mm: self.place(v, t),
                        ends: [p, between(way[0], way[1], t)],
                    }));
                }
            }
        }
        inside.extend(beside.into_iter().filter_map(|(edge, found)| {
            let best = found
                .iter()
                .min_by(|a, b| (a.distance_m.total_cmp(&b.distance_m)).then(a.at_mm.cmp(&b.at_mm)))?;
            // An area is left anywhere along its front on the way.
            let reach = best.distance_m + if is_area { FRONT_M } else { 0.0 };
            let front = found.iter().filter(|c| is_area && c.distance_m <= reach).map(|c| c.at_mm);
            let (from_mm, to_mm) = front.fold((best.at_mm, best.at_mm), |(a, b), at| (a.min(at), b.max(at)));
            Some(Leg {
                distance_m: best.distance_m,
                access: Access {
                    edge,
                    from_mm,
                    to_mm,
                    leg_mm: mm(best.distance_m),
                },
                ends: best.ends,
            })
        }));
        inside
    }

    /// Millimetres from the start of the edge to a place on the segment that begins with vertex `v`.
    fn place(&self, v: u32, t: f64) -> u64 {
        let (a, b) = (self.along_mm[v as usize], self.along_mm[v as usize + 1]);
        a + ((b - a) as f64 * t).round() as u64
    }
}

/// A place on an edge near the feature.
struct Candidate {
    distance_m: f64,
    at_mm: u64,
    ends: [P; 2],
}

/// So much farther than its nearest place a way may be and still be the front of an area.
const FRONT_M: f64 = 1.0;

/// Parts of a segment inside an area, as shares of its length.
fn parts_inside(way: [P; 2], g: &Geometries, row: usize) -> Vec<(f64, f64)> {
    let borders = g.rings(row).flat_map(|r| r.windows(2)).map(|w| [w[0], w[1]]);
    let mut stops: Vec<f64> = borders.filter_map(|b| crossing(way, b)).map(|(t, _)| t).chain([0.0, 1.0]).collect();
    stops.sort_by(f64::total_cmp);
    stops
        .windows(2)
        .map(|w| (w[0], w[1]))
        .filter(|(from, to)| to > from && geometry::contains(g, row, between(way[0], way[1], 0.5 * (from + to))))
        .collect()
}
