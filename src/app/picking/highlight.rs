//! The selected feature and the spot that was asked about, in one accent colour that no layer uses.

use crate::{
    app::{
        bridge::{CurrentSnapshot, Gathered, Selection, Side, ViewState},
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
    scenario::Named,
};
use bevy::prelude::*;
use std::sync::Arc;

/// Accent of the selection.
pub const ACCENT: [u8; 3] = [0x0B, 0x5F, 0xFF];
const INK: [u8; 4] = [ACCENT[0], ACCENT[1], ACCENT[2], 255];

/// What is highlighted now.
#[derive(Default)]
pub struct Highlighted {
    built_for: Option<BuiltFor>,
    entities: Vec<Entity>,
}

/// What the highlight was built for.
struct BuiltFor {
    city: Arc<City>,
    ground: Arc<Ground>,
    selection: Selection,
    gathered: Vec<Named>,
}

fn layer<'a>(city: &'a City, slot: &SlotId) -> Option<&'a IndexedLayer> {
    city.layer(slot).or_else(|| city.extra.iter().find(|l| l.layer.slot == *slot))
}

/// Meshes of everything that is highlighted.
#[derive(Default)]
struct Shapes {
    fill: FlatMesh,
    lines: FlatMesh,
    pins: FlatMesh,
    solids: FlatMesh,
}

impl Shapes {
    fn spot(&mut self, p: [f64; 2], ground: &Ground, space: &Space) {
        let mut ring = GeometriesBuilder::new(GeometryKind::Line);
        for radius in [4.0, 12.0] {
            ring.ring((0..=32).map(|k| {
                let (s, c) = (f64::from(k % 32) * std::f64::consts::TAU / 32.0).sin_cos();
                [p[0] + radius * c, p[1] + radius * s]
            }))
            .end_part();
        }
        ring.end_feature();
        outlines(&mut self.lines, &ring.finish(), 0, ground, space, INK, 0.6);
        let foot = space.world(p, ground.height(p));
        let up = Vec3::Y * 30.0;
        for side in [Vec3::X * 0.5, Vec3::Z * 0.5] {
            self.fill
                .quad([foot - side, foot + side, foot + side + up, foot - side + up], [INK; 4]);
        }
        self.pins.pin(foot + up, INK);
    }

    fn feature(&mut self, city: &City, slot: &SlotId, row: usize, ground: &Ground, space: &Space) {
        let Some(l) = layer(city, slot).filter(|l| row < l.layer.geometry.len()) else {
            return;
        };
        let g = &l.layer.geometry;
        let building = city.slot(slot).is_some_and(|s| s.def.role == Some(Role::Buildings));
        if g.kind() == GeometryKind::Point {
            for p in g.rings(row).flatten() {
                self.pins.pin(space.world(*p, ground.height(*p) + 14.0), INK);
            }
            return;
        }
        if building && solid(&mut self.solids, &l.layer, row, ground, space) {
            // Drawn from the city model.
        } else if building {
            house(&mut self.solids, &l.layer, row, ground, space);
        } else if g.kind() == GeometryKind::Polygon {
            areas(&mut self.fill, g, row, ground, space, [ACCENT[0], ACCENT[1], ACCENT[2], 70]);
        }
        outlines(&mut self.lines, g, row, ground, space, INK, 0.9);
    }
}

fn pieces(city: &City, selection: &Selection, gathered: &[Named], ground: &Ground, space: &Space) -> Vec<Piece> {
    let mut shapes = Shapes::default();
    match selection {
        Selection::None | Selection::Conflict(_) => {}
        Selection::Spot(p) => shapes.spot(*p, ground, space),
        Selection::Feature { slot, row } if gathered.is_empty() => shapes.feature(city, slot, *row as usize, ground, space),
        Selection::Feature { .. } => {
            for (slot, row) in Gathered::rows(city, gathered) {
                shapes.feature(city, &slot, row, ground, space);
            }
        }
    }
    let Shapes { fill, lines, pins, solids } = shapes;
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
    (view, gathered): (Res<ViewState>, Res<Gathered>),
    (ground, space): (Res<CurrentGround>, Res<Space>),
) {
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    let fresh = now.built_for.as_ref().is_some_and(|b| {
        Arc::ptr_eq(&b.city, &s.city) && Arc::ptr_eq(&b.ground, g) && b.selection == view.selection && b.gathered == gathered.features
    });
    if fresh {
        return;
    }
    now.built_for = Some(BuiltFor {
        city: s.city.clone(),
        ground: g.clone(),
        selection: view.selection.clone(),
        gathered: gathered.features.clone(),
    });
    now.entities.drain(..).for_each(|e| stage.commands.entity(e).despawn());
    stage.redraw.soon();
    // A feature is where the plan has it; in the picture of another variant it may be elsewhere or not at all.
    let side = match view.selection {
        Selection::Feature { .. } => Side::Now,
        _ => Side::Both,
    };
    for p in pieces(&s.city, &view.selection, &gathered.features, g, &space) {
        if p.mesh.is_empty() {
            continue;
        }
        let look = FlatMaterial {
            horizon: *stage.horizon,
            ..p.look
        };
        let (mesh, material) = (stage.meshes.add(p.mesh.finish()), stage.materials.add(look));
        let e = stage.commands.spawn((Mesh3d(mesh), MeshMaterial3d(material), side.layers())).id();
        now.entities.push(e);
    }
}
