//! City models in, layers out: counts, kinds of surfaces, coordinate systems, and every way in which such files break.

use stadtschicht::{
    geometry::area_m2,
    layers::{CleanLayer, LayerError, ProjectCrs, clean},
    model::{Bodies, GeometryKind, Report, SurfaceKind, Value},
    progress::Control,
    readers::{RawLayer, ReadError, VectorRequest, inspect, read_vector},
};
use std::path::{Path, PathBuf};

fn read(path: &Path) -> Result<RawLayer, ReadError> {
    read_vector(path, &VectorRequest::default(), &Control::default())
}

fn read_layer(path: &Path, layer: &str) -> Result<RawLayer, ReadError> {
    let request = VectorRequest {
        layer: Some(layer.into()),
        ..VectorRequest::default()
    };
    read_vector(path, &request, &Control::default())
}

fn cleaned(raw: RawLayer, epsg: u32) -> Result<CleanLayer, LayerError> {
    clean(raw, &ProjectCrs::from_epsg(epsg).unwrap(), None, &Control::default())
}

fn codes(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|f| f.code.as_str()).collect()
}

fn surfaces(bodies: &Bodies, kind: SurfaceKind) -> usize {
    (0..bodies.len())
        .flat_map(|r| bodies.surfaces(r))
        .filter(|s| s.kind() == kind)
        .count()
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

/// The tags of a name in a file, counted without any parser.
fn tags(path: &Path, name: &str) -> u64 {
    let text = std::fs::read_to_string(path).unwrap();
    text.matches(&format!("<{name} ")).count() as u64 + text.matches(&format!("<{name}>")).count() as u64
}

#[test]
fn an_official_tile_has_all_its_buildings_parts_and_surfaces() {
    let Some(path) = real_data("citygml/LoD2_32_280_5659_1_NW.gml") else {
        return;
    };
    assert_eq!((tags(&path, "bldg:Building"), tags(&path, "bldg:BuildingPart")), (109, 55));
    let i = inspect(&path).unwrap();
    let layer = &i.layers[0];
    assert_eq!(
        (i.driver.as_str(), layer.name.as_str(), layer.expected, layer.crs.as_deref()),
        ("CityGML", "Building", Some(164), Some("EPSG:25832"))
    );
    assert_eq!(layer.geometry_type, "109 Building + 55 BuildingPart (LoD2)");
    assert_eq!(layer.extent.unwrap().min, [280_000.0, 5_659_000.0]);
    assert!(layer.attributes.iter().any(|a| a.name == "measuredHeight" && a.kind == "real"));

    let raw = read(&path).unwrap();
    assert_eq!(raw.crs.as_deref(), Some("EPSG:25832"));
    let c = cleaned(raw, 25832).unwrap();
    // 24 buildings consist of their parts; every one of the 140 solids is on the map.
    let carried: u64 = c.report.findings.iter().filter(|f| f.code == "RD-109").map(|f| f.count).sum();
    assert_eq!(
        (c.report.expected, c.report.loaded, carried, c.report.adds_up()),
        (Some(164), 140, 24, true)
    );
    assert_eq!(tags(&path, "bldg:lod2Solid"), 140);
    let bodies = c.bodies.as_ref().unwrap();
    // Some roof surfaces consist of several polygons: every polygon is there, none twice.
    assert_eq!(bodies.surface_count() as u64, tags(&path, "gml:Polygon"));
    for (kind, name) in [
        (SurfaceKind::Roof, "bldg:RoofSurface"),
        (SurfaceKind::Wall, "bldg:WallSurface"),
        (SurfaceKind::Ground, "bldg:GroundSurface"),
        (SurfaceKind::Closure, "bldg:ClosureSurface"),
    ] {
        assert!(surfaces(bodies, kind) as u64 >= tags(&path, name), "{name}");
    }
    let t = &c.attributes;
    let values = |name: &str| (0..140).map(|r| t.value(name, r)).collect::<Vec<_>>();
    assert!(values("function").iter().any(|v| v.as_str() == Some("31001_1010")));
    assert!(values("footprint").iter().all(|v| v.as_str() == Some("ground")));
    assert!(values("lod").iter().all(|v| *v == Value::Integer(2)));
    // Parts carry their building's address and id, and their own height.
    let parts: Vec<usize> = (0..140).filter(|r| t.value("type", *r).as_str() == Some("BuildingPart")).collect();
    assert_eq!(parts.len(), 55);
    assert!(parts.iter().all(|r| t.value("building", *r).as_str() != Some(&c.ids[*r])));
    assert!(values("address").iter().any(|v| v.as_str() == Some("Rodebachaue 7, Selfkant")));
    // The measured height agrees with the body of every building.
    for row in 0..140 {
        let [low, high] = bodies.heights(row).unwrap();
        let h = t.value("height_m", row).as_f64().unwrap();
        assert!((high - low - h).abs() < 1.0, "{row}: {h} {}", high - low);
        assert!(low > 30.0 && high < 60.0);
        assert!(area_m2(&c.geometry, row) > 0.05, "{}", area_m2(&c.geometry, row));
    }
    let wrong = cleaned(read(&path).unwrap(), 31468).map(|c| codes(&c.report).len());
    assert!(wrong.is_ok() || wrong.unwrap_err().text().de.contains("Koordinatensystem"));
}

#[test]
fn delft_has_every_object_in_a_layer_of_its_own() {
    let Some(path) = real_data("cityjson/delft.json") else { return };
    let i = inspect(&path).unwrap();
    let counts: Vec<(&str, u64)> = i.layers.iter().map(|l| (l.name.as_str(), l.expected.unwrap())).collect();
    assert_eq!(
        counts,
        [
            ("Bridge", 3),
            ("Building", 160),
            ("GenericCityObject", 54),
            ("LandUse", 81),
            ("PlantCover", 126),
            ("Road", 143),
            ("WaterBody", 3)
        ]
    );
    assert_eq!(counts.iter().map(|(_, n)| n).sum::<u64>(), 570);
    for (name, n) in counts {
        let raw = read_layer(&path, name).unwrap();
        assert_eq!(raw.crs.as_deref(), Some("EPSG:28992"));
        assert_eq!((raw.report.expected, raw.report.adds_up()), (Some(n), true), "{name}");
        assert_eq!(raw.report.loaded, n, "{name}: {:?}", codes(&raw.report));
        let c = cleaned(raw, 28992).unwrap();
        assert!(c.report.adds_up());
        // Of the plants' triangles two heaps overlap so that no area comes of them; the report names both. Buildings are complete.
        assert!(c.report.dropped() == 0 || name == "PlantCover", "{name}: {:?}", c.report.findings);
        assert!(
            c.report.dropped() <= 2 && c.report.loaded + c.report.dropped() == n,
            "{name}: {:?}",
            c.report.findings
        );
    }
    let c = cleaned(read(&path).unwrap(), 28992).unwrap();
    let bodies = c.bodies.unwrap();
    assert_eq!((bodies.len(), bodies.lod(0)), (160, Some(1)));
    // Heights as given: Delft lies at the level of the sea.
    let heights: Vec<[f64; 2]> = (0..160).filter_map(|r| bodies.heights(r)).collect();
    assert!(heights.len() == 160 && heights.iter().all(|h| h[0] > -5.0 && h[1] < 60.0));
    // The blocks have no floor: their footprints come from their roofs, and are marked so.
    assert!(surfaces(&bodies, SurfaceKind::Ground) == 0 && surfaces(&bodies, SurfaceKind::Roof) > 0);
    let derived = c.report.findings.iter().find(|f| f.code == "RD-104").unwrap();
    assert_eq!((derived.count, c.attributes.value("footprint", 0).as_str()), (160, Some("roof")));
}

#[test]
fn citygml_3_opens_and_an_invalid_file_says_what_is_wrong() {
    let Some(path) = real_data("citygml/lod2_buildings_v3.gml") else {
        return;
    };
    let raw = read(&path).unwrap();
    assert_eq!(raw.crs.as_deref(), Some("EPSG:3068"));
    assert_eq!((raw.report.expected, raw.report.loaded), (Some(100), 100));
    let c = cleaned(raw, 3068).unwrap();
    let bodies = c.bodies.as_ref().unwrap();
    assert_eq!(
        (surfaces(bodies, SurfaceKind::Roof), surfaces(bodies, SurfaceKind::Wall)),
        (200, 400)
    );
    assert_eq!(c.attributes.value("measuredHeight", 0), Value::Real(11.0));
    assert_eq!(c.attributes.value("storeysAboveGround", 0), Value::Integer(5));
    let invalid = real_data("citygml/invalid_building_v3.gml").unwrap();
    let raw = read(&invalid).unwrap();
    assert_eq!((raw.report.expected, raw.report.loaded, raw.crs.clone()), (Some(1), 1, None));
    assert!(codes(&raw.report).contains(&"RD-011"), "{:?}", raw.report);
    assert!(matches!(cleaned(raw, 25832), Err(LayerError::NoCrs { .. })));
}

/// A box of 10 × 8 × 6 m as the polygons of a solid.
fn faces() -> [[[f64; 3]; 5]; 6] {
    let p = |k: usize| [k & 1, (k >> 1) & 1, k >> 2].map(|v| v as f64);
    [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [1, 3, 7, 5], [3, 2, 6, 7], [2, 0, 4, 6]].map(|f| {
        let q = f.map(|k| {
            let [x, y, z] = p(k);
            [390_000.0 + 10.0 * x, 5_820_000.0 + 8.0 * y, 34.0 + 6.0 * z]
        });
        [q[0], q[1], q[2], q[3], q[0]]
    })
}

fn list(ring: &[[f64; 3]]) -> String {
    ring.iter().flatten().map(|v| v.to_string()).collect::<Vec<_>>().join(" ")
}

fn polygon(id: &str, positions: &str) -> String {
    format!(
        "<gml:surfaceMember><gml:Polygon gml:id=\"{id}\"><gml:exterior><gml:LinearRing><gml:posList srsDimension=\"3\">{positions}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember>"
    )
}

fn solid(members: &str) -> String {
    format!(
        "<bldg:lod1Solid><gml:Solid><gml:exterior><gml:CompositeSurface gml:id=\"comp\">{members}</gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod1Solid>"
    )
}

fn building(id: &str, content: &str) -> String {
    format!("<core:cityObjectMember><bldg:Building gml:id=\"{id}\">{content}</bldg:Building></core:cityObjectMember>")
}

fn document(crs: &str, members: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><core:CityModel xmlns:core=\"http://www.opengis.net/citygml/2.0\" xmlns:bldg=\"http://www.opengis.net/citygml/building/2.0\" xmlns:gml=\"http://www.opengis.net/gml\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><gml:boundedBy><gml:Envelope srsName=\"{crs}\"><gml:lowerCorner>0 0 0</gml:lowerCorner></gml:Envelope></gml:boundedBy>{members}</core:CityModel>"
    )
}

