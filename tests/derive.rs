//! Layers made of layers in whole projects: in the order in which they need each other, as sources of slots, and against a real district's
//! stored shares.

mod common;

use stadtschicht::{
    export::{Manifest, Picture},
    geometry,
    model::{Coverage, Layer},
    progress::Control,
    project::{self, City, SlotData, View},
    rules,
    scenario::{Base, Edit, Overlay, Plan, Step, feature_of},
};
use std::{path::Path, sync::Arc};

const HEAD: &str = r#"schema = 1
title = { de = "Probe", en = "Trial" }
crs = "EPSG:25833"
site = [387500.0, 5818500.0]
modules = ["land_potential", "environmental_load", "social_infrastructure"]
area_of_interest = { bbox = [387000.0, 5818000.0, 389000.0, 5820000.0] }

[[bind]]
slot = "land_potential/sites"
file = "sites.geojson"
coverage = "area_of_interest"
[bind.attributes]
name = "titel"
use = "nutzung"

[[bind]]
slot = "environmental_load/forest"
file = "wood.geojson"
coverage = "area_of_interest"
source = "Forstamt"
data_date = "2019"
"#;

fn square(x: f64, y: f64, side: f64, properties: &str) -> String {
    let (x, y) = (387_000.0 + x, 5_818_000.0 + y);
    let (x1, y1) = (x + side, y + side);
    format!(
        r#"{{"type":"Feature","properties":{properties},"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{x1},{y}],[{x1},{y1}],[{x},{y1}],[{x},{y}]]]}}}}"#
    )
}

fn write(dir: &Path, name: &str, features: &[String]) {
    let text = format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::25833"}}}},"features":[{}]}}"#,
        features.join(",")
    );
    std::fs::write(dir.join(name), text).unwrap();
}

fn trial(more: &str) -> (tempfile::TempDir, City) {
    let dir = tempfile::tempdir().unwrap();
    let sites = [
        square(0.0, 0.0, 100.0, r#"{"nutzung":"residential","titel":"Alte Gärtnerei"}"#),
        square(200.0, 0.0, 100.0, r#"{"nutzung":"commercial","titel":"Werft"}"#),
    ];
    write(dir.path(), "sites.geojson", &sites);
    write(dir.path(), "wood.geojson", &[square(50.0, 0.0, 100.0, "{}")]);
    std::fs::write(dir.path().join("project.toml"), format!("{HEAD}{more}")).unwrap();
    let city = project::open(dir.path(), &Control::default()).unwrap();
    (dir, city)
}

fn layer<'a>(city: &'a City, slot: &str) -> &'a Layer {
    &city
        .layer(&slot.into())
        .unwrap_or_else(|| panic!("{slot}: {:?}", city.slot(&slot.into()).map(|s| &s.data)))
        .layer
}

fn total_m2(layer: &Layer) -> f64 {
    (0..layer.len()).map(|r| geometry::area_m2(&layer.geometry, r)).sum()
}

/// The second expression is needed by the first, and the slot of forests by a third.
const CHAIN: &str = r##"
[[derive]]
id = "free"
title = { de = "Frei von Waldrand", en = "Free of wood's edge" }
operation = "difference"
of = ["land_potential/sites", "derived/edge"]
color = "#123456"

[[derive]]
id = "edge"
title = { de = "Waldrand", en = "Wood's edge" }
operation = "buffer"
of = ["environmental_load/forest"]
distance_m = 20
merge = true

[[derive]]
id = "green"
title = { de = "Grün", en = "Green" }
operation = "filter"
of = [{ slot = "land_potential/sites", filter = "use = 'residential'" }]

[[bind]]
slot = "environmental_load/green"
derived = "green"
"##;

