//! A person at the plan: what the tab of the plan and its tools are used for, and what the window tells of it.

use crate::screen::{Events, Killed, Screen, Stage, fault, keep};
use serde_json::Value;
use std::{path::Path, thread::sleep, time::Duration};

/// Where things stand in a window of 1280 × 720.
pub const TAB: (usize, usize) = (173, 62);
const BEGIN: (usize, usize) = (140, 254);
/// The first field of the form of a new area is its name, the second its use.
const USE: (usize, usize) = (198, 331);
/// The list of layers to draw in, once a step was done.
const LAYERS: usize = 234;

pub struct Planner<'a> {
    pub screen: &'a Screen,
    pub events: Events,
    pub window: Killed,
}

impl<'a> Planner<'a> {
    pub fn start(stage: &'a Stage, project: &Path, name: &str) -> Self {
        let (window, events) = stage.open(project, name, &["--lang", "de"]);
        Self {
            screen: &stage.screen,
            events,
            window,
        }
    }

    /// The hint of the first start is put away, and a variant begun.
    pub fn begin(&self) {
        self.screen.click(942, 210);
        self.screen.click(TAB.0, TAB.1);
        self.screen.click(BEGIN.0, BEGIN.1);
        self.plan("a variant is begun", |e| e["title"] == "Variante 1" && e["steps"] == 0);
    }

    pub fn look_from_above(&self) {
        self.screen.key("t");
        sleep(Duration::from_secs(2));
    }

    /// Draws an area by its corners and closes it by key.
    pub fn area(&self, corners: &[(usize, usize)]) {
        self.tool("d", "draw");
        self.corners(corners);
        self.screen.key("Return");
        self.drawing("the area is closed", |d| d["done"] == true);
    }

    pub fn corners(&self, at: &[(usize, usize)]) {
        for (k, (x, y)) in at.iter().enumerate() {
            self.screen.click(*x, *y);
            self.drawing("a corner", |d| d["corners"] == k + 1);
        }
    }

    /// Chooses what the area is to become, the first of the list being living.
    pub fn for_living(&self) {
        self.screen.click(USE.0, USE.1);
        self.screen.click(USE.0, USE.1 + 35);
    }

    /// The plan as it was told last.
    pub fn plan(&self, what: &str, test: impl Fn(&Value) -> bool) -> Value {
        let stands = (0..3).any(|_| self.events.stands("plan", &test));
        assert!(stands, "{what}: {:#?}", self.events.all());
        self.events.wait("plan", 0, |_| true).unwrap()
    }

    pub fn drawing(&self, what: &str, test: impl Fn(&Value) -> bool) {
        assert!(self.events.stands("drawing", test), "{what}: {:#?}", self.events.all());
    }

    /// After `done` the history holds so many steps, the last of that name.
    pub fn step(&self, steps: usize, name: &str) -> Value {
        self.plan(name, |p| {
            p["steps"] == steps && p["last"].as_str().is_some_and(|l| l.starts_with(name))
        })
    }

    /// Chooses a layer to draw in from the list, which is opened anew for each try: letters may stand a little elsewhere.
    pub fn layer(&self, wanted: &str) {
        let found = [217, 209, 225, 185, 249].into_iter().any(|down| {
            self.screen.click(136, LAYERS);
            self.screen.click(100, LAYERS + down);
            self.screen.key("d");
            let on = self.events.wait("drawing", 1, |d| d["layer"] == wanted).is_some();
            self.screen.key("Escape");
            on
        });
        assert!(found, "{wanted}: {:#?}", self.events.all());
    }

    pub fn tool(&self, key: &str, tool: &str) {
        self.screen.key(key);
        self.drawing(tool, |d| d["tool"] == tool);
    }

    pub fn held(&self, key: &str, what: impl FnOnce()) {
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

/// The variant as it was saved.
pub fn scenario(project: &Path) -> Option<Value> {
    let folder = project.join("scenarios");
    let file = std::fs::read_dir(folder).ok()?.filter_map(|e| Some(e.ok()?.path()));
    let path = file
        .into_iter()
        .find(|p| p.to_string_lossy().ends_with("variante-1.scenario.json"))?;
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}
