//! The result on the map. Units are laid on the ground once; a slider only paints them anew.

use super::{
    compute::{Page, Weighing},
    shade::Shade,
};
use crate::{
    app::{
        bridge::{Later, Same, ViewState},
        decor::{MapLegend, overlay},
        scene::{
            ground::Ground,
            laid::{Cover, Floor, Laid},
            mirror::Stage,
        },
    },
    suitability::Units,
};
use bevy::prelude::*;
use std::sync::Arc;

const OUTLINE: [u8; 4] = [40, 44, 52, 255];

#[derive(Resource, Default)]
struct Drawn {
    laid: Later<(Same<Units>, Same<Ground>), Arc<Laid>>,
    cover: Cover<(Same<Laid>, Shade)>,
    shade: Option<Shade>,
}

/// What the page of the panel shows on the map.
fn shade(w: &Weighing) -> Option<Shade> {
    if !w.open || !w.on_map {
        return None;
    }
    match w.page {
        Page::Weights | Page::Pairs => w.scored().cloned().map(|s| Shade::Scores(Same(s))),
        Page::Contest => {
            let c = w.contested().filter(|c| !c.uses.is_empty());
            c.cloned().map(|c| Shade::Contest(Same(c)))
        }
        Page::Robust => w.shaken().cloned().map(|s| Shade::Stable(Same(s))),
        Page::Groups => {
            let g = w.grouped().filter(|g| g.groups.len() > 1);
            g.cloned().map(|g| Shade::Dissent(Same(g)))
        }
    }
}

fn draw(mut stage: Stage, mut drawn: ResMut<Drawn>, weighing: Res<Weighing>, floor: Floor) {
    let Some(ground) = &floor.ground.0 else { return };
    let ground = &stage.next.or(ground).clone();
    let space = *floor.space;
    let drawn = &mut *drawn;
    let Some(shade) = shade(&weighing) else {
        drawn.cover.show(&mut stage, None, Vec::new);
        drawn.shade = None;
        return;
    };
    let units = shade.units().clone();
    let wanted = (Same(units.clone()), Same(ground.clone()));
    let on = ground.clone();
    let outlined = weighing.scored().is_some_and(|s| s.slot.is_some());
    let busy = drawn.laid.want(wanted.clone(), move |_| {
        Arc::new(Laid::new(&units.geometry, &on, &space, outlined.then_some(OUTLINE)))
    });
    stage.next.waits(busy);
    if busy {
        stage.redraw.soon();
    }
    let Some((_, laid)) = drawn.laid.with_key().filter(|(key, _)| **key == wanted) else {
        return;
    };
    let (laid, painted) = (laid.clone(), shade.clone());
    let key = (Same(laid.clone()), shade.clone());
    drawn
        .cover
        .show(&mut stage, Some(key), move || laid.painted(|unit| painted.coat(unit), 0.85));
    drawn.shade = Some(shade);
}

fn legend(mut legends: ResMut<MapLegend>, drawn: Res<Drawn>, view: Res<ViewState>) {
    let group = drawn.shade.as_ref().map(|s| s.legend(view.language));
    legends.set("suitability", group.into_iter().collect());
}

/// Registers the overlay.
pub fn plugin(app: &mut App) {
    app.init_resource::<Drawn>();
    overlay(app, draw, legend);
}
