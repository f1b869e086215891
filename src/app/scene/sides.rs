//! Two variants in one scene: what both have is drawn once, and of the other variant only the layers that are not the same.

use super::mirror::{Mirror, Stage};
use crate::{
    app::bridge::{Compared, Side},
    model::SlotId,
    project::{City, SlotData},
};
use bevy::prelude::*;
use std::sync::Arc;

/// Rooms that still build something of the other variant in this frame.
#[derive(Resource, Default)]
pub struct Unready(pub u32);

/// True when a slot does not hold the very same layer in both cities: an edit makes the layer anew, everything else is shared.
fn differs(a: &City, b: &City, slot: &SlotId) -> bool {
    let [a, b] = [a, b].map(|city| city.slot(slot).map(|s| &s.data));
    match (a, b) {
        (Some(SlotData::Vector(a)), Some(SlotData::Vector(b))) => !Arc::ptr_eq(&a.layer, &b.layer),
        (Some(SlotData::Raster(a)), Some(SlotData::Raster(b))) => !Arc::ptr_eq(a, b),
        (Some(SlotData::Missing { .. }) | None, Some(SlotData::Missing { .. }) | None) => false,
        _ => true,
    }
}

/// One of the two variants, as a room looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// What it has.
    pub city: &'a Arc<City>,
    other: Option<&'a Arc<City>>,
    /// The variant that is compared with.
    before: bool,
}

impl Look<'_> {
    /// The side of a slot's layer.
    pub fn side(&self, slot: &SlotId) -> Side {
        match self.other {
            Some(other) if differs(self.city, other, slot) => {
                if self.before {
                    Side::Before
                } else {
                    Side::Now
                }
            }
            _ => Side::Both,
        }
    }

    /// False for layers of the other variant that are drawn already.
    pub fn draws(&self, slot: &SlotId) -> bool {
        !self.before || self.side(slot) == Side::Before
    }

    /// True for what is worked on.
    pub fn is_now(&self) -> bool {
        !self.before
    }
}

/// The entries of one room in both variants.
#[derive(Default)]
pub struct Twin {
    now: Mirror,
    before: Mirror,
}

impl Twin {
    /// Lets `each` bring the entries of a variant up to date: of what is shown, and of what it is compared with, if anything.
    pub fn each(&mut self, stage: &mut Stage, now: &Arc<City>, compared: &Compared, mut each: impl FnMut(&mut Stage, &mut Mirror, Look)) {
        let before = compared.before.as_ref().map(|b| &b.city);
        let look = Look {
            city: now,
            other: before,
            before: false,
        };
        each(stage, &mut self.now, look);
        let Some(city) = before else {
            self.before.keep(&mut stage.commands, |_| false);
            return;
        };
        let look = Look {
            city,
            other: Some(now),
            before: true,
        };
        each(stage, &mut self.before, look);
        if self.before.busy() {
            stage.unready.0 += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{TestCity, f, rect};

    #[test]
    fn the_same_layer_is_shared_and_one_that_was_made_anew_has_a_side() {
        let town = |x: f64| TestCity::new().polygons("m/a", &[f("1", rect(x, 0.0, x + 9.0, 9.0))]).build();
        let (now, before) = (Arc::new(town(0.0)), Arc::new(town(5.0)));
        let slot = SlotId::from("m/a");
        let look = |city, other, before| Look { city, other, before };
        assert_eq!(look(&now, Some(&now), false).side(&slot), Side::Both);
        assert!(!look(&now, Some(&now), true).draws(&slot), "drawn already");
        assert_eq!(look(&now, Some(&before), false).side(&slot), Side::Now);
        assert_eq!(look(&before, Some(&now), true).side(&slot), Side::Before);
        assert!(look(&before, Some(&now), true).draws(&slot) && look(&now, None, false).draws(&slot));
    }
}
