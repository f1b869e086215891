//! What would come of a choice: the same steps as when the project is opened, and nothing written.

use super::{Candidate, CandidateLayer, Content, Surroundings, Where};
use crate::{
    layers,
    model::{Bbox, Column, Finding, Geometries, GeometriesBuilder, Level, LocalText, Report, SlotId, Table},
    modules::{AttributeKind, SlotDef},
    progress::Control,
    project::{self, AttributeSource, Mapping, Shape},
    readers::{RawLayer, RawRaster},
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Distinct values named in a preview.
const SAMPLES: usize = 6;

/// What somebody decided about a layer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choice {
    /// The slot it fills; `None` shows it and no rule sees it.
    pub slot: Option<SlotId>,
    /// A named mapping that knows how this kind of file fills the slot; it gives layers, filter and fields.
    pub mapping: Option<String>,
    /// EPSG code that replaces what the file says.
    pub crs: Option<u32>,
    /// CQL2 text over the file's attributes.
    pub filter: Option<String>,
    /// Field ← source.
    pub fields: BTreeMap<String, AttributeSource>,
    /// Areas become points.
    pub as_points: bool,
    /// Nothing lies outside the features, within the area of interest.
    pub complete: bool,
    /// Other sources of the slot are taken out.
    pub replace: bool,
    /// Publisher.
    pub source: Option<String>,
    /// Licence.
    pub licence: Option<String>,
    /// Day the data describe.
    pub data_date: Option<String>,
    /// Model result, estimate or stand-in.
    pub unofficial: bool,
}

/// What would come of it.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Features in the project CRS, for the map; empty for grids.
    pub geometry: Option<Arc<Geometries>>,
    /// The box around everything, project CRS.
    pub extent: Bbox,
    /// Where it lies.
    pub place: Where,
    /// Features or cells that would come in.
    pub count: u64,
    /// The slot's fields.
    pub fields: Vec<FieldResult>,
    /// What is dropped, repaired or unknown on the way.
    pub report: Report,
    /// Why it cannot be taken in like this.
    pub refused: Option<LocalText>,
}

/// What would come of one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldResult {
    /// The field.
    pub field: String,
    /// Features with a value.
    pub filled: u64,
    /// Features without one.
    pub unknown: u64,
    /// Features whose value is in no code list or not of the type.
    pub misfits: u64,
    /// Distinct values in the order of their first use.
    pub samples: Vec<String>,
}

fn refusal(report: Report, findings: Vec<Finding>) -> Trial {
    let text = findings.iter().rev().find(|f| f.level == Level::Error).map(|f| f.text.clone());
    let mut report = report;
    report.findings.extend(findings);
    Trial {
        geometry: None,
        extent: Bbox::EMPTY,
        place: Where::Nowhere,
        count: 0,
        fields: vec![],
        report,
        refused: Some(text.unwrap_or_else(|| LocalText::new("Die Ebene lässt sich nicht lesen.", "The layer cannot be read."))),
    }
}

fn said(text: LocalText) -> Vec<Finding> {
    vec![Finding::new("PJ-012", Level::Error, text.de, text.en)]
}

/// One source as a binding would read it.
struct Part<'a> {
    raw: &'a RawLayer,
    filter: Option<&'a str>,
    fields: &'a BTreeMap<String, AttributeSource>,
    lenient: BTreeSet<String>,
    shape: Option<Shape>,
}

/// What came of one source.
struct Came {
    geometry: Geometries,
    attributes: Table,
    ids: Vec<Arc<str>>,
    fields: Vec<FieldResult>,
    report: Report,
    refused: Option<LocalText>,
}

