//! The chosen indicator as colours of its places, and the catchment of the selection, laid on the ground.

use super::{
    classes::{Classes, UNKNOWN},
    compute::Figures,
};
use crate::{
    app::{
        bridge::{Same, ViewState},
        decor::{LegendEntry, LegendGroup, MapLegend, Swatch, overlay},
        scene::{
            ground::Ground,
            laid::{Coat, Cover, Floor, Laid},
            mirror::Stage,
        },
        theme::map_color,
    },
    i18n::{number, tr, tr_with},
    indicators::{Figure, Indicators},
    model::{Geometries, Language},
};
use bevy::prelude::*;

const OUTLINE: [u8; 4] = [40, 44, 52, 255];
const REACHED: [u8; 3] = [31, 111, 178];

/// The figures, the indicator and the ground that a choropleth is made from.
type Choropleth = (Same<Indicators>, String, Same<Ground>);

#[derive(Resource, Default)]
struct Drawn {
    choropleth: Cover<Choropleth>,
    catchment: Cover<(Same<Geometries>, Same<Ground>)>,
}

/// Classes over the places; the whole comes first among the cells and has no colour.
pub fn classes(figure: &Figure) -> Classes {
    Classes::new(figure.cells.iter().skip(1).filter_map(|c| c.value), figure.direction)
}

fn draw(mut stage: Stage, mut drawn: ResMut<Drawn>, figures: Res<Figures>, floor: Floor) {
    let Some(ground) = &floor.ground.0 else { return };
    let ground = &stage.next.or(ground).clone();
    let space = *floor.space;
    let drawn = &mut *drawn;
    let coloured = figures.coloured();
    let key = coloured.map(|(_, all, figure)| (Same(all.clone()), figure.id.clone(), Same(ground.clone())));
    let layer = coloured.and_then(|(city, all, figure)| Some((city.layer(all.by.as_ref()?)?.layer.clone(), figure.clone())));
    let on = ground.clone();
    drawn.choropleth.show(&mut stage, key.filter(|_| layer.is_some()), move || {
        let Some((layer, figure)) = layer else { return vec![] };
        let classes = classes(&figure);
        let coat = |row: usize| match figure.cells.get(row + 1).and_then(|c| c.value) {
            Some(v) => Coat::plain(classes.color(Some(v))),
            None => Coat::striped(UNKNOWN),
        };
        Laid::new(&layer.geometry, &on, &space, Some(OUTLINE)).painted(coat, 0.78)
    });
    let reached = figures.reached().and_then(|r| r.as_ref().ok());
    let key = reached.map(|r| (Same(r.clone()), Same(ground.clone())));
    let (areas, on) = (reached.cloned(), ground.clone());
    drawn.catchment.show(&mut stage, key, move || {
        let Some(areas) = areas else { return vec![] };
        let [r, g, b] = REACHED;
        Laid::new(&areas, &on, &space, Some([r, g, b, 255])).painted(|_| Coat::plain(REACHED), 0.32)
    });
}

/// One class in words.
pub fn class_text(language: Language, f: &Figure, [from, to]: [f64; 2]) -> String {
    let n = |v: f64| number(language, v, f.decimals.into());
    if n(from) == n(to) {
        n(from)
    } else {
        format!("{} – {}", n(from), n(to))
    }
}

fn legend(mut legends: ResMut<MapLegend>, figures: Res<Figures>, view: Res<ViewState>) {
    let language = view.language;
    let mut groups = vec![];
    if let Some((_, _, f)) = figures.coloured() {
        let classes = classes(f);
        let mut entries: Vec<LegendEntry> = (classes.bounds.iter().enumerate())
            .map(|(k, bounds)| LegendEntry::area(classes.color_of(k), class_text(language, f, *bounds)))
            .collect();
        // Named even where there is none of it: who reads the map shall see that nothing was left out.
        entries.push(LegendEntry::unknown(UNKNOWN, tr(language, "indicators-unknown")));
        entries.extend(LegendEntry::dates(language, f.sources.iter().filter_map(|s| s.date.as_deref())));
        groups.push(LegendGroup {
            title: format!("{} ({})", f.title.get(language), f.unit.get(language)),
            entries,
        });
    }
    if let Some(Ok(_)) = figures.reached() {
        let metres = number(language, figures.catchment_m, 0);
        groups.push(LegendGroup {
            title: String::new(),
            entries: vec![LegendEntry {
                swatch: Swatch::Area(map_color(REACHED).gamma_multiply(0.35), map_color(REACHED)),
                text: tr_with(language, "indicators-catchment-legend", &[("metres", metres.into())]),
            }],
        });
    }
    legends.set("indicators", groups);
}

/// Registers the overlay.
pub fn plugin(app: &mut App) {
    app.init_resource::<Drawn>();
    overlay(app, draw, legend);
}
