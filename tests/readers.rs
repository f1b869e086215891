//! Files in, layers out: every format, the ways they break, and that nothing is lost without a word.

use stadtschicht::{
    layers::{CleanLayer, LayerError, ProjectCrs, clean, raster_to_project},
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
        style: None,
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

/// The folder of real data, or a note that the test proves nothing here.
fn real_data(path: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("STADTSCHICHT_REAL_DATA") else {
        eprintln!("skipped: STADTSCHICHT_REAL_DATA is not set");
        return None;
    };
    let path = PathBuf::from(root).join(path);
    assert!(path.exists(), "{} is missing", path.display());
    Some(path)
}

#[test]
fn moabit_has_every_feature_and_no_invalid_geometry() {
    let Some(path) = real_data("moabit/berlin_moabit_demo.gpkg") else {
        return;
    };
    let counts = [
        ("gebaeude_alkis", 3834, GeometryKind::Polygon),
        ("landnutzung_osm", 408, GeometryKind::Polygon),
        ("strassen_osm", 2857, GeometryKind::Line),
        ("schienen_osm", 624, GeometryKind::Line),
        ("gewaesser_osm", 95, GeometryKind::Polygon),
        ("fliessgewaesser_osm", 95, GeometryKind::Line),
        ("parkflaechen_osm", 568, GeometryKind::Polygon),
        ("haltestellen_osm", 362, GeometryKind::Point),
        ("planungsraeume_lor", 41, GeometryKind::Polygon),
        ("kitas", 158, GeometryKind::Point),
        ("schulen", 38, GeometryKind::Point),
        ("einschulungsbereiche", 20, GeometryKind::Polygon),
        ("pflegeeinrichtungen", 6, GeometryKind::Point),
        ("jugendfreizeit", 22, GeometryKind::Point),
        ("apotheken", 36, GeometryKind::Point),
        ("spielplaetze_geokodiert", 40, GeometryKind::Point),
        ("gruenanlagen_punkte", 79, GeometryKind::Point),
        ("erhaltungsgebiete_milieuschutz", 13, GeometryKind::Polygon),
        ("erhaltungsgebiete_staedtebau", 8, GeometryKind::Polygon),
        ("MODELL_strassenlaerm_lden", 5, GeometryKind::Polygon),
        ("ABGELEITET_potenzialflaechen", 50, GeometryKind::Polygon),
    ];
    assert!(matches!(read(&path), Err(ReadError::ChooseLayer { layers, .. }) if layers.len() == 23));
    for (layer, n, kind) in counts {
        let raw = read_kind(&path, Some(layer), kind).unwrap();
        assert_eq!(raw.crs.as_deref(), Some("EPSG:25833"), "{layer}");
        let c = cleaned(raw, 25833).unwrap();
        assert_eq!(
            (c.geometry.len(), c.report.expected, c.report.adds_up()),
            (n, Some(n as u64), true),
            "{layer}"
        );
        let dirty: Vec<_> = c.report.findings.iter().filter(|f| f.code == "LY-002" || f.dropped).collect();
        assert!(dirty.is_empty(), "{layer}: {dirty:?}");
    }
}

#[test]
fn liechtenstein_comes_from_osm_as_counted() {
    let Some(path) = real_data("osm/liechtenstein-2013-08-03.osm.pbf") else {
        return;
    };
    let count = |kind, test: &dyn Fn(&Table, usize) -> bool| {
        let c = cleaned(read_kind(&path, None, kind).unwrap(), 25832).unwrap();
        (0..c.geometry.len()).filter(|r| test(&c.attributes, *r)).count()
    };
    assert_eq!(count(GeometryKind::Polygon, &|t, r| !t.value("building", r).is_null()), 3723);
    assert_eq!(count(GeometryKind::Line, &|t, r| !t.value("highway", r).is_null()), 2751);
    assert_eq!(
        count(GeometryKind::Point, &|t, r| t.value("highway", r).as_str() == Some("bus_stop")),
        308
    );
    let raw = read_kind(&path, None, GeometryKind::Line).unwrap();
    assert!(raw.ids.iter().all(|i| i.starts_with("way/")) && raw.report.expected.is_none());
    assert!(matches!(read(&path), Err(ReadError::ChooseLayer { .. })));
}

#[test]
fn berlin_comes_from_geojson_and_shapefile() {
    let Some(kitas) = real_data("berlin/kindertagesstaetten.geojson") else {
        return;
    };
    let c = cleaned(read(&kitas).unwrap(), 25833).unwrap();
    assert_eq!((c.geometry.len(), c.report.expected, c.report.adds_up()), (2880, Some(2880), true));
    let lor = real_data("berlin/lor_planungsraeume_2021.shp").unwrap();
    let before = listing(lor.parent().unwrap());
    let raw = read(&lor).unwrap();
    assert_eq!(raw.crs.as_deref(), Some("EPSG:25833"));
    let c = cleaned(raw, 25833).unwrap();
    assert_eq!((c.geometry.len(), c.report.expected, c.report.adds_up()), (542, Some(542), true));
    let area: f64 = (0..542).map(|r| stadtschicht::geometry::area_m2(&c.geometry, r)).sum();
    // Berlin has 891 km².
    assert!((area / 1e6 - 891.0).abs() < 1.5, "{area}");
    assert_eq!(before, listing(lor.parent().unwrap()));
}

#[test]
fn terrain_tiles_have_the_heights_of_their_region() {
    let dir = tempfile::tempdir().unwrap();
    for (name, low, high) in [("N49E011", 234.0, 920.0), ("N50E011", 129.0, 1044.0)] {
        let Some(zip) = real_data(&format!("terrain/{name}.hgt.zip")) else {
            return;
        };
        let packed = read_raster(&zip, &control()).unwrap();
        let out = std::process::Command::new("unzip")
            .arg("-qo")
            .arg(&zip)
            .arg("-d")
            .arg(dir.path())
            .status();
        if !out.is_ok_and(|s| s.success()) {
            eprintln!("skipped: no unzip");
            return;
        }
        let raw = read_raster(&dir.path().join(format!("{name}.hgt")), &control()).unwrap();
        assert_eq!((raw.raster.width, raw.crs.as_deref()), (1201, Some("EPSG:4326")));
        let bits = |r: &Raster| r.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert!(
            bits(&packed.raster) == bits(&raw.raster),
            "unpacked by us or by unzip: the same heights"
        );
        let off = |k: usize| (packed.raster.origin[k] - raw.raster.origin[k]).abs();
        assert!(off(0) < 1e-9 && off(1) < 1e-9 && (packed.raster.cell_m[0] - raw.raster.cell_m[0]).abs() < 1e-12);
        let crs = ProjectCrs::from_epsg(25832).unwrap();
        let r = raster_to_project(raw, &crs, None, &control()).unwrap();
        let known = || r.values.iter().copied().filter(|v| !v.is_nan());
        let (min, max) = known().fold((f32::MAX, f32::MIN), |(a, b), v| (a.min(v), b.max(v)));
        // Interpolation between cell centres may flatten summits and pits a little.
        assert!(
            min >= low && min < low + 5.0 && max <= high && max > high - 10.0,
            "{name} {min} {max}"
        );
        assert!(r.cell_m[0] > 60.0 && r.cell_m[0] < 90.0, "{:?}", r.cell_m);
    }
}

/// Every file of a folder of hostile files through inspect, read and clean: no panic, no file over ten seconds, every sum even.
#[test]
fn hostile_files_are_answered_in_time_and_every_sum_is_even() {
    let Some(root) = std::env::var_os("STADTSCHICHT_CORPUS") else {
        eprintln!("skipped: STADTSCHICHT_CORPUS is not set");
        return;
    };
    // Germany, and where some of the base files lie: what is refused as outside one is tried in the next.
    let projects = [25832, 27700, 32631].map(|c| ProjectCrs::from_epsg(c).unwrap());
    let crs = &projects[0];
    let (mut files, mut loaded, mut refused, mut reported, mut silent, mut slow) = (0, 0, 0, 0, 0, vec![]);
    let mut stack = vec![PathBuf::from(root)];
    let mut all = vec![];
    while let Some(dir) = stack.pop() {
        for e in std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
            if e.is_dir() { stack.push(e) } else { all.push(e) }
        }
    }
    all.sort();
    let before: Vec<_> = all.iter().map(|f| f.metadata().unwrap().len()).collect();
    for f in &all {
        files += 1;
        let start = std::time::Instant::now();
        let layers: Vec<Option<String>> = match inspect(f) {
            Ok(i) if i.raster.is_some() => {
                match read_raster(f, &control()) {
                    Ok(r) => match raster_to_project(r, crs, None, &control()) {
                        Ok(_) => loaded += 1,
                        Err(_) => refused += 1,
                    },
                    Err(_) => refused += 1,
                }
                vec![]
            }
            Ok(i) => i.layers.into_iter().map(|l| Some(l.name)).collect(),
            Err(e) => {
                assert!(!e.text().de.is_empty());
                refused += 1;
                vec![]
            }
        };
        for layer in layers {
            let request = VectorRequest {
                layer,
                ..Default::default()
            };
            match read_vector(f, &request, &control()) {
                Ok(raw) => {
                    assert!(raw.report.adds_up(), "{} {:?}", f.display(), raw.report);
                    let over = raw.crs.is_none().then_some("EPSG:25832");
                    let mut outcome = clean(raw.clone(), crs, over, &control());
                    for p in &projects[1..] {
                        if matches!(outcome, Err(LayerError::OutsideArea { .. })) {
                            outcome = clean(raw.clone(), p, over, &control());
                        }
                    }
                    match outcome {
                        Ok(c) => {
                            assert!(c.report.adds_up(), "{} {:?}", f.display(), c.report);
                            assert_eq!((c.geometry.len(), c.ids.len()), (c.report.loaded as usize, c.ids.len()));
                            loaded += 1;
                            reported += usize::from(!c.report.findings.is_empty());
                            silent += usize::from(c.report.findings.is_empty());
                        }
                        Err(_) => refused += 1,
                    }
                }
                Err(_) => refused += 1,
            }
        }
        let took = start.elapsed().as_secs_f64();
        if took > 2.0 {
            slow.push((f.file_name().unwrap().to_string_lossy().into_owned(), (took * 10.0).round() / 10.0));
        }
        assert!(took < 10.0, "{}: {took} s", f.display());
    }
    let after: Vec<_> = all.iter().map(|f| f.metadata().unwrap().len()).collect();
    assert_eq!(before, after);
    eprintln!("files {files}, layers loaded {loaded} ({silent} without a finding, {reported} with), refused {refused}, slow {slow:?}");
}

