//! Bringing files in: looking at them, trying choices and taking them into the project, all in the background.

use super::{
    facts,
    jobs::{Task, Work, waker},
    view,
};
use crate::{
    app::bridge::{CurrentSnapshot, Hand, ImportDesk, Notice, Notices, OnDesk, OnDeskLayer, PlanWish, Tried, ViewState},
    export::{Imported, import_report_csv, import_report_json, save},
    i18n::{tr, tr_with},
    import::{
        Candidate, Choice, Content, ImportError, Surroundings, TakenIn, Trial, examine, suggest_slots, table_advice, take_in, try_out,
    },
    index::IndexedLayer,
    model::{Bbox, Language, LocalText},
    project::{City, builtin_mappings},
    session::{Drafts, Job, Session, SessionError, Snapshot, drafts_of, extra_layer},
};
use bevy::winit::EventLoopProxyWrapper;
use std::{path::Path, path::PathBuf, sync::Arc};

/// What is going on for the file on the desk.
pub enum Import {
    /// Looking at a file.
    Examine(Job<OnDesk>),
    /// Showing a layer outside the modules.
    Show(PathBuf, Job<Vec<IndexedLayer>>),
    /// Binding it and opening the project anew.
    TakeIn(Job<(TakenIn, Session)>),
    /// Keeping an expression and opening the project anew.
    Keep(Job<Session>),
}

/// Tries choices beside everything else; a newer choice replaces an older one.
#[derive(Default)]
pub struct Trying(Option<(u64, usize, Choice, Job<Outcome>)>);

/// What would come of a choice, in the project and in the plan.
type Outcome = (Trial, Option<Result<Drafts, LocalText>>);

fn failed(source: ImportError) -> SessionError {
    match source {
        ImportError::Cancelled => SessionError::Cancelled,
        source => SessionError::Import { source: Box::new(source) },
    }
}

/// A table is no broken map: it says what it is and where it belongs.
fn of_table(error: ImportError, path: &Path, city: &City) -> ImportError {
    let advice = match &error {
        ImportError::Read { source, .. } => table_advice(path, source, city),
        _ => None,
    };
    advice.map_or(error, |advice| ImportError::Table { path: path.into(), advice })
}

fn on_desk(city: &City, path: &Path, (number, for_plan): (u64, bool), control: &crate::progress::Control) -> Result<OnDesk, SessionError> {
    let file = examine(path, control).map_err(|e| failed(of_table(e, path, city)))?;
    let around = Surroundings::of(city).map_err(failed)?;
    let layers = file
        .layers
        .iter()
        .map(|l| OnDeskLayer {
            guesses: around.guesses(l.extent),
            impossible: around.contradicts(l.declared_crs.as_deref(), l.extent),
            slots: suggest_slots(&file, l, &city.modules),
        })
        .collect();
    let mappings = builtin_mappings()
        .into_iter()
        .filter(|m| m.drivers.contains(&file.driver))
        .collect();
    Ok(OnDesk {
        number,
        for_plan,
        mappings,
        file: Arc::new(file),
        around,
        layers,
    })
}

impl Work {
    /// Starts looking at a file, for the plan or for the project.
    pub(super) fn examine(
        &mut self,
        path: &Path,
        for_plan: bool,
        desk: &mut ImportDesk,
        proxy: Option<&EventLoopProxyWrapper>,
        notices: &mut Notices,
    ) {
        let title = |l| tr(l, "error-add");
        let Some(session) = &self.session else {
            notices.0.push(facts::refusal(title, |l| tr(l, "error-add-first")));
            return;
        };
        if self.job.is_some() {
            notices.0.push(facts::refusal(title, |l| tr(l, "error-busy")));
            return;
        }
        desk.count += 1;
        let (city, path, number) = (session.snapshot().city.clone(), path.to_path_buf(), desk.count);
        match Job::start(move |c| on_desk(&city, &path, (number, for_plan), c), waker(proxy)) {
            Ok(job) => self.job = Some(Task::Import(Import::Examine(job))),
            Err(e) => notices.0.push(facts::error(title, &e)),
        }
    }

    /// Tries a choice in the background.
    pub(super) fn try_out(&mut self, layer: usize, choice: &Choice, desk: &mut ImportDesk, proxy: Option<&EventLoopProxyWrapper>) {
        let (Some(on), Some(session)) = (desk.file.clone(), &self.session) else {
            return;
        };
        let (city, planning) = (session.snapshot().city.clone(), session.snapshot().planning.clone());
        desk.trying = Some((layer, choice.clone()));
        let (number, kept) = (on.number, choice.clone());
        let job = Job::start(
            {
                let choice = choice.clone();
                move |control| {
                    let slot = choice.slot.as_ref().and_then(|id| city.slot(id)).map(|s| s.def.clone());
                    let trial = try_out(&on.file, layer, slot.as_deref(), &choice, &on.around, control);
                    let features = trial.refused.is_none() && trial.geometry.is_some();
                    let plan = planning.filter(|_| features && choice.slot.is_some());
                    let drafts = plan.map(|p| drafts_of((&p.base, &p.overlay), (&on.file, layer), &choice, &on.around, control));
                    Ok((trial, drafts))
                }
            },
            waker(proxy),
        );
        // The job before, for a choice that nobody wants to know about any more, is dropped and stops.
        self.trying = Trying(job.ok().map(|job| (number, layer, kept, job)));
    }

