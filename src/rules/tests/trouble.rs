//! Rules that cannot run as written, and cities that lack what they need.

use super::{counts, run};
use crate::{
    model::{Level, Report},
    progress::Control,
    rules::{
        Verdict, evaluate,
        testing::{F, TestCity, f, rect, rule},
        why_here,
    },
};

const OVERLAP: &str = "[predicate.overlap]\nmin_area_m2 = 1.0";

fn sites() -> Vec<F> {
    vec![
        f("a", rect(0.0, 0.0, 10.0, 10.0)).text("use", "housing"),
        f("b", rect(20.0, 0.0, 30.0, 10.0)).text("use", "trade"),
    ]
}

fn objects() -> Vec<F> {
    vec![f("o", rect(5.0, 0.0, 25.0, 10.0)).text("kind", "x")]
}

fn city() -> TestCity {
    TestCity::new().polygons("m/sites", &sites()).polygons("m/objects", &objects())
}

fn codes(report: &Report) -> Vec<(&str, Level)> {
    report.findings.iter().map(|f| (f.code.as_str(), f.level)).collect()
}

#[test]
fn filters_choose_subjects_and_objects() {
    let mut r = rule("R1", OVERLAP);
    r.subject.filter = Some("use = 'housing'".into());
    let e = run(city().rule(r.clone()));
    assert_eq!(counts(&e), (1, 0, 0));
    r.object.filter = Some("kind = 'y'".into());
    assert_eq!(counts(&run(city().rule(r))), (0, 1, 0));
}

#[test]
fn a_broken_rule_is_unknown_and_the_others_still_run() {
    let mut syntax = rule("R1", OVERLAP);
    syntax.subject.filter = Some("use = = 'x'".into());
    let mut attribute = rule("R2", OVERLAP);
    attribute.object.filter = Some("colour = 'red'".into());
    let line = rule(
        "R3",
        "[predicate.overlap]\nmin_area_m2 = 1.0\n[predicate.overlap.threshold]\nunit = 'm'\nobject_attribute = 'kind'",
    );
    let e = run(city().rule(syntax).rule(attribute).rule(line).rule(rule("R4", OVERLAP)));
    assert_eq!(
        codes(&e.report),
        [("RU-001", Level::Error), ("RU-002", Level::Error), ("RU-003", Level::Error)]
    );
    for o in &e.outcomes[..3] {
        assert_eq!(
            (o.subjects, o.unknown, o.unknown_area_m2, o.reasons.len()),
            (2, 2, 200.0, 1),
            "{o:?}"
        );
    }
    assert_eq!((e.outcomes[3].conflicts, e.outcomes[3].unknown), (2, 0));
}

#[test]
fn no_data_is_never_clear() {
    let e = run(TestCity::new()
        .polygons("m/sites", &sites())
        .missing("m/objects")
        .rule(rule("R1", OVERLAP)));
    assert_eq!(counts(&e), (0, 0, 2));
    assert!(!e.outcomes[0].coverage_assumed);
    assert!(e.report.findings.is_empty());
    let e = run(TestCity::new()
        .missing("m/sites")
        .polygons("m/objects", &objects())
        .rule(rule("R1", OVERLAP)));
    assert_eq!((counts(&e), e.outcomes[0].reasons.len()), ((0, 0, 0), 1));
    let e = run(TestCity::new().polygons("m/sites", &sites()).rule(rule("R1", OVERLAP)));
    assert_eq!(e.outcomes[0].reasons[0].en, "the project uses no module with the slot m/objects");
    // A declared attribute whose column is missing in the data.
    let empty = f("o", rect(0.0, 0.0, 1.0, 1.0));
    let mut c = TestCity::new().polygons("m/sites", &sites()).polygons("m/objects", &[empty]);
    c.slots[1].def = std::sync::Arc::new(crate::rules::testing::slot_def("m/objects", &["kind"]));
    let mut r = rule("R1", OVERLAP);
    r.object.filter = Some("kind = 'x'".into());
    let e = run(c.rule(r));
    assert_eq!((counts(&e), e.report.findings.len()), ((0, 0, 2), 0));
    assert_eq!(e.outcomes[0].reasons[0].de, "In den Daten von m/objects fehlt das Merkmal „kind“.");
}

