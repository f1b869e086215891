//! What building law says of the selection or of the drawing in work, in the background: the newest wish counts.

use crate::{
    app::{
        bridge::{CurrentSnapshot, Drafting, Later, Same, Selection, Tool, ViewState},
        scene::redraw::Redraw,
        schedule::AppSystems,
    },
    geometry::{contains, point_on_surface},
    index::IndexedLayer,
    model::{Bbox, GeometryKind, LocalText, SlotId},
    modules::Role,
    progress::Control,
    project::{City, SlotData},
    scenario::{Attributes, Edit, Shape, Step},
    session::{Planning, Snapshot},
    zoning::{self, Plot, PlotKind, Setbacks},
};
use bevy::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

/// With more buildings on a plot their Abstandsflächen are not drawn: it is a quarter, not a plot.
const MOST_BUILDINGS: usize = 60;

/// What is looked at.
#[derive(Debug, Clone, PartialEq)]
enum Subject {
    /// A feature.
    Feature(SlotId, u32),
    /// A drawing in work, with what its form says so far.
    Drawn(SlotId, Vec<[f64; 2]>, Attributes),
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The plot with its figures.
    pub plot: Option<Plot>,
    /// Walls of the buildings on it, or of the building.
    pub setbacks: Option<Setbacks>,
    /// It is a drawing that is not in the plan yet.
    pub drawn: bool,
    /// Why there is nothing.
    pub why: Option<LocalText>,
}

type Key = (Same<City>, Subject);

/// The panel's choices and what was found.
#[derive(Resource, Default)]
pub struct Law {
    /// The panel is on the screen.
    pub open: bool,
    /// Abstandsflächen are not drawn.
    pub(super) hidden: bool,
    found: Later<Key, Arc<Found>>,
}

impl Law {
    /// What was found last.
    pub(super) fn found(&self) -> Option<&Arc<Found>> {
        self.found.get().filter(|_| self.open)
    }

    /// True while something newer is on its way.
    pub(super) fn busy(&self) -> bool {
        self.found.busy()
    }
}

/// Roles of what has figures of its own, or stands on what has.
fn matters(role: Option<Role>) -> bool {
    matches!(role, Some(Role::Buildings | Role::Sites | Role::Parcels | Role::Zones))
}

fn subject(s: &Snapshot, view: &ViewState, drafting: &Drafting) -> Option<Subject> {
    let role = |slot: &SlotId| s.city.slot(slot).and_then(|s| s.def.role);
    if drafting.tool != Tool::Select {
        let slot = drafting.slot.clone().filter(|slot| matters(role(slot)))?;
        let shape = drafting.tool == Tool::Draw(GeometryKind::Polygon) && drafting.points.len() >= 3;
        return shape.then(|| Subject::Drawn(slot, drafting.points.clone(), drafting.attributes.clone()));
    }
    match &view.selection {
        Selection::Feature { slot, row } if matters(role(slot)) => Some(Subject::Feature(slot.clone(), *row)),
        Selection::Conflict(id) => {
            let c = s.evaluation.conflict(id)?;
            let fits = matters(role(&c.subject.slot));
            fits.then(|| Subject::Feature(c.subject.slot.clone(), c.subject.row))
        }
        _ => None,
    }
}

fn follow(
    mut law: ResMut<Law>,
    snapshot: Res<CurrentSnapshot>,
    (view, drafting): (Res<ViewState>, Res<Drafting>),
    mut redraw: ResMut<Redraw>,
) {
    let law = law.bypass_change_detection();
    let wanted = snapshot
        .0
        .as_ref()
        .filter(|_| law.open)
        .and_then(|s| Some((s, subject(s, &view, &drafting)?)));
    let Some((s, subject)) = wanted else {
        if law.found.get().is_some() || law.found.busy() {
            law.found.forget();
            redraw.soon();
        }
        return;
    };
    let key = (Same(s.city.clone()), subject.clone());
    let (city, planning) = (s.city.clone(), s.planning.clone());
    let make = move |control: &Control| Arc::new(find(&city, planning.as_deref(), &subject, control).unwrap_or_default());
    if law.found.want(key, make) {
        redraw.soon();
    }
}

/// `None` when somebody asked to stop.
fn find(city: &City, planning: Option<&Planning>, subject: &Subject, control: &Control) -> Option<Found> {
    match subject {
        Subject::Feature(slot, row) => of_feature(city, slot, *row, control),
        Subject::Drawn(slot, points, attributes) => {
            let planning = planning?;
            let (next, row) = match with(city, planning, slot, points, attributes) {
                Ok(next) => next,
                Err(why) => {
                    return Some(Found {
                        why: Some(why),
                        ..Found::default()
                    });
                }
            };
            let found = of_feature(&next, slot, row, control)?;
            Some(Found { drawn: true, ..found })
        }
    }
}

/// The city as it would be with the drawing, and the row of the drawing in it.
fn with(city: &City, planning: &Planning, slot: &SlotId, points: &[[f64; 2]], attributes: &Attributes) -> Result<(City, u32), LocalText> {
    let edit = planning.draft().add(slot, Shape::polygon(points.to_vec()), attributes.clone());
    let Edit::Add { feature: id, .. } = &edit else {
        return Err(LocalText::default());
    };
    let id = id.clone();
    let mut step = Step::new("drawing", vec![edit]).map_err(|e| e.text())?;
    let mut overlay = planning.overlay.clone();
    overlay.push(&planning.base, &mut step).map_err(|(_, e)| e.text())?;
    let (next, _) = overlay.city_after(&planning.base, city, &BTreeSet::from([slot.clone()]));
    let row = next.layer(slot).and_then(|l| l.layer.ids.iter().position(|i| **i == *id));
    row.map(|row| (next, row as u32)).ok_or_else(LocalText::default)
}

