//! One conflict a line for spreadsheets: RFC 4180 with a byte order mark, in German with semicolons and decimal commas. Text
//! never starts a formula.

use super::{ExportError, Exporter, Results, table::Rows};
use crate::{
    model::LocalText,
    rules::{self, GroupBy},
};

/// The table.
pub(super) struct Csv;

const COLUMNS: &[&str] = &[
    "export-column-id",
    "export-column-severity",
    "export-column-severity-name",
    "export-column-rule",
    "export-column-title",
    "export-column-subject",
    "export-column-subject-id",
    "export-column-subject-slot",
    "export-column-objects",
    "export-column-measured",
    "export-column-measured-unit",
    "export-column-threshold",
    "export-column-threshold-unit",
    "export-column-area",
    "export-column-share",
    "export-column-reasons",
    "export-column-office",
    "export-column-source",
    "export-column-data-date",
    "export-column-proxy",
    "export-column-status",
    "export-column-note",
    "export-column-site",
    "export-column-district",
    "export-column-rules-here",
    "export-column-x",
    "export-column-y",
];

impl Exporter for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> LocalText {
        LocalText::new(
            "Ein Konflikt je Zeile für die Tabellenkalkulation.",
            "One conflict a line for spreadsheets.",
        )
    }

    fn bytes(&self, results: &Results) -> Result<Vec<u8>, ExportError> {
        let mut table = Rows::new(results.language);
        for column in COLUMNS {
            table.text(&results.word(column));
        }
        table.end();
        let places = rules::places(results.city, results.evaluation);
        for (c, place) in results.evaluation.conflicts.iter().zip(&places) {
            let rule = results.rule(c);
            let review = results.review(c);
            let local = |text: &LocalText| text.get(results.language).to_string();
            table.text(&c.id);
            table.number(Some(f64::from(u8::from(c.severity))), 0);
            table.text(&results.severity_name(c.severity));
            table.text(&c.rule);
            table.text(&rule.map(|r| local(&r.title)).unwrap_or_default());
            table.text(&c.subject.label);
            table.text(&c.subject.id);
            table.text(&c.subject.slot.0);
            table.text(&c.objects.iter().map(|o| o.label.as_str()).collect::<Vec<_>>().join(" | "));
            table.quantity(Some(&c.measured));
            table.quantity(c.threshold.as_ref());
            table.number(c.area_m2, 1);
            table.number(c.share_percent, 2);
            table.text(&c.reasons.iter().map(local).collect::<Vec<_>>().join(" "));
            table.text(&rules::group_name(
                GroupBy::Office,
                results.city,
                c,
                place,
                Some(&review),
                results.language,
            ));
            table.text(rule.map_or("", |r| &r.source));
            table.text(c.data_date.as_deref().unwrap_or_default());
            table.text(&results.word(if c.proxy { "export-yes" } else { "export-no" }));
            table.text(&results.status_name(review.status));
            table.text(&review.note);
            table.text(place.site.as_ref().map_or("", |s| &s.label));
            table.text(place.district.as_deref().unwrap_or_default());
            table.number(Some(f64::from(place.rules_here)), 0);
            table.number(Some(c.anchor[0]), 2);
            table.number(Some(c.anchor[1]), 2);
            table.end();
        }
        Ok(table.into_bytes())
    }
}
