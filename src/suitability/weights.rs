//! Whose weights count: numbers by criterion or judgements of pairs, for a use or for a named group of the project.

use super::{Ahp, AhpError, ahp};
use crate::{model::LocalText, modules::SuitabilityDef, project::WeightGroup};

/// Weights of one use, in the order of its criteria.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// They need not add up to anything.
    pub values: Vec<f64>,
    /// How they were found, where pairs were judged.
    pub judged: Option<Judged>,
}

/// Weights that come from judgements of pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The criteria that were compared, by their place in the definition.
    pub criteria: Vec<usize>,
    /// Their weights, and how far the judgements contradict each other.
    pub result: Ahp,
}

impl Judged {
    /// The pair that fits the weights worst, by the places in the definition.
    pub fn worst_pair(&self) -> Option<(usize, usize)> {
        let (a, b) = self.result.worst_pair?;
        Some((*self.criteria.get(a)?, *self.criteria.get(b)?))
    }
}

/// The first criterion is so many times as important as the second.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Id of a criterion.
    pub first: String,
    /// Id of a criterion.
    pub second: String,
    /// 1/9 to 9.
    pub times: f64,
}

/// Why there are no weights.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WeightsError {
    /// Not of the form `noise_day:heat=3`.
    #[error("`{given}` is no judgement of a pair")]
    Form {
        /// As given.
        given: String,
    },
    /// The use has no such criterion.
    #[error("`{usage}` has no criterion `{id}`")]
    Criterion {
        /// Id of the use.
        usage: String,
        /// As given.
        id: String,
        /// The criteria it has.
        known: String,
    },
    /// The project has no such use.
    #[error("there is no use `{usage}`")]
    Usage {
        /// As given.
        usage: String,
    },
    /// A pair was judged twice, or a criterion against itself.
    #[error("the pair `{first}`, `{second}` is judged twice")]
    Twice {
        /// Id of a criterion.
        first: String,
        /// Id of a criterion.
        second: String,
    },
    /// A pair of the criteria named was not judged.
    #[error("the pair `{first}`, `{second}` is not judged")]
    Missing {
        /// Id of a criterion.
        first: String,
        /// Id of a criterion.
        second: String,
    },
    /// A weight below 0 or without end, or all are 0.
    #[error("the weights of `{usage}` are no weights")]
    Values {
        /// Id of the use.
        usage: String,
    },
    /// Numbers and pairs for the same use.
    #[error("`{usage}` has weights and pairs")]
    Both {
        /// Id of the use.
        usage: String,
    },
    /// The judgements give no weights.
    #[error(transparent)]
    Ahp(#[from] AhpError),
    /// It happened in a group of the project.
    #[error("group `{group}`: {source}")]
    Group {
        /// Id of the group.
        group: String,
        /// What happened.
        source: Box<WeightsError>,
    },
}

impl WeightsError {
    /// What to do about it.
    pub fn text(&self) -> LocalText {
        match self {
            Self::Form { given } => LocalText::new(
                format!(
                    "„{given}“ ist kein Paarvergleich. Richtig ist ERSTES:ZWEITES=ZAHL, etwa noise_day:heat=3 oder noise_day:heat=1/3."
                ),
                format!(
                    "\"{given}\" is no judgement of a pair. Write FIRST:SECOND=NUMBER, such as noise_day:heat=3 or noise_day:heat=1/3."
                ),
            ),
            Self::Criterion { usage, id, known } => LocalText::new(
                format!("Die Nutzung „{usage}“ hat kein Kriterium „{id}“. Bekannt: {known}."),
                format!("the use \"{usage}\" has no criterion \"{id}\". Known: {known}."),
            ),
            Self::Usage { usage } => LocalText::new(
                format!("Die Nutzung „{usage}“ gibt es in den Modulen dieses Projekts nicht."),
                format!("the modules of this project have no use \"{usage}\"."),
            ),
            Self::Twice { first, second } => LocalText::new(
                format!(
                    "Das Paar „{first}“ und „{second}“ ist mehrfach oder mit sich selbst verglichen. Bitte jedes Paar einmal beurteilen."
                ),
                format!("the pair \"{first}\" and \"{second}\" is judged more than once or is the same criterion. Judge every pair once."),
            ),
            Self::Missing { first, second } => LocalText::new(
                format!("Das Paar „{first}“ und „{second}“ ist nicht beurteilt. Bitte {first}:{second}=ZAHL ergänzen."),
                format!("the pair \"{first}\" and \"{second}\" is not judged. Add {first}:{second}=NUMBER."),
            ),
            Self::Values { usage } => LocalText::new(
                format!("Die Gewichte von „{usage}“ müssen Zahlen ab 0 sein, mindestens eines größer als 0."),
                format!("the weights of \"{usage}\" must be numbers from 0, at least one above 0."),
            ),
            Self::Both { usage } => LocalText::new(
                format!("Für „{usage}“ sind Gewichte und Paarvergleiche angegeben. Bitte nur eines von beiden."),
                format!("\"{usage}\" has both weights and pairs. Give one of them."),
            ),
            Self::Ahp(e) => e.text(),
            Self::Group { group, source } => {
                let inner = source.text();
                LocalText::new(
                    format!("project.toml, Gruppe „{group}“: {}", inner.de),
                    format!("project.toml, group \"{group}\": {}", inner.en),
                )
            }
        }
    }
}

