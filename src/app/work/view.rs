//! Wishes that change only what is shown.

use crate::{
    app::bridge::{CurrentSnapshot, LayerView, Notices, PickList, ViewState, Wish},
    model::SlotId,
    project::{City, SlotData},
    session::Snapshot,
};
use bevy::prelude::*;

/// A layer that a variant fades is shown plainer while its slider is moved: the view's factor then lies above 1.
const MOST_FACTOR: f32 = 100.0;

/// What a plan fades or no longer fades is shown so from now on, and not as the slider left it.
pub fn follow_styles(city: &City, layers: &mut [LayerView], before: &City) {
    for l in layers {
        let fade = |c: &City| c.slot(&l.slot).map(|s| s.def.style.fade);
        if fade(city) != fade(before) {
            l.opacity = 1.0;
        }
    }
}

/// The layers of a city as they are first shown: in the modules' order, dropped files on top.
pub fn first_layers(city: &City) -> Vec<LayerView> {
    let slots = city.slots.iter().map(|s| LayerView {
        slot: s.id.clone(),
        visible: city.shows_first(s) && !matches!(s.data, SlotData::Missing { .. }),
        opacity: 1.0,
    });
    let backdrops = city.backdrops.iter().map(|b| LayerView {
        slot: b.id.clone(),
        visible: b.visible && b.picture.is_ok(),
        opacity: b.opacity,
    });
    let extra = city.extra.iter().map(|l| extra(&l.layer.slot));
    backdrops.chain(slots).chain(extra).collect()
}

fn extra(slot: &SlotId) -> LayerView {
    LayerView {
        slot: slot.clone(),
        visible: true,
        opacity: 1.0,
    }
}

/// The layers after sources were added: as they were, and what has data now and had none before is shown.
pub fn keep_layers(city: &City, layers: &mut Vec<LayerView>, before: Option<&Snapshot>) {
    let filled = |city: &City, slot: &SlotId| {
        city.slot(slot).is_some_and(|s| !matches!(s.data, SlotData::Missing { .. }))
            || city.backdrops.iter().any(|b| b.id == *slot && b.picture.is_ok())
    };
    let old = std::mem::take(layers);
    *layers = first_layers(city);
    for l in layers.iter_mut() {
        let Some(same) = old.iter().find(|o| o.slot == l.slot) else {
            continue;
        };
        let new = filled(city, &l.slot) && before.is_some_and(|b| !filled(&b.city, &l.slot));
        (l.visible, l.opacity) = (same.visible || new, same.opacity);
    }
}

/// Puts new dropped files on top of the others.
pub fn add_extra(city: &City, layers: &mut Vec<LayerView>) {
    for l in &city.extra {
        if !layers.iter().any(|v| v.slot == l.layer.slot) {
            layers.push(extra(&l.layer.slot));
        }
    }
}

/// Swaps a layer with its nearest neighbour of the same module.
fn raise(layers: &mut [LayerView], slot: &SlotId, up: bool) {
    let Some(at) = layers.iter().position(|l| l.slot == *slot) else {
        return;
    };
    let same = |k: &usize| layers[*k].slot.module() == slot.module();
    let other = if up {
        (at + 1..layers.len()).find(same)
    } else {
        (0..at).rev().find(same)
    };
    if let Some(other) = other {
        layers.swap(at, other);
    }
}

/// Applies wishes to the view.
pub fn carry_out(
    mut wishes: MessageReader<Wish>,
    mut view: ResMut<ViewState>,
    snapshot: Res<CurrentSnapshot>,
    (mut notices, mut pick): (ResMut<Notices>, ResMut<PickList>),
) {
    for wish in wishes.read() {
        match wish {
            Wish::ClosePick => *pick = PickList::default(),
            Wish::Select(s) => view.selection = s.clone(),
            Wish::Language(l) => view.language = *l,
            Wish::Dark(dark) => view.dark = *dark,
            Wish::Visible(slot, visible) => {
                if let Some(l) = view.layers.iter_mut().find(|l| l.slot == *slot) {
                    l.visible = *visible;
                }
            }
            Wish::AllVisible(visible) => {
                let Some(s) = &snapshot.0 else { continue };
                for l in &mut view.layers {
                    let missing = s.city.slot(&l.slot).is_some_and(|s| matches!(s.data, SlotData::Missing { .. }));
                    l.visible = *visible && !missing;
                }
            }
            Wish::Opacity(slot, opacity) => {
                if let Some(l) = view.layers.iter_mut().find(|l| l.slot == *slot) {
                    l.opacity = opacity.clamp(0.0, MOST_FACTOR);
                }
            }
            Wish::Raise(slot, up) => raise(&mut view.layers, slot, *up),
            Wish::Severity(k, on) => {
                if let Some(s) = view.severities.get_mut(*k) {
                    *s = *on;
                }
            }
            Wish::Heat(on) => view.heat = *on,
            Wish::Dismiss if !notices.0.is_empty() => {
                notices.0.remove(0);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_is_raised_over_its_neighbour_of_the_same_module() {
        let mut layers: Vec<LayerView> = ["a/1", "b/1", "a/2"].map(|s| extra(&s.into())).into();
        raise(&mut layers, &"a/1".into(), true);
        let order = |layers: &[LayerView]| layers.iter().map(|l| l.slot.to_string()).collect::<Vec<_>>();
        assert_eq!(order(&layers), ["a/2", "b/1", "a/1"]);
        raise(&mut layers, &"b/1".into(), false);
        assert_eq!(order(&layers), ["a/2", "b/1", "a/1"]);
    }
}
