//! Layers made of layers in whole projects: in the order in which they need each other, as sources of slots, and against a real district's
//! stored shares.

mod common;

use stadtschicht::{
    geometry,
    model::{Coverage, Layer},
    progress::Control,
    project::{self, City, SlotData},
    rules,
};
use std::path::Path;

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
