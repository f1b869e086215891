//! The worked plans of Musterstadt: they fit, they say something, and every number they change is seen before it is accepted.

use assert_cmd::Command;
use serde_json::Value;
use stadtschicht::{
    demo::{self, DemoOptions},
    indicators,
    model::Value as Attribute,
    modules::parameters,
    permit::Judged,
    progress::Control,
    project, rules,
    scenario::{Access, Base, Step, file},
    session::{Command as Ask, ScenarioCommand, Session, Variant, compare},
};
use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

#[test]
fn the_worked_plans_of_musterstadt() {
    let dir = tempfile::tempdir().unwrap();
    let control = Control::default();
    let options = DemoOptions {
        buildings: 1500,
        ..DemoOptions::default()
    };
    demo::generate(dir.path(), &options, &control).unwrap();
    let files = file::list(dir.path());
    assert_eq!(files.len(), 2);
    let base = Base::new(Arc::new(project::open(dir.path(), &control).unwrap()));
    let evaluation = Arc::new(rules::evaluate(&base.city, &control));
    let existing = Variant::of_base(&base, &evaluation);
    let mut told = String::new();
    let mut variants = vec![];
    for path in &files {
        let opened = file::read(path).unwrap().file;
        assert_eq!(opened.base.hash, base.hash(), "drawn on this very town");
        let variant = Variant::of_file(&base, &evaluation, path, &control).unwrap();
        assert!(variant.notices.is_empty(), "{:?}", variant.notices);
        // What was computed for the edits alone is what a full run finds.
        let whole = Judged::default().after(&base, &variant.overlay, &variant.city, &[], &control);
        let whole = whole.beside(rules::evaluate(&variant.city, &control));
        assert!(*variant.evaluation == whole, "{}: in steps and at once differ", opened.title);
        let c = compare(&base, &existing, &variant, &control).unwrap();
        assert!(!c.conflicts.resolved.is_empty(), "{}: a plan that solves nothing", opened.title);
        told += &format!("{}\n", opened.title);
        for step in &opened.steps {
            told += &format!("  {} ({} edits)\n", step.name, step.edits.len());
        }
        let mut fates = BTreeMap::<String, usize>::new();
        for f in &c.features {
            *fates.entry(format!("{} {:?}", f.slot, f.fate)).or_default() += 1;
        }
        for (fate, n) in fates {
            told += &format!("  {fate}: {n}\n");
        }
        let d = &c.conflicts;
        let rules_of = |list: &mut dyn Iterator<Item = &stadtschicht::model::Conflict>| {
            let mut all = BTreeMap::<String, usize>::new();
            for c in list {
                *all.entry(c.rule.clone()).or_default() += 1;
            }
            all.iter().map(|(r, n)| format!("{r}×{n}")).collect::<Vec<_>>().join(" ")
        };
        told += &format!("  new: {}\n", rules_of(&mut d.new.iter()));
        told += &format!("  resolved: {}\n", rules_of(&mut d.resolved.iter()));
        told += &format!("  changed: {}\n", rules_of(&mut d.changed.iter().map(|(_, b)| b)));
        told += &format!("  unchanged: {}\n", d.unchanged);
        for f in c.indicators.iter().filter(|f| f.before != f.after) {
            told += &format!("  {} {:.2?} -> {:.2?}\n", f.id, f.before, f.after);
        }
        for f in c
            .figures
            .iter()
            .filter(|f| f.before != f.after || f.unknown_sites[0] != f.unknown_sites[1])
        {
            told += &format!(
                "  {}: {:.0?} -> {:.0?} {} {:?}\n",
                f.id, f.before, f.after, f.unit.en, f.unknown_sites
            );
        }
        variants.push(variant);
    }
    let between = compare(&base, &variants[0], &variants[1], &control).unwrap();
    assert!(!between.features.is_empty() && !between.conflicts.is_empty());
    insta::assert_snapshot!("worked_plans", told);
}

