//! Drives the real window under Xvfb as a person would: start, load, click a conflict, switch the language, turn the view, bring a file in,
//! write a note, close, take pictures.
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
    sync::Mutex,
    thread::sleep,
    time::{Duration, Instant},
};

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;

/// One window at a time: two would share the processor and run out of their time.
static ONE: Mutex<()> = Mutex::new(());

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

    /// Without a window manager nobody gives the keyboard to the window.
    fn focus(&self) {
        self.tool(&["search", "--onlyvisible", "--name", "Stadtschicht", "windowfocus"]);
        sleep(Duration::from_millis(500));
    }

    fn key(&self, key: &str) {
        self.tool(&["key", key]);
        sleep(Duration::from_millis(400));
    }

    /// Keys held together as long as a person holds them: a slow machine would see a quick chord in one frame, with the first key up again.
    fn chord(&self, keys: &[&str]) {
        let (last, held) = keys.split_last().unwrap();
        held.iter().for_each(|k| self.tool(&["keydown", k]));
        sleep(Duration::from_millis(250));
        self.tool(&["key", last]);
        sleep(Duration::from_millis(250));
        held.iter().for_each(|k| self.tool(&["keyup", k]));
        sleep(Duration::from_millis(250));
    }

    fn write(&self, text: &str) {
        self.tool(&["type", "--delay", "30", text]);
        sleep(Duration::from_millis(400));
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

fn keep() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// The program on a screen, with a place for its settings and no desktop around it.
fn program(screen: &Screen, home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stadtschicht"));
    command
        .args(arguments)
        .env("DISPLAY", &screen.display)
        .env_remove("WAYLAND_DISPLAY")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .env("XDG_CONFIG_HOME", home)
        .env("LC_ALL", "de_DE.UTF-8")
        .stdout(Stdio::null());
    command
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
    if !can_drive() {
        return;
    }
    let _one = ONE.lock().unwrap_or_else(|e| e.into_inner());
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

    screen.focus();
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

/// The whole way of a file into the project by keyboard alone, a note on a conflict, closing with something unsaved, and the memory
/// of the next start.
#[test]
fn a_person_brings_a_file_in_and_closes() {
    if !can_drive() {
        return;
    }
    let _one = ONE.lock().unwrap_or_else(|e| e.into_inner());
    let dir = tempfile::tempdir().unwrap();
    let project = dir.path().join("demo");
    let options = DemoOptions {
        buildings: 600,
        ..Default::default()
    };
    demo::generate(&project, &options, &Control::default()).unwrap();
    let toml = || std::fs::read_to_string(project.join("project.toml")).unwrap();
    let site = stadtschicht::project::ProjectFile::parse(&toml(), &project).unwrap().site;

    // Metres without a word about their system: GeoJSON then means degrees, which they cannot be.
    let feature = |k: u32| {
        let [x, y] = [site[0] + 60.0 * f64::from(k), site[1] + 40.0 * f64::from(k)];
        format!(
            r#"{{"type":"Feature","properties":{{"bezeichnung":"Kita {k}","plaetze":"{}"}},"geometry":{{"type":"Point","coordinates":[{x},{y}]}}}}"#,
            20 + k
        )
    };
    let features: Vec<String> = (0..5).map(feature).collect();
    let file = dir.path().join("neue_kitas.geojson");
    std::fs::write(
        &file,
        format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",")),
    )
    .unwrap();
    let broken = dir.path().join("kaputt.geojson");
    std::fs::write(&broken, "{\"type\":").unwrap();

    let screen = Screen::start();
    let events = Events(dir.path().join("events.jsonl"));
    let size = format!("{WIDTH}x{HEIGHT}");
    let arguments = [
        "open",
        project.to_str().unwrap(),
        "--size",
        &size,
        "--events",
        events.0.to_str().unwrap(),
    ];
    let log = std::fs::File::create(keep().join("window-import.log")).unwrap();
    let mut window = Killed(program(&screen, dir.path(), &arguments).stderr(log).spawn().unwrap());
    assert!(events.wait("ready", 120, |_| true).is_some(), "the project opens");
    sleep(Duration::from_secs(3));
    screen.focus();

    // A broken file ends in words, and the window lives on.
    let enter = |path: &Path| {
        screen.chord(&["ctrl", "shift", "i"]);
        sleep(Duration::from_secs(2));
        screen.picture(&keep().join("window-4b-path.png"));
        screen.write(path.to_str().unwrap());
        screen.key("Return");
    };
    enter(&broken);
    let notice = events.wait("notice", 20, |e| e["error"] == true);
    assert!(notice.is_some(), "{:?}", events.all());
    screen.picture(&keep().join("window-5-error.png"));
    screen.key("Escape");

    enter(&file);
    let looked = events
        .wait("import", 30, |e| e["tried"] == 5)
        .unwrap_or_else(|| panic!("{:?}", events.all()));
    assert_eq!(
        (looked["slot"].as_str(), looked["refused"].is_null()),
        (Some("social_infrastructure/kitas"), true),
        "{looked}"
    );
    sleep(Duration::from_secs(1));
    let assistant = screen.picture(&keep().join("window-6-assistant.png"));
    assert_eq!(fault(&assistant), None);
    let before = toml();
    assert!(!before.contains("neue_kitas"), "nothing is written before it is asked for");
    screen.chord(&["ctrl", "Return"]);
    let done = events.wait("notice", 120, |e| e["title"] == "File added");
    assert!(done.is_some(), "{:?}", events.all());
    let after = toml();
    assert!(before.lines().all(|l| after.contains(l)), "every line of the project stays");
    assert!(
        after.contains("data/neue_kitas.geojson") && after.contains("crs = \"EPSG:"),
        "{after}"
    );
    assert!(project.join("data/neue_kitas.geojson").is_file());
    assert!(events.wait("ready", 30, |e| e["generation"].as_u64() > Some(1)).is_some());
    sleep(Duration::from_secs(3));
    screen.picture(&keep().join("window-7-added.png"));
    screen.key("Escape");

    // With nothing unsaved the window closes without a question.
    screen.key("F2");
    assert!(events.wait("language", 10, |e| e["language"] == "en").is_some());
    screen.chord(&["ctrl", "q"]);
    let start = Instant::now();
    let status = loop {
        match window.0.try_wait().unwrap() {
            Some(status) => break status,
            None => assert!(start.elapsed() < Duration::from_secs(30), "the window closes"),
        }
        sleep(Duration::from_millis(200));
    };
    assert!(status.success(), "{status}");
    // The next start speaks the language that was chosen.
    let events = Events(dir.path().join("events-2.jsonl"));
    let arguments = [
        "open",
        project.to_str().unwrap(),
        "--size",
        &size,
        "--events",
        events.0.to_str().unwrap(),
    ];
    let _window = Killed(program(&screen, dir.path(), &arguments).stderr(Stdio::null()).spawn().unwrap());
    let spoken = events.wait("language", 60, |_| true).expect("the window starts again");
    assert_eq!(spoken["language"], "en");
}

#[test]
fn without_a_graphics_driver_the_program_ends_with_a_sentence() {
    if !can_drive() {
        return;
    }
    let _one = ONE.lock().unwrap_or_else(|e| e.into_inner());
    let dir = tempfile::tempdir().unwrap();
    let screen = Screen::start();
    let out = program(&screen, dir.path(), &["open", "--lang", "en"])
        .env("VK_DRIVER_FILES", "/nonexistent")
        .env("VK_ICD_FILENAMES", "/nonexistent")
        .env("__EGL_VENDOR_LIBRARY_FILENAMES", "/nonexistent")
        .env("WGPU_BACKEND", "vulkan")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(4), "{said}");
    assert!(
        said.contains("No graphics driver found") && said.contains("mesa-vulkan-drivers"),
        "{said}"
    );
    assert!(!said.contains("panicked"), "{said}");
}
