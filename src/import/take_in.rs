//! Takes a file into a project: copied into its folder where it lies outside, and bound in `project.toml` with every comment and
//! line of it kept. The project file is replaced in one step, after it has been read back as it would be read on opening.

use super::{CandidateLayer, Choice, Content, ImportError};
use crate::project::{self, AttributeSource, Binding, Measure, ProjectFile};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

/// Where files are copied to.
const FOLDER: &str = "data";

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenIn {
    /// The file's path in the project folder.
    pub file: String,
    /// True when it was copied there.
    pub copied: bool,
    /// Bindings of the same slot that were taken out.
    pub replaced: usize,
}

fn refused(project: &Path, message: &str) -> ImportError {
    ImportError::Refused {
        path: project.into(),
        message: message.into(),
    }
}

/// Changes the project file of `folder` with every comment and line of it kept, after `good` has seen what it would say before and after.
/// It is replaced in one step, or stays as it was.
pub(super) fn rewrite<T>(
    folder: &Path,
    change: impl FnOnce(&mut DocumentMut) -> Result<T, ImportError>,
    good: impl FnOnce(&ProjectFile, &ProjectFile, &T) -> bool,
) -> Result<T, ImportError> {
    let project = folder.join("project.toml");
    let wrong = |source| ImportError::Project { source: Box::new(source) };
    let text = fs::read_to_string(&project).map_err(|source| {
        wrong(project::ProjectError::Unreadable {
            path: project.clone(),
            source,
        })
    })?;
    // Also refuses a newer schema before anything is changed.
    let before = ProjectFile::parse(&text, &project).map_err(wrong)?;
    let mut document: DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| refused(&project, e.message()))?;
    let done = change(&mut document)?;
    let after = document.to_string();
    let read = ProjectFile::parse(&after, &project).map_err(wrong)?;
    if !good(&before, &read, &done) {
        return Err(refused(&project, "read back differently"));
    }
    replace(&project, &after)?;
    Ok(done)
}

/// Puts a text in the place of the project file, in one step.
pub(super) fn replace(project: &Path, text: &str) -> Result<(), ImportError> {
    let failed = |source| ImportError::Write {
        path: project.into(),
        source,
    };
    let mut out = atomic_write_file::AtomicWriteFile::open(project).map_err(failed)?;
    out.write_all(text.as_bytes()).map_err(failed)?;
    out.commit().map_err(failed)
}

/// The list of that name in the project file.
pub(super) fn list<'d>(document: &'d mut DocumentMut, folder: &Path, name: &str) -> Result<&'d mut ArrayOfTables, ImportError> {
    document
        .entry(name)
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or_else(|| refused(&folder.join("project.toml"), name))
}

/// Binds the file at `path` in the project of `folder`, as chosen for `layer`.
///
/// # Errors
/// When the choice names no slot, the file cannot be copied, or the project file cannot be changed. The project file is then as before.
pub fn take_in(folder: &Path, path: &Path, layer: &CandidateLayer, choice: &Choice) -> Result<TakenIn, ImportError> {
    let slot = choice
        .slot
        .as_ref()
        .ok_or_else(|| refused(&folder.join("project.toml"), "no slot"))?;
    let name = match &layer.content {
        Content::Grid(..) => None,
        // A mapping names its layers itself.
        _ if choice.mapping.is_some() => None,
        _ => layer.several.then(|| layer.name.clone()),
    };
    let change = |document: &mut DocumentMut| {
        let (file, copied) = bring_in(folder, path)?;
        let list = list(document, folder, "bind")?;
        let count = list.len();
        if choice.replace {
            list.retain(|t| t.get("slot").and_then(Item::as_str) != Some(&slot.0));
        }
        let replaced = count - list.len();
        list.push(entry(&slot.0, &file, name.as_deref(), choice));
        Ok(TakenIn { file, copied, replaced })
    };
    rewrite(folder, change, |before, after, taken| {
        let same = |b: &Binding| {
            b.slot == *slot && b.file.as_deref() == Some(taken.file.as_str()) && b.layer == name && b.attributes == choice.fields
        };
        after.bindings.len() + taken.replaced == before.bindings.len() + 1 && after.bindings.last().is_some_and(same)
    })
}

