//! Quantities, areas, shares and dates as people of the language write them.

use super::{number, tr};
use crate::model::{Language, Quantity};

/// As many decimals as a reader can use for this unit.
fn decimals(value: f64, unit: &str) -> usize {
    match unit {
        "m" if value.abs() >= 100.0 => 0,
        "m²" | "m2" => 0,
        // Tenths are for what is measured; places and people are counted.
        _ if value.abs() >= 10.0 && !matches!(unit, "m" | "dB" | "dB(A)" | "%" | "°C" | "K" | "ha" | "km") => 0,
        _ if (value - value.round()).abs() < 1e-9 => 0,
        _ => 1,
    }
}

/// A number with its unit, with a space that does not break.
pub fn quantity(language: Language, q: &Quantity) -> String {
    measure(language, q.value, &q.unit)
}

/// As many decimals as a number has, up to four.
pub fn places(value: f64) -> usize {
    let whole = |d: &usize| {
        let v = value * 10f64.powi(*d as i32);
        (v - v.round()).abs() < 1e-9 * v.abs().max(1.0)
    };
    (0..4).find(whole).unwrap_or(4)
}

/// A value with its unit and every digit that it has: a threshold is told as it was set.
pub fn exact(language: Language, value: f64, unit: &str) -> String {
    let n = number(language, value, places(value));
    if unit.is_empty() { n } else { format!("{n}\u{a0}{unit}") }
}

/// A value with a unit.
pub fn measure(language: Language, value: f64, unit: &str) -> String {
    let n = number(language, value, decimals(value, unit));
    if unit.is_empty() { n } else { format!("{n}\u{a0}{unit}") }
}

/// A difference: what grows has its sign as well.
pub fn signed(language: Language, value: f64, decimals: usize) -> String {
    let text = number(language, value, decimals);
    let grows = value > 0.0 && text.chars().any(|c| ('1'..='9').contains(&c));
    if grows { format!("+{text}") } else { text }
}

/// The same of a difference that is there: one that would be rounded away gets as many places as it takes to be seen.
pub fn delta(language: Language, value: f64, decimals: usize) -> String {
    let seen = |places: &usize| value == 0.0 || (value.abs() * 10f64.powi(*places as i32)).round() >= 1.0;
    let places = (decimals..decimals + 4).find(seen).unwrap_or(decimals);
    signed(language, value, places)
}

/// An area: square metres below a hectare, hectares above.
pub fn area(language: Language, area_m2: f64) -> String {
    if area_m2 < 10_000.0 {
        measure(language, area_m2.round(), "m²")
    } else {
        format!("{}\u{a0}ha", number(language, area_m2 / 10_000.0, 2))
    }
}

/// A share in percent.
pub fn percent(language: Language, value: f64) -> String {
    format!(
        "{}\u{a0}%",
        number(language, value, if value >= 10.0 || value == 0.0 { 0 } else { 1 })
    )
}

/// The word of a planned use; what the program does not know stays as it is in the data.
pub fn site_use(language: Language, name: &str) -> String {
    match name {
        "residential" => tr(language, "sitefigures-use-residential"),
        "mixed" => tr(language, "sitefigures-use-mixed"),
        "commercial" => tr(language, "sitefigures-use-commercial"),
        "industrial" => tr(language, "sitefigures-use-industrial"),
        "public" => tr(language, "sitefigures-use-public"),
        "green" => tr(language, "sitefigures-use-green"),
        "" => tr(language, "sitefigures-use-unknown"),
        other => other.to_owned(),
    }
}

/// An ISO date (a day, a month or a year) as the language writes it.
pub fn date(language: Language, iso: &str) -> String {
    let parts: Vec<&str> = iso.split('-').collect();
    match (language, parts.as_slice()) {
        (Language::De, [y, m, d]) if y.len() == 4 && m.len() == 2 && d.len() >= 2 => format!("{}.{m}.{y}", d.get(..2).unwrap_or(d)),
        (Language::De, [y, m]) if y.len() == 4 && m.len() == 2 => format!("{m}/{y}"),
        _ => iso.to_string(),
    }
}

/// A value as it stands in a layer, with its fraction in the language's own form ("75,28 m" in German); every other text stays as it is.
pub fn spoken(language: Language, value: &str) -> String {
    let (figure, rest) = value.split_once(' ').map_or((value, None), |(f, r)| (f, Some(r)));
    let fraction = figure.split_once('.').map(|(_, f)| f.len());
    match (fraction, figure.parse::<f64>()) {
        (Some(places), Ok(v)) if v.is_finite() => {
            let n = number(language, v, places.min(2));
            match rest {
                Some(unit) => format!("{n} {unit}"),
                None => n,
            }
        }
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_dates_follow_the_language() {
        let q = |value: f64, unit: &str| Quantity { value, unit: unit.into() };
        assert_eq!(quantity(Language::De, &q(67.0, "dB(A)")), "67\u{a0}dB(A)");
        assert_eq!(quantity(Language::De, &q(1.5, "%")), "1,5\u{a0}%");
        assert_eq!(quantity(Language::En, &q(412.4, "m")), "412\u{a0}m");
        assert_eq!(quantity(Language::De, &q(26.04, "Plätze")), "26\u{a0}Plätze");
        assert_eq!(quantity(Language::De, &q(66.25, "dB(A)")), "66,2\u{a0}dB(A)");
        assert_eq!(area(Language::De, 12_500.0), "1,25\u{a0}ha");
        assert_eq!(area(Language::De, 840.4), "840\u{a0}m²");
        assert_eq!(date(Language::De, "2023-05-01"), "01.05.2023");
        assert_eq!(date(Language::De, "2023-05"), "05/2023");
        assert_eq!(date(Language::En, "2023-05-01"), "2023-05-01");
        assert_eq!(date(Language::De, "2023"), "2023");
    }

    #[test]
    fn figures_speak_the_language_and_names_stay() {
        assert_eq!(spoken(Language::De, "75.278 m"), "75,28 m");
        assert_eq!(spoken(Language::De, "0.6"), "0,6");
        assert_eq!(spoken(Language::En, "0.6"), "0.6");
        assert_eq!(spoken(Language::De, "2026-01-01"), "2026-01-01");
        assert_eq!(spoken(Language::De, "Teilgebiet 3.30"), "Teilgebiet 3.30");
    }
}
