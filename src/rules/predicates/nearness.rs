//! What the distance predicates share: the nearest object, and everything near enough in a straight line or on foot.

use super::Work;
use crate::{
    geometry::{PreparedEdges, distance_m},
    model::Bbox,
    network::{Field, Snap},
    rules::{
        plan::{Objects, Plan},
        subject::Subject,
        walking::{Near, Walk},
    },
};
use std::cell::OnceCell;

/// A subject that looks around, in a straight line or on foot as its rule asks.
pub(super) struct Lookout<'a> {
    pub near: Near<'a>,
    pub foot: Option<Foot<'a>>,
    reach_m: f64,
}

/// Where a subject steps onto the network, and how far it gets.
pub(super) struct Foot<'a> {
    pub walk: &'a Walk,
    pub from: Snap,
    field: OnceCell<Field>,
}

impl<'a> Lookout<'a> {
    /// As far as the rule's largest distance.
    pub fn new(plan: &'a Plan, subject: &'a Subject) -> Self {
        let foot = |walk: &'a Walk| Foot {
            walk,
            from: walk.snap(&subject.layer.layer.geometry, subject.row),
            field: OnceCell::new(),
        };
        Self {
            near: Near::of(subject),
            foot: plan.walk().map(foot),
            reach_m: plan.largest_distance_m(),
        }
    }

    /// On foot although no way leads to the subject.
    pub fn stranded(&self) -> Option<&'a Walk> {
        self.foot.as_ref().filter(|f| f.from.ways.is_empty()).map(|f| f.walk)
    }

    /// Objects of the `k`-th layer that count and lie within reach, with their distance, by ascending row; and whether one that is near
    /// enough in a straight line cannot be reached because it hangs on no way.
    pub fn within(&self, k: usize, objects: &Objects, counts: impl Fn(u32) -> bool, work: &mut Work) -> (Vec<(u32, f64)>, bool) {
        match &self.foot {
            Some(foot) => {
                let field = foot.field.get_or_init(|| foot.walk.around(&foot.from, self.reach_m));
                foot.walk.reached(k, objects, field, &self.near, counts)
            }
            None => (within(self.near.edges, self.near.bbox, objects, self.reach_m, counts, work), false),
        }
    }
}

/// The nearest object that `counts`, searched in growing boxes up to `far_m`; of equals the first row.
pub(in crate::rules) fn nearest(
    edges: &PreparedEdges,
    bbox: Bbox,
    objects: &Objects,
    first_m: f64,
    far_m: f64,
    counts: impl Fn(u32) -> bool,
    work: &mut Work,
) -> Option<(u32, f64)> {
    let mut rows = std::mem::take(&mut work.rows);
    let mut radius = first_m.clamp(1.0, far_m.max(1.0));
    let mut best: Option<(u32, f64)> = None;
    loop {
        objects.layer.index.rows_in_into(&bbox.buffered(radius), &mut rows);
        for row in rows.iter().copied().filter(|r| objects.counts(*r) && counts(*r)) {
            let cutoff = best.map_or(radius, |(_, d)| d);
            if let Some(d) = distance_m(edges, &objects.edges(row), cutoff)
                && d <= radius
                && best.is_none_or(|(_, b)| d < b)
            {
                best = Some((row, d));
            }
        }
        // Everything nearer than `radius` meets the box, so a find within it is the nearest.
        if best.is_some() || radius >= far_m {
            break;
        }
        radius = (2.0 * radius).min(far_m);
    }
    work.rows = rows;
    best
}

/// Objects that `counts` and lie within `reach_m`, with their distance, by ascending row.
pub(super) fn within(
    edges: &PreparedEdges,
    bbox: Bbox,
    objects: &Objects,
    reach_m: f64,
    counts: impl Fn(u32) -> bool,
    work: &mut Work,
) -> Vec<(u32, f64)> {
    let mut rows = std::mem::take(&mut work.rows);
    objects.layer.index.rows_in_into(&bbox.buffered(reach_m), &mut rows);
    let near = |r: u32| {
        distance_m(edges, &objects.edges(r), reach_m)
            .filter(|d| *d <= reach_m)
            .map(|d| (r, d))
    };
    let found = rows
        .iter()
        .copied()
        .filter(|r| objects.counts(*r) && counts(*r))
        .filter_map(near)
        .collect();
    work.rows = rows;
    found
}
