//! Indicators and suitability of a generated town against values that another program computed from the same files
//! (`oracle/indicators.py`, `oracle/suitability.py`), and what the table of places promises.

use serde_json::Value;
use stadtschicht::{
    demo::{self, DemoOptions},
    export::{INDICATOR_EXPORTERS, IndicatorResults, indicator_exporter},
    indicators::{self, Indicators},
    model::{Language, SlotId},
    progress::Control,
    project::{self, City},
    rules::{self, Evaluation},
    suitability::{Attitude, Standing, Units, combine, measure},
};

fn town(buildings: usize, seed: u64) -> (tempfile::TempDir, City, Evaluation) {
    let dir = tempfile::tempdir().unwrap();
    let control = Control::default();
    demo::generate(dir.path(), &DemoOptions { buildings, seed }, &control).unwrap();
    let city = project::open(dir.path(), &control).unwrap();
    let evaluation = rules::evaluate(&city, &control);
    (dir, city, evaluation)
}

fn figures(city: &City, evaluation: &Evaluation, by: Option<&str>) -> Indicators {
    let by = by.map(SlotId::from);
    indicators::evaluate(city, evaluation, by.as_ref(), &Control::default()).unwrap()
}

#[test]
fn values_agree_with_those_of_another_program() {
    let table: Value = serde_json::from_str(include_str!("oracle/indicators.json")).unwrap();
    let number = |key: &str| table["town"][key].as_u64().unwrap();
    let (_dir, city, evaluation) = town(number("buildings") as usize, number("seed"));
    let found = figures(&city, &evaluation, None);
    let mut compared = 0;
    for (id, expected) in table["values"].as_object().unwrap() {
        let expected = expected.as_f64().unwrap();
        let figure = found.figures.iter().find(|f| f.id == *id).unwrap_or_else(|| panic!("no {id}"));
        let value = figure.cells[0]
            .value
            .unwrap_or_else(|| panic!("{id} has no value: {:?}", figure.cells[0]));
        // Overlays agree to a millionth; on foot the other program joins lines in its own way.
        let tolerance = if ["I08", "I17", "I18", "I19"].contains(&id.as_str()) {
            0.002
        } else {
            1e-5
        };
        assert!(
            (value - expected).abs() <= tolerance * expected.abs().max(1.0),
            "{id}: {value}, the oracle says {expected}"
        );
        compared += 1;
    }
    assert!(compared >= 15, "only {compared} values compared");
}

#[test]
fn criteria_exclusions_and_scores_of_sites_agree_with_those_of_another_program() {
    let table: Value = serde_json::from_str(include_str!("oracle/suitability.json")).unwrap();
    let number = |key: &str| table["town"][key].as_u64().unwrap();
    let options = DemoOptions {
        buildings: number("buildings") as usize,
        seed: number("seed"),
    };
    let dir = tempfile::tempdir().unwrap();
    let control = Control::default();
    demo::generate(dir.path(), &options, &control).unwrap();
    let city = project::open(dir.path(), &control).unwrap();
    let def = city
        .modules
        .iter()
        .flat_map(|m| &m.suitability)
        .find(|d| d.id == "housing")
        .unwrap();
    let units = Units::of_slot(&city, &SlotId::from("land_potential/sites")).unwrap();
    let matrix = measure(&city, def, &units, &control).unwrap();
    // The other program reads no raster: heat does not count in either.
    let weights: Vec<f64> = def.criteria.iter().map(|c| if c.id == "heat" { 0.0 } else { c.weight }).collect();
    let scores = combine(&matrix, &weights, Attitude::NEUTRAL);
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-4 * b.abs().max(1.0);
    let (mut compared, mut scored) = (0, 0);
    for (unit, id) in units.ids.iter().enumerate() {
        let expected = &table["sites"][id];
        for (k, c) in def.criteria.iter().enumerate().filter(|(_, c)| c.id != "heat") {
            let want = expected["measures"][&c.id].as_f64();
            match (matrix.measure(unit, k), want) {
                (Some(got), Some(want)) => assert!(close(got, want), "{id} {}: {got}, the oracle says {want}", c.id),
                (got, want) => assert_eq!(got.is_some(), want.is_some(), "{id} {}", c.id),
            }
            compared += 1;
        }
        for (k, e) in def.exclusions.iter().enumerate() {
            let (got, want) = (matrix.share(unit, k).percent, expected["shares"][&e.id].as_f64().unwrap());
            assert!(close(got, want), "{id} {}: {got}, the oracle says {want}", e.id);
        }
        let excluded = expected["excluded"].as_bool().unwrap();
        assert_eq!(matrix.standing(unit) == Standing::Excluded, excluded, "{id}");
        if let (Some(got), Some(want)) = (scores[unit].provisional(), expected["score"].as_f64()) {
            assert!(close(got, want), "{id}: score {got}, the oracle says {want}");
            scored += 1;
        }
    }
    assert!(
        compared >= 100 && scored >= 10,
        "only {compared} measures and {scored} scores compared"
    );
}

#[test]
fn districts_add_up_to_the_town() {
    let (_dir, city, evaluation) = town(600, 3);
    let found = figures(&city, &evaluation, Some("social_infrastructure/districts"));
    assert!(found.places.len() > 2, "{:?}", found.places);
    assert_eq!(found.places[0].label.get(Language::De), "Betrachtungsraum");
    let ids: std::collections::BTreeSet<&str> = found.figures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids.len(), found.figures.len());
    assert!(ids.len() >= 20, "{ids:?}");
    for f in &found.figures {
        assert_eq!(f.cells.len(), found.places.len(), "{}", f.id);
        assert!(!f.sources.is_empty(), "{} rests on nothing", f.id);
        for cell in &f.cells {
            assert!(cell.value.is_none_or(f64::is_finite), "{}", f.id);
            assert!(
                cell.value.is_some() || !cell.notes.is_empty(),
                "{} is silent without a reason",
                f.id
            );
            assert!(cell.unknown_percent.is_none_or(|u| (0.0..=100.0).contains(&u)), "{}", f.id);
        }
    }
    // The same bytes whatever runs beside.
    let again = figures(&city, &evaluation, Some("social_infrastructure/districts"));
    assert_eq!(serde_json::to_string(&found).unwrap(), serde_json::to_string(&again).unwrap());
}

#[test]
fn every_format_holds_every_value_and_is_the_same_twice() {
    let (_dir, city, evaluation) = town(300, 5);
    let found = figures(&city, &evaluation, Some("social_infrastructure/districts"));
    let results = IndicatorResults {
        city: &city,
        indicators: &found,
        language: Language::De,
    };
    let bytes = |name: &str| indicator_exporter(name).unwrap().bytes(&results).unwrap();
    for e in INDICATOR_EXPORTERS {
        assert!(bytes(e.name()) == bytes(e.name()), "{} differs from run to run", e.name());
    }
    let csv = String::from_utf8(bytes("csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + found.figures.len() * found.places.len());
    assert!(csv.starts_with("\u{feff}Kennung;Indikator;"), "{}", &csv[..60]);
    let json: Value = serde_json::from_slice(&bytes("json")).unwrap();
    assert_eq!(json["indicators"]["figures"].as_array().unwrap().len(), found.figures.len());
    assert_eq!(json["format"], "stadtschicht.indicators");
    // A workbook is a zip archive with two sheets.
    let xlsx = bytes("xlsx");
    assert!(xlsx.starts_with(b"PK"));
    let named = |name: &[u8]| xlsx.windows(name.len()).any(|w| w == name);
    assert!(named(b"xl/worksheets/sheet1.xml") && named(b"xl/worksheets/sheet2.xml"));
}
