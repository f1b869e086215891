//! Everything a check found, for programs: both languages, every number, every source with its hash.

use super::{ExportError, Exporter, Results, results::report};
use crate::{
    model::{Conflict, LocalText, Review},
    modules::{RuleDef, computed},
    rules,
};
use serde_json::{Value, json};

/// The format's own number: it grows when a field changes its meaning or goes away.
const SCHEMA: u32 = 1;

/// The complete account.
pub(super) struct Json;

impl Exporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> LocalText {
        LocalText::new(
            "Alles, was die Prüfung ergab, für Programme.",
            "Everything that the check found, for programs.",
        )
    }

    fn bytes(&self, results: &Results) -> Result<Vec<u8>, ExportError> {
        let failed = |source| ExportError::Format { format: "JSON", source };
        let document = json!({
            "format": "stadtschicht.check",
            "schema": SCHEMA,
            "program": Results::program(),
            "project": results.project(),
            "summary": results.summary(),
            "conflicts": conflicts(results).map_err(failed)?,
            "no_longer_found": results.no_longer_found().map(gone).collect::<Vec<_>>(),
            "outcomes": results.evaluation.outcomes,
            "rules": rules_of(results),
            "sources": results.sources(),
            "layers": results.layers(),
            "reports": {
                "project": report(&results.city.report),
                "rules": report(&results.evaluation.report),
            },
        });
        let mut bytes = serde_json::to_vec_pretty(&document).map_err(failed)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// The rules of the modules, and those that an engine answered.
fn rules_of<'a>(results: &Results<'a>) -> Vec<&'a RuleDef> {
    let answered = |id: &str| results.evaluation.outcomes.iter().any(|o| o.rule.trim_end_matches("-E") == id);
    let own = computed().iter().filter(|r| answered(&r.id));
    results.city.rules().chain(own).collect()
}

/// A decision whose conflict is gone.
fn gone((id, review): (&String, &Review)) -> Value {
    json!({
        "id": id, "rule": review.rule, "subject": review.subject, "status": review.status,
        "note": review.note, "office": review.office, "since": review.gone,
    })
}

/// Who is responsible: the office of the review, else the rule's.
fn office(results: &Results, conflict: &Conflict, review: &Review) -> Value {
    match (review.office.is_empty(), results.rule(conflict)) {
        (false, _) => json!(LocalText::same(&review.office)),
        (true, rule) => json!(rule.map(|r| &r.office)),
    }
}

fn conflicts(results: &Results) -> Result<Vec<Value>, serde_json::Error> {
    let places = rules::places(results.city, results.evaluation);
    results
        .evaluation
        .conflicts
        .iter()
        .zip(&places)
        .map(|(c, place)| {
            let mut value = serde_json::to_value(c)?;
            let review = results.review(c);
            if let Some(fields) = value.as_object_mut() {
                fields.insert("status".into(), json!(review.status));
                fields.insert("note".into(), json!(review.note));
                fields.insert("office".into(), office(results, c, &review));
                fields.insert("site".into(), json!(place.site));
                fields.insert("district".into(), json!(place.district));
                fields.insert("rules_here".into(), json!(place.rules_here));
            }
            Ok(value)
        })
        .collect()
}
