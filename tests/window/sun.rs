//! The sun in the real window: the panel is opened, shadows are asked for, and they move with the time.

use crate::screen::{Stage, assert_rests, changed_share, crop, fault, keep};
use std::{thread::sleep, time::Duration};

/// Where things stand in a window of 1280 × 720: the row of tabs below, the clock of the sun and its qualities.
const TABS_Y: usize = 522;
const CLOCK_Y: usize = 523;

#[test]
fn shadows_follow_the_clock_and_cost_nothing_before_somebody_asks_for_them() {
    let Some((stage, project)) = Stage::with_demo(600) else { return };
    let screen = &stage.screen;
    let (window, events) = stage.open(&project, "sun", &["--lang", "de"]);

    // The tabs before it have numbers in their names: it is sought to the right of them.
    let opened = (400..500).step_by(14).find_map(|x| {
        screen.click(x, TABS_Y);
        events.wait("sun", 2, |_| true)
    });
    let first = opened.unwrap_or_else(|| panic!("no tab of the sun: {:?}", events.all()));
    assert_eq!(
        (first["shadows"].as_str(), first["minutes"].as_i64()),
        (Some("off"), Some(900)),
        "off at first"
    );
    assert!(events.stands("panel", |e| e["tab"] == "sun"));
    // The panel is higher than the one before: the picture has to come to rest under it.
    sleep(Duration::from_secs(2));
    // The map between legend and buttons.
    let map = |name: &str| {
        let all = screen.picture(&keep().join(name));
        assert_eq!(fault(&all), None, "{name}");
        crop(&all, 500..1220, 120..420)
    };
    let without = map("window-sun-off.png");

    let drawn = |what: &str, test: &dyn Fn(&serde_json::Value) -> bool| {
        let found = (0..6).any(|_| events.stands("sun", |e| e["drawn"] == true && test(e)));
        assert!(found, "{what}: {:?}", events.all());
    };
    let asked = (590..=614).step_by(8).any(|y| {
        screen.click(137, y);
        events.wait("sun", 3, |e| e["shadows"] == "ground").is_some()
    });
    assert!(asked, "{:?}", events.all());
    drawn("shadows on the ground", &|e| e["shadows"] == "ground");
    let ground = map("window-sun-ground.png");
    let share = changed_share(&without, &ground);
    assert!(share > 0.005, "only {share} of the map has a shadow");

    // Some hours earlier they lie elsewhere.
    let earlier = [150, 160, 140].into_iter().any(|x| {
        screen.click(x, CLOCK_Y);
        events.wait("sun", 4, |e| e["minutes"].as_i64().is_some_and(|m| m < 800)).is_some()
    });
    assert!(earlier, "{:?}", events.all());
    drawn("shadows of the morning", &|e| e["minutes"].as_i64().is_some_and(|m| m < 800));
    let morning = map("window-sun-morning.png");
    let moved = changed_share(&ground, &morning);
    assert!(moved > 0.005, "only {moved} of the map has changed with the time");
    assert_rests(&window, "the clock of the sun stands still");
}
