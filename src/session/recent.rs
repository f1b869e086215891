//! Which projects a person opened last: `recent.toml` in the user's state folder. A file that cannot be read or written costs the memory
//! and nothing else.

use super::settings::write_toml;
use crate::model::LocalText;
use serde::{Deserialize, Serialize};
use std::{
    io,
    path::{Path, PathBuf},
};

/// A project that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentProject {
    /// Its folder.
    pub folder: PathBuf,
    /// Its title at that time.
    pub title: LocalText,
    /// The day, ISO 8601 in local time.
    #[serde(default)]
    pub opened: String,
}

impl RecentProject {
    /// True when a project lies in the folder. Asks the file system, which may take its time for a folder on a server.
    pub fn is_there(&self) -> bool {
        self.folder.join("project.toml").is_file()
    }
}

/// The projects that were opened last, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecentProjects {
    /// At most [`Self::MOST`].
    #[serde(rename = "project")]
    pub list: Vec<RecentProject>,
}

impl RecentProjects {
    /// So many are remembered.
    pub const MOST: usize = 10;

    /// Where they are kept: the desktop's folder for state, or that for data where a system has none. `None` for users without a home.
    pub fn path() -> Option<PathBuf> {
        let dirs = directories::ProjectDirs::from("", "", "stadtschicht")?;
        let folder = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
        Some(folder.join("recent.toml"))
    }

    /// As they were saved last; none where there is nothing readable.
    pub fn load() -> Self {
        Self::path().map(|p| Self::read(&p)).unwrap_or_default()
    }

    /// Puts a project in front and saves. What another window wrote meanwhile is kept.
    pub fn opened(folder: &Path, title: &LocalText) -> Self {
        let day = jiff::Zoned::now().date().to_string();
        Self::change(|list| list.put(folder, title, &day))
    }

    /// Takes a project from the list and saves. The project itself is left alone.
    pub fn forget(folder: &Path) -> Self {
        Self::change(|list| list.list.retain(|p| p.folder != folder))
    }

    fn change(how: impl FnOnce(&mut Self)) -> Self {
        let Some(path) = Self::path() else { return Self::default() };
        let mut list = Self::read(&path);
        how(&mut list);
        if let Err(error) = list.write(&path) {
            tracing::warn!(%error, path = %path.display(), "recent projects cannot be saved");
        }
        list
    }

    fn put(&mut self, folder: &Path, title: &LocalText, day: &str) {
        // A relative path leads elsewhere with the next start, and a name that is no text cannot be written down.
        let Some(folder) = std::path::absolute(folder).ok().filter(|f| f.to_str().is_some()) else {
            return;
        };
        self.list.retain(|p| p.folder != folder);
        self.list.insert(
            0,
            RecentProject {
                folder,
                title: title.clone(),
                opened: day.into(),
            },
        );
        self.list.truncate(Self::MOST);
    }

    fn read(path: &Path) -> Self {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::default(),
            Err(error) => {
                tracing::warn!(%error, path = %path.display(), "recent projects cannot be read");
                return Self::default();
            }
        };
        let mut read: Self = toml::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!(%error, path = %path.display(), "recent projects cannot be read");
            Self::default()
        });
        read.list.truncate(Self::MOST);
        read
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        write_toml(self, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_once_and_ten_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/er/recent.toml");
        let mut list = RecentProjects::read(&path);
        assert!(list.list.is_empty());
        for k in 0..12 {
            list.put(&dir.path().join(k.to_string()), &LocalText::same(k.to_string()), "2026-01-01");
        }
        list.put(&dir.path().join("5"), &LocalText::same("anew"), "2026-02-01");
        let names: Vec<&str> = list.list.iter().map(|p| p.title.de.as_str()).collect();
        assert_eq!(names, ["anew", "11", "10", "9", "8", "7", "6", "4", "3", "2"]);
        list.write(&path).unwrap();
        assert_eq!(RecentProjects::read(&path), list);
        list.put(Path::new("beside"), &LocalText::default(), "2026-03-01");
        assert!(list.list[0].folder.is_absolute());
    }

    #[test]
    fn a_folder_without_a_project_is_missing_and_a_broken_list_costs_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut list = RecentProjects::default();
        list.put(dir.path(), &LocalText::default(), "");
        assert!(!list.list[0].is_there());
        std::fs::write(dir.path().join("project.toml"), "").unwrap();
        assert!(list.list[0].is_there());
        let path = dir.path().join("recent.toml");
        for broken in ["project = 3", "[[project]]\nfolder = 1", "\u{0}", "[[project"] {
            std::fs::write(&path, broken).unwrap();
            assert_eq!(RecentProjects::read(&path), RecentProjects::default(), "{broken}");
        }
        // A folder where the file should be: nothing is saved, nothing ends.
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert_eq!(RecentProjects::read(&path), RecentProjects::default());
        assert!(list.write(&path).is_err());
    }
}
