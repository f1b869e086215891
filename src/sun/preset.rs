//! Days and thresholds of the standards as data: `assets/sun.toml`.

use crate::model::LocalText;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// A standard's day and what it asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// Name on the command line.
    pub id: String,
    /// Name for people.
    pub title: LocalText,
    /// Month of the day, 1 to 12.
    pub month: i8,
    /// Day of the month.
    pub day: i8,
    /// The sun counts from this height above the horizon on.
    pub least_elevation_deg: f64,
    /// Height of a window point above the ground floor.
    pub point_m: f64,
    /// Least duration.
    pub minimum_h: f64,
    /// Durations of the levels of recommendation, the lowest first.
    pub levels_h: Vec<f64>,
    /// The standard.
    pub source: String,
    /// Evidence mark.
    pub evidence: String,
}

#[derive(Deserialize)]
struct File {
    preset: Vec<Preset>,
}

/// The built-in presets; the first is the default.
pub fn presets() -> &'static [Preset] {
    static PRESETS: OnceLock<Vec<Preset>> = OnceLock::new();
    // A test proves that the built-in table parses.
    PRESETS.get_or_init(|| toml::from_str(include_str!("../../assets/sun.toml")).map_or_else(|_| vec![], |f: File| f.preset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_holds_both_standards() {
        let file: File = toml::from_str(include_str!("../../assets/sun.toml")).unwrap();
        let short: Vec<_> = file.preset.iter().map(|p| (&*p.id, p.month, p.day, p.minimum_h)).collect();
        assert_eq!(short, [("en17037", 3, 21, 1.5), ("din5034", 1, 17, 1.0)]);
        assert_eq!(presets().len(), 2);
    }
}
