//! A session with a plan: what is recomputed equals the whole, decisions are undone, nothing unsaved is lost.

use super::{Command, ScenarioCommand, Session, SessionError, Share};
use crate::{
    model::{ConflictStatus, Coverage, GeometryKind},
    progress::Control,
    rules::{
        evaluate,
        testing::{TestCity, f, layer, rect, rule},
    },
    scenario::{Access, Step},
};
use std::{path::Path, sync::Arc};

fn session(folder: &Path) -> Session {
    let sites: Vec<_> = (0..6)
        .map(|k| f(&format!("s{k}"), rect(f64::from(k) * 50.0, 0.0, f64::from(k) * 50.0 + 30.0, 30.0)))
        .collect();
    let objects = [f("o0", rect(0.0, 0.0, 10.0, 10.0)), f("o1", rect(110.0, 0.0, 120.0, 10.0))];
    let mut city = TestCity::new()
        .layer(layer("m/sites", GeometryKind::Polygon, &sites, Coverage::Undeclared))
        .layer(layer("m/objects", GeometryKind::Polygon, &objects, Coverage::Undeclared))
        .rule(rule("A1", "[predicate.within_distance]\ndistance_m = 5.0"))
        .build();
    Arc::make_mut(&mut city.info).folder = folder.into();
    let evaluation = evaluate(&city, &Control::default());
    let mut session = Session::new(city, evaluation);
    session.set_access(Access {
        journals: Some(folder.join("journals")),
        look_only: false,
    });
    session
}

fn ask(s: &mut Session, command: ScenarioCommand) -> Result<Arc<super::Snapshot>, SessionError> {
    s.apply(Command::Scenario(command))
}

fn begin(s: &mut Session, title: &str) {
    let command = ScenarioCommand::New {
        title: title.into(),
        author: "Amt".into(),
    };
    ask(s, command).unwrap();
}

fn shift(s: &Session, id: &str, by: f64) -> ScenarioCommand {
    let snapshot = s.snapshot();
    let planning = snapshot.planning.as_ref().unwrap();
    let edits = planning.draft().shift(&[("m/sites".into(), id.into())], [by, 0.0]).unwrap();
    ScenarioCommand::Act(Step::new(&format!("{id} rückt"), edits).unwrap())
}

#[test]
fn each_step_tells_what_it_did_to_the_conflicts() {
    let dir = tempfile::tempdir().unwrap();
    let mut s = session(dir.path());
    let base = s.snapshot();
    assert_eq!(base.evaluation.conflicts.len(), 2);
    begin(&mut s, "A");
    let command = shift(&s, "s0", 300.0);
    let after = ask(&mut s, command).unwrap();
    let planning = after.planning.as_ref().unwrap();
    assert_eq!(planning.by_step.resolved.len(), 1);
    assert!(after.unsaved && planning.unsaved && planning.undo.as_deref() == Some("s0 rückt"));
    let command = shift(&s, "s3", -50.0);
    let after = ask(&mut s, command).unwrap();
    let planning = after.planning.as_ref().unwrap();
    assert_eq!((planning.by_step.new.len(), planning.by_step.resolved.len()), (1, 0));
    assert_eq!((planning.by_plan.new.len(), planning.by_plan.resolved.len()), (1, 1));
    assert_eq!(*after.evaluation, evaluate(&after.city, &Control::default()));
    assert_eq!(planning.features().len(), 2);
    let of = |p: &super::Planning, id: &str| p.share(&"m/sites".into(), id);
    assert_eq!((of(planning, "s0"), of(planning, "s1")), (Some(Share::Changed), None));
    let drawn = planning.draft().copy(&[("m/sites".into(), "s5".into())], [500.0, 0.0]).unwrap();
    let after = ask(&mut s, ScenarioCommand::Act(Step::new("neu", drawn).unwrap())).unwrap();
    let planning = after.planning.as_ref().unwrap();
    let own = planning
        .features()
        .into_iter()
        .find(|f| planning.base.city.row(&f.slot, &f.id).is_none())
        .unwrap();
    assert_eq!(of(planning, &own.id), Some(Share::Drawn));
    ask(&mut s, ScenarioCommand::Undo).unwrap();
    ask(&mut s, ScenarioCommand::Undo).unwrap();
    let after = ask(&mut s, ScenarioCommand::Undo).unwrap();
    assert_eq!(after.evaluation.conflicts, base.evaluation.conflicts);
    assert!(after.planning.as_ref().unwrap().by_plan.is_empty());
    let after = ask(&mut s, ScenarioCommand::Redo).unwrap();
    assert_eq!(after.evaluation.conflicts.len(), 1);
    let after = ask(&mut s, ScenarioCommand::Close { discard: true }).unwrap();
    assert!(after.planning.is_none() && !after.unsaved);
    assert_eq!(after.evaluation.conflicts, base.evaluation.conflicts);
}

