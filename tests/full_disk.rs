//! A full disk and a folder that cannot be written: a sentence that says so, and nothing lost. The disk is a small one in memory that only
//! the test sees, so it needs Linux and the right to mount; without it the tests say that they are skipped.
#![cfg(target_os = "linux")]

use stadtschicht::{
    demo::{self, DemoOptions},
    model::Value,
    progress::Control,
    scenario::{Access, Step, file},
    session::{Command as Wish, ScenarioCommand, Session, SessionError},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const FOLDER: &str = "STADTSCHICHT_TEST_DISK";

/// Runs a test of this file again in a mount space of its own, where `mounted` is done first. False when that is not allowed here.
fn elsewhere(test: &str, mounts: &str, folder: &Path) -> bool {
    let inner = format!("{mounts} && exec \"$TEST_BINARY\" --exact {test} --ignored --nocapture");
    let run = |flags: &[&str], script: &str| {
        Command::new("unshare")
            .args(flags)
            .args(["sh", "-c", script])
            .env(FOLDER, folder)
            .env("TEST_BINARY", std::env::current_exe().unwrap())
            .output()
    };
    let allowed = |flags: &&&[&str]| {
        let probe = format!("mount -t tmpfs none {:?}", folder.join("disk"));
        run(flags, &probe).is_ok_and(|o| o.status.success())
    };
    let ways: [&[&str]; 2] = [&["-m"], &["-rm"]];
    let Some(flags) = ways.iter().find(allowed) else {
        eprintln!("skipped: mounting is not allowed here");
        return false;
    };
    let out = run(flags, &inner).unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success() && said.contains("1 passed"), "{said}");
    true
}

fn inside() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// A small Musterstadt, and an empty folder for a disk.
fn prepared() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let options = DemoOptions {
        buildings: 200,
        ..Default::default()
    };
    demo::generate(&dir.path().join("town"), &options, &Control::default()).unwrap();
    fs::create_dir(dir.path().join("disk")).unwrap();
    dir
}

fn opened(project: &Path, journals: &Path) -> Session {
    let mut session = Session::open(project, &Control::default()).unwrap_or_else(|e| panic!("{}", e.text().en));
    session.set_access(Access {
        journals: Some(journals.into()),
        look_only: false,
    });
    session
}

/// A step that says something of about 30 kB about a conflict.
fn write(session: &mut Session, text: &str) {
    let planning = session.snapshot().planning.clone().unwrap();
    let edit = planning.draft().set("note/x", Value::Text(text.repeat(2000).into()));
    let step = Step::new(text, vec![edit]).unwrap();
    session.apply(Wish::Scenario(ScenarioCommand::Act(step))).unwrap();
}

fn steps(session: &Session) -> usize {
    session.snapshot().planning.as_ref().unwrap().history.len()
}

/// Writes until nothing more fits.
fn fill(path: &Path) {
    use std::io::Write;
    let mut out = fs::File::create(path).unwrap();
    while out.write_all(&[7; 4096]).is_ok() {}
    while out.write_all(&[7]).is_ok() {}
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = entries.filter(|n| !n.ends_with(".lock")).collect();
    names.sort();
    names
}

#[test]
fn a_full_disk_loses_no_step_and_no_saved_file() {
    let dir = prepared();
    let disk = dir.path().join("disk");
    let mounts = format!(
        "mount -t tmpfs -o size=8m none {disk:?} && cp -r {:?} {disk:?}",
        dir.path().join("town")
    );
    elsewhere("on_a_full_disk", &mounts, dir.path());
}

