//! Named mappings: how a known kind of source (an OpenStreetMap extract, ALKIS in NAS form …) fills a slot. They are files of data, built in
//! from `assets/mappings/` or brought along in a project's own `mappings/` folder, and give a binding its layer, filter and attributes;
//! what the binding says itself wins.

use super::file::{AttributeSource, Binding, Shape};
use crate::{
    model::{Finding, Level, LocalText, SlotId},
    modules::Filter,
};
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path};

/// The newest schema of a mapping file that this program reads.
const SCHEMA: i64 = 1;

/// No mapping written by people comes near this size.
const MAX_BYTES: u64 = 1 << 18;

/// Most mappings of a project's own.
const MAX_OWN: usize = 1000;

static BUILTIN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets/mappings");

/// One mapping file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// `osm/buildings`: folder and file name.
    #[serde(skip)]
    pub name: String,
    #[serde(rename = "schema")]
    _schema: i64,
    /// Name for people.
    pub title: LocalText,
    /// The slot it is made for.
    pub slot: SlotId,
    /// The formats it reads, by driver name ("OSM", "NAS").
    pub drivers: Vec<String>,
    /// Where several would fill the same slot of a new project, the highest is bound: official data before volunteered ones.
    #[serde(default)]
    pub rank: i64,
    /// Publisher as to be quoted.
    #[serde(default)]
    pub source: Option<String>,
    /// Licence.
    #[serde(default)]
    pub licence: Option<String>,
    /// Attribution line.
    #[serde(default)]
    pub attribution: Option<String>,
    /// Stand-ins and derived data.
    #[serde(default)]
    pub unofficial: bool,
    /// The data stand for others that a city has and the source has not: bound only when asked for.
    #[serde(default)]
    pub stand_in: bool,
    /// What a user should know about data read this way.
    #[serde(default)]
    pub note: Option<LocalText>,
    /// Layers of the file that are read, one after another, into the slot.
    #[serde(rename = "layer")]
    pub layers: Vec<MappingLayer>,
}

/// One layer of the source.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingLayer {
    /// Layer in the file; may be left out when there is just one.
    #[serde(default)]
    pub name: Option<String>,
    /// CQL2 text over the source's attributes.
    #[serde(default)]
    pub filter: Option<FilterText>,
    /// Areas become points.
    #[serde(default, rename = "as")]
    pub shape: Option<Shape>,
    /// Slot attribute ← source.
    #[serde(default)]
    pub attributes: BTreeMap<String, AttributeSource>,
}

/// CQL2 text that has been parsed once, so that a mistake is found with its line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct FilterText(pub String);

impl TryFrom<String> for FilterText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match Filter::parse(&text) {
            Ok(_) => Ok(Self(text)),
            Err(e) => Err(format!("not valid CQL2 text: {e}")),
        }
    }
}

/// A mapping file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refused {
    line: usize,
    key: String,
    message: String,
}

fn parse(name: &str, text: &str) -> Result<Mapping, Refused> {
    let refused = |e: toml::de::Error| {
        let at = e.span().map_or(0, |s| s.start).min(text.len());
        let line = 1 + text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count();
        let key = text.lines().nth(line - 1).unwrap_or_default().split('=').next().unwrap_or_default();
        Refused {
            line,
            key: key.trim().trim_matches(['[', ']']).chars().take(60).collect(),
            message: e.message().trim().to_string(),
        }
    };
    #[derive(Deserialize)]
    struct Head {
        schema: i64,
    }
    // The number first: a newer file may hold keys that this program would call mistakes.
    let head: Head = toml::from_str(text).map_err(refused)?;
    let wrong = |key: &str, message: String| Refused {
        line: text.lines().position(|l| l.trim_start().starts_with(key)).map_or(1, |n| n + 1),
        key: key.into(),
        message,
    };
    if !(1..=SCHEMA).contains(&head.schema) {
        return Err(wrong(
            "schema",
            format!("{} is not a schema this program knows (1 to {SCHEMA})", head.schema),
        ));
    }
    let mut mapping: Mapping = toml::from_str(text).map_err(refused)?;
    if mapping.layers.is_empty() {
        return Err(wrong("layer", "a mapping needs at least one [[layer]]".into()));
    }
    if mapping.drivers.is_empty() {
        return Err(wrong("drivers", "a mapping names at least one driver".into()));
    }
    mapping.name = name.into();
    Ok(mapping)
}

/// `folder/name` of plain parts, so that a name never leaves its folder.
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    (1..=3).contains(&name.split('/').count()) && name.split('/').all(|p| !p.is_empty() && p.len() <= 64 && p.chars().all(plain))
}

