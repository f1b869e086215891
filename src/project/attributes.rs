//! Source attributes → the slot's attributes: renamed, translated, scaled and converted to the slot's types.

use super::file::{AttributeSource, FromSource};
use crate::{
    model::{Column, Finding, Level, Table, Value},
    modules::{AttributeDef, AttributeKind},
};
use std::collections::BTreeMap;

/// The slot's table, and what did not fit.
///
/// Attributes of the slot come first, in the slot's order; the source's other attributes follow under their own names.
/// `Err` holds the findings when a required attribute has no source.
pub fn map(
    source: &Table,
    rows: usize,
    defs: &[AttributeDef],
    mapping: &BTreeMap<String, AttributeSource>,
) -> Result<(Table, Vec<Finding>), Vec<Finding>> {
    let (mut findings, mut fatal) = (vec![], vec![]);
    let mut out = Table::default();
    for name in mapping.keys().filter(|n| !defs.iter().any(|d| d.name == **n)) {
        let known = defs.iter().map(|d| d.name.as_str()).collect::<Vec<_>>().join(", ");
        findings.push(Finding::new(
            "PJ-021",
            Level::Warning,
            format!("Das Attribut „{name}“ gibt es in diesem Steckplatz nicht; die Zuordnung bleibt ungenutzt. Vorhanden: {known}."),
            format!("this slot has no attribute \"{name}\"; the mapping is not used. It has: {known}."),
        ));
    }
    for def in defs {
        let same_name = AttributeSource::Name(def.name.clone());
        let from = mapping.get(&def.name).unwrap_or(&same_name);
        match values(source, rows, from) {
            Ok(values) => {
                let (column, misfits) = convert(values, def);
                findings.extend(misfits);
                out.set(&def.name, column);
            }
            Err(missing) => {
                let mapped = mapping.contains_key(&def.name);
                let available = source.names().take(12).collect::<Vec<_>>().join(", ");
                let finding = Finding::new(
                    "PJ-020",
                    if def.required || mapped { Level::Error } else { Level::Info },
                    format!(
                        "Das Attribut „{}“ ({}) hat keine Quelle: „{missing}“ fehlt in den Daten. Vorhanden sind: {available}.",
                        def.name, def.title.de
                    ),
                    format!(
                        "the attribute \"{}\" ({}) has no source: \"{missing}\" is not in the data. It has: {available}.",
                        def.name, def.title.en
                    ),
                );
                match (def.required, mapped) {
                    (true, _) => fatal.push(finding),
                    (false, true) => findings.push(finding),
                    // An optional attribute that nobody mapped is simply unknown.
                    (false, false) => {}
                }
            }
        }
    }
    if !fatal.is_empty() {
        return Err(fatal);
    }
    for (name, column) in source.iter() {
        if out.column(name).is_none() && !defs.iter().any(|d| d.name == name) {
            out.set(name, column.clone());
        }
    }
    Ok((out, findings))
}

fn constant(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(s) => Value::Text(s.as_str().into()),
        toml::Value::Integer(n) => Value::Integer(*n),
        toml::Value::Float(v) if v.is_finite() => Value::Real(*v),
        toml::Value::Boolean(b) => Value::Boolean(*b),
        toml::Value::Datetime(d) => Value::Text(d.to_string().into()),
        _ => Value::Null,
    }
}

/// The raw values of one attribute; `Err` names the missing source attribute.
fn values(source: &Table, rows: usize, from: &AttributeSource) -> Result<Vec<Value>, String> {
    match from {
        AttributeSource::Constant(v) => Ok(vec![constant(v); rows]),
        AttributeSource::Name(name) => {
            let column = source.column(name).ok_or_else(|| name.clone())?;
            Ok((0..rows).map(|r| column.value(r)).collect())
        }
        AttributeSource::From(spec) => {
            let column = source.column(&spec.from).ok_or_else(|| spec.from.clone())?;
            Ok((0..rows).map(|r| looked_up(column.value(r), spec)).collect())
        }
    }
}

fn looked_up(value: Value, spec: &FromSource) -> Value {
    let mut value = match (&spec.key, &value) {
        (Some(key), Value::Text(tags)) => osm_tag(tags, key).map_or(Value::Null, |v| Value::Text(v.into())),
        (Some(_), _) => Value::Null,
        (None, _) => value,
    };
    if !spec.map.is_empty() {
        value = spec
            .map
            .get(&value.to_string())
            .map_or(Value::Null, |v| Value::Text(v.as_str().into()));
    }
    if let (Some(scale), Some(v)) = (spec.scale, number(&value)) {
        value = Value::Real(v * scale);
    }
    match (&value, &spec.default) {
        (Value::Null, Some(default)) => constant(default),
        _ => value,
    }
}

/// A value of OSM's `other_tags` text: `"key"=>"value","key2"=>"value2"`, with `\` before quotes and backslashes.
fn osm_tag(tags: &str, wanted: &str) -> Option<String> {
    let mut texts = vec![];
    let mut chars = tags.chars();
    while let Some(c) = chars.next() {
        if c != '"' {
            continue;
        }
        let mut text = String::new();
        loop {
            match chars.next()? {
                '\\' => text.push(chars.next()?),
                '"' => break,
                c => text.push(c),
            }
        }
        texts.push(text);
    }
    texts.chunks_exact(2).find(|kv| kv[0] == wanted).map(|kv| kv[1].clone())
}

