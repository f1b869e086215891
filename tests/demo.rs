//! Musterstadt through the front door: the written project is complete, repeatable and sound.

use stadtschicht::{
    demo::{DemoError, DemoOptions, generate},
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
