//! Figures of a small town whose every number can be added up by hand.

use super::{Cell, Indicators, evaluate};
use crate::{
    index::IndexedLayer,
    model::{
        Column, Coverage, Geometries, GeometriesBuilder, GeometryKind, Layer, LocalText, Provenance, Raster, Report, SlotId, Table, Value,
    },
    modules::{IndicatorDef, ModuleDef, SlotDef},
    progress::Control,
    project::{City, ProjectInfo, Slot, SlotData},
    rules,
};
use std::sync::Arc;

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

fn slot(id: &str, geometry: &str, role: &str, data: SlotData) -> Slot {
    let text = format!(
        "id = '{}'\ntitle = {{ de = '{id} (de)', en = '{id}' }}\ndescription = {{ de = 'd', en = 'd' }}\ngeometry = '{geometry}'\nlabel = 'name'\n{role}",
        SlotId::from(id).slot()
    );
    Slot {
        id: id.into(),
        def: Arc::new(toml::from_str::<SlotDef>(&text).unwrap()),
        data,
    }
}

fn layer(id: &str, kind: GeometryKind, rings: &[Ring], columns: &[(&str, Vec<Value>)], coverage: Coverage) -> SlotData {
    let mut attributes = Table::default();
    for (name, values) in columns {
        attributes.set(name, Column::from_values(values));
    }
    SlotData::Vector(IndexedLayer::new(Layer {
        slot: id.into(),
        geometry: geometries(kind, rings),
        attributes,
        ids: (0..rings.len()).map(|k| format!("f{k}").into()).collect(),
        provenance: vec![Provenance {
            source: Some("Amt".into()),
            data_date: Some("2024".into()),
            ..Provenance::default()
        }],
        coverage,
        report: Report::default(),
        bodies: None,
    }))
}

fn real(values: &[f64]) -> Vec<Value> {
    values
        .iter()
        .map(|v| if v.is_nan() { Value::Null } else { Value::Real(*v) })
        .collect()
}

fn texts(values: &[&str]) -> Vec<Value> {
    values.iter().map(|v| Value::Text((*v).into())).collect()
}

/// 400 m × 200 m in two districts; 100 people in each of four blocks of 100 m; the noise map ends in the middle of the east.
fn city(indicators: &[&str]) -> City {
    use GeometryKind::{Line, Point, Polygon};
    let all = Coverage::AreaOfInterest;
    let blocks: Vec<Ring> = (0..4)
        .map(|k| rect(100.0 * f64::from(k), 0.0, 100.0 * f64::from(k + 1), 100.0))
        .collect();
    let slots = vec![
        slot(
            "m/people",
            "polygon",
            "",
            layer("m/people", Polygon, &blocks, &[("inhabitants", real(&[100.0; 4]))], all.clone()),
        ),
        slot(
            "m/noise",
            "polygon",
            "",
            layer(
                "m/noise",
                Polygon,
                // Two bands that overlap: whoever lives in both counts once.
                &[rect(0.0, 0.0, 50.0, 200.0), rect(25.0, 0.0, 150.0, 50.0)],
                &[("db", real(&[65.0, 70.0]))],
                Coverage::Polygons(geometries(Polygon, &[rect(0.0, 0.0, 300.0, 200.0)])),
            ),
        ),
        slot(
            "m/kitas",
            "point",
            "",
            layer(
                "m/kitas",
                Point,
                &[vec![[50.0, 110.0]], vec![[390.0, 110.0]]],
                &[("places", real(&[20.0, f64::NAN]))],
                all.clone(),
            ),
        ),
        slot(
            "m/ways",
            "line",
            "role = 'streets'",
            layer("m/ways", Line, &[vec![[0.0, 105.0], [400.0, 105.0]]], &[], all.clone()),
        ),
        slot(
            "m/sites",
            "polygon",
            "",
            layer(
                "m/sites",
                Polygon,
                &[rect(0.0, 110.0, 100.0, 210.0), rect(200.0, 120.0, 300.0, 180.0)],
                &[("gfz", real(&[1.0, f64::NAN])), ("baunvo", texts(&["WA", "SO"]))],
                all.clone(),
            ),
        ),
        slot(
            "m/districts",
            "polygon",
            "",
            layer(
                "m/districts",
                Polygon,
                &[rect(0.0, 0.0, 200.0, 200.0), rect(200.0, 0.0, 400.0, 200.0)],
                &[("name", texts(&["West", "Ost"]))],
                all,
            ),
        ),
        slot(
            "m/heat",
            "raster",
            "",
            SlotData::Raster(Arc::new(Raster {
                width: 4,
                height: 2,
                origin: [0.0, 200.0],
                cell_m: [100.0, 100.0],
                values: vec![30.0, 30.0, 30.0, 30.0, 40.0, 30.0, 30.0, f32::NAN],
                provenance: vec![],
            })),
        ),
        slot(
            "m/empty",
            "polygon",
            "",
            SlotData::Missing {
                reason: LocalText::new("nicht gebunden.", "not bound."),
            },
        ),
    ];
    let indicators: Vec<IndicatorDef> = (0..)
        .zip(indicators)
        .map(|(k, body)| {
            let text = format!(
                "id = 'I{k}'\nstatus = 'preview'\nsince = '0.1.0'\ntitle = {{ de = 'T', en = 'T' }}\nwhat = {{ de = 'W', en = 'W' }}\n\
                 unit = {{ de = '%', en = '%' }}\ndirection = 'higher'\nspatial_unit = {{ de = 'S', en = 'S' }}\nyear = 2025\nsource = 'Q'\nevidence = 'I'\n{body}"
            );
            toml::from_str(&text).unwrap_or_else(|e| panic!("{e}\n{text}"))
        })
        .collect();
    City {
        info: Arc::new(ProjectInfo {
            folder: Default::default(),
            title: LocalText::same("Test"),
            epsg: 25832,
            state: None,
            site: [0.0; 2],
            area_of_interest: Some(geometries(Polygon, &[rect(0.0, 0.0, 400.0, 200.0)])),
            views: vec![],
            groups: vec![],
            synthetic: true,
            derived: vec![],
            refills: vec![],
        }),
        modules: Arc::new(vec![ModuleDef {
            id: "m".into(),
            indicators,
            slots: slots.iter().map(|s| (*s.def).clone()).collect(),
            ..ModuleDef::default()
        }]),
        slots,
        extra: vec![],
        backdrops: vec![],
        report: Report::default(),
    }
}

