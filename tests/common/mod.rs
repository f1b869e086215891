//! What several integration tests share.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::{Path, PathBuf};

/// The folder of real data, or `None` with a word on stderr.
pub fn real_data() -> Option<PathBuf> {
    let dir = std::env::var_os("STADTSCHICHT_REAL_DATA").map(PathBuf::from);
    if dir.is_none() {
        eprintln!("skipped: STADTSCHICHT_REAL_DATA does not name the folder of real data");
    }
    dir
}

/// Puts the Moabit project and its data into `dir`.
pub fn moabit_project(data: &Path, dir: &Path) {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects/moabit/project.toml");
    std::fs::copy(project, dir.join("project.toml")).unwrap();
    std::fs::create_dir_all(dir.join("data")).unwrap();
    std::fs::copy(
        data.join("moabit/berlin_moabit_demo.gpkg"),
        dir.join("data/berlin_moabit_demo.gpkg"),
    )
    .unwrap();
}

/// A folder of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