/// The `[[bind]]` table, its keys in the order in which the README has them.
fn entry(slot: &str, file: &str, layer: Option<&str>, choice: &Choice) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table["slot"] = value(slot);
    table["file"] = value(file);
    let crs = choice.crs.map(|epsg| format!("EPSG:{epsg}"));
    let texts = [
        ("mapping", choice.mapping.as_deref()),
        ("layer", layer),
        ("filter", choice.filter.as_deref()),
        ("as", choice.as_points.then_some("points")),
        ("crs", crs.as_deref()),
        ("coverage", choice.complete.then_some("area_of_interest")),
        ("source", choice.source.as_deref()),
        ("licence", choice.licence.as_deref()),
        ("data_date", choice.data_date.as_deref()),
    ];
    for (key, text) in texts {
        if let Some(text) = text.filter(|t| !t.trim().is_empty()) {
            table[key] = value(text.trim());
        }
    }
    if choice.unofficial {
        table["unofficial"] = value(true);
    }
    attributes(&mut table, &choice.fields);
    table
}

/// The `attributes` of a binding.
pub(super) fn attributes(table: &mut Table, fields: &BTreeMap<String, AttributeSource>) {
    if fields.is_empty() {
        return;
    }
    let mut inner = Table::new();
    for (field, source) in fields {
        inner[field] = Item::Value(written(source));
    }
    table["attributes"] = Item::Table(inner);
}

fn written(source: &AttributeSource) -> Value {
    match source {
        AttributeSource::Name(name) => name.as_str().into(),
        AttributeSource::Constant(v) => InlineTable::from_iter([("value", plain_value(v))]).into(),
        AttributeSource::First(list) => InlineTable::from_iter([("first", list.iter().map(written).collect::<Array>())]).into(),
        AttributeSource::Measure(m) => {
            let name = match m {
                Measure::AreaM2 => "area_m2",
                Measure::AreaHa => "area_ha",
            };
            InlineTable::from_iter([("measure", name)]).into()
        }
        AttributeSource::Cases { cases, default } => {
            let one = |(when, v): &(String, toml::Value)| {
                InlineTable::from_iter([("when", Value::from(when.as_str())), ("value", plain_value(v))])
            };
            let mut table = InlineTable::from_iter([("cases", Value::from(cases.iter().map(one).collect::<Array>()))]);
            if let Some(v) = default {
                table.insert("default", plain_value(v));
            }
            table.into()
        }
        AttributeSource::From(from) => {
            let mut table = InlineTable::from_iter([("from", Value::from(from.from.as_str()))]);
            if let Some(key) = &from.key {
                table.insert("key", key.as_str().into());
            }
            if !from.map.is_empty() {
                table.insert("map", InlineTable::from_iter(&from.map).into());
            }
            if from.keep {
                table.insert("keep", true.into());
            }
            if let Some(v) = &from.default {
                table.insert("default", plain_value(v));
            }
            if let Some(scale) = from.scale {
                table.insert("scale", scale.into());
            }
            table.into()
        }
    }
}

fn plain_value(v: &toml::Value) -> Value {
    match v {
        toml::Value::String(s) => s.as_str().into(),
        toml::Value::Integer(n) => (*n).into(),
        toml::Value::Float(x) => (*x).into(),
        toml::Value::Boolean(b) => (*b).into(),
        toml::Value::Datetime(d) => d.to_string().into(),
        toml::Value::Array(list) => list.iter().map(plain_value).collect::<Array>().into(),
        toml::Value::Table(t) => t.iter().map(|(k, v)| (k.as_str(), plain_value(v))).collect::<InlineTable>().into(),
    }
}

