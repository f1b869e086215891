//! An open scenario: the plan with its file, its lock and its journal. Saving replaces the file in one step; until then the journal holds
//! what was done.

use super::{
    Base, EditError, Misfit, Moved, Plan, Step,
    file::{self, BaseStamp, Parked, ScenarioError, ScenarioFile},
    journal::{self, Journal, Record},
    lock::{self, Lock},
};
use crate::model::LocalText;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// What a scenario says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Name of the variant.
    pub title: String,
    /// Who drew it.
    pub author: String,
    /// What it is for.
    pub notes: String,
    /// When it was begun.
    pub created: String,
    /// The variant that it was branched from.
    pub branched_from: Option<String>,
}

/// A scenario that is open. Clones share lock and journal: one of them goes on, the others are looked at.
#[derive(Debug, Clone)]
pub struct Document {
    about: About,
    plan: Plan,
    parked: Vec<Parked>,
    path: PathBuf,
    /// Hash of the file as it was read or written here; `None` before the first save.
    disk: Option<String>,
    /// Title, notes or parked edits changed since.
    told: bool,
    lock: Option<Arc<Lock>>,
    journal: Option<Arc<Mutex<Journal>>>,
    /// Where the journal lies, also while it cannot be written.
    journal_path: Option<PathBuf>,
    notices: Vec<LocalText>,
}

/// How a file is opened.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Where the journal lies; without it a crash costs what was not saved.
    pub journals: Option<PathBuf>,
    /// Only to look: no lock, no journal, no saving.
    pub look_only: bool,
}

impl Access {
    /// To work on it, with the journal of this user.
    pub fn work() -> Self {
        Self {
            journals: journal::default_folder(),
            look_only: false,
        }
    }

    /// To look at it.
    pub fn look() -> Self {
        Self {
            journals: None,
            look_only: true,
        }
    }
}

impl Document {
    /// A new, empty scenario of a project. The file comes with the first save.
    ///
    /// # Errors
    /// When the title makes no file name, or there is one of that name.
    pub fn create(base: Base, title: &str, author: &str, access: &Access) -> Result<Self, ScenarioError> {
        let path = file::path_for(&base.city.info.folder, title)?;
        let about = About {
            title: title.trim().into(),
            author: author.into(),
            notes: String::new(),
            created: super::edit::now(),
            branched_from: None,
        };
        Self::begin(about, Plan::new(base), vec![], path, access)
    }

    fn begin(about: About, plan: Plan, parked: Vec<Parked>, path: PathBuf, access: &Access) -> Result<Self, ScenarioError> {
        let lock = if access.look_only { None } else { Lock::take(&path)?.map(Arc::new) };
        if path.exists() {
            return Err(ScenarioError::Exists { path });
        }
        let mut document = Self {
            about,
            plan,
            parked,
            path,
            disk: None,
            told: true,
            lock,
            journal: None,
            journal_path: None,
            notices: vec![],
        };
        document.recover(access);
        Ok(document)
    }

    /// Opens a scenario file over a base. When the base has changed since, or a journal holds work that was not saved, a notice says so.
    ///
    /// # Errors
    /// When it cannot be read, is newer, is drawn in another reference system, or is open elsewhere.
    pub fn open(base: Base, path: &Path, access: &Access) -> Result<Self, ScenarioError> {
        let lock = if access.look_only { None } else { Lock::take(path)?.map(Arc::new) };
        let read = file::read(path)?;
        let wanted = format!("EPSG:{}", base.city.info.epsg);
        let f = read.file;
        if f.crs != wanted {
            return Err(ScenarioError::Crs {
                path: path.into(),
                found: crate::readers::printable(&f.crs),
                wanted,
            });
        }
        let mut notices = vec![];
        let changed = f.base.hash != base.hash();
        let mut plan = Plan::new(base);
        let total: usize = f.steps.iter().map(|s| s.edits.len()).sum::<usize>() + f.parked.len();
        let mut misfits = plan.replay(f.steps);
        let once_parked = f.parked.len();
        for parked in f.parked {
            let step = Step {
                name: parked.step,
                at: None,
                edits: vec![parked.edit],
            };
            misfits.extend(plan.replay([step]));
        }
        plan.saved();
        if changed {
            notices.push(base_changed(total - misfits.len(), misfits.len()));
        }
        notices.extend(misfits.iter().map(misfit_text));
        let told = misfits.len() != once_parked;
        let mut document = Self {
            about: About {
                title: f.title,
                author: f.author,
                notes: f.notes,
                created: f.created,
                branched_from: f.branched_from,
            },
            plan,
            parked: misfits.into_iter().map(Parked::from).collect(),
            path: path.into(),
            disk: Some(read.disk),
            told,
            lock,
            journal: None,
            journal_path: None,
            notices,
        };
        if !access.look_only {
            document.recover(access);
        }
        Ok(document)
    }

