//! What a variant sets beside drawing, in the real window: a number of a rule, a hidden building, weights, drafts from a file.

use crate::{
    planner::{Planner, scenario},
    screen::Stage,
};
use serde_json::{Value, json};
use std::{fs, path::Path, thread::sleep, time::Duration};

/// Where things stand in a window of 1280 × 720: tabs below the map before and after the list of rules made their panel taller.
const RULES: (usize, usize) = (170, 522);
const SUITABILITY: (usize, usize) = (355, 454);
/// The rule of the distance to woodland in the list, and its distance.
const WOODLAND: (usize, usize) = (200, 633);
const DISTANCE: (usize, usize) = (1137, 574);
/// A long building beyond the old town.
const BUILDING: (usize, usize) = (943, 165);
/// The path of a file with drafts.
const DRAFTS: (usize, usize) = (247, 301);

/// Two areas that fit between the sites of the town, and one that is too high.
fn drafts(file: &Path) {
    let feature = |k: usize, storeys: u32, ring: [[f64; 2]; 4]| {
        let x = 318_184.0 + 80.0 * k as f64;
        let ring: Vec<_> = ring.iter().chain(&ring[..1]).map(|[a, b]| [x + a, 5_747_986.0 + b]).collect();
        let what = json!({ "name": format!("Entwurf {k}"), "use": "residential", "storeys": storeys });
        json!({ "type": "Feature", "properties": what, "geometry": { "type": "Polygon", "coordinates": [ring] } })
    };
    let square = [[0.0, 0.0], [60.0, 0.0], [60.0, 60.0], [0.0, 60.0]];
    let features = [feature(0, 4, square), feature(1, 3, square), feature(2, 900, square)];
    let crs = json!({ "type": "name", "properties": { "name": "urn:ogc:def:crs:EPSG::25833" } });
    let all = json!({ "type": "FeatureCollection", "crs": crs, "features": features });
    fs::write(file, all.to_string()).unwrap();
}

fn conflicts(p: &Planner) -> u64 {
    let ready = p.events.all().into_iter().rev().find(|e| e["event"] == "ready");
    ready.and_then(|e| e["conflicts"].as_u64()).expect("a project is open")
}

/// Writes into the field of the distance, in place of what stands there.
fn distance(p: &Planner, text: &str) {
    p.screen.click(DISTANCE.0, DISTANCE.1);
    p.screen.chord(&["ctrl", "a"]);
    p.screen.write(text);
    p.screen.key("Return");
}

#[test]
fn a_person_sets_what_a_variant_holds_beside_its_features() {
    let Some((stage, project)) = Stage::with_demo(600) else { return };
    let file = stage.folder().join("entwurf.geojson");
    drafts(&file);
    let p = Planner::start(&stage, &project, "settings");
    p.begin();
    let before = conflicts(&p);

    // A number of a rule, and what it does to the conflicts.
    p.screen.click(RULES.0, RULES.1);
    assert!(p.events.stands("panel", |e| e["tab"] == "rules"));
    p.screen.click(WOODLAND.0, WOODLAND.1);
    distance(&p, "300 m");
    p.step(1, "Abstand B7: 30");
    assert!(
        p.events.stands("ready", |e| e["conflicts"].as_u64() > Some(before)),
        "woodland lies nearer now"
    );
    let after = conflicts(&p);
    p.picture("window-settings-1-number.png");
    distance(&p, "viel");
    p.picture("window-settings-2-refused.png");
    p.plan("what is no number changes nothing", |e| e["steps"] == 1);
    distance(&p, "70000");
    p.plan("nor does a number out of bounds", |e| e["steps"] == 1);
    distance(&p, "300");
    p.screen.chord(&["ctrl", "z"]);
    p.plan("taken back", |e| e["steps"] == 0 && e["undone"] == 1);
    assert!(p.events.stands("ready", |e| e["conflicts"] == before), "as before");
    p.screen.chord(&["ctrl", "shift", "z"]);
    p.plan("done again", |e| e["steps"] == 1);
    assert!(p.events.stands("ready", |e| e["conflicts"] == after));

    // A building out of the view: nothing else changes by it.
    p.screen.click(BUILDING.0, BUILDING.1);
    let building = |e: &Value| e["slot"].as_str().is_some_and(|s| s.ends_with("/buildings"));
    assert!(p.events.stands("selection", building), "{:#?}", p.events.all().last());
    p.screen.key("h");
    p.step(2, "Ausgeblendet: ");
    assert!(
        p.events.stands("selection", |e| e["kind"] == "none"),
        "what is hidden is out of the hand"
    );
    assert_eq!(conflicts(&p), after);
    sleep(Duration::from_secs(3));
    p.picture("window-settings-3-hidden.png");

    // A weight, dragged: one step, however many frames it took.
    p.screen.click(SUITABILITY.0, SUITABILITY.1);
    assert!(p.events.stands_within("suitability", 30, |e| e["units"].as_u64() > Some(0)));
    p.drag((405, 554), (440, 554));
    p.step(3, "Gewicht ");
    p.picture("window-settings-4-weight.png");
    p.screen.chord(&["ctrl", "z"]);
    p.plan("taken back", |e| e["steps"] == 2 && e["undone"] == 1);
    let given = |e: &Value| e["weights"][0].as_f64().is_some_and(|w| (w - 3.0).abs() < 1e-9);
    assert!(p.events.stands_within("suitability", 30, given), "the slider stands where it stood");
    p.screen.chord(&["ctrl", "shift", "z"]);
    p.step(3, "Gewicht ");

    // Drafts from a file: what fits comes in as one step, the rest is told.
    p.screen.click(DRAFTS.0, DRAFTS.1);
    p.screen.write(file.to_str().unwrap());
    p.screen.key("Return");
    assert!(
        p.events.stands_within("import", 30, |e| e["tried"] == 3),
        "{:#?}",
        p.events.all().last()
    );
    sleep(Duration::from_secs(2));
    p.picture("window-settings-5-drafts.png");
    p.screen.chord(&["ctrl", "Return"]);
    p.step(4, "Aus Datei: entwurf.geojson");
    sleep(Duration::from_secs(3));
    p.picture("window-settings-6-taken.png");

    p.screen.chord(&["ctrl", "s"]);
    assert!(p.events.stands("ready", |e| e["unsaved"] == false), "saved");
    let saved = scenario(&project).expect("the variant has a file");
    let edits = |k: usize| saved["steps"][k]["edits"].as_array().unwrap();
    let key = |k: usize| edits(k)[0]["key"].as_str().unwrap_or_default();
    assert_eq!((key(0), &edits(0)[0]["new"]), ("parameter/B7/distance_m", &json!(300.0)));
    assert!(key(1).starts_with("hidden/land_potential/buildings/"), "{saved}");
    assert!(key(2).starts_with("weight/commerce/") && edits(2).len() == 1, "{saved}");
    assert_eq!(edits(3).len(), 2, "{saved}");
}
