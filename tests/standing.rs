//! Do buildings with heights of their own stand on the ground? Blocks of LoD1 are set on it and are never reported; LoD2 keep their heights, and
//! how far they float or sink is told.

mod common;

use stadtschicht::{
    model::{Finding, Level},
    progress::Control,
    project,
};
use std::{fmt::Write as _, path::Path};

/// A box of 10 × 8 × 6 m as a solid of the given LoD.
fn block(id: &str, lod: u8, [x, y, z]: [f64; 3]) -> String {
    let p = |dx: f64, dy: f64, dz: f64| format!("{:.2} {:.2} {:.2}", x + dx, y + dy, z + dz);
    let corners = |z: f64| [p(0.0, 0.0, z), p(10.0, 0.0, z), p(10.0, 8.0, z), p(0.0, 8.0, z)];
    let (low, top) = (corners(0.0), corners(6.0));
    let mut faces = vec![vec![&low[0], &low[3], &low[2], &low[1]], vec![&top[0], &top[1], &top[2], &top[3]]];
    for k in 0..4 {
        let n = (k + 1) % 4;
        faces.push(vec![&low[k], &low[n], &top[n], &top[k]]);
    }
    let mut out = format!(
        "<core:cityObjectMember><bldg:Building gml:id=\"{id}\"><bldg:function>31001_1000</bldg:function><bldg:measuredHeight uom=\"m\">6</bldg:measuredHeight><bldg:lod{lod}Solid><gml:Solid><gml:exterior><gml:CompositeSurface>"
    );
    for face in faces {
        let ring: Vec<&str> = face.iter().chain(face.first()).map(|p| p.as_str()).collect();
        let _ = write!(
            out,
            "<gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList srsDimension=\"3\">{}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember>",
            ring.join(" ")
        );
    }
    let _ = write!(
        out,
        "</gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod{lod}Solid></bldg:Building></core:cityObjectMember>"
    );
    out
}

fn model(blocks: &[String]) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><core:CityModel xmlns:core=\"http://www.opengis.net/citygml/1.0\" xmlns:bldg=\"http://www.opengis.net/citygml/building/1.0\" xmlns:gml=\"http://www.opengis.net/gml\"><gml:boundedBy><gml:Envelope srsName=\"urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH\"></gml:Envelope></gml:boundedBy>{}</core:CityModel>",
        blocks.concat()
    )
}

/// A grid of `n` × `n` cells of `cell` metres from `corner`, with a height for the middle of each.
fn grid(corner: [f64; 2], n: usize, cell: f64, height: impl Fn([f64; 2]) -> f64) -> String {
    let mut out = format!(
        "ncols {n}\nnrows {n}\nxllcorner {}\nyllcorner {}\ncellsize {cell}\nNODATA_value -9999\n",
        corner[0], corner[1]
    );
    for row in (0..n).rev() {
        for column in 0..n {
            let _ = write!(
                out,
                "{:.3} ",
                height([corner[0] + (column as f64 + 0.5) * cell, corner[1] + (row as f64 + 0.5) * cell])
            );
        }
        out.push('\n');
    }
    out
}

/// What is said about standing in a project of these buildings on this terrain.
fn said(dir: &Path, site: [f64; 2], gml: &str, terrain: &str) -> Vec<Finding> {
    std::fs::write(dir.join("b.gml"), gml).unwrap();
    std::fs::write(dir.join("dgm.asc"), terrain).unwrap();
    let text = format!(
        "schema = 1\ntitle = {{ de = \"Stand\", en = \"Standing\" }}\ncrs = \"EPSG:25832\"\nsite = [{}, {}]\nmodules = [\"land_potential\"]\n\
         [[bind]]\nslot = \"land_potential/buildings\"\nfile = \"b.gml\"\nmapping = \"citygml/buildings\"\n\
         [[bind]]\nslot = \"land_potential/terrain\"\nfile = \"dgm.asc\"\nmapping = \"dem/heights\"\ncrs = \"EPSG:25832\"\n",
        site[0], site[1]
    );
    std::fs::write(dir.join("project.toml"), text).unwrap();
    let city = project::open(dir, &Control::default()).unwrap();
    assert!(city.terrain().is_some(), "{:?}", city.report.findings);
    let all = city.report.findings.iter();
    all.filter(|f| ["PJ-100", "PJ-101", "PJ-102"].contains(&f.code.as_str()))
        .cloned()
        .collect()
}

