//! What is chosen, and what comes of it. Measuring looks at geometry and is done once for units and definition; weighing looks at numbers
//! and follows every move of a slider. Both happen in the background, and only while somebody looks.

use super::plan::{Group, UsePlan, follow};
use crate::{
    app::{
        bridge::{CurrentSnapshot, GroupDesk, Later, OwnWeights, Same, Selection, ViewState},
        scene::redraw::Redraw,
        schedule::AppSystems,
    },
    geometry,
    model::{LocalText, SlotId},
    modules::{ModuleDef, Role, SuitabilityDef},
    progress::{Control, Progress},
    project::{City, SlotData},
    session::Snapshot,
    suitability::{
        Attitude, Competition, Contest, Dissent, Matrix, RANK_LIMITS, Score, Shape, Stability, Standing, Units, combine, compete, dissent,
        measure, ranked, stability,
    },
    why::{InForce, WeighedUse},
};
use bevy::prelude::*;
use std::{cmp::Reverse, path::PathBuf, sync::Arc};

/// Most cells times runs of a stability test: above it the answer takes too long and too much memory.
pub const MOST_RANKS: usize = 20_000_000;

/// What the panel shows below its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Page {
    /// Weights, value functions and exclusions.
    #[default]
    Weights,
    /// Weights from judgements of pairs.
    Pairs,
    /// Where uses compete.
    Contest,
    /// How far the order survives other weights.
    Robust,
    /// Weights of several groups.
    Groups,
}

/// What is scored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum By {
    /// The potential sites.
    Sites,
    /// Cells of a size in metres.
    Cells(Shape, f64),
}

/// A use weighed at all units.
#[derive(Debug)]
pub struct Scored {
    /// What was scored.
    pub units: Arc<Units>,
    /// The layer that the units are features of; `None` for cells.
    pub slot: Option<SlotId>,
    /// The use as it was set.
    pub def: Arc<SuitabilityDef>,
    /// Dates of the data that it looks at.
    pub dates: Vec<String>,
    /// Its measures.
    pub matrix: Arc<Matrix>,
    /// Score of each unit.
    pub scores: Vec<Score>,
    /// Every unit: by score, then those of which nothing is known, then the excluded ones.
    pub rows: Vec<u32>,
    /// How many have a score, how many of these are undecided, and how many are excluded.
    pub counts: [usize; 3],
}

/// Several uses against each other.
#[derive(Debug)]
pub struct Contested {
    /// The uses.
    pub uses: Vec<Arc<Scored>>,
    /// Unit by unit.
    pub result: Vec<Competition>,
    /// Every unit, the most contested first.
    pub rows: Vec<u32>,
}

/// The order of units under moved weights.
#[derive(Debug)]
pub struct Shaken {
    /// Under the weights as they are.
    pub scored: Arc<Scored>,
    /// How it was made.
    pub trial: Trial,
    /// Unit by unit.
    pub result: Vec<Stability>,
    /// Every unit, the most stable first.
    pub rows: Vec<u32>,
}

/// Groups beside each other.
#[derive(Debug)]
pub struct Grouped {
    /// Under the weights of the panel.
    pub scored: Arc<Scored>,
    /// The groups.
    pub groups: Vec<Group>,
    /// Scores of each group.
    pub scores: Vec<Vec<Score>>,
    /// Unit by unit.
    pub result: Vec<Dissent>,
    /// Every unit, the greatest dissent first.
    pub rows: Vec<u32>,
}

/// How a stability test is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// Percent by which weights move.
    pub vary_percent: f64,
    /// How many count as the best.
    pub top: usize,
    /// Runs.
    pub runs: u32,
    /// Start of the random numbers.
    pub seed: u64,
}

type UnitsFound = Result<(Arc<Units>, Option<SlotId>), LocalText>;
type Measured = (Same<City>, Same<Units>, Same<SuitabilityDef>);
type Weighed = (Same<Matrix>, Vec<f64>, f64);
/// Definitions and weights of all uses, and the risk attitude.
type Weighs = (Vec<(Same<SuitabilityDef>, Vec<f64>)>, f64);
type Shaking = (Same<Scored>, Trial, Vec<f64>, f64);

/// One use on its way from the definition to scores.
#[derive(Default)]
struct Line {
    matrix: Later<Measured, Option<Arc<Matrix>>>,
    scored: Later<Weighed, Arc<Scored>>,
}

