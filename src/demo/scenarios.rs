//! Two plans for Musterstadt, drawn with the same tools that a planner has: the barracks become a quarter with a park, and the goods
//! station becomes a trade yard. They are found by what the town has, so that every seed gets its own; a step that its town has no
//! place for is left out.

use super::DemoError;
use crate::{
    geometry::{PreparedArea, Scratch, area_m2, contains, overlap_area_m2, point_on_surface},
    model::{Layer, SlotId, Value},
    progress::Control,
    project,
    scenario::{Access, Attributes, Base, BuildingVolume, Document, Draft, Edit, EditError, RoofForm, Shape, Step, file},
};
use std::{path::Path, sync::Arc};

/// Larger towns are made to measure the program; opening them here would double the time.
const MOST_BUILDINGS: usize = 20_000;
/// The same town is the same file, whenever it was made.
const DAY: &str = "2026-01-01T00:00:00Z";
const AUTHOR: &str = "Stadtplanungsamt Musterstadt (frei erfunden)";

const SITES: &str = "land_potential/sites";
const ZONES: &str = "land_potential/zones";
const BUILDINGS: &str = "land_potential/buildings";
const NOISE: &str = "environmental_load/noise_lden";
const KITAS: &str = "social_infrastructure/kitas";
const PLAYGROUNDS: &str = "social_infrastructure/playgrounds";
const STOPS: &str = "social_infrastructure/stops";

/// Title, notes, and the hand that draws it.
type Worked = (&'static str, &'static str, fn(&mut Document));

/// Opens the finished town and writes its plans. A plan that somebody has worked on since stays.
pub(super) fn write(dir: &Path, buildings: usize, control: &Control) -> Result<(), DemoError> {
    if buildings > MOST_BUILDINGS {
        return Ok(());
    }
    let opened = project::open(dir, control).map_err(|e| DemoError::Scenario { why: e.text() })?;
    let base = Base::new(Arc::new(opened));
    let plans: [Worked; 2] = [
        (
            "Kasernenquartier mit Park",
            "Die frühere Kaserne wird ein gemischtes Quartier: Gewerbe an der lauten Seite, ein Park in der Mitte, eine Kita mit 90 Plätzen, \
             Spielplatz und Haltestelle. Zu prüfen: Welche Konflikte löst das, welche bleiben?",
            barracks,
        ),
        (
            "Gewerbehof statt Wohnen am Gleis",
            "Am früheren Güterbahnhof wird nicht gewohnt, sondern gearbeitet; das Wohnen kommt durch Aufstocken im Bestand. \
             Zum Vergleich mit dem Kasernenquartier.",
            yard,
        ),
    ];
    for (title, notes, draw) in plans {
        let path = file::path_for(dir, title).map_err(|e| DemoError::Scenario { why: e.text() })?;
        if path.exists() {
            continue;
        }
        let refused = |e: crate::scenario::ScenarioError| DemoError::Scenario { why: e.text() };
        let mut document = Document::create(base.clone(), title, AUTHOR, &Access::look()).map_err(refused)?;
        draw(&mut document);
        document.tell(title, notes);
        let mut out = document.to_file();
        out.created = DAY.into();
        out.changed = DAY.into();
        for step in &mut out.steps {
            step.at = None;
        }
        file::write(&path, &out, None).map_err(refused)?;
    }
    Ok(())
}

/// One step of a plan; what does not fit this town is left out.
fn step(document: &mut Document, name: &str, edits: impl FnOnce(&mut Draft) -> Result<Vec<Edit>, EditError>) {
    let plan = document.plan();
    let mut draft = Draft::new(plan.base(), plan.overlay());
    let made = edits(&mut draft).and_then(|edits| Step::new(name, edits));
    if let Ok(step) = made {
        let _ = document.act(step);
    }
}

fn text(value: &str) -> Value {
    Value::Text(value.into())
}

fn with(pairs: &[(&str, Value)]) -> Attributes {
    pairs.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect()
}

fn layer(document: &Document, slot: &str) -> Option<Arc<Layer>> {
    document.plan().city().layer(&slot.into()).map(|l| l.layer.clone())
}

/// Rows of a layer whose name begins so.
fn named(layer: &Layer, beginning: &str) -> Vec<usize> {
    let is = |row: &usize| {
        layer
            .attributes
            .value("name", *row)
            .as_str()
            .is_some_and(|n| n.starts_with(beginning))
    };
    (0..layer.len()).filter(is).collect()
}

