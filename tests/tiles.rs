//! Many files as one layer or one grid: which files, which order, what happens where they meet and where one is broken.

mod common;

use stadtschicht::{
    model::{Coverage, Level, Raster},
    progress::Control,
    project::{self, City, SlotData},
};
use std::path::Path;

const HEAD: &str = r#"schema = 1
title = { de = "Kacheln", en = "Tiles" }
crs = "EPSG:25833"
site = [387500.0, 5818500.0]
modules = ["land_potential", "environmental_load"]
area_of_interest = { bbox = [387000.0, 5818000.0, 388000.0, 5819000.0] }
"#;

fn write(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A square forest with its id.
fn forest(id: u32, x: f64) -> String {
    let (w, e, s, n) = (387_000.0 + x, 387_050.0 + x, 5_818_000.0, 5_818_050.0);
    format!(
        r#"{{"type":"Feature","id":"w{id}","properties":{{"gml_id":"w{id}"}},"geometry":{{"type":"Polygon","coordinates":[[[{w},{s}],[{e},{s}],[{e},{n}],[{w},{n}],[{w},{s}]]]}}}}"#
    )
}

fn collection(features: &[String]) -> String {
    format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::25833"}}}},"features":[{}]}}"#,
        features.join(",")
    )
}

fn open(dir: &Path, binding: &str) -> City {
    write(dir, "project.toml", &format!("{HEAD}{binding}"));
    project::open(dir, &Control::default()).unwrap()
}

#[test]
fn tiles_of_features_become_one_layer_with_every_source_named() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "wald/b.geojson", &collection(&[forest(2, 100.0), forest(3, 200.0)]));
    write(dir.path(), "wald/a.geojson", &collection(&[forest(1, 0.0), forest(2, 100.0)]));
    write(dir.path(), "wald/c.geojson", &collection(&[forest(4, 300.0)]));
    let binding = "[[bind]]\nslot = \"environmental_load/forest\"\nfiles = [\"wald/*.geojson\", \"wald/a.geojson\"]\ncoverage = \"area_of_interest\"\n";
    let city = open(dir.path(), binding);
    let layer = &city.layer(&"environmental_load/forest".into()).unwrap().layer;
    assert_eq!(layer.len(), 4, "the forest on the edge of two tiles is there once");
    assert!(layer.report.adds_up() && layer.report.dropped() == 1, "{:?}", layer.report);
    let sources: Vec<_> = layer.provenance.iter().map(|p| (p.file.as_str(), p.hash.len())).collect();
    assert_eq!(
        sources,
        [("wald/a.geojson", 64), ("wald/b.geojson", 64), ("wald/c.geojson", 64)],
        "sorted, each once, each with its hash"
    );
    assert_eq!(layer.coverage, Coverage::AreaOfInterest);
}

#[test]
fn a_broken_tile_is_named_and_takes_the_claim_of_completeness_with_it() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.geojson", &collection(&[forest(1, 0.0)]));
    write(dir.path(), "b.geojson", "<html>login</html>");
    let binding = "[[bind]]\nslot = \"environmental_load/forest\"\nfiles = [\"*.geojson\"]\ncoverage = \"area_of_interest\"\n";
    let city = open(dir.path(), binding);
    let layer = &city.layer(&"environmental_load/forest".into()).unwrap().layer;
    let fault = layer.report.findings.iter().find(|f| f.level == Level::Error).unwrap();
    assert_eq!((fault.code.as_str(), fault.file.as_deref()), ("PJ-011", Some("b.geojson")));
    assert_eq!((layer.len(), &layer.coverage), (1, &Coverage::Undeclared));
    assert!(layer.report.findings.iter().any(|f| f.code == "PJ-143"));
}

#[test]
fn a_binding_needs_exactly_one_kind_of_source() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.geojson", &collection(&[forest(1, 0.0)]));
    for (source, code) in [
        ("", "PJ-140"),
        ("file = \"a.geojson\"\nfiles = [\"a.geojson\"]", "PJ-140"),
        ("files = [\"*.gml\"]", "PJ-010"),
        ("files = [\"../*\"]", "PJ-010"),
        ("files = [\"*/a.geojson\"]", "PJ-010"),
    ] {
        let city = open(dir.path(), &format!("[[bind]]\nslot = \"environmental_load/forest\"\n{source}\n"));
        assert!(city.layer(&"environmental_load/forest".into()).is_none());
        assert!(city.report.findings.iter().any(|f| f.code == code), "{source}: {:?}", city.report);
    }
}

fn terrain(city: &City) -> &Raster {
    match &city.slot(&"land_potential/terrain".into()).unwrap().data {
        SlotData::Raster(r) => r,
        other => panic!("{other:?}"),
    }
}

/// An ASCII grid of `n × n` cells from a south-west corner.
fn ascii(x: f64, y: f64, cell: f64, n: usize, value: impl Fn(usize, usize) -> f64) -> String {
    let mut text = format!("ncols {n}\nnrows {n}\nxllcorner {x}\nyllcorner {y}\ncellsize {cell}\nNODATA_value -9999\n");
    for row in 0..n {
        let line: Vec<String> = (0..n).map(|column| value(row, column).to_string()).collect();
        text += &(line.join(" ") + "\n");
    }
    text
}

