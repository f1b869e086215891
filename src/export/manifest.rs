//! The account beside an exported picture: enough to check later what was shown, from which files, by which rules.

use super::{ExportError, save};
use crate::{
    derive::Expression,
    model::{Layer, Provenance, Severity, SlotId},
    project::{City, View},
    rules::Evaluation,
};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The manifest's own format number.
pub const SCHEMA: u32 = 1;

/// A layer as it was drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShownLayer {
    /// Slot.
    pub slot: SlotId,
    /// 0 to 1.
    pub opacity: f32,
}

/// The picture a manifest speaks of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// File name without folder.
    pub file: String,
    /// blake3 of the file's bytes, hexadecimal.
    pub blake3: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Language of the texts ("de").
    pub language: String,
}

/// The program that made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// Crate name.
    pub name: String,
    /// Crate version.
    pub version: String,
    /// Git revision.
    pub revision: String,
}

/// One file that went in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// The slot it fills.
    pub slot: SlotId,
    /// Origin, date, licence and hash.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// A layer that the project makes of others: no file has its hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DerivedLayer {
    /// `derived/<id>`.
    pub slot: SlotId,
    /// The layers it is made of; the files behind them are among the inputs.
    pub of: Vec<SlotId>,
    /// blake3 of the expression: another distance or filter changes it.
    pub expression_blake3: String,
    /// Number of features.
    pub features: usize,
    /// blake3 of what came out: geometry, ids and attributes. Empty without data.
    pub blake3: String,
}

/// One number for everything that a layer holds.
fn content_hash(layer: &Layer) -> String {
    let mut hasher = blake3::Hasher::new();
    let add = |hasher: &mut blake3::Hasher, bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    for row in 0..layer.len() {
        add(&mut hasher, layer.ids[row].as_bytes());
        for part in layer.geometry.parts(row) {
            add(&mut hasher, b"part");
            for ring in part.rings() {
                let bytes: Vec<u8> = ring.iter().flatten().flat_map(|v| v.to_le_bytes()).collect();
                add(&mut hasher, &bytes);
            }
        }
    }
    for (name, column) in layer.attributes.iter() {
        add(&mut hasher, name.as_bytes());
        for row in 0..layer.len() {
            let value = serde_json::to_vec(&column.value(row)).unwrap_or_default();
            add(&mut hasher, &value);
        }
    }
    hasher.finalize().to_hex().to_string()
}

fn derived_layers(city: &City) -> Vec<DerivedLayer> {
    let one = |e: &Expression| {
        let layer = city.layer(&e.slot()).map(|l| &l.layer);
        DerivedLayer {
            slot: e.slot(),
            of: e.of.iter().map(|i| i.slot.clone()).collect(),
            expression_blake3: serde_json::to_vec(e)
                .map(|b| blake3::hash(&b).to_hex().to_string())
                .unwrap_or_default(),
            features: layer.map_or(0, |l| l.len()),
            blake3: layer.map(|l| content_hash(l)).unwrap_or_default(),
        }
    };
    city.info.derived.iter().map(one).collect()
}

/// A rule as it was applied, with its account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppliedRule {
    /// Rule id.
    pub id: String,
    /// blake3 of the rule's definition: a changed threshold changes it.
    pub blake3: String,
    /// Subjects looked at.
    pub subjects: u32,
    /// In conflict.
    pub conflicts: u32,
    /// Clear and covered by data.
    pub clear: u32,
    /// Not decidable.
    pub unknown: u32,
}

/// Conflicts by severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Severity 4.
    pub prohibited: usize,
    /// Severity 3.
    pub restricted: usize,
    /// Severity 2.
    pub weigh: usize,
    /// Severity 1.
    pub hint: usize,
}

/// The whole account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Who made it.
    pub program: Program,
    /// When, UTC, ISO 8601.
    pub created: String,
    /// Project title, German.
    pub title: String,
    /// The data are invented.
    pub synthetic: bool,
    /// "EPSG:25833".
    pub crs: String,
    /// What was drawn.
    pub picture: Picture,
    /// From where it was drawn.
    pub camera: View,
    /// Layers drawn, lowest first.
    pub layers: Vec<ShownLayer>,
    /// Every file in use, in slot order.
    pub inputs: Vec<Input>,
    /// Every layer that the project makes of others, in its order.
    #[serde(default)]
    pub derived: Vec<DerivedLayer>,
    /// blake3 of `project.toml`.
    pub project_blake3: String,
    /// Every rule, in module order.
    pub rules: Vec<AppliedRule>,
    /// Conflicts by severity.
    pub conflicts: Counts,
    /// Slots without data.
    pub no_data: Vec<SlotId>,
}

impl Manifest {
    /// Describes a picture of `city`.
    pub fn new(city: &City, evaluation: &Evaluation, picture: Picture, camera: View, layers: Vec<ShownLayer>) -> Self {
        let rules = evaluation
            .outcomes
            .iter()
            .map(|o| AppliedRule {
                id: o.rule.clone(),
                blake3: city
                    .rule(&o.rule)
                    .and_then(|r| serde_json::to_vec(r).ok())
                    .map(|bytes| blake3::hash(&bytes).to_hex().to_string())
                    .unwrap_or_default(),
                subjects: o.subjects,
                conflicts: o.conflicts,
                clear: o.clear,
                unknown: o.unknown,
            })
            .collect();
        Self {
            schema: SCHEMA,
            program: Program {
                name: env!("CARGO_PKG_NAME").into(),
                version: env!("CARGO_PKG_VERSION").into(),
                revision: env!("STADTSCHICHT_REVISION").into(),
            },
            created: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            title: city.info.title.de.clone(),
            synthetic: city.info.synthetic,
            crs: format!("EPSG:{}", city.info.epsg),
            picture,
            camera,
            layers,
            inputs: city
                .provenance()
                .map(|(slot, p)| Input {
                    slot: slot.clone(),
                    provenance: p.clone(),
                })
                .collect(),
            derived: derived_layers(city),
            project_blake3: std::fs::read(city.info.folder.join("project.toml"))
                .map(|b| blake3::hash(&b).to_hex().to_string())
                .unwrap_or_default(),
            rules,
            conflicts: Counts {
                prohibited: evaluation.count(Severity::Prohibited),
                restricted: evaluation.count(Severity::Restricted),
                weigh: evaluation.count(Severity::Weigh),
                hint: evaluation.count(Severity::Hint),
            },
            no_data: city
                .slots
                .iter()
                .filter(|s| matches!(s.data, crate::project::SlotData::Missing { .. }))
                .map(|s| s.id.clone())
                .collect(),
        }
    }

    /// Writes the manifest as JSON; an existing file is replaced in one step.
    pub fn write(&self, path: &Path) -> Result<(), ExportError> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|source| ExportError::Format {
            format: "manifest",
            source,
        })?;
        bytes.push(b'\n');
        save(path, &bytes)
    }
}
