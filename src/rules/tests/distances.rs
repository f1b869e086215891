//! Within, beyond, adjacent.

use super::{close, counts, run, subject};
use crate::{
    model::{Coverage, GeometryKind, Severity},
    rules::testing::{TestCity, f, geometries, layer, rect, rule},
};

const WITHIN: &str = "[predicate.within_distance]\ndistance_m = 30.0";

#[test]
fn exactly_the_distance_is_kept() {
    let sites = [
        f("29.9", rect(29.9, 0.0, 40.0, 10.0)),
        f("30", rect(30.0, 0.0, 40.0, 10.0)),
        f("inside", rect(-5.0, 2.0, -4.0, 3.0)),
    ];
    let objects = [f("forest", rect(-10.0, 0.0, 0.0, 10.0)), f("far", rect(500.0, 0.0, 510.0, 10.0))];
    let e = run(TestCity::new()
        .polygons("m/sites", &sites)
        .polygons("m/objects", &objects)
        .rule(rule("R1", WITHIN)));
    assert_eq!(counts(&e), (2, 1, 0));
    let c = subject(&e, "29.9");
    assert!(close(c.measured.value, 29.9));
    assert_eq!((c.threshold.as_ref().unwrap().value, c.objects.len()), (30.0, 1));
    assert_eq!(c.reasons[0].de, "29,9 m Abstand zu „objects (de)“ („forest“); zu halten sind 30 m.");
    assert_eq!(subject(&e, "inside").measured.value, 0.0);
}

#[test]
fn states_and_attributes_change_distance_severity_and_subjects() {
    let text = r#"
subject = { slot = "m/sites", filter = "setting = 'outer'" }
[predicate.within_distance]
distance_m = 5.0
[severity_by]
object_attribute = "order"
table = { 1 = 3 }
[state.ST]
distance_by = { object_attribute = "order", table = { 1 = 10.0, 2 = 5.0 } }
source = "WG LSA"
evidence = "P"
[state.BW]
distance_m = 8.0
severity = 4
subject_filter = ""
[state.RP]
applies = false
"#;
    let text = text.replacen("subject = { slot = \"m/sites\", filter = \"setting = 'outer'\" }", "", 1);
    let mut r = rule("R1", &text);
    r.subject.filter = Some("setting = 'outer'".into());
    let sites = [
        f("a", rect(6.0, 0.0, 9.0, 3.0)).text("setting", "outer"),
        f("b", rect(6.0, 10.0, 9.0, 13.0)).text("setting", "inner"),
        f("c", rect(6.0, 50.0, 9.0, 53.0)).text("setting", "outer"),
    ];
    let objects = [
        f("first", rect(0.0, 0.0, 0.5, 20.0)).text("order", "1"),
        f("second", rect(0.0, 50.0, 0.5, 60.0)).text("order", "2"),
    ];
    let city = || {
        TestCity::new()
            .polygons("m/sites", &sites)
            .polygons("m/objects", &objects)
            .rule(r.clone())
    };
    assert_eq!(counts(&run(city())), (0, 2, 0));
    let st = run(city().state("ST"));
    assert_eq!(counts(&st), (1, 1, 0));
    let c = subject(&st, "a");
    assert_eq!((c.threshold.as_ref().unwrap().value, c.severity), (10.0, Severity::Restricted));
    assert!(c.reasons.iter().any(|r| r.de.contains("WG LSA")) && c.reasons.iter().any(|r| r.de.contains("Landesregel ST")));
    let bw = run(city().state("BW"));
    assert_eq!(counts(&bw), (3, 0, 0));
    assert_eq!(bw.outcomes[0].by_severity, [0, 0, 2, 1], "the table goes before the variant");
    let rp = run(city().state("RP"));
    assert_eq!((counts(&rp), rp.outcomes[0].reasons.len()), ((0, 0, 0), 1));
}