fn square_gml(members: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ogr:FeatureCollection xmlns:ogr=\"http://ogr.maptools.org/\" xmlns:gml=\"http://www.opengis.net/gml\">{members}</ogr:FeatureCollection>"
    )
}

fn gml_polygon(id: &str, positions: &str) -> String {
    format!(
        "<gml:featureMember><ogr:lay gml:id=\"{id}\"><ogr:geom><gml:Polygon srsName=\"EPSG:25832\"><gml:exterior><gml:LinearRing><gml:posList>{positions}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></ogr:geom><ogr:name>Köln</ogr:name></ogr:lay></gml:featureMember>"
    )
}

#[test]
fn gml_numbers_that_are_none_are_not_zero() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.gml");
    let good = "500000 5400000 500100 5400000 500100 5400100 500000 5400000";
    let bad = "500000 5400000 500100 NaN 500100 5400100 500000 5400000";
    std::fs::write(
        &path,
        square_gml(&(gml_polygon("f1", good) + &gml_polygon("f2", bad) + &gml_polygon("f3", good))),
    )
    .unwrap();
    let raw = read(&path).unwrap();
    assert_eq!(raw.ids.iter().map(|i| &**i).collect::<Vec<_>>(), ["f1", "f3"]);
    let f = &raw.report.findings[0];
    assert_eq!((f.code.as_str(), f.feature.as_deref(), f.dropped), ("RD-006", Some("f2"), true));
    assert!(raw.report.adds_up() && raw.attributes.value("name", 0).as_str() == Some("Köln"));
    assert_eq!(listing(dir.path()).len(), 1, "no .gfs beside the file");
    std::fs::write(
        dir.path().join("b.gml"),
        format!("<!DOCTYPE x [<!ENTITY e \"1\">]>{}", square_gml("")),
    )
    .unwrap();
    assert!(read(&dir.path().join("b.gml")).unwrap_err().text().de.contains("DOCTYPE"));
}

