//! Counts, kinds, shares of inhabitants, and distances that follow from the object.

use super::{close, counts, run, subject};
use crate::{
    model::{Language, Raster, Severity},
    rules::{
        explain,
        testing::{TestCity, f, rect, rule},
    },
};

fn at(id: &str, x: f64) -> crate::rules::testing::F {
    f(id, vec![[x, 5.0]])
}

fn sites() -> [crate::rules::testing::F; 1] {
    [f("s", rect(0.0, 0.0, 10.0, 10.0))]
}

#[test]
fn a_distance_follows_from_the_height_of_the_object() {
    let text =
        "[predicate.within_distance]\ndistance_from = { object_attributes = ['hub', 'rotor'], factor = 2.0, unknown_within_m = 500.0 }";
    let of = |x: f64, hub: Option<f64>| {
        let turbine = at("w", x).real("rotor", 50.0);
        let turbine = match hub {
            Some(v) => turbine.real("hub", v),
            None => turbine.null("hub"),
        };
        // A second one far away, so that the attribute is there.
        let far = at("far", 90_000.0).real("rotor", 1.0).real("hub", 1.0);
        run(TestCity::new()
            .polygons("m/sites", &sites())
            .points("m/objects", &[turbine, far])
            .rule(rule("R1", text)))
    };
    let e = of(200.0, Some(100.0));
    let c = subject(&e, "s");
    assert!(close(c.measured.value, 190.0) && close(c.threshold.as_ref().unwrap().value, 300.0));
    assert_eq!(counts(&of(310.0, Some(100.0))), (0, 1, 0), "exactly the distance suffices");
    assert_eq!(counts(&of(200.0, None)), (0, 0, 1), "a height that nobody told is not low");
    assert_eq!(counts(&of(600.0, None)), (0, 1, 0), "so far away no height matters");
    let words = explain(&rule("R1", text), Language::De);
    assert!(words.contains("2 × („hub“ + „rotor“)"), "{words}");
}

#[test]
fn three_trees_are_asked_for() {
    let text = "[predicate.beyond_distance]\ndistance_m = 20.0\nmin_count = 3.0";
    let of = |xs: &[f64]| {
        let trees: Vec<_> = xs.iter().enumerate().map(|(k, x)| at(&format!("t{k}"), *x)).collect();
        run(TestCity::new()
            .polygons("m/sites", &sites())
            .points("m/objects", &trees)
            .rule(rule("R1", text)))
    };
    let e = of(&[15.0, 30.0, 30.5]);
    let c = subject(&e, "s");
    assert_eq!((c.measured.value, c.threshold.as_ref().unwrap().value), (2.0, 3.0));
    assert_eq!(
        c.reasons[0].de,
        "2 aus „objects (de)“ innerhalb von 20 m Luftlinie; mindestens 3 sollen es sein."
    );
    assert_eq!(counts(&of(&[5.0, 15.0, 30.0])), (0, 1, 0));
}

#[test]
fn of_several_kinds_the_missing_ones_are_named() {
    let text = "[predicate.variety]\ndistance_m = 100.0\nmin_count = 3.0\nfurther = [{ slot = 'm/shops', filter = \"kind = 'food'\" }, { slot = 'm/stops' }]";
    let of = |shop: &str| {
        run(TestCity::new()
            .polygons("m/sites", &sites())
            .points("m/objects", &[at("o", 50.0)])
            .points("m/shops", &[at("x", 60.0).text("kind", shop)])
            .points("m/stops", &[at("h", 110.0)])
            .rule(rule("R1", text)))
    };
    let e = of("shoes");
    let c = subject(&e, "s");
    assert_eq!((c.measured.value, c.measured.unit.as_str()), (2.0, "×"));
    assert!(c.reasons[0].en.contains("missing: “shops (en)”"), "{:?}", c.reasons[0]);
    assert_eq!(counts(&of("food")), (0, 1, 0));
    // One kind nobody mapped: unknown, not missing.
    let blind = run(TestCity::new()
        .polygons("m/sites", &sites())
        .points("m/objects", &[at("o", 50.0)])
        .points("m/shops", &[at("x", 60.0).text("kind", "food")])
        .missing("m/stops")
        .rule(rule("R1", text)));
    assert_eq!(counts(&blind), (0, 0, 1));
}

