//! Scenarios in a session: the base beneath, the open plan, and what each step changes. Only what a step touches is computed anew.

use super::{ScenarioCommand, Session, SessionError};
use crate::{
    model::{LocalText, Review, SlotId, Value},
    permit::Judged,
    progress::Control,
    project::City,
    rules::{self, Change, Evaluation},
    scenario::{
        self, About, Access, Base, ConflictDelta, Document, Draft, FeatureDelta, Overlay, Parked, Past, Step, compare as differences,
        status_name,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

/// Existing conditions with their conflicts.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// As the files say.
    pub city: Arc<City>,
    /// Its conflicts.
    pub evaluation: Arc<Evaluation>,
}

/// What a session keeps for scenarios.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    origin: Origin,
    document: Option<Document>,
    /// What building law and sun say of the open plan.
    judged: Judged,
    /// How files are opened.
    pub access: Access,
}

/// What a plan has to do with a feature of its city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// The plan drew it: no data say that it is there.
    Drawn,
    /// The plan says something else of it than the data.
    Changed,
}

/// The open scenario, to look at.
#[derive(Debug, Clone)]
pub struct Planning {
    /// Title, author, notes.
    pub about: About,
    /// Its file, whether it is there yet or not.
    pub path: PathBuf,
    /// Every step, done and undone.
    pub history: Vec<Past>,
    /// The step that undo takes back.
    pub undo: Option<String>,
    /// The step that redo does again.
    pub redo: Option<String>,
    /// Edits that do not fit the base any more.
    pub parked: Vec<Parked>,
    /// The plan's net state, to make the next edits from.
    pub overlay: Overlay,
    /// The base, to make the next edits from.
    pub base: Base,
    /// Conflicts of the base.
    pub base_evaluation: Arc<Evaluation>,
    /// Conflicts: what the last step did.
    pub by_step: ConflictDelta,
    /// Conflicts: what the plan does to the base.
    pub by_plan: ConflictDelta,
    /// What a person should know, from opening and journal.
    pub notices: Vec<LocalText>,
    /// True when the file does not say what the screen shows.
    pub unsaved: bool,
}

impl Planning {
    /// To make edits from what is shown.
    pub fn draft(&self) -> Draft<'_> {
        Draft::new(&self.base, &self.overlay)
    }

    /// Rows of the city as planned that the view leaves out, by layer.
    pub fn hidden(&self, city: &City) -> BTreeMap<SlotId, BTreeSet<u32>> {
        let rows = |(slot, ids): (SlotId, BTreeSet<String>)| {
            let rows = ids.iter().filter_map(|id| city.row(&slot, id));
            let rows: BTreeSet<u32> = rows.collect();
            (slot, rows)
        };
        let all = scenario::hidden(self.overlay.settings()).into_iter().map(rows);
        all.filter(|(_, rows)| !rows.is_empty()).collect()
    }

    /// Where what is told of a feature comes from; `None` for what the plan leaves alone.
    pub fn share(&self, slot: &SlotId, id: &str) -> Option<Share> {
        let share = || match self.base.city.row(slot, id) {
            None => Share::Drawn,
            Some(_) => Share::Changed,
        };
        self.overlay.is_edited(slot, id).then(share)
    }

    /// Features that the plan changes.
    pub fn features(&self) -> Vec<FeatureDelta> {
        differences::features(&self.base, &Overlay::default(), &self.overlay)
    }
}

impl Desk {
    pub fn new(origin: Origin) -> Self {
        Self {
            origin,
            document: None,
            judged: Judged::default(),
            access: Access::work(),
        }
    }

    pub fn is_open(&self) -> bool {
        self.document.is_some()
    }

    pub fn unsaved(&self) -> bool {
        self.document.as_ref().is_some_and(Document::unsaved)
    }

    pub fn save(&mut self) -> Result<(), SessionError> {
        match &mut self.document {
            Some(document) if document.unsaved() => Ok(document.save()?),
            _ => Ok(()),
        }
    }

    fn base(&self) -> Base {
        match &self.document {
            Some(document) => document.plan().base().clone(),
            None => Base::new(self.origin.city.clone()),
        }
    }

    fn document(&mut self) -> Result<&mut Document, SessionError> {
        self.document.as_mut().ok_or(SessionError::NoScenario)
    }
}