/// The path inside the project; a file from elsewhere is copied into it, beside what a shapefile or GML brings along.
fn bring_in(folder: &Path, path: &Path) -> Result<(String, bool), ImportError> {
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source: io::Error| ImportError::Write { path, source }
    };
    let root = folder.canonicalize().map_err(failed(folder))?;
    let from = path.canonicalize().map_err(failed(path))?;
    if let Ok(inside) = from.strip_prefix(&root) {
        let name = inside.to_string_lossy().replace('\\', "/");
        project::inside(folder, &name).map_err(|source| ImportError::Name { source })?;
        return Ok((name, false));
    }
    let target = root.join(FOLDER);
    fs::create_dir_all(&target).map_err(failed(&target))?;
    let stem = acceptable(&from.file_stem().unwrap_or_default().to_string_lossy());
    let end = from.extension().map(|e| acceptable(&e.to_string_lossy())).unwrap_or_default();
    for n in 1..1000 {
        let stem = if n == 1 { stem.clone() } else { format!("{stem}-{n}") };
        let name = if end.is_empty() { stem.clone() } else { format!("{stem}.{end}") };
        let to = target.join(&name);
        if to.exists() {
            // The same bytes are the same file; another of that name gets a number.
            if same_bytes(&from, &to) {
                return Ok((format!("{FOLDER}/{name}"), false));
            }
            continue;
        }
        fs::copy(&from, &to).map_err(failed(&to))?;
        for sibling in siblings(&from) {
            let end = sibling.extension().unwrap_or_default().to_string_lossy().into_owned();
            let to = target.join(format!("{stem}.{end}"));
            fs::copy(&sibling, &to).map_err(failed(&to))?;
        }
        let name = format!("{FOLDER}/{name}");
        project::inside(folder, &name).map_err(|source| ImportError::Name { source })?;
        return Ok((name, true));
    }
    Err(failed(&target)(io::ErrorKind::AlreadyExists.into()))
}

/// A name that may stand in a project.
fn acceptable(name: &str) -> String {
    let kept = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ' ' | '+' | '(' | ')');
    let name: String = name.chars().map(|c| if kept(c) { c } else { '_' }).collect();
    let name = name.trim_matches([' ', '.']).trim_start_matches('-');
    if name.is_empty() { "quelle".into() } else { name.into() }
}

/// Files that belong to this one: of a shapefile its table, index, projection and encoding; of GML its schema.
fn siblings(path: &Path) -> Vec<PathBuf> {
    let of = |end: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(end));
    let ends: &[&str] = if of("shp") {
        &["dbf", "shx", "prj", "cpg", "DBF", "SHX", "PRJ", "CPG"]
    } else if of("gml") {
        &["xsd"]
    } else {
        &[]
    };
    ends.iter().map(|e| path.with_extension(e)).filter(|p| p.is_file()).collect()
}

