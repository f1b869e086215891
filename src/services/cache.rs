//! What was fetched, kept in `cache/services/` of the project: one small description a source, and the answers themselves under the hash
//! of their bytes. A project opens from here without a network and says how old it is.
//!
//! The folder travels with the project, so nothing in it is trusted: names are hashes, the bytes must have that hash, and the answers
//! go through the same readers as any file.

use super::{Endpoint, ServiceError, ServiceSource};
use crate::model::LocalText;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    io::Write,
    path::{Path, PathBuf},
};

/// Where in the project folder.
pub const FOLDER: &str = "cache/services";
const SCHEMA: u32 = 1;
/// Kinds of answers that are kept.
const EXTENSIONS: [&str; 4] = ["gml", "geojson", "png", "jpg"];
/// A description is small; a larger file is something else.
const MOST_BYTES: u64 = 16 << 20;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Name in the folder: hash and extension.
    pub file: String,
    /// Features in it, or 0 for a picture.
    pub features: u64,
}

/// One tile of a picture in its own CRS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureTile {
    /// Which page.
    pub page: usize,
    /// West, south, east, north in the picture's CRS, easting or longitude first.
    pub bbox: [f64; 4],
}

/// What a picture is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureInfo {
    /// CRS of the tiles.
    pub epsg: u32,
    /// Units of that CRS a pixel.
    pub pixel: f64,
    /// The tiles.
    pub tiles: Vec<PictureTile>,
    /// Tiles that the server does not have.
    pub holes: u64,
}

/// The description of one fetched source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    schema: u32,
    /// Protocol and address.
    pub service: String,
    /// Layer asked for.
    pub layer: String,
    /// When, UTC, ISO 8601.
    pub retrieved: String,
    /// Box asked for: west, south, east, north in the project CRS. Nothing for the whole layer.
    pub area: Option<[f64; 4]>,
    /// CRS of `area`.
    pub epsg: u32,
    /// Features that the server says there are.
    pub matched: Option<u64>,
    /// Features that came.
    pub delivered: u64,
    /// Of these, features that had come before under the same id.
    pub repeated: u64,
    /// Attribution or access constraints in the server's own words.
    pub attribution: Option<String>,
    /// The answers, in order; those without a feature are left out.
    pub pages: Vec<Page>,
    /// For WMS and WMTS.
    pub picture: Option<PictureInfo>,
}

impl Entry {
    /// Whole days since retrieval.
    pub fn age_days(&self, now: Timestamp) -> Option<i64> {
        let then: Timestamp = self.retrieved.parse().ok()?;
        Some(((now.as_second() - then.as_second()) / 86_400).max(0))
    }

    /// The day of retrieval.
    pub fn day(&self) -> &str {
        self.retrieved.get(..10).unwrap_or(&self.retrieved)
    }

    /// Features that the server has and did not deliver.
    pub fn missing(&self) -> u64 {
        self.matched
            .unwrap_or(0)
            .saturating_sub(self.delivered - self.repeated.min(self.delivered))
    }

