//! XPlanGML 5 and 6 (BP_*, FP_*, SO_* and the other families): one layer for each object type, attributes under the standard's own names, codes
//! also in words (`…_text`), what the plan says joined to each object (`plan_…`), and what may be built in a building window (`geltend_…`).
//!
//! GDAL's GML driver loses the parts of complex attributes, units and references, so the plan is read by our own hand.
//!
//! Finding codes: `RD-120` the plan at a glance, `RD-121` objects without a place, `RD-122` version, `RD-123` broken arcs,
//! `RD-124` geometry that is not read, `RD-125` overlap in the Flächenschluss, `RD-126` gap in it, `RD-127` outside the scope,
//! `RD-128` what could not be checked, `RD-129` codes without words, `RD-130` references that lead nowhere.

mod checks;
mod codes;
mod document;
mod join;
mod measure;
mod object;
mod table;
#[cfg(test)]
mod tests;
mod version;

pub(crate) use version::is_xplan;

use super::{
    AttributeInspection, Inspection, LayerInspection, RawLayer, ReadError, VectorRequest,
    format::{OwnReader, Precheck, Source},
    gather::Gather,
    gdal::unique,
    printable,
};
use crate::{
    model::{Bbox, Column, Finding, GeometryKind, Level, LocalText, Report},
    progress::Control,
};
use std::path::Path;
use table::Layers;

/// Whether the plan is of a version that is read.
pub(crate) fn check(path: &Path) -> Result<Precheck, LocalText> {
    document::version_of(path).map(|_| Precheck::default())
}

/// The reader of plans.
#[derive(Debug)]
pub(crate) struct XPlan;

impl OwnReader for XPlan {
    fn inspect(&self, source: &Source) -> Result<Inspection, ReadError> {
        let request = VectorRequest::default();
        let document = document::read(source, &request, &Control::default())?;
        let layers = Layers::of(&document, &source.path);
        let mut gather = Gather::new(&source.label(), "");
        for finding in glance(&layers) {
            gather.add(finding);
        }
        // What concerns single layers is told when they are read.
        let mut unheard = Gather::new("", "");
        let list = layers.list.iter().map(|layer| {
            let built = layers.build(layer, &request, &mut unheard);
            let extent = built.geometry.extent();
            LayerInspection {
                name: layer.name.clone(),
                kind: Some(layer.geometry),
                geometry_type: geometry_type(layer.geometry).into(),
                crs: document.crs.clone(),
                expected: Some(layer.rows.len() as u64),
                extent: Some(extent).filter(|b: &Bbox| !b.is_empty()),
                attributes: built
                    .attributes
                    .iter()
                    .map(|(name, column)| AttributeInspection {
                        name: name.into(),
                        kind: kind(column),
                    })
                    .collect(),
            }
        });
        let list = list.collect();
        let mut report = Report::default();
        gather.into_report(&mut report);
        Ok(Inspection {
            file: source.label(),
            format: source.reader.name.into(),
            driver: source.reader.driver.into(),
            layers: list,
            raster: None,
            findings: report.findings,
        })
    }

    fn read_vector(&self, source: &Source, request: &VectorRequest, control: &Control) -> Result<RawLayer, ReadError> {
        let document = document::read(source, request, control)?;
        let layers = Layers::of(&document, &source.path);
        let layer = layers.choose(source, request)?;
        let mut gather = Gather::new(&source.label(), &layer.name);
        document.findings.iter().for_each(|f| gather.add(f.clone()));
        let built = layers.build(layer, request, &mut gather);
        for finding in layers.faults(Some(&layer.kind)) {
            gather.add(finding.clone());
        }
        for other in layers.list.iter().filter(|l| l.kind == layer.kind && l.name != layer.name) {
            let (n, name) = (other.rows.len(), &other.name);
            gather.add(Finding::new(
                "RD-121",
                Level::Info,
                format!("{n} weitere Objekte dieser Art liegen in der Ebene „{name}“."),
                format!("{n} more objects of this type lie in the layer \"{name}\"."),
            ));
        }
        if built.ids.is_empty() {
            gather.add(Finding::new(
                "RD-001",
                Level::Error,
                "Die Ebene enthält kein lesbares Objekt. Datei und Filter des Exports prüfen.",
                "The layer holds no readable feature. Check the file and the filter of the export.",
            ));
        }
        if document.crs.is_none() && !document.findings.iter().any(|f| f.code == "RD-011") {
            gather.add(Finding::new(
                "RD-011",
                Level::Warning,
                "Die Datei nennt kein brauchbares Koordinatensystem. In der Einbindung `crs` angeben (etwa EPSG:25832).",
                "The file names no usable coordinate system. Set `crs` in the binding (such as EPSG:25832).",
            ));
        }
        let ids = unique(built.ids, &mut gather);
        let mut report = Report {
            expected: Some(layer.rows.len() as u64),
            loaded: ids.len() as u64,
            findings: vec![],
        };
        gather.into_report(&mut report);
        Ok(RawLayer {
            file: source.label(),
            name: layer.name.clone(),
            driver: source.reader.driver.into(),
            geometry: built.geometry,
            bodies: None,
            attributes: built.attributes,
            ids,
            crs: document.crs.clone(),
            report,
        })
    }
}

