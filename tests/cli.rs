//! The program as its users meet it: arguments in, output and exit code out.

use assert_cmd::Command;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

const FINE: i32 = 0;
const FOUND: i32 = 1;
const USAGE: i32 = 2;
const OPEN: i32 = 3;
const WRITE: i32 = 4;

struct Outcome {
    code: i32,
    out: String,
    err: String,
}

fn stadtschicht(arguments: &[&str]) -> Outcome {
    let output = Command::cargo_bin("stadtschicht")
        .unwrap()
        .args(arguments)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", "en_GB.UTF-8")
        .output()
        .unwrap();
    Outcome {
        code: output.status.code().expect("ended by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A small Musterstadt, generated once for all tests.
fn town() -> &'static Path {
    static TOWN: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = TOWN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("town");
        let made = stadtschicht(&["demo", path.to_str().unwrap(), "--size", "300", "--seed", "7"]);
        assert_eq!(made.code, FINE, "{}", made.err);
        (folder, path)
    });
    path
}

fn town_text() -> &'static str {
    town().to_str().unwrap()
}

/// A project beside the town's own that binds one slot less.
fn town_without(slot: &str) -> String {
    let mut project: toml::Table = fs::read_to_string(town().join("project.toml")).unwrap().parse().unwrap();
    let bindings = project["bind"].as_array_mut().unwrap();
    bindings.retain(|b| !b["slot"].as_str().unwrap().ends_with(slot));
    let file = town().join(format!("without_{}.toml", slot.trim_start_matches('/')));
    fs::write(&file, project.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn help_names_every_command_in_both_languages() {
    let english = stadtschicht(&["--help"]);
    let german = stadtschicht(&["--help", "--lang", "de"]);
    assert_eq!((english.code, german.code), (FINE, FINE));
    for command in ["open", "check", "inspect", "rules", "modules", "demo", "snapshot", "completions"] {
        assert!(english.out.contains(command), "{command}\n{}", english.out);
        let own = stadtschicht(&[command, "--help"]);
        assert_eq!(own.code, FINE);
        assert!(own.out.contains("Usage") && own.err.is_empty(), "{}", own.out);
    }
    assert!(english.out.contains("Exit codes") && german.out.contains("Rückgabewerte"));
    assert!(stadtschicht(&["--version"]).out.contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_command_line_that_is_not_understood_ends_with_two() {
    for bad in [
        &["check"][..],
        &["check", "x", "--format", "xml"],
        &["check", "x", "--fail-on", "5"],
        &["rules"],
        &["rules", "explain", "NO-SUCH-RULE"],
        &["snapshot", "x", "--out", "a.png", "--size", "huge"],
        &["--lang", "fr"],
        &["demo"],
        &["x", "y"],
    ] {
        let o = stadtschicht(bad);
        assert_eq!(o.code, USAGE, "{bad:?}: {}", o.err);
        assert!(o.out.is_empty() && !o.err.is_empty(), "{bad:?}");
    }
}

#[test]
fn what_cannot_be_opened_is_named_and_ends_with_three() {
    for bad in [
        &["check", "no/such/town"][..],
        &["inspect", "no-such-file.gpkg"],
        &["modules", "check", "no/such/town"],
        &["open", "no/such/town"],
        &["no/such/town"],
    ] {
        for language in ["de", "en"] {
            let o = stadtschicht(&[bad, &["--lang", language]].concat());
            assert_eq!(o.code, OPEN, "{bad:?}: {}", o.err);
            assert!(o.err.contains("no") && o.err.contains("such"), "{bad:?}: {}", o.err);
            assert!(o.out.is_empty());
        }
    }
}

#[test]
fn rules_are_listed_and_explained() {
    let list = stadtschicht(&["rules", "list"]);
    assert_eq!(list.code, FINE);
    assert!(list.out.lines().all(|l| l.chars().count() <= 80), "{}", list.out);
    let json: Value = serde_json::from_str(&stadtschicht(&["rules", "list", "--format", "json"]).out).unwrap();
    let rules = json.as_array().unwrap();
    assert!(rules.len() >= 12);
    for rule in rules {
        let id = rule["id"].as_str().unwrap();
        assert!(list.out.contains(id), "{id}");
        let german = stadtschicht(&["rules", "explain", id, "--lang", "de"]);
        let english = stadtschicht(&["rules", "explain", id]);
        assert_eq!((german.code, english.code), (FINE, FINE));
        for part in [rule["title"]["de"].as_str().unwrap(), "Was wird geprüft?", "Zuständig"] {
            assert!(german.out.contains(part), "{id}: {part}\n{}", german.out);
        }
        for text in [&german.out, &english.out] {
            assert!(!text.contains("Unknown localization"), "{text}");
        }
    }
}

#[test]
fn inspect_says_what_is_in_a_file_and_what_happens_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("parks.geojson");
    let square = "[[[13.3,52.5],[13.31,52.5],[13.31,52.51],[13.3,52.51],[13.3,52.5]]]";
    let bow = "[[[13.3,52.5],[13.31,52.51],[13.31,52.5],[13.3,52.51],[13.3,52.5]]]";
    let feature = |rings: &str, name: &str| {
        format!(r#"{{"type":"Feature","properties":{{"name":"{name}"}},"geometry":{{"type":"Polygon","coordinates":{rings}}}}}"#)
    };
    let collection = |features: &[String]| format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    fs::write(&file, collection(&[feature(square, "good")])).unwrap();
    let path = file.to_str().unwrap();
    let good = stadtschicht(&["inspect", path]);
    assert_eq!(good.code, FINE, "{}{}", good.out, good.err);
    for part in ["GeoJSON", "EPSG:4326", "EPSG:25833", "name", "1 read + 0 left out = 1 expected"] {
        assert!(good.out.contains(part), "{part}\n{}", good.out);
    }

    fs::write(&file, collection(&[feature(square, "good"), feature(bow, "evil \\u001b[31m")])).unwrap();
    let repaired = stadtschicht(&["inspect", path]);
    assert_eq!(repaired.code, FOUND, "{}{}", repaired.out, repaired.err);
    assert!(!repaired.out.contains('\u{1b}') && repaired.out.contains("LY-"), "{}", repaired.out);

    let json: Value = serde_json::from_str(&stadtschicht(&["inspect", path, "--format", "json"]).out).unwrap();
    assert_eq!(json[0]["driver"], "GeoJSON");
    assert_eq!(json[0]["read"][0]["crs"], "EPSG:25833");
    assert_eq!(json[0]["read"][0]["adds_up"], true);

    let both = stadtschicht(&["inspect", path, "missing.gpkg"]);
    assert_eq!(both.code, OPEN);
    assert!(both.out.contains("parks.geojson") && both.err.contains("missing.gpkg"));
}

#[test]
fn the_demo_town_is_checked_in_every_format() {
    let table = stadtschicht(&["check", town_text()]);
    assert_eq!(table.code, FINE, "{}", table.err);
    assert!(table.err.is_empty(), "no progress bar without a terminal: {}", table.err);
    assert!(table.out.contains("invented data") && !table.out.contains('\u{1b}'));

    let json = stadtschicht(&["check", town_text(), "--format", "json"]);
    let check: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&check["format"], &check["schema"]), (&"stadtschicht.check".into(), &1.into()));
    let conflicts = check["conflicts"].as_array().unwrap();
    assert!(!conflicts.is_empty(), "a town without conflicts teaches nothing");
    for c in conflicts {
        let id = c["id"].as_str().unwrap();
        assert!(table.out.contains(id), "{id} is not in the table");
        assert!(c["reasons"][0]["de"].is_string() && c["measured"]["unit"].is_string(), "{c}");
    }
    let outcomes = check["outcomes"].as_array().unwrap();
    assert_eq!(outcomes.len(), check["rules"].as_array().unwrap().len());
    let sum: u64 = outcomes.iter().map(|o| o["conflicts"].as_u64().unwrap()).sum();
    assert_eq!(sum, conflicts.len() as u64);
    let sources = check["sources"].as_array().unwrap();
    assert!(!sources.is_empty());
    assert!(
        sources.iter().all(|s| s["hash"].as_str().unwrap().len() == 64),
        "every input has its hash"
    );
    assert_eq!(
        json.out,
        stadtschicht(&["check", town_text(), "--format", "json"]).out,
        "the same bytes every time"
    );

    let geojson: Value = serde_json::from_str(&stadtschicht(&["check", town_text(), "--format", "geojson"]).out).unwrap();
    let features = geojson["features"].as_array().unwrap();
    assert_eq!(features.len(), conflicts.len());
    assert!(geojson.get("crs").is_none(), "RFC 7946 knows no crs member");
    let mut positions = 0;
    for f in features {
        on_each_position(&f["geometry"]["coordinates"], &mut |lon, lat| {
            positions += 1;
            assert!(
                (5.0..=16.0).contains(&lon) && (47.0..=56.0).contains(&lat),
                "{lon} {lat} is not in Germany"
            );
        });
    }
    assert!(positions >= features.len());

    let csv = stadtschicht(&["check", town_text(), "--format", "csv", "--lang", "de"]).out;
    let mut lines = csv.lines();
    assert!(lines.next().unwrap().starts_with("\u{feff}Kennung;Schwere;"));
    assert_eq!(lines.count(), conflicts.len());
}

fn on_each_position(value: &Value, tell: &mut impl FnMut(f64, f64)) {
    let Some(list) = value.as_array() else { return };
    match (list.first().and_then(Value::as_f64), list.get(1).and_then(Value::as_f64)) {
        (Some(lon), Some(lat)) => tell(lon, lat),
        _ => list.iter().for_each(|v| on_each_position(v, tell)),
    }
}

#[test]
fn fail_on_tells_a_pipeline_by_the_exit_code() {
    let check: Value = serde_json::from_str(&stadtschicht(&["check", town_text(), "--format", "json"]).out).unwrap();
    let worst = check["conflicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["severity"].as_u64().unwrap())
        .max()
        .unwrap();
    let at = |n: u64| stadtschicht(&["check", town_text(), "--fail-on", &n.to_string()]).code;
    assert_eq!(at(1), FOUND);
    assert_eq!(at(worst), FOUND);
    if worst < 4 {
        assert_eq!(at(worst + 1), FINE);
    }
}

#[test]
fn results_go_into_files_in_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("conflicts.csv");
    let o = stadtschicht(&["check", town_text(), "--format", "csv", "--out", target.to_str().unwrap()]);
    assert_eq!((o.code, o.out.as_str()), (FINE, ""));
    assert!(fs::read_to_string(&target).unwrap().starts_with("\u{feff}id,severity,"));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "no temporary file stays");
    let nowhere = folder.path().join("no/such/folder.csv");
    let o = stadtschicht(&["check", town_text(), "--format", "csv", "--out", nowhere.to_str().unwrap()]);
    assert_eq!(o.code, WRITE);
    assert!(o.err.contains("folder.csv"));
}

#[test]
fn the_demo_does_not_write_over_somebodys_work() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("precious.txt"), "x").unwrap();
    let path = folder.path().to_str().unwrap();
    let o = stadtschicht(&["demo", path, "--size", "300"]);
    assert_eq!(o.code, WRITE);
    assert!(!folder.path().join("project.toml").exists());
    let o = stadtschicht(&["demo", path, "--size", "300", "--force"]);
    assert_eq!(o.code, FINE, "{}", o.err);
    assert!(folder.path().join("project.toml").exists() && folder.path().join("precious.txt").exists());

    // An earlier demo town may be replaced, a project that is not invented never.
    assert_eq!(stadtschicht(&["demo", path, "--size", "300"]).code, WRITE);
    assert_eq!(stadtschicht(&["demo", path, "--size", "300", "--seed", "2", "--force"]).code, FINE);
    let file = folder.path().join("project.toml");
    let real = fs::read_to_string(&file).unwrap().replace("synthetic = true", "synthetic = false");
    fs::write(&file, &real).unwrap();
    assert_eq!(stadtschicht(&["demo", path, "--size", "300", "--force"]).code, WRITE);
    assert_eq!(fs::read_to_string(&file).unwrap(), real);
}

