//! Where the geodata of a federal state usually are: names of portals, no addresses.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The portals of one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portal {
    /// Code of the state ("NW").
    #[serde(default)]
    pub state: String,
    /// Name of the state.
    pub name: String,
    /// Names of its portals.
    pub portals: String,
}

fn all() -> BTreeMap<String, Portal> {
    // A test proves that the built-in table parses.
    toml::from_str(include_str!("../../assets/portals.toml")).unwrap_or_default()
}

/// The portals of a state; `None` for a code that is no federal state.
pub fn portal(state: &str) -> Option<Portal> {
    let mut portal = all().remove(state)?;
    portal.state = state.into();
    Some(portal)
}

/// The code of the state with that name or ISO code ("DE-BY", "Bayern").
pub(super) fn code_of(name: &str) -> Option<String> {
    let all = all();
    let code = name.strip_prefix("DE-").unwrap_or(name);
    let by_name = all.iter().find(|(c, p)| *c == code || p.name == name);
    by_name.map(|(c, _)| c.clone())
}

/// One state's portals, or those of all states while it is unknown.
pub(super) fn of(state: Option<&str>) -> Vec<Portal> {
    match state {
        Some(state) => portal(state).into_iter().collect(),
        None => all().into_keys().filter_map(|s| portal(&s)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_portals() {
        assert_eq!(of(None).len(), 16);
        assert!(portal("NW").unwrap().portals.contains("Geobasis NRW"));
        assert_eq!(
            (code_of("DE-BY").as_deref(), code_of("Bayern").as_deref()),
            (Some("BY"), Some("BY"))
        );
        assert_eq!(code_of("Vorarlberg"), None);
        assert!(of(None).iter().all(|p| !p.portals.contains("http") && !p.portals.contains("www")));
    }
}
