//! What a development plan allows in its building windows, as translucent bodies over the ground: through them stands what is there.

mod mesh;

use super::{
    bridge::{CurrentSnapshot, ViewState},
    scene::{
        ground::CurrentGround,
        mirror::{Mirror, Shown, Source, Stage},
    },
    schedule::AppSystems,
    space::Space,
};
use crate::{
    modules::Role,
    project::{Slot, SlotData},
};
use bevy::prelude::*;

#[derive(Resource, Default)]
struct Envelopes(Mirror);

/// Above every drape: the bodies stand on them.
const ORDER: f32 = 60.0;

fn visible(view: &ViewState, slot: &Slot) -> bool {
    view.layer(&slot.id).map_or(slot.def.visible, |l| l.visible)
}

fn build(
    mut stage: Stage,
    mut envelopes: ResMut<Envelopes>,
    snapshot: Res<CurrentSnapshot>,
    view: Res<ViewState>,
    ground: Res<CurrentGround>,
    space: Res<Space>,
) {
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    if snapshot.is_changed() || view.is_changed() || ground.is_changed() {
        let slots: Vec<&Slot> = s.city.with_role(Role::BuildingWindows).collect();
        for slot in slots.iter().filter(|slot| visible(&view, slot)) {
            let SlotData::Vector(layer) = &slot.data else { continue };
            let (layer, style, g2, space) = (layer.layer.clone(), slot.def.style.clone(), g.clone(), *space);
            let source = Source::Vector(layer.clone());
            envelopes.0.want(&mut stage.commands, &slot.id, &source, g, move || {
                mesh::build(&layer, &style, &g2, &space)
            });
        }
        envelopes.0.keep(&mut stage.commands, |id| slots.iter().any(|s| s.id == *id));
    }
    let city = s.city.clone();
    envelopes.0.show(&mut stage, |id| Shown {
        visible: city.slot(id).is_some_and(|s| visible(&view, s)),
        opacity: view.layer(id).map_or(1.0, |l| l.opacity),
        order: ORDER,
    });
}

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Envelopes>()
        .add_systems(Update, build.in_set(AppSystems::Build));
}
