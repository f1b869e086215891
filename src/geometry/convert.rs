//! Between packed rows and `geo` types, which live only at the edges of a kernel.

use crate::model::{Geometries, GeometriesBuilder, GeometryKind};
use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

pub(super) fn coord(p: [f64; 2]) -> Coord<f64> {
    Coord { x: p[0], y: p[1] }
}

pub(super) fn line_string(ring: &[[f64; 2]]) -> LineString<f64> {
    LineString(ring.iter().map(|p| coord(*p)).collect())
}

/// One feature as a `geo` geometry: the simple type for one part, the multi-type otherwise.
pub fn to_geo(g: &Geometries, row: usize) -> Geometry<f64> {
    match g.kind() {
        GeometryKind::Point => {
            let points: Vec<Point<f64>> = g.rings(row).flatten().map(|p| Point(coord(*p))).collect();
            match points[..] {
                [p] => Geometry::Point(p),
                _ => Geometry::MultiPoint(MultiPoint(points)),
            }
        }
        GeometryKind::Line => {
            let mut lines: Vec<LineString<f64>> = g.rings(row).map(line_string).collect();
            match lines.pop() {
                Some(line) if lines.is_empty() => Geometry::LineString(line),
                last => {
                    lines.extend(last);
                    Geometry::MultiLineString(MultiLineString(lines))
                }
            }
        }
        GeometryKind::Polygon => {
            let mut polygons = multi_polygon(g, row).0;
            match polygons.pop() {
                Some(polygon) if polygons.is_empty() => Geometry::Polygon(polygon),
                last => {
                    polygons.extend(last);
                    Geometry::MultiPolygon(MultiPolygon(polygons))
                }
            }
        }
    }
}

/// A polygon feature as a `geo` multi-polygon; empty for points and lines.
pub fn multi_polygon(g: &Geometries, row: usize) -> MultiPolygon<f64> {
    if g.kind() != GeometryKind::Polygon {
        return MultiPolygon(vec![]);
    }
    let polygon = |mut rings: Vec<LineString<f64>>| {
        let exterior = if rings.is_empty() { LineString(vec![]) } else { rings.remove(0) };
        Polygon::new(exterior, rings)
    };
    MultiPolygon(g.parts(row).map(|p| polygon(p.rings().map(line_string).collect())).collect())
}

/// Packs multi-polygons, one feature each. Polygons without exterior are left out.
pub fn from_geo(features: &[MultiPolygon<f64>]) -> Geometries {
    let mut out = GeometriesBuilder::new(GeometryKind::Polygon);
    for feature in features {
        for polygon in feature.iter().filter(|p| !p.exterior().0.is_empty()) {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                out.ring(ring.0.iter().map(|c| [c.x, c.y]));
            }
            out.end_part();
        }
        out.end_feature();
    }
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::testing::*;
    use proptest::prelude::*;

    #[test]
    fn one_part_gives_the_simple_type() {
        let p = || vec![[1.0, 2.0]];
        assert!(matches!(to_geo(&feature(GeometryKind::Point, &[p()]), 0), Geometry::Point(_)));
        assert!(matches!(to_geo(&feature(GeometryKind::Point, &[p(), p()]), 0), Geometry::MultiPoint(m) if m.0.len() == 2));
        let l = || square(0.0, 0.0, 1.0);
        assert!(matches!(to_geo(&feature(GeometryKind::Line, &[l()]), 0), Geometry::LineString(_)));
        assert!(matches!(to_geo(&feature(GeometryKind::Line, &[l(), l()]), 0), Geometry::MultiLineString(m) if m.0.len() == 2));
        assert!(matches!(to_geo(&polygon(&[vec![l()]]), 0), Geometry::Polygon(_)));
        assert!(matches!(to_geo(&polygon(&[vec![l()], vec![l()]]), 0), Geometry::MultiPolygon(m) if m.0.len() == 2));
        assert!(matches!(to_geo(&polygon(&[]), 0), Geometry::MultiPolygon(m) if m.0.is_empty()));
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same(g in stars()) {
            prop_assert_eq!(from_geo(&[multi_polygon(&g, 0)]), g);
        }
    }
}
