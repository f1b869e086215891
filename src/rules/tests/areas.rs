//! Overlap and coverage.

use super::{close, counts, run, subject};
use crate::{
    model::{Coverage, GeometryKind, Severity},
    rules::testing::{F, TestCity, f, geometries, layer, rect, rule},
};

const LDEN: &str = r#"
[predicate.overlap]
min_area_m2 = 10.0
[predicate.overlap.threshold]
object_attribute = "db"
comparison = ">="
unit = "dB(A)"
limit = 65.0
[[predicate.overlap.threshold.step]]
limit = 70.0
severity = 3
"#;

fn bands() -> Vec<F> {
    vec![
        f("60", rect(0.0, 0.0, 100.0, 100.0)).real("db", 60.0),
        f("65", rect(0.0, 0.0, 60.0, 100.0)).real("db", 65.0),
        f("70", rect(0.0, 0.0, 20.0, 100.0)).real("db", 70.0),
    ]
}

#[test]
fn the_limit_itself_counts_where_the_rule_says_at_least() {
    let sites = [
        f("on", rect(30.0, 0.0, 80.0, 20.0)),
        f("quiet", rect(70.0, 0.0, 90.0, 20.0)),
        f("loud", rect(0.0, 50.0, 40.0, 60.0)),
    ];
    let city = TestCity::new()
        .polygons("m/sites", &sites)
        .polygons("m/objects", &bands())
        .rule(rule("R1", LDEN));
    let e = run(city);
    assert_eq!(counts(&e), (2, 1, 0));
    let on = subject(&e, "on");
    assert_eq!(
        (on.measured.value, on.threshold.as_ref().unwrap().value, on.severity),
        (65.0, 65.0, Severity::Weigh)
    );
    assert!(close(on.area_m2.unwrap(), 600.0) && close(on.share_percent.unwrap(), 60.0));
    assert_eq!(on.reasons[0].de, "60 % der Fläche (600 m²) liegen in „objects (de)“ ab 65 dB(A).");
    assert_eq!(
        on.reasons[0].en,
        "60% of the area (600 m²) lies in “objects (en)” from 65 dB(A) up."
    );
    assert_eq!(on.reasons[1].de, "Höchster Wert dort: 65 dB(A); Schwelle: 65 dB(A).");
    assert_eq!((on.data_date.as_deref(), on.proxy), (Some("2024"), false));
    assert!(
        on.reasons.iter().any(|r| r.de == "Prüfpflichtig nach § 1 BauGB (Richtwert)."),
        "{:?}",
        on.reasons
    );
    // Two bands cover the loud site's west: the step gives the severity, the union gives the area.
    let loud = subject(&e, "loud");
    assert_eq!((loud.measured.value, loud.severity), (70.0, Severity::Restricted));
    assert!(close(loud.area_m2.unwrap(), 400.0), "{:?}", loud.area_m2);
    assert_eq!(loud.objects.iter().map(|o| o.id.as_str()).collect::<Vec<_>>(), ["65", "70"]);
    assert!(e.outcomes[0].coverage_assumed);
    assert_eq!(e.conflicts[0].subject.id, "loud", "gravest first");
}

#[test]
fn strictly_above_leaves_the_limit_alone() {
    let city = TestCity::new()
        .polygons("m/sites", &[f("on", rect(30.0, 0.0, 80.0, 20.0))])
        .polygons("m/objects", &bands())
        .rule(rule("R1", &LDEN.replace("\">=\"", "\">\"")));
    assert_eq!(counts(&run(city)), (0, 1, 0));
}

#[test]
fn minima_of_area_and_share_must_both_be_exceeded() {
    let objects = [f("o", rect(0.0, 0.0, 10.0, 10.0))];
    let with = |site: Vec<[f64; 2]>, params: &str| {
        let r = rule("R1", &format!("[predicate.overlap]\n{params}"));
        counts(&run(TestCity::new()
            .polygons("m/sites", &[f("s", site)])
            .polygons("m/objects", &objects)
            .rule(r)))
    };
    // Exactly the least area is still noise; exactly the least share is not.
    assert_eq!(with(rect(9.0, 0.0, 19.0, 1.0), "min_area_m2 = 1.0"), (0, 1, 0));
    assert_eq!(with(rect(9.0, 0.0, 19.0, 1.5), "min_area_m2 = 1.0"), (1, 0, 0));
    assert_eq!(
        with(rect(5.0, 0.0, 15.0, 1.0), "min_area_m2 = 1.0\nmin_share_percent = 50.0"),
        (1, 0, 0)
    );
    assert_eq!(
        with(rect(6.0, 0.0, 16.0, 1.0), "min_area_m2 = 1.0\nmin_share_percent = 50.0"),
        (0, 1, 0)
    );
    // Touching is not sharing.
    assert_eq!(with(rect(10.0, 0.0, 20.0, 10.0), "min_area_m2 = 0.0"), (0, 1, 0));
}

#[test]
fn overlapping_objects_count_once() {
    let objects = [
        f("a", rect(0.0, 0.0, 6.0, 10.0)),
        f("b", rect(4.0, 0.0, 8.0, 10.0)),
        f("a again", rect(0.0, 0.0, 6.0, 10.0)),
    ];
    let city = |share: f64| {
        let r = rule(
            "R1",
            &format!("[predicate.overlap]\nmin_area_m2 = 1.0\nmin_share_percent = {share:?}"),
        );
        TestCity::new()
            .polygons("m/sites", &[f("s", rect(0.0, 0.0, 10.0, 10.0))])
            .polygons("m/objects", &objects)
            .rule(r)
    };
    let e = run(city(80.0));
    let c = subject(&e, "s");
    assert!(close(c.area_m2.unwrap(), 80.0) && close(c.share_percent.unwrap(), 80.0), "{c:?}");
    assert_eq!((c.measured.unit.as_str(), c.objects.len()), ("%", 3));
    assert!(close(geo::Area::unsigned_area(&c.geometry), 80.0));
    assert_eq!(c.bbox, crate::model::Bbox::new([0.0, 0.0], [8.0, 10.0]));
    // 160 % by sum, but 80 % in truth.
    assert_eq!(counts(&run(city(81.0))), (0, 1, 0));
}

