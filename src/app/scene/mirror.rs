//! Entities mirror layers: a layer's meshes are built once in the background, then only shown, hidden and faded.

use super::{ground::Ground, lens::Projector, next::NextGround, redraw::Redraw, sides::Unready};
use crate::app::{
    bridge::{CameraInfo, RenderPreset, Side},
    material::{FlatKind, FlatMaterial, FlatMesh, Horizon},
};
use crate::{
    model::{Layer, Raster, SlotId},
    modules::Style,
};
use bevy::{
    prelude::*,
    tasks::{AsyncComputeTaskPool, Task},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

/// One mesh with the way it is drawn.
pub struct Piece {
    /// Geometry.
    pub mesh: FlatMesh,
    /// Kind, widths, own order within the layer; opacity is multiplied with the layer's.
    pub look: FlatMaterial,
    /// A refinement that may wait until the camera rests, where a processor draws.
    pub fine: bool,
    /// From how far away it is drawn.
    pub level: Level,
    /// The tile that it belongs to, where a room keeps tiles that did not change.
    pub tile: Option<Tile>,
}

/// Place of a tile in its grid.
pub type Place = (i64, i64);

/// A tile with a number for everything that its meshes are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Which.
    pub place: Place,
    /// The same for the same content.
    pub print: u64,
}

/// What is made of a layer: pieces, and places of tiles that are drawn already as they are to be.
#[derive(Default)]
pub struct Built {
    /// New.
    pub pieces: Vec<Piece>,
    /// To stay.
    pub kept: BTreeSet<Place>,
}

impl From<Vec<Piece>> for Built {
    fn from(pieces: Vec<Piece>) -> Self {
        Self { pieces, ..Self::default() }
    }
}

/// Tiles that are drawn, with their prints.
pub type Tiles = BTreeMap<Place, u64>;

/// One of two ways to draw the same: in detail near the eye, plainly far away. With the middle of the tile, world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Level {
    /// Drawn from everywhere.
    Always,
    /// Drawn near.
    Near(Vec3),
    /// Drawn far away.
    Far(Vec3),
}

/// From here on tiles are drawn plainly: a storey is then about one pixel.
const FAR_M_A_PIXEL: f32 = 2.8;

impl Level {
    /// Whether it is drawn where a tile at its distance has this many metres a pixel.
    fn shows(&self, metres_a_pixel: impl Fn(Vec3) -> f32) -> bool {
        match self {
            Self::Always => true,
            Self::Near(p) => metres_a_pixel(*p) < FAR_M_A_PIXEL,
            Self::Far(p) => metres_a_pixel(*p) >= FAR_M_A_PIXEL,
        }
    }
}

/// A piece that is not always drawn while its layer is shown.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct Refined {
    /// The layer is shown.
    wanted: bool,
    /// The light preset leaves it out while the camera moves.
    fine: bool,
    level: Level,
}

impl Refined {
    /// For a piece that is drawn near or far only; `None` for one that is always drawn.
    pub fn by_distance(level: Level) -> Option<Self> {
        (level != Level::Always).then_some(Self {
            wanted: true,
            fine: false,
            level,
        })
    }
}

/// Frames without motion after which the camera counts as resting.
const REST_FRAMES: u32 = 3;

/// Leaves fine pieces out while the camera moves and brings them back when it rests; chooses the level of each tile.
pub fn refine(
    preset: Res<RenderPreset>,
    (camera, projector): (Res<CameraInfo>, Res<Projector>),
    mut last: Local<(CameraInfo, u32)>,
    mut pieces: Query<(&Refined, &mut Visibility)>,
    windows: Query<(), With<Window>>,
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
    // A picture for paper has all the time it needs.
    let plain = preset.light && !windows.is_empty();
    let metres_a_pixel = |p: Vec3| match plain {
        true => projector.lens.metres_per_pixel(p.distance(projector.eye)),
        false => 0.0,
    };
    for (piece, mut visibility) in &mut pieces {
        let drawn = piece.wanted && !(piece.fine && moving) && piece.level.shows(metres_a_pixel);
        visibility.set_if_neq(if drawn { Visibility::Visible } else { Visibility::Hidden });
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
            level: Level::Always,
            tile: None,
        }
    }
}

/// Most triangles of a mesh: what is out of view is left out mesh by mesh, and each mesh costs a command.
const MOST_TRIANGLES: usize = 16_000;

