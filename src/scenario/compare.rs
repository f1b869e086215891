//! What is different between two plans on one base, or a plan and its base: features, conflicts, indicators.

use super::{Base, Feature, Overlay, fields};
use crate::{
    geometry::area_m2,
    indicators::Indicators,
    model::{Bbox, Conflict, GeometryKind, LocalText, SlotId, Value},
    modules::Direction,
    rules::Evaluation,
};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

/// What became of conflicts from one state to another.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ConflictDelta {
    /// Only after.
    pub new: Vec<Conflict>,
    /// Only before.
    pub resolved: Vec<Conflict>,
    /// In both, with another measure, weight or counterpart: before and after.
    pub changed: Vec<(Conflict, Conflict)>,
    /// In both and the same.
    pub unchanged: usize,
}

impl ConflictDelta {
    /// From one evaluation to another.
    pub fn between(before: &Evaluation, after: &Evaluation) -> Self {
        // Most conflicts of two states of one plan are the very same objects: only the others are looked at.
        let objects = |e: &Evaluation| -> HashSet<*const Conflict> { e.conflicts.iter().map(Arc::as_ptr).collect() };
        let (known, still) = (objects(before), objects(after));
        let gone: Vec<&Arc<Conflict>> = before.conflicts.iter().filter(|c| !still.contains(&Arc::as_ptr(c))).collect();
        let old: BTreeMap<&str, &Conflict> = gone.iter().map(|c| (c.id.as_str(), &***c)).collect();
        let mut out = Self {
            unchanged: before.conflicts.len() - gone.len(),
            ..Self::default()
        };
        let mut met = BTreeSet::new();
        for c in after.conflicts.iter().filter(|c| !known.contains(&Arc::as_ptr(c))) {
            match old.get(c.id.as_str()) {
                None => out.new.push((**c).clone()),
                Some(o) => {
                    met.insert(c.id.as_str());
                    if same_conflict(o, c) {
                        out.unchanged += 1;
                    } else {
                        out.changed.push(((*o).clone(), (**c).clone()));
                    }
                }
            }
        }
        let resolved = gone.iter().filter(|c| !met.contains(c.id.as_str()));
        out.resolved = resolved.map(|c| (***c).clone()).collect();
        out
    }

    /// True when nothing is different.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.resolved.is_empty() && self.changed.is_empty()
    }
}

/// Rows change when a layer is made anew; what a person reads does not.
fn same_conflict(a: &Conflict, b: &Conflict) -> bool {
    let near = |x: f64, y: f64| (x - y).abs() <= 1e-6 * x.abs().max(y.abs()).max(1.0);
    let maybe = |x: Option<f64>, y: Option<f64>| match (x, y) {
        (Some(x), Some(y)) => near(x, y),
        (x, y) => x.is_none() && y.is_none(),
    };
    let objects = |c: &Conflict| -> BTreeSet<(SlotId, String)> { c.objects.iter().map(|o| (o.slot.clone(), o.id.clone())).collect() };
    a.severity == b.severity
        && near(a.measured.value, b.measured.value)
        && maybe(a.threshold.as_ref().map(|t| t.value), b.threshold.as_ref().map(|t| t.value))
        && maybe(a.area_m2, b.area_m2)
        && maybe(a.share_percent, b.share_percent)
        && objects(a) == objects(b)
}

/// What became of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Only in the second.
    New,
    /// Only in the first.
    Gone,
    /// In both, different.
    Changed,
}

/// A feature that is different.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureDelta {
    /// The layer.
    pub slot: SlotId,
    /// Name of the layer.
    pub layer: LocalText,
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub label: String,
    /// What became of it.
    pub fate: Fate,
    /// Another shape or place.
    pub moved: bool,
    /// Attributes that differ: name, before, after.
    pub attributes: Vec<(String, Value, Value)>,
    /// Area before and after, for areas.
    pub area_m2: [Option<f64>; 2],
    /// Where it is or was, project CRS.
    pub place: Bbox,
}

/// Features that differ between two states over one base, by slot and id.
pub fn features(base: &Base, before: &Overlay, after: &Overlay) -> Vec<FeatureDelta> {
    let slots: BTreeSet<&SlotId> = before.slots().chain(after.slots()).collect();
    let mut out = vec![];
    for slot in slots {
        let Some(def) = base.city.slot(slot).map(|s| &s.def) else {
            continue;
        };
        let ids: BTreeSet<&str> = before.edited(slot).chain(after.edited(slot)).map(|(id, _)| id).collect();
        for id in ids {
            let (a, b) = (before.feature(base, slot, id), after.feature(base, slot, id));
            let fate = match (&a, &b) {
                (None, None) => continue,
                (None, Some(_)) => Fate::New,
                (Some(_), None) => Fate::Gone,
                (Some(_), Some(_)) => Fate::Changed,
            };
            let moved = matches!((&a, &b), (Some(a), Some(b)) if !a.geometry.same(&b.geometry));
            let attributes = if fate == Fate::Changed {
                differing(a.as_ref(), b.as_ref())
            } else {
                vec![]
            };
            if fate == Fate::Changed && !moved && attributes.is_empty() {
                continue;
            }
            let named = b.as_ref().or(a.as_ref());
            let label = def.label.as_ref().and_then(|l| named?.attributes.get(l)).map(ToString::to_string);
            out.push(FeatureDelta {
                slot: slot.clone(),
                layer: def.title.clone(),
                id: id.into(),
                label: label.filter(|l| !l.is_empty()).unwrap_or_else(|| id.into()),
                fate,
                moved,
                attributes,
                area_m2: [a.as_ref(), b.as_ref()].map(area),
                place: place([a.as_ref(), b.as_ref()]),
            });
        }
    }
    out
}

