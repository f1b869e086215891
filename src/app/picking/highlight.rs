//! The selected feature and the spot that was asked about, in one accent colour that no layer uses.

use crate::{
    app::{
        bridge::{CurrentSnapshot, Selection, ViewState},
        material::{FlatKind, FlatMaterial, FlatMesh},
        scene::{
            drape::{areas, outlines},
            ground::{CurrentGround, Ground},
            mirror::{Piece, Stage},
            roofs::house,
            solids::solid,
        },
        space::Space,
    },
    index::IndexedLayer,
    model::{GeometriesBuilder, GeometryKind, SlotId},
    modules::Role,
    project::City,
};
use bevy::prelude::*;
use std::sync::Arc;

/// Accent of the selection.
pub const ACCENT: [u8; 3] = [0x0B, 0x5F, 0xFF];
const INK: [u8; 4] = [ACCENT[0], ACCENT[1], ACCENT[2], 255];

/// What is highlighted now.
#[derive(Default)]
pub struct Highlighted {
    built_for: Option<(Arc<City>, Arc<Ground>, Selection)>,
    entities: Vec<Entity>,
}

fn layer<'a>(city: &'a City, slot: &SlotId) -> Option<&'a IndexedLayer> {
    city.layer(slot).or_else(|| city.extra.iter().find(|l| l.layer.slot == *slot))
}

fn pieces(city: &City, selection: &Selection, ground: &Ground, space: &Space) -> Vec<Piece> {
    let [mut fill, mut lines, mut pins, mut solids]: [FlatMesh; 4] = Default::default();
    match selection {
        Selection::None | Selection::Conflict(_) => {}
        Selection::Spot(p) => {
            let mut ring = GeometriesBuilder::new(GeometryKind::Line);
            for radius in [4.0, 12.0] {
                ring.ring((0..=32).map(|k| {
                    let (s, c) = (f64::from(k % 32) * std::f64::consts::TAU / 32.0).sin_cos();
                    [p[0] + radius * c, p[1] + radius * s]
                }))
                .end_part();
            }
            ring.end_feature();
            outlines(&mut lines, &ring.finish(), 0, ground, space, INK, 0.6);
            let foot = space.world(*p, ground.height(*p));
            let up = Vec3::Y * 30.0;
            for side in [Vec3::X * 0.5, Vec3::Z * 0.5] {
                fill.quad([foot - side, foot + side, foot + side + up, foot - side + up], [INK; 4]);
            }
            pins.pin(foot + up, INK);
        }
        Selection::Feature { slot, row } => {
            let Some(l) = layer(city, slot) else { return vec![] };
            let (g, row) = (&l.layer.geometry, *row as usize);
            if row >= g.len() {
                return vec![];
            }
            let building = city.slot(slot).is_some_and(|s| s.def.role == Some(Role::Buildings));
            match g.kind() {
                GeometryKind::Point => {
                    for p in g.rings(row).flatten() {
                        pins.pin(space.world(*p, ground.height(*p) + 14.0), INK);
                    }
                }
                kind => {
                    if building && solid(&mut solids, &l.layer, row, ground, space) {
                        // Drawn from the city model.
                    } else if building {
                        house(&mut solids, &l.layer, row, ground, space);
                    } else if kind == GeometryKind::Polygon {
                        areas(&mut fill, g, row, ground, space, [ACCENT[0], ACCENT[1], ACCENT[2], 70]);
                    }
                    outlines(&mut lines, g, row, ground, space, INK, 0.9);
                }
            }
        }
    }
    let mut lines = Piece::new(lines, FlatKind::Ribbon);
    (lines.look.half_m, lines.look.least_px, lines.look.on_top, lines.look.order) = (0.9, 1.6, true, 500.0);
    let mut fill = Piece::new(fill, FlatKind::Area);
    fill.look.order = 499.0;
    let mut pins = Piece::new(pins, FlatKind::Pin);
    (
        pins.look.half_m,
        pins.look.least_px,
        pins.look.most_px,
        pins.look.on_top,
        pins.look.order,
    ) = (6.0, 7.5, 14.0, true, 501.0);
    let mut solids = Piece::new(solids, FlatKind::Solid);
    solids.look.tint = (ACCENT, 0.62);
    vec![fill, lines, pins, solids]
}

/// Rebuilds the highlight when the selection changed.
pub fn highlight(
    mut stage: Stage,
    mut now: Local<Highlighted>,
    snapshot: Res<CurrentSnapshot>,
    view: Res<ViewState>,
    (ground, space): (Res<CurrentGround>, Res<Space>),
) {
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    let fresh = now
        .built_for
        .as_ref()
        .is_some_and(|(c, old, sel)| Arc::ptr_eq(c, &s.city) && Arc::ptr_eq(old, g) && *sel == view.selection);
    if fresh {
        return;
    }
    now.built_for = Some((s.city.clone(), g.clone(), view.selection.clone()));
    now.entities.drain(..).for_each(|e| stage.commands.entity(e).despawn());
    stage.redraw.soon();
    for p in pieces(&s.city, &view.selection, g, &space) {
        if p.mesh.is_empty() {
            continue;
        }
        let look = FlatMaterial {
            horizon: *stage.horizon,
            ..p.look
        };
        let (mesh, material) = (stage.meshes.add(p.mesh.finish()), stage.materials.add(look));
        let e = stage.commands.spawn((Mesh3d(mesh), MeshMaterial3d(material))).id();
        now.entities.push(e);
    }
}
