//! Tables of an order: each is joined to the layer whose features carry its keys, and where none does, the reason is said.

use super::{SourceKind, files::Source, note, write::Bind, write::Join};
use crate::{
    import::{JoinOffer, column_names, suggest_joins},
    model::{Finding, Level, SlotId},
    project::{City, SlotData},
    readers::{TableRequest, read_table},
};
use std::path::Path;

/// A table that was joined, and to which layer.
pub(super) struct Joined {
    slot: SlotId,
    join: Join,
    offer: JoinOffer,
}

/// Enters a join for each table that fits a layer of the city.
pub(super) fn join(sources: &[Source], city: &City, dir: &Path, binds: &mut [Bind], findings: &mut Vec<Finding>) -> Vec<Joined> {
    let mut out = vec![];
    for source in sources.iter().filter(|s| s.kind == SourceKind::Table) {
        let table = match read_table(&dir.join(&source.file), &TableRequest::default()) {
            Ok(table) => table,
            Err(e) => {
                let text = e.text();
                findings.push(note("PJ-170", Level::Error, text.de, text.en).file(&source.file));
                continue;
            }
        };
        let offers = suggest_joins(&table, city);
        let fit = offers
            .into_iter()
            .find_map(|o| Some((binds.iter().position(|b| b.slot == o.slot)?, o)));
        let Some((at, offer)) = fit else {
            let columns = column_names(&table);
            let layers: Vec<_> = binds.iter().filter_map(|b| city.slot(&b.slot)).map(|s| &s.def.title).collect();
            let list = |of: fn(&crate::model::LocalText) -> &str| layers.iter().map(|t| of(t)).collect::<Vec<_>>().join(", ");
            findings.push(
                note(
                    "PJ-170",
                    Level::Warning,
                    format!("Die Tabelle liegt im Projekt, ist aber mit keiner Ebene verbunden: Keine ihrer Spalten ({columns}) enthält die Schlüssel von Objekten der eingebundenen Ebenen ({}). Die Gebiete oder Einrichtungen, die denselben Schlüssel tragen, in project.toml einbinden und darunter [[bind.join]] mit file, key und table_key angeben.", list(|t| &t.de)),
                    format!("the table is in the project but joined to no layer: none of its columns ({columns}) holds the keys of features of the bound layers ({}). Bind the areas or facilities that carry the same key in project.toml, and give [[bind.join]] with file, key and table_key below them.", list(|t| &t.en)),
                )
                .file(&source.file),
            );
            continue;
        };
        let join = Join {
            file: source.file.clone(),
            key: offer.key.clone(),
            table_key: offer.table_key.clone(),
            columns: offer.columns.clone(),
        };
        binds[at].joins.push(join.clone());
        out.push(Joined {
            slot: offer.slot.clone(),
            join,
            offer,
        });
    }
    out
}

/// Says what was joined, and takes out what did not work after all; true where something was taken out.
pub(super) fn take_back(joined: &[Joined], city: &City, binds: &mut [Bind], findings: &mut Vec<Finding>) -> bool {
    let mut changed = false;
    for j in joined {
        let layer = city.layers().find(|l| l.layer.slot == j.slot);
        let lost = city.slot(&j.slot).is_none_or(|s| matches!(s.data, SlotData::Missing { .. }));
        let came = layer.is_some_and(|l| l.layer.provenance.iter().any(|p| p.file == j.join.file));
        let o = &j.offer;
        if came && !lost {
            let (columns, all) = (
                o.columns.iter().map(|(to, from)| format!("{to} = {from}")).collect::<Vec<_>>(),
                o.columns.is_empty(),
            );
            let list = columns.join(", ");
            let (de, en) = if all {
                ("alle unter ihrem Namen", "all under their names")
            } else {
                (list.as_str(), list.as_str())
            };
            findings.push(
                note(
                    "PJ-176",
                    Level::Info,
                    format!(
                        "Verbunden mit „{}“: Spalte „{}“ nennt „{}“, {} von {} Objekten haben einen Partner; Spalten: {de}.",
                        o.title.de, o.table_key, o.key, o.matched, o.features
                    ),
                    format!(
                        "joined to \"{}\": column \"{}\" names \"{}\", {} of {} features have a partner; columns: {en}.",
                        o.title.en, o.table_key, o.key, o.matched, o.features
                    ),
                )
                .file(&j.join.file),
            );
            continue;
        }
        for bind in binds.iter_mut().filter(|b| b.slot == j.slot) {
            bind.joins.retain(|other| *other != j.join);
        }
        changed = true;
        findings.push(
            note(
                "PJ-170",
                Level::Warning,
                format!("Die Tabelle passt zu „{}“ („{}“), ließ sich aber nicht verbinden; sie liegt im Projekt. [[bind.join]] lässt sich in project.toml von Hand angeben.", o.title.de, o.key),
                format!("the table fits \"{}\" (\"{}\") but could not be joined; it lies in the project. Give [[bind.join]] in project.toml by hand.", o.title.en, o.key),
            )
            .file(&j.join.file),
        );
    }
    changed
}