fn geometry_type(kind: GeometryKind) -> &'static str {
    match kind {
        GeometryKind::Point => "Multi Point",
        GeometryKind::Line => "Multi Line String",
        GeometryKind::Polygon => "Multi Polygon",
    }
}

fn kind(column: &Column) -> &'static str {
    match column {
        Column::Boolean(_) => "boolean",
        Column::Integer(_) => "integer",
        Column::Real(_) => "real",
        Column::Text { .. } => "text",
    }
}

/// The document at a glance: its plans, what has no place, what points nowhere.
fn glance(layers: &Layers) -> Vec<Finding> {
    let (document, joins) = (layers.document, layers.joins());
    let mut out = document.findings.clone();
    let version = document.version;
    let plans: Vec<_> = joins.plans().collect();
    for plan in &plans {
        let told: Vec<String> = joins
            .attributes(plan)
            .into_iter()
            .filter(|(n, _)| matches!(*n, "plan_art_text" | "plan_rechtsstand_text" | "plan_datum" | "plan_datum_art"))
            .map(|(_, v)| printable(&v.to_string()))
            .collect();
        let name = printable(&plan.text("name").unwrap_or_default());
        let told = told.join(", ");
        let kind = &plan.kind;
        out.push(
            Finding::new(
                "RD-120",
                Level::Info,
                format!("XPlanGML {version}, {kind} „{name}“: {told}."),
                format!("XPlanGML {version}, {kind} “{name}”: {told}."),
            )
            .feature(&plan.id),
        );
    }
    if plans.is_empty() {
        out.push(Finding::new(
            "RD-120",
            Level::Warning,
            format!("XPlanGML {version} ohne Planobjekt: Name, Rechtsstand und Datum des Plans fehlen."),
            format!("XPlanGML {version} without a plan object: the plan's name, legal status and date are missing."),
        ));
    }
    for (kind, n) in &layers.without {
        out.push(
            Finding::new(
                "RD-121",
                Level::Info,
                format!("{n} Objekte „{kind}“ haben keinen Ort und bilden keine Ebene; Texte stehen als „textinhalt“ bei den Objekten, die auf sie verweisen."),
                format!("{n} objects \"{kind}\" have no place and make no layer; texts stand as \"textinhalt\" with the objects that refer to them."),
            )
            .count(*n),
        );
    }
    let lost = document
        .objects
        .iter()
        .flat_map(|o| o.references.iter().map(move |r| (o, r)))
        .filter(|(_, (name, id))| {
            let inside = matches!(
                name.as_str(),
                "gehoertZuBereich" | "gehoertZuPlan" | "bereich" | "planinhalt" | "refTextInhalt" | "texte"
            );
            inside && joins.object(id).is_none()
        });
    for (object, (name, id)) in lost {
        let (kind, id) = (&object.kind, printable(id));
        out.push(
            Finding::new(
                "RD-130",
                Level::Warning,
                format!("{kind}: der Verweis „{name}“ führt auf „{id}“, das es in der Datei nicht gibt."),
                format!("{kind}: the reference \"{name}\" leads to \"{id}\", which is not in the file."),
            )
            .feature(&object.id),
        );
    }
    out.extend(layers.faults(None).cloned());
    out
}
