//! Numbers and figures inside German and English sentences.

use super::{Measured, Span};
use crate::{
    i18n::number,
    model::{Language, LocalText},
};

impl Measured {
    /// Its name.
    pub fn title(self) -> LocalText {
        let (de, en) = match self {
            Self::Grz => ("GRZ der Hauptgebäude", "Site occupancy index (GRZ) of main buildings"),
            Self::GrzTotal => (
                "GRZ mit Garagen, Zufahrten und Nebenanlagen",
                "GRZ with garages, access and ancillary structures",
            ),
            Self::Gfz => ("Geschossflächenzahl (GFZ)", "Floor area ratio (GFZ)"),
            Self::Bmz => ("Baumassenzahl (BMZ)", "Cubic index (BMZ)"),
            Self::Vollgeschosse => ("Zahl der Vollgeschosse", "Number of full storeys"),
            Self::Height => ("Höhe baulicher Anlagen", "Height of buildings"),
            Self::Baugrenze => ("Überbaubare Grundstücksfläche", "Building window"),
        };
        LocalText::new(de, en)
    }
}

/// "0,27", "mindestens 0,27", "0,27 bis 0,31", with the unit.
pub(super) fn span(l: Language, value: Span, decimals: usize, unit: &str) -> String {
    let n = |v: f64| number(l, v, decimals);
    let text = match (value.known(), value.high) {
        (Some(v), _) => n(v),
        (None, Some(high)) if n(high) == n(value.low) => n(high),
        (None, Some(high)) => match l {
            Language::De => format!("{} bis {}", n(value.low), n(high)),
            Language::En => format!("{} to {}", n(value.low), n(high)),
        },
        (None, None) => match l {
            Language::De => format!("mindestens {}", n(value.low)),
            Language::En => format!("at least {}", n(value.low)),
        },
    };
    if unit.is_empty() { text } else { format!("{text} {unit}") }
}

/// A figure with its unit, as wide as it is known.
pub fn span_words(l: Language, value: Span, measured: Measured) -> String {
    span(l, value, measured.decimals(), measured.unit())
}

/// "3 Gebäude", "1 building".
pub(super) fn buildings(l: Language, n: usize) -> String {
    match (l, n) {
        (Language::De, n) => format!("{n} Gebäude"),
        (Language::En, 1) => "1 building".into(),
        (Language::En, n) => format!("{n} buildings"),
    }
}