const CRS: &str = "urn:adv:crs:ETRS89_UTM33*DE_DHHN2016_NH";

fn whole() -> String {
    faces()
        .iter()
        .enumerate()
        .map(|(k, f)| polygon(&format!("p{k}"), &list(f)))
        .collect()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn gml(&self, members: &str) -> Result<RawLayer, ReadError> {
        read(&self.file("a.gml", &document(CRS, members)))
    }
}

#[test]
fn a_block_stands_where_it_should_and_its_surfaces_are_named_by_slope() {
    let dir = Folder::new();
    let raw = dir.gml(&building("b", &solid(&whole()))).unwrap();
    let c = cleaned(raw, 25833).unwrap();
    let b = c.bodies.as_ref().unwrap();
    assert_eq!((b.lod(0), b.heights(0)), (Some(1), Some([34.0, 40.0])));
    let kinds: Vec<SurfaceKind> = b.surfaces(0).map(|s| s.kind()).collect();
    assert_eq!(kinds[..3], [SurfaceKind::Ground, SurfaceKind::Roof, SurfaceKind::Wall]);
    assert_eq!(
        (area_m2(&c.geometry, 0), c.attributes.value("height_m", 0)),
        (80.0, Value::Real(6.0))
    );
    assert_eq!(c.attributes.value("height_from", 0).as_str(), Some("body"));
    assert_eq!((codes(&c.report), c.report.adds_up()), (vec!["RD-112"], true));
    // In another zone the same building has the same size.
    let raw = dir.gml(&building("b", &solid(&whole()))).unwrap();
    let moved = cleaned(raw, 25832).unwrap();
    assert!((area_m2(&moved.geometry, 0) - 80.0).abs() < 0.5);
    assert_eq!(moved.bodies.unwrap().heights(0), Some([34.0, 40.0]));
}

