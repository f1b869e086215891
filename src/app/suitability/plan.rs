//! What somebody set for a use: weights, value functions, exclusions, judgements of pairs and groups. The module's own definition stays
//! untouched beside it.

use crate::{
    app::bridge::GroupChange,
    model::{Language, LocalText},
    modules::{SuitabilityDef, ValueFunction},
    project::WeightGroup,
    suitability::group_weights,
};
use std::{collections::BTreeMap, sync::Arc};

/// Weights of somebody with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its id in the project; `None` until it is kept there.
    pub id: Option<String>,
    /// Whose weights these are.
    pub title: LocalText,
    /// In the order of the criteria.
    pub weights: Vec<f64>,
}

impl Group {
    /// Its name in a language.
    pub fn name(&self, language: Language) -> &str {
        self.title.get(language)
    }

    /// Another name in a language; in the other one too where both were the same.
    pub fn rename(&mut self, language: Language, name: &str) {
        let same = self.title.de == self.title.en;
        for (of, text) in [(Language::De, &mut self.title.de), (Language::En, &mut self.title.en)] {
            if same || of == language {
                name.clone_into(text);
            }
        }
    }
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
    /// The groups as they stand in the project.
    pub kept: Vec<Group>,
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
            kept: vec![],
            refused: vec![],
            given,
        }
    }

    /// Takes over the groups of the project that have weights for this use.
    fn invite(&mut self, groups: &[WeightGroup]) {
        (self.groups, self.refused) = (vec![], vec![]);
        for group in groups {
            match group_weights(group, &self.given) {
                Ok(Some(found)) => self.groups.push(Group {
                    id: Some(group.id.clone()),
                    title: group.title.clone(),
                    weights: found.values,
                }),
                Ok(None) => {}
                Err(e) => self.refused.push(e.text()),
            }
        }
        self.kept.clone_from(&self.groups);
    }

    /// What differs from the groups in the project.
    pub fn changes(&self) -> Vec<GroupChange> {
        let usage = || self.given.id.clone();
        let gone = self.kept.iter().filter(|k| self.groups.iter().all(|g| g.id != k.id));
        let gone = gone.map(|k| GroupChange {
            usage: usage(),
            id: k.id.clone(),
            title: None,
            weights: BTreeMap::new(),
        });
        let other = self.groups.iter().filter(|g| !self.kept.contains(g));
        let other = other.map(|g| GroupChange {
            usage: usage(),
            id: g.id.clone(),
            title: Some(g.title.clone()),
            weights: self
                .given
                .criteria
                .iter()
                .map(|c| c.id.clone())
                .zip(g.weights.iter().copied())
                .collect(),
        });
        gone.chain(other).collect()
    }

    /// Takes note that a change stands in the project now, under the id.
    pub fn written(&mut self, change: &GroupChange, id: Option<&str>) {
        if change.usage != self.given.id {
            return;
        }
        let Some(title) = &change.title else {
            self.kept.retain(|k| k.id != change.id);
            return;
        };
        let weights = self
            .given
            .criteria
            .iter()
            .map(|c| change.weights.get(&c.id).copied().unwrap_or(0.0));
        let now = Group {
            id: id.map(str::to_owned),
            title: title.clone(),
            weights: weights.collect(),
        };
        // Somebody may have gone on changing it; a new one gets its id.
        if let Some(g) = self
            .groups
            .iter_mut()
            .find(|g| g.id == change.id && (g.id.is_some() || g.title == *title))
        {
            g.id.clone_from(&now.id);
        }
        match self.kept.iter_mut().find(|k| k.id == now.id) {
            Some(k) => *k = now,
            None => self.kept.push(now),
        }
    }

    /// A group of the project has another name: that is no change of what it says about this use.
    pub fn renamed(&mut self, id: &str, title: &LocalText) {
        for g in self.groups.iter_mut().chain(&mut self.kept).filter(|g| g.id.as_deref() == Some(id)) {
            g.title.clone_from(title);
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

/// The plans for the uses of other modules; what is set for a use stays as long as its definition does, and groups that nobody changed
/// here are those of the project.
pub fn follow(plans: &mut Vec<UsePlan>, defs: &[&SuitabilityDef], groups: &[WeightGroup]) {
    let old = std::mem::take(plans);
    *plans = defs
        .iter()
        .map(|def| {
            let kept = old.iter().find(|p| *p.given == **def);
            let mut plan = kept.cloned().unwrap_or_else(|| UsePlan::new(def));
            if plan.groups == plan.kept {
                plan.invite(groups);
            }
            plan
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
            id: None,
            title: LocalText::same("A"),
            weights: plan.weights.clone(),
        });
        let mut plans = vec![plan];
        follow(&mut plans, &[&def], &[]);
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
        follow(&mut plans, &[&def], &groups);
        let plan = &plans[0];
        assert_eq!((plan.groups.len(), plan.refused.len()), (1, 1));
        assert_eq!((plan.groups[0].name(Language::En), plan.groups[0].weights[1]), ("a (en)", 8.0));
        assert!(plan.refused[0].en.contains("nothing_such"));
        assert!(plan.changes().is_empty(), "as in the project");
    }

    #[test]
    fn a_change_of_a_group_waits_until_it_is_written() {
        let def = housing();
        let mut plan = UsePlan::new(&def);
        plan.groups = ["a", "b"]
            .map(|id| Group {
                id: Some(id.into()),
                title: LocalText::new(format!("{id} de"), format!("{id} en")),
                weights: plan.weights.clone(),
            })
            .into();
        plan.kept = plan.groups.clone();
        // One is changed, one goes, one is new.
        plan.groups[0].weights[1] = 9.5;
        plan.groups[0].rename(Language::De, "Anwohner");
        plan.groups[1] = Group {
            id: None,
            title: LocalText::same("C"),
            weights: vec![1.0; def.criteria.len()],
        };
        plan.groups[1].rename(Language::En, "Trade");
        let changes = plan.changes();
        assert_eq!(changes.len(), 3);
        assert_eq!((changes[0].id.as_deref(), &changes[0].title), (Some("b"), &None));
        assert_eq!(changes[1].title, Some(LocalText::new("Anwohner", "a en")));
        assert_eq!(changes[1].weights[&def.criteria[1].id], 9.5);
        assert_eq!(changes[2].title, Some(LocalText::same("Trade")));
        for c in &changes {
            plan.written(c, c.id.as_deref().or(Some("trade")));
        }
        assert_eq!(plan.changes(), []);
        assert_eq!(plan.groups[1].id.as_deref(), Some("trade"));
        // What goes on changing stays to be written.
        plan.groups[1].weights[0] = 3.0;
        assert_eq!(plan.changes().len(), 1);
        plan.renamed("trade", &LocalText::new("Handel", "Trade"));
        assert_eq!(plan.changes()[0].title, Some(LocalText::new("Handel", "Trade")));
    }
}
