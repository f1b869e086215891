//! The ground: heights of the city's terrain, or a plane, in pale grey-green with a soft hillshade from the north-west.

mod mesh;

use super::{
    bridge::{CameraInfo, CurrentSnapshot},
    material::{FlatKind, FlatMaterial, Horizon},
    scene::{
        ground::{CurrentGround, Focus, Ground},
        mirror::Stage,
        next::{NextGround, change},
        redraw::Redraw,
    },
    schedule::AppSystems,
    space::Space,
};
use bevy::prelude::*;
use std::sync::Arc;

/// A tile of the ground.
#[derive(Component)]
struct GroundTile;

/// A new city moves the origin, the horizon and the ground, before anything else is built on them.
fn receive(
    snapshot: Res<CurrentSnapshot>,
    mut space: ResMut<Space>,
    (mut ground, mut on_its_way): (ResMut<CurrentGround>, ResMut<NextGround>),
    mut horizon: ResMut<Horizon>,
    mut seen: Local<Option<Arc<crate::project::City>>>,
) {
    let Some(s) = snapshot.0.as_ref() else { return };
    if seen.as_ref().is_some_and(|c| Arc::ptr_eq(c, &s.city)) {
        return;
    }
    *seen = Some(s.city.clone());
    let next = Ground::of(&s.city, ground.0.as_ref().and_then(|g| g.focus));
    let moved = Space { origin: s.city.info.site };
    if ground.0.as_deref() == Some(&next) && *space == moved {
        return;
    }
    on_its_way.forget();
    *space = moved;
    let middle = space.world(next.city.center(), 0.0);
    let radius = 0.5 * next.city.width_m().hypot(next.city.height_m()) as f32;
    *horizon = Horizon {
        middle: Vec2::new(middle.x, middle.z),
        near_m: radius * 0.95,
        far_m: radius * 2.6,
    };
    ground.0 = Some(Arc::new(next));
}

/// Frames without motion after which the ground is drawn finely where the camera looks.
const REST_FRAMES: u32 = 8;

/// In a large city the ground is drawn finer where the camera rests; in between it stays as it is.
fn refocus(
    snapshot: Res<CurrentSnapshot>,
    camera: Res<CameraInfo>,
    ground: Res<CurrentGround>,
    mut next: ResMut<NextGround>,
    mut redraw: ResMut<Redraw>,
    mut last: Local<(CameraInfo, u32)>,
) {
    if last.0 != *camera {
        *last = (*camera, 0);
    }
    let (Some(s), Some(g)) = (snapshot.0.as_ref(), ground.0.as_ref()) else {
        return;
    };
    let before = next.get().unwrap_or(g).focus;
    let wanted = s
        .city
        .terrain()
        .and_then(|t| Some(Focus::following(before, camera.target, camera.distance_m)).filter(|f| g.gains(t, f)));
    if wanted == before {
        return;
    }
    last.1 += 1;
    redraw.soon();
    if last.1 >= REST_FRAMES {
        next.begin(Ground::of(&s.city, wanted));
    }
}

fn rebuild(mut stage: Stage, space: Res<Space>, ground: Res<CurrentGround>, old: Query<Entity, With<GroundTile>>) {
    if !ground.is_changed() {
        return;
    }
    let Some(g) = &ground.0 else { return };
    old.iter().for_each(|e| stage.commands.entity(e).despawn());
    let material = stage.materials.add(FlatMaterial {
        kind: FlatKind::Solid,
        horizon: *stage.horizon,
        ..default()
    });
    for tile in mesh::tiles(g, &space) {
        stage.commands.spawn((
            GroundTile,
            Mesh3d(stage.meshes.add(tile.finish())),
            MeshMaterial3d(material.clone()),
        ));
    }
    stage.redraw.soon();
}

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Space>()
        .init_resource::<CurrentGround>()
        .init_resource::<NextGround>()
        .add_systems(Update, (receive, refocus, change).chain().in_set(AppSystems::Receive))
        .add_systems(Update, rebuild.in_set(AppSystems::Build));
}
