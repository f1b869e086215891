//! Where a conflict lies, as meshes.

use crate::{
    app::{
        decor::symbol::severity_rgb,
        material::{FlatKind, FlatMesh, mix},
        scene::{
            drape::{areas, outlines},
            ground::Ground,
            mirror::Piece,
        },
        space::Space,
    },
    model::{Conflict, Geometries, GeometriesBuilder, GeometryKind, Severity},
};
use bevy::math::Vec3;
use geo::Geometry;
use std::{borrow::Borrow, collections::BTreeSet};

/// Fences stand this high.
const FENCE_M: f64 = 13.0;
/// Points get a disc of this radius.
const POINT_M: f64 = 12.0;

/// The geometry of a conflict as areas, and as lines where it has no area.
fn columns(geometry: &Geometry<f64>) -> [Geometries; 2] {
    let mut areas = GeometriesBuilder::new(GeometryKind::Polygon);
    let mut lines = GeometriesBuilder::new(GeometryKind::Line);
    collect(geometry, &mut areas, &mut lines);
    areas.end_feature();
    lines.end_feature();
    [areas.finish(), lines.finish()]
}

fn collect(geometry: &Geometry<f64>, areas: &mut GeometriesBuilder, lines: &mut GeometriesBuilder) {
    let ring = |r: &geo::LineString<f64>| r.0.iter().map(|c| [c.x, c.y]).collect::<Vec<_>>();
    match geometry {
        Geometry::Polygon(p) => {
            areas.ring(ring(p.exterior()));
            for r in p.interiors() {
                areas.ring(ring(r));
            }
            areas.end_part();
        }
        Geometry::MultiPolygon(m) => m.0.iter().for_each(|p| collect(&Geometry::Polygon(p.clone()), areas, lines)),
        Geometry::LineString(l) => {
            lines.ring(ring(l)).end_part();
        }
        Geometry::MultiLineString(m) => m.0.iter().for_each(|l| collect(&Geometry::LineString(l.clone()), areas, lines)),
        Geometry::Point(p) => {
            let circle = (0..=24).map(|k| {
                let (s, c) = (f64::from(k % 24) * std::f64::consts::TAU / 24.0).sin_cos();
                [p.x() + POINT_M * c, p.y() + POINT_M * s]
            });
            areas.ring(circle).end_part();
        }
        Geometry::MultiPoint(m) => m.0.iter().for_each(|p| collect(&Geometry::Point(*p), areas, lines)),
        Geometry::GeometryCollection(c) => c.0.iter().for_each(|g| collect(g, areas, lines)),
        Geometry::Rect(r) => collect(&Geometry::Polygon(r.to_polygon()), areas, lines),
        Geometry::Triangle(t) => collect(&Geometry::Polygon(t.to_polygon()), areas, lines),
        Geometry::Line(_) => {}
    }
}

/// Meshes of all conflicts of the shown severities. Where several lie on the same place, the gravest is drawn.
pub fn all(conflicts: &[impl Borrow<Conflict>], severities: [bool; 4], ground: &Ground, space: &Space) -> Vec<Piece> {
    let mut taken = BTreeSet::new();
    let mut out = vec![];
    for severity in Severity::ALL {
        if !severities[severity as usize - 1] {
            continue;
        }
        let mut set = Set::default();
        for c in conflicts.iter().map(Borrow::borrow).filter(|c: &&Conflict| c.severity == severity) {
            let place = [c.bbox.min[0], c.bbox.min[1], c.bbox.max[0], c.bbox.max[1]].map(|v| v.round() as i64);
            if taken.insert(place) {
                set.add(c, ground, space, FENCE_M);
            }
        }
        out.extend(set.pieces(300.0 + f32::from(severity as u8) * 2.0, false));
    }
    out
}

/// Meshes of the selected conflict: a higher fence, seen through everything.
pub fn selected(c: &Conflict, ground: &Ground, space: &Space) -> Vec<Piece> {
    let mut set = Set::default();
    set.add(c, ground, space, 2.2 * FENCE_M);
    set.pieces(400.0, true)
}

#[derive(Default)]
struct Set {
    fill: FlatMesh,
    fence: FlatMesh,
    lines: FlatMesh,
}

impl Set {
    fn add(&mut self, c: &Conflict, ground: &Ground, space: &Space, high_m: f64) {
        let rgb = severity_rgb(c.severity);
        let [area, line] = columns(&c.geometry);
        let alpha = |a: u8| [rgb[0], rgb[1], rgb[2], a];
        let edge = mix(rgb, [0, 0, 0], 0.12);
        let edge = [edge[0], edge[1], edge[2], 255];
        areas(&mut self.fill, &area, 0, ground, space, alpha(165));
        for g in [&area, &line] {
            outlines(&mut self.lines, g, 0, ground, space, edge, 0.8);
        }
        let mut cut = vec![];
        for ring in area.rings(0) {
            ground.cut_line(ring, &mut cut);
            for s in cut.windows(2) {
                let [a, b] = [s[0], s[1]].map(|p| space.world(p, ground.height(p)));
                let up = Vec3::Y * high_m as f32;
                self.fence
                    .quad([a, b, b + up, a + up], [alpha(150), alpha(150), alpha(18), alpha(18)]);
            }
        }
    }

    fn pieces(self, order: f32, selected: bool) -> Vec<Piece> {
        let mut fill = Piece::new(self.fill, FlatKind::Hatch);
        fill.look.order = order;
        let mut lines = Piece::new(self.lines, FlatKind::Ribbon);
        lines.look.order = order + 0.5;
        (lines.look.half_m, lines.look.least_px) = (0.8, if selected { 2.0 } else { 1.2 });
        lines.look.on_top = selected;
        let mut fence = Piece::new(self.fence, FlatKind::Area);
        fence.look.order = order + 1.0;
        fence.look.opacity = if selected { 1.0 } else { 0.75 };
        vec![fill, lines, fence]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{MultiPolygon, Point, polygon};

    #[test]
    fn every_kind_of_geometry_gets_a_shape() {
        let square = polygon![(x: 0.0, y: 0.0), (x: 9.0, y: 0.0), (x: 9.0, y: 9.0), (x: 0.0, y: 0.0)];
        let [area, line] = columns(&Geometry::MultiPolygon(MultiPolygon(vec![square.clone(), square])));
        assert_eq!((area.parts(0).len(), line.parts(0).len()), (2, 0));
        let [area, _] = columns(&Geometry::Point(Point::new(100.0, 50.0)));
        let b = area.bbox(0);
        assert!((b.width_m() - 2.0 * POINT_M).abs() < 1e-9 && b.center() == [100.0, 50.0]);
    }
}
