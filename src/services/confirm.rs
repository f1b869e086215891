//! Which endpoints a person has confirmed for which project folder. The list is kept in the user's own settings folder, never in the
//! project: a project that travels brings no permission with it.

use super::{Endpoint, ServiceError};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::{Path, PathBuf},
};

/// The confirmations of one person on one computer.
#[derive(Debug, Clone)]
pub struct Confirmations {
    path: PathBuf,
    list: File,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    /// Canonical project folder → endpoints.
    #[serde(default)]
    projects: BTreeMap<String, BTreeSet<String>>,
}

const SCHEMA: u32 = 1;

/// How an endpoint is written in the list: the protocol counts too.
fn entry(endpoint: &Endpoint) -> String {
    format!("{} {endpoint}", endpoint.kind.key())
}

fn folder_key(folder: &Path) -> Option<String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.canonicalize().ok()?.to_str().map(Into::into)
}

/// `STADTSCHICHT_CONFIG_DIR`, else the desktop's folder for settings.
fn file_path() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("STADTSCHICHT_CONFIG_DIR").filter(|f| !f.is_empty()) {
        return Some(PathBuf::from(folder).join("services.toml"));
    }
    directories::ProjectDirs::from("", "", "stadtschicht").map(|d| d.config_dir().join("services.toml"))
}

impl Confirmations {
    /// The list of this user. A missing file is an empty list.
    ///
    /// # Errors
    /// When the file is there and cannot be understood: then nothing counts as confirmed.
    pub fn load() -> Result<Self, ServiceError> {
        let path = file_path().ok_or_else(|| ServiceError::Confirmations {
            path: "services.toml".into(),
            reason: "HOME".into(),
        })?;
        Self::load_from(path)
    }

    /// The list in a certain file.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_from(path: PathBuf) -> Result<Self, ServiceError> {
        let fault = |reason: String| ServiceError::Confirmations {
            path: path.clone(),
            reason,
        };
        let list = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str::<File>(&text).map_err(|e| fault(e.message().to_string()))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => File::default(),
            Err(e) => return Err(fault(e.to_string())),
        };
        if list.schema > SCHEMA {
            return Err(fault(format!("schema {}", list.schema)));
        }
        Ok(Self { path, list })
    }

    /// Whether the endpoint was confirmed for the project in `folder`.
    pub fn allows(&self, folder: &Path, endpoint: &Endpoint) -> bool {
        folder_key(folder).is_some_and(|k| self.list.projects.get(&k).is_some_and(|e| e.contains(&entry(endpoint))))
    }

    /// Confirms endpoints for a project and writes the list.
    ///
    /// # Errors
    /// When the list cannot be written.
    pub fn allow<'a>(&mut self, folder: &Path, endpoints: impl IntoIterator<Item = &'a Endpoint>) -> Result<(), ServiceError> {
        let key = folder_key(folder).ok_or_else(|| self.fault("project folder"))?;
        let set = self.list.projects.entry(key).or_default();
        set.extend(endpoints.into_iter().map(entry));
        self.save()
    }

    /// Takes back a confirmation; false when there was none.
    ///
    /// # Errors
    /// When the list cannot be written.
    pub fn revoke(&mut self, folder: &Path, endpoint: &Endpoint) -> Result<bool, ServiceError> {
        let Some(key) = folder_key(folder) else { return Ok(false) };
        let was = self.list.projects.get_mut(&key).is_some_and(|e| e.remove(&entry(endpoint)));
        self.list.projects.retain(|_, e| !e.is_empty());
        self.save()?;
        Ok(was)
    }

    fn fault(&self, reason: impl ToString) -> ServiceError {
        ServiceError::Confirmations {
            path: self.path.clone(),
            reason: reason.to_string(),
        }
    }

    fn save(&mut self) -> Result<(), ServiceError> {
        self.list.schema = SCHEMA;
        let text = toml::to_string_pretty(&self.list).map_err(|e| self.fault(e))?;
        let write = || -> std::io::Result<()> {
            if let Some(folder) = self.path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let mut file = atomic_write_file::AtomicWriteFile::open(&self.path)?;
            file.write_all(text.as_bytes())?;
            file.commit()
        };
        write().map_err(|e| self.fault(e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::{ServiceKind, source::tests::source};

    #[test]
    fn a_confirmation_holds_for_one_folder_and_one_endpoint() {
        let (settings, a, b) = (
            tempfile::tempdir().unwrap(),
            tempfile::tempdir().unwrap(),
            tempfile::tempdir().unwrap(),
        );
        let path = settings.path().join("deep/services.toml");
        let at = |kind, url| source(kind, url, "l").endpoint().unwrap();
        let wfs = at(ServiceKind::Wfs, "https://geo.stadt.de/ows");
        let mut list = Confirmations::load_from(path.clone()).unwrap();
        assert!(!list.allows(a.path(), &wfs));
        list.allow(a.path(), [&wfs]).unwrap();
        let mut list = Confirmations::load_from(path.clone()).unwrap();
        assert!(list.allows(a.path(), &wfs) && !list.allows(b.path(), &wfs));
        for other in [
            at(ServiceKind::Wms, "https://geo.stadt.de/ows"),
            at(ServiceKind::Wfs, "http://geo.stadt.de/ows"),
            at(ServiceKind::Wfs, "https://geo.stadt.de:8443/ows"),
            at(ServiceKind::Wfs, "https://geo.stadt.de/other"),
            at(ServiceKind::Wfs, "https://evil.stadt.de/ows"),
        ] {
            assert!(!list.allows(a.path(), &other), "{other}");
        }
        assert!(list.revoke(a.path(), &wfs).unwrap() && !list.revoke(a.path(), &wfs).unwrap());
        assert!(!Confirmations::load_from(path).unwrap().allows(a.path(), &wfs));
    }

    #[test]
    fn an_unreadable_list_confirms_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("services.toml");
        for text in ["schema = 2\n", "nonsense", "schema = 1\nallow_all = true\n"] {
            std::fs::write(&path, text).unwrap();
            assert!(Confirmations::load_from(path.clone()).is_err(), "{text}");
        }
    }
}