/// Steps of every kind over every layer: indicators that are taken over from the state before are those counted anew, to the last digit, and
/// what the rules find in steps is what they find at once.
#[test]
fn indicators_counted_in_steps_are_those_counted_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let control = Control::default();
    let options = DemoOptions {
        buildings: 150,
        ..DemoOptions::default()
    };
    let town = dir.path().join("town");
    demo::generate(&town, &options, &control).unwrap();
    let mut session = Session::open(&town, &control).unwrap();
    session.set_access(Access {
        journals: Some(dir.path().join("journals")),
        look_only: false,
    });
    let begin = ScenarioCommand::New {
        title: "Schritte".into(),
        author: "Probe".into(),
    };
    let mut s = session.apply(Ask::Scenario(begin)).unwrap();
    let mut told = indicators::evaluate(&s.city, &s.evaluation, None, &control).unwrap();
    let first = told.clone();
    let mut dice = 20_261_126_u64;
    let mut roll = |below: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % below.max(1)
    };
    let (mut moved, mut done) = (0, 0);
    for k in 0..90 {
        let planning = s.planning.clone().unwrap();
        let mut draft = planning.draft();
        let layers: Vec<_> = s.city.layers().filter(|l| !l.layer.is_empty()).collect();
        // Sites, facilities and buildings as often as all other layers together.
        let often: Vec<_> = layers
            .iter()
            .filter(|l| ["sites", "kitas", "schools", "stops", "buildings"].contains(&l.layer.slot.slot()))
            .collect();
        let layer = if k % 2 == 0 {
            often[roll(often.len())]
        } else {
            &layers[roll(layers.len())]
        };
        let row = roll(layer.layer.len());
        let one = [(layer.layer.slot.clone(), layer.layer.ids[row].to_string())];
        let edits = match roll(5) {
            0 => draft.remove(&one),
            1 => draft.copy(&one, [roll(300) as f64 - 150.0, roll(300) as f64 - 150.0]),
            2 => {
                let use_ = if roll(2) == 0 { "commercial" } else { "residential" };
                draft.describe(&one, &[("use".to_string(), Attribute::Text(use_.into()))].into())
            }
            3 => {
                let rules: Vec<_> = s.city.rules().filter(|r| !r.off).collect();
                let mut rule = rules[roll(rules.len())].clone();
                let id = rule.id.clone();
                let set = parameters(&mut rule.predicate).first().map(|p| {
                    let value = (*p.value * 0.8).clamp(p.least, p.most);
                    draft.set(&format!("parameter/{id}/{}", p.key), Attribute::Real(value))
                });
                Ok(set.into_iter().collect())
            }
            _ => draft.shift(&one, [roll(200) as f64 - 100.0, roll(200) as f64 - 100.0]),
        };
        let Some(step) = edits.ok().and_then(|e| Step::new("Schritt", e).ok()) else {
            continue;
        };
        let command = if k % 7 == 6 {
            ScenarioCommand::Undo
        } else {
            ScenarioCommand::Act(step)
        };
        let Ok(next) = session.apply(Ask::Scenario(command)) else {
            continue;
        };
        s = next;
        done += 1;
        let anew = indicators::evaluate(&s.city, &s.evaluation, None, &control).unwrap();
        let stepwise = indicators::update(&s.city, &s.evaluation, None, Some(&told), &control).unwrap();
        assert_eq!(stepwise, anew, "after step {k}");
        moved += usize::from(stepwise.figures != told.figures);
        told = stepwise;
        if k % 10 == 9 {
            let p = s.planning.as_ref().unwrap();
            let whole = Judged::default().after(&p.base, &p.overlay, &s.city, &[], &control);
            let whole = whole.beside(rules::evaluate(&s.city, &control));
            assert!(*s.evaluation == whole, "rules after step {k}");
        }
    }
    assert!(done > 50 && moved > 15, "{done} steps, {moved} moved a figure");
    assert_ne!(told.figures, first.figures);
}

