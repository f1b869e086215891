//! Source attributes → the slot's attributes: renamed, translated, scaled and converted to the slot's types.

use super::{
    file::{AttributeSource, FromSource, Measure},
    units,
};
use crate::{
    geometry,
    model::{Column, Finding, Geometries, Level, Table, Value},
    modules::{AttributeDef, AttributeKind, Filter},
};
use std::collections::{BTreeMap, BTreeSet};

/// The slot's table, and what did not fit.
///
/// Attributes of the slot come first, in the slot's order; the source's other attributes follow under their own names. One that the
/// slot's attribute of the same name has changed follows as `source:name`, so that what the source says stays readable.
/// `lenient` attributes may lack a source without a word. `Err` holds the findings when a required attribute has no source.
pub fn map(
    source: &Table,
    shapes: &Geometries,
    defs: &[AttributeDef],
    mapping: &BTreeMap<String, AttributeSource>,
    lenient: &BTreeSet<String>,
) -> Result<(Table, Vec<Finding>), Vec<Finding>> {
    let rows = shapes.len();
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
        match values(source, shapes, from) {
            Ok(values) => {
                let (column, misfits) = convert(values, def);
                findings.extend(misfits);
                out.set(&def.name, column);
            }
            Err(missing) => {
                let mapped = mapping.contains_key(&def.name) && !lenient.contains(&def.name);
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
        let defined = defs.iter().any(|d| d.name == name);
        match out.column(name) {
            None if !defined => out.set(name, column.clone()),
            Some(own) if (0..rows).any(|r| own.value(r).to_string() != column.value(r).to_string()) => {
                out.set(&format!("source:{name}"), column.clone());
            }
            _ => {}
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
fn values(source: &Table, shapes: &Geometries, from: &AttributeSource) -> Result<Vec<Value>, String> {
    let rows = shapes.len();
    match from {
        AttributeSource::Constant(v) => Ok(vec![constant(v); rows]),
        AttributeSource::Name(name) => {
            let column = source.column(name).ok_or_else(|| name.clone())?;
            Ok((0..rows).map(|r| column.value(r)).collect())
        }
        AttributeSource::From(spec) => {
            let column = source.column(&spec.from).ok_or_else(|| spec.from.clone())?;
            // A tag that has a column of its own, with `_` for `:`, is no longer among the others.
            let own = spec
                .key
                .as_ref()
                .and_then(|key| source.column(key).or_else(|| source.column(&key.replace(':', "_"))));
            let value = |r| match own.map_or(Value::Null, |c| c.value(r)) {
                Value::Null => raw(column.value(r), spec),
                tag => tag,
            };
            Ok((0..rows).map(|r| looked_up(value(r), spec)).collect())
        }
        AttributeSource::Cases { cases, default } => {
            let mut out = vec![Value::Null; rows];
            for (text, value) in cases {
                // Filters were parsed with the file they stand in.
                let chosen = Filter::parse(text).map(|f| f.select(source, rows)).unwrap_or_default();
                for (cell, _) in out.iter_mut().zip(chosen).filter(|(cell, is)| *is && cell.is_null()) {
                    *cell = constant(value);
                }
            }
            if let Some(default) = default {
                out.iter_mut().filter(|v| v.is_null()).for_each(|v| *v = constant(default));
            }
            Ok(out)
        }
        AttributeSource::First(several) => {
            let mut out = vec![Value::Null; rows];
            let (mut missing, mut any) = (vec![], false);
            for one in several {
                match values(source, shapes, one) {
                    Ok(found) => {
                        any = true;
                        for (cell, v) in out.iter_mut().zip(found).filter(|(cell, _)| cell.is_null()) {
                            *cell = v;
                        }
                    }
                    Err(name) => missing.push(name),
                }
            }
            if any { Ok(out) } else { Err(missing.join(", ")) }
        }
        AttributeSource::Measure(measure) => {
            let per_unit = match measure {
                Measure::AreaM2 => 1.0,
                Measure::AreaHa => 1e4,
            };
            let area = |row| geometry::area_m2(shapes, row) / per_unit;
            Ok((0..rows)
                .map(area)
                .map(|a| if a > 0.0 { Value::Real(a) } else { Value::Null })
                .collect())
        }
    }
}

fn raw(value: Value, spec: &FromSource) -> Value {
    match (&spec.key, &value) {
        (Some(key), Value::Text(tags)) => osm_tag(tags, key).map_or(Value::Null, |v| Value::Text(v.into())),
        (Some(_), _) => Value::Null,
        (None, _) => value,
    }
}

fn looked_up(mut value: Value, spec: &FromSource) -> Value {
    if !spec.map.is_empty() {
        value = match spec.map.get(&value.to_string()) {
            Some(v) => Value::Text(v.as_str().into()),
            None if spec.keep => value,
            None => Value::Null,
        };
    }
    if let (Some(scale), Some(v)) = (spec.scale, number(&value, None)) {
        value = Value::Real(v * scale);
    }
    if let Some(prefix) = spec.prefix.as_ref().filter(|_| !value.is_null()) {
        let text = value.to_string();
        if !text.starts_with(prefix.as_str()) {
            value = Value::Text(format!("{prefix}{text}").into());
        }
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
fn number(value: &Value, unit: Option<&str>) -> Option<f64> {
    match value {
        Value::Text(text) => units::number(text, unit),
        _ => value.as_f64(),
    }
}

fn convert(values: Vec<Value>, def: &AttributeDef) -> (Column, Vec<Finding>) {
    let mut misfits: Vec<String> = vec![];
    let mut miss = |v: &Value| {
        misfits.push(v.to_string());
        None
    };
    let unit = def.unit.as_deref();
    let column = match def.kind {
        AttributeKind::Number => Column::Real(
            values
                .iter()
                .map(|v| if v.is_null() { None } else { number(v, unit).or_else(|| miss(v)) }.unwrap_or(f64::NAN))
                .collect(),
        ),
        AttributeKind::Integer => Column::Integer(
            values
                .iter()
                .map(|v| {
                    if v.is_null() {
                        None
                    } else {
                        number(v, unit)
                            .filter(|n| n.abs() < 9e15)
                            .or_else(|| miss(v))
                            .map(|n| n.round() as i64)
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
            least: None,
            most: None,
            values: vec![],
            words: Default::default(),
        }
    }

    fn points(n: usize) -> Geometries {
        let mut b = crate::model::GeometriesBuilder::new(crate::model::GeometryKind::Point);
        for _ in 0..n {
            b.ring([[0.0, 0.0]]).end_part().end_feature();
        }
        b.finish()
    }

    fn map_all(
        source: &Table,
        rows: usize,
        defs: &[AttributeDef],
        mapping: &BTreeMap<String, AttributeSource>,
    ) -> Result<(Table, Vec<Finding>), Vec<Finding>> {
        map(source, &points(rows), defs, mapping, &BTreeSet::new())
    }

    fn texts(values: &[&str]) -> Table {
        let mut t = Table::default();
        t.set("t", Column::from_texts(values.iter().map(|v| Some(*v))));
        t
    }

    #[test]
    fn numbers_in_both_forms_and_misfits_are_reported() {
        let mapping = BTreeMap::from([("h".to_string(), AttributeSource::Name("t".into()))]);
        let (table, findings) = map_all(
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
        let e = map_all(&texts(&["a"]), 1, &[def("use", AttributeKind::Text, true)], &BTreeMap::new()).unwrap_err();
        assert!(e[0].text.en.contains("\"use\"") && e[0].text.en.contains('t'));
        assert!(
            map_all(&texts(&["a"]), 1, &[def("use", AttributeKind::Text, false)], &BTreeMap::new())
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
        assert_eq!(looked_up(raw(Value::Text(tags.into()), &spec), &spec), Value::Real(12.0));
    }

    #[test]
    fn cases_first_and_what_the_source_said() {
        let mut source = texts(&["DE:urban", "30 mph", "walk"]);
        source.set("n", Column::from_texts([Some("Grundschule am Bach"), None, Some("Gymnasium")]));
        let parse = |text: &str| toml::from_str::<BTreeMap<String, AttributeSource>>(text).unwrap();
        let mapping = parse(
            "t = { from = \"t\", map = { \"DE:urban\" = \"50\" }, keep = true }\nkind = { cases = [{ when = \"n LIKE '%rundschule%'\", value = \"primary\" }], default = \"other\" }\nv = { first = [{ from = \"none\" }, { from = \"n\" }, { value = \"-\" }] }\n",
        );
        let mut speed = def("t", AttributeKind::Number, false);
        speed.unit = Some("km/h".into());
        let defs = [speed, def("kind", AttributeKind::Text, true), def("v", AttributeKind::Text, false)];
        let (table, findings) = map_all(&source, 3, &defs, &mapping).unwrap();
        assert_eq!(table.value("t", 0), Value::Real(50.0));
        assert!(table.value("t", 1).as_f64().is_some_and(|v| (v - 48.28).abs() < 0.01));
        assert_eq!((table.value("t", 2), findings[0].code.as_str()), (Value::Null, "PJ-022"));
        assert_eq!(table.value("source:t", 1), Value::Text("30 mph".into()), "the tag stays readable");
        assert_eq!(
            (table.value("kind", 0).to_string(), table.value("kind", 2).to_string()),
            ("primary".into(), "other".into())
        );
        assert_eq!(table.value("v", 1), Value::Text("-".into()));
        assert!(toml::from_str::<BTreeMap<String, AttributeSource>>("a = { cases = [{ when = \"= =\", value = 1 }] }").is_err());
        // A tag with a column of its own is found all the same.
        let by_key = parse("k = { from = \"t\", key = \"n\" }");
        let (table, _) = map_all(&source, 3, &[def("k", AttributeKind::Text, false)], &by_key).unwrap();
        assert_eq!(table.value("k", 2), Value::Text("Gymnasium".into()));
    }
}
