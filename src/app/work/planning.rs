//! Wishes to the plan, one after the other off the window's thread. What is asked meanwhile waits for its turn, so that nothing is lost.

use super::{Work, facts, jobs::waker_every, view};
use crate::{
    app::{
        bridge::{Hand, Notices, PlanWish, Selection, ViewState},
        scene::redraw::{PATIENCE, wait_until},
    },
    i18n::{exact, number, parameter, tr, tr_with},
    model::{Language, SlotId},
    progress::Progress,
    project::City,
    scenario::{Document, Edit, Named, Step, file, journal, rule_numbers},
    session::{Command, Job, ScenarioCommand, Session, SessionError, Snapshot},
};
use bevy::winit::EventLoopProxyWrapper;
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// How soon the window looks whether a step is done: planners see what follows while they still look there.
const LOOK: Duration = Duration::from_millis(8);

/// Something that waits for its turn.
#[derive(Debug, Clone)]
enum Waiting {
    Plan(PlanWish, Language),
    Command(Command),
}

/// The step that is being worked out, and what comes after it.
#[derive(Default)]
pub(in crate::app) struct Plans {
    job: Option<Job<(Session, Option<Named>)>>,
    /// Until then a frame waits for it: most steps are worked out before a picture without them were drawn.
    until: Option<Instant>,
    waiting: VecDeque<Waiting>,
}

impl Plans {
    /// True while a step is being worked out.
    pub fn busy(&self) -> bool {
        self.job.is_some()
    }

    /// Where it is.
    pub fn progress(&self) -> Option<Progress> {
        self.job.as_ref().map(Job::progress)
    }

    /// Asks it to stop.
    pub fn cancel(&self) {
        if let Some(job) = &self.job {
            job.cancel();
        }
    }
}

/// True for a wish that shows another plan.
pub(super) fn leaves(wish: &PlanWish) -> bool {
    matches!(wish, PlanWish::Begin(_) | PlanWish::Open(_) | PlanWish::Leave)
}

impl Work {
    /// Does something to the plan, now or when its turn comes.
    pub(super) fn plan(&mut self, wish: &PlanWish, language: Language, proxy: Option<&EventLoopProxyWrapper>, notices: &mut Notices) {
        self.plans.waiting.push_back(Waiting::Plan(wish.clone(), language));
        self.next_plan(proxy, notices);
    }

    /// A command while a step is being worked out.
    pub(super) fn after_plan(&mut self, command: &Command) {
        self.plans.waiting.push_back(Waiting::Command(command.clone()));
    }

    /// Takes the next thing that waits; returns the snapshot of commands that were carried out at once.
    fn next_plan(&mut self, proxy: Option<&EventLoopProxyWrapper>, notices: &mut Notices) {
        while !self.plans.busy() {
            let (Some(next), Some(session)) = (self.plans.waiting.pop_front(), &mut self.session) else {
                return;
            };
            match next {
                Waiting::Command(command) => {
                    if let Err(e) = session.apply(command.clone()) {
                        notices.0.push(facts::of_command(&command, &e));
                    }
                }
                Waiting::Plan(wish, language) => {
                    let mut session = session.clone();
                    let work = move |control: &crate::progress::Control| {
                        let (command, made) = command(&session.snapshot(), wish, language)?;
                        session.scenario(command, control)?;
                        Ok((session, made))
                    };
                    match Job::start(work, waker_every(proxy, LOOK)) {
                        Ok(job) => (self.plans.job, self.plans.until) = (Some(job), Some(Instant::now() + PATIENCE)),
                        Err(e) => notices.0.push(facts::error(|l| tr(l, "planning-failed"), &e)),
                    }
                }
            }
        }
    }

    /// Waits until nothing about the plan is under way: before the window closes or another project opens.
    pub(super) fn settle_plans(&mut self, notices: &mut Notices) {
        while let Some(mut job) = self.plans.job.take() {
            match job.finish() {
                Some(Ok((session, _))) => self.session = Some(session),
                Some(Err(e)) => notices.0.push(facts::error(|l| tr(l, "planning-failed"), &e)),
                None => {}
            }
            self.next_plan(None, notices);
        }
    }

