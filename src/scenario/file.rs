//! `*.scenario.json`: a plan as text that people can read, with the base it was drawn on. A newer file is refused and left untouched, an
//! older one is brought up to date step by step.

use super::{Edit, Step, text};
use crate::model::LocalText;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// The newest schema of the file.
///
/// 1: steps of edits with old and new, parked edits, base, author, notes.
pub const SCHEMA: u32 = 1;
/// The end of the name of every scenario file.
pub const EXTENSION: &str = ".scenario.json";
/// A larger file is no plan that somebody drew.
const MOST_BYTES: u64 = 256 << 20;

/// One step from an older schema to the next: entry `k` brings schema `k + 1` to `k + 2`.
type Migration = fn(Value) -> Value;
const MIGRATIONS: &[Migration] = &[];

/// The base that a plan was drawn on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaseStamp {
    /// Title of the project.
    pub project: String,
    /// blake3 over the hashes of all its data, hexadecimal.
    pub hash: String,
}

/// An edit that does not fit the base any more. It is kept, and tried again whenever the file is opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parked {
    /// Name of its step.
    pub step: String,
    /// The edit.
    pub edit: Edit,
    /// Why it did not fit, in German and English.
    #[schemars(with = "Both")]
    pub why: LocalText,
}

#[derive(JsonSchema)]
#[allow(dead_code, reason = "describes the file, is never built")]
struct Both {
    de: String,
    en: String,
}

/// A scenario file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Stadtschicht scenario")]
pub struct ScenarioFile {
    /// Schema of this file.
    pub schema: u32,
    /// Program that wrote it.
    #[serde(default)]
    pub program: String,
    /// Name of the variant.
    pub title: String,
    /// Who drew it.
    #[serde(default)]
    pub author: String,
    /// What it is for, in free words.
    #[serde(default)]
    pub notes: String,
    /// When it was begun, ISO 8601 in UTC.
    #[serde(default)]
    pub created: String,
    /// When it was last saved, ISO 8601 in UTC.
    #[serde(default)]
    pub changed: String,
    /// The variant that it was branched from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branched_from: Option<String>,
    /// Reference system of all coordinates ("EPSG:25833").
    pub crs: String,
    /// What it was drawn on.
    pub base: BaseStamp,
    /// What was done, in its order.
    pub steps: Vec<Step>,
    /// Edits that do not fit the base any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parked: Vec<Parked>,
}

/// Why a scenario cannot be opened or kept.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The operating system refuses.
    #[error("the scenario cannot be {}: {source}: {}", if *writing { "written" } else { "read" }, path.display())]
    File {
        /// File.
        path: PathBuf,
        /// True when saving.
        writing: bool,
        /// Reason.
        #[source]
        source: io::Error,
    },
    /// Not a scenario.
    #[error("line {line}, column {column}: {message}: {}", path.display())]
    Syntax {
        /// File.
        path: PathBuf,
        /// Counted from 1; 0 where it is the whole.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What the parser says.
        message: String,
    },
    /// Written by a newer program.
    #[error("the scenario has schema {found}, this program reads up to {known}; it is left untouched: {}", path.display())]
    Newer {
        /// File.
        path: PathBuf,
        /// Number in the file.
        found: u64,
        /// Highest number known.
        known: u32,
    },
    /// Too large to be a plan.
    #[error("the scenario has {mib} MiB, at most {most} are read: {}", path.display())]
    TooLarge {
        /// File.
        path: PathBuf,
        /// Its size.
        mib: u64,
        /// The bound.
        most: u64,
    },
    /// Drawn in another reference system.
    #[error("the scenario is drawn in {found}, the project in {wanted}: {}", path.display())]
    Crs {
        /// File.
        path: PathBuf,
        /// In the file.
        found: String,
        /// In the project.
        wanted: String,
    },
    /// Somebody else has it open.
    #[error("the scenario is open elsewhere ({by}): {}", path.display())]
    Locked {
        /// File.
        path: PathBuf,
        /// Who, where, since when.
        by: String,
    },
    /// Somebody else saved it since it was opened.
    #[error("the scenario was changed by someone else since it was opened: {}", path.display())]
    ChangedOnDisk {
        /// File.
        path: PathBuf,
    },
    /// There is one already.
    #[error("a scenario of that name exists already: {}", path.display())]
    Exists {
        /// File.
        path: PathBuf,
    },
    /// A name that leaves nothing for a file.
    #[error("\"{title}\" cannot be the name of a scenario")]
    Name {
        /// Asked for.
        title: String,
    },
    /// No scenario of that name.
    #[error("there is no scenario \"{name}\"; there are: {known}")]
    Unknown {
        /// Asked for.
        name: String,
        /// Names.
        known: String,
    },
    /// An edit does not fit.
    #[error(transparent)]
    Edit(#[from] super::EditError),
}

