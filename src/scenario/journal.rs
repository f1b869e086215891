//! What was done since the last save, written as it is done: after a crash nothing is lost but what was half written. One record a line,
//! with a checksum; a torn last record is dropped and reported.

use super::{Lock, Step};
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The disk is asked to hold what was written at most this often; the system itself has it at once.
const SYNC: Duration = Duration::from_secs(1);

/// One record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// The first one: which scenario, and the file that the others go on from.
    Begin {
        /// The scenario file.
        scenario: PathBuf,
        /// Title of the scenario.
        title: String,
        /// blake3 of the file's bytes; nothing where it was never saved.
        disk: Option<String>,
    },
    /// A step was done.
    Done {
        /// The step.
        step: Step,
    },
    /// A step was taken back.
    Undone,
    /// The file is about to be written: where it has this hash, it holds everything up to here.
    Saving {
        /// blake3 of its bytes.
        disk: String,
    },
    /// Title or notes were changed.
    Told {
        /// New title.
        title: String,
        /// New notes.
        notes: String,
    },
}

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    synced: Instant,
}

/// What a journal holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The journal.
    pub path: PathBuf,
    /// Its records, the first is [`Record::Begin`].
    pub records: Vec<Record>,
    /// Lines that could not be read: a torn last one, and whatever came after a broken one.
    pub lost: usize,
}

impl Found {
    /// True when it holds work that no file has.
    pub fn holds_work(&self) -> bool {
        self.records.len() > 1
    }

    /// What no file has, for a file whose bytes hash to `disk`: the program may have ended between the file and the new journal, and the
    /// file then holds what the journal tells.
    pub fn beyond(self, disk: Option<&str>) -> Vec<Record> {
        let held = |r: &Record| matches!(r, Record::Saving { disk: at } if Some(at.as_str()) == disk);
        let first = self.records.iter().rposition(held).map_or(1, |k| k + 1);
        self.records.into_iter().skip(first).collect()
    }
}

/// Work on a scenario that no file has: a crash left it, or an end without saving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Title of the scenario.
    pub title: String,
    /// Its file, which need not be there yet.
    pub scenario: PathBuf,
    /// Steps, those that were taken back included.
    pub steps: usize,
}

/// What waits for a project in a folder of journals, by title. Scenarios that are open somewhere are left out: their work is under way.
pub fn waiting(folder: &Path, project: &Path) -> Vec<Waiting> {
    let whole = |p: &Path| std::path::absolute(p).unwrap_or_else(|_| p.into());
    let home = whole(&super::file::folder(project));
    let of = |found: Found| {
        let Some(Record::Begin { scenario, title, .. }) = found.records.first().cloned() else {
            return None;
        };
        if scenario.parent() != Some(&home) || Lock::held(&scenario) {
            return None;
        }
        let disk = std::fs::read(&scenario).ok().map(|bytes| super::file::hash(&bytes));
        let left = found.beyond(disk.as_deref());
        let steps = left
            .iter()
            .filter(|r| !matches!(r, Record::Begin { .. } | Record::Saving { .. }))
            .count();
        let told = left.iter().rev().find_map(|r| match r {
            Record::Told { title, .. } => Some(title.clone()),
            _ => None,
        });
        let title = crate::readers::printable(&told.unwrap_or(title));
        (steps > 0).then_some(Waiting { title, scenario, steps })
    };
    let mut out: Vec<Waiting> = all(folder).into_iter().filter_map(of).collect();
    out.sort_by(|a, b| a.title.cmp(&b.title));
    out
}

/// Where journals are kept by default: the folder of the program's data of this user.
pub fn default_folder() -> Option<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "stadtschicht")?;
    Some(dirs.data_local_dir().join("journal"))
}

/// The journal of a scenario file.
pub fn path_for(folder: &Path, scenario: &Path) -> PathBuf {
    let whole = std::path::absolute(scenario).unwrap_or_else(|_| scenario.into());
    let hash = blake3::hash(whole.as_os_str().as_encoded_bytes()).to_hex();
    folder.join(format!("{}.journal", &hash[..24]))
}

fn line(record: &Record) -> io::Result<String> {
    let text = serde_json::to_string(record).map_err(io::Error::other)?;
    let sum = blake3::hash(text.as_bytes()).to_hex();
    Ok(format!("{} {text}\n", &sum[..16]))
}

fn record(line: &str) -> Option<Record> {
    let (sum, text) = line.split_once(' ')?;
    let right = blake3::hash(text.as_bytes()).to_hex();
    if sum != &right[..16] {
        return None;
    }
    serde_json::from_str(text).ok()
}

