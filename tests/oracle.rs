//! The kernels against GEOS: `tests/oracle/make.py` wrote the pairs and their values with shapely.

use geo::Area;
use serde_json::Value;
use stadtschicht::geometry::{
    PreparedArea, PreparedEdges, Scratch, area_m2, distance_m, intersection, overlap_area_m2, repair_multi_polygon, zonal,
};
use stadtschicht::model::{Geometries, GeometriesBuilder, GeometryKind, Raster};

/// Relative: areas to the larger feature, everything else to the value or 1.
const TOLERANCE: f64 = 1e-6;

fn oracle() -> Value {
    serde_json::from_str(include_str!("oracle/pairs.json")).expect("pairs.json is JSON")
}

fn numbers(v: &Value) -> Vec<f64> {
    v.as_array()
        .expect("a list")
        .iter()
        .map(|x| x.as_f64().expect("a number"))
        .collect()
}

/// `[kind, [[ring, …], …]]` in millimetres from the origin, as one feature.
fn feature(packed: &Value, origin: &[f64]) -> Geometries {
    let kind = match packed[0].as_str() {
        Some("polygon") => GeometryKind::Polygon,
        Some("line") => GeometryKind::Line,
        _ => GeometryKind::Point,
    };
    let mut b = GeometriesBuilder::new(kind);
    for part in packed[1].as_array().expect("parts") {
        for ring in part.as_array().expect("rings") {
            b.ring(ring.as_array().expect("vertices").iter().map(|p| {
                let p = numbers(p);
                [origin[0] + p[0] / 1000.0, origin[1] + p[1] / 1000.0]
            }));
        }
        b.end_part();
    }
    b.end_feature();
    b.finish()
}

fn assert_near(got: f64, want: f64, scale: f64, what: &str) {
    assert!((got - want).abs() <= TOLERANCE * scale.max(1.0), "{what}: {got}, GEOS says {want}");
}

#[test]
fn areas_of_intersection_are_those_of_geos() {
    let oracle = oracle();
    let origin = numbers(&oracle["origin"]);
    let (mut compared, mut scratch) = (0, Scratch::default());
    for (k, pair) in oracle["pairs"].as_array().expect("pairs").iter().enumerate() {
        let Some(want) = pair["area"].as_f64() else { continue };
        let (a, b) = (feature(&pair["a"], &origin), feature(&pair["b"], &origin));
        let scale = area_m2(&a, 0).max(area_m2(&b, 0));
        let (pa, pb) = (PreparedArea::new(&a, 0), PreparedArea::new(&b, 0));
        let what = format!("pair {k} ({})", pair["name"]);
        assert_near(overlap_area_m2(&pa, &pb, &mut scratch), want, scale, &what);
        assert_near(overlap_area_m2(&pb, &pa, &mut scratch), want, scale, &what);
        let shape = intersection((&a, 0), (&b, 0)).expect("an overlay of valid polygons");
        assert_near(shape.unsigned_area(), want, scale, &format!("{what}, as geometry"));
        compared += 1;
    }
    assert!(compared >= 300, "only {compared} pairs were compared");
}

#[test]
fn distances_are_those_of_geos() {
    let oracle = oracle();
    let origin = numbers(&oracle["origin"]);
    let (mut compared, mut apart) = (0, 0);
    for (k, pair) in oracle["pairs"].as_array().expect("pairs").iter().enumerate() {
        let want = pair["distance"].as_f64().expect("a distance");
        let (a, b) = (feature(&pair["a"], &origin), feature(&pair["b"], &origin));
        let (a, b) = (PreparedEdges::new(&a, 0), PreparedEdges::new(&b, 0));
        let what = format!("pair {k} ({})", pair["name"]);
        assert_near(distance_m(&a, &b, f64::INFINITY).expect("no cut-off"), want, want, &what);
        assert_near(distance_m(&b, &a, want + 0.001).expect("within the cut-off"), want, want, &what);
        if want > 0.01 {
            assert_eq!(distance_m(&a, &b, want - 0.001), None, "{what}");
            apart += 1;
        }
        compared += 1;
    }
    assert!(
        compared >= 400 && apart >= 100,
        "only {compared} pairs were compared, {apart} of them apart"
    );
}

#[test]
fn zonal_values_are_those_of_exact_cell_coverage() {
    let oracle = oracle();
    let origin = numbers(&oracle["origin"]);
    let mut compared = 0;
    for (k, case) in oracle["zonal"].as_array().expect("zonal").iter().enumerate() {
        let g = feature(&case["geometry"], &origin);
        let (cell, corner) = (numbers(&case["cell_m"]), numbers(&case["origin_m"]));
        let size = |key: &str| case[key].as_u64().expect("a size") as usize;
        let raster = Raster {
            width: size("width"),
            height: size("height"),
            origin: [origin[0] + corner[0], origin[1] + corner[1]],
            cell_m: [cell[0], cell[1]],
            values: case["values"]
                .as_array()
                .expect("values")
                .iter()
                .map(|v| v.as_f64().map_or(f32::NAN, |v| v as f32))
                .collect(),
            provenance: vec![],
        };
        let z = zonal(&raster, &g, 0);
        let scale = area_m2(&g, 0);
        let what = |name: &str| format!("zonal {k}, {name}");
        assert_near(z.covered_m2, case["covered_m2"].as_f64().expect("an area"), scale, &what("covered"));
        assert_near(z.no_data_m2, case["no_data_m2"].as_f64().expect("an area"), scale, &what("no data"));
        for (name, got) in [("mean", z.mean), ("max", z.max), ("share_above_50", z.share_above(50.0, false))] {
            match (got, case[name].as_f64()) {
                (Some(got), Some(want)) => assert_near(got, want, want, &what(name)),
                (got, want) => assert_eq!(got, want, "{}", what(name)),
            }
        }
        compared += 1;
    }
    assert!(compared >= 40, "only {compared} zonal cases were compared");
}

#[test]
fn what_geos_calls_valid_passes_the_validity_check_unchanged_in_area() {
    let oracle = oracle();
    let origin = numbers(&oracle["origin"]);
    let mut checked = 0;
    for pair in oracle["pairs"].as_array().expect("pairs") {
        for packed in [&pair["a"], &pair["b"]] {
            if packed[0] == "polygon" {
                let g = feature(packed, &origin);
                let parts = g.parts(0).map(|p| p.rings().map(<[_]>::to_vec).collect()).collect();
                let outcome = repair_multi_polygon(parts);
                assert!(matches!(outcome, stadtschicht::geometry::Repair::Valid(_)), "{packed}");
                checked += 1;
            }
        }
    }
    assert!(checked >= 500, "only {checked} polygons were checked");
}
