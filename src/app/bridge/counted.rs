//! Indicators and figures of the states that somebody looks at, each counted once off the window's thread and shared by the rooms.

use super::{Later, Same};
use crate::{
    figures::{Assumptions, PlanFigures},
    indicators::{self, Indicators},
    model::LocalText,
    project::City,
    rules::Evaluation,
    session::plan_figures,
};
use bevy::prelude::*;
use std::sync::Arc;

/// States that are remembered: before, now, the last step, and one to spare.
const MOST: usize = 4;

type Told = Result<Arc<Indicators>, LocalText>;

struct Entry {
    city: Same<City>,
    evaluation: Same<Evaluation>,
    indicators: Later<(), Told>,
    figures: Later<(Same<City>, Assumptions), Arc<PlanFigures>>,
    asked: bool,
}

/// What was counted, the newest last.
#[derive(Resource, Default)]
pub struct Counted {
    entries: Vec<Entry>,
    /// What costs and parking rest on.
    pub given: Assumptions,
}

impl Counted {
    fn entry(&mut self, city: &Arc<City>, evaluation: &Arc<Evaluation>) -> &mut Entry {
        let (city, evaluation) = (Same(city.clone()), Same(evaluation.clone()));
        let at = self.entries.iter().position(|e| e.city == city && e.evaluation == evaluation);
        let entry = match at {
            Some(at) => self.entries.remove(at),
            None => Entry {
                city,
                evaluation,
                indicators: Later::default(),
                figures: Later::default(),
                asked: false,
            },
        };
        self.entries.push(entry);
        let last = self.entries.len() - 1;
        let entry = &mut self.entries[last];
        entry.asked = true;
        entry
    }

    /// Indicators of the whole; `None` while they are being counted.
    pub fn indicators(&mut self, city: &Arc<City>, evaluation: &Arc<Evaluation>) -> Option<Told> {
        let (c, e) = (city.clone(), evaluation.clone());
        // Of an earlier state of the same plan most can be taken over.
        let told = |e: &Entry| e.indicators.get().and_then(|t| t.as_ref().ok()).cloned();
        let before = self.entries.iter().rev().find_map(told);
        let entry = self.entry(city, evaluation);
        entry.indicators.want((), move |control| {
            indicators::update(&c, &e, None, before.as_deref(), control).map(Arc::new)
        });
        entry.indicators.get().cloned()
    }

    /// Figures of the sites over a base; those of the last assumptions while new ones are being counted.
    pub fn figures(&mut self, base: &Arc<City>, city: &Arc<City>, evaluation: &Arc<Evaluation>) -> Option<Arc<PlanFigures>> {
        let (b, c, given) = (base.clone(), city.clone(), self.given.clone());
        let entry = self.entry(city, evaluation);
        let key = (Same(base.clone()), given.clone());
        entry.figures.want(key, move |_| Arc::new(plan_figures(&b, &c, &given)));
        entry.figures.get().cloned()
    }

    /// True while something is being counted.
    pub fn busy(&self) -> bool {
        self.entries.iter().any(|e| e.indicators.busy() || e.figures.busy())
    }

    /// Calls off what nobody asked for since the last time, and forgets the oldest.
    pub fn sweep(&mut self) {
        let mut spare = self.entries.len().saturating_sub(MOST);
        self.entries.retain_mut(|e| {
            let asked = std::mem::take(&mut e.asked);
            if asked {
                return true;
            }
            if e.indicators.busy() || e.figures.busy() {
                e.indicators.forget();
                e.figures.forget();
                return false;
            }
            let keep = spare == 0;
            spare = spare.saturating_sub(1);
            keep
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::TestCity;
    use bevy::tasks::AsyncComputeTaskPool;

    #[test]
    fn a_state_is_counted_once_and_the_oldest_is_forgotten() {
        AsyncComputeTaskPool::get_or_init(bevy::tasks::TaskPool::default);
        let mut counted = Counted::default();
        let states: Vec<_> = (0..MOST + 2)
            .map(|_| (Arc::new(TestCity::new().build()), Arc::new(Evaluation::default())))
            .collect();
        for (city, evaluation) in &states {
            let told = (0..500).find_map(|_| {
                std::thread::sleep(std::time::Duration::from_millis(5));
                counted.indicators(city, evaluation)
            });
            let told = told.expect("counted").unwrap();
            let again = counted.indicators(city, evaluation).unwrap().unwrap();
            assert!(Arc::ptr_eq(&told, &again));
            counted.sweep();
        }
        counted.sweep();
        assert_eq!(counted.entries.len(), MOST);
        assert!(counted.entries.iter().all(|e| !e.asked) && !counted.busy());
    }
}