/// What a step has to do with the rules.
#[derive(Default)]
struct Effect {
    /// Where features are others.
    changes: Vec<Change>,
    /// Rules with other numbers.
    rules: BTreeSet<String>,
}

impl Session {
    /// Carries out a command about scenarios with progress and Cancel; see [`Session::apply`].
    ///
    /// # Errors
    /// When it cannot be done. The session is as before.
    pub fn scenario(&mut self, command: ScenarioCommand, control: &Control) -> Result<(), SessionError> {
        match command {
            ScenarioCommand::New { title, author } => {
                self.nothing_unsaved()?;
                let document = Document::create(self.desk.base(), &title, &author, &self.desk.access)?;
                self.show(Some(document), control)
            }
            ScenarioCommand::Open(path) => {
                self.nothing_unsaved()?;
                // The lock of the same file has to be free before it is taken again.
                let open = self.desk.document.as_ref().is_some_and(|d| d.path() == path);
                if open {
                    return Ok(());
                }
                let document = Document::open(self.desk.base(), &path, &self.desk.access)?;
                self.show(Some(document), control)
            }
            ScenarioCommand::Branch { title, author } => {
                let access = self.desk.access.clone();
                let document = self.desk.document()?.branch(&title, &author, &access)?;
                self.show(Some(document), control)
            }
            ScenarioCommand::Close { discard } => {
                let document = self.desk.document.take().ok_or(SessionError::NoScenario)?;
                document.close(discard);
                self.show(None, control)
            }
            ScenarioCommand::Act(step) => {
                let moved = self.desk.document()?.act(step)?;
                self.after(Some(moved), control)
            }
            ScenarioCommand::Undo => {
                let moved = self.desk.document()?.undo()?;
                self.after(moved, control)
            }
            ScenarioCommand::Redo => {
                let moved = self.desk.document()?.redo()?;
                self.after(moved, control)
            }
            ScenarioCommand::Tell { title, notes } => {
                self.desk.document()?.tell(&title, &notes);
                self.show_planning(None);
                Ok(())
            }
        }
    }

    fn nothing_unsaved(&self) -> Result<(), SessionError> {
        if self.desk.unsaved() {
            return Err(SessionError::UnsavedScenario);
        }
        Ok(())
    }

    /// Where journals lie; tests keep them beside the project.
    pub fn set_access(&mut self, access: Access) {
        self.desk.access = access;
    }

    fn after(&mut self, moved: Option<scenario::Moved>, control: &Control) -> Result<(), SessionError> {
        let Some(moved) = moved else { return Ok(()) };
        let effect = Effect {
            changes: moved.changes(),
            rules: moved.rules,
        };
        self.recompute(effect, control);
        Ok(())
    }

    /// Shows another plan, or the base.
    fn show(&mut self, document: Option<Document>, control: &Control) -> Result<(), SessionError> {
        self.desk.document = document;
        self.desk.judged = Judged::default();
        let Some(document) = &self.desk.document else {
            let origin = self.desk.origin.clone();
            let extra = self.snapshot().city.extra.clone();
            self.advance(|s| {
                s.city = origin.city;
                Arc::make_mut(&mut s.city).extra = extra;
                s.evaluation = origin.evaluation;
                s.planning = None;
            });
            self.show_reviews();
            return Ok(());
        };
        let plan = document.plan();
        let effect = Effect {
            changes: plan.changes_to_base(),
            rules: plan.overlay().changed_rules(),
        };
        // From the base, not from the plan that was shown before.
        let origin = self.desk.origin.evaluation.clone();
        self.advance(|s| s.evaluation = origin);
        self.recompute(effect, control);
        Ok(())
    }

    fn recompute(&mut self, effect: Effect, control: &Control) {
        let Some(document) = &self.desk.document else { return };
        let before = self.snapshot();
        let mut city = document.plan().city().clone();
        city.extra.clone_from(&before.city.extra);
        let evaluation = match effect.changes.is_empty() && effect.rules.is_empty() {
            true => before.evaluation.clone(),
            false => {
                let found = rules::update_with(&city, &before.evaluation, &effect.changes, &effect.rules, control);
                let plan = document.plan();
                self.desk.judged = self.desk.judged.after(plan.base(), plan.overlay(), &city, &effect.changes, control);
                Arc::new(self.desk.judged.beside(found))
            }
        };
        self.advance(|s| {
            s.city = Arc::new(city);
            s.evaluation = evaluation;
        });
        self.show_planning(Some(&before.evaluation));
        self.show_reviews();
    }

