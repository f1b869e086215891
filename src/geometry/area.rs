//! Area, length and a label point of a feature.

use super::rings::{segments, signed_area_m2};
use crate::model::{Geometries, GeometryKind};

/// Area in square metres: exteriors less interiors, whatever their orientation. Zero for points and lines.
pub fn area_m2(g: &Geometries, row: usize) -> f64 {
    if g.kind() != GeometryKind::Polygon {
        return 0.0;
    }
    let part_m2 = |mut rings: Box<dyn Iterator<Item = f64> + '_>| {
        let exterior = rings.next().unwrap_or(0.0);
        rings.fold(exterior, |sum, hole| sum - hole)
    };
    g.parts(row)
        .map(|part| part_m2(Box::new(part.rings().map(|r| signed_area_m2(r).abs()))))
        .sum()
}

/// Length of lines, or the length of all rings of polygons, in metres. Zero for points.
pub fn length_m(g: &Geometries, row: usize) -> f64 {
    g.rings(row).flat_map(segments).map(|(a, b)| (b[0] - a[0]).hypot(b[1] - a[1])).sum()
}

/// A point that lies in the feature: inside polygons (in the widest gap of a scan line), half-way along the longest line, the first point.
/// `None` for a feature without vertices.
pub fn point_on_surface(g: &Geometries, row: usize) -> Option<[f64; 2]> {
    match g.kind() {
        GeometryKind::Point => None,
        GeometryKind::Line => half_way(g, row),
        GeometryKind::Polygon => inside(g, row),
    }
    .or_else(|| g.rings(row).flatten().copied().next())
}

fn half_way(g: &Geometries, row: usize) -> Option<[f64; 2]> {
    let length = |line: &[[f64; 2]]| segments(line).map(|(a, b)| (b[0] - a[0]).hypot(b[1] - a[1])).sum::<f64>();
    let longest = g.rings(row).max_by(|a, b| length(a).total_cmp(&length(b)))?;
    let mut left = 0.5 * length(longest);
    for (a, b) in segments(longest) {
        let step = (b[0] - a[0]).hypot(b[1] - a[1]);
        if step >= left && step > 0.0 {
            let t = left / step;
            return Some([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
        }
        left -= step;
    }
    None
}

fn inside(g: &Geometries, row: usize) -> Option<[f64; 2]> {
    let mut best: Option<(f64, [f64; 2])> = None;
    let mut crossings = Vec::new();
    for part in g.parts(row) {
        let Some(exterior) = part.clone().rings().next() else { continue };
        let (low, high) = exterior
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p[1]), h.max(p[1])));
        let middle = 0.5 * (low + high);
        // Half-way between the two vertex heights beside the middle, so that the scan line meets no vertex.
        let (mut below, mut above) = (low, high);
        for p in part.clone().rings().flatten() {
            if p[1] <= middle {
                below = below.max(p[1]);
            } else {
                above = above.min(p[1]);
            }
        }
        let y = 0.5 * (below + above);
        crossings.clear();
        for (a, b) in part.rings().flat_map(segments) {
            if (a[1] > y) != (b[1] > y) {
                crossings.push(a[0] + (y - a[1]) * ((b[0] - a[0]) / (b[1] - a[1])));
            }
        }
        crossings.sort_unstable_by(f64::total_cmp);
        for gap in crossings.chunks_exact(2) {
            let width = gap[1] - gap[0];
            if width > 0.0 && best.is_none_or(|(w, _)| width > w) {
                best = Some((width, [0.5 * (gap[0] + gap[1]), y]));
            }
        }
    }
    best.map(|(_, p)| p)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{contains, testing::*};
    use proptest::prelude::*;

    #[test]
    fn holes_are_taken_away_and_parts_added_in_any_orientation() {
        let clockwise: Ring = square(0.0, 0.0, 10.0).into_iter().rev().collect();
        let g = polygon(&[vec![clockwise, square(2.0, 2.0, 3.0)], vec![square(20.0, 0.0, 1.0)]]);
        assert_eq!(area_m2(&g, 0), 100.0 - 9.0 + 1.0);
        assert_eq!(length_m(&g, 0), 40.0 + 12.0 + 4.0);
        assert_eq!(area_m2(&feature(GeometryKind::Line, &[square(0.0, 0.0, 1.0)]), 0), 0.0);
    }

    #[test]
    fn a_square_metre_stays_one_far_from_the_origin() {
        let g = polygon(&[vec![square(4_000_000.0, 56_000_000.0, 1.0)]]);
        assert_eq!(area_m2(&g, 0), 1.0);
    }

    #[test]
    fn the_point_of_a_line_is_half_way() {
        let g = feature(
            GeometryKind::Line,
            &[vec![[0.0, 0.0], [1.0, 0.0]], vec![[0.0, 5.0], [4.0, 5.0], [4.0, 7.0]]],
        );
        assert_eq!(point_on_surface(&g, 0), Some([3.0, 5.0]));
        assert_eq!(
            point_on_surface(&feature(GeometryKind::Point, &[vec![[1.0, 2.0]]]), 0),
            Some([1.0, 2.0])
        );
        assert_eq!(point_on_surface(&polygon(&[]), 0), None);
    }

    proptest! {
        #[test]
        fn the_point_of_a_polygon_lies_in_it(g in stars()) {
            let p = point_on_surface(&g, 0).unwrap();
            prop_assert!(contains(&g, 0, p));
        }

        #[test]
        fn wild_rings_never_panic(g in wild_polygon()) {
            let _ = (area_m2(&g, 0), length_m(&g, 0), point_on_surface(&g, 0));
        }
    }
}
