//! What a plan changed, by role, with the rows that its features have now.

use crate::{
    index::IndexedLayer,
    model::{Bbox, FeatureRef, SlotId},
    modules::Role,
    project::City,
    scenario::{Base, Overlay},
};
use std::{collections::BTreeMap, sync::Arc};

/// A feature by slot and id.
pub(super) type Key = (SlotId, String);

/// What makes a building another one beside its outline.
const SHAPE: [&str; 5] = ["height_m", "storeys", "roof_type", "roof_shape", "function"];

/// A plan over its base.
pub(super) struct Edited<'a> {
    pub base: &'a Base,
    pub overlay: &'a Overlay,
    pub city: &'a City,
    /// By slot: rows of the base that are no more, and ids of new features, both in order.
    moved: BTreeMap<&'a SlotId, (Vec<u32>, Vec<&'a str>)>,
}

impl<'a> Edited<'a> {
    pub fn new(base: &'a Base, overlay: &'a Overlay, city: &'a City) -> Self {
        let mut moved = BTreeMap::new();
        for slot in overlay.slots() {
            let (mut gone, mut new) = (vec![], vec![]);
            for (id, state) in overlay.edited(slot) {
                match (base.row(slot, id), state) {
                    (Some(row), None) => gone.push(row),
                    (None, Some(_)) => new.push(id),
                    _ => {}
                }
            }
            gone.sort_unstable();
            moved.insert(slot, (gone, new));
        }
        Self {
            base,
            overlay,
            city,
            moved,
        }
    }

    /// The row that a feature has in the plan's city. `None` where it is no more, or where its layer follows others and was made anew.
    pub fn row(&self, slot: &SlotId, id: &str) -> Option<u32> {
        let of_base = self.base.row(slot, id);
        let Some((gone, new)) = self.moved.get(slot) else {
            let same = match (self.base.layer(slot), self.city.layer(slot)) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, &b.layer),
                _ => false,
            };
            return of_base.filter(|_| same);
        };
        match of_base {
            Some(row) => gone.binary_search(&row).err().map(|before| row - before as u32),
            None => {
                let k = new.binary_search(&id).ok()?;
                let stay = self.base.layer(slot).map_or(0, |l| l.len()) - gone.len();
                Some((stay + k) as u32)
            }
        }
    }

    /// Brings the row of a reference up to date.
    pub fn follow(&self, feature: &mut FeatureRef) {
        if let Some(row) = self.row(&feature.slot, &feature.id) {
            feature.row = row;
        }
    }

    /// Buildings that the plan adds or builds otherwise, as they are in its city.
    pub fn buildings(&self) -> Vec<(&'a IndexedLayer, u32, Key)> {
        let mut out = vec![];
        for slot in self.city.with_role(Role::Buildings) {
            let Some(layer) = self.city.layer(&slot.id) else { continue };
            for (id, _) in self.overlay.edited(&slot.id).filter(|(id, _)| self.is_rebuilt(&slot.id, id)) {
                if let Some(row) = self.row(&slot.id, id) {
                    out.push((layer, row, (slot.id.clone(), id.to_owned())));
                }
            }
        }
        out
    }

    /// Boxes of everything with one of these roles that the plan touched, before and after.
    pub fn boxes(&self, roles: &[Role]) -> Vec<Bbox> {
        let slots: Vec<&SlotId> = roles.iter().flat_map(|r| self.city.with_role(*r)).map(|s| &s.id).collect();
        let touched = self.overlay.touched(self.base).into_iter().filter(|t| slots.contains(&&t.slot));
        touched.flat_map(|t| [t.before, t.after]).filter(|b| !b.is_empty()).collect()
    }

    /// True for a feature that the plan touched.
    pub fn is_edited(&self, slot: &SlotId, id: &str) -> bool {
        self.overlay.is_edited(slot, id)
    }

    /// True for a building that is new, or that has another shape than before. Another name or use builds nothing.
    pub fn is_rebuilt(&self, slot: &SlotId, id: &str) -> bool {
        let Some((_, Some(now))) = self.overlay.edited_feature(slot, id) else {
            return false;
        };
        let Some(was) = self.base.feature(slot, id) else { return true };
        let same = |name: &&str| was.attributes.get(*name) == now.attributes.get(*name);
        !was.geometry.same(&now.geometry) || !SHAPE.iter().all(same)
    }

    /// The base's layer and row of a feature.
    pub fn of_base(&self, slot: &SlotId, id: &str) -> Option<(&'a IndexedLayer, u32)> {
        Some((self.base.city.layer(slot)?, self.base.row(slot, id)?))
    }
}
