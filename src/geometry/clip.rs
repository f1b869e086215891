//! Overlays that build geometry: for the map, for export and for repair. Where only the area counts, use [`super::overlap_area_m2`].
//!
//! The overlay library snaps to a grid over the box of its input. So both features are first cut to a window a little larger than what
//! they share, and the window is stretched to a square: the grid is then a billionth of the shared region in either direction.
//! Every result is confirmed by the area sweep, so that a region is right or an error, never silently wrong.

use super::{
    GeometryError, PreparedArea, Scratch,
    convert::{coord, from_geo, multi_polygon},
    overlap::even_odd_area_m2,
    overlap_area_m2,
};
use crate::model::{Bbox, Geometries, GeometryKind};
use geo::{Area, BooleanOps, Coord, LineString, MapCoords, MultiPolygon, OpType, Polygon};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Vertices one overlay takes on.
const VERTEX_LIMIT: usize = 2_000_000;

/// How far the area of a result may be from what the area sweep says, as a share of the larger input.
const AREA_TOLERANCE: f64 = 1e-6;

/// The region two polygon features share. Both are read by the even-odd rule.
pub fn intersection(a: (&Geometries, usize), b: (&Geometries, usize)) -> Result<MultiPolygon<f64>, GeometryError> {
    const OPERATION: &str = "intersection";
    for (g, _) in [a, b] {
        if g.kind() != GeometryKind::Polygon {
            return Err(GeometryError::WrongKind {
                operation: OPERATION,
                kind: g.kind(),
            });
        }
    }
    let (a_box, b_box) = (a.0.bbox(a.1), b.0.bbox(b.1));
    let (min, max) = (
        [a_box.min[0].max(b_box.min[0]), a_box.min[1].max(b_box.min[1])],
        [a_box.max[0].min(b_box.max[0]), a_box.max[1].min(b_box.max[1])],
    );
    if !(min[0] < max[0] && min[1] < max[1]) {
        return Ok(MultiPolygon(vec![]));
    }
    let frame = Frame::over(&Bbox::new(min, max), OPERATION)?;
    let (a, b) = (frame.clipped(&multi_polygon(a.0, a.1)), frame.clipped(&multi_polygon(b.0, b.1)));
    Ok(frame.back(&overlay(OPERATION, OpType::Intersection, &a, &b)?))
}

/// Everything that lies in at least one part.
pub fn union(parts: &[MultiPolygon<f64>]) -> Result<MultiPolygon<f64>, GeometryError> {
    const OPERATION: &str = "union";
    let frame = Frame::over(&parts.iter().fold(Bbox::EMPTY, |b, p| b.union(bbox(p))), OPERATION)?;
    let mut layer: Vec<MultiPolygon<f64>> = parts.iter().map(|p| frame.local(p)).collect();
    // Two by two: every vertex is looked at in log n overlays, not in n.
    while layer.len() > 1 {
        let pairs = layer.chunks(2).map(|pair| match pair {
            [a, b] => overlay(OPERATION, OpType::Union, a, b),
            rest => Ok(rest.first().cloned().unwrap_or_else(|| MultiPolygon(vec![]))),
        });
        layer = pairs.collect::<Result<_, _>>()?;
    }
    Ok(layer.first().map_or_else(|| MultiPolygon(vec![]), |p| frame.back(p)))
}