#[test]
fn modules_tell_a_city_what_it_lacks() {
    // The demo town of the usual size fills every layer that a rule needs; a small one has no room for a nature reserve.
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    let whole = whole.to_str().unwrap();
    assert_eq!(stadtschicht(&["demo", whole, "--size", "5000"]).code, FINE);
    let complete = stadtschicht(&["modules", "check", whole]);
    assert_eq!(complete.code, FINE, "{}{}", complete.out, complete.err);
    // One binding less: the rules that need it are named.
    let lacking = stadtschicht(&["modules", "check", &town_without("/schools")]);
    assert_eq!(lacking.code, FOUND, "{}{}", lacking.out, lacking.err);
    assert!(lacking.out.contains("schools") && lacking.out.contains("S2"), "{}", lacking.out);
}

#[test]
fn completions_are_for_the_shell_that_was_named() {
    assert!(stadtschicht(&["completions", "bash"]).out.contains("_stadtschicht()"));
    assert!(stadtschicht(&["completions", "fish"]).out.contains("complete -c stadtschicht"));
    assert_eq!(stadtschicht(&["completions", "cobol"]).code, USAGE);
}

#[cfg(not(feature = "gui"))]
#[test]
fn a_build_without_a_renderer_says_so_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("p.png");
    let o = stadtschicht(&["snapshot", town_text(), "--out", picture.to_str().unwrap()]);
    assert_eq!(o.code, WRITE);
    assert!(o.err.contains("gui") && !picture.exists());
    assert_eq!(stadtschicht(&["open", town_text()]).code, WRITE);
}

