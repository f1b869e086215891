//! One line for each indicator and place, for spreadsheets.

use super::{COLUMNS, Entry, IndicatorExporter, IndicatorResults};
use crate::{
    export::{ExportError, table::Rows},
    model::LocalText,
};

/// The table.
pub(super) struct Csv;

impl IndicatorExporter for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> LocalText {
        LocalText::new(
            "Ein Wert je Zeile für die Tabellenkalkulation.",
            "One value a line for spreadsheets.",
        )
    }

    fn bytes(&self, results: &IndicatorResults) -> Result<Vec<u8>, ExportError> {
        let mut table = Rows::new(results.language);
        for column in COLUMNS {
            table.text(&results.word(column));
        }
        table.end();
        for line in results.lines() {
            for entry in line {
                match entry {
                    Entry::Text(text) => table.text(&text),
                    Entry::Number(value, places) => table.number(value, places),
                }
            }
            table.end();
        }
        Ok(table.into_bytes())
    }
}