    /// One hash for all answers.
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for page in &self.pages {
            hasher.update(page.file.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// The name under which a source is kept: everything that changes the answer is in it.
fn key(source: &ServiceSource, endpoint: &Endpoint) -> String {
    let parts = [
        endpoint.kind.key().to_string(),
        endpoint.to_string(),
        source.layer.clone(),
        source.version.clone().unwrap_or_default(),
        source.format.clone().unwrap_or_default(),
        source.style.clone().unwrap_or_default(),
        format!("{:?} {} {:?}", source.reach, source.margin_m, source.resolution_m),
        source.geometry.clone().unwrap_or_default(),
        source.key.clone().unwrap_or_default(),
    ];
    blake3::hash(parts.join("\n").as_bytes()).to_hex().as_str()[..16].to_string()
}

fn fault(path: &Path, de: impl Into<String>, en: impl Into<String>) -> ServiceError {
    ServiceError::Cache {
        path: path.into(),
        why: LocalText::new(de, en),
    }
}

fn unwritable(path: &Path, e: &std::io::Error) -> ServiceError {
    fault(path, format!("nicht beschreibbar ({e})"), format!("cannot be written ({e})"))
}

fn plain(name: &str) -> bool {
    name.split_once('.')
        .is_some_and(|(stem, ext)| stem.len() == 64 && stem.bytes().all(|b| b.is_ascii_hexdigit()) && EXTENSIONS.contains(&ext))
}

/// What is kept of a source; `None` when it was never fetched.
///
/// # Errors
/// When the description is there and damaged, or an answer is missing or has other bytes than were fetched.
pub fn cached(folder: &Path, source: &ServiceSource) -> Result<Option<Entry>, ServiceError> {
    let endpoint = source.endpoint()?;
    let at = folder.join(FOLDER);
    let path = at.join(format!("{}.json", key(source, &endpoint)));
    match path.metadata() {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Ok(m) if m.is_file() && m.len() <= MOST_BYTES => {}
        _ => return Err(fault(&path, "ist keine Beschreibung", "is no description")),
    }
    let entry = read(&path)?;
    for page in &entry.pages {
        let name = &page.file;
        let file = at.join(name);
        if !plain(name) || !inside(folder, &file) {
            return Err(fault(&path, "nennt eine fremde Datei", "names a file of others"));
        }
        let mut hasher = blake3::Hasher::new();
        let hashed = std::fs::File::open(&file).and_then(|f| hasher.update_reader(f).map(|h| h.finalize().to_hex().to_string()));
        match hashed {
            Ok(hash) if name.starts_with(&hash) => {}
            Ok(_) => {
                return Err(fault(
                    &file,
                    "hat sich seit dem Abruf verändert und wird nicht benutzt",
                    "has changed since it was fetched and is not used",
                ));
            }
            Err(e) => return Err(fault(&file, format!("fehlt ({e})"), format!("is missing ({e})"))),
        }
    }
    Ok(Some(entry))
}

fn inside(folder: &Path, file: &Path) -> bool {
    match (folder.canonicalize(), file.canonicalize()) {
        (Ok(folder), Ok(file)) => file.starts_with(folder) && file.is_file(),
        // A file that is not there is said to be missing further down.
        _ => !file.is_symlink(),
    }
}

fn read(path: &Path) -> Result<Entry, ServiceError> {
    let text = std::fs::read_to_string(path).map_err(|e| fault(path, format!("unlesbar ({e})"), format!("unreadable ({e})")))?;
    let entry: Entry = serde_json::from_str(&text).map_err(|e| fault(path, format!("beschädigt ({e})"), format!("damaged ({e})")))?;
    if entry.schema != SCHEMA {
        return Err(fault(
            path,
            format!("hat das Schema {}, dieses Programm kennt {SCHEMA}", entry.schema),
            format!("has schema {}, this program knows {SCHEMA}", entry.schema),
        ));
    }
    let sane = entry.repeated <= entry.delivered && entry.pages.iter().map(|p| p.features).sum::<u64>() == entry.delivered;
    if !sane
        || entry
            .picture
            .as_ref()
            .is_some_and(|p| p.tiles.iter().any(|t| t.page >= entry.pages.len()))
    {
        return Err(fault(
            path,
            "beschädigt (die Zahlen passen nicht)",
            "damaged (the numbers do not fit)",
        ));
    }
    Ok(entry)
}

/// Takes answers while they come in, and keeps them once all are there.
#[derive(Debug)]
pub(super) struct Store {
    folder: PathBuf,
    key: String,
    entry: Entry,
}

impl Store {
    /// Nothing is visible before [`Self::keep`].
    pub fn new(
        project: &Path,
        source: &ServiceSource,
        endpoint: &Endpoint,
        epsg: u32,
        area: Option<[f64; 4]>,
    ) -> Result<Self, ServiceError> {
        let folder = project.join(FOLDER);
        std::fs::create_dir_all(&folder).map_err(|e| unwritable(&folder, &e))?;
        if !inside_folder(project, &folder) {
            return Err(fault(&folder, "liegt außerhalb des Projekts", "lies outside the project"));
        }
        Ok(Self {
            folder,
            key: key(source, endpoint),
            entry: Entry {
                schema: SCHEMA,
                service: format!("{} {endpoint}", endpoint.kind.name()),
                layer: source.layer.clone(),
                retrieved: String::new(),
                area,
                epsg,
                matched: None,
                delivered: 0,
                repeated: 0,
                attribution: None,
                pages: vec![],
                picture: None,
            },
        })
    }

    /// What will be kept.
    pub fn entry(&mut self) -> &mut Entry {
        &mut self.entry
    }

    /// Writes one answer; one without features is only counted.
    pub fn put(&mut self, bytes: &[u8], extension: &str, features: Option<u64>) -> Result<usize, ServiceError> {
        if features == Some(0) {
            return Ok(self.entry.pages.len());
        }
        let file = format!("{}.{extension}", blake3::hash(bytes).to_hex());
        let path = self.folder.join(&file);
        write(&path, bytes)?;
        let features = features.unwrap_or(0);
        self.entry.delivered += features;
        // The same empty sea twice is one file and one page.
        if let Some(at) = self.entry.pages.iter().position(|p| p.file == file && features == 0) {
            return Ok(at);
        }
        self.entry.pages.push(Page { file, features });
        Ok(self.entry.pages.len() - 1)
    }

    /// Writes the description and removes answers that no description names any more.
    pub fn keep(mut self) -> Result<Entry, ServiceError> {
        self.entry.retrieved = now().to_string();
        let path = self.folder.join(format!("{}.json", self.key));
        let text = serde_json::to_string_pretty(&self.entry).map_err(|e| fault(&path, e.to_string(), e.to_string()))?;
        write(&path, text.as_bytes())?;
        prune(&self.folder);
        Ok(self.entry)
    }
}

fn inside_folder(project: &Path, folder: &Path) -> bool {
    matches!((project.canonicalize(), folder.canonicalize()), (Ok(p), Ok(f)) if f.starts_with(&p))
}

/// The present second.
pub(super) fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default()
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), ServiceError> {
    let work = || -> std::io::Result<()> {
        let mut file = atomic_write_file::AtomicWriteFile::open(path)?;
        file.write_all(bytes)?;
        file.commit()
    };
    work().map_err(|e| unwritable(path, &e))
}

/// Answers that nobody names. While any description is unreadable nothing is removed.
fn prune(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let names: Vec<String> = entries.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    let mut named = BTreeSet::new();
    for name in names.iter().filter(|n| n.ends_with(".json")) {
        match read(&folder.join(name)) {
            Ok(entry) => named.extend(entry.pages.into_iter().map(|p| p.file)),
            Err(_) => return,
        }
    }
    for name in names.iter().filter(|n| plain(n) && !named.contains(*n)) {
        let _ = std::fs::remove_file(folder.join(name));
    }
}

/// The file of a page.
pub fn page_path(folder: &Path, page: &Page) -> PathBuf {
    folder.join(FOLDER).join(&page.file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::{ServiceKind, source::tests::source};

    fn store(dir: &Path, layer: &str, bytes: &[u8]) -> (ServiceSource, Entry) {
        let s = source(ServiceKind::Wfs, "https://geo.stadt.de/ows", layer);
        let e = s.endpoint().unwrap();
        let mut store = Store::new(dir, &s, &e, 25833, None).unwrap();
        store.put(bytes, "gml", Some(2)).unwrap();
        store.put(b"empty", "gml", Some(0)).unwrap();
        (s, store.keep().unwrap())
    }

    #[test]
    fn what_was_fetched_is_found_again_and_what_nobody_names_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let (a, entry) = store(dir.path(), "a", b"one");
        assert_eq!(cached(dir.path(), &a).unwrap(), Some(entry.clone()));
        assert_eq!((entry.pages.len(), entry.delivered, entry.age_days(now())), (1, 2, Some(0)));
        let old = page_path(dir.path(), &entry.pages[0]);
        let (b, other) = store(dir.path(), "b", b"two");
        let (_, newer) = store(dir.path(), "a", b"three");
        assert!(!old.exists(), "the answer before is gone");
        assert!(page_path(dir.path(), &other.pages[0]).exists() && page_path(dir.path(), &newer.pages[0]).exists());
        let mut c = b;
        c.layer = "c".into();
        assert_eq!(cached(dir.path(), &c).unwrap(), None);
    }

    #[test]
    fn changed_missing_and_foreign_files_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let (s, entry) = store(dir.path(), "a", b"one");
        let page = page_path(dir.path(), &entry.pages[0]);
        std::fs::write(&page, b"other").unwrap();
        assert!(cached(dir.path(), &s).unwrap_err().text().en.contains("changed since"));
        std::fs::remove_file(&page).unwrap();
        assert!(cached(dir.path(), &s).unwrap_err().text().en.contains("missing"));
        let description = dir.path().join(FOLDER).join(format!("{}.json", key(&s, &s.endpoint().unwrap())));
        let text = std::fs::read_to_string(&description).unwrap();
        for (from, to) in [
            (entry.pages[0].file.as_str(), "../../../etc/passwd"),
            ("\"schema\": 1", "\"schema\": 9"),
            ("\"delivered\": 2", "\"delivered\": 3"),
        ] {
            assert!(text.contains(from));
            std::fs::write(&description, text.replace(from, to)).unwrap();
            assert!(cached(dir.path(), &s).is_err(), "{to}");
        }
    }

    #[test]
    fn the_age_and_what_is_missing() {
        let dir = tempfile::tempdir().unwrap();
        let (_, mut e) = store(dir.path(), "a", b"one");
        e.retrieved = "2024-03-01T10:00:00Z".into();
        assert_eq!(e.age_days("2024-03-11T09:00:00Z".parse().unwrap()), Some(9));
        (e.delivered, e.repeated, e.matched) = (10, 3, Some(9));
        assert_eq!(e.missing(), 2);
        e.matched = None;
        assert_eq!(e.missing(), 0);
    }
}
