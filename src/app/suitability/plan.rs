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
    /// Weights as the city has them: the project's, or those of the variant that is open.
    told: Vec<f64>,
    /// A variant is open: what is set here becomes a step of it.
    planned: bool,
    /// What was set before a variant was opened; it is there again when the variant is left.
    aside: Option<Vec<f64>>,
    /// What the variant was asked for last.
    sent: Option<Vec<f64>>,
    /// The weights when they were last looked at, and since when they are so, seconds of the window's clock.
    rested: (Vec<f64>, f64),
}

/// How long weights rest before they become a step: a drag, or some strokes of keys, are one.
pub const REST_S: f64 = 0.4;

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
            told: def.criteria.iter().map(|c| c.weight).collect(),
            planned: false,
            aside: None,
            sent: None,
            rested: (vec![], 0.0),
            given,
        }
    }

    /// Takes note of the weights that the city has now, of a variant or of the project.
    fn track(&mut self, city: Vec<f64>, planned: bool) {
        if (&self.told, self.planned) == (&city, planned) {
            return;
        }
        match (self.planned, planned) {
            (false, true) => self.aside = Some(std::mem::replace(&mut self.weights, city.clone())),
            (true, false) => self.weights = self.aside.take().unwrap_or_else(|| city.clone()),
            // An answer to what was asked: meanwhile the hand may have gone on.
            _ if self.sent.as_ref() == Some(&city) => {}
            _ => self.weights.clone_from(&city),
        }
        self.sent = None;
        (self.told, self.planned) = (city, planned);
    }

    /// The weights that the variant shall have, once they rest; `Err` says how many seconds are still to wait.
    pub fn settled(&mut self, now_s: f64, held: bool) -> Result<Option<Vec<f64>>, f64> {
        if !self.planned || self.weights == self.told || self.sent.as_ref() == Some(&self.weights) {
            return Ok(None);
        }
        if held || self.rested.0 != self.weights {
            self.rested = (self.weights.clone(), now_s);
            return Err(REST_S);
        }
        let left = REST_S - (now_s - self.rested.1);
        if left > 0.0 {
            return Err(left);
        }
        self.sent = Some(self.weights.clone());
        Ok(self.sent.clone())
    }

    /// True when it is weighed otherwise than the city has it.
    pub fn own(&self) -> bool {
        *self.def != *self.given || self.weights != self.told
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
/// here are those of the project. `now` are the uses with the weights of the variant that is open, if one is.
pub fn follow(plans: &mut Vec<UsePlan>, defs: &[&SuitabilityDef], now: Option<&[&SuitabilityDef]>, groups: &[WeightGroup]) {
    let old = std::mem::take(plans);
    *plans = defs
        .iter()
        .map(|def| {
            let kept = old.iter().find(|p| *p.given == **def);
            let mut plan = kept.cloned().unwrap_or_else(|| UsePlan::new(def));
            if plan.groups == plan.kept {
                plan.invite(groups);
            }
            let planned = now.and_then(|all| all.iter().find(|d| d.id == def.id));
            let city = planned.unwrap_or(def).criteria.iter().map(|c| c.weight).collect();
            plan.track(city, now.is_some());
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
        follow(&mut plans, &[&def], None, &[]);
        assert!(plans[0].changed() && plans[0].groups.len() == 1);
        plans[0].reset();
        assert!(!plans[0].changed() && plans[0].groups.len() == 1);
    }

    #[test]
    fn weights_belong_to_the_variant_while_one_is_open() {
        let def = housing();
        let mut plans = vec![UsePlan::new(&def)];
        let given = plans[0].weights.clone();
        plans[0].weights[0] = 9.0;
        assert_eq!(plans[0].settled(9.0, false), Ok(None), "without a variant they are the view's");
        // A variant is opened: its weights are shown, and a drag becomes one step once it rests.
        follow(&mut plans, &[&def], Some(&[&def]), &[]);
        assert_eq!(plans[0].weights, given);
        plans[0].weights[1] = 6.5;
        assert_eq!(plans[0].settled(10.0, true), Err(REST_S));
        plans[0].weights[1] = 7.5;
        assert_eq!(plans[0].settled(10.1, false), Err(REST_S));
        assert!(plans[0].settled(10.2, false).is_err());
        let asked = plans[0].settled(10.6, false).unwrap().unwrap();
        assert_eq!((asked[1], plans[0].settled(10.7, false)), (7.5, Ok(None)), "asked once");
        // The answer comes while the hand has gone on; then somebody undoes.
        plans[0].weights[1] = 8.5;
        let mut changed = def.clone();
        changed.criteria[1].weight = 7.5;
        follow(&mut plans, &[&def], Some(&[&changed]), &[]);
        assert_eq!((plans[0].weights[1], plans[0].own(), plans[0].changed()), (8.5, true, true));
        follow(&mut plans, &[&def], Some(&[&def]), &[]);
        assert_eq!((plans[0].weights.clone(), plans[0].own()), (given, false));
        // Left again, the view is as it was.
        follow(&mut plans, &[&def], None, &[]);
        assert_eq!(plans[0].weights[0], 9.0);
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
        follow(&mut plans, &[&def], None, &groups);
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
