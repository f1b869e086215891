//! Why an edit is refused. Nothing is lost by a refusal: the plan stays as it was.

use crate::{
    geometry::{Defect, Rejection},
    i18n::exact,
    model::{GeometryKind, Language, LocalText, SlotId},
};

/// Why an edit does not fit the city it is made in.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EditError {
    /// No active module has that slot.
    #[error("there is no layer \"{slot}\" in this project")]
    UnknownSlot {
        /// Asked for.
        slot: SlotId,
    },
    /// The slot holds a grid.
    #[error("\"{slot}\" is a grid; only features can be edited")]
    Grid {
        /// Asked for.
        slot: SlotId,
    },
    /// Points for a layer of areas, or the like.
    #[error("the layer \"{slot}\" holds {wanted:?}, not {found:?}")]
    WrongGeometry {
        /// The layer.
        slot: SlotId,
        /// What it holds.
        wanted: GeometryKind,
        /// What came.
        found: GeometryKind,
    },
    /// The feature is not there.
    #[error("there is no feature \"{feature}\" in \"{slot}\"")]
    UnknownFeature {
        /// The layer.
        slot: SlotId,
        /// Its id.
        feature: String,
    },
    /// The id is taken.
    #[error("there is a feature \"{feature}\" in \"{slot}\" already")]
    Taken {
        /// The layer.
        slot: SlotId,
        /// Its id.
        feature: String,
    },
    /// The feature looks different from what the edit changes.
    #[error("the feature \"{feature}\" in \"{slot}\" is no longer as it was ({what})")]
    Changed {
        /// The layer.
        slot: SlotId,
        /// Its id.
        feature: String,
        /// The attribute, or "geometry".
        what: String,
    },
    /// A setting is no longer as it was.
    #[error("the setting \"{key}\" is no longer as it was")]
    SettingChanged {
        /// Which.
        key: String,
    },
    /// No such setting.
    #[error("there is no setting \"{key}\"")]
    UnknownSetting {
        /// Asked for.
        key: String,
    },
    /// A number that the rule does not take.
    #[error("{}", why.en)]
    Rule {
        /// Why.
        why: LocalText,
    },
    /// The layer has no such attribute.
    #[error("\"{slot}\" has no attribute \"{field}\"; it has: {known}")]
    UnknownField {
        /// The layer.
        slot: SlotId,
        /// Asked for.
        field: String,
        /// What there is.
        known: String,
    },
    /// A text for a number, or the like.
    #[error("\"{value}\" is no value for \"{field}\": {wanted}")]
    WrongType {
        /// Attribute.
        field: String,
        /// What came.
        value: String,
        /// What it takes.
        wanted: &'static str,
    },
    /// Not in the list of codes.
    #[error("\"{value}\" is not allowed for \"{field}\"; allowed are: {allowed}")]
    NotAllowed {
        /// Attribute.
        field: String,
        /// What came.
        value: String,
        /// The list.
        allowed: String,
    },
    /// Less than nothing.
    #[error("\"{field}\" cannot be negative ({value})")]
    Negative {
        /// Attribute.
        field: String,
        /// What came.
        value: f64,
    },
    /// More than there can be.
    #[error("\"{field}\" = {value} is more than the {most} that can be meant")]
    TooLarge {
        /// Attribute.
        field: String,
        /// What came.
        value: f64,
        /// The bound.
        most: f64,
    },
    /// Something typed that is no number, or one with another unit.
    #[error("\"{value}\" is no number for \"{}\"", field.en)]
    NoNumber {
        /// Name of the field for people.
        field: LocalText,
        /// What came.
        value: String,
        /// The unit that it may have; empty for a pure number.
        unit: String,
    },
    /// A number that lies outside of what the slot or the rule takes.
    #[error("{}", self.text().en)]
    OutOfBounds {
        /// Name of the field for people.
        field: LocalText,
        /// What came.
        value: f64,
        /// Least value.
        least: Option<f64>,
        /// Greatest value.
        most: Option<f64>,
        /// Unit as printed.
        unit: String,
        /// A year or a code, written without groups of digits.
        plain: bool,
    },
    /// An attribute that the layer cannot do without.
    #[error("\"{field}\" has to be given in \"{slot}\"")]
    Required {
        /// The layer.
        slot: SlotId,
        /// Attribute.
        field: String,
    },
    /// Text beyond reason.
    #[error("the text for \"{field}\" has {found} letters, at most {most} are kept")]
    LongText {
        /// Attribute.
        field: String,
        /// Letters.
        found: usize,
        /// The bound.
        most: usize,
    },
    /// NaN or infinite.
    #[error("a coordinate is not a finite number")]
    NotFinite,
    /// The drawing is a point where it should be a line.
    #[error("the drawing has no extent")]
    NoExtent,
    /// The outline crosses itself, or its holes lie outside.
    #[error("the drawing is not a clean area ({})", defect.text().en)]
    Crossing {
        /// What is wrong.
        defect: Defect,
    },
    /// The area cannot be used at all.
    #[error("the drawing cannot be used ({})", why.text().en)]
    Rejected {
        /// Why.
        why: Rejection,
    },
    /// More vertices than a drawing has.
    #[error("the drawing has {found} vertices, at most {most} are possible")]
    TooManyVertices {
        /// In the drawing.
        found: usize,
        /// The bound.
        most: usize,
    },
    /// Kilometres from the city.
    #[error("the drawing lies {km} km from the city")]
    FarAway {
        /// How far.
        km: u32,
    },
    /// The line does not divide the area.
    #[error("the line does not divide the feature")]
    NoDivision,
    /// No active module has a layer of buildings.
    #[error("no active module has a layer of buildings")]
    NoBuildings,
    /// A building that nobody could see.
    #[error("a building needs storeys or a height")]
    NoHeight,
    /// A step without an edit.
    #[error("nothing would change")]
    Nothing,
    /// More than a person does in one go.
    #[error("{found} edits at once, at most {most} are possible")]
    TooManyEdits {
        /// In the step.
        found: usize,
        /// The bound.
        most: usize,
    },
}