fn area(f: Option<&Feature>) -> Option<f64> {
    let f = f.filter(|f| f.geometry.kind() == GeometryKind::Polygon)?;
    Some(area_m2(&f.geometry.geometries(), 0))
}

/// Around the feature before and after.
fn place(both: [Option<&Feature>; 2]) -> Bbox {
    let boxes = both.into_iter().flatten().map(|f| f.geometry.geometries().bbox(0));
    boxes.fold(Bbox::EMPTY, Bbox::union)
}

fn differing(a: Option<&Feature>, b: Option<&Feature>) -> Vec<(String, Value, Value)> {
    let value = |f: Option<&Feature>, n: &String| f.and_then(|f| f.attributes.get(n)).cloned().unwrap_or(Value::Null);
    let names: BTreeSet<&String> = [a, b].into_iter().flatten().flat_map(|f| f.attributes.keys()).collect();
    let rows = names.into_iter().map(|n| (n.clone(), value(a, n), value(b, n)));
    rows.filter(|(_, x, y)| !fields::same(x, y)).collect()
}

/// An indicator in two states.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FigureDelta {
    /// Code.
    pub id: String,
    /// Short name.
    pub title: LocalText,
    /// Unit.
    pub unit: LocalText,
    /// Places after the decimal point.
    pub decimals: u8,
    /// Which way is better.
    pub direction: Direction,
    /// Value before; `None` where it cannot be told.
    pub before: Option<f64>,
    /// Value after.
    pub after: Option<f64>,
    /// How much of it is not known, before and after; `None` where nothing can be known.
    pub unknown_percent: [Option<f64>; 2],
}

impl FigureDelta {
    /// After less before.
    pub fn delta(&self) -> Option<f64> {
        Some(self.after? - self.before?)
    }
}

/// Every indicator of the whole, in both states.
pub fn figures(before: &Indicators, after: &Indicators) -> Vec<FigureDelta> {
    let whole = |all: &Indicators, id: &str| all.figures.iter().find(|f| f.id == id)?.cells.first().cloned();
    after
        .figures
        .iter()
        .map(|f| {
            let cells = [whole(before, &f.id), whole(after, &f.id)];
            let [a, b] = cells.each_ref().map(|c| c.as_ref().and_then(|c| c.value));
            FigureDelta {
                id: f.id.clone(),
                title: f.title.clone(),
                unit: f.unit.clone(),
                decimals: f.decimals,
                direction: f.direction,
                before: a,
                after: b,
                unknown_percent: cells.each_ref().map(|c| c.as_ref().and_then(|c| c.unknown_percent)),
            }
        })
        .collect()
}

/// A sum over the potential sites in two states: dwellings, inhabitants, sealed ground, costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SumDelta {
    /// As of the figures of a plan.
    pub id: String,
    /// Name.
    pub title: LocalText,
    /// Unit.
    pub unit: LocalText,
    /// Places after the decimal point.
    pub decimals: usize,
    /// Sum of what is known before; `None` where nothing is.
    pub before: Option<f64>,
    /// The same after.
    pub after: Option<f64>,
    /// Sites that the sum lacks because theirs is not known, before and after.
    pub unknown_sites: [u32; 2],
}

impl SumDelta {
    /// After less before.
    pub fn delta(&self) -> Option<f64> {
        Some(self.after? - self.before?)
    }
}

/// Everything that two states differ in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Names of both.
    pub titles: [LocalText; 2],
    /// Features, by slot and id.
    pub features: Vec<FeatureDelta>,
    /// Settings beside the features: key, before, after.
    pub settings: Vec<(String, Value, Value)>,
    /// Conflicts.
    pub conflicts: ConflictDelta,
    /// Indicators of the whole, in their order.
    pub indicators: Vec<FigureDelta>,
    /// What the potential sites hold and cost in sum.
    pub figures: Vec<SumDelta>,
}

/// Settings that differ.
pub fn settings(before: &Overlay, after: &Overlay) -> Vec<(String, Value, Value)> {
    let value = |o: &Overlay, key: &String| o.settings().get(key).cloned().unwrap_or(Value::Null);
    let keys: BTreeSet<&String> = before.settings().keys().chain(after.settings().keys()).collect();
    let rows = keys.into_iter().map(|k| (k.clone(), value(before, k), value(after, k)));
    rows.filter(|(_, a, b)| a != b).collect()
}
