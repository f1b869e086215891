//! Indicators, suitability, competition, groups and the dialog that makes a layer of layers, as a planner uses them.

use crate::screen::{Events, Screen, Stage, ended, fault, keep};
use serde_json::Value;
use stadtschicht::{progress::Control, project};
use std::{thread::sleep, time::Duration};

/// Clicks along places until the window tells what was wanted: letters and rows may stand a little elsewhere.
fn seek(
    screen: &Screen,
    events: &Events,
    places: impl Iterator<Item = (usize, usize)>,
    name: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    for (x, y) in places {
        screen.click(x, y);
        if events.stands_within(name, 2, &wanted) {
            return latest(events, name).unwrap();
        }
    }
    panic!("nothing there made {name} as wanted: {:?}", events.all());
}

fn latest(events: &Events, name: &str) -> Option<Value> {
    events.all().into_iter().rev().find(|e| e["event"] == name)
}

/// Waits until the newest event of that name is as wanted.
fn until(events: &Events, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    assert!(events.stands_within(name, 120, &wanted), "{name}: {:?}", events.all());
    latest(events, name).unwrap()
}

fn row(y: usize, x: std::ops::Range<usize>) -> impl Iterator<Item = (usize, usize)> {
    x.step_by(18).map(move |x| (x, y))
}

#[test]
fn a_planner_weighs_land_and_makes_a_layer_of_layers() {
    let Some((stage, project)) = Stage::with_demo(600) else { return };
    let toml = || std::fs::read_to_string(project.join("project.toml")).unwrap();
    let screen = &stage.screen;
    let (mut window, events) = stage.open(&project, "studies", &["--lang", "de"]);

    // The tabs stand above the table, and higher once a panel needs more room.
    let (low, high, pages) = (522, 454, 488);
    seek(screen, &events, row(low, 250..330), "panel", |e| e["tab"] == "indicators");
    let figures = until(&events, "indicators", |e| e["figures"].as_u64() > Some(0));
    assert_eq!(figures["places"], 1, "the town as a whole: {figures}");
    assert_eq!(fault(&screen.picture(&keep().join("window-20-indicators.png"))), None);

    seek(screen, &events, row(high, 325..410), "panel", |e| e["tab"] == "suitability");
    let before = until(&events, "suitability", |e| e["best"].as_array().is_some_and(|b| b.len() > 3));

    // A slider moves its weight, and with enough weight on one thing another site leads.
    let mut now = before.clone();
    for y in (540..692).step_by(10) {
        screen.click(462, y);
        let told = until(&events, "suitability", |e| e["page"] == "weights");
        if told["weights"] != now["weights"] {
            now = until(&events, "suitability", |e| e["weights"] == told["weights"]);
        }
        if now["best"] != before["best"] {
            break;
        }
    }
    assert_ne!(now["weights"], before["weights"], "a slider moved");
    assert_ne!(now["best"], before["best"], "another order of sites");
    assert_eq!(fault(&screen.picture(&keep().join("window-21-suitability.png"))), None);

    seek(screen, &events, row(pages, 500..570), "suitability", |e| e["page"] == "contest");
    let contest = until(&events, "suitability", |e| e["page"] == "contest" && e["contested"].is_u64());
    assert!(contest["contested"].as_u64() > Some(0), "{contest}");
    assert_eq!(fault(&screen.picture(&keep().join("window-22-competition.png"))), None);

    // Groups are the project's, and a new one is written there when it is saved.
    seek(screen, &events, row(pages, 670..720), "suitability", |e| e["page"] == "groups");
    let was = toml();
    let groups = |text: &str| project::ProjectFile::parse(text, &project).unwrap().groups.len();
    seek(screen, &events, (514..540).step_by(8).map(|y| (44, y)), "groups", |e| {
        e["unsaved"] == true
    });
    assert_eq!(toml(), was, "nothing is written before it is asked for");
    screen.picture(&keep().join("window-23-groups.png"));
    screen.chord(&["ctrl", "s"]);
    until(&events, "groups", |e| e["unsaved"] == false);
    assert_eq!(groups(&toml()), groups(&was) + 1, "{}", toml());
    assert!(was.lines().all(|l| toml().contains(l)), "every line stays");

    // A strip around one layer, with a name in both languages.
    seek(screen, &events, (86..116).step_by(8).map(|y| (254, y)), "combine", |e| {
        e["open"] == true
    });
    seek(screen, &events, row(222, 600..640), "combine", |e| e["operation"] == "buffer");
    let chosen = |e: &Value| e["of"].as_array().is_some_and(|of| of.len() == 1);
    for shift in [0, 8, 16, 24, 32] {
        screen.click(445, 298 + shift);
        screen.click(400, 356 + shift);
        if events.stands_within("combine", 3, chosen) {
            break;
        }
    }
    until(&events, "combine", chosen);
    for shift in [0, 10, 20, 30] {
        screen.click(340, 360 + shift);
        screen.key("ctrl+a");
        screen.write("50");
        if events.stands_within("combine", 6, |e| e["features"].is_u64()) {
            break;
        }
    }
    let found = until(&events, "combine", |e| e["features"].is_u64());
    assert!(found["features"].as_u64() > Some(0), "{found}");
    screen.picture(&keep().join("window-24-layer.png"));
    let tabs = |n: usize| (0..n).for_each(|_| screen.key("Tab"));
    // Metres, kilometres, whether areas are merged; then the names.
    tabs(4);
    screen.write("Probe aus dem Fenster");
    tabs(1);
    screen.write("Trial of the window");
    sleep(Duration::from_secs(1));
    screen.picture(&keep().join("window-25-layer.png"));
    tabs(1);
    let before = latest(&events, "ready").unwrap()["generation"].as_u64();
    screen.key("Return");
    until(&events, "combine", |e| e["open"] == false);
    until(&events, "ready", |e| e["generation"].as_u64() > before);
    screen.picture(&keep().join("window-26-kept.png"));
    let text = toml();
    assert!(
        text.contains("Probe aus dem Fenster") && text.contains("Trial of the window"),
        "{text}"
    );
    screen.chord(&["ctrl", "q"]);
    assert!(ended(&mut window).success());
    let city = project::open(&project, &Control::default()).unwrap();
    let layer = city
        .layer(&"derived/probe_aus_dem_fenster".into())
        .expect("the layer is there when the project opens again");
    assert_eq!(Some(layer.layer.len() as u64), found["features"].as_u64());
}
