//! A screen without a monitor, the program on it, and what it tells.

use serde_json::Value;
use stadtschicht::{
    demo::{self, DemoOptions},
    progress::Control,
};
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Mutex, MutexGuard},
    thread::sleep,
    time::{Duration, Instant},
};

pub const WIDTH: usize = 1280;
pub const HEIGHT: usize = 720;

/// One window at a time: two would share the processor and run out of their time.
static ONE: Mutex<()> = Mutex::new(());

/// A screen of one's own with a folder for settings and projects, as long as the test runs.
pub struct Stage {
    pub screen: Screen,
    folder: tempfile::TempDir,
    _one: MutexGuard<'static, ()>,
}

impl Stage {
    /// `None` where the tools are not there, which was then said.
    pub fn set() -> Option<Self> {
        can_drive().then(|| Self {
            _one: ONE.lock().unwrap_or_else(|e| e.into_inner()),
            folder: tempfile::tempdir().unwrap(),
            screen: Screen::start(),
        })
    }

    /// The same with a small Musterstadt.
    pub fn with_demo(buildings: usize) -> Option<(Self, PathBuf)> {
        let stage = Self::set()?;
        let project = stage.folder().join("demo");
        let options = DemoOptions {
            buildings,
            ..Default::default()
        };
        demo::generate(&project, &options, &Control::default()).unwrap();
        Some((stage, project))
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program with a project open, its last frames drawn and the keyboard its own; what it tells goes into a file of that name.
    pub fn open(&self, project: &Path, name: &str, more: &[&str]) -> (Killed, Events) {
        let events = Events(self.folder().join(format!("{name}.jsonl")));
        let size = format!("{WIDTH}x{HEIGHT}");
        let mut arguments = vec!["open", project.to_str().unwrap(), "--size", &size];
        arguments.extend(["--events", events.0.to_str().unwrap()]);
        arguments.extend(more);
        let log = std::fs::File::create(keep().join(format!("window-{name}.log"))).unwrap();
        let window = Killed(self.program(&arguments).stderr(log).spawn().unwrap());
        assert!(
            events.wait("ready", 120, |_| true).is_some(),
            "the project is on the screen within two minutes"
        );
        sleep(Duration::from_secs(3));
        self.screen.focus();
        (window, events)
    }

    /// The program on this screen, with a place for its settings and no desktop around it.
    pub fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stadtschicht"));
        command
            .args(arguments)
            .env("DISPLAY", &self.screen.display)
            .env_remove("WAYLAND_DISPLAY")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .env("LC_ALL", "de_DE.UTF-8")
            .stdout(Stdio::null());
        for place in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"] {
            command.env(place, self.folder());
        }
        command
    }
}

