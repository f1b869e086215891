//! Every number of a predicate by name, with unit and bounds: what a state variant or a project may set, and what is checked.

use super::{DistanceBy, PredicateDef, RuleDef, Threshold};

/// A number of a rule.
#[derive(Debug)]
pub struct Parameter<'a> {
    /// Name ("distance_m", "limit", "limits.WA", "step.2.limit").
    pub key: String,
    /// Unit as printed; empty for a pure number.
    pub unit: String,
    /// Least value.
    pub least: f64,
    /// Greatest value.
    pub most: f64,
    /// The value, to be read or set.
    pub value: &'a mut f64,
}

/// A distance below this finds nothing.
const LEAST_M: f64 = 0.01;
/// Farther than any municipality reaches.
const MOST_M: f64 = 50_000.0;
/// Surroundings beyond this are no neighbourhood any more.
const MOST_AROUND_M: f64 = 5_000.0;
/// Larger than any municipality is.
const MOST_M2: f64 = 1e9;

struct List<'a>(Vec<Parameter<'a>>);

impl<'a> List<'a> {
    fn add(&mut self, key: impl Into<String>, unit: &str, (least, most): (f64, f64), value: &'a mut f64) {
        self.0.push(Parameter {
            key: key.into(),
            unit: unit.into(),
            least,
            most,
            value,
        });
    }

    fn metres(&mut self, key: &str, value: &'a mut f64) {
        self.add(key, "m", (LEAST_M, MOST_M), value);
    }

    fn square_metres(&mut self, key: &str, value: &'a mut f64) {
        self.add(key, "m²", (0.0, MOST_M2), value);
    }

    fn percent(&mut self, key: &str, most: f64, value: &'a mut f64) {
        self.add(key, "%", (0.0, most), value);
    }

    fn number(&mut self, key: &str, bounds: (f64, f64), value: &'a mut f64) {
        self.add(key, "", bounds, value);
    }

    fn straight_line(&mut self, value: &'a mut Option<f64>) {
        if let Some(straight) = value {
            self.metres("straight_line_m", straight);
        }
    }

    fn distances(&mut self, by: &'a mut Option<DistanceBy>) {
        for (key, value) in by.iter_mut().flat_map(|by| &mut by.table) {
            self.add(format!("distances.{key}"), "m", (0.0, MOST_M), value);
        }
    }

    fn threshold(&mut self, t: &'a mut Threshold) {
        let any = (-1e6, 1e6);
        if let Some(limit) = &mut t.limit {
            self.add("limit", &t.unit, any, limit);
        }
        for (key, limit) in &mut t.limits {
            self.add(format!("limits.{key}"), &t.unit, any, limit);
        }
        if let Some(until) = &mut t.until {
            self.add("until", &t.unit, any, until);
        }
        for (k, step) in t.steps.iter_mut().enumerate() {
            self.add(format!("step.{}.limit", k + 1), &t.unit, any, &mut step.limit);
        }
    }
}

/// The numbers of a predicate in the order of its file.
pub fn parameters(predicate: &mut PredicateDef) -> Vec<Parameter<'_>> {
    let mut out = List(vec![]);
    match predicate {
        PredicateDef::Overlap(p) => {
            out.square_metres("min_area_m2", &mut p.min_area_m2);
            out.percent("min_share_percent", 100.0, &mut p.min_share_percent);
            if let Some(t) = &mut p.threshold {
                out.threshold(t);
            }
        }
        PredicateDef::WithinDistance(p) => {
            if let Some(from) = &mut p.distance_from {
                out.number("factor", (0.0, 100.0), &mut from.factor);
                out.metres("unknown_within_m", &mut from.unknown_within_m);
            } else {
                out.metres("distance_m", &mut p.distance_m);
            }
            out.distances(&mut p.distance_by);
            out.square_metres("min_object_area_m2", &mut p.min_object_area_m2);
        }
        PredicateDef::BeyondDistance(p) => {
            out.metres("distance_m", &mut p.distance_m);
            out.distances(&mut p.distance_by);
            out.straight_line(&mut p.straight_line_m);
            out.square_metres("min_object_area_m2", &mut p.min_object_area_m2);
            out.number("min_count", (1.0, 1000.0), &mut p.min_count);
        }
        PredicateDef::Adjacent(p) => out.add("tolerance_m", "m", (0.0, MOST_M), &mut p.tolerance_m),
        PredicateDef::Zonal(p) => {
            out.add("around_m", "m", (0.0, MOST_AROUND_M), &mut p.around_m);
            out.percent("min_share_percent", 100.0, &mut p.min_share_percent);
            out.threshold(&mut p.threshold);
        }
        PredicateDef::Capacity(p) => {
            out.metres("catchment_m", &mut p.catchment_m);
            out.straight_line(&mut p.straight_line_m);
            out.square_metres("min_object_area_m2", &mut p.min_object_area_m2);
            if let Some(each) = &mut p.places_each {
                out.number("places_each", (0.0, 1e6), each);
            }
            out.number("demand_per_inhabitant", (0.0, 1e4), &mut p.demand_per_inhabitant);
            if let Some(new) = &mut p.demand_per_new_inhabitant {
                out.number("demand_per_new_inhabitant", (0.0, 1e4), new);
            }
            out.add(
                "floor_area_per_dwelling_m2",
                "m²",
                (1.0, 10_000.0),
                &mut p.floor_area_per_dwelling_m2,
            );
            out.number("inhabitants_per_dwelling", (0.1, 20.0), &mut p.inhabitants_per_dwelling);
            for (key, value) in &mut p.gfz_by_baunvo {
                out.number(&format!("gfz.{key}"), (0.0, 20.0), value);
            }
            out.percent("warn_percent", 10_000.0, &mut p.warn_percent);
            if let Some(grave) = &mut p.grave_percent {
                out.percent("grave_percent", 10_000.0, grave);
            }
        }
        PredicateDef::Variety(p) => {
            out.metres("distance_m", &mut p.distance_m);
            out.straight_line(&mut p.straight_line_m);
            out.number("min_count", (1.0, 1.0 + p.further.len() as f64), &mut p.min_count);
        }
        PredicateDef::ServedShare(p) => {
            out.metres("distance_m", &mut p.distance_m);
            out.straight_line(&mut p.straight_line_m);
            out.percent("min_percent", 100.0, &mut p.min_percent);
        }
        // Its numbers stand with its engine.
        PredicateDef::Computed(_) => {}
    }
    out.0
}

/// Writes the numbers of the state's variant into the rule's predicate.
pub fn settle(rule: &mut RuleDef, state: Option<&str>) {
    let Some(variant) = state.and_then(|s| rule.state.get(s)) else {
        return;
    };
    for parameter in parameters(&mut rule.predicate) {
        if let Some(value) = variant.parameters.get(&parameter.key) {
            *parameter.value = *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::{builtin, builtin_ids};

    #[test]
    fn every_number_of_the_built_in_rules_lies_in_its_bounds_and_has_one_name() {
        let mut seen = 0;
        for id in builtin_ids() {
            for mut rule in builtin(id).unwrap().unwrap().rules {
                let mut names = std::collections::BTreeSet::new();
                for p in parameters(&mut rule.predicate) {
                    assert!((p.least..=p.most).contains(p.value), "{} {} = {}", rule.id, p.key, p.value);
                    assert!(names.insert(p.key.clone()), "{} has two {}", rule.id, p.key);
                    seen += 1;
                }
                assert!(!names.is_empty(), "{} has no number", rule.id);
            }
        }
        assert!(seen > 40);
    }
}
