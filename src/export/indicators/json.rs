//! Every indicator with numerator, denominator, unknown part and sources, for programs: both languages.

use super::{IndicatorExporter, IndicatorResults};
use crate::{export::ExportError, model::LocalText};
use serde_json::json;

/// The format's own number: it grows when a field changes its meaning or goes away.
const SCHEMA: u32 = 1;

/// The complete account.
pub(super) struct Json;

impl IndicatorExporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> LocalText {
        LocalText::new(
            "Alle Werte mit Zähler, Nenner, Unbekanntem und Quellen, für Programme.",
            "All values with numerator, denominator, unknown part and sources, for programs.",
        )
    }

    fn bytes(&self, results: &IndicatorResults) -> Result<Vec<u8>, ExportError> {
        let info = &results.city.info;
        let document = json!({
            "format": "stadtschicht.indicators",
            "schema": SCHEMA,
            "program": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "revision": env!("STADTSCHICHT_REVISION"),
            },
            "project": { "title": info.title, "crs": format!("EPSG:{}", info.epsg), "state": info.state, "synthetic": info.synthetic },
            "indicators": results.indicators,
        });
        let failed = |source| ExportError::Format { format: "JSON", source };
        let mut bytes = serde_json::to_vec_pretty(&document).map_err(failed)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
