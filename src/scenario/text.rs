//! JSON for people: objects line by line, lists of numbers on one line, so that a ring of coordinates is read at a glance.

use serde_json::Value;

/// An object or list that fits into this is written on one line.
const SHORT: usize = 110;

/// The value as text with a line end.
pub(super) fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out.push('\n');
    out
}

/// True for lists of scalars and of such lists.
fn numbers(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.iter().all(numbers),
        Value::Object(_) => false,
        _ => true,
    }
}

fn write(value: &Value, indent: usize, out: &mut String) {
    let pad = |n: usize| "  ".repeat(n);
    match value {
        Value::Object(map) if !map.is_empty() => {
            let flat = one_line(value);
            if indent > 1 && flat.chars().count() <= SHORT && map.values().all(numbers) {
                out.push_str(&flat);
                return;
            }
            out.push_str("{\n");
            for (k, (key, v)) in map.iter().enumerate() {
                out.push_str(&format!("{}{}: ", pad(indent + 1), Value::String(key.clone())));
                write(v, indent + 1, out);
                out.push_str(if k + 1 < map.len() { ",\n" } else { "\n" });
            }
            out.push_str(&pad(indent));
            out.push('}');
        }
        Value::Array(list) if !numbers(value) => {
            out.push_str("[\n");
            for (k, v) in list.iter().enumerate() {
                out.push_str(&pad(indent + 1));
                write(v, indent + 1, out);
                out.push_str(if k + 1 < list.len() { ",\n" } else { "\n" });
            }
            out.push_str(&pad(indent));
            out.push(']');
        }
        other => out.push_str(&one_line(other)),
    }
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Array(list) => {
            let parts: Vec<String> = list.iter().map(one_line).collect();
            format!("[{}]", parts.join(", "))
        }
        Value::Object(map) => {
            let parts: Vec<String> = map
                .iter()
                .map(|(k, v)| format!("{}: {}", Value::String(k.clone()), one_line(v)))
                .collect();
            format!("{{{}}}", parts.join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_stand_on_one_line_and_the_text_is_the_same_value() {
        let value = serde_json::json!({
            "name": "Straße \"A\"\n", "empty": {}, "none": [],
            "steps": [{ "edits": [{ "geometry": { "type": "Polygon", "coordinates": [[[1.5, 2.0], [3.25, 4.0]]] } }] }],
        });
        let text = pretty(&value);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        assert!(
            text.contains("{\"type\": \"Polygon\", \"coordinates\": [[[1.5, 2.0], [3.25, 4.0]]]}"),
            "{text}"
        );
        assert!(text.contains("\n  \"steps\": [\n    {\n"), "{text}");
    }
}
