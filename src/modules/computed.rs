//! Rules that no predicate can put into words: building law, Abstandsflächen and sun of what a plan draws. An engine of the program answers
//! each; title, law, office and evidence are data like those of any rule: `assets/computed.toml`.

use super::RuleDef;
use serde::Deserialize;
use std::sync::OnceLock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<RuleDef>,
}

/// What a draft's own figures carry behind the rule's id, apart from those of its buildings.
const DRAFTED: &str = "-E";

/// All of them, in the order of lists.
pub fn computed() -> &'static [RuleDef] {
    static RULES: OnceLock<Vec<RuleDef>> = OnceLock::new();
    // A test proves that the built-in table parses.
    RULES.get_or_init(|| toml::from_str(include_str!("../../assets/computed.toml")).map_or_else(|_| vec![], |f: File| f.rule))
}

/// The rule of that id; the figures that a draft states itself (`GFZ-E`) rest on the same one.
pub fn computed_rule(id: &str) -> Option<&'static RuleDef> {
    let id = id.strip_suffix(DRAFTED).unwrap_or(id);
    computed().iter().find(|r| r.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::{PredicateDef, builtin, builtin_ids};

    #[test]
    fn the_table_parses_and_takes_no_id_of_a_module() {
        let file: File = toml::from_str(include_str!("../../assets/computed.toml")).unwrap();
        let ids: Vec<&str> = file.rule.iter().map(|r| r.id.as_str()).collect();
        assert_eq!(ids, ["GRZ", "GRZ2", "GFZ", "BMZ", "Z", "H", "BG", "AF", "BSD"]);
        assert!(file.rule.iter().all(|r| matches!(&r.predicate, PredicateDef::Computed(_))));
        for module in builtin_ids().iter().map(|id| builtin(id).unwrap().unwrap()) {
            assert!(module.rules.iter().all(|r| computed_rule(&r.id).is_none()), "{}", module.id);
        }
        assert_eq!(computed_rule("GFZ-E").map(|r| r.id.as_str()), Some("GFZ"));
    }
}
