//! The worked plans of Musterstadt: they fit, they say something, and every number they change is seen before it is accepted.

use stadtschicht::{
    demo::{self, DemoOptions},
    progress::Control,
    project, rules,
    scenario::{Base, file},
    session::{Variant, compare},
};
use std::{collections::BTreeMap, sync::Arc};

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
    let evaluation = rules::evaluate(&base.city, &control);
    let existing = Variant::of_base(&base, &evaluation);
    let mut told = String::new();
    let mut variants = vec![];
    for path in &files {
        let opened = file::read(path).unwrap().file;
        assert_eq!(opened.base.hash, base.hash(), "drawn on this very town");
        let variant = Variant::of_file(&base, &evaluation, path, &control).unwrap();
        assert!(variant.notices.is_empty(), "{:?}", variant.notices);
        // What was computed for the edits alone is what a full run finds.
        assert_eq!(variant.evaluation, rules::evaluate(&variant.city, &control));
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
        variants.push(variant);
    }
    let between = compare(&base, &variants[0], &variants[1], &control).unwrap();
    assert!(!between.features.is_empty() && !between.conflicts.is_empty());
    insta::assert_snapshot!("worked_plans", told);
}