    /// Takes up what a journal holds, and goes on writing it.
    fn recover(&mut self, access: &Access) {
        let Some(folder) = &access.journals else { return };
        let path = journal::path_for(folder, &self.path);
        self.journal_path = Some(path.clone());
        let mut kept = vec![];
        if let Some(found) = journal::find(&path)
            && (found.holds_work() || found.lost > 0)
        {
            let lost = found.lost;
            kept = found.beyond(self.disk.as_deref());
            let done = self.take_up(&kept);
            if done > 0 || lost > 0 {
                self.notices.push(recovered(done, lost));
            }
            if lost > 0 {
                // Nothing that could not be read is thrown away.
                let _ = std::fs::copy(&path, path.with_extension("broken"));
            }
        }
        let records: Vec<Record> = std::iter::once(self.begin_record()).chain(kept).collect();
        match Journal::begin(&path, &records) {
            Ok(journal) => self.journal = Some(Arc::new(Mutex::new(journal))),
            Err(e) => self.notices.push(no_journal(&e)),
        }
    }

    fn begin_record(&self) -> Record {
        Record::Begin {
            scenario: std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone()),
            title: self.about.title.clone(),
            disk: self.disk.clone(),
        }
    }

    /// Does again what a journal tells; what does not fit is parked. Returns the number of steps.
    fn take_up(&mut self, records: &[Record]) -> usize {
        let mut done = 0;
        for r in records {
            match r {
                Record::Begin { .. } | Record::Saving { .. } => {}
                Record::Done { step } => {
                    done += 1;
                    let misfits = self.plan.replay([step.clone()]);
                    self.told |= !misfits.is_empty();
                    self.parked.extend(misfits.into_iter().map(Parked::from));
                }
                Record::Undone => done += usize::from(self.plan.undo().is_ok()),
                Record::Told { title, notes } => {
                    self.about.title.clone_from(title);
                    self.about.notes.clone_from(notes);
                    self.told = true;
                    done += 1;
                }
            }
        }
        done
    }

    fn log(&mut self, r: &Record) {
        let Some(journal) = &self.journal else { return };
        let result = journal.lock().unwrap_or_else(PoisonError::into_inner).append(r);
        if let Err(e) = result {
            self.notices.push(no_journal(&e));
            self.journal = None;
        }
    }

    /// What the scenario says about itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Its file, whether it is there yet or not.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Edits that do not fit the base.
    pub fn parked(&self) -> &[Parked] {
        &self.parked
    }

    /// What a person should know, once: a changed base, recovered work, a journal that cannot be written.
    pub fn take_notices(&mut self) -> Vec<LocalText> {
        std::mem::take(&mut self.notices)
    }

    /// True when the file does not say what the screen shows.
    pub fn unsaved(&self) -> bool {
        self.told || self.plan.unsaved()
    }

    /// Does a step.
    ///
    /// # Errors
    /// When an edit does not fit; everything stays as it was.
    pub fn act(&mut self, step: Step) -> Result<Moved, EditError> {
        let moved = self.plan.act(step)?;
        if let Some(step) = self.plan.steps().last().cloned() {
            self.log(&Record::Done { step });
        }
        Ok(moved)
    }

    /// Takes the last step back.
    ///
    /// # Errors
    /// As [`Plan::undo`].
    pub fn undo(&mut self) -> Result<Option<Moved>, EditError> {
        let moved = self.plan.undo()?;
        if moved.is_some() {
            self.log(&Record::Undone);
        }
        Ok(moved)
    }

    /// Does a step again.
    ///
    /// # Errors
    /// As [`Plan::redo`].
    pub fn redo(&mut self) -> Result<Option<Moved>, EditError> {
        let moved = self.plan.redo()?;
        // As a step: the file of the next start knows none that was undone.
        if moved.is_some()
            && let Some(step) = self.plan.steps().last().cloned()
        {
            self.log(&Record::Done { step });
        }
        Ok(moved)
    }

    /// Changes title and notes. The file keeps its name.
    pub fn tell(&mut self, title: &str, notes: &str) {
        if (title, notes) == (&*self.about.title, &*self.about.notes) || title.trim().is_empty() {
            return;
        }
        self.about.title = title.trim().into();
        self.about.notes = notes.into();
        self.told = true;
        let (title, notes) = (self.about.title.clone(), self.about.notes.clone());
        self.log(&Record::Told { title, notes });
    }

    /// As it would be written now.
    pub fn to_file(&self) -> ScenarioFile {
        let base = self.plan.base();
        ScenarioFile {
            schema: file::SCHEMA,
            program: concat!("stadtschicht ", env!("CARGO_PKG_VERSION")).into(),
            title: self.about.title.clone(),
            author: self.about.author.clone(),
            notes: self.about.notes.clone(),
            created: self.about.created.clone(),
            changed: super::edit::now(),
            branched_from: self.about.branched_from.clone(),
            crs: format!("EPSG:{}", base.city.info.epsg),
            base: BaseStamp {
                project: base.city.info.title.de.clone(),
                hash: base.hash(),
            },
            steps: self.plan.steps().cloned().collect(),
            parked: self.parked.clone(),
        }
    }

    /// Writes the file in one step and begins a new journal.
    ///
    /// # Errors
    /// When it cannot be written or somebody else changed it. File, plan and journal then stay as they were.
    pub fn save(&mut self) -> Result<(), ScenarioError> {
        let file = self.to_file();
        if let Ok(text) = file::to_text(&file) {
            self.log(&Record::Saving {
                disk: file::hash(text.as_bytes()),
            });
        }
        self.disk = Some(file::write(&self.path, &file, self.disk.as_deref())?);
        self.plan.saved();
        self.told = false;
        self.new_journal();
        Ok(())
    }

    /// From now on the file holds everything. A journal that could not be written, on a full disk for one, gets another chance; where it
    /// cannot be replaced it must not stay, or the next start would do again what the file already has.
    fn new_journal(&mut self) {
        let Some(path) = self.journal_path.clone() else { return };
        self.journal = None;
        match Journal::begin(&path, &[self.begin_record()]) {
            Ok(journal) => self.journal = Some(Arc::new(Mutex::new(journal))),
            Err(e) => {
                let _ = std::fs::remove_file(&path);
                self.notices.push(no_journal(&e));
            }
        }
    }

    /// A new variant that starts where this one is now. This one stays as it is.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn branch(&self, title: &str, author: &str, access: &Access) -> Result<Self, ScenarioError> {
        let base = self.plan.base().clone();
        let path = file::path_for(&base.city.info.folder, title)?;
        let about = About {
            title: title.trim().into(),
            author: author.into(),
            notes: self.about.notes.clone(),
            created: super::edit::now(),
            branched_from: Some(self.about.title.clone()),
        };
        let mut document = Self::begin(about, Plan::new(base), self.parked.clone(), path, access)?;
        let steps: Vec<Step> = self.plan.steps().cloned().collect();
        for step in &steps {
            document.log(&Record::Done { step: step.clone() });
        }
        let misfits = document.plan.replay(steps);
        document.parked.extend(misfits.into_iter().map(Parked::from));
        Ok(document)
    }

    /// The same scenario over another base, after the project's files changed. File, lock and journal go on.
    ///
    /// # Errors
    /// When the new base is in another reference system.
    pub fn rebased(&self, base: Base) -> Result<Self, ScenarioError> {
        let (old, new) = (self.plan.base().city.info.epsg, base.city.info.epsg);
        if old != new {
            return Err(ScenarioError::Crs {
                path: self.path.clone(),
                found: format!("EPSG:{old}"),
                wanted: format!("EPSG:{new}"),
            });
        }
        let unsaved = self.unsaved();
        let mut next = self.clone();
        next.plan = Plan::new(base);
        let misfits = next.plan.replay(self.plan.steps().cloned().collect::<Vec<_>>());
        if !unsaved {
            next.plan.saved();
        }
        next.told = unsaved || !misfits.is_empty();
        next.notices.extend(misfits.iter().map(misfit_text));
        next.parked.extend(misfits.into_iter().map(Parked::from));
        Ok(next)
    }

    /// Closes it. What was not saved is given up only when `discard` says so; else the journal keeps it for the next time.
    pub fn close(self, discard: bool) {
        if let Some(path) = self.journal_path.as_ref().filter(|_| discard || !self.unsaved()) {
            let _ = std::fs::remove_file(path);
        }
    }

    /// The name to put into a new scenario when nobody gave one.
    pub fn default_author() -> String {
        lock::user()
    }

    /// Whether somebody else is kept from writing it meanwhile.
    pub fn is_locked(&self) -> bool {
        self.lock.is_some()
    }
}

