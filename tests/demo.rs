//! Musterstadt through the front door: the written project is complete, repeatable and sound.

use stadtschicht::{
    demo::{DemoError, DemoOptions, generate},
    model::Level,
    progress::Control,
    readers::{RawLayer, VectorRequest, read_vector},
};
use std::path::Path;

fn town(buildings: usize, seed: u64) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    generate(dir.path(), &DemoOptions { buildings, seed }, &Control::default()).expect("generates");
    dir
}

fn layer(dir: &Path, name: &str) -> RawLayer {
    let request = VectorRequest {
        layer: Some(name.into()),
        ..VectorRequest::default()
    };
    read_vector(&dir.join("data/musterstadt.gpkg"), &request, &Control::default()).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn hash(dir: &Path) -> Vec<String> {
    ["project.toml", "data/musterstadt.gpkg", "data/gelaende.tif", "data/pet.tif"]
        .map(|f| blake3::hash(&std::fs::read(dir.join(f)).expect(f)).to_hex().to_string())
        .to_vec()
}

#[test]
fn the_same_seed_gives_the_same_files_and_another_seed_another_town() {
    let (a, b, c) = (town(400, 7), town(400, 7), town(400, 8));
    assert_eq!(hash(a.path()), hash(b.path()));
    assert_ne!(hash(a.path())[1], hash(c.path())[1]);
}

#[test]
fn a_second_town_never_overwrites_the_first_and_sizes_have_limits() {
    let a = town(150, 1);
    let again = generate(a.path(), &DemoOptions { buildings: 150, seed: 2 }, &Control::default());
    assert!(matches!(again, Err(DemoError::Exists { .. })), "{again:?}");
    let dir = tempfile::tempdir().expect("a temporary folder");
    let tiny = generate(dir.path(), &DemoOptions { buildings: 99, seed: 1 }, &Control::default());
    assert!(matches!(tiny, Err(DemoError::Size { asked: 99 })), "{tiny:?}");
    let stopped = Control::default();
    stopped.cancel();
    let none = generate(dir.path(), &DemoOptions { buildings: 150, seed: 1 }, &stopped);
    assert!(matches!(none, Err(DemoError::Cancelled)), "{none:?}");
    assert!(!dir.path().join("project.toml").exists());
}

#[test]
fn every_size_reaches_its_number_of_buildings() {
    for n in [100, 1000, 12_000] {
        let dir = town(n, 3);
        assert_eq!(layer(dir.path(), "buildings").geometry.len(), n);
    }
}

/// Area of the overlap of every pair of neighbours, largest first.
fn worst_overlap_m2(a: &stadtschicht::model::Geometries, b: &stadtschicht::model::Geometries, same: bool) -> f64 {
    use stadtschicht::geometry::{PreparedArea, Scratch, overlap_area_m2};
    let index = stadtschicht::index::SpatialIndex::new(b.boxes());
    let prepared: Vec<PreparedArea> = (0..b.len()).map(|k| PreparedArea::new(b, k)).collect();
    let mut scratch = Scratch::default();
    let mut worst = 0.0f64;
    for k in 0..a.len() {
        let mine = PreparedArea::new(a, k);
        for other in index.rows_in(&a.bbox(k)).into_iter().filter(|o| !same || *o as usize > k) {
            worst = worst.max(overlap_area_m2(&mine, &prepared[other as usize], &mut scratch));
        }
    }
    worst
}

#[test]
fn musterstadt_opens_whole_and_shows_every_rule_at_work() {
    let dir = town(5000, 1);
    let city = stadtschicht::project::open(dir.path(), &Control::default()).expect("opens");
    // The town has no cadastre: its sites stand in for plots.
    let cadastre = Some(stadtschicht::modules::Role::Parcels);
    for slot in city.slots.iter().filter(|s| s.def.role != cadastre) {
        assert!(
            !matches!(slot.data, stadtschicht::project::SlotData::Missing { .. }),
            "{} is empty: {:?}",
            slot.id,
            slot.data
        );
    }
    let faults: Vec<String> = city
        .layers()
        .flat_map(|l| &l.layer.report.findings)
        .chain(&city.report.findings)
        .filter(|f| f.level != stadtschicht::model::Level::Info)
        .map(|f| format!("{f:?}"))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let of = |slot: &str| &city.layer(&slot.into()).expect(slot).layer;
    let largest = |slot: &str| {
        let g = &of(slot).geometry;
        let areas = (0..g.len()).map(|k| stadtschicht::geometry::area_m2(g, k));
        areas.fold(0.0, f64::max)
    };
    assert!(largest("environmental_load/green") >= 100_000.0, "a district park");
    assert!(largest("social_infrastructure/playgrounds") >= 10_000.0, "a place for young people");
    let buildings = of("land_potential/buildings");
    assert_eq!(buildings.geometry.len(), 5000);
    assert!((50..=70).contains(&of("land_potential/sites").geometry.len()));
    assert!(worst_overlap_m2(&buildings.geometry, &buildings.geometry, true) < 0.5);
    assert!(worst_overlap_m2(&buildings.geometry, &of("environmental_load/water").geometry, false) < 0.5);

    let evaluation = stadtschicht::rules::evaluate(&city, &Control::default());
    // That crossings and loose ends of ways were joined is said and is no fault.
    let faults: Vec<_> = evaluation.report.findings.iter().filter(|f| f.level > Level::Info).collect();
    assert!(faults.is_empty(), "{faults:?}");
    // Rules of other federal states ask nobody here.
    let elsewhere: Vec<&str> = evaluation
        .outcomes
        .iter()
        .filter(|o| o.subjects == 0)
        .map(|o| o.rule.as_str())
        .collect();
    assert_eq!(elsewhere, ["W10I", "S8B", "S8C", "T5", "T5B"]);
    // No place of the town is 3 km from a secondary school, it lies on no coast, and its lakes are small.
    let fires_nowhere = ["S3", "W11S", "W11K"];
    let silent: Vec<&str> = evaluation
        .outcomes
        .iter()
        .filter(|o| o.conflicts == 0 && o.subjects > 0)
        .map(|o| o.rule.as_str())
        .collect();
    let same = |a: &[&str], b: &[&str]| {
        let set = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<std::collections::BTreeSet<_>>();
        set(a) == set(b)
    };
    assert!(same(&silent, &fires_nowhere), "no conflict for {silent:?}");
    // A rule that fires everywhere tells nothing; where few are asked, all may be concerned.
    let everywhere: Vec<String> = evaluation
        .outcomes
        .iter()
        .filter(|o| o.subjects > 3 && o.conflicts * 10 > o.subjects * 9)
        .map(|o| format!("{}: {} of {}", o.rule, o.conflicts, o.subjects))
        .collect();
    assert!(everywhere.is_empty(), "{everywhere:?}");
    // Part of the town lies outside the noise model: that is unknown, not quiet.
    let unknown = |rule: &str| evaluation.outcomes.iter().find(|o| o.rule == rule).map_or(0, |o| o.unknown);
    assert!(unknown("N1") >= 2 && unknown("N3") >= 2);

    let sites = of("land_potential/sites").geometry.len();
    let mut by_site = vec![0usize; sites];
    for c in evaluation
        .conflicts
        .iter()
        .filter(|c| c.severity >= stadtschicht::model::Severity::Restricted)
    {
        if c.subject.slot.slot() == "sites" {
            by_site[c.subject.row as usize] += 1;
        }
    }
    let count = |test: fn(&usize) -> bool| by_site.iter().filter(|n| test(n)).count();
    assert!(count(|n| *n == 0) >= 2, "sites without any grave conflict: {by_site:?}");
    assert!(
        count(|n| *n <= 5) * 10 >= sites * 7,
        "most sites have few grave conflicts: {by_site:?}"
    );
    assert!(
        count(|n| *n <= 2) * 4 >= sites && count(|n| *n > 12) <= 1,
        "many have next to none, hardly one is hopeless: {by_site:?}"
    );
}

#[test]
fn another_seed_is_as_sound() {
    let dir = town(2500, 20);
    let city = stadtschicht::project::open(dir.path(), &Control::default()).expect("opens");
    let dropped: u64 = city
        .layers()
        .flat_map(|l| &l.layer.report.findings)
        .filter(|f| f.dropped)
        .map(|f| f.count)
        .sum();
    assert_eq!(dropped, 0);
    let buildings = &city.layer(&"land_potential/buildings".into()).expect("buildings").layer.geometry;
    let water = &city.layer(&"environmental_load/water".into()).expect("water").layer.geometry;
    assert_eq!(buildings.len(), 2500);
    assert!(worst_overlap_m2(buildings, buildings, true) < 0.5);
    assert!(worst_overlap_m2(buildings, water, false) < 0.5);
}
