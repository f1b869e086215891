//! Drives the real window under Xvfb as a person would: start, load, click a conflict, switch the language, turn the view, bring a file in,
//! write a note, close, take pictures.
//! Needs Xvfb, xdotool and ImageMagick's `import`; `./dev test` installs them and sets `STADTSCHICHT_WINDOW_TEST=required`.
#![cfg(feature = "gui")]

#[path = "window/compare.rs"]
mod compare;
#[path = "services/mapserver.rs"]
#[allow(dead_code, reason = "the tests of services need more of it")]
mod mapserver;
#[path = "window/plan.rs"]
mod plan;
#[path = "window/planner.rs"]
mod planner;
#[path = "window/quarter.rs"]
mod quarter;
#[path = "window/screen.rs"]
mod screen;
#[path = "services/server.rs"]
#[allow(dead_code, reason = "the tests of services need more of it")]
mod server;
#[path = "window/services.rs"]
mod services;
#[path = "window/settings.rs"]
mod settings;
#[path = "window/studies.rs"]
mod studies;
#[path = "window/sun.rs"]
mod sun;

use screen::{Events, HEIGHT, Stage, WIDTH, assert_rests, changed_share, crop, ended, fault, keep};
use std::{path::Path, thread::sleep, time::Duration};

#[test]
fn the_check_of_pictures_refuses_black_and_empty_ones() {
    assert!(fault(&vec![0; WIDTH * HEIGHT * 3]).is_some());
    assert!(fault(&vec![230; WIDTH * HEIGHT * 3]).is_some());
    let noise: Vec<u8> = (0..WIDTH * HEIGHT * 3).map(|i| (i * 7919 % 251) as u8).collect();
    assert_eq!(fault(&noise), None);
}

#[test]
fn a_person_opens_the_demo_and_looks_at_a_conflict() {
    let Some((stage, project)) = Stage::with_demo(1500) else { return };
    let screen = &stage.screen;
    let (program, events) = stage.open(&project, "look", &["--lang", "de"]);
    let ready = events.wait("ready", 1, |_| true).unwrap();
    assert!(ready["conflicts"].as_u64() > Some(0), "{ready}");

    let first = screen.picture(&keep().join("window-1-start.png"));
    assert_eq!(fault(&first), None, "whole window");
    let view = (450..850, 100..400);
    assert_eq!(fault(&crop(&first, view.0.clone(), view.1.clone())), None, "3D view");

    // Once the last mesh is there nothing moves, so nothing is drawn.
    assert_rests(&program, "just opened");

    let id = screen.choose_conflict(&events);
    sleep(Duration::from_secs(3));
    let second = screen.picture(&keep().join("window-2-conflict.png"));
    assert_eq!(fault(&second), None);
    assert!(changed_share(&first, &second) > 0.05, "the inspector fills and the camera flies");

    screen.focus();
    screen.tool(&["key", "F2"]);
    let language = events.wait("language", 10, |e| e["language"] == "en");
    assert!(language.is_some(), "F2 switches the language: {:?}", events.all());
    sleep(Duration::from_secs(2));
    let third = screen.picture(&keep().join("window-3-english.png"));
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
    let fourth = screen.picture(&keep().join("window-4-turned.png"));
    assert_eq!(fault(&fourth), None);
    let (a, b) = (crop(&third, view.0.clone(), view.1.clone()), crop(&fourth, view.0, view.1));
    assert!(changed_share(&a, &b) > 0.2, "the view turned");
}