#[test]
#[ignore = "runs inside the test above it"]
fn on_a_full_disk() {
    let Some(dir) = inside() else { return };
    let (town, full) = (dir.join("disk/town"), dir.join("disk/full"));
    let journals = dir.join("disk/journals");
    let mut session = opened(&town, &journals);
    let new = ScenarioCommand::New {
        title: "Aue".into(),
        author: "x".into(),
    };
    session.apply(Wish::Scenario(new)).unwrap();
    write(&mut session, "erster Schritt ");
    session.apply(Wish::Save).unwrap();
    let path = file::path_for(&town, "Aue").unwrap();
    let (before, beside) = (fs::read(&path).unwrap(), files(&file::folder(&town)));

    fill(&full);
    // Neither the journal nor the file has room; the plan goes on and says so.
    write(&mut session, "zweiter Schritt ");
    write(&mut session, "dritter Schritt ");
    let notices = session.snapshot().planning.as_ref().unwrap().notices.clone();
    assert!(
        notices.iter().any(|n| n.en.contains("recovery journal cannot be written")),
        "{notices:?}"
    );
    let error = session.apply(Wish::Save).unwrap_err();
    let said = error.text();
    assert!(said.de.contains("freien Platz") && said.en.contains("free space"), "{said:?}");
    assert!(said.en.contains(&path.display().to_string()), "{said:?}");
    assert_eq!(fs::read(&path).unwrap(), before, "the file is as it was");
    assert_eq!(files(&file::folder(&town)), beside, "nothing half written stays beside it");
    assert!(session.snapshot().unsaved && steps(&session) == 3);

    // With room again everything is written, and the journal begins anew.
    fs::remove_file(&full).unwrap();
    session.apply(Wish::Save).unwrap();
    assert!(!session.snapshot().unsaved);
    assert_eq!(file::read(&path).unwrap().file.steps.len(), 3);
    write(&mut session, "vierter Schritt ");
    drop(session);
    let mut session = opened(&town, &journals);
    session.apply(Wish::Scenario(ScenarioCommand::Open(path.clone()))).unwrap();
    assert_eq!(
        steps(&session),
        4,
        "the unsaved step comes from the journal, and no saved one twice"
    );
    let now = session.snapshot();
    let parked = &now.planning.as_ref().unwrap().parked;
    assert!(parked.is_empty(), "{parked:?}");
}

#[test]
fn a_project_that_cannot_be_written_opens_and_says_so_when_saving() {
    let dir = prepared();
    let (town, disk) = (dir.path().join("town"), dir.path().join("disk"));
    let mounts = format!("mount --bind {town:?} {disk:?} && mount -o remount,ro,bind {disk:?}");
    elsewhere("in_a_folder_that_cannot_be_written", &mounts, dir.path());
}

#[test]
#[ignore = "runs inside the test above it"]
fn in_a_folder_that_cannot_be_written() {
    let Some(dir) = inside() else { return };
    let town = dir.join("disk");
    assert!(fs::write(town.join("x"), "x").is_err(), "the folder is read-only");
    let mut session = opened(&town, &dir.join("journals"));
    let conflict = session.snapshot().evaluation.conflicts[0].id.clone();
    let note = "Gutachten 12".to_string();
    let noted = session.apply(Wish::SetNote {
        conflict: conflict.clone(),
        note: note.clone(),
    });
    assert!(noted.unwrap().unsaved);
    let error = session.apply(Wish::Save).unwrap_err();
    assert!(error.text().en.contains("review.toml"), "{:?}", error.text());
    let now = session.snapshot();
    assert!(
        now.unsaved && now.reviews[&conflict].note == note,
        "what was written is still there"
    );
    let new = ScenarioCommand::New {
        title: "Aue".into(),
        author: "x".into(),
    };
    session.apply(Wish::Scenario(new)).unwrap();
    write(&mut session, "ein Schritt ");
    let error = session.apply(Wish::Save).unwrap_err();
    assert!(error.text().en.contains("check write permission"), "{:?}", error.text());
    assert!(session.snapshot().unsaved && steps(&session) == 1);
    drop(session);
    // The journal lies in the user's own folder and brings the step back.
    let mut session = opened(&town, &dir.join("journals"));
    let new = ScenarioCommand::New {
        title: "Aue".into(),
        author: "x".into(),
    };
    session.apply(Wish::Scenario(new)).unwrap();
    assert_eq!(steps(&session), 1);
    session.apply(Wish::Scenario(ScenarioCommand::Close { discard: true })).unwrap();
    assert!(matches!(
        session.apply(Wish::Scenario(ScenarioCommand::Undo)),
        Err(SessionError::NoScenario)
    ));
}

/// Where the folder of the scenarios should be lies a file: no right to mount is needed for this.
#[test]
fn a_file_in_place_of_the_folder_is_a_sentence() {
    let dir = prepared();
    let town = dir.path().join("town");
    fs::remove_dir_all(file::folder(&town)).ok();
    fs::write(file::folder(&town), "not a folder").unwrap();
    let mut session = opened(&town, &dir.path().join("journals"));
    let new = ScenarioCommand::New {
        title: "Aue".into(),
        author: "x".into(),
    };
    session.apply(Wish::Scenario(new)).unwrap();
    write(&mut session, "ein Schritt ");
    let error = session.apply(Wish::Save).unwrap_err();
    assert!(error.text().de.contains("konnte nicht nach"), "{:?}", error.text());
    assert!(session.snapshot().unsaved && steps(&session) == 1);
    assert_eq!(fs::read_to_string(file::folder(&town)).unwrap(), "not a folder");
}
