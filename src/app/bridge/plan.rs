//! What a person does to the plan that is open.

use super::Selection;
use crate::{
    model::{SlotId, Value},
    project::City,
    scenario::{Attributes, Draft, Edit, EditError, Named, Shape, Step},
};
use bevy::prelude::*;
use std::{
    collections::{BTreeMap, HashSet},
    path::PathBuf,
};

/// Several features at once: what the plan moves, copies, describes or removes in one step. Empty while there is one or none, which
/// [`Selection`] tells alone; otherwise the selection is one of them.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Gathered {
    /// Features in the order in which they were taken.
    pub features: Vec<Named>,
    /// A frame that is being drawn around features: where it began and where the pointer is, logical pixels.
    pub frame: Option<[Vec2; 2]>,
    /// The frame held more than can be taken at once.
    pub cut: bool,
}

impl Gathered {
    /// Features of one step that a frame takes.
    pub const MOST: usize = 2_000;

    /// What the selection is, as a feature that keeps its name when rows change.
    pub fn named(city: &City, selection: &Selection) -> Option<Named> {
        let Selection::Feature { slot, row } = selection else {
            return None;
        };
        let id = city.layer(slot)?.layer.ids.get(*row as usize)?;
        Some((slot.clone(), id.to_string()))
    }

    /// The rows of features by their ids, each layer looked through once however many they are.
    pub fn rows(city: &City, features: &[Named]) -> Vec<(SlotId, usize)> {
        let mut wanted: BTreeMap<&SlotId, HashSet<&str>> = BTreeMap::new();
        for (slot, id) in features {
            wanted.entry(slot).or_default().insert(id);
        }
        let of = |(slot, ids): (&SlotId, HashSet<&str>)| {
            let all = city.layer(slot).into_iter().flat_map(|l| l.layer.ids.iter().enumerate());
            let found = all.filter(|(_, id)| ids.contains(&***id)).map(|(row, _)| (slot.clone(), row));
            found.collect::<Vec<_>>()
        };
        wanted.into_iter().flat_map(of).collect()
    }

    /// Takes a feature in, or out if it is in; returns what is selected from then on.
    pub fn toggle(&mut self, city: &City, now: &Selection, feature: Named) -> Selection {
        let mut all = self.taken(city, now);
        match all.iter().position(|f| *f == feature) {
            Some(k) => {
                all.remove(k);
            }
            None => all.push(feature),
        }
        self.keep(city, all)
    }

    /// Adds features to what is selected; returns what is selected from then on.
    pub fn extend(&mut self, city: &City, now: &Selection, more: Vec<Named>) -> Selection {
        let mut all = self.taken(city, now);
        let mut known: HashSet<Named> = all.iter().cloned().collect();
        all.extend(more.into_iter().filter(|f| known.insert(f.clone())));
        self.cut = all.len() > Self::MOST;
        all.truncate(Self::MOST);
        self.keep(city, all)
    }

    /// Gives up what is no more, and everything when something else was selected.
    pub fn settle(&mut self, city: &City, now: &Selection) {
        if self.features.is_empty() {
            return;
        }
        let primary = Self::named(city, now).filter(|f| self.features.contains(f));
        if primary.is_none() {
            self.features.clear();
            return;
        }
        let slots: HashSet<SlotId> = self.features.iter().map(|f| f.0.clone()).collect();
        for slot in slots {
            let ids: HashSet<&str> = city.layer(&slot).iter().flat_map(|l| &l.layer.ids).map(|i| &**i).collect();
            self.features.retain(|f| f.0 != slot || ids.contains(f.1.as_str()));
        }
        if self.features.len() < 2 {
            self.features.clear();
        }
    }

    fn taken(&mut self, city: &City, now: &Selection) -> Vec<Named> {
        self.cut = false;
        let all = std::mem::take(&mut self.features);
        if all.is_empty() {
            Self::named(city, now).into_iter().collect()
        } else {
            all
        }
    }

    fn keep(&mut self, city: &City, all: Vec<Named>) -> Selection {
        let last = all.last().and_then(|(slot, id)| Some((slot.clone(), city.row(slot, id)?)));
        self.features = if all.len() > 1 { all } else { vec![] };
        last.map_or(Selection::None, |(slot, row)| Selection::Feature { slot, row })
    }
}

/// A wish to the plan.
#[derive(Debug, Clone, PartialEq)]
pub enum PlanWish {
    /// Begins a variant over the existing conditions; without a name it gets the first that is free.
    Begin(String),
    /// Begins a variant that has everything of the present one.
    Branch(String),
    /// Opens a variant.
    Open(PathBuf),
    /// Leaves the variant: the existing conditions are shown.
    Leave,
    /// Gives it another title and other notes.
    Tell {
        /// New title.
        title: String,
        /// New notes.
        notes: String,
    },
    /// Does something.
    Do(Hand),
    /// Takes the last step back.
    Undo,
    /// Does the step again that was taken back last.
    Redo,
}