#[test]
fn suitability_scores_sites_and_cells_and_refuses_what_it_cannot_weigh() {
    let run = stadtschicht(&["suitability", town_text(), "--vary", "20", "--runs", "50"]);
    assert_eq!(run.code, FINE, "{}", run.err);
    for word in ["Housing", "Commerce", "Green", "Social facility", "Competition between uses"] {
        assert!(run.out.contains(word), "{word}\n{}", run.out);
    }
    let json = stadtschicht(&[
        "suitability",
        town_text(),
        "--use",
        "housing",
        "--by",
        "hexagons",
        "--cell",
        "40",
        "--format",
        "json",
    ]);
    assert_eq!(json.code, FINE, "{}", json.err);
    let document: Value = serde_json::from_str(&json.out).unwrap();
    let units = document["units"].as_array().unwrap();
    assert!(units.len() > 100, "{}", units.len());
    for unit in units {
        let housing = &unit["uses"]["housing"];
        let (score, low, high) = (housing["score"].as_f64(), housing["low"].as_f64(), housing["high"].as_f64());
        match score {
            Some(score) => assert!(low.unwrap() <= score + 1e-6 && score <= high.unwrap() + 1e-6, "{unit}"),
            None => assert!(
                housing["excluded_by"].is_string()
                    || housing["standing"] == "undecided" && !housing["undecided"].as_array().unwrap().is_empty()
                    || housing["known"].as_f64() == Some(0.0),
                "{unit}"
            ),
        }
    }
    // Without the layer of forests nobody can say that a site lies outside one.
    let blind = town_without("/forest");
    let run = stadtschicht(&["suitability", &blind, "--use", "housing"]);
    assert!(
        run.out.contains("Undecided (") && run.out.contains("\"Forest\": no source is bound"),
        "{}",
        run.out
    );
    let run = stadtschicht(&["suitability", &blind, "--use", "housing", "--format", "json"]);
    let document: Value = serde_json::from_str(&run.out).unwrap();
    for unit in document["units"].as_array().unwrap() {
        assert!(unit["uses"]["housing"]["score"].is_null(), "{unit}");
    }
    // Judgements that go in circles are named; the groups of the project are set side by side.
    let circle = ["--pair", "noise_day:heat=5", "--pair", "heat:stop=5", "--pair", "stop:noise_day=5"];
    let run = stadtschicht(&[&["suitability", town_text(), "--use", "housing"][..], &circle].concat());
    assert!(
        run.out.contains("consistency ratio") && run.out.contains("contradict"),
        "{}{}",
        run.out,
        run.err
    );
    let run = stadtschicht(&["suitability", town_text(), "--use", "housing", "--groups"]);
    assert!(
        run.out.contains("Groups side by side") && run.out.contains("Residents' initiative"),
        "{}{}",
        run.out,
        run.err
    );
    let map = stadtschicht(&["suitability", town_text(), "--groups", "--format", "geojson"]);
    let map: Value = serde_json::from_str(&map.out).unwrap();
    let features = map["features"].as_array().unwrap();
    assert_eq!(features.len(), document["units"].as_array().unwrap().len());
    for feature in features {
        let p = &feature["properties"];
        assert!(
            p["contest"].is_string() && p["housing_group_spread"].as_f64().is_none_or(|s| s >= 0.0),
            "{p}"
        );
        assert!(feature["geometry"]["coordinates"].is_array() && p["green_standing"].is_string());
    }
    // More weight on noise changes the order of things; the same call twice gives the same bytes.
    let csv = |weight: &str| stadtschicht(&["suitability", town_text(), "--format", "csv", "--weight", weight]).out;
    assert_ne!(csv("noise_day=50"), csv("noise_day=0"));
    assert_eq!(csv("noise_day=50"), csv("noise_day=50"));
    for (arguments, word) in [
        (["--use", "castles"], "castles"),
        (["--weight", "noise_day"], "noise_day"),
        (["--weight", "moon=1"], "moon"),
        (["--attitude", "1.5"], "1.5"),
        (["--pair", "noise_day"], "noise_day"),
        (["--pair", "noise_day:moon=3"], "moon"),
        (["--group", "nobody"], "residents"),
    ] {
        let refused = stadtschicht(&[&["suitability", town_text()][..], &arguments[..]].concat());
        assert_eq!(refused.code, USAGE, "{arguments:?}");
        assert!(refused.err.contains(word), "{}", refused.err);
    }
    assert_eq!(
        stadtschicht(&["suitability", town_text(), "--by", "squares", "--cell", "0"]).code,
        OPEN
    );
}

