//! A session at the plan in the real window: an area is drawn, changed in every way, saved, lost in a crash and found again.

use crate::{
    planner::{Planner, TAB, scenario},
    screen::Stage,
};
use std::{thread::sleep, time::Duration};

#[test]
fn a_person_draws_an_area_changes_it_and_finds_it_again_after_a_crash() {
    let Some((stage, project)) = Stage::with_demo(600) else { return };
    let mut p = Planner::start(&stage, &project, "plan");
    p.begin();
    p.look_from_above();
    let conflicts = p.events.wait("ready", 1, |_| true).unwrap()["conflicts"].clone();

    // A site, closed by key; what it is to become has to be said.
    // An outline that crosses itself is told, and stays as it was drawn.
    p.tool("d", "draw");
    p.corners(&[(700, 200), (860, 330), (860, 200), (700, 330)]);
    p.screen.key("Return");
    sleep(Duration::from_secs(2));
    p.drawing("refused, and still there", |d| {
        d["corners"] == 4 && d["done"] == false && d["tool"] == "draw"
    });
    p.picture("window-plan-0-crossing.png");
    p.screen.key("Escape");
    p.drawing("begun anew", |d| d["corners"] == 0 && d["tool"] == "draw");
    p.area(&[(700, 200), (860, 200), (860, 330), (700, 330)]);
    p.picture("window-plan-1-drawn.png");
    p.for_living();
    p.screen.key("Return");
    p.step(1, "Neu: ");
    p.events
        .wait("ready", 10, |e| e["conflicts"] != conflicts)
        .expect("a site in the old town meets rules");

    // Reshaped, divided, moved, copied.
    p.tool("r", "corners");
    p.screen.click(860, 330);
    p.screen.click(900, 360);
    p.screen.key("Return");
    p.step(2, "Form geändert: ");
    p.tool("s", "split");
    p.screen.click(780, 150);
    p.screen.click(780, 420);
    p.screen.key("Return");
    p.step(3, "Geteilt: ");
    p.tool("m", "move");
    p.screen.click(640, 420);
    p.screen.click(630, 410);
    p.step(4, "Verschoben: ");
    p.tool("c", "copy");
    p.screen.click(640, 420);
    p.screen.click(500, 430);
    p.step(5, "Kopiert: ");
    p.picture("window-plan-2-changed.png");

    // Everything in a frame is demolished in one step, and stands again in one.
    p.held("shift", || p.drag((690, 150), (930, 420)));
    p.drawing("several are selected", |d| d["selected"].as_u64().is_some_and(|n| n > 2));
    p.picture("window-plan-3-several.png");
    p.screen.key("Delete");
    p.step(6, "Entfernt: ");
    p.picture("window-plan-4-demolished.png");
    p.screen.chord(&["ctrl", "z"]);
    p.plan("taken back", |e| e["steps"] == 5 && e["undone"] == 1);
    p.screen.chord(&["ctrl", "s"]);
    assert!(p.events.stands("ready", |e| e["unsaved"] == false), "saved");
    let saved = scenario(&project).expect("the variant has a file");
    assert_eq!(saved["steps"].as_array().map(Vec::len), Some(5), "{saved}");

    // One more step, then the program dies. The next start tells what waits and brings it back.
    p.screen.chord(&["ctrl", "z"]);
    p.plan("one more taken back", |e| e["steps"] == 4);
    p.window.0.kill().unwrap();
    p.window.0.wait().unwrap();
    let p = Planner::start(&stage, &project, "plan-again");
    p.events
        .wait("notice", 10, |e| e["title"] == "Unsaved plans")
        .expect("it says what waits");
    p.picture("window-plan-5-waiting.png");
    p.screen.key("Escape");
    p.screen.click(TAB.0, TAB.1);
    p.picture("window-plan-6-offered.png");
    p.screen.click(140, 350);
    let plan = p.plan("it is there again", |e| e["steps"] == 4);
    assert!(plan["notices"].as_array().is_some_and(|n| !n.is_empty()), "{plan}");
    p.picture("window-plan-7-recovered.png");
}