/// Tries a choice for one layer of a file. `slot` is the definition of the chosen slot.
pub fn try_out(file: &Candidate, layer: usize, slot: Option<&SlotDef>, choice: &Choice, around: &Surroundings, control: &Control) -> Trial {
    let Some(of) = file.layers.get(layer) else {
        return refusal(Report::default(), vec![]);
    };
    let over = choice.crs.map(|epsg| format!("EPSG:{epsg}"));
    let unread = matches!(of.content, Content::Refused(_));
    if over.is_none() && of.declared_crs.is_none() && !unread {
        return refusal(of.report.clone(), said(unplaced()));
    }
    if let (Some(name), Some(slot)) = (&choice.mapping, slot) {
        return mapped(file, name, slot, over.as_deref(), around, control);
    }
    match &of.content {
        Content::Refused(why) => refusal(of.report.clone(), said(why.clone())),
        Content::Grid(raw, _) => grid(raw, over, around, control),
        Content::Features(_) => {
            let Some(part) = chosen(of, choice) else {
                return refusal(of.report.clone(), vec![]);
            };
            match one(&part, slot, over.as_deref(), around, control) {
                Ok(came) => joined(vec![came], around),
                Err(findings) => refusal(of.report.clone(), findings),
            }
        }
    }
}

/// What to do about a file that does not say where its numbers lie.
fn unplaced() -> LocalText {
    LocalText::new(
        "Die Datei nennt kein Koordinatensystem. Bitte eines aus der Liste wählen oder den EPSG-Code eintragen; die Karte zeigt, wohin es führt.",
        "The file names no coordinate system. Please choose one from the list or enter its EPSG code; the map shows where it leads.",
    )
}

/// Cells brought into the project CRS.
fn grid(raw: &RawRaster, over: Option<String>, around: &Surroundings, control: &Control) -> Trial {
    let mut raw = raw.clone();
    raw.crs = over.or(raw.crs);
    let report = raw.report.clone();
    match layers::raster_to_project(raw, &around.crs, None, control) {
        Err(e) => refusal(report, said(e.text())),
        Ok(raster) => {
            let extent = raster.extent();
            Trial {
                geometry: None,
                extent,
                place: around.locate(&[extent]),
                count: raster.values.iter().filter(|v| !v.is_nan()).count() as u64,
                fields: vec![],
                report,
                refused: None,
            }
        }
    }
}

/// Every layer that the mapping reads, one after another.
fn mapped(file: &Candidate, name: &str, slot: &SlotDef, over: Option<&str>, around: &Surroundings, control: &Control) -> Trial {
    let Some(mapping) = project::builtin_mappings().into_iter().find(|m| m.name == name) else {
        return refusal(Report::default(), vec![]);
    };
    // A grid is bound whole: its mapping only says what it is.
    if let Some(Content::Grid(raw, _)) = file.layers.first().map(|l| &l.content) {
        return grid(raw, over.map(str::to_owned), around, control);
    }
    let mut all = vec![];
    for (part, candidate) in parts(file, &mapping) {
        match one(&part, Some(slot), over, around, control) {
            Ok(came) => all.push(came),
            Err(findings) => return refusal(candidate.report.clone(), findings),
        }
    }
    joined(all, around)
}

/// The layers that a mapping reads, each as it reads it.
fn parts<'a>(file: &'a Candidate, mapping: &'a Mapping) -> Vec<(Part<'a>, &'a CandidateLayer)> {
    let of = |layer: &'a project::MappingLayer| {
        let same = |l: &&CandidateLayer| layer.name.as_ref().is_none_or(|n| *n == l.name);
        let part = |candidate: &'a CandidateLayer| {
            let Content::Features(raw) = &candidate.content else { return None };
            let part = Part {
                raw,
                filter: layer.filter.as_ref().map(|f| f.0.as_str()),
                fields: &layer.attributes,
                lenient: layer.attributes.keys().cloned().collect(),
                shape: layer.shape,
            };
            Some((part, candidate))
        };
        file.layers.iter().filter(same).filter_map(part).collect::<Vec<_>>()
    };
    mapping.layers.iter().flat_map(of).collect()
}