#[test]
fn why_tells_everything_at_a_spot_and_refuses_what_is_none() {
    let check = stadtschicht(&["check", town_text(), "--format", "json"]);
    let found: Value = serde_json::from_str(&check.out).unwrap();
    let conflict = &found["conflicts"][0];
    let at = format!("{},{}", conflict["anchor"][0], conflict["anchor"][1]);
    let said = stadtschicht(&["why", town_text(), "--at", &at, "--format", "json"]);
    assert_eq!(said.code, FINE, "{}", said.err);
    let why: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(why["layers"].as_array().unwrap().len(), found["layers"].as_array().unwrap().len());
    // Building law comes behind the modules' rules.
    let (all, of_modules) = (why["rules"].as_array().unwrap(), found["rules"].as_array().unwrap().len());
    let law: Vec<&str> = all[of_modules..].iter().filter_map(|r| r["rule"].as_str()).collect();
    assert_eq!(law, ["GRZ", "GRZ2", "GFZ", "BMZ", "Z", "H", "BG", "AF", "BSD"]);
    assert!(why["indicators"]["figures"].as_array().unwrap().len() >= 20);
    let uses = why["suitability"]["uses"].as_array().unwrap();
    assert_eq!(uses.len(), 4);
    assert!(uses.iter().all(|u| !u["criteria"].as_array().unwrap().is_empty()));
    assert!(why["competition"]["contest"].is_string());
    // What building law finds of the existing stock is no conflict of the list and needs no decision.
    let listed = |r: &&Value| r["verdict"] == "conflict" && !r["conflict"].is_null();
    for rule in all.iter().filter(listed) {
        assert!(
            rule["source"].is_string() && rule["office"]["de"].is_string() && rule["law"].is_string(),
            "{rule}"
        );
        assert!(rule["measured"].is_object() && rule["review"]["status"] == "open", "{rule}");
    }
    for lang in ["de", "en"] {
        let said = stadtschicht(&["--lang", lang, "why", town_text(), "--at", &at]);
        assert_eq!(said.code, FINE);
        for rule in why["rules"].as_array().unwrap() {
            assert!(
                said.out.contains(rule["title"][lang].as_str().unwrap().split(' ').next().unwrap()),
                "{rule}"
            );
        }
    }
    for (bad, word) in [("nonsense", "no spot"), ("1,2", "outside the project"), ("nan,1", "no spot")] {
        let said = stadtschicht(&["why", town_text(), "--at", bad]);
        assert_eq!(said.code, USAGE, "{bad}");
        assert!(said.err.contains(word), "{}", said.err);
    }
}

