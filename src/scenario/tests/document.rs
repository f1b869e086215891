//! Nothing is lost: saving, crashing, branching, a base that changed, a folder that cannot be written.

use super::{super::*, city};
use crate::model::Value;
use std::{path::Path, sync::Arc};

fn base(folder: &Path) -> Base {
    let mut city = city();
    Arc::make_mut(&mut city.info).folder = folder.into();
    Base::new(Arc::new(city))
}

fn access(folder: &Path) -> Access {
    Access {
        journals: Some(folder.join("journals")),
        look_only: false,
    }
}

fn shift(d: &Document, id: &str, by: f64) -> Step {
    let named = [("m/sites".into(), id.to_string())];
    let edits = Draft::new(d.plan().base(), d.plan().overlay()).shift(&named, [by, 0.0]).unwrap();
    Step::new(&format!("{id} um {by} m"), edits).unwrap()
}

fn x_of(d: &Document, id: &str) -> f64 {
    let f = d.plan().overlay().feature(d.plan().base(), &"m/sites".into(), id).unwrap();
    f.geometry.bbox().min[0]
}

#[test]
fn a_crash_costs_nothing_and_a_save_begins_anew() {
    let dir = tempfile::tempdir().unwrap();
    let access = access(dir.path());
    let mut d = Document::create(base(dir.path()), "Variante A", "Amt", &access).unwrap();
    let path = d.path().to_owned();
    d.act(shift(&d, "s0", 1.25)).unwrap();
    d.act(shift(&d, "s1", 2.0)).unwrap();
    d.undo().unwrap();
    // Not even the file is there yet; the program ends here.
    assert!(!path.exists());
    drop(d);
    let waiting = journal::all(&dir.path().join("journals"));
    assert_eq!(waiting.len(), 1);
    let mut d = Document::create(base(dir.path()), "Variante A", "Amt", &access).unwrap();
    let notices = d.take_notices();
    assert!(notices.len() == 1 && notices[0].de.contains("3 Schritte"), "{notices:?}");
    assert_eq!((x_of(&d, "s0"), x_of(&d, "s1")), (1.25, 45.0));
    assert_eq!(d.redo().unwrap().unwrap().name, "s1 um 2 m");
    d.save().unwrap();
    assert!(!d.unsaved() && journal::all(&dir.path().join("journals")).is_empty());
    d.act(shift(&d, "s2", 3.0)).unwrap();
    d.tell("Variante A", "nach dem Gespräch");
    drop(d);
    let mut d = Document::open(base(dir.path()), &path, &access).unwrap();
    assert!(d.unsaved() && d.take_notices()[0].de.contains("2 Schritte"));
    assert_eq!((x_of(&d, "s2"), d.about().notes.as_str()), (93.0, "nach dem Gespräch"));
    assert_eq!(d.plan().history().len(), 3);
    d.undo().unwrap();
    d.undo().unwrap();
    assert_eq!(
        d.plan().undo_name(),
        Some("s0 um 1.25 m"),
        "steps of the file can be undone as well"
    );
    // Given up on purpose, nothing comes back.
    d.close(true);
    let mut d = Document::open(base(dir.path()), &path, &access).unwrap();
    assert!(!d.unsaved() && d.take_notices().is_empty());
    assert_eq!((x_of(&d, "s0"), x_of(&d, "s1"), x_of(&d, "s2")), (1.25, 47.0, 90.0));
}

#[test]
fn a_journal_cut_in_the_middle_gives_back_what_is_whole_and_says_what_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let access = access(dir.path());
    let mut d = Document::create(base(dir.path()), "Variante A", "Amt", &access).unwrap();
    for (site, by) in [("s0", 1.0), ("s1", 2.0), ("s2", 3.0)] {
        d.act(shift(&d, site, by)).unwrap();
    }
    drop(d);
    let found = journal::all(&dir.path().join("journals")).remove(0);
    let whole = std::fs::read(&found.path).unwrap();
    std::fs::write(&found.path, &whole[..whole.len() - 20]).unwrap();
    let mut d = Document::create(base(dir.path()), "Variante A", "Amt", &access).unwrap();
    let notices = d.take_notices();
    let said = |l: fn(&crate::model::LocalText) -> &str, words: [&str; 2]| notices.iter().any(|n| words.iter().all(|w| l(n).contains(w)));
    assert!(said(|n| &n.de, ["2 Schritte", "nicht lesbar"]), "{notices:?}");
    assert!(said(|n| &n.en, ["2 steps", "could not be read"]), "{notices:?}");
    assert_eq!((x_of(&d, "s0"), x_of(&d, "s1"), x_of(&d, "s2")), (1.0, 47.0, 90.0));
    // The torn one is kept for whoever can read it.
    let kept = std::fs::read_dir(dir.path().join("journals")).unwrap().flatten();
    let torn: Vec<_> = kept.filter(|e| e.path().to_string_lossy().ends_with(".broken")).collect();
    assert_eq!((torn.len(), std::fs::read(torn[0].path()).unwrap().len()), (1, whole.len() - 20));
}

