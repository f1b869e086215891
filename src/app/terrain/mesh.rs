//! Ground tiles with the hillshade baked in.

use crate::app::{
    material::{FlatMesh, mix, shade},
    scene::ground::Ground,
    space::Space,
};
use bevy::math::Vec3;

/// Pale grey-green: quiet under every data colour.
const GROUND: [u8; 3] = [0xD3, 0xDA, 0xCC];
/// Higher ground is a little warmer and lighter.
const HIGH: [u8; 3] = [0xE2, 0xE1, 0xD3];
/// Where no height is known: a chequer of greys that no land has.
const UNKNOWN: [[u8; 3]; 2] = [[0xA9, 0xA7, 0xB0], [0xC6, 0xC4, 0xCC]];
/// Cells along one side of a tile.
const TILE: usize = 32;

/// Towards the light: north-west, 45° high.
pub const LIGHT: Vec3 = Vec3::new(-0.5, std::f32::consts::FRAC_1_SQRT_2, -0.5);

/// Meshes of the whole ground.
pub fn tiles(g: &Ground, space: &Space) -> Vec<FlatMesh> {
    let (nx, ny) = (g.xs.len(), g.ys.len());
    let [low, high] = g.range();
    let at = |i: usize, j: usize| space.world([g.xs[i], g.ys[j]], f64::from(g.at(i, j)));
    let color = |i: usize, j: usize| -> [u8; 4] {
        if g.unknown(i, j) {
            return shade(UNKNOWN[(i + j) % 2], 1.0);
        }
        let (i0, i1, j0, j1) = (i.saturating_sub(1), (i + 1).min(nx - 1), j.saturating_sub(1), (j + 1).min(ny - 1));
        let normal = (at(i1, j) - at(i0, j)).cross(at(i, j1) - at(i, j0)).normalize_or(Vec3::Y);
        // Gentle slopes are exaggerated: a town's relief is a matter of few degrees.
        let steep = Vec3::new(normal.x * 2.5, normal.y, normal.z * 2.5).normalize_or(Vec3::Y);
        let lit = steep.dot(LIGHT) / LIGHT.y;
        let rise = if high - low > 1.0 {
            (f64::from(g.at(i, j)) - low) / (high - low)
        } else {
            0.0
        };
        // Beyond the data the edge's heights are carried on: their shade must not become a pattern.
        let (x, y) = (g.xs[i], g.ys[j]);
        let beyond = (g.city.min[0] - x)
            .max(x - g.city.max[0])
            .max(g.city.min[1] - y)
            .max(y - g.city.max[1]);
        let known = 1.0 - (beyond / (0.12 * g.city.width_m().max(g.city.height_m()))).clamp(0.0, 1.0) as f32;
        let color = mix(GROUND, HIGH, 0.35 + (rise as f32 - 0.35) * known);
        shade(color, (1.0 + 0.38 * (lit - 1.0) * known).clamp(0.6, 1.12))
    };
    let mut out = vec![];
    for j0 in (0..ny - 1).step_by(TILE) {
        for i0 in (0..nx - 1).step_by(TILE) {
            let (i1, j1) = ((i0 + TILE).min(nx - 1), (j0 + TILE).min(ny - 1));
            let mut m = FlatMesh::default();
            let wide = (i1 - i0 + 1) as u32;
            for j in j0..=j1 {
                for i in i0..=i1 {
                    m.vertex(at(i, j), color(i, j));
                }
            }
            for j in 0..(j1 - j0) as u32 {
                for i in 0..(i1 - i0) as u32 {
                    let sw = j * wide + i;
                    let (se, nw, ne) = (sw + 1, sw + wide, sw + wide + 1);
                    m.triangle(sw, se, ne);
                    m.triangle(sw, ne, nw);
                }
            }
            out.push(m);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::scene::ground::tests::hill;

    #[test]
    fn tiles_share_their_edge_vertices_and_cover_all_cells() {
        let t = tiles(&hill(), &Space::default());
        assert_eq!((t.len(), t[0].len()), (1, 121));
    }
}
