//! Shapes for the tests of this room.

use crate::model::{Geometries, GeometriesBuilder, GeometryKind};
use proptest::prelude::*;

pub(crate) type Ring = Vec<[f64; 2]>;

/// One polygon feature from its parts.
pub(crate) fn polygon(parts: &[Vec<Ring>]) -> Geometries {
    let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
    for rings in parts {
        for ring in rings {
            b.ring(ring.iter().copied());
        }
        b.end_part();
    }
    b.end_feature();
    b.finish()
}

/// One feature of single rings, each a part.
pub(crate) fn feature(kind: GeometryKind, parts: &[Ring]) -> Geometries {
    let mut b = GeometriesBuilder::new(kind);
    for ring in parts {
        b.ring(ring.iter().copied()).end_part();
    }
    b.end_feature();
    b.finish()
}

pub(crate) fn rectangle(min: [f64; 2], max: [f64; 2]) -> Ring {
    vec![min, [max[0], min[1]], max, [min[0], max[1]], min]
}

pub(crate) fn square(x: f64, y: f64, size: f64) -> Ring {
    rectangle([x, y], [x + size, y + size])
}

/// A closed star-shaped ring: valid whatever the radii.
pub(crate) fn star_ring(center: [f64; 2], radii: &[f64]) -> Ring {
    let turn = std::f64::consts::TAU / radii.len() as f64;
    let mut ring: Ring = radii
        .iter()
        .enumerate()
        .map(|(k, r)| [center[0] + r * (k as f64 * turn).cos(), center[1] + r * (k as f64 * turn).sin()])
        .collect();
    ring.push(ring[0]);
    ring
}

/// One to three stars beside each other in UTM range, some with a hole.
pub(crate) fn stars() -> impl Strategy<Value = Geometries> {
    let star = (proptest::collection::vec(20.0..100.0f64, 3..30), any::<bool>());
    (0.0..150.0f64, 0.0..150.0f64, proptest::collection::vec(star, 1..4)).prop_map(|(x, y, stars)| {
        let parts: Vec<Vec<Ring>> = stars
            .iter()
            .enumerate()
            .map(|(k, (radii, hole))| {
                let center = [400_000.0 + x + 210.0 * k as f64, 5_600_000.0 + y];
                let mut rings = vec![star_ring(center, radii)];
                if *hole {
                    let mut inner = star_ring(center, &radii.iter().map(|r| 0.6 * r).collect::<Vec<_>>());
                    inner.reverse();
                    rings.push(inner);
                }
                rings
            })
            .collect();
        polygon(&parts)
    })
}

/// Coordinates of any kind, few enough to repeat.
pub(crate) fn wild_ring() -> impl Strategy<Value = Ring> {
    let value = || {
        prop_oneof![
            8 => (-4i8..5).prop_map(f64::from),
            4 => -5.0..5.0f64,
            1 => any::<f64>(),
        ]
    };
    proptest::collection::vec([value(), value()], 0..14)
}

/// Rings of finite coordinates that cross, touch and repeat.
pub(crate) fn crossing_ring() -> impl Strategy<Value = Ring> {
    let value = || prop_oneof![2 => (-4i8..5).prop_map(f64::from), 1 => -5.0..5.0f64];
    proptest::collection::vec([value(), value()], 0..14)
}

/// Polygon features of wild rings: unclosed, crossing, empty, infinite.
pub(crate) fn wild_polygon() -> impl Strategy<Value = Geometries> {
    proptest::collection::vec(proptest::collection::vec(wild_ring(), 0..4), 0..4).prop_map(|parts| polygon(&parts))
}
