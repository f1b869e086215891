//! Results into files and streams. Each format is one file here and one line in [`EXPORTERS`]; files are replaced in one step.

mod comparison;
mod csv;
mod geojson;
mod import_report;
mod indicators;
mod json;
mod layer;
mod manifest;
mod plan_layers;
mod qml;
mod results;
mod save;
mod sheet;
mod suitability;
mod table;
mod text;

pub use comparison::{comparison_csv, comparison_json, comparison_xlsx};
pub use import_report::{Imported, import_report_csv, import_report_json};
pub use indicators::{INDICATOR_EXPORTERS, IndicatorExporter, IndicatorResults, indicator_exporter};
pub use layer::{gpkg_table, layer_geojson};
pub use manifest::{AppliedRule, Counts, DerivedLayer, Input, Manifest, Picture, Program, ShownLayer};
pub use plan_layers::{PlanLayer, plan_geojson, plan_layers, save_plan};
pub use qml::qml;
pub use results::{Results, severity_key, status_key};
pub use save::{ExportError, save};
pub use sheet::{Cell, Column, Sheet, SheetRow};
pub use suitability::{Groups, ScoredUse, SuitabilityResults, contest_key};
pub use text::plain;

use crate::model::LocalText;

/// A format for the conflicts of a city.
pub trait Exporter: Sync {
    /// Name on the command line.
    fn name(&self) -> &'static str;
    /// What it is good for, in one sentence.
    fn about(&self) -> LocalText;
    /// The file's bytes. The same results give the same bytes.
    fn bytes(&self, results: &Results) -> Result<Vec<u8>, ExportError>;
}

/// Every format in the order of menus and help.
pub const EXPORTERS: &[&dyn Exporter] = &[&json::Json, &geojson::GeoJson, &csv::Csv];

/// The format of that name.
pub fn exporter(name: &str) -> Option<&'static dyn Exporter> {
    EXPORTERS.iter().copied().find(|e| e.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_unique_names_and_words_in_both_languages() {
        let mut names: Vec<_> = EXPORTERS.iter().map(|e| e.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), EXPORTERS.len());
        for e in EXPORTERS {
            assert!(e.about().de.ends_with('.') && e.about().en.ends_with('.'), "{}", e.name());
            assert!(exporter(e.name()).is_some());
        }
    }
}