/// Everything that the panel sets and what was found for it.
#[derive(Resource)]
pub struct Weighing {
    /// The panel is on the screen.
    pub open: bool,
    /// The result is on the map.
    pub on_map: bool,
    /// Part of the panel.
    pub page: Page,
    /// What is scored.
    pub by: By,
    /// Size of cells, kept while sites are scored.
    pub cell_m: f64,
    /// The use, by its place in the list.
    pub chosen: usize,
    /// All uses.
    pub plans: Vec<UsePlan>,
    /// Risk attitude, 0 to 1.
    pub attitude: f64,
    /// The criterion whose curve is shown.
    pub criterion: usize,
    /// The unit that the selection stands for.
    pub unit: Option<usize>,
    /// The stability test.
    pub trial: Trial,
    /// Definitions, and whether a variant is open.
    modules: Option<(Same<Vec<ModuleDef>>, bool)>,
    /// The project that all this is set for.
    folder: PathBuf,
    told_weights: Option<Weighs>,
    looked_up: Option<(Selection, Same<Units>)>,
    units: Later<(Same<City>, By), UnitsFound>,
    lines: Vec<Line>,
    contested: Later<Vec<Same<Scored>>, Arc<Contested>>,
    shaken: Later<Shaking, Option<Arc<Shaken>>>,
    grouped: Later<(Same<Scored>, Vec<Group>, f64), Arc<Grouped>>,
}

impl Default for Weighing {
    fn default() -> Self {
        Self {
            open: false,
            on_map: true,
            page: Page::default(),
            by: By::Sites,
            cell_m: 50.0,
            chosen: 0,
            plans: vec![],
            attitude: 0.5,
            criterion: 0,
            unit: None,
            trial: Trial {
                vary_percent: 30.0,
                top: 5,
                runs: 500,
                seed: 1,
            },
            modules: None,
            folder: PathBuf::new(),
            told_weights: None,
            looked_up: None,
            units: Later::default(),
            lines: vec![],
            contested: Later::default(),
            shaken: Later::default(),
            grouped: Later::default(),
        }
    }
}

impl Weighing {
    /// The chosen use.
    pub fn plan(&self) -> Option<&UsePlan> {
        self.plans.get(self.chosen)
    }

    /// The chosen use, to change it.
    pub fn plan_mut(&mut self) -> Option<&mut UsePlan> {
        self.plans.get_mut(self.chosen)
    }

    /// Why there is nothing to score.
    pub fn refusal(&self) -> Option<&LocalText> {
        self.units.get().and_then(|u| u.as_ref().err())
    }

    /// The newest scores of the chosen use.
    pub fn scored(&self) -> Option<&Arc<Scored>> {
        self.lines.get(self.chosen)?.scored.get()
    }

    /// The newest comparison of all uses.
    pub fn contested(&self) -> Option<&Arc<Contested>> {
        self.contested.get()
    }

    /// The newest stability test.
    pub fn shaken(&self) -> Option<&Arc<Shaken>> {
        self.shaken.get()?.as_ref()
    }

    /// The newest comparison of groups.
    pub fn grouped(&self) -> Option<&Arc<Grouped>> {
        self.grouped.get()
    }

    /// What a script may wait for: the use as it is weighed, and the best units in their order.
    pub fn told(&self) -> Option<serde_json::Value> {
        const MOST: usize = 8;
        let (plan, s) = (self.plan()?, self.scored()?);
        let best = s.rows.iter().take(MOST.min(s.counts[0])).map(|k| &s.units.labels[*k as usize]);
        let page = match self.page {
            Page::Weights => "weights",
            Page::Pairs => "pairs",
            Page::Contest => "contest",
            Page::Robust => "robust",
            Page::Groups => "groups",
        };
        let contested = self.contested().filter(|_| self.page == Page::Contest);
        let contested = contested.map(|c| c.result.iter().filter(|r| r.contest != Contest::None).count());
        Some(serde_json::json!({
            "event": "suitability", "use": plan.given.id, "page": page, "units": s.scores.len(), "weights": plan.weights,
            "best": best.collect::<Vec<_>>(), "contested": contested, "groups": plan.groups.len(),
        }))
    }

    /// True while something is on its way.
    pub fn busy(&self) -> bool {
        let lines = self.lines.iter().any(|l| l.matrix.busy() || l.scored.busy());
        lines || self.units.busy() || self.contested.busy() || self.shaken.busy() || self.grouped.busy()
    }

    /// How many runs a stability test of so many units may have.
    pub fn most_runs(units: usize) -> u32 {
        (MOST_RANKS / units.max(1)).clamp(1, 100_000) as u32
    }

