//! One spot of a small city, told in full.

use super::*;
use crate::{
    model::{Coverage, GeometryKind, Language},
    rules::{
        Verdict, evaluate,
        testing::{TestCity, f, geometries, layer, rect, rule},
    },
};
use std::collections::BTreeMap;

const OVERLAP: &str = "[predicate.overlap]\nmin_area_m2 = 1.0";

fn city() -> City {
    TestCity::new()
        .polygons("m/sites", &[f("a", rect(0.0, 0.0, 10.0, 10.0))])
        .polygons("m/objects", &[f("o", rect(5.0, 0.0, 30.0, 10.0))])
        .rule(rule("R1", OVERLAP))
        .build()
}

#[test]
fn the_answer_is_told_in_both_languages_and_for_programs() {
    let city = city();
    let evaluation = evaluate(&city, &Control::default());
    let answer = why(&city, &evaluation, [7.0, 5.0], &Control::default()).unwrap();
    assert_eq!(answer.spot.rules[0].verdict, Verdict::Conflict);
    assert_eq!(answer.spot.rules[0].share_percent, Some(50.0));
    let none = BTreeMap::new();
    for language in Language::ALL {
        let text = to_text(&answer, &city, &none, language);
        assert!(text.contains("R1") && text.contains("Amt") && text.contains("2024"), "{text}");
        assert!(!text.contains("Unknown localization"), "{text}");
        assert!(text.lines().all(|l| l.trim_end() == l), "{text:?}");
    }
    let json = to_json(&answer, &city, &none);
    assert_eq!(json["rules"][0]["verdict"], "conflict");
    assert_eq!(json["rules"][0]["review"]["status"], "open");
    assert_eq!(json["layers"].as_array().unwrap().len(), answer.spot.layers.len());
}

#[test]
fn where_no_data_reach_nothing_is_ever_called_free_of_conflict() {
    let reach = |x1: f64| Coverage::Polygons(geometries(GeometryKind::Polygon, &[rect(0.0, 0.0, x1, 100.0)]));
    let sites = layer(
        "m/sites",
        GeometryKind::Polygon,
        &[f("a", rect(0.0, 0.0, 10.0, 10.0)), f("far", rect(60.0, 0.0, 70.0, 10.0))],
        reach(80.0),
    );
    let objects = layer(
        "m/objects",
        GeometryKind::Polygon,
        &[f("o", rect(5.0, 0.0, 30.0, 10.0))],
        reach(50.0),
    );
    let city = TestCity::new().layer(sites).layer(objects).rule(rule("R1", OVERLAP)).build();
    let evaluation = evaluate(&city, &Control::default());
    let at = |p: [f64; 2]| why(&city, &evaluation, p, &Control::default()).unwrap();
    // Beyond the objects' data, on a site and beside one; then beyond the sites' data as well.
    for (p, unknown) in [
        ([65.0, 5.0], [false, true]),
        ([55.0, 50.0], [false, true]),
        ([90.0, 50.0], [true, true]),
    ] {
        let answer = at(p);
        assert_eq!(answer.spot.rules[0].verdict, Verdict::Unknown, "{p:?}");
        let layers: Vec<bool> = answer.spot.layers.iter().map(|l| l.unknown).collect();
        assert_eq!(layers, unknown, "{p:?}");
        let text = to_text(&answer, &city, &BTreeMap::new(), Language::En);
        assert!(text.contains("objects (en): no data."), "{text}");
        assert!(!text.contains("no conflict"), "{text}");
    }
    // Within both, where nothing lies: no subject, so the rule says nothing, and that is known.
    assert_eq!(at([40.0, 50.0]).spot.rules[0].verdict, Verdict::NotApplicable);
}
