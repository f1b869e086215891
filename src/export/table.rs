//! Rows of a CSV file: RFC 4180 with a byte order mark, in German with semicolons and decimal commas. Text never starts a formula.

use super::text::csv_cell;
use crate::model::{Language, Quantity};

/// A table in the making.
pub(super) struct Rows {
    out: String,
    separator: char,
    point: &'static str,
    first: bool,
}

impl Rows {
    pub fn new(language: Language) -> Self {
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

    pub fn text(&mut self, text: &str) {
        let cell = csv_cell(text, self.separator);
        self.cell(&cell);
    }

    /// At most `places` decimals, no group marks: a spreadsheet must read it as a number.
    pub fn number(&mut self, value: Option<f64>, places: usize) {
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

    pub fn quantity(&mut self, quantity: Option<&Quantity>) {
        self.number(quantity.map(|q| q.value), 2);
        self.text(quantity.map_or("", |q| &q.unit));
    }

    pub fn end(&mut self) {
        self.out.push_str("\r\n");
        self.first = true;
    }

    /// The finished file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out.into_bytes()
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
