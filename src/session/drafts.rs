//! Drafted areas from any vector file become features of a plan: read and placed as any dropped file, attributes by the names of the
//! slot's fields, each feature checked as if it were drawn.

use super::{SessionError, extra_layer};
use crate::{
    import::{Candidate, CandidateLayer, Choice, Content, Surroundings, examine, place},
    model::{Finding, Level, LocalText, SlotId},
    progress::Control,
    scenario::{Attributes, Base, Draft, Edit, EditError, Feature, Overlay, Shape, Step, feature_of},
};
use std::{collections::BTreeSet, path::Path};

/// What a file gives to a plan.
#[derive(Debug, Clone)]
pub struct Drafts {
    /// The features that fit, as one step; `None` where none fits.
    pub step: Option<Step>,
    /// Features in the layer of the file.
    pub read: usize,
    /// What was left out, and which attributes the slot does not know.
    pub findings: Vec<Finding>,
}

/// What is read of a file.
#[derive(Debug, Clone, Default)]
pub struct DraftSource<'a> {
    /// Layer in the file; the first one with features without it.
    pub layer: Option<&'a str>,
    /// EPSG code that replaces what the file says.
    pub crs: Option<u32>,
    /// Attributes for all of them, in place of what the file says.
    pub set: Attributes,
}

/// Reads drafted features for a slot of a plan. Nothing is changed; the step is for [`super::ScenarioCommand::Act`].
///
/// # Errors
/// When the file cannot be read, holds no such layer, or has no place. What is wrong with single features is a finding.
pub fn read_drafts(
    (base, overlay): (&Base, &Overlay),
    path: &Path,
    slot: &SlotId,
    source: &DraftSource,
    control: &Control,
) -> Result<Drafts, SessionError> {
    let def = base.slot(slot)?.clone();
    let file = examine(path, control).map_err(|source| SessionError::Import { source: Box::new(source) })?;
    let wanted = |l: &&CandidateLayer| matches!(l.content, Content::Features(_)) && source.layer.is_none_or(|n| n == l.name);
    let found = file.layers.iter().find(wanted);
    let found = found.ok_or_else(|| SessionError::NoLayer { path: path.into() })?;
    let layer = extra_layer(&base.city, &file, found, source.crs, control)?.layer;
    let name = file.name.clone();
    let about = |f: Finding| f.file(name.clone()).layer(slot.to_string());
    let mut findings: Vec<Finding> = layer.report.findings.iter().cloned().map(about).collect();
    let known: BTreeSet<&str> = def.attributes.iter().map(|a| a.name.as_str()).collect();
    let unknown: Vec<&str> = layer.attributes.names().filter(|n| !known.contains(n)).collect();
    if !unknown.is_empty() {
        let list = unknown.join(", ");
        findings.push(about(Finding::new(
            "SE-010",
            Level::Info,
            format!("Merkmale ohne Feld in der Ebene bleiben weg: {list}."),
            format!("attributes without a field in the layer are left out: {list}."),
        )));
    }
    let mut taking = Taking::new((base, overlay), slot, &name, &known);
    for row in 0..layer.len() {
        let mut feature = feature_of(&layer, row);
        feature.attributes.extend(source.set.clone());
        taking.take(feature, &layer.ids[row])?;
    }
    Ok(taking.done(layer.len(), findings)?)
}

/// Drafted features as somebody chose them in the assistant: layer, target, reference system, filter and fields. Nothing is changed.
///
/// # Errors
/// When nothing of it can be taken like this. What is wrong with single features is a finding.
pub fn drafts_of(
    (base, overlay): (&Base, &Overlay),
    (file, layer): (&Candidate, usize),
    choice: &Choice,
    around: &Surroundings,
    control: &Control,
) -> Result<Drafts, LocalText> {
    let nothing = || SessionError::NoLayer { path: file.path.clone() }.text();
    let slot = choice.slot.as_ref().ok_or_else(nothing)?;
    let def = base.slot(slot).map_err(|e| e.text())?.clone();
    let all = place(file, layer, &def, choice, around, control)?;
    let known: BTreeSet<&str> = def.attributes.iter().map(|a| a.name.as_str()).collect();
    let mut taking = Taking::new((base, overlay), slot, &file.name, &known);
    let (mut read, mut findings) = (0, vec![]);
    for placed in all {
        read += placed.geometry.len() + placed.report.dropped() as usize;
        findings.extend(placed.report.findings);
        for (row, id) in placed.ids.iter().enumerate().take(placed.geometry.len()) {
            let values = placed.attributes.iter().map(|(name, c)| (name.to_string(), c.value(row)));
            let feature = Feature {
                geometry: Shape::of(&placed.geometry, row),
                attributes: values.filter(|(_, v)| !v.is_null()).collect(),
            };
            taking.take(feature, id).map_err(|e| e.text())?;
        }
    }
    taking.done(read, findings).map_err(|e| e.text())
}

/// Features on their way into a plan, each tried on its own, so that one slip does not cost the others.
struct Taking<'a> {
    base: &'a Base,
    slot: &'a SlotId,
    file: &'a str,
    known: &'a BTreeSet<&'a str>,
    draft: Draft<'a>,
    probe: Overlay,
    edits: Vec<Edit>,
    refused: Vec<Finding>,
}

impl<'a> Taking<'a> {
    fn new((base, overlay): (&'a Base, &'a Overlay), slot: &'a SlotId, file: &'a str, known: &'a BTreeSet<&'a str>) -> Self {
        Self {
            base,
            slot,
            file,
            known,
            draft: Draft::new(base, overlay),
            probe: overlay.clone(),
            edits: vec![],
            refused: vec![],
        }
    }