impl ScenarioError {
    /// What happened and what to do, for people.
    pub fn text(&self) -> LocalText {
        let (de, en) = match self {
            Self::File {
                path,
                writing: true,
                source,
            } => (
                format!(
                    "Das Szenario konnte nicht nach {} geschrieben werden ({source}). Es bleibt geöffnet und im Sicherungsprotokoll; bitte Schreibrecht und freien Platz prüfen oder an anderem Ort speichern.",
                    path.display()
                ),
                format!(
                    "The scenario could not be written to {} ({source}). It stays open and in the recovery journal; please check write permission and free space, or save elsewhere.",
                    path.display()
                ),
            ),
            Self::File { path, source, .. } => (
                format!(
                    "Das Szenario {} lässt sich nicht lesen ({source}). Bitte Pfad und Leserecht prüfen.",
                    path.display()
                ),
                format!(
                    "The scenario {} cannot be read ({source}). Please check path and read permission.",
                    path.display()
                ),
            ),
            Self::Syntax {
                path,
                line,
                column,
                message,
            } => (
                format!(
                    "{} ist kein lesbares Szenario: Zeile {line}, Spalte {column}: {message}. Die Datei bleibt, wie sie ist.",
                    path.display()
                ),
                format!(
                    "{} is no readable scenario: line {line}, column {column}: {message}. The file is left as it is.",
                    path.display()
                ),
            ),
            Self::Newer { path, found, known } => (
                format!(
                    "{} hat das Schema {found}, dieses Programm kennt nur {known}. Die Datei bleibt unberührt; bitte eine neuere Version verwenden.",
                    path.display()
                ),
                format!(
                    "{} has schema {found}, this program only knows {known}. The file is left untouched; please use a newer version.",
                    path.display()
                ),
            ),
            Self::TooLarge { path, mib, most } => (
                format!("{} ist {mib} MiB groß; gelesen werden höchstens {most} MiB.", path.display()),
                format!("{} has {mib} MiB; at most {most} MiB are read.", path.display()),
            ),
            Self::Crs { path, found, wanted } => (
                format!(
                    "{} ist in {found} gezeichnet, das Projekt in {wanted}. Bitte das Szenario aus dem Projekt mit {found} als GeoPackage ausgeben und hier einlesen.",
                    path.display()
                ),
                format!(
                    "{} is drawn in {found}, the project in {wanted}. Please export it as a GeoPackage from the project with {found} and import that here.",
                    path.display()
                ),
            ),
            Self::Locked { path, by } => (
                format!(
                    "{} ist gerade anderswo geöffnet ({by}). Dort schließen, oder hier eine Abzweigung anlegen.",
                    path.display()
                ),
                format!(
                    "{} is open elsewhere ({by}). Close it there, or branch from it here.",
                    path.display()
                ),
            ),
            Self::ChangedOnDisk { path } => (
                format!(
                    "{} wurde von anderer Seite geändert, seit es hier geöffnet ist. Nichts wurde überschrieben; bitte unter anderem Namen speichern und vergleichen.",
                    path.display()
                ),
                format!(
                    "{} was changed by someone else since it was opened here. Nothing was overwritten; please save under another name and compare.",
                    path.display()
                ),
            ),
            Self::Exists { path } => (
                format!("{} gibt es schon. Bitte einen anderen Namen wählen.", path.display()),
                format!("{} exists already. Please choose another name.", path.display()),
            ),
            Self::Name { title } => (
                format!("„{title}“ taugt nicht als Name. Bitte Buchstaben oder Ziffern verwenden."),
                format!("“{title}” does not make a name. Please use letters or digits."),
            ),
            Self::Unknown { name, known } => (
                format!("Ein Szenario „{name}“ gibt es nicht. Vorhanden sind: {known}."),
                format!("There is no scenario “{name}”. There are: {known}."),
            ),
            Self::Edit(e) => return e.text(),
        };
        LocalText::new(de, en)
    }
}

/// A file as it was read.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What it says.
    pub file: ScenarioFile,
    /// blake3 of its bytes, to see later whether somebody else changed it.
    pub disk: String,
}