/// Exit code, standard output, standard error.
fn stadtschicht(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("stadtschicht").unwrap().args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().expect("ended by itself"),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn plans_are_drawn_compared_and_handed_on_from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let town = dir.path().join("town").display().to_string();
    let options = DemoOptions {
        buildings: 200,
        ..DemoOptions::default()
    };
    demo::generate(Path::new(&town), &options, &Control::default()).unwrap();
    let drafts = dir.path().join("drafts.geojson");
    let square = |x: f64, more: &str| {
        let ring = format!(
            "[[{x},5747900],[{},5747900],[{},5747960],[{x},5747960],[{x},5747900]]",
            x + 60.0,
            x + 60.0
        );
        format!(r#"{{"type":"Feature","properties":{{{more}}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#)
    };
    let features = [
        square(317_900.0, r#""name":"Entwurf 1","colour":"red""#),
        square(318_000.0, r#""storeys":-3"#),
    ];
    fs::write(
        &drafts,
        format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",")),
    )
    .unwrap();
    let drafts = drafts.display().to_string();
    let import = |slot: &str| {
        stadtschicht(&[
            "--lang",
            "en",
            "scenario",
            "import",
            &town,
            "Variante Süd",
            &drafts,
            "--slot",
            slot,
            "--crs",
            "25833",
            "--set",
            "use=residential",
        ])
    };
    let (code, out, err) = import("land_potential/sites");
    assert!(code == 1 && out.starts_with("1 of 2 features"), "{code} {out} {err}");
    assert!(
        err.contains("lies between 0 and 200; \u{2212}3 does not fit") && err.contains("colour"),
        "{err}"
    );
    let (code, _, err) = import("land_potential/nowhere");
    assert!(code == 3 && err.contains("nowhere"), "{code} {err}");

    let (code, out, _) = stadtschicht(&["--lang", "de", "scenario", "list", &town]);
    assert!(
        code == 0 && out.contains("variante-sued") && out.contains("Kasernenquartier"),
        "{out}"
    );
    let (code, out, _) = stadtschicht(&["compare", &town, "base", "Variante Süd", "--format", "json"]);
    let compared: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, compared["features"][0]["fate"].as_str()), (0, Some("new")));
    assert!(!compared["conflicts"]["new"].as_array().unwrap().is_empty());
    assert_eq!(compared["conflicts"]["resolved"].as_array().unwrap().len(), 0);
    let (code, out, _) = stadtschicht(&["--lang", "de", "compare", &town, "variante-sued", "bestand", "--format", "csv"]);
    assert!(code == 0 && out.contains("Objekt;entfällt;land_potential/sites"), "{out}");
    let (code, out, _) = stadtschicht(&["--lang", "de", "scenario", "apply", &town, "variante-sued"]);
    assert!(
        code == 0 && out.contains("Bestand → Variante Süd") && out.contains("3600 m²"),
        "{out}"
    );
    let (code, _, err) = stadtschicht(&["--lang", "de", "compare", &town, "base", "nie"]);
    assert!(code == 3 && err.contains("variante-sued"), "{err}");

    // A GeoPackage holds its styles, GeoJSON has them beside it.
    for (target, files) in [("plan.gpkg", 1), ("plan.geojson", 2)] {
        let path = dir.path().join(target).display().to_string();
        let (code, out, err) = stadtschicht(&["scenario", "export", &town, "variante-sued", "--out", &path]);
        assert!(code == 0 && out.contains(&path) && out.lines().count() == files, "{out} {err}");
        assert_eq!(out.contains("plan.qml"), files == 2, "{out}");
        let (_, out, _) = stadtschicht(&["--lang", "en", "inspect", &path]);
        assert!(out.contains("plan_change (text)"), "{out}");
    }
    let (code, out, _) = stadtschicht(&["scenario", "schema"]);
    let schema: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &schema["title"]), (0, &Value::from("Stadtschicht scenario")));
}

#[test]
fn a_file_of_every_released_schema_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    for schema in 1..=file::SCHEMA {
        let path = folder.join(format!("schema-{schema}.scenario.json"));
        let opened = file::read(&path).unwrap().file;
        assert_eq!(
            (opened.schema, opened.title.as_str(), opened.steps.len()),
            (file::SCHEMA, "Kasernenquartier mit Park", 6)
        );
    }
}
