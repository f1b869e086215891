//! The shape of `project.toml`. Unknown keys are refused with line and column; a newer schema is refused untouched.

use super::{ProjectError, View, WeightGroup, mapping::FilterText};
use crate::{
    derive::Expression,
    model::{LocalText, SlotId},
    modules::RuleChange,
    services::ServiceSource,
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// The schema this program writes and the highest it reads.
pub const SCHEMA: i64 = 1;

/// `project.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectFile {
    /// Schema number.
    pub schema: i64,
    /// Title of the project.
    pub title: LocalText,
    /// `EPSG:25833`: any metric code.
    pub crs: String,
    /// Federal state ("ST").
    #[serde(default)]
    pub state: Option<String>,
    /// The data are invented.
    #[serde(default)]
    pub synthetic: bool,
    /// Reference point, project CRS.
    pub site: [f64; 2],
    /// Active modules in order.
    pub modules: Vec<String>,
    /// Where the project looks.
    #[serde(default)]
    pub area_of_interest: Option<AreaOfInterest>,
    /// Sources.
    #[serde(default, rename = "bind")]
    pub bindings: Vec<Binding>,
    /// Pictures of map services that lie on the ground, the lowest first.
    #[serde(default, rename = "backdrop")]
    pub backdrops: Vec<BackdropSource>,
    /// Named cameras.
    #[serde(default, rename = "view")]
    pub views: Vec<View>,
    /// Layers made of layers.
    #[serde(default, rename = "derive")]
    pub derived: Vec<Expression>,
    /// Whose weights are set side by side.
    #[serde(default, rename = "group")]
    pub groups: Vec<WeightGroup>,
    /// What the project changes about rules.
    #[serde(default, rename = "rule")]
    pub rules: Vec<RuleChange>,
}

/// Polygons of a file, or a box.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaOfInterest {
    /// Vector file inside the project folder.
    #[serde(default)]
    pub file: Option<String>,
    /// Layer in the file.
    #[serde(default)]
    pub layer: Option<String>,
    /// West, south, east, north in the project CRS.
    #[serde(default)]
    pub bbox: Option<[f64; 4]>,
}

/// One source bound to one slot. Several bindings may fill the same slot.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// `module/slot`.
    pub slot: SlotId,
    /// File inside the project folder; a binding has either this or `files`.
    #[serde(default)]
    pub file: Option<String>,
    /// Many tiles as one layer or grid: paths, or patterns with `*` in the last part (`"data/lod2/*.gml"`).
    #[serde(default)]
    pub files: Vec<String>,
    /// A service instead of a file.
    #[serde(default)]
    pub service: Option<ServiceSource>,
    /// A layer of `[[derive]]` instead of a file, by its id.
    #[serde(default)]
    pub derived: Option<String>,
    /// Named mapping that gives what is not said here: layer, filter, attributes, source.
    #[serde(default)]
    pub mapping: Option<String>,
    /// Layer in the file; may be left out when there is just one.
    #[serde(default)]
    pub layer: Option<String>,
    /// CQL2 text over the source's attributes.
    #[serde(default)]
    pub filter: Option<String>,
    /// Areas and lines become points.
    #[serde(default, rename = "as")]
    pub shape: Option<Shape>,
    /// Slot attribute ← source.
    #[serde(default)]
    pub attributes: BTreeMap<String, AttributeSource>,
    /// Tables joined by a key.
    #[serde(default, rename = "join")]
    pub joins: Vec<JoinSource>,
    /// CRS that replaces a missing or wrong one.
    #[serde(default)]
    pub crs: Option<String>,
    /// Text encoding of a shapefile ("ISO-8859-1").
    #[serde(default)]
    pub encoding: Option<String>,
    /// Where the absence of a feature means something.
    #[serde(default)]
    pub coverage: Option<CoverageSource>,
    /// Publisher.
    #[serde(default)]
    pub source: Option<String>,
    /// Licence.
    #[serde(default)]
    pub licence: Option<String>,
    /// Attribution line.
    #[serde(default)]
    pub attribution: Option<String>,
    /// Day the data describe.
    #[serde(default)]
    pub data_date: Option<String>,
    /// Model result, estimate or stand-in.
    #[serde(default)]
    pub unofficial: Option<bool>,
    /// Attributes that a mapping asked for: files of its kind may lack them.
    #[serde(skip)]
    pub lenient: BTreeSet<String>,
    /// One of several layers of a mapping: it may be empty without a word.
    #[serde(skip)]
    pub part: bool,
}

/// A picture of a map service under the layers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackdropSource {
    /// Short name, lower case, unique: `backdrop/<id>` in views.
    pub id: String,
    /// Name in the layer list.
    pub title: LocalText,
    /// WMS or WMTS.
    pub service: ServiceSource,
    /// Shown when the project opens.
    #[serde(default = "yes")]
    pub visible: bool,
    /// 0 to 1.
    #[serde(default = "full")]
    pub opacity: f32,
    /// Publisher.
    #[serde(default)]
    pub source: Option<String>,
    /// Licence.
    #[serde(default)]
    pub licence: Option<String>,
    /// Attribution line; without it, what the service itself asks for.
    #[serde(default)]
    pub attribution: Option<String>,
    /// Day the picture shows.
    #[serde(default)]
    pub data_date: Option<String>,
}