fn same_bytes(a: &Path, b: &Path) -> bool {
    let size = |p: &Path| p.metadata().map(|m| m.len()).ok();
    let hash = |p: &Path| -> io::Result<blake3::Hash> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(fs::File::open(p)?)?;
        Ok(hasher.finalize())
    };
    size(a).is_some() && size(a) == size(b) && matches!((hash(a), hash(b)), (Ok(x), Ok(y)) if x == y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{import::examine, progress::Control, project::FromSource};

    const PROJECT: &str = r#"# Eine Stadt
schema = 1
title = { de = "A", en = "A" }   # heißt so
crs = "EPSG:25833"
site = [387400.0, 5821000.0]
modules = ["social_infrastructure"]

# Kitas vom Jugendamt
[[bind]]
slot = "social_infrastructure/kitas"
file = "data/kitas.gpkg"
[bind.attributes]
places = "platz"   # nach Betriebserlaubnis

[[view]]
name = "x"
target = [1.0, 2.0]
distance_m = 100.0
heading_deg = 0.0
pitch_deg = 45.0
"#;

    struct Case {
        project: tempfile::TempDir,
        file: PathBuf,
        layer: CandidateLayer,
        _elsewhere: tempfile::TempDir,
    }

    fn case(name: &str) -> Case {
        let (project, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(project.path().join("project.toml"), PROJECT).unwrap();
        let file = elsewhere.path().join(name);
        let feature = r#"{"type":"Feature","properties":{"art":"Grundschule"},"geometry":{"type":"Point","coordinates":[13.3,52.5]}}"#;
        fs::write(&file, format!(r#"{{"type":"FeatureCollection","features":[{feature}]}}"#)).unwrap();
        let layer = examine(&file, &Control::default()).unwrap().layers.remove(0);
        Case {
            project,
            file,
            layer,
            _elsewhere: elsewhere,
        }
    }

    fn schools() -> Choice {
        let from = FromSource {
            from: "art".into(),
            map: BTreeMap::from([("Grundschule".to_string(), "primary".to_string())]),
            default: Some(toml::Value::String("other".into())),
            ..FromSource::default()
        };
        Choice {
            slot: Some("social_infrastructure/schools".into()),
            crs: Some(4326),
            fields: BTreeMap::from([("kind".to_string(), AttributeSource::From(from))]),
            complete: true,
            source: Some(" Schulamt ".into()),
            unofficial: true,
            ..Choice::default()
        }
    }

    #[test]
    fn the_binding_is_added_and_every_line_stays() {
        let c = case("Schulen & Horte.geojson");
        let done = take_in(c.project.path(), &c.file, &c.layer, &schools()).unwrap();
        assert_eq!(done.file, "data/Schulen _ Horte.geojson");
        assert!(done.copied && c.project.path().join(&done.file).is_file());
        let text = fs::read_to_string(c.project.path().join("project.toml")).unwrap();
        for line in PROJECT.lines() {
            assert!(text.contains(line), "{line:?} is gone:\n{text}");
        }
        let read = ProjectFile::parse(&text, Path::new("p")).unwrap();
        assert_eq!((read.bindings.len(), read.views.len()), (2, 1));
        let b = &read.bindings[1];
        assert_eq!(
            (b.crs.as_deref(), b.source.as_deref(), b.unofficial),
            (Some("EPSG:4326"), Some("Schulamt"), Some(true))
        );
        assert_eq!(b.attributes, schools().fields);
        assert_eq!(b.coverage, Some(project::CoverageSource::AreaOfInterest));
        // The same file again is not copied twice; another of the same name gets a number.
        let again = take_in(c.project.path(), &c.file, &c.layer, &schools()).unwrap();
        assert_eq!((again.file.as_str(), again.copied), (done.file.as_str(), false));
        fs::write(&c.file, r#"{"type":"FeatureCollection","features":[]}"#).unwrap();
        let other = take_in(c.project.path(), &c.file, &c.layer, &schools()).unwrap();
        assert_eq!(other.file, "data/Schulen _ Horte-2.geojson");
    }

    #[test]
    fn other_sources_of_the_slot_go_only_when_asked() {
        let c = case("kitas.geojson");
        let mut choice = Choice {
            slot: Some("social_infrastructure/kitas".into()),
            ..Choice::default()
        };
        assert_eq!(take_in(c.project.path(), &c.file, &c.layer, &choice).unwrap().replaced, 0);
        choice.replace = true;
        assert_eq!(take_in(c.project.path(), &c.file, &c.layer, &choice).unwrap().replaced, 2);
        let text = fs::read_to_string(c.project.path().join("project.toml")).unwrap();
        let read = ProjectFile::parse(&text, Path::new("p")).unwrap();
        assert_eq!(read.bindings.len(), 1);
        assert!(text.contains("[[view]]") && text.contains("# heißt so"));
    }

    #[test]
    fn a_project_that_is_not_understood_is_left_alone() {
        let c = case("kitas.geojson");
        let project = c.project.path().join("project.toml");
        for text in [PROJECT.replace("schema = 1", "schema = 99"), "schema = 1\nfoo = 2\n".into()] {
            fs::write(&project, &text).unwrap();
            assert!(take_in(c.project.path(), &c.file, &c.layer, &schools()).is_err());
            assert_eq!(fs::read_to_string(&project).unwrap(), text);
        }
        assert!(
            take_in(c.project.path(), &c.file, &c.layer, &Choice::default()).is_err(),
            "no slot, no binding"
        );
    }

    #[test]
    fn any_name_becomes_one_that_a_project_may_hold() {
        for (name, want) in [("a:b*c?.x", "a_b_c_.x"), ("-rf", "rf"), ("...", "quelle"), ("Größe 1", "Größe 1")] {
            assert_eq!(acceptable(name), want);
        }
    }
}