#[test]
fn a_journal_whose_file_was_written_is_not_done_twice() {
    let dir = tempfile::tempdir().unwrap();
    let access = access(dir.path());
    let mut d = Document::create(base(dir.path()), "A", "Amt", &access).unwrap();
    d.act(shift(&d, "s0", 5.0)).unwrap();
    let path = d.path().to_owned();
    let journal = journal::path_for(&dir.path().join("journals"), &path);
    d.save().unwrap();
    d.act(shift(&d, "s1", 5.0)).unwrap();
    d.undo().unwrap();
    d.redo().unwrap();
    // As after a kill between the file and the new journal.
    let before = std::fs::read(&journal).unwrap();
    d.save().unwrap();
    let saved = file::read(&path).unwrap().disk;
    drop(d);
    let line = |disk: String| {
        let text = serde_json::to_string(&journal::Record::Saving { disk }).unwrap();
        format!("{} {text}\n", &blake3::hash(text.as_bytes()).to_hex()[..16])
    };
    std::fs::write(&journal, [before.as_slice(), line(saved).as_bytes()].concat()).unwrap();
    let mut d = Document::open(base(dir.path()), &path, &access).unwrap();
    assert!(d.take_notices().is_empty() && d.parked().is_empty() && !d.unsaved());
    assert_eq!((x_of(&d, "s0"), x_of(&d, "s1"), d.plan().steps().count()), (5.0, 50.0, 2));
    drop(d);
    // Killed before the file was there, everything is done again.
    std::fs::write(&journal, [before.as_slice(), line("0".into()).as_bytes()].concat()).unwrap();
    let d = Document::open(base(dir.path()), &path, &access).unwrap();
    assert_eq!(
        d.plan().history().iter().filter(|p| p.done).count(),
        2,
        "what is there already is parked, not done twice"
    );
}

#[test]
fn one_works_on_it_others_look_or_branch() {
    let dir = tempfile::tempdir().unwrap();
    let access = access(dir.path());
    let mut d = Document::create(base(dir.path()), "A", "Amt", &access).unwrap();
    d.act(shift(&d, "s0", 5.0)).unwrap();
    d.save().unwrap();
    let path = d.path().to_owned();
    let second = Document::open(base(dir.path()), &path, &access).unwrap_err();
    assert!(matches!(&second, ScenarioError::Locked { .. }) && second.text().de.contains('@'));
    let look = Document::open(base(dir.path()), &path, &Access::look()).unwrap();
    assert_eq!((x_of(&look, "s0"), look.is_locked()), (5.0, false));
    let mut b = d.branch("B", "Büro", &access).unwrap();
    b.act(shift(&b, "s0", 5.0)).unwrap();
    b.save().unwrap();
    assert_eq!((x_of(&d, "s0"), x_of(&b, "s0")), (5.0, 10.0));
    let again = file::read(b.path()).unwrap().file;
    assert_eq!(
        (again.branched_from.as_deref(), again.steps.len(), again.author.as_str()),
        (Some("A"), 2, "Büro")
    );
    assert_eq!(file::list(dir.path()).len(), 2);
    assert!(matches!(d.branch("b", "", &access), Err(ScenarioError::Locked { .. })));
    // Somebody writes the file behind our back: it is not overwritten.
    std::fs::write(&path, "{}").unwrap();
    d.act(shift(&d, "s1", 1.0)).unwrap();
    assert!(matches!(d.save(), Err(ScenarioError::ChangedOnDisk { .. })));
    assert!(d.unsaved());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}");
}

