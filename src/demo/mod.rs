//! Musterstadt: a synthetic German town that fills every layer of every built-in module, openly invented.
//!
//! The valley ([`land`]) carries main lines ([`plan`]) whose meshes ([`network`]) become quarters and blocks ([`quarters`]);
//! buildings ([`buildings`] set by [`fill`], kept apart by [`occupancy`]) grow from the market outwards ([`town`]) until the number asked for
//! is reached. Woods, floods, heat ([`nature`]), noise ([`noise`], drawn by [`crate::estimate`]) and potential sites ([`sites`], [`wishes`])
//! follow from that, [`daily`] says where people live and what they need, [`further`] adds what the other modules ask for; [`layers`] and [`write()`](write::write) bring it into files, and [`scenarios`] draws two plans on it.

mod buildings;
mod daily;
mod fill;
mod further;
#[allow(clippy::cloned_ref_to_slice_refs, reason = "the ring moves on into the building")]
mod halls;
#[allow(clippy::cloned_ref_to_slice_refs, reason = "the ring moves on into the building")]
mod houses;
mod land;
mod land_use;
#[allow(clippy::cloned_ref_to_slice_refs, reason = "the ring moves on into the building")]
mod landmarks;
mod layers;
mod names;
mod nature;
mod network;
mod noise;
mod occupancy;
#[allow(clippy::cloned_ref_to_slice_refs, reason = "the ring moves on into the building")]
mod perimeter;
mod plan;
mod quarters;
mod scenarios;
mod sheet;
mod sites;
mod smooth;
mod town;
mod wishes;
mod write;

use crate::model::LocalText;
use crate::progress::Control;
use crate::readers::gdal::write::WriteError;
use std::path::{Path, PathBuf};

/// What kind of town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoOptions {
    /// Number of buildings, 100 to 1,000,000.
    pub buildings: usize,
    /// Another seed, another town.
    pub seed: u64,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self { buildings: 5000, seed: 1 }
    }
}

/// Why there is no town.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The number of buildings is out of range.
    #[error("a demo town has {least} to {most} buildings, not {asked}", least = LIMITS.0, most = LIMITS.1)]
    Size {
        /// What was asked for.
        asked: usize,
    },
    /// The folder holds a project already.
    #[error("a project exists already: {}", path.display())]
    Exists {
        /// Its file.
        path: PathBuf,
    },
    /// The folder or the project file cannot be written.
    #[error("cannot write ({source}): {}", path.display())]
    Folder {
        /// What the operating system says.
        source: std::io::Error,
        /// Where.
        path: PathBuf,
    },
    /// A data file cannot be written.
    #[error("{source}")]
    Write {
        /// What the writer says.
        source: WriteError,
    },
    /// The town's plans cannot be drawn or written.
    #[error("{}", why.en)]
    Scenario {
        /// Why.
        why: LocalText,
    },
    /// Somebody asked to stop.
    #[error("cancelled")]
    Cancelled,
}

impl DemoError {
    /// What happened and what to do, for people.
    pub fn text(&self) -> LocalText {
        match self {
            Self::Size { asked } => LocalText::new(
                format!(
                    "Eine Musterstadt hat {} bis {} Gebäude, nicht {asked}. Bitte eine Zahl dazwischen wählen.",
                    LIMITS.0, LIMITS.1
                ),
                format!(
                    "A demo town has {} to {} buildings, not {asked}. Choose a number in between.",
                    LIMITS.0, LIMITS.1
                ),
            ),
            Self::Exists { path } => LocalText::new(
                format!("Dort liegt schon ein Projekt. Einen anderen Ordner wählen: {}", path.display()),
                format!("There is a project already. Choose another folder: {}", path.display()),
            ),
            Self::Folder { source, path } => LocalText::new(
                format!(
                    "Der Ordner lässt sich nicht beschreiben ({source}). Rechte und freien Platz prüfen: {}",
                    path.display()
                ),
                format!(
                    "The folder cannot be written ({source}). Check permissions and free space: {}",
                    path.display()
                ),
            ),
            Self::Write { source } => source.text(),
            Self::Scenario { why } => why.clone(),
            Self::Cancelled => LocalText::new(
                "Abgebrochen. Die Stadt wurde nicht fertig geschrieben.",
                "Cancelled. The town was not written to the end.",
            ),
        }
    }
}

const LIMITS: (usize, usize) = (100, 1_000_000);

/// Writes a whole project into a folder that holds none yet. The same options give the same content.
///
/// # Errors
/// When the size is out of range, the folder holds a project or cannot be written, or the job was cancelled.
pub fn generate(dir: &Path, options: &DemoOptions, control: &Control) -> Result<(), DemoError> {
    if !(LIMITS.0..=LIMITS.1).contains(&options.buildings) {
        return Err(DemoError::Size { asked: options.buildings });
    }
    let project = dir.join("project.toml");
    if project.exists() {
        return Err(DemoError::Exists { path: project });
    }
    let watch = |fraction: f32| {
        control.report("Musterstadt: Häuser bauen", "Musterstadt: building houses", 0.35 * fraction);
        !control.is_cancelled()
    };
    let town = town::grow(options.buildings, options.seed, &watch).ok_or(DemoError::Cancelled)?;
    write::write(dir, &town, options, control)?;
    scenarios::write(dir, options.buildings, control)?;
    control.report("Musterstadt ist fertig", "Musterstadt is ready", 1.0);
    Ok(())
}
