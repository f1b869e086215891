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

/// What somebody sets in the window is what the answer is weighed with, and it says so.
#[test]
fn the_weights_in_force_are_those_that_count() {
    let criterion = |id: &str, slot: &str| {
        format!(
            "[[criterion]]\nid = '{id}'\ntitle = {{ de = '{id}', en = '{id}' }}\nwhy = {{ de = 'W', en = 'W' }}\nslot = '{slot}'\nmeasure = {{ distance = {{ up_to_m = 100.0 }} }}\nunit = 'm'\nweight = 1.0\nvalue = {{ linear = {{ worst = 100.0, best = 0.0 }} }}\nevidence = 'K'\n"
        )
    };
    let head = "id = 'housing'\ntitle = { de = 'Wohnen', en = 'Housing' }\ndescription = { de = 'W', en = 'H' }\n";
    let def = toml::from_str(&[head, &criterion("near", "m/near"), &criterion("far", "m/far")].concat()).unwrap();
    let city = TestCity::new()
        .polygons("m/sites", &[f("a", rect(0.0, 0.0, 10.0, 10.0))])
        .points("m/near", &[f("n", vec![[5.0, 5.0]])])
        .points("m/far", &[f("f", vec![[900.0, 5.0]])])
        .build();
    let spot = rules::why_here(&city, &evaluate(&city, &Control::default()), [5.0, 5.0]);
    let mut in_force = InForce {
        uses: vec![WeighedUse {
            def: std::sync::Arc::new(def),
            weights: vec![1.0, 1.0],
        }],
        attitude: crate::suitability::Attitude::NEUTRAL,
        own: false,
    };
    let score = |in_force: &InForce| {
        let found = uses_at(&city, &spot, in_force, &Control::default()).unwrap();
        let shares: Vec<f64> = found.uses[0].criteria.iter().map(|c| c.weight_percent).collect();
        (found.uses[0].score, shares, found.own_weights)
    };
    assert_eq!(score(&in_force), (Some(5.0), vec![50.0, 50.0], false));
    (in_force.uses[0].weights, in_force.own) = (vec![3.0, 1.0], true);
    assert_eq!(score(&in_force), (Some(7.5), vec![75.0, 25.0], true));
    in_force.attitude = crate::suitability::Attitude::new(0.0).unwrap();
    assert_eq!(score(&in_force).0, Some(0.0), "cautious: the worst counts alone");
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
