//! Runs every rule over its subjects: in parallel, in order, whole or for the neighbourhood of an edit.

use super::{
    Change, Evaluation, RuleOutcome, Verdict,
    assemble::{conflict, sort_and_name},
    cover::Cover,
    memory::{Gap, Memory, RuleMemory, Undecided},
    plan::{Covers, Plan, Subject},
    predicates::{Measure, Work},
    sides::Subjects,
    walking::{Walk, slots_read},
    ways::WayStore,
};
use crate::{
    geometry,
    index::{IndexedLayer, RowMap, same_rows},
    model::{Bbox, Conflict, Coverage, FeatureRef, Finding, Layer, Level, LocalText, Report, SlotId},
    modules::RuleDef,
    progress::Control,
    project::{City, SlotData},
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// Subjects that one thread takes at a time.
const CHUNK: usize = 64;

/// Below this many subjects, prepared objects are not kept: the table for them would cost more than it saves.
const KEEP_FROM: usize = 256;

/// Checks every rule of every active module over the whole city.
///
/// A run that was cancelled says so in its report (RU-009) and counts what it did not reach as unknown.
pub fn evaluate(city: &City, control: &Control) -> Evaluation {
    run(city, None, control)
}

/// Checks what the changes can have touched and keeps the rest; the result equals [`evaluate`] of the same city.
///
/// `previous` must come from [`evaluate`] or [`update`] of the city before the changes, with the same modules and rules.
pub fn update(city: &City, previous: &Evaluation, changes: &[Change], control: &Control) -> Evaluation {
    update_with(city, previous, changes, &BTreeSet::new(), control)
}

/// As [`update`], where the rules of these ids are others than before as well: they are asked anew, the rest is kept.
pub fn update_with(city: &City, previous: &Evaluation, changes: &[Change], rules: &BTreeSet<String>, control: &Control) -> Evaluation {
    let stale = previous.report.findings.iter().any(|f| f.code == CANCELLED);
    let usable = !stale && previous.memory.basis == basis(city) && previous.memory.rules.len() == city.rules().count();
    let before = usable.then_some(Before {
        evaluation: previous,
        changes,
        rules,
    });
    run(city, before, control)
}

const CANCELLED: &str = "RU-009";

/// The box that stands in for an area of interest, where a coverage refers to one that nobody drew.
fn basis(city: &City) -> Option<Bbox> {
    let refers = |l: &IndexedLayer| l.layer.coverage == Coverage::AreaOfInterest;
    (city.info.area_of_interest.is_none() && city.layers().any(refers)).then(|| city.extent())
}

/// Evaluation before an edit, and the edit.
struct Before<'a> {
    evaluation: &'a Evaluation,
    changes: &'a [Change],
    /// Rules that are others than before.
    rules: &'a BTreeSet<String>,
}

fn run(city: &City, before: Option<Before>, control: &Control) -> Evaluation {
    let mut report = Report::default();
    let covers = Covers::with(before.as_ref().map(|b| b.evaluation.ways()).unwrap_or_default());
    let total = city.rules().count().max(1);
    let mut conflicts = vec![];
    let mut memory = Memory {
        rules: vec![],
        basis: basis(city),
    };
    let mut outcomes = vec![];
    for (k, rule) in city.rules().enumerate() {
        control.report(
            format!("Regel {} wird geprüft", rule.id),
            format!("checking rule {}", rule.id),
            k as f32 / total as f32,
        );
        let known = before.as_ref().filter(|b| !b.rules.contains(&rule.id)).and_then(|b| {
            let (e, changes) = (b.evaluation, b.changes);
            let memory = e.memory.rules.get(k).filter(|m| m.rule == rule.id)?;
            Some(Known {
                memory,
                outcome: e.outcomes.get(k).filter(|o| o.rule == rule.id)?,
                conflicts: &e.conflicts,
                changes,
            })
        });
        if let Some(known) = known.as_ref().filter(|k| k.untouched(city, rule)) {
            conflicts.extend(known.conflicts.iter().filter(|c| c.rule == rule.id).cloned());
            outcomes.push(known.outcome.clone());
            memory.rules.push(known.memory.clone());
            continue;
        }
        let one = check(city, rule, known.as_ref(), &covers, control, &mut report);
        outcomes.push(outcome(city, rule, &one));
        conflicts.extend(one.conflicts);
        memory.rules.push(one.memory);
    }
    sort_and_name(&mut conflicts);
    let walked = WayStore::of(memory.rules.iter().filter_map(|m| m.ways.clone()));
    report
        .findings
        .extend(walked.all().iter().flat_map(|w| w.network.report().findings.clone()));
    if control.is_cancelled() {
        report.push(Finding::new(
            CANCELLED,
            Level::Warning,
            "Die Prüfung wurde abgebrochen; was nicht erreicht wurde, gilt als unbekannt. Bitte neu starten.",
            "The check was stopped; what it did not reach counts as unknown. Please run it again.",
        ));
    }
    Evaluation {
        conflicts,
        outcomes,
        report,
        memory,
    }
}

