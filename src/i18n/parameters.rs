//! What people call the numbers of a rule.

use super::{tr, tr_with};
use crate::model::Language;

/// The name of a number of a rule; `key` is what a project file calls it. Names of tables keep their last part ("limits.WA").
pub fn parameter(language: Language, key: &str) -> String {
    let (table, of) = key.split_once('.').unwrap_or((key, ""));
    let name = match table {
        "distance_m" => "parameters-distance",
        "distances" => "parameters-distances",
        "catchment_m" => "parameters-catchment",
        "straight_line_m" => "parameters-straight-line",
        "around_m" => "parameters-around",
        "tolerance_m" => "parameters-tolerance",
        "factor" => "parameters-factor",
        "unknown_within_m" => "parameters-unknown-within",
        "min_area_m2" => "parameters-min-area",
        "min_share_percent" => "parameters-min-share",
        "min_object_area_m2" => "parameters-min-object-area",
        "min_count" => "parameters-min-count",
        "min_percent" => "parameters-min-percent",
        "limit" => "parameters-limit",
        "limits" => "parameters-limits",
        "until" => "parameters-until",
        "step" => "parameters-limit-step",
        "places_each" => "parameters-places-each",
        "demand_per_inhabitant" => "parameters-demand",
        "demand_per_new_inhabitant" => "parameters-demand-new",
        "floor_area_per_dwelling_m2" => "parameters-floor-area",
        "inhabitants_per_dwelling" => "parameters-inhabitants",
        "gfz" => "parameters-gfz",
        "warn_percent" => "parameters-warn",
        "grave_percent" => "parameters-grave",
        // A number that nobody has named yet is told as the file calls it.
        _ => return key.into(),
    };
    if of.is_empty() {
        return tr(language, name);
    }
    let of = of.split('.').next().unwrap_or(of).to_owned();
    tr_with(language, name, &[("of", of.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_names_in_both_languages() {
        assert_eq!(parameter(Language::De, "distance_m"), "Abstand");
        assert_eq!(parameter(Language::En, "distance_m"), "Distance");
        assert!(parameter(Language::De, "limits.WA").ends_with("WA"));
        assert!(parameter(Language::De, "step.2.limit").ends_with('2'));
        assert_eq!(parameter(Language::De, "novel_m"), "novel_m");
    }
}
