//! Mouse and keys: left drag pans with the ground under the cursor, right or middle drag orbits, the wheel zooms to
//! the cursor; the keyboard follows QGIS.

use super::{Pose, Rig};
use crate::app::{
    bridge::{CLICK_PX, CameraCommand, FreeView, Gathered},
    scene::{ground::CurrentGround, lens::Projector, redraw::Redraw},
    space::Space,
};
use bevy::{
    input::mouse::{MouseScrollUnit, MouseWheel},
    prelude::*,
    window::PrimaryWindow,
};
use bevy_egui::input::EguiWantsInput;

/// Degrees a pixel of an orbiting drag turns.
const TURN_DEG: f32 = 0.28;

/// What the pressed button does.
#[derive(Default, Clone, Copy)]
pub enum Drag {
    /// Nothing.
    #[default]
    None,
    /// Moves the ground point along.
    Pan { from: Vec2, anchor: Vec3, moved: bool },
    /// Turns and tilts.
    Orbit { last: Vec2 },
}

/// The point of the ground under a pixel, world.
fn under(projector: &Projector, ground: &CurrentGround, space: &Space, pixel: Vec2) -> Option<Vec3> {
    let g = ground.0.as_ref()?;
    let ray = projector.ray(pixel);
    let d = space.map(projector.eye + ray);
    let from = space.map(projector.eye);
    let hit = g.meet(from, [0, 1, 2].map(|k| d[k] - from[k]), 60_000.0)?;
    Some(space.world([hit[0], hit[1]], hit[2]))
}

/// Drags and wheel.
#[expect(clippy::too_many_arguments, reason = "the mouse meets everything")]
pub fn mouse(
    mut rig: ResMut<Rig>,
    mut drag: Local<(Drag, Vec2)>,
    window: Query<&Window, With<PrimaryWindow>>,
    buttons: Res<ButtonInput<MouseButton>>,
    mut wheel: MessageReader<MouseWheel>,
    (free, egui, gathered): (Res<FreeView>, Option<Res<EguiWantsInput>>, Res<Gathered>),
    (projector, ground, space): (Res<Projector>, Res<CurrentGround>, Res<Space>),
    mut redraw: ResMut<Redraw>,
) {
    let claimed = free.pointer_claimed || egui.is_some_and(|e| e.is_using_pointer() || e.is_popup_open());
    let cursor = window.single().ok().and_then(Window::cursor_position);
    let scroll: f32 = wheel
        .read()
        .map(|w| if w.unit == MouseScrollUnit::Line { w.y } else { w.y / 40.0 })
        .sum();
    let (drag, shift) = &mut *drag;
    let Some(at) = cursor else {
        *drag = Drag::None;
        return;
    };
    // A drag that began in the second picture goes on in it, wherever the pointer is.
    if matches!(drag, Drag::None) {
        *shift = projector.pointed(at) - at;
    }
    let at = at + *shift;
    let over = projector.lens.free.contains(at) && !claimed;
    if over && scroll != 0.0 {
        let anchor = under(&projector, &ground, &space, at);
        let pose = rig.goal().zoomed(0.84f32.powf(scroll.clamp(-6.0, 6.0)), anchor);
        rig.set(pose);
        redraw.soon();
    }
    if over && buttons.just_pressed(MouseButton::Left) {
        *drag = match under(&projector, &ground, &space, at) {
            Some(anchor) => Drag::Pan {
                from: at,
                anchor,
                moved: false,
            },
            None => Drag::None,
        };
    } else if over && (buttons.just_pressed(MouseButton::Right) || buttons.just_pressed(MouseButton::Middle)) {
        *drag = Drag::Orbit { last: at };
    }
    // The drag frames features.
    if gathered.frame.is_some() {
        *drag = Drag::None;
    }
    match *drag {
        Drag::Pan { from, anchor, moved } if buttons.pressed(MouseButton::Left) => {
            let moved = moved || from.distance(at) >= CLICK_PX;
            *drag = Drag::Pan { from, anchor, moved };
            if moved {
                pan(&mut rig, &projector, anchor, at);
                redraw.soon();
            }
        }
        Drag::Orbit { last } if buttons.any_pressed([MouseButton::Right, MouseButton::Middle]) => {
            let by = (at - last) * TURN_DEG;
            if by != Vec2::ZERO {
                let pose = rig.goal();
                rig.set(Pose {
                    heading_deg: pose.heading_deg + by.x,
                    pitch_deg: pose.pitch_deg + by.y,
                    ..pose
                });
                redraw.soon();
            }
            *drag = Drag::Orbit { last: at };
        }
        _ => *drag = Drag::None,
    }
}