fn kinds(kind: GeometryKind) -> (&'static str, &'static str) {
    match kind {
        GeometryKind::Point => ("Punkte", "points"),
        GeometryKind::Line => ("Linien", "lines"),
        GeometryKind::Polygon => ("Flächen", "areas"),
    }
}

impl EditError {
    /// True when another shape or place would help, and not another value.
    pub fn is_about_shape(&self) -> bool {
        matches!(
            self,
            Self::WrongGeometry { .. }
                | Self::NotFinite
                | Self::NoExtent
                | Self::Crossing { .. }
                | Self::Rejected { .. }
                | Self::TooManyVertices { .. }
                | Self::FarAway { .. }
                | Self::NoDivision
        )
    }

    /// What is wrong and what to do, for people.
    pub fn text(&self) -> LocalText {
        let (de, en) = match self {
            Self::UnknownSlot { slot } => (
                format!("Die Ebene „{slot}“ gibt es in diesem Projekt nicht. Das Modul einschalten oder eine andere Ebene wählen."),
                format!("There is no layer “{slot}” in this project. Switch the module on or choose another layer."),
            ),
            Self::Grid { slot } => (
                format!("„{slot}“ ist ein Raster; bearbeiten lassen sich nur Ebenen mit Objekten."),
                format!("“{slot}” is a grid; only layers with features can be edited."),
            ),
            Self::WrongGeometry { slot, wanted, found } => (
                format!(
                    "Die Ebene „{slot}“ enthält {}, gezeichnet wurden {}. Bitte passend zeichnen.",
                    kinds(*wanted).0,
                    kinds(*found).0
                ),
                format!(
                    "The layer “{slot}” holds {}, but {} were drawn. Please draw what fits.",
                    kinds(*wanted).1,
                    kinds(*found).1
                ),
            ),
            Self::UnknownFeature { slot, feature } => (
                format!("Das Objekt „{feature}“ gibt es in „{slot}“ nicht mehr."),
                format!("The feature “{feature}” is no longer in “{slot}”."),
            ),
            Self::Taken { slot, feature } => (
                format!("Ein Objekt „{feature}“ gibt es in „{slot}“ schon."),
                format!("There is a feature “{feature}” in “{slot}” already."),
            ),
            Self::Changed { slot, feature, what } => (
                format!(
                    "Das Objekt „{feature}“ in „{slot}“ ist nicht mehr so, wie es die Änderung voraussetzt ({}).",
                    if what == "geometry" { "Geometrie" } else { what }
                ),
                format!("The feature “{feature}” in “{slot}” is no longer as the edit expects it ({what})."),
            ),
            Self::SettingChanged { key } => (
                format!("Die Einstellung „{key}“ ist nicht mehr so, wie es die Änderung voraussetzt."),
                format!("The setting “{key}” is no longer as the edit expects it."),
            ),
            Self::UnknownSetting { key } => (
                format!("Eine Einstellung „{key}“ gibt es in diesem Projekt nicht."),
                format!("There is no setting “{key}” in this project."),
            ),
            Self::Rule { why } => (
                format!("Die Regel nimmt den Wert nicht an: {}.", why.de),
                format!("The rule does not take the value: {}.", why.en),
            ),
            Self::UnknownField { slot, field, known } => (
                format!("„{slot}“ hat kein Merkmal „{field}“. Vorhanden sind: {known}."),
                format!("“{slot}” has no attribute “{field}”. It has: {known}."),
            ),
            Self::WrongType { field, value, wanted } => {
                let de = match *wanted {
                    "a number" => "eine Zahl",
                    "a whole number" => "eine ganze Zahl",
                    "true or false" => "ja oder nein",
                    "a date (YYYY-MM-DD)" => "ein Datum (JJJJ-MM-TT)",
                    _ => "ein Text",
                };
                (
                    format!("„{value}“ passt nicht zu „{field}“: erwartet wird {de}."),
                    format!("“{value}” does not fit “{field}”: {wanted} is expected."),
                )
            }
            Self::NotAllowed { field, value, allowed } => (
                format!("„{value}“ ist für „{field}“ nicht vorgesehen. Möglich sind: {allowed}."),
                format!("“{value}” is not allowed for “{field}”. Possible are: {allowed}."),
            ),
            Self::Negative { field, value } => (
                format!("„{field}“ kann nicht negativ sein ({}).", value.to_string().replace('.', ",")),
                format!("“{field}” cannot be negative ({value})."),
            ),
            Self::TooLarge { field, value, most } => (
                format!("„{field}“ = {value} ist mehr, als gemeint sein kann (höchstens {most})."),
                format!("“{field}” = {value} is more than can be meant (at most {most})."),
            ),
            Self::NoNumber { field, value, unit } => match unit.is_empty() {
                true => (
                    format!("„{}“ ist eine reine Zahl; „{value}“ passt nicht.", field.de),
                    format!("“{}” is a pure number; “{value}” does not fit.", field.en),
                ),
                false => (
                    format!("„{}“ ist eine Zahl in {unit}; „{value}“ passt nicht.", field.de),
                    format!("“{}” is a number in {unit}; “{value}” does not fit.", field.en),
                ),
            },
            Self::OutOfBounds {
                field,
                value,
                least,
                most,
                unit,
                plain,
            } => {
                let n = |l: Language, v: f64| match plain {
                    true => v.to_string().replace('-', "\u{2212}"),
                    false => exact(l, v, unit),
                };
                let said = |l: Language| (field.get(l), n(l, *value), least.map(|v| n(l, v)), most.map(|v| n(l, v)));
                (
                    match said(Language::De) {
                        (f, v, Some(a), Some(b)) => format!("„{f}“ liegt zwischen {a} und {b}; {v} passt nicht."),
                        (f, v, Some(a), None) => format!("„{f}“ ist mindestens {a}; {v} passt nicht."),
                        (f, v, None, b) => format!("„{f}“ ist höchstens {}; {v} passt nicht.", b.unwrap_or_default()),
                    },
                    match said(Language::En) {
                        (f, v, Some(a), Some(b)) => format!("“{f}” lies between {a} and {b}; {v} does not fit."),
                        (f, v, Some(a), None) => format!("“{f}” is at least {a}; {v} does not fit."),
                        (f, v, None, b) => format!("“{f}” is at most {}; {v} does not fit.", b.unwrap_or_default()),
                    },
                )
            }
            Self::Required { slot, field } => (
                format!("„{field}“ muss in „{slot}“ angegeben sein."),
                format!("“{field}” has to be given in “{slot}”."),
            ),
            Self::LongText { field, found, most } => (
                format!("Der Text für „{field}“ hat {found} Zeichen, möglich sind {most}."),
                format!("The text for “{field}” has {found} letters, {most} are possible."),
            ),
            Self::NotFinite => (
                "Eine Koordinate ist keine endliche Zahl.".into(),
                "A coordinate is not a finite number.".into(),
            ),
            Self::NoExtent => (
                "Die Zeichnung hat keine Ausdehnung. Bitte mindestens zwei (Linie) oder drei (Fläche) verschiedene Punkte setzen.".into(),
                "The drawing has no extent. Please set at least two (line) or three (area) different points.".into(),
            ),
            Self::Crossing { defect } => (
                format!(
                    "Die Zeichnung ist keine eindeutige Fläche ({}). Bitte den Umriss so führen, dass er sich nicht kreuzt.",
                    defect.text().de
                ),
                format!(
                    "The drawing is not a clean area ({}). Please lead the outline so that it does not cross itself.",
                    defect.text().en
                ),
            ),
            Self::Rejected { why } => (
                format!("Die Zeichnung ist nicht brauchbar ({}).", why.text().de),
                format!("The drawing cannot be used ({}).", why.text().en),
            ),
            Self::TooManyVertices { found, most } => (
                format!("Die Zeichnung hat {found} Stützpunkte, möglich sind {most}. Bitte aufteilen."),
                format!("The drawing has {found} vertices, {most} are possible. Please divide it."),
            ),
            Self::FarAway { km } => (
                format!("Die Zeichnung liegt {km} km außerhalb der Stadt. Bitte Koordinaten und Bezugssystem prüfen."),
                format!("The drawing lies {km} km away from the city. Please check coordinates and reference system."),
            ),
            Self::NoDivision => (
                "Die Linie teilt das Objekt nicht. Bitte sie ganz hindurch führen.".into(),
                "The line does not divide the feature. Please lead it all the way through.".into(),
            ),
            Self::NoBuildings => (
                "Kein eingeschaltetes Modul führt Gebäude. Bitte ein Modul mit Gebäuden einschalten.".into(),
                "No active module has a layer of buildings. Please switch one on.".into(),
            ),
            Self::NoHeight => (
                "Ein Gebäude braucht Geschosse oder eine Höhe.".into(),
                "A building needs storeys or a height.".into(),
            ),
            Self::Nothing => ("Es würde sich nichts ändern.".into(), "Nothing would change.".into()),
            Self::TooManyEdits { found, most } => (
                format!("{found} Änderungen auf einmal; möglich sind {most}."),
                format!("{found} edits at once; {most} are possible."),
            ),
        };
        LocalText::new(de, en)
    }
}