fn builtin_files<'a>(dir: &'a Dir<'a>, out: &mut Vec<(String, &'a str)>) {
    for file in dir.files() {
        let name = file.path().to_str().and_then(|p| p.strip_suffix(".toml"));
        if let (Some(name), Some(text)) = (name, file.contents_utf8()) {
            out.push((name.replace('\\', "/"), text));
        }
    }
    for inner in dir.dirs() {
        builtin_files(inner, out);
    }
}

/// Every mapping that comes with the program, by name.
pub fn builtin_mappings() -> Vec<Mapping> {
    let mut files = vec![];
    builtin_files(&BUILTIN, &mut files);
    files.sort_unstable();
    // A test holds all of them to the schema; one that does not parse is not offered.
    files.iter().filter_map(|(name, text)| parse(name, text).ok()).collect()
}

fn own_names(folder: &Path) -> Vec<String> {
    fn walk(dir: &Path, prefix: &str, depth: usize, out: &mut Vec<String>) {
        let Ok(entries) = fs::read_dir(dir) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_dir = entry.file_type().is_ok_and(|t| t.is_dir());
            if is_dir && depth < 3 {
                walk(&entry.path(), &format!("{prefix}{name}/"), depth + 1, out);
            } else if let Some(stem) = name.strip_suffix(".toml").filter(|_| out.len() < MAX_OWN) {
                out.push(format!("{prefix}{stem}"));
            }
        }
    }
    let mut out = vec![];
    walk(&folder.join("mappings"), "", 1, &mut out);
    out.retain(|n| is_name(n));
    out.sort_unstable();
    out
}

/// The mapping of that name: a project's own wins over a built-in one.
fn find(name: &str, folder: &Path) -> Result<Mapping, Finding> {
    let own = folder.join("mappings").join(format!("{name}.toml"));
    let (file, text) = if is_name(name) && own.is_file() {
        let shown = format!("mappings/{name}.toml");
        let readable = own.metadata().is_ok_and(|m| m.len() <= MAX_BYTES);
        let inside = super::inside(folder, &shown).ok().filter(|_| readable);
        let text = inside.and_then(|path| fs::read_to_string(path).ok()).ok_or_else(|| {
            Finding::new(
                "PJ-161",
                Level::Error,
                format!("Die Zuordnungsdatei „{shown}“ ist nicht lesbar oder zu groß."),
                format!("the mapping file \"{shown}\" cannot be read or is too large."),
            )
        })?;
        (shown, text)
    } else {
        let path = format!("{name}.toml");
        let text = BUILTIN.get_file(&path).filter(|_| is_name(name)).and_then(|f| f.contents_utf8());
        let Some(text) = text else {
            let mut known: Vec<String> = own_names(folder);
            known.extend(builtin_mappings().into_iter().map(|m| m.name));
            let known = known.join(", ");
            let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
            return Err(Finding::new(
                "PJ-160",
                Level::Error,
                format!(
                    "Die Zuordnung „{name}“ liegt weder im Ordner mappings des Projekts noch ist sie eingebaut. Vorhanden sind: {known}."
                ),
                format!("the mapping \"{name}\" is neither in the project's folder mappings nor built in. There are: {known}."),
            ));
        };
        (path, text.to_string())
    };
    parse(name, &text).map_err(|e| {
        let Refused { line, key, message } = e;
        Finding::new(
            "PJ-161",
            Level::Error,
            format!("Zuordnungsdatei {file}, Zeile {line}, Schlüssel „{key}“: {message}"),
            format!("mapping file {file}, line {line}, key \"{key}\": {message}"),
        )
    })
}