impl std::str::FromStr for Judgement {
    type Err = WeightsError;

    /// `noise_day:heat=3`, `=1/3` or `=0.5`.
    fn from_str(text: &str) -> Result<Self, WeightsError> {
        let number = |t: &str| t.trim().replace(',', ".").parse::<f64>().ok().filter(|v| v.is_finite());
        let parsed = || {
            let (pair, times) = text.split_once('=')?;
            let (first, second) = pair.split_once(':')?;
            let times = match times.split_once('/') {
                Some((a, b)) => number(a)? / number(b).filter(|b| *b != 0.0)?,
                None => number(times)?,
            };
            let [first, second] = [first, second].map(|id| id.trim().to_owned());
            (!first.is_empty() && !second.is_empty()).then_some(Self { first, second, times })
        };
        parsed().ok_or_else(|| WeightsError::Form { given: text.to_owned() })
    }
}

fn criterion(def: &SuitabilityDef, id: &str) -> Result<usize, WeightsError> {
    def.criteria.iter().position(|c| c.id == id).ok_or_else(|| WeightsError::Criterion {
        usage: def.id.clone(),
        id: id.to_owned(),
        known: def.criteria.iter().map(|c| c.id.as_str()).collect::<Vec<_>>().join(", "),
    })
}

/// Weights from judgements of every pair of the criteria that they name; criteria in no pair have no weight.
///
/// # Errors
/// When a criterion is unknown, a pair is missing or judged twice, or a judgement lies off the scale.
pub fn judged(def: &SuitabilityDef, judgements: &[Judgement]) -> Result<Weights, WeightsError> {
    let mut given = vec![];
    for j in judgements {
        given.push((criterion(def, &j.first)?, criterion(def, &j.second)?, j.times));
    }
    let mut criteria: Vec<usize> = given.iter().flat_map(|(a, b, _)| [*a, *b]).collect();
    criteria.sort_unstable();
    criteria.dedup();
    let names = |a: usize, b: usize| (def.criteria[a].id.clone(), def.criteria[b].id.clone());
    let mut times = vec![];
    for (k, a) in criteria.iter().enumerate() {
        for b in &criteria[k + 1..] {
            let mut found = given.iter().filter_map(|(x, y, t)| match (x == a && y == b, x == b && y == a) {
                (true, _) => Some(*t),
                (_, true) => Some(1.0 / t),
                _ => None,
            });
            let Some(one) = found.next() else {
                let (first, second) = names(*a, *b);
                return Err(WeightsError::Missing { first, second });
            };
            times.push(one);
        }
    }
    if times.len() != given.len() {
        let again = |k: usize| {
            let (a, b, _) = given[k];
            a == b || given[..k].iter().any(|(x, y, _)| (*x, *y) == (a, b) || (*x, *y) == (b, a))
        };
        let (a, b, _) = (0..given.len()).find(|k| again(*k)).map_or((0, 0, 1.0), |k| given[k]);
        let (first, second) = names(a, b);
        return Err(WeightsError::Twice { first, second });
    }
    let result = ahp(criteria.len(), &times)?;
    let mut values = vec![0.0; def.criteria.len()];
    for (k, w) in criteria.iter().zip(&result.weights) {
        values[*k] = *w;
    }
    Ok(Weights {
        values,
        judged: Some(Judged { criteria, result }),
    })
}

/// The weights that a group gives a use; `None` where it says nothing about it.
///
/// # Errors
/// When it names criteria the use does not have, or its numbers or judgements are none.
pub fn group_weights(group: &WeightGroup, def: &SuitabilityDef) -> Result<Option<Weights>, WeightsError> {
    let found = match (group.weights.get(&def.id), group.pairs.get(&def.id)) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => Err(WeightsError::Both { usage: def.id.clone() }),
        (Some(weights), None) => numbers(def, weights.iter().map(|(id, w)| (id.as_str(), *w))),
        (None, Some(pairs)) => pairs
            .iter()
            .map(|p| p.parse())
            .collect::<Result<Vec<Judgement>, _>>()
            .and_then(|j| judged(def, &j)),
    };
    let named = |source| WeightsError::Group {
        group: group.id.clone(),
        source: Box::new(source),
    };
    found.map(Some).map_err(named)
}

