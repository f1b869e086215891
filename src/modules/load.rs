//! Reads module folders: from disk, and those that are compiled in.

use super::{IndicatorDef, ModuleDef, ModuleError, RuleDef, SlotDef, SourceFile, SuitabilityDef};
use crate::model::LocalText;
use include_dir::{Dir, include_dir};
use serde::{Deserialize, de::DeserializeOwned};
use std::{fs, path::Path};

/// The newest schema of `module.toml` and its rules that this program reads.
pub const SCHEMA: i64 = 1;

/// No definition written by people comes near this size.
const MAX_BYTES: u64 = 1 << 20;

static BUILTIN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets/modules");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModuleFile {
    #[serde(rename = "schema")]
    _schema: i64,
    title: LocalText,
    description: LocalText,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default, rename = "slot")]
    slots: Vec<SlotDef>,
}

/// Reads a module from a folder with `module.toml` and, if it has them, `rules/*.toml`, `indicators/*.toml` and
/// `suitability/*.toml`. The folder's name is the module's id.
///
/// # Errors
/// The first file that cannot be read, with line and key.
pub fn load(folder: &Path) -> Result<ModuleDef, ModuleError> {
    let id = folder
        .canonicalize()
        .ok()
        .and_then(|f| f.file_name().map(|n| n.to_string_lossy().into_owned()))
        .or_else(|| folder.file_name().map(|n| n.to_string_lossy().into_owned()))
        .unwrap_or_default();
    let module = read(&folder.join("module.toml"))?;
    let mut module = parse(&id, &module, &read_folder(&folder.join("rules"))?)?;
    module.indicators = indicators(&id, &read_folder(&folder.join("indicators"))?)?;
    module.suitability = suitability(&id, &read_folder(&folder.join("suitability"))?)?;
    Ok(module)
}

/// Name and text of every definition in a folder; nothing when there is none.
fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, ModuleError> {
    let mut files = vec![];
    if folder.is_dir() {
        let io = |source| ModuleError::Io {
            path: folder.to_path_buf(),
            source,
        };
        for entry in fs::read_dir(folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.extension().is_some_and(|e| e == "toml") {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.push((name, read(&path)?));
            }
        }
    }
    Ok(files)
}

fn read(path: &Path) -> Result<String, ModuleError> {
    let io = |source| ModuleError::Io {
        path: path.to_path_buf(),
        source,
    };
    let bytes = fs::metadata(path).map_err(io)?.len();
    if bytes > MAX_BYTES {
        return Err(ModuleError::TooLarge {
            path: path.to_path_buf(),
            bytes,
            limit: MAX_BYTES,
        });
    }
    fs::read_to_string(path).map_err(io)
}

/// The ids of the modules that come with the program, in alphabetical order.
pub fn builtin_ids() -> Vec<&'static str> {
    let mut ids: Vec<_> = BUILTIN.dirs().filter_map(|d| d.path().to_str()).collect();
    ids.sort_unstable();
    ids
}

/// A module that comes with the program; `None` when there is none of that id.
pub fn builtin(id: &str) -> Option<Result<ModuleDef, ModuleError>> {
    let folder = BUILTIN.dirs().find(|d| d.path().to_str() == Some(id))?;
    let text = |path: String| BUILTIN.get_file(path).and_then(|f| f.contents_utf8());
    let module = text(format!("{id}/module.toml")).unwrap_or_default();
    let files = |kind: &str| -> Vec<(String, String)> {
        folder
            .get_dir(format!("{id}/{kind}"))
            .into_iter()
            .flat_map(Dir::files)
            .filter(|f| f.path().extension().is_some_and(|e| e == "toml"))
            .filter_map(|f| Some((f.path().file_name()?.to_str()?.to_string(), f.contents_utf8()?.to_string())))
            .collect()
    };
    Some(parse(id, module, &files("rules")).and_then(|mut module| {
        module.indicators = indicators(id, &files("indicators"))?;
        module.suitability = suitability(id, &files("suitability"))?;
        Ok(module)
    }))
}

/// Makes indicators from the text of their files.
fn indicators(id: &str, files: &[(String, String)]) -> Result<Vec<IndicatorDef>, ModuleError> {
    let mut out = vec![];
    for (name, text) in files {
        let file = SourceFile::new(&format!("{id}/indicators/{name}"), text);
        let mut indicator: IndicatorDef = from_toml(&file)?;
        indicator.file = file;
        out.push(indicator);
    }
    out.sort_by(|a, b| natural(&a.id).cmp(&natural(&b.id)).then_with(|| a.file.name.cmp(&b.file.name)));
    Ok(out)
}