impl From<Misfit> for Parked {
    fn from(m: Misfit) -> Self {
        Self {
            step: m.step,
            edit: m.edit,
            why: m.why,
        }
    }
}

fn base_changed(fit: usize, parked: usize) -> LocalText {
    if parked == 0 {
        return LocalText::new(
            format!("Der Bestand hat sich seit dem letzten Speichern geändert. Alle {fit} Änderungen passen weiterhin."),
            format!("The existing conditions have changed since the scenario was saved. All {fit} edits still fit."),
        );
    }
    LocalText::new(
        format!(
            "Der Bestand hat sich seit dem letzten Speichern geändert. {fit} Änderungen passen weiterhin, {parked} nicht; diese bleiben im Szenario zurückgestellt."
        ),
        format!(
            "The existing conditions have changed since the scenario was saved. {fit} edits still fit, {parked} do not; these stay parked in the scenario."
        ),
    )
}

fn misfit_text(m: &Misfit) -> LocalText {
    LocalText::new(format!("„{}“: {}", m.step, m.why.de), format!("“{}”: {}", m.step, m.why.en))
}

fn recovered(done: usize, lost: usize) -> LocalText {
    let steps = if done == 1 { ["Schritt", "step"] } else { ["Schritte", "steps"] };
    let (mut de, mut en) = (
        format!(
            "Nicht gespeicherte Arbeit wurde aus dem Sicherungsprotokoll geholt: {done} {}.",
            steps[0]
        ),
        format!("Work that was not saved was recovered from the journal: {done} {}.", steps[1]),
    );
    if lost > 0 {
        let records = if lost == 1 {
            ["Eintrag war", "record"]
        } else {
            ["Einträge waren", "records"]
        };
        de += &format!(" {lost} {} nicht lesbar; das Protokoll bleibt als „.broken“ erhalten.", records[0]);
        en += &format!(" {lost} {} could not be read; the journal is kept as “.broken”.", records[1]);
    }
    LocalText::new(de, en)
}

fn no_journal(e: &std::io::Error) -> LocalText {
    LocalText::new(
        format!(
            "Das Sicherungsprotokoll lässt sich nicht schreiben ({e}). Bitte öfter speichern: Ein Absturz kostet, was nicht gespeichert ist."
        ),
        format!("The recovery journal cannot be written ({e}). Please save more often: a crash costs what is not saved."),
    )
}
