//! What of one feature lies inside, outside or around areas.

use crate::{
    geometry::{self, area_m2, from_geo, length_m, multi_polygon},
    index::IndexedLayer,
    model::{Bbox, Geometries, GeometriesBuilder, GeometryKind},
};
use geo::{BooleanOps, Buffer, Geometry, LineString, MultiLineString, MultiPolygon};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Pieces below this are digitising noise, square metres and metres.
pub(super) const NOISE: f64 = 0.5;

/// One feature, or why there is none.
pub(super) enum Piece {
    /// The feature as one row.
    Some(Geometries),
    /// Nothing is left of it.
    Nothing,
    /// What is left is noise.
    Noise,
    /// It could not be computed.
    Failed,
}

/// Areas to be cut with: rows of a layer that count, or one region.
pub(super) enum Mask<'a> {
    Layer(&'a IndexedLayer, Option<Vec<bool>>),
    Region(&'a MultiPolygon<f64>),
}

impl Mask<'_> {
    /// What of the mask is near a box.
    fn near(&self, bbox: &Bbox) -> Vec<MultiPolygon<f64>> {
        match self {
            Self::Region(region) => vec![(*region).clone()],
            Self::Layer(layer, keep) => {
                let rows = layer.index.rows_in(bbox);
                let counts = |r: &u32| keep.as_ref().is_none_or(|k| k[*r as usize]);
                rows.into_iter()
                    .filter(counts)
                    .map(|r| multi_polygon(&layer.layer.geometry, r as usize))
                    .collect()
            }
        }
    }
}

/// The part of feature `row` inside the mask, or outside of it.
pub(super) fn cut(g: &Geometries, row: usize, mask: &Mask, inside: bool) -> Piece {
    let bbox = g.bbox(row);
    let near = mask.near(&bbox);
    if near.is_empty() {
        return if inside { Piece::Nothing } else { copy(g, row) };
    }
    match g.kind() {
        GeometryKind::Point => points(g, row, &near, inside),
        GeometryKind::Line => lines(g, row, &near, inside),
        GeometryKind::Polygon => areas(g, row, near, inside),
    }
}

pub(super) fn copy(g: &Geometries, row: usize) -> Piece {
    let mut out = GeometriesBuilder::new(g.kind());
    out.copy_feature(g, row);
    Piece::Some(out.finish())
}

fn points(g: &Geometries, row: usize, near: &[MultiPolygon<f64>], inside: bool) -> Piece {
    let masks = from_geo(near);
    let mut out = GeometriesBuilder::new(GeometryKind::Point);
    let mut left = 0;
    for p in g.rings(row).flatten() {
        let within = (0..masks.len()).any(|m| geometry::contains(&masks, m, *p));
        if within == inside {
            out.ring([*p]).end_part();
            left += 1;
        }
    }
    out.end_feature();
    if left == 0 { Piece::Nothing } else { Piece::Some(out.finish()) }
}

/// The box's corner in whole metres: the library computes best near the origin.
fn origin(bbox: &Bbox) -> [f64; 2] {
    bbox.min.map(f64::floor)
}

fn lines(g: &Geometries, row: usize, near: &[MultiPolygon<f64>], inside: bool) -> Piece {
    let o = origin(&g.bbox(row));
    let local = |p: &[f64; 2]| geo::Coord {
        x: p[0] - o[0],
        y: p[1] - o[1],
    };
    let line = MultiLineString(g.rings(row).map(|r| LineString(r.iter().map(local).collect())).collect());
    let Ok(mask) = geometry::union(near) else { return Piece::Failed };
    let mask = moved(&mask, [-o[0], -o[1]]);
    let Ok(kept) = catch_unwind(AssertUnwindSafe(|| mask.clip(&line, !inside))) else {
        return Piece::Failed;
    };
    let mut out = GeometriesBuilder::new(GeometryKind::Line);
    for l in kept.0.iter().filter(|l| l.0.len() > 1) {
        out.ring(l.0.iter().map(|c| [c.x + o[0], c.y + o[1]])).end_part();
    }
    out.end_feature();
    let out = out.finish();
    let (before, after) = (length_m(g, row), length_m(&out, 0));
    match after {
        // Cutting makes no line longer: what does is a fault of the library.
        l if !l.is_finite() || l > before + NOISE => Piece::Failed,
        0.0 => Piece::Nothing,
        l if l < NOISE && before >= NOISE => Piece::Noise,
        _ => Piece::Some(out),
    }
}

fn areas(g: &Geometries, row: usize, near: Vec<MultiPolygon<f64>>, inside: bool) -> Piece {
    let mask = match near.len() {
        1 => near.into_iter().next().unwrap_or_else(|| MultiPolygon(vec![])),
        _ => match geometry::union(&near) {
            Ok(all) => all,
            Err(_) => return Piece::Failed,
        },
    };
    let result = match inside {
        true => geometry::intersection((g, row), (&from_geo(&[mask]), 0)),
        false => geometry::difference(&multi_polygon(g, row), &mask),
    };
    match result {
        Ok(region) => sized(region, area_m2(g, row)),
        Err(_) => Piece::Failed,
    }
}

/// A region as a feature; what is smaller than noise while it was not before is none.
fn sized(region: MultiPolygon<f64>, before_m2: f64) -> Piece {
    let out = from_geo(&[region]);
    match area_m2(&out, 0) {
        0.0 => Piece::Nothing,
        a if a < NOISE && before_m2 >= NOISE => Piece::Noise,
        a if a.is_finite() => Piece::Some(out),
        _ => Piece::Failed,
    }
}

fn moved(p: &MultiPolygon<f64>, by: [f64; 2]) -> MultiPolygon<f64> {
    use geo::MapCoords;
    p.map_coords(|c| geo::Coord {
        x: c.x + by[0],
        y: c.y + by[1],
    })
}

/// The region within a distance of a feature; a negative distance shrinks areas.
pub(super) fn around(g: &Geometries, row: usize, distance_m: f64) -> Piece {
    let bbox = g.bbox(row);
    if bbox.is_empty() {
        return Piece::Nothing;
    }
    let o = origin(&bbox);
    let shape = {
        let mut one = GeometriesBuilder::new(g.kind());
        one.copy_feature(g, row);
        let local = one.finish().map_coords(|coords| {
            for p in coords {
                *p = [p[0] - o[0], p[1] - o[1]];
            }
        });
        geometry::to_geo(&local, 0)
    };
    match buffered(&shape, distance_m) {
        Some(region) => sized(moved(&region, o), f64::INFINITY),
        None => Piece::Failed,
    }
}

/// A buffer that never takes the program down.
fn buffered(shape: &Geometry<f64>, distance_m: f64) -> Option<MultiPolygon<f64>> {
    catch_unwind(AssertUnwindSafe(|| shape.buffer(distance_m))).ok()
}

/// A region, shrunk.
pub(super) fn shrunk(region: &MultiPolygon<f64>, by_m: f64) -> Option<MultiPolygon<f64>> {
    let g = from_geo(std::slice::from_ref(region));
    match around(&g, 0, -by_m) {
        Piece::Some(out) => Some(multi_polygon(&out, 0)),
        Piece::Nothing | Piece::Noise => Some(MultiPolygon(vec![])),
        Piece::Failed => None,
    }
}
