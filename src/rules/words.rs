//! Numbers, areas and names inside German and English sentences.

use crate::{
    i18n::number,
    model::{Language, LocalText},
    modules::{Comparison, Evidence, LegalForce},
};

/// The same sentence in both languages, each with its own form of numbers.
pub(crate) fn both(sentence: impl Fn(Language) -> String) -> LocalText {
    LocalText::new(sentence(Language::De), sentence(Language::En))
}

/// The German or the English of two texts.
pub(super) fn pick<'a>(language: Language, de: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::De => de,
        Language::En => en,
    }
}

/// A number with as few places as it needs, at most two.
pub(super) fn plain(language: Language, value: f64) -> String {
    let decimals = (0..2)
        .find(|d| {
            let f = 10f64.powi(*d);
            ((value * f).round() / f - value).abs() < 1e-9 * value.abs().max(1.0)
        })
        .unwrap_or(2);
    number(language, value, decimals as usize)
}

/// A measured number, with so many places that it does not read like the limit it misses.
pub(super) fn against(language: Language, value: f64, limit: f64) -> String {
    let first = if value.fract() == 0.0 || value.abs() >= 100.0 { 0 } else { 1 };
    if value == limit {
        return plain(language, value);
    }
    let shown = |d: usize| format!("{value:.d$}").parse::<f64>().unwrap_or(value);
    let decimals = (first..6).find(|d| shown(*d) != limit).unwrap_or(6);
    number(language, value, decimals)
}

/// Hectares from one hectare on, square metres below.
pub(super) fn area(language: Language, m2: f64) -> String {
    if m2 >= 10_000.0 {
        format!("{} ha", number(language, m2 / 10_000.0, 1))
    } else if m2 >= 10.0 {
        format!("{} m²", number(language, m2, 0))
    } else {
        format!("{} m²", number(language, m2, 1))
    }
}

/// A share: whole percents from ten on, and never "100 %" or "0 %" for what is not quite that.
pub(super) fn percent(language: Language, share: f64) -> String {
    let decimals = if share >= 99.95 || (10.0..99.5).contains(&share) { 0 } else { 1 };
    let text = if share > 0.0 && share < 0.05 {
        format!("< {}", number(language, 0.1, 1))
    } else {
        number(language, share, decimals)
    };
    format!("{text}{}%", pick(language, " ", ""))
}

/// "ab 65", "über 65" or "unter 65".
pub(super) fn beyond(language: Language, comparison: Comparison, limit: f64, unit: &str) -> String {
    let word = match comparison {
        Comparison::Above => pick(language, "über", "above"),
        Comparison::AtLeast => pick(language, "ab", "from"),
        Comparison::Below => pick(language, "unter", "below"),
    };
    let end = match (language, comparison) {
        (Language::En, Comparison::AtLeast) => " up",
        _ => "",
    };
    format!("{word} {} {unit}{end}", plain(language, limit))
}

/// A name in the language's quotation marks.
pub(super) fn quoted(language: Language, name: &str) -> String {
    match language {
        Language::De => format!("„{name}“"),
        Language::En => format!("“{name}”"),
    }
}

/// A list of names; after three the others are counted.
pub(super) fn listed(language: Language, names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|n| quoted(language, n)).collect();
    let rest = names.len().saturating_sub(3);
    let mut text = shown.join(", ");
    if rest > 0 {
        text += &match language {
            Language::De => format!(" und {rest} weitere"),
            Language::En => format!(" and {rest} more"),
        };
    }
    text
}

/// The kind of norm in words.
pub(super) fn force(language: Language, force: LegalForce) -> &'static str {
    let (de, en) = match force {
        LegalForce::Verbot => ("gesetzliches Verbot", "statutory prohibition"),
        LegalForce::Zustimmung => ("Zustimmung einer Behörde nötig", "an authority's consent is needed"),
        LegalForce::Grenzwert => ("verbindlicher Grenzwert", "binding limit"),
        LegalForce::Richtwert => ("Richtwert", "guide value"),
        LegalForce::Orientierungswert => ("Orientierungswert, der Abwägung zugänglich", "orientation value, open to weighing"),
        LegalForce::Planungsrichtwert => ("Planungsrichtwert", "planning guide value"),
        LegalForce::Empfehlung => ("Empfehlung", "recommendation"),
    };
    pick(language, de, en)
}

/// The evidence mark in words.
pub(super) fn evidence(language: Language, mark: Evidence) -> &'static str {
    let (de, en) = match mark {
        Evidence::P => ("P: im Gesetzes- oder Originaltext gelesen", "P: read in the primary text"),
        Evidence::S => ("S: aus einer Sekundärquelle", "S: read in a secondary source"),
        Evidence::K => ("K: Fachwissen, Text nicht eingesehen", "K: professional knowledge, text not seen"),
        Evidence::I => ("I: abgeleitet", "I: inferred"),
    };
    pick(language, de, en)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{De, En};

    #[test]
    fn a_miss_by_a_hair_does_not_read_like_the_limit() {
        assert_eq!(against(De, 29.96, 30.0), "29,96");
        assert_eq!(against(De, 29.94, 30.0), "29,9");
        assert_eq!(against(En, 70.0, 65.0), "70");
        assert_eq!(against(De, 1234.4, 500.0), "1234");
        assert_eq!(against(De, 500.2, 500.0), "500,2");
    }

    #[test]
    fn shares_and_areas_read_naturally() {
        assert_eq!(percent(De, 62.3), "62 %");
        assert_eq!(percent(En, 62.3), "62%");
        assert_eq!(percent(De, 99.7), "99,7 %");
        assert_eq!(percent(De, 0.01), "< 0,1 %");
        assert_eq!(percent(De, 100.0), "100 %");
        assert_eq!(area(De, 14_000.0), "1,4 ha");
        assert_eq!(area(En, 850.2), "850 m²");
        assert_eq!(
            (plain(De, 0.049), plain(De, 65.0), plain(En, 1.5)),
            ("0,05".into(), "65".into(), "1.5".into())
        );
    }
}
