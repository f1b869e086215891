//! `review.toml` in the project folder: what was decided about conflicts, by id. Reviews of conflicts that are gone are kept with
//! the date since when, because a conflict comes back with the same id as soon as its data do.

use super::SessionError;
use crate::{model::Review, rules::Evaluation};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

/// The newest schema of `review.toml`.
///
/// 1: status and note. 2: office, rule and subject for a conflict that is gone, and since when it is. A file of schema 1 is
/// read as it is, because whatever it lacks is empty, and becomes schema 2 when it is saved.
const SCHEMA: u32 = 2;

/// Reviews by conflict id.
pub(super) type Reviews = BTreeMap<String, Review>;

/// The shape of the file: `[review."N1-0123…"]` with `status` and `note`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    #[serde(default)]
    review: Reviews,
}

/// Only the number, so that a newer file is named as such and not by its first unknown key.
#[derive(Deserialize)]
struct Schema {
    schema: Option<u32>,
}

/// Where a project keeps its reviews.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join("review.toml")
}

/// Reads the reviews of a project; a project without the file has none.
pub(super) fn load(path: &Path) -> Result<Reviews, SessionError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Reviews::new()),
        Err(source) => {
            return Err(SessionError::ReviewFile {
                path: path.into(),
                writing: false,
                source,
            });
        }
    };
    let syntax = |e: toml::de::Error| SessionError::ReviewSyntax {
        path: path.into(),
        message: e.to_string().trim().to_string(),
    };
    let schema: Schema = toml::from_str(&text).map_err(syntax)?;
    if let Some(found) = schema.schema.filter(|n| !(1..=SCHEMA).contains(n)) {
        return Err(SessionError::ReviewSchema {
            path: path.into(),
            found,
            known: SCHEMA,
        });
    }
    Ok(toml::from_str::<File>(&text).map_err(syntax)?.review)
}

/// Compares reviews with what a check found on `today`: names what is reviewed, marks what is gone and unmarks what is back.
/// Returns the ids that changed.
pub(super) fn follow(reviews: &mut Reviews, evaluation: &Evaluation, today: &str) -> BTreeSet<String> {
    let mut changed = BTreeSet::new();
    for (id, review) in reviews.iter_mut().filter(|(_, r)| !r.is_blank()) {
        let before = review.clone();
        match evaluation.conflict(id) {
            Some(conflict) => {
                review.rule.clone_from(&conflict.rule);
                review.subject.clone_from(&conflict.subject.label);
                review.gone = None;
            }
            None => {
                review.gone.get_or_insert_with(|| today.to_owned());
            }
        }
        if *review != before {
            changed.insert(id.clone());
        }
    }
    changed
}