impl Journal {
    /// Begins anew: from now on everything is in the scenario file that `begin` names. The old journal is replaced in one step.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn begin(path: &Path, records: &[Record]) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut out = atomic_write_file::AtomicWriteFile::open(path)?;
        for r in records {
            out.write_all(line(r)?.as_bytes())?;
        }
        out.commit()?;
        Ok(Self {
            file: OpenOptions::new().append(true).open(path)?,
            path: path.into(),
            synced: Instant::now(),
        })
    }

    /// Adds a record. When this returns, no end of the program loses it.
    ///
    /// # Errors
    /// When the disk is full or the file is gone.
    pub fn append(&mut self, r: &Record) -> io::Result<()> {
        self.file.write_all(line(r)?.as_bytes())?;
        if self.synced.elapsed() >= SYNC {
            self.file.sync_data()?;
            self.synced = Instant::now();
        }
        Ok(())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Reads a journal; `None` where there is none. A broken record ends it: what follows rests on what is missing.
pub fn find(path: &Path) -> Option<Found> {
    let bytes = std::fs::read(path).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let mut records = vec![];
    let mut lines = text.split_inclusive('\n').peekable();
    let mut lost = 0;
    while let Some(line) = lines.next() {
        match line.strip_suffix('\n').and_then(record) {
            Some(r) => records.push(r),
            None => {
                lost = 1 + lines.by_ref().count();
            }
        }
    }
    Some(Found {
        path: path.into(),
        records,
        lost,
    })
}

/// Journals with work in them, by name.
pub fn all(folder: &Path) -> Vec<Found> {
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "journal"));
    paths.sort();
    paths.iter().filter_map(|p| find(p)).filter(Found::holds_work).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin() -> Record {
        Record::Begin {
            scenario: "a.scenario.json".into(),
            title: "A".into(),
            disk: None,
        }
    }

    #[test]
    fn what_no_file_has_waits_until_it_is_open_or_saved() {
        let dir = tempfile::tempdir().unwrap();
        let (journals, project) = (dir.path().join("journals"), dir.path().join("town"));
        let scenario = project.join("scenarios/a.scenario.json");
        let path = path_for(&journals, &scenario);
        let begin = Record::Begin {
            scenario: scenario.clone(),
            title: "A\u{7}".into(),
            disk: None,
        };
        let mut journal = Journal::begin(&path, &[begin]).unwrap();
        let found = || waiting(&journals, &project);
        assert!(found().is_empty(), "nothing was done yet");
        journal.append(&Record::Undone).unwrap();
        assert_eq!((found().len(), found()[0].steps, &found()[0].scenario), (1, 1, &scenario));
        assert!(!found()[0].title.contains('\u{7}'), "{:?}", found());
        assert!(waiting(&journals, dir.path()).is_empty(), "another project's");

        let lock = Lock::take(&scenario).unwrap();
        assert!(found().is_empty(), "somebody works on it");
        drop(lock);
        std::fs::write(&scenario, "{}").unwrap();
        let disk = super::super::file::hash(b"{}");
        journal.append(&Record::Saving { disk }).unwrap();
        assert!(found().is_empty(), "the file holds it");
        journal.append(&Record::Undone).unwrap();
        assert_eq!(found()[0].steps, 1);
    }

    #[test]
    fn a_torn_record_is_dropped_and_a_broken_one_ends_the_journal() {
        let dir = tempfile::tempdir().unwrap();
        let path = path_for(dir.path(), Path::new("a.scenario.json"));
        let mut journal = Journal::begin(&path, &[begin()]).unwrap();
        assert!(!find(&path).unwrap().holds_work() && all(dir.path()).is_empty());
        let told = Record::Told {
            title: "B\n".into(),
            notes: "ü".into(),
        };
        journal.append(&told).unwrap();
        journal.append(&Record::Undone).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let found = find(&path).unwrap();
        assert_eq!((found.records.len(), found.lost), (3, 0));
        assert_eq!(found.records[1], told);
        assert_eq!(all(dir.path()), [found]);
        // Torn anywhere in the last record, the others are there.
        let last = whole.len() - line(&Record::Undone).unwrap().len();
        for end in last + 1..whole.len() {
            std::fs::write(&path, &whole[..end]).unwrap();
            let found = find(&path).unwrap();
            assert_eq!((found.records.len(), found.lost), (2, 1), "{end}");
        }
        // One bit in the middle.
        let mut bad = whole.clone();
        let first = line(&begin()).unwrap().len();
        bad[first + 30] ^= 1;
        std::fs::write(&path, &bad).unwrap();
        let found = find(&path).unwrap();
        assert_eq!((found.records.len(), found.lost), (1, 2));
        assert_eq!(find(Path::new("nowhere")), None);
    }
}
