//! The figures of the worked plans against a second arithmetic that shares nothing with the program: `tests/oracle/figures.py`. Needs a Python
//! with shapely (Debian: `python3-shapely`); without one the test says that it is skipped.

use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn python() -> Option<&'static str> {
    let there = |p: &&str| {
        let done = Command::new(p).args(["-c", "import shapely.wkb, sqlite3"]).output();
        done.is_ok_and(|o| o.status.success())
    };
    ["python3", "/usr/bin/python3"].into_iter().find(there)
}

fn stadtschicht(arguments: &[&str]) -> Output {
    let done = Command::new(env!("CARGO_BIN_EXE_stadtschicht")).args(arguments).output().unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    done
}

#[test]
fn every_figure_of_the_worked_plans_is_what_a_second_arithmetic_says() {
    let Some(python) = python() else {
        println!("skipped: no Python with shapely here");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    let town = at("town");
    stadtschicht(&["demo", &town, "--size", "1500", "--seed", "3"]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/figures.py");
    for (plan, index, factor) in [
        ("kasernenquartier-mit-park", "190.4", "1"),
        ("gewerbehof-statt-wohnen-am-gleis", "150", "1.08"),
    ] {
        let (layers, said) = (at(&format!("{plan}.gpkg")), at(&format!("{plan}.json")));
        stadtschicht(&["scenario", "export", &town, plan, "--out", &layers]);
        let told = stadtschicht(&[
            "figures",
            &town,
            "--scenario",
            plan,
            "--index",
            index,
            "--factor",
            factor,
            "--format",
            "json",
        ]);
        fs::write(&said, &told.stdout).unwrap();
        let compared = Command::new(python)
            .arg(&script)
            .args([&layers, &said, index, factor])
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&compared.stdout).into_owned() + &String::from_utf8_lossy(&compared.stderr);
        assert!(compared.status.success(), "{plan}: {text}");
        // Every figure says how it was found, in both languages, and where its numbers come from.
        let told: Value = serde_json::from_slice(&told.stdout).unwrap();
        let sites = told["figures"]["sites"].as_array().unwrap();
        assert!(sites.len() > 20, "{plan}: {} sites", sites.len());
        for f in sites.iter().flat_map(|s| s["figures"].as_array().unwrap()) {
            for language in ["de", "en"] {
                assert!(f["formula"][language].as_str().is_some_and(|t| !t.is_empty()), "{f}");
            }
            assert!(f["id"] == "area" || f["source"].as_str().is_some_and(|t| !t.is_empty()), "{f}");
        }
        let costs = sites
            .iter()
            .flat_map(|s| s["figures"].as_array().unwrap())
            .find(|f| f["id"] == "cost" && !f["value"].is_null());
        let costs = costs.unwrap();
        assert!(costs["source"].as_str().unwrap().contains("NHK 2010"), "{costs}");
    }
}
