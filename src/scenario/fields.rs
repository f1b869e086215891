//! Attributes typed by the slot's fields: what a form or a file gives becomes a value that the layer can hold, or a sentence.

use super::{Attributes, EditError};
use crate::{
    model::{Layer, SlotId, Value},
    modules::{AttributeDef, AttributeKind, SlotDef},
};

/// Letters that a text may have.
const LONGEST_TEXT: usize = 10_000;
/// No amount in a city is larger.
const MOST: f64 = 1e9;
/// Metres: no building is higher, and a slip of the decimal point is caught.
const HIGHEST_M: f64 = 1000.0;
/// Storeys.
const MOST_STOREYS: f64 = 200.0;

/// The attributes as the slot holds them. A name that neither the slot nor the layer (columns of the source) knows is refused.
///
/// # Errors
/// When a name is unknown or a value does not fit; `whole` features also have to have what is required.
pub(super) fn checked(
    slot: &SlotId,
    def: &SlotDef,
    layer: Option<&Layer>,
    attributes: Attributes,
    whole: bool,
) -> Result<Attributes, EditError> {
    let mut out = Attributes::new();
    for (name, value) in attributes {
        let known = def.attributes.iter().find(|a| a.name == name);
        let column = layer.is_some_and(|l| l.attributes.column(&name).is_some());
        let value = match known {
            Some(field) => typed(field, value)?,
            None if column => plain(&name, value)?,
            None => {
                let names: Vec<&str> = def.attributes.iter().map(|a| a.name.as_str()).collect();
                return Err(EditError::UnknownField {
                    slot: slot.clone(),
                    field: name,
                    known: names.join(", "),
                });
            }
        };
        if value.is_null() && known.is_some_and(|a| a.required) && !whole {
            return Err(EditError::Required {
                slot: slot.clone(),
                field: name,
            });
        }
        out.insert(name, value);
    }
    let lacking = def
        .attributes
        .iter()
        .find(|a| a.required && out.get(&a.name).is_none_or(Value::is_null));
    if let Some(field) = lacking.filter(|_| whole) {
        return Err(EditError::Required {
            slot: slot.clone(),
            field: field.name.clone(),
        });
    }
    Ok(out)
}

/// The value of a field of the slot.
///
/// # Errors
/// When it is not of the field's type, not in its list, or out of its bounds.
pub fn typed(field: &AttributeDef, value: Value) -> Result<Value, EditError> {
    let wrong = |value: &Value, wanted| EditError::WrongType {
        field: field.name.clone(),
        value: value.to_string(),
        wanted,
    };
    // A form gives text; an empty field is an unknown value.
    if value.as_str().is_some_and(|t| t.trim().is_empty()) {
        return Ok(Value::Null);
    }
    let number = |value: &Value| match value {
        Value::Text(t) => t.trim().replace(',', ".").parse().ok(),
        other => other.as_f64(),
    };
    let typed = match (field.kind, &value) {
        (_, Value::Null) => Value::Null,
        (AttributeKind::Boolean, Value::Boolean(_)) => value,
        (AttributeKind::Boolean, _) => return Err(wrong(&value, "true or false")),
        (AttributeKind::Number, _) => Value::Real(number(&value).ok_or_else(|| wrong(&value, "a number"))?),
        (AttributeKind::Integer, _) => {
            let n = number(&value).filter(|n: &f64| n.fract() == 0.0);
            let n = n.ok_or_else(|| wrong(&value, "a whole number"))?;
            within(field, n)?;
            Value::Integer(n as i64)
        }
        (AttributeKind::Date, Value::Text(t)) if is_date(t) => value,
        (AttributeKind::Date, _) => return Err(wrong(&value, "a date (YYYY-MM-DD)")),
        (AttributeKind::Text, Value::Text(_)) => value,
        (AttributeKind::Text, _) => Value::Text(value.to_string().into()),
    };
    if let Value::Real(v) = &typed {
        within(field, *v)?;
        return Ok(typed);
    }
    if let Value::Text(t) = &typed
        && !field.values.is_empty()
        && !field.values.iter().any(|v| **v == **t)
    {
        return Err(EditError::NotAllowed {
            field: field.name.clone(),
            value: t.to_string(),
            allowed: field.values.join(", "),
        });
    }
    plain(&field.name, typed)
}

/// The bounds that the slot gives, else those that hold for every amount.
fn within(field: &AttributeDef, value: f64) -> Result<(), EditError> {
    if field.least.is_none() && field.most.is_none() {
        return bounded(&field.name, value);
    }
    if !value.is_finite() {
        return Err(EditError::NotFinite);
    }
    let fits = field.least.is_none_or(|least| value >= least) && field.most.is_none_or(|most| value <= most);
    if fits {
        return Ok(());
    }
    Err(EditError::OutOfBounds {
        field: field.title.clone(),
        value,
        least: field.least,
        most: field.most,
        unit: field.unit.clone().unwrap_or_default(),
        plain: field.kind == AttributeKind::Integer && field.unit.is_none(),
    })
}

/// The year, the month or the day.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |p: &&str, n: usize| p.len() == n && p.chars().all(|c| c.is_ascii_digit());
    match parts[..] {
        [y] => digits(&y, 4),
        [y, m] => digits(&y, 4) && digits(&m, 2) && ("01"..="12").contains(&m),
        [_, _, _] => text.parse::<jiff::civil::Date>().is_ok(),
        _ => false,
    }
}

