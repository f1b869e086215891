//! Point in polygon, exact on the boundary (Shewchuk's adaptive orientation through geo).

use super::rings::segments;
use crate::model::{Geometries, GeometryKind};
use geo::{
    Coord,
    kernels::{Kernel, Orientation, RobustKernel},
};

/// True when `p` lies in the polygon feature or on its boundary. False for points and lines.
pub fn contains(g: &Geometries, row: usize, p: [f64; 2]) -> bool {
    if g.kind() != GeometryKind::Polygon || !g.bbox(row).contains(p) {
        return false;
    }
    let mut odd = false;
    for (a, b) in g.rings(row).flat_map(segments) {
        match ray(a, b, p) {
            Ray::On => return true,
            Ray::Crosses => odd = !odd,
            Ray::Misses => {}
        }
    }
    odd
}

/// Where the ray from a point due east meets a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ray {
    /// The point lies on the segment.
    On,
    /// The ray crosses it (the lower end counts, the upper does not).
    Crosses,
    /// Neither.
    Misses,
}

pub(super) fn orient(a: [f64; 2], b: [f64; 2], p: [f64; 2]) -> Orientation {
    let c = |v: [f64; 2]| Coord { x: v[0], y: v[1] };
    RobustKernel::orient2d(c(a), c(b), c(p))
}

pub(super) fn ray(a: [f64; 2], b: [f64; 2], p: [f64; 2]) -> Ray {
    let (low, high) = if a[1] <= b[1] { (a, b) } else { (b, a) };
    if p[1] < low[1] || p[1] > high[1] || p[0] > a[0].max(b[0]) {
        return Ray::Misses;
    }
    if low[1] == high[1] {
        return if p[0] >= a[0].min(b[0]) { Ray::On } else { Ray::Misses };
    }
    let counts = p[1] < high[1];
    if p[0] < a[0].min(b[0]) {
        return if counts { Ray::Crosses } else { Ray::Misses };
    }
    match orient(low, high, p) {
        Orientation::Collinear => Ray::On,
        Orientation::CounterClockwise if counts => Ray::Crosses,
        _ => Ray::Misses,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{multi_polygon, testing::*};
    use geo::Intersects;
    use proptest::prelude::*;

    #[test]
    fn the_boundary_belongs_to_the_polygon_and_the_hole_does_not() {
        let g = polygon(&[vec![square(0.0, 0.0, 10.0), square(4.0, 4.0, 2.0)], vec![square(20.0, 0.0, 1.0)]]);
        for p in [[0.0, 0.0], [5.0, 0.0], [10.0, 5.0], [4.0, 5.0], [1.0, 1.0], [20.5, 1.0], [3.0, 4.0]] {
            assert!(contains(&g, 0, p), "{p:?}");
        }
        for p in [[5.0, 5.0], [-0.1, 5.0], [15.0, 0.0], [15.0, 1.0], [f64::NAN, 0.0]] {
            assert!(!contains(&g, 0, p), "{p:?}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_geo(g in stars(), x in -100.0..600.0f64, y in -100.0..250.0f64, vertex in any::<prop::sample::Index>(), t in 0.0..1.0f64) {
            let reference = multi_polygon(&g, 0);
            let k = vertex.index(g.coords().len() - 1);
            let (a, b) = (g.coords()[k], g.coords()[k + 1]);
            let on_edge = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
            for p in [[400_000.0 + x, 5_600_000.0 + y], a, on_edge, [400_000.0 + x, a[1]]] {
                prop_assert_eq!(contains(&g, 0, p), reference.intersects(&geo::Point::new(p[0], p[1])), "{:?}", p);
            }
        }
    }
}