#[test]
fn a_changed_base_is_told_and_what_does_not_fit_waits_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let access = access(dir.path());
    let mut d = Document::create(base(dir.path()), "A", "Amt", &access).unwrap();
    d.act(shift(&d, "s0", 5.0)).unwrap();
    d.act(shift(&d, "s1", 5.0)).unwrap();
    d.save().unwrap();
    let path = d.path().to_owned();
    d.close(false);
    // The survey took the first site away.
    let old = base(dir.path());
    let mut survey = Plan::new(old.clone());
    let gone = Draft::new(&old, survey.overlay())
        .remove(&[("m/sites".into(), "s0".into())])
        .unwrap();
    survey.act(Step::new("weg", gone).unwrap()).unwrap();
    let new = Base::new(Arc::new(survey.city().clone()));
    let mut d = Document::open(new, &path, &access).unwrap();
    let notices = d.take_notices();
    assert!(notices[0].de.contains("1 Änderungen passen weiterhin, 1 nicht"), "{notices:?}");
    assert!(notices[1].de.contains("s0") && notices[1].en.contains("s0"), "{notices:?}");
    assert!(notices[0].en.contains('1') && notices.iter().all(|n| n.de != n.en), "{notices:?}");
    assert_eq!((d.parked().len(), x_of(&d, "s1")), (1, 50.0));
    d.save().unwrap();
    d.close(false);
    assert_eq!(file::read(&path).unwrap().file.parked.len(), 1);
    // And when it is there again, everything fits.
    let d = Document::open(old, &path, &access).unwrap();
    assert_eq!((d.parked().len(), x_of(&d, "s0"), x_of(&d, "s1")), (0, 5.0, 50.0));
    assert!(d.unsaved(), "the file still says parked");
}

#[test]
fn what_cannot_be_written_or_read_is_said_and_stays() {
    let dir = tempfile::tempdir().unwrap();
    // A file where the folder should be: works for every user, root included.
    std::fs::write(dir.path().join("scenarios"), "").unwrap();
    std::fs::write(dir.path().join("journals"), "").unwrap();
    let mut d = Document::create(base(dir.path()), "A", "Amt", &access(dir.path())).unwrap();
    assert!(d.take_notices()[0].en.contains("journal"));
    d.act(shift(&d, "s0", 5.0)).unwrap();
    let error = d.save().unwrap_err();
    assert!(matches!(error, ScenarioError::File { writing: true, .. }), "{error:?}");
    assert!(d.unsaved() && x_of(&d, "s0") == 5.0);

    let other = tempfile::tempdir().unwrap();
    let mut d = Document::create(base(other.path()), "A", "Amt", &access(other.path())).unwrap();
    d.save().unwrap();
    let path = d.path().to_owned();
    d.close(false);
    let text = std::fs::read_to_string(&path).unwrap().replace("25832", "31468");
    std::fs::write(&path, text).unwrap();
    let error = Document::open(base(other.path()), &path, &Access::look()).unwrap_err();
    assert!(matches!(error, ScenarioError::Crs { .. }), "{error:?}");
    let error = Document::open(base(other.path()), &other.path().join("nope"), &Access::look()).unwrap_err();
    assert!(matches!(error, ScenarioError::File { writing: false, .. }));
}

#[test]
fn the_file_is_read_by_people() {
    let dir = tempfile::tempdir().unwrap();
    let mut d = Document::create(base(dir.path()), "A", "Amt", &Access::look()).unwrap();
    let named = [("m/sites".into(), "s0".to_string())];
    let ge = Attributes::from([("baunvo".to_string(), Value::Text("GE".into()))]);
    let edits = Draft::new(d.plan().base(), d.plan().overlay()).describe(&named, &ge).unwrap();
    d.act(Step::new("Gewerbe statt Wohnen", edits).unwrap()).unwrap();
    d.act(shift(&d, "s1", 1.0)).unwrap();
    let text = file::to_text(&d.to_file()).unwrap();
    assert!(text.contains("\"name\": \"Gewerbe statt Wohnen\""), "{text}");
    assert!(
        text.contains("\"old\": {\"baunvo\": \"WA\"}") && text.contains("\"new\": {\"baunvo\": \"GE\"}"),
        "{text}"
    );
    assert!(
        text.contains("{\"type\": \"Polygon\", \"coordinates\": [[[46.0, 0.0], [76.0, 0.0],"),
        "{text}"
    );
}

#[test]
fn the_schema_describes_what_is_written() {
    let schema: serde_json::Value = serde_json::from_str(&file::schema()).unwrap();
    let properties = schema["properties"].as_object().unwrap();
    let written = serde_json::to_value(
        Document::create(base(Path::new("/nowhere")), "A", "", &Access::look())
            .unwrap()
            .to_file(),
    )
    .unwrap();
    for key in written.as_object().unwrap().keys() {
        assert!(properties.contains_key(key), "{key}");
    }
    let shown = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/docs/scenario.schema.json"));
    assert_eq!(
        shown.ok().as_deref(),
        Some(file::schema().as_str()),
        "run: stadtschicht scenario schema > assets/docs/scenario.schema.json"
    );
}
