//! Bad input: each fault is a sentence that names what and where, and the rest of the project still opens.

use stadtschicht::{
    model::{Level, LocalText},
    progress::Control,
    project::{self, City, ProjectError, SlotData},
};
use std::path::Path;

const HEAD: &str = r#"schema = 1
title = { de = "Probe", en = "Trial" }
crs = "EPSG:25833"
site = [500.0, 500.0]
modules = ["land_potential", "environmental_load", "social_infrastructure"]
area_of_interest = { bbox = [387000.0, 5818000.0, 389000.0, 5820000.0] }
"#;

fn square(x: f64, y: f64, properties: &str) -> String {
    let (x, y) = (387_000.0 + x, 5_818_000.0 + y);
    format!(
        r#"{{"type":"Feature","properties":{properties},"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{},{y}],[{},{}],[{x},{}],[{x},{y}]]]}}}}"#,
        x + 100.0,
        x + 100.0,
        y + 100.0,
        y + 100.0
    )
}

fn collection(features: &[String]) -> String {
    format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::25833"}}}},"features":[{}]}}"#,
        features.join(",")
    )
}

fn trial(bindings: &str) -> (tempfile::TempDir, Result<City, ProjectError>) {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write(
        "sites.geojson",
        &collection(&[
            square(0.0, 0.0, r#"{"nutzung":"residential","titel":"Alte Gärtnerei","gfz":"1,2"}"#),
            square(200.0, 0.0, r#"{"nutzung":"commercial","titel":"Werft","gfz":null}"#),
        ]),
    );
    write("empty.geojson", &collection(&[]));
    write(
        "point.geojson",
        r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:25833"}},"features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[387100,5818100]}}]}"#,
    );
    write("broken.gpkg", "<OGRVRTDataSource><OGRVRTLayer name=\"x\"/></OGRVRTDataSource>");
    write("project.toml", &format!("{HEAD}{bindings}"));
    let city = project::open(dir.path(), &Control::default());
    (dir, city)
}

const GOOD: &str = r#"
[[bind]]
slot = "land_potential/sites"
file = "sites.geojson"
coverage = "area_of_interest"
source = "Stadtplanungsamt"
data_date = "2024-05"
[bind.attributes]
use = "nutzung"
name = "titel"
"#;

/// The reason for which a slot is empty.
fn reason(city: &City, slot: &str) -> LocalText {
    match &city.slot(&slot.into()).unwrap().data {
        SlotData::Missing { reason } => reason.clone(),
        other => panic!("{slot}: {other:?}"),
    }
}

#[test]
fn a_good_binding_is_mapped_and_keeps_its_source() {
    let (_dir, city) = trial(GOOD);
    let city = city.unwrap();
    let sites = &city.layer(&"land_potential/sites".into()).unwrap().layer;
    assert_eq!((sites.len(), sites.report.loaded, sites.report.adds_up()), (2, 2, true));
    assert_eq!(sites.attributes.value("use", 1).as_str(), Some("commercial"));
    assert_eq!(sites.attributes.value("gfz", 0).as_f64(), Some(1.2));
    assert!(sites.attributes.value("gfz", 1).is_null());
    assert_eq!(city.label(sites, 0), "Alte Gärtnerei");
    let p = &sites.provenance[0];
    assert_eq!(
        (p.driver.as_str(), p.crs.as_str(), p.data_date.as_deref()),
        ("GeoJSON", "EPSG:25833", Some("2024-05"))
    );
    assert_eq!(p.hash.len(), 64);
    assert_eq!(reason(&city, "environmental_load/forest").en, "no source is bound.");
}

#[test]
fn each_fault_is_named_and_the_rest_opens() {
    for (binding, code, words) in [
        (
            "slot = \"environmental_load/forest\"\nfile = \"nowhere.gpkg\"",
            "PJ-010",
            ["nowhere.gpkg", "fehlt"],
        ),
        (
            "slot = \"environmental_load/forest\"\nfile = \"../../etc/passwd\"",
            "PJ-010",
            ["etc/passwd", "..“"],
        ),
        (
            "slot = \"environmental_load/forest\"\nfile = \"/vsicurl/http://127.0.0.1:9/x.tif\"",
            "PJ-010",
            ["vsicurl", "relativ"],
        ),
        (
            "slot = \"environmental_load/forest\"\nfile = \"broken.gpkg\"",
            "PJ-011",
            ["broken.gpkg", "geopackage"],
        ),
        (
            "slot = \"environmental_load/forest\"\nfile = \"point.geojson\"",
            "PJ-01",
            ["läche", ""],
        ),
        (
            "slot = \"environmental_load/forest\"\nfile = \"sites.geojson\"\ncrs = \"EPSG:999999\"",
            "PJ-012",
            ["EPSG:999999", ""],
        ),
        (
            "slot = \"environmental_load/forest\"\nfile = \"sites.geojson\"\nfilter = \"art = 'x'\"",
            "PJ-016",
            ["„art“", "nutzung"],
        ),
        (
            "slot = \"environmental_load/forest\"\nfile = \"sites.geojson\"\nfilter = \"nutzung =\"",
            "PJ-016",
            ["CQL2", ""],
        ),
        (
            "slot = \"land_potential/zones\"\nfile = \"sites.geojson\"",
            "PJ-020",
            ["„baunvo“", "nutzung"],
        ),
        (
            "slot = \"environmental_load/forest\"\nfile = \"empty.geojson\"",
            "",
            ["kein Objekt", ""],
        ),
    ] {
        let (_dir, city) = trial(&format!("{GOOD}\n[[bind]]\n{binding}\n"));
        let city = city.unwrap();
        assert_eq!(
            city.layer(&"land_potential/sites".into()).map(|l| l.layer.len()),
            Some(2),
            "{binding}: the rest opens"
        );
        let slot = binding.split('"').nth(1).unwrap();
        let reason = reason(&city, slot);
        for word in words {
            assert!(
                reason.de.to_lowercase().contains(&word.to_lowercase()),
                "{binding}: {word:?} in {reason:?}"
            );
        }
        assert!(!reason.en.is_empty() && reason.en != reason.de);
        if !code.is_empty() {
            let found = city
                .report
                .findings
                .iter()
                .find(|f| f.code.starts_with(code))
                .unwrap_or_else(|| panic!("{binding}: {:?}", city.report));
            assert_eq!(
                (found.level, found.file.is_some(), found.layer.is_some()),
                (Level::Error, true, true),
                "{found:?}"
            );
        }
    }
}

