//! Two variants compared in the real window: the worked plan of Musterstadt against what is there, with one camera, in the tables and in a file.

use crate::screen::{Events, Stage, assert_rests, changed_share, crop, fault, keep};
use std::{thread::sleep, time::Duration};

/// Where things stand in a window of 1280 × 720.
const PLAN_TAB: (usize, usize) = (173, 62);
const VARIANTS: (usize, usize) = (120, 104);
const LOWER_TABS: usize = 522;

fn view(events: &Events, name: &str) {
    let stands = (0..3).any(|_| events.stands("compare", |e| e["view"] == name));
    assert!(stands, "{name}: {:#?}", events.all());
    sleep(Duration::from_secs(2));
}

#[test]
fn a_person_compares_the_worked_plan_with_what_is_there() {
    let Some((stage, project)) = Stage::with_demo(1500) else { return };
    let screen = &stage.screen;
    let (window, events) = stage.open(&project, "compare", &["--lang", "de"]);
    screen.click(942, 210);
    screen.key("Escape");

    // The plan is chosen from the list of variants, below the existing conditions.
    screen.click(PLAN_TAB.0, PLAN_TAB.1);
    let opened = (164..240).step_by(12).find(|y| {
        screen.click(VARIANTS.0, VARIANTS.1);
        screen.click(VARIANTS.0, *y);
        events
            .wait("plan", 8, |e| {
                e["title"].as_str().is_some_and(|t| t.starts_with("Kasernenquartier"))
            })
            .is_some()
    });
    assert!(opened.is_some(), "{:#?}", events.all());

    // The table of differences.
    let tab = [490, 470, 510, 450].into_iter().find(|x| {
        screen.click(*x, LOWER_TABS);
        events.stands("panel", |e| e["tab"] == "variants")
    });
    assert!(tab.is_some(), "{:#?}", events.all());
    let told = events.wait("compare", 60, |e| e["features"].is_u64());
    let told = told.unwrap_or_else(|| panic!("{:#?}", events.all()));
    for part in ["features", "conflicts", "indicators", "figures"] {
        assert!(told[part].as_u64() > Some(0), "the plan changes {part}: {told}");
    }
    sleep(Duration::from_secs(1));
    // A row leads to its place, which is what the plan changes.
    screen.click(300, 610);
    assert!(
        events.wait("selection", 8, |e| e["kind"] == "feature").is_some(),
        "{:#?}",
        events.all()
    );
    sleep(Duration::from_secs(3));
    let single = screen.picture(&keep().join("window-compare-1-table.png"));
    assert_eq!(fault(&single), None);

    // Held, the key shows the whole view as it was; let go, everything is as before.
    let city = |picture: &[u8]| crop(picture, 480..1210, 50..480);
    screen.tool(&["mousemove", "760", "260"]);
    screen.tool(&["keydown", "b"]);
    view(&events, "before");
    let before = screen.picture(&keep().join("window-compare-2-before.png"));
    screen.tool(&["keyup", "b"]);
    view(&events, "single");
    let after = screen.picture(&keep().join("window-compare-3-after.png"));
    assert_eq!(fault(&before), None);
    assert!(
        changed_share(&city(&single), &city(&before)) > 0.01,
        "the plan is gone while the key is held"
    );
    assert!(changed_share(&city(&single), &city(&after)) < 0.01, "and there again afterwards");

    // Side by side and parted by a line, by the same key.
    let mut last = single;
    for (name, picture) in [("beside", "window-compare-4-beside.png"), ("swipe", "window-compare-5-swipe.png")] {
        screen.key("v");
        view(&events, name);
        let now = screen.picture(&keep().join(picture));
        assert_eq!(fault(&now), None);
        assert!(changed_share(&city(&last), &city(&now)) > 0.01, "{name}");
        last = now;
        assert_rests(&window, name);
    }
    screen.key("v");
    view(&events, "single");
    let single = screen.picture(&keep().join("window-compare-6-single.png"));
    assert!(
        changed_share(&city(&single), &city(&after)) < 0.01,
        "nothing is left of the comparison"
    );
    assert_rests(&window, "one picture with the table of differences");
}
