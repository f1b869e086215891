//! A grid of tiles with a hundred thousand LoD2 buildings: how long it takes to open and how much memory that needs. Run it by name:
//! `cargo test --release --test city_grid -- --ignored --nocapture`. `STADTSCHICHT_GRID` sets another number of buildings, and
//! `STADTSCHICHT_GRID_DIR` keeps the project to look at.

use stadtschicht::{progress::Control, project};
use std::{
    fmt::Write,
    path::{Path, PathBuf},
    time::Instant,
};

/// Buildings of one tile, as in a dense square kilometre.
const PER_TILE: usize = 4000;

/// A house with a gable roof: four walls, two roofs, one ground, linked from its solid as the state surveys do it.
fn house(out: &mut String, id: usize, at: [f64; 3], size: [f64; 2], eaves: f64) {
    let [x, y, z] = at;
    let [w, d] = size;
    let p = |dx: f64, dy: f64, dz: f64| format!("{:.3} {:.3} {:.3}", x + dx, y + dy, z + dz);
    let (a, b, c, e) = (p(0., 0., 0.), p(w, 0., 0.), p(w, d, 0.), p(0., d, 0.));
    let (at, bt, ct, et) = (p(0., 0., eaves), p(w, 0., eaves), p(w, d, eaves), p(0., d, eaves));
    let ridge = eaves + 3.0;
    let (w0, w1) = (p(0., d / 2., ridge), p(w, d / 2., ridge));
    let faces: [(&str, Vec<&String>); 7] = [
        ("Ground", vec![&a, &e, &c, &b]),
        ("Wall", vec![&a, &b, &bt, &at]),
        ("Wall", vec![&b, &c, &ct, &w1, &bt]),
        ("Wall", vec![&c, &e, &et, &ct]),
        ("Wall", vec![&e, &a, &at, &w0, &et]),
        ("Roof", vec![&at, &bt, &w1, &w0]),
        ("Roof", vec![&w0, &w1, &ct, &et]),
    ];
    let _ = write!(
        out,
        "<core:cityObjectMember><bldg:Building gml:id=\"B{id}\"><core:creationDate>2024-01-01</core:creationDate><bldg:function>31001_1000</bldg:function><bldg:roofType>3100</bldg:roofType><bldg:measuredHeight uom=\"urn:adv:uom:m\">{ridge:.3}</bldg:measuredHeight><bldg:storeysAboveGround>2</bldg:storeysAboveGround><bldg:lod2Solid><gml:Solid><gml:exterior><gml:CompositeSurface>"
    );
    for k in 0..faces.len() {
        let _ = write!(out, "<gml:surfaceMember xlink:href=\"#P{id}_{k}\"/>");
    }
    out.push_str("</gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod2Solid>");
    for (k, (kind, ring)) in faces.iter().enumerate() {
        let list: Vec<&str> = ring.iter().chain(ring.first()).map(|p| p.as_str()).collect();
        let _ = write!(
            out,
            "<bldg:boundedBy><bldg:{kind}Surface gml:id=\"S{id}_{k}\"><bldg:lod2MultiSurface><gml:MultiSurface><gml:surfaceMember><gml:Polygon gml:id=\"P{id}_{k}\"><gml:exterior><gml:LinearRing><gml:posList srsDimension=\"3\">{}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface></bldg:lod2MultiSurface></bldg:{kind}Surface></bldg:boundedBy>",
            list.join(" ")
        );
    }
    out.push_str("</bldg:Building></core:cityObjectMember>");
}

