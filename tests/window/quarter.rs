//! The whole session of a planner in one go: a quarter is drawn, its conflicts are read and solved, it is compared with what is there, saved
//! and found again.

use crate::{
    planner::{Planner, TAB, scenario},
    screen::{Stage, assert_rests, changed_share, crop, ended, fault, keep},
};
use serde_json::Value;
use std::{thread::sleep, time::Duration};

/// Where things stand in a window of 1280 × 720.
const VARIANTS: (usize, usize) = (120, 104);
const SEARCH: (usize, usize) = (400, 556);
const LOWER_TABS: usize = 522;

/// New, resolved and changed conflicts.
fn counts(plan: &Value, by: &str) -> [u64; 3] {
    [0, 1, 2].map(|k| plan[by][k].as_u64().unwrap_or_else(|| panic!("{plan}")))
}

#[test]
fn a_planner_draws_a_quarter_solves_its_conflicts_compares_saves_and_finds_it_again() {
    let Some((stage, project)) = Stage::with_demo(600) else { return };
    let mut p = Planner::start(&stage, &project, "quarter");
    p.begin();
    p.look_from_above();

    // Two sites for living by the ring road, and a house on one of them.
    p.area(&[(700, 200), (820, 200), (820, 300), (700, 300)]);
    p.for_living();
    p.screen.key("Return");
    let first = p.step(1, "Neu: Entwurf 1");
    assert!(counts(&first, "by_step")[0] > 0, "a site in the town meets rules: {first}");
    p.area(&[(840, 200), (940, 200), (940, 300), (840, 300)]);
    // What the first was drawn for is suggested for the next.
    p.screen.key("Return");
    p.step(2, "Neu: Entwurf 2");
    p.layer("land_potential/buildings");
    p.area(&[(740, 230), (780, 230), (780, 260), (740, 260)]);
    p.screen.key("Return");
    p.step(3, "Neu: ");
    p.picture("window-quarter-1-drawn.png");

    // What the sites meet stands in the list: here, noise.
    p.screen.click(SEARCH.0, SEARCH.1);
    p.screen.write("Entwurf n1-");
    sleep(Duration::from_secs(1));
    let chosen = p.screen.choose_conflict(&p.events);
    sleep(Duration::from_secs(3));
    p.picture("window-quarter-2-conflict.png");
    assert_rests(&p.window, "a conflict of the plan is looked at");

    // The site lies where the conflict led to. It is moved away, and the conflict counts as solved.
    p.screen.click(TAB.0, TAB.1);
    let sites = |e: &Value| e["kind"] == "feature" && e["slot"] == "land_potential/sites";
    // Houses stand on it, too.
    let mut around = (0..24).map(|k| (700 + 17 * (k % 6), 230 + 24 * (k / 6)));
    let picked = around.any(|(x, y)| {
        p.screen.click(x, y);
        p.events.stands_within("selection", 1, sites)
    });
    assert!(picked, "{:#?}", p.events.all());
    p.tool("m", "move");
    p.screen.click(700, 400);
    p.screen.click(1000, 160);
    let moved = p.step(4, "Verschoben: Entwurf");
    sleep(Duration::from_secs(3));
    p.picture("window-quarter-3-moved.png");
    let solved = moved["resolved"].as_array().is_some_and(|r| r.iter().any(|id| *id == *chosen));
    assert!(solved, "{chosen} is solved: {moved}");

    // Compared with what is there: side by side, and the whole view as it was while the key is held.
    let tab = [490, 470, 510, 450].into_iter().find(|x| {
        p.screen.click(*x, LOWER_TABS);
        p.events.stands_within("panel", 2, |e| e["tab"] == "variants")
    });
    assert!(tab.is_some(), "{:#?}", p.events.all());
    let told = p.events.wait("compare", 60, |e| e["features"].is_u64());
    let told = told.unwrap_or_else(|| panic!("{:#?}", p.events.all()));
    assert_eq!(told["features"], 3, "two sites and a house: {told}");
    let view = |name: &str| {
        assert!(
            p.events.stands_within("compare", 30, |e| e["view"] == name),
            "{name}: {:#?}",
            p.events.all()
        );
        sleep(Duration::from_secs(2));
    };
    let picture = |name: &str| {
        let all = p.screen.picture(&keep().join(name));
        assert_eq!(fault(&all), None, "{name}");
        crop(&all, 480..1210, 50..430)
    };
    p.screen.tool(&["mousemove", "760", "260"]);
    let single = picture("window-quarter-4-after.png");
    p.screen.tool(&["keydown", "b"]);
    view("before");
    let before = picture("window-quarter-5-before.png");
    p.screen.tool(&["keyup", "b"]);
    view("single");
    assert!(changed_share(&single, &before) > 0.01, "the quarter is gone while the key is held");
    p.screen.key("v");
    view("beside");
    picture("window-quarter-6-beside.png");

    // Saved, closed, and found again as it was.
    let ready = |p: &Planner| p.events.wait("ready", 1, |_| true).unwrap()["conflicts"].clone();
    let (plan, conflicts) = (p.plan("as it is", |e| e["steps"] == 4), ready(&p));
    p.screen.chord(&["ctrl", "s"]);
    assert!(p.events.stands("ready", |e| e["unsaved"] == false), "saved");
    let saved = scenario(&project).expect("the variant has a file");
    assert_eq!(saved["steps"].as_array().map(Vec::len), Some(4), "{saved}");
    p.screen.chord(&["ctrl", "q"]);
    assert!(ended(&mut p.window).success());

    let p = Planner::start(&stage, &project, "quarter-again");
    p.screen.click(TAB.0, TAB.1);
    let opened = [235, 227, 243, 219, 251].into_iter().any(|y| {
        p.screen.click(VARIANTS.0, VARIANTS.1);
        p.screen.click(VARIANTS.0, y);
        p.events.wait("plan", 8, |e| e["title"] == "Variante 1").is_some()
    });
    assert!(opened, "{:#?}", p.events.all());
    let again = p.plan("the same steps", |e| e["title"] == "Variante 1" && e["steps"] == 4);
    assert_eq!(counts(&again, "by_plan"), counts(&plan, "by_plan"), "the same consequences");
    assert!(
        p.events.stands("ready", |e| e["conflicts"] == conflicts),
        "the same conflicts: {conflicts}"
    );
    sleep(Duration::from_secs(2));
    p.picture("window-quarter-7-again.png");
}
