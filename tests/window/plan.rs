//! A session at the plan in the real window: a quarter is drawn, changed in every way, saved, lost in a crash and found again.

use crate::screen::{Events, Killed, ONE, Screen, can_drive, demo, fault, keep, open};
use serde_json::Value;
use std::{path::Path, thread::sleep, time::Duration};

/// Where things stand in a window of 1280 × 720.
pub const TAB: (usize, usize) = (173, 62);
pub const BEGIN: (usize, usize) = (140, 254);

/// Somebody at the plan.
pub struct Planner {
    pub screen: Screen,
    pub events: Events,
    window: Killed,
}

impl Planner {
    pub fn start(screen: Screen, home: &Path, project: &Path, name: &str) -> Self {
        let (window, events) = open(&screen, home, project, name, &["--lang", "de"]);
        screen.focus();
        Self { screen, events, window }
    }

    /// The plan as it was told last.
    pub fn plan(&self, what: &str, test: impl Fn(&Value) -> bool) -> Value {
        let stands = (0..3).any(|_| self.events.stands("plan", &test));
        assert!(stands, "{what}: {:#?}", self.events.all());
        self.events.wait("plan", 0, |_| true).unwrap()
    }

    fn drawing(&self, what: &str, test: impl Fn(&Value) -> bool) {
        assert!(self.events.stands("drawing", test), "{what}: {:#?}", self.events.all());
    }

    /// After `done` the history holds so many steps, the last of that name.
    pub fn step(&self, steps: usize, name: &str) {
        self.plan(name, |p| {
            p["steps"] == steps && p["last"].as_str().is_some_and(|l| l.starts_with(name))
        });
    }

    fn tool(&self, key: &str, tool: &str) {
        self.screen.key(key);
        self.drawing(tool, |d| d["tool"] == tool);
    }

    fn held(&self, key: &str, what: impl FnOnce()) {
        self.screen.tool(&["keydown", key]);
        sleep(Duration::from_millis(300));
        what();
        self.screen.tool(&["keyup", key]);
        sleep(Duration::from_millis(300));
    }

    pub fn drag(&self, from: (usize, usize), to: (usize, usize)) {
        let at = |(x, y): (usize, usize)| self.screen.tool(&["mousemove", &x.to_string(), &y.to_string()]);
        at(from);
        sleep(Duration::from_millis(300));
        self.screen.tool(&["mousedown", "1"]);
        sleep(Duration::from_millis(300));
        at(((from.0 + to.0) / 2, (from.1 + to.1) / 2));
        sleep(Duration::from_millis(300));
        at(to);
        sleep(Duration::from_millis(400));
        self.screen.tool(&["mouseup", "1"]);
        sleep(Duration::from_millis(400));
    }

    pub fn picture(&self, name: &str) {
        assert_eq!(fault(&self.screen.picture(&keep().join(name))), None, "{name}");
    }
}

pub fn scenario(project: &Path) -> Option<Value> {
    let folder = project.join("scenarios");
    let file = std::fs::read_dir(folder).ok()?.filter_map(|e| Some(e.ok()?.path()));
    let path = file
        .into_iter()
        .find(|p| p.to_string_lossy().ends_with("variante-1.scenario.json"))?;
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

#[test]
fn a_person_draws_a_quarter_changes_it_and_finds_it_again_after_a_crash() {
    if !can_drive() {
        return;
    }
    let _one = ONE.lock().unwrap_or_else(|e| e.into_inner());
    let dir = tempfile::tempdir().unwrap();
    let project = demo(dir.path(), 600);
    let mut p = Planner::start(Screen::start(), dir.path(), &project, "plan");
    p.screen.click(942, 210);
    p.screen.click(TAB.0, TAB.1);
    p.screen.click(BEGIN.0, BEGIN.1);
    p.plan("a variant is begun", |e| e["title"] == "Variante 1" && e["steps"] == 0);
    let conflicts = p.events.wait("ready", 1, |_| true).unwrap()["conflicts"].clone();

    // A site, closed by key; what it is to become has to be said.
    p.screen.key("t");
    sleep(Duration::from_secs(2));
    p.tool("d", "draw");
    // An outline that crosses itself is told, and stays as it was drawn.
    for (k, (x, y)) in [(700, 200), (860, 330), (860, 200), (700, 330)].into_iter().enumerate() {
        p.screen.click(x, y);
        p.drawing("a corner", |d| d["corners"] == k + 1);
    }
    p.screen.key("Return");
    sleep(Duration::from_secs(2));
    p.drawing("refused, and still there", |d| {
        d["corners"] == 4 && d["done"] == false && d["tool"] == "draw"
    });
    p.picture("window-plan-0-crossing.png");
    p.screen.key("Escape");
    p.drawing("begun anew", |d| d["corners"] == 0 && d["tool"] == "draw");
    for (k, (x, y)) in [(700, 200), (860, 200), (860, 330), (700, 330)].into_iter().enumerate() {
        p.screen.click(x, y);
        p.drawing("a corner", |d| d["corners"] == k + 1);
    }
    p.screen.key("Return");
    p.drawing("the area is closed", |d| d["done"] == true);
    p.picture("window-plan-1-drawn.png");
    p.screen.click(198, 266);
    p.screen.click(198, 294);
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
    let p = Planner::start(p.screen, dir.path(), &project, "plan-again");
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