/// Features as a choice makes them, in the project CRS and with the slot's attributes.
#[derive(Debug)]
pub struct Placed {
    /// Where.
    pub geometry: Geometries,
    /// What they are; the slot's attributes first.
    pub attributes: Table,
    /// Their ids in the file.
    pub ids: Vec<Arc<str>>,
    /// What was dropped, repaired or stays unknown.
    pub report: Report,
}

/// The features that a choice takes from a layer of a file, for a plan that takes them one by one. The choice has to be one that
/// [`try_out`] does not refuse.
///
/// # Errors
/// Why it cannot be taken like this.
pub fn place(
    file: &Candidate,
    layer: usize,
    slot: &SlotDef,
    choice: &Choice,
    around: &Surroundings,
    control: &Control,
) -> Result<Vec<Placed>, LocalText> {
    let over = choice.crs.map(|epsg| format!("EPSG:{epsg}"));
    let mapping = choice.mapping.as_ref();
    let mapping = mapping.and_then(|name| project::builtin_mappings().into_iter().find(|m| m.name == *name));
    let own;
    let parts = match (&mapping, file.layers.get(layer)) {
        (Some(mapping), _) => parts(file, mapping).into_iter().map(|(part, _)| part).collect(),
        (None, Some(of)) if over.is_none() && of.declared_crs.is_none() => return Err(unplaced()),
        (None, Some(of)) => {
            own = of;
            chosen(own, choice).into_iter().collect()
        }
        (None, None) => vec![],
    };
    let refused = |findings: Vec<Finding>| refusal(Report::default(), findings).refused.unwrap_or_default();
    let one = |part: Part<'_>| {
        let came = one(&part, Some(slot), over.as_deref(), around, control).map_err(refused)?;
        match came.refused {
            Some(why) => Err(why),
            None => Ok(Placed {
                geometry: came.geometry,
                attributes: came.attributes,
                ids: came.ids,
                report: came.report,
            }),
        }
    };
    parts.into_iter().map(one).collect()
}

/// The features of a layer as somebody chose them.
fn chosen<'a>(layer: &'a CandidateLayer, choice: &'a Choice) -> Option<Part<'a>> {
    let Content::Features(raw) = &layer.content else { return None };
    Some(Part {
        raw,
        filter: choice.filter.as_deref(),
        fields: &choice.fields,
        lenient: BTreeSet::new(),
        shape: choice.as_points.then_some(Shape::Points),
    })
}

/// Selected, brought into the project CRS, shaped and mapped, as on opening.
fn one(part: &Part, slot: Option<&SlotDef>, over: Option<&str>, around: &Surroundings, control: &Control) -> Result<Came, Vec<Finding>> {
    let raw = project::select(Cow::Borrowed(part.raw), part.filter, !part.lenient.is_empty())?;
    if let Some(finding) = slot.and_then(|s| project::misfit(&raw, s, part.shape.is_some())) {
        return Err(vec![finding]);
    }
    let clean = layers::clean(raw, &around.crs, over, control).map_err(|e| said(e.text()))?;
    let mut came = Came {
        fields: vec![],
        report: clean.report,
        refused: None,
        geometry: GeometriesBuilder::new(clean.geometry.kind()).finish(),
        attributes: Table::default(),
        ids: clean.ids,
    };
    if let Some(slot) = slot {
        match project::map_attributes(&clean.attributes, &clean.geometry, &slot.attributes, part.fields, &part.lenient) {
            Ok((table, findings)) => {
                came.report.findings.extend(findings);
                came.fields = slot.attributes.iter().map(|a| result(&table, clean.geometry.len(), a)).collect();
                came.attributes = table;
            }
            Err(findings) => {
                came.refused = findings.last().map(|f| f.text.clone());
                came.report.findings.extend(findings);
            }
        }
    }
    came.geometry = project::shaped(clean.geometry, part.shape);
    Ok(came)
}

