//! `[[bind.join]]`: columns of a table become attributes of the features with the same key. What finds no partner on either side, what is there
//! twice and what the office suppressed is counted and shown by example.

use super::{
    bind::{Surroundings, fatal, hash_of},
    file::JoinSource,
    path_policy,
};
use crate::{
    model::{Column, Finding, Level, Provenance, Table, Value},
    readers::{RawTable, TableRequest, read_table},
};
use std::collections::{BTreeMap, BTreeSet};

/// Keys shown as examples.
const SAMPLES: usize = 5;

impl Surroundings<'_> {
    /// Joins one table; the layer stays as it was when the table cannot be used.
    pub(super) fn join(&self, join: &JoinSource, attributes: &mut Table, rows: usize) -> (Option<Provenance>, Vec<Finding>) {
        let of_file = |findings: Vec<Finding>| -> Vec<Finding> {
            let own = |mut f: Finding| {
                f.file = Some(join.file.clone());
                f
            };
            findings.into_iter().map(own).collect()
        };
        let path = match path_policy::inside(self.folder, &join.file) {
            Ok(path) => path,
            Err(e) => {
                let refused = Finding::new(
                    "PJ-010",
                    Level::Error,
                    format!("Die Datei „{}“ wird nicht geöffnet: {}.", e.shown, e.why.de),
                    format!("the file \"{}\" is not opened: {}.", e.shown, e.why.en),
                );
                return (None, of_file(vec![refused]));
            }
        };
        let request = TableRequest {
            sheet: join.sheet.clone(),
            encoding: join.encoding.clone(),
        };
        let table = match read_table(&path, &request) {
            Ok(table) => table,
            Err(e) => return (None, of_file(vec![fatal("PJ-011", e.text())])),
        };
        let mut findings = table.report.findings.clone();
        if let Err(own) = match_up(join, &table, attributes, rows, &mut findings) {
            findings.push(own);
            return (None, of_file(findings));
        }
        let origin = Provenance {
            file: join.file.clone(),
            layer: table.form.sheet.clone(),
            driver: table.format.into(),
            crs: String::new(),
            hash: hash_of(&path).unwrap_or_default(),
            source: join.source.clone(),
            licence: join.licence.clone(),
            attribution: join.attribution.clone(),
            data_date: join.data_date.clone(),
            retrieved: None,
            unofficial: join.unofficial,
        };
        (Some(origin), of_file(findings))
    }
}

fn missing(name: &str, available: Vec<&str>, table: bool) -> Finding {
    let list = available.into_iter().take(20).collect::<Vec<_>>().join(", ");
    let (de, en) = if table {
        ("Die Tabelle hat keine Spalte", "the table has no column")
    } else {
        ("Die Quelle der Ebene hat kein Attribut", "the layer's source has no attribute")
    };
    Finding::new(
        "PJ-147",
        Level::Error,
        format!("{de} „{name}“; die Tabelle bleibt unverbunden. Vorhanden: {list}."),
        format!("{en} \"{name}\"; the table is not joined. It has: {list}."),
    )
}

/// A key as text: whole numbers without a point.
pub(crate) fn key_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Real(v) if v.fract() == 0.0 && v.abs() < 9e15 => Some((*v as i64).to_string()),
        other => Some(other.to_string().trim().to_string()).filter(|t| !t.is_empty()),
    }
}

/// A code without its leading zeros, where it is digits only.
pub(crate) fn bare(key: &str) -> Option<&str> {
    let digits = !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| key.trim_start_matches('0'))
}

/// Which row of the table each key means; `None` where several rows contradict each other.
struct Keys {
    exact: BTreeMap<String, Option<usize>>,
    bare: BTreeMap<String, Option<usize>>,
    twice: BTreeSet<String>,
}

fn keys(table: &RawTable, key: usize, used: &[usize]) -> Keys {
    let mut out = Keys {
        exact: BTreeMap::new(),
        bare: BTreeMap::new(),
        twice: BTreeSet::new(),
    };
    for row in 0..table.rows {
        let Some(text) = &table.texts[key][row] else { continue };
        match out.exact.get_mut(text) {
            Some(first) => {
                let same = first.is_some_and(|f| used.iter().all(|c| table.texts[*c][f] == table.texts[*c][row]));
                if !same {
                    *first = None;
                    out.twice.insert(text.clone());
                }
            }
            None => _ = out.exact.insert(text.clone(), Some(row)),
        }
    }
    for (text, row) in &out.exact {
        if let Some(b) = bare(text) {
            // "01" and "1" in one table are different keys: then the zeros decide.
            out.bare.entry(b.to_string()).and_modify(|r| *r = None).or_insert(*row);
        }
    }
    out
}

