//! Numbers, dates and the words for enumerations, in the language's form.

use crate::{
    i18n::{number, tr},
    model::{ConflictStatus, Language, Level, Quantity, Severity},
    modules::{Evidence, LegalForce},
    rules::Verdict,
};

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

/// A value with a unit.
pub fn measure(language: Language, value: f64, unit: &str) -> String {
    let n = number(language, value, decimals(value, unit));
    if unit.is_empty() { n } else { format!("{n}\u{a0}{unit}") }
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

/// An ISO date (a day, a month or a year) as the language writes it.
pub fn date(language: Language, iso: &str) -> String {
    let parts: Vec<&str> = iso.split('-').collect();
    match (language, parts.as_slice()) {
        (Language::De, [y, m, d]) if y.len() == 4 && m.len() == 2 && d.len() >= 2 => format!("{}.{m}.{y}", &d.get(..2).unwrap_or(d)),
        (Language::De, [y, m]) if y.len() == 4 && m.len() == 2 => format!("{m}/{y}"),
        _ => iso.to_string(),
    }
}

/// The name of a severity.
pub fn severity(language: Language, s: Severity) -> String {
    match s {
        Severity::Prohibited => tr(language, "severity-prohibited"),
        Severity::Restricted => tr(language, "severity-restricted"),
        Severity::Weigh => tr(language, "severity-weigh"),
        Severity::Hint => tr(language, "severity-hint"),
    }
}

/// The name of a status.
pub fn status(language: Language, s: ConflictStatus) -> String {
    match s {
        ConflictStatus::Open => tr(language, "status-open"),
        ConflictStatus::InReview => tr(language, "status-in-review"),
        ConflictStatus::Accepted => tr(language, "status-accepted"),
        ConflictStatus::Mitigated => tr(language, "status-mitigated"),
        ConflictStatus::Resolved => tr(language, "status-resolved"),
        ConflictStatus::Dismissed => tr(language, "status-dismissed"),
    }
}

/// What kind of norm stands behind a rule.
pub fn legal_force(language: Language, f: LegalForce) -> String {
    match f {
        LegalForce::Verbot => tr(language, "force-prohibition"),
        LegalForce::Zustimmung => tr(language, "force-consent"),
        LegalForce::Grenzwert => tr(language, "force-limit"),
        LegalForce::Richtwert => tr(language, "force-guide"),
        LegalForce::Orientierungswert => tr(language, "force-orientation"),
        LegalForce::Planungsrichtwert => tr(language, "force-planning"),
        LegalForce::Empfehlung => tr(language, "force-recommendation"),
    }
}

/// How well the figures of a rule are evidenced.
pub fn evidence(language: Language, e: Evidence) -> String {
    match e {
        Evidence::P => tr(language, "evidence-primary"),
        Evidence::S => tr(language, "evidence-secondary"),
        Evidence::K => tr(language, "evidence-knowledge"),
        Evidence::I => tr(language, "evidence-inferred"),
    }
}

/// A verdict in a word.
pub fn verdict(language: Language, v: Verdict) -> String {
    match v {
        Verdict::Conflict => tr(language, "verdict-conflict"),
        Verdict::Clear => tr(language, "verdict-clear"),
        Verdict::Unknown => tr(language, "verdict-unknown"),
        Verdict::NotApplicable => tr(language, "verdict-not-applicable"),
    }
}

/// The weight of a finding.
pub fn level(language: Language, l: Level) -> String {
    match l {
        Level::Info => tr(language, "level-info"),
        Level::Warning => tr(language, "level-warning"),
        Level::Error => tr(language, "level-error"),
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
}