/// Moves the target so that the grabbed point lies under the cursor again.
fn pan(rig: &mut Rig, projector: &Projector, anchor: Vec3, at: Vec2) {
    let ray = projector.ray(at);
    // Near the horizon a pixel is a kilometre: stop there instead of flying away.
    if ray.y > -0.03 {
        return;
    }
    let hit = projector.eye + ray * ((anchor.y - projector.eye.y) / ray.y);
    let by = anchor - hit;
    let mut pose = rig.goal();
    let far = 3.0 * pose.distance_m;
    pose.target += Vec3::new(by.x, 0.0, by.z).clamp_length_max(far);
    rig.set(pose);
}

/// Arrows pan, with Shift they turn and tilt; Page Up and Page Down change the distance; Home, N and T as in the menu.
pub fn keys(
    mut rig: ResMut<Rig>,
    keys: Res<ButtonInput<KeyCode>>,
    free: Res<FreeView>,
    egui: Option<Res<EguiWantsInput>>,
    time: Res<Time<Real>>,
    mut wishes: MessageWriter<CameraCommand>,
    mut redraw: ResMut<Redraw>,
) {
    if free.keyboard_claimed || egui.is_some_and(|e| e.wants_keyboard_input()) {
        return;
    }
    let ctrl = keys.any_pressed([KeyCode::ControlLeft, KeyCode::ControlRight, KeyCode::SuperLeft, KeyCode::SuperRight]);
    if ctrl || keys.any_pressed([KeyCode::AltLeft, KeyCode::AltRight]) {
        return;
    }
    for (key, wish) in [
        (KeyCode::Home, CameraCommand::Home),
        (KeyCode::KeyN, CameraCommand::North),
        (KeyCode::KeyT, CameraCommand::ToggleTop),
    ] {
        if keys.just_pressed(key) {
            wishes.write(wish);
        }
    }
    let axis = |plus: &[KeyCode], minus: &[KeyCode]| {
        f32::from(u8::from(keys.any_pressed(plus.iter().copied()))) - f32::from(u8::from(keys.any_pressed(minus.iter().copied())))
    };
    let x = axis(&[KeyCode::ArrowRight], &[KeyCode::ArrowLeft]);
    let y = axis(&[KeyCode::ArrowUp], &[KeyCode::ArrowDown]);
    let zoom = axis(
        &[KeyCode::PageDown, KeyCode::NumpadAdd],
        &[KeyCode::PageUp, KeyCode::NumpadSubtract],
    );
    if (x, y, zoom) == (0.0, 0.0, 0.0) {
        return;
    }
    let dt = time.delta_secs().clamp(0.008, 0.05);
    let mut pose = rig.goal();
    if keys.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight]) {
        pose.heading_deg += x * 60.0 * dt;
        pose.pitch_deg -= y * 40.0 * dt;
    } else {
        let ahead = pose.ahead();
        let right = Vec3::new(-ahead.z, 0.0, ahead.x);
        pose.target += (ahead * y + right * x) * pose.distance_m * 0.7 * dt;
    }
    pose.distance_m *= (-zoom * 1.2 * dt).exp();
    rig.set(pose);
    redraw.soon();
}
