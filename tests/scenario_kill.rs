//! `kill -9` while a scenario is being saved and while it is being drawn: no unreadable file, no acknowledged save lost, no acknowledged
//! step lost. `STADTSCHICHT_KILLS=1000` runs the whole of it; a plain run kills a few times.

use stadtschicht::{
    model::{LocalText, Report, Value},
    project::{City, ProjectInfo},
    scenario::{Access, Base, Document, Draft, Step, file},
};
use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

const FOLDER: &str = "STADTSCHICHT_TEST_KILLED_FOLDER";
const TITLE: &str = "Getroffen";

fn base(folder: &Path) -> Base {
    Base::new(Arc::new(City {
        info: Arc::new(ProjectInfo {
            folder: folder.into(),
            title: LocalText::same("Probe"),
            epsg: 25833,
            state: None,
            site: [0.0, 0.0],
            area_of_interest: None,
            views: vec![],
            groups: vec![],
            derived: vec![],
            refills: vec![],
            synthetic: true,
        }),
        modules: Arc::new(vec![]),
        slots: vec![],
        backdrops: vec![],
        extra: vec![],
        report: Report::default(),
    }))
}

fn open(folder: &Path) -> Document {
    let access = Access {
        journals: Some(folder.join("journals")),
        look_only: false,
    };
    let path = file::path_for(folder, TITLE).unwrap();
    if path.exists() {
        Document::open(base(folder), &path, &access).unwrap()
    } else {
        Document::create(base(folder), TITLE, "x", &access).unwrap()
    }
}

/// The number that the plan has reached.
fn reached(document: &Document) -> i64 {
    match document.plan().overlay().settings().get("note/x") {
        Some(Value::Text(n)) => n.parse().unwrap(),
        _ => 0,
    }
}

/// The child: goes on where the last one was killed, and says what it did once it is done. Alone it does nothing.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let mut document = open(Path::new(&folder));
    let mut n = reached(&document);
    println!("\nbegin {n}");
    loop {
        n += 1;
        let edit = Draft::new(document.plan().base(), document.plan().overlay()).set("note/x", Value::Text(n.to_string().into()));
        document.act(Step::new(&format!("Schritt {n}"), vec![edit]).unwrap()).unwrap();
        println!("\ndone {n}");
        if n % 3 == 0 {
            document.save().unwrap();
            println!("\nsaved {n}");
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_by_kill_nine() {
    let rounds: u64 = std::env::var("STADTSCHICHT_KILLS").ok().and_then(|v| v.parse().ok()).unwrap_or(25);
    let dir = tempfile::tempdir().unwrap();
    let path = file::path_for(dir.path(), TITLE).unwrap();
    let (mut done, mut saved, mut in_save) = (0, 0, 0);
    for round in 0..rounds {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture", "--test-threads=1"])
            .env(FOLDER, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        // Killed while it works, not while it starts; at another moment each round.
        let mut line = String::new();
        while !line.starts_with("begin") {
            line.clear();
            assert!(out.read_line(&mut line).unwrap() > 0, "the child of round {round} ended by itself");
        }
        std::thread::sleep(Duration::from_micros(round * 7919 % 9000));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        let last = |word: &str| rest.lines().filter_map(|l| l.strip_prefix(word)?.trim().parse::<i64>().ok()).max();
        done = last("done").unwrap_or(done);
        saved = last("saved").unwrap_or(saved);
        in_save += u32::from(done % 3 == 0 && saved < done);
        if path.exists() {
            let steps = file::read(&path).unwrap().file.steps.len() as i64;
            assert!(steps >= saved, "round {round}: saved {saved}, the file has {steps}");
        } else {
            assert_eq!(saved, 0);
        }
        let document = open(dir.path());
        let now = reached(&document);
        assert!(now >= done, "round {round}: {done} steps were acknowledged, {now} are there");
        assert_eq!(document.plan().steps().count() as i64, now);
        assert!(document.parked().is_empty());
        drop(document);
        // A file that grows for ever would only measure the disk.
        if now > 600 {
            std::fs::remove_dir_all(dir.path().join("journals")).unwrap();
            std::fs::remove_dir_all(file::folder(dir.path())).unwrap();
            (done, saved) = (0, 0);
        }
    }
    println!("{rounds} times killed, {in_save} of them while saving");
}
