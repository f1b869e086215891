//! Pictures of map services on the ground, under every layer: one textured mesh each, cut along the drawn ground like everything that lies
//! on it.

mod material;
mod mesh;

use super::{
    bridge::{CurrentSnapshot, ViewState},
    material::Horizon,
    scene::{
        ground::{CurrentGround, Ground},
        redraw::Redraw,
    },
    schedule::AppSystems,
    space::Space,
};
use crate::{model::SlotId, services::Picture};
use bevy::prelude::*;
use material::PictureMaterial;
use std::{collections::BTreeMap, sync::Arc};

/// One picture in the scene.
struct Drawn {
    picture: Arc<Picture>,
    ground: Arc<Ground>,
    entity: Entity,
    material: Handle<PictureMaterial>,
}

/// The pictures in the scene.
#[derive(Resource, Default)]
struct Backdrops(BTreeMap<SlotId, Drawn>);

/// Where meshes, textures and materials are kept.
type Stores<'w> = (
    ResMut<'w, Assets<Mesh>>,
    ResMut<'w, Assets<Image>>,
    ResMut<'w, Assets<PictureMaterial>>,
);

#[allow(clippy::too_many_arguments, reason = "a system names what it touches")]
fn build(
    mut commands: Commands,
    mut drawn: ResMut<Backdrops>,
    (mut meshes, mut images, mut materials): Stores<'_>,
    (snapshot, view): (Res<CurrentSnapshot>, Res<ViewState>),
    (ground, space, horizon): (Res<CurrentGround>, Res<Space>, Res<Horizon>),
    mut shown: Query<&mut Visibility>,
    mut redraw: ResMut<Redraw>,
) {
    if !(snapshot.is_changed() || view.is_changed() || ground.is_changed()) {
        return;
    }
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    let pictures = s.city.backdrops.iter();
    let pictures: Vec<_> = pictures.filter_map(|b| Some((b, b.picture.as_ref().ok()?))).collect();
    drawn.0.retain(|id, d| {
        let same = |p: &Arc<Picture>| Arc::ptr_eq(p, &d.picture) && Arc::ptr_eq(g, &d.ground);
        let keep = pictures.iter().any(|(b, p)| b.id == *id && same(p));
        if !keep {
            commands.entity(d.entity).despawn();
        }
        keep
    });
    for (backdrop, picture) in pictures {
        let entry = view.layer(&backdrop.id);
        // Pictures come first among the layers; all of them lie below order 1, where the others begin.
        let place = view.layers.iter().position(|l| l.slot == backdrop.id).unwrap_or(0);
        let order = place.min(999) as f32 / 1000.0;
        let visible = entry.map_or(backdrop.visible, |l| l.visible);
        let opacity = entry.map_or(backdrop.opacity, |l| l.opacity);
        if let Some(d) = drawn.0.get(&backdrop.id) {
            let to = if visible { Visibility::Visible } else { Visibility::Hidden };
            if let Ok(mut visibility) = shown.get_mut(d.entity) {
                visibility.set_if_neq(to);
            }
            if materials.get(&d.material).is_some_and(|m| (m.opacity, m.order) != (opacity, order))
                && let Some(mut m) = materials.get_mut(&d.material)
            {
                (m.opacity, m.order) = (opacity, order);
            }
            redraw.soon();
            continue;
        }
        // What was never shown costs no graphics memory.
        if !visible {
            continue;
        }
        let material = materials.add(PictureMaterial {
            opacity,
            order,
            horizon: *horizon,
            picture: images.add(mesh::texture(picture)),
        });
        let mesh = meshes.add(mesh::sheet(picture, g, &space));
        let entity = commands.spawn((Mesh3d(mesh), MeshMaterial3d(material.clone()))).id();
        let (picture, ground) = (picture.clone(), g.clone());
        drawn.0.insert(
            backdrop.id.clone(),
            Drawn {
                picture,
                ground,
                entity,
                material,
            },
        );
        redraw.soon();
    }
}

/// Registers the room.
pub fn plugin(app: &mut App) {
    material::plugin(app);
    app.init_resource::<Backdrops>()
        .add_systems(Update, build.in_set(AppSystems::Build));
}