/// What holds for every value, whoever defined the column.
fn plain(name: &str, value: Value) -> Result<Value, EditError> {
    match &value {
        Value::Real(v) => bounded(name, *v)?,
        Value::Integer(v) => bounded(name, *v as f64)?,
        Value::Text(t) if t.chars().count() > LONGEST_TEXT => {
            return Err(EditError::LongText {
                field: name.into(),
                found: t.chars().count(),
                most: LONGEST_TEXT,
            });
        }
        _ => {}
    }
    Ok(value)
}

fn bounded(name: &str, value: f64) -> Result<(), EditError> {
    if !value.is_finite() {
        return Err(EditError::NotFinite);
    }
    // Heights above sea level and lower edges may lie below zero; everything else in a slot is an amount.
    let signed = name.contains("nhn") || name.starts_with("min_");
    if value < 0.0 && !signed {
        return Err(EditError::Negative { field: name.into(), value });
    }
    let most = match name {
        "storeys" => MOST_STOREYS,
        _ if name.ends_with("height_m") => HIGHEST_M,
        _ => MOST,
    };
    if value.abs() > most {
        return Err(EditError::TooLarge {
            field: name.into(),
            value,
            most,
        });
    }
    Ok(())
}

/// Two values are the same: numbers up to the last binary digit, whole or not.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(_), _) | (_, Value::Text(_)) => a == b,
        _ => match (a.as_f64(), b.as_f64()) {
            (Some(x), Some(y)) => (x - y).abs() <= 1e-9 * x.abs().max(1.0),
            _ => a == b,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot() -> SlotDef {
        toml::from_str(
            "id = 'b'\ntitle = { de = 'B', en = 'B' }\ndescription = { de = '', en = '' }\ngeometry = 'polygon'\n\
             [[attribute]]\nname = 'height_m'\ntitle = { de = 'H', en = 'H' }\nkind = 'number'\n\
             [[attribute]]\nname = 'storeys'\ntitle = { de = 'G', en = 'S' }\nkind = 'integer'\n\
             [[attribute]]\nname = 'baunvo'\ntitle = { de = 'B', en = 'B' }\nkind = 'text'\nrequired = true\nvalues = ['WA', 'GE']\n\
             [[attribute]]\nname = 'since'\ntitle = { de = 'S', en = 'S' }\nkind = 'date'\n\
             [[attribute]]\nname = 'year'\ntitle = { de = 'Baujahr', en = 'Year built' }\nkind = 'integer'\nleast = 1000\nmost = 2100\n\
             [[attribute]]\nname = 'top_m'\ntitle = { de = 'Oberkante', en = 'Top' }\nkind = 'number'\nunit = 'm'\nleast = -50\n",
        )
        .unwrap()
    }

    fn one(name: &str, value: Value) -> Result<Value, EditError> {
        let given = Attributes::from([(name.to_string(), value)]);
        checked(&"m/b".into(), &slot(), None, given, false).map(|mut a| a.remove(name).unwrap())
    }

    #[test]
    fn values_take_the_type_of_their_field() {
        assert_eq!(one("height_m", Value::Text("12,5".into())), Ok(Value::Real(12.5)));
        assert_eq!(one("height_m", Value::Integer(3)), Ok(Value::Real(3.0)));
        assert_eq!(one("storeys", Value::Text("4".into())), Ok(Value::Integer(4)));
        assert_eq!(one("storeys", Value::Text(" ".into())), Ok(Value::Null));
        assert_eq!(one("since", Value::Text("2024-02".into())), Ok(Value::Text("2024-02".into())));
    }

    #[test]
    fn a_slot_says_what_its_fields_take() {
        assert_eq!(one("year", Value::Text("1902".into())), Ok(Value::Integer(1902)));
        assert_eq!(one("top_m", Value::Text("-12,5".into())), Ok(Value::Real(-12.5)), "below sea level");
        let text = one("year", Value::Text("7".into())).unwrap_err().text();
        assert_eq!(text.de, "„Baujahr“ liegt zwischen 1000 und 2100; 7 passt nicht.");
        assert_eq!(text.en, "“Year built” lies between 1000 and 2100; 7 does not fit.");
        let text = one("top_m", Value::Real(-60.0)).unwrap_err().text();
        assert_eq!(
            text.de.replace('\u{a0}', " "),
            "„Oberkante“ ist mindestens \u{2212}50 m; \u{2212}60 m passt nicht."
        );
        assert!(matches!(one("top_m", Value::Real(f64::NAN)), Err(EditError::NotFinite)));
    }

    #[test]
    fn what_does_not_fit_is_a_sentence_in_both_languages() {
        let bad = [
            (one("height_m", Value::Real(-1.0)), "negativ"),
            (one("height_m", Value::Real(f64::NAN)), "endliche"),
            (one("height_m", Value::Text("NaN".into())), "endliche"),
            (one("height_m", Value::Real(5000.0)), "mehr"),
            (one("storeys", Value::Real(2.5)), "ganze Zahl"),
            (one("baunvo", Value::Text("XX".into())), "WA, GE"),
            (one("baunvo", Value::Null), "muss"),
            (one("hoehe", Value::Real(1.0)), "height_m, storeys"),
            (one("since", Value::Text("2024-02-31".into())), "Datum"),
        ];
        for (result, word) in bad {
            let text = result.unwrap_err().text();
            assert!(text.de.contains(word) && text.de != text.en, "{word}: {}", text.de);
        }
        let nothing = checked(&"m/b".into(), &slot(), None, Attributes::new(), true);
        assert!(matches!(nothing, Err(EditError::Required { .. })));
    }
}