fn run(bodies: &[&str]) -> Indicators {
    let city = city(bodies);
    let evaluation = rules::evaluate(&city, &Control::default());
    evaluate(&city, &evaluation, Some(&"m/districts".into()), &Control::default()).unwrap()
}

fn close(cell: &Cell, value: f64, unknown: f64) {
    let found = (cell.value.unwrap(), cell.unknown_percent.unwrap());
    assert!(
        (found.0 - value).abs() < 1e-6 && (found.1 - unknown).abs() < 1e-6,
        "{found:?}, not {:?}",
        (value, unknown)
    );
}

const PEOPLE: &str = "[denominator.inhabitants]\npopulation = 'm/people'\n";

#[test]
fn whoever_lives_in_two_zones_counts_once_and_beyond_the_map_nobody_knows() {
    let body = format!(
        "factor = 100.0\n[numerator.inhabitants_in_zone]\npopulation = 'm/people'\n[[numerator.inhabitants_in_zone.zones]]\nslot = 'm/noise'\nfilter = 'db >= 65'\n{PEOPLE}"
    );
    let found = run(&[&body]);
    let f = &found.figures[0];
    assert_eq!(
        found.places.iter().map(|p| p.label.de.as_str()).collect::<Vec<_>>(),
        ["Betrachtungsraum", "West", "Ost"]
    );
    // West: block 0 has 50 × 100 m and 50 × 50 m of it in a band, block 1 a quarter; that is 75 + 25 of 200.
    close(&f.cells[1], 50.0, 0.0);
    // East: no band, and one of two blocks is not mapped.
    close(&f.cells[2], 0.0, 50.0);
    close(&f.cells[0], 25.0, 25.0);
    let numerator = f.cells[0].numerator.as_ref().unwrap();
    assert_eq!(
        (numerator.value.round(), numerator.unknown.round(), numerator.unit.de.as_str()),
        (100.0, 100.0, "EW")
    );
    assert_eq!(f.sources.len(), 2);
    assert_eq!((f.sources[0].source.as_str(), f.sources[0].date.as_deref()), ("Amt", Some("2024")));
}

