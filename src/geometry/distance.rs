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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{testing::*, to_geo};
    use geo::{Distance, Euclidean};
    use proptest::prelude::*;

    fn between(a: &Geometries, b: &Geometries, cutoff_m: f64) -> Option<f64> {
        distance_m(&PreparedEdges::new(a, 0), &PreparedEdges::new(b, 0), cutoff_m)
    }

    #[test]
    fn inside_and_touching_is_zero_and_a_hole_is_outside() {
        let block = polygon(&[vec![square(0.0, 0.0, 10.0), square(2.0, 2.0, 6.0)]]);
        let point = |x, y| feature(GeometryKind::Point, &[vec![[x, y]]]);
        assert_eq!(between(&block, &point(1.0, 1.0), 5.0), Some(0.0));
        assert_eq!(between(&block, &point(10.0, 5.0), 5.0), Some(0.0));
        assert_eq!(between(&block, &point(5.0, 5.0), 5.0), Some(3.0));
        assert_eq!(between(&polygon(&[vec![square(4.0, 4.0, 1.0)]]), &block, 5.0), Some(2.0));
        assert_eq!(between(&block, &polygon(&[vec![square(10.0, 10.0, 1.0)]]), 0.0), Some(0.0));
        let crossing = feature(GeometryKind::Line, &[vec![[-5.0, 5.0], [15.0, 5.5]]]);
        assert_eq!(between(&block, &crossing, 1.0), Some(0.0));
        let two = feature(GeometryKind::Point, &[vec![[50.0, 0.0]], vec![[9.0, 9.0]]]);
        assert_eq!(between(&two, &block, 1.0), Some(0.0));
    }

    #[test]
    fn the_cut_off_is_inclusive_and_collinear_segments_do_not_cross() {
        let line = |x: f64| feature(GeometryKind::Line, &[vec![[x, 0.0], [x + 1.0, 0.0]]]);
        assert_eq!(between(&line(0.0), &line(4.0), 3.0), Some(3.0));
        assert_eq!(between(&line(0.0), &line(4.0), 2.999), None);
        assert_eq!(between(&line(0.0), &line(4.0), f64::INFINITY), Some(3.0));
        assert_eq!(between(&line(0.0), &line(4.0), f64::NAN), None);
        assert_eq!(between(&line(0.0), &polygon(&[]), 9.0), None);
    }

    fn any_kind() -> impl Strategy<Value = Geometries> {
        let line = |kind| {
            proptest::collection::vec([400_000.0..400_500.0f64, 5_600_000.0..5_600_500.0f64], 2..60).prop_map(move |p| {
                if kind == GeometryKind::Point {
                    feature(kind, &p.iter().map(|p| vec![*p]).collect::<Vec<_>>())
                } else {
                    feature(kind, &[p])
                }
            })
        };
        prop_oneof![stars(), line(GeometryKind::Line), line(GeometryKind::Point)]
    }

    proptest! {
        #[test]
        fn agrees_with_geo_for_all_kinds(a in any_kind(), b in any_kind(), cutoff_m in 1.0..300.0f64) {
            let reference = Euclidean.distance(&to_geo(&a, 0), &to_geo(&b, 0));
            let all = between(&a, &b, f64::INFINITY).unwrap();
            prop_assert!((all - reference).abs() < 1e-6, "{all} {reference}");
            prop_assert_eq!(between(&b, &a, f64::INFINITY), Some(all));
            prop_assert_eq!(between(&a, &b, cutoff_m), (all <= cutoff_m).then_some(all));
        }

        #[test]
        fn wild_rings_never_panic(a in wild_polygon(), b in wild_polygon()) {
            prop_assert!(between(&a, &b, f64::INFINITY).is_none_or(|d| d >= 0.0));
        }
    }
}
