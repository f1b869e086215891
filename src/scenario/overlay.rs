//! Edits over the base, as a net state: what each touched feature is now. From it the layers of the new city are made; what is not touched
//! is shared with the base.

use super::{Attributes, Base, Edit, EditError, Feature, Shape, Step, Touched, fields, settings};
use crate::{
    index::IndexedLayer,
    model::{Bbox, BodiesBuilder, Column, Coverage, Geometries, GeometriesBuilder, GeometryKind, Layer, Report, SlotId, Table, Value},
    project::{City, SlotData},
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The net effect of steps over a base. Independent edits commute: the same net effect gives the same city.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overlay {
    /// `None` is a feature that is no more. A feature that is as in the base is not listed.
    slots: BTreeMap<SlotId, BTreeMap<String, Option<Feature>>>,
    settings: BTreeMap<String, Value>,
}

impl Overlay {
    /// The feature as it is now.
    pub fn feature(&self, base: &Base, slot: &SlotId, id: &str) -> Option<Feature> {
        match self.slots.get(slot).and_then(|s| s.get(id)) {
            Some(state) => state.clone(),
            None => base.feature(slot, id),
        }
    }

    /// Settings that differ from what the project says.
    pub fn settings(&self) -> &BTreeMap<String, Value> {
        &self.settings
    }

    /// Slots with an edited feature.
    pub fn slots(&self) -> impl Iterator<Item = &SlotId> {
        self.slots.keys()
    }

    /// Ids of edited features of a slot, and what became of them.
    pub fn edited(&self, slot: &SlotId) -> impl Iterator<Item = (&str, Option<&Feature>)> {
        self.slots.get(slot).into_iter().flatten().map(|(id, f)| (id.as_str(), f.as_ref()))
    }

    /// What became of one feature; `None` where it is as in the base.
    pub fn edited_feature(&self, slot: &SlotId, id: &str) -> Option<(&str, Option<&Feature>)> {
        let (id, state) = self.slots.get(slot)?.get_key_value(id)?;
        Some((id.as_str(), state.as_ref()))
    }

    /// True for a feature that is not as in the base.
    pub fn is_edited(&self, slot: &SlotId, id: &str) -> bool {
        self.slots.get(slot).is_some_and(|s| s.contains_key(id))
    }

    /// Adds a step, wholly or not at all. What it says is brought into the form that the layers hold, so that a step that was written by
    /// hand, read from a file or drawn is the same in the end.
    ///
    /// # Errors
    /// When one of its edits does not fit; the number is its place in the step.
    pub fn push(&mut self, base: &Base, step: &mut Step) -> Result<Vec<Touched>, (usize, EditError)> {
        // One edit is done wholly or not at all by itself.
        if let [edit] = &mut step.edits[..] {
            let touched = self.push_edit(base, edit).map_err(|e| (0, e))?;
            return Ok(touched.into_iter().collect());
        }
        let mut next = self.clone();
        let mut touched = vec![];
        for (k, edit) in step.edits.iter_mut().enumerate() {
            touched.extend(next.push_edit(base, edit).map_err(|e| (k, e))?);
        }
        *self = next;
        Ok(touched)
    }

    fn push_edit(&mut self, base: &Base, edit: &mut Edit) -> Result<Option<Touched>, EditError> {
        let around = base.city.extent();
        let subject = edit.subject().map(|(slot, id)| (slot.clone(), id.to_owned()));
        let Some((slot, id)) = subject else {
            let Edit::Set { key, old, new } = edit else { return Ok(None) };
            return self.set(base, key, old, new).map(|()| None);
        };
        let def = base.slot(&slot)?.clone();
        let layer = base.layer(&slot).map(|l| &**l);
        let unknown = || EditError::UnknownFeature {
            slot: slot.clone(),
            feature: id.clone(),
        };
        let changed = |what: &str| EditError::Changed {
            slot: slot.clone(),
            feature: id.clone(),
            what: what.into(),
        };
        let now = self.feature(base, &slot, &id);
        let before = now.as_ref().map_or(Bbox::EMPTY, |f| f.geometry.bbox());
        let after = match edit {
            Edit::Add { new, .. } => {
                if now.is_some() {
                    return Err(EditError::Taken { slot, feature: id });
                }
                let original = base.feature(&slot, &id);
                if let Some(original) = original.filter(|o| same_feature(o, new)) {
                    // What was removed comes back as it was, to the last digit.
                    *new = original;
                } else {
                    base.fits(&slot, new.geometry.kind())?;
                    new.geometry = new.geometry.clone().checked(&around)?;
                    let mut attributes = fields::checked(&slot, &def, layer, std::mem::take(&mut new.attributes), true)?;
                    attributes.retain(|_, v| !v.is_null());
                    new.attributes = attributes;
                }
                Some(new.clone())
            }
            Edit::Remove { old, .. } => {
                let now = now.ok_or_else(unknown)?;
                if !now.geometry.same(&old.geometry) {
                    return Err(changed("geometry"));
                }
                if let Some(name) = difference(&now.attributes, &old.attributes) {
                    return Err(changed(&name));
                }
                *old = now;
                None
            }
            Edit::Reshape { old, new, .. } => {
                let mut now = now.ok_or_else(unknown)?;
                if !now.geometry.same(old) {
                    return Err(changed("geometry"));
                }
                *old = now.geometry;
                let original = base.feature(&slot, &id).map(|f| f.geometry);
                if let Some(original) = original.filter(|o| o.same(new)) {
                    *new = original;
                } else {
                    base.fits(&slot, new.kind())?;
                    *new = new.clone().checked(&around)?;
                }
                now.geometry = new.clone();
                Some(now)
            }
            Edit::Describe { old, new, .. } => {
                let mut now = now.ok_or_else(unknown)?;
                if old.keys().ne(new.keys()) {
                    return Err(changed("attributes"));
                }
                // What the existing conditions say may be put back, however odd it is: else a step could not be undone.
                let original = base.feature(&slot, &id).map(|f| f.attributes).unwrap_or_default();
                let back = |name: &String, value: &Value| original.get(name).is_some_and(|o| fields::same(o, value));
                let (kept, given) = std::mem::take(new).into_iter().partition(|(name, value)| back(name, value));
                *new = fields::checked(&slot, &def, layer, given, false)?;
                new.extend::<Attributes>(kept);
                for (name, value) in old.iter_mut() {
                    let is = now.attributes.get(name).cloned().unwrap_or(Value::Null);
                    if !fields::same(&is, value) {
                        return Err(changed(name));
                    }
                    *value = is;
                }
                for (name, value) in new.iter() {
                    match value {
                        Value::Null => now.attributes.remove(name),
                        value => now.attributes.insert(name.clone(), value.clone()),
                    };
                }
                Some(now)
            }
            Edit::Set { .. } => return Ok(None),
        };
        let touched = Touched {
            slot: slot.clone(),
            before,
            after: after.as_ref().map_or(Bbox::EMPTY, |f| f.geometry.bbox()),
        };
        self.put(base, slot, id, after);
        Ok(Some(touched))
    }

    fn set(&mut self, base: &Base, key: &str, old: &Value, new: &Value) -> Result<(), EditError> {
        let is = self.settings.get(key).cloned().unwrap_or(Value::Null);
        if !fields::same(&is, old) {
            return Err(EditError::SettingChanged { key: key.into() });
        }
        settings::check(base, key, new)?;
        match new {
            Value::Null => self.settings.remove(key),
            new => self.settings.insert(key.into(), new.clone()),
        };
        Ok(())
    }

    /// Keeps a state, or forgets it where it is the base's own.
    fn put(&mut self, base: &Base, slot: SlotId, id: String, state: Option<Feature>) {
        let states = self.slots.entry(slot.clone()).or_default();
        let as_before = match (&state, &base.feature(&slot, &id)) {
            (Some(a), Some(b)) => same_feature(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        if as_before {
            states.remove(&id);
        } else {
            states.insert(id, state);
        }
        if states.is_empty() {
            self.slots.remove(&slot);
        }
    }

    /// Everything that is different from the base, as the rules ask for it.
    pub fn touched(&self, base: &Base) -> Vec<Touched> {
        let all = self
            .slots
            .iter()
            .flat_map(|(slot, states)| states.iter().map(move |(id, f)| (slot, id, f)));
        let touched = all.map(|(slot, id, f)| Touched {
            slot: slot.clone(),
            before: base.feature(slot, id).map_or(Bbox::EMPTY, |f| f.geometry.bbox()),
            after: f.as_ref().map_or(Bbox::EMPTY, |f| f.geometry.bbox()),
        });
        touched.collect()
    }

    /// Rules that a setting changes, so that they are asked again.
    pub fn changed_rules(&self) -> BTreeSet<String> {
        settings::Setting::rules(self.settings.keys().map(String::as_str))
    }

    /// The city with these edits.
    pub fn city(&self, base: &Base) -> City {
        let slots = self.slots.keys().cloned().collect();
        self.city_after(base, &base.city, &slots).0
    }

    /// The city after a step: `before` with only the layers of `slots` made anew, and what is made of them. The second are those that
    /// followed: derived layers, and slots that they fill unless their features are edited here one by one.
    pub fn city_after(&self, base: &Base, before: &City, slots: &BTreeSet<SlotId>) -> (City, BTreeSet<SlotId>) {
        let mut city = before.clone();
        for slot in city.slots.iter_mut().filter(|s| slots.contains(&s.id)) {
            let original = base.city.slot(&slot.id).map(|s| &s.data);
            match self.slots.get(&slot.id) {
                None => slot.data = original.cloned().unwrap_or_else(|| slot.data.clone()),
                Some(edits) => {
                    let old = original.and_then(|d| if let SlotData::Vector(l) = d { Some(l) } else { None });
                    if let Some(layer) = layer(base, &slot.id, old, edits) {
                        slot.data = SlotData::Vector(layer);
                    }
                }
            }
        }
        settings::apply(base, &self.settings, &mut city);
        let by_hand = self.slots.keys().cloned().collect();
        let followed = crate::project::rederive(&mut city, slots, &by_hand, &crate::progress::Control::default());
        (city, followed)
    }
}

fn difference(a: &Attributes, b: &Attributes) -> Option<String> {
    let null = Value::Null;
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let differs = |n: &&&String| !fields::same(a.get(**n).unwrap_or(&null), b.get(**n).unwrap_or(&null));
    names.iter().find(differs).map(|n| (*n).clone())
}

fn same_feature(a: &Feature, b: &Feature) -> bool {
    a.geometry.same(&b.geometry) && difference(&a.attributes, &b.attributes).is_none()
}

/// A feature that changed, in a layer that is there.
struct Change<'a> {
    row: u32,
    state: Option<&'a Feature>,
}

/// The layer with its edits; `None` where nothing is left of nothing.
fn layer(base: &Base, slot: &SlotId, old: Option<&IndexedLayer>, edits: &BTreeMap<String, Option<Feature>>) -> Option<IndexedLayer> {
    let nothing;
    let old = match old {
        // An empty layer takes the kind of what is drawn into it.
        Some(l) if !l.layer.is_empty() => l,
        other => {
            let kind = edits.values().flatten().next()?.geometry.kind();
            nothing = IndexedLayer::new(empty(slot, kind, other));
            &nothing
        }
    };
    let mut changes: Vec<Change> = vec![];
    let mut added: Vec<(&str, &Feature)> = vec![];
    for (id, state) in edits {
        match (base.row(slot, id), state) {
            (Some(row), state) => changes.push(Change {
                row,
                state: state.as_ref(),
            }),
            (None, Some(f)) => added.push((id, f)),
            (None, None) => {}
        }
    }
    changes.sort_by_key(|c| c.row);
    let gone: Vec<u32> = changes.iter().filter(|c| c.state.is_none()).map(|c| c.row).collect();
    // In a large layer each of these copies a good deal.
    let ((geometry, ids), attributes) = rayon::join(
        || {
            rayon::join(
                || geometry(&old.layer.geometry, &changes, &added),
                || ids(&old.layer.ids, &gone, &added),
            )
        },
        || attributes(&old.layer, &changes, &gone, &added),
    );
    let moved: Vec<u32> = changes
        .iter()
        .filter(|c| {
            c.state
                .is_some_and(|f| f.geometry.bbox() != old.layer.geometry.bbox(c.row as usize))
        })
        .map(|c| c.row)
        .collect();
    let index = old.index.edited(geometry.boxes(), &gone, &moved);
    let layer = Layer {
        slot: slot.clone(),
        geometry,
        bodies: bodies(&old.layer, &changes, added.len()),
        attributes,
        ids,
        provenance: old.layer.provenance.clone(),
        coverage: old.layer.coverage.clone(),
        report: old.layer.report.clone(),
    };
    Some(IndexedLayer {
        layer: Arc::new(layer),
        index,
    })
}

/// A layer that the scenario begins: it covers nothing, so that what it does not hold stays unknown.
fn empty(slot: &SlotId, kind: GeometryKind, old: Option<&IndexedLayer>) -> Layer {
    let nowhere = GeometriesBuilder::new(GeometryKind::Polygon).finish();
    let old = old.map(|l| &l.layer);
    Layer {
        slot: slot.clone(),
        geometry: GeometriesBuilder::new(kind).finish(),
        bodies: None,
        attributes: Table::default(),
        ids: vec![],
        provenance: old.map(|l| l.provenance.clone()).unwrap_or_default(),
        coverage: old.map_or(Coverage::Polygons(nowhere), |l| l.coverage.clone()),
        report: old.map_or_else(Report::default, |l| l.report.clone()),
    }
}

fn geometry(old: &Geometries, changes: &[Change], added: &[(&str, &Feature)]) -> Geometries {
    let mut out = GeometriesBuilder::new(old.kind());
    let mut next = 0;
    for change in changes {
        let row = change.row as usize;
        out.copy_rows(old, next..row);
        if let Some(f) = change.state {
            f.geometry.append(&mut out);
        }
        next = row + 1;
    }
    out.copy_rows(old, next..old.len());
    for (_, f) in added {
        f.geometry.append(&mut out);
    }
    out.finish()
}

fn ids(old: &[Arc<str>], gone: &[u32], added: &[(&str, &Feature)]) -> Vec<Arc<str>> {
    let mut out = Vec::with_capacity(old.len() + added.len());
    let mut from = 0;
    for row in gone {
        out.extend_from_slice(&old[from..*row as usize]);
        from = *row as usize + 1;
    }
    out.extend_from_slice(&old[from..]);
    out.extend(added.iter().map(|(id, _)| Arc::from(*id)));
    out
}

fn attributes(old: &Layer, changes: &[Change], gone: &[u32], added: &[(&str, &Feature)]) -> Table {
    let stays: Vec<(u32, &Feature)> = changes.iter().filter_map(|c| Some((c.row, c.state?))).collect();
    let value = |f: &Feature, name: &str| f.attributes.get(name).cloned().unwrap_or(Value::Null);
    let mut names: Vec<&str> = old.attributes.names().collect();
    for (_, f) in stays.iter().copied().chain(added.iter().map(|(_, f)| (0, *f))) {
        for name in f.attributes.keys() {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    let edits = names.into_iter().map(|name| {
        let set: Vec<(u32, Value)> = stays.iter().map(|(row, f)| (*row, value(f, name))).collect();
        let new: Vec<Value> = added.iter().map(|(_, f)| value(f, name)).collect();
        (name, set, new)
    });
    let edits: Vec<_> = edits.collect();
    let columns = edits.into_par_iter().map(|(name, set, new)| {
        let column = match old.attributes.shared(name) {
            // A column in which nothing is another is shared with the layer before.
            Some(column) if gone.is_empty() && new.is_empty() && set.iter().all(|(row, v)| column.value(*row as usize) == *v) => column,
            Some(column) => Arc::new(column.edited(&set, gone, &new)),
            None => {
                let like = set.iter().map(|(_, v)| v).chain(&new).find(|v| !v.is_null());
                let like = like.cloned().unwrap_or(Value::Null);
                Arc::new(Column::unknown(old.len(), &like).edited(&set, gone, &new))
            }
        };
        (name, column)
    });
    let columns: Vec<(&str, Arc<Column>)> = columns.collect();
    let mut out = Table::default();
    for (name, column) in columns {
        out.set(name, column);
    }
    out
}

/// Bodies follow their features; one whose outline or height changed is drawn from its footprint.
fn bodies(old: &Layer, changes: &[Change], added: usize) -> Option<Arc<crate::model::Bodies>> {
    let bodies = old.bodies.as_ref()?;
    if changes.is_empty() && added == 0 {
        return Some(bodies.clone());
    }
    let mut out = BodiesBuilder::default();
    let mut next = changes.iter().peekable();
    for row in 0..old.len() {
        let Some(change) = next.next_if(|c| c.row as usize == row) else {
            out.copy(bodies, row);
            continue;
        };
        let Some(f) = change.state else { continue };
        let kept = |name: &str| fields::same(&old.attributes.value(name, row), f.attributes.get(name).unwrap_or(&Value::Null));
        let same = Shape::of(&old.geometry, row).same(&f.geometry) && ["height_m", "storeys", "roof_type"].into_iter().all(kept);
        if same {
            out.copy(bodies, row);
        } else {
            out.no_body();
        }
    }
    for _ in 0..added {
        out.no_body();
    }
    Some(Arc::new(out.finish()))
}
