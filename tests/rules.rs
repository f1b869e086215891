//! Every rule of the modules that come with the program, proven on fixtures: one where it fires and one where it is clear.
//!
//! A fixture is `tests/rules/<ID>/<name>.geojson`, a feature collection in EPSG:25833 that any GIS opens. Foreign members say more:
//! `note` (what is shown), `state` (federal state of the project), `coverage` (slot → polygon inside which the layer is complete)
//! and `expect`: `verdict`, for a conflict also `severity`, `measured`, `threshold`, `objects`, `area_m2` and `share_percent`, for
//! an unknown `unknown_area_m2`. The property `slot` of a feature says where it belongs; a raster is a rectangle whose property
//! `grid` holds `cell_m`, `columns` and `values` row by row from the north-west. Slots that the rule reads and no feature fills are
//! empty layers; all other slots are missing. The expected numbers were worked out by hand.

#[path = "rules/fixture.rs"]
mod fixture;

use fixture::{Expectation, Fixture};
use stadtschicht::{
    modules::{self, ModuleDef},
    progress::Control,
    project::City,
    rules::{self, Evaluation},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

fn builtin() -> Vec<ModuleDef> {
    let load = |id: &&str| modules::builtin(id).unwrap().unwrap_or_else(|e| panic!("{e}"));
    modules::builtin_ids().iter().map(load).collect()
}

/// Every fixture on disk by rule.
fn files() -> BTreeMap<String, Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let mut out = BTreeMap::new();
    for folder in std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
        let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        out.insert(folder.file_name().unwrap().to_str().unwrap().to_string(), files);
    }
    out
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * b.abs().max(1.0)
}

/// What is wrong with the answer, or nothing.
fn judge(rule: &str, expected: &Expectation, found: &Evaluation) -> Result<(), String> {
    let outcome = found.outcomes.iter().find(|o| o.rule == rule).ok_or("no outcome")?;
    let fired: BTreeSet<&str> = found.conflicts.iter().map(|c| c.rule.as_str()).collect();
    let counts = (outcome.subjects, outcome.conflicts, outcome.clear, outcome.unknown);
    let wrong = |what: &str| Err(format!("{what}: {fired:?} {outcome:?} {:?}", found.conflicts));
    match expected {
        Expectation::Clear if counts != (1, 0, 1, 0) || !fired.is_empty() => wrong("not clear"),
        Expectation::NotApplicable if counts != (0, 0, 0, 0) || !fired.is_empty() => wrong("applies"),
        Expectation::Unknown { unknown_area_m2 } => {
            if counts != (1, 0, 0, 1) || !fired.is_empty() || outcome.reasons.is_empty() {
                return wrong("not unknown, or without a reason");
            }
            if !close(outcome.unknown_area_m2, *unknown_area_m2) {
                return wrong("another unknown area");
            }
            Ok(())
        }
        Expectation::Conflict(e) => {
            if counts != (1, 1, 0, 0) || fired != BTreeSet::from([rule]) || found.conflicts.len() != 1 {
                return wrong("not exactly this rule");
            }
            let c = &found.conflicts[0];
            let objects: Vec<&str> = c.objects.iter().map(|o| o.id.as_str()).collect();
            let threshold = c.threshold.as_ref().ok_or("no threshold")?;
            for (name, found, expected) in [("measured", &c.measured, &e.measured), ("threshold", threshold, &e.threshold)] {
                if !close(found.value, expected.value) || found.unit != expected.unit {
                    return wrong(name);
                }
            }
            let optional = |found: Option<f64>, expected: Option<f64>| expected.is_none_or(|e| found.is_some_and(|f| close(f, e)));
            if u8::from(c.severity) != e.severity {
                return wrong("severity");
            }
            if objects != e.objects || c.subject.id != "site" {
                return wrong("features");
            }
            if !optional(c.area_m2, e.area_m2) || !optional(c.share_percent, e.share_percent) {
                return wrong("area or share");
            }
            if c.reasons.is_empty() || c.reasons.iter().any(|r| r.de.is_empty() || r.en.is_empty()) {
                return wrong("reasons");
            }
            Ok(())
        }
        Expectation::Clear | Expectation::NotApplicable => Ok(()),
    }
}

