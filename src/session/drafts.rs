//! Drafted areas from any vector file become features of a plan: read and placed as any dropped file, attributes by the names of the
//! slot's fields, each feature checked as if it were drawn.

use super::{SessionError, extra_layer};
use crate::{
    import::{CandidateLayer, Content, examine},
    model::{Finding, Level, SlotId},
    progress::Control,
    scenario::{Attributes, Base, Draft, Edit, Overlay, Step, feature_of},
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
    let mut draft = Draft::new(base, overlay);
    // Each feature is tried on its own, so that one slip does not cost the others.
    let mut probe = overlay.clone();
    let mut edits: Vec<Edit> = vec![];
    for row in 0..layer.len() {
        let feature = feature_of(&layer, row);
        let mut attributes: Attributes = feature.attributes.into_iter().filter(|(n, _)| known.contains(n.as_str())).collect();
        attributes.extend(source.set.clone());
        let edit = draft.add(slot, feature.geometry, attributes);
        let mut one = Step::new("", vec![edit])?;
        match probe.push(base, &mut one) {
            Ok(_) => edits.extend(one.edits),
            Err((_, why)) => {
                let text = why.text();
                let finding = Finding::new("SE-011", Level::Warning, text.de, text.en);
                findings.push(about(finding.feature(&layer.ids[row]).dropped()));
            }
        }
    }
    let step = match edits.is_empty() {
        true => None,
        false => Some(Step::new(&name, edits)?),
    };
    Ok(Drafts {
        step,
        read: layer.len(),
        findings,
    })
}