#[test]
fn a_feature_without_geometry_is_unknown() {
    let mut with = sites();
    with.push(f("nowhere", vec![]).text("use", "housing"));
    let e = run(TestCity::new()
        .polygons("m/sites", &with)
        .polygons("m/objects", &objects())
        .rule(rule("R1", OVERLAP)));
    assert_eq!(counts(&e), (2, 0, 1));
}

#[test]
fn a_feature_does_not_meet_itself() {
    let mut r = rule("R1", OVERLAP);
    r.object.slot = "m/sites".into();
    assert_eq!(counts(&run(city().rule(r))), (0, 2, 0));
}

#[test]
fn a_prohibition_says_so_and_nothing_else_does() {
    let words = |force: &str, severity: u8| {
        let mut r = rule("R1", OVERLAP);
        r.legal_force = serde_json::from_str(&format!("\"{force}\"")).unwrap();
        r.severity = severity.try_into().unwrap();
        run(city().rule(r)).conflicts[0]
            .reasons
            .iter()
            .map(|t| t.de.clone())
            .collect::<String>()
    };
    assert!(words("verbot", 4).contains("unzulässig"));
    for (force, severity) in [("verbot", 2), ("grenzwert", 3), ("zustimmung", 4), ("empfehlung", 1)] {
        let text = words(force, severity);
        assert!(text.contains("Prüfpflichtig") && !text.contains("unzulässig"), "{force}: {text}");
    }
}

#[test]
fn a_stopped_run_does_not_look_complete() {
    let control = Control::default();
    control.cancel();
    let city = city().rule(rule("R1", OVERLAP)).build();
    let e = evaluate(&city, &control);
    assert_eq!(codes(&e.report), [("RU-009", Level::Warning)]);
    assert_eq!(counts(&e), (0, 0, 2));
    let again = super::super::update(&city, &e, &[], &Control::default());
    assert_eq!(again, evaluate(&city, &Control::default()));
}

#[test]
fn the_spot_tells_layers_and_rules() {
    let mut filtered = rule("R2", OVERLAP);
    filtered.subject.filter = Some("use = 'housing'".into());
    let mut missing = rule("R3", OVERLAP);
    missing.object.slot = "m/nothing".into();
    let near = rule("R4", "[predicate.within_distance]\ndistance_m = 3.0");
    let c = city()
        .missing("m/nothing")
        .rule(rule("R1", OVERLAP))
        .rule(filtered)
        .rule(missing)
        .rule(near)
        .build();
    let e = evaluate(&c, &Control::default());
    let on_b = why_here(&c, &e, [28.0, 5.0]);
    let verdicts = |r: &crate::rules::SpotReport| r.rules.iter().map(|r| r.verdict).collect::<Vec<_>>();
    assert_eq!(
        verdicts(&on_b),
        [Verdict::Conflict, Verdict::NotApplicable, Verdict::Unknown, Verdict::Conflict]
    );
    assert_eq!(
        on_b.rules[0].conflict.as_ref(),
        e.conflicts.iter().find(|c| c.rule == "R1" && c.subject.id == "b").map(|c| &c.id)
    );
    assert!(
        on_b.rules[1]
            .reason
            .de
            .ends_with("Die Regel betrifft nicht „b“: der Filter schließt es aus."),
        "{:?}",
        on_b.rules[1].reason
    );
    assert_eq!(on_b.rules[0].data_date.as_deref(), Some("2024"));
    assert_eq!(on_b.rules[0].source.as_deref(), Some("Amt"));
    assert_eq!(on_b.layers.len(), 3);
    assert_eq!(on_b.layers[0].values[0].attributes[0].1, "trade");
    // Nothing of the objects here, and nobody declared that they are complete; the third slot is empty.
    assert_eq!((on_b.layers[1].unknown, on_b.layers[2].unknown), (true, true));
    let between = why_here(&c, &e, [15.0, 5.0]);
    assert_eq!(
        verdicts(&between),
        [
            Verdict::NotApplicable,
            Verdict::NotApplicable,
            Verdict::Unknown,
            Verdict::NotApplicable
        ]
    );
    assert!(
        between.rules[0].reason.de.starts_with("„objects (de)“ hier: „o“."),
        "{:?}",
        between.rules[0].reason
    );
    assert_eq!(between.rules[3].measured.as_ref().map(|q| q.value), Some(0.0));
}
