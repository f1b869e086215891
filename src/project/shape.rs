//! Areas and lines become points, where facilities are mapped both ways and one layer holds one kind of geometry.

use super::file::Shape;
use crate::{
    geometry::point_on_surface,
    model::{Geometries, GeometriesBuilder, GeometryKind},
};

/// The features in the shape that a binding asks for.
pub(crate) fn shaped(geometry: Geometries, shape: Option<Shape>) -> Geometries {
    match shape {
        Some(Shape::Points) if geometry.kind() != GeometryKind::Point => points(&geometry),
        _ => geometry,
    }
}

fn points(geometry: &Geometries) -> Geometries {
    let mut out = GeometriesBuilder::new(GeometryKind::Point);
    for row in 0..geometry.len() {
        // A line is stood for by its middle vertex; an area without an inside by its first.
        let vertices = || geometry.rings(row).next().unwrap_or_default();
        let middle = || vertices().get(vertices().len() / 2).copied();
        let inside = (geometry.kind() == GeometryKind::Polygon)
            .then(|| point_on_surface(geometry, row))
            .flatten();
        if let Some(p) = inside.or_else(middle) {
            out.ring([p]).end_part();
        }
        out.end_feature();
    }
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::contains;

    #[test]
    fn the_point_lies_inside_its_area() {
        let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
        // A U, whose middle lies outside.
        b.ring([
            [0.0, 0.0],
            [9.0, 0.0],
            [9.0, 9.0],
            [8.0, 9.0],
            [8.0, 1.0],
            [1.0, 1.0],
            [1.0, 9.0],
            [0.0, 9.0],
            [0.0, 0.0],
        ])
        .end_part()
        .end_feature();
        let areas = b.finish();
        let p = shaped(areas.clone(), Some(Shape::Points));
        assert_eq!((p.kind(), p.len()), (GeometryKind::Point, 1));
        assert!(contains(&areas, 0, p.coords()[0]));
        assert_eq!(shaped(areas.clone(), None), areas);
    }
}
