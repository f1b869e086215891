//! Abstandsflächen on the ground: kept ones blue, those that leave the plot or overlap another's red, what is not known striped.

use super::compute::{Found, Law};
use crate::{
    app::{
        bridge::{Same, ViewState},
        decor::{LegendEntry, LegendGroup, MapLegend, Swatch},
        scene::{
            ground::Ground,
            laid::{Coat, Cover, Floor, Laid},
            mirror::Stage,
        },
        schedule::AppSystems,
        theme::map_color,
    },
    i18n::tr,
    model::{Geometries, GeometriesBuilder, GeometryKind},
    rules::Verdict,
    zoning::Setbacks,
};
use bevy::prelude::*;

const KEPT: [u8; 3] = [45, 110, 180];
const BROKEN: [u8; 3] = [196, 30, 44];
const UNKNOWN: [u8; 3] = [120, 124, 130];

#[derive(Resource, Default)]
struct Drawn(Cover<(Same<Found>, Same<Ground>)>);

fn coat(verdict: Verdict) -> Coat {
    match verdict {
        Verdict::Conflict => Coat {
            fill: Some([BROKEN[0], BROKEN[1], BROKEN[2], 130]),
            hatch: Some([BROKEN[0], BROKEN[1], BROKEN[2], 200]),
        },
        Verdict::Unknown => Coat::striped(UNKNOWN),
        Verdict::Clear | Verdict::NotApplicable => Coat {
            fill: Some([KEPT[0], KEPT[1], KEPT[2], 130]),
            hatch: None,
        },
    }
}

fn ink(verdict: Verdict) -> [u8; 3] {
    match verdict {
        Verdict::Conflict => BROKEN,
        Verdict::Unknown => UNKNOWN,
        Verdict::Clear | Verdict::NotApplicable => KEPT,
    }
}

fn areas(setbacks: &Setbacks, verdict: Verdict) -> Geometries {
    let mut out = GeometriesBuilder::new(GeometryKind::Polygon);
    for w in setbacks.walls.iter().filter(|w| w.verdict == verdict) {
        out.ring(w.area.iter().chain(w.area.first()).copied()).end_part().end_feature();
    }
    out.finish()
}

fn draw(mut stage: Stage, mut drawn: ResMut<Drawn>, law: Res<Law>, floor: Floor) {
    let Some(ground) = &floor.ground.0 else { return };
    let ground = &stage.next.or(ground).clone();
    let space = *floor.space;
    let some = |f: &Found| f.setbacks.as_ref().is_some_and(|s| !s.walls.is_empty());
    let found = law.found().filter(|f| !law.hidden && some(f)).cloned();
    let key = found.as_ref().map(|f| (Same(f.clone()), Same(ground.clone())));
    let on = ground.clone();
    drawn.0.show(&mut stage, key, move || {
        let Some(setbacks) = found.as_ref().and_then(|f| f.setbacks.as_ref()) else {
            return vec![];
        };
        // Each verdict with an edge of its own colour, what is broken on top: as the legend shows them.
        let laid = |verdict: Verdict| {
            let [r, g, b] = ink(verdict);
            let laid = Laid::new(&areas(setbacks, verdict), &on, &space, Some([r, g, b, 255]));
            laid.painted(|_| coat(verdict), 0.9)
        };
        [Verdict::Clear, Verdict::NotApplicable, Verdict::Unknown, Verdict::Conflict]
            .into_iter()
            .flat_map(laid)
            .collect()
    });
}

fn legend(mut legends: ResMut<MapLegend>, law: Res<Law>, view: Res<ViewState>) {
    let language = view.language;
    let mut groups = vec![];
    if let Some(setbacks) = law.found().filter(|_| !law.hidden).and_then(|f| f.setbacks.as_ref()) {
        let has = |v: Verdict| setbacks.walls.iter().any(|w| w.verdict == v);
        let ground = map_color([236, 236, 234]);
        let entries: Vec<LegendEntry> = [
            (
                Verdict::Clear,
                Swatch::Area(map_color(KEPT).gamma_multiply(0.5), map_color(KEPT)),
                "setbacks-kept",
            ),
            (
                Verdict::Conflict,
                Swatch::Hatch(map_color(BROKEN).gamma_multiply(0.4), map_color(BROKEN)),
                "setbacks-broken",
            ),
            (Verdict::Unknown, Swatch::Hatch(ground, map_color(UNKNOWN)), "setbacks-unknown"),
        ]
        .into_iter()
        .filter(|(v, _, _)| has(*v))
        .map(|(_, swatch, key)| LegendEntry {
            swatch,
            text: tr(language, key),
        })
        .collect();
        if !entries.is_empty() {
            groups.push(LegendGroup {
                title: tr(language, "setbacks-heading"),
                entries,
            });
        }
    }
    legends.set("law", groups);
}

/// Registers the overlay.
pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Drawn>()
        .init_resource::<MapLegend>()
        .add_systems(Update, draw.in_set(AppSystems::Build))
        .add_systems(Update, legend.in_set(AppSystems::Show));
}