    /// Takes a finished step; returns what is on the screen from now on.
    pub(super) fn poll_plan(
        &mut self,
        before: Option<&Snapshot>,
        state: &mut ViewState,
        proxy: Option<&EventLoopProxyWrapper>,
        notices: &mut Notices,
    ) -> Option<std::sync::Arc<Snapshot>> {
        let (job, until) = (self.plans.job.as_mut()?, self.plans.until.take());
        if let Some(until) = until {
            wait_until(until, || job.is_finished());
        }
        let result = job.poll()?;
        self.plans.job = None;
        let mut made = None;
        match result {
            Ok((session, feature)) => {
                self.session = Some(session);
                made = feature;
            }
            Err(SessionError::Cancelled) => {}
            Err(e) => notices.0.push(facts::error(|l| tr(l, "planning-failed"), &e)),
        }
        self.next_plan(proxy, notices);
        let next = self.session.as_ref()?.snapshot();
        view::keep_layers(&next.city, &mut state.layers, before);
        if let Some(before) = before {
            view::follow_styles(&next.city, &mut state.layers, &before.city);
        }
        let mut selection = follow(&state.selection, before.map(|b| &*b.city), &next.city, made.as_ref());
        // What was just hidden is out of the hand as well.
        let hides = |s: &Snapshot| {
            let Selection::Feature { slot, row } = &selection else {
                return false;
            };
            let hidden = s.planning.as_ref().map(|p| p.hidden(&s.city)).unwrap_or_default();
            hidden.get(slot).is_some_and(|rows| rows.contains(row))
        };
        if hides(&next) && !before.is_some_and(hides) {
            selection = Selection::None;
        }
        if selection != state.selection {
            state.selection = selection;
        }
        Some(next)
    }
}

/// What stays selected when layers were made anew: the same feature in its new row, or the one that was just made.
fn follow(now: &Selection, before: Option<&City>, after: &City, made: Option<&Named>) -> Selection {
    let of = |slot: &SlotId, id: &str| {
        after
            .row(slot, id)
            .map_or(Selection::None, |row| Selection::Feature { slot: slot.clone(), row })
    };
    if let Some((slot, id)) = made {
        return of(slot, id);
    }
    match (now, before) {
        (Selection::Feature { slot, row }, Some(before)) if after.slot(slot).is_some() => {
            let id = before.layer(slot).and_then(|l| l.layer.ids.get(*row as usize)).cloned();
            id.map_or(Selection::None, |id| of(slot, &id))
        }
        (other, _) => other.clone(),
    }
}

/// What the session is asked for, and the feature that is made by it.
fn command(s: &Snapshot, wish: PlanWish, language: Language) -> Result<(ScenarioCommand, Option<Named>), SessionError> {
    let author = Document::default_author;
    let command = match wish {
        PlanWish::Begin(title) => ScenarioCommand::New {
            title: if title.is_empty() { free_title(s, language) } else { title },
            author: author(),
        },
        PlanWish::Branch(title) => ScenarioCommand::Branch { title, author: author() },
        PlanWish::Open(path) => ScenarioCommand::Open(path),
        PlanWish::Leave => ScenarioCommand::Close { discard: false },
        PlanWish::Tell { title, notes } => ScenarioCommand::Tell { title, notes },
        PlanWish::Undo => ScenarioCommand::Undo,
        PlanWish::Redo => ScenarioCommand::Redo,
        PlanWish::Do(hand) => {
            let (step, made) = step(s, &hand, language)?;
            return Ok((ScenarioCommand::Act(step), made));
        }
    };
    Ok((command, None))
}

/// The first name that no variant has.
fn free_title(s: &Snapshot, language: Language) -> String {
    let folder = &s.city.info.folder;
    let saved = file::list(folder).into_iter().filter_map(|p| Some(file::read(&p).ok()?.file.title));
    let waiting = journal::default_folder().map(|j| journal::waiting(&j, folder)).unwrap_or_default();
    let taken: Vec<String> = saved.chain(waiting.into_iter().map(|w| w.title)).collect();
    let name = |n: i64| tr_with(language, "planning-title-default", &[("n", n.into())]);
    (1..=1000).map(name).find(|t| !taken.contains(t)).unwrap_or_default()
}