fn id(layer: &Layer, slot: &str, row: usize) -> (SlotId, String) {
    (slot.into(), layer.ids[row].to_string())
}

/// The share of a site at 65 dB(A) and more.
fn loud(document: &Document, sites: &Layer, row: usize) -> f64 {
    let Some(noise) = layer(document, NOISE) else { return 0.0 };
    let site = PreparedArea::new(&sites.geometry, row);
    let mut scratch = Scratch::default();
    let at_least = |band: &usize| noise.attributes.value("lden_db", *band).as_f64().is_some_and(|db| db >= 65.0);
    let bands = (0..noise.len())
        .filter(at_least)
        .filter(|b| noise.geometry.bbox(*b).intersects(&sites.geometry.bbox(row)));
    let shared: f64 = bands
        .map(|b| overlap_area_m2(&site, &PreparedArea::new(&noise.geometry, b), &mut scratch))
        .sum();
    shared / area_m2(&sites.geometry, row).max(1.0)
}

/// A line through the middle of a site, across its longer side.
fn across(sites: &Layer, row: usize) -> [[f64; 2]; 2] {
    let b = sites.geometry.bbox(row);
    let [x, y] = b.center();
    match b.width_m() > b.height_m() {
        true => [[x, b.min[1] - 5.0], [x, b.max[1] + 5.0]],
        false => [[b.min[0] - 5.0, y], [b.max[0] + 5.0, y]],
    }
}

/// Rows of houses side by side, as many as find room.
fn rows_of_houses(sites: &Layer, row: usize, most: usize) -> Vec<Shape> {
    let b = sites.geometry.bbox(row);
    let (width, depth, gap) = (42.0, 12.0, 20.0);
    let mut out = vec![];
    let mut y = b.min[1] + 6.0;
    while y + depth < b.max[1] && out.len() < most {
        let mut x = b.min[0] + 6.0;
        while x + width < b.max[0] && out.len() < most {
            let [x0, y0] = [x, y].map(|v: f64| (v * 100.0).round() / 100.0);
            let ring = vec![[x0, y0], [x0 + width, y0], [x0 + width, y0 + depth], [x0, y0 + depth]];
            if ring.iter().all(|p| contains(&sites.geometry, row, *p)) {
                out.push(Shape::polygon(ring));
                x += width + 12.0;
            } else {
                x += 6.0;
            }
        }
        y += if out.is_empty() { 6.0 } else { depth + gap };
    }
    out
}

fn barracks(document: &mut Document) {
    let Some(sites) = layer(document, SITES) else { return };
    let mut fields = named(&sites, "Ehemalige Selbe-Kaserne");
    if fields.is_empty() {
        // A small town has no barracks: its largest site takes their place.
        fields = (0..sites.len()).collect();
        fields.sort_by(|a, b| area_m2(&sites.geometry, *b).total_cmp(&area_m2(&sites.geometry, *a)));
        fields.truncate(3);
    }
    fields.sort_by(|a, b| loud(document, &sites, *b).total_cmp(&loud(document, &sites, *a)).then(a.cmp(b)));
    let (Some(noisy), Some(quiet)) = (fields.first().copied(), fields.last().copied()) else {
        return;
    };
    step(document, "Gewerbe an der lauten Seite", |d| {
        d.describe(
            &[id(&sites, SITES, noisy)],
            &with(&[("use", text("commercial")), ("baunvo", text("GE")), ("dwellings", Value::Null)]),
        )
    });
    let rest: Vec<usize> = fields.iter().copied().filter(|f| *f != noisy).collect();
    let size = |row: &usize| area_m2(&sites.geometry, *row);
    if let Some(large) = rest.iter().copied().max_by(|a, b| size(a).total_cmp(&size(b)).then(b.cmp(a))) {
        step(document, "Baufeld teilen, eine Hälfte wird Park", |d| {
            let mut edits = d.split(&id(&sites, SITES, large), &across(&sites, large))?;
            for edit in &mut edits {
                if let Edit::Add { new, .. } = edit {
                    new.attributes
                        .extend(with(&[("name", text("Kasernenpark")), ("use", text("green"))]));
                    for gone in ["baunvo", "grz", "gfz", "storeys", "dwellings", "facility"] {
                        new.attributes.remove(gone);
                    }
                }
            }
            Ok(edits)
        });
    }
    let Some(middle) = point_on_surface(&sites.geometry, quiet) else {
        return;
    };
    let near = |dx: f64, dy: f64| Shape::point([middle[0] + dx, middle[1] + dy]);
    step(document, "Kita mit 90 Plätzen", |d| {
        Ok(vec![d.facility(&KITAS.into(), near(0.0, 0.0), "Kita Kasernenpark", Some(90))])
    });
    step(document, "Spielplatz am Park", |d| {
        let ring = [[0.0, 0.0], [40.0, 0.0], [40.0, 25.0], [0.0, 25.0]];
        let place = Shape::polygon(ring.iter().map(|p| [middle[0] + 25.0 + p[0], middle[1] + p[1]]).collect());
        let attributes = with(&[("name", text("Spielplatz Kasernenpark")), ("area_m2", Value::Real(1000.0))]);
        Ok(vec![d.add(&PLAYGROUNDS.into(), place, attributes)])
    });
    step(document, "Bushaltestelle", |d| {
        let attributes = with(&[("name", text("Kasernenpark")), ("mode", text("bus"))]);
        Ok(vec![d.add(&STOPS.into(), near(-15.0, -15.0), attributes)])
    });
    let houses = rows_of_houses(&sites, quiet, 6);
    step(document, "Wohnzeilen mit vier Geschossen", |d| {
        houses
            .into_iter()
            .map(|footprint| {
                d.building(&BuildingVolume {
                    footprint,
                    storeys: Some(4),
                    height_m: Some(12.8),
                    roof: Some(RoofForm::Flat),
                    usage: Some("residential".into()),
                })
            })
            .collect()
    });
}