#[test]
fn areas_are_joined_and_a_missing_layer_makes_a_lower_bound() {
    let found = run(&[
        "factor = 100.0\n[[numerator.area.of]]\nslot = 'm/noise'\n[denominator.unit_area]\n",
        "factor = 100.0\n[[numerator.area.of]]\nslot = 'm/sites'\n[[numerator.area.of]]\nslot = 'm/empty'\n[denominator.unit_area]\n",
        "factor = 100.0\n[[numerator.area.of]]\nslot = 'm/empty'\n[denominator.unit_area]\n",
    ]);
    // 50 × 200 and 100 × 50, in 40,000 m² of the west.
    close(&found.figures[0].cells[1], 100.0 * 15_000.0 / 40_000.0, 0.0);
    close(&found.figures[0].cells[2], 0.0, 50.0);
    // The first site reaches 10 m over the border of the area.
    close(&found.figures[1].cells[1], 100.0 * 9_000.0 / 40_000.0, 0.0);
    assert!(found.figures[1].cells[1].notes[0].de.ends_with("Der Wert ist eine Untergrenze."));
    let none = &found.figures[2].cells[0];
    assert_eq!((none.value, none.notes[0].en.as_str()), (None, "No data for “m/empty”: not bound."));
}

#[test]
fn sums_counts_and_dwellings_tell_what_they_do_not_know() {
    let found = run(&[
        "[numerator.sum]\nattribute = 'places'\n[numerator.sum.of]\nslot = 'm/kitas'\n",
        "[numerator.count.of]\nslot = 'm/kitas'\n",
        "[numerator.dwellings]\nfloor_area_per_dwelling_m2 = 100.0\ngfz_by_baunvo = { WA = 1.2 }\n[numerator.dwellings.of]\nslot = 'm/sites'\n",
        "[numerator.count.of]\nslot = 'm/sites'\n[numerator.count.grid]\nslot = 'm/heat'\nat_least = 35.0\n",
    ]);
    let values = |k: usize| found.figures[k].cells.iter().map(|c| c.value).collect::<Vec<_>>();
    close(&found.figures[0].cells[0], 20.0, 50.0);
    // In the east nothing is known of the only facility.
    assert_eq!(values(0), [Some(20.0), Some(20.0), None]);
    assert_eq!(values(1), [Some(2.0), Some(1.0), Some(1.0)]);
    // 9,000 of 10,000 m² at GFZ 1.0 lie inside; of 6,000 m² in an SO area nothing can be derived.
    close(&found.figures[2].cells[0], 90.0, 100.0 * 6_000.0 / 15_000.0);
    assert_eq!(values(3)[0], Some(0.0));
}

#[test]
fn cells_of_a_grid_and_ways_on_foot() {
    let near = |path: &str| {
        format!(
            "factor = 100.0\n[numerator.inhabitants_near]\npopulation = 'm/people'\ndistance_m = 100.0\npath = '{path}'\n[numerator.inhabitants_near.object]\nslot = 'm/kitas'\n{PEOPLE}"
        )
    };
    let grid = format!(
        "factor = 100.0\n[numerator.inhabitants_in_grid]\npopulation = 'm/people'\n[numerator.inhabitants_in_grid.grid]\nslot = 'm/heat'\nat_least = 35.0\n{PEOPLE}"
    );
    let found = run(&[&grid, &near("walking"), &near("straight_line")]);
    // One of four blocks is hot, of one nothing is known.
    close(&found.figures[0].cells[0], 25.0, 25.0);
    close(&found.figures[0].cells[2], 0.0, 50.0);
    // Places lie 25 m apart, on the border as well: 25 in the westernmost block and 5 less in each further one, shared borders aside.
    let share = |k: usize, c: usize| found.figures[k].cells[c].value.unwrap();
    assert!(share(1, 1) > 20.0 && share(1, 1) < share(2, 1), "{} {}", share(1, 1), share(2, 1));
    assert!(found.figures[1].cells[1].notes.is_empty());
    let denominator = found.figures[1].cells[1].denominator.as_ref().unwrap();
    assert_eq!(denominator.value, 200.0);
}

#[test]
fn places_must_be_areas() {
    let city = city(&[]);
    let evaluation = rules::evaluate(&city, &Control::default());
    for (slot, word) in [("m/kitas", "enthält keine Flächen"), ("m/none", "gibt es in diesem Projekt nicht")] {
        let why = evaluate(&city, &evaluation, Some(&slot.into()), &Control::default()).unwrap_err();
        assert!(why.de.contains(word), "{}", why.de);
    }
}