/// Reads a scenario.
///
/// # Errors
/// When it cannot be read, is none, or is newer than this program. The file is left as it is.
pub fn read(path: &Path) -> Result<Opened, ScenarioError> {
    let failed = |source| ScenarioError::File {
        path: path.into(),
        writing: false,
        source,
    };
    // A pipe would keep the program waiting, and a huge file is not read to be refused.
    let there = std::fs::metadata(path).map_err(failed)?;
    if !there.is_file() {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "not a file")));
    }
    let too_large = |bytes: u64| ScenarioError::TooLarge {
        path: path.into(),
        mib: bytes >> 20,
        most: MOST_BYTES >> 20,
    };
    if there.len() > MOST_BYTES {
        return Err(too_large(there.len()));
    }
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = vec![];
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(Opened {
        file: parse(&bytes, path)?,
        disk: hash(&bytes),
    })
}

pub(super) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// A scenario from the bytes of a file; `path` is for the messages.
///
/// # Errors
/// As [`read`].
pub fn parse(bytes: &[u8], path: &Path) -> Result<ScenarioFile, ScenarioError> {
    parse_with(bytes, path, SCHEMA, MIGRATIONS)
}

/// Only the number, so that a newer file is named as such and not by its first unknown key.
#[derive(Deserialize)]
struct Number {
    schema: u64,
}

fn parse_with(bytes: &[u8], path: &Path, newest: u32, migrations: &[Migration]) -> Result<ScenarioFile, ScenarioError> {
    let syntax = |e: serde_json::Error| ScenarioError::Syntax {
        path: path.into(),
        line: e.line(),
        column: e.column(),
        message: crate::readers::printable(&e.to_string()),
    };
    // An editor on Windows may put a byte order mark in front.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let number: Number = serde_json::from_slice(bytes).map_err(syntax)?;
    if number.schema > u64::from(newest) {
        return Err(ScenarioError::Newer {
            path: path.into(),
            found: number.schema,
            known: newest,
        });
    }
    if number.schema == u64::from(newest) {
        return serde_json::from_slice(bytes).map_err(syntax);
    }
    let first = (number.schema as usize).checked_sub(1);
    let Some(rest) = first.and_then(|k| migrations.get(k..)) else {
        return Err(ScenarioError::Syntax {
            path: path.into(),
            line: 1,
            column: 1,
            message: format!("schema {}", number.schema),
        });
    };
    let mut value: Value = serde_json::from_slice(bytes).map_err(syntax)?;
    for migration in rest {
        value = migration(value);
    }
    if let Some(fields) = value.as_object_mut() {
        fields.insert("schema".into(), newest.into());
    }
    serde_json::from_value(value).map_err(syntax)
}

/// The file's text: one line a step's edit where it is short, coordinates never one a line.
///
/// # Errors
/// Never for a plan that passed its checks; a number that JSON cannot hold would be named.
pub fn to_text(file: &ScenarioFile) -> Result<String, serde_json::Error> {
    Ok(text::pretty(&serde_json::to_value(file)?))
}

/// Writes the file so that a reader sees the old content or the new one. Returns the hash of what is there now.
///
/// # Errors
/// When it cannot be written, or is no longer what `expected` says (`None`: there must be none). The old file then is as it was.
pub fn write(path: &Path, file: &ScenarioFile, expected: Option<&str>) -> Result<String, ScenarioError> {
    let failed = |source| ScenarioError::File {
        path: path.into(),
        writing: true,
        source,
    };
    match (std::fs::read(path), expected) {
        (Ok(bytes), Some(expected)) if hash(&bytes) == expected => {}
        (Ok(_), Some(_)) => return Err(ScenarioError::ChangedOnDisk { path: path.into() }),
        (Ok(_), None) => return Err(ScenarioError::Exists { path: path.into() }),
        // Somebody deleted it; what is open here is all there is.
        (Err(e), _) if e.kind() == io::ErrorKind::NotFound => {}
        (Err(e), _) => return Err(failed(e)),
    }
    let text = to_text(file).map_err(|e| failed(io::Error::other(e)))?;
    let write = || -> io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut out = atomic_write_file::AtomicWriteFile::open(path)?;
        out.write_all(text.as_bytes())?;
        out.commit()
    };
    write().map_err(failed)?;
    Ok(hash(text.as_bytes()))
}

/// The JSON Schema of the file, as text.
pub fn schema() -> String {
    let schema = schemars::schema_for!(ScenarioFile);
    text::pretty(schema.as_value())
}

