//! The second camera: it is there only while two variants share the view, and looks from where the first one does.

use crate::app::{
    bridge::{Panes, Side},
    material::gamma,
    scene::lens::{Lens, Projector},
};
use bevy::{
    camera::{CameraOutputMode, visibility::RenderLayers},
    core_pipeline::tonemapping::{DebandDither, Tonemapping},
    prelude::*,
};

/// The camera of the variant that is compared with.
#[derive(Component)]
pub struct SecondCamera;

/// Sets it up, moves it along and takes it away.
pub fn second_camera(
    mut commands: Commands,
    panes: Res<Panes>,
    projector: Res<Projector>,
    mut camera: Query<(Entity, &mut Transform, &mut Projection, &mut Camera, &mut RenderLayers), With<SecondCamera>>,
) {
    let Some(pane) = panes.other else {
        camera.iter().for_each(|(e, ..)| commands.entity(e).despawn());
        return;
    };
    let lens = Lens {
        free: pane.lens,
        ..projector.lens
    };
    let own = lens.within(pane.rect);
    let to = Transform::from_translation(projector.eye).with_rotation(projector.rotation);
    let Ok((_, mut transform, mut projection, mut camera, mut layers)) = camera.single_mut() else {
        commands.spawn((
            SecondCamera,
            Side::Before.sees(),
            Camera3d::default(),
            Camera {
                // After the first one, into the same picture, which the last one hands on.
                order: 1,
                clear_color: ClearColorConfig::None,
                output_mode: CameraOutputMode::Skip,
                viewport: Some(lens.viewport(pane.rect, 1.0)),
                ..default()
            },
            Projection::custom(own),
            gamma::SPACE,
            Msaa::Off,
            Tonemapping::None,
            DebandDither::Disabled,
            to,
        ));
        return;
    };
    layers.set_if_neq(pane.side.sees());
    if *transform != to {
        *transform = to;
    }
    if let Some(part) = camera.target_scaling_factor().map(|scale| lens.viewport(pane.rect, scale))
        && camera.viewport.as_ref().map(|v| (v.physical_position, v.physical_size)) != Some((part.physical_position, part.physical_size))
    {
        camera.viewport = Some(part);
    }
    if !matches!(&*projection, Projection::Custom(c) if c.get::<Lens>() == Some(&own)) {
        *projection = Projection::custom(own);
    }
}
