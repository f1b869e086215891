//! Whole projects from file to conflict, as snapshots: a change of any number is seen before it is accepted.

mod common;

use serde_json::{Value, json};
use stadtschicht::{
    demo::{self, DemoOptions},
    indicators,
    model::Coverage,
    progress::Control,
    project::{self, City, SlotData},
    rules::{self, Evaluation},
};
use std::path::Path;

fn rounded(v: f64) -> Value {
    json!((v * 100.0).round() / 100.0)
}

fn summary(city: &City, evaluation: &Evaluation) -> Value {
    let slots: serde_json::Map<String, Value> = city
        .slots
        .iter()
        .map(|s| {
            let data = match &s.data {
                SlotData::Missing { reason } => json!({ "no_data": reason.en }),
                SlotData::Raster(r) => json!({ "cells": [r.width, r.height] }),
                SlotData::Vector(l) => {
                    assert!(l.layer.report.adds_up(), "{}: {:?}", s.id, l.layer.report);
                    let coverage = match l.layer.coverage {
                        Coverage::Undeclared => "undeclared",
                        Coverage::AreaOfInterest => "area of interest",
                        Coverage::Polygons(_) => "polygons",
                    };
                    json!({ "features": l.layer.len(), "dropped": l.layer.report.dropped(), "coverage": coverage, "findings": l.layer.report.findings.iter().map(|f| format!("{} x{}", f.code, f.count)).collect::<Vec<_>>() })
                }
            };
            (s.id.to_string(), data)
        })
        .collect();
    let outcomes: Vec<String> = evaluation
        .outcomes
        .iter()
        .map(|o| {
            format!(
                "{}: {} subjects, {} conflicts, {} clear, {} unknown, {:.0} m2 unknown",
                o.rule, o.subjects, o.conflicts, o.clear, o.unknown, o.unknown_area_m2
            )
        })
        .collect();
    let figures = indicators::evaluate(city, evaluation, None, &Control::default()).unwrap();
    let figures: Vec<String> = figures
        .figures
        .iter()
        .map(|f| {
            let cell = &f.cells[0];
            let value = cell.value.map_or("unknown".into(), |v| format!("{v:.2} {}", f.unit.en));
            format!(
                "{} {}: {value}, {:.1}% unknown",
                f.id,
                f.title.en,
                cell.unknown_percent.unwrap_or(100.0)
            )
        })
        .collect();
    let conflicts: Vec<Value> = evaluation
        .conflicts
        .iter()
        .map(|c| {
            json!({
                "id": c.id, "severity": c.severity, "subject": c.subject.label, "objects": c.objects.len(),
                "measured": format!("{:.2} {}", c.measured.value, c.measured.unit),
                "threshold": c.threshold.as_ref().map(|t| format!("{:.2} {}", t.value, t.unit)),
                "area_m2": c.area_m2.map(rounded), "why": c.reasons.first().map(|r| r.en.clone()),
            })
        })
        .collect();
    json!({
        "title": city.info.title.de, "epsg": city.info.epsg, "slots": slots,
        "findings": city.report.findings.iter().map(|f| format!("{} {:?} {}", f.code, f.layer, f.text.en)).collect::<Vec<_>>(),
        "rules": outcomes, "indicators": figures, "conflicts": conflicts,
    })
}

fn run(folder: &Path) -> (City, Evaluation) {
    let control = Control::default();
    let city = project::open(folder, &control).unwrap();
    let evaluation = rules::evaluate(&city, &control);
    (city, evaluation)
}

#[test]
fn musterstadt() {
    let dir = tempfile::tempdir().unwrap();
    demo::generate(dir.path(), &DemoOptions::default(), &Control::default()).unwrap();
    let (city, evaluation) = run(dir.path());
    // The rules that the foundation promises, each at work in the demo. Others may be silent in this town and this state.
    let silent: Vec<&str> = [
        "N1", "N3", "T1", "B1", "B4", "B7", "W10", "L4", "S1", "S2", "S4", "S8", "M1", "L2", "W1",
    ]
    .into_iter()
    .filter(|id| evaluation.outcomes.iter().find(|o| o.rule == *id).is_none_or(|o| o.conflicts == 0))
    .collect();
    assert!(silent.is_empty(), "no conflict of {silent:?}");
    for o in &evaluation.outcomes {
        assert_eq!(
            o.conflicts as usize,
            evaluation.conflicts.iter().filter(|c| c.rule == o.rule).count()
        );
        assert_eq!(o.subjects, o.conflicts + o.clear + o.unknown, "{o:?}");
    }
    insta::assert_json_snapshot!("musterstadt", summary(&city, &evaluation));
}

#[test]
fn vaduz() {
    let (city, evaluation) = run(&common::repository("scenarios/vaduz"));
    insta::assert_json_snapshot!("vaduz", summary(&city, &evaluation));
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    demo::generate(
        dir.path(),
        &DemoOptions {
            buildings: 800,
            ..Default::default()
        },
        &Control::default(),
    )
    .unwrap();
    let bytes = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| serde_json::to_vec(&run(dir.path()).1).unwrap())
    };
    let one = bytes(1);
    assert!(one.len() > 1000);
    assert!(one == bytes(2) && one == bytes(7));
}