#[test]
fn every_rule_fires_and_is_clear_as_its_fixtures_say() {
    let modules = builtin();
    let on_disk = files();
    let ids: BTreeSet<&str> = modules.iter().flat_map(|m| &m.rules).map(|r| r.id.as_str()).collect();
    let folders: BTreeSet<&str> = on_disk.keys().map(String::as_str).collect();
    assert_eq!(ids, folders, "rules on the left, folders of tests/rules on the right");
    let (mut failures, mut run) = (vec![], 0);
    for (rule, files) in &on_disk {
        let mut verdicts = BTreeSet::new();
        for file in files {
            let fixture = Fixture::read(file);
            let city = fixture.city(&modules, rule);
            let found = rules::evaluate(&city, &Control::default());
            if let Err(why) = judge(rule, &fixture.expect, &found) {
                failures.push(format!("{}\n    {why}", file.display()));
            }
            let name = file.file_stem().unwrap().to_str().unwrap();
            // The name promises what the fixture shows.
            assert!(name.starts_with(fixture.expect.verdict()), "{}", file.display());
            verdicts.insert(name.to_string());
            run += 1;
        }
        for needed in ["conflict", "clear"] {
            assert!(verdicts.contains(needed), "{rule} has no {needed}.geojson");
        }
    }
    assert_eq!(run, on_disk.values().map(Vec::len).sum::<usize>());
    assert!(run >= 2 * ids.len(), "only {run} fixtures ran");
    assert!(
        failures.is_empty(),
        "{} of {run} fixtures fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// The test above must be able to fail: a fixture judged against another's expectation does.
#[test]
fn a_wrong_expectation_is_noticed() {
    let modules = builtin();
    let read = |name: &str| Fixture::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/N1").join(name));
    let (conflict, clear) = (read("conflict.geojson"), read("clear.geojson"));
    let of = |f: &Fixture| rules::evaluate(&f.city(&modules, "N1"), &Control::default());
    assert!(judge("N1", &clear.expect, &of(&conflict)).is_err());
    assert!(judge("N1", &conflict.expect, &of(&clear)).is_err());
    let Expectation::Conflict(mut e) = conflict.expect else { panic!() };
    e.severity += 1;
    let city = read("conflict.geojson");
    assert!(judge("N1", &Expectation::Conflict(e), &of(&city)).is_err());
}

/// A slot without data is unknown, whatever the rule.
#[test]
fn without_data_every_rule_is_unknown() {
    let modules = builtin();
    for (rule, files) in files() {
        let fixture = Fixture::read(files.iter().find(|f| f.ends_with("conflict.geojson")).unwrap());
        let mut city = fixture.city(&modules, &rule);
        let object = city.rule(&rule).unwrap().object.slot.clone();
        for slot in city.slots.iter_mut().filter(|s| s.id == object) {
            slot.data = fixture::missing();
        }
        // What the module room says is lacking is what the engine cannot answer.
        let lacks = |city: &City| {
            let all = modules::lacking(&modules, &city.present(), city.info.state.as_deref());
            all.into_iter().find(|r| r.rule == rule).unwrap().missing
        };
        assert_eq!(lacks(&fixture.city(&modules, &rule)), [], "{rule}");
        let lack = lacks(&city);
        assert_eq!((lack.len(), &lack[0].slot), (1, &object), "{rule}");
        let found = rules::evaluate(&city, &Control::default());
        let outcome = found.outcomes.iter().find(|o| o.rule == rule).unwrap();
        assert_eq!(
            (outcome.subjects, outcome.clear, outcome.unknown),
            (1, 0, 1),
            "{rule}: no data is not \"no conflict\""
        );
        assert!(!outcome.reasons.is_empty());
    }
}
