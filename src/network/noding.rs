//! Where lines meet: shared vertices, true crossings on one level, and ends that nearly touch another line.

use super::{
    build::{JOIN_M, MERGE_M},
    plane::{P, between, crossing, distance},
};
use crate::{geometry::nearest_t, index::SpatialIndex, model::Bbox};
use std::collections::BTreeMap;

/// A line of the source that may be walked, with its level: 0 on the ground, above on bridges, below in tunnels.
pub(super) struct Way {
    pub points: Vec<P>,
    pub level: i32,
}

/// What was done to the lines.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Noded {
    /// Crossings that became junctions.
    pub crossings: u32,
    /// Crossings of different levels, left alone.
    pub passed: u32,
    /// Ends that were joined to a line beside them.
    pub joined: u32,
}

/// The lines with a vertex wherever they meet, and the junction number of every vertex.
pub(super) fn node(mut ways: Vec<Way>) -> (Vec<Vec<(P, u32)>>, Noded) {
    let mut noded = Noded::default();
    let segments: Vec<(u32, u32)> = (0..)
        .zip(&ways)
        .flat_map(|(w, way)| (1..way.points.len() as u32).map(move |k| (w, k - 1)))
        .collect();
    let of = |(w, k): (u32, u32)| {
        let points = &ways[w as usize].points;
        [points[k as usize], points[k as usize + 1]]
    };
    let boxes: Vec<Bbox> = segments.iter().map(|s| Bbox::around(&of(*s))).collect();
    let index = SpatialIndex::new(&boxes);
    let mut cuts: Vec<(u32, u32, f64, P)> = vec![];
    let mut rows = vec![];
    for (i, s) in segments.iter().enumerate() {
        index.rows_in_into(&boxes[i], &mut rows);
        for j in rows.iter().map(|j| *j as usize).filter(|j| *j > i) {
            let o = segments[j];
            if s.0 == o.0 && s.1.abs_diff(o.1) <= 1 {
                continue;
            }
            let (a, b) = (of(*s), of(o));
            let Some((t, u)) = crossing(a, b) else { continue };
            let p = between(a[0], a[1], t);
            // A vertex that both share is a junction already, whatever the levels: bridges begin on the ground.
            let at_vertex = |q: [P; 2]| q.iter().any(|v| distance(*v, p) <= MERGE_M);
            if at_vertex(a) && at_vertex(b) {
                continue;
            }
            if ways[s.0 as usize].level != ways[o.0 as usize].level {
                noded.passed += 1;
                continue;
            }
            noded.crossings += 1;
            cuts.push((s.0, s.1, t, p));
            cuts.push((o.0, o.1, u, p));
        }
    }
    for (w, way) in (0u32..).zip(&ways) {
        let Some(last) = way.points.len().checked_sub(1) else { continue };
        for (end, own) in [(way.points[0], 0), (way.points[last], last as u32 - 1)] {
            index.rows_in_into(&Bbox::new(end, end).buffered(JOIN_M), &mut rows);
            let mut best: Option<(f64, (u32, u32), f64)> = None;
            for s in rows.iter().map(|j| segments[*j as usize]) {
                if s == (w, own) || ways[s.0 as usize].level != way.level {
                    continue;
                }
                let [a, b] = of(s);
                let t = nearest_t(a, b, end);
                let d = distance(end, between(a, b, t));
                if d <= JOIN_M && best.is_none_or(|(least, ..)| d < least) {
                    best = Some((d, s, t));
                }
            }
            let Some((_, s, t)) = best else { continue };
            let [a, b] = of(s);
            if distance(end, a) > MERGE_M && distance(end, b) > MERGE_M {
                noded.joined += 1;
                cuts.push((s.0, s.1, t, end));
            }
        }
    }
    cuts.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
    let mut cuts = cuts.into_iter().peekable();
    let mut junctions = Junctions::default();
    let lines = (0u32..)
        .zip(&mut ways)
        .map(|(w, way)| {
            let mut out = vec![];
            for (k, p) in (0u32..).zip(std::mem::take(&mut way.points)) {
                out.push((p, junctions.at(p)));
                while let Some((.., p)) = cuts.next_if(|c| (c.0, c.1) == (w, k)) {
                    out.push((p, junctions.at(p)));
                }
            }
            out.dedup_by_key(|(_, id)| *id);
            out
        })
        .collect();
    (lines, noded)
}

/// Places numbered in order of first use; places closer than [`MERGE_M`] are one.
#[derive(Default)]
struct Junctions {
    cells: BTreeMap<[i64; 2], Vec<(P, u32)>>,
    next: u32,
}

impl Junctions {
    fn at(&mut self, p: P) -> u32 {
        let cell = p.map(|v| (v / (2.0 * MERGE_M)).floor() as i64);
        let mut best: Option<(f64, u32)> = None;
        for dx in -1..=1 {
            for dy in -1..=1 {
                for (q, id) in self.cells.get(&[cell[0] + dx, cell[1] + dy]).into_iter().flatten() {
                    let d = distance(p, *q);
                    if d <= MERGE_M && best.is_none_or(|(least, _)| d < least) {
                        best = Some((d, *id));
                    }
                }
            }
        }
        if let Some((_, id)) = best {
            return id;
        }
        let id = self.next;
        self.next += 1;
        self.cells.entry(cell).or_default().push((p, id));
        id
    }
}
