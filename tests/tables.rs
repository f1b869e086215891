//! Tables joined to layers by a key: what matches, what does not, and what the office does not tell.

mod common;

use stadtschicht::{
    model::{Finding, Layer, Level, Value},
    progress::Control,
    project::{self, City},
};
use std::path::Path;

fn areas(keys: &[&str]) -> String {
    let feature = |(k, key): (usize, &&str)| {
        let (w, e) = (387_000 + 100 * k, 387_080 + 100 * k);
        format!(
            r#"{{"type":"Feature","properties":{{"PLR_ID":"{key}"}},"geometry":{{"type":"Polygon","coordinates":[[[{w},5818000],[{e},5818000],[{e},5818080],[{w},5818080],[{w},5818000]]]}}}}"#
        )
    };
    let features: Vec<String> = keys.iter().enumerate().map(feature).collect();
    format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::25833"}}}},"features":[{}]}}"#,
        features.join(",")
    )
}

fn open(dir: &Path, file: &str, join: &str) -> City {
    let text = format!(
        r#"schema = 1
title = {{ de = "Tabellen", en = "Tables" }}
crs = "EPSG:25833"
site = [387500.0, 5818500.0]
modules = ["social_infrastructure"]

[[bind]]
slot = "social_infrastructure/population"
file = "{file}"
{join}"#
    );
    std::fs::write(dir.join("project.toml"), text).unwrap();
    project::open(dir, &Control::default()).unwrap()
}

fn population(city: &City) -> &Layer {
    match city.layer(&"social_infrastructure/population".into()) {
        Some(l) => &l.layer,
        None => panic!("{:?}", city.report.findings),
    }
}

fn finding<'a>(layer: &'a Layer, code: &str) -> &'a Finding {
    let found = layer.report.findings.iter().find(|f| f.code == code);
    found.unwrap_or_else(|| panic!("{code}: {:#?}", layer.report.findings))
}

#[test]
fn every_key_without_a_partner_is_reported_on_both_sides() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.geojson"), areas(&["01", "02", "03", "04", "05"])).unwrap();
    std::fs::write(
        dir.path().join("ew.csv"),
        "RAUMID;E_E;Bezirk\n1;1.200,5;A\n02;*;A\n03;7,5;B\n03;8,5;B\nBerlin;99;C\n",
    )
    .unwrap();
    let join = "[[bind.join]]\nfile = \"ew.csv\"\nkey = \"PLR_ID\"\ntable_key = \"RAUMID\"\ncolumns = { inhabitants = \"E_E\" }\nsource = \"Amt für Statistik\"\ndata_date = \"2022-06-30\"\n";
    let city = open(dir.path(), "a.geojson", join);
    let layer = population(&city);
    let values: Vec<Value> = (0..5).map(|r| layer.attributes.value("inhabitants", r)).collect();
    assert_eq!(values[0].as_f64(), Some(1200.5), "01 is 1: reported, not lost");
    assert!(
        values[1..].iter().all(Value::is_null),
        "suppressed, contradictory or missing is unknown: {values:?}"
    );
    for (code, count, words) in [
        ("PJ-148", 3, ["3 von 5", ""]),
        ("PJ-149", 2, ["„04“", "„05“"]),
        ("PJ-150", 1, ["„Berlin“", ""]),
        ("PJ-151", 1, ["„03“", "unbekannt"]),
        ("PJ-152", 1, ["„01“", "Nullen"]),
        ("PJ-153", 1, ["1 × *", "nie als null"]),
    ] {
        let f = finding(layer, code);
        assert_eq!((f.count, f.file.as_deref()), (count, Some("ew.csv")), "{f:?}");
        assert!(words.iter().all(|w| f.text.de.contains(w)), "{}", f.text.de);
    }
    let table = &layer.provenance[1];
    assert_eq!(
        (table.file.as_str(), table.driver.as_str(), table.hash.len()),
        ("ew.csv", "CSV", 64)
    );
    assert_eq!(layer.data_date(), Some("2022-06-30"));
}