/// Makes a module from the text of its files; rules are `(file name, text)` in any order.
///
/// # Errors
/// The first file that cannot be used, with line and key.
pub fn parse(id: &str, module: &str, rules: &[(String, String)]) -> Result<ModuleDef, ModuleError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if id.is_empty() || !id.chars().all(plain) {
        return Err(ModuleError::Name { id: id.into() });
    }
    let file = SourceFile::new(&format!("{id}/module.toml"), module);
    check_schema(&file)?;
    let head: ModuleFile = from_toml(&file)?;
    let mut rules = rules
        .iter()
        .map(|(name, text)| {
            let file = SourceFile::new(&format!("{id}/rules/{name}"), text);
            let mut rule: RuleDef = from_toml(&file)?;
            rule.file = file;
            Ok(rule)
        })
        .collect::<Result<Vec<_>, ModuleError>>()?;
    rules.sort_by(|a, b| natural(&a.id).cmp(&natural(&b.id)).then_with(|| a.file.name.cmp(&b.file.name)));
    Ok(ModuleDef {
        id: id.into(),
        title: head.title,
        description: head.description,
        needs: head.needs,
        slots: head.slots,
        rules,
        indicators: vec![],
        suitability: vec![],
        file,
    })
}

/// Makes suitability definitions from the text of their files, in the order of their ids.
fn suitability(module: &str, files: &[(String, String)]) -> Result<Vec<SuitabilityDef>, ModuleError> {
    let one = |(name, text): &(String, String)| {
        let file = SourceFile::new(&format!("{module}/suitability/{name}"), text);
        let mut def: SuitabilityDef = from_toml(&file)?;
        def.file = file;
        Ok(def)
    };
    let mut defs = files.iter().map(one).collect::<Result<Vec<_>, ModuleError>>()?;
    defs.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(defs)
}

/// "B10" comes after "B4".
fn natural(id: &str) -> (String, u32, String) {
    let letters: String = id.chars().take_while(|c| !c.is_ascii_digit()).collect();
    let digits: String = id[letters.len()..].chars().take_while(char::is_ascii_digit).collect();
    let rest = id[letters.len() + digits.len()..].to_string();
    (letters, digits.parse().unwrap_or(0), rest)
}

/// Looks at the schema before anything else: a newer file is refused for its number, not for the first key that is unknown.
fn check_schema(file: &SourceFile) -> Result<(), ModuleError> {
    #[derive(Deserialize)]
    struct Head {
        schema: Option<toml::Value>,
    }
    let head: Head = from_toml(file)?;
    match head.schema.as_ref().and_then(toml::Value::as_integer) {
        Some(1..=SCHEMA) => Ok(()),
        _ => Err(ModuleError::Schema {
            file: file.name.to_string(),
            line: file.line_of(&["schema"]).max(1),
            found: head.schema.map_or_else(|| "(none)".into(), |v| v.to_string()),
            supported: SCHEMA,
        }),
    }
}

fn from_toml<T: DeserializeOwned>(file: &SourceFile) -> Result<T, ModuleError> {
    toml::from_str(&file.text).map_err(|e| {
        let line = e.span().map_or(1, |s| file.line_at(s.start));
        ModuleError::Content {
            file: file.name.to_string(),
            line,
            key: file.key_on(line),
            message: e.message().trim().to_string(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "schema = 1\ntitle = { de = \"A\", en = \"B\" }\ndescription = { de = \"C\", en = \"D\" }\n";

    #[test]
    fn every_builtin_module_loads() {
        let ids = builtin_ids();
        assert!(ids.len() >= 3, "{ids:?}");
        for id in ids {
            let module = builtin(id).unwrap().unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(module.id, id);
            assert!(!module.slots.is_empty());
        }
        assert!(builtin("no_such_module").is_none());
    }

    #[test]
    fn an_unknown_key_is_refused_with_file_line_and_key() {
        let text = format!("{HEAD}[[slot]]\nid = \"a\"\ntitle = {{ de = \"A\", en = \"B\" }}\ncolour = 3\n");
        let e = parse("m", &text, &[]).unwrap_err();
        let ModuleError::Content { file, line, key, message } = &e else {
            panic!("{e}")
        };
        assert_eq!((file.as_str(), *line, key.as_str()), ("m/module.toml", 7, "colour"));
        assert!(message.contains("unknown field `colour`"), "{message}");
        assert!(e.text().de.contains("unbekannter Schlüssel `colour`"), "{}", e.text().de);
    }

    #[test]
    fn a_newer_schema_is_refused_for_its_number() {
        let e = parse("m", "schema = 2\nnews = 1\n", &[]).unwrap_err();
        assert!(matches!(e, ModuleError::Schema { line: 1, .. }), "{e}");
        assert!(matches!(parse("m", "title = 1\n", &[]), Err(ModuleError::Schema { .. })));
        assert!(matches!(parse("Mein Modul", HEAD, &[]), Err(ModuleError::Name { .. })));
    }

    #[test]
    fn ids_sort_as_people_count() {
        let mut ids = ["B10", "N1N", "B4", "N1"];
        ids.sort_by_key(|id| natural(id));
        assert_eq!(ids, ["B4", "B10", "N1", "N1N"]);
    }
}
