//! What a hand does becomes edits with old and new: draw, place, build, move, copy, split, reshape, describe, demolish. Several features at
//! once give one list, and one step in the history.

use super::{Attributes, Base, BuildingVolume, Edit, EditError, Feature, Overlay, Shape, division::divide};
use crate::model::{SlotId, Value};
use std::collections::BTreeSet;

/// A feature by slot and id.
pub type Named = (SlotId, String);

/// The plan as it is, from which the next edits are made. Nothing is changed here.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    base: &'a Base,
    overlay: &'a Overlay,
    /// Ids given in this draft.
    given: BTreeSet<Named>,
}

impl<'a> Draft<'a> {
    /// Over the present state of a plan.
    pub fn new(base: &'a Base, overlay: &'a Overlay) -> Self {
        Self {
            base,
            overlay,
            given: BTreeSet::new(),
        }
    }

    fn now(&self, (slot, id): &Named) -> Result<Feature, EditError> {
        self.base.slot(slot)?;
        self.overlay.feature(self.base, slot, id).ok_or_else(|| EditError::UnknownFeature {
            slot: slot.clone(),
            feature: id.clone(),
        })
    }

    /// An id that nobody has: made from what is drawn, so that the same plan is the same file.
    fn fresh_id(&mut self, slot: &SlotId, shape: &Shape) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(slot.0.as_bytes());
        for v in shape.vertices().flatten() {
            hasher.update(&v.to_le_bytes());
        }
        loop {
            let id = format!("plan-{}", &hasher.finalize().to_hex()[..10]);
            let taken = self.overlay.edited(slot).any(|(e, _)| e == id) || self.base.row(slot, &id).is_some();
            if !taken && self.given.insert((slot.clone(), id.clone())) {
                return id;
            }
            hasher.update(b"+");
        }
    }

    /// A new feature.
    pub fn add(&mut self, slot: &SlotId, shape: Shape, attributes: Attributes) -> Edit {
        let geometry = shape.rounded();
        Edit::Add {
            slot: slot.clone(),
            feature: self.fresh_id(slot, &geometry),
            new: Feature { geometry, attributes },
        }
    }

    /// A facility with its capacity, where the slot counts places.
    pub fn facility(&mut self, slot: &SlotId, shape: Shape, name: &str, places: Option<i64>) -> Edit {
        let name = Some(("name".to_string(), Value::Text(name.into()))).filter(|_| !name.trim().is_empty());
        let places = places.map(|n| ("places".to_string(), Value::Integer(n)));
        self.add(slot, shape, name.into_iter().chain(places).collect())
    }

    /// A building volume.
    ///
    /// # Errors
    /// When no active module has buildings, or the volume has no height.
    pub fn building(&mut self, volume: &BuildingVolume) -> Result<Edit, EditError> {
        let slot = BuildingVolume::slot(self.base).ok_or(EditError::NoBuildings)?;
        Ok(self.add(&slot, volume.footprint.clone(), volume.attributes()?))
    }

    /// Features taken out: buildings demolished, sites given up.
    ///
    /// # Errors
    /// When one is not there.
    pub fn remove(&self, features: &[Named]) -> Result<Vec<Edit>, EditError> {
        let one = |f: &Named| {
            Ok(Edit::Remove {
                slot: f.0.clone(),
                feature: f.1.clone(),
                old: self.now(f)?,
            })
        };
        features.iter().map(one).collect()
    }

    /// Another outline.
    ///
    /// # Errors
    /// When the feature is not there.
    pub fn reshape(&self, feature: &Named, shape: Shape) -> Result<Edit, EditError> {
        Ok(Edit::Reshape {
            slot: feature.0.clone(),
            feature: feature.1.clone(),
            old: self.now(feature)?.geometry,
            new: shape,
        })
    }

    /// Features moved by a vector in metres.
    ///
    /// # Errors
    /// When one is not there.
    pub fn shift(&self, features: &[Named], by: [f64; 2]) -> Result<Vec<Edit>, EditError> {
        let one = |f: &Named| self.reshape(f, self.now(f)?.geometry.moved(by));
        features.iter().map(one).collect()
    }

    /// Copies beside the originals.
    ///
    /// # Errors
    /// When one is not there.
    pub fn copy(&mut self, features: &[Named], by: [f64; 2]) -> Result<Vec<Edit>, EditError> {
        let mut out = vec![];
        for f in features {
            let now = self.now(f)?;
            out.push(self.add(&f.0, now.geometry.moved(by), now.attributes));
        }
        Ok(out)
    }

    /// An area or a line divided along a line. The largest piece stays the feature, the others are new and bear the same attributes.
    ///
    /// # Errors
    /// When the line does not divide it.
    pub fn split(&mut self, feature: &Named, along: &[[f64; 2]]) -> Result<Vec<Edit>, EditError> {
        let now = self.now(feature)?;
        let mut pieces = divide(&now.geometry, along)?.into_iter();
        let first = pieces.next().ok_or(EditError::NoDivision)?;
        let mut out = vec![self.reshape(feature, first)?];
        for piece in pieces {
            out.push(self.add(&feature.0, piece, now.attributes.clone()));
        }
        Ok(out)
    }

    /// Attributes of several features set to the same values; `Null` makes them unknown.
    ///
    /// # Errors
    /// When a feature is not there or nothing would change.
    pub fn describe(&self, features: &[Named], attributes: &Attributes) -> Result<Vec<Edit>, EditError> {
        let mut out = vec![];
        for f in features {
            let now = self.now(f)?;
            let is = |name: &String| now.attributes.get(name).cloned().unwrap_or(Value::Null);
            let new: Attributes = attributes
                .iter()
                .filter(|(n, v)| is(n) != **v)
                .map(|(n, v)| (n.clone(), v.clone()))
                .collect();
            if !new.is_empty() {
                out.push(Edit::Describe {
                    slot: f.0.clone(),
                    feature: f.1.clone(),
                    old: new.keys().map(|n| (n.clone(), is(n))).collect(),
                    new,
                });
            }
        }
        if out.is_empty() {
            return Err(EditError::Nothing);
        }
        Ok(out)
    }

    /// Another type of building area (BauNVO) for zones or sites.
    ///
    /// # Errors
    /// As [`Self::describe`].
    pub fn zone_type(&self, features: &[Named], baunvo: &str) -> Result<Vec<Edit>, EditError> {
        let attributes = Attributes::from([("baunvo".to_string(), Value::Text(baunvo.into()))]);
        self.describe(features, &attributes)
    }

    /// A setting beside the features, such as `status/<conflict>`.
    pub fn set(&self, key: &str, new: Value) -> Edit {
        Edit::Set {
            key: key.into(),
            old: self.overlay.settings().get(key).cloned().unwrap_or(Value::Null),
            new,
        }
    }
}