/// A number in the German or English form, with an optional unit behind it ("12,5 m").
fn number(value: &Value) -> Option<f64> {
    if let Value::Text(text) = value {
        let text = text
            .trim()
            .trim_end_matches(|c: char| c.is_alphabetic())
            .trim_end()
            .replace(',', ".");
        return text.parse().ok().filter(|v: &f64| v.is_finite());
    }
    value.as_f64()
}

fn convert(values: Vec<Value>, def: &AttributeDef) -> (Column, Vec<Finding>) {
    let mut misfits: Vec<String> = vec![];
    let mut miss = |v: &Value| {
        misfits.push(v.to_string());
        None
    };
    let column = match def.kind {
        AttributeKind::Number => Column::Real(
            values
                .iter()
                .map(|v| if v.is_null() { None } else { number(v).or_else(|| miss(v)) }.unwrap_or(f64::NAN))
                .collect(),
        ),
        AttributeKind::Integer => Column::Integer(
            values
                .iter()
                .map(|v| {
                    if v.is_null() {
                        None
                    } else {
                        number(v).filter(|n| n.abs() < 9e15).or_else(|| miss(v)).map(|n| n.round() as i64)
                    }
                })
                .collect(),
        ),
        AttributeKind::Boolean => Column::Boolean(
            values
                .iter()
                .map(|v| match v {
                    Value::Null => None,
                    Value::Boolean(b) => Some(*b),
                    Value::Integer(0) => Some(false),
                    Value::Integer(1) => Some(true),
                    Value::Text(t) => match t.trim().to_lowercase().as_str() {
                        "true" | "t" | "yes" | "y" | "ja" | "j" | "wahr" | "1" => Some(true),
                        "false" | "f" | "no" | "n" | "nein" | "falsch" | "0" => Some(false),
                        _ => None,
                    }
                    .or_else(|| {
                        misfits.push(v.to_string());
                        None
                    }),
                    _ => {
                        misfits.push(v.to_string());
                        None
                    }
                })
                .collect(),
        ),
        AttributeKind::Text | AttributeKind::Date => {
            let texts: Vec<Option<String>> = values.iter().map(|v| (!v.is_null()).then(|| v.to_string())).collect();
            if !def.values.is_empty() {
                misfits.extend(texts.iter().flatten().filter(|t| !def.values.contains(t)).cloned());
            }
            Column::from_texts(texts.iter().map(Option::as_deref))
        }
    };
    let mut findings = vec![];
    if !misfits.is_empty() {
        let count = misfits.len() as u64;
        misfits.sort();
        misfits.dedup();
        misfits.truncate(5);
        let examples = misfits.join(", ");
        let (de, en) = if matches!(def.kind, AttributeKind::Text | AttributeKind::Date) {
            (
                "Werte stehen nicht in der Codeliste; sie bleiben, wie sie sind",
                "values are not in the code list; they stay as they are",
            )
        } else {
            (
                "Werte haben nicht den verlangten Typ und gelten als unbekannt",
                "values do not have the type asked for and count as unknown",
            )
        };
        findings.push(
            Finding::new(
                "PJ-022",
                Level::Warning,
                format!("Attribut „{}“: {count} {de} (zum Beispiel: {examples}).", def.name),
                format!("attribute \"{}\": {count} {en} (for example: {examples}).", def.name),
            )
            .count(count),
        );
    }
    (column, findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LocalText;

    fn def(name: &str, kind: AttributeKind, required: bool) -> AttributeDef {
        AttributeDef {
            name: name.into(),
            title: LocalText::same(name),
            kind,
            unit: None,
            required,
            values: vec![],
        }
    }

    fn texts(values: &[&str]) -> Table {
        let mut t = Table::default();
        t.set("t", Column::from_texts(values.iter().map(|v| Some(*v))));
        t
    }

    #[test]
    fn numbers_in_both_forms_and_misfits_are_reported() {
        let mapping = BTreeMap::from([("h".to_string(), AttributeSource::Name("t".into()))]);
        let (table, findings) = map(
            &texts(&["12,5", "3.5 m", "drei"]),
            3,
            &[def("h", AttributeKind::Number, true)],
            &mapping,
        )
        .unwrap();
        assert_eq!(
            (table.value("h", 0), table.value("h", 1), table.value("h", 2)),
            (Value::Real(12.5), Value::Real(3.5), Value::Null)
        );
        assert_eq!((findings[0].code.as_str(), findings[0].count), ("PJ-022", 1));
        assert_eq!(table.value("t", 2), Value::Text("drei".into()), "the source attribute stays");
    }

    #[test]
    fn a_required_attribute_without_source_is_fatal_and_named() {
        let e = map(&texts(&["a"]), 1, &[def("use", AttributeKind::Text, true)], &BTreeMap::new()).unwrap_err();
        assert!(e[0].text.en.contains("\"use\"") && e[0].text.en.contains('t'));
        assert!(
            map(&texts(&["a"]), 1, &[def("use", AttributeKind::Text, false)], &BTreeMap::new())
                .unwrap()
                .1
                .is_empty()
        );
    }

    #[test]
    fn tags_of_openstreetmap() {
        let tags = r#""building:levels"=>"4","name"=>"Zum \"Bären\"","x"=>"""#;
        assert_eq!(osm_tag(tags, "building:levels").as_deref(), Some("4"));
        assert_eq!(osm_tag(tags, "name").as_deref(), Some("Zum \"Bären\""));
        assert_eq!(osm_tag(tags, "4"), None, "a value is not a key");
        let spec = FromSource {
            from: "t".into(),
            key: Some("building:levels".into()),
            scale: Some(3.0),
            ..Default::default()
        };
        assert_eq!(looked_up(Value::Text(tags.into()), &spec), Value::Real(12.0));
    }
}