    /// Binds the layer and opens the project anew.
    pub(super) fn take_in(
        &mut self,
        layer: usize,
        choice: &Choice,
        desk: &ImportDesk,
        proxy: Option<&EventLoopProxyWrapper>,
        notices: &mut Notices,
    ) {
        let (Some(on), Some(session)) = (desk.file.clone(), self.session.clone()) else {
            return;
        };
        if self.job.is_some() {
            notices.0.push(facts::refusal(|l| tr(l, "error-add"), |l| tr(l, "error-busy")));
            return;
        }
        let choice = choice.clone();
        let work = move |control: &crate::progress::Control| {
            let folder = session.snapshot().city.info.folder.clone();
            let Some(of) = on.file.layers.get(layer) else {
                return Err(SessionError::Cancelled);
            };
            let taken = take_in(&folder, &on.file.path, of, &choice).map_err(failed)?;
            Ok((taken, Session::open(&folder, control)?.continuing(&session)))
        };
        match Job::start(work, waker(proxy)) {
            Ok(job) => self.job = Some(Task::Import(Import::TakeIn(job))),
            Err(e) => notices.0.push(facts::error(|l| tr(l, "error-add"), &e)),
        }
    }

    /// Shows the layer and binds nothing.
    pub(super) fn show_only(
        &mut self,
        layer: usize,
        choice: &Choice,
        desk: &ImportDesk,
        proxy: Option<&EventLoopProxyWrapper>,
        notices: &mut Notices,
    ) {
        let (Some(on), Some(session)) = (desk.file.clone(), &self.session) else {
            return;
        };
        if self.job.is_some() {
            notices.0.push(facts::refusal(|l| tr(l, "error-add"), |l| tr(l, "error-busy")));
            return;
        }
        let (city, crs, path) = (session.snapshot().city.clone(), choice.crs, on.file.path.clone());
        let work = move |control: &crate::progress::Control| {
            let Some(of) = on.file.layers.get(layer) else {
                return Err(SessionError::Cancelled);
            };
            Ok(vec![extra_layer(&city, &on.file, of, crs, control)?])
        };
        match Job::start(work, waker(proxy)) {
            Ok(job) => self.job = Some(Task::Import(Import::Show(path, job))),
            Err(e) => notices.0.push(facts::error(|l| tr(l, "error-add"), &e)),
        }
    }

    /// What was tried last becomes a step of the plan; returns where it lies.
    pub(super) fn take_drafts(
        &mut self,
        (layer, choice): (usize, &Choice),
        desk: &mut ImportDesk,
        language: Language,
        proxy: Option<&EventLoopProxyWrapper>,
        notices: &mut Notices,
    ) -> Option<Bbox> {
        let drafts = desk.drafts(layer, choice)?.clone();
        let Ok(Drafts { step: Some(step), .. }) = &*drafts else {
            return None;
        };
        let extent = desk.result(layer, choice).map(|t| t.extent);
        self.plan(&PlanWish::Do(Hand::Import(step.clone())), language, proxy, notices);
        self.trying = Trying::default();
        desk.clear();
        extent.filter(|b| !b.is_empty())
    }

    /// Takes the result of a trial.
    pub(super) fn poll_trial(&mut self, desk: &mut ImportDesk) {
        let Some((number, layer, choice, mut job)) = self.trying.0.take() else {
            return;
        };
        match job.poll() {
            None => self.trying.0 = Some((number, layer, choice, job)),
            Some(result) => {
                desk.trying = None;
                if let Ok((trial, drafts)) = result {
                    desk.tried = Some(Tried {
                        number,
                        layer,
                        choice,
                        trial: Arc::new(trial),
                        drafts: drafts.map(Arc::new),
                    });
                }
            }
        }
    }

