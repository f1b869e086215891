//! Drives the real window under Xvfb as a person would: start, load, click a conflict, switch the language, turn the view, take pictures.
//! Needs Xvfb, xdotool and ImageMagick's `import`; `./dev test` installs them and sets `STADTSCHICHT_WINDOW_TEST=required`.
#![cfg(feature = "gui")]

use serde_json::Value;
use stadtschicht::{
    demo::{self, DemoOptions},
    progress::Control,
};
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;

struct Killed(Child);

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

struct Screen {
    display: String,
    _server: Killed,
}

impl Screen {
    fn start() -> Self {
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

    fn tool(&self, args: &[&str]) {
        let ok = Command::new("xdotool")
            .args(args)
            .env("DISPLAY", &self.display)
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|s| s.success());
        assert!(ok, "xdotool {args:?}");
    }

    /// A click held long enough for a program that draws ten frames a second.
    fn click(&self, x: usize, y: usize) {
        self.tool(&["mousemove", &x.to_string(), &y.to_string()]);
        sleep(Duration::from_millis(300));
        self.tool(&["mousedown", "1"]);
        sleep(Duration::from_millis(200));
        self.tool(&["mouseup", "1"]);
        sleep(Duration::from_millis(500));
    }

    /// RGB bytes of the whole screen.
    fn picture(&self, keep: &Path) -> Vec<u8> {
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
fn fault(rgb: &[u8]) -> Option<String> {
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
fn crop(rgb: &[u8], x: std::ops::Range<usize>, y: std::ops::Range<usize>) -> Vec<u8> {
    y.flat_map(|row| rgb[3 * (row * WIDTH + x.start)..3 * (row * WIDTH + x.end)].iter().copied())
        .collect()
}

fn changed_share(a: &[u8], b: &[u8]) -> f64 {
    let differing = a
        .as_chunks::<3>()
        .0
        .iter()
        .zip(b.as_chunks::<3>().0)
        .filter(|(p, q)| p != q)
        .count();
    differing as f64 / (a.len() / 3) as f64
}

struct Events(PathBuf);

impl Events {
    fn all(&self) -> Vec<Value> {
        std::fs::read_to_string(&self.0)
            .unwrap_or_default()
            .lines()
            .filter_map(|l| serde_json::from_str(l).ok())
            .collect()
    }

    /// The last event of that name for which `test` holds, within the time.
    fn wait(&self, name: &str, seconds: u64, test: impl Fn(&Value) -> bool) -> Option<Value> {
        let start = Instant::now();
        loop {
            let found = self.all().into_iter().rev().find(|e| e["event"] == name && test(e));
            if found.is_some() || start.elapsed() > Duration::from_secs(seconds) {
                return found;
            }
            sleep(Duration::from_millis(200));
        }
    }
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

#[test]
fn the_check_of_pictures_refuses_black_and_empty_ones() {
    assert!(fault(&vec![0; WIDTH * HEIGHT * 3]).is_some());
    assert!(fault(&vec![230; WIDTH * HEIGHT * 3]).is_some());
    let noise: Vec<u8> = (0..WIDTH * HEIGHT * 3).map(|i| (i * 7919 % 251) as u8).collect();
    assert_eq!(fault(&noise), None);
}

#[test]
fn a_person_opens_the_demo_and_looks_at_a_conflict() {
    let missing: Vec<&str> = ["Xvfb", "xdotool", "import"].into_iter().filter(|t| !available(t)).collect();
    if !missing.is_empty() {
        assert!(std::env::var_os("STADTSCHICHT_WINDOW_TEST").is_none(), "not installed: {missing:?}");
        eprintln!("skipped: not installed: {missing:?}");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let keep = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let project = dir.path().join("demo");
    demo::generate(
        &project,
        &DemoOptions {
            buildings: 1500,
            ..Default::default()
        },
        &Control::default(),
    )
    .unwrap();

    let screen = Screen::start();
    let events = Events(dir.path().join("events.jsonl"));
    let log = std::fs::File::create(keep.join("window.log")).unwrap();
    let program = Killed(
        Command::new(env!("CARGO_BIN_EXE_stadtschicht"))
            .args([
                "open",
                project.to_str().unwrap(),
                "--lang",
                "de",
                "--size",
                &format!("{WIDTH}x{HEIGHT}"),
                "--events",
                events.0.to_str().unwrap(),
            ])
            .env("DISPLAY", &screen.display)
            .env_remove("WAYLAND_DISPLAY")
            .env("XDG_CONFIG_HOME", dir.path())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap(),
    );
    let ready = events
        .wait("ready", 120, |_| true)
        .expect("the project is on the screen within two minutes");
    assert!(ready["conflicts"].as_u64() > Some(0), "{ready}");
    sleep(Duration::from_secs(3));

    let first = screen.picture(&keep.join("window-1-start.png"));
    assert_eq!(fault(&first), None, "whole window");
    let view = (450..850, 100..400);
    assert_eq!(fault(&crop(&first, view.0.clone(), view.1.clone())), None, "3D view");

    // Idle: once the last mesh is there nothing moves, so nothing is drawn. A slow machine gets its time to come to rest.
    let rested = (0..10).any(|_| {
        let before = cpu_ticks(program.0.id());
        sleep(Duration::from_secs(3));
        cpu_ticks(program.0.id()) - before < 30
    });
    assert!(rested, "an idle window keeps using the processor");

    // The conflict table is at the bottom: the first row that answers is taken.
    let clicked = (560..HEIGHT - 30).step_by(24).find_map(|y| {
        screen.click(300, y);
        events.wait("selection", 2, |e| e["kind"] == "conflict")
    });
    let clicked = clicked.expect("a click in the conflict table selects a conflict");
    let id = clicked["id"].as_str().unwrap().to_string();
    sleep(Duration::from_secs(3));
    let second = screen.picture(&keep.join("window-2-conflict.png"));
    assert_eq!(fault(&second), None);
    assert!(changed_share(&first, &second) > 0.05, "the inspector fills and the camera flies");

    // Without a window manager nobody gives the keyboard to the window.
    screen.tool(&["search", "--onlyvisible", "--name", "Stadtschicht", "windowfocus"]);
    sleep(Duration::from_millis(500));
    screen.tool(&["key", "F2"]);
    let language = events.wait("language", 10, |e| e["language"] == "en");
    assert!(language.is_some(), "F2 switches the language: {:?}", events.all());
    sleep(Duration::from_secs(2));
    let third = screen.picture(&keep.join("window-3-english.png"));
    assert!(changed_share(&second, &third) > 0.005, "the texts changed");
    assert_eq!(events.wait("selection", 1, |_| true).unwrap()["id"], id, "the selection survives");

    // Right drag turns the view.
    screen.tool(&["mousemove", "640", "300"]);
    sleep(Duration::from_millis(300));
    screen.tool(&["mousedown", "3"]);
    for _ in 0..8 {
        screen.tool(&["mousemove_relative", "--", "25", "4"]);
        sleep(Duration::from_millis(120));
    }
    screen.tool(&["mouseup", "3"]);
    sleep(Duration::from_secs(2));
    let fourth = screen.picture(&keep.join("window-4-turned.png"));
    assert_eq!(fault(&fourth), None);
    let (a, b) = (crop(&third, view.0.clone(), view.1.clone()), crop(&fourth, view.0, view.1));
    assert!(changed_share(&a, &b) > 0.2, "the view turned");
}
