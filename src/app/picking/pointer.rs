//! Pointer and key to [`PointerSpot`] and [`Selection`].

use super::{
    frame::adds,
    hit::{Hit, Scene},
};
use crate::app::{
    bridge::{
        CLICK_PX, Compared, CurrentSnapshot, Drafting, FreeView, Gathered, OnlyThere, Panes, PointerSpot, Selection, Tool, ViewState,
    },
    scene::{
        ground::CurrentGround,
        lens::{Lens, Projector},
        marks::{Marks, OtherMarks},
    },
    space::Space,
};
use crate::{model::FeatureRef, modules::Role, project::City, session::Planning};
use bevy::{prelude::*, window::PrimaryWindow};
use bevy_egui::input::EguiWantsInput;
use std::collections::BTreeMap;

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
#[expect(clippy::too_many_arguments, reason = "a click meets everything that is drawn")]
pub fn click(
    window: Query<&Window, With<PrimaryWindow>>,
    (buttons, keys): (Res<ButtonInput<MouseButton>>, Res<ButtonInput<KeyCode>>),
    (free, egui): (Res<FreeView>, Option<Res<EguiWantsInput>>),
    (projector, ground, space): (Res<Projector>, Res<CurrentGround>, Res<Space>),
    (snapshot, marks, spot, drafting): (Res<CurrentSnapshot>, Res<Marks>, Res<PointerSpot>, Res<Drafting>),
    (compared, panes, other): (Res<Compared>, Res<Panes>, Res<OtherMarks>),
    (mut view, mut gathered, mut only_there): (ResMut<ViewState>, ResMut<Gathered>, ResMut<OnlyThere>),
    mut press: Local<Option<Vec2>>,
) {
    let Some(at) = window.single().ok().and_then(Window::cursor_position) else {
        return;
    };
    let pixel = at;
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
        let met = scene.hit(at);
        // What is being planned is meant rather than the bands and areas that lie over it; a house that stands on it is meant itself.
        let role = |h: &Hit| s.city.slot(&h.slot).and_then(|slot| slot.def.role);
        let own = s
            .planning
            .as_ref()
            .filter(|_| met.as_ref().is_none_or(|h| role(h) != Some(Role::Buildings)));
        let own = own.and_then(|p| scene.all(at).into_iter().find(|h| planned(p, &s.city, h)));
        own.or(met).map(|Hit { slot, row }| Selection::Feature { slot, row })
    };
    // In the picture of the other variant what is seen there is meant.
    let there = || {
        let (pane, before) = panes.there(pixel).zip(compared.before.as_ref())?;
        let lens = Lens {
            free: pane.lens,
            ..projector.lens
        };
        let scene = Scene {
            city: &before.city,
            view: &view,
            hidden: BTreeMap::new(),
            ground: g,
            space: &space,
            projector: &Projector { lens, ..*projector },
        };
        let marks = if panes.other.is_some() { &other.0 } else { &*marks };
        Some(seen_there(&scene, marks, pixel, &s.city, &view.selection))
    };
    let selection = if s.planning.is_some() && adds(&keys) {
        let Some(feature) = hit().and_then(|h| Gathered::named(&s.city, &h)) else {
            return;
        };
        gathered.toggle(&s.city, &view.selection, feature)
    } else if let Some((selection, only)) = there() {
        only_there.0 = only.map(|f| (selection.clone(), f));
        selection
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

/// True when the plan made or changed a feature.
fn planned(p: &Planning, city: &City, h: &Hit) -> bool {
    let id = city.layer(&h.slot).and_then(|l| l.layer.ids.get(h.row as usize));
    id.is_some_and(|id| p.overlay.edited_feature(&h.slot, id).is_some())
}

/// What is meant by a click into the picture of another variant: its conflict; its feature as it is `now`; and where the plan took that away,
/// the place, with the name of what stood there.
fn seen_there(scene: &Scene, marks: &Marks, pixel: Vec2, now: &City, selection: &Selection) -> (Selection, Option<FeatureRef>) {
    if let Some(id) = marks.hit(pixel).and_then(|m| next_of(&m.conflicts, selection)) {
        return (Selection::Conflict(id), None);
    }
    let Some(Hit { slot, row }) = scene.hit(pixel) else {
        return (Selection::None, None);
    };
    let Some(layer) = scene.city.layer(&slot) else {
        return (Selection::Feature { slot, row }, None);
    };
    let feature = scene.city.reference(layer, row);
    if let Some(row) = now.row(&slot, &feature.id) {
        return (Selection::Feature { slot, row }, None);
    }
    let b = layer.layer.geometry.bbox(row as usize);
    (Selection::Spot(b.center()), Some(feature))
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
