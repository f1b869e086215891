//! What a hand does becomes edits with old and new: draw, place, build, move, copy, split, reshape, describe, demolish. Several features at
//! once give one list, and one step in the history.

use super::{
    Attributes, Base, BuildingVolume, Edit, EditError, Feature, Overlay, Setting, Shape, Step, division::divide, parameters::rule_numbers,
};
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

    /// A number of a rule; what the project says already is no setting of the plan.
    pub fn parameter(&self, rule: &str, key: &str, value: f64) -> Edit {
        let numbers = rule_numbers(rule, &self.base.city, &self.base.city);
        let project = numbers.iter().find(|n| n.now.key == key).map(|n| n.project);
        let new = if project == Some(value) { Value::Null } else { Value::Real(value) };
        self.set(&format!("parameter/{rule}/{key}"), new)
    }

    /// Weights of a use by criterion; those that are as in the project are no settings, and what does not change is no edit.
    pub fn weights<'w>(&self, usage: &str, weights: impl Iterator<Item = (&'w str, f64)>) -> Vec<Edit> {
        let uses = self.base.city.modules.iter().flat_map(|m| &m.suitability);
        let given: Vec<_> = uses.filter(|u| u.id == usage).flat_map(|u| &u.criteria).collect();
        let edit = |(criterion, weight): (&str, f64)| {
            let as_given = given.iter().any(|c| c.id == criterion && c.weight == weight);
            self.set(
                &format!("weight/{usage}/{criterion}"),
                if as_given { Value::Null } else { Value::Real(weight) },
            )
        };
        weights.map(edit).filter(changes).collect()
    }

    /// Features that the view leaves out from now on, or shows again; everything that counts counts them all the same.
    ///
    /// # Errors
    /// When one is not there.
    pub fn hide(&self, features: &[Named], hide: bool) -> Result<Vec<Edit>, EditError> {
        let new = if hide { Value::Boolean(true) } else { Value::Null };
        let mut out = vec![];
        for f in features {
            if hide {
                self.now(f)?;
            }
            out.push(self.set(&Setting::hide(&f.0, &f.1), new.clone()));
        }
        Ok(out.into_iter().filter(changes).collect())
    }

    /// Whether a step of these edits would fit; nothing is done.
    ///
    /// # Errors
    /// Why it would be refused.
    pub fn fits(&self, edits: &[Edit]) -> Result<(), EditError> {
        let mut step = Step::new("", edits.to_vec())?;
        self.overlay.clone().push(self.base, &mut step).map(|_| ()).map_err(|(_, e)| e)
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

/// True for an edit after which something is otherwise.
fn changes(edit: &Edit) -> bool {
    !matches!(edit, Edit::Set { old, new, .. } if old == new)
}