#[test]
fn broken_solids_end_in_words() {
    let dir = Folder::new();
    let f = faces();
    // A wall is missing: drawn as it is, and said.
    let open: String = f[..5]
        .iter()
        .enumerate()
        .map(|(k, f)| polygon(&format!("p{k}"), &list(f)))
        .collect();
    let r = dir.gml(&building("open", &solid(&open))).unwrap().report;
    assert!(codes(&r).contains(&"RD-103") && r.loaded == 1 && r.adds_up(), "{r:?}");
    assert!(
        r.findings
            .iter()
            .any(|f| f.feature.as_deref() == Some("open") && f.text.de.contains("nicht geschlossen"))
    );
    // NaN, a vertex too few, an odd count, an endless number, a text.
    for (bad, code) in [
        ("NaN 5820000 34 390010 5820000 34 390010 5820008 34 NaN 5820000 34", "RD-100"),
        ("390000 5820000 34 390010 5820000 34 390000 5820000 34", "RD-101"),
        ("390000 5820000 34 390010 5820000", "RD-100"),
        (
            "390000 5820000 34 390010 5820000 1e400 390010 5820008 34 390000 5820000 34",
            "RD-100",
        ),
        ("siehe Anlage 3", "RD-100"),
        ("", "RD-101"),
    ] {
        let raw = dir.gml(&building("b", &solid(&(whole() + &polygon("bad", bad))))).unwrap();
        assert!(
            codes(&raw.report).contains(&code) && raw.report.loaded == 1,
            "{bad}: {:?}",
            raw.report
        );
        let alone = dir.gml(&building("b", &solid(&polygon("bad", bad)))).unwrap().report;
        assert_eq!((alone.loaded, alone.dropped(), alone.adds_up()), (0, 1, true), "{bad}");
        assert!(codes(&alone).contains(&"RD-108"), "{bad}: {alone:?}");
    }
    // An open ring is closed.
    let raw = dir
        .gml(&building("b", &solid(&(whole() + &polygon("bad", &list(&f[1][..4]))))))
        .unwrap();
    assert!(codes(&raw.report).contains(&"RD-102"));
    // Inside out: turned, so that its walls are seen from outside.
    let inside_out: String = f
        .iter()
        .map(|f| polygon("x", &list(&f.iter().rev().copied().collect::<Vec<_>>())))
        .collect();
    let raw = dir.gml(&building("b", &solid(&inside_out))).unwrap();
    let b = raw.bodies.unwrap();
    let roof = b.surfaces(0).find(|s| s.kind() == SurfaceKind::Roof).unwrap();
    let ring: Vec<[f64; 3]> = roof.rings().next().unwrap().collect();
    assert!(stadtschicht::geometry::vector_area(&ring)[2] > 79.0);
    // No geometry at all, no footprint, no object.
    let raw = dir
        .gml(&(building("b", "<bldg:function>31001_1000</bldg:function>") + &building("c", &solid(&whole()))))
        .unwrap();
    assert_eq!((raw.report.expected, raw.report.loaded, raw.report.adds_up()), (Some(2), 1, true));
    assert_eq!(codes(&dir.gml("").unwrap().report), ["RD-001"]);
}

