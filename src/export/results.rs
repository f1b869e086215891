//! What every exporter is given, and the account of it that all formats share.

use crate::{
    i18n,
    model::{Conflict, ConflictStatus, Language, Report, Review, Severity},
    modules::RuleDef,
    project::{City, SlotData},
    rules::Evaluation,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The results of one check.
#[derive(Debug, Clone, Copy)]
pub struct Results<'a> {
    /// The city that was checked.
    pub city: &'a City,
    /// Its conflicts.
    pub evaluation: &'a Evaluation,
    /// Status and note by conflict id.
    pub reviews: &'a BTreeMap<String, Review>,
    /// Language of formats that speak only one.
    pub language: Language,
}

impl<'a> Results<'a> {
    /// The rule of a conflict.
    pub fn rule(&self, conflict: &Conflict) -> Option<&'a RuleDef> {
        self.city.rule(&conflict.rule)
    }

    /// What the office decided about a conflict.
    pub fn review(&self, conflict: &Conflict) -> Review {
        self.reviews.get(&conflict.id).cloned().unwrap_or_default()
    }

    /// Reviewed conflicts that the check does not find any more, by id.
    pub fn no_longer_found(&self) -> impl Iterator<Item = (&'a String, &'a Review)> {
        let evaluation = self.evaluation;
        self.reviews.iter().filter(move |(id, _)| evaluation.conflict(id).is_none())
    }

    /// A word of the interface in the language of the results.
    pub fn word(&self, key: &str) -> String {
        i18n::tr(self.language, key)
    }

    /// The name of a severity.
    pub fn severity_name(&self, severity: Severity) -> String {
        self.word(severity_key(severity))
    }

    /// The name of a status.
    pub fn status_name(&self, status: ConflictStatus) -> String {
        self.word(status_key(status))
    }

    /// The program that made the results.
    pub(super) fn program() -> Value {
        json!({
            "name": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "revision": env!("STADTSCHICHT_REVISION"),
        })
    }

    /// The project without its data.
    pub(super) fn project(&self) -> Value {
        let info = &self.city.info;
        let extent = self.city.extent();
        json!({
            "title": info.title,
            "crs": format!("EPSG:{}", info.epsg),
            "state": info.state,
            "site": info.site,
            "extent": (!extent.is_empty()).then(|| [extent.min, extent.max].concat()),
            "area_of_interest": info.area_of_interest.is_some(),
            "synthetic": info.synthetic,
            "modules": self.city.modules.iter().map(|m| &m.id).collect::<Vec<_>>(),
        })
    }

    /// Every source in use with date, licence and hash.
    pub(super) fn sources(&self) -> Value {
        self.city
            .provenance()
            .map(|(slot, p)| {
                let mut entry = json!({ "slot": slot });
                if let (Some(entry), Ok(Value::Object(p))) = (entry.as_object_mut(), serde_json::to_value(p)) {
                    entry.extend(p);
                }
                entry
            })
            .collect()
    }

    /// Every slot with what fills it.
    pub(super) fn layers(&self) -> Value {
        self.city
            .slots
            .iter()
            .map(|slot| match &slot.data {
                SlotData::Missing { reason } => json!({ "slot": slot.id, "title": slot.def.title, "data": "none", "reason": reason }),
                SlotData::Vector(l) => json!({
                    "slot": slot.id,
                    "title": slot.def.title,
                    "data": "features",
                    "features": l.layer.len(),
                    "data_date": l.layer.data_date(),
                    "report": report(&l.layer.report),
                }),
                SlotData::Raster(r) => json!({
                    "slot": slot.id,
                    "title": slot.def.title,
                    "data": "grid",
                    "width": r.width,
                    "height": r.height,
                    "cell_m": r.cell_m,
                    "data_date": r.data_date(),
                }),
            })
            .collect()
    }

    /// Conflicts by severity, gravest first.
    pub(super) fn summary(&self) -> Value {
        let count = |s| self.evaluation.count(s);
        json!({
            "conflicts": self.evaluation.conflicts.len(),
            "prohibited": count(Severity::Prohibited),
            "restricted": count(Severity::Restricted),
            "weigh": count(Severity::Weigh),
            "hint": count(Severity::Hint),
            "subjects_not_decidable": self.evaluation.outcomes.iter().map(|o| u64::from(o.unknown)).sum::<u64>(),
        })
    }
}

/// The interface text that names a severity.
pub fn severity_key(severity: Severity) -> &'static str {
    match severity {
        Severity::Hint => "export-severity-1",
        Severity::Weigh => "export-severity-2",
        Severity::Restricted => "export-severity-3",
        Severity::Prohibited => "export-severity-4",
    }
}

/// The interface text that names a status.
pub fn status_key(status: ConflictStatus) -> &'static str {
    match status {
        ConflictStatus::Open => "export-status-open",
        ConflictStatus::InReview => "export-status-in-review",
        ConflictStatus::Accepted => "export-status-accepted",
        ConflictStatus::Mitigated => "export-status-mitigated",
        ConflictStatus::Resolved => "export-status-resolved",
        ConflictStatus::Dismissed => "export-status-dismissed",
    }
}

/// A report with its sums, so that a reader need not add up.
pub(super) fn report(report: &Report) -> Value {
    json!({
        "expected": report.expected,
        "loaded": report.loaded,
        "dropped": report.dropped(),
        "findings": report.findings,
    })
}
