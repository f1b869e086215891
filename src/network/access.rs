//! The way from a feature onto the network: straight to the nearest way, across no barrier.

use super::{
    build::{Network, WAY_ADJOINS_M},
    plane::{P, between, crossing, distance, mm, nearest},
};
use crate::{
    geometry,
    model::{Bbox, Geometries, GeometryKind},
};

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

    /// One leg for each edge that is near, or one for each stretch of it inside an area.
    fn legs(&self, g: &Geometries, row: usize, segments: &[u32], radius: f64) -> Vec<Leg> {
        let mut out: Vec<Leg> = vec![];
        let is_area = g.kind() == GeometryKind::Polygon;
        let place = |v: u32, t: f64| {
            let (a, b) = (self.along_mm[v as usize], self.along_mm[v as usize + 1]);
            a + ((b - a) as f64 * t).round() as u64
        };
        for k in segments {
            let (edge, v) = self.segments[*k as usize];
            let way = [self.coords[v as usize], self.coords[v as usize + 1]];
            // Parts inside an area: between crossings of its border.
            let mut stops = vec![];
            if is_area {
                let borders = g.rings(row).flat_map(|r| r.windows(2)).map(|w| [w[0], w[1]]);
                stops.extend(borders.filter_map(|b| crossing(way, b)).map(|(t, _)| t));
                stops.extend([0.0, 1.0]);
                stops.sort_by(f64::total_cmp);
                let inside: Vec<(f64, f64)> = stops
                    .windows(2)
                    .filter(|w| w[1] > w[0] && geometry::contains(g, row, between(way[0], way[1], 0.5 * (w[0] + w[1]))))
                    .map(|w| (w[0], w[1]))
                    .collect();
                if !inside.is_empty() {
                    out.extend(inside.iter().map(|(from, to)| Leg {
                        distance_m: 0.0,
                        access: Access {
                            edge,
                            from_mm: place(v, *from),
                            to_mm: place(v, *to),
                            leg_mm: 0,
                        },
                        ends: way,
                    }));
                    continue;
                }
            }
            let mut best: Option<(f64, f64, P)> = None;
            for ring in g.rings(row) {
                let single = ring.len() == 1;
                let pieces = ring
                    .windows(2)
                    .map(|w| [w[0], w[1]])
                    .chain(ring.first().filter(|_| single).map(|p| [*p, *p]));
                for piece in pieces {
                    let found = nearest(way, piece);
                    if best.is_none_or(|b| found.0 < b.0) {
                        best = Some(found);
                    }
                }
            }
            let Some((d, t, p)) = best.filter(|b| b.0 <= radius) else {
                continue;
            };
            let at = place(v, t);
            let leg = Leg {
                distance_m: d,
                access: Access {
                    edge,
                    from_mm: at,
                    to_mm: at,
                    leg_mm: mm(d),
                },
                ends: [p, between(way[0], way[1], t)],
            };
            // Of one edge the nearest place counts; segments of an edge come one after another.
            match out.iter_mut().rfind(|l| l.access.edge == edge) {
                Some(other) if other.distance_m <= d => {}
                Some(other) => *other = leg,
                None => out.push(leg),
            }
        }
        out
    }
}