/// What lies in `a` and not in `b`.
pub fn difference(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, GeometryError> {
    const OPERATION: &str = "difference";
    let frame = Frame::over(&bbox(a), OPERATION)?;
    let (a, b) = (frame.local(a), frame.clipped(b));
    Ok(frame.back(&overlay(OPERATION, OpType::Difference, &a, &b)?))
}

/// The region of rings that may cross, by the even-odd rule, as valid polygons.
pub(super) fn fill(p: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, GeometryError> {
    const OPERATION: &str = "repair";
    let frame = Frame::over(&bbox(p), OPERATION)?;
    let p = frame.local(p);
    check_input(OPERATION, [&p])?;
    let want = even_odd_area_m2(&from_geo(std::slice::from_ref(&p)), 0);
    let filled = attempt(OPERATION, OpType::Union, &p, &MultiPolygon(vec![]), want, want)?;
    Ok(frame.back(&filled))
}

/// Runs the overlay on local coordinates and has its area confirmed by the sweep. An empty operand is taken at its word.
fn overlay(operation: &'static str, op: OpType, a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> Result<MultiPolygon<f64>, GeometryError> {
    check_input(operation, [a, b])?;
    let pair = from_geo(&[a.clone(), b.clone()]);
    let [a_side, b_side] = [PreparedArea::new(&pair, 0), PreparedArea::new(&pair, 1)];
    let shared = overlap_area_m2(&a_side, &b_side, &mut Scratch::default());
    let want = match op {
        OpType::Intersection => shared,
        OpType::Union => a_side.area_m2() + b_side.area_m2() - shared,
        OpType::Difference => a_side.area_m2() - shared,
        OpType::Xor => a_side.area_m2() + b_side.area_m2() - 2.0 * shared,
    };
    attempt(operation, op, a, b, want, a_side.area_m2().max(b_side.area_m2()))
}

/// The library loses or swaps rings now and then where many edges meet in a point. Another grid then helps. (Never a turned one: on
/// edges that lie on one oblique line it may not come to an end.)
fn attempt(
    operation: &'static str,
    op: OpType,
    a: &MultiPolygon<f64>,
    b: &MultiPolygon<f64>,
    want: f64,
    scale: f64,
) -> Result<MultiPolygon<f64>, GeometryError> {
    for stretch in [[1.0, 1.0], [0.83, 0.71]] {
        let scaled = |p: &MultiPolygon<f64>, [x, y]: [f64; 2]| p.map_coords(|c| Coord { x: x * c.x, y: y * c.y });
        let run = || {
            if stretch == [1.0, 1.0] {
                a.boolean_op(b, op)
            } else {
                scaled(&scaled(a, stretch).boolean_op(&scaled(b, stretch), op), stretch.map(f64::recip))
            }
        };
        if let Ok(result) = catch_unwind(AssertUnwindSafe(run))
            && (result.unsigned_area() - want).abs() <= AREA_TOLERANCE * scale
        {
            return Ok(result);
        }
    }
    Err(GeometryError::Overlay { operation })
}

fn check_input<const N: usize>(operation: &'static str, input: [&MultiPolygon<f64>; N]) -> Result<(), GeometryError> {
    let coords = || input.iter().flat_map(|p| rings(p)).flat_map(|r| &r.0);
    let vertices = coords().count();
    if vertices > VERTEX_LIMIT {
        return Err(GeometryError::TooManyVertices {
            operation,
            vertices,
            limit: VERTEX_LIMIT,
        });
    }
    if !coords().all(|c| c.x.is_finite() && c.y.is_finite()) {
        return Err(GeometryError::NotFinite { operation });
    }
    Ok(())
}

fn rings(p: &MultiPolygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    p.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
}

fn bbox(p: &MultiPolygon<f64>) -> Bbox {
    rings(p).flat_map(|r| &r.0).fold(Bbox::EMPTY, |mut b, c| {
        b.extend([c.x, c.y]);
        b
    })
}

/// Local coordinates: the box of interest becomes the square from −1 to 1.
#[derive(Debug, Clone, Copy)]
struct Frame {
    center: [f64; 2],
    half: [f64; 2],
}

/// The window is this much larger than the box of interest, so that nothing inside touches its border.
const MARGIN: f64 = 1.0625;

impl Frame {
    fn over(b: &Bbox, operation: &'static str) -> Result<Self, GeometryError> {
        let half = [0.5 * b.width_m(), 0.5 * b.height_m()];
        if b.is_empty() {
            return Ok(Self {
                center: [0.0; 2],
                half: [1.0; 2],
            });
        }
        if !(half[0].is_finite() && half[1].is_finite()) {
            return Err(GeometryError::NotFinite { operation });
        }
        // A power of two scales without rounding; a box of no width still has its length to scale by.
        let half = half.map(|h| if h > 0.0 { h.log2().ceil().exp2() } else { 1.0 });
        Ok(Self { center: b.center(), half })
    }

    fn local(&self, p: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        p.map_coords(|c| Coord {
            x: (c.x - self.center[0]) / self.half[0],
            y: (c.y - self.center[1]) / self.half[1],
        })
    }

    fn back(&self, p: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        p.map_coords(|c| Coord {
            x: c.x * self.half[0] + self.center[0],
            y: c.y * self.half[1] + self.center[1],
        })
    }

    /// Local coordinates, cut to the window. The border of the window may be walked to and fro, which the even-odd rule does not see.
    fn clipped(&self, p: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        let clip_ring = |ring: &LineString<f64>| {
            let mut from: Vec<[f64; 2]> = ring.0.iter().map(|c| [c.x, c.y]).collect();
            let mut to = Vec::with_capacity(from.len() + 4);
            for (axis, sign) in [(0, 1.0), (0, -1.0), (1, 1.0), (1, -1.0)] {
                clip_half_plane(&from, axis, sign, &mut to);
                std::mem::swap(&mut from, &mut to);
            }
            LineString(from.into_iter().map(coord).collect())
        };
        let clip_polygon = |p: &Polygon<f64>| {
            let interiors = p.interiors().iter().map(clip_ring).filter(|r| r.0.len() > 3).collect();
            Polygon::new(clip_ring(p.exterior()), interiors)
        };
        MultiPolygon(
            self.local(p)
                .iter()
                .map(clip_polygon)
                .filter(|p| p.exterior().0.len() > 3)
                .collect(),
        )
    }
}

/// Sutherland and Hodgman: keeps what lies at `sign · coordinate ≤ MARGIN` of a closed ring, as a closed ring.
fn clip_half_plane(ring: &[[f64; 2]], axis: usize, sign: f64, out: &mut Vec<[f64; 2]>) {
    out.clear();
    let over = |p: &[f64; 2]| sign * p[axis] - MARGIN;
    for w in ring.windows(2) {
        let (from, to) = (over(&w[0]), over(&w[1]));
        if from <= 0.0 {
            out.push(w[0]);
        }
        if (from <= 0.0) != (to <= 0.0) {
            let t = from / (from - to);
            let mut p = [w[0][0] + t * (w[1][0] - w[0][0]), w[0][1] + t * (w[1][1] - w[0][1])];
            p[axis] = sign * MARGIN;
            out.push(p);
        }
    }
    if let Some(&first) = out.first() {
        out.push(first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::testing::*;
    use proptest::prelude::*;

    #[test]
    fn a_strip_of_one_centimetre_keeps_its_shape() {
        let west = polygon(&[vec![rectangle([400_000.0, 5_600_000.0], [500_000.0, 5_700_000.0])]]);
        let east = polygon(&[vec![rectangle([499_999.99, 5_600_000.0], [600_000.0, 5_700_000.0])]]);
        let strip = intersection((&west, 0), (&east, 0)).unwrap();
        assert!((strip.unsigned_area() / 1000.0 - 1.0).abs() < 1e-3, "{}", strip.unsigned_area());
    }

    #[test]
    fn touching_features_share_no_region_and_lines_are_refused() {
        let a = polygon(&[vec![square(0.0, 0.0, 1.0)]]);
        let b = polygon(&[vec![square(1.0, 0.0, 1.0)]]);
        assert!(intersection((&a, 0), (&b, 0)).unwrap().0.is_empty());
        let line = feature(GeometryKind::Line, &[square(0.0, 0.0, 1.0)]);
        assert!(matches!(intersection((&a, 0), (&line, 0)), Err(GeometryError::WrongKind { .. })));
        let both = union(&[multi_polygon(&a, 0), multi_polygon(&b, 0)]).unwrap();
        assert_eq!((both.0.len(), both.unsigned_area()), (1, 2.0));
        assert!(union(&[]).unwrap().0.is_empty());
    }

    proptest! {
        #[test]
        fn areas_fit_together(a in stars(), b in stars()) {
            let measured = overlap_area_m2(&PreparedArea::new(&a, 0), &PreparedArea::new(&b, 0), &mut Scratch::default());
            let shared = intersection((&a, 0), (&b, 0)).unwrap();
            let (a, b) = (multi_polygon(&a, 0), multi_polygon(&b, 0));
            let eps = 1e-6 * a.unsigned_area().max(b.unsigned_area());
            prop_assert!((shared.unsigned_area() - measured).abs() < eps);
            let rest = difference(&a, &b).unwrap().unsigned_area();
            prop_assert!((rest - (a.unsigned_area() - measured)).abs() < eps);
            let all = union(&[a.clone(), b.clone()]).unwrap().unsigned_area();
            prop_assert!((all - (a.unsigned_area() + b.unsigned_area() - measured)).abs() < eps);
        }

        #[test]
        fn wild_rings_never_panic(a in wild_polygon(), b in wild_polygon()) {
            let _ = intersection((&a, 0), (&b, 0));
            let (a, b) = (multi_polygon(&a, 0), multi_polygon(&b, 0));
            let _ = (union(&[a.clone(), b.clone()]), difference(&a, &b));
        }
    }
}