fn yes() -> bool {
    true
}

fn full() -> f32 {
    1.0
}

/// What becomes of areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A point inside each.
    Points,
}

/// A table (CSV, XLSX, ODS) whose rows belong to features by a key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinSource {
    /// Table file inside the project folder.
    pub file: String,
    /// Sheet of a workbook; may be left out when only one holds something.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Attribute of the layer's source that holds the key.
    pub key: String,
    /// Column of the table that holds the key; the same name as `key` where it is left out.
    #[serde(default)]
    pub table_key: Option<String>,
    /// Attribute ← column; without it, all columns under their own names.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Text encoding of a CSV ("windows-1252") where it is guessed wrong.
    #[serde(default)]
    pub encoding: Option<String>,
    /// Publisher.
    #[serde(default)]
    pub source: Option<String>,
    /// Licence.
    #[serde(default)]
    pub licence: Option<String>,
    /// Attribution line.
    #[serde(default)]
    pub attribution: Option<String>,
    /// Day the data describe.
    #[serde(default)]
    pub data_date: Option<String>,
    /// Model result, estimate or stand-in.
    #[serde(default)]
    pub unofficial: bool,
}

impl Binding {
    /// What the binding is called in messages: its file, its patterns, its service, or its slot.
    pub fn label(&self) -> String {
        match (&self.file, &self.service) {
            (None, Some(s)) => format!("{} {}", s.kind.name(), s.layer),
            (Some(file), _) => file.clone(),
            (None, None) if self.derived.is_some() => format!("{}/{}", crate::derive::MODULE, self.derived.as_deref().unwrap_or_default()),
            (None, None) if self.files.is_empty() => self.slot.to_string(),
            (None, None) => self.files.join(", "),
        }
    }
}

/// Where a slot's attribute comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeSource {
    /// A source attribute of another name.
    Name(String),
    /// A source attribute, looked up, translated or scaled.
    From(FromSource),
    /// The same value for every feature.
    Constant(toml::Value),
    /// The first filter that is true gives the value.
    Cases {
        /// CQL2 text and the value where it is true.
        cases: Vec<(String, toml::Value)>,
        /// Where none is.
        default: Option<toml::Value>,
    },
    /// The first of several that has a value.
    First(Vec<AttributeSource>),
    /// Measured on the feature itself.
    Measure(Measure),
}

/// What is measured on a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Square metres.
    AreaM2,
    /// Hectares.
    AreaHa,
}

/// `{ from = "…", key = "…", map = {…}, keep = …, default = …, scale = … }`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FromSource {
    /// Source attribute.
    pub from: String,
    /// Key inside an `other_tags` text of OpenStreetMap.
    pub key: Option<String>,
    /// Translation of values; others become `default`.
    pub map: BTreeMap<String, String>,
    /// Values that `map` does not name stay as they are.
    pub keep: bool,
    /// Used for unknown and untranslated values.
    pub default: Option<toml::Value>,
    /// Factor for numbers.
    pub scale: Option<f64>,
    /// Put before texts that do not begin with it ("31001_" before a building function).
    pub prefix: Option<String>,
}

/// `"area_of_interest"` or `{ file, layer }`.
#[derive(Debug, Clone, PartialEq)]
pub enum CoverageSource {
    /// Complete in the area of interest.
    AreaOfInterest,
    /// Complete in the polygons of a file.
    File {
        /// Vector file inside the project folder.
        file: String,
        /// Layer in the file.
        layer: Option<String>,
    },
}