#[test]
fn decisions_in_a_plan_are_undone_with_it_and_leave_the_project_alone() {
    let dir = tempfile::tempdir().unwrap();
    let mut s = session(dir.path());
    let conflict = s.snapshot().evaluation.conflicts[0].id.clone();
    begin(&mut s, "A");
    let accept = Command::SetStatus {
        conflict: conflict.clone(),
        status: ConflictStatus::Accepted,
    };
    assert_eq!(s.apply(accept).unwrap().reviews[&conflict].status, ConflictStatus::Accepted);
    assert!(!s.apply(Command::Save).unwrap().unsaved);
    assert!(
        !dir.path().join("review.toml").exists()
            || !std::fs::read_to_string(dir.path().join("review.toml"))
                .unwrap()
                .contains("accepted")
    );
    let after = ask(&mut s, ScenarioCommand::Undo).unwrap();
    assert!(!after.reviews.contains_key(&conflict) && after.unsaved);
    ask(&mut s, ScenarioCommand::Redo).unwrap();
    ask(&mut s, ScenarioCommand::Close { discard: true }).unwrap();
    assert!(!s.snapshot().reviews.contains_key(&conflict));
    let file = dir.path().join("scenarios/a.scenario.json");
    let after = ask(&mut s, ScenarioCommand::Open(file)).unwrap();
    assert_eq!(after.reviews[&conflict].status, ConflictStatus::Accepted);
}

#[test]
fn nothing_unsaved_is_left_without_a_word_and_it_goes_on_over_a_new_base() {
    let dir = tempfile::tempdir().unwrap();
    let mut s = session(dir.path());
    assert!(matches!(ask(&mut s, ScenarioCommand::Undo), Err(SessionError::NoScenario)));
    begin(&mut s, "A");
    let command = shift(&s, "s0", 300.0);
    ask(&mut s, command).unwrap();
    let other = ScenarioCommand::New {
        title: "B".into(),
        author: String::new(),
    };
    assert!(matches!(ask(&mut s, other.clone()), Err(SessionError::UnsavedScenario)));
    // The project's files changed and are opened anew: the plan goes on.
    let mut next = session(dir.path()).continuing(&s);
    drop(s);
    let after = next.snapshot();
    assert!(after.unsaved && after.planning.is_some());
    assert_eq!(after.evaluation.conflicts.len(), 1);
    // Closed without saving, it waits in the journal.
    ask(&mut next, ScenarioCommand::Close { discard: false }).unwrap();
    begin(&mut next, "A");
    let planning = next.snapshot().planning.clone().unwrap();
    assert!(
        planning.history.len() == 1 && planning.notices[0].de.ends_with(": 1 Schritt."),
        "{:?}",
        planning.notices
    );
    next.apply(Command::Save).unwrap();
    let branch = ScenarioCommand::Branch {
        title: "B".into(),
        author: "Büro".into(),
    };
    let after = ask(&mut next, branch).unwrap();
    let planning = after.planning.as_ref().unwrap();
    assert_eq!((planning.about.branched_from.as_deref(), planning.history.len()), (Some("A"), 1));
}