#[test]
fn links_are_followed_to_their_end_and_no_further() {
    let dir = Folder::new();
    let link = |to: &str| format!("<gml:surfaceMember xlink:href=\"#{to}\"/>");
    // Surfaces of another building, before and after it.
    let links: String = (0..6).map(|k| link(&format!("p{k}"))).collect();
    let members = building("first", &solid(&links)) + &building("owner", &solid(&whole())) + &building("last", &solid(&links));
    let raw = dir.gml(&members).unwrap();
    assert_eq!((raw.report.loaded, raw.report.adds_up()), (3, true), "{:?}", raw.report);
    let b = raw.bodies.unwrap();
    assert!((0..3).all(|r| b.surfaces(r).len() == 6 && b.heights(r) == Some([34.0, 40.0])));
    assert!(!codes(&raw.report).contains(&"RD-105"));
    // Nowhere.
    let raw = dir.gml(&building("b", &solid(&(whole() + &link("gone") + &link("too"))))).unwrap();
    let missing = raw.report.findings.iter().find(|f| f.code == "RD-105").unwrap();
    assert!(missing.text.en.contains("2 links") && missing.text.en.contains("gone") && raw.report.loaded == 1);
    let raw = dir.gml(&building("b", &solid(&link("gone")))).unwrap();
    assert_eq!((raw.report.loaded, raw.report.dropped()), (0, 1));
    // In a circle, and branching at every step.
    let raw = dir.gml(&building("b", &solid(&(whole() + &link("comp"))))).unwrap();
    assert!(codes(&raw.report).contains(&"RD-106") && raw.report.loaded == 1, "{:?}", raw.report);
    let tower: String = (0..15)
        .map(|k| {
            let next = link(&format!("m{}", k + 1)).repeat(40);
            format!("<gml:surfaceMember><gml:CompositeSurface gml:id=\"m{k}\">{next}</gml:CompositeSurface></gml:surfaceMember>")
        })
        .collect();
    let start = std::time::Instant::now();
    let raw = dir.gml(&building("b", &solid(&(whole() + &tower)))).unwrap();
    assert!(raw.report.loaded == 1 && start.elapsed().as_secs() < 10);
}