#[test]
fn expressions_are_computed_in_the_order_of_their_needs_and_fill_slots() {
    let (dir, city) = trial(CHAIN);
    let errors: Vec<_> = city.report.findings.iter().filter(|f| f.code.starts_with("PJ-30")).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let free = layer(&city, "derived/free");
    // What lies within 20 m is known only 20 m inside the border of the forest's data, and both sites touch that border: of the first
    // 10 m × 80 m are left between border and edge, of the second 100 m × 80 m.
    assert!((total_m2(free) - 8_800.0).abs() < 1.0, "{}", total_m2(free));
    assert_eq!(free.attributes.value("name", 0).to_string(), "Alte Gärtnerei");
    assert_eq!(city.label(free, 1), "Werft");
    assert_eq!(free.data_date(), Some("2019"));
    assert!(free.provenance.iter().any(|p| p.source.as_deref() == Some("Forstamt")));
    assert!(
        matches!(free.coverage, Coverage::Polygons(_)),
        "a buffer knows less at the border of its data"
    );
    assert_eq!(city.slot(&"derived/free".into()).unwrap().def.style.fill, "#123456");
    assert_eq!(layer(&city, "environmental_load/green").len(), 1);
    // Where a layer is asked for, a derived one answers like every other.
    let spot = rules::why_here(&city, &rules::evaluate(&city, &Control::default()), [387_025.0, 5_818_050.0]);
    assert!(spot.layers.iter().any(|l| l.slot == "derived/free".into() && l.values.len() == 1));
    // The same expression, asked for over the open city, gives the same.
    let again = project::derive_layer(&city, &city.info.derived[0], &Control::default()).unwrap();
    assert_eq!(again.geometry, free.geometry);
    drop(dir);
}

/// A step that takes a site away.
fn without(city: &City, slot: &str, id: &str) -> Step {
    let layer = layer(city, slot);
    let row = layer.ids.iter().position(|i| **i == *id).unwrap();
    let edits = vec![Edit::Remove {
        slot: slot.into(),
        feature: id.into(),
        old: feature_of(layer, row),
    }];
    Step {
        name: format!("ohne {id}"),
        at: None,
        edits,
    }
}

#[test]
fn a_slot_that_a_derived_layer_fills_follows_a_plan() {
    let (_dir, city) = trial(CHAIN);
    let green = |city: &City| city.layer(&"environmental_load/green".into()).map_or(0, |l| l.layer.len());
    let residential = layer(&city, "derived/green").ids[0].to_string();
    let base = Base::new(Arc::new(city.clone()));
    let mut plan = Plan::new(base.clone());
    assert_eq!(green(plan.city()), 1);
    let step = without(&city, "land_potential/sites", &residential);
    let mut alone = step.clone();
    let touched = plan.act(step).unwrap().touched;
    for slot in ["derived/green", "environmental_load/green"] {
        assert!(touched.iter().any(|t| t.slot == slot.into()), "{slot}: {touched:?}");
    }
    assert_eq!(green(plan.city()), 0, "the site is gone, and so is what was made of it");
    // The same from the edits alone, as it is opened from a file.
    let mut overlay = Overlay::default();
    overlay.push(&base, &mut alone).unwrap();
    assert_eq!(green(&overlay.city(&base)), 0);
    plan.undo().unwrap();
    assert_eq!(green(plan.city()), 1);
    // Whoever edits the slot's features one by one keeps them, until the last such edit is taken back.
    let own = layer(&city, "environmental_load/green").ids[0].to_string();
    plan.act(without(&city, "environmental_load/green", &own)).unwrap();
    assert_eq!(green(plan.city()), 0);
    plan.undo().unwrap();
    assert_eq!(green(plan.city()), 1);
    assert_eq!(base.hash(), Base::new(Arc::new(city.clone())).hash());
    let (_other, changed) = trial(&CHAIN.replace("distance_m = 20", "distance_m = 21"));
    assert_ne!(base.hash(), Base::new(Arc::new(changed)).hash(), "another distance is another base");
}

#[test]
fn a_derived_layer_has_hashes_of_its_own_beside_a_picture() {
    let manifest = |city: &City| {
        let picture = Picture {
            file: "p.png".into(),
            blake3: String::new(),
            width: 1,
            height: 1,
            language: "de".into(),
        };
        let view = View {
            name: "v".into(),
            target: [0.0; 2],
            distance_m: 1.0,
            heading_deg: 0.0,
            pitch_deg: 45.0,
            layers: None,
        };
        let found = rules::evaluate(city, &Control::default());
        Manifest::new(city, &found, picture, view, vec![]).derived
    };
    let (_dir, city) = trial(CHAIN);
    let one = manifest(&city);
    let names: Vec<&str> = one.iter().map(|d| &*d.slot.0).collect();
    assert_eq!(names, ["derived/free", "derived/edge", "derived/green"]);
    assert!(
        one.iter().all(|d| d.blake3.len() == 64 && d.expression_blake3.len() == 64),
        "{one:?}"
    );
    assert_eq!((one[0].features, &*one[0].of[1].0), (2, "derived/edge"));
    assert_eq!(manifest(&trial(CHAIN).1), one, "the same again");
    let other = manifest(&trial(&CHAIN.replace("distance_m = 20", "distance_m = 21")).1);
    assert_ne!(other[1].expression_blake3, one[1].expression_blake3);
    // What is made of the edge is another, though its own expression is the same.
    assert_ne!(other[0].blake3, one[0].blake3);
    assert_eq!(other[0].expression_blake3, one[0].expression_blake3);
    assert_eq!(other[2], one[2]);
}

