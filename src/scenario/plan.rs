//! A plan in work: steps that are done, steps that were undone, and the state they lead to.

use super::{Base, EditError, Overlay, Setting, Step, Touched};
use crate::{
    model::{Bbox, LocalText, SlotId},
    project::City,
    rules::Change,
};
use std::collections::BTreeSet;
use undo::Record;

/// What the steps work on.
#[derive(Debug, Clone)]
struct Bench {
    base: Base,
    overlay: Overlay,
}

/// A step in the record.
#[derive(Debug, Clone)]
struct Entry(Step);

type Outcome = Result<Vec<Touched>, EditError>;

impl undo::Edit for Entry {
    type Target = Bench;
    type Output = Outcome;

    fn edit(&mut self, bench: &mut Bench) -> Outcome {
        bench.overlay.push(&bench.base, &mut self.0).map_err(|(_, e)| e)
    }

    fn undo(&mut self, bench: &mut Bench) -> Outcome {
        bench.overlay.push(&bench.base, &mut self.0.inverse()).map_err(|(_, e)| e)
    }
}

/// A step in the list of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// Name of the step.
    pub name: String,
    /// When.
    pub at: Option<String>,
    /// False for a step that was undone and can be done again.
    pub done: bool,
}

/// What happened to a plan by one move in its history.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// Name of the step.
    pub name: String,
    /// What it touched.
    pub touched: Vec<Touched>,
    /// Rules of which a number is another: they are asked again.
    pub rules: BTreeSet<String>,
}

impl Moved {
    /// As the rules ask for it.
    pub fn changes(&self) -> Vec<Change> {
        self.touched.iter().cloned().map(change).collect()
    }
}

/// A scenario that somebody works on.
#[derive(Debug)]
pub struct Plan {
    bench: Bench,
    record: Record<Entry>,
    city: City,
}

impl Clone for Plan {
    fn clone(&self) -> Self {
        Self {
            bench: self.bench.clone(),
            record: self.record.clone(),
            city: self.city.clone(),
        }
    }
}

impl Plan {
    /// An empty plan over a base.
    pub fn new(base: Base) -> Self {
        let mut record = Record::new();
        record.set_saved();
        Self {
            city: (*base.city).clone(),
            bench: Bench {
                base,
                overlay: Overlay::default(),
            },
            record,
        }
    }

    /// The base.
    pub fn base(&self) -> &Base {
        &self.bench.base
    }

    /// The net state.
    pub fn overlay(&self) -> &Overlay {
        &self.bench.overlay
    }

    /// The city as planned. Layers that no step touches are those of the base.
    pub fn city(&self) -> &City {
        &self.city
    }