/// What all sources bring together.
fn joined(mut all: Vec<Came>, around: &Surroundings) -> Trial {
    if all.is_empty() {
        return refusal(Report::default(), vec![]);
    }
    let mut first = all.remove(0);
    if !all.is_empty() {
        let kind = std::iter::once(&first)
            .chain(&all)
            .find(|c| !c.geometry.is_empty())
            .map(|c| c.geometry.kind());
        let mut geometry = GeometriesBuilder::new(kind.unwrap_or_else(|| first.geometry.kind()));
        for came in std::iter::once(&first).chain(&all).filter(|c| Some(c.geometry.kind()) == kind) {
            for row in 0..came.geometry.len() {
                geometry.copy_feature(&came.geometry, row);
            }
        }
        for came in all {
            for (sum, more) in first.fields.iter_mut().zip(came.fields) {
                sum.filled += more.filled;
                sum.unknown += more.unknown;
                sum.misfits += more.misfits;
                for sample in more.samples {
                    if sum.samples.len() < SAMPLES && !sum.samples.contains(&sample) {
                        sum.samples.push(sample);
                    }
                }
            }
            first.report.expected = first.report.expected.zip(came.report.expected).map(|(a, b)| a + b);
            first.report.loaded += came.report.loaded;
            first.report.findings.extend(came.report.findings);
            first.refused = first.refused.or(came.refused);
        }
        first.geometry = geometry.finish();
    }
    let geometry = first.geometry;
    Trial {
        extent: geometry.extent(),
        place: around.locate(geometry.boxes()),
        count: geometry.len() as u64,
        geometry: Some(Arc::new(geometry)),
        fields: first.fields,
        report: first.report,
        refused: first.refused,
    }
}