#[test]
fn hostile_documents_are_refused_or_reported() {
    let dir = Folder::new();
    let refused = |text: &str, word: &str| {
        let e = read(&dir.file("h.gml", text)).unwrap_err();
        let text = e.text();
        assert!(text.de.contains(word) && text.de.contains("h.gml"), "{}", text.de);
        assert!(inspect(&dir.0.path().join("h.gml")).is_err());
    };
    let good = document(CRS, &building("b", &solid(&whole())));
    refused(
        &good.replace("<core:CityModel", "<!DOCTYPE core:CityModel [<!ENTITY a \"b\">]><core:CityModel"),
        "DOCTYPE",
    );
    let padded = format!("<?xml version=\"1.0\"?><!--{}-->", " ".repeat(10));
    refused(
        &good
            .replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", &padded)
            .replace("<core:CityModel", "<!DOCTYPE x><core:CityModel"),
        "DOCTYPE",
    );
    refused(
        &document(CRS, &("<core:cityObjectMember>".to_string() + &"<a>".repeat(200))),
        "geschachtelt",
    );
    refused(&good.replace("UTF-8", "UTF-7"), "utf-7");
    // A document that breaks off keeps what came, and says so.
    let two = document(CRS, &(building("a", &solid(&whole())) + &building("b", &solid(&whole()))));
    let cut = two.find("gml:id=\"b\"").unwrap() + 400;
    let raw = read(&dir.file("cut.gml", &two[..cut])).unwrap();
    assert_eq!((raw.report.expected, raw.report.loaded, raw.report.adds_up()), (Some(2), 1, true));
    assert!(codes(&raw.report).contains(&"RD-014"), "{:?}", raw.report);
    assert!(!inspect(&dir.0.path().join("cut.gml")).unwrap().findings.is_empty());
    let raw = read(&dir.file("entity.gml", &good.replace("<bldg:lod1Solid>", "&xxe;<bldg:lod1Solid>"))).unwrap();
    assert_eq!((raw.report.loaded, raw.report.adds_up()), (0, true));
    // A huge coordinate list is read within the limit of one object, and no further.
    let long: String = (0..200_000).map(|k| format!("{} 5820000 {} ", 390_000 + k % 7, k % 5)).collect();
    let request = VectorRequest {
        max_feature_vertices: 50_000,
        ..VectorRequest::default()
    };
    let path = dir.file(
        "long.gml",
        &document(CRS, &building("b", &solid(&(whole() + &polygon("l", &long))))),
    );
    let raw = read_vector(&path, &request, &Control::default()).unwrap();
    assert!(codes(&raw.report).contains(&"RD-115") && raw.report.loaded == 1, "{:?}", raw.report);
    assert!(matches!(
        read_vector(
            &path,
            &VectorRequest {
                max_features: 0,
                ..VectorRequest::default()
            },
            &Control::default()
        ),
        Err(ReadError::TooLarge { .. })
    ));
    // Wrong and mixed systems.
    let raw = read(&dir.file(
        "crs.gml",
        &document("urn:ogc:def:crs:EPSG::999999", &building("b", &solid(&whole()))),
    ))
    .unwrap();
    assert!(cleaned(raw, 25833).unwrap_err().text().de.contains("999999"));
    let far = read(&dir.file("far.gml", &document("EPSG:2056", &building("b", &solid(&whole()))))).unwrap();
    assert!(matches!(cleaned(far, 25833), Err(LayerError::OutsideArea { .. })));
    let mixed = building("b", &solid(&whole())).replace("<gml:Solid>", "<gml:Solid srsName=\"EPSG:31468\">");
    let raw = dir.gml(&mixed).unwrap();
    assert!(
        raw.crs.is_none()
            && raw
                .report
                .findings
                .iter()
                .any(|f| f.code == "RD-011" && f.text.de.contains("31468"))
    );
    // A slot for lines gets no buildings; a layer that is not there is named with those that are.
    let lines = VectorRequest {
        kind: Some(GeometryKind::Line),
        ..VectorRequest::default()
    };
    let path = dir.file("a.gml", &good);
    assert!(matches!(
        read_vector(&path, &lines, &Control::default()),
        Err(ReadError::WrongKind { .. })
    ));
    let e = read_layer(&path, "Gebäude").unwrap_err();
    assert!(e.text().de.contains("Building"), "{e}");
}

