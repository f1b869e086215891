//! Which mapping binds which file to which slot: by the kind a file was given as, its driver and its layers.

use super::{SourceKind, files::Source, files::unused, note, write::Bind};
use crate::{
    model::{Finding, Level, SlotId},
    project::{City, Mapping, SlotData, builtin_mappings},
};
use std::collections::BTreeMap;

/// True when a mapping reads the file.
fn reads(mapping: &Mapping, source: &Source) -> bool {
    let Some(inspection) = &source.inspection else { return false };
    let folder = mapping.name.split('/').next().unwrap_or_default();
    let of_kind = source.kind.mappings().contains(&folder);
    let has = |name: &Option<String>| name.as_ref().is_none_or(|n| inspection.layers.iter().any(|l| l.name == *n));
    // A grid has no layers to ask for.
    let layers = inspection.raster.is_some() || mapping.layers.iter().any(|l| has(&l.name));
    of_kind && mapping.drivers.contains(&inspection.driver) && layers
}

/// One binding a slot: where several mappings could fill it, that of the highest rank.
pub(super) fn choose(sources: &[Source], stand_ins: bool, findings: &mut Vec<Finding>) -> Vec<Bind> {
    let mappings = builtin_mappings();
    let mut best: BTreeMap<SlotId, (i64, Bind)> = BTreeMap::new();
    let mut left: Vec<(SlotId, Vec<String>)> = vec![];
    for mapping in mappings.iter().filter(|m| stand_ins || !m.stand_in) {
        let files: Vec<String> = sources.iter().filter(|s| reads(mapping, s)).map(|s| s.file.clone()).collect();
        if files.is_empty() {
            continue;
        }
        let bind = Bind {
            slot: mapping.slot.clone(),
            mapping: mapping.name.clone(),
            files,
            unofficial: mapping.unofficial,
            note: mapping.note.clone(),
            joins: vec![],
        };
        match best.get(&mapping.slot) {
            Some((rank, _)) if *rank >= mapping.rank => left.push((bind.slot.clone(), bind.files)),
            _ => {
                if let Some((_, old)) = best.insert(mapping.slot.clone(), (mapping.rank, bind)) {
                    left.push((old.slot, old.files));
                }
            }
        }
    }
    for (slot, files) in left {
        findings.push(
            note(
                "PJ-172",
                Level::Info,
                format!("Für „{slot}“ gibt es eine bessere Quelle; diese Datei wird dafür nicht gebraucht."),
                format!("there is a better source for \"{slot}\"; this file is not needed for it."),
            )
            .file(files.join(", ")),
        );
    }
    for source in sources {
        let used = source.kind == SourceKind::Table || mappings.iter().any(|m| reads(m, source));
        if !used {
            let driver = source.inspection.as_ref().map_or("", |i| &i.format);
            findings.push(unused(
                &source.file,
                &format!(
                    "als „--{}“ wird {driver} nicht erwartet; sie liegt im Ordner data und lässt sich in project.toml einbinden",
                    source.kind.key()
                ),
                &format!(
                    "{driver} is not expected as \"--{}\"; it lies in the folder data and can be bound in project.toml",
                    source.kind.key()
                ),
            ));
        }
    }
    best.into_values().map(|(_, bind)| bind).collect()
}

/// In the order of the modules and their slots, which is the order of drawing and of reading.
pub(super) fn in_order(mut binds: Vec<Bind>, city: &City) -> Vec<Bind> {
    binds.sort_by_key(|b| city.slots.iter().position(|s| s.id == b.slot));
    binds
}

/// Leaves out what turned out empty or unreadable, and says so.
pub(super) fn keep_filled(binds: Vec<Bind>, city: &City, findings: &mut Vec<Finding>) -> Vec<Bind> {
    let mut kept = vec![];
    for bind in binds {
        let reason = match city.slot(&bind.slot).map(|s| &s.data) {
            Some(SlotData::Missing { reason }) => Some(reason.clone()),
            Some(_) => None,
            None => continue,
        };
        match reason {
            None => {
                if let Some(text) = &bind.note {
                    findings.push(note("PJ-173", Level::Info, text.de.clone(), text.en.clone()).layer(bind.slot.to_string()));
                }
                kept.push(bind);
            }
            Some(reason) => findings.push(
                note(
                    "PJ-171",
                    Level::Info,
                    format!("Nicht eingebunden: {}", reason.de),
                    format!("not bound: {}", reason.en),
                )
                .file(bind.files.join(", "))
                .layer(bind.slot.to_string()),
            ),
        }
    }
    kept
}
