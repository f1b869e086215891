//! A workbook: an overview with one line for each indicator and a column for each place, and a sheet with every number behind it.

use super::{COLUMNS, Entry, IndicatorExporter, IndicatorResults};
use crate::{
    export::{ExportError, plain},
    model::LocalText,
};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

/// The workbook.
pub(super) struct Xlsx;

impl IndicatorExporter for Xlsx {
    fn name(&self) -> &'static str {
        "xlsx"
    }

    fn about(&self) -> LocalText {
        LocalText::new(
            "Arbeitsmappe mit Übersicht und allen Einzelwerten.",
            "Workbook with an overview and every single value.",
        )
    }

    fn bytes(&self, results: &IndicatorResults) -> Result<Vec<u8>, ExportError> {
        workbook(results).map_err(|e| ExportError::Workbook { reason: e.to_string() })
    }
}

fn workbook(results: &IndicatorResults) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed day: the same results give the same bytes.
    let properties = DocProperties::new()
        .set_title(plain(&results.say(&results.city.info.title)))
        .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    book.set_properties(&properties);
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name(results.word("indicators-sheet-overview"))?;
    let heads = ["indicators-column-id", "indicators-column-title", "indicators-column-unit"];
    for (column, key) in (0u16..).zip(heads) {
        sheet.write_with_format(0, column, results.word(key), &bold)?;
    }
    for (column, place) in (heads.len() as u16..).zip(&results.indicators.places) {
        sheet.write_with_format(0, column, plain(&results.say(&place.label)), &bold)?;
    }
    for (row, figure) in (1u32..).zip(&results.indicators.figures) {
        let number = Format::new().set_num_format(match figure.decimals {
            0 => "#,##0".to_owned(),
            n => format!("#,##0.{}", "0".repeat(n.into())),
        });
        sheet.write(row, 0, figure.id.as_str())?;
        sheet.write(row, 1, plain(&results.say(&figure.title)))?;
        sheet.write(row, 2, results.say(&figure.unit))?;
        for (column, cell) in (heads.len() as u16..).zip(&figure.cells) {
            // An empty cell is what nobody knows.
            if let Some(value) = cell.value {
                sheet.write_with_format(row, column, value, &number)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 2)?;
    sheet.set_column_width(1, 44)?;
    let sheet = book.add_worksheet();
    sheet.set_name(results.word("indicators-sheet-details"))?;
    for (column, key) in (0u16..).zip(COLUMNS) {
        sheet.write_with_format(0, column, results.word(key), &bold)?;
    }
    for (row, line) in (1u32..).zip(results.lines()) {
        for (column, entry) in (0u16..).zip(line) {
            match entry {
                // Strings are written as strings: nothing in them can become a formula.
                Entry::Text(text) => sheet.write_string(row, column, plain(&text))?,
                Entry::Number(Some(value), _) if value.is_finite() => sheet.write_number(row, column, value)?,
                Entry::Number(..) => continue,
            };
        }
    }
    sheet.set_freeze_panes(1, 2)?;
    sheet.set_column_width(1, 44)?;
    book.save_to_buffer()
}
