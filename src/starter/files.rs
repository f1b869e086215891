//! The files of an order: each is looked at and copied into the folder where the project grows, which becomes the project in one step.

use super::{SourceKind, StarterError, note};
use crate::{
    model::{Finding, Level},
    progress::Control,
    readers::{self, Inspection},
};
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

/// A file that is in the project now.
#[derive(Debug)]
pub(super) struct Source {
    pub kind: SourceKind,
    /// `data/name`.
    pub file: String,
    /// What the reader says about it; a table has none.
    pub inspection: Option<Inspection>,
}

/// The folder in which a project is built, beside the one it will be: it vanishes unless it is finished.
#[derive(Debug)]
pub(super) struct Workshop {
    folder: PathBuf,
    building: tempfile::TempDir,
}

impl Workshop {
    /// Refuses a folder that holds anything.
    pub fn new(folder: &Path) -> Result<Self, StarterError> {
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |source| StarterError::Folder { source, path }
        };
        match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
            Ok(true) => return Err(StarterError::NotEmpty { path: folder.into() }),
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed(folder)(e)),
            _ => {}
        }
        let parent = match folder.parent() {
            Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
            _ => PathBuf::from("."),
        };
        fs::create_dir_all(&parent).map_err(failed(&parent))?;
        let building = tempfile::Builder::new()
            .prefix(".stadtschicht-")
            .tempdir_in(&parent)
            .map_err(failed(&parent))?;
        let data = building.path().join("data");
        fs::create_dir(&data).map_err(failed(&data))?;
        Ok(Self {
            folder: folder.into(),
            building,
        })
    }

    pub fn path(&self) -> &Path {
        self.building.path()
    }

    /// Puts the project in its place. Renaming onto a folder that somebody has filled meanwhile fails and overwrites nothing.
    pub fn finish(self) -> Result<(), StarterError> {
        let failed = |source| StarterError::Folder {
            source,
            path: self.folder.clone(),
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Temporary folders are private, projects are as open as any folder.
            fs::set_permissions(self.building.path(), fs::Permissions::from_mode(0o755)).map_err(failed)?;
        }
        fs::rename(self.building.path(), &self.folder).map_err(failed)?;
        // Nothing is left to remove.
        let _ = self.building.keep();
        Ok(())
    }
}

/// A name that a project file may hold, as close to the given one as can be.
fn safe_name(path: &Path, taken: &BTreeSet<String>) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut name: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+') {
                c
            } else {
                '_'
            }
        })
        .collect();
    name = name.trim_start_matches(['.', '-']).trim_end_matches('.').to_string();
    if name.is_empty() {
        name = "datei".into();
    }
    let mut out = name.clone();
    let mut n = 2;
    while taken.contains(&out.to_lowercase()) {
        out = format!("{n}_{name}");
        n += 1;
    }
    out
}

/// Looks at every file and copies those that can be read.
pub(super) fn gather(
    files: &[(SourceKind, PathBuf)],
    dir: &Path,
    control: &Control,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Source>, StarterError> {
    let mut out = vec![];
    let mut taken = BTreeSet::new();
    for (k, (kind, path)) in files.iter().enumerate() {
        if control.is_cancelled() {
            return Err(StarterError::Cancelled);
        }
        let label: String = path.to_string_lossy().chars().filter(|c| !c.is_control()).take(200).collect();
        let fraction = 0.02 + 0.12 * k as f32 / files.len() as f32;
        control.report(format!("Sieht {label} an"), format!("looking at {label}"), fraction);
        let inspection = if *kind == SourceKind::Table {
            if !path.is_file() {
                findings.push(unused(&label, "die Datei fehlt", "the file is missing"));
                continue;
            }
            None
        } else {
            match readers::inspect(path) {
                Ok(inspection) => Some(inspection),
                Err(e) => {
                    let text = e.text();
                    findings.push(note("PJ-170", Level::Error, text.de, text.en).file(&label));
                    continue;
                }
            }
        };
        let name = safe_name(path, &taken);
        taken.insert(name.to_lowercase());
        let target = dir.join("data").join(&name);
        fs::copy(path, &target).map_err(|source| StarterError::Copy {
            source,
            path: path.clone(),
        })?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // The copy is the project's own, whatever the original allowed.
            let _ = fs::set_permissions(&target, fs::Permissions::from_mode(0o644));
        }
        out.push(Source {
            kind: *kind,
            file: format!("data/{name}"),
            inspection,
        });
    }
    Ok(out)
}

/// A file that no slot takes.
pub(super) fn unused(file: &str, de: &str, en: &str) -> Finding {
    note(
        "PJ-170",
        Level::Warning,
        format!("Die Datei bleibt ungenutzt: {de}."),
        format!("the file is not used: {en}."),
    )
    .file(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_what_a_project_may_hold() {
        let mut taken = BTreeSet::new();
        for (given, expected) in [
            ("/x/N49E011.hgt.zip", "N49E011.hgt.zip"),
            ("Häuser (neu).gml", "Häuser__neu_.gml"),
            ("-oo;rm.gml", "oo_rm.gml"),
            ("..", "datei"),
            ("häuser__neu_.GML", "2_häuser__neu_.GML"),
        ] {
            let name = safe_name(Path::new(given), &taken);
            assert_eq!(name, expected);
            taken.insert(name.to_lowercase());
        }
    }

    #[test]
    fn an_unfinished_project_leaves_nothing_and_a_full_folder_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("city");
        drop(Workshop::new(&folder).unwrap());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        let shop = Workshop::new(&folder).unwrap();
        fs::write(shop.path().join("project.toml"), "x").unwrap();
        // Somebody else was faster.
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("theirs"), "y").unwrap();
        assert!(shop.finish().is_err());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert!(matches!(Workshop::new(&folder), Err(StarterError::NotEmpty { .. })));
    }
}
