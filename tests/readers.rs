//! Files in, layers out: every format, the ways they break, and that nothing is lost without a word.

use stadtschicht::{
    layers::{CleanLayer, LayerError, ProjectCrs, clean},
    model::{Column, Geometries, GeometriesBuilder, GeometryKind, Raster, Report, Table, Value},
    progress::Control,
    readers::{RawLayer, ReadError, VectorRequest, gdal::write, inspect, read_raster, read_vector},
};
use std::path::{Path, PathBuf};

fn control() -> Control {
    Control::default()
}

fn read(path: &Path) -> Result<RawLayer, ReadError> {
    read_vector(path, &VectorRequest::default(), &control())
}

fn read_kind(path: &Path, layer: Option<&str>, kind: GeometryKind) -> Result<RawLayer, ReadError> {
    let request = VectorRequest {
        layer: layer.map(Into::into),
        kind: Some(kind),
        ..Default::default()
    };
    read_vector(path, &request, &control())
}

fn cleaned(raw: RawLayer, epsg: u32) -> Result<CleanLayer, LayerError> {
    clean(raw, &ProjectCrs::from_epsg(epsg).unwrap(), None, &control())
}

fn codes(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|f| f.code.as_str()).collect()
}

fn listing(dir: &Path) -> Vec<(String, u64)> {
    let mut all: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap())
        .map(|e| (e.file_name().to_string_lossy().into_owned(), e.metadata().unwrap().len()))
        .collect();
    all.sort();
    all
}

fn squares(n: usize) -> Geometries {
    let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
    for i in 0..n {
        let (x, y) = (390_000.0 + 20.0 * i as f64, 5_820_000.0);
        b.ring([[x, y], [x + 10.0, y], [x + 10.0, y + 10.0], [x, y + 10.0], [x, y]])
            .end_part()
            .end_feature();
    }
    b.finish()
}

fn table(n: usize) -> Table {
    let mut t = Table::default();
    let of = |f: fn(usize) -> Value| Column::from_values(&(0..n).map(f).collect::<Vec<_>>());
    t.set(
        "name",
        of(|i| {
            if i == 1 {
                Value::Null
            } else {
                Value::Text(format!("Straße {i}").into())
            }
        }),
    );
    t.set("storeys", of(|i| if i == 0 { Value::Null } else { Value::Integer(i as i64) }));
    t.set("height_m", of(|i| if i == 2 { Value::Null } else { Value::Real(i as f64 + 0.5) }));
    t.set("listed", of(|i| if i == 3 { Value::Null } else { Value::Boolean(i % 2 == 0) }));
    t
}

fn geopackage(dir: &Path, n: usize) -> PathBuf {
    let path = dir.join("city.gpkg");
    let (geometry, attributes) = (squares(n), table(n));
    let layers = [write::WriteLayer {
        name: "Gebäude \"alt\"",
        description: "",
        geometry: &geometry,
        attributes: &attributes,
    }];
    write::geopackage(&path, 25833, &layers, &control()).unwrap();
    path
}

#[test]
fn a_geopackage_comes_back_as_it_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = geopackage(dir.path(), 5);
    let before = listing(dir.path());
    let raw = read(&path).unwrap();
    assert_eq!(raw.geometry, squares(5));
    // Unknown numbers are NaN, which equals nothing.
    assert_eq!(format!("{:?}", raw.attributes), format!("{:?}", table(5)));
    assert_eq!(
        (raw.crs.as_deref(), raw.driver.as_str(), raw.name.as_str()),
        (Some("EPSG:25833"), "GPKG", "Gebäude \"alt\"")
    );
    assert_eq!((raw.report.expected, raw.report.loaded, raw.report.adds_up()), (Some(5), 5, true));
    assert_eq!(&*raw.ids[4], "5");
    assert_eq!(before, listing(dir.path()), "nothing is written beside the input");
    let i = inspect(&path).unwrap();
    assert_eq!((i.layers[0].expected, i.layers[0].kind), (Some(5), Some(GeometryKind::Polygon)));
    assert_eq!(
        i.layers[0].attributes.iter().map(|a| a.kind).collect::<Vec<_>>(),
        ["text", "integer", "real", "boolean"]
    );
    assert!(serde_json::to_string(&i).unwrap().contains("EPSG:25833"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bytes = |d: &Path| std::fs::read(geopackage(d, 50)).unwrap();
    assert!(bytes(a.path()) == bytes(b.path()));
    assert!(matches!(
        write::geopackage(&a.path().join("city.gpkg"), 25833, &[], &control()),
        Err(write::WriteError::Exists { .. })
    ));
}

#[test]
fn a_grid_comes_back_as_it_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dem.tif");
    let raster = Raster {
        width: 300,
        height: 200,
        origin: [390_000.0, 5_820_000.0],
        cell_m: [10.0, 20.0],
        values: (0..60_000).map(|i| if i == 7 { f32::NAN } else { i as f32 * 0.25 }).collect(),
        provenance: Default::default(),
    };
    write::geotiff(&path, 25833, &raster).unwrap();
    let raw = read_raster(&path, &control()).unwrap();
    assert_eq!(
        (raw.raster.origin, raw.raster.cell_m, raw.crs.as_deref()),
        (raster.origin, raster.cell_m, Some("EPSG:25833"))
    );
    assert!(raw.raster.values[7].is_nan() && raw.raster.values.iter().zip(&raster.values).all(|(a, b)| a == b || a.is_nan()));
    assert_eq!(listing(dir.path()).len(), 1);
    assert!(matches!(read(&path), Err(ReadError::WrongSort { raster: true, .. })));
    assert_eq!(inspect(&path).unwrap().raster.unwrap().width, 300);
}