/// What is known of a rule from before an edit.
struct Known<'a> {
    memory: &'a RuleMemory,
    outcome: &'a RuleOutcome,
    conflicts: &'a [Arc<Conflict>],
    changes: &'a [Change],
}

impl Known<'_> {
    /// True when nothing that the rule reads has changed. A rule that did not run is tried again, for its findings.
    fn untouched(&self, city: &City, rule: &RuleDef) -> bool {
        let same = |old: &Option<Arc<Layer>>, slot| match (old, city.layer(slot)) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, &new.layer),
            (None, None) => true,
            _ => false,
        };
        let further = rule.further();
        let ways = rule.predicate.walking().map(|w| slots_read(city, &w)).unwrap_or_default();
        let read = |slot: &SlotId| {
            let beside = further.iter().map(|(other, _, _)| *other).chain(ways.iter().copied());
            *slot == rule.subject.slot || *slot == rule.object.slot || beside.into_iter().any(|other| other == slot)
        };
        self.memory.blocked.is_none()
            && same(&self.memory.subject, &rule.subject.slot)
            && same(&self.memory.object, &rule.object.slot)
            && !self.changes.iter().any(|c| read(&c.slot))
    }
}

/// One rule, checked.
struct Checked {
    conflicts: Vec<Arc<Conflict>>,
    memory: RuleMemory,
    /// Whether nobody declared the coverage it rests on.
    assumed: bool,
    /// Area of all subjects of a rule that did not run.
    blocked_m2: f64,
}

fn check(city: &City, rule: &RuleDef, known: Option<&Known>, covers: &Covers, control: &Control, report: &mut Report) -> Checked {
    let known = known.filter(|k| k.memory.blocked.is_none());
    let (subjects, ready) = match known.and_then(|k| same_subjects(city, rule, k)) {
        Some(subjects) => (subjects, Ok(())),
        None => Subjects::find(city, rule, report),
    };
    let keep = known.is_none() && subjects.rows.len() >= KEEP_FROM;
    let plan = match (ready, subjects.layer) {
        (Ok(()), Some(subject)) => Plan::new(city, rule, subject, covers, keep, report),
        (Err(why), _) => Err(why),
        (Ok(()), None) => Err(LocalText::default()),
    };
    let mut memory = RuleMemory {
        rule: rule.id.clone(),
        subject: subjects.layer.map(|l| l.layer.clone()),
        object: city.layer(&rule.object.slot).map(|l| l.layer.clone()),
        rows: subjects.rows,
        ..RuleMemory::default()
    };
    let plan = match plan {
        Ok(plan) => plan,
        Err(why) => {
            let area = |l: &IndexedLayer| memory.rows.iter().map(|r| geometry::area_m2(&l.layer.geometry, *r as usize)).sum();
            let blocked_m2 = subjects.layer.map_or(0.0, area);
            memory.verdicts = vec![Verdict::Unknown; memory.rows.len()];
            memory.blocked = Some(why);
            return Checked {
                conflicts: vec![],
                memory,
                assumed: false,
                blocked_m2,
            };
        }
    };
    memory.ways = plan.walk().map(|w| w.ways.clone());
    // Where a network came or went, every distance is another.
    let known = known.filter(|k| k.memory.ways.is_some() == memory.ways.is_some());
    let kept = known.map(|k| Kept::new(&plan, k));
    let old_rows: Vec<Option<u32>> = match &kept {
        Some(kept) => memory.rows.iter().map(|r| kept.old_row(&plan, *r)).collect(),
        None => vec![None; memory.rows.len()],
    };
    let fresh: Vec<u32> = memory
        .rows
        .iter()
        .zip(&old_rows)
        .filter(|(_, old)| old.is_none())
        .map(|(row, _)| *row)
        .collect();
    let mut answers = measure_all(&plan, &fresh, control).into_iter().peekable();
    let mut conflicts = vec![];
    for (row, old) in memory.rows.iter().zip(old_rows) {
        let answer = match (&kept, old) {
            (Some(kept), Some(old)) => kept.answer(*row, old),
            // A cancelled run leaves rows out.
            _ => answers.next_if(|a| a.row == *row).unwrap_or(Answer {
                row: *row,
                conflict: None,
                gap: Some((Gap::Cancelled, 0.0)),
            }),
        };
        memory.verdicts.push(answer.verdict());
        conflicts.extend(answer.conflict);
        memory
            .undecided
            .extend(answer.gap.map(|(gap, area_m2)| Undecided { row: *row, area_m2, gap }));
    }
    Checked {
        conflicts,
        memory,
        assumed: matches!((&plan.cover, plan.objects()), (Cover::Assumed, Some(_))),
        blocked_m2: 0.0,
    }
}

