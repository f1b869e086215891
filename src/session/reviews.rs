//! `review.toml` in the project folder: status and note of conflicts by id. Reviews of conflicts that are gone are kept, because
//! a conflict comes back with the same id as soon as its data do.

use super::SessionError;
use crate::model::Review;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

/// The newest schema of `review.toml`.
const SCHEMA: u32 = 1;

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
    if let Some(found) = schema.schema.filter(|n| *n != SCHEMA) {
        return Err(SessionError::ReviewSchema {
            path: path.into(),
            found,
            known: SCHEMA,
        });
    }
    Ok(toml::from_str::<File>(&text).map_err(syntax)?.review)
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
    merged.retain(|_, review| *review != Review::default());
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
        Review { status, note: note.into() }
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
    fn unknown_keys_are_refused_with_their_line_and_newer_files_by_number() {
        let dir = tempfile::tempdir().unwrap();
        let file = path(dir.path());
        std::fs::write(&file, "schema = 1\n[review.\"N1-a\"]\nstatus = \"open\"\nnotiz = \"x\"\n").unwrap();
        let text = load(&file).unwrap_err().to_string();
        assert!(text.contains("line 4") && text.contains("notiz"), "{text}");

        std::fs::write(&file, "schema = 2\nsomething = 1\n").unwrap();
        assert!(matches!(load(&file), Err(SessionError::ReviewSchema { found: 2, .. })));
        std::fs::write(&file, "[review]\n").unwrap();
        assert!(load(&file).is_err(), "a file without a schema number is refused");

        // What could not be read is never overwritten.
        let before = std::fs::read(&file).unwrap();
        let mine = Reviews::from([("N1-a".to_string(), review(ConflictStatus::Resolved, ""))]);
        assert!(save(&file, &mine, &mine.keys().cloned().collect()).is_err());
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }
}
