//! A new project from real extracts: it opens, checks, says what it lacks, and nothing is overwritten.

mod common;

use stadtschicht::{
    model::Level,
    progress::Control,
    project::{self, City, SlotData},
    readers::{READERS, inspect},
    rules,
    starter::{self, Order, SourceKind, Started, StarterError},
};
use std::path::{Path, PathBuf};

fn features(city: &City, slot: &str) -> usize {
    match &city.slot(&slot.into()).unwrap_or_else(|| panic!("{slot}")).data {
        SlotData::Vector(l) => {
            assert!(l.layer.report.adds_up(), "{slot}: {:?}", l.layer.report);
            l.layer.len()
        }
        other => panic!("{slot}: {other:?}"),
    }
}

fn liechtenstein() -> PathBuf {
    common::repository("scenarios/vaduz/data/liechtenstein-2013-08-03.osm.pbf")
}

fn vaduz(folder: &Path) -> Order {
    let mut order = Order::new(folder, [9.521, 47.141]);
    order.files.push((SourceKind::Osm, liechtenstein()));
    order
}

fn codes(started: &Started) -> Vec<&str> {
    started.findings.iter().map(|f| f.code.as_str()).collect()
}

#[test]
fn liechtenstein_becomes_a_project_that_opens_and_checks() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("vaduz");
    let mut order = vaduz(&folder);
    order.stand_ins = true;
    order.estimate_noise = true;
    let started = starter::create(&order, &Control::default()).unwrap();
    assert_eq!(
        (started.epsg, started.title.de.as_str(), started.state.as_deref()),
        (25832, "Vaduz", None)
    );
    let city = project::open(&folder, &Control::default()).unwrap();
    assert_eq!(features(&city, "land_potential/buildings"), 3717);
    assert_eq!(features(&city, "social_infrastructure/stops"), 312);
    assert_eq!(features(&city, "social_infrastructure/playgrounds"), 12);
    // Computed, labelled, and loudest along the motorway across the Rhine.
    assert!(features(&city, "environmental_load/noise_lden") > 10);
    let labelled: Vec<_> = city.provenance().filter(|(slot, _)| slot.slot().starts_with("noise_")).collect();
    assert_eq!(labelled.len(), 2);
    for (slot, p) in labelled {
        assert!(
            p.unofficial && p.source.as_ref().unwrap().starts_with("Modellrechnung, keine amtliche Lärmkarte"),
            "{slot}: {p:?}"
        );
    }
    // The day of the data comes from the newest edit in the file.
    let (_, buildings) = city.provenance().find(|(slot, _)| slot.slot() == "buildings").unwrap();
    assert!(
        buildings.data_date.as_deref().is_some_and(|d| d.starts_with("2013-0")),
        "{:?}",
        buildings.data_date
    );
    assert_eq!(buildings.licence.as_deref(), Some("ODbL-1.0"));
    // What the source says stays readable on the feature.
    let streets = &city.layer(&"land_potential/streets".into()).unwrap().layer;
    assert!(streets.attributes.column("highway").is_some() && streets.attributes.column("other_tags").is_some());
    let evaluation = rules::evaluate(&city, &Control::default());
    assert!(evaluation.outcomes.iter().any(|o| o.rule == "N1" && o.subjects > 0));
    assert!(!evaluation.conflicts.is_empty());
    // Lacking inputs are named with where they come from.
    let floods = started.lacking.iter().find(|r| r.rule == "W1").unwrap();
    assert!(!floods.missing.is_empty() && !floods.missing[0].where_from.de.is_empty());
    assert!(codes(&started).contains(&"PJ-174") && started.portals.len() == 16);
}

#[test]
fn nothing_is_made_up_unasked() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("vaduz");
    let mut order = vaduz(&folder);
    order.state = Some("BY".into());
    let started = starter::create(&order, &Control::default()).unwrap();
    assert!(
        started
            .filled
            .iter()
            .all(|f| !["zones", "sites", "noise_lden", "noise_lnight"].contains(&f.slot.slot()))
    );
    assert_eq!((started.portals.len(), started.portals[0].name.as_str()), (1, "Bayern"));
    let text = std::fs::read_to_string(folder.join("project.toml")).unwrap();
    assert!(text.contains("state = \"BY\""));
}