#[test]
fn conflicts_are_grouped_and_told_by_their_place() {
    let check = stadtschicht(&["check", town_text(), "--format", "json"]);
    let found: Value = serde_json::from_str(&check.out).unwrap();
    let conflicts = found["conflicts"].as_array().unwrap();
    let most = conflicts.iter().max_by_key(|c| c["rules_here"].as_u64().unwrap()).unwrap();
    // Heat, counted anew: the different rules at that site.
    let site = &most["site"]["id"];
    let rules: std::collections::BTreeSet<_> = conflicts
        .iter()
        .filter(|c| c["site"]["id"] == *site)
        .map(|c| c["rule"].as_str().unwrap())
        .collect();
    assert_eq!(most["rules_here"], rules.len());
    assert!(rules.len() > 1 && most["district"].is_string());
    for (by, name) in [
        ("site", &most["site"]["label"]),
        ("district", &most["district"]),
        ("office", &most["office"]["en"]),
    ] {
        let said = stadtschicht(&["check", town_text(), "--by", by]);
        assert_eq!(said.code, FINE, "{}", said.err);
        assert!(said.out.contains(name.as_str().unwrap()), "{by}: {name}");
        assert!(conflicts.iter().all(|c| said.out.contains(c["id"].as_str().unwrap())), "{by}");
    }
    let csv = stadtschicht(&["check", town_text(), "--format", "csv"]);
    assert!(csv.out.lines().next().unwrap().contains("rules here"), "{}", csv.out);
}

