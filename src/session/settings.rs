//! What the window remembers of a person from one start to the next: `settings.toml` in the user's configuration folder. A file that
//! cannot be read or written costs the memory and nothing else.

use crate::model::Language;
use serde::{Deserialize, Serialize};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

/// What is remembered. Keys of newer programs are kept out of the way, not refused: nothing here is worth an error.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Language chosen in the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The hint how to move was read.
    pub hint_read: bool,
    /// Dark appearance.
    pub dark: bool,
}

impl Settings {
    /// Where they are kept; `None` for users without a home.
    pub fn path() -> Option<PathBuf> {
        let dirs = directories::ProjectDirs::from("", "", "stadtschicht")?;
        Some(dirs.config_dir().join("settings.toml"))
    }

    /// As they were saved last; defaults where there is nothing readable.
    pub fn load() -> Self {
        Self::path().map(|p| Self::read(&p)).unwrap_or_default()
    }

    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        toml::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!(%error, path = %path.display(), "settings cannot be read");
            Self::default()
        })
    }

    /// Saves them for the next start.
    pub fn save(&self) {
        let Some(path) = Self::path() else { return };
        if let Err(error) = self.write(&path) {
            tracing::warn!(%error, path = %path.display(), "settings cannot be saved");
        }
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        write_toml(self, path)
    }
}

/// Writes a file of the user's own, in one step and with its folder.
pub(super) fn write_toml(value: &impl Serialize, path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let text = toml::to_string_pretty(value).map_err(io::Error::other)?;
    let mut out = atomic_write_file::AtomicWriteFile::open(path)?;
    out.write_all(text.as_bytes())?;
    out.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_a_round_and_broken_ones_cost_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/er/settings.toml");
        assert_eq!(Settings::read(&path), Settings::default());
        let mine = Settings {
            language: Some(Language::En),
            hint_read: true,
            dark: false,
        };
        mine.write(&path).unwrap();
        assert_eq!(Settings::read(&path), mine);
        std::fs::write(&path, "language = \"de\"\nnovelty = 3\n").unwrap();
        assert_eq!(Settings::read(&path).language, Some(Language::De));
        std::fs::write(&path, "language = 7\n").unwrap();
        assert_eq!(Settings::read(&path), Settings::default());
    }
}
