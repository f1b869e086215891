//! A right click that is no drag lists everything under the pointer.

use super::hit::Scene;
use crate::{
    app::{
        bridge::{CLICK_PX, CurrentSnapshot, FreeView, PickList, Pickable, PointerSpot, Selection, ViewState},
        scene::{ground::CurrentGround, lens::Projector, marks::Marks},
        space::Space,
        theme::text,
    },
    i18n::tr,
    model::{Language, LocalText},
    session::Snapshot,
};
use bevy::{prelude::*, window::PrimaryWindow};
use bevy_egui::input::EguiWantsInput;

/// Conflicts of a mark as they are listed.
fn conflicts(s: &Snapshot, ids: &[String]) -> Vec<Pickable> {
    ids.iter()
        .filter_map(|id| s.evaluation.conflict(id))
        .map(|c| {
            let severity = |l| text::severity(l, c.severity);
            let title = s
                .city
                .rule(&c.rule)
                .map(|r| r.title.clone())
                .unwrap_or_else(|| LocalText::same(&c.rule));
            Pickable {
                selection: Selection::Conflict(c.id.clone()),
                kind: LocalText::new(severity(Language::De), severity(Language::En)),
                name: LocalText::new(
                    format!("{}: {}", title.de, s.city.spoken(&c.subject, Language::De)),
                    format!("{}: {}", title.en, s.city.spoken(&c.subject, Language::En)),
                ),
            }
        })
        .collect()
}

/// Fills the list at a right click, and empties it when the view moves.
#[expect(clippy::too_many_arguments, reason = "everything that lies under a pointer")]
pub fn list(
    window: Query<&Window, With<PrimaryWindow>>,
    buttons: Res<ButtonInput<MouseButton>>,
    (free, egui): (Res<FreeView>, Option<Res<EguiWantsInput>>),
    (projector, ground, space): (Res<Projector>, Res<CurrentGround>, Res<Space>),
    (snapshot, marks, spot): (Res<CurrentSnapshot>, Res<Marks>, Res<PointerSpot>),
    view: Res<ViewState>,
    mut list: ResMut<PickList>,
    mut press: Local<Option<Vec2>>,
) {
    let Some(at) = window.single().ok().and_then(Window::cursor_position) else {
        return;
    };
    let at_pointer = at;
    let at = projector.pointed(at);
    let claimed = free.pointer_claimed || egui.is_some_and(|e| e.is_using_pointer() || e.is_popup_open());
    if buttons.just_pressed(MouseButton::Right) {
        *press = (!claimed && projector.lens.free.contains(at)).then_some(at);
    }
    if press.is_some_and(|p| p.distance(at) >= CLICK_PX) {
        *press = None;
    }
    if !buttons.just_released(MouseButton::Right) || press.take().is_none() {
        return;
    }
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    let mut items = marks.hit(at).map(|m| conflicts(s, &m.conflicts)).unwrap_or_default();
    let scene = Scene {
        city: &s.city,
        view: &view,
        hidden: s.planning.as_ref().map(|p| p.hidden(&s.city)).unwrap_or_default(),
        ground: g,
        space: &space,
        projector: &projector,
    };
    for hit in scene.all(at) {
        let layer = s.city.layers().find(|l| l.layer.slot == hit.slot);
        let Some(layer) = layer else { continue };
        let title = s.city.slot(&hit.slot).map(|s| s.def.title.clone());
        items.push(Pickable {
            kind: title.unwrap_or_else(|| LocalText::same(hit.slot.slot())),
            name: LocalText::same(s.city.label(&layer.layer, hit.row as usize)),
            selection: Selection::Feature {
                slot: hit.slot,
                row: hit.row,
            },
        });
    }
    if let Some([x, y, _]) = spot.0 {
        items.push(Pickable {
            selection: Selection::Spot([x, y]),
            kind: LocalText::same("W"),
            name: LocalText::new(tr(Language::De, "pick-why"), tr(Language::En, "pick-why")),
        });
    }
    *list = PickList {
        at: Some(at_pointer),
        items,
    };
}
