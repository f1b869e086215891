//! Smallest distance of two features of any kind, with a cut-off.

use super::runs::Runs;
use crate::model::{Geometries, GeometryKind};

/// A feature whose segments are ready to be measured against others.
#[derive(Debug, Clone)]
pub struct PreparedEdges {
    runs: Runs,
    /// One vertex of every part: where boundaries do not meet, a part lies inside the other feature as a whole or not at all.
    parts: Vec<[f64; 2]>,
    is_area: bool,
}

impl PreparedEdges {
    /// Prepares a feature of any kind. Segments with a vertex that is not finite are left out.
    pub fn new(g: &Geometries, row: usize) -> Self {
        let mut segments = Vec::with_capacity(g.vertex_count(row));
        for ring in g.rings(row) {
            match ring {
                [] => {}
                [p] => segments.push([p[0], p[1], p[0], p[1]]),
                _ => segments.extend(ring.windows(2).map(|w| [w[0][0], w[0][1], w[1][0], w[1][1]])),
            }
        }
        segments.retain(|s| s.iter().all(|v| v.is_finite()));
        let first = |ring: &[[f64; 2]]| ring.first().copied().filter(|p| p[0].is_finite() && p[1].is_finite());
        Self {
            parts: g.parts(row).filter_map(|part| part.rings().next().and_then(first)).collect(),
            runs: Runs::new(segments),
            is_area: g.kind() == GeometryKind::Polygon,
        }
    }

    fn holds_part_of(&self, other: &Self) -> bool {
        self.is_area && other.parts.iter().any(|p| self.runs.contains(*p))
    }
}

/// Distance in metres; 0 when the features share a point, `None` when they are farther apart than `cutoff_m` or one has no vertex.
pub fn distance_m(a: &PreparedEdges, b: &PreparedEdges, cutoff_m: f64) -> Option<f64> {
    if cutoff_m.is_nan() || cutoff_m < 0.0 || a.runs.segments.is_empty() || b.runs.segments.is_empty() {
        return None;
    }
    if a.holds_part_of(b) || b.holds_part_of(a) {
        return Some(0.0);
    }
    // A little more than the cut-off: what lies exactly there must be found.
    let mut best2 = cutoff_m * cutoff_m * (1.0 + 1e-12) + f64::MIN_POSITIVE;
    let start2 = best2;
    a.runs.nearest2(&b.runs, &mut best2);
    let distance_m = best2.sqrt();
    (best2 < start2 && distance_m <= cutoff_m).then_some(distance_m)
}