#[test]
fn cityjson_sequences_and_broken_objects() {
    let dir = Folder::new();
    let vertices = "[[0,0,0],[10000,0,0],[10000,8000,0],[0,8000,0],[0,0,6000],[10000,0,6000],[10000,8000,6000],[0,8000,6000]]";
    let boundaries = "[[[[3,2,1,0]],[[4,5,6,7]],[[0,1,5,4]],[[1,2,6,5]],[[2,3,7,6]],[[3,0,4,7]]]]";
    let header = |version: &str, rest: &str| {
        format!(
            r#"{{"type":"CityJSON","version":"{version}","transform":{{"scale":[0.001,0.001,0.001],"translate":[390000.0,5820000.0,34.0]}},"metadata":{{"referenceSystem":"https://www.opengis.net/def/crs/EPSG/0/25833"}}{rest}}}"#
        )
    };
    let object = |kind: &str, boundaries: &str, more: &str| {
        format!(r#"{{"type":"{kind}","geometry":[{{"type":"Solid","lod":"1","boundaries":{boundaries}}}]{more}}}"#)
    };
    let doc = |objects: &str| header("2.0", &format!(r#","CityObjects":{{{objects}}},"vertices":{vertices}"#));
    let good = object(
        "Building",
        boundaries,
        r#","attributes":{"measuredHeight":6.5,"function":"31001_1000"}"#,
    );
    let part = object("BuildingPart", boundaries, r#","parents":["a"]"#);
    let shell_only = r#"{"type":"Building","children":["p"],"attributes":{"name":"Rathaus"}}"#;

    let raw = read(&dir.file("a.json", &doc(&format!(r#""p":{part},"a":{shell_only},"b":{good}"#)))).unwrap();
    assert_eq!(
        (raw.report.expected, raw.report.loaded, raw.report.adds_up()),
        (Some(3), 2, true),
        "{:?}",
        raw.report
    );
    assert_eq!(
        raw.attributes.value("name", 0).as_str(),
        Some("Rathaus"),
        "parts carry their building's attributes"
    );
    let c = cleaned(raw, 25833).unwrap();
    assert_eq!(
        (area_m2(&c.geometry, 1), c.attributes.value("height_m", 1)),
        (80.0, Value::Real(6.5))
    );

    // Each object of its own: an index too high, a type that is none, a wrong depth.
    let broken = [
        object("Building", &boundaries.replace("[[4,5,6,7]]", "[[4,5,6,99]]"), ""),
        object("Buildng", boundaries, ""),
        object("Building", "[[3,2,1,0]]", ""),
    ];
    let list: String = broken.iter().enumerate().map(|(k, o)| format!(r#","x{k}":{o}"#)).collect();
    let raw = read(&dir.file("b.json", &doc(&format!(r#""a":{good}{list}"#)))).unwrap();
    assert_eq!(
        (raw.report.expected, raw.report.loaded, raw.report.adds_up()),
        (Some(3), 2, true),
        "{:?}",
        raw.report
    );
    assert!(
        ["RD-100", "RD-114", "RD-111"].iter().all(|c| codes(&raw.report).contains(c)),
        "{:?}",
        codes(&raw.report)
    );

    // A sequence is read line by line; a bad line is reported and the others come.
    let line = |id: &str| format!(r#"{{"type":"CityJSONFeature","id":"{id}","CityObjects":{{"{id}":{good}}},"vertices":{vertices}}}"#);
    let head = header("2.0", r#","CityObjects":{},"vertices":[]"#);
    let text = [head, line("a"), "{\"type\":\"CityJSONFeature\"".into(), String::new(), line("b")].join("\n");
    let raw = read(&dir.file("s.city.jsonl", &text)).unwrap();
    assert_eq!(
        (raw.report.loaded, raw.crs.as_deref(), codes(&raw.report).contains(&"RD-014")),
        (2, Some("EPSG:25833"), true)
    );
    assert_eq!(inspect(&dir.0.path().join("s.city.jsonl")).unwrap().layers[0].expected, Some(2));

    let refused = |text: &str, word: &str| {
        let e = read(&dir.file("r.json", text)).unwrap_err();
        assert!(e.text().de.contains(word), "{}", e.text().de);
    };
    refused(&header("1.0", r#","CityObjects":{},"vertices":[]"#), "cjio");
    refused(&line("a"), "Kopfzeile");
    refused(&doc(&format!(r#""a":{good}"#)).replace("[0,0,0]", "[0,0,NaN]"), "beschädigt");
    refused(
        &format!(
            r#"{{"type":"CityJSON","version":"2.0","CityObjects":{{}},"vertices":[],"a":{}"#,
            "[".repeat(500)
        ),
        "beschädigt",
    );
    refused(r#"{"type":"CityJSON","version":"2.0","CityObjects":{},"vertices":[]}"#, "transform");
}