#[test]
fn arcs_are_cut_into_chords_of_a_degree() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("circle.gml");
    let circle = "<gml:featureMember><ogr:lay gml:id=\"c\"><ogr:geom><gml:Surface srsName=\"EPSG:25832\"><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring><gml:curveMember><gml:Curve><gml:segments><gml:Circle><gml:posList>500000 5400000 500050 5400050 500100 5400000</gml:posList></gml:Circle></gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface></ogr:geom></ogr:lay></gml:featureMember>";
    std::fs::write(&path, square_gml(circle)).unwrap();
    let c = cleaned(read(&path).unwrap(), 25832).unwrap();
    let (area, exact) = (stadtschicht::geometry::area_m2(&c.geometry, 0), std::f64::consts::PI * 2500.0);
    assert!((area - exact).abs() / exact < 1e-4, "{area}");
}

#[test]
fn an_ascii_grid_keeps_its_holes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("heat.asc");
    std::fs::write(
        &path,
        "ncols 3\nnrows 2\nxllcorner 390000\nyllcorner 5820000\ncellsize 10\nNODATA_value -9999\n1.5 2.5 -9999\n4 5 6\n",
    )
    .unwrap();
    let raw = read_raster(&path, &control()).unwrap();
    assert_eq!((raw.raster.origin, raw.raster.cell_m), ([390_000.0, 5_820_020.0], [10.0, 10.0]));
    assert_eq!((raw.raster.values[0], raw.raster.values[5]), (1.5, 6.0));
    assert!(raw.raster.values[2].is_nan() && raw.crs.is_none());
    assert_eq!(codes(&raw.report), ["RD-011"]);
    let refused = raster_to_project(raw, &ProjectCrs::from_epsg(25833).unwrap(), None, &control()).unwrap_err();
    assert!(matches!(refused, LayerError::NoCrs { .. }) && refused.text().de.contains("heat.asc"));
    assert_eq!(listing(dir.path()).len(), 1, "no .aux.xml beside the file");
}