const BY_ZONE: &str = r#"
[predicate.overlap]
min_area_m2 = 10.0
[predicate.overlap.threshold]
object_attribute = "db"
unit = "dB(A)"
subject_attribute = "baunvo"
limits = { WA = 55.0, GE = 65.0 }
"#;

#[test]
fn the_limit_follows_the_zone_and_a_zone_without_limit_is_unknown() {
    let at = || rect(70.0, 0.0, 90.0, 20.0);
    let sites = [
        f("wa", at()).text("baunvo", "WA"),
        f("ge", at()).text("baunvo", "GE"),
        f("so", at()).text("baunvo", "SO"),
        f("nobody knows", at()).null("baunvo"),
    ];
    let e = run(TestCity::new()
        .polygons("m/sites", &sites)
        .polygons("m/objects", &bands())
        .rule(rule("R1", BY_ZONE)));
    assert_eq!(counts(&e), (1, 1, 2));
    let c = subject(&e, "wa");
    assert_eq!((c.measured.value, c.threshold.as_ref().unwrap().value), (60.0, 55.0));
    assert_eq!(c.reasons[1].de, "Höchster Wert dort: 60 dB(A); Schwelle für WA: 55 dB(A).");
    let o = &e.outcomes[0];
    assert!(close(o.unknown_area_m2, 800.0));
    assert_eq!(o.reasons.len(), 2);
    assert_eq!(o.reasons[1].de, "1 Objekt: für „SO“ nennt die Regel keinen Grenzwert");
}

#[test]
fn an_object_without_value_makes_its_part_unknown() {
    let objects = [
        f("?", rect(0.0, 0.0, 10.0, 10.0)).null("db"),
        f("70", rect(50.0, 0.0, 60.0, 10.0)).real("db", 70.0),
    ];
    let sites = [
        f("a", rect(5.0, 0.0, 15.0, 10.0)),
        f("b", rect(5.0, 0.0, 55.0, 10.0)),
        f("c", rect(20.0, 0.0, 30.0, 10.0)),
    ];
    let e = run(TestCity::new()
        .polygons("m/sites", &sites)
        .polygons("m/objects", &objects)
        .rule(rule("R1", LDEN)));
    assert_eq!(counts(&e), (1, 1, 1));
    assert!(close(e.outcomes[0].unknown_area_m2, 100.0));
}

#[test]
fn outside_the_coverage_nothing_is_clear() {
    let covered = geometries(GeometryKind::Polygon, &[rect(0.0, 0.0, 50.0, 100.0), rect(40.0, 0.0, 60.0, 100.0)]);
    let objects = [f("o", rect(0.0, 0.0, 10.0, 10.0))];
    let sites = [
        f("inside", rect(20.0, 20.0, 30.0, 30.0)),
        f("half", rect(55.0, 20.0, 65.0, 30.0)),
        f("outside", rect(70.0, 20.0, 80.0, 30.0)),
        f("conflict and half", rect(5.0, 0.0, 105.0, 10.0)),
    ];
    let objects = layer("m/objects", GeometryKind::Polygon, &objects, Coverage::Polygons(covered));
    let r = rule("R1", "[predicate.overlap]\nmin_area_m2 = 1.0");
    let e = run(TestCity::new().polygons("m/sites", &sites).layer(objects).rule(r));
    assert_eq!(counts(&e), (1, 1, 2));
    let o = &e.outcomes[0];
    assert!(close(o.unknown_area_m2, 50.0 + 100.0 + 450.0), "{o:?}");
    assert!(!o.coverage_assumed);
    let c = subject(&e, "conflict and half");
    assert!(
        c.reasons.iter().any(|r| r.de.starts_with("Für 450 m² ist nichts bekannt")),
        "{:?}",
        c.reasons
    );
}

#[test]
fn the_area_of_interest_covers_what_it_covers() {
    let objects = layer("m/objects", GeometryKind::Polygon, &[], Coverage::AreaOfInterest);
    let sites = [f("in", rect(0.0, 0.0, 10.0, 10.0)), f("out", rect(90.0, 0.0, 110.0, 10.0))];
    let mut city = TestCity::new()
        .polygons("m/sites", &sites)
        .layer(objects)
        .rule(rule("R1", "[predicate.overlap]\nmin_area_m2 = 1.0"));
    city.area = Some(geometries(GeometryKind::Polygon, &[rect(0.0, 0.0, 100.0, 100.0)]));
    let e = run(city);
    assert_eq!(counts(&e), (0, 1, 1));
    assert!(close(e.outcomes[0].unknown_area_m2, 100.0));
}

#[test]
fn points_lie_inside_or_not() {
    let e = run(TestCity::new()
        .points(
            "m/sites",
            &[f("in", vec![[5.0, 5.0]]), f("on", vec![[10.0, 5.0]]), f("out", vec![[11.0, 5.0]])],
        )
        .polygons("m/objects", &[f("o", rect(0.0, 0.0, 10.0, 10.0))])
        .rule(rule("R1", "[predicate.overlap]\nmin_area_m2 = 1.0")));
    assert_eq!(counts(&e), (2, 1, 0));
    assert_eq!((subject(&e, "in").area_m2, subject(&e, "in").measured.value), (None, 100.0));
}