    /// Takes the result of an import job; gives the job back while it runs.
    pub(super) fn poll_import(
        &mut self,
        import: Import,
        desk: &mut ImportDesk,
        snapshot: &mut CurrentSnapshot,
        state: &mut ViewState,
        notices: &mut Notices,
    ) -> Option<Import> {
        let title = |l| tr(l, "error-add");
        match import {
            Import::Examine(mut job) => match job.poll() {
                None => return Some(Import::Examine(job)),
                Some(Ok(file)) => {
                    desk.clear();
                    desk.file = Some(file);
                }
                Some(Err(SessionError::Cancelled)) => {}
                Some(Err(e)) => notices.0.push(facts::error(title, &e)),
            },
            Import::Show(path, mut job) => match job.poll() {
                None => return Some(Import::Show(path, job)),
                Some(Ok(layers)) => {
                    desk.clear();
                    if let Some(session) = &mut self.session {
                        let next = session.add_layers(layers.clone());
                        view::add_extra(&next.city, &mut state.layers);
                        snapshot.0 = Some(next);
                        let layers: Vec<_> = layers.iter().map(|l| &*l.layer).collect();
                        notices.0.push(facts::added(&path, &layers));
                    }
                }
                Some(Err(SessionError::Cancelled)) => {}
                Some(Err(e)) => notices.0.push(facts::error(title, &e)),
            },
            Import::Keep(mut job) => match job.poll() {
                None => return Some(Import::Keep(job)),
                Some(Ok(session)) => {
                    let next = session.snapshot();
                    view::keep_layers(&next.city, &mut state.layers, snapshot.0.as_deref());
                    snapshot.0 = Some(next);
                    self.session = Some(session);
                }
                Some(Err(SessionError::Cancelled)) => {}
                Some(Err(e)) => notices.0.push(facts::error(|l| tr(l, "combine-error"), &e)),
            },
            Import::TakeIn(mut job) => match job.poll() {
                None => return Some(Import::TakeIn(job)),
                Some(Ok((taken, session))) => {
                    let next = session.snapshot();
                    notices.0.push(taken_in(desk, &taken));
                    desk.clear();
                    view::keep_layers(&next.city, &mut state.layers, snapshot.0.as_deref());
                    snapshot.0 = Some(next);
                    self.session = Some(session);
                }
                Some(Err(SessionError::Cancelled)) => {}
                Some(Err(e)) => notices.0.push(facts::error(title, &e)),
            },
        }
        None
    }
}

fn both(text: impl Fn(Language) -> String) -> LocalText {
    LocalText::new(text(Language::De), text(Language::En))
}

/// What was bound, where the file lies now, and where it lies on the map.
fn taken_in(desk: &ImportDesk, taken: &TakenIn) -> Notice {
    let name = taken.file.clone();
    let place = desk.tried.as_ref().map(|t| t.trial.extent).filter(|b| !b.is_empty());
    let mut facts = vec![];
    if taken.replaced > 0 {
        let n = taken.replaced as i64;
        facts.push((
            both(|l| tr(l, "import-replaced")),
            both(|l| tr_with(l, "import-replaced-count", &[("n", n.into())])),
        ));
    }
    Notice {
        title: both(|l| tr(l, "import-done")),
        text: both(|l| {
            let key = if taken.copied { "import-done-copied" } else { "import-done-text" };
            tr_with(l, key, &[("file", name.clone().into())])
        }),
        facts,
        place: place.map(|b| b.buffered(50.0)),
        error: false,
    }
}

/// Writes the report of the project, or of the file on the desk, in the form that the file's extension asks for.
pub fn export_report(
    path: &Path,
    snapshot: Option<&Snapshot>,
    desk: Option<&ImportDesk>,
    language: Language,
) -> Result<Notice, SessionError> {
    let mut titles: Vec<(LocalText, String, crate::model::Report)> = vec![];
    let mut name = LocalText::default();
    if let Some(on) = desk.and_then(|d| d.file.as_ref()) {
        name = LocalText::same(&on.file.name);
        titles = of_candidate(&on.file, desk);
    } else if let Some(s) = snapshot {
        name = s.city.info.title.clone();
        let project = LocalText::new("Projekt", "Project");
        titles.push((project, "project".into(), s.city.report.clone()));
        let rules = LocalText::new("Regeln", "Rules");
        titles.push((rules, "rules".into(), s.evaluation.report.clone()));
        for layer in s.city.layers() {
            let slot = &layer.layer.slot;
            let title = s
                .city
                .slot(slot)
                .map_or_else(|| LocalText::same(slot.slot()), |s| s.def.title.clone());
            titles.push((title, slot.to_string(), layer.layer.report.clone()));
        }
    }
    let sources: Vec<Imported> = titles.iter().map(|(title, id, report)| Imported { title, id, report }).collect();
    let json = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let export = |source| SessionError::Export { source: Box::new(source) };
    let bytes = if json {
        import_report_json(&name, &sources).map_err(export)?
    } else {
        import_report_csv(language, &sources)
    };
    save(path, &bytes).map_err(export)?;
    let shown = path.display().to_string();
    Ok(Notice {
        title: both(|l| tr(l, "import-report-saved")),
        text: LocalText::same(shown),
        facts: vec![],
        place: None,
        error: false,
    })
}

/// Each layer of a file with what happened to it: on the whole way where a choice was tried, else on reading.
fn of_candidate(file: &Candidate, desk: Option<&ImportDesk>) -> Vec<(LocalText, String, crate::model::Report)> {
    let layers = file.layers.iter().enumerate().map(|(k, layer)| {
        let title = if layer.name.is_empty() { &file.name } else { &layer.name };
        let mut report = match desk.and_then(|d| d.latest(k)) {
            Some(trial) => trial.report.clone(),
            None => layer.report.clone(),
        };
        if k == 0 {
            report.findings.splice(0..0, file.findings.iter().cloned());
        }
        if let Content::Refused(why) = &layer.content {
            let refused = crate::model::Finding::new("RD-014", crate::model::Level::Error, &why.de, &why.en);
            report.push(refused.file(&file.name).layer(&layer.name));
        }
        (LocalText::same(title), format!("{}/{}", file.name, layer.name), report)
    });
    layers.collect()
}
