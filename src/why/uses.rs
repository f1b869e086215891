//! What speaks for and against each use at a spot, and which uses claim it.

use crate::{
    model::{LocalText, Provenance, Quantity, SlotId},
    modules::{CriterionDef, CriterionMeasure, SuitabilityDef, ValueFunction},
    progress::Control,
    project::{City, SlotData},
    rules::{SpotReport, covers},
    suitability::{Attitude, Competition, Matrix, RANK_LIMITS, Score, Shape, Units, combine, compete, measure},
};
use serde::Serialize;
use std::sync::Arc;

/// Width of the cell that is scored where the spot lies on no site, metres: the one that `suitability --by hexagons` starts with.
const CELL_M: f64 = 50.0;

/// The uses at a spot.
#[derive(Debug, Clone, Serialize)]
pub struct SpotUses {
    /// What was scored: the potential site at the spot, or the cell of the grid around it.
    pub unit: LocalText,
    /// Weights, value functions, exclusions or the risk attitude are somebody's own and not those of the modules.
    pub own_weights: bool,
    /// In the order of the modules.
    pub uses: Vec<SpotUse>,
    /// How they compete; `None` where no module defines a use.
    #[serde(skip)]
    pub competition: Option<Competition>,
}

/// One use at a spot.
#[derive(Debug, Clone, Serialize)]
pub struct SpotUse {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: LocalText,
    /// 0 to 10 from what is known; `None` where the use is excluded, may be excluded, or nothing is known.
    pub score: Option<f64>,
    /// The score if none of the undecided exclusions takes the use out.
    pub provisional_score: Option<f64>,
    /// If everything unknown were as bad, and as good, as can be.
    pub range: Option<[f64; 2]>,
    /// How much of the scale the data settle, by weight, percent.
    pub known_percent: f64,
    /// What takes it out, and why.
    pub excluded: Option<[LocalText; 2]>,
    /// Why nobody can say whether an exclusion takes it out.
    pub undecided: Vec<LocalText>,
    /// 3 wanted, 2, 1 hardly wanted; `None` where it is out or unknown.
    pub rank: Option<u8>,
    /// It is among those that claim the spot.
    pub claims: bool,
    /// What was weighed.
    pub criteria: Vec<SpotCriterion>,
}

/// One criterion at a spot.
#[derive(Debug, Clone, Serialize)]
pub struct SpotCriterion {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: LocalText,
    /// What was measured; `None` where it is unknown.
    pub measured: Option<Quantity>,
    /// The legal threshold that its scale hangs on.
    pub threshold: Option<Quantity>,
    /// 0 to 10.
    pub score: Option<f64>,
    /// Its share of all weights, percent.
    pub weight_percent: f64,
    /// Why it is unknown.
    pub unknown: Option<LocalText>,
    /// Slot that was measured.
    pub slot: SlotId,
    /// Quoted source.
    pub source: Option<String>,
    /// Data date.
    pub data_date: Option<String>,
}

/// A use as somebody weighs it.
#[derive(Debug, Clone, PartialEq)]
pub struct WeighedUse {
    /// With its value functions and exclusions.
    pub def: Arc<SuitabilityDef>,
    /// In the order of the criteria.
    pub weights: Vec<f64>,
}

/// How uses are weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct InForce {
    /// All uses, in the order in which they are told.
    pub uses: Vec<WeighedUse>,
    /// Risk attitude.
    pub attitude: Attitude,
    /// Something is set otherwise than the modules have it.
    pub own: bool,
}

impl InForce {
    /// As the modules have it.
    pub fn of_modules(city: &City) -> Self {
        let weighed = |def: &SuitabilityDef| WeighedUse {
            weights: def.criteria.iter().map(|c| c.weight).collect(),
            def: Arc::new(def.clone()),
        };
        Self {
            uses: city.modules.iter().flat_map(|m| &m.suitability).map(weighed).collect(),
            attitude: Attitude::NEUTRAL,
            own: false,
        }
    }
}

/// Scores every use at the spot, weighed as it is in force; `None` when the work was stopped.
pub fn uses_at(city: &City, spot: &SpotReport, in_force: &InForce, control: &Control) -> Option<SpotUses> {
    let defs: Vec<&SuitabilityDef> = in_force.uses.iter().map(|u| &*u.def).collect();
    let own_weights = in_force.own;
    let (unit, units) = unit(city, spot);
    let Some(units) = units.filter(|_| !defs.is_empty()) else {
        return Some(SpotUses {
            unit,
            own_weights,
            uses: vec![],
            competition: None,
        });
    };
    let matrices: Vec<Matrix> = defs.iter().map(|d| measure(city, d, &units, control)).collect::<Option<_>>()?;
    let weighed = in_force.uses.iter().zip(&matrices);
    let scores: Vec<_> = weighed.map(|(u, m)| combine(m, &u.weights, in_force.attitude)).collect();
    let slices: Vec<_> = scores.iter().map(Vec::as_slice).collect();
    let competition = compete(&slices, RANK_LIMITS).into_iter().next();
    let uses = defs
        .iter()
        .zip(&matrices)
        .zip(&scores)
        .enumerate()
        .map(|(k, ((def, matrix), score))| {
            let score = score.first();
            let excluded = matrix.excluded(0).and_then(|k| def.exclusions.get(k));
            SpotUse {
                id: def.id.clone(),
                title: def.title.clone(),
                score: score.and_then(Score::get),
                provisional_score: score.and_then(Score::provisional),
                range: score
                    .map(|s| [f64::from(s.low), f64::from(s.high)])
                    .filter(|r| r.iter().all(|v| v.is_finite())),
                known_percent: score.map_or(0.0, |s| 100.0 * f64::from(s.known)),
                excluded: excluded.map(|e| [e.title.clone(), e.why.clone()]),
                undecided: matrix
                    .undecided(0)
                    .into_iter()
                    .map(|k| matrix.undecided_reason(0, k, &def.exclusions[k]))
                    .collect(),
                rank: competition.as_ref().and_then(|c| c.ranks.get(k).copied().flatten()),
                claims: competition.as_ref().is_some_and(|c| c.claimants.contains(&k)),
                criteria: criteria(city, def, &in_force.uses[k].weights, matrix, spot.at),
            }
        });
    Some(SpotUses {
        unit,
        own_weights,
        uses: uses.collect(),
        competition,
    })
}

