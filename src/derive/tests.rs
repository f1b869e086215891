//! Small layers, combined; what comes out is counted by hand.

use super::*;
use crate::{
    geometry::{area_m2, contains, length_m},
    index::IndexedLayer,
    model::{Column, Coverage, Geometries, GeometriesBuilder, GeometryKind, Layer, Provenance, Report, Table, Value},
    progress::Control,
};

type Ring = Vec<[f64; 2]>;

fn rect(x0: f64, y0: f64, x1: f64, y1: f64) -> Ring {
    vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]
}

fn geometries(kind: GeometryKind, rings: &[Ring]) -> Geometries {
    let mut b = GeometriesBuilder::new(kind);
    for ring in rings {
        b.ring(ring.iter().copied()).end_part().end_feature();
    }
    b.finish()
}

fn layer(slot: &str, kind: GeometryKind, rings: &[Ring], reach: Option<f64>) -> IndexedLayer {
    let mut attributes = Table::default();
    let values: Vec<Value> = (0..rings.len())
        .map(|k| if k == 2 { Value::Null } else { Value::Integer(k as i64) })
        .collect();
    attributes.set("n", Column::from_values(&values));
    IndexedLayer::new(Layer {
        slot: slot.into(),
        geometry: geometries(kind, rings),
        bodies: None,
        attributes,
        ids: (0..rings.len()).map(|k| format!("f{k}").into()).collect(),
        provenance: vec![Provenance {
            file: format!("{slot}.gpkg"),
            data_date: Some(if slot == "m/a" { "2024" } else { "2019" }.into()),
            ..Provenance::default()
        }],
        coverage: reach.map_or(Coverage::Undeclared, |x| {
            Coverage::Polygons(geometries(GeometryKind::Polygon, &[rect(0.0, 0.0, x, 1000.0)]))
        }),
        report: Report::default(),
    })
}

fn expression(operation: Operation, of: &[(&str, Option<&str>)]) -> Expression {
    Expression {
        id: "x".into(),
        title: crate::model::LocalText::same("X"),
        operation,
        of: of
            .iter()
            .map(|(slot, filter)| Input {
                slot: (*slot).into(),
                filter: filter.map(Into::into),
            })
            .collect(),
        distance_m: None,
        merge: None,
        color: None,
    }
}

fn run(e: &Expression, layers: &[&IndexedLayer]) -> Layer {
    let out = derive(e, layers, None, &Control::default()).unwrap_or_else(|e| panic!("{e}"));
    assert!(out.report.adds_up(), "{:?}", out.report);
    out
}

fn total_m2(l: &Layer) -> f64 {
    (0..l.len()).map(|r| area_m2(&l.geometry, r)).sum()
}

fn codes(l: &Layer) -> Vec<&str> {
    l.report.findings.iter().map(|f| f.code.as_str()).collect()
}

fn reaches(l: &Layer, p: [f64; 2]) -> bool {
    match &l.coverage {
        Coverage::Polygons(g) => (0..g.len()).any(|r| contains(g, r, p)),
        _ => false,
    }
}

const AREA: GeometryKind = GeometryKind::Polygon;

/// Three areas of 100 m² and, over the first and half of the second, a mask.
fn pair() -> (IndexedLayer, IndexedLayer) {
    let a = layer(
        "m/a",
        AREA,
        &[rect(0., 0., 10., 10.), rect(20., 0., 30., 10.), rect(40., 0., 50., 10.)],
        Some(1000.0),
    );
    let b = layer("m/b", AREA, &[rect(0., 0., 12., 10.), rect(8., 0., 25., 10.)], Some(45.0));
    (a, b)
}

#[test]
fn what_lies_in_both_keeps_ids_attributes_sources_and_reach() {
    let (a, b) = pair();
    let out = run(&expression(Operation::Intersection, &[("m/a", None), ("m/b", None)]), &[&a, &b]);
    assert!((total_m2(&out) - 150.0).abs() < 1e-6);
    assert_eq!(out.ids.iter().map(|i| &**i).collect::<Vec<_>>(), ["f0", "f1"]);
    assert_eq!(out.attributes.value("n", 1), Value::Integer(1));
    assert_eq!(out.provenance.len(), 2);
    assert_eq!(out.data_date(), Some("2019"), "the oldest source is the one to quote");
    assert!(
        reaches(&out, [44.0, 500.0]) && !reaches(&out, [46.0, 500.0]),
        "only as far as both reach"
    );
    assert_eq!(codes(&out), ["DR-003"]);
    assert_eq!(out.slot, "derived/x".into());
}