    /// Steps that are done, in their order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.record.entries().take(self.record.head()).map(|e| &e.as_ref().0)
    }

    /// Every step of the record, done and undone.
    pub fn history(&self) -> Vec<Past> {
        let head = self.record.head();
        let past = |(k, step): (usize, &Step)| Past {
            name: step.name.clone(),
            at: step.at.clone(),
            done: k < head,
        };
        self.record.entries().map(|e| &e.as_ref().0).enumerate().map(past).collect()
    }

    /// The step that [`Self::undo`] would take back.
    pub fn undo_name(&self) -> Option<&str> {
        let head = self.record.head().checked_sub(1)?;
        self.record.get_entry(head).map(|e| e.as_ref().0.name.as_str())
    }

    /// The step that [`Self::redo`] would do again.
    pub fn redo_name(&self) -> Option<&str> {
        self.record.get_entry(self.record.head()).map(|e| e.as_ref().0.name.as_str())
    }

    /// True when there are steps that no file holds.
    pub fn unsaved(&self) -> bool {
        !self.record.is_saved()
    }

    /// Remembers that a file holds the plan as it is.
    pub fn saved(&mut self) {
        self.record.set_saved();
    }

    /// Does a step; what was undone before is forgotten.
    ///
    /// # Errors
    /// When an edit does not fit. The plan stays as it was.
    pub fn act(&mut self, mut step: Step) -> Result<Moved, EditError> {
        // A step that fails must not enter the record.
        self.bench.overlay.clone().push(&self.bench.base, &mut step).map_err(|(_, e)| e)?;
        let (name, rules) = (step.name.clone(), changed_rules(&step));
        let touched = self.record.edit(&mut self.bench, Entry(step))?;
        Ok(self.moved(name, rules, touched))
    }

    /// Takes the last step back.
    ///
    /// # Errors
    /// Never, as long as the base is the same; the step would be named.
    pub fn undo(&mut self) -> Result<Option<Moved>, EditError> {
        let Some((name, rules)) = self.named(self.record.head().checked_sub(1)) else {
            return Ok(None);
        };
        let touched = self.record.undo(&mut self.bench).transpose()?.unwrap_or_default();
        Ok(Some(self.moved(name, rules, touched)))
    }

    /// Does the step again that was undone last.
    ///
    /// # Errors
    /// As [`Self::undo`].
    pub fn redo(&mut self) -> Result<Option<Moved>, EditError> {
        let Some((name, rules)) = self.named(Some(self.record.head())) else {
            return Ok(None);
        };
        let touched = self.record.redo(&mut self.bench).transpose()?.unwrap_or_default();
        Ok(Some(self.moved(name, rules, touched)))
    }

    fn named(&self, entry: Option<usize>) -> Option<(String, BTreeSet<String>)> {
        let step = &self.record.get_entry(entry?)?.as_ref().0;
        Some((step.name.clone(), changed_rules(step)))
    }

    fn moved(&mut self, name: String, rules: BTreeSet<String>, touched: Vec<Touched>) -> Moved {
        let slots: BTreeSet<_> = touched.iter().map(|t| t.slot.clone()).collect();
        let redone = self.follow(&slots);
        Moved {
            name,
            touched: touched.into_iter().chain(redone).collect(),
            rules,
        }
    }

    /// Does steps that were written down, over a base that may have changed since: what fits is done, and the rest is handed back, edit
    /// by edit, with the reason.
    pub fn replay(&mut self, steps: impl IntoIterator<Item = Step>) -> Vec<Misfit> {
        let mut misfits = vec![];
        let mut slots = BTreeSet::new();
        for mut step in steps {
            let whole = self.bench.overlay.clone().push(&self.bench.base, &mut step);
            if whole.is_err() {
                let mut overlay = self.bench.overlay.clone();
                let mut fits = vec![];
                for edit in std::mem::take(&mut step.edits) {
                    let mut one = Step {
                        edits: vec![edit.clone()],
                        ..step.clone()
                    };
                    match overlay.push(&self.bench.base, &mut one) {
                        Ok(_) => fits.extend(one.edits),
                        Err((_, why)) => misfits.push(Misfit {
                            step: step.name.clone(),
                            edit,
                            why: why.text(),
                        }),
                    }
                }
                step.edits = fits;
            }
            if step.edits.is_empty() {
                continue;
            }
            if let Ok(touched) = self.record.edit(&mut self.bench, Entry(step)) {
                slots.extend(touched.into_iter().map(|t| t.slot));
            }
        }
        self.follow(&slots);
        misfits
    }

    /// Makes the layers of these slots anew, and what is derived from them. Of a derived layer nobody knows which part is another, so all of
    /// it counts as touched.
    fn follow(&mut self, slots: &BTreeSet<SlotId>) -> Vec<Touched> {
        let (after, followed) = self.bench.overlay.city_after(&self.bench.base, &self.city, slots);
        let before = std::mem::replace(&mut self.city, after);
        followed.into_iter().map(|slot| whole(slot, &before, &self.city)).collect()
    }

    /// Everything that is different from the base, as the rules ask for it.
    pub fn changes_to_base(&self) -> Vec<Change> {
        let base = &self.bench.base;
        let edited: BTreeSet<&SlotId> = self.bench.overlay.slots().collect();
        let same = |slot: &SlotId| match (base.layer(slot), self.city.layer(slot)) {
            (Some(a), Some(b)) => std::sync::Arc::ptr_eq(a, &b.layer),
            (None, None) => true,
            _ => false,
        };
        let derived = self.city.slots.iter().map(|s| &s.id).filter(|s| !edited.contains(s) && !same(s));
        let derived = derived.map(|slot| whole(slot.clone(), &base.city, &self.city));
        self.bench.overlay.touched(base).into_iter().chain(derived).map(change).collect()
    }
}

fn change(t: Touched) -> Change {
    Change {
        slot: t.slot,
        before: t.before,
        after: t.after,
    }
}

fn whole(slot: SlotId, before: &City, after: &City) -> Touched {
    let extent = |city: &City| city.layer(&slot).map_or(Bbox::EMPTY, |l| l.layer.extent());
    Touched {
        before: extent(before),
        after: extent(after),
        slot,
    }
}

fn changed_rules(step: &Step) -> BTreeSet<String> {
    let keys = step.edits.iter().filter_map(|e| match e {
        super::Edit::Set { key, .. } => Some(key.as_str()),
        _ => None,
    });
    Setting::rules(keys)
}

/// An edit that does not fit the base as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Misfit {
    /// Name of its step.
    pub step: String,
    /// The edit, as it was written.
    pub edit: super::Edit,
    /// Why.
    pub why: LocalText,
}
