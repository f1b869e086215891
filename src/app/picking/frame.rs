//! Several features for the plan: a drag with Shift draws a frame, and what lies wholly inside is taken.

use crate::{
    app::{
        bridge::{CLICK_PX, CurrentSnapshot, Drafting, FreeView, Gathered, ViewState},
        scene::{
            ground::{CurrentGround, Ground},
            lens::Projector,
            redraw::Redraw,
        },
        space::Space,
    },
    index::IndexedLayer,
    model::{Bbox, SlotId},
    project::City,
    scenario::Named,
};
use bevy::{prelude::*, window::PrimaryWindow};
use bevy_egui::{
    EguiContexts,
    egui::{self, Color32, Stroke, StrokeKind},
    input::EguiWantsInput,
};
use std::collections::{BTreeMap, BTreeSet};

const INK: Color32 = Color32::from_rgb(0x0B, 0x5F, 0xFF);

/// True while a key is held that adds to what is selected.
pub fn adds(keys: &ButtonInput<KeyCode>) -> bool {
    use KeyCode::*;
    keys.any_pressed([ShiftLeft, ShiftRight, ControlLeft, ControlRight, SuperLeft, SuperRight])
}

/// Draws the frame and takes what is inside when the button is let go; gives up what is no longer selected.
#[expect(clippy::too_many_arguments, reason = "a frame meets everything that is drawn")]
pub fn frame(
    window: Query<&Window, With<PrimaryWindow>>,
    (buttons, keys): (Res<ButtonInput<MouseButton>>, Res<ButtonInput<KeyCode>>),
    (free, egui): (Res<FreeView>, Option<Res<EguiWantsInput>>),
    (projector, ground, space): (Res<Projector>, Res<CurrentGround>, Res<Space>),
    (snapshot, drafting): (Res<CurrentSnapshot>, Res<Drafting>),
    mut view: ResMut<ViewState>,
    mut gathered: ResMut<Gathered>,
    mut redraw: ResMut<Redraw>,
) {
    let at = window.single().ok().and_then(Window::cursor_position);
    let planned = snapshot.0.as_ref().filter(|s| s.planning.is_some());
    let (Some(at), Some(s), Some(ground)) = (at, planned, &ground.0) else {
        if *gathered != Gathered::default() {
            *gathered = Gathered::default();
        }
        return;
    };
    if (snapshot.is_changed() || view.is_changed()) && !gathered.features.is_empty() {
        gathered.settle(&s.city, &view.selection);
    }
    let shift = keys.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight]);
    let claimed = free.pointer_claimed || egui.is_some_and(|e| e.is_using_pointer() || e.is_popup_open());
    if buttons.just_pressed(MouseButton::Left) && shift && !claimed && !drafting.active() && projector.lens.free.contains(at) {
        gathered.frame = Some([at, at]);
    }
    let Some([from, to]) = gathered.frame else { return };
    if to != at {
        gathered.frame = Some([from, at]);
        redraw.soon();
    }
    if buttons.pressed(MouseButton::Left) {
        return;
    }
    gathered.frame = None;
    redraw.soon();
    // Without a drag it is a click, and that takes what lies under the pointer.
    if from.distance(at) < CLICK_PX {
        return;
    }
    let scene = Inside {
        rect: Rect::from_corners(from, at).intersect(projector.lens.free),
        projector: &projector,
        ground,
        space: &space,
    };
    let hidden = s.planning.as_ref().map(|p| p.hidden(&s.city)).unwrap_or_default();
    let found = scene.features(&s.city, &view, &hidden);
    let selection = gathered.extend(&s.city, &view.selection, found);
    if view.selection != selection {
        view.selection = selection;
    }
}

/// A frame on the screen over the city.
struct Inside<'a> {
    rect: Rect,
    projector: &'a Projector,
    ground: &'a Ground,
    space: &'a Space,
}

impl Inside<'_> {
    /// Everything that is drawn and lies wholly inside.
    fn features(&self, city: &City, view: &ViewState, hidden: &BTreeMap<SlotId, BTreeSet<u32>>) -> Vec<Named> {
        let around = self.around();
        let mut out = vec![];
        // What was dropped beside the slots can be looked at, but no plan changes it.
        for layer in view.seen(city).into_iter().filter(|l| city.layer(&l.layer.slot).is_some()) {
            let mut rows = layer.index.rows_in(&around);
            rows.sort_unstable();
            if let Some(hidden) = hidden.get(&layer.layer.slot) {
                rows.retain(|row| !hidden.contains(row));
            }
            let inside = rows.into_iter().filter(|row| self.holds(layer, *row as usize));
            out.extend(inside.map(|row| (layer.layer.slot.clone(), layer.layer.ids[row as usize].to_string())));
        }
        out
    }

    /// The box of the ground that the frame can reach: everything, where a corner looks into the sky.
    fn around(&self) -> Bbox {
        let (a, b) = (self.rect.min, self.rect.max);
        let corners = [a, Vec2::new(b.x, a.y), b, Vec2::new(a.x, b.y)];
        let met = corners.map(|p| {
            let (from, to) = (
                self.space.map(self.projector.eye),
                self.space.map(self.projector.eye + self.projector.ray(p)),
            );
            self.ground.meet(from, [0, 1, 2].map(|k| to[k] - from[k]), 60_000.0)
        });
        let found: Vec<[f64; 2]> = met.iter().flatten().map(|p| [p[0], p[1]]).collect();
        if found.len() < corners.len() {
            return self.ground.city;
        }
        // On sloping ground an edge may run outside its corners.
        let b = Bbox::around(&found);
        b.buffered(0.1 * b.width_m().max(b.height_m()))
    }

    fn holds(&self, layer: &IndexedLayer, row: usize) -> bool {
        let mut vertices = layer.layer.geometry.rings(row).flatten().peekable();
        vertices.peek().is_some()
            && vertices.all(|p| {
                let world = self.space.world(*p, self.ground.height(*p));
                self.projector.screen(world).is_some_and(|at| self.rect.contains(at))
            })
    }
}

/// The frame over the picture.
pub fn paint(mut contexts: EguiContexts, gathered: Res<Gathered>) -> Result {
    let Some([from, to]) = gathered.frame else { return Ok(()) };
    let painter = contexts.ctx_mut()?.layer_painter(egui::LayerId::background());
    let rect = egui::Rect::from_two_pos(egui::pos2(from.x, from.y), egui::pos2(to.x, to.y));
    painter.rect_filled(rect, 0.0, INK.gamma_multiply(0.10));
    painter.rect_stroke(rect, 0.0, Stroke::new(3.0, Color32::from_white_alpha(190)), StrokeKind::Middle);
    painter.rect_stroke(rect, 0.0, Stroke::new(1.5, INK), StrokeKind::Middle);
    Ok(())
}
