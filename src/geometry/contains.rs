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