/// The subjects from before, where their layer is still the very same.
fn same_subjects<'a>(city: &'a City, rule: &RuleDef, known: &Known) -> Option<Subjects<'a>> {
    let layer = city.layer(&rule.subject.slot)?;
    Arc::ptr_eq(known.memory.subject.as_ref()?, &layer.layer).then(|| Subjects {
        layer: Some(layer),
        rows: known.memory.rows.clone(),
    })
}

/// The answer for one subject.
struct Answer {
    row: u32,
    conflict: Option<Arc<Conflict>>,
    gap: Option<(Gap, f64)>,
}

impl Answer {
    fn verdict(&self) -> Verdict {
        match (&self.conflict, &self.gap) {
            (Some(_), _) => Verdict::Conflict,
            (None, Some(_)) => Verdict::Unknown,
            (None, None) => Verdict::Clear,
        }
    }
}

/// Answers in the order of `rows`; rows that a cancelled run did not reach are left out.
fn measure_all(plan: &Plan, rows: &[u32], control: &Control) -> Vec<Answer> {
    let chunk = |work: &mut Work, rows: &[u32]| -> Vec<Answer> {
        if control.is_cancelled() {
            return vec![];
        }
        rows.iter().map(|row| guarded(plan, *row, work)).collect()
    };
    if rows.len() <= CHUNK {
        return chunk(&mut Work::default(), rows);
    }
    // Chunks come back in their order, so the number of threads cannot show.
    let parts: Vec<Vec<Answer>> = rows
        .par_chunks(CHUNK)
        .map_init(Work::default, |work, rows| chunk(work, rows))
        .collect();
    parts.into_iter().flatten().collect()
}

/// One subject. Whatever a kernel does on geometry nobody thought of, the other subjects still get their answer.
fn guarded(plan: &Plan, row: u32, work: &mut Work) -> Answer {
    match catch_unwind(AssertUnwindSafe(|| answer(plan, row, work))) {
        Ok(answer) => answer,
        Err(_) => {
            *work = Work::default();
            Answer {
                row,
                conflict: None,
                gap: Some((Gap::Geometry, 0.0)),
            }
        }
    }
}

fn answer(plan: &Plan, row: u32, work: &mut Work) -> Answer {
    let geometry = &plan.subject.layer.geometry;
    if geometry.bbox(row as usize).is_empty() {
        return Answer {
            row,
            conflict: None,
            gap: Some((Gap::NoGeometry, 0.0)),
        };
    }
    let subject = Subject::new(plan.subject, row);
    let outside = plan.cover.outside(geometry, row as usize, subject.area(), &mut work.sweep);
    let Measure { mut hit, gap } = plan.predicate.measure(plan, &subject, work);
    if outside.wholly && plan.predicate.rests_on_absence() {
        hit = None;
    }
    // Both gaps may hold; the larger area is told, so that no square metre counts twice.
    let gap = match (gap, outside.gap()) {
        (Some(a), Some(b)) => Some(if b.1 > a.1 { b } else { a }),
        (a, b) => a.or(b),
    };
    Answer {
        row,
        conflict: hit.map(|hit| Arc::new(conflict(plan, row, hit, gap.as_ref()))),
        gap,
    }
}

/// What an edit left untouched.
struct Kept<'a> {
    memory: &'a RuleMemory,
    /// Rows of the new layer whose neighbourhood changed.
    touched: BTreeSet<u32>,
    /// New row → old row; `None` while rows stand where they stood.
    old_rows: Option<RowMap<'a>>,
    /// Old row → conflict.
    conflicts: BTreeMap<u32, &'a Arc<Conflict>>,
    /// Old row → new row of the object layer; `None` while rows stand where they stood.
    new_objects: Option<RowMap<'a>>,
}