    fn units(&mut self, s: &Arc<Snapshot>) -> Option<(Arc<Units>, Option<SlotId>)> {
        let by = match self.by {
            By::Cells(shape, _) => By::Cells(shape, self.cell_m),
            By::Sites => By::Sites,
        };
        let city = s.city.clone();
        let wanted = (Same(city.clone()), by);
        self.units.want(wanted.clone(), move |_| units(&city, by));
        let (key, found) = self.units.with_key()?;
        (*key == wanted).then(|| found.as_ref().ok().cloned()).flatten()
    }

    /// Brings one use forward by what is finished; its newest scores where they are those that are wanted.
    fn line(&mut self, k: usize, s: &Arc<Snapshot>, units: &Arc<Units>, slot: Option<&SlotId>) -> Option<Arc<Scored>> {
        let (plan, line) = (self.plans.get(k)?, self.lines.get_mut(k)?);
        let (city, of, def) = (s.city.clone(), units.clone(), plan.def.clone());
        let wanted = (Same(city.clone()), Same(of.clone()), Same(def.clone()));
        let make = {
            let (city, of, def) = (city, of.clone(), def.clone());
            move |control: &Control| measure(&city, &def, &of, control).map(Arc::new)
        };
        line.matrix.want(wanted.clone(), make);
        let (key, matrix) = line.matrix.with_key()?;
        let matrix = matrix.clone().filter(|_| *key == wanted)?;
        let weighed: Weighed = (Same(matrix.clone()), plan.weights.clone(), self.attitude);
        let (weights, slot) = (plan.weights.clone(), slot.cloned());
        let attitude = Attitude::new(self.attitude).unwrap_or(Attitude::NEUTRAL);
        let city = s.city.clone();
        line.scored.want(weighed.clone(), move |_| {
            let dates = dates(&city, &def);
            Arc::new(score((of, slot), (def, dates), matrix, &weights, attitude))
        });
        let (key, scored) = line.scored.with_key()?;
        (*key == weighed).then(|| scored.clone())
    }
}

fn units(city: &City, by: By) -> UnitsFound {
    let found = match by {
        By::Cells(shape, size_m) => Units::cells(city, shape, size_m).map(|u| (Arc::new(u), None)),
        By::Sites => {
            let Some(slot) = city.with_role(Role::Sites).next() else {
                return Err(LocalText::new(
                    "Kein Modul dieses Projekts hat eine Ebene für Potenzialflächen. Es lassen sich Zellen bewerten.",
                    "No module of this project has a layer of potential sites. Cells can be scored instead.",
                ));
            };
            Units::of_slot(city, &slot.id).map(|u| (Arc::new(u), Some(slot.id.clone())))
        }
    };
    found.map_err(|e| e.text())
}

/// Dates of the data behind the criteria and exclusions of a use, each layer's oldest.
fn dates(city: &City, def: &SuitabilityDef) -> Vec<String> {
    let slots = def.criteria.iter().map(|c| &c.slot).chain(def.exclusions.iter().map(|e| &e.slot));
    let of = |id: &SlotId| match &city.slot(id)?.data {
        SlotData::Vector(l) => l.layer.data_date().map(str::to_owned),
        SlotData::Raster(r) => r.data_date().map(str::to_owned),
        SlotData::Missing { .. } => None,
    };
    slots.filter_map(of).collect()
}

fn score(
    (units, slot): (Arc<Units>, Option<SlotId>),
    (def, dates): (Arc<SuitabilityDef>, Vec<String>),
    matrix: Arc<Matrix>,
    weights: &[f64],
    attitude: Attitude,
) -> Scored {
    let scores = combine(&matrix, weights, attitude);
    let mut rows = ranked(&scores);
    let known = rows.len();
    let (excluded, unknown): (Vec<u32>, Vec<u32>) = (0..scores.len() as u32)
        .filter(|k| scores[*k as usize].provisional().is_none())
        .partition(|k| matrix.standing(*k as usize) == Standing::Excluded);
    let undecided = rows.iter().filter(|k| matrix.standing(**k as usize) == Standing::Undecided).count();
    let counts = [known, undecided, excluded.len()];
    rows.extend(unknown);
    rows.extend(excluded);
    Scored {
        units,
        slot,
        def,
        dates,
        matrix,
        scores,
        rows,
        counts,
    }
}

