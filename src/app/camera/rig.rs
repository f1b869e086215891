//! The rig: takes poses and wishes, flies between them, and hands the result to Bevy's camera and to the panels.

use super::{Pose, first};
use crate::app::{
    bridge::{CameraCommand, CameraInfo, Compared, CurrentSnapshot, FreeView, Panes, Side},
    material::gamma,
    scene::{
        ground::CurrentGround,
        lens::{Lens, Projector},
        redraw::Redraw,
    },
    space::Space,
};
use bevy::{
    camera::{CameraOutputMode, visibility::RenderLayers},
    core_pipeline::tonemapping::{DebandDither, Tonemapping},
    prelude::*,
    window::PrimaryWindow,
};
use std::path::PathBuf;

const FLIGHT_S: f32 = 0.45;

/// The camera that draws the city.
#[derive(Component)]
pub struct MainCamera;

/// State of the camera.
#[derive(Resource, Default)]
pub struct Rig {
    /// Where it is now.
    pub pose: Pose,
    flight: Option<(Pose, Pose, f32)>,
    before_top: Option<Pose>,
    shown: Option<PathBuf>,
}

impl Rig {
    /// Where it will be when the flight is over.
    pub fn goal(&self) -> Pose {
        self.flight.map_or(self.pose, |f| f.1)
    }

    /// Moves at once and ends a flight.
    pub fn set(&mut self, pose: Pose) {
        self.flight = None;
        self.pose = pose;
    }

    fn fly(&mut self, to: Pose) {
        if std::env::var_os("STADTSCHICHT_REDUCED_MOTION").is_some_and(|v| v != "0") {
            return self.set(to);
        }
        self.flight = Some((self.pose, to, 0.0));
    }
}

/// Two cameras on one picture: the city is drawn only where no panel lies over it, because every pixel counts on a processor
/// that draws; the panels have the whole window. No multisampling, no tone curve; the colours are final as they are.
pub fn spawn(mut commands: Commands) {
    commands.spawn((
        MainCamera,
        Side::Now.sees(),
        Camera3d::default(),
        Camera {
            // The second camera hands the common picture on.
            output_mode: CameraOutputMode::Skip,
            ..default()
        },
        Projection::custom(Lens::default()),
        gamma::SPACE,
        Msaa::Off,
        Tonemapping::None,
        DebandDither::Disabled,
        Transform::default(),
    ));
    commands.spawn((
        Camera2d,
        Camera {
            // Between both the camera of a compared variant has its place.
            order: 2,
            clear_color: ClearColorConfig::None,
            ..default()
        },
        gamma::SPACE,
        Msaa::Off,
        Tonemapping::None,
        DebandDither::Disabled,
        bevy_egui::PrimaryEguiContext,
    ));
}

/// The size of the window and the part that panels leave free.
pub fn measure(
    window: Query<&Window, With<PrimaryWindow>>,
    free: Res<FreeView>,
    compared: Res<Compared>,
    mut panes: ResMut<Panes>,
    mut projector: ResMut<Projector>,
) {
    let Ok(window) = window.single() else {
        // A picture has no window and nothing to compare.
        let whole = Compared::default().panes(projector.lens.free);
        panes.set_if_neq(whole);
        return;
    };
    let size = window.size().max(Vec2::ONE);
    let whole = Rect::from_corners(Vec2::ZERO, size);
    let part = Rect::from_corners(free.min, free.max).intersect(whole);
    let free = if part.width() > 80.0 && part.height() > 80.0 { part } else { whole };
    let now = compared.panes(free);
    panes.set_if_neq(now);
    let lens = Lens { size, free: now.main.lens };
    if projector.lens != lens {
        projector.lens = lens;
    }
}

/// A new project starts with its first view, or where its gravest conflicts lie.
pub fn arrive(
    mut rig: ResMut<Rig>,
    snapshot: Res<CurrentSnapshot>,
    ground: Res<CurrentGround>,
    space: Res<Space>,
    projector: Res<Projector>,
) {
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    if rig.shown.as_ref() == Some(&s.city.info.folder) {
        return;
    }
    rig.shown = Some(s.city.info.folder.clone());
    let pose = match s.city.info.views.first() {
        Some(v) => Pose::of_view(v, g, &space),
        None => match first::gravest(&s.evaluation.conflicts, g.city) {
            Some(group) => Pose::default().framing(&group, &projector.lens, g, &space),
            None => Pose::home(&projector.lens, g, &space),
        },
    };
    rig.set(pose.held(g, &space));
    rig.before_top = None;
}

