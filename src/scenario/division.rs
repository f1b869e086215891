//! Divides an area or a line along a drawn line.

use super::{EditError, Shape};
use crate::{
    geometry::{Repair, area_m2, difference, from_geo, intersection, multi_polygon, repair_polygon},
    model::{Bbox, GeometryKind},
};
use geo::{Coord, Line, line_intersection::LineIntersection};

/// Pieces below this are slips of the overlay, not parts that somebody wants.
const LEAST_M2: f64 = 0.01;

/// The pieces, the largest first.
pub(super) fn divide(shape: &Shape, along: &[[f64; 2]]) -> Result<Vec<Shape>, EditError> {
    let mut along: Vec<[f64; 2]> = along.to_vec();
    along.dedup();
    if !along.iter().flatten().all(|v| v.is_finite()) {
        return Err(EditError::NotFinite);
    }
    if along.len() < 2 {
        return Err(EditError::NoExtent);
    }
    let pieces = match shape.kind() {
        GeometryKind::Point => return Err(EditError::NoDivision),
        GeometryKind::Line => lines(shape, &along),
        GeometryKind::Polygon => areas(shape, &along)?,
    };
    if pieces.len() < 2 {
        return Err(EditError::NoDivision);
    }
    Ok(pieces)
}

fn areas(shape: &Shape, along: &[[f64; 2]]) -> Result<Vec<Shape>, EditError> {
    let area = shape.geometries();
    let side = left_of(along, &shape.bbox())?.geometries();
    let sliced = || -> Result<_, crate::geometry::GeometryError> {
        Ok([
            intersection((&area, 0), (&side, 0))?,
            difference(&multi_polygon(&area, 0), &multi_polygon(&side, 0))?,
        ])
    };
    let sides = sliced().map_err(|_| EditError::NoDivision)?;
    let mut pieces: Vec<(f64, Shape)> = sides
        .into_iter()
        .flatten()
        .map(|p| {
            let g = from_geo(&[geo::MultiPolygon(vec![p])]);
            (area_m2(&g, 0), Shape::of(&g, 0).rounded())
        })
        .filter(|(m2, _)| *m2 >= LEAST_M2)
        .collect();
    pieces.sort_by(|a, b| b.0.total_cmp(&a.0));
    Ok(pieces.into_iter().map(|(_, s)| s).collect())
}

/// Everything to the left of a line that is thought to go on at both ends, within a frame around the box.
fn left_of(along: &[[f64; 2]], around: &Bbox) -> Result<Shape, EditError> {
    let all = around.union(Bbox::around(along));
    let frame = all.buffered(10.0 + 0.1 * all.width_m().max(all.height_m()));
    let n = along.len();
    let (start, end) = (out_of(along[1], along[0], &frame), out_of(along[n - 2], along[n - 1], &frame));
    let mut ring = vec![start.0];
    ring.extend_from_slice(&along[1..n - 1]);
    // Both ends of a straight line lie on its prolongation; the inner vertices are the drawn ones.
    ring.insert(1, along[0]);
    ring.push(along[n - 1]);
    ring.push(end.0);
    let corners = [
        [frame.min[0], frame.min[1]],
        [frame.max[0], frame.min[1]],
        [frame.max[0], frame.max[1]],
        [frame.min[0], frame.max[1]],
    ];
    // Counter-clockwise from the end to the start: that side is on the left.
    let mut at = end.1;
    let goal = if start.1 > at { start.1 } else { start.1 + 4.0 };
    while at.floor() + 1.0 < goal {
        at = at.floor() + 1.0;
        ring.push(corners[at as usize % 4]);
    }
    ring.push(start.0);
    ring.dedup();
    // A line that comes back upon itself has no clear left side.
    match repair_polygon(vec![ring]) {
        Repair::Valid(rings) => Ok(Shape::polygons(vec![rings])),
        Repair::Repaired { parts, what } if what.iter().all(|d| !d.changes_area()) => Ok(Shape::polygons(parts)),
        _ => Err(EditError::NoDivision),
    }
}

/// Where the ray from `a` through `b` leaves the frame, and how far along its outline that is: one a side, counter-clockwise from south-west.
fn out_of(a: [f64; 2], b: [f64; 2], frame: &Bbox) -> ([f64; 2], f64) {
    let d = [b[0] - a[0], b[1] - a[1]];
    let reach = |k: usize| match d[k] {
        v if v > 0.0 => (frame.max[k] - b[k]) / v,
        v if v < 0.0 => (frame.min[k] - b[k]) / v,
        _ => f64::INFINITY,
    };
    let (tx, ty) = (reach(0), reach(1));
    let t = tx.min(ty);
    let mut p = [b[0] + t * d[0], b[1] + t * d[1]];
    let share = |k: usize, p: [f64; 2]| ((p[k] - frame.min[k]) / (frame.max[k] - frame.min[k])).clamp(0.0, 0.999_999);
    let place = if tx <= ty {
        p[0] = if d[0] > 0.0 { frame.max[0] } else { frame.min[0] };
        if d[0] > 0.0 {
            1.0 + share(1, p)
        } else {
            3.0 + 0.999_999 - share(1, p)
        }
    } else {
        p[1] = if d[1] > 0.0 { frame.max[1] } else { frame.min[1] };
        if d[1] < 0.0 { share(0, p) } else { 2.0 + 0.999_999 - share(0, p) }
    };
    (p, place)
}

