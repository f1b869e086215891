//! The layers of a plan as QGIS sees them. Needs a QGIS with its Python (Debian: `python3-qgis`); without one the test says that it is skipped,
//! unless `STADTSCHICHT_QGIS_TEST=required` asks for it. `STADTSCHICHT_QGIS_PICTURES` names a folder that keeps the pictures.

use serde_json::Value;
use stadtschicht::{
    demo::{self, DemoOptions},
    export::{PlanLayer, plan_layers, save_plan},
    model::{Column, GeometryKind, Language, SlotId, Value as Attribute},
    modules::StyleClass,
    progress::Control,
    project,
    scenario::{Access, Base, Document, Draft, Step, file},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

/// The interpreter that Debian's QGIS belongs to.
const PYTHON: &str = "/usr/bin/python3";

fn python() -> Option<Command> {
    let there = Command::new(PYTHON).args(["-c", "import qgis.core"]).output();
    if there.is_ok_and(|o| o.status.success()) {
        let mut command = Command::new(PYTHON);
        command.env("QT_QPA_PLATFORM", "offscreen");
        return Some(command);
    }
    assert!(std::env::var("STADTSCHICHT_QGIS_TEST").as_deref() != Ok("required"), "no QGIS here");
    println!("skipped: no QGIS here");
    None
}

/// What QGIS makes of layers, in their order.
fn seen(mut python: Command, layers: &[String], picture: &Path) -> Vec<Value> {
    let out = picture.with_extension("json");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/in_qgis.py");
    // A home of its own: styles and settings of the person at this computer do not matter.
    let home = picture.with_extension("home");
    fs::create_dir_all(&home).unwrap();
    let done = python
        .arg(script)
        .arg(&out)
        .arg(picture)
        .args(layers)
        .env("HOME", &home)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&fs::read(out).unwrap()).unwrap()
}

fn class(layer: &PlanLayer, row: usize) -> Option<&StyleClass> {
    let column = layer.style.by.as_deref().and_then(|by| layer.attributes.column(by));
    let value = column.map(|c| c.value(row)).filter(|v| !matches!(v, Attribute::Null))?;
    layer.style.classes.iter().find(|c| match &c.value {
        Some(text) => *text == value.to_string(),
        None => {
            let v = value.as_f64();
            (c.min.is_some() || c.max.is_some()) && v.is_some_and(|v| c.min.is_none_or(|m| v >= m) && c.max.is_none_or(|m| v < m))
        }
    })
}

fn classed(layer: &PlanLayer) -> bool {
    let column = layer.style.by.as_deref().and_then(|by| layer.attributes.column(by));
    column.is_some() && !layer.style.classes.is_empty()
}

const TOUCHED: &str = "#123f8c";
const REMOVED: &str = "#b01e1e";

