//! Buildings as a white architectural model: one mesh a tile of 500 m.

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
struct Buildings(Mirror);

fn shown(view: &ViewState, slot: &Slot) -> bool {
    view.layer(&slot.id).map_or(slot.def.visible, |l| l.visible)
}

fn build(
    mut stage: Stage,
    mut buildings: ResMut<Buildings>,
    snapshot: Res<CurrentSnapshot>,
    view: Res<ViewState>,
    ground: Res<CurrentGround>,
    space: Res<Space>,
) {
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    if snapshot.is_changed() || view.is_changed() || ground.is_changed() {
        let slots: Vec<&Slot> = s.city.with_role(Role::Buildings).collect();
        for slot in &slots {
            let SlotData::Vector(layer) = &slot.data else { continue };
            if !shown(&view, slot) {
                continue;
            }
            let (layer, g2, space) = (layer.layer.clone(), g.clone(), *space);
            let source = Source::Vector(layer.clone());
            buildings
                .0
                .want(&mut stage.commands, &slot.id, &source, g, move || mesh::build(&layer, &g2, &space));
        }
        buildings.0.keep(&mut stage.commands, |id| slots.iter().any(|s| s.id == *id));
    }
    let city = s.city.clone();
    buildings.0.show(&mut stage, |id| Shown {
        visible: city.slot(id).is_some_and(|s| shown(&view, s)),
        opacity: 1.0,
        order: 0.0,
    });
}

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Buildings>()
        .add_systems(Update, build.in_set(AppSystems::Build));
}