/// The whole way of a file into the project by keyboard alone, and the memory of the next start.
#[test]
fn a_person_brings_a_file_in_and_closes() {
    let Some((stage, project)) = Stage::with_demo(600) else { return };
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
    let file = stage.folder().join("neue_kitas.geojson");
    std::fs::write(
        &file,
        format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",")),
    )
    .unwrap();
    let broken = stage.folder().join("kaputt.geojson");
    std::fs::write(&broken, "{\"type\":").unwrap();

    let screen = &stage.screen;
    let (mut window, events) = stage.open(&project, "import", &[]);

    // A broken file ends in words, and the window lives on.
    let enter = |keys: &[&str], path: &Path| {
        screen.chord(keys);
        sleep(Duration::from_secs(2));
        screen.picture(&keep().join("window-4b-path.png"));
        screen.write(path.to_str().unwrap());
        screen.key("Return");
    };
    enter(&["ctrl", "shift", "i"], &broken);
    let notice = events.wait("notice", 20, |e| e["error"] == true);
    assert!(notice.is_some(), "{:?}", events.all());
    screen.picture(&keep().join("window-5-error.png"));
    screen.key("Escape");

    // Where the desktop has no dialog for files, the path is asked for; a slow machine gets its time to notice.
    enter(&["ctrl", "i"], &file);
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
    assert!(ended(&mut window).success());
    // The next start speaks the language that was chosen.
    let (_window, events) = stage.open(&project, "again", &[]);
    let spoken = events.wait("language", 1, |_| true).unwrap();
    assert_eq!(spoken["language"], "en");
}

/// A note is written and saved by keyboard; closing asks for what is unsaved and does what it was told.
#[test]
fn a_person_writes_a_note_and_is_asked_when_closing() {
    let Some((stage, project)) = Stage::with_demo(600) else { return };
    let reviews = || std::fs::read_to_string(project.join("review.toml")).unwrap_or_default();
    let unsaved = |events: &Events, is: bool| assert!(events.stands("ready", |e| e["unsaved"] == is), "{:?}", events.all());
    let asked = |events: &Events, is: bool| assert!(events.stands("unsaved", |e| e["asked"] == is), "{:?}", events.all());

    let screen = &stage.screen;
    let (mut window, events) = stage.open(&project, "note", &["--lang", "de"]);
    let id = screen.choose_conflict(&events);
    screen.key("m");
    screen.write("Gutachten 12 liegt vor");
    unsaved(&events, true);
    let written = screen.picture(&keep().join("window-8-note.png"));
    assert_eq!(fault(&written), None);
    assert_eq!(reviews(), "", "nothing is written before it is asked for");
    screen.chord(&["ctrl", "s"]);
    unsaved(&events, false);
    assert!(
        reviews().contains(&id) && reviews().contains("note = \"Gutachten 12 liegt vor\""),
        "{}",
        reviews()
    );

    // Whoever stays keeps what was written, whoever discards keeps what was saved.
    screen.write(", Blatt 2");
    screen.chord(&["ctrl", "q"]);
    asked(&events, true);
    screen.picture(&keep().join("window-9-unsaved.png"));
    screen.key("Escape");
    asked(&events, false);
    assert!(window.0.try_wait().unwrap().is_none(), "the window stays");
    unsaved(&events, true);
    screen.chord(&["ctrl", "q"]);
    asked(&events, true);
    screen.key("Tab");
    screen.key("Return");
    assert!(ended(&mut window).success());
    assert!(reviews().contains("note = \"Gutachten 12 liegt vor\""), "{}", reviews());

    // Saving from the question keeps the last letter, however quickly it came after it.
    let (mut window, events) = stage.open(&project, "note-again", &["--lang", "en"]);
    assert_eq!(screen.choose_conflict(&events), id, "the same row is the same conflict");
    screen.key("m");
    screen.key("ctrl+End");
    screen.tool(&["type", "--delay", "5", " and paid"]);
    screen.chord(&["ctrl", "q"]);
    asked(&events, true);
    screen.picture(&keep().join("window-10-unsaved-english.png"));
    screen.key("Return");
    assert!(ended(&mut window).success());
    assert!(reviews().contains("note = \"Gutachten 12 liegt vor and paid\""), "{}", reviews());
}

#[test]
fn without_a_graphics_driver_the_program_ends_with_a_sentence() {
    let Some(stage) = Stage::set() else { return };
    let out = stage
        .program(&["open", "--lang", "en"])
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
