//! Which layer of a project a table belongs to: one of its columns holds the keys that the features of a layer carry.

use super::{AttributeView, suggest_fields, words::plain};
use crate::{
    index::IndexedLayer,
    model::{Column, LocalText, SlotId},
    project::{City, bare, key_of},
    readers::{RawTable, ReadError, TableRequest, is_workbook, read_table},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Fewer keys in common are a coincidence.
const LEAST_KEYS: u64 = 3;
/// Short numbers occur everywhere: house numbers, storeys, running numbers.
const SHORT: usize = 4;
/// Columns named in a sentence.
const SHOWN: usize = 12;

/// A layer that a table could be joined to, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinOffer {
    /// The layer's slot.
    pub slot: SlotId,
    /// Name of the layer.
    pub title: LocalText,
    /// Attribute of the layer that holds the key.
    pub key: String,
    /// Column of the table that holds it.
    pub table_key: String,
    /// Field of the slot ← column, for fields that nothing fills yet; empty means all columns under their own names.
    pub columns: BTreeMap<String, String>,
    /// Features with a partner in the table.
    pub matched: u64,
    /// Features.
    pub features: u64,
}

/// The texts of a column that could be keys: nearly all different.
fn keys<'a>(texts: impl Iterator<Item = Option<&'a str>>) -> Option<BTreeSet<&'a str>> {
    let (mut seen, mut filled) = (BTreeSet::new(), 0usize);
    for text in texts.flatten().filter(|t| !t.is_empty()) {
        seen.insert(text);
        filled += 1;
    }
    (filled as u64 >= LEAST_KEYS && seen.len() * 10 >= filled * 9).then_some(seen)
}

/// Every way to join the table to a layer of the city, the one with the most partners first.
pub fn suggest_joins(table: &RawTable, city: &City) -> Vec<JoinOffer> {
    let columns: Vec<(&str, BTreeSet<&str>)> = table
        .columns
        .names()
        .zip(&table.texts)
        .filter_map(|(name, texts)| Some((name, keys(texts.iter().map(Option::as_deref))?)))
        .collect();
    let bares: Vec<BTreeSet<&str>> = columns.iter().map(|(_, k)| k.iter().filter_map(|t| bare(t)).collect()).collect();
    let mut out = vec![];
    for slot in &city.slots {
        let Some(layer) = city.layers().find(|l| l.layer.slot == slot.id) else {
            continue;
        };
        for (name, column) in layer.layer.attributes.iter() {
            if matches!(column, Column::Real(_)) {
                continue;
            }
            let texts: Vec<Option<String>> = (0..column.len()).map(|row| key_of(&column.value(row))).collect();
            if keys(texts.iter().map(Option::as_deref)).is_none() {
                continue;
            }
            for ((table_key, exact), zeros) in columns.iter().zip(&bares) {
                let partner = |t: &&String| exact.contains(t.as_str()) || bare(t).is_some_and(|b| zeros.contains(b));
                let found: Vec<&String> = texts.iter().flatten().filter(partner).collect();
                let (matched, features) = (found.len() as u64, texts.len() as u64);
                let short = found.iter().all(|t| t.len() <= SHORT && bare(t).is_some());
                let enough = matched >= LEAST_KEYS && matched * 2 >= features.min(table.rows as u64);
                if !enough || (short && plain(name) != plain(table_key)) {
                    continue;
                }
                out.push(JoinOffer {
                    slot: slot.id.clone(),
                    title: slot.def.title.clone(),
                    key: name.to_owned(),
                    table_key: (*table_key).to_owned(),
                    columns: fields(table, table_key, layer, &slot.def),
                    matched,
                    features,
                });
            }
        }
    }
    // Of equals the layer whose fields it fills, then the order of the modules.
    out.sort_by_key(|o| std::cmp::Reverse((o.matched, o.columns.len())));
    out
}

/// Fields of the slot that columns of the table would fill and nothing fills yet.
fn fields(table: &RawTable, key: &str, layer: &IndexedLayer, slot: &crate::modules::SlotDef) -> BTreeMap<String, String> {
    let others = table.columns.iter().filter(|(name, _)| *name != key);
    let views: Vec<AttributeView> = others.map(|(name, column)| AttributeView::of(name, column)).collect();
    let empty = |field: &str| {
        let column = layer.layer.attributes.column(field);
        column.is_none_or(|c| (0..c.len()).all(|row| c.value(row).is_null()))
    };
    suggest_fields(slot, &views)
        .into_iter()
        .filter(|s| empty(&s.field))
        .map(|s| (s.field.clone(), s.from().to_owned()))
        .collect()
}

/// The columns of a table in a sentence.
pub fn column_names(table: &RawTable) -> String {
    let names: Vec<&str> = table.columns.names().collect();
    let more = if names.len() > SHOWN { " …" } else { "" };
    names.into_iter().take(SHOWN).collect::<Vec<_>>().join(", ") + more
}