/// What QGIS would draw for each feature, against the layer's style.
fn check(layer: &PlanLayer, seen: &Value, crs: &str, types: fn(&Column) -> &'static [&'static str]) -> BTreeSet<String> {
    let name = &layer.name;
    assert_eq!((&seen["valid"], &seen["crs"]), (&Value::from(true), &Value::from(crs)), "{name}");
    assert_eq!(seen["count"], layer.geometry.len(), "{name}");
    for (column, values) in layer.attributes.iter() {
        let found = seen["fields"][column].as_str().unwrap_or("nothing");
        assert!(types(values).contains(&found), "{name}.{column} is {found} in QGIS");
    }
    let renderer = if classed(layer) { "RuleRenderer" } else { "categorizedSymbol" };
    assert_eq!(seen["renderer"], renderer, "{name}");
    let rows: BTreeMap<String, usize> = (0..layer.geometry.len())
        .map(|row| (layer.attributes.value("plan_id", row).to_string(), row))
        .collect();
    let mut fates = BTreeSet::new();
    for feature in seen["features"].as_array().unwrap() {
        let id = feature["values"]["plan_id"].as_str().unwrap();
        let row = rows[id];
        let fate = layer.attributes.value("plan_change", row).to_string();
        let told = feature["values"]["plan_change"].as_str().unwrap_or_default();
        assert_eq!(told, fate, "{name} {id}");
        let drawn = feature["drawn"].as_array().unwrap();
        let line = layer.geometry.kind() == GeometryKind::Line;
        let fill = class(layer, row).map_or(&layer.style.fill, |c| &c.fill).to_lowercase();
        let mark = match fate.as_str() {
            "" => None,
            "removed" => Some(REMOVED),
            _ => Some(TOUCHED),
        };
        let of = |k: usize, what: &str| drawn[k][what].as_str().unwrap_or_default().to_owned();
        let what = format!("{name} {id} {fate}: {drawn:?}");
        match (classed(layer), mark) {
            // Colour of the class, and an outline over it.
            (true, Some(TOUCHED)) => assert_eq!((drawn.len(), of(0, "fill"), of(1, "outline")), (2, fill, TOUCHED.into()), "{what}"),
            (_, Some(REMOVED)) => {
                assert_eq!((drawn.len(), of(0, "outline")), (1, REMOVED.into()), "{what}");
                assert!(line || drawn[0]["alpha"].as_i64().unwrap() < 40, "{what}");
            }
            (false, Some(mark)) if line => assert_eq!((drawn.len(), of(0, "fill")), (1, mark.into()), "{what}"),
            (false, Some(mark)) => assert_eq!((drawn.len(), of(0, "fill"), of(0, "outline")), (1, fill, mark.into()), "{what}"),
            (_, _) => assert_eq!((drawn.len(), of(0, "fill")), (1, fill), "{what}"),
        }
        fates.insert(fate);
    }
    fates
}

fn in_package(column: &Column) -> &'static [&'static str] {
    match column {
        Column::Boolean(_) => &["Boolean"],
        Column::Integer(_) => &["Integer64"],
        Column::Real(_) => &["Real"],
        Column::Text { .. } => &["String"],
    }
}

/// GeoJSON has no types of columns: QGIS takes them from the values, and text where there is none.
fn in_geojson(column: &Column) -> &'static [&'static str] {
    match column {
        Column::Boolean(_) => &["Boolean", "String"],
        Column::Integer(_) => &["Integer", "Integer64", "String"],
        Column::Real(_) => &["Real", "Integer", "Integer64", "String"],
        Column::Text { .. } => &["String", "Date", "DateTime"],
    }
}

/// A plan that adds areas, a street and a stop to what the worked plans of Musterstadt do.
fn draw(town: &Path, dir: &Path) {
    let line = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[317800,5747800],[318100,5748050]]}}]}"#;
    let point = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"Kita & <Hort>"},"geometry":{"type":"Point","coordinates":[317950,5747930]}}]}"#;
    let area = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[317800,5747800],[317900,5747800],[317900,5747900],[317800,5747900],[317800,5747800]]]}}]}"#;
    for (k, (slot, what, set)) in [
        ("land_potential/streets", line, vec![]),
        ("social_infrastructure/kitas", point, vec!["places=40"]),
        ("land_potential/zones", area, vec!["baunvo=MU"]),
        ("land_potential/sites", area, vec!["use=residential"]),
    ]
    .into_iter()
    .enumerate()
    {
        let source = dir.join(format!("drawn{k}.geojson"));
        fs::write(&source, what).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_stadtschicht"));
        command
            .args(["--lang", "en", "scenario", "import"])
            .arg(town)
            .arg("Gezeichnet")
            .arg(source);
        command.args(["--slot", slot, "--crs", "25833"]);
        for pair in set {
            command.args(["--set", pair]);
        }
        let done = command.output().unwrap();
        assert!(done.status.success(), "{slot}: {}", String::from_utf8_lossy(&done.stderr));
    }
    // And takes away one feature of each kind.
    let base = Base::new(Arc::new(project::open(town, &Control::default()).unwrap()));
    let path = file::list(town).into_iter().find(|p| file::short_name(p) == "gezeichnet").unwrap();
    let mut document = Document::open(base.clone(), &path, &Access::look()).unwrap();
    let slots = [
        "land_potential/buildings",
        "land_potential/sites",
        "land_potential/streets",
        "social_infrastructure/stops",
    ];
    let gone: Vec<(SlotId, String)> = slots
        .iter()
        .map(|s| {
            (
                SlotId::from(*s),
                base.city.layer(&SlotId::from(*s)).unwrap().layer.ids[0].to_string(),
            )
        })
        .collect();
    let edits = Draft::new(&base, document.plan().overlay()).remove(&gone).unwrap();
    document.act(Step::new("Weg damit", edits).unwrap()).unwrap();
    document.save().unwrap();
}