fn of_feature(city: &City, slot: &SlotId, row: u32, control: &Control) -> Option<Found> {
    let role = city.slot(slot).and_then(|s| s.def.role);
    let layer = city.layer(slot)?;
    let plot = match role? {
        Role::Parcels => Some((PlotKind::Parcel, layer, row)),
        Role::Sites => Some((PlotKind::Site, layer, row)),
        Role::Zones => Some((PlotKind::Zone, layer, row)),
        _ => below(city, layer, row),
    };
    let assessed = plot.map(|(kind, layer, row)| zoning::assess_plot(city, kind, layer, row));
    if control.is_cancelled() {
        return None;
    }
    let setbacks = match (role, plot) {
        (Some(Role::Buildings), _) => zoning::setbacks(city, |l, r| l.layer.slot == *slot && r == row, control),
        // A building area of a plan is no plot.
        (Some(Role::Parcels | Role::Sites), Some((_, layer, row))) => {
            let on = standing(city, layer, row);
            let few = !on.is_empty() && on.len() <= MOST_BUILDINGS;
            let wanted = |l: &IndexedLayer, r: u32| on.contains(&(l.layer.slot.clone(), r));
            few.then(|| zoning::setbacks(city, wanted, control)).flatten()
        }
        _ => None,
    };
    Some(Found {
        plot: assessed,
        setbacks,
        ..Found::default()
    })
}

fn layers(city: &City, role: Role) -> impl Iterator<Item = &IndexedLayer> {
    city.with_role(role).filter_map(|s| match &s.data {
        SlotData::Vector(l) => Some(l),
        _ => None,
    })
}

/// The plot that a building stands on: of the cadastre, else a site, else the building area.
fn below<'a>(city: &'a City, layer: &IndexedLayer, row: u32) -> Option<(PlotKind, &'a IndexedLayer, u32)> {
    let p = point_on_surface(&layer.layer.geometry, row as usize)?;
    let kinds = [
        (Role::Parcels, PlotKind::Parcel),
        (Role::Sites, PlotKind::Site),
        (Role::Zones, PlotKind::Zone),
    ];
    kinds.into_iter().find_map(|(role, kind)| {
        layers(city, role).find_map(|l| {
            let rows = l.index.rows_in(&Bbox::new(p, p));
            let row = rows.into_iter().find(|r| contains(&l.layer.geometry, *r as usize, p))?;
            Some((kind, l, row))
        })
    })
}

/// Buildings that stand on a plot.
fn standing(city: &City, plot: &IndexedLayer, row: u32) -> BTreeSet<(SlotId, u32)> {
    let g = &plot.layer.geometry;
    let mut out = BTreeSet::new();
    for l in layers(city, Role::Buildings) {
        for r in l.index.rows_in(&g.bbox(row as usize)) {
            let p = point_on_surface(&l.layer.geometry, r as usize);
            if p.is_some_and(|p| contains(g, row as usize, p)) {
                out.insert((l.layer.slot.clone(), r));
            }
        }
    }
    out
}

/// Registers the computation.
pub(super) fn plugin(app: &mut App) {
    app.add_systems(Update, follow.before(AppSystems::Build).after(AppSystems::Pick));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Coverage, FeatureRef},
        rules::testing::{TestCity, f, layer, rect},
        zoning::Measured,
    };

    fn town() -> City {
        let site = f("site", rect(0.0, 0.0, 40.0, 25.0)).text("baunvo", "WA");
        let inside = f("inside", rect(5.0, 5.0, 25.0, 15.0)).real("height_m", 9.0).real("storeys", 3.0);
        let outside = f("outside", rect(80.0, 5.0, 90.0, 15.0)).real("height_m", 9.0).real("storeys", 3.0);
        TestCity::new()
            .layer(layer("m/sites", GeometryKind::Polygon, &[site], Coverage::AreaOfInterest))
            .role(Role::Sites)
            .layer(layer(
                "m/buildings",
                GeometryKind::Polygon,
                &[inside, outside],
                Coverage::AreaOfInterest,
            ))
            .role(Role::Buildings)
            .build()
    }

    #[test]
    fn a_building_is_looked_at_with_the_plot_that_it_stands_on() {
        let (city, control) = (town(), Control::default());
        let buildings = SlotId::new("m", "buildings");
        let found = of_feature(&city, &buildings, 0, &control).unwrap();
        let plot = found.plot.unwrap();
        assert_eq!((plot.feature.id.as_str(), plot.kind), ("site", PlotKind::Site));
        // 20 m by 10 m on 1000 m².
        let grz = plot.checks.iter().find(|c| c.measured == Measured::Grz).unwrap();
        assert!((grz.value.low - 0.2).abs() < 1e-9, "{grz:?}");
        let of = |b: &FeatureRef| b.id == "inside";
        let walls = found.setbacks.unwrap().walls;
        assert!(walls.len() == 4 && walls.iter().all(|w| of(&w.building)));
        let alone = of_feature(&city, &buildings, 1, &control).unwrap();
        assert!(alone.plot.is_none() && alone.setbacks.unwrap().walls.len() == 4);
        let site = of_feature(&city, &SlotId::new("m", "sites"), 0, &control).unwrap();
        assert!(site.setbacks.unwrap().walls.iter().all(|w| of(&w.building)));
    }
}