/// Writes the reviews of a project and returns what the file now says. Reviews that others wrote since are kept, unless the
/// same conflict was `touched` here.
pub(super) fn save(path: &Path, reviews: &Reviews, touched: &BTreeSet<String>) -> Result<Reviews, SessionError> {
    let mut merged = load(path)?;
    for id in touched {
        match reviews.get(id) {
            Some(review) => merged.insert(id.clone(), review.clone()),
            None => merged.remove(id),
        };
    }
    merged.retain(|_, review| !review.is_blank());
    let write = || -> std::io::Result<()> {
        let file = File {
            schema: SCHEMA,
            review: merged.clone(),
        };
        let text = toml::to_string_pretty(&file).map_err(std::io::Error::other)?;
        let mut out = atomic_write_file::AtomicWriteFile::open(path)?;
        out.write_all(text.as_bytes())?;
        out.commit()
    };
    write().map_err(|source| SessionError::ReviewFile {
        path: path.into(),
        writing: true,
        source,
    })?;
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ConflictStatus;

    fn review(status: ConflictStatus, note: &str) -> Review {
        Review {
            status,
            note: note.into(),
            ..Review::default()
        }
    }

    #[test]
    fn reviews_survive_a_round_and_keep_what_others_wrote() {
        let dir = tempfile::tempdir().unwrap();
        let file = path(dir.path());
        assert_eq!(load(&file).unwrap(), Reviews::new());

        let mine = Reviews::from([
            (
                "N1-a".to_string(),
                review(ConflictStatus::Accepted, "Lärmgutachten \"3\" liegt vor\nBlatt 2"),
            ),
            ("N1-b".to_string(), Review::default()),
        ]);
        let touched = mine.keys().cloned().collect();
        let after = save(&file, &mine, &touched).unwrap();
        assert_eq!(after.len(), 1, "a review that says nothing is not written");

        // Somebody else decides on another conflict while this session is open.
        let theirs = Reviews::from([("T1-z".to_string(), review(ConflictStatus::Resolved, ""))]);
        save(&file, &theirs, &BTreeSet::from(["T1-z".to_string()])).unwrap();
        let merged = save(&file, &mine, &touched).unwrap();
        assert_eq!(merged.keys().collect::<Vec<_>>(), ["N1-a", "T1-z"]);
        assert_eq!(load(&file).unwrap(), merged);
        assert_eq!(merged["N1-a"], mine["N1-a"]);
    }

    #[test]
    fn a_file_of_the_first_schema_is_read_and_becomes_the_second_when_saved() {
        let dir = tempfile::tempdir().unwrap();
        let file = path(dir.path());
        std::fs::write(&file, "schema = 1\n[review.\"N1-a\"]\nstatus = \"accepted\"\nnote = \"geprüft\"\n").unwrap();
        let old = load(&file).unwrap();
        assert_eq!(old["N1-a"], review(ConflictStatus::Accepted, "geprüft"));
        save(&file, &old, &BTreeSet::new()).unwrap();
        assert!(std::fs::read_to_string(&file).unwrap().starts_with("schema = 2\n"));
        assert_eq!(load(&file).unwrap(), old);
    }

    #[test]
    fn what_is_gone_keeps_its_first_date_and_loses_it_when_it_comes_back() {
        let mut reviews = Reviews::from([
            ("N1-a".to_string(), review(ConflictStatus::Mitigated, "Wand")),
            ("N1-blank".to_string(), Review::default()),
        ]);
        let nothing = Evaluation::default();
        assert_eq!(follow(&mut reviews, &nothing, "2026-03-01").len(), 1);
        assert!(follow(&mut reviews, &nothing, "2026-04-01").is_empty());
        assert_eq!(reviews["N1-a"].gone.as_deref(), Some("2026-03-01"));
        assert_eq!(reviews["N1-blank"], Review::default());
        let found = Evaluation {
            conflicts: vec![std::sync::Arc::new(crate::model::Conflict::sample(
                "N1-a",
                crate::model::Severity::Weigh,
                [0.0; 2],
            ))],
            ..Evaluation::default()
        };
        assert_eq!(follow(&mut reviews, &found, "2026-05-01").len(), 1);
        let back = &reviews["N1-a"];
        assert_eq!((back.gone.as_deref(), back.rule.as_str()), (None, "N1"));
        assert_eq!((back.status, back.note.as_str()), (ConflictStatus::Mitigated, "Wand"));
    }

    #[test]
    fn unknown_keys_are_refused_with_their_line_and_newer_files_by_number() {
        let dir = tempfile::tempdir().unwrap();
        let file = path(dir.path());
        std::fs::write(&file, "schema = 1\n[review.\"N1-a\"]\nstatus = \"open\"\nnotiz = \"x\"\n").unwrap();
        let text = load(&file).unwrap_err().to_string();
        assert!(text.contains("line 4") && text.contains("notiz"), "{text}");

        std::fs::write(&file, "schema = 3\nsomething = 1\n").unwrap();
        assert!(matches!(load(&file), Err(SessionError::ReviewSchema { found: 3, .. })));
        std::fs::write(&file, "[review]\n").unwrap();
        assert!(load(&file).is_err(), "a file without a schema number is refused");

        // What could not be read is never overwritten.
        let before = std::fs::read(&file).unwrap();
        let mine = Reviews::from([("N1-a".to_string(), review(ConflictStatus::Resolved, ""))]);
        assert!(save(&file, &mine, &mine.keys().cloned().collect()).is_err());
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }
}
