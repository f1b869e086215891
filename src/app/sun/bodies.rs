//! The buildings as they are drawn, as bodies that cast shadows, and the meshes of their shadows.

use crate::{
    app::{
        material::{FlatKind, FlatMesh},
        scene::{
            bodies::{height_m, levels},
            drape::facet,
            ground::Ground,
            mirror::{Level, Piece},
            roofs::house_of,
            solids,
        },
        space::Space,
    },
    geometry::triangulate,
    model::{Bbox, Layer},
    modules::Role,
    progress::Control,
    project::{City, SlotData},
    sun::{Body, Shaded, Shadows, Step, wall},
};
use bevy::math::Vec3;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Edge of a tile, as that of the buildings: both change from near to far at about the same distance.
const TILE_M: f64 = 500.0;
/// Night blue, as a clear sky lights the shade.
const SHADE: [u8; 3] = [24, 34, 60];
/// How dark a place is that the sun does not reach.
const FULL: f64 = 0.40;
/// How much of that a face gets that the sun only grazes.
const GRAZED: f64 = 0.45;

/// The bodies of a city, or of the part of a large one around a place.
#[derive(Debug)]
pub struct Bodies {
    /// All of them.
    pub all: Vec<Body>,
    /// Where the ground is shaded.
    pub area: Bbox,
}

impl Bodies {
    /// Takes in the buildings that are shown.
    pub fn new(layers: &[std::sync::Arc<Layer>], area: Bbox, ground: &Ground, control: &Control) -> Self {
        let rows = layers.iter().flat_map(|l| (0..l.len()).map(move |r| (l, r)));
        let near = rows.filter(|(l, r)| l.geometry.bbox(*r).intersects(&area));
        let all = near.collect::<Vec<_>>();
        let all = all
            .par_iter()
            .filter(|_| !control.is_cancelled())
            .map(|(l, r)| body(l, *r, ground))
            .collect();
        Self { all, area }
    }
}

/// The layers of buildings of a city.
pub fn layers(city: &City) -> Vec<std::sync::Arc<Layer>> {
    let of = city.with_role(Role::Buildings).filter_map(|s| match &s.data {
        SlotData::Vector(l) => Some(l.layer.clone()),
        _ => None,
    });
    of.collect()
}

fn body(layer: &Layer, row: usize, ground: &Ground) -> Body {
    if let Some(faces) = solids::faces(layer, row, ground) {
        return Body::new(faces);
    }
    let Some((house, _, low)) = house_of(layer, row, ground) else {
        let ends = levels(&layer.geometry, row, height_m(layer, row), ground);
        return Body::block(&layer.geometry, row, ends);
    };
    let corner = |k: usize| house.corners[k % 4];
    let walls = (0..4).map(|k| wall(corner(k), corner(k + 1), [low, house.eaves_m]));
    let roof = house.roof.iter().map(|f| {
        let mut ring = f.points.clone();
        ring.extend(f.points.first().copied());
        vec![ring]
    });
    Body::new(walls.chain(roof).collect())
}

fn shade(share: f64) -> [u8; 4] {
    let [r, g, b] = SHADE;
    [r, g, b, (255.0 * share.clamp(0.0, 1.0)).round() as u8]
}

/// What is shaded of the ground, tile by tile.
pub fn on_ground(bodies: &Bodies, step: &Step, ground: &Ground, space: &Space, control: &Control) -> Vec<Piece> {
    let cast = Shadows::new(&bodies.all, step).on_ground(|p| ground.height(p));
    let tiles = tiles(&bodies.area);
    let one = |tile: &Bbox| {
        let mut mesh = FlatMesh::default();
        if control.is_cancelled() {
            return mesh;
        }
        let dark = cast.inside(tile);
        let mut seen = BTreeMap::new();
        for row in 0..dark.len() {
            let t = triangulate(&dark, row);
            for k in t.indices.chunks_exact(3) {
                let triangle = [k[0], k[1], k[2]].map(|i| t.positions[i as usize]);
                ground.cut_triangle(triangle, |piece| facet(&mut mesh, &mut seen, piece, ground, space, shade(FULL)));
            }
        }
        mesh
    };
    let meshes: Vec<FlatMesh> = tiles.par_iter().map(one).collect();
    meshes.into_iter().map(|m| Piece::new(m, FlatKind::Area)).collect()
}

fn tiles(area: &Bbox) -> Vec<Bbox> {
    if area.is_empty() {
        return vec![];
    }
    let range = |k: usize| (area.min[k] / TILE_M).floor() as i64..=(area.max[k] / TILE_M).floor() as i64;
    let of = |x: i64, y: i64| {
        let min = [x as f64 * TILE_M, y as f64 * TILE_M];
        let max = min.map(|v| v + TILE_M);
        Bbox::new(
            [0, 1].map(|k| f64::max(min[k], area.min[k])),
            [0, 1].map(|k| f64::min(max[k], area.max[k])),
        )
    };
    range(1).flat_map(|y| range(0).map(move |x| of(x, y))).collect()
}