// Both are "a text or a table". A hand-written visitor keeps the parser's own message and position, which an untagged enum loses.
impl<'de> Deserialize<'de> for AttributeSource {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Case {
            when: FilterText,
            value: toml::Value,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Spec {
            from: Option<String>,
            key: Option<String>,
            #[serde(default)]
            map: BTreeMap<String, String>,
            #[serde(default)]
            keep: bool,
            default: Option<toml::Value>,
            scale: Option<f64>,
            prefix: Option<String>,
            value: Option<toml::Value>,
            cases: Option<Vec<Case>>,
            first: Option<Vec<AttributeSource>>,
            measure: Option<Measure>,
        }
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = AttributeSource;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an attribute name, or a table with `from`, `value`, `cases`, `first` or `measure`")
            }
            fn visit_str<E: serde::de::Error>(self, s: &str) -> Result<AttributeSource, E> {
                Ok(AttributeSource::Name(s.into()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AttributeSource, A::Error> {
                let s = Spec::deserialize(MapAccessDeserializer::new(map))?;
                match (s.from, s.value, s.cases, s.first, s.measure) {
                    (Some(from), None, None, None, None) => Ok(AttributeSource::From(FromSource {
                        from,
                        key: s.key,
                        map: s.map,
                        keep: s.keep,
                        default: s.default,
                        scale: s.scale,
                        prefix: s.prefix,
                    })),
                    (None, Some(value), None, None, None) => Ok(AttributeSource::Constant(value)),
                    (None, None, Some(cases), None, None) => Ok(AttributeSource::Cases {
                        cases: cases.into_iter().map(|c| (c.when.0, c.value)).collect(),
                        default: s.default,
                    }),
                    (None, None, None, Some(first), None) => Ok(AttributeSource::First(first)),
                    (None, None, None, None, Some(measure)) => Ok(AttributeSource::Measure(measure)),
                    _ => Err(serde::de::Error::custom(
                        "exactly one of `from`, `value`, `cases`, `first` and `measure` is needed",
                    )),
                }
            }
        }
        d.deserialize_any(V)
    }
}

impl<'de> Deserialize<'de> for CoverageSource {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Spec {
            file: String,
            layer: Option<String>,
        }
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = CoverageSource;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("\"area_of_interest\" or a table with `file`")
            }
            fn visit_str<E: serde::de::Error>(self, s: &str) -> Result<CoverageSource, E> {
                if s == "area_of_interest" {
                    Ok(CoverageSource::AreaOfInterest)
                } else {
                    Err(E::invalid_value(serde::de::Unexpected::Str(s), &self))
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CoverageSource, A::Error> {
                let s = Spec::deserialize(MapAccessDeserializer::new(map))?;
                Ok(CoverageSource::File {
                    file: s.file,
                    layer: s.layer,
                })
            }
        }
        d.deserialize_any(V)
    }
}

impl ProjectFile {
    /// Parses the text of a `project.toml`; `path` is only for messages.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ProjectError> {
        let syntax = |e: toml::de::Error| {
            let at = e.span().map_or(0, |s| s.start).min(text.len());
            let before = text.get(..at).unwrap_or("");
            ProjectError::Syntax {
                path: path.into(),
                line: before.matches('\n').count() + 1,
                column: before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1,
                message: e.message().to_string(),
            }
        };
        // The number is looked at alone first: a newer file may hold keys that this program would call mistakes.
        #[derive(Deserialize)]
        struct Head {
            schema: i64,
        }
        let head: Head = toml::from_str(text).map_err(syntax)?;
        if head.schema > SCHEMA {
            return Err(ProjectError::NewerSchema {
                path: path.into(),
                found: head.schema,
                known: SCHEMA,
            });
        }
        toml::from_str(text).map_err(syntax)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "schema = 1\ntitle = { de = \"A\", en = \"A\" }\ncrs = \"EPSG:25833\"\nsite = [1.0, 2.0]\nmodules = []\n";

    fn parse(tail: &str) -> Result<ProjectFile, ProjectError> {
        ProjectFile::parse(&format!("{HEAD}{tail}"), Path::new("project.toml"))
    }

    #[test]
    fn attribute_sources_in_their_four_forms() {
        let f = parse(
            "[[bind]]\nslot = \"a/b\"\nfile = \"x.gpkg\"\ncoverage = \"area_of_interest\"\n[bind.attributes]\nuse = \"nutzung\"\nn = { value = 3 }\nk = { from = \"other_tags\", key = \"building:levels\", scale = 3.0 }\n",
        )
        .unwrap();
        let a = &f.bindings[0].attributes;
        assert_eq!(a["use"], AttributeSource::Name("nutzung".into()));
        assert_eq!(a["n"], AttributeSource::Constant(toml::Value::Integer(3)));
        assert!(matches!(&a["k"], AttributeSource::From(s) if s.key.as_deref() == Some("building:levels") && s.scale == Some(3.0)));
        assert_eq!(f.bindings[0].coverage, Some(CoverageSource::AreaOfInterest));
    }

    #[test]
    fn unknown_keys_are_named_with_their_line() {
        for (tail, line, word) in [
            ("[[bind]]\nslot = \"a/b\"\nfile = \"x\"\nfilder = \"y\"\n", 9, "filder"),
            (
                "[[bind]]\nslot = \"a/b\"\nfile = \"x\"\n[bind.attributes]\nuse = { form = \"x\" }\n",
                10,
                "form",
            ),
        ] {
            match parse(tail) {
                Err(ProjectError::Syntax { line: l, message, .. }) => assert!(l == line && message.contains(word), "{l}: {message}"),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_newer_schema_is_refused_before_its_keys_are_judged() {
        let text = HEAD.replace("schema = 1", "schema = 99") + "novelty = true\n";
        assert!(matches!(
            ProjectFile::parse(&text, Path::new("p")),
            Err(ProjectError::NewerSchema { found: 99, .. })
        ));
    }
}