/// The file of a title in a project folder.
///
/// # Errors
/// When nothing of the title can stand in a file name.
pub fn path_for(project: &Path, title: &str) -> Result<PathBuf, ScenarioError> {
    let mut name = String::new();
    for c in title.trim().to_lowercase().chars().take(80) {
        match c {
            'ä' => name.push_str("ae"),
            'ö' => name.push_str("oe"),
            'ü' => name.push_str("ue"),
            'ß' => name.push_str("ss"),
            c if c.is_ascii_alphanumeric() => name.push(c),
            _ if !name.is_empty() && !name.ends_with('-') => name.push('-'),
            _ => {}
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() {
        return Err(ScenarioError::Name { title: title.into() });
    }
    Ok(folder(project).join(format!("{name}{EXTENSION}")))
}

/// Where a project keeps its scenarios.
pub fn folder(project: &Path) -> PathBuf {
    project.join("scenarios")
}

/// Every scenario file of a project, by name.
pub fn list(project: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder(project)) else {
        return vec![];
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| {
            let name = p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            name.ends_with(EXTENSION) && !name.starts_with('.')
        })
        .collect();
    paths.sort();
    paths
}

/// The name of a scenario file without its ending.
pub fn short_name(path: &Path) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    name.strip_suffix(EXTENSION).map(str::to_owned).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> ScenarioFile {
        ScenarioFile {
            schema: SCHEMA,
            program: "stadtschicht 0".into(),
            title: "Quartier am Fluss".into(),
            author: "Stadtplanungsamt".into(),
            notes: "Entwurf A\nmit Kita".into(),
            created: "2026-01-01T00:00:00Z".into(),
            changed: "2026-01-01T00:00:00Z".into(),
            branched_from: None,
            crs: "EPSG:25833".into(),
            base: BaseStamp::default(),
            steps: vec![],
            parked: vec![],
        }
    }

    #[test]
    fn a_file_survives_a_round_and_nobody_elses_work_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = path_for(dir.path(), "  Quartier: Südliche Straße! ").unwrap();
        assert!(
            path.ends_with("scenarios/quartier-suedliche-strasse.scenario.json"),
            "{}",
            path.display()
        );
        let disk = write(&path, &file(), None).unwrap();
        let back = read(&path).unwrap();
        assert_eq!((back.file, back.disk == disk), (file(), true));
        assert_eq!(list(dir.path()), std::slice::from_ref(&path));
        assert!(matches!(write(&path, &file(), None), Err(ScenarioError::Exists { .. })));
        std::fs::write(&path, "somebody else").unwrap();
        assert!(matches!(
            write(&path, &file(), Some(&disk)),
            Err(ScenarioError::ChangedOnDisk { .. })
        ));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "somebody else");
        assert!(matches!(path_for(dir.path(), " ?! "), Err(ScenarioError::Name { .. })));
    }

    #[test]
    fn newer_files_are_refused_by_number_and_broken_ones_with_their_line() {
        let path = Path::new("x.scenario.json");
        let newer = br#"{"schema": 7, "title": 3, "novelty": []}"#;
        assert!(matches!(parse(newer, path), Err(ScenarioError::Newer { found: 7, .. })));
        let text = to_text(&file()).unwrap().replace("\"notes\"", "\"notizen\"");
        let error = parse(text.as_bytes(), path).unwrap_err();
        assert!(matches!(error, ScenarioError::Syntax { line: 6, .. }), "{error:?}");
        assert!(error.text().de.contains("notizen"), "{}", error.text().de);
        for bad in [
            "",
            "[]",
            "{}",
            "{\"schema\": 0}",
            "{\"schema\": -1}",
            "{\"schema\": 1.5}",
            "\u{0}",
            &"[".repeat(100_000),
        ] {
            assert!(parse(bad.as_bytes(), path).is_err(), "{bad:.10}");
        }
    }

    #[test]
    fn older_files_come_up_step_by_step() {
        fn rename(from: &str, to: &str, mut v: Value) -> Value {
            if let Some(o) = v.as_object_mut()
                && let Some(x) = o.remove(from)
            {
                o.insert(to.into(), x);
            }
            v
        }
        let steps: [Migration; 2] = [|v| rename("name", "caption", v), |v| rename("caption", "title", v)];
        let oldest = to_text(&file()).unwrap().replace("\"title\"", "\"name\"");
        let now = parse_with(oldest.as_bytes(), Path::new("x"), 3, &steps).unwrap();
        assert_eq!((now.title.as_str(), now.schema), ("Quartier am Fluss", 3));
        let middle = oldest.replace("\"name\"", "\"caption\"").replace("\"schema\": 1", "\"schema\": 2");
        assert_eq!(parse_with(middle.as_bytes(), Path::new("x"), 3, &steps).unwrap().title, now.title);
    }
}