    /// Brings the view of the plan up to date; `before` are the conflicts before the last step.
    fn show_planning(&mut self, before: Option<&Evaluation>) {
        let Some(document) = &mut self.desk.document else { return };
        let mut notices = document.take_notices();
        let now = self.snapshot();
        let document = self.desk.document.as_ref();
        let Some(document) = document else { return };
        let same_plan = now.planning.as_ref().filter(|p| p.path == document.path());
        let (by_step, by_plan) = match (before, same_plan) {
            (Some(before), Some(_)) => (
                ConflictDelta::between(before, &now.evaluation),
                ConflictDelta::between(&self.desk.origin.evaluation, &now.evaluation),
            ),
            (None, Some(old)) => (old.by_step.clone(), old.by_plan.clone()),
            _ => (
                ConflictDelta::default(),
                ConflictDelta::between(&self.desk.origin.evaluation, &now.evaluation),
            ),
        };
        if let Some(old) = same_plan {
            let news = std::mem::take(&mut notices);
            notices = old.notices.iter().cloned().chain(news).collect();
        }
        let plan = document.plan();
        let planning = Planning {
            about: document.about().clone(),
            path: document.path().to_owned(),
            history: plan.history(),
            undo: plan.undo_name().map(str::to_owned),
            redo: plan.redo_name().map(str::to_owned),
            parked: document.parked().to_vec(),
            overlay: plan.overlay().clone(),
            base: plan.base().clone(),
            base_evaluation: self.desk.origin.evaluation.clone(),
            by_step,
            by_plan,
            notices,
            unsaved: document.unsaved(),
        };
        self.advance(|s| s.planning = Some(Arc::new(planning)));
        self.show_unsaved();
    }

    /// Reviews as the open plan decides them.
    pub(super) fn show_reviews(&mut self) {
        let reviews = match &self.desk.document {
            Some(d) => Arc::new(scenario::reviews(d.plan().overlay().settings(), &self.reviews)),
            None => self.reviews.clone(),
        };
        self.advance(|s| s.reviews = reviews);
        if self.desk.is_open() && self.snapshot().planning.as_ref().is_some_and(|p| p.unsaved != self.desk.unsaved()) {
            self.show_planning(None);
        }
        self.show_unsaved();
    }

    pub(super) fn show_unsaved(&mut self) {
        let unsaved = self.reviews_unsaved() || self.desk.unsaved();
        if self.snapshot().unsaved != unsaved {
            self.advance(|s| s.unsaved = unsaved);
        }
    }

    /// A decision about a conflict while a plan is open belongs to the plan, and is undone with it.
    pub(super) fn review_in_scenario(&mut self, conflict: &str, change: impl FnOnce(&mut Review)) -> Result<(), SessionError> {
        let before = self.snapshot().reviews.get(conflict).cloned().unwrap_or_default();
        let mut after = before.clone();
        change(&mut after);
        let document = self.desk.document()?;
        let draft = Draft::new(document.plan().base(), document.plan().overlay());
        let text = |t: &str| Value::Text(t.into());
        let mut edits = vec![];
        if before.status != after.status {
            edits.push(draft.set(&format!("status/{conflict}"), text(&status_name(after.status))));
        }
        if before.note != after.note {
            edits.push(draft.set(&format!("note/{conflict}"), text(&after.note)));
        }
        if before.office != after.office {
            edits.push(draft.set(&format!("office/{conflict}"), text(&after.office)));
        }
        if edits.is_empty() {
            return Ok(());
        }
        let moved = document.act(Step::new(conflict, edits)?)?;
        self.after(Some(moved), &Control::default())
    }

    /// After the project was opened anew: the plan goes on over the new base, with what fits. Its journal holds what was not saved.
    pub(super) fn take_over_scenario(&mut self, before: &Self) {
        self.desk.access = before.desk.access.clone();
        let Some(old) = &before.desk.document else { return };
        match old.rebased(self.desk.base()) {
            Ok(document) => {
                // Showing a plan that fits cannot fail; what does not fit is parked.
                let _ = self.show(Some(document), &Control::default());
            }
            Err(error) => {
                let text = error.text();
                self.advance(|s| {
                    let finding = crate::model::Finding::new("SE-002", crate::model::Level::Error, text.de, text.en);
                    Arc::make_mut(&mut s.city).report.push(finding);
                });
            }
        }
    }
}
