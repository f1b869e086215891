//! What a step and the whole plan do to the indicators, counted off the window's thread while the panel of the plan is looked at.

use crate::{
    app::{
        bridge::{Counted, CurrentSnapshot},
        scene::redraw::Redraw,
        schedule::AppSystems,
    },
    indicators::Indicators,
    model::LocalText,
    project::City,
    rules::Evaluation,
    scenario::{FigureDelta, compare},
};
use bevy::prelude::*;
use std::{path::PathBuf, sync::Arc};

type State = (Arc<City>, Arc<Evaluation>);
type Told = Result<Arc<Indicators>, LocalText>;

/// Indicators that moved; `None` while they are being counted.
pub type Moved = Option<Arc<Vec<FigureDelta>>>;

/// Differences by the last step and by the plan.
#[derive(Resource, Default)]
pub struct Effects {
    /// The panel is on the screen.
    pub open: bool,
    /// By the last step.
    pub by_step: Moved,
    /// Against the existing conditions.
    pub by_plan: Moved,
    /// The plan and its state before the last step and now.
    states: Option<(PathBuf, State, State)>,
}

/// Those that are not the same on both sides.
fn moved(before: &Told, after: &Told) -> Vec<FigureDelta> {
    let (Ok(a), Ok(b)) = (before, after) else { return vec![] };
    let mut out = compare::figures(a, b);
    out.retain(|f| f.before != f.after || f.unknown_percent[0] != f.unknown_percent[1]);
    out
}

impl Effects {
    /// Remembers what the last step began from. Opening a plan is no step.
    fn follow(&mut self, path: &PathBuf, now: State) {
        match &mut self.states {
            Some((of, before, after)) if of == path => {
                if !Arc::ptr_eq(&after.0, &now.0) {
                    *before = std::mem::replace(after, now);
                    (self.by_step, self.by_plan) = (None, None);
                }
            }
            _ => {
                self.states = Some((path.clone(), now.clone(), now));
                (self.by_step, self.by_plan) = (None, None);
            }
        }
    }
}

fn count(mut effects: ResMut<Effects>, mut counted: ResMut<Counted>, snapshot: Res<CurrentSnapshot>, mut redraw: ResMut<Redraw>) {
    let (e, counted) = (effects.bypass_change_detection(), counted.bypass_change_detection());
    let Some((s, p)) = snapshot.0.as_ref().and_then(|s| Some((s, s.planning.as_ref()?))) else {
        e.states = None;
        return;
    };
    e.follow(&p.path, (s.city.clone(), s.evaluation.clone()));
    let Some((_, before, after)) = &e.states else { return };
    if !e.open || (e.by_step.is_some() && e.by_plan.is_some()) {
        return;
    }
    let now = counted.indicators(&after.0, &after.1);
    let then = counted.indicators(&before.0, &before.1);
    let base = counted.indicators(&p.base.city, &p.base_evaluation);
    if let (Some(now), Some(then)) = (&now, &then) {
        e.by_step = Some(Arc::new(moved(then, now)));
    }
    if let (Some(now), Some(base)) = (&now, &base) {
        e.by_plan = Some(Arc::new(moved(base, now)));
    }
    redraw.soon();
}

/// Registers the count.
pub fn plugin(app: &mut App) {
    app.init_resource::<Effects>()
        .init_resource::<super::layers::Saving>()
        .add_systems(Update, count.in_set(AppSystems::Show))
        .add_systems(
            Update,
            super::layers::carry_out.after(AppSystems::Receive).before(AppSystems::Camera),
        );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::TestCity;

    #[test]
    fn a_step_is_told_from_where_it_began_and_opening_is_none() {
        let state = || -> State { (Arc::new(TestCity::new().build()), Arc::new(Evaluation::default())) };
        let (a, b, c) = (state(), state(), state());
        let mut effects = Effects::default();
        let path = PathBuf::from("a");
        let at = |e: &Effects| e.states.as_ref().map(|(_, x, y)| [x.0.clone(), y.0.clone()]).unwrap();
        effects.follow(&path, a.clone());
        assert!(at(&effects).iter().all(|x| Arc::ptr_eq(x, &a.0)));
        effects.follow(&path, b.clone());
        effects.follow(&path, b.clone());
        let [x, y] = at(&effects);
        assert!(Arc::ptr_eq(&x, &a.0) && Arc::ptr_eq(&y, &b.0));
        effects.follow(&PathBuf::from("b"), c.clone());
        assert!(at(&effects).iter().all(|x| Arc::ptr_eq(x, &c.0)));
    }
}
