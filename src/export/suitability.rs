//! Scores of units and the competition between uses, as JSON for programs and as CSV for spreadsheets.

use super::{ExportError, Results, table::Rows};
use crate::{
    geometry,
    model::{Language, LocalText},
    modules::SuitabilityDef,
    project::City,
    suitability::{Competition, Contest, Matrix, Score, Stability, Units},
};
use serde_json::{Map, Value, json};

/// The JSON's own number: it grows when a field changes its meaning or goes away.
const SCHEMA: u32 = 2;

/// One use with what was computed for it.
#[derive(Debug)]
pub struct ScoredUse<'a> {
    /// Definition.
    pub def: &'a SuitabilityDef,
    /// Weights in force, in the order of the criteria.
    pub weights: Vec<f64>,
    /// Measures and scores of the criteria.
    pub matrix: Matrix,
    /// Score of each unit.
    pub scores: Vec<Score>,
    /// Rank stability of each unit, where it was asked for.
    pub stability: Option<Vec<Stability>>,
}

impl ScoredUse<'_> {
    /// Why nobody can say whether an exclusion takes the unit out.
    pub fn undecided_reason(&self, unit: usize, exclusion: usize) -> LocalText {
        self.matrix.undecided_reason(unit, exclusion, &self.def.exclusions[exclusion])
    }
}

/// Several uses over the same units.
#[derive(Debug)]
pub struct SuitabilityResults<'a> {
    /// The city.
    pub city: &'a City,
    /// What was scored.
    pub units: &'a Units,
    /// Uses in order.
    pub uses: &'a [ScoredUse<'a>],
    /// Competition unit by unit.
    pub competition: &'a [Competition],
    /// Language of headings.
    pub language: Language,
}

/// The word of a contest in the texts.
pub fn contest_key(contest: Contest) -> &'static str {
    match contest {
        Contest::None => "contest-none",
        Contest::Moderate => "contest-moderate",
        Contest::Major => "contest-major",
    }
}

impl SuitabilityResults<'_> {
    /// Everything, with both languages and all measures.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn json(&self) -> Result<Vec<u8>, ExportError> {
        let uses: Vec<Value> = self.uses.iter().map(used).collect();
        let units: Vec<Value> = (0..self.units.len()).map(|unit| self.unit(unit)).collect();
        let document = json!({
            "format": "stadtschicht.suitability",
            "schema": SCHEMA,
            "program": Results::program(),
            "epsg": self.city.info.epsg,
            "uses": uses,
            "units": units,
        });
        let failed = |source| ExportError::Format { format: "JSON", source };
        let mut bytes = serde_json::to_vec_pretty(&document).map_err(failed)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn unit(&self, unit: usize) -> Value {
        let mut scores = Map::new();
        for u in self.uses {
            let s = &u.scores[unit];
            let criteria: Map<String, Value> = u
                .def
                .criteria
                .iter()
                .enumerate()
                .map(|(k, c)| {
                    (
                        c.id.clone(),
                        json!({
                            "measure": u.matrix.measure(unit, k),
                            "unit": c.unit,
                            "score": finite(u.matrix.scores(unit)[k]),
                            "low": u.matrix.bounds(unit)[0][k],
                            "high": u.matrix.bounds(unit)[1][k],
                        }),
                    )
                })
                .collect();
            scores.insert(
                u.def.id.clone(),
                json!({
                    "score": s.get(),
                    "provisional_score": s.provisional(),
                    "standing": s.standing,
                    "low": finite(s.low),
                    "high": finite(s.high),
                    "known": s.known,
                    "excluded_by": u.matrix.excluded(unit).map(|k| &u.def.exclusions[k].id),
                    "undecided": undecided(u, unit),
                    "in_top": u.stability.as_ref().map(|s| s[unit].in_top),
                    "criteria": criteria,
                }),
            );
        }
        let c = &self.competition[unit];
        let names = |uses: &[usize]| uses.iter().map(|k| self.uses[*k].def.id.as_str()).collect::<Vec<_>>();
        json!({
            "id": self.units.ids[unit],
            "label": self.units.labels[unit],
            "at": geometry::point_on_surface(&self.units.geometry, unit),
            "uses": scores,
            "competition": {
                "contest": c.contest,
                "degree": c.degree,
                "claimants": names(&c.claimants),
                "undecided": names(&c.undecided),
            },
        })
    }

    /// One unit a line.
    pub fn csv(&self, word: impl Fn(&str) -> String) -> Vec<u8> {
        let mut rows = Rows::new(self.language);
        for key in ["id", "label", "x", "y"] {
            rows.text(&word(&format!("column-{key}")));
        }
        for u in self.uses {
            let title = u.def.title.get(self.language);
            rows.text(title);
            for key in ["provisional", "low", "high", "known", "excluded", "undecided"] {
                rows.text(&format!("{title}: {}", word(&format!("column-{key}"))));
            }
        }
        for key in ["contest", "degree", "claimants", "open-claims"] {
            rows.text(&word(&format!("column-{key}")));
        }
        rows.end();
        for unit in 0..self.units.len() {
            let at = geometry::point_on_surface(&self.units.geometry, unit);
            rows.text(&self.units.ids[unit]);
            rows.text(&self.units.labels[unit]);
            rows.number(at.map(|p| p[0]), 2);
            rows.number(at.map(|p| p[1]), 2);
            for u in self.uses {
                let s = &u.scores[unit];
                rows.number(s.get(), 2);
                rows.number(s.provisional(), 2);
                rows.number(Some(f64::from(s.low)), 2);
                rows.number(Some(f64::from(s.high)), 2);
                rows.number(Some(f64::from(s.known) * 100.0), 0);
                let excluded = u.matrix.excluded(unit).map(|k| u.def.exclusions[k].title.get(self.language));
                rows.text(excluded.unwrap_or_default());
                let open = u.matrix.undecided(unit).into_iter();
                let open: Vec<String> = open.map(|k| u.undecided_reason(unit, k).get(self.language).to_owned()).collect();
                rows.text(&open.join(" | "));
            }
            let c = &self.competition[unit];
            rows.text(&word(contest_key(c.contest)));
            rows.number(Some(f64::from(c.degree)), 0);
            for uses in [&c.claimants, &c.undecided] {
                let names: Vec<&str> = uses.iter().map(|k| self.uses[*k].def.title.get(self.language)).collect();
                rows.text(&names.join(" | "));
            }
            rows.end();
        }
        rows.into_bytes()
    }
}

fn used(u: &ScoredUse) -> Value {
    let total: f64 = u.weights.iter().sum();
    let weights: Map<String, Value> = u
        .def
        .criteria
        .iter()
        .zip(&u.weights)
        .map(|(c, w)| (c.id.clone(), json!(w / total)))
        .collect();
    json!({ "definition": u.def, "weights": weights, "unknown": u.matrix.gaps })
}

fn undecided(u: &ScoredUse, unit: usize) -> Vec<Value> {
    let one = |k: usize| {
        let share = u.matrix.share(unit, k);
        json!({
            "exclusion": u.def.exclusions[k].id,
            "percent": share.percent,
            "at_most_percent": share.at_most_percent,
            "reason": u.undecided_reason(unit, k),
        })
    };
    u.matrix.undecided(unit).into_iter().map(one).collect()
}

fn finite(v: f32) -> Option<f32> {
    Some(v).filter(|v| v.is_finite())
}