/// Writes the tiles and a project that binds them; the project's folder and the bytes of all tiles.
fn project_of(dir: &Path, buildings: usize) -> u64 {
    std::fs::create_dir_all(dir.join("lod2")).unwrap();
    let tiles = buildings.div_ceil(PER_TILE);
    let across = (tiles as f64).sqrt().ceil() as usize;
    let mut bytes = 0;
    for tile in 0..tiles {
        let (ox, oy) = (
            390_000.0 + 1000.0 * (tile % across) as f64,
            5_810_000.0 + 1000.0 * (tile / across) as f64,
        );
        let mut out = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><core:CityModel xmlns:core=\"http://www.opengis.net/citygml/1.0\" xmlns:bldg=\"http://www.opengis.net/citygml/building/1.0\" xmlns:gml=\"http://www.opengis.net/gml\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><gml:boundedBy><gml:Envelope srsName=\"urn:adv:crs:ETRS89_UTM33*DE_DHHN2016_NH\"></gml:Envelope></gml:boundedBy>",
        );
        let n = PER_TILE.min(buildings - tile * PER_TILE);
        let side = (PER_TILE as f64).sqrt().ceil() as usize;
        let step = 1000.0 / side as f64;
        for k in 0..n {
            let (i, j) = ((k % side) as f64, (k / side) as f64);
            let id = tile * PER_TILE + k;
            let size = [8.0 + (id % 5) as f64, 7.0 + (id % 3) as f64];
            house(
                &mut out,
                id,
                [ox + i * step, oy + j * step, 30.0],
                size,
                3.0 + (id % 4) as f64 * 2.8,
            );
        }
        out.push_str("</core:CityModel>");
        bytes += out.len() as u64;
        std::fs::write(
            dir.join(format!("lod2/LoD2_33_{}_{}.gml", 390 + tile % across, 5810 + tile / across)),
            out,
        )
        .unwrap();
    }
    std::fs::write(
        dir.join("project.toml"),
        "schema = 1\ntitle = { de = \"Raster\", en = \"Grid\" }\ncrs = \"EPSG:25833\"\nsite = [392500.0, 5812500.0]\nmodules = [\"land_potential\"]\nsynthetic = true\n\n[[bind]]\nslot = \"land_potential/buildings\"\nfiles = [\"lod2/*.gml\"]\nmapping = \"citygml/buildings\"\n",
    )
    .unwrap();
    bytes
}

/// Peak memory of this process in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:"));
    line.and_then(|l| l.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn opened(buildings: usize, keep: Option<PathBuf>) {
    let temporary = tempfile::tempdir().unwrap();
    let dir = keep.unwrap_or_else(|| temporary.path().to_path_buf());
    let bytes = project_of(&dir, buildings);
    let before = peak_mib();
    let start = Instant::now();
    let city = project::open(&dir, &Control::default()).unwrap();
    let took = start.elapsed().as_secs_f64();
    let layer = &city.layer(&"land_potential/buildings".into()).unwrap().layer;
    let bodies = layer.bodies.as_ref().unwrap();
    println!(
        "{buildings} buildings, {} MB of CityGML: opened in {took:.1} s, {} surfaces, {} vertices, peak {} MiB (before: {before})",
        bytes / 1_000_000,
        bodies.surface_count(),
        bodies.vertex_count(),
        peak_mib()
    );
    assert_eq!(
        (layer.len(), bodies.surface_count(), layer.report.adds_up()),
        (buildings, 7 * buildings, true)
    );
    assert_eq!(layer.attributes.value("use", 0).as_str(), Some("residential"));
    assert_eq!(layer.attributes.value("storeys", 0).as_f64(), Some(2.0));
    let offered: Vec<&str> = city.report.findings.iter().map(|f| f.code.as_str()).collect();
    assert!(offered.contains(&"PJ-101"), "{offered:?}");
}

#[test]
fn a_few_tiles_open_as_one_layer() {
    opened(9000, None);
}

#[test]
#[ignore = "two hundred seconds without optimisation"]
fn a_hundred_thousand_buildings_open() {
    let number = std::env::var("STADTSCHICHT_GRID").ok().and_then(|n| n.parse().ok());
    opened(number.unwrap_or(100_000), std::env::var_os("STADTSCHICHT_GRID_DIR").map(Into::into));
}
