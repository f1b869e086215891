//! Heat: how many rules meet at each potential site, as colours on the ground.

use crate::{
    app::{
        bridge::{CurrentSnapshot, Same, ViewState},
        decor::{LegendEntry, LegendGroup, MapLegend, overlay},
        scene::{
            ground::Ground,
            laid::{Coat, Cover, Floor, Laid},
            mirror::Stage,
        },
    },
    i18n::tr,
    model::{Geometries, GeometriesBuilder, GeometryKind},
    rules::{self, Evaluation},
    session::Snapshot,
};
use bevy::prelude::*;
use std::collections::BTreeMap;

/// From this many rules on, and its colour: pale yellow to dark red.
const STEPS: [(u32, [u8; 3]); 5] = [
    (1, [255, 237, 160]),
    (3, [254, 178, 76]),
    (6, [252, 110, 50]),
    (10, [216, 30, 38]),
    (15, [128, 0, 38]),
];
const OUTLINE: [u8; 4] = [90, 20, 20, 255];

#[derive(Resource, Default)]
struct Heat(Cover<(Same<Evaluation>, Same<Ground>)>);

fn color(rules: u32) -> [u8; 3] {
    STEPS.iter().rev().find(|(from, _)| rules >= *from).map_or(STEPS[0].1, |(_, c)| *c)
}

/// The sites with conflicts and how many rules meet at each.
fn sites(s: &Snapshot) -> (Geometries, Vec<u32>) {
    let mut found = BTreeMap::new();
    for place in rules::places(&s.city, &s.evaluation) {
        if let Some(site) = place.site {
            found.insert((site.slot, site.row), place.rules_here);
        }
    }
    let mut out = GeometriesBuilder::new(GeometryKind::Polygon);
    let mut heat = vec![];
    for ((slot, row), rules) in found {
        if let Some(l) = s.city.layer(&slot).filter(|l| l.layer.geometry.kind() == GeometryKind::Polygon) {
            out.copy_feature(&l.layer.geometry, row as usize);
            heat.push(rules);
        }
    }
    (out.finish(), heat)
}

fn draw(mut stage: Stage, mut heat: ResMut<Heat>, snapshot: Res<CurrentSnapshot>, view: Res<ViewState>, floor: Floor) {
    let (Some(s), Some(ground)) = (&snapshot.0, &floor.ground.0) else {
        return;
    };
    let ground = &stage.next.or(ground).clone();
    let key = view.heat.then(|| (Same(s.evaluation.clone()), Same(ground.clone())));
    let (s, on, space) = (s.clone(), ground.clone(), *floor.space);
    heat.0.show(&mut stage, key, move || {
        let (areas, counts) = sites(&s);
        let coat = |row: usize| Coat::plain(color(counts.get(row).copied().unwrap_or(0)));
        Laid::new(&areas, &on, &space, Some(OUTLINE)).painted(coat, 0.82)
    });
}

fn legend(mut legends: ResMut<MapLegend>, view: Res<ViewState>) {
    let mut groups = vec![];
    if view.heat {
        let entry = |k: usize| {
            let from = STEPS[k].0;
            let text = match STEPS.get(k + 1).map(|s| s.0 - 1) {
                Some(to) if to == from => from.to_string(),
                Some(to) => format!("{from} – {to}"),
                None => format!("≥ {from}"),
            };
            LegendEntry::area(STEPS[k].1, text)
        };
        groups.push(LegendGroup {
            title: tr(view.language, "group-legend"),
            entries: (0..STEPS.len()).map(entry).collect(),
        });
    }
    legends.set("heat", groups);
}

/// Registers the overlay.
pub fn plugin(app: &mut App) {
    app.init_resource::<Heat>();
    overlay(app, draw, legend);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_rules_are_darker() {
        assert_eq!([1, 2, 3, 9, 10, 99].map(color), [0, 0, 1, 2, 3, 4].map(|k: usize| STEPS[k].1));
    }
}
