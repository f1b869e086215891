//! Scenario files that somebody broke or built to do harm: each is a sentence in German and English, the file stays as it is, and nothing of it
//! is in the plan.

use serde_json::{Value, json};
use stadtschicht::{
    demo::{self, DemoOptions},
    model::LocalText,
    progress::Control,
    project,
    scenario::{Access, Base, Document, ScenarioError, file},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

struct Town {
    _dir: tempfile::TempDir,
    folder: PathBuf,
    base: Base,
}

fn town() -> Town {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("town");
    let options = DemoOptions {
        buildings: 200,
        ..DemoOptions::default()
    };
    demo::generate(&folder, &options, &Control::default()).unwrap();
    let base = Base::new(Arc::new(project::open(&folder, &Control::default()).unwrap()));
    Town { _dir: dir, folder, base }
}

impl Town {
    /// A file that is whole but for its steps.
    fn with(&self, edit: Value) -> String {
        let some = file::list(&self.folder).remove(0);
        let mut whole: Value = serde_json::from_slice(&fs::read(some).unwrap()).unwrap();
        whole["title"] = json!("Bös");
        whole["steps"] = json!([{ "name": "x", "edits": [edit] }]);
        whole.to_string()
    }

    fn put(&self, bytes: &[u8]) -> PathBuf {
        let path = file::folder(&self.folder).join("boes.scenario.json");
        fs::write(&path, bytes).unwrap();
        path
    }

    fn open(&self, bytes: &[u8]) -> Result<Document, ScenarioError> {
        let path = self.put(bytes);
        let opened = Document::open(self.base.clone(), &path, &Access::look());
        assert_eq!(fs::read(&path).unwrap(), bytes, "the file is as it was");
        opened
    }
}

/// A sentence in each language, that names what is at fault.
fn said(text: &LocalText, what: &str, name: &str) {
    assert!(!text.de.trim().is_empty() && !text.en.trim().is_empty(), "{name}: {text:?}");
    assert_ne!(text.de, text.en, "{name}: one language only");
    assert!(text.de.contains(what) && text.en.contains(what), "{name}: {text:?}");
    assert!(text.de.len() < 2_000 && !text.de.contains('\u{1b}'), "{name}: {:.200}", text.de);
}

#[test]
fn what_is_no_scenario_is_refused_whole() {
    let town = town();
    let good = town.with(json!({ "change": "remove", "slot": "land_potential/sites", "feature": "1" }));
    let nested = format!("{{\"schema\":1,\"title\":{}1{}}}", "[".repeat(200_000), "]".repeat(200_000));
    let cases: Vec<(&str, String)> = vec![
        ("empty", String::new()),
        ("not JSON", "\u{0}\u{1}MZ".into()),
        ("cut in the middle", good[..good.len() / 2].into()),
        ("nested deeply", nested),
        ("not a number", good.replace("\"schema\":1", "\"schema\":NaN")),
        ("an endless number", good.replace("\"schema\":1", "\"schema\":1e999")),
        ("an unknown key", good.replace("\"schema\":1", "\"schema\":1,\"run\":\"rm -rf\"")),
        (
            "an unknown kind of edit",
            town.with(json!({ "change": "execute", "slot": "land_potential/sites", "feature": "1" })),
        ),
        (
            "an edit without its feature",
            town.with(json!({ "change": "add", "slot": "land_potential/sites" })),
        ),
        (
            "control characters",
            town.with(json!({ "change": "\u{1b}[31mred", "slot": "x", "feature": "1" })),
        ),
    ];
    for (name, text) in cases {
        let error = town.open(text.as_bytes()).map(|_| ()).expect_err(name);
        assert!(matches!(error, ScenarioError::Syntax { .. }), "{name}: {error:?}");
        said(&error.text(), "boes.scenario.json", name);
    }
    let newer = good.replace("\"schema\":1", "\"schema\":99");
    let error = town.open(newer.as_bytes()).map(|_| ()).unwrap_err();
    assert!(matches!(error, ScenarioError::Newer { found: 99, .. }), "{error:?}");
    said(&error.text(), "99", "newer");
}

#[test]
fn what_is_too_large_or_no_file_is_not_read() {
    let town = town();
    let path = town.put(b"");
    // Takes no room on the disk.
    fs::File::options().write(true).open(&path).unwrap().set_len(300 << 20).unwrap();
    let error = file::read(&path).unwrap_err();
    assert!(matches!(error, ScenarioError::TooLarge { mib: 300, .. }), "{error:?}");
    said(&error.text(), "300 MiB", "too large");
    fs::remove_file(&path).unwrap();
    // A pipe that nobody writes to would wait for ever.
    let made = Command::new("mkfifo").arg(&path).status();
    if made.is_ok_and(|s| s.success()) {
        let error = file::read(&path).unwrap_err();
        said(&error.text(), "boes.scenario.json", "a pipe");
    }
}

#[test]
fn edits_that_mean_harm_wait_outside_the_plan() {
    let town = town();
    let site = |coordinates: Value, attributes: Value| {
        json!({ "change": "add", "slot": "land_potential/sites", "feature": "plan-1",
            "new": { "geometry": { "type": "Polygon", "coordinates": coordinates }, "attributes": attributes } })
    };
    let square = |x: f64, y: f64| json!([[[x, y], [x + 50.0, y], [x + 50.0, y + 50.0], [x, y + 50.0], [x, y]]]);
    let (x, y) = (317_800.0, 5_747_800.0);
    let bow = json!([[[x, y], [x + 50.0, y + 50.0], [x + 50.0, y], [x, y + 50.0], [x, y]]]);
    let cases: Vec<(&str, Value)> = vec![
        (
            "a layer outside",
            json!({ "change": "remove", "slot": "../../etc/passwd", "feature": "1" }),
        ),
        (
            "a feature that is not there",
            json!({ "change": "remove", "slot": "land_potential/sites", "feature": "../x" }),
        ),
        ("a corner far away", site(square(1e300, 1e300), json!({}))),
        ("a drawing that crosses itself", site(bow, json!({}))),
        ("too few corners", site(json!([[[x, y], [x, y]]]), json!({}))),
        ("an unknown attribute", site(square(x, y), json!({ "shell": "x" }))),
        ("less than nothing", site(square(x, y), json!({ "storeys": -3 }))),
        ("a text for a number", site(square(x, y), json!({ "storeys": "viele" }))),
        (
            "a setting that is none",
            json!({ "change": "set", "key": "/etc/passwd", "old": null, "new": 1 }),
        ),
    ];
    for (name, edit) in cases {
        match town.open(town.with(edit).as_bytes()) {
            Err(error) => {
                let text = error.text();
                assert!(!text.de.is_empty() && text.de != text.en, "{name}: {text:?}");
            }
            Ok(mut document) => {
                assert_eq!(
                    document.parked().len(),
                    1,
                    "{name}: {:?}",
                    document.plan().overlay().slots().collect::<Vec<_>>()
                );
                assert_eq!(document.plan().overlay().slots().count(), 0, "{name}: nothing of it is in the plan");
                let why = document.parked()[0].why.clone();
                assert!(!why.de.is_empty() && !why.en.is_empty() && why.de != why.en, "{name}: {why:?}");
                let notices = document.take_notices();
                assert!(notices.iter().all(|n| n.de != n.en) && !notices.is_empty(), "{name}: {notices:?}");
            }
        }
    }
}

#[test]
fn the_command_line_says_it_in_both_languages_and_goes_nowhere_else() {
    let town = town();
    town.put(b"{\"schema\": 99}");
    let run = |arguments: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_stadtschicht")).args(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&out.stderr).into_owned();
        (out.status.code().unwrap(), text)
    };
    let folder = town.folder.display().to_string();
    for (language, word) in [("de", "neuere Version"), ("en", "newer version")] {
        let (code, said) = run(&["--lang", language, "scenario", "apply", &folder, "boes"]);
        // Lines are broken to fit the terminal.
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(code == 3 && said.contains(word), "{code} {said}");
        let (code, _) = run(&["--lang", language, "scenario", "list", &folder]);
        assert_eq!(code, 1, "a file that cannot be read is told, the others are listed");
    }
    let outside = town.folder.join("outside.json");
    fs::write(&outside, "{}").unwrap();
    for name in ["../outside", "/etc/passwd"] {
        let (code, said) = run(&["--lang", "en", "scenario", "apply", &folder, name]);
        assert_eq!(code, 3, "{name}: {said}");
    }
    assert!(Path::new(&outside).is_file());
}