const X: f64 = 500_000.0;
const Y: f64 = 5_600_000.0;

/// Ground that rises by a metre on ten to the east, 50 m high in the west.
fn slope() -> String {
    grid([X - 50.0, Y - 50.0], 30, 10.0, |p| 50.0 + 0.1 * (p[0] - X))
}

#[test]
fn what_floats_and_what_sinks_is_told_and_what_stands_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let on = |east: f64, off: f64| [X + east, Y + 10.0, 50.0 + 0.1 * east + off];
    let blocks = [
        block("stands", 2, on(10.0, 0.0)),
        block("stands-too", 2, on(30.0, 0.9)),
        block("floats", 2, on(50.0, 2.5)),
        block("floats-more", 2, on(70.0, 4.0)),
        block("floats-most", 2, on(90.0, 7.0)),
        block("sinks", 2, on(110.0, -3.0)),
        block("outside", 2, on(900.0, 0.0)),
        block("block", 1, on(130.0, 40.0)),
    ];
    let found = said(dir.path(), [X, Y], &model(&blocks), &slope());
    let texts: Vec<(&str, u64, Level)> = found.iter().map(|f| (f.text.de.as_str(), f.count, f.level)).collect();
    assert_eq!(found.len(), 3, "{texts:?}");
    let of = |part: &str| {
        texts
            .iter()
            .find(|t| t.0.contains(part))
            .unwrap_or_else(|| panic!("{part}: {texts:?}"))
    };
    let floats = of("3 von 6 Gebäuden mit eigener Höhe schweben über dem Gelände, im Median um 4,0 m, höchstens um 7,0 m.");
    assert_eq!((floats.1, floats.2), (3, Level::Warning));
    assert_eq!(of("1 von 6 Gebäuden mit eigener Höhe steckt im Gelände, um 3,0 m.").1, 1);
    assert_eq!(of("ist nicht bekannt").1, 1);
    assert!(found.iter().any(|f| {
        f.text
            .en
            .contains("1 of 6 buildings with a height of their own sinks into the terrain, by 3.0 m.")
    }));
    assert!(found.iter().all(|f| f.layer.as_deref() == Some("land_potential/buildings")));
}

#[test]
fn blocks_of_lod1_may_bring_any_height() {
    let dir = tempfile::tempdir().unwrap();
    let blocks = [block("a", 1, [X + 10.0, Y, 0.0]), block("b", 1, [X + 40.0, Y, 300.0])];
    let found = said(dir.path(), [X, Y], &model(&blocks), &slope());
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn an_official_tile_on_ground_that_lies_too_high_sinks() {
    let Some(data) = common::real_data() else { return };
    let gml = std::fs::read_to_string(data.join("citygml/LoD2_32_280_5659_1_NW.gml")).unwrap();
    // Its grounds are between 33.4 and 35.9 m.
    let at = |height: f64| {
        let dir = tempfile::tempdir().unwrap();
        let flat = grid([280_500.0, 5_658_800.0], 40, 20.0, |_| height);
        said(dir.path(), [280_850.0, 5_659_200.0], &gml, &flat)
    };
    let [low, right, high] = [28.0, 34.6, 40.0].map(at);
    assert!(low.len() == 1 && low[0].text.de.contains("schweben"), "{low:?}");
    assert!(high.len() == 1 && high[0].text.de.contains("stecken"), "{high:?}");
    assert_eq!(low[0].count, high[0].count, "all buildings of the tile");
    let off: u64 = right.iter().map(|f| f.count).sum();
    assert!(
        off * 4 < low[0].count,
        "a plane in the middle of their heights fits nearly all: {right:?}"
    );
}
