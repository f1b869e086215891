//! Numbers as people write them, in the unit a slot asks for: "12,5", "12.5 m", "40'", "30 mph".

/// Metres of a foot, and kilometres of a mile.
const FOOT_M: f64 = 0.3048;
const MILE_KM: f64 = 1.609_344;

/// The number in `text`, converted to `unit` where the text names another one of the same kind. Nothing when it is no finite number or its unit
/// cannot be what is asked for.
pub(super) fn number(text: &str, unit: Option<&str>) -> Option<f64> {
    let text = text.trim().replace(',', ".").replace(['′', '’'], "'").replace(['″', '”'], "\"");
    if unit == Some("m")
        && let Some((feet, inches)) = text.split_once('\'')
    {
        let inches = inches.trim().trim_end_matches('"').trim();
        let inches: f64 = if inches.is_empty() { 0.0 } else { plain(inches)? };
        return Some((plain(feet)? + inches / 12.0) * FOOT_M);
    }
    let end = text.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, '/' | '²' | '°' | '%'));
    let value = plain(end)?;
    let factor = match (unit, text[end.len()..].to_ascii_lowercase().as_str()) {
        (Some("m"), "ft" | "feet" | "foot") => FOOT_M,
        (Some("m"), "cm") => 0.01,
        (Some("m"), "km") => 1000.0,
        (Some("km/h"), "mph") => MILE_KM,
        (Some("km/h"), "knots" | "kn") => 1.852,
        _ => 1.0,
    };
    Some(value * factor)
}

fn plain(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|v: &f64| v.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_converted_to_what_the_slot_asks_for() {
        let close = |text: &str, unit, expected: f64| {
            let v = number(text, unit).unwrap_or_else(|| panic!("{text}"));
            assert!((v - expected).abs() < 1e-9, "{text}: {v}");
        };
        for (text, expected) in [
            ("12", 12.0),
            ("12 m", 12.0),
            ("12,5m", 12.5),
            ("40'", 12.192),
            ("40' 6\"", 12.3444),
            ("40 ft", 12.192),
            ("850 cm", 8.5),
        ] {
            close(text, Some("m"), expected);
        }
        close("30 mph", Some("km/h"), 48.280_32);
        close("50 km/h", Some("km/h"), 50.0);
        close("3.5 ha", None, 3.5);
        for text in ["", "drei", "nan", "inf m", "3;4", "~12", "'", "40'x"] {
            assert_eq!(number(text, Some("m")), None, "{text}");
        }
    }
}