/// The site at the spot, as it is scored by `suitability`; elsewhere the cell.
fn unit(city: &City, spot: &SpotReport) -> (LocalText, Option<Units>) {
    let site = spot.site.as_ref().and_then(|site| {
        let layer = city.layer(&site.slot)?;
        let mut geometry = crate::model::GeometriesBuilder::new(layer.layer.geometry.kind());
        geometry.copy_feature(&layer.layer.geometry, site.row as usize);
        let units = Units {
            geometry: geometry.finish(),
            ids: vec![site.id.clone()],
            labels: vec![site.label.clone()],
        };
        Some((LocalText::same(&site.label), Some(units)))
    });
    site.unwrap_or_else(|| {
        let name = LocalText::new(
            format!("Zelle von {CELL_M} m um die Stelle"),
            format!("cell of {CELL_M} m around the spot"),
        );
        (name, Units::cell_at(Shape::Hexagon, CELL_M, spot.at))
    })
}

fn criteria(city: &City, def: &SuitabilityDef, weights: &[f64], matrix: &Matrix, at: [f64; 2]) -> Vec<SpotCriterion> {
    let weight = |k: usize| weights.get(k).copied().unwrap_or(0.0).max(0.0);
    let total: f64 = (0..def.criteria.len()).map(weight).sum();
    let one = |(k, c): (usize, &CriterionDef)| {
        let measured = matrix.measure(0, k);
        let quantity = |value: f64| Quantity {
            value,
            unit: c.unit.clone(),
        };
        let threshold = match &c.value {
            ValueFunction::Threshold { threshold, .. } => Some(quantity(*threshold)),
            _ => None,
        };
        let (source, data_date) = origin(city, &c.slot);
        SpotCriterion {
            id: c.id.clone(),
            title: c.title.clone(),
            measured: measured.map(quantity),
            threshold,
            score: matrix.scores(0).get(k).map(|s| f64::from(*s)).filter(|s| !s.is_nan()),
            weight_percent: if total > 0.0 { 100.0 * weight(k) / total } else { 0.0 },
            unknown: measured.is_none().then(|| gap(city, c, at)),
            slot: c.slot.clone(),
            source,
            data_date,
        }
    };
    def.criteria.iter().enumerate().map(one).collect()
}

/// Why a criterion has no measure here.
fn gap(city: &City, c: &CriterionDef, at: [f64; 2]) -> LocalText {
    let reaches = |layer: &crate::model::Layer| covers(city, layer, at) != Some(false);
    match city.slot(&c.slot).map(|s| &s.data) {
        None => LocalText::new(
            format!("das Modul „{}“ ist nicht eingeschaltet", c.slot.module()),
            format!("the module \"{}\" is not switched on", c.slot.module()),
        ),
        Some(SlotData::Missing { reason }) => reason.clone(),
        Some(SlotData::Vector(layer)) if !reaches(&layer.layer) => LocalText::new(
            "die Stelle liegt außerhalb des Gebiets, für das Daten vorliegen",
            "the spot lies outside the area covered by data",
        ),
        Some(SlotData::Raster(_)) => LocalText::new("das Raster hat hier keinen Wert", "the raster has no value here"),
        Some(SlotData::Vector(_)) if matches!(c.measure, CriterionMeasure::Attribute { .. }) => LocalText::new(
            "hier trägt kein Objekt den Wert, und dass keines da ist, sagt nichts",
            "no feature here carries the value, and that there is none tells nothing",
        ),
        Some(SlotData::Vector(_)) => LocalText::new("die Daten sagen hier nichts", "the data tell nothing here"),
    }
}

/// Who published what fills a slot, each once, and the oldest date.
fn origin(city: &City, slot: &SlotId) -> (Option<String>, Option<String>) {
    let all: Vec<&Provenance> = city.provenance().filter(|(id, _)| *id == slot).map(|(_, p)| p).collect();
    let date = all.iter().filter_map(|p| p.data_date.clone()).min();
    (crate::rules::quoted_sources(all.into_iter()), date)
}