#[test]
fn a_difference_ends_where_nobody_knows_what_to_take_away() {
    let (a, b) = pair();
    let out = run(&expression(Operation::Difference, &[("m/a", None), ("m/b", None)]), &[&a, &b]);
    // The second keeps a half, the third only what lies within the reach of the mask.
    assert!((total_m2(&out) - 100.0).abs() < 1e-6, "{}", total_m2(&out));
    assert_eq!(out.ids.len(), 2);
    assert_eq!(codes(&out), ["DR-007", "DR-003"]);
    assert!(!reaches(&out, [48.0, 5.0]));
    // Without a declared reach nothing is cut off, and it is said that this is an assumption.
    let b = layer("m/b", AREA, &[rect(0., 0., 25., 10.)], None);
    let out = run(&expression(Operation::Difference, &[("m/a", None), ("m/b", None)]), &[&a, &b]);
    assert!((total_m2(&out) - 150.0).abs() < 1e-6);
    assert_eq!(out.coverage, Coverage::Undeclared);
    assert!(codes(&out).contains(&"DR-006"), "{:?}", codes(&out));
}

#[test]
fn a_union_merges_what_touches_and_can_be_told_not_to() {
    let (a, b) = pair();
    let mut e = expression(Operation::Union, &[("m/a", None), ("m/b", None)]);
    let out = run(&e, &[&a, &b]);
    assert_eq!(out.len(), 2);
    assert!((total_m2(&out) - (300.0 + 100.0)).abs() < 1e-6, "{}", total_m2(&out));
    assert_eq!(codes(&out), ["DR-008"]);
    e.merge = Some(false);
    let out = run(&e, &[&a, &b]);
    assert_eq!((out.len(), out.ids[3].to_string()), (5, "2:f0".to_string()));
    assert_eq!(out.attributes.value("n", 4), Value::Integer(1));
}

#[test]
fn buffers_grow_and_shrink_and_know_less_at_the_border() {
    let stops = layer("m/s", GeometryKind::Point, &[vec![[100., 100.]], vec![[500., 500.]]], Some(1000.0));
    let mut e = expression(Operation::Buffer, &[("m/s", None)]);
    e.distance_m = Some(50.0);
    let out = run(&e, &[&stops]);
    let circle = std::f64::consts::PI * 2500.0;
    assert!(
        (area_m2(&out.geometry, 0) / circle - 1.0).abs() < 0.02,
        "{}",
        area_m2(&out.geometry, 0)
    );
    assert_eq!((out.len(), out.geometry.kind()), (2, AREA));
    assert!(reaches(&out, [60.0, 500.0]) && !reaches(&out, [40.0, 500.0]));
    let (a, _) = pair();
    let mut e = expression(Operation::Buffer, &[("m/a", None)]);
    e.distance_m = Some(-2.0);
    let out = run(&e, &[&a]);
    assert!((area_m2(&out.geometry, 0) - 36.0).abs() < 1e-3);
    e.distance_m = Some(-6.0);
    let gone = run(&e, &[&a]);
    assert_eq!((gone.len(), codes(&gone)), (0, vec!["DR-003"]));
}

#[test]
fn what_a_filter_cannot_tell_is_unknown_and_not_out() {
    let (a, _) = pair();
    let out = run(&expression(Operation::Filter, &[("m/a", Some("n >= 1"))]), &[&a]);
    assert_eq!(out.ids.iter().map(|i| &**i).collect::<Vec<_>>(), ["f1"]);
    assert_eq!(codes(&out), ["DR-001", "DR-002"]);
    assert!(
        reaches(&out, [35.0, 5.0]) && !reaches(&out, [45.0, 5.0]),
        "the undecided area has no data"
    );
}