fn samples<T: AsRef<str>>(list: impl IntoIterator<Item = T>) -> String {
    let shown: Vec<String> = list.into_iter().take(SAMPLES).map(|k| format!("„{}“", k.as_ref())).collect();
    shown.join(", ")
}

fn match_up(join: &JoinSource, table: &RawTable, attributes: &mut Table, rows: usize, findings: &mut Vec<Finding>) -> Result<(), Finding> {
    let names: Vec<&str> = table.columns.names().collect();
    let column = |name: &str| names.iter().position(|n| *n == name);
    let table_key = join.table_key.as_deref().unwrap_or(&join.key);
    let key = column(table_key).ok_or_else(|| missing(table_key, names.clone(), true))?;
    let own = attributes
        .column(&join.key)
        .ok_or_else(|| missing(&join.key, attributes.names().collect(), false))?;
    let wanted: Vec<(String, usize)> = if join.columns.is_empty() {
        let all = names.iter().enumerate().filter(|(k, _)| *k != key);
        all.map(|(k, n)| ((*n).to_string(), k)).collect()
    } else {
        let each = join.columns.iter();
        each.map(|(to, from)| Ok((to.clone(), column(from).ok_or_else(|| missing(from, names.clone(), true))?)))
            .collect::<Result<_, Finding>>()?
    };
    let used: Vec<usize> = wanted.iter().map(|(_, c)| *c).collect();
    let keys = keys(table, key, &used);
    let mut seen = BTreeMap::<usize, u32>::new();
    let (mut alone, mut zeros) = (vec![], vec![]);
    let mut rows_of: Vec<Option<usize>> = Vec::with_capacity(rows);
    for feature in 0..rows {
        let Some(text) = key_of(&own.value(feature)) else {
            alone.push("–".to_string());
            rows_of.push(None);
            continue;
        };
        let exact = keys.exact.get(&text);
        let found = match (exact, bare(&text).and_then(|b| keys.bare.get(b))) {
            (Some(row), _) => *row,
            (None, Some(Some(row))) => {
                zeros.push(text.clone());
                Some(*row)
            }
            (None, _) => {
                alone.push(text);
                None
            }
        };
        if let Some(row) = found {
            *seen.entry(row).or_default() += 1;
        }
        rows_of.push(found);
    }
    let left: Vec<&String> = (0..table.rows)
        .filter(|r| !seen.contains_key(r))
        .filter_map(|r| table.texts[key][r].as_ref())
        .filter(|t| !keys.twice.contains(*t) && keys.exact.get(*t).is_some_and(|r| r.is_some_and(|r| !seen.contains_key(&r))))
        .collect();
    say_matches(rows, table.rows, &seen, &alone, &left, findings);
    say_odd(&keys, &zeros, &seen, findings);
    let mut replaced = vec![];
    for (name, c) in &wanted {
        let facts = &table.facts[*c];
        if !facts.marks.is_empty() {
            let n: u64 = facts.marks.values().sum();
            let list: Vec<String> = facts.marks.iter().map(|(m, n)| format!("{n} × {m}")).collect();
            findings.push(
                Finding::new(
                    "PJ-153",
                    Level::Info,
                    format!(
                        "Spalte „{}“: {n} Werte sind unterdrückt oder nicht angegeben ({}) und gelten als unbekannt, nie als null.",
                        facts.name,
                        list.join(", ")
                    ),
                    format!(
                        "column \"{}\": {n} values are suppressed or not told ({}) and count as unknown, never as zero.",
                        facts.name,
                        list.join(", ")
                    ),
                )
                .count(n),
            );
        }
        let Some((_, from)) = table.columns.iter().nth(*c) else { continue };
        let values: Vec<Value> = rows_of.iter().map(|r| r.map_or(Value::Null, |r| from.value(r))).collect();
        if attributes.column(name).is_some() {
            replaced.push(name.clone());
        }
        let typed = match from {
            // A column without a match keeps its type.
            Column::Real(_) => Column::Real(values.iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()),
            _ => Column::from_values(&values),
        };
        attributes.set(name, typed);
    }
    if !replaced.is_empty() {
        let list = samples(&replaced);
        findings.push(Finding::new(
            "PJ-154",
            Level::Info,
            format!("Diese Attribute hatte die Ebene schon; die Werte der Tabelle gelten: {list}."),
            format!("the layer had these attributes already; the table's values hold: {list}."),
        ));
    }
    Ok(())
}

