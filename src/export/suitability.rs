//! Scores of units and the competition between uses, as JSON for programs, as CSV for spreadsheets and as GeoJSON for maps.

use super::{
    ExportError, Results,
    geojson::{NO_BOX, Writer, close, degrees},
    table::Rows,
};
use crate::{
    geometry,
    model::{Language, LocalText},
    modules::{CriterionDef, SuitabilityDef},
    project::{City, WeightGroup},
    suitability::{Competition, Contest, Dissent, Judged, Matrix, Score, Stability, Units, Weights},
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
    pub weights: Weights,
    /// Measures and scores of the criteria.
    pub matrix: Matrix,
    /// Score of each unit.
    pub scores: Vec<Score>,
    /// Rank stability of each unit, where it was asked for.
    pub stability: Option<Vec<Stability>>,
    /// What the groups of the project make of the use, where they were asked and at least two say something about it.
    pub groups: Option<Groups<'a>>,
}

/// Groups side by side.
#[derive(Debug)]
pub struct Groups<'a> {
    /// Each with its weights and the score of each unit.
    pub members: Vec<(&'a WeightGroup, Weights, Vec<Score>)>,
    /// Unit by unit.
    pub dissent: Vec<Dissent>,
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
                    "groups": u.groups.as_ref().map(|g| groups_at(g, unit)),
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

    /// One feature a unit, in longitude and latitude: scores, standing, competition and dissent as plain properties for a map.
    ///
    /// # Errors
    /// When a place has no longitude and latitude.
    pub fn geojson(&self) -> Result<Vec<u8>, ExportError> {
        let place = degrees(self.city.info.epsg)?;
        let mut box_of_all = NO_BOX;
        let mut features = Vec::with_capacity(self.units.len());
        for unit in 0..self.units.len() {
            let geometry = geometry::to_geo(&self.units.geometry, unit);
            features.push(json!({
                "type": "Feature",
                "id": self.units.ids[unit],
                "geometry": Writer::new(&place, &mut box_of_all).geometry(&geometry)?,
                "properties": self.properties(unit),
            }));
        }
        let uses: Vec<Value> = self.uses.iter().map(used).collect();
        let about = json!({ "program": Results::program(), "uses": uses });
        let mut document = json!({ "type": "FeatureCollection", "features": features, "stadtschicht": about });
        close(&mut document, box_of_all)
    }

    fn properties(&self, unit: usize) -> Value {
        let joined = |ids: Vec<&str>| json!(ids.join(", "));
        let mut out = Map::new();
        out.insert("label".into(), json!(self.units.labels[unit]));
        for u in self.uses {
            let s = &u.scores[unit];
            let open = u.matrix.undecided(unit).into_iter();
            let mut put = |key: &str, value: Value| out.insert(format!("{}_{key}", u.def.id), value);
            put("score", json!(s.get()));
            put("provisional_score", json!(s.provisional()));
            put("standing", json!(s.standing));
            put("low", json!(finite(s.low)));
            put("high", json!(finite(s.high)));
            put("known_percent", json!(100.0 * s.known));
            put("excluded_by", json!(u.matrix.excluded(unit).map(|k| &u.def.exclusions[k].id)));
            put("undecided_by", joined(open.map(|k| u.def.exclusions[k].id.as_str()).collect()));
            if let Some(all) = &u.stability {
                put("in_top", json!(all[unit].in_top));
            }
            if let Some(g) = &u.groups {
                let d = &g.dissent[unit];
                let name = |k: Option<usize>| json!(k.map(|k| &g.members[k].0.id));
                put("group_mean", json!(d.mean));
                put("group_spread", json!(d.mean.map(|_| d.spread)));
                put("group_most", name(d.extremes.map(|e| e.0)));
                put("group_least", name(d.extremes.map(|e| e.1)));
            }
        }
        let c = &self.competition[unit];
        let names = |uses: &[usize]| joined(uses.iter().map(|k| self.uses[*k].def.id.as_str()).collect());
        out.insert("contest".into(), json!(c.contest));
        out.insert("degree".into(), json!(c.degree));
        out.insert("claimants".into(), names(&c.claimants));
        out.insert("undecided_uses".into(), names(&c.undecided));
        Value::Object(out)
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
        for u in self.uses {
            let title = u.def.title.get(self.language);
            for (group, _, _) in u.groups.iter().flat_map(|g| &g.members) {
                rows.text(&format!("{title}: {}", group.title.get(self.language)));
            }
            for key in ["spread", "most", "least"].into_iter().filter(|_| u.groups.is_some()) {
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
            for g in self.uses.iter().filter_map(|u| u.groups.as_ref()) {
                for (_, _, scores) in &g.members {
                    rows.number(scores[unit].provisional(), 2);
                }
                let d = &g.dissent[unit];
                rows.number(d.mean.map(|_| d.spread), 2);
                let name = |k: Option<usize>| k.map_or("", |k| g.members[k].0.title.get(self.language));
                rows.text(name(d.extremes.map(|e| e.0)));
                rows.text(name(d.extremes.map(|e| e.1)));
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
    let group = |(group, weights, _): &(&WeightGroup, Weights, Vec<Score>)| {
        json!({
            "id": group.id,
            "title": group.title,
            "weights": shares(u.def, weights),
            "pairs": weights.judged.as_ref().map(|j| pairs(u.def, j)),
        })
    };
    json!({
        "definition": u.def,
        "weights": shares(u.def, &u.weights),
        "pairs": u.weights.judged.as_ref().map(|j| pairs(u.def, j)),
        "groups": u.groups.as_ref().map(|g| g.members.iter().map(group).collect::<Vec<_>>()),
        "unknown": u.matrix.gaps,
    })
}

/// Weights that add up to 1.
fn shares(def: &SuitabilityDef, weights: &Weights) -> Map<String, Value> {
    let total: f64 = weights.values.iter().sum();
    let one = |(c, w): (&CriterionDef, &f64)| (c.id.clone(), json!(w / total));
    def.criteria.iter().zip(&weights.values).map(one).collect()
}

fn pairs(def: &SuitabilityDef, judged: &Judged) -> Value {
    let worst = judged.worst_pair().map(|(a, b)| [&def.criteria[a].id, &def.criteria[b].id]);
    json!({
        "consistency_ratio": judged.result.consistency_ratio,
        "consistent": judged.result.is_consistent(),
        "worst_pair": worst,
    })
}

fn groups_at(g: &Groups, unit: usize) -> Value {
    let d = &g.dissent[unit];
    let scores: Map<String, Value> = g
        .members
        .iter()
        .map(|(group, _, scores)| (group.id.clone(), json!(scores[unit].provisional())))
        .collect();
    let name = |k: Option<usize>| k.map(|k| &g.members[k].0.id);
    json!({
        "scores": scores,
        "mean": d.mean,
        "spread": d.mean.map(|_| d.spread),
        "most": name(d.extremes.map(|e| e.0)),
        "least": name(d.extremes.map(|e| e.1)),
    })
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
