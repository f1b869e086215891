//! Houses drawn with the roof of their form, in the white of the model.

use super::{
    bodies::{ROOF, WALL, body, height_m, levels, own_light, wall, wall_light},
    ground::Ground,
    solids::slope_light,
};
use crate::{
    app::{
        material::{FlatMesh, shade},
        space::Space,
    },
    geometry::{self, House, RoofShape, normal},
    model::Layer,
};
use bevy::math::Vec3;

/// The house that is drawn over a footprint, with the height of the building and its foot; `None` for what is drawn as a block.
pub fn house_of(layer: &Layer, row: usize, ground: &Ground) -> Option<(House, f64, f64)> {
    let shape = RoofShape::of_code(layer.attributes.value("roof_type", row).as_f64()? as i64)?;
    let height_m = height_m(layer, row);
    let [low, top] = levels(&layer.geometry, row, height_m, ground);
    let house = geometry::house(&layer.geometry, row, shape, height_m, top)?;
    Some((house, height_m, low))
}

/// Adds a building by its footprint, with a roof where its form is known.
pub fn house(mesh: &mut FlatMesh, layer: &Layer, row: usize, ground: &Ground, space: &Space) {
    let Some((house, height_m, low)) = house_of(layer, row, ground) else {
        return body(mesh, &layer.geometry, row, height_m(layer, row), ground, space);
    };
    let own = own_light(&layer.geometry, row);
    let [a, b, c, d] = house.corners;
    for (p, q) in [(a, b), (b, c), (c, d), (d, a)] {
        wall(mesh, p, q, [low, house.eaves_m], own, height_m, space);
    }
    for face in &house.roof {
        let Some(n) = normal(&face.points) else { continue };
        let towards = Vec3::new(n[0] as f32, n[2] as f32, -n[1] as f32);
        let color = match face.slope {
            true => shade(ROOF, own * slope_light(towards)),
            false => shade(WALL, own * wall_light(towards)),
        };
        let corner = |p: &[f64; 3]| mesh.vertex(space.world([p[0], p[1]], p[2]), color);
        let k: Vec<u32> = face.points.iter().map(corner).collect();
        (1..k.len() - 1).for_each(|i| mesh.triangle(k[0], k[i], k[i + 1]));
    }
}