#[test]
fn touching_within_tolerance_is_adjacent() {
    let sites = [
        f("touching", rect(10.0, 0.0, 20.0, 10.0)),
        f("exactly", rect(10.5, 0.0, 20.0, 10.0)),
        f("apart", rect(10.6, 0.0, 20.0, 10.0)),
    ];
    let objects = [f("GI", rect(0.0, 0.0, 10.0, 10.0)).text("baunvo", "GI")];
    let text = "[predicate.adjacent]\ntolerance_m = 0.5\n[severity_by]\nobject_attribute = \"baunvo\"\ntable = { GI = 3 }";
    let e = run(TestCity::new()
        .polygons("m/sites", &sites)
        .polygons("m/objects", &objects)
        .rule(rule("R1", text)));
    assert_eq!(counts(&e), (2, 1, 0));
    assert_eq!(e.outcomes[0].by_severity, [0, 0, 2, 0]);
}

const BEYOND: &str = "[predicate.beyond_distance]\ndistance_m = 500.0";

#[test]
fn beyond_finds_the_nearest_or_says_that_there_is_none() {
    let objects = [f("park", vec![[0.0, 0.0]]), f("other", vec![[-900.0, 0.0]])];
    let sites = [
        f("exactly", rect(500.0, -5.0, 510.0, 5.0)),
        f("farther", rect(500.2, -5.0, 510.0, 5.0)),
        f("lonely", rect(5600.0, -5.0, 5700.0, 5.0)),
    ];
    let e = run(TestCity::new()
        .polygons("m/sites", &sites)
        .points("m/objects", &objects)
        .rule(rule("R1", BEYOND)));
    assert_eq!(counts(&e), (2, 1, 0));
    let c = subject(&e, "farther");
    assert!(close(c.measured.value, 500.2) && c.objects.is_empty());
    assert_eq!(
        c.reasons[0].de,
        "Nichts aus „objects (de)“ innerhalb von 500 m Luftlinie; am nächsten ist „park“ mit 500,2 m."
    );
    let lonely = subject(&e, "lonely");
    assert_eq!(lonely.measured.value, 5000.0);
    assert!(lonely.reasons[0].en.ends_with("nothing is recorded within 5,000 m either.") || lonely.reasons[0].en.contains("5000 m either"));
}

#[test]
fn small_parks_do_not_count() {
    let objects = [f("small", rect(0.0, 0.0, 70.0, 71.0)), f("large", rect(2000.0, 0.0, 2100.0, 50.0))];
    let text = format!("{BEYOND}\nmin_object_area_m2 = 5000.0");
    let sites = [f("s", rect(100.0, 0.0, 110.0, 10.0)), f("t", rect(1700.0, 0.0, 1710.0, 10.0))];
    let e = run(TestCity::new()
        .polygons("m/sites", &sites)
        .polygons("m/objects", &objects)
        .rule(rule("R1", &text)));
    assert_eq!(counts(&e), (1, 1, 0));
    assert!(close(subject(&e, "s").measured.value, 1890.0));
    // A point may be a park of any size.
    let e = run(TestCity::new()
        .polygons("m/sites", &sites[..1])
        .points("m/objects", &[f("p", vec![[0.0, 0.0]])])
        .rule(rule("R1", &text)));
    assert_eq!(counts(&e), (0, 0, 1));
}

#[test]
fn nothing_can_be_missed_where_nobody_looked() {
    let covered = geometries(GeometryKind::Polygon, &[rect(0.0, 0.0, 100.0, 100.0)]);
    let objects = layer(
        "m/objects",
        GeometryKind::Point,
        &[f("stop", vec![[-4000.0, 0.0]])],
        Coverage::Polygons(covered),
    );
    let sites = [f("in", rect(0.0, 0.0, 10.0, 10.0)), f("out", rect(200.0, 0.0, 210.0, 10.0))];
    let e = run(TestCity::new().polygons("m/sites", &sites).layer(objects).rule(rule("R1", BEYOND)));
    assert_eq!(counts(&e), (1, 0, 1));
}