fn say_matches(rows: usize, all: usize, seen: &BTreeMap<usize, u32>, alone: &[String], left: &[&String], findings: &mut Vec<Finding>) {
    let matched = rows - alone.len();
    findings.push(
        Finding::new(
            "PJ-148",
            if seen.is_empty() { Level::Error } else { Level::Info },
            if seen.is_empty() {
                format!(
                    "Kein Schlüssel der Ebene ({}) steht in der Tabelle ({}). Die Spalten `key` und `table_key` prüfen.",
                    samples(alone),
                    samples(left)
                )
            } else {
                format!(
                    "{matched} von {rows} Objekten haben eine Zeile in der Tabelle, {} von {all} Zeilen ein Objekt.",
                    seen.len()
                )
            },
            if seen.is_empty() {
                format!(
                    "no key of the layer ({}) is in the table ({}). Check the columns `key` and `table_key`.",
                    samples(alone),
                    samples(left)
                )
            } else {
                format!(
                    "{matched} of {rows} features have a row in the table, {} of {all} rows have a feature.",
                    seen.len()
                )
            },
        )
        .count(matched as u64),
    );
    if seen.is_empty() {
        return;
    }
    if !alone.is_empty() {
        let (n, list) = (alone.len(), samples(alone));
        findings.push(
            Finding::new(
                "PJ-149",
                Level::Warning,
                format!("{n} Objekte haben keine Zeile in der Tabelle, ihre Werte sind unbekannt: {list}."),
                format!("{n} features have no row in the table, their values are unknown: {list}."),
            )
            .count(n as u64),
        );
    }
    if !left.is_empty() {
        let (n, list) = (left.len(), samples(left));
        findings.push(
            Finding::new(
                "PJ-150",
                Level::Warning,
                format!("{n} Zeilen der Tabelle haben kein Objekt in der Ebene: {list}."),
                format!("{n} rows of the table have no feature in the layer: {list}."),
            )
            .count(n as u64),
        );
    }
}

fn say_odd(keys: &Keys, zeros: &[String], seen: &BTreeMap<usize, u32>, findings: &mut Vec<Finding>) {
    if !keys.twice.is_empty() {
        let (n, list) = (keys.twice.len(), samples(&keys.twice));
        findings.push(
            Finding::new(
                "PJ-151",
                Level::Warning,
                format!("{n} Schlüssel stehen mehrmals mit verschiedenen Werten in der Tabelle; ihre Werte sind unbekannt: {list}."),
                format!("{n} keys stand in the table several times with different values; their values are unknown: {list}."),
            )
            .count(n as u64),
        );
    }
    if !zeros.is_empty() {
        let (n, list) = (zeros.len(), samples(zeros));
        findings.push(
            Finding::new(
                "PJ-152",
                Level::Warning,
                format!("{n} Schlüssel passen erst ohne führende Nullen: {list}. In der Quelle als Text speichern."),
                format!("{n} keys match only without leading zeros: {list}. Save them as text in the source."),
            )
            .count(n as u64),
        );
    }
    let shared: u64 = seen.values().filter(|n| **n > 1).map(|n| u64::from(*n)).sum();
    if shared > 0 {
        findings.push(
            Finding::new(
                "PJ-155",
                Level::Warning,
                format!(
                    "{shared} Objekte teilen sich eine Zeile der Tabelle: Jedes erhält den vollen Wert, Summen über sie zählen mehrfach."
                ),
                format!("{shared} features share a row of the table: each gets the full value, sums over them count several times."),
            )
            .count(shared),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_codes_and_not_numbers() {
        assert_eq!(key_of(&Value::Real(1_100_101.0)).as_deref(), Some("1100101"));
        assert_eq!(key_of(&Value::Text(" 01100101 ".into())).as_deref(), Some("01100101"));
        assert_eq!((key_of(&Value::Null), key_of(&Value::Text(" ".into()))), (None, None));
        assert_eq!((bare("0110"), bare("11A"), bare("")), (Some("110"), None, None));
    }
}
