//! Every indicator for every place, with numerator, denominator, unknown part, sources and dates.

use super::{
    known::{Book, Memory},
    measure::{Counted, Desk, Gap},
    places::Unit,
};
use crate::{
    geometry,
    model::{LocalText, SlotId},
    modules::{Direction, IndicatorDef, MeasureDef},
    progress::Control,
    project::City,
    rules::Evaluation,
};
use rayon::prelude::*;
use serde::Serialize;
use std::sync::OnceLock;

/// A place that indicators are told for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// Source id; empty for the whole.
    pub id: String,
    /// Name for people.
    pub label: LocalText,
    /// Row in the layer of places; `None` for the whole.
    pub row: Option<u32>,
    /// Its area.
    pub area_m2: f64,
}

/// Something counted, and what of it is not known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Amount {
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: LocalText,
    /// How much is not known.
    pub unknown: f64,
    /// In this unit: people that may count stand beside area without data.
    pub unknown_unit: LocalText,
}

/// The value of one indicator in one place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// `None` where it cannot be told.
    pub value: Option<f64>,
    /// What was counted.
    pub numerator: Option<Amount>,
    /// What it was divided by.
    pub denominator: Option<Amount>,
    /// The larger of the unknown shares of both, in percent of what could be known; `None` where nothing could.
    pub unknown_percent: Option<f64>,
    /// Why something is unknown or assumed.
    pub notes: Vec<LocalText>,
}

/// A source that went into an indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceNote {
    /// The slot.
    pub slot: SlotId,
    /// Its name.
    pub title: LocalText,
    /// Publisher, or the file.
    pub source: String,
    /// The day that the data describe.
    pub date: Option<String>,
    /// A model or an estimate.
    pub unofficial: bool,
}

/// One indicator with its values, one a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// Code.
    pub id: String,
    /// Module that defines it.
    pub module: String,
    /// Short name.
    pub title: LocalText,
    /// What is counted, and how.
    pub what: LocalText,
    /// Unit.
    pub unit: LocalText,
    /// Places after the decimal point.
    pub decimals: u8,
    /// Which way is better.
    pub direction: Direction,
    /// For which places it is meant.
    pub spatial_unit: LocalText,
    /// The year that its limits stand for.
    pub year: i32,
    /// Where the definition comes from.
    pub definition: String,
    /// The data.
    pub sources: Vec<SourceNote>,
    /// One value a place.
    pub cells: Vec<Cell>,
}

/// All indicators of a city.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Indicators {
    /// The layer that the places come from; `None` where only the whole is told.
    pub by: Option<SlotId>,
    /// The whole first, then the features of `by` in their order.
    pub places: Vec<Place>,
    /// In the order of the modules.
    pub figures: Vec<Figure>,
    /// What the next state can take over, see [`update`].
    #[serde(skip)]
    pub memory: Memory,
}

/// Computes every indicator of the active modules for the area of interest and, with `by`, for each polygon of a layer.
///
/// # Errors
/// When `by` is no polygon layer with data, or the job was cancelled.
pub fn evaluate(city: &City, evaluation: &Evaluation, by: Option<&SlotId>, control: &Control) -> Result<Indicators, LocalText> {
    update(city, evaluation, by, None, control)
}

/// As [`evaluate`], where `before` was told of an earlier state of the city: what nothing touched since is taken over, and the result is the
/// same.
///
/// # Errors
/// As above.
pub fn update(
    city: &City,
    evaluation: &Evaluation,
    by: Option<&SlotId>,
    before: Option<&Indicators>,
    control: &Control,
) -> Result<Indicators, LocalText> {
    of_places(city, evaluation, by, Unit::all(city, by)?, before, control)
}

/// As [`evaluate`], for the whole and only those polygons of `by` that hold the point (project CRS).
///
/// # Errors
/// As above.
pub fn evaluate_at(
    city: &City,
    evaluation: &Evaluation,
    by: Option<&SlotId>,
    at: [f64; 2],
    control: &Control,
) -> Result<Indicators, LocalText> {
    let mut units = Unit::all(city, by)?;
    units.retain(|u| u.place.row.is_none() || geometry::contains(&u.ground, 0, at));
    of_places(city, evaluation, by, units, None, control)
}

