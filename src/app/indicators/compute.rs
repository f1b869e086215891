//! What is chosen, and the figures for it: computed in the background when somebody looks.

use crate::{
    app::{
        bridge::{CurrentSnapshot, Later, Same, Selection, ViewState},
        scene::redraw::Redraw,
        schedule::AppSystems,
    },
    indicators::{self, Figure, Indicators},
    model::{Geometries, LocalText, SlotId},
    progress::Progress,
    project::City,
    rules::{self, Evaluation},
};
use bevy::prelude::*;
use std::sync::Arc;

/// Figures of one city and layer of places.
type Found = Result<Arc<Indicators>, LocalText>;
/// The ground that can be reached on foot.
pub type Reached = Result<Arc<Geometries>, LocalText>;

/// What figures are computed from. Reviews do not count: a note changes no figure.
#[derive(Debug, Clone, PartialEq)]
struct Of {
    city: Same<City>,
    evaluation: Same<Evaluation>,
    by: Option<SlotId>,
}

/// From where and how far somebody walks.
#[derive(Debug, Clone, PartialEq)]
struct Walk {
    city: Same<City>,
    slot: SlotId,
    row: u32,
    limit_m: f64,
}

/// What the panel chooses and what was found for it.
#[derive(Resource)]
pub struct Figures {
    /// The panel is on the screen.
    pub open: bool,
    /// Layer of places.
    pub by: Option<SlotId>,
    /// Id of the indicator that is drawn as bars and on the map.
    pub chosen: String,
    /// The places of the chosen indicator are listed in place of its bars.
    pub listed: bool,
    /// The choropleth is on the map.
    pub on_map: bool,
    /// The catchment of what is selected is on the map.
    pub catchment: bool,
    /// How far it reaches.
    pub catchment_m: f64,
    found: Later<Of, Found>,
    reached: Later<Walk, Reached>,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            open: false,
            by: None,
            chosen: String::new(),
            listed: false,
            on_map: false,
            catchment: false,
            catchment_m: 500.0,
            found: Later::default(),
            reached: Later::default(),
        }
    }
}

impl Figures {
    /// The figures, if they are there.
    pub fn indicators(&self) -> Option<&Found> {
        self.found.get()
    }

    /// True while something is being computed.
    pub fn busy(&self) -> bool {
        self.found.busy() || self.reached.busy()
    }

    /// Where the computation is.
    pub fn progress(&self) -> Option<Progress> {
        self.found.progress()
    }

    /// The indicator that is chosen.
    pub fn figure(&self) -> Option<(&Arc<Indicators>, &Figure)> {
        let Some(Ok(all)) = self.indicators() else { return None };
        let figure = all.figures.iter().find(|f| f.id == self.chosen).or_else(|| all.figures.first())?;
        Some((all, figure))
    }

    /// The chosen indicator with the city whose places are to be coloured.
    pub fn coloured(&self) -> Option<(&Arc<City>, &Arc<Indicators>, &Figure)> {
        let (of, _) = self.found.with_key().filter(|_| self.on_map)?;
        let (all, figure) = self.figure()?;
        all.by.is_some().then_some((&of.city.0, all, figure))
    }

    /// The catchment, if it is there.
    pub fn reached(&self) -> Option<&Reached> {
        self.reached.get().filter(|_| self.catchment)
    }
}

fn compute(mut figures: ResMut<Figures>, snapshot: Res<CurrentSnapshot>, mut redraw: ResMut<Redraw>) {
    let Some(s) = snapshot.0.clone() else { return };
    let f = figures.bypass_change_detection();
    if f.by.as_ref().is_some_and(|by| s.city.layer(by).is_none()) {
        f.by = None;
    }
    if !f.open && !f.on_map {
        return;
    }
    let of = Of {
        city: Same(s.city.clone()),
        evaluation: Same(s.evaluation.clone()),
        by: f.by.clone(),
    };
    let by = f.by.clone();
    let make = move |control: &crate::progress::Control| indicators::evaluate(&s.city, &s.evaluation, by.as_ref(), control).map(Arc::new);
    if f.found.want(of, make) {
        redraw.soon();
    }
}

fn reach(mut figures: ResMut<Figures>, snapshot: Res<CurrentSnapshot>, view: Res<ViewState>, mut redraw: ResMut<Redraw>) {
    let Some(s) = snapshot.0.clone() else { return };
    let f = figures.bypass_change_detection();
    let from = match &view.selection {
        Selection::Feature { slot, row } => Some((slot.clone(), *row)),
        Selection::Conflict(id) => s.evaluation.conflict(id).map(|c| (c.subject.slot.clone(), c.subject.row)),
        _ => None,
    };
    let (Some((slot, row)), true) = (from, f.catchment) else {
        f.reached.forget();
        return;
    };
    let walk = Walk {
        city: Same(s.city.clone()),
        slot,
        row,
        limit_m: f.catchment_m.round(),
    };
    let to = walk.clone();
    if f.reached.want(walk, move |_| {
        rules::catchment(&s.city, &s.evaluation, &to.slot, to.row, to.limit_m).map(Arc::new)
    }) {
        redraw.soon();
    }
}

/// Registers the computation.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, (compute, reach).before(AppSystems::Build).after(AppSystems::Pick));
}
