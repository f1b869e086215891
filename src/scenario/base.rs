//! The untouched city under all scenarios, with the way from a feature's id to its row.

use super::{Attributes, EditError, Feature, Shape};
use crate::{
    model::{GeometryKind, Layer, SlotId},
    modules::{SlotDef, SlotGeometry},
    project::{City, SlotData},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

/// Existing conditions. They are never changed.
#[derive(Debug, Clone)]
pub struct Base {
    /// The city as its files say.
    pub city: Arc<City>,
    /// Rows in the order of their ids, made when first asked for.
    by_id: Arc<BTreeMap<SlotId, OnceLock<Vec<u32>>>>,
}

impl Base {
    /// Takes an open city as the base of scenarios.
    pub fn new(city: Arc<City>) -> Self {
        let by_id = city.slots.iter().map(|s| (s.id.clone(), OnceLock::new())).collect();
        Self {
            city,
            by_id: Arc::new(by_id),
        }
    }

    /// The layer in a slot, if it holds features.
    pub fn layer(&self, slot: &SlotId) -> Option<&Arc<Layer>> {
        self.city.layer(slot).map(|l| &l.layer)
    }

    /// The row of a feature.
    pub fn row(&self, slot: &SlotId, id: &str) -> Option<u32> {
        let layer = self.layer(slot)?;
        let order = self.by_id.get(slot)?.get_or_init(|| {
            let mut rows: Vec<u32> = (0..layer.len() as u32).collect();
            rows.sort_by(|a, b| layer.ids[*a as usize].cmp(&layer.ids[*b as usize]));
            rows
        });
        let k = order.partition_point(|row| &*layer.ids[*row as usize] < id);
        order.get(k).copied().filter(|row| &*layer.ids[*row as usize] == id)
    }

    /// A feature as it is.
    pub fn feature(&self, slot: &SlotId, id: &str) -> Option<Feature> {
        let row = self.row(slot, id)? as usize;
        let layer = self.layer(slot)?;
        Some(feature_of(layer, row))
    }

    /// The definition of a slot that can be edited.
    ///
    /// # Errors
    /// When there is no such slot, or it holds a grid.
    pub fn slot(&self, slot: &SlotId) -> Result<&Arc<SlotDef>, EditError> {
        let found = self.city.slot(slot).ok_or_else(|| EditError::UnknownSlot { slot: slot.clone() })?;
        if found.def.geometry == SlotGeometry::Raster || matches!(found.data, SlotData::Raster(_)) {
            return Err(EditError::Grid { slot: slot.clone() });
        }
        Ok(&found.def)
    }

    /// What a new feature of the slot has to be: as the layer is, else as the slot allows.
    ///
    /// # Errors
    /// When the slot cannot be edited or holds something else.
    pub(super) fn fits(&self, slot: &SlotId, kind: GeometryKind) -> Result<(), EditError> {
        let def = self.slot(slot)?;
        let wanted = match self.layer(slot).filter(|l| !l.is_empty()) {
            Some(layer) => layer.geometry.kind(),
            None if def.geometry.accepts(kind) => kind,
            None => match def.geometry {
                SlotGeometry::Point => GeometryKind::Point,
                SlotGeometry::Line => GeometryKind::Line,
                _ => GeometryKind::Polygon,
            },
        };
        if wanted == kind {
            return Ok(());
        }
        Err(EditError::WrongGeometry {
            slot: slot.clone(),
            wanted,
            found: kind,
        })
    }

    /// One number for all files behind the city: another base, another hash.
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for slot in &self.city.slots {
            let (count, provenance) = match &slot.data {
                SlotData::Missing { .. } => continue,
                SlotData::Vector(l) => (l.layer.len(), &l.layer.provenance),
                SlotData::Raster(r) => (r.values.len(), &r.provenance),
            };
            let mut add = |text: &str| {
                hasher.update(&(text.len() as u64).to_le_bytes());
                hasher.update(text.as_bytes());
            };
            add(&slot.id.0);
            add(&count.to_string());
            for p in provenance {
                add(p.layer.as_deref().unwrap_or_default());
                add(&p.hash);
            }
        }
        // The same files combined in another way are another base.
        for expression in &self.city.info.derived {
            hasher.update(&serde_json::to_vec(expression).unwrap_or_default());
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// A row as a feature; unknown attributes are left out.
pub fn feature_of(layer: &Layer, row: usize) -> Feature {
    let values = layer.attributes.iter().map(|(name, c)| (name.to_string(), c.value(row)));
    Feature {
        geometry: Shape::of(&layer.geometry, row),
        attributes: values.filter(|(_, v)| !v.is_null()).collect::<Attributes>(),
    }
}
