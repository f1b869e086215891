//! Indicators into files and streams. Each format is one file here and one line in [`INDICATOR_EXPORTERS`].

mod csv;
mod json;
mod xlsx;

use super::ExportError;
use crate::{
    indicators::{Amount, Cell, Figure, Indicators, SourceNote},
    model::{Language, LocalText},
    project::City,
};

/// What every exporter is given.
#[derive(Debug, Clone, Copy)]
pub struct IndicatorResults<'a> {
    /// The city.
    pub city: &'a City,
    /// Its indicators.
    pub indicators: &'a Indicators,
    /// Language of formats that speak only one.
    pub language: Language,
}

/// A format for the indicators of a city.
pub trait IndicatorExporter: Sync {
    /// Name on the command line, and the ending of its files.
    fn name(&self) -> &'static str;
    /// What it is good for, in one sentence.
    fn about(&self) -> LocalText;
    /// The file's bytes. The same results give the same bytes.
    fn bytes(&self, results: &IndicatorResults) -> Result<Vec<u8>, ExportError>;
}

/// Every format in the order of menus and help.
pub const INDICATOR_EXPORTERS: &[&dyn IndicatorExporter] = &[&json::Json, &csv::Csv, &xlsx::Xlsx];

/// The format of that name.
pub fn indicator_exporter(name: &str) -> Option<&'static dyn IndicatorExporter> {
    INDICATOR_EXPORTERS.iter().copied().find(|e| e.name() == name)
}

/// Headings of tables with one line for each indicator and place.
const COLUMNS: &[&str] = &[
    "indicators-column-id",
    "indicators-column-title",
    "indicators-column-place-id",
    "indicators-column-place",
    "indicators-column-value",
    "indicators-column-unit",
    "indicators-column-numerator",
    "indicators-column-numerator-unit",
    "indicators-column-denominator",
    "indicators-column-denominator-unit",
    "indicators-column-unknown",
    "indicators-column-direction",
    "indicators-column-year",
    "indicators-column-definition",
    "indicators-column-sources",
    "indicators-column-notes",
];

/// One cell of such a table.
enum Entry {
    Text(String),
    /// With the places that are shown.
    Number(Option<f64>, usize),
}

impl IndicatorResults<'_> {
    fn word(&self, key: &str) -> String {
        crate::i18n::tr(self.language, key)
    }

    fn say(&self, text: &LocalText) -> String {
        text.get(self.language).to_owned()
    }

    /// All lines, in the order of [`COLUMNS`].
    fn lines(&self) -> impl Iterator<Item = Vec<Entry>> + '_ {
        let figures = self.indicators.figures.iter();
        figures.flat_map(move |f| {
            self.indicators
                .places
                .iter()
                .zip(&f.cells)
                .map(move |(place, cell)| self.line(f, place, cell))
        })
    }

    fn line(&self, f: &Figure, place: &crate::indicators::Place, cell: &Cell) -> Vec<Entry> {
        let amount = |a: &Option<Amount>| {
            let unit = a.as_ref().map(|a| self.say(&a.unit)).unwrap_or_default();
            [Entry::Number(a.as_ref().map(|a| a.value), 2), Entry::Text(unit)]
        };
        let [numerator, numerator_unit] = amount(&cell.numerator);
        let [denominator, denominator_unit] = amount(&cell.denominator);
        vec![
            Entry::Text(f.id.clone()),
            Entry::Text(self.say(&f.title)),
            Entry::Text(place.id.clone()),
            Entry::Text(self.say(&place.label)),
            Entry::Number(cell.value, usize::from(f.decimals).max(2)),
            Entry::Text(self.say(&f.unit)),
            numerator,
            numerator_unit,
            denominator,
            denominator_unit,
            Entry::Number(cell.unknown_percent, 1),
            Entry::Text(self.word(direction_key(f))),
            Entry::Number(Some(f64::from(f.year)), 0),
            Entry::Text(f.definition.clone()),
            Entry::Text(self.sources(&f.sources)),
            Entry::Text(cell.notes.iter().map(|n| self.say(n)).collect::<Vec<_>>().join(" ")),
        ]
    }

    /// "Einwohner: Melderegister (2024)".
    fn sources(&self, list: &[SourceNote]) -> String {
        let one = |s: &SourceNote| {
            let date = s.date.as_ref().map(|d| format!(" ({d})")).unwrap_or_default();
            format!("{}: {}{date}", self.say(&s.title), s.source)
        };
        list.iter().map(one).collect::<Vec<_>>().join("; ")
    }
}

/// The interface text for which way is better.
fn direction_key(f: &Figure) -> &'static str {
    use crate::modules::Direction;
    match f.direction {
        Direction::Higher => "indicators-direction-higher",
        Direction::Lower => "indicators-direction-lower",
        Direction::Neutral => "indicators-direction-neutral",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_unique_names_and_words_in_both_languages() {
        let mut names: Vec<_> = INDICATOR_EXPORTERS.iter().map(|e| e.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), INDICATOR_EXPORTERS.len());
        for e in INDICATOR_EXPORTERS {
            assert!(e.about().de.ends_with('.') && e.about().en.ends_with('.'), "{}", e.name());
            assert!(indicator_exporter(e.name()).is_some());
        }
    }
}