#[test]
fn qgis_opens_the_layers_of_a_plan_in_the_colours_of_the_window() {
    if python().is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let town = dir.path().join("town");
    let options = DemoOptions {
        buildings: 800,
        ..DemoOptions::default()
    };
    demo::generate(&town, &options, &Control::default()).unwrap();
    draw(&town, dir.path());
    let base = Base::new(Arc::new(project::open(&town, &Control::default()).unwrap()));
    let pictures = std::env::var_os("STADTSCHICHT_QGIS_PICTURES").map_or(dir.path().join("pictures"), PathBuf::from);
    fs::create_dir_all(&pictures).unwrap();
    let (mut kinds, mut fates, mut renderers) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for path in file::list(&town) {
        let plan = file::short_name(&path);
        let document = Document::open(base.clone(), &path, &Access::look()).unwrap();
        let layers = plan_layers(&base, document.plan().overlay(), document.plan().city());
        assert!(!layers.is_empty(), "{plan}");
        let package = dir.path().join(format!("{plan}.gpkg"));
        assert_eq!(
            save_plan(&package, &layers, 25833, Language::De, &Control::default()).unwrap(),
            std::slice::from_ref(&package)
        );
        let uris: Vec<String> = layers
            .iter()
            .map(|l| format!("{}|layername={}", package.display(), l.name))
            .collect();
        let picture = pictures.join(format!("{plan}.png"));
        let of_package = seen(python().unwrap(), &uris, &picture);
        for (layer, seen) in layers.iter().zip(&of_package) {
            fates.extend(check(layer, seen, "EPSG:25833", in_package));
            assert_eq!(seen["styles"], 1, "{}", layer.name);
            let labels: Vec<&str> = seen["legend"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|l| l["label"].as_str())
                .collect();
            assert!(labels.contains(&"geändert") && labels.contains(&"entfällt"), "{labels:?}");
            kinds.insert(format!("{:?}", layer.geometry.kind()));
            renderers.insert(seen["renderer"].to_string());
        }
        let target = dir.path().join(format!("{plan}.geojson"));
        let written = save_plan(&target, &layers, 25833, Language::En, &Control::default()).unwrap();
        let uris: Vec<String> = written
            .iter()
            .filter(|p| p.extension().is_some_and(|e| e == "geojson"))
            .map(|p| p.display().to_string())
            .collect();
        let of_geojson = seen(python().unwrap(), &uris, &pictures.join(format!("{plan}-geojson.png")));
        for (layer, seen) in layers.iter().zip(&of_geojson) {
            check(layer, seen, "EPSG:4326", in_geojson);
            let labels: Vec<&str> = seen["legend"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|l| l["label"].as_str())
                .collect();
            assert!(labels.contains(&"changed") && labels.contains(&"gone"), "{labels:?}");
        }
        assert!(fs::metadata(&picture).is_ok_and(|m| m.len() > 10_000), "{plan}: an empty picture");
    }
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    assert_eq!(renderers.len(), 2, "{renderers:?}");
    assert!(["", "new", "changed", "removed"].iter().all(|f| fates.contains(*f)), "{fates:?}");
}
