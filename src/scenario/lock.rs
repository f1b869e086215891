//! One person at a time: a lock beside the scenario, with host, user and time. The operating system frees it when the program dies.

use super::ScenarioError;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

/// Held as long as it lives.
#[derive(Debug)]
pub struct Lock {
    /// The handle that the lock hangs on.
    file: File,
    path: PathBuf,
}

fn lock_path(path: &Path) -> PathBuf {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.lock"))
}

/// Letters of a lock file that are shown.
const SHOWN: u64 = 200;

impl Lock {
    /// Takes the lock of a scenario. `Ok(None)` where the folder cannot be written: then nobody saves there either.
    ///
    /// # Errors
    /// When somebody else holds it.
    pub fn take(path: &Path) -> Result<Option<Self>, ScenarioError> {
        let lock = lock_path(path);
        if let Some(folder) = lock.parent()
            && std::fs::create_dir_all(folder).is_err()
        {
            return Ok(None);
        }
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&lock);
        let Ok(mut file) = opened else { return Ok(None) };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut by = String::new();
                let _ = file.take(SHOWN).read_to_string(&mut by);
                return Err(ScenarioError::Locked {
                    path: path.into(),
                    by: crate::readers::printable(by.trim()),
                });
            }
            // A file system without locks; the check for foreign changes when saving still holds.
            Err(TryLockError::Error(_)) => return Ok(None),
        }
        let who = format!("{}@{}, {}\n", user(), host(), super::edit::now());
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(who.as_bytes()));
        Ok(Some(Self { file, path: lock }))
    }
}

impl Lock {
    /// True while somebody holds the lock of a scenario, here or elsewhere.
    pub fn held(path: &Path) -> bool {
        let opened = OpenOptions::new().read(true).write(true).open(lock_path(path));
        opened.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is still held: nobody else can have it open and lose it by this.
        let _ = std::fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// The name of the person at the machine, as the system knows it.
pub fn user() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
        .unwrap_or_else(|| "?".into())
}

fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = name.or_else(|| std::env::var("HOSTNAME").ok());
    name.map(|n| n.trim().to_owned())
        .filter(|n| !n.is_empty())
        .unwrap_or_else(|| "?".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_one_is_told_who_the_first_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.scenario.json");
        let first = Lock::take(&path).unwrap().unwrap();
        let Err(ScenarioError::Locked { by, .. }) = Lock::take(&path) else {
            panic!("taken twice")
        };
        assert!(by.contains('@') && by.contains(", 20"), "{by}");
        drop(first);
        assert!(std::fs::read_dir(dir.path()).unwrap().next().is_none());
        // What a program that died left behind hinders nobody.
        std::fs::write(lock_path(&path), "old@host").unwrap();
        assert!(Lock::take(&path).unwrap().is_some());
    }
}