#[test]
fn lines_and_points_are_cut_as_well() {
    let ways = layer(
        "m/w",
        GeometryKind::Line,
        &[vec![[-10., 5.], [30., 5.]], vec![[0., 50.], [9., 50.]]],
        None,
    );
    let b = layer("m/b", AREA, &[rect(0., 0., 12., 10.)], None);
    let inside = run(&expression(Operation::Intersection, &[("m/w", None), ("m/b", None)]), &[&ways, &b]);
    assert_eq!(inside.len(), 1);
    assert!((length_m(&inside.geometry, 0) - 12.0).abs() < 1e-6);
    let outside = run(&expression(Operation::Difference, &[("m/w", None), ("m/b", None)]), &[&ways, &b]);
    let left: f64 = (0..outside.len()).map(|r| length_m(&outside.geometry, r)).sum();
    assert!((left - (28.0 + 9.0)).abs() < 1e-6, "{left}");
    let stops = layer("m/s", GeometryKind::Point, &[vec![[5., 5.]], vec![[50., 5.]]], None);
    let inside = run(&expression(Operation::Intersection, &[("m/s", None), ("m/b", None)]), &[&stops, &b]);
    assert_eq!(inside.ids.iter().map(|i| &**i).collect::<Vec<_>>(), ["f0"]);
}

#[test]
fn nonsense_ends_in_words_of_both_languages() {
    let (a, b) = pair();
    let stops = layer("m/s", GeometryKind::Point, &[vec![[100., 100.]]], None);
    let two: &[(&str, Option<&str>)] = &[("m/a", None), ("m/b", None)];
    let mut bad: Vec<(Expression, Vec<&IndexedLayer>, &str)> = vec![];
    let mut e = expression(Operation::Union, two);
    e.id = "Grün!".into();
    bad.push((e, vec![&a, &b], "id"));
    bad.push((expression(Operation::Intersection, &[("m/a", None)]), vec![&a], "of"));
    bad.push((expression(Operation::Buffer, &[("m/a", None)]), vec![&a], "distance_m"));
    for d in [f64::NAN, f64::INFINITY, 0.0, 1e9] {
        let mut e = expression(Operation::Buffer, &[("m/a", None)]);
        e.distance_m = Some(d);
        bad.push((e, vec![&a], "distance_m"));
    }
    let mut e = expression(Operation::Union, two);
    e.distance_m = Some(5.0);
    bad.push((e, vec![&a, &b], "distance_m"));
    bad.push((expression(Operation::Filter, &[("m/a", None)]), vec![&a], "of"));
    bad.push((expression(Operation::Filter, &[("m/a", Some("n >>"))]), vec![&a], "of"));
    bad.push((expression(Operation::Filter, &[("m/a", Some("laut = 1"))]), vec![&a], "of"));
    bad.push((
        expression(Operation::Difference, &[("m/a", None), ("m/s", None)]),
        vec![&a, &stops],
        "operation",
    ));
    bad.push((
        expression(Operation::Union, &[("m/a", None), ("m/s", None)]),
        vec![&a, &stops],
        "operation",
    ));
    bad.push((
        expression(Operation::Union, &[("derived/x", None), ("m/s", None)]),
        vec![&a, &stops],
        "of",
    ));
    for (e, layers, key) in bad {
        let error = derive(&e, &layers, None, &Control::default()).expect_err(&format!("{e:?}"));
        assert_eq!(error.key(), key, "{error}");
        let text = error.text();
        assert!(text.de.ends_with('.') || text.de.contains(": "), "{}", text.de);
        assert!(!text.en.is_empty() && text.de != text.en);
    }
    let control = Control::default();
    control.cancel();
    let stopped = derive(&expression(Operation::Intersection, two), &[&a, &b], None, &control);
    assert_eq!(stopped.unwrap_err(), DeriveError::Cancelled);
}

#[test]
fn the_shape_in_the_project_file_survives_a_round() {
    let text = "id = \"quiet\"\ntitle = { de = \"Ruhig\", en = \"Quiet\" }\noperation = \"difference\"\nof = [\"m/a\", { slot = \"m/b\", filter = \"n >= 1\" }]\nmerge = true\n";
    let e: Expression = toml::from_str(text).unwrap();
    assert_eq!(e.of[1].filter.as_deref(), Some("n >= 1"));
    assert_eq!(toml::from_str::<Expression>(&toml::to_string(&e).unwrap()).unwrap(), e);
    for wrong in ["of = [3]", "of = [{ filter = \"n = 1\" }]", "farbe = 1"] {
        let text = text.replace("merge = true", wrong);
        assert!(toml::from_str::<Expression>(&text).is_err(), "{wrong}");
    }
}