/// Wishes of panels and keys.
pub fn obey(
    mut rig: ResMut<Rig>,
    mut wishes: MessageReader<CameraCommand>,
    ground: Res<CurrentGround>,
    space: Res<Space>,
    projector: Res<Projector>,
) {
    let Some(g) = &ground.0 else { return };
    for wish in wishes.read() {
        let now = rig.goal();
        let to = match wish {
            CameraCommand::FlyTo(b) if b.is_empty() => continue,
            CameraCommand::FlyTo(b) => {
                let room = b.buffered(0.35 * b.width_m().max(b.height_m()).max(60.0));
                now.framing(&room, &projector.lens, g, &space)
            }
            CameraCommand::Home => Pose::home(&projector.lens, g, &space),
            CameraCommand::North => Pose { heading_deg: 0.0, ..now },
            CameraCommand::ToggleTop if now.pitch_deg > 85.0 => {
                let back = rig.before_top.take().unwrap_or_default();
                Pose {
                    pitch_deg: back.pitch_deg.min(60.0),
                    heading_deg: back.heading_deg,
                    ..now
                }
            }
            CameraCommand::ToggleTop => {
                rig.before_top = Some(now);
                Pose {
                    pitch_deg: 90.0,
                    heading_deg: 0.0,
                    ..now
                }
            }
            CameraCommand::Zoom(factor) => now.zoomed(*factor, None),
            CameraCommand::Tilt(by) => Pose {
                pitch_deg: now.pitch_deg + by,
                ..now
            },
            CameraCommand::Rotate(by) => Pose {
                heading_deg: now.heading_deg + by,
                ..now
            },
        };
        rig.fly(to.held(g, &space));
    }
}

/// Flies on and puts the camera where it belongs.
#[expect(clippy::too_many_arguments, reason = "the end of the chain")]
pub fn place(
    mut rig: ResMut<Rig>,
    time: Res<Time<Real>>,
    ground: Res<CurrentGround>,
    space: Res<Space>,
    (mut projector, panes): (ResMut<Projector>, Res<Panes>),
    mut info: ResMut<CameraInfo>,
    mut redraw: ResMut<Redraw>,
    mut camera: Query<(&mut Transform, &mut Projection, &mut Camera, &mut RenderLayers), With<MainCamera>>,
) {
    if let Some((from, to, t)) = rig.flight {
        // After an idle pause the first step would otherwise be the whole flight.
        let t = t + time.delta_secs().min(0.06) / FLIGHT_S;
        if t >= 1.0 {
            rig.set(to);
        } else {
            rig.pose = from.between(&to, t * t * (3.0 - 2.0 * t));
            rig.flight = Some((from, to, t));
        }
        redraw.soon();
    }
    if rig.flight.is_none()
        && let Some(g) = &ground.0
    {
        rig.pose = rig.pose.held(g, &space);
    }
    let pose = rig.pose;
    let next = Projector {
        lens: projector.lens,
        eye: pose.eye(),
        rotation: pose.rotation(),
        // Two pictures of one view: what is pointed at in one is meant in both.
        twin: panes.other.filter(|p| p.lens == p.rect).map(|p| p.rect),
    };
    *projector = next;
    if let Ok((mut transform, mut projection, mut camera, mut layers)) = camera.single_mut() {
        layers.set_if_neq(panes.main.side.sees());
        let to = Transform::from_translation(next.eye).with_rotation(next.rotation);
        if *transform != to {
            *transform = to;
        }
        // The target's own scale: a picture has no window. Until it is known the city fills the whole target.
        if let Some(part) = camera
            .target_scaling_factor()
            .map(|scale| next.lens.viewport(panes.main.rect, scale))
            && camera.viewport.as_ref().map(|v| (v.physical_position, v.physical_size))
                != Some((part.physical_position, part.physical_size))
        {
            camera.viewport = Some(part);
        }
        let own = next.lens.within(panes.main.rect);
        let same = matches!(&*projection, Projection::Custom(c) if c.get::<Lens>() == Some(&own));
        if !same {
            *projection = Projection::custom(own);
        }
    }
    let [x, y] = space.map2(pose.target);
    let now = CameraInfo {
        target: [x, y],
        distance_m: f64::from(pose.distance_m),
        heading_deg: f64::from(pose.heading_deg.rem_euclid(360.0)),
        pitch_deg: f64::from(pose.pitch_deg),
        metres_per_pixel: f64::from(next.lens.metres_per_pixel(pose.distance_m)),
    };
    if *info != now {
        *info = now;
    }
}