#[test]
fn what_the_file_lacks_or_claims_wrongly_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, crs: &str, features: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, format!(r#"{{"type":"FeatureCollection",{crs}"features":[{features}]}}"#)).unwrap();
        path
    };
    let named = |c: &str| format!(r#""crs":{{"type":"name","properties":{{"name":"{c}"}}}},"#);
    let square = |x: f64, y: f64, d: f64| {
        let p: Vec<String> = [(0.0, 0.0), (d, 0.0), (d, d), (0.0, d), (0.0, 0.0)]
            .iter()
            .map(|(a, b)| format!("[{},{}]", x + a, y + b))
            .collect();
        format!(
            r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
            p.join(",")
        )
    };
    let unknown = cleaned(
        read(&file("unknown.geojson", &named("EPSG:999999"), &square(13.0, 52.0, 0.1))).unwrap(),
        25833,
    )
    .unwrap_err();
    assert!(
        unknown.text().de.contains("999999") && unknown.text().de.contains("unknown.geojson"),
        "{unknown}"
    );
    let degrees = cleaned(
        read(&file("degrees.geojson", &named("EPSG:25833"), &square(13.0, 52.0, 0.1))).unwrap(),
        25833,
    )
    .unwrap_err();
    assert!(matches!(degrees, LayerError::WrongUnits { degrees: true, .. }), "{degrees}");
    let metres = cleaned(
        read(&file("metres.geojson", "", &square(390_000.0, 5_820_000.0, 10.0))).unwrap(),
        25833,
    )
    .unwrap_err();
    assert!(matches!(metres, LayerError::WrongUnits { degrees: false, .. }), "{metres}");
    let swapped = cleaned(read(&file("swapped.geojson", "", &square(48.0, 11.0, 0.1))).unwrap(), 25832).unwrap_err();
    assert!(matches!(swapped, LayerError::OutsideArea { swapped: true, .. }), "{swapped}");
    // An outlier is reported and moves nothing else.
    let alone = cleaned(read(&file("alone.geojson", "", &square(13.0, 52.0, 0.1))).unwrap(), 25833).unwrap();
    let both = square(13.0, 52.0, 0.1) + "," + &square(1e12, 0.0, 1.0);
    let among = cleaned(read(&file("among.geojson", "", &both)).unwrap(), 25833).unwrap();
    assert_eq!(alone.geometry, among.geometry);
    assert_eq!(
        (among.report.expected, among.report.loaded, codes(&among.report)),
        (Some(2), 1, vec!["LY-001"])
    );
    assert!(among.report.adds_up() && among.report.findings[0].dropped);
    let empty = cleaned(read(&file("empty.geojson", "", "")).unwrap(), 25833).unwrap();
    assert_eq!((empty.report.expected, codes(&empty.report)), (Some(0), vec!["RD-001"]));
    // Kinds: one is kept, others are reported; a slot for lines refuses a file of areas.
    let point = r#"{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[13,52]}}"#;
    let mixed = file(
        "mixed.geojson",
        "",
        &(square(13.0, 52.0, 0.1) + "," + point + r#",{"type":"Feature","properties":{},"geometry":null},null"#),
    );
    let raw = read_kind(&mixed, None, GeometryKind::Polygon).unwrap();
    assert_eq!((raw.report.expected, raw.report.loaded, raw.report.adds_up()), (Some(4), 1, true));
    assert_eq!(codes(&raw.report), ["RD-004", "RD-003", "RD-002"]);
    let wrong = read_kind(&file("areas.geojson", "", &square(13.0, 52.0, 0.1)), None, GeometryKind::Line).unwrap_err();
    assert!(wrong.text().de.contains("Linien") && wrong.text().de.contains("Flächen"), "{wrong}");
}
