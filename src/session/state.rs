//! One open project: the current snapshot and the commands that lead to the next one.

use super::{
    Command, SessionError, Snapshot,
    planning::{Desk, Origin},
    reviews,
};
use crate::{
    index::IndexedLayer,
    model::{Finding, Level, Review},
    progress::Control,
    project::City,
    rules::Evaluation,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// An open project. Commands replace the snapshot and never change one that somebody holds.
#[derive(Debug, Clone)]
pub struct Session {
    snapshot: Arc<Snapshot>,
    /// Conflicts whose review was changed here since it was last saved.
    touched: BTreeSet<String>,
    /// True when somebody decided something since; what opening alone found is written with the next save.
    decided: bool,
    /// Reviews as the project says, beneath those of an open scenario.
    pub(super) reviews: Arc<BTreeMap<String, Review>>,
    /// Scenarios.
    pub(super) desk: Desk,
}

impl Session {
    /// Opens a project and checks its rules. Takes as long as the data are large: call it off the window's thread.
    ///
    /// # Errors
    /// When the project as a whole cannot be opened, or the user cancelled. What is wrong with one slot or rule is in the reports.
    pub fn open(path: &std::path::Path, control: &Control) -> Result<Self, SessionError> {
        let city = crate::project::open(path, control).map_err(|source| SessionError::Project { source: Box::new(source) })?;
        if control.is_cancelled() {
            return Err(SessionError::Cancelled);
        }
        let evaluation = crate::rules::evaluate(&city, control);
        if control.is_cancelled() {
            return Err(SessionError::Cancelled);
        }
        Ok(Self::new(city, evaluation))
    }

    /// A session over a city that is already open and checked. Reviews come from the project folder; when they cannot be read, the
    /// project opens without them, says so in its report, and saving is refused until the file is in order.
    pub fn new(mut city: City, evaluation: Evaluation) -> Self {
        let path = reviews::path(&city.info.folder);
        let mut reviews = reviews::load(&path).unwrap_or_else(|error| {
            let text = error.text();
            city.report
                .push(Finding::new("SE-001", Level::Error, text.de, text.en).file("review.toml"));
            BTreeMap::new()
        });
        // Written with the next save: opening a project alone changes no file.
        let touched = reviews::follow(&mut reviews, &evaluation, &today());
        let (city, evaluation, reviews) = (Arc::new(city), Arc::new(evaluation), Arc::new(reviews));
        Self {
            desk: Desk::new(Origin {
                city: city.clone(),
                evaluation: evaluation.clone(),
            }),
            reviews: reviews.clone(),
            snapshot: Arc::new(Snapshot {
                generation: 1,
                city,
                evaluation,
                reviews,
                unsaved: false,
                planning: None,
            }),
            touched,
            decided: false,
        }
    }

    /// Takes over what was not saved yet in an older session of the same project, after its files changed.
    #[must_use]
    pub fn continuing(mut self, before: &Self) -> Self {
        let older = &before.snapshot;
        let reviews = Arc::make_mut(&mut self.reviews);
        for id in &before.touched {
            reviews.insert(id.clone(), before.reviews.get(id).cloned().unwrap_or_default());
        }
        let reviews = self.reviews.clone();
        self.advance(|s| {
            s.generation = s.generation.max(older.generation);
            s.reviews = reviews;
            let city = Arc::make_mut(&mut s.city);
            city.extra = older.city.extra.clone();
        });
        self.touched = before.touched.clone();
        self.decided = before.decided;
        self.take_over_scenario(before);
        self.show_unsaved();
        self
    }

    /// What is on the screen now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.clone()
    }

    /// Carries out a command and returns the new snapshot. After an error the session is as before.
    pub fn apply(&mut self, command: Command) -> Result<Arc<Snapshot>, SessionError> {
        match command {
            Command::SetStatus { conflict, status } => self.review(conflict, |r| r.status = status)?,
            Command::SetNote { conflict, note } => self.review(conflict, |r| r.note = note)?,
            Command::SetOffice { conflict, office } => self.review(conflict, |r| r.office = office)?,
            Command::Save => {
                let path = reviews::path(&self.snapshot.city.info.folder);
                // The scenario first: its file is the larger part of the work.
                self.desk.save()?;
                let saved = reviews::save(&path, &self.reviews, &self.touched)?;
                self.touched.clear();
                self.decided = false;
                self.reviews = Arc::new(saved);
                self.show_reviews();
            }
            Command::Scenario(command) => self.scenario(command, &Control::default())?,
            Command::AddFile(path) => {
                let layers = super::read_extra(&self.snapshot.city, &path, &Control::default())?;
                self.add_layers(layers);
            }
        }
        Ok(self.snapshot())
    }

    /// Puts files that were read with [`super::read_extra`] into the city, on top of the others. Rules never look at them.
    pub fn add_layers(&mut self, layers: Vec<IndexedLayer>) -> Arc<Snapshot> {
        self.advance(|s| {
            let city = Arc::make_mut(&mut s.city);
            for layer in layers {
                // The same file again replaces what it brought before.
                city.extra.retain(|l| l.layer.slot != layer.layer.slot);
                city.extra.push(layer);
            }
        });
        self.snapshot()
    }

    fn review(&mut self, conflict: String, change: impl FnOnce(&mut Review)) -> Result<(), SessionError> {
        let found = self.snapshot.evaluation.conflict(&conflict);
        if found.is_none() && !self.snapshot.reviews.contains_key(&conflict) {
            return Err(SessionError::UnknownConflict { conflict });
        }
        if self.desk.is_open() {
            return self.review_in_scenario(&conflict, change);
        }
        let before = self.reviews.get(&conflict);
        let mut after = before.cloned().unwrap_or_default();
        change(&mut after);
        if let Some(found) = found {
            after.rule.clone_from(&found.rule);
            after.subject.clone_from(&found.subject.label);
        }
        if before.cloned().unwrap_or_default() == after {
            return Ok(());
        }
        self.touched.insert(conflict.clone());
        self.decided = true;
        Arc::make_mut(&mut self.reviews).insert(conflict, after);
        self.show_reviews();
        Ok(())
    }

    /// True when the project's own reviews are not saved.
    pub(super) fn reviews_unsaved(&self) -> bool {
        self.decided
    }

    pub(super) fn advance(&mut self, change: impl FnOnce(&mut Snapshot)) {
        let next = Arc::make_mut(&mut self.snapshot);
        change(next);
        next.generation += 1;
    }
}

