//! Pointer and key to [`PointerSpot`] and [`Selection`].

use super::{
    frame::adds,
    hit::{Hit, Scene},
};
use crate::app::{
    bridge::{CLICK_PX, CurrentSnapshot, Drafting, FreeView, Gathered, PointerSpot, Selection, Tool, ViewState},
    scene::{ground::CurrentGround, lens::Projector, marks::Marks},
    space::Space,
};
use bevy::{prelude::*, window::PrimaryWindow};
use bevy_egui::input::EguiWantsInput;

/// The ground under the pointer.
pub fn spot(
    window: Query<&Window, With<PrimaryWindow>>,
    free: Res<FreeView>,
    (projector, ground, space): (Res<Projector>, Res<CurrentGround>, Res<Space>),
    mut spot: ResMut<PointerSpot>,
) {
    let at = window.single().ok().and_then(Window::cursor_position);
    let found = at
        .map(|p| projector.pointed(p))
        .filter(|p| projector.lens.free.contains(*p) && !free.pointer_claimed)
        .zip(ground.0.as_ref())
        .and_then(|(p, g)| {
            let (from, to) = (space.map(projector.eye), space.map(projector.eye + projector.ray(p)));
            g.meet(from, [0, 1, 2].map(|k| to[k] - from[k]), 60_000.0)
        })
        .filter(|p| ground.0.as_ref().is_some_and(|g| g.city.buffered(500.0).contains([p[0], p[1]])));
    if spot.0 != found {
        spot.0 = found;
    }
}

/// A click selects, a drag never does; W asks "why here?".
pub fn click(
    window: Query<&Window, With<PrimaryWindow>>,
    (buttons, keys): (Res<ButtonInput<MouseButton>>, Res<ButtonInput<KeyCode>>),
    (free, egui): (Res<FreeView>, Option<Res<EguiWantsInput>>),
    (projector, ground, space): (Res<Projector>, Res<CurrentGround>, Res<Space>),
    (snapshot, marks, spot, drafting): (Res<CurrentSnapshot>, Res<Marks>, Res<PointerSpot>, Res<Drafting>),
    (mut view, mut gathered): (ResMut<ViewState>, ResMut<Gathered>),
    mut press: Local<Option<Vec2>>,
) {
    let Some(at) = window.single().ok().and_then(Window::cursor_position) else {
        return;
    };
    let at = projector.pointed(at);
    let typing = free.keyboard_claimed || egui.as_ref().is_some_and(|e| e.wants_keyboard_input());
    if keys.just_pressed(KeyCode::KeyW)
        && !typing
        && let Some([x, y, _]) = spot.0
    {
        view.selection = Selection::Spot([x, y]);
    }
    // A finished drawing still waits for its attributes.
    if drafting.tool != Tool::Select {
        *press = None;
        return;
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
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    let hit = || {
        let scene = Scene {
            city: &s.city,
            view: &view,
            hidden: s.planning.as_ref().map(|p| p.hidden(&s.city)).unwrap_or_default(),
            ground: g,
            space: &space,
            projector: &projector,
        };
        scene.hit(at).map(|Hit { slot, row }| Selection::Feature { slot, row })
    };
    let selection = if s.planning.is_some() && adds(&keys) {
        let Some(feature) = hit().and_then(|h| Gathered::named(&s.city, &h)) else {
            return;
        };
        gathered.toggle(&s.city, &view.selection, feature)
    } else if let Some(id) = marks.hit(at).and_then(|m| next_of(&m.conflicts, &view.selection)) {
        Selection::Conflict(id)
    } else {
        hit().unwrap_or_default()
    };
    if !adds(&keys) && !gathered.features.is_empty() {
        gathered.features.clear();
    }
    if view.selection != selection {
        view.selection = selection;
    }
}

/// Clicking a cluster again walks through its conflicts.
fn next_of(ids: &[String], now: &Selection) -> Option<String> {
    let at = match now {
        Selection::Conflict(id) => ids.iter().position(|c| c == id).map_or(0, |k| k + 1),
        _ => 0,
    };
    ids.get(at % ids.len().max(1)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clicking_a_cluster_again_shows_the_next_conflict() {
        let ids = ["a", "b"].map(String::from);
        assert_eq!(next_of(&ids, &Selection::None).as_deref(), Some("a"));
        assert_eq!(next_of(&ids, &Selection::Conflict("a".into())).as_deref(), Some("b"));
        assert_eq!(next_of(&ids, &Selection::Conflict("b".into())).as_deref(), Some("a"));
        assert_eq!(next_of(&[], &Selection::None), None);
    }
}