fn result(table: &Table, rows: usize, field: &crate::modules::AttributeDef) -> FieldResult {
    let column = table.column(&field.name);
    let value = |row: usize| column.map(|c: &Column| c.value(row)).filter(|v| !v.is_null());
    let mut out = FieldResult {
        field: field.name.clone(),
        filled: 0,
        unknown: 0,
        misfits: 0,
        samples: vec![],
    };
    let coded = field.kind == AttributeKind::Text && !field.values.is_empty();
    for row in 0..rows {
        let Some(value) = value(row) else {
            out.unknown += 1;
            continue;
        };
        out.filled += 1;
        let text = value.to_string();
        out.misfits += u64::from(coded && !field.values.contains(&text));
        if out.samples.len() < SAMPLES && !out.samples.contains(&text) {
            out.samples.push(text);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        import::{examine, fields::tests::slot, suggest_fields},
        layers::ProjectCrs,
        project::FromSource,
    };

    fn around() -> Surroundings {
        Surroundings {
            crs: ProjectCrs::from_epsg(25833).unwrap(),
            home: Bbox::new([385_000.0, 5_819_000.0], [390_000.0, 5_823_000.0]),
        }
    }

    fn schools(crs: &str) -> Candidate {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("schulen.geojson");
        let feature = |x: f64, kind: &str| {
            format!(
                r#"{{"type":"Feature","properties":{{"schulart":"{kind}","plaetze":"300"}},"geometry":{{"type":"Point","coordinates":[{x},5821000]}}}}"#
            )
        };
        let list = [
            feature(387_000.0, "Grundschule"),
            feature(388_000.0, "Gymnasium"),
            feature(389_000.0, "Waldorfschule"),
        ];
        std::fs::write(
            &path,
            format!(r#"{{"type":"FeatureCollection",{crs}"features":[{}]}}"#, list.join(",")),
        )
        .unwrap();
        examine(&path, &Control::default()).unwrap()
    }

    #[test]
    fn a_missing_crs_is_guessed_and_the_choice_tried() {
        // GeoJSON without a CRS means degrees: these metres are impossible, and the guess puts them where the project is.
        let file = schools("");
        let (slot, around) = (slot("schools"), around());
        let mut choice = Choice {
            slot: Some("social_infrastructure/schools".into()),
            ..Choice::default()
        };
        let trial = try_out(&file, 0, Some(&slot), &choice, &around, &Control::default());
        assert!(trial.refused.is_some_and(|t| t.de.contains("Grad")));
        let guesses = around.guesses(file.layers[0].extent);
        assert_eq!(guesses[0].epsg, 25833, "{guesses:?}");
        choice.crs = Some(guesses[0].epsg);
        choice.fields = suggest_fields(&slot, &file.layers[0].attributes)
            .into_iter()
            .map(|s| (s.field, s.source))
            .collect();
        let trial = try_out(&file, 0, Some(&slot), &choice, &around, &Control::default());
        assert_eq!((trial.refused, trial.count, trial.place), (None, 3, Where::Inside));
        let of = |name: &str| trial.fields.iter().find(|f| f.field == name).unwrap();
        // The third school's kind means nothing in the list: unknown, and said.
        assert_eq!((of("kind").filled, of("kind").unknown), (2, 1));
        assert_eq!(of("kind").samples, ["primary", "secondary"]);
        assert_eq!((of("places").filled, of("places").misfits), (3, 0));
        assert_eq!(of("name").unknown, 3);
    }

    #[test]
    fn a_grid_is_tried_whether_a_mapping_knows_its_format_or_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dgm.asc");
        let cells = ["34 35 36 37"; 4].join("\n");
        std::fs::write(
            &path,
            format!("ncols 4\nnrows 4\nxllcorner 387000\nyllcorner 5820000\ncellsize 10\nNODATA_value -9999\n{cells}\n"),
        )
        .unwrap();
        let file = examine(&path, &Control::default()).unwrap();
        let modules = crate::modules::builtin("land_potential").unwrap().unwrap();
        let suggested = crate::import::suggest_slots(&file, &file.layers[0], std::slice::from_ref(&modules));
        assert_eq!(suggested[0].slot.to_string(), "land_potential/terrain");
        assert!(suggested[0].mapping.is_some(), "the mapping of terrain knows ASCII grids");
        let terrain = modules.slots.iter().find(|s| s.id == "terrain");
        let mut choice = Choice {
            slot: Some(suggested[0].slot.clone()),
            mapping: suggested[0].mapping.clone(),
            ..Choice::default()
        };
        let trial = try_out(&file, 0, terrain, &choice, &around(), &Control::default());
        assert!(
            trial.refused.is_some_and(|t| t.en.contains("EPSG code")),
            "it names no coordinate system"
        );
        choice.crs = Some(25833);
        for mapping in [choice.mapping.take(), None] {
            choice.mapping = mapping;
            let trial = try_out(&file, 0, terrain, &choice, &around(), &Control::default());
            assert_eq!((trial.refused, trial.count, trial.place), (None, 16, Where::Inside));
        }
    }

    #[test]
    fn what_a_slot_requires_is_asked_for() {
        let file = schools(r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::25833"}},"#);
        let mut choice = Choice::default();
        let population = slot("population");
        // Points into an area slot.
        let trial = try_out(&file, 0, Some(&population), &choice, &around(), &Control::default());
        assert!(trial.refused.is_some_and(|t| t.en.contains("polygons")));
        let mut school = slot("schools");
        school.attributes[0].required = true;
        let trial = try_out(&file, 0, Some(&school), &choice, &around(), &Control::default());
        assert!(trial.refused.is_some_and(|t| t.en.contains("\"name\"")));
        choice.filter = Some("schulart = 'Gymnasium'".into());
        choice.fields.insert(
            "kind".into(),
            AttributeSource::From(FromSource {
                from: "schulart".into(),
                ..FromSource::default()
            }),
        );
        let trial = try_out(&file, 0, Some(&slot("schools")), &choice, &around(), &Control::default());
        assert_eq!(
            (trial.count, trial.fields.iter().find(|f| f.field == "kind").unwrap().misfits),
            (1, 1)
        );
        // Only shown: no slot, no fields.
        let trial = try_out(&file, 0, None, &Choice::default(), &around(), &Control::default());
        assert_eq!((trial.count, trial.fields.len()), (3, 0));
    }
}