#[test]
fn bad_orders_end_in_words_and_leave_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("x");
    let create = |order: &Order| starter::create(order, &Control::default());
    let mut order = Order::new(&folder, [47.141, 109.521]);
    assert!(matches!(create(&order), Err(StarterError::Site { .. })));
    order.site = [9.521, 47.141];
    order.state = Some("Vaduz".into());
    assert!(matches!(create(&order), Err(StarterError::State { .. })));
    order.state = None;
    order.epsg = Some(3857);
    assert!(create(&order).unwrap_err().text().de.contains("3857"));
    order.epsg = None;
    let control = Control::default();
    control.cancel();
    assert!(matches!(starter::create(&order, &control), Err(StarterError::Cancelled)));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left behind");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("notes.txt"), "mine").unwrap();
    assert!(matches!(create(&order), Err(StarterError::NotEmpty { .. })));
    assert_eq!(std::fs::read_to_string(folder.join("notes.txt")).unwrap(), "mine");
}

#[test]
fn a_file_that_cannot_be_used_is_named_and_the_rest_becomes_a_project() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("x");
    let wrong = dir.path().join("a.gml");
    std::fs::write(&wrong, "<OGRVRTDataSource/>").unwrap();
    let mut order = vaduz(&folder);
    order.files.push((SourceKind::Xplan, wrong));
    order.files.push((SourceKind::Lod2, dir.path().join("missing.gml")));
    // Given as something it is not.
    order.files.push((SourceKind::Dem, liechtenstein()));
    // Far from everything: the site is in the sea.
    order.site = [8.0, 54.5];
    let started = starter::create(&order, &Control::default()).unwrap();
    let named = |part: &str| {
        started
            .findings
            .iter()
            .any(|f| f.code == "PJ-170" && f.file.as_deref().is_some_and(|file| file.contains(part)))
    };
    assert!(named("a.gml") && named("missing.gml") && named("2_liechtenstein"));
    assert!(
        // Whoever mistook the place reads where the data are.
        started
            .findings
            .iter()
            .any(|f| f.code == "PJ-175" && f.level == Level::Warning && f.text.en.contains("The middle of the data is at 9.5")),
        "{:?}",
        codes(&started)
    );
    assert!(project::open(&folder, &Control::default()).is_ok());
}

#[test]
fn a_table_is_joined_where_its_keys_are_and_else_says_why_not() {
    let dir = tempfile::tempdir().unwrap();
    let first = dir.path().join("first");
    starter::create(&vaduz(&first), &Control::default()).unwrap();
    let city = project::open(&first, &Control::default()).unwrap();
    let schools = city.layers().find(|l| l.layer.slot.slot() == "schools").unwrap();
    let names: Vec<String> = (0..schools.layer.len())
        .map(|row| schools.layer.attributes.value("name", row).to_string())
        .filter(|name| !name.is_empty())
        .collect();
    assert!(names.len() > 5, "{names:?}");
    let rows: Vec<String> = names.iter().enumerate().map(|(k, n)| format!("\"{n}\";{}", 100 + k)).collect();
    let (places, other) = (dir.path().join("schulplätze.csv"), dir.path().join("haushalt.csv"));
    std::fs::write(&places, format!("Schule;Plätze\n{}\nAnderswo;7\n", rows.join("\n"))).unwrap();
    std::fs::write(&other, "Titel;Betrag\nStraßen;1,5\nSchulen;2,5\nBäder;0,4\n").unwrap();

    let folder = dir.path().join("second");
    let mut order = vaduz(&folder);
    order.files.extend([&places, &other].map(|p| (SourceKind::Table, p.clone())));
    let started = starter::create(&order, &Control::default()).unwrap();
    let said = |code: &str, file: &str| {
        let found = started.findings.iter().find(|f| f.code == code && f.file.as_deref() == Some(file));
        found
            .unwrap_or_else(|| panic!("{code} {file}: {:?}", started.findings))
            .text
            .clone()
    };
    let joined = said("PJ-176", "data/schulplätze.csv");
    assert!(
        joined.de.contains("„Schule“ nennt „name“") && joined.de.contains("places = Plätze"),
        "{}",
        joined.de
    );
    let left = said("PJ-170", "data/haushalt.csv");
    assert!(
        left.de.contains("Titel, Betrag") && left.en.contains("[[bind.join]]"),
        "{}",
        left.de
    );

    let city = project::open(&folder, &Control::default()).unwrap();
    let houses = city.layers().find(|l| l.layer.slot.slot() == "buildings").unwrap();
    let target = city.info.views[0].target;
    let near = |b: &stadtschicht::model::Bbox| b.buffered(150.0).contains(target);
    let around = houses.layer.geometry.boxes().iter().filter(|b| near(b)).count();
    assert!(around > 30, "the first view looks at houses: {around}");
    let schools = city.layers().find(|l| l.layer.slot.slot() == "schools").unwrap();
    let counted = (0..schools.layer.len())
        .filter(|row| schools.layer.attributes.value("places", *row).as_f64().is_some_and(|n| n >= 100.0))
        .count();
    assert_eq!(counted, names.len(), "every school that has a name has its places");
    let kinds = |city: &City| {
        let layer = city.layers().find(|l| l.layer.slot.slot() == "schools").unwrap();
        (0..layer.layer.len())
            .filter(|row| !layer.layer.attributes.value("kind", *row).is_null())
            .count()
    };
    assert_eq!(
        kinds(&city),
        kinds(&project::open(&first, &Control::default()).unwrap()),
        "the mapping's own fields stay"
    );
}

