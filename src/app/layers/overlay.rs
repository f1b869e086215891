//! Builds each layer's drape when it is first shown and keeps it in step with the layer tree.

use super::drape;
use crate::{
    app::{
        bridge::{Compared, CurrentSnapshot, RenderPreset, ViewState},
        scene::{
            ground::CurrentGround,
            mirror::{self, Shown, Source, Stage},
            sides::Twin,
        },
        schedule::AppSystems,
        space::Space,
    },
    model::SlotId,
    modules::{Role, Style},
    project::{City, SlotData},
};
use bevy::prelude::*;
use std::collections::BTreeSet;

#[derive(Resource, Default)]
struct Drapes(Twin);

/// A drapable layer of the city with its style.
struct Item {
    slot: SlotId,
    source: Source,
    style: Style,
    role: Option<Role>,
    visible: bool,
}

/// Colours of dropped files, one after another.
const EXTRA: [&str; 4] = ["#7A3E9D", "#00798C", "#B5541C", "#3D5A9E"];

fn items(city: &City, view: &ViewState) -> Vec<Item> {
    let slots = city.slots.iter().filter_map(|s| {
        let source = match &s.data {
            _ if s.def.role == Some(Role::Buildings) => return None,
            SlotData::Vector(l) => Source::Vector(l.layer.clone()),
            SlotData::Raster(_) if s.def.role == Some(Role::Terrain) => return None,
            SlotData::Raster(r) => Source::Raster(r.clone()),
            SlotData::Missing { .. } => return None,
        };
        Some(Item {
            slot: s.id.clone(),
            source,
            style: s.def.style.clone(),
            role: s.def.role,
            visible: view.layer(&s.id).map_or(s.def.visible, |l| l.visible),
        })
    });
    let extra = city.extra.iter().enumerate().map(|(k, l)| Item {
        slot: l.layer.slot.clone(),
        source: Source::Vector(l.layer.clone()),
        style: Style {
            fill: EXTRA[k % EXTRA.len()].into(),
            stroke: EXTRA[k % EXTRA.len()].into(),
            width_m: 4.0,
            ..Style::default()
        },
        role: None,
        visible: view.layer(&l.layer.slot).is_none_or(|l| l.visible),
    });
    slots.chain(extra).collect()
}

fn build(
    mut stage: Stage,
    mut drapes: ResMut<Drapes>,
    snapshot: Res<CurrentSnapshot>,
    view: Res<ViewState>,
    (ground, space, preset, compared): (Res<CurrentGround>, Res<Space>, Res<RenderPreset>, Res<Compared>),
    mut known: Local<[Vec<(SlotId, bool)>; 2]>,
) {
    let (Some(s), Some(g)) = (&snapshot.0, &ground.0) else { return };
    let fresh = snapshot.is_changed() || view.is_changed() || ground.is_changed() || compared.is_changed();
    let fresh = fresh || stage.next.is_changed();
    drapes.0.each(&mut stage, &s.city, &compared, |stage, mirror, look| {
        let known = &mut known[usize::from(!look.is_now())];
        if fresh {
            let g = &stage.next.or(g).clone();
            let mut items = items(look.city, &view);
            items.retain(|i| look.draws(&i.slot));
            *known = items.iter().map(|i| (i.slot.clone(), i.visible)).collect();
            for item in items.into_iter().filter(|i| i.visible) {
                let tolerance_m = drape::tolerance_m(preset.light, item.role);
                let (g2, space, source, style, role) = (g.clone(), *space, item.source.clone(), item.style, item.role);
                let drawn_by = mirror::look(&style, &BTreeSet::new());
                mirror.want(
                    &mut stage.commands,
                    &item.slot,
                    (&item.source, drawn_by),
                    g,
                    move |_| match source {
                        Source::Vector(layer) => drape::vector(&layer, &style, role, &g2, &space, tolerance_m).into(),
                        Source::Raster(r) => drape::raster(&r, &style, &g2, &space).into(),
                    },
                );
            }
            mirror.keep(&mut stage.commands, |slot| known.iter().any(|k| k.0 == *slot));
        }
        mirror.show(stage, |slot| Shown {
            visible: known.iter().any(|k| k.0 == *slot && k.1),
            opacity: view.layer(slot).map_or(1.0, |l| l.opacity) * look.city.slot(slot).map_or(1.0, |s| s.def.style.fade as f32),
            order: 1.0
                + view
                    .layers
                    .iter()
                    .position(|l| l.slot == *slot)
                    .or_else(|| known.iter().position(|k| k.0 == *slot))
                    .unwrap_or(0) as f32,
            side: look.side(slot),
        });
    });
}

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Drapes>().add_systems(Update, build.in_set(AppSystems::Build));
}