/// What to do with a file that is no map but a table; `None` where it is no table either.
pub fn table_advice(path: &Path, error: &ReadError, city: &City) -> Option<LocalText> {
    if !matches!(error, ReadError::UnknownFormat { .. }) && !is_workbook(path) {
        return None;
    }
    let table = read_table(path, &TableRequest::default())
        .ok()
        .filter(|t| t.columns.names().count() > 1)?;
    let file = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let (rows, names) = (table.rows, column_names(&table));
    let head = LocalText::new(
        format!(
            "„{file}“ ist eine Tabelle ohne Lage: {rows} Zeilen mit den Spalten {names}. Sie wird über einen Schlüssel mit einer Ebene verbunden."
        ),
        format!("“{file}” is a table without places: {rows} rows with the columns {names}. A key joins it to a layer."),
    );
    let rest = match suggest_joins(&table, city).first() {
        Some(o) => {
            let pairs: Vec<String> = o.columns.iter().map(|(to, from)| format!("{to} = {from:?}")).collect();
            let columns = if pairs.is_empty() {
                String::new()
            } else {
                format!("\ncolumns = {{ {} }}", pairs.join(", "))
            };
            let text = format!(
                "\n\n[[bind.join]]\nfile = {:?}\nkey = {:?}\ntable_key = {:?}{columns}",
                format!("data/{file}"),
                o.key,
                o.table_key
            );
            let LocalText { de, en } = &o.title;
            LocalText::new(
                format!(
                    " Die Spalte „{}“ passt zu „{}“ der Ebene „{de}“ ({} von {} Objekten). Die Datei in den Ordner „data“ des Projekts legen und in project.toml unter die Einbindung dieser Ebene schreiben:{text}",
                    o.table_key, o.key, o.matched, o.features
                ),
                format!(
                    " Column “{}” fits “{}” of the layer “{en}” ({} of {} features). Put the file into the project's folder “data” and write below the binding of this layer in project.toml:{text}",
                    o.table_key, o.key, o.matched, o.features
                ),
            )
        }
        None => LocalText::new(
            " Keine Spalte passt zu den Schlüsseln einer Ebene dieses Projekts; zuerst die Gebiete oder Einrichtungen einbinden, die denselben Schlüssel tragen.",
            " No column fits the keys of a layer in this project; first add the areas or facilities that carry the same key.",
        ),
    };
    Some(LocalText::new(head.de + &rest.de, head.en + &rest.en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Control;

    /// A project with four schools, and a table in a file beside it.
    fn case(table: &str) -> (tempfile::TempDir, City, RawTable) {
        let dir = tempfile::tempdir().unwrap();
        let school = |k: u32, name: &str| {
            format!(
                r#"{{"type":"Feature","properties":{{"name":"{name}","nr":"0110{k}","geschosse":{k}}},"geometry":{{"type":"Point","coordinates":[13.3{k},52.5]}}}}"#
            )
        };
        let list: Vec<String> = ["Nord", "Süd", "West", "Ost"].iter().zip(1..).map(|(n, k)| school(k, n)).collect();
        std::fs::create_dir(dir.path().join("data")).unwrap();
        let write = |name: &str, text: String| std::fs::write(dir.path().join(name), text).unwrap();
        write(
            "data/schulen.geojson",
            format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, list.join(",")),
        );
        write(
            "project.toml",
            "schema = 1\ntitle = { de = \"A\", en = \"A\" }\ncrs = \"EPSG:25833\"\nsite = [387400.0, 5821000.0]\nmodules = [\"social_infrastructure\"]\n[[bind]]\nslot = \"social_infrastructure/schools\"\nfile = \"data/schulen.geojson\"\n".into(),
        );
        write("table.csv", table.into());
        let city = crate::project::open(dir.path(), &Control::default()).unwrap();
        let table = read_table(&dir.path().join("table.csv"), &TableRequest::default()).unwrap();
        (dir, city, table)
    }

    #[test]
    fn a_table_finds_the_layer_that_carries_its_keys() {
        // Leading zeros were lost on the way through a spreadsheet.
        let (_dir, city, table) = case("Schulnr;Plätze\n1101;300\n1102;250\n1103;90\n1104;410\n1105;60\n");
        let offer = suggest_joins(&table, &city).remove(0);
        assert_eq!((offer.key.as_str(), offer.table_key.as_str()), ("nr", "Schulnr"));
        assert_eq!((offer.matched, offer.features), (4, 4));
        assert_eq!(offer.columns, BTreeMap::from([("places".to_string(), "Plätze".to_string())]));
    }

    #[test]
    fn short_numbers_in_columns_of_another_name_are_no_keys() {
        let (_dir, city, table) = case("lfd. Nr.;Plätze\n1;300\n2;250\n3;90\n4;410\n");
        assert_eq!(suggest_joins(&table, &city), []);
        let (_dir, city, table) = case("Name;Plätze\nNord;300\nWest;250\nunbekannt;90\nanderswo;410\n");
        assert_eq!(suggest_joins(&table, &city), [], "two in common are a coincidence");
    }

    #[test]
    fn a_table_in_the_assistant_is_named_as_one_with_what_to_do() {
        let (dir, city, _) = case("Name;Plätze\nNord;300\nSüd;250\nWest;90\n");
        let path = dir.path().join("table.csv");
        let error = crate::readers::inspect(&path).unwrap_err();
        let advice = table_advice(&path, &error, &city).unwrap();
        assert!(
            advice.de.contains("table_key = \"Name\"") && advice.de.contains("places = \"Plätze\""),
            "{}",
            advice.de
        );
        std::fs::write(&path, "\0\0\0").unwrap();
        let error = crate::readers::inspect(&path).unwrap_err();
        assert_eq!(table_advice(&path, &error, &city), None);
    }
}