/// One point record a text, with an attribute table in Latin-1.
fn shapefile(dir: &Path, name: &str, texts: &[&str], cpg: Option<&str>) -> PathBuf {
    let n = texts.len() as u32;
    let head = |bytes: u32| {
        let mut h = vec![0, 0, 0x27, 0x0a];
        h.extend([0; 20]);
        h.extend((bytes / 2).to_be_bytes());
        h.extend(1000u32.to_le_bytes());
        h.extend(1u32.to_le_bytes());
        h.extend(
            [390_000.0f64, 5_820_000.0, 390_100.0, 5_820_000.0, 0.0, 0.0, 0.0, 0.0]
                .iter()
                .flat_map(|v| v.to_le_bytes()),
        );
        h
    };
    let (mut shp, mut shx) = (head(100 + 28 * n), head(100 + 8 * n));
    for i in 0..n {
        shx.extend((50 + 14 * i).to_be_bytes());
        shx.extend(10u32.to_be_bytes());
        shp.extend((i + 1).to_be_bytes());
        shp.extend(10u32.to_be_bytes());
        shp.extend(1u32.to_le_bytes());
        shp.extend((390_000.0 + f64::from(i)).to_le_bytes());
        shp.extend(5_820_000.0f64.to_le_bytes());
    }
    let mut dbf = vec![3, 126, 1, 1];
    dbf.extend(n.to_le_bytes());
    dbf.extend(65u16.to_le_bytes());
    dbf.extend(21u16.to_le_bytes());
    dbf.extend([0; 20]);
    dbf.extend(b"NAME\0\0\0\0\0\0\0C\0\0\0\0");
    dbf.extend([20, 0]);
    dbf.extend([0; 14]);
    dbf.push(b'\r');
    for t in texts {
        let mut field: Vec<u8> = t.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        field.resize(20, b' ');
        dbf.push(b' ');
        dbf.extend(field);
    }
    dbf.push(0x1a);
    let path = dir.join(format!("{name}.shp"));
    for (e, bytes) in [("shp", &shp), ("shx", &shx), ("dbf", &dbf)] {
        std::fs::write(path.with_extension(e), bytes).unwrap();
    }
    if let Some(cpg) = cpg {
        std::fs::write(path.with_extension("cpg"), cpg).unwrap();
    }
    path
}

#[test]
fn shapefile_encodings_are_declared_overridden_or_guessed() {
    let dir = tempfile::tempdir().unwrap();
    let text = |path: &Path, encoding: Option<&str>| {
        let request = VectorRequest {
            encoding: encoding.map(Into::into),
            ..Default::default()
        };
        let raw = read_vector(path, &request, &control()).unwrap();
        assert!(raw.report.adds_up() && raw.report.loaded == 2);
        (raw.attributes.value("NAME", 0).to_string(), codes(&raw.report).contains(&"RD-010"))
    };
    let declared = shapefile(dir.path(), "declared", &["Straße Köln", "x"], Some("ISO-8859-1"));
    assert_eq!(text(&declared, None), ("Straße Köln".into(), false));
    let utf8: String = "Straße".bytes().map(char::from).collect();
    let wrong = shapefile(dir.path(), "wrong", &[&utf8, "x"], Some("ISO-8859-1"));
    assert_eq!(text(&wrong, None), (utf8.clone(), true));
    assert_eq!(text(&wrong, Some("UTF-8")), ("Straße".into(), false));
    let before = listing(dir.path());
    let claims_utf8 = shapefile(dir.path(), "claims", &["Ägäis", "x"], Some("UTF-8"));
    assert_eq!(text(&claims_utf8, None), ("Ägäis".into(), true));
    assert_eq!(listing(dir.path()).len(), before.len() + 4);
    // Half a file: the rest is reported. A lost part: said by name.
    let bytes = std::fs::read(&declared).unwrap();
    std::fs::write(&declared, &bytes[..130]).unwrap();
    let raw = read(&declared).unwrap();
    assert!(
        raw.report.adds_up() && raw.report.loaded == 1 && raw.report.expected == Some(2),
        "{:?}",
        raw.report
    );
    std::fs::remove_file(declared.with_extension("shx")).unwrap();
    assert!(read(&declared).unwrap_err().text().de.contains(".shx fehlt"));
}