/// Light and shade on the bodies inside a box.
pub fn on_bodies(bodies: &Bodies, inside: &Bbox, step: &Step, space: &Space, control: &Control) -> Vec<Piece> {
    let shadows = Shadows::new(&bodies.all, step);
    let near: Vec<&Body> = bodies.all.iter().filter(|b| b.bbox().intersects(inside)).collect();
    let found: Vec<(&Body, Vec<Shaded>)> = near
        .par_iter()
        .filter(|_| !control.is_cancelled())
        .map(|b| (*b, shadows.on_body(b)))
        .collect();
    let mut tiles = BTreeMap::<(i64, i64), (FlatMesh, Vec3, f32)>::new();
    for (body, faces) in found {
        let [x, y] = body.bbox().center();
        let key = ((x / TILE_M).floor() as i64, (y / TILE_M).floor() as i64);
        let (mesh, sum, count) = tiles.entry(key).or_default();
        for face in faces {
            paint(mesh, &face, space);
        }
        *sum += space.world([x, y], body.top_m());
        *count += 1.0;
    }
    let piece = |(mesh, sum, count): (FlatMesh, Vec3, f32)| Piece {
        level: Level::Near(sum / count.max(1.0)),
        ..Piece::new(mesh, FlatKind::Area)
    };
    // An empty piece where nothing is near: what was drawn before gives way.
    tiles.entry((0, 0)).or_default();
    tiles.into_values().map(piece).collect()
}

/// A face is the darker the flatter the sun meets it; what others shade is as dark as what looks away.
fn paint(mesh: &mut FlatMesh, face: &Shaded, space: &Space) {
    let own = if face.incidence > 0.0 {
        FULL * GRAZED * (1.0 - face.incidence).powi(2)
    } else {
        FULL
    };
    let mut add = |triangles: &[[[f64; 3]; 3]], share: f64| {
        let color = shade(share);
        if color[3] < 3 {
            return;
        }
        for t in triangles {
            let k = t.map(|p| mesh.vertex(space.world([p[0], p[1]], p[2]), color));
            mesh.triangle(k[0], k[1], k[2]);
        }
    };
    add(&face.whole, own);
    // Both laid over each other are as dark as one full shade.
    add(&face.shadow, 1.0 - (1.0 - FULL) / (1.0 - own));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::scene::ground::tests::hill;

    #[test]
    fn tiles_cover_an_area_once() {
        let area = Bbox::new([480.0, -20.0], [1010.0, 700.0]);
        let all = tiles(&area);
        let m2: f64 = all.iter().map(|b| b.width_m() * b.height_m()).sum();
        assert!((m2 - area.width_m() * area.height_m()).abs() < 1e-6);
        assert_eq!((all.len(), tiles(&Bbox::EMPTY).len()), (9, 0));
    }

    #[test]
    fn what_looks_away_is_as_dark_as_what_is_shaded_and_what_meets_the_sun_stays_clear() {
        let triangle = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]];
        let face = |incidence: f64, shadow: Vec<_>| Shaded {
            incidence,
            whole: vec![triangle],
            shadow,
        };
        let triangles = |f: Shaded| {
            let mut mesh = FlatMesh::default();
            paint(&mut mesh, &f, &Space::default());
            mesh.triangles()
        };
        assert_eq!(triangles(face(0.0, vec![])), 1);
        assert_eq!(triangles(face(1.0, vec![])), 0);
        assert_eq!(triangles(face(1.0, vec![triangle])), 1);
        assert_eq!(triangles(face(0.3, vec![triangle])), 2);
    }

    #[test]
    fn shadows_lie_on_the_drawn_ground() {
        let (ground, space) = (hill(), Space::default());
        let mut b = crate::model::GeometriesBuilder::new(crate::model::GeometryKind::Polygon);
        b.ring([[40.0, 40.0], [50.0, 40.0], [50.0, 48.0], [40.0, 48.0], [40.0, 40.0]])
            .end_part()
            .end_feature();
        let low = ground.height([45.0, 44.0]) - 5.0;
        let bodies = Bodies {
            all: vec![Body::block(&b.finish(), 0, [low, low + 17.0])],
            area: Bbox::new([0.0, 0.0], [100.0, 100.0]),
        };
        let step = Step {
            at: jiff::Timestamp::UNIX_EPOCH,
            sun: crate::sun::SunPosition {
                elevation_deg: 45.0,
                azimuth_deg: 180.0,
            },
            grid_azimuth_deg: 180.0,
            towards: [0.0, -1.0],
            slope: 1.0,
        };
        let pieces = on_ground(&bodies, &step, &ground, &space, &Control::default());
        assert_eq!(pieces.len(), 1);
        let m2 = pieces[0].mesh.plan_area_m2();
        assert!((30.0..300.0).contains(&m2), "{m2}");
        let faces = on_bodies(&bodies, &bodies.area, &step, &space, &Control::default());
        assert!(
            faces[0].mesh.triangles() >= 8,
            "three walls look away and the roof is not met straight"
        );
    }
}