/// What a binding stands for: itself, or one binding for each layer of its mapping with the keys given beside it on top.
///
/// # Errors
/// The finding, when the mapping is unknown or its file is wrong.
pub(super) fn expand(binding: &Binding, folder: &Path) -> Result<Vec<Binding>, Finding> {
    let Some(name) = &binding.mapping else {
        return Ok(vec![binding.clone()]);
    };
    let mapping = find(name, folder)?;
    // A layer named beside the mapping chooses among its layers, or replaces the only one.
    let chosen = |l: &&MappingLayer| binding.layer.is_none() || l.name == binding.layer || mapping.layers.len() == 1;
    let layers: Vec<&MappingLayer> = mapping.layers.iter().filter(chosen).collect();
    let layers = if layers.is_empty() { vec![&mapping.layers[0]] } else { layers };
    let part = layers.len() > 1;
    Ok(layers
        .into_iter()
        .map(|layer| {
            let mut b = binding.clone();
            b.part = part;
            b.layer = b.layer.or_else(|| layer.name.clone());
            b.filter = b.filter.or_else(|| layer.filter.as_ref().map(|f| f.0.clone()));
            b.shape = b.shape.or(layer.shape);
            for (attribute, from) in &layer.attributes {
                if !b.attributes.contains_key(attribute) {
                    b.attributes.insert(attribute.clone(), from.clone());
                    b.lenient.insert(attribute.clone());
                }
            }
            b.source = b.source.or_else(|| mapping.source.clone());
            b.licence = b.licence.or_else(|| mapping.licence.clone());
            b.attribution = b.attribution.or_else(|| mapping.attribution.clone());
            b.unofficial = b.unofficial.or(Some(mapping.unofficial));
            b
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules;

    const GOOD: &str = "schema = 1\ntitle = { de = \"A\", en = \"A\" }\nslot = \"a/b\"\ndrivers = [\"OSM\"]\nsource = \"S\"\nunofficial = true\n[[layer]]\nname = \"points\"\nfilter = \"x = 1\"\n[layer.attributes]\nuse = { value = \"m\" }\nname = \"n\"\n[[layer]]\nname = \"multipolygons\"\nas = \"points\"\n";

    fn binding(extra: &str) -> Binding {
        toml::from_str(&format!("slot = \"a/b\"\nfile = \"x.pbf\"\nmapping = \"own/b\"\n{extra}")).unwrap()
    }

    fn folder(text: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("mappings/own")).unwrap();
        fs::write(dir.path().join("mappings/own/b.toml"), text).unwrap();
        dir
    }

    #[test]
    fn every_builtin_mapping_fits_its_slot() {
        let modules: Vec<_> = modules::builtin_ids()
            .into_iter()
            .map(|id| modules::builtin(id).unwrap().unwrap())
            .collect();
        let mut files = vec![];
        builtin_files(&BUILTIN, &mut files);
        assert!(files.len() > 10);
        for (name, text) in files {
            let mapping = parse(&name, text).unwrap_or_else(|e| panic!("{name}: {e:?}"));
            assert!(is_name(&name), "{name}");
            let module = modules
                .iter()
                .find(|m| m.id == mapping.slot.module())
                .unwrap_or_else(|| panic!("{name}"));
            let slot = module
                .slots
                .iter()
                .find(|s| s.id == mapping.slot.slot())
                .unwrap_or_else(|| panic!("{name}: no slot {}", mapping.slot));
            for layer in &mapping.layers {
                for attribute in layer.attributes.keys() {
                    assert!(slot.attributes.iter().any(|a| a.name == *attribute), "{name}: {attribute}");
                }
                for required in slot.attributes.iter().filter(|a| a.required) {
                    assert!(layer.attributes.contains_key(&required.name), "{name} lacks {}", required.name);
                }
            }
        }
    }

    #[test]
    fn keys_beside_the_mapping_win() {
        let dir = folder(GOOD);
        let all = expand(&binding(""), dir.path()).unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].filter.as_deref(), all[0].source.as_deref()), (Some("x = 1"), Some("S")));
        assert_eq!(all[0].unofficial, Some(true));
        assert_eq!(
            (all[1].shape, all[1].layer.as_deref()),
            (Some(Shape::Points), Some("multipolygons"))
        );
        assert!(all[0].lenient.contains("name"));
        let one = expand(
            &binding("layer = \"points\"\nfilter = \"y = 2\"\nsource = \"T\"\nunofficial = false\nattributes = { name = \"m\" }\n"),
            dir.path(),
        )
        .unwrap();
        assert_eq!(one.len(), 1);
        let b = &one[0];
        assert_eq!(
            (b.filter.as_deref(), b.source.as_deref(), b.unofficial),
            (Some("y = 2"), Some("T"), Some(false))
        );
        assert_eq!(b.attributes["name"], AttributeSource::Name("m".into()));
        assert!(b.attributes.contains_key("use") && !b.lenient.contains("name"));
    }

    #[test]
    fn what_is_wrong_is_named_with_file_line_and_key() {
        for (from, to, words) in [
            ("source = ", "sauce = ", ["line 5", "sauce"]),
            ("x = 1", "x = = 1", ["line 9", "CQL2"]),
            ("schema = 1", "schema = 7", ["line 1", "schema"]),
            ("as = \"points\"", "as = \"lines\"", ["line 15", "as"]),
        ] {
            let dir = folder(&GOOD.replace(from, to));
            let f = expand(&binding(""), dir.path()).unwrap_err();
            assert!(f.code == "PJ-161" && words.iter().all(|w| f.text.en.contains(w)), "{}", f.text.en);
            assert!(f.text.en.contains("mappings/own/b.toml"), "{}", f.text.en);
        }
        for name in ["own/none", "../own/b", "/etc/passwd", "Own/B", ""] {
            let mut b = binding("");
            b.mapping = Some(name.into());
            let f = expand(&b, folder(GOOD).path()).unwrap_err();
            assert!(f.code == "PJ-160" && f.text.en.contains("own/b"), "{}", f.text.en);
        }
    }
}
