//! Why a layer cannot be derived.

use super::{LONGEST_DISTANCE_M, MOST_EXPRESSIONS, MOST_FEATURES, MOST_INPUTS, Operation};
use crate::{
    model::{GeometryKind, LocalText, SlotId},
    modules::FilterError,
};

/// What stands in the way of an expression.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DeriveError {
    /// No usable name.
    #[error("\"{id}\" is no id")]
    Id {
        /// As given.
        id: String,
    },
    /// Two expressions of one name.
    #[error("the id \"{id}\" is given twice")]
    Twice {
        /// The name.
        id: String,
    },
    /// More than a person writes.
    #[error("{found} expressions, at most {MOST_EXPRESSIONS}")]
    TooMany {
        /// How many there are.
        found: usize,
    },
    /// Too few or too many layers.
    #[error("{operation:?} of {found} layers")]
    Inputs {
        /// What was asked.
        operation: Operation,
        /// Layers given.
        found: usize,
    },
    /// No usable distance.
    #[error("the distance {found:?} makes no buffer")]
    Distance {
        /// As given.
        found: Option<f64>,
    },
    /// A distance that nobody uses.
    #[error("{operation:?} takes no distance")]
    NoDistance {
        /// What was asked.
        operation: Operation,
    },
    /// A filter operation without a filter.
    #[error("a filter operation without a filter")]
    NoFilter,
    /// No colour.
    #[error("\"{found}\" is no colour")]
    Color {
        /// As given.
        found: String,
    },
    /// A filter that cannot be read.
    #[error("the filter for {slot}: {source}")]
    Filter {
        /// Which layer it is for.
        slot: SlotId,
        /// Why.
        source: FilterError,
    },
    /// A filter that names an attribute that is not there.
    #[error("{slot} has no attribute \"{name}\"")]
    Attribute {
        /// Which layer.
        slot: SlotId,
        /// The name.
        name: String,
        /// What there is.
        has: String,
    },
    /// A layer that the project does not know.
    #[error("there is no layer {slot}")]
    UnknownSlot {
        /// Its name.
        slot: SlotId,
    },
    /// A layer without data.
    #[error("{slot} has no data")]
    NoData {
        /// Its name.
        slot: SlotId,
        /// Why.
        reason: LocalText,
    },
    /// A grid.
    #[error("{slot} is a grid")]
    Grid {
        /// Its name.
        slot: SlotId,
    },
    /// Geometry that the operation cannot take.
    #[error("{slot} holds {found:?}, {operation:?} cannot take it")]
    Kind {
        /// The layer.
        slot: SlotId,
        /// What it holds.
        found: GeometryKind,
        /// What was asked.
        operation: Operation,
    },
    /// Expressions that need each other.
    #[error("expressions in a circle: {chain:?}")]
    Cycle {
        /// The layers in order, the first again at the end.
        chain: Vec<SlotId>,
    },
    /// More than can be worked with.
    #[error("the result has over {MOST_FEATURES} features or too many vertices")]
    TooLarge,
    /// The user stopped it.
    #[error("stopped")]
    Cancelled,
}

fn plural(kind: GeometryKind) -> [&'static str; 2] {
    match kind {
        GeometryKind::Point => ["Punkte", "points"],
        GeometryKind::Line => ["Linien", "lines"],
        GeometryKind::Polygon => ["Flächen", "areas"],
    }
}

impl Operation {
    /// Its name for people.
    pub fn name(self) -> LocalText {
        let (de, en) = match self {
            Self::Intersection => ("Verschneidung", "intersection"),
            Self::Difference => ("Differenz", "difference"),
            Self::Union => ("Vereinigung", "union"),
            Self::Buffer => ("Puffer", "buffer"),
            Self::Filter => ("Auswahl", "filter"),
        };
        LocalText::new(de, en)
    }
}

