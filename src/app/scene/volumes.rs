//! Layers of one role as bodies that stand on the ground, each built once and kept in step with the city, the layer tree and the ground.

use super::{
    ground::{CurrentGround, Ground},
    mirror::{self, Built, Shown, Source, Stage, Tiles},
    sides::Twin,
};
use crate::{
    app::{
        bridge::{Compared, CurrentSnapshot, ViewState},
        space::Space,
    },
    model::Layer,
    modules::{Role, Style},
    project::{Slot, SlotData},
};
use bevy::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What bodies depend on.
#[derive(bevy::ecs::system::SystemParam)]
pub struct Seen<'w> {
    snapshot: Res<'w, CurrentSnapshot>,
    view: Res<'w, ViewState>,
    ground: Res<'w, CurrentGround>,
    space: Res<'w, Space>,
    compared: Res<'w, Compared>,
}

/// How the bodies of a role are made and drawn.
pub struct Volumes {
    /// The role of their slots.
    pub role: Role,
    /// Place in the stack.
    pub order: f32,
    /// Whether the layer's opacity counts; without it they are solid.
    pub fades: bool,
    /// Makes the pieces of one layer.
    pub mesh: Mesher,
}

/// Makes the pieces of a layer in its style, without the rows that are hidden; tiles that are drawn already may stay.
pub type Mesher = fn(&Layer, (&Style, &BTreeSet<u32>), &Ground, &Space, &Tiles) -> Built;

fn visible(view: &ViewState, slot: &Slot) -> bool {
    view.layer(&slot.id).map_or(slot.def.visible, |l| l.visible)
}

impl Volumes {
    /// Builds what is seen and not there yet, and shows, hides and fades the rest.
    pub fn keep(&self, twin: &mut Twin, stage: &mut Stage, seen: &Seen) {
        let (Some(s), Some(g)) = (&seen.snapshot.0, &seen.ground.0) else {
            return;
        };
        let view = &*seen.view;
        let fresh = seen.snapshot.is_changed() || seen.view.is_changed() || seen.ground.is_changed() || seen.compared.is_changed();
        let fresh = fresh || stage.next.is_changed();
        let hidden = match &s.planning {
            Some(planning) if fresh => planning.hidden(&s.city),
            _ => BTreeMap::new(),
        };
        twin.each(stage, &s.city, &seen.compared, |stage, mirror, look| {
            if fresh {
                let ground = stage.next.or(g).clone();
                let slots: Vec<&Slot> = look.city.with_role(self.role).filter(|s| look.draws(&s.id)).collect();
                for slot in slots.iter().filter(|slot| visible(view, slot)) {
                    let SlotData::Vector(layer) = &slot.data else { continue };
                    let (layer, style, on, space) = (layer.layer.clone(), slot.def.style.clone(), ground.clone(), *seen.space);
                    let (source, mesh) = (Source::Vector(layer.clone()), self.mesh);
                    // What is compared with shows everything that it has.
                    let hidden = hidden.get(&slot.id).filter(|_| look.is_now()).cloned().unwrap_or_default();
                    let drawn_by = mirror::look(&style, &hidden);
                    mirror.want(&mut stage.commands, &slot.id, (&source, drawn_by), &ground, move |tiles| {
                        mesh(&layer, (&style, &hidden), &on, &space, tiles)
                    });
                }
                mirror.keep(&mut stage.commands, |id| slots.iter().any(|s| s.id == *id));
            }
            mirror.show(stage, |id| Shown {
                visible: look.city.slot(id).is_some_and(|s| visible(view, s)),
                opacity: if self.fades {
                    view.layer(id).map_or(1.0, |l| l.opacity) * look.city.slot(id).map_or(1.0, |s| s.def.style.fade as f32)
                } else {
                    1.0
                },
                order: self.order,
                side: look.side(id),
            });
        });
    }
}
