//! Clicks and keys while something is drawn. A drag still moves the map: only a click without a drag sets a vertex.

use super::{
    corners::{handle, put_down, take_away, take_up},
    snap::Aim,
};
use crate::app::{
    bridge::{CLICK_PX, CameraInfo, CurrentSnapshot, Drafting, FreeView, PointerSpot, SnapKind, Tool, ViewState},
    scene::{lens::Projector, redraw::Redraw},
    space::Space,
};
use bevy::{prelude::*, window::PrimaryWindow};
use bevy_egui::input::EguiWantsInput;

/// The pointer attracts within this many pixels.
const REACH_PX: f64 = 9.0;
/// Figures of a length that may be typed.
const MOST_FIGURES: usize = 9;

/// Follows the pointer and sets vertices.
#[expect(clippy::too_many_arguments, reason = "the pointer meets everything")]
pub fn point(
    window: Query<&Window, With<PrimaryWindow>>,
    (buttons, keys): (Res<ButtonInput<MouseButton>>, Res<ButtonInput<KeyCode>>),
    (free, egui): (Res<FreeView>, Option<Res<EguiWantsInput>>),
    (projector, space): (Res<Projector>, Res<Space>),
    (snapshot, view, spot, camera): (Res<CurrentSnapshot>, Res<ViewState>, Res<PointerSpot>, Res<CameraInfo>),
    mut drafting: ResMut<Drafting>,
    mut press: Local<Option<Vec2>>,
    mut redraw: ResMut<Redraw>,
) {
    if !drafting.active() {
        *press = None;
        return;
    }
    let (Some(s), Some(at)) = (&snapshot.0, window.single().ok().and_then(Window::cursor_position)) else {
        return;
    };
    let at = projector.pointed(at);
    if drafting.centre != camera.target {
        drafting.centre = camera.target;
    }
    let reach_m = spot.0.map_or(1.0, |[x, y, z]| {
        let distance = projector.eye.distance(space.world([x, y], z));
        f64::from(projector.lens.metres_per_pixel(distance)) * REACH_PX
    });
    let held = drafting.tool != Tool::Vertices || drafting.corners.held.is_some();
    let next = spot.0.filter(|_| held).map(|[x, y, _]| {
        let aim = Aim {
            layers: view.seen(&s.city),
            tool: drafting.tool,
            points: &drafting.points,
            reach_m,
            length_m: drafting.length_m(),
            free: keys.any_pressed([KeyCode::AltLeft, KeyCode::AltRight]),
        };
        aim.snap([x, y])
    });
    if drafting.next != next {
        drafting.next = next;
        redraw.soon();
    }
    let claimed = free.pointer_claimed || egui.is_some_and(|e| e.is_using_pointer() || e.is_popup_open());
    if buttons.just_pressed(MouseButton::Left) {
        *press = (!claimed && projector.lens.free.contains(at)).then_some(at);
    }
    if press.is_some_and(|p| p.distance(at) >= CLICK_PX) {
        *press = None;
    }
    if !buttons.just_released(MouseButton::Left) || press.take().is_none() {
        return;
    }
    redraw.soon();
    if drafting.tool == Tool::Vertices && drafting.corners.held.is_none() {
        if let Some(found) = spot.0.and_then(|[x, y, _]| handle(&drafting.corners, [x, y], reach_m * 1.4)) {
            take_up(&mut drafting.corners, found);
        }
        return;
    }
    let Some(next) = next else { return };
    if drafting.tool == Tool::Vertices {
        put_down(&mut drafting.corners, next.at);
    } else if next.kind == SnapKind::Close {
        drafting.finish();
    } else {
        drafting.add(next.at);
    }
}

/// The character of a length that a key stands for.
fn figure(key: KeyCode) -> Option<char> {
    use KeyCode::*;
    let digits = [
        (Digit0, Numpad0),
        (Digit1, Numpad1),
        (Digit2, Numpad2),
        (Digit3, Numpad3),
        (Digit4, Numpad4),
        (Digit5, Numpad5),
        (Digit6, Numpad6),
        (Digit7, Numpad7),
        (Digit8, Numpad8),
        (Digit9, Numpad9),
    ];
    let digit = digits.iter().position(|(a, b)| key == *a || key == *b);
    match digit {
        Some(n) => char::from_digit(n as u32, 10),
        None => matches!(key, Comma | Period | NumpadComma | NumpadDecimal).then_some(','),
    }
}

/// Figures make a length, Enter sets a vertex at it or ends the drawing, Backspace takes back, Delete takes a corner away, Escape gives up.
pub fn keys(
    keys: Res<ButtonInput<KeyCode>>,
    (free, egui): (Res<FreeView>, Option<Res<EguiWantsInput>>),
    mut drafting: ResMut<Drafting>,
    mut redraw: ResMut<Redraw>,
) {
    let typing = free.keyboard_claimed || egui.is_some_and(|e| e.wants_keyboard_input());
    let ctrl = keys.any_pressed([KeyCode::ControlLeft, KeyCode::ControlRight, KeyCode::SuperLeft, KeyCode::SuperRight]);
    if !drafting.active() || typing || ctrl {
        return;
    }
    for key in keys.get_just_pressed() {
        redraw.soon();
        match key {
            KeyCode::Enter | KeyCode::NumpadEnter => match (drafting.length_m(), drafting.next) {
                (Some(_), Some(next)) if !drafting.points.is_empty() => drafting.add(next.at),
                _ => drafting.finish(),
            },
            KeyCode::Backspace => {
                if drafting.typed.pop().is_none() {
                    drafting.points.pop();
                }
            }
            KeyCode::Delete => take_away(&mut drafting.corners),
            KeyCode::Escape => {
                if !drafting.typed.is_empty() {
                    drafting.typed.clear();
                } else if drafting.corners.held.is_some() {
                    drafting.corners.held = None;
                } else if drafting.points.is_empty() {
                    *drafting = Drafting::default();
                } else {
                    drafting.points.clear();
                }
            }
            other => {
                if let Some(c) = figure(*other)
                    && drafting.typed.len() < MOST_FIGURES
                    && (c != ',' || !drafting.typed.contains(','))
                {
                    drafting.typed.push(c);
                }
            }
        }
    }
}
