//! One conflict a line for spreadsheets: RFC 4180 with a byte order mark, in German with semicolons and decimal commas. Text
//! never starts a formula.

use super::{ExportError, Exporter, Results, text::csv_cell};
use crate::model::{Language, LocalText, Quantity};

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
        for c in &results.evaluation.conflicts {
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
            table.text(&rule.map(|r| local(&r.office)).unwrap_or_default());
            table.text(rule.map_or("", |r| &r.source));
            table.text(c.data_date.as_deref().unwrap_or_default());
            table.text(&results.word(if c.proxy { "export-yes" } else { "export-no" }));
            table.text(&results.status_name(review.status));
            table.text(&review.note);
            table.number(Some(c.anchor[0]), 2);
            table.number(Some(c.anchor[1]), 2);
            table.end();
        }
        Ok(table.out.into_bytes())
    }
}

struct Rows {
    out: String,
    separator: char,
    point: &'static str,
    first: bool,
}

impl Rows {
    fn new(language: Language) -> Self {
        let (separator, point) = match language {
            Language::De => (';', ","),
            Language::En => (',', "."),
        };
        Self {
            // Spreadsheets take a file without this mark for Windows-1252.
            out: '\u{feff}'.into(),
            separator,
            point,
            first: true,
        }
    }

    fn cell(&mut self, cell: &str) {
        if !self.first {
            self.out.push(self.separator);
        }
        self.first = false;
        self.out.push_str(cell);
    }

    fn text(&mut self, text: &str) {
        let cell = csv_cell(text, self.separator);
        self.cell(&cell);
    }

    /// At most `places` decimals, no group marks: a spreadsheet must read it as a number.
    fn number(&mut self, value: Option<f64>, places: usize) {
        let Some(value) = value.filter(|v| v.is_finite()) else {
            return self.cell("");
        };
        let mut text = format!("{value:.places$}");
        if text.contains('.') {
            text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
        }
        if text == "-0" {
            text.remove(0);
        }
        self.cell(&text.replace('.', self.point));
    }

    fn quantity(&mut self, quantity: Option<&Quantity>) {
        self.number(quantity.map(|q| q.value), 2);
        self.text(quantity.map_or("", |q| &q.unit));
    }

    fn end(&mut self) {
        self.out.push_str("\r\n");
        self.first = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_numbers_in_the_language_of_the_office() {
        let mut rows = Rows::new(Language::De);
        rows.number(Some(-1234.5), 2);
        rows.number(None, 2);
        rows.number(Some(f64::NAN), 2);
        rows.number(Some(-0.001), 2);
        rows.number(Some(1200.0), 0);
        rows.text("-1");
        rows.end();
        assert_eq!(rows.out, "\u{feff}-1234,5;;;0;1200;'-1\r\n");
        let mut rows = Rows::new(Language::En);
        rows.number(Some(0.25), 2);
        rows.text("a;b");
        rows.end();
        assert_eq!(rows.out, "\u{feff}0.25,\"a;b\"\r\n");
    }
}