#[test]
fn an_unknown_slot_is_reported_and_a_declared_empty_layer_is_data() {
    let (_dir, city) = trial(
        "[[bind]]\nslot = \"land_potential/parks\"\nfile = \"sites.geojson\"\n[[bind]]\nslot = \"environmental_load/forest\"\nfile = \"empty.geojson\"\ncoverage = \"area_of_interest\"\n",
    );
    let city = city.unwrap();
    assert!(
        city.report
            .findings
            .iter()
            .any(|f| f.code == "PJ-001" && f.text.en.contains("land_potential/parks"))
    );
    assert!(
        city.layer(&"environmental_load/forest".into()).is_some_and(|l| l.layer.is_empty()),
        "no forest here is knowledge, not a gap"
    );
}

#[test]
fn several_sources_of_one_slot_are_joined_with_distinct_ids() {
    let (_dir, city) = trial(&format!("{GOOD}{GOOD}"));
    let city = city.unwrap();
    let sites = &city.layer(&"land_potential/sites".into()).unwrap().layer;
    assert_eq!((sites.len(), sites.provenance.len(), sites.report.adds_up()), (4, 2, true));
    let ids: std::collections::BTreeSet<_> = sites.ids.iter().collect();
    assert_eq!(ids.len(), 4);
}

#[test]
fn the_project_as_a_whole_is_refused_only_in_words() {
    let control = Control::default();
    let e = project::open(Path::new("no/such/folder"), &control).unwrap_err();
    assert!(e.text().de.contains("no/such/folder") && e.to_string().contains("no/such/folder"));
    let with = |from: &str, to: &str| {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("project.toml"), HEAD.replace(from, to)).unwrap();
        project::open(dir.path(), &control).unwrap_err()
    };
    assert!(matches!(with("EPSG:25833", "EPSG:4326"), ProjectError::Crs { .. }));
    assert!(matches!(with("EPSG:25833", "UTM33"), ProjectError::NotAnEpsgCode { .. }));
    assert!(matches!(with("\"land_potential\"", "\"../x\""), ProjectError::UnknownModule { .. }));
    assert!(matches!(with("schema = 1", "schema = 7"), ProjectError::NewerSchema { .. }));
    assert!(matches!(
        with("schema = 1", "schema = 1\nschema = 1"),
        ProjectError::Syntax { line: 2, .. }
    ));
}

#[test]
fn a_project_changes_rules_and_a_change_that_does_not_fit_is_refused_with_its_line() {
    let (_dir, city) = trial(
        "\n[[rule]]\nid = \"N1\"\nseverity = 2\nreason = \"Ratsbeschluss\"\nparameters = { limit = \"60 dB(A)\" }\n\
         \n[[rule]]\nid = \"X9\"\noff = true\n\
         \n[[rule]]\nid = \"B7\"\nparameters = { distance_m = \"30 ha\" }\n\
         \n[[rule]]\nid = \"L4\"\noff = true\n",
    );
    let city = city.unwrap();
    let n1 = city.rule("N1").unwrap();
    assert_eq!(n1.changed.len(), 2, "{:?}", n1.changed);
    let words = stadtschicht::rules::explain(n1, stadtschicht::model::Language::De);
    assert!(
        words.contains("Im Projekt geändert: limit: 60 dB(A) statt 65 dB(A) (Ratsbeschluss)"),
        "{words}"
    );
    assert!(city.rule("L4").unwrap().off && city.rule("B7").unwrap().changed.is_empty());
    let of = |code: &str| city.report.findings.iter().find(|f| f.code == code).unwrap();
    let head = HEAD.lines().count();
    assert!(
        of("MD-110").text.en.starts_with(&format!("line {}, key \"id\"", head + 9)),
        "{:?}",
        of("MD-110")
    );
    let unit = of("MD-111");
    assert!(
        unit.text
            .de
            .starts_with(&format!("Zeile {}, Schlüssel „distance_m“: die Einheit „ha“", head + 14)),
        "{unit:?}"
    );
    assert_eq!((unit.level, unit.file.as_deref()), (Level::Error, Some("project.toml")));

    // Unknown keys of a change are refused as everywhere.
    let (_dir, refused) = trial("\n[[rule]]\nid = \"N1\"\nlimit = 60\n");
    assert!(matches!(refused, Err(ProjectError::Syntax { .. })));
}
