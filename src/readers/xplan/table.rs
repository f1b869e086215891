//! The objects of a document as layers: one for each object type and, where a type has points, lines and areas, one for each of these.

use super::{
    checks::{self, Fault},
    codes::CodeList,
    document::Document,
    join::Joins,
    measure::Measures,
    object::{Object, is_presentation},
};
use crate::{
    model::{Column, Finding, Geometries, GeometriesBuilder, GeometryKind, Level, LocalText, Table, Value},
    readers::{ReadError, VectorRequest, format::Source, gather::Gather, gml_geometry::Shape, printable},
};
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// One layer before it is built.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    /// Object type, with `/point`, `/line` or `/polygon` where it has several.
    pub(super) name: String,
    pub(super) kind: Arc<str>,
    pub(super) geometry: GeometryKind,
    /// Positions of its objects.
    pub(super) rows: Vec<usize>,
}

/// A layer's features.
pub(super) struct Built {
    pub(super) geometry: Geometries,
    pub(super) attributes: Table,
    pub(super) ids: Vec<Arc<str>>,
}

/// The document as layers.
pub(super) struct Layers<'a> {
    pub(super) document: &'a Document,
    pub(super) list: Vec<Layer>,
    /// Types none of whose objects has a geometry, with their number.
    pub(super) without: BTreeMap<Arc<str>, u64>,
    joins: Joins<'a>,
    measures: Measures<'a>,
    faults: Arc<Vec<Fault>>,
}

/// The order in which layers are offered: what frames the plan, what may be built, other areas, lines, points, and labels last.
fn rank(kind: &str, geometry: GeometryKind) -> u32 {
    match kind {
        _ if is_presentation(kind) => 7,
        _ if kind.ends_with("_Plan") => 0,
        _ if kind.ends_with("_Bereich") => 1,
        "BP_BaugebietsTeilFlaeche" | "FP_BebauungsFlaeche" => 2,
        "BP_UeberbaubareGrundstuecksFlaeche" => 3,
        _ => match geometry {
            GeometryKind::Polygon => 4,
            GeometryKind::Line => 5,
            GeometryKind::Point => 6,
        },
    }
}

fn word(geometry: GeometryKind) -> &'static str {
    match geometry {
        GeometryKind::Point => "point",
        GeometryKind::Line => "line",
        GeometryKind::Polygon => "polygon",
    }
}

impl<'a> Layers<'a> {
    pub(super) fn of(document: &'a Document, path: &Path) -> Self {
        let mut types: Vec<(Arc<str>, Vec<usize>)> = vec![];
        let mut at: BTreeMap<Arc<str>, usize> = BTreeMap::new();
        for (n, object) in document.objects.iter().enumerate() {
            let k = *at.entry(object.kind.clone()).or_insert_with(|| {
                types.push((object.kind.clone(), vec![]));
                types.len() - 1
            });
            types[k].1.push(n);
        }
        let (mut list, mut without) = (vec![], BTreeMap::new());
        for (kind, rows) in types {
            if rows.iter().all(|n| document.objects[*n].shape.is_none()) {
                without.insert(kind, rows.len() as u64);
                continue;
            }
            let geometry_of = |n: &usize| document.objects[*n].shape.as_ref().and_then(Shape::kind);
            let mut by: Vec<(GeometryKind, Vec<usize>)> = [GeometryKind::Polygon, GeometryKind::Line, GeometryKind::Point]
                .into_iter()
                .map(|g| (g, rows.iter().copied().filter(|n| geometry_of(n) == Some(g)).collect::<Vec<_>>()))
                .filter(|(_, rows)| !rows.is_empty())
                .collect();
            if by.is_empty() {
                by.push((GeometryKind::Polygon, vec![]));
            }
            // What has none is reported with the first.
            by[0].1.extend(rows.iter().copied().filter(|n| geometry_of(n).is_none()));
            by[0].1.sort_unstable();
            let several = by.len() > 1;
            list.extend(by.into_iter().map(|(geometry, rows)| Layer {
                name: if several {
                    format!("{kind}/{}", word(geometry))
                } else {
                    kind.to_string()
                },
                kind: kind.clone(),
                geometry,
                rows,
            }));
        }
        list.sort_by_key(|l| rank(&l.kind, l.geometry));
        let joins = Joins::new(document);
        let measures = Measures::new(document, &joins);
        let faults = checks::of_file(path, document, &joins);
        Self {
            document,
            list,
            without,
            joins,
            measures,
            faults,
        }
    }

