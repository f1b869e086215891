//! Layers to meshes: areas and lines on the ground, points as pins, grids as coloured strips.

use super::paint::{Paint, cell_color};
use crate::{
    app::{
        material::{FlatKind, FlatMesh},
        scene::{
            drape::{areas, facet, outlines, simplified},
            ground::Ground,
            mirror::Piece,
        },
        space::Space,
    },
    model::{GeometryKind, Layer, Raster},
    modules::{Role, Style},
};
use std::collections::BTreeMap;

/// By how much drawn lines may leave the data, in metres. Contours come with a vertex every few metres, and a metre is invisible from
/// where a town is looked at; measures and rules always use the data themselves.
pub fn tolerance_m(light: bool, role: Option<Role>) -> f64 {
    match (light, role) {
        (false, _) => 0.5,
        (true, Some(_)) => 1.0,
        (true, None) => 2.5,
    }
}

/// Pins stand this high above the ground.
const PIN_M: f64 = 14.0;
/// Rasters are drawn with at most this many cells a side.
const MAX_RASTER_CELLS: usize = 320;

fn opaque([r, g, b]: [u8; 3]) -> [u8; 4] {
    [r, g, b, 255]
}

/// All meshes of a vector layer.
pub fn vector(layer: &Layer, style: &Style, role: Option<Role>, ground: &Ground, space: &Space, tolerance_m: f64) -> Vec<Piece> {
    let paint = Paint::new(style, &layer.attributes);
    let g = &simplified(&layer.geometry, tolerance_m);
    let [mut fill, mut lines, mut pins, mut stems]: [FlatMesh; 4] = Default::default();
    let half_m = match g.kind() {
        GeometryKind::Line => (style.width_m.clamp(0.2, 200.0) * 0.5) as f32,
        _ => 0.35,
    };
    for row in 0..layer.len() {
        match g.kind() {
            GeometryKind::Polygon => {
                areas(&mut fill, g, row, ground, space, opaque(paint.fill(row)));
                outlines(&mut lines, g, row, ground, space, opaque(paint.stroke(row)), half_m);
            }
            GeometryKind::Line => outlines(&mut lines, g, row, ground, space, opaque(paint.fill(row)), half_m),
            GeometryKind::Point => {
                for p in g.rings(row).flatten() {
                    let h = ground.height(*p);
                    pins.pin(space.world(*p, h + PIN_M), opaque(paint.fill(row)));
                    stem(&mut stems, space.world(*p, h), PIN_M as f32);
                }
            }
        }
    }
    let mut out = vec![];
    let mut fill = Piece::new(fill, FlatKind::Area);
    fill.look.opacity = style.opacity.clamp(0.0, 1.0) as f32;
    out.push(fill);
    let mut lines = Piece::new(lines, FlatKind::Ribbon);
    lines.look.half_m = half_m;
    (lines.look.least_px, lines.look.opacity) = match (g.kind(), role) {
        (GeometryKind::Line, Some(Role::Streets)) => (0.5, 0.95),
        (GeometryKind::Line, _) => (0.7, 0.95),
        (_, Some(Role::Water | Role::Forest | Role::Green)) => (0.45, 0.6),
        _ => (0.75, 0.95),
    };
    // Outlines of areas refine what their fill already tells.
    lines.fine = g.kind() == GeometryKind::Polygon;
    out.push(lines);
    out.push(Piece::new(stems, FlatKind::Area));
    let mut pins = Piece::new(pins, FlatKind::Pin);
    (pins.look.half_m, pins.look.least_px, pins.look.most_px) = (5.0, 4.5, 11.0);
    out.push(pins);
    out
}

/// A thin dark cross of two blades that carries a pin.
fn stem(mesh: &mut FlatMesh, foot: bevy::math::Vec3, height: f32) {
    use bevy::math::Vec3;
    let (dark, up) = ([70, 74, 80, 200], Vec3::Y * height);
    for side in [Vec3::X * 0.45, Vec3::Z * 0.45] {
        mesh.quad([foot - side, foot + side, foot + side + up, foot - side + up], [dark; 4]);
    }
}

/// A grid as coloured strips; cells of no class stay open.
pub fn raster(r: &Raster, style: &Style, ground: &Ground, space: &Space) -> Vec<Piece> {
    let step = r.width.max(r.height).div_ceil(MAX_RASTER_CELLS).max(1);
    let range = r
        .values
        .iter()
        .filter(|v| v.is_finite())
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], v| {
            [a.min(f64::from(*v)), b.max(f64::from(*v))]
        });
    let mut mesh = FlatMesh::default();
    for row in (0..r.height).step_by(step) {
        let color = |column: usize| {
            let v = r
                .values
                .get((row + step / 2).min(r.height - 1) * r.width + (column + step / 2).min(r.width - 1));
            v.filter(|v| v.is_finite()).and_then(|v| cell_color(style, f64::from(*v), range))
        };
        let y = [row + step, row].map(|k| r.origin[1] - (k.min(r.height) as f64) * r.cell_m[1]);
        let mut start = 0;
        while start < r.width {
            let this = color(start);
            let mut end = start + step;
            while end < r.width && color(end) == this {
                end += step;
            }
            if let Some(c) = this {
                let x = [start, end.min(r.width)].map(|k| r.origin[0] + k as f64 * r.cell_m[0]);
                let mut seen = BTreeMap::new();
                for t in [
                    [[x[0], y[0]], [x[1], y[0]], [x[1], y[1]]],
                    [[x[0], y[0]], [x[1], y[1]], [x[0], y[1]]],
                ] {
                    ground.cut_triangle(t, |piece| facet(&mut mesh, &mut seen, piece, ground, space, opaque(c)));
                }
            }
            start = end;
        }
    }
    let mut piece = Piece::new(mesh, FlatKind::Area);
    piece.look.opacity = style.opacity.clamp(0.0, 1.0) as f32;
    vec![piece]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::scene::ground::tests::hill;

    #[test]
    fn equal_cells_become_one_strip_and_no_data_stays_open() {
        let mut r = Raster {
            width: 4,
            height: 1,
            origin: [0.0, 10.0],
            cell_m: [10.0, 10.0],
            values: vec![1.0, 1.0, f32::NAN, f32::NAN],
            provenance: vec![],
        };
        let mut flat = hill();
        flat.flat = true;
        let space = Space::default();
        let strip = raster(&r, &Style::default(), &flat, &space);
        assert_eq!(strip[0].mesh.len(), 4);
        r.values = vec![f32::NAN; 4];
        assert!(raster(&r, &Style::default(), &flat, &space)[0].mesh.is_empty());
    }
}
