//! The words for enumerations, and numbers and dates in the language's form.

use crate::{
    i18n::tr,
    model::{ConflictStatus, Language, Level, Severity},
    modules::{Evidence, LegalForce},
    progress::Progress,
    rules::Verdict,
};

pub use crate::i18n::{area, date, measure, percent, quantity};

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

/// What is being worked out, and how far it is.
pub fn progress(language: Language, p: &Progress) -> String {
    format!(
        "{} · {}",
        p.step.get(language),
        percent(language, (100.0 * f64::from(p.fraction)).round())
    )
}

/// The weight of a finding.
pub fn level(language: Language, l: Level) -> String {
    match l {
        Level::Info => tr(language, "level-info"),
        Level::Warning => tr(language, "level-warning"),
        Level::Error => tr(language, "level-error"),
    }
}