fn yard(document: &mut Document) {
    let Some(sites) = layer(document, SITES) else { return };
    let fields = named(&sites, "Ehemaliger Güterbahnhof");
    let loudest = || (0..sites.len()).max_by(|a, b| loud(document, &sites, *a).total_cmp(&loud(document, &sites, *b)));
    let Some(site) = fields.first().copied().or_else(loudest) else {
        return;
    };
    step(document, "Arbeiten statt Wohnen am Gleis", |d| {
        d.describe(
            &[id(&sites, SITES, site)],
            &with(&[("use", text("commercial")), ("baunvo", text("GE")), ("dwellings", Value::Null)]),
        )
    });
    let Some(buildings) = layer(document, BUILDINGS) else { return };
    let inside = |row: &usize| contains(&sites.geometry, site, buildings.geometry.bbox(*row).center());
    let halls: Vec<_> = (0..buildings.len())
        .filter(inside)
        .map(|row| id(&buildings, BUILDINGS, row))
        .collect();
    step(document, "Alte Hallen abbrechen", |d| d.remove(&halls));
    let yard = rows_of_houses(&sites, site, 3);
    step(document, "Gewerbehof bauen", |d| {
        yard.into_iter()
            .map(|footprint| {
                d.building(&BuildingVolume {
                    footprint,
                    storeys: Some(3),
                    height_m: Some(11.4),
                    roof: Some(RoofForm::Mono),
                    usage: Some("commercial".into()),
                })
            })
            .collect()
    });
    if let (Some(zones), Some(p)) = (layer(document, ZONES), point_on_surface(&sites.geometry, site)) {
        let far = |row: &usize| {
            let c = zones.geometry.bbox(*row).center();
            (c[0] - p[0]).hypot(c[1] - p[1])
        };
        let housing = |row: &usize| zones.attributes.value("baunvo", *row).as_str() == Some("WA");
        let zone = (0..zones.len()).filter(housing).min_by(|a, b| far(a).total_cmp(&far(b)));
        step(document, "Nächstes Wohngebiet wird Urbanes Gebiet", |d| {
            d.zone_type(&zone.map(|row| id(&zones, ZONES, row)).into_iter().collect::<Vec<_>>(), "MU")
        });
    }
    // Low blocks of flats, the first of the layer: each one storey more.
    let storeys = |row: usize| buildings.attributes.value("storeys", row).as_f64().unwrap_or(0.0);
    let low = |row: &usize| buildings.attributes.value("use", *row).as_str() == Some("residential") && storeys(*row) == 3.0;
    let rows: Vec<usize> = (0..buildings.len()).filter(low).take(12).collect();
    step(document, "Zwölf Häuser aufstocken", |d| {
        let mut edits = vec![];
        for row in rows {
            let height = buildings.attributes.value("height_m", row).as_f64().unwrap_or(9.0) + 3.0;
            let taller = with(&[
                ("storeys", Value::Integer(4)),
                ("height_m", Value::Real((height * 100.0).round() / 100.0)),
            ]);
            edits.extend(d.describe(&[id(&buildings, BUILDINGS, row)], &taller)?);
        }
        Ok(edits)
    });
}