#[test]
fn the_share_of_inhabitants_near_a_stop() {
    let of = |percent: f64, inhabitants: Option<f64>| {
        let text = format!("[predicate.served_share]\ndistance_m = 100.0\nmin_percent = {percent:.1}\npopulation = 'm/people'");
        let block = f("near", rect(0.0, 0.0, 40.0, 40.0));
        let block = match inhabitants {
            Some(n) => block.real("inhabitants", n),
            None => block.null("inhabitants"),
        };
        run(TestCity::new()
            .polygons("m/sites", &[f("s", rect(0.0, 0.0, 1000.0, 1000.0))])
            .points("m/objects", &[f("o", vec![[20.0, 20.0]])])
            .polygons(
                "m/people",
                &[block, f("far", rect(900.0, 900.0, 940.0, 940.0)).real("inhabitants", 50.0)],
            )
            .rule(rule("R1", &text)))
    };
    let e = of(80.0, Some(150.0));
    let c = subject(&e, "s");
    assert!(close(c.measured.value, 75.0), "{:?}", c.measured);
    assert_eq!(
        c.reasons[0].en,
        "150 of 200 inhabitants (75%) have “objects (en)” within 100 m in a straight line; 80% are asked for."
    );
    assert_eq!(counts(&of(75.0, Some(150.0))), (0, 1, 0), "exactly the share suffices");
    assert_eq!(counts(&of(10.0, None)), (0, 0, 1), "unknown inhabitants are not served");
}

#[test]
fn too_little_of_something_is_below_a_limit() {
    let text = "[predicate.zonal]\nstatistic = \"mean\"\n[predicate.zonal.threshold]\ncomparison = \"<\"\nunit = \"%\"\nlimit = 30.0\nstep = [{ limit = 10.0, severity = 3 }]";
    let of = |values: Vec<f32>| {
        run(TestCity::new()
            .polygons("m/sites", &[f("s", rect(0.0, 0.0, 20.0, 10.0))])
            .grid(
                "m/objects",
                Raster {
                    width: 2,
                    height: 1,
                    origin: [0.0, 10.0],
                    cell_m: [10.0, 10.0],
                    values,
                    provenance: vec![],
                },
            )
            .rule(rule("R1", text)))
    };
    let e = of(vec![10.0, 40.0]);
    let c = subject(&e, "s");
    assert!(close(c.measured.value, 25.0) && close(c.share_percent.unwrap(), 50.0));
    assert!(c.reasons[1].de.contains("liegen unter 30 %"), "{:?}", c.reasons);
    assert_eq!(subject(&of(vec![2.0, 4.0]), "s").severity, Severity::Restricted);
    assert_eq!(counts(&of(vec![30.0, 30.0])), (0, 1, 0), "exactly the limit suffices");
}

#[test]
fn the_area_of_parks_is_shared_by_all_and_a_rule_can_be_switched_off() {
    let text = r#"
[predicate.capacity]
catchment_m = 500.0
places_from_area = true
min_object_area_m2 = 5000.0
unit = { de = "m²", en = "m²" }
population = "m/people"
demand_per_inhabitant = 6.0
floor_area_per_dwelling_m2 = 100.0
inhabitants_per_dwelling = 2.0
gfz_by_baunvo = { WA = 1.0 }
warn_percent = 100.0
"#;
    let city = || {
        TestCity::new()
            .polygons(
                "m/sites",
                &[f("s", rect(0.0, 0.0, 100.0, 100.0))
                    .text("baunvo", "WA")
                    .null("gfz")
                    .null("dwellings")],
            )
            .polygons(
                "m/objects",
                &[
                    f("park", rect(200.0, 0.0, 300.0, 60.0)),
                    f("small", rect(200.0, 100.0, 260.0, 160.0)),
                ],
            )
            .polygons("m/people", &[f("b", rect(0.0, 0.0, 50.0, 50.0)).real("inhabitants", 1000.0)])
    };
    let e = run(city().rule(rule("R1", text)));
    // (1,000 + 200) × 6 m² on 6,000 m²; the small park does not count.
    assert!(close(subject(&e, "s").measured.value, 120.0));
    let mut off = rule("R1", text);
    off.off = true;
    let e = run(city().rule(off));
    assert_eq!((counts(&e), e.outcomes[0].subjects), ((0, 0, 0), 0));
    assert_eq!(e.outcomes[0].reasons[0].de, "Im Projekt nicht verwendet.");
}