    /// The layer asked for: by its name, by its object type, or the only one of the wanted kind.
    pub(super) fn choose(&self, source: &Source, request: &VectorRequest) -> Result<&Layer, ReadError> {
        let names = || self.list.iter().map(|l| l.name.clone()).collect::<Vec<_>>();
        let file = source.given.clone();
        let wanted = |l: &&Layer| request.kind.is_none_or(|k| k == l.geometry);
        if self.list.is_empty() {
            return Err(ReadError::NoLayers { file });
        }
        let Some(name) = &request.layer else {
            let fitting: Vec<&Layer> = self.list.iter().filter(wanted).collect();
            return match fitting[..] {
                [one] => Ok(one),
                _ => Err(ReadError::ChooseLayer { file, layers: names() }),
            };
        };
        let named: Vec<&Layer> = match self.list.iter().find(|l| l.name == *name) {
            Some(exact) => vec![exact],
            None => self.list.iter().filter(|l| *l.kind == **name).collect(),
        };
        match (named.iter().copied().find(wanted), named.first(), request.kind) {
            (Some(layer), _, _) => Ok(layer),
            (None, Some(other), Some(wanted)) => Err(ReadError::WrongKind {
                file,
                layer: name.clone(),
                wanted,
                found: other.geometry,
            }),
            _ => Err(ReadError::NoSuchLayer {
                file,
                layer: name.clone(),
                layers: names(),
            }),
        }
    }

    /// Findings about the plan's content that concern one object type, or all of them.
    pub(super) fn faults(&self, kind: Option<&str>) -> impl Iterator<Item = &Finding> {
        let concerns = move |f: &&Fault| kind.is_none_or(|k| f.types.iter().any(|t| **t == *k));
        self.faults.iter().filter(concerns).map(|f| &f.finding)
    }

    /// The plans of the document and their sections.
    pub(super) fn joins(&self) -> &Joins<'a> {
        &self.joins
    }

    /// The layer's features; what does not come through is reported.
    pub(super) fn build(&self, layer: &Layer, request: &VectorRequest, gather: &mut Gather) -> Built {
        let mut builder = GeometriesBuilder::new(layer.geometry);
        let mut kept: Vec<&Object> = vec![];
        for n in &layer.rows {
            let object = &self.document.objects[*n];
            if take(object, layer.geometry, request, &mut builder, gather) {
                kept.push(object);
            }
        }
        Built {
            geometry: builder.finish(),
            attributes: self.attributes(layer, &kept, gather),
            ids: kept.iter().map(|o| o.id.clone()).collect(),
        }
    }

    fn attributes(&self, layer: &Layer, objects: &[&'a Object], gather: &mut Gather) -> Table {
        let mut names: Vec<String> = vec![];
        let mut columns: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut unknown: BTreeMap<(String, String), u64> = BTreeMap::new();
        let major = self.document.version.0;
        for (row, object) in objects.iter().enumerate() {
            let mut put = |name: &str, value: Value| {
                let column = columns.entry(name.to_string()).or_insert_with(|| {
                    names.push(name.to_string());
                    vec![Value::Null; objects.len()]
                });
                column[row] = value;
            };
            let derived = self.measures.attributes(object, &self.joins);
            let own = object.attributes.iter().map(|(n, v)| (n.as_str(), v.clone()));
            for (name, value) in own.chain(derived) {
                let listed = name.strip_prefix("geltend_").unwrap_or(name);
                let words = CodeList::of(&layer.kind, listed, major)
                    .filter(|_| !value.is_null())
                    .map(|l| l.words(&value.to_string()));
                put(name, value);
                match words {
                    Some(Ok(words)) => put(&format!("{name}_text"), Value::Text(words.as_str().into())),
                    Some(Err(code)) => *unknown.entry((name.to_string(), code)).or_default() += 1,
                    None => {}
                }
            }
            if let Some(text) = self.joins.provisions(object) {
                put("textinhalt", Value::Text(text.as_str().into()));
            }
            for (name, value) in self.joins.attributes(object) {
                put(name, value);
            }
        }
        for ((attribute, code), n) in unknown {
            let code = printable(&code);
            gather.add(
                Finding::new(
                    "RD-129",
                    Level::Info,
                    format!("Attribut „{attribute}“: der Code „{code}“ steht nicht in der Codeliste dieser Version; er bleibt ohne Text."),
                    format!(
                        "attribute \"{attribute}\": the code \"{code}\" is not in the code list of this version; it stays without words."
                    ),
                )
                .count(n),
            );
        }
        let mut table = Table::default();
        for name in names {
            if let Some(values) = columns.get(&name) {
                table.set(&name, Column::from_values(values));
            }
        }
        table
    }
}

