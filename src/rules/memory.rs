//! What an evaluation remembers of every subject, so that an edit needs to check its neighbourhood only.

use super::{Verdict, ways::Ways, words::both};
use crate::model::{Bbox, Language, Layer, LocalText};
use std::sync::Arc;

/// Why a subject cannot be decided. The order is the order of the reasons in an outcome.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// It has no geometry.
    NoGeometry,
    /// It lies outside the area that the layers declare to cover.
    Coverage,
    /// The grid holds no value there.
    NoData,
    /// The attribute that chooses the limit is empty.
    NoChoice,
    /// The attribute that chooses the limit has a value without a limit.
    NoLimit(Arc<str>),
    /// An object there has no value.
    NoValue,
    /// The size of the nearest objects is not known.
    NoSize,
    /// Every way is farther than this from it, in metres.
    OffWays(u32),
    /// An object that is near in a straight line hangs on no way.
    ObjectOffWays,
    /// Neither dwellings nor floor area can be derived.
    NoDwellings,
    /// Inhabitants of the catchment are not known.
    NoInhabitants,
    /// A facility in the catchment does not tell its places.
    NoPlaces,
    /// A geometry could not be built.
    Geometry,
    /// The run was stopped before.
    Cancelled,
}

impl Gap {
    /// The reason for `count` subjects.
    pub fn text(&self, count: usize) -> LocalText {
        both(|l| {
            let de = l == Language::De;
            let n = match (de, count) {
                (true, 1) => "1 Objekt".into(),
                (true, n) => format!("{n} Objekte"),
                (false, 1) => "1 feature".into(),
                (false, n) => format!("{n} features"),
            };
            format!("{n}: {}", self.reason(l))
        })
    }

    /// The reason without a count.
    pub fn reason(&self, language: Language) -> String {
        let (de, en) = match self {
            Gap::NoGeometry => ("ohne Geometrie", "no geometry"),
            Gap::Coverage => (
                "ganz oder teilweise außerhalb des Gebiets, für das Daten vorliegen",
                "wholly or partly outside the area covered by data",
            ),
            Gap::NoData => ("ganz oder teilweise ohne Rasterwerte", "wholly or partly without raster values"),
            Gap::NoChoice => (
                "das Merkmal, nach dem sich der Grenzwert richtet, ist leer",
                "the attribute that chooses the limit is empty",
            ),
            Gap::NoLimit(value) => {
                return match language {
                    Language::De => format!("für „{value}“ nennt die Regel keinen Grenzwert"),
                    Language::En => format!("the rule names no limit for “{value}”"),
                };
            }
            Gap::NoValue => ("das Objekt dort trägt keinen Wert", "the feature there has no value"),
            Gap::NoSize => (
                "nur Objekte unbekannter Größe in der Nähe",
                "only features of unknown size are near",
            ),
            Gap::OffWays(m) => {
                return match language {
                    Language::De => format!("kein Weg in {m} m Umkreis, der ohne Hindernis zu erreichen ist: Fußwege nicht bestimmbar"),
                    Language::En => {
                        format!("no way within {m} m that can be reached without an obstacle: distances on foot cannot be told")
                    }
                };
            }
            Gap::ObjectOffWays => (
                "eine Einrichtung in der Nähe liegt zu weit von jedem Weg, ihr Fußweg ist nicht bestimmbar",
                "a facility nearby lies too far from every way, its distance on foot cannot be told",
            ),
            Gap::NoDwellings => (
                "weder Wohnungen noch GFZ oder Gebietsart bekannt",
                "neither dwellings nor floor area ratio or zone type are known",
            ),
            Gap::NoInhabitants => (
                "Einwohnerzahlen im Einzugsbereich fehlen",
                "inhabitants of the catchment are missing",
            ),
            Gap::NoPlaces => (
                "eine Einrichtung im Einzugsbereich nennt keine Plätze",
                "a facility in the catchment does not tell its places",
            ),
            Gap::Geometry => ("die Geometrie ließ sich nicht verarbeiten", "the geometry could not be processed"),
            Gap::Cancelled => ("die Prüfung wurde abgebrochen", "the check was stopped"),
        };
        match language {
            Language::De => de,
            Language::En => en,
        }
        .into()
    }
}

/// A subject that is wholly or partly undecided.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Undecided {
    /// Row in the subject layer.
    pub row: u32,
    /// Subject area without an answer.
    pub area_m2: f64,
    /// Why.
    pub gap: Gap,
}

/// The subjects of one rule and their verdicts.
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleMemory {
    /// Rule id.
    pub rule: String,
    /// The layers as they were: a layer that is still the same is not compared again.
    pub subject: Option<Arc<Layer>>,
    /// As above.
    pub object: Option<Arc<Layer>>,
    /// Rows that pass the subject filter, ascending.
    pub rows: Arc<Vec<u32>>,
    /// One verdict a row.
    pub verdicts: Vec<Verdict>,
    /// By ascending row.
    pub undecided: Vec<Undecided>,
    /// The network that was walked along.
    pub ways: Option<Arc<Ways>>,
    /// Why the rule did not run at all.
    pub blocked: Option<LocalText>,
}

impl PartialEq for RuleMemory {
    fn eq(&self, other: &Self) -> bool {
        self.rule == other.rule
            && self.rows == other.rows
            && self.verdicts == other.verdicts
            && self.undecided == other.undecided
            && self.blocked == other.blocked
    }
}

impl RuleMemory {
    /// The verdict of a subject row; `None` where the filter leaves the row aside.
    pub fn verdict(&self, row: u32) -> Option<Verdict> {
        let k = self.rows.binary_search(&row).ok()?;
        Some(self.verdicts.get(k).copied().unwrap_or(Verdict::Unknown))
    }

    /// Why that row is undecided.
    pub fn undecided(&self, row: u32) -> Option<&Undecided> {
        let k = self.undecided.binary_search_by_key(&row, |u| u.row).ok()?;
        self.undecided.get(k)
    }
}

/// What an evaluation remembers of every subject; opaque outside this room.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memory {
    /// One entry a rule, in module order.
    pub(super) rules: Vec<RuleMemory>,
    /// The box that stands for an area of interest nobody drew; a change of it concerns every rule.
    pub(super) basis: Option<Bbox>,
}

impl Memory {
    /// The memory of one rule.
    pub(super) fn rule(&self, id: &str) -> Option<&RuleMemory> {
        self.rules.iter().find(|r| r.rule == id)
    }
}