/// What a hand does.
#[derive(Debug, Clone, PartialEq)]
pub enum Hand {
    /// A new feature.
    Draw {
        /// Its layer.
        slot: SlotId,
        /// Where.
        shape: Shape,
        /// What it is.
        attributes: Attributes,
    },
    /// Features moved by metres east and north.
    Move(Vec<Named>, [f64; 2]),
    /// Copies, moved by metres east and north.
    Copy(Vec<Named>, [f64; 2]),
    /// A feature divided along a line.
    Split(Named, Vec<[f64; 2]>),
    /// Another outline.
    Reshape(Named, Shape),
    /// Other attributes.
    Describe(Vec<Named>, Attributes),
    /// Features taken away.
    Remove(Vec<Named>),
    /// Features that the view leaves out (true) or shows again; everything that counts counts them all the same.
    Hide(Vec<Named>, bool),
    /// Another number of a rule.
    Parameter {
        /// The rule.
        rule: String,
        /// Its number, as a project file calls it.
        key: String,
        /// From now on.
        value: f64,
    },
    /// Other weights of a use, by criterion.
    Weights {
        /// The use.
        usage: String,
        /// All of them; those that stay are no change.
        weights: Vec<(String, f64)>,
    },
    /// Another look of a layer; nothing is what the module says.
    Style {
        /// The layer.
        slot: SlotId,
        /// What of it ("opacity", "fill", "class.2").
        name: String,
        /// From now on.
        value: Value,
    },
    /// Features from a file, as one step.
    Import(Step),
}

impl Hand {
    /// The edits that do it.
    ///
    /// # Errors
    /// When a feature is not there, or nothing would change.
    pub fn edits(&self, draft: &mut Draft) -> Result<Vec<Edit>, EditError> {
        let edits = match self {
            Self::Draw { slot, shape, attributes } => vec![draft.add(slot, shape.clone(), attributes.clone())],
            Self::Move(features, by) => draft.shift(features, *by)?,
            Self::Copy(features, by) => draft.copy(features, *by)?,
            Self::Split(feature, along) => draft.split(feature, along)?,
            Self::Reshape(feature, shape) => vec![draft.reshape(feature, shape.clone())?],
            Self::Describe(features, attributes) => draft.describe(features, attributes)?,
            Self::Remove(features) => draft.remove(features)?,
            Self::Hide(features, hide) => draft.hide(features, *hide)?,
            Self::Parameter { rule, key, value } => vec![draft.parameter(rule, key, *value)],
            Self::Weights { usage, weights } => draft.weights(usage, weights.iter().map(|(c, w)| (c.as_str(), *w))),
            Self::Style { slot, name, value } => vec![draft.set(&format!("style/{slot}/{name}"), value.clone())],
            Self::Import(step) => step.edits.clone(),
        };
        let nothing = edits.iter().all(|e| matches!(e, Edit::Set { old, new, .. } if old == new));
        if nothing { Err(EditError::Nothing) } else { Ok(edits) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{TestCity, f, rect};

    fn city(ids: &[&str]) -> City {
        let features: Vec<_> = ids.iter().map(|id| f(id, rect(0.0, 0.0, 9.0, 9.0))).collect();
        TestCity::new().polygons("m/a", &features).build()
    }

    #[test]
    fn several_features_keep_their_names_when_rows_change_and_end_with_another_selection() {
        let before = city(&["x", "y", "z"]);
        let named = |id: &str| (SlotId("m/a".into()), id.to_string());
        let row = |row| Selection::Feature {
            slot: SlotId("m/a".into()),
            row,
        };
        let mut g = Gathered::default();
        assert_eq!(g.toggle(&before, &row(0), named("z")), row(2));
        assert_eq!(g.features, [named("x"), named("z")]);
        assert_eq!(g.extend(&before, &row(2), vec![named("z"), named("y")]), row(1));
        assert_eq!(g.features, [named("x"), named("z"), named("y")], "none twice");
        assert_eq!(Gathered::rows(&before, &g.features), [0, 1, 2].map(|k| (SlotId("m/a".into()), k)));

        // A step removed one and moved the rows of the others.
        let after = city(&["z", "y"]);
        g.settle(&after, &row(1));
        assert_eq!(g.features, [named("z"), named("y")]);
        assert_eq!(g.toggle(&after, &row(1), named("y")), row(0), "one alone is told by the selection");
        assert!(g.features.is_empty());

        g.toggle(&after, &row(0), named("y"));
        g.settle(&after, &Selection::None);
        assert!(g.features.is_empty());
        let many = (0..3_000).map(|k| named(&k.to_string())).collect();
        g.extend(&after, &Selection::None, many);
        assert!(g.cut && g.features.len() == Gathered::MOST);
    }
}