fn of_places(
    city: &City,
    evaluation: &Evaluation,
    by: Option<&SlotId>,
    units: Vec<Unit>,
    before: Option<&Indicators>,
    control: &Control,
) -> Result<Indicators, LocalText> {
    let desk = Desk::new(city, evaluation, before.into_iter().flat_map(|b| b.memory.ways()));
    let [whole, places @ ..] = &units[..] else {
        return Err(LocalText::default());
    };
    let mut book = Book::new(&desk, whole, before);
    let defs: Vec<(&str, &IndicatorDef)> = city
        .modules
        .iter()
        .flat_map(|m| m.indicators.iter().map(move |i| (m.id.as_str(), i)))
        .collect();
    let mut figures = vec![];
    for (k, (module, def)) in defs.iter().enumerate() {
        control.report(
            format!("Indikator {} wird berechnet", def.id),
            format!("computing indicator {}", def.id),
            k as f32 / defs.len().max(1) as f32,
        );
        if control.is_cancelled() {
            return Err(LocalText::new("Die Berechnung wurde abgebrochen.", "The computation was stopped."));
        }
        let measures = std::iter::once(&def.numerator).chain(&def.denominator);
        let measures: Vec<(&MeasureDef, OnceLock<_>)> = measures.map(|m| (m, OnceLock::new())).collect();
        let mut of_whole = measures.iter().map(|(m, ready)| book.count(m, ready, whole));
        let mut cells = match (of_whole.next(), of_whole.next()) {
            (Some(numerator), denominator) => vec![cell(def, numerator, denominator)],
            (None, _) => vec![],
        };
        cells.par_extend(places.par_iter().map(|unit| {
            let mut of_place = measures.iter().map(|(m, ready)| match ready.get_or_init(|| desk.prepare(m)) {
                Ok(ready) => desk.count(ready, unit),
                Err(why) => Err(Gap(why.clone())),
            });
            let numerator = of_place.next().unwrap_or_else(|| Err(Gap(LocalText::default())));
            cell(def, numerator, of_place.next())
        }));
        figures.push(Figure {
            id: def.id.clone(),
            module: (*module).into(),
            title: def.title.clone(),
            what: def.what.clone(),
            unit: def.unit.clone(),
            decimals: def.decimals,
            direction: def.direction,
            spatial_unit: def.spatial_unit.clone(),
            year: def.year,
            definition: def.source.clone(),
            sources: sources(city, def),
            cells,
        });
    }
    let memory = book.close();
    Ok(Indicators {
        memory,
        by: by.cloned(),
        places: units.into_iter().map(|u| u.place).collect(),
        figures,
    })
}

fn cell(def: &IndicatorDef, numerator: Result<Counted, Gap>, denominator: Option<Result<Counted, Gap>>) -> Cell {
    let mut notes: Vec<LocalText> = vec![];
    let mut take = |counted: Result<Counted, Gap>| match counted {
        Ok(counted) => {
            for note in &counted.notes {
                if !notes.contains(note) {
                    notes.push(note.clone());
                }
            }
            Some(counted)
        }
        Err(Gap(why)) => {
            if !notes.contains(&why) {
                notes.push(why);
            }
            None
        }
    };
    let top = take(numerator);
    let divided = denominator.is_some();
    let bottom = denominator.and_then(&mut take);
    let value = match (&top, &bottom, divided) {
        (Some(top), _, false) => Some(top.value),
        (Some(top), Some(bottom), true) if bottom.value > 0.0 => Some(top.value / bottom.value),
        (Some(_), Some(_), true) => {
            notes.push(LocalText::new(
                "Hier gibt es nichts, worauf sich die Zahl beziehen könnte.",
                "There is nothing here that the figure could refer to.",
            ));
            None
        }
        _ => None,
    };
    let unknown = [&top, &bottom].into_iter().flatten().map(Counted::unknown_percent).reduce(f64::max);
    let known = unknown.is_none_or(|u| u < 100.0 - 1e-9);
    Cell {
        // An empty sum is minus zero; the addition makes it a plain one.
        value: value.filter(|_| known).map(|v| v * def.factor / def.years.unwrap_or(1.0) + 0.0),
        unknown_percent: unknown,
        numerator: top.map(Counted::amount),
        denominator: bottom.map(Counted::amount),
        notes,
    }
}

fn sources(city: &City, def: &IndicatorDef) -> Vec<SourceNote> {
    let mut out: Vec<SourceNote> = vec![];
    let measures = std::iter::once(&def.numerator).chain(&def.denominator);
    for (id, _) in measures.flat_map(|m| m.sides()) {
        let Some(slot) = city.slot(id) else { continue };
        for (_, p) in city.provenance().filter(|(of, _)| *of == id) {
            let note = SourceNote {
                slot: id.clone(),
                title: slot.def.title.clone(),
                source: p.source.clone().unwrap_or_else(|| p.file.clone()),
                date: p.data_date.clone(),
                unofficial: p.unofficial,
            };
            if !out.contains(&note) {
                out.push(note);
            }
        }
    }
    out
}
