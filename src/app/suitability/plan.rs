//! What somebody set for a use: weights, value functions, exclusions, judgements of pairs and groups. The module's own definition stays
//! untouched beside it.

use crate::{
    model::{Language, LocalText},
    modules::{SuitabilityDef, ValueFunction},
    project::WeightGroup,
    suitability::group_weights,
};
use std::sync::Arc;

/// Weights of somebody with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Whose weights these are.
    pub name: String,
    /// In the order of the criteria.
    pub weights: Vec<f64>,
}

/// One use as it is weighed here.
#[derive(Debug, Clone)]
pub struct UsePlan {
    /// As the module defines it.
    pub given: Arc<SuitabilityDef>,
    /// As it is set here; another one after every change.
    pub def: Arc<SuitabilityDef>,
    /// Weights in the order of the criteria.
    pub weights: Vec<f64>,
    /// Value functions in the order of the criteria.
    pub values: Vec<ValueFunction>,
    /// Exclusions of the module that do not count here.
    pub off: Vec<bool>,
    /// How many times as important the first of each pair is.
    pub judgements: Vec<f64>,
    /// Several people's weights.
    pub groups: Vec<Group>,
    /// Groups of the project that could not be taken over, and why.
    pub refused: Vec<LocalText>,
}

impl UsePlan {
    /// As the module has it.
    pub fn new(def: &SuitabilityDef) -> Self {
        let given = Arc::new(def.clone());
        let n = def.criteria.len();
        Self {
            def: given.clone(),
            weights: def.criteria.iter().map(|c| c.weight).collect(),
            values: def.criteria.iter().map(|c| c.value.clone()).collect(),
            off: vec![false; def.exclusions.len()],
            judgements: vec![1.0; n * n.saturating_sub(1) / 2],
            groups: vec![],
            refused: vec![],
            given,
        }
    }

    /// Takes over the groups of the project that have weights for this use.
    fn invite(&mut self, groups: &[WeightGroup], language: Language) {
        for group in groups {
            match group_weights(group, &self.given) {
                Ok(Some(found)) => self.groups.push(Group {
                    name: group.title.get(language).to_owned(),
                    weights: found.values,
                }),
                Ok(None) => {}
                Err(e) => self.refused.push(e.text()),
            }
        }
    }

    /// Takes changed value functions and exclusions over into the definition. A function that means nothing is not taken.
    pub fn settle(&mut self) {
        let mut def = (*self.given).clone();
        for (c, value) in def.criteria.iter_mut().zip(&self.values) {
            if value.mistake().is_none() {
                c.value = value.clone();
            }
        }
        let mut off = self.off.iter();
        def.exclusions.retain(|_| off.next() != Some(&true));
        if def != *self.def {
            self.def = Arc::new(def);
        }
    }

    /// True when something differs from the module.
    pub fn changed(&self) -> bool {
        let weights = self.given.criteria.iter().map(|c| c.weight);
        *self.def != *self.given || weights.zip(&self.weights).any(|(a, b)| a != *b)
    }

    /// Weights, value functions and exclusions as the module has them; judgements and groups stay.
    pub fn reset(&mut self) {
        let fresh = Self::new(&self.given);
        (self.def, self.weights, self.values, self.off) = (fresh.def, fresh.weights, fresh.values, fresh.off);
    }

    /// Percent of the whole weight that a criterion has.
    pub fn share_percent(&self, criterion: usize) -> f64 {
        let total: f64 = self.weights.iter().sum();
        if total > 0.0 {
            100.0 * self.weights[criterion] / total
        } else {
            0.0
        }
    }

    /// At least one criterion counts.
    pub fn weighs(&self) -> bool {
        self.weights.iter().any(|w| *w > 0.0)
    }
}

/// The plans for the uses of other modules; what is set for a use stays as long as its definition does.
pub fn follow(plans: &mut Vec<UsePlan>, defs: &[&SuitabilityDef], groups: &[WeightGroup], language: Language) {
    let old = std::mem::take(plans);
    *plans = defs
        .iter()
        .map(|def| {
            let kept = old.iter().find(|p| *p.given == **def);
            kept.cloned().unwrap_or_else(|| {
                let mut plan = UsePlan::new(def);
                plan.invite(groups, language);
                plan
            })
        })
        .collect();
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::modules::{builtin, builtin_ids};

    pub(in crate::app::suitability) fn housing() -> SuitabilityDef {
        let modules = builtin_ids().into_iter().map(|id| builtin(id).unwrap().unwrap());
        modules.flat_map(|m| m.suitability).find(|d| d.id == "housing").unwrap()
    }

    #[test]
    fn changes_make_another_definition_and_go_back_again() {
        let def = housing();
        let mut plan = UsePlan::new(&def);
        assert!(!plan.changed() && plan.weighs());
        let before = plan.def.clone();
        plan.settle();
        assert!(Arc::ptr_eq(&before, &plan.def), "nothing changed, nothing is measured anew");
        plan.off[0] = true;
        plan.values[0] = ValueFunction::Linear { worst: 80.0, best: 40.0 };
        plan.values[1] = ValueFunction::Linear { worst: 5.0, best: 5.0 };
        plan.settle();
        assert_eq!(plan.def.exclusions.len(), def.exclusions.len() - 1);
        assert_eq!(plan.def.criteria[0].value, plan.values[0]);
        assert_eq!(
            plan.def.criteria[1].value, def.criteria[1].value,
            "a line without slope is not taken"
        );
        assert!(plan.changed());
        plan.groups.push(Group {
            name: "A".into(),
            weights: plan.weights.clone(),
        });
        let mut plans = vec![plan];
        follow(&mut plans, &[&def], &[], Language::De);
        assert!(plans[0].changed() && plans[0].groups.len() == 1);
        plans[0].reset();
        assert!(!plans[0].changed() && plans[0].groups.len() == 1);
    }

    #[test]
    fn groups_of_the_project_are_there_from_the_start_and_a_bad_one_is_named() {
        let def = housing();
        let group = |id: &str, criterion: &str| WeightGroup {
            id: id.into(),
            title: LocalText::new(format!("{id} (de)"), format!("{id} (en)")),
            weights: [("housing".to_string(), [(criterion.to_string(), 8.0)].into())].into(),
            pairs: Default::default(),
        };
        let mut plans = vec![];
        let groups = [group("a", &def.criteria[1].id), group("b", "nothing_such")];
        follow(&mut plans, &[&def], &groups, Language::En);
        let plan = &plans[0];
        assert_eq!((plan.groups.len(), plan.refused.len()), (1, 1));
        assert_eq!((plan.groups[0].name.as_str(), plan.groups[0].weights[1]), ("a (en)", 8.0));
        assert!(plan.refused[0].en.contains("nothing_such"));
    }
}