impl<'a> Kept<'a> {
    fn new(plan: &'a Plan, known: &Known<'a>) -> Self {
        // What an object reached before the edit counts as much as what it reaches now.
        let before_m = known.memory.object.as_ref().map_or(0.0, |old| plan.reach_in(old));
        let radius = plan.predicate.search_radius_m(plan).max(before_m) + plan.walk().map_or(0.0, Walk::margin_m);
        let ways = plan.rule.predicate.walking().map(|w| slots_read(plan.city, &w)).unwrap_or_default();
        let met = |c: &Change| {
            let further = plan.further.iter().any(|o| o.layer.layer.slot == c.slot);
            c.slot == plan.rule.object.slot || further || ways.contains(&&c.slot)
        };
        let concerned = |c: &&Change| c.slot == plan.rule.subject.slot || met(c);
        let touched = known
            .changes
            .iter()
            .filter(concerned)
            // A subject that is not met by others changes its own answer and no one else's.
            .flat_map(|c| [c.before, c.after].map(|b| (b, if met(c) { radius } else { 0.0 })))
            .filter(|(b, _)| !b.is_empty())
            .flat_map(|(b, radius)| plan.subject.index.rows_in(&b.buffered(radius)))
            .collect();
        let old_subject = known.memory.subject.as_ref().filter(|old| !same_rows(old, &plan.subject.layer));
        let moved = plan
            .objects()
            .zip(known.memory.object.as_ref())
            .filter(|(o, old)| !same_rows(old, &o.layer.layer));
        Self {
            memory: known.memory,
            touched,
            old_rows: old_subject.map(|old| RowMap::new(&plan.subject.layer, old)),
            conflicts: known
                .conflicts
                .iter()
                .filter(|c| c.rule == plan.rule.id)
                .map(|c| (c.subject.row, c))
                .collect(),
            new_objects: moved.map(|(o, old)| RowMap::new(old, &o.layer.layer)),
        }
    }

    /// The row from before, if its answer still holds.
    fn old_row(&self, plan: &Plan, row: u32) -> Option<u32> {
        // A feature without geometry meets no box of a change; its answer is found at once anyway.
        if self.touched.contains(&row) || plan.subject.layer.geometry.bbox(row as usize).is_empty() {
            return None;
        }
        let old = match &self.old_rows {
            None => row,
            Some(rows) => rows.row(row, &plan.subject.layer.ids[row as usize])?,
        };
        self.memory.verdict(old).map(|_| old)
    }

    fn answer(&self, row: u32, old: u32) -> Answer {
        let conflict = self.conflicts.get(&old).map(|c| {
            let mut conflict = Arc::clone(c);
            // Copied only where a row is another.
            if conflict.subject.row != row {
                Arc::make_mut(&mut conflict).subject.row = row;
            }
            if let Some(rows) = &self.new_objects {
                let now = |o: &FeatureRef| rows.row(o.row, &o.id).unwrap_or(o.row);
                if conflict.objects.iter().any(|o| now(o) != o.row) {
                    let objects = &mut Arc::make_mut(&mut conflict).objects;
                    for object in objects.iter_mut() {
                        object.row = now(object);
                    }
                    objects.sort_by_key(|o| o.row);
                }
            }
            conflict
        });
        let gap = self.memory.undecided(old).map(|u| (u.gap.clone(), u.area_m2));
        Answer { row, conflict, gap }
    }
}

/// Counts and reasons of one rule.
fn outcome(city: &City, rule: &RuleDef, checked: &Checked) -> RuleOutcome {
    let memory = &checked.memory;
    let count = |v: Verdict| memory.verdicts.iter().filter(|x| **x == v).count() as u32;
    let mut by_severity = [0; 4];
    for conflict in &checked.conflicts {
        by_severity[conflict.severity as usize - 1] += 1;
    }
    let mut gaps = BTreeMap::<&Gap, usize>::new();
    for undecided in &memory.undecided {
        *gaps.entry(&undecided.gap).or_default() += 1;
    }
    let mut reasons: Vec<LocalText> = memory.blocked.iter().cloned().collect();
    reasons.extend(gaps.into_iter().map(|(gap, n)| gap.text(n)));
    // From plain zero: an empty sum is minus zero, and so it would be printed.
    let unknown_area_m2 = memory.undecided.iter().fold(0.0, |sum, u| sum + u.area_m2) + checked.blocked_m2;
    let filled = |slot| city.slot(slot).is_some_and(|s| !matches!(s.data, SlotData::Missing { .. }));
    RuleOutcome {
        rule: rule.id.clone(),
        subjects: memory.rows.len() as u32,
        conflicts: count(Verdict::Conflict),
        clear: count(Verdict::Clear),
        unknown: count(Verdict::Unknown),
        unknown_area_m2,
        coverage_assumed: checked.assumed && !memory.rows.is_empty() && filled(&rule.object.slot),
        reasons,
        by_severity,
    }
}
