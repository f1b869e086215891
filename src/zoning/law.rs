//! The numbers of the law as data: `assets/zoning.toml`.

use serde::Deserialize;
use std::{collections::BTreeMap, sync::OnceLock};

/// Orientation values of § 17 BauNVO for some kinds of building area.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orientation {
    /// Kinds of building area ("WA").
    pub baunvo: Vec<String>,
    /// Site occupancy index.
    pub grz: f64,
    /// Floor area ratio.
    pub gfz: f64,
    /// Cubic index, where the table has one.
    #[serde(default)]
    pub bmz: Option<f64>,
}

/// Numbers around §§ 19 to 23 BauNVO.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Density {
    /// § 19 (4): the allowed GRZ times this with garages, access and ancillary structures.
    pub overrun: f64,
    /// § 19 (4): but no more than this.
    pub overrun_cap: f64,
    /// § 21 (4): cubic index by floor area ratio where neither height nor cubic index is set.
    pub bmz_per_gfz: f64,
    /// § 21 (4): it counts for storeys higher than this.
    pub high_storey_m: f64,
    /// Height of a storey where only their number is known.
    pub storey_m: f64,
    /// § 23 (2): area beyond a building limit that does not count yet.
    pub window_tolerance_m2: f64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BuildingWords {
    pub ancillary: Vec<String>,
    pub flat: Vec<String>,
    pub pitched: Vec<String>,
    pub roof_columns: Vec<String>,
}

/// How deep Abstandsflächen are.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setback {
    /// Section.
    pub law: String,
    /// Evidence mark: P, S, K or I.
    pub evidence: String,
    /// Depth by the height H.
    pub factor: f64,
    /// The same in GE and GI.
    pub factor_commercial: f64,
    /// Least depth.
    pub min_m: f64,
    /// A roof steeper than this counts in full.
    #[serde(default = "steep_deg")]
    pub steep_deg: f64,
    /// Share of a roof's height that counts otherwise.
    #[serde(default = "roof_share")]
    pub roof_share: f64,
    /// Buildings of classes 1 and 2 keep just the least depth.
    #[serde(default)]
    pub small_flat: bool,
    /// Municipalities with more inhabitants have a factor of their own.
    #[serde(default)]
    pub large_inhabitants: Option<f64>,
    /// That factor.
    #[serde(default)]
    pub large_factor: Option<f64>,
    /// Their factor for two walls that are not longer than `large_short_m`.
    #[serde(default)]
    pub large_short_factor: Option<f64>,
    /// Length of such walls.
    #[serde(default)]
    pub large_short_m: Option<f64>,
    /// True where the state has no entry and the model building code stands in.
    #[serde(skip)]
    pub assumed: bool,
}

fn steep_deg() -> f64 {
    70.0
}

fn roof_share() -> f64 {
    1.0 / 3.0
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setbacks {
    model: Setback,
    state: BTreeMap<String, Setback>,
}

/// All of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    orientation: Vec<Orientation>,
    /// §§ 19 to 23 BauNVO.
    pub density: Density,
    pub(super) buildings: BuildingWords,
    setbacks: Option<Setbacks>,
}

impl Law {
    /// The orientation values of a kind of building area; `None` for building land of land-use plans ("W").
    pub fn orientation(&self, baunvo: &str) -> Option<&Orientation> {
        self.orientation.iter().find(|o| o.baunvo.iter().any(|b| b == baunvo))
    }

    /// What holds in a state; the model building code where nobody has entered the state's own numbers.
    pub fn setback(&self, state: Option<&str>) -> Option<Setback> {
        let all = self.setbacks.as_ref()?;
        match state.and_then(|s| all.state.get(s)) {
            Some(own) => Some(own.clone()),
            None => Some(Setback {
                assumed: true,
                ..all.model.clone()
            }),
        }
    }
}

/// The built-in numbers.
pub fn law() -> &'static Law {
    static LAW: OnceLock<Law> = OnceLock::new();
    // A test proves that the built-in table parses.
    LAW.get_or_init(|| toml::from_str(include_str!("../../assets/zoning.toml")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_says_what_section_17_says() {
        let law: Law = toml::from_str(include_str!("../../assets/zoning.toml")).unwrap();
        let of = |b: &str| law.orientation(b).map(|o| (o.grz, o.gfz, o.bmz));
        assert_eq!(of("WA"), Some((0.4, 1.2, None)));
        assert_eq!(of("MU"), Some((0.8, 3.0, None)));
        assert_eq!(of("GI"), Some((0.8, 2.4, Some(10.0))));
        assert_eq!(of("W"), None);
        let by = law.setback(Some("BY")).unwrap();
        assert_eq!((by.factor, by.large_factor, by.assumed), (0.4, Some(1.0), false));
        let fallback = law.setback(Some("SL")).unwrap();
        assert!(fallback.assumed && fallback.law.starts_with("MBO"));
    }
}