    fn take(&mut self, feature: Feature, id: &str) -> Result<(), EditError> {
        let mut attributes = feature.attributes;
        attributes.retain(|name, _| self.known.contains(name.as_str()));
        let edit = self.draft.add(self.slot, feature.geometry, attributes);
        let mut one = Step::new("", vec![edit])?;
        match self.probe.push(self.base, &mut one) {
            Ok(_) => self.edits.extend(one.edits),
            Err((_, why)) => {
                let text = why.text();
                let finding = Finding::new("SE-011", Level::Warning, text.de, text.en).feature(id).dropped();
                self.refused.push(finding.file(self.file).layer(self.slot.to_string()));
            }
        }
        Ok(())
    }

    fn done(self, read: usize, mut findings: Vec<Finding>) -> Result<Drafts, EditError> {
        findings.extend(self.refused);
        let step = match self.edits.is_empty() {
            true => None,
            false => Some(Step::new(self.file, self.edits)?),
        };
        Ok(Drafts { step, read, findings })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        modules::AttributeKind,
        project::{AttributeSource, FromSource},
        rules::testing::{TestCity, f, rect},
    };
    use std::sync::Arc;

    fn base() -> Base {
        let site = f("s0", rect(500_000.0, 5_400_000.0, 500_030.0, 5_400_030.0));
        let mut city = TestCity::new()
            .polygons("m/sites", &[site.text("use", "green").real("storeys", 1.0)])
            .build();
        let def = Arc::make_mut(&mut city.slots[0].def);
        for a in &mut def.attributes {
            match a.name.as_str() {
                "storeys" => (a.kind, a.least, a.most) = (AttributeKind::Integer, Some(0.0), Some(200.0)),
                _ => (a.required, a.values) = (true, vec!["green".into(), "housing".into()]),
            }
        }
        Base::new(Arc::new(city))
    }

    /// Three areas: one that fits, one too high, one of a kind that means nothing.
    fn file(folder: &Path, crs: &str) -> Candidate {
        let ring = |x: f64, order: [usize; 4]| {
            let corners = [[x, 5_400_100.0], [x + 20.0, 5_400_100.0], [x + 20.0, 5_400_120.0], [x, 5_400_120.0]];
            let all: Vec<String> = order
                .into_iter()
                .chain([order[0]])
                .map(|k| format!("[{},{}]", corners[k][0], corners[k][1]))
                .collect();
            format!("[[{}]]", all.join(","))
        };
        let feature = |x: f64, order, art: &str, storeys: u32| {
            format!(
                r#"{{"type":"Feature","properties":{{"art":"{art}","storeys":{storeys}}},"geometry":{{"type":"Polygon","coordinates":{}}}}}"#,
                ring(x, order)
            )
        };
        let straight = [0, 1, 2, 3];
        let all = [
            feature(500_000.0, straight, "Wohnen", 4),
            feature(500_050.0, straight, "Wohnen", 900),
            feature(500_100.0, straight, "Hafen", 2),
        ];
        let path = folder.join("entwurf.geojson");
        std::fs::write(
            &path,
            format!(r#"{{"type":"FeatureCollection",{crs}"features":[{}]}}"#, all.join(",")),
        )
        .unwrap();
        examine(&path, &Control::default()).unwrap()
    }

    #[test]
    fn a_file_gives_what_fits_as_one_step_and_names_the_rest() {
        let dir = tempfile::tempdir().unwrap();
        let base = base();
        let around = Surroundings::of(&base.city).unwrap();
        let file = file(dir.path(), "");
        let overlay = Overlay::default();
        let take = |choice: &Choice| drafts_of((&base, &overlay), (&file, 0), choice, &around, &Control::default());
        let mut choice = Choice::default();
        assert!(take(&choice).is_err(), "no layer to draw in");
        choice.slot = Some("m/sites".into());
        // GeoJSON without a reference system means degrees.
        assert!(take(&choice).unwrap_err().de.contains("Grad"));
        choice.crs = Some(25832);
        let why = take(&choice).unwrap_err();
        assert!(
            why.de.contains("use") && why.en.contains("use"),
            "what is required has no source: {}",
            why.de
        );
        let art = FromSource {
            from: "art".into(),
            map: [("Wohnen".to_string(), "housing".into())].into(),
            ..FromSource::default()
        };
        choice.fields.insert("use".into(), AttributeSource::From(art));
        let drafts = take(&choice).unwrap();
        let step = drafts.step.unwrap();
        assert_eq!((drafts.read, step.edits.len(), step.name.as_str()), (3, 1, "entwurf.geojson"));
        let reasons: Vec<&str> = drafts.findings.iter().map(|f| f.text.de.as_str()).collect();
        assert!(reasons.iter().any(|r| r.contains("zwischen 0 und 200")), "{reasons:?}");
        assert_eq!(drafts.findings.iter().filter(|f| f.code == "SE-011").count(), 2, "{reasons:?}");
        let mut plan = crate::scenario::Plan::new(base.clone());
        plan.act(step).unwrap();
        let layer = &plan.city().layer(&"m/sites".into()).unwrap().layer;
        assert_eq!((layer.len(), layer.attributes.value("use", 1).to_string()), (2, "housing".into()));
        plan.undo().unwrap();
        assert_eq!(plan.city().layer(&"m/sites".into()).unwrap().layer.len(), 1);
    }
}