#[test]
fn circles_unknown_layers_and_doubles_are_refused_with_their_line_and_the_rest_opens() {
    let bad = r#"
[[derive]]
id = "one"
title = { de = "Eins", en = "One" }
operation = "union"
of = ["derived/two", "land_potential/sites"]

[[derive]]
id = "two"
title = { de = "Zwei", en = "Two" }
operation = "difference"
of = ["land_potential/sites", "derived/one"]

[[derive]]
id = "two"
title = { de = "Zwei", en = "Two" }
operation = "filter"
of = ["land_potential/sites"]

[[derive]]
id = "lost"
title = { de = "Fort", en = "Lost" }
operation = "union"
of = ["land_potential/nowhere", "land_potential/sites"]

[[derive]]
id = "noise"
title = { de = "Laut", en = "Loud" }
operation = "intersection"
of = ["land_potential/sites", "environmental_load/noise_lden"]

[[bind]]
slot = "environmental_load/green"
derived = "nobody"
"#;
    let (_dir, city) = trial(bad);
    let said: Vec<String> = city
        .report
        .findings
        .iter()
        .filter(|f| f.code.starts_with("PJ-30"))
        .map(|f| f.text.en.clone())
        .collect();
    let has = |words: &[&str]| said.iter().any(|t| words.iter().all(|w| t.contains(w)));
    assert!(has(&["derived/one", "→", "derived/two"]), "{said:#?}");
    assert!(has(&["two", "exists already"]), "{said:#?}");
    assert!(has(&["line 4", "land_potential/nowhere"]), "{said:#?}");
    assert!(
        has(&["environmental_load/noise_lden", "no data"]),
        "what has no data makes no result: {said:#?}"
    );
    assert!(has(&["derived/nobody"]), "{said:#?}");
    for slot in ["derived/one", "derived/two", "derived/lost", "derived/noise"] {
        let data = &city.slot(&slot.into()).unwrap().data;
        assert!(matches!(data, SlotData::Missing { .. }), "{slot}");
    }
    assert_eq!(layer(&city, "land_potential/sites").len(), 2);
}

/// The stored share of each real site that lies in Lden ≥ 65 dB(A) tells how large difference and intersection must be.
#[test]
fn moabits_quiet_and_loud_parts_add_up_to_its_sites() {
    let Some(data) = common::real_data() else { return };
    let dir = tempfile::tempdir().unwrap();
    common::moabit_project(&data, dir.path());
    let path = dir.path().join("project.toml");
    let expression = |id: &str, operation: &str| {
        format!(
            "\n[[derive]]\nid = \"{id}\"\ntitle = {{ de = \"{id}\", en = \"{id}\" }}\noperation = \"{operation}\"\nof = [\"land_potential/sites\", {{ slot = \"environmental_load/noise_lden\", filter = \"lden_db >= 65\" }}]\n"
        )
    };
    let text = std::fs::read_to_string(&path).unwrap() + &expression("loud", "intersection") + &expression("quiet", "difference");
    std::fs::write(&path, text).unwrap();
    let city = project::open(dir.path(), &Control::default()).unwrap();
    let (sites, loud, quiet) = (
        layer(&city, "land_potential/sites"),
        layer(&city, "derived/loud"),
        layer(&city, "derived/quiet"),
    );
    let oracle: f64 = (0..sites.len())
        .map(|r| sites.attributes.value("anteil_lden65", r).as_f64().unwrap() * geometry::area_m2(&sites.geometry, r))
        .sum();
    let all = total_m2(sites);
    assert!(
        (total_m2(loud) - oracle).abs() < 0.005 * all,
        "{} loud, {oracle} stored",
        total_m2(loud)
    );
    assert!(
        (total_m2(loud) + total_m2(quiet) - all).abs() < 5.0,
        "{} + {} of {all}",
        total_m2(loud),
        total_m2(quiet)
    );
    for l in [loud, quiet] {
        assert!(l.report.adds_up(), "{:?}", l.report);
    }
}
