//! Between two grounds: while everything that lies on the ground is laid on the next one, what is drawn stays as it is, and then all of it changes
//! in one frame. Otherwise houses would sink and streets vanish for a moment with every look nearer.

use super::{
    ground::{CurrentGround, Ground},
    redraw::Redraw,
};
use bevy::{prelude::*, tasks::Task};
use std::sync::Arc;

/// The ground that comes next; nothing most of the time.
#[derive(Resource, Default)]
pub struct NextGround {
    ground: Option<Arc<Ground>>,
    /// Something is still being laid on it.
    busy: bool,
}

impl NextGround {
    /// Begins to lay everything on another ground.
    pub fn begin(&mut self, ground: Ground) {
        (self.ground, self.busy) = (Some(Arc::new(ground)), true);
    }

    /// Drops it: another city has come.
    pub fn forget(&mut self) {
        self.ground = None;
    }

    /// The one that is on its way.
    pub fn get(&self) -> Option<&Arc<Ground>> {
        self.ground.as_ref()
    }

    /// What is to be built from now on is built for this ground.
    pub fn or<'a>(&'a self, now: &'a Arc<Ground>) -> &'a Arc<Ground> {
        self.ground.as_ref().unwrap_or(now)
    }

    /// True while what is drawn must stay, although its successor may be finished: the others are not.
    pub fn holds<T>(&mut self, task: &Task<T>) -> bool {
        if self.ground.is_some() && !task.is_finished() {
            self.busy = true;
        }
        self.ground.is_some()
    }

    /// The same for work that tells by itself whether it is under way.
    pub fn waits(&mut self, busy: bool) -> bool {
        self.busy |= busy && self.ground.is_some();
        self.ground.is_some()
    }
}

/// When nobody said in the last frame that something is still being laid, the next ground becomes the one that is drawn.
pub fn change(mut next: ResMut<NextGround>, mut ground: ResMut<CurrentGround>, mut redraw: ResMut<Redraw>) {
    if next.ground.is_none() {
        return;
    }
    redraw.soon();
    if std::mem::take(&mut next.busy) {
        return;
    }
    ground.0 = next.ground.take();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::scene::ground::tests::hill;

    #[test]
    fn the_ground_changes_only_after_a_frame_in_which_nothing_was_under_way() {
        let mut app = App::new();
        app.init_resource::<NextGround>()
            .init_resource::<CurrentGround>()
            .init_resource::<Redraw>()
            .add_systems(Update, change);
        let first = Arc::new(hill());
        app.world_mut().resource_mut::<CurrentGround>().0 = Some(first.clone());
        app.world_mut().resource_mut::<NextGround>().begin(hill());
        let next = app.world().resource::<NextGround>().get().unwrap().clone();
        let drawn = |app: &App| app.world().resource::<CurrentGround>().0.clone().unwrap();
        // The frame in which it begins, and two in which a layer is not ready.
        for _ in 0..3 {
            app.update();
            assert!(Arc::ptr_eq(&drawn(&app), &first));
            let mut n = app.world_mut().resource_mut::<NextGround>();
            assert!(Arc::ptr_eq(n.or(&first), &next) && n.waits(true));
        }
        app.update();
        assert!(app.world_mut().resource_mut::<NextGround>().waits(false));
        app.update();
        assert!(Arc::ptr_eq(&drawn(&app), &next));
        assert!(
            !app.world_mut().resource_mut::<NextGround>().waits(true),
            "afterwards nothing is held back"
        );
    }
}