fn contest(uses: Vec<Arc<Scored>>) -> Contested {
    let scores: Vec<&[Score]> = uses.iter().map(|u| u.scores.as_slice()).collect();
    let result = compete(&scores, RANK_LIMITS);
    let mut rows: Vec<u32> = (0..result.len() as u32).collect();
    rows.sort_by_key(|k| {
        let c = &result[*k as usize];
        let contested = c.contest != Contest::None;
        (Reverse((contested, c.degree, c.contest)), *k)
    });
    Contested { uses, result, rows }
}

fn shake(scored: Arc<Scored>, weights: &[f64], attitude: Attitude, t: Trial, control: &Control) -> Option<Shaken> {
    let under = (&*scored.matrix, weights, attitude);
    let result = stability(under, t.vary_percent / 100.0, t.top, (t.runs, t.seed), control)?;
    let mut rows = scored.rows.clone();
    rows.sort_by(|a, b| result[*b as usize].in_top.total_cmp(&result[*a as usize].in_top));
    Some(Shaken {
        scored,
        trial: t,
        result,
        rows,
    })
}

fn group(scored: Arc<Scored>, groups: Vec<Group>, attitude: Attitude) -> Grouped {
    let scores: Vec<Vec<Score>> = groups.iter().map(|g| combine(&scored.matrix, &g.weights, attitude)).collect();
    let result = dissent(&scores.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let mut rows: Vec<u32> = (0..result.len() as u32).collect();
    rows.sort_by(|a, b| {
        let [x, y] = [a, b].map(|k| &result[*k as usize]);
        (y.mean.is_some(), y.spread)
            .partial_cmp(&(x.mean.is_some(), x.spread))
            .unwrap_or(std::cmp::Ordering::Equal)
            .then(a.cmp(b))
    });
    Grouped {
        scored,
        groups,
        scores,
        result,
        rows,
    }
}

/// The unit that a selection stands for.
fn unit_of(selection: &Selection, units: &Units, slot: Option<&SlotId>, s: &Snapshot) -> Option<usize> {
    let at = match selection {
        Selection::None => return None,
        Selection::Feature { slot: of, row } if Some(of) == slot => return Some(*row as usize),
        Selection::Feature { slot: of, row } => s.city.layer(of)?.layer.geometry.bbox(*row as usize).center(),
        Selection::Conflict(id) => {
            let c = s.evaluation.conflict(id)?;
            if Some(&c.subject.slot) == slot {
                return Some(c.subject.row as usize);
            }
            c.anchor
        }
        Selection::Spot(at) => *at,
    };
    (0..units.len()).find(|k| units.geometry.bbox(*k).contains(at) && geometry::contains(&units.geometry, *k, at))
}

fn compute(
    mut weighing: ResMut<Weighing>,
    (mut desk, mut own): (ResMut<GroupDesk>, ResMut<OwnWeights>),
    snapshot: Res<CurrentSnapshot>,
    view: Res<ViewState>,
    mut redraw: ResMut<Redraw>,
) {
    let Some(s) = snapshot.0.clone() else { return };
    let w = weighing.bypass_change_detection();
    if w.folder != s.city.info.folder {
        // What was set for one town says nothing about another.
        (w.plans, w.modules, w.attitude) = (vec![], None, 0.5);
        w.folder.clone_from(&s.city.info.folder);
        *desk = GroupDesk::default();
    }
    w.keep_in_step(&mut desk);
    w.tell_weights(&mut own);
    let modules = (Same(s.city.modules.clone()), s.planning.is_some());
    // What a variant weighs is told to others even while nobody looks at it here.
    if w.modules.as_ref() != Some(&modules) && (w.open || !w.plans.is_empty()) {
        w.follow(&s);
        w.modules = Some(modules);
        w.tell_weights(&mut own);
    }
    if !w.open {
        return;
    }
    let found = w.units(&s);
    if let Some((units, slot)) = found {
        let seen = (view.selection.clone(), Same(units.clone()));
        if w.looked_up.as_ref() != Some(&seen) {
            w.unit = unit_of(&view.selection, &units, slot.as_ref(), &s);
            w.looked_up = Some(seen);
        }
        let wanted: Vec<usize> = match w.page {
            Page::Contest => (0..w.plans.len()).collect(),
            _ => vec![w.chosen],
        };
        let done: Vec<Arc<Scored>> = wanted.iter().filter_map(|k| w.line(*k, &s, &units, slot.as_ref())).collect();
        if done.len() == wanted.len() {
            w.compare(done);
        }
    }
    if w.busy() {
        redraw.soon();
    }
}

impl Weighing {
    /// Takes over the definitions of the project and the weights of the variant that is open.
    fn follow(&mut self, s: &Snapshot) {
        let of = |city: &City| city.modules.iter().flat_map(|m| m.suitability.clone()).collect::<Vec<_>>();
        let now = of(&s.city);
        let given = s.planning.as_ref().map_or_else(|| now.clone(), |p| of(&p.base.city));
        let (now, given): (Vec<_>, Vec<_>) = (now.iter().collect(), given.iter().collect());
        let before: Vec<_> = self.plans.iter().map(|p| p.def.clone()).collect();
        let planned = s.planning.as_ref().map(|_| &*now);
        follow(&mut self.plans, &given, planned, &s.city.info.groups);
        let mut lines: Vec<_> = std::mem::take(&mut self.lines).into_iter().map(Some).collect();
        // What was measured stays for definitions that stay.
        let line = |p: &UsePlan| {
            let k = before.iter().position(|d| Arc::ptr_eq(d, &p.def))?;
            lines.get_mut(k)?.take()
        };
        self.lines = self.plans.iter().map(line).map(Option::unwrap_or_default).collect();
        self.chosen = self.chosen.min(self.plans.len().saturating_sub(1));
    }

    /// Takes note of what was written into the project, and tells what is not.
    fn keep_in_step(&mut self, desk: &mut ResMut<GroupDesk>) {
        if !desk.written.is_empty() {
            for (change, id) in std::mem::take(&mut desk.written) {
                for plan in &mut self.plans {
                    plan.written(&change, id.as_deref());
                    if let (Some(id), Some(title)) = (&id, &change.title) {
                        plan.renamed(id, title);
                    }
                }
            }
        }
        if desk.given_up {
            desk.given_up = false;
            self.plans.iter_mut().for_each(|p| p.groups.clone_from(&p.kept));
        }
        let changes: Vec<_> = self.plans.iter().flat_map(UsePlan::changes).collect();
        if desk.changes != changes {
            desk.changes = changes;
        }
    }

    /// Tells other rooms what is weighed otherwise than the modules have it.
    fn tell_weights(&mut self, own: &mut ResMut<OwnWeights>) {
        let now: Weighs = (
            self.plans.iter().map(|p| (Same(p.def.clone()), p.weights.clone())).collect(),
            self.attitude,
        );
        if self.told_weights.as_ref() == Some(&now) {
            return;
        }
        let changed = self.attitude != 0.5 || self.plans.iter().any(UsePlan::own);
        let uses = self.plans.iter().map(|p| WeighedUse {
            def: p.def.clone(),
            weights: p.weights.clone(),
        });
        own.0 = changed.then(|| {
            Arc::new(InForce {
                uses: uses.collect(),
                attitude: Attitude::new(self.attitude).unwrap_or(Attitude::NEUTRAL),
                own: true,
            })
        });
        self.told_weights = Some(now);
    }

    /// What is on its way, and how far.
    pub fn progress(&self) -> Option<Progress> {
        let measuring = self.lines.iter().find_map(|l| l.matrix.progress());
        measuring.or_else(|| self.shaken.progress())
    }

    /// What a page adds to the scores.
    fn compare(&mut self, mut done: Vec<Arc<Scored>>) {
        let attitude = Attitude::new(self.attitude).unwrap_or(Attitude::NEUTRAL);
        match self.page {
            Page::Weights | Page::Pairs => {}
            Page::Contest => {
                let key = done.iter().cloned().map(Same).collect();
                self.contested.want(key, move |_| Arc::new(contest(done)));
            }
            Page::Robust => {
                let (Some(scored), Some(plan)) = (done.pop(), self.plans.get(self.chosen)) else {
                    return;
                };
                let mut trial = self.trial;
                trial.runs = trial.runs.min(Self::most_runs(scored.units.len()));
                let weights = plan.weights.clone();
                let key = (Same(scored.clone()), trial, weights.clone(), self.attitude);
                let make = move |control: &Control| shake(scored, &weights, attitude, trial, control).map(Arc::new);
                self.shaken.want(key, make);
            }
            Page::Groups => {
                let (Some(scored), Some(plan)) = (done.pop(), self.plans.get(self.chosen)) else {
                    return;
                };
                let groups = plan.groups.clone();
                let key = (Same(scored.clone()), groups.clone(), self.attitude);
                self.grouped.want(key, move |_| Arc::new(group(scored, groups, attitude)));
            }
        }
    }
}

/// Registers the computation.
pub fn plugin(app: &mut App) {
    app.init_resource::<GroupDesk>()
        .init_resource::<OwnWeights>()
        .add_systems(Update, compute.before(AppSystems::Build).after(AppSystems::Pick));
}