#[test]
fn tiles_of_a_grid_become_one_and_fill_each_others_holes() {
    let dir = tempfile::tempdir().unwrap();
    let hole = |row: usize, column: usize| if (row, column) == (5, 5) { -9999.0 } else { 30.0 };
    write(dir.path(), "dgm/west.asc", &ascii(387_000.0, 5_818_000.0, 10.0, 50, hole));
    write(dir.path(), "dgm/east.asc", &ascii(387_500.0, 5_818_000.0, 10.0, 50, |_, _| 40.0));
    write(dir.path(), "dgm/wide.asc", &ascii(387_000.0, 5_818_000.0, 100.0, 10, |_, _| 35.0));
    let binding = "[[bind]]\nslot = \"land_potential/terrain\"\nfiles = [\"dgm/*.asc\"]\ncrs = \"EPSG:25833\"\n";
    let city = open(dir.path(), binding);
    let t = terrain(&city);
    assert_eq!(t.cell_m, [10.0, 10.0]);
    assert_eq!(t.provenance.len(), 3);
    assert_eq!(t.value_at([387_205.0, 5_818_205.0]), Some(30.0));
    assert_eq!(
        t.value_at([387_705.0, 5_818_205.0]),
        Some(40.0),
        "fine tiles beside each other, no seam"
    );
    assert_eq!(
        t.value_at([387_055.0, 5_818_445.0]),
        Some(35.0),
        "the coarse tile fills the hole of the fine one"
    );
    assert_eq!(t.value_at([387_705.0, 5_818_805.0]), Some(35.0), "and what no fine tile covers");
    assert_eq!(city.height_at([387_495.0, 5_818_205.0]), 30.0);
}

#[test]
fn lists_of_a_survey_need_no_system_where_they_lie_in_the_area() {
    let dir = tempfile::tempdir().unwrap();
    let list = |x0: u32, n: u32| -> String {
        (0..n * n)
            .map(|k| format!("{}.50 {}.50 {:.2}\n", x0 + k % n, 5_818_000 + k / n, 30.0 + f64::from(k % n) / 10.0))
            .collect()
    };
    for x in [387_000, 387_040, 387_080, 387_120, 397_000] {
        write(dir.path(), &format!("dgm/dgm1_33_{x}.xyz"), &list(x, 40));
    }
    let binding = "[[bind]]\nslot = \"land_potential/terrain\"\nfiles = [\"dgm/*.xyz\"]\n";
    let city = open(dir.path(), binding);
    let t = terrain(&city);
    assert_eq!((t.width, t.height, t.cell_m, t.provenance.len()), (160, 40, [1.0, 1.0], 4));
    assert_eq!(t.value_at([387_045.7, 5_818_010.2]), Some(f64::from(30.5f32)));
    let found = |code: &str| city.report.findings.iter().find(|f| f.code == code);
    let assumed = found("PJ-144").unwrap();
    assert!(
        assumed.count == 4 && assumed.text.de.starts_with("4 Kacheln"),
        "said once: {assumed:?}"
    );
    assert!(found("PJ-145").is_none(), "the tile far away names no system and cannot be placed");
    assert!(
        city.report
            .findings
            .iter()
            .any(|f| f.code == "PJ-012" && f.file.as_deref() == Some("dgm/dgm1_33_397000.xyz"))
    );
    // 160 × 40 of 1000 × 1000 metres.
    let holes = found("PJ-146").unwrap();
    assert_eq!(holes.count, 1_000_000 - 6_400);
    assert!(holes.text.de.contains("99,4 %"), "{}", holes.text.de);
}

#[test]
fn the_tiles_of_north_bayreuth_lie_seamless_in_a_project() {
    let Some(data) = common::real_data() else { return };
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("dem")).unwrap();
    for name in ["N49E011.hgt.zip", "N50E011.hgt.zip"] {
        std::fs::copy(data.join("terrain").join(name), dir.path().join("dem").join(name)).unwrap();
    }
    let head = HEAD
        .replace("EPSG:25833", "EPSG:25832")
        .replace(
            "[387000.0, 5818000.0, 388000.0, 5819000.0]",
            "[680000.0, 5535000.0, 690000.0, 5545000.0]",
        )
        .replace("[387500.0, 5818500.0]", "[685000.0, 5540000.0]");
    write(
        dir.path(),
        "project.toml",
        &format!("{head}[[bind]]\nslot = \"land_potential/terrain\"\nfiles = [\"dem/*.zip\"]\nsource = \"NASA SRTM\"\n"),
    );
    let city = project::open(dir.path(), &Control::default()).unwrap();
    let t = terrain(&city);
    assert_eq!(t.provenance.len(), 2, "50° N runs through the area: both tiles are needed");
    assert!(
        !city.report.findings.iter().any(|f| f.code == "PJ-146"),
        "no hole on the seam: {:?}",
        city.report.findings
    );
    let known: Vec<f32> = t.values.iter().copied().filter(|v| !v.is_nan()).collect();
    let (low, high) = known.iter().fold((f32::MAX, f32::MIN), |(a, b), v| (a.min(*v), b.max(*v)));
    assert!(low > 300.0 && high < 700.0, "{low} {high}");
    // Neighbouring cells differ by a slope, not by a step, on the seam as elsewhere.
    let steps = t.values.iter().zip(&t.values[t.width..]).map(|(a, b)| (a - b).abs());
    let steepest = steps.filter(|d| !d.is_nan()).fold(0.0, f32::max);
    assert!(steepest < 60.0, "{steepest}");
}