/// One object's geometry into the layer; false when it is left out, which is reported.
fn take(object: &Object, kind: GeometryKind, request: &VectorRequest, builder: &mut GeometriesBuilder, gather: &mut Gather) -> bool {
    let id = printable(&object.id);
    let mut note = |code: &str, dropped: bool, de: String, en: String| gather.feature(code, &id, dropped, LocalText::new(de, en));
    let Some(shape) = &object.shape else {
        note(
            "RD-003",
            true,
            "Objekt ohne Geometrie weggelassen.".into(),
            "feature without geometry left out.".into(),
        );
        return false;
    };
    if shape.not_numbers > 0 {
        note(
            "RD-006",
            true,
            "Koordinaten, die keine endlichen Zahlen sind oder nicht aufgehen: Objekt weggelassen.".into(),
            "coordinates that are no finite numbers or do not come out even: feature left out.".into(),
        );
        return false;
    }
    if let Some(what) = &shape.unknown {
        let what = printable(what);
        note(
            "RD-124",
            true,
            format!("Geometrie mit „{what}“, das nicht gelesen wird: Objekt weggelassen. Als Linienzug oder Kreisbogen exportieren."),
            format!("geometry with \"{what}\", which is not read: feature left out. Export it as lines or circular arcs."),
        );
        return false;
    }
    if shape.vertices() > request.max_feature_vertices {
        let limit = request.max_feature_vertices;
        note(
            "RD-005",
            true,
            format!("Objekt mit mehr als {limit} Stützpunkten weggelassen. Teilen oder vereinfachen."),
            format!("feature with more than {limit} vertices left out. Split or simplify it."),
        );
        return false;
    }
    let (mut parts, mut short) = (0, 0);
    match kind {
        GeometryKind::Point => {
            for p in &shape.points {
                builder.ring([*p]).end_part();
                parts += 1;
            }
        }
        GeometryKind::Line => {
            for line in shape.lines.iter().filter(|l| l.len() > 1) {
                builder.ring(line.iter().copied()).end_part();
                parts += 1;
            }
        }
        GeometryKind::Polygon => {
            for polygon in &shape.polygons {
                short += polygon.iter().filter(|r| r.len() < 4).count();
                if polygon.first().is_none_or(|r| r.len() < 4) {
                    continue;
                }
                for ring in polygon.iter().filter(|r| r.len() > 3) {
                    builder.ring(ring.iter().copied());
                }
                builder.end_part();
                parts += 1;
            }
        }
    }
    if short > 0 {
        let end = if parts == 0 {
            (
                " Vom Objekt bleibt nichts: weggelassen.",
                " Nothing remains of the feature: left out.",
            )
        } else {
            ("", "")
        };
        note(
            "RD-007",
            parts == 0,
            format!("{short} Ringe mit zu wenigen Stützpunkten weggelassen.{}", end.0),
            format!("{short} rings with too few vertices left out.{}", end.1),
        );
    } else if parts == 0 {
        note(
            "RD-003",
            true,
            "Objekt mit leerer Geometrie weggelassen.".into(),
            "feature with an empty geometry left out.".into(),
        );
    }
    if parts == 0 {
        return false;
    }
    builder.end_feature();
    let foreign = match kind {
        GeometryKind::Point => 0,
        GeometryKind::Line => shape.points.len(),
        GeometryKind::Polygon => shape.points.len() + shape.lines.len(),
    };
    let counted = |n: usize, de: &str, en: &str| (n > 0).then(|| (format!("{n} {de}"), format!("{n} {en}")));
    if let Some((de, en)) = counted(
        foreign,
        "Teile einer anderen Geometrieart weggelassen.",
        "parts of another geometry kind left out.",
    ) {
        note("RD-008", false, de, en);
    }
    if let Some((de, en)) = counted(shape.closed as usize, "offene Ringe geschlossen.", "open rings closed.") {
        note("RD-007", false, de, en);
    }
    let arcs = shape.broken_arcs as usize;
    if let Some((de, en)) = counted(
        arcs,
        "Kreisbögen, deren Punkte keinen Bogen ergeben: gerade verbunden. Im Plan prüfen.",
        "arcs whose positions make no arc: joined by straight lines. Check them in the plan.",
    ) {
        note("RD-123", false, de, en);
    }
    if let Some(name) = &object.second_geometry {
        let name = printable(name);
        note(
            "RD-008",
            false,
            format!("weitere Geometrie in „{name}“ wird nicht gelesen."),
            format!("a further geometry in \"{name}\" is not read."),
        );
    }
    true
}