#[test]
fn a_join_that_cannot_work_says_so_and_the_layer_stays() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("a.geojson"),
        areas(&["01", "02"]).replace("\"PLR_ID\"", "\"inhabitants\":5,\"PLR_ID\""),
    )
    .unwrap();
    std::fs::write(dir.path().join("ew.csv"), "RAUMID;E_E\n77;1\n78;2\n").unwrap();
    for (join, code, word) in [
        ("file = \"nowhere.csv\"\nkey = \"PLR_ID\"", "PJ-010", "fehlt"),
        ("file = \"../ew.csv\"\nkey = \"PLR_ID\"", "PJ-010", ".."),
        ("file = \"a.geojson\"\nkey = \"PLR_ID\"", "PJ-", ""),
        ("file = \"ew.csv\"\nkey = \"PLR_ID\"", "PJ-147", "RAUMID"),
        ("file = \"ew.csv\"\nkey = \"plr\"\ntable_key = \"RAUMID\"", "PJ-147", "PLR_ID"),
        (
            "file = \"ew.csv\"\nkey = \"PLR_ID\"\ntable_key = \"RAUMID\"\ncolumns = { x = \"E\" }",
            "PJ-147",
            "E_E",
        ),
        ("file = \"ew.csv\"\nkey = \"PLR_ID\"\ntable_key = \"RAUMID\"", "PJ-148", "„77“"),
    ] {
        let city = open(dir.path(), "a.geojson", &format!("[[bind.join]]\n{join}\n"));
        let layer = population(&city);
        assert_eq!(layer.attributes.value("inhabitants", 0).as_f64(), Some(5.0), "{join}");
        let fault = layer.report.findings.iter().find(|f| f.level == Level::Error);
        let fault = fault.unwrap_or_else(|| panic!("{join}: {:?}", layer.report.findings));
        assert!(fault.code.starts_with(code) && fault.text.de.contains(word), "{join}: {fault:?}");
    }
}

#[test]
fn berlins_statistics_meet_its_542_planning_areas() {
    let Some(data) = common::real_data() else { return };
    let dir = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(data.join("berlin")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with("lor_") || name.ends_with(".csv") {
            std::fs::copy(&path, dir.path().join(name)).unwrap();
        }
    }
    let join = "[[bind.join]]\nfile = \"einwohnerbestand_06-2022_plr.csv\"\nkey = \"PLR_ID\"\ntable_key = \"PLR-ID\"\ncolumns = { inhabitants = \"Gesamt\" }\n\
                [[bind.join]]\nfile = \"mss_2021_easy.csv\"\nkey = \"PLR_ID\"\n";
    let city = open(dir.path(), "lor_planungsraeume_2021.shp", join);
    let layer = population(&city);
    assert_eq!((layer.len(), layer.provenance.len()), (542, 3));
    let matches: Vec<u64> = layer
        .report
        .findings
        .iter()
        .filter(|f| f.code == "PJ-148")
        .map(|f| f.count)
        .collect();
    println!("{:#?}", layer.report.findings);
    assert_eq!(matches[0], 542);
    let inhabitants: f64 = (0..542).filter_map(|r| layer.attributes.value("inhabitants", r).as_f64()).sum();
    assert!((3_600_000.0..4_000_000.0).contains(&inhabitants), "{inhabitants}");
    let row = (0..542)
        .find(|r| layer.attributes.value("PLR_ID", *r).as_str() == Some("01100101"))
        .unwrap();
    assert_eq!(layer.attributes.value("inhabitants", row).as_f64(), Some(3503.0));
    assert_eq!(layer.attributes.value("Unemployment Percent", row).as_f64(), Some(4.225_94));
}

#[test]
fn inspect_shows_how_a_table_was_understood() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ew.csv");
    std::fs::write(&path, b"RAUMID;Einwohner;Fl\xe4che\n01100101;*;1.234,5\n01100102;3503;7,25\n").unwrap();
    let run = |language: &str, format: &str| {
        let arguments = ["inspect", path.to_str().unwrap(), "--lang", language, "--format", format];
        let out = assert_cmd::Command::cargo_bin("stadtschicht")
            .unwrap()
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    let german = run("de", "table");
    for word in [
        "CSV",
        "2 Zeilen",
        "„;“",
        "windows-1252",
        "Dezimalkomma",
        "Fläche",
        "ganze Zahl",
        "1 × *",
        "01100101",
        "[[bind.join]]",
    ] {
        assert!(german.contains(word), "{word}\n{german}");
    }
    assert!(run("en", "table").contains("whole number"));
    let json: serde_json::Value = serde_json::from_str(&run("de", "json")).unwrap();
    let table = &json[0];
    assert_eq!(
        (&table["format"], &table["rows"], &table["delimiter"]),
        (&"CSV".into(), &2.into(), &";".into())
    );
    assert_eq!(
        (&table["columns"][0]["kind"], &table["columns"][1]["marks"]["*"]),
        (&"text".into(), &1.into())
    );
}