#[test]
fn north_bayreuth_with_its_terrain() {
    let Some(data) = common::real_data() else { return };
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("bayreuth");
    let mut order = Order::new(&folder, [11.58, 49.98]);
    order.files.push((SourceKind::Osm, data.join("osm/north-bayreuth.osm.gz")));
    order.estimate_noise = true;
    let tiles = ["N49E011.hgt.zip", "N50E011.hgt.zip"].map(|n| data.join("terrain").join(n));
    let zipped = READERS.iter().any(|r| r.extensions.contains(&"zip"));
    if zipped {
        assert!(inspect(&tiles[0]).is_ok());
        order.files.extend(tiles.map(|t| (SourceKind::Dem, t)));
    }
    let started = starter::create(&order, &Control::default()).unwrap();
    assert_eq!(started.epsg, 25832);
    let city = project::open(&folder, &Control::default()).unwrap();
    assert!(features(&city, "land_potential/buildings") > 3000);
    assert!(features(&city, "land_potential/streets") > 500);
    if zipped {
        let site = city.info.site;
        // Bayreuth lies between 330 and 450 m; the extract reaches into the hills north of it.
        assert!((300.0..620.0).contains(&city.height_at(site)), "{}", city.height_at(site));
    }
    // Relations that reach beyond the extract are named, not lost in silence.
    let all: Vec<_> = city.layers().flat_map(|l| &l.layer.report.findings).collect();
    assert!(
        all.iter()
            .any(|f| f.code == "RD-160" && f.count > 0 && f.text.en.contains("relation/"))
    );
}

#[test]
fn a_tile_of_the_state_survey_and_a_plan() {
    let Some(data) = common::real_data() else { return };
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("nw");
    let crs = stadtschicht::layers::ProjectCrs::from_epsg(25832).unwrap();
    let mut order = Order::new(&folder, crs.to_lonlat([280_500.0, 5_659_500.0]).unwrap());
    order.epsg = Some(25832);
    order.state = Some("NW".into());
    order.files.push((SourceKind::Lod2, data.join("citygml/LoD2_32_280_5659_1_NW.gml")));
    order.files.push((SourceKind::Xplan, data.join("xplanung/BPlan001_5-1.gml")));
    let started = starter::create(&order, &Control::default()).unwrap();
    let city = project::open(&folder, &Control::default()).unwrap();
    assert!(features(&city, "land_potential/buildings") >= 100, "{:?}", started.findings);
    assert!(
        started.filled.iter().any(|f| f.mapping.starts_with("xplan/")),
        "{:?}",
        started.findings
    );
    assert_eq!(city.info.state.as_deref(), Some("NW"));
}

#[test]
fn a_plan_alone_names_the_project_and_is_looked_at_in_its_colours() {
    let Some(data) = common::real_data() else { return };
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("x");
    let mut order = Order::new(&folder, [10.131, 53.67]);
    let plan = data.join("xplanung/BPlan_6-0_4-5-2-4-Ueberlappung_valide.gml");
    order.files.push((SourceKind::Xplan, plan));
    let started = starter::create(&order, &Control::default()).unwrap();
    assert_eq!(started.title.de, "BPlan_6-0_4-5-2-4-Ueberlappung_valide");
    let city = project::open(&folder, &Control::default()).unwrap();
    assert_eq!(features(&city, "land_use_plans/building_windows"), 21);
    let shown = |slot: &str| city.shows_first(city.slot(&slot.into()).unwrap());
    assert!(shown("land_potential/zones") && shown("land_use_plans/building_windows") && !shown("land_potential/parcels"));
    // The first view looks at the middle of the building windows.
    let layer = &city.layer(&"land_use_plans/building_windows".into()).unwrap().layer;
    let (middle, view) = (layer.extent().center(), &city.info.views[0]);
    assert!(
        (0..2).all(|k| (view.target[k] - middle[k]).abs() < 0.1),
        "{view:?}, windows around {middle:?}"
    );
    let town = project::open(&common::repository("scenarios/vaduz"), &Control::default()).unwrap();
    assert!(
        town.slots.iter().all(|s| town.shows_first(s) == s.def.visible),
        "a town without a plan is as its modules say"
    );
}
