//! What the distance predicates share: the nearest object and the words for a distance.

use super::Work;
use crate::{
    geometry::{PreparedEdges, distance_m},
    model::Bbox,
    rules::plan::Objects,
};

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

/// Rows of the objects that `counts` and lie within `distance_m`, ascending.
pub(super) fn within(
    edges: &PreparedEdges,
    bbox: Bbox,
    objects: &Objects,
    reach_m: f64,
    counts: impl Fn(u32) -> bool,
    work: &mut Work,
) -> Vec<u32> {
    let mut rows = std::mem::take(&mut work.rows);
    objects.layer.index.rows_in_into(&bbox.buffered(reach_m), &mut rows);
    let near = |r: &u32| distance_m(edges, &objects.edges(*r), reach_m).is_some_and(|d| d <= reach_m);
    let found = rows
        .iter()
        .copied()
        .filter(|r| objects.counts(*r) && counts(*r) && near(r))
        .collect();
    work.rows = rows;
    found
}