/// The day of the check in local time, ISO 8601.
fn today() -> String {
    jiff::Zoned::now().date().to_string()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        model::{Conflict, ConflictStatus, LocalText, Report, Severity},
        project::ProjectInfo,
    };

    pub(in crate::session) fn session(folder: &std::path::Path) -> Session {
        let city = City {
            info: Arc::new(ProjectInfo {
                folder: folder.into(),
                title: LocalText::same("Probe"),
                epsg: 25833,
                state: None,
                site: [0.0, 0.0],
                area_of_interest: None,
                views: vec![],
                groups: vec![],
                synthetic: true,
                derived: vec![],
                refills: vec![],
            }),
            modules: Arc::new(vec![]),
            slots: vec![],
            backdrops: vec![],
            extra: vec![],
            report: Report::default(),
        };
        let conflict = Conflict::sample("N1-a", Severity::Weigh, [0.0; 2]);
        let evaluation = Evaluation {
            conflicts: vec![Arc::new(conflict)],
            ..Evaluation::default()
        };
        Session::new(city, evaluation)
    }

    fn accept() -> Command {
        Command::SetStatus {
            conflict: "N1-a".into(),
            status: ConflictStatus::Accepted,
        }
    }

    #[test]
    fn a_review_is_unsaved_until_saved_and_there_again_after_opening() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(
            dir.path().join("review.toml"),
            "schema = 1\n[review.\"X-gone\"]\nnote = \"bleibt\"\n",
        )
        .unwrap();
        let mut s = session(dir.path());
        let before = s.snapshot();
        let after = s.apply(accept()).unwrap();
        assert!(after.unsaved && !before.unsaved && after.generation > before.generation);
        assert!(
            !before.reviews.contains_key("N1-a"),
            "a snapshot that somebody holds does not change"
        );
        assert_eq!(
            s.apply(accept()).unwrap().generation,
            after.generation,
            "the same status again is no change"
        );
        assert!(!s.apply(Command::Save).unwrap().unsaved);

        let again = session(dir.path()).snapshot();
        assert_eq!(again.reviews["N1-a"].status, ConflictStatus::Accepted);
        assert_eq!(
            again.reviews["X-gone"].note, "bleibt",
            "reviews of conflicts that are gone are kept"
        );
    }

    #[test]
    fn what_is_not_saved_survives_opening_the_project_anew() {
        let dir = tempfile::tempdir().unwrap();
        let mut s = session(dir.path());
        let before = s.apply(accept()).unwrap();
        let mut next = session(dir.path()).continuing(&s);
        let after = next.snapshot();
        assert!(after.unsaved && after.generation > before.generation);
        assert_eq!(after.reviews["N1-a"].status, ConflictStatus::Accepted);
        assert!(!next.apply(Command::Save).unwrap().unsaved);
        assert_eq!(session(dir.path()).snapshot().reviews["N1-a"].status, ConflictStatus::Accepted);
    }

    #[test]
    fn a_broken_review_file_is_reported_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("review.toml");
        std::fs::write(&file, "schema = 1\nfoo = 2\n").unwrap();
        let mut s = session(dir.path());
        assert_eq!(s.snapshot().city.report.findings[0].code, "SE-001");
        s.apply(accept()).unwrap();
        assert!(s.apply(Command::Save).is_err());
        assert!(s.snapshot().unsaved);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "schema = 1\nfoo = 2\n");
        let unknown = Command::SetNote {
            conflict: "nope".into(),
            note: String::new(),
        };
        assert!(matches!(s.apply(unknown), Err(SessionError::UnknownConflict { .. })));
    }
}