impl DeriveError {
    /// The key of `[[derive]]` that is to blame.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Id { .. } | Self::Twice { .. } | Self::TooMany { .. } => "id",
            Self::Distance { .. } | Self::NoDistance { .. } => "distance_m",
            Self::Color { .. } => "color",
            Self::Kind { .. } | Self::TooLarge | Self::Cancelled => "operation",
            _ => "of",
        }
    }

    /// What is wrong and what to do.
    pub fn text(&self) -> LocalText {
        let say = |de: String, en: String| LocalText::new(de, en);
        match self {
            Self::Id { id } => say(
                format!("„{id}“ ist kein Kurzname. Möglich sind bis zu 60 Kleinbuchstaben, Ziffern und Unterstriche."),
                format!("“{id}” is no short name. Use up to 60 lower-case letters, digits and underscores."),
            ),
            Self::Twice { id } => say(
                format!("Den Kurznamen „{id}“ gibt es schon. Bitte einen anderen wählen."),
                format!("The short name “{id}” exists already. Choose another one."),
            ),
            Self::TooMany { found } => say(
                format!("{found} Ausdrücke sind zu viele; gerechnet werden die ersten {MOST_EXPRESSIONS}."),
                format!("{found} expressions are too many; the first {MOST_EXPRESSIONS} are computed."),
            ),
            Self::Inputs { operation, found } => {
                let name = operation.name();
                match operation.several() {
                    true => say(
                        format!("{} braucht 2 bis {MOST_INPUTS} Ebenen, angegeben sind {found}.", name.de),
                        format!("{} needs 2 to {MOST_INPUTS} layers, {found} are given.", capital(&name.en)),
                    ),
                    false => say(
                        format!("{} braucht genau eine Ebene, angegeben sind {found}.", name.de),
                        format!("{} needs exactly one layer, {found} are given.", capital(&name.en)),
                    ),
                }
            }
            Self::Distance { found } => {
                let given = found.map_or_else(|| "–".to_owned(), |d| d.to_string());
                say(
                    format!(
                        "Ein Puffer braucht eine Entfernung in Metern, nicht 0 und höchstens {LONGEST_DISTANCE_M}; angegeben ist {given}."
                    ),
                    format!("A buffer needs a distance in metres, not 0 and at most {LONGEST_DISTANCE_M}; given is {given}."),
                )
            }
            Self::NoDistance { operation } => say(
                format!("{} braucht keine Entfernung. Bitte distance_m streichen.", operation.name().de),
                format!("{} takes no distance. Remove distance_m.", capital(&operation.name().en)),
            ),
            Self::NoFilter => say(
                "Die Auswahl braucht einen Filter: of = [{ slot = \"…\", filter = \"…\" }].".into(),
                "The filter operation needs a filter: of = [{ slot = \"…\", filter = \"…\" }].".into(),
            ),
            Self::Color { found } => say(
                format!("„{found}“ ist keine Farbe der Form #RRGGBB."),
                format!("“{found}” is no colour of the form #RRGGBB."),
            ),
            Self::Filter { slot, source } => {
                let why = source.text();
                say(format!("{slot}: {}", why.de), format!("{slot}: {}", why.en))
            }
            Self::Attribute { slot, name, has } => say(
                format!("{slot} hat kein Merkmal „{name}“. Vorhanden: {has}."),
                format!("{slot} has no attribute “{name}”. It has: {has}."),
            ),
            Self::UnknownSlot { slot } => say(
                format!("Die Ebene „{slot}“ gibt es in diesem Projekt nicht."),
                format!("This project has no layer “{slot}”."),
            ),
            Self::NoData { slot, reason } => say(
                format!("Für „{slot}“ liegen keine Daten vor: {}", reason.de),
                format!("There are no data for “{slot}”: {}", reason.en),
            ),
            Self::Grid { slot } => say(
                format!("„{slot}“ ist ein Raster; Ausdrücke rechnen mit Objekten."),
                format!("“{slot}” is a grid; expressions work with features."),
            ),
            Self::Kind { slot, found, operation } => {
                let [de, en] = plural(*found);
                say(
                    format!("„{slot}“ enthält {de}; {} braucht hier Flächen.", operation.name().de),
                    format!("“{slot}” holds {en}; {} needs areas here.", operation.name().en),
                )
            }
            Self::Cycle { chain } => {
                let chain = chain.iter().map(ToString::to_string).collect::<Vec<_>>().join(" → ");
                say(
                    format!("Die Ausdrücke setzen einander voraus: {chain}. Bitte einen davon ändern."),
                    format!("The expressions need each other: {chain}. Change one of them."),
                )
            }
            Self::TooLarge => say(
                format!(
                    "Das Ergebnis hätte mehr als {MOST_FEATURES} Objekte oder zu viele Stützpunkte. Bitte die Ebenen vorher einschränken."
                ),
                format!("The result would have more than {MOST_FEATURES} features or too many vertices. Narrow the layers down first."),
            ),
            Self::Cancelled => say("Die Berechnung wurde abgebrochen.".into(), "The computation was stopped.".into()),
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
