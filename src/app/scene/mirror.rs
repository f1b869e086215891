//! Entities mirror layers: a layer's meshes are built once in the background, then only shown, hidden and faded.

use super::{ground::Ground, redraw::Redraw};
use crate::app::{
    bridge::{CameraInfo, RenderPreset},
    material::{FlatKind, FlatMaterial, FlatMesh, Horizon},
};
use crate::model::{Layer, Raster, SlotId};
use bevy::{
    prelude::*,
    tasks::{AsyncComputeTaskPool, Task, futures::check_ready},
};
use std::{collections::BTreeMap, sync::Arc};

/// One mesh with the way it is drawn.
pub struct Piece {
    /// Geometry.
    pub mesh: FlatMesh,
    /// Kind, widths, own order within the layer; opacity is multiplied with the layer's.
    pub look: FlatMaterial,
    /// A refinement that may wait until the camera rests, where a processor draws.
    pub fine: bool,
}

/// A piece that the light preset leaves out while the camera moves.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct Fine {
    /// The layer is shown.
    wanted: bool,
}

/// Frames without motion after which the camera counts as resting.
const REST_FRAMES: u32 = 3;

/// Leaves fine pieces out while the camera moves and brings them back when it rests.
pub fn refine(
    preset: Res<RenderPreset>,
    camera: Res<CameraInfo>,
    mut last: Local<(CameraInfo, u32)>,
    mut pieces: Query<(&Fine, &mut Visibility)>,
    mut redraw: ResMut<Redraw>,
) {
    if last.0 != *camera {
        *last = (*camera, REST_FRAMES);
    }
    if last.1 > 0 {
        last.1 -= 1;
        redraw.soon();
    }
    let moving = preset.light && last.1 > 0;
    for (fine, mut visibility) in &mut pieces {
        let to = if fine.wanted && !moving {
            Visibility::Visible
        } else {
            Visibility::Hidden
        };
        visibility.set_if_neq(to);
    }
}

impl Piece {
    /// A piece of a kind, drawn in the usual order: areas, then lines, then points.
    pub fn new(mesh: FlatMesh, kind: FlatKind) -> Self {
        let order = match kind {
            FlatKind::Solid => 0.0,
            FlatKind::Area => 0.1,
            FlatKind::Hatch => 0.2,
            FlatKind::Ribbon => 0.3,
            FlatKind::Pin => 0.5,
        };
        Self {
            mesh,
            look: FlatMaterial { kind, order, ..default() },
            fine: false,
        }
    }
}

/// What an entry was built from.
#[derive(Clone)]
pub enum Source {
    /// Features.
    Vector(Arc<Layer>),
    /// A grid.
    Raster(Arc<Raster>),
}

impl Source {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Vector(a), Self::Vector(b)) => Arc::ptr_eq(a, b),
            (Self::Raster(a), Self::Raster(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// How an entry is shown now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// Drawn or not.
    pub visible: bool,
    /// 0 to 1.
    pub opacity: f32,
    /// Place in the stack.
    pub order: f32,
}

struct Drawn {
    entity: Entity,
    material: Handle<FlatMaterial>,
    opacity: f32,
    order: f32,
    fine: bool,
}

struct Entry {
    source: Source,
    ground: Arc<Ground>,
    task: Option<Task<Vec<Piece>>>,
    drawn: Vec<Drawn>,
    /// What is still drawn on the ground before this one.
    old: Vec<Drawn>,
    shown: Option<Shown>,
}

/// The entries of one room.
#[derive(Default)]
pub struct Mirror {
    entries: BTreeMap<SlotId, Entry>,
}

impl Mirror {
    /// Starts building a layer unless exactly this one is there already.
    pub fn want(
        &mut self,
        commands: &mut Commands,
        slot: &SlotId,
        source: &Source,
        ground: &Arc<Ground>,
        build: impl FnOnce() -> Vec<Piece> + Send + 'static,
    ) {
        let mut old = vec![];
        if let Some(e) = self.entries.remove(slot) {
            if e.source.same(source) && Arc::ptr_eq(&e.ground, ground) {
                self.entries.insert(slot.clone(), e);
                return;
            }
            let before = e.drawn.into_iter().chain(e.old);
            if e.source.same(source) {
                // On a new ground the layer stays as it was until it is laid anew: it must not vanish with every look nearer.
                old = before.collect();
            } else {
                before.for_each(|d| commands.entity(d.entity).despawn());
            }
        }
        self.entries.insert(
            slot.clone(),
            Entry {
                source: source.clone(),
                ground: ground.clone(),
                task: Some(AsyncComputeTaskPool::get().spawn(async move { build() })),
                drawn: vec![],
                old,
                shown: None,
            },
        );
    }

    /// Removes entries of layers that are gone.
    pub fn keep(&mut self, commands: &mut Commands, mut there: impl FnMut(&SlotId) -> bool) {
        self.entries.retain(|slot, e| {
            let keep = there(slot);
            if !keep {
                e.drawn.iter().chain(&e.old).for_each(|d| commands.entity(d.entity).despawn());
            }
            keep
        });
    }

    /// Puts finished meshes into the scene and applies what is shown how.
    pub fn show(&mut self, stage: &mut Stage, look: impl Fn(&SlotId) -> Shown) {
        for (slot, e) in &mut self.entries {
            if let Some(task) = &mut e.task {
                stage.redraw.soon();
                let Some(pieces) = check_ready(task) else { continue };
                e.task = None;
                e.shown = None;
                e.old.drain(..).for_each(|d| stage.commands.entity(d.entity).despawn());
                e.drawn = pieces
                    .into_iter()
                    .filter(|p| !p.mesh.is_empty())
                    .map(|p| {
                        let (opacity, order) = (p.look.opacity, p.look.order);
                        let material = stage.materials.add(FlatMaterial {
                            horizon: *stage.horizon,
                            ..p.look
                        });
                        let entity = stage
                            .commands
                            .spawn((Mesh3d(stage.meshes.add(p.mesh.finish())), MeshMaterial3d(material.clone())))
                            .id();
                        Drawn {
                            entity,
                            material,
                            opacity,
                            order,
                            fine: p.fine,
                        }
                    })
                    .collect();
            }
            let shown = look(slot);
            if e.shown == Some(shown) {
                continue;
            }
            e.shown = Some(shown);
            stage.redraw.soon();
            for d in &e.drawn {
                let mut entity = stage.commands.entity(d.entity);
                entity.insert(if shown.visible { Visibility::Visible } else { Visibility::Hidden });
                if d.fine {
                    entity.insert(Fine { wanted: shown.visible });
                }
                if let Some(mut m) = stage.materials.get_mut(&d.material) {
                    m.opacity = d.opacity * shown.opacity;
                    m.order = d.order + shown.order;
                }
            }
        }
    }
}

/// What is needed to put meshes into the scene.
#[derive(bevy::ecs::system::SystemParam)]
pub struct Stage<'w, 's> {
    /// Entities.
    pub commands: Commands<'w, 's>,
    /// Meshes.
    pub meshes: ResMut<'w, Assets<Mesh>>,
    /// Materials.
    pub materials: ResMut<'w, Assets<FlatMaterial>>,
    /// Where the world dissolves.
    pub horizon: Res<'w, Horizon>,
    /// Frames to come.
    pub redraw: ResMut<'w, Redraw>,
}