pub struct Killed(pub Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn available(tool: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {tool}")])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

pub struct Screen {
    display: String,
    _server: Killed,
}

impl Screen {
    pub fn start() -> Self {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                &format!("{WIDTH}x{HEIGHT}x24"),
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self {
            display: format!(":{}", line.trim()),
            _server: Killed(server),
        }
    }

    pub fn tool(&self, args: &[&str]) {
        let ok = Command::new("xdotool")
            .args(args)
            .env("DISPLAY", &self.display)
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|s| s.success());
        assert!(ok, "xdotool {args:?}");
    }

    /// A click held long enough for a program that draws ten frames a second.
    pub fn click(&self, x: usize, y: usize) {
        self.tool(&["mousemove", &x.to_string(), &y.to_string()]);
        sleep(Duration::from_millis(300));
        self.tool(&["mousedown", "1"]);
        sleep(Duration::from_millis(200));
        self.tool(&["mouseup", "1"]);
        sleep(Duration::from_millis(500));
    }

    /// Without a window manager nobody gives the keyboard to the window.
    pub fn focus(&self) {
        self.tool(&["search", "--onlyvisible", "--name", "Stadtschicht", "windowfocus"]);
        sleep(Duration::from_millis(500));
    }

    pub fn key(&self, key: &str) {
        self.tool(&["key", key]);
        sleep(Duration::from_millis(400));
    }

    /// Keys held together as long as a person holds them: a slow machine would see a quick chord in one frame, with the first key up again.
    pub fn chord(&self, keys: &[&str]) {
        let (last, held) = keys.split_last().unwrap();
        held.iter().for_each(|k| self.tool(&["keydown", k]));
        sleep(Duration::from_millis(250));
        self.tool(&["key", last]);
        sleep(Duration::from_millis(250));
        held.iter().for_each(|k| self.tool(&["keyup", k]));
        sleep(Duration::from_millis(250));
    }

    pub fn write(&self, text: &str) {
        self.tool(&["type", "--delay", "30", text]);
        sleep(Duration::from_millis(400));
    }

    /// Clicks into the table of conflicts at the bottom until a row answers, and returns its conflict.
    pub fn choose_conflict(&self, events: &Events) -> String {
        let clicked = (560..HEIGHT - 30).step_by(24).find_map(|y| {
            self.click(300, y);
            events.wait("selection", 2, |e| e["kind"] == "conflict")
        });
        let clicked = clicked.expect("a click in the conflict table selects a conflict");
        clicked["id"].as_str().unwrap().to_string()
    }

    /// RGB bytes of the whole screen.
    pub fn picture(&self, keep: &Path) -> Vec<u8> {
        let out = Command::new("import")
            .args(["-window", "root", "-depth", "8", "rgb:-"])
            .env("DISPLAY", &self.display)
            .output()
            .expect("import runs");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let _ = Command::new("import")
            .args(["-window", "root"])
            .arg(keep)
            .env("DISPLAY", &self.display)
            .status();
        assert_eq!(out.stdout.len(), WIDTH * HEIGHT * 3);
        out.stdout
    }
}

/// What is wrong with a picture, if anything.
pub fn fault(rgb: &[u8]) -> Option<String> {
    let mut counts = std::collections::BTreeMap::<[u8; 3], usize>::new();
    let mut light = 0usize;
    for p in rgb.as_chunks::<3>().0 {
        *counts.entry(*p).or_default() += 1;
        light += p.iter().map(|c| *c as usize).sum::<usize>();
    }
    let pixels = rgb.len() / 3;
    let commonest = counts.values().max().copied().unwrap_or(0);
    let mean = light / (3 * pixels.max(1));
    match () {
        () if counts.len() < 150 => Some(format!("only {} colours", counts.len())),
        () if commonest * 10 > pixels * 8 => Some(format!("one colour fills {} % of the picture", 100 * commonest / pixels)),
        () if mean < 40 => Some(format!("nearly black: mean {mean}")),
        () => None,
    }
}

/// The part of the picture inside a box, for looking at the 3D view alone.
pub fn crop(rgb: &[u8], x: std::ops::Range<usize>, y: std::ops::Range<usize>) -> Vec<u8> {
    y.flat_map(|row| rgb[3 * (row * WIDTH + x.start)..3 * (row * WIDTH + x.end)].iter().copied())
        .collect()
}

pub fn changed_share(a: &[u8], b: &[u8]) -> f64 {
    let differing = a
        .as_chunks::<3>()
        .0
        .iter()
        .zip(b.as_chunks::<3>().0)
        .filter(|(p, q)| p != q)
        .count();
    differing as f64 / (a.len() / 3) as f64
}

pub struct Events(pub PathBuf);

impl Events {
    pub fn all(&self) -> Vec<Value> {
        std::fs::read_to_string(&self.0)
            .unwrap_or_default()
            .lines()
            .filter_map(|l| serde_json::from_str(l).ok())
            .collect()
    }

    /// The last event of that name for which `test` holds, within the time.
    pub fn wait(&self, name: &str, seconds: u64, test: impl Fn(&Value) -> bool) -> Option<Value> {
        let start = Instant::now();
        loop {
            let found = self.all().into_iter().rev().find(|e| e["event"] == name && test(e));
            if found.is_some() || start.elapsed() > Duration::from_secs(seconds) {
                return found;
            }
            sleep(Duration::from_millis(200));
        }
    }

    /// Whether the newest event of that name comes to be so within ten seconds.
    pub fn stands(&self, name: &str, test: impl Fn(&Value) -> bool) -> bool {
        self.stands_within(name, 10, test)
    }

    /// The same within a time of one's own.
    pub fn stands_within(&self, name: &str, seconds: usize, test: impl Fn(&Value) -> bool) -> bool {
        (0..5 * seconds).any(|_| {
            let newest = self.all().into_iter().rev().find(|e| e["event"] == name);
            newest.is_some_and(|e| test(&e)) || {
                sleep(Duration::from_millis(200));
                false
            }
        })
    }
}

/// Hundredths of a second: a frame drawn by the processor takes more than ten, on two cores.
const RESTING: u64 = 15;

/// Waits until a window draws nothing any more: three seconds that cost it less than two frames do. A slow machine gets its time to come
/// to rest.
pub fn assert_rests(window: &Killed, what: &str) {
    let mut spent = vec![];
    while spent.len() < 10 && spent.last().is_none_or(|t| *t >= RESTING) {
        let before = cpu_ticks(window.0.id());
        sleep(Duration::from_secs(3));
        spent.push(cpu_ticks(window.0.id()) - before);
    }
    eprintln!("{what}: hundredths of a second of the processor in three seconds each: {spent:?}");
    assert!(
        spent.last().is_some_and(|t| *t < RESTING),
        "{what}: the window keeps using the processor: {spent:?}"
    );
}

fn cpu_ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|t| t.parse::<u64>().unwrap())
        .sum()
}

/// Whether the tools are there; on machines that must drive the window, it is a failure when they are not.
fn can_drive() -> bool {
    let missing: Vec<&str> = ["Xvfb", "xdotool", "import"].into_iter().filter(|t| !available(t)).collect();
    if missing.is_empty() {
        return true;
    }
    assert!(std::env::var_os("STADTSCHICHT_WINDOW_TEST").is_none(), "not installed: {missing:?}");
    eprintln!("skipped: not installed: {missing:?}");
    false
}

pub fn keep() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// Waits for the program to end by itself.
pub fn ended(window: &mut Killed) -> ExitStatus {
    let start = Instant::now();
    loop {
        match window.0.try_wait().unwrap() {
            Some(status) => return status,
            None => assert!(start.elapsed() < Duration::from_secs(30), "the window closes"),
        }
        sleep(Duration::from_millis(200));
    }
}
