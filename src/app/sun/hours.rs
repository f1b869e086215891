//! The hours of a day on the map: cells of the ground and pieces of walls in the colours of their hours, with a legend.

use super::{
    ramp,
    state::{Shown, Sun},
};
use crate::{
    app::{
        bridge::{Same, ViewState},
        decor::{LegendEntry, LegendGroup, MapLegend, Swatch},
        material::{FlatKind, FlatMesh},
        scene::{
            drape::facet,
            ground::Ground,
            laid::{Cover, Floor},
            mirror::{Piece, Stage},
        },
        schedule::AppSystems,
        space::Space,
        theme::map_color,
    },
    i18n::{number, tr, tr_with},
    model::Language,
    sun::{Hours, SunMap},
};
use bevy::prelude::*;
use std::collections::BTreeMap;

/// Wall pieces stand this far in front of the wall.
const BEFORE_M: f64 = 0.05;

#[derive(Resource, Default)]
struct Drawn(Cover<(Same<SunMap>, Same<Ground>, u8)>);

/// The colour of a place; `None` where there is nothing to show.
fn color(h: &Hours, shown: Shown) -> Option<[u8; 4]> {
    let [r, g, b] = match shown {
        Shown::Nothing => return None,
        Shown::After => ramp::light(h.after),
        Shown::Before => ramp::light(h.before?),
        Shown::Loss => ramp::lost(h.loss()?),
    };
    Some([r, g, b, 255])
}

fn pieces(map: &SunMap, shown: Shown, ground: &Ground, space: &Space) -> Vec<Piece> {
    let (mut cells, mut walls) = (FlatMesh::default(), FlatMesh::default());
    for (cell, hours) in &map.ground {
        let Some(color) = color(hours, shown) else { continue };
        let (h, [x, y, _]) = (0.5 * cell.side_m, cell.at);
        let [sw, se, ne, nw] = [[x - h, y - h], [x + h, y - h], [x + h, y + h], [x - h, y + h]];
        for t in [[sw, se, ne], [sw, ne, nw]] {
            // Vertices are shared within a cell only: its neighbours have other colours.
            let mut seen = BTreeMap::new();
            ground.cut_triangle(t, |piece| facet(&mut cells, &mut seen, piece, ground, space, color));
        }
    }
    for wall in &map.walls {
        let out = wall.facade.outward.map(|v| v * BEFORE_M);
        for (part, hours) in &wall.parts {
            let Some(color) = color(hours, shown) else { continue };
            let at = |k: usize, z: usize| {
                let p = part.ends[k];
                space.world([p[0] + out[0], p[1] + out[1]], part.heights_m[z])
            };
            walls.quad([at(0, 0), at(1, 0), at(1, 1), at(0, 1)], [color; 4]);
        }
    }
    let mut cells = Piece::new(cells, FlatKind::Area);
    cells.look.opacity = 0.82;
    let mut walls = Piece::new(walls, FlatKind::Area);
    walls.look.opacity = 0.95;
    walls.look.order += 1.0;
    vec![cells, walls]
}

fn draw(mut stage: Stage, mut drawn: ResMut<Drawn>, sun: Res<Sun>, floor: Floor) {
    let Some(ground) = &floor.ground.0 else { return };
    let ground = &stage.next.or(ground).clone();
    let (space, shown) = (*floor.space, sun.shown);
    let map = sun.map.clone().filter(|_| shown != Shown::Nothing);
    let key = map.as_ref().map(|m| (Same(m.clone()), Same(ground.clone()), shown as u8));
    let on = ground.clone();
    drawn.0.show(&mut stage, key, move || match map {
        Some(map) => pieces(&map, shown, &on, &space),
        None => vec![],
    });
}

/// One class in words.
fn class_text(language: Language, [from, to]: [f64; 2]) -> String {
    let n = |v: f64| number(language, v, 1);
    match (from.is_finite(), to.is_finite()) {
        (false, _) => tr(language, "sunview-won"),
        (true, false) => format!("≥ {} h", n(from)),
        (true, true) => format!("{} – {} h", n(from), n(to)),
    }
}

fn legend(mut legends: ResMut<MapLegend>, sun: Res<Sun>, view: Res<ViewState>) {
    let language = view.language;
    let mut groups = vec![];
    if let Some(map) = sun.map.as_ref().filter(|_| sun.shown != Shown::Nothing) {
        let (key, classes) = match sun.shown {
            Shown::Loss => ("sunview-map-loss", ramp::lost_classes()),
            Shown::Before => ("sunview-map-before", ramp::light_classes()),
            _ => ("sunview-map-after", ramp::light_classes()),
        };
        let date = super::panel::date_text(language, map.day.date);
        let degrees = number(language, map.day.least_elevation_deg, 0);
        let args = [("date", date.into()), ("degrees", degrees.into())];
        let entry = |(bounds, color): ([f64; 2], [u8; 3])| LegendEntry {
            swatch: Swatch::Area(map_color(color), map_color([90, 96, 104])),
            text: class_text(language, bounds),
        };
        groups.push(LegendGroup {
            title: tr_with(language, key, &args),
            entries: classes.into_iter().map(entry).collect(),
        });
    }
    legends.set("hours of sun", groups);
}

/// Registers the overlay.
pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Drawn>()
        .add_systems(Update, draw.in_set(AppSystems::Build))
        .add_systems(Update, legend.in_set(AppSystems::Show));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_there_before_has_no_before_and_no_loss() {
        let new = Hours { before: None, after: 3.0 };
        assert!(color(&new, Shown::Before).is_none() && color(&new, Shown::Loss).is_none());
        assert!(color(&new, Shown::After).is_some() && color(&new, Shown::Nothing).is_none());
        let old = Hours {
            before: Some(5.0),
            after: 3.0,
        };
        assert_ne!(color(&old, Shown::Before), color(&old, Shown::After));
    }
}