/// Cuts large meshes that are drawn from everywhere into some that lie side by side.
fn in_tiles(pieces: Vec<Piece>) -> Vec<Piece> {
    let split = |p: Piece| {
        let Piece {
            mesh,
            look,
            fine,
            level,
            tile,
        } = p;
        let most = if level == Level::Always { MOST_TRIANGLES } else { usize::MAX };
        let parts = mesh.split(most).into_iter();
        parts.map(move |mesh| Piece {
            mesh,
            look: look.clone(),
            fine,
            level,
            tile,
        })
    };
    pieces.into_iter().flat_map(split).collect()
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

/// A number for everything that a layer is drawn by: the same for the same style and hidden rows.
pub fn look(style: &Style, hidden: &BTreeSet<u32>) -> u64 {
    let mut hasher = DefaultHasher::new();
    // How far it is faded is a matter of the material.
    let style = Style {
        fade: 1.0,
        ..style.clone()
    };
    format!("{style:?}").hash(&mut hasher);
    hidden.hash(&mut hasher);
    hasher.finish()
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
    /// In which picture, where two variants are compared.
    pub side: Side,
}

struct Drawn {
    entity: Entity,
    material: Handle<FlatMaterial>,
    opacity: f32,
    order: f32,
    refined: Option<Refined>,
    /// With the ground that it stands on.
    tile: Option<(Tile, Arc<Ground>)>,
}

struct Entry {
    source: Source,
    look: u64,
    ground: Arc<Ground>,
    task: Option<Task<Built>>,
    drawn: Vec<Drawn>,
    /// What is still drawn of the ground before this one, or of the layer before the last edit.
    old: Vec<Drawn>,
    shown: Option<Shown>,
}

/// The entries of one room.
#[derive(Default)]
pub struct Mirror {
    entries: BTreeMap<SlotId, Entry>,
}

impl Mirror {
    /// Starts building a layer unless exactly this one is there already. `look` is what it depends on beside source and ground, see [`look`].
    pub fn want(
        &mut self,
        commands: &mut Commands,
        slot: &SlotId,
        (source, look): (&Source, u64),
        ground: &Arc<Ground>,
        build: impl FnOnce(&Tiles) -> Built + Send + 'static,
    ) {
        let mut old = vec![];
        if let Some(e) = self.entries.remove(slot) {
            if e.source.same(source) && e.look == look && Arc::ptr_eq(&e.ground, ground) {
                self.entries.insert(slot.clone(), e);
                return;
            }
            let before = e.drawn.into_iter().chain(e.old);
            if e.source.same(source) || Arc::ptr_eq(&e.ground, ground) {
                // On a new ground, or changed by a plan, the layer stays as it was until it is built anew: a city must not vanish with
                // every look nearer and every stroke. Where both are new another city has come.
                old = before.collect();
            } else {
                before.for_each(|d| commands.entity(d.entity).despawn());
            }
        }
        let tiles = old.iter().filter_map(|d: &Drawn| d.tile.as_ref());
        let here = tiles.filter(|(_, on)| Arc::ptr_eq(on, ground));
        let tiles: Tiles = here.map(|(tile, _)| (tile.place, tile.print)).collect();
        let work = async move {
            let built = build(&tiles);
            Built {
                pieces: in_tiles(built.pieces),
                ..built
            }
        };
        self.entries.insert(
            slot.clone(),
            Entry {
                source: source.clone(),
                look,
                ground: ground.clone(),
                task: Some(AsyncComputeTaskPool::get().spawn(work)),
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

    /// True while something is being built.
    pub fn busy(&self) -> bool {
        self.entries.values().any(|e| e.task.is_some())
    }

    /// Puts finished meshes into the scene and applies what is shown how.
    pub fn show(&mut self, stage: &mut Stage, look: impl Fn(&SlotId) -> Shown) {
        for (slot, e) in &mut self.entries {
            if let Some(task) = &mut e.task {
                let held = !e.old.is_empty() && stage.next.holds(task);
                let made = if held { None } else { stage.redraw.result(task) };
                let Some(built) = made else {
                    stage.redraw.wait();
                    continue;
                };
                stage.redraw.soon();
                e.task = None;
                e.shown = None;
                let stays = |d: &Drawn| {
                    let tile = d.tile.as_ref().filter(|(_, on)| Arc::ptr_eq(on, &e.ground));
                    tile.is_some_and(|(tile, _)| built.kept.contains(&tile.place))
                };
                let (stay, go): (Vec<Drawn>, Vec<Drawn>) = e.old.drain(..).partition(stays);
                go.into_iter().for_each(|d| stage.commands.entity(d.entity).despawn());
                let new = built.pieces.into_iter().filter(|p| !p.mesh.is_empty()).map(|p| {
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
                        refined: (p.fine || p.level != Level::Always).then_some(Refined {
                            wanted: false,
                            fine: p.fine,
                            level: p.level,
                        }),
                        tile: p.tile.map(|t| (t, e.ground.clone())),
                    }
                });
                e.drawn = stay.into_iter().chain(new).collect();
            }
            let shown = look(slot);
            if e.shown == Some(shown) {
                continue;
            }
            e.shown = Some(shown);
            stage.redraw.soon();
            for d in &e.drawn {
                let mut entity = stage.commands.entity(d.entity);
                entity.insert(shown.side.layers());
                match d.refined {
                    Some(r) => entity.insert(Refined {
                        wanted: shown.visible,
                        ..r
                    }),
                    None => entity.insert(if shown.visible { Visibility::Visible } else { Visibility::Hidden }),
                };
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
    /// The ground that is on its way.
    pub next: ResMut<'w, NextGround>,
    /// Frames to come.
    pub redraw: ResMut<'w, Redraw>,
    /// Whether all of a compared variant is there.
    pub unready: ResMut<'w, Unready>,
}
