//! A map service in the window, from its address to the layer of the project, with MapServer on this computer; and the list of projects
//! that leads back to it at the next start.

use super::{
    mapserver,
    screen::{Events, Killed, Screen, Stage, ended, keep},
};
use serde_json::Value;
use std::{path::Path, thread::sleep, time::Duration};

fn told(events: &Events, seconds: u64, test: impl Fn(&Value) -> bool) -> Value {
    let found = events.wait("services", seconds, test);
    found.unwrap_or_else(|| panic!("{:?}", events.all()))
}

/// Clicks down a column until the dialog tells what was wanted.
fn click_down(screen: &Screen, events: &Events, x: usize, rows: std::ops::Range<usize>, test: impl Fn(&Value) -> bool) {
    let hit = rows.step_by(14).any(|y| {
        screen.click(x, y);
        let newest = || events.all().into_iter().rev().find(|e| e["event"] == "services");
        newest().is_some_and(|e| test(&e))
    });
    assert!(hit, "{:?}", events.all());
}

/// Pixels in the colour that the server paints its area with.
fn green(rgb: &[u8]) -> usize {
    rgb.as_chunks::<3>().0.iter().filter(|p| **p == [0, 128, 0]).count()
}

#[test]
fn a_person_adds_a_map_service_and_finds_the_project_again() {
    let there = Path::new("/usr/bin/mapserv").exists();
    let required = std::env::var("STADTSCHICHT_SERVICES_TEST").is_ok_and(|v| v == "required");
    assert!(there || !required, "MapServer is not installed");
    if !there {
        eprintln!("skipped: MapServer is not installed");
        return;
    }
    let Some(stage) = Stage::set() else { return };
    let screen = &stage.screen;
    let project = stage.folder().join("dienste");
    std::fs::create_dir(&project).unwrap();
    let file = project.join("project.toml");
    std::fs::write(
        &file,
        "schema = 1\ntitle = { de = \"Dienste\", en = \"Services\" }\ncrs = \"EPSG:25833\"\nsite = [387100.0, 5818050.0]\n\
         modules = [\"social_infrastructure\"]\narea_of_interest = { bbox = [386950.0, 5817950.0, 387250.0, 5818150.0] }\n",
    )
    .unwrap();
    let server = mapserver::start(stage.folder());

    let (mut window, events) = stage.open(&project, "services", &["--lang", "en"]);
    // Menu "Open", "Services …".
    screen.click(176, 19);
    screen.click(222, 223);
    told(&events, 20, |e| e["page"] == "add");

    // An address nobody answers at is a sentence, and it is asked for before that.
    screen.write("http://127.0.0.1:1/wms");
    screen.key("Return");
    told(&events, 20, |e| e["asks"] == "http://127.0.0.1:1/wms");
    let confirm = || (0..4).for_each(|_| screen.key("Tab"));
    confirm();
    screen.key("Return");
    told(&events, 60, |e| {
        e["error"]
            .as_str()
            .is_some_and(|t| t.contains("No connection to http://127.0.0.1:1/wms"))
    });

    // Another address is another question.
    screen.click(620, 322);
    screen.key("ctrl+a");
    screen.write(&server.url("/cgi"));
    screen.key("Return");
    told(&events, 20, |e| {
        e["asks"].as_str().is_some_and(|a| a.contains(&server.port.to_string()))
    });
    screen.picture(&keep().join("window-services-2-asked.png"));
    assert_eq!(server.asked(), 0, "nobody is asked before it is confirmed");
    confirm();
    screen.key("Return");
    let offered = told(&events, 60, |e| e["layers"].as_array().is_some_and(|l| !l.is_empty()));
    assert!(offered["layers"].as_array().unwrap().iter().any(|l| l == "flaeche"), "{offered}");
    click_down(screen, &events, 700, 300..520, |e| e["chosen"] == "flaeche");
    screen.picture(&keep().join("window-services-3-chosen.png"));
    let before = std::fs::read_to_string(&file).unwrap();
    assert!(!before.contains("backdrop"), "nothing is entered before it has come");
    click_down(screen, &events, 890, 440..640, |e| e["running"] == true || e["page"] == "closed");
    let done = events.wait("notice", 120, |e| e["title"] == "The service was added");
    assert!(done.is_some(), "{:?}", events.all());
    sleep(Duration::from_secs(2));
    screen.key("Escape");
    let after = std::fs::read_to_string(&file).unwrap();
    assert!(
        before.lines().all(|l| after.contains(l)) && after.contains("[[backdrop]]"),
        "{after}"
    );
    let kept = |project: &Path| {
        let files = std::fs::read_dir(project.join("cache/services")).into_iter().flatten().flatten();
        files.filter(|f| f.path().extension().is_some_and(|e| e == "png")).count()
    };
    assert!(kept(&project) > 0, "the picture is kept in the project");
    let drawn = screen.picture(&keep().join("window-services-4-added.png"));
    assert!(green(&drawn) > 20_000, "the picture lies on flat ground: {} pixels", green(&drawn));
    screen.chord(&["ctrl", "q"]);
    assert!(ended(&mut window).success());

    // Without the server, and without its name: the first page knows the project, and the project has kept the picture.
    drop(server);
    let events = Events(stage.folder().join("again.jsonl"));
    let arguments = ["open", "--size", "1280x720", "--events", events.0.to_str().unwrap()];
    let mut again = stage.program(&arguments);
    let mut window = Killed(again.stderr(std::process::Stdio::null()).spawn().unwrap());
    assert!(events.wait("language", 60, |_| true).is_some());
    sleep(Duration::from_secs(3));
    screen.focus();
    screen.picture(&keep().join("window-services-5-recent.png"));
    let opened = (110..220).step_by(14).any(|y| {
        screen.click(820, y);
        events.wait("ready", 3, |_| true).is_some()
    });
    assert!(opened, "{:?}", events.all());
    sleep(Duration::from_secs(3));
    let kept = screen.picture(&keep().join("window-services-6-offline.png"));
    assert!(green(&kept) > 20_000, "the kept picture lies there, too: {} pixels", green(&kept));
    screen.chord(&["ctrl", "q"]);
    assert!(ended(&mut window).success());
}
