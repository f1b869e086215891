//! The answer for programs: both languages, every number, names beside ids.

use super::Why;
use crate::{model::Review, project::City, suitability::Competition};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The format's own number: it grows when a field changes its meaning or goes away.
const SCHEMA: u32 = 1;

/// The whole answer.
pub fn to_json(why: &Why, city: &City, reviews: &BTreeMap<String, Review>) -> Value {
    let spot = &why.spot;
    json!({
        "format": "stadtschicht.why",
        "schema": SCHEMA,
        "project": { "title": city.info.title, "synthetic": city.info.synthetic },
        "crs": format!("EPSG:{}", city.info.epsg),
        "at": spot.at,
        "height_m": spot.height_m,
        "site": spot.site,
        "layers": spot.layers.iter().map(|l| {
            let mut entry = json!(l);
            entry["title"] = json!(city.slot(&l.slot).map(|s| &s.def.title));
            entry
        }).collect::<Vec<_>>(),
        "rules": spot.rules.iter().map(|r| {
            let mut entry = json!(r);
            let def = city.rule(&r.rule);
            entry["title"] = json!(def.map(|d| &d.title));
            entry["law"] = json!(def.map(|d| &d.source));
            entry["section"] = json!(def.and_then(|d| d.section.as_ref()));
            entry["office"] = json!(def.map(|d| &d.office));
            entry["review"] = json!(r.conflict.as_ref().map(|id| reviews.get(id).cloned().unwrap_or_default()));
            entry
        }).collect::<Vec<_>>(),
        "indicators": why.more.figures,
        "suitability": why.more.uses,
        "competition": why.more.uses.competition.as_ref().map(|c| competition(c, why)),
    })
}

fn competition(c: &Competition, why: &Why) -> Value {
    let claimants: Vec<&str> = why.more.uses.uses.iter().filter(|u| u.claims).map(|u| u.id.as_str()).collect();
    let undecided: Vec<&str> = c
        .undecided
        .iter()
        .filter_map(|k| Some(why.more.uses.uses.get(*k)?.id.as_str()))
        .collect();
    json!({ "contest": c.contest, "degree": c.degree, "claimants": claimants, "undecided": undecided })
}