/// A step of what a hand does, and the feature that it makes.
fn step(s: &Snapshot, hand: &Hand, language: Language) -> Result<(Step, Option<Named>), SessionError> {
    let planning = s.planning.as_ref().ok_or(SessionError::NoScenario)?;
    let mut draft = planning.draft();
    let name = |(slot, id): &Named| s.city.spoken_name(slot, id, language);
    let what = |features: &[Named]| match features {
        [one] => name(one),
        many => tr_with(language, "planning-step-several", &[("n", (many.len() as i64).into())]),
    };
    let title = |slot: &SlotId| {
        let slot_of = s.city.slot(slot);
        slot_of.map_or_else(|| slot.to_string(), |s| s.def.title.get(language).to_owned())
    };
    let edits = hand.edits(&mut draft)?;
    let (key, what) = match hand {
        Hand::Draw { slot, attributes, .. } => {
            let label = s.city.slot(slot).and_then(|s| attributes.get(s.def.label.as_ref()?));
            let what = match label.map(ToString::to_string).filter(|l| !l.trim().is_empty()) {
                Some(label) => format!("{label} ({})", title(slot)),
                None => title(slot),
            };
            ("planning-step-draw", what)
        }
        Hand::Move(features, _) => ("planning-step-move", what(features)),
        Hand::Copy(features, _) => ("planning-step-copy", what(features)),
        Hand::Split(feature, _) => ("planning-step-split", name(feature)),
        Hand::Reshape(feature, _) => ("planning-step-reshape", name(feature)),
        Hand::Describe(features, _) => ("planning-step-describe", what(features)),
        Hand::Remove(features) => ("planning-step-remove", what(features)),
        Hand::Hide(features, true) => ("settings-step-hide", what(features)),
        Hand::Hide(features, false) => ("settings-step-show", what(features)),
        Hand::Parameter { rule, key, value } => return Ok((Step::new(&parameter_step(s, rule, key, *value, language), edits)?, None)),
        Hand::Weights { usage, .. } => return Ok((Step::new(&weights_step(&s.city, usage, &edits, language), edits)?, None)),
        Hand::Style { slot, name, .. } if name == "fade" => ("settings-step-opacity", title(slot)),
        Hand::Style { slot, .. } => ("settings-step-colour", title(slot)),
        // Its name is that of the file.
        Hand::Import(step) => ("settings-step-import", step.name.clone()),
    };
    let made = edits.iter().rev().find_map(|e| match e {
        Edit::Add { slot, feature, .. } if !matches!(hand, Hand::Split(..)) => Some((slot.clone(), feature.clone())),
        _ => None,
    });
    let name = tr_with(language, key, &[("what", what.into())]);
    Ok((Step::new(&name, edits)?, made))
}

/// "Abstand L5B: 300 m → 250 m".
fn parameter_step(s: &Snapshot, rule: &str, key: &str, to: f64, language: Language) -> String {
    let now = rule_numbers(rule, &s.city, &s.city).into_iter().find(|n| n.now.key == key);
    let unit = now.as_ref().map(|n| n.now.unit.clone()).unwrap_or_default();
    let values = [
        ("name", parameter(language, key).into()),
        ("rule", rule.to_owned().into()),
        ("from", exact(language, now.map_or(f64::NAN, |n| n.now.value), &unit).into()),
        ("to", exact(language, to, &unit).into()),
    ];
    tr_with(language, "parameters-step", &values)
}

/// One weight is told with its values, several by their number.
fn weights_step(city: &City, usage: &str, edits: &[Edit], language: Language) -> String {
    let def = city.modules.iter().flat_map(|m| &m.suitability).find(|d| d.id == usage);
    let of = def.map_or_else(|| usage.to_owned(), |d| d.title.get(language).to_owned());
    let [Edit::Set { key, new, .. }] = edits else {
        let values = [("use", of.into()), ("n", (edits.len() as i64).into())];
        return tr_with(language, "settings-step-weights", &values);
    };
    let id = key.rsplit('/').next().unwrap_or_default();
    let criterion = def.and_then(|d| d.criteria.iter().find(|c| c.id == id));
    let now = criterion.map_or(f64::NAN, |c| c.weight);
    let to = new.as_f64();
    let name = criterion.map_or_else(|| id.to_owned(), |c| c.title.get(language).to_owned());
    let values = [
        ("use", of.into()),
        ("name", name.into()),
        ("from", number(language, now, 1).into()),
        (
            "to",
            to.map_or_else(|| tr(language, "settings-default"), |v| number(language, v, 1))
                .into(),
        ),
    ];
    tr_with(language, "settings-step-weight", &values)
}