fn lines(shape: &Shape, along: &[[f64; 2]]) -> Vec<Shape> {
    let coord = |p: [f64; 2]| Coord { x: p[0], y: p[1] };
    let mut pieces: Vec<Vec<[f64; 2]>> = vec![];
    for line in shape.parts().iter().flatten() {
        let mut piece = vec![];
        for w in line.windows(2) {
            piece.push(w[0]);
            let segment = Line::new(coord(w[0]), coord(w[1]));
            let mut cuts: Vec<[f64; 2]> = along
                .windows(2)
                .filter_map(
                    |c| match geo::line_intersection::line_intersection(segment, Line::new(coord(c[0]), coord(c[1]))) {
                        Some(LineIntersection::SinglePoint { intersection, .. }) => Some([intersection.x, intersection.y]),
                        _ => None,
                    },
                )
                .collect();
            let far = |p: &[f64; 2]| (p[0] - w[0][0]).hypot(p[1] - w[0][1]);
            cuts.sort_by(|a, b| far(a).total_cmp(&far(b)));
            for cut in cuts {
                piece.push(cut);
                pieces.push(std::mem::replace(&mut piece, vec![cut]));
            }
        }
        piece.extend(line.last());
        pieces.push(piece);
    }
    let length = |l: &Vec<[f64; 2]>| l.windows(2).map(|w| (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1])).sum::<f64>();
    pieces.retain(|l| length(l) > 0.005);
    pieces.sort_by(|a, b| length(b).total_cmp(&length(a)));
    pieces.into_iter().map(|l| Shape::line(l).rounded()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Shape {
        Shape::polygon(vec![[100.0, 100.0], [110.0, 100.0], [110.0, 110.0], [100.0, 110.0]])
    }

    fn areas_of(pieces: &[Shape]) -> Vec<f64> {
        let rounded = |v: f64| (v * 1000.0).round() / 1000.0;
        pieces.iter().map(|s| rounded(area_m2(&s.geometries(), 0))).collect()
    }

    #[test]
    fn an_area_falls_into_pieces_whose_areas_add_up() {
        let cuts: [&[[f64; 2]]; 5] = [
            &[[103.0, 90.0], [103.0, 120.0]],
            &[[103.0, 120.0], [103.0, 90.0]],
            // Drawn within the area only: it is thought to go on.
            &[[103.0, 104.0], [103.0, 105.0]],
            &[[90.0, 90.0], [120.0, 120.0]],
            &[[95.0, 102.0], [105.0, 102.0], [105.0, 115.0]],
        ];
        let wanted = [
            vec![70.0, 30.0],
            vec![70.0, 30.0],
            vec![70.0, 30.0],
            vec![50.0, 50.0],
            vec![60.0, 40.0],
        ];
        for (cut, wanted) in cuts.into_iter().zip(wanted) {
            assert_eq!(areas_of(&divide(&square(), cut).unwrap()), wanted, "{cut:?}");
        }
    }

    #[test]
    fn lines_fall_apart_at_their_crossings_and_the_rest_is_refused() {
        let street = Shape::line(vec![[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]);
        let pieces = divide(&street, &[[5.0, -5.0], [5.0, 2.0], [20.0, 2.0]]).unwrap();
        let lengths: Vec<usize> = pieces.iter().map(|s| s.vertices().count()).collect();
        assert_eq!(lengths, [2, 3, 2]);
        assert_eq!(divide(&street, &[[50.0, 0.0], [50.0, 9.0]]), Err(EditError::NoDivision));
        assert_eq!(divide(&square(), &[[0.0, 0.0], [0.0, 9.0]]), Err(EditError::NoDivision));
        assert_eq!(
            divide(&Shape::point([1.0, 1.0]), &[[0.0, 0.0], [0.0, 9.0]]),
            Err(EditError::NoDivision)
        );
        let loops = [[95.0, 105.0], [108.0, 105.0], [108.0, 108.0], [104.0, 95.0]];
        assert_eq!(divide(&square(), &loops), Err(EditError::NoDivision));
    }
}