#[test]
fn building_law_sun_and_figures_of_the_demo_town_are_what_a_planner_expects() {
    let town = town_text();
    let json = |arguments: &[&str]| -> Value {
        let got = stadtschicht(arguments);
        assert_eq!(got.code, FINE, "{}", got.err);
        serde_json::from_str(&got.out).unwrap()
    };
    // Density: every built GRZ lies between nothing and full cover, and what breaks a limit says which.
    let law = json(&["law", town, "--format", "json"]);
    let plots = law["plots"].as_array().unwrap();
    assert!(plots.len() > 20, "{}", plots.len());
    let checks = plots.iter().flat_map(|p| p["checks"].as_array().unwrap());
    let grz: Vec<f64> = checks
        .filter(|c| c["measured"] == "grz" && c["stage"] == "built")
        .map(|c| c["value"]["low"].as_f64().unwrap())
        .collect();
    assert!(grz.iter().all(|v| (0.0..=1.0).contains(v)), "{grz:?}");
    let mean = grz.iter().sum::<f64>() / grz.len() as f64;
    assert!((0.15..0.8).contains(&mean), "{mean}");
    for c in law["conflicts"].as_array().unwrap() {
        assert!(c["measured"]["value"].as_f64() > c["threshold"]["value"].as_f64());
        assert!(c["reasons"][0]["de"].as_str().unwrap().contains('§'), "{c}");
    }
    let map = json(&["law", town, "--format", "geojson"]);
    on_each_position(&map["features"][0]["geometry"]["coordinates"], &mut |lon, lat| {
        assert!((5.0..16.0).contains(&lon) && (47.0..56.0).contains(&lat), "{lon} {lat}");
    });
    assert_eq!(stadtschicht(&["law", town, "--plot", "nowhere"]).code, USAGE);
    // Sun: the equinox of central Germany has its noon between 37° and 40°.
    let sun = json(&[
        "sun",
        town,
        "--date",
        "2026-03-21",
        "--radius",
        "60",
        "--cell",
        "10",
        "--format",
        "json",
    ]);
    let path = sun["path"].as_array().unwrap();
    let noon = path.iter().map(|s| s["sun"]["elevation_deg"].as_f64().unwrap()).fold(0.0, f64::max);
    assert!((37.0..40.0).contains(&noon), "{noon}");
    let most = path.len() as f64 * sun["step_min"].as_f64().unwrap() / 60.0;
    let hours = |list: &str| -> Vec<f64> {
        let all = sun[list].as_array().unwrap().iter();
        all.map(|p| p["sun"]["hours"].as_f64().unwrap()).collect()
    };
    assert!(!hours("ground").is_empty() && !hours("facades").is_empty());
    assert!(hours("ground").iter().chain(&hours("facades")).all(|h| (0.0..=most).contains(h)));
    let north = sun["facades"].as_array().unwrap().iter().filter(|f| {
        let facing = f["facade"]["facing_deg"].as_f64().unwrap();
        !(60.0..300.0).contains(&facing)
    });
    assert!(north.clone().count() > 0 && north.clone().all(|f| f["sun"]["hours"].as_f64().unwrap() < 3.0));
    for bad in [["--cell", "0"], ["--zone", "Berlin"], ["--date", "gestern"], ["--at", "1"]] {
        let got = stadtschicht(&["sun", town, bad[0], bad[1]]);
        assert!(got.code == USAGE && !got.err.is_empty(), "{bad:?}");
    }
    // The same town before and after takes nothing from anybody.
    let same = json(&["sun", town, "--before", town, "--radius", "30", "--format", "json"]);
    assert_eq!(same["losses"].as_array().map(Vec::len), Some(0));
    // Setbacks: depths of three metres and more, of the state's code.
    let walls = json(&["setbacks", town, "--of", "all", "--format", "json"]);
    let walls = walls["setbacks"]["walls"].as_array().unwrap();
    assert!(walls.len() > 200);
    assert!(
        walls
            .iter()
            .all(|w| w["depth"]["depth_m"]["low"].as_f64().unwrap() >= 3.0 && w["depth"]["law"] == "BauO LSA § 6 (5)")
    );
    // Figures: two people a dwelling, and a cost of some thousand euros a square metre of floor.
    let figures = json(&["figures", town, "--format", "json"]);
    let total = |id: &str| {
        let all = figures["figures"]["totals"].as_array().unwrap();
        all.iter().find(|t| t["id"] == id).unwrap()["value"].as_f64().unwrap()
    };
    assert!((total("inhabitants") - 2.0 * total("dwellings")).abs() < 1e-6);
    assert!((total("sealed") + total("green") - total("area")).abs() < 1e-6 * total("area"));
    let euro = total("cost") / total("floor_area");
    assert!((1_000.0..4_500.0).contains(&euro), "{euro}");
    let dear = json(&["figures", town, "--factor", "2", "--format", "json"]);
    let all = dear["figures"]["totals"].as_array().unwrap();
    let doubled = all.iter().find(|t| t["id"] == "cost").unwrap()["value"].as_f64().unwrap();
    assert!((doubled / total("cost") - 2.0).abs() < 1e-9);
    assert_eq!(stadtschicht(&["figures", town, "--index", "-5"]).code, USAGE);
}