/// The first use that a group names and no module has.
pub fn unknown_use(group: &WeightGroup, defs: &[&SuitabilityDef]) -> Option<WeightsError> {
    let mut named = group.weights.keys().chain(group.pairs.keys());
    let usage = named.find(|id| defs.iter().all(|d| d.id != **id))?;
    Some(WeightsError::Group {
        group: group.id.clone(),
        source: Box::new(WeightsError::Usage { usage: usage.clone() }),
    })
}

fn numbers<'a>(def: &SuitabilityDef, given: impl Iterator<Item = (&'a str, f64)>) -> Result<Weights, WeightsError> {
    let mut values: Vec<f64> = def.criteria.iter().map(|c| c.weight).collect();
    for (id, weight) in given {
        values[criterion(def, id)?] = weight;
    }
    let fine = values.iter().all(|w| w.is_finite() && *w >= 0.0) && values.iter().sum::<f64>() > 0.0;
    if fine {
        Ok(Weights { values, judged: None })
    } else {
        Err(WeightsError::Values { usage: def.id.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::builtin;

    fn housing() -> SuitabilityDef {
        let module = builtin("land_potential").unwrap().unwrap();
        module.suitability.into_iter().find(|d| d.id == "housing").unwrap()
    }

    fn pairs(list: &[&str]) -> Result<Weights, WeightsError> {
        let judgements = list.iter().map(|p| p.parse()).collect::<Result<Vec<_>, _>>()?;
        judged(&housing(), &judgements)
    }

    #[test]
    fn pairs_in_either_direction_give_the_weights_of_the_criteria_they_name() {
        let def = housing();
        let found = pairs(&["noise_day:heat=2", "stop:noise_day=1/4", "heat:stop = 2,0"]).unwrap();
        let at = |id: &str| found.values[def.criteria.iter().position(|c| c.id == id).unwrap()];
        for (id, want) in [("noise_day", 4.0 / 7.0), ("heat", 2.0 / 7.0), ("stop", 1.0 / 7.0), ("kita", 0.0)] {
            assert!((at(id) - want).abs() < 1e-12, "{id}");
        }
        assert!(found.judged.unwrap().result.is_consistent());
    }

    #[test]
    fn a_contradiction_names_the_pair_by_its_place_in_the_definition() {
        let found = pairs(&["kita:green=5", "green:landscape=5", "kita:landscape=1/5"])
            .unwrap()
            .judged
            .unwrap();
        assert!(!found.result.is_consistent());
        let (a, b) = found.worst_pair().unwrap();
        assert!(found.criteria.contains(&a) && found.criteria.contains(&b));
    }

    #[test]
    fn what_gives_no_weights_is_named() {
        for (given, word) in [
            (&["noise_day=3"][..], "noise_day=3"),
            (&["noise_day:heat=1/0"], "1/0"),
            (&["noise_day:moon=3"], "moon"),
            (&["noise_day:heat=3", "heat:stop=2"], "noise_day:stop"),
            (&["noise_day:heat=3", "heat:noise_day=2"], "noise_day"),
            (&["heat:heat=1"], "heat"),
            (&["noise_day:heat=12"], "12"),
        ] {
            let text = pairs(given).unwrap_err().text();
            assert!(text.en.contains(word) && text.de.contains(word), "{text:?}");
        }
    }

    #[test]
    fn a_group_keeps_the_modules_weights_where_it_says_nothing() {
        let def = housing();
        let parse = |text: &str| toml::from_str::<WeightGroup>(&format!("id = 'a'\ntitle = {{ de = 'A', en = 'A' }}\n{text}")).unwrap();
        let group = parse("[weights.housing]\nheat = 9\n");
        let found = group_weights(&group, &def).unwrap().unwrap();
        assert_eq!((found.values[0], found.values[1]), (def.criteria[0].weight, 9.0));
        assert_eq!(group_weights(&parse(""), &def), Ok(None));
        for (text, word) in [
            ("[weights.housing]\nmoon = 1\n", "moon"),
            ("[weights.housing]\nheat = -1\n", "housing"),
            ("[pairs]\nhousing = ['heat:stop=99']\n", "99"),
            ("[pairs]\nhousing = ['heat:stop=2']\n[weights.housing]\nheat = 1\n", "housing"),
        ] {
            let error = group_weights(&parse(text), &def).unwrap_err().text();
            assert!(error.de.contains("„a“") && error.en.contains(word), "{error:?}");
        }
        assert!(
            unknown_use(&parse("[weights.castles]\na = 1\n"), &[&def])
                .unwrap()
                .text()
                .en
                .contains("castles")
        );
    }
}
