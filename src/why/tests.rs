//! One spot of a small city, told in full.

use super::*;
use crate::{
    model::{Coverage, GeometryKind, Language},
    modules::Role,
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

/// A plot of 20 × 30 m in a WA with a house of 10 × 25 m and 12 m of height, 2 m from its western boundary; beside it an empty one.
fn plots(state: Option<&str>) -> City {
    let all = |slot: &str, list: &[crate::rules::testing::F]| layer(slot, GeometryKind::Polygon, list, Coverage::AreaOfInterest);
    let house = f("h", rect(2.0, 2.0, 12.0, 27.0))
        .text("function", "31001_1010")
        .text("roof_type", "1000")
        .real("height_m", 12.0)
        .real("storeys", 4.0);
    let mut city = TestCity::new()
        .layer(all(
            "m/zones",
            &[f("z", rect(-50.0, -50.0, 90.0, 90.0)).text("baunvo", "WA").real("storeys", 3.0)],
        ))
        .role(Role::Zones)
        .layer(all(
            "m/parcels",
            &[f("p", rect(0.0, 0.0, 20.0, 30.0)), f("q", rect(20.0, 0.0, 40.0, 30.0))],
        ))
        .role(Role::Parcels)
        .layer(all("m/buildings", &[house]))
        .role(Role::Buildings);
    if let Some(state) = state {
        city = city.state(state);
    }
    city.build()
}

#[test]
fn building_law_answers_with_value_threshold_section_and_what_is_unknown() {
    let city = plots(Some("BE"));
    let evaluation = evaluate(&city, &Control::default());
    let at = |p: [f64; 2]| law_at(&city, &evaluation, p, &Control::default());
    let of = |rules: &[rules::SpotRule], id: &str| rules.iter().find(|r| r.rule == id).unwrap().clone();
    let here = at([15.0, 20.0]);
    let ids: Vec<&str> = here.iter().map(|r| r.rule.as_str()).collect();
    assert_eq!(ids, ["GRZ", "GRZ2", "GFZ", "BMZ", "Z", "H", "BG", "AF", "BSD"]);
    // 250 m² on 600 m² is above 0.4, an orientation value; no plan is to blame.
    let grz = of(&here, "GRZ");
    assert_eq!(grz.verdict, Verdict::Conflict);
    let value = |q: &Option<crate::model::Quantity>| q.as_ref().map(|q| (q.value * 1000.0).round() / 1000.0);
    assert_eq!(
        (value(&grz.measured), value(&grz.threshold), &grz.conflict),
        (Some(0.417), Some(0.4), &None)
    );
    assert!(
        grz.reason.de.contains("§ 17 BauNVO") && grz.reason.de.contains("0,42"),
        "{}",
        grz.reason.de
    );
    assert!(grz.further.iter().any(|t| t.en.contains("protected")), "{:?}", grz.further);
    // Access is in no data.
    let total = of(&here, "GRZ2");
    assert_eq!((total.verdict, value(&total.threshold)), (Verdict::Unknown, Some(0.6)));
    assert!(total.further.iter().any(|t| t.de.contains("Zufahrten")), "{:?}", total.further);
    let storeys = of(&here, "Z");
    assert_eq!(
        (storeys.verdict, value(&storeys.measured), value(&storeys.threshold)),
        (Verdict::Conflict, Some(4.0), Some(3.0))
    );
    // No height is set: there is nothing to measure by, and that is not "kept".
    let height = of(&here, "H");
    assert_eq!((height.verdict, value(&height.measured)), (Verdict::Unknown, Some(12.0)));
    assert!(height.further.iter().any(|t| t.de.contains("Maßstab")), "{:?}", height.further);
    assert_eq!(of(&here, "BG").verdict, Verdict::NotApplicable);
    assert_eq!(of(&here, "BSD").verdict, Verdict::NotApplicable);
    // 0.4 × 12 m against 2 m to the western boundary.
    let wall = of(&here, "AF");
    assert_eq!(
        (wall.verdict, value(&wall.measured), value(&wall.threshold)),
        (Verdict::Conflict, Some(2.0), Some(4.8))
    );
    assert!(wall.reason.en.contains("BauO Bln"), "{}", wall.reason.en);
    // The empty plot beside says so.
    let beside = at([35.0, 15.0]);
    assert_eq!(of(&beside, "GRZ").verdict, Verdict::NotApplicable);
    assert!(of(&beside, "GRZ").reason.de.contains("kein Gebäude"));
    let nowhere = at([-40.0, -40.0]);
    assert!(
        of(&nowhere, "GFZ").reason.en.contains("no plot"),
        "{}",
        of(&nowhere, "GFZ").reason.en
    );
}

#[test]
fn the_whole_answer_tells_building_law_and_nothing_of_it_outside_germany() {
    let city = plots(Some("BE"));
    let evaluation = evaluate(&city, &Control::default());
    let answer = why(&city, &evaluation, [15.0, 20.0], &Control::default()).unwrap();
    for language in Language::ALL {
        let text = to_text(&answer, &city, &BTreeMap::new(), language);
        assert!(
            text.contains("GRZ") && text.contains("§ 17 BauNVO") && text.contains("§ 19 (4)"),
            "{text}"
        );
    }
    let json = to_json(&answer, &city, &BTreeMap::new());
    let of = |id: &str| json["rules"].as_array().unwrap().iter().find(|r| r["rule"] == id).unwrap().clone();
    assert_eq!(
        (&of("GRZ")["law"], of("GRZ")["verdict"].as_str()),
        (&"BauNVO".into(), Some("conflict"))
    );
    let abroad = plots(None);
    let told = law_at(&abroad, &evaluate(&abroad, &Control::default()), [15.0, 20.0], &Control::default());
    assert!(
        told.iter()
            .all(|r| r.verdict == Verdict::NotApplicable && r.reason.de.contains("Bundesland"))
    );
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
