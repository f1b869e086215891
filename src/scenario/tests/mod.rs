//! What holds for any plan: apply then undo is the identity, independent edits commute, incremental equals full.

mod document;

use super::*;
use crate::{
    index::SpatialIndex,
    model::{Bbox, Coverage, GeometryKind, Language, Layer, SlotId, Value},
    modules::{AttributeKind, Role, SlotGeometry},
    progress::Control,
    project::{City, SlotData},
    rules::{
        evaluate,
        testing::{F, TestCity, f, layer, rect, rule},
        update_with,
    },
};
use proptest::prelude::*;
use std::sync::Arc;

fn site(id: &str, x: f64, y: f64) -> F {
    f(id, rect(x, y, x + 30.0, y + 20.5))
        .real("db", 50.0)
        .text("baunvo", "WA")
        .real("places", 3.0)
}

/// A small city: 20 sites, 20 objects, some facilities, an empty slot.
pub(super) fn city() -> City {
    let grid = |prefix: &str, dx: f64| -> Vec<F> {
        (0..20)
            .map(|k| site(&format!("{prefix}{k}"), dx + f64::from(k % 5) * 45.0, f64::from(k / 5) * 40.0))
            .collect()
    };
    let points: Vec<F> = (0..5)
        .map(|k| f(&format!("k{k}"), vec![[f64::from(k) * 50.0, 20.0]]).real("places", 10.0))
        .collect();
    let overlap = rule(
        "A1",
        "[predicate.overlap]\nmin_area_m2 = 5.0\n[predicate.overlap.threshold]\nobject_attribute = \"db\"\nunit = \"dB(A)\"\nsubject_attribute = \"baunvo\"\nlimits = { WA = 45.0, GE = 65.0 }\n",
    );
    let near = rule("A2", "[predicate.within_distance]\ndistance_m = 12.0");
    let mut far = rule("A3", "[predicate.beyond_distance]\ndistance_m = 25.0");
    far.object.slot = "m/kitas".into();
    let built = TestCity::new()
        .layer(layer("m/sites", GeometryKind::Polygon, &grid("s", 0.0), Coverage::Undeclared))
        .layer(layer("m/objects", GeometryKind::Polygon, &grid("o", 22.0), Coverage::Undeclared))
        .layer(layer("m/kitas", GeometryKind::Point, &points, Coverage::Undeclared))
        .missing("m/nothing")
        .rule(overlap)
        .rule(near)
        .rule(far);
    let mut city = built.build();
    for slot in &mut city.slots {
        let def = Arc::make_mut(&mut slot.def);
        def.geometry = SlotGeometry::Any;
        for a in def.attributes.iter_mut().filter(|a| a.name != "baunvo") {
            a.kind = AttributeKind::Number;
        }
        if slot.id.slot() == "objects" {
            def.role = Some(Role::Buildings);
            let more = ["height_m", "storeys", "roof_type"].map(|name| {
                let mut a = def.attributes[0].clone();
                a.name = name.into();
                a.kind = if name == "height_m" {
                    AttributeKind::Number
                } else {
                    AttributeKind::Integer
                };
                a
            });
            def.attributes.extend(more);
        }
    }
    city
}

fn base() -> Base {
    Base::new(Arc::new(city()))
}

/// Layers as values, whatever their R-trees look like; and every tree answers as a new one.
fn contents(city: &City) -> Vec<(SlotId, Vec<(String, Feature)>)> {
    city.slots
        .iter()
        .filter_map(|s| {
            if let SlotData::Vector(l) = &s.data {
                Some((s.id.clone(), l))
            } else {
                None
            }
        })
        .map(|(id, l)| {
            let new = SpatialIndex::new(l.layer.geometry.boxes());
            for q in 0..12 {
                let p = [f64::from(q) * 23.0 - 20.0, f64::from(q * 5 % 12) * 17.0];
                let window = Bbox::new(p, [p[0] + 30.0, p[1] + 25.0]);
                assert_eq!(l.index.rows_in(&window), new.rows_in(&window));
            }
            assert!(l.layer.attributes.iter().all(|(_, c)| c.len() == l.layer.len()));
            let rows = 0..l.layer.len();
            (id, rows.map(|r| (l.layer.ids[r].to_string(), feature_of(&l.layer, r))).collect())
        })
        .collect()
}

/// A random wish by numbers; what it names may not be there.
#[derive(Debug, Clone)]
struct Wish {
    what: u8,
    slot: u8,
    which: u8,
    at: [f64; 2],
    value: u8,
}

fn wish() -> impl Strategy<Value = Wish> {
    let place = (0i32..24_000, 0i32..18_000).prop_map(|(x, y)| [f64::from(x) / 100.0, f64::from(y) / 100.0]);
    (0u8..8, 0u8..2, 0u8..20, place, 0u8..40).prop_map(|(what, slot, which, at, value)| Wish {
        what,
        slot,
        which,
        at,
        value,
    })
}

fn step(plan: &Plan, w: &Wish) -> Option<Step> {
    let slot: SlotId = if w.slot == 0 { "m/sites" } else { "m/objects" }.into();
    let named = |k: u8| (slot.clone(), format!("{}{}", if w.slot == 0 { "s" } else { "o" }, k % 20));
    let (one, two) = (named(w.which), named(w.which + 7));
    let mut draft = Draft::new(plan.base(), plan.overlay());
    let [x, y] = w.at;
    let attributes = Attributes::from([
        ("db".to_string(), Value::Real(f64::from(w.value) + 30.0)),
        (
            "baunvo".to_string(),
            if w.value.is_multiple_of(5) {
                Value::Null
            } else {
                Value::Text(["WA", "GE"][w.value as usize % 2].into())
            },
        ),
    ]);
    let edits = match w.what {
        0 => Ok(vec![draft.add(&slot, Shape::polygon(rect(x, y, x + 12.34, y + 9.5)), attributes)]),
        1 => draft.remove(&[one, two]),
        2 => draft.shift(&[one, two], [x - 120.0, y - 90.0]),
        3 => draft.copy(&[one], [x - 120.0, y - 90.0]),
        4 => draft.split(&one, &[[x, y], [x + 3.0, y + 8.0]]),
        5 => draft.describe(&[one, two], &attributes),
        6 => Ok(
            vec![draft.facility(&"m/kitas".into(), Shape::point(w.at), "Kita", Some(i64::from(w.value)))]
                .into_iter()
                .map(|mut e| {
                    // This small slot knows no names.
                    if let Edit::Add { new, .. } = &mut e {
                        new.attributes.remove("name");
                    }
                    e
                })
                .collect(),
        ),
        _ => {
            let (key, value) = if w.value.is_multiple_of(2) {
                ("parameter/A2/distance_m", Value::Real(f64::from(w.value) + 1.0))
            } else {
                ("note/A1-x", Value::Text(w.value.to_string().into()))
            };
            Ok(vec![draft.set(key, value)])
        }
    };
    Step::new("wish", edits.ok()?).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn apply_then_undo_is_the_identity(wishes in prop::collection::vec(wish(), 1..25)) {
        let base = base();
        let untouched = contents(&base.city);
        let mut plan = Plan::new(base.clone());
        let mut states = vec![(contents(plan.city()), plan.overlay().clone())];
        for w in &wishes {
            let Some(step) = step(&plan, w) else { continue };
            if plan.act(step).is_ok() {
                states.push((contents(plan.city()), plan.overlay().clone()));
            }
        }
        let end = states.len();
        for k in (0..end - 1).rev() {
            prop_assert!(plan.undo().unwrap().is_some());
            prop_assert!(contents(plan.city()) == states[k].0 && *plan.overlay() == states[k].1, "undo to {k}");
        }
        prop_assert!(plan.undo().unwrap().is_none());
        // Every layer is the base's own again.
        for (a, b) in plan.city().layers().zip(base.city.layers()) {
            prop_assert!(Arc::ptr_eq(&a.layer, &b.layer));
        }
        for state in &states[1..] {
            plan.redo().unwrap();
            prop_assert!(contents(plan.city()) == state.0);
        }
        // The same steps at once, and as a file writes them, give the same city.
        let steps: Vec<Step> = plan.steps().cloned().collect();
        prop_assert!(contents(&apply(&base, &steps).unwrap()) == states[end - 1].0);
        let text = serde_json::to_string(&steps).unwrap();
        let read: Vec<Step> = serde_json::from_str(&text).unwrap();
        prop_assert!(contents(&apply(&base, &read).unwrap()) == states[end - 1].0);
        prop_assert!(contents(&base.city) == untouched, "the base is never changed");
    }

    #[test]
    fn independent_edits_commute(a in wish(), b in wish()) {
        let base = base();
        let empty = Plan::new(base.clone());
        let (Some(a), Some(b)) = (step(&empty, &a), step(&empty, &b)) else { return Ok(()) };
        let subjects = |s: &Step| -> Vec<String> { s.edits.iter().map(|e| format!("{:?}", e.subject())).collect() };
        if subjects(&a).iter().any(|s| subjects(&b).contains(s)) {
            return Ok(());
        }
        let (ab, ba) = (apply(&base, &[a.clone(), b.clone()]), apply(&base, &[b, a]));
        match (ab, ba) {
            (Ok(ab), Ok(ba)) => prop_assert!(contents(&ab) == contents(&ba)),
            (ab, ba) => prop_assert_eq!(ab.is_err(), ba.is_err()),
        }
    }

    #[test]
    fn incremental_equals_full(wishes in prop::collection::vec(wish(), 1..12), undos in 0usize..6) {
        let base = base();
        let control = Control::default();
        let mut plan = Plan::new(base.clone());
        let mut evaluation = evaluate(plan.city(), &control);
        let mut check = |plan: &Plan, moved: &Moved| {
            evaluation = update_with(plan.city(), &evaluation, &moved.changes(), &moved.rules, &control);
            evaluation == evaluate(plan.city(), &control)
        };
        for w in &wishes {
            let Some(step) = step(&plan, w) else { continue };
            if let Ok(moved) = plan.act(step) {
                prop_assert!(check(&plan, &moved), "{w:?}");
            }
        }
        for _ in 0..undos {
            if let Some(moved) = plan.undo().unwrap() {
                prop_assert!(check(&plan, &moved));
            }
        }
    }
}

#[test]
fn random_wishes_are_mostly_granted() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut asked, mut done) = (0, std::collections::BTreeMap::<u8, u32>::new());
    for _ in 0..400 {
        let mut plan = Plan::new(base());
        let w = wish().new_tree(&mut runner).unwrap().current();
        asked += 1;
        if let Some(step) = step(&plan, &w)
            && plan.act(step).is_ok()
        {
            *done.entry(w.what).or_default() += 1;
        }
    }
    // The properties above would hold of a plan that refuses everything.
    assert!(done.len() == 8 && done.values().sum::<u32>() * 2 > asked, "{done:?} of {asked}");
}

#[test]
fn settings_are_checked_applied_and_undone_like_features() {
    let base = base();
    let mut plan = Plan::new(base.clone());
    let set = |plan: &Plan, key: &str, value: Value| {
        let edit = Draft::new(plan.base(), plan.overlay()).set(key, value);
        Step::new("x", vec![edit]).unwrap()
    };
    for (key, value) in [
        ("parameter/A2/nope", Value::Real(1.0)),
        ("parameter/A2/distance_m", Value::Real(-1.0)),
        ("parameter/ZZ/distance_m", Value::Real(1.0)),
        ("weight/housing/noise", Value::Real(1.0)),
        ("style/m/sites/fill", Value::Text("red".into())),
        ("style/m/sites/opacity", Value::Real(7.0)),
        ("style/m/sites/class.1", Value::Text("#FF0000".into())),
        ("hidden/m/sites/s0", Value::Text("yes".into())),
        ("hidden/m/nowhere/s0", Value::Boolean(true)),
        ("status/A1-x", Value::Text("perhaps".into())),
        ("elsewhere", Value::Null),
    ] {
        let step = set(&plan, key, value);
        assert!(plan.act(step).is_err(), "{key}");
    }
    let step = set(&plan, "parameter/A2/distance_m", Value::Real(40.0));
    assert!(plan.act(step).unwrap().rules.contains("A2"));
    let step = set(&plan, "style/m/sites/fill", Value::Text("#FF0000".into()));
    assert!(plan.act(step).unwrap().rules.is_empty());
    let control = Control::default();
    assert_eq!(plan.city().slot(&"m/sites".into()).unwrap().def.style.fill, "#FF0000");
    assert_ne!(evaluate(plan.city(), &control).conflicts, evaluate(&base.city, &control).conflicts);
    let step = set(&plan, "status/A2-x", Value::Text("accepted".into()));
    plan.act(step).unwrap();
    let reviews = reviews(plan.overlay().settings(), &Default::default());
    assert_eq!(reviews["A2-x"].status, crate::model::ConflictStatus::Accepted);
    while plan.undo().unwrap().is_some() {}
    assert_eq!(evaluate(plan.city(), &control).conflicts, evaluate(&base.city, &control).conflicts);
    assert_eq!(plan.city().slot(&"m/sites".into()).unwrap().def.style, base.city.slots[0].def.style);
}

#[test]
fn numbers_of_rules_go_to_the_plan_and_back_to_the_project() {
    let base = base();
    let mut plan = Plan::new(base.clone());
    let number = |plan: &Plan| rule_numbers("A2", &plan.base().city, plan.city()).remove(0);
    let n = number(&plan);
    assert_eq!(
        (n.now.key.as_str(), n.now.value, n.project, n.module, n.planned()),
        ("distance_m", 12.0, 12.0, 12.0, false)
    );
    let said = |text: &str| n.read(Language::De, text).map_err(|e| e.text().de);
    assert_eq!([said("40"), said("40,5 m"), said(" 1.200 m ")], [40.0, 40.5, 1200.0].map(Ok));
    for (text, word) in [
        ("viel", "Zahl in m"),
        ("40 km", "Zahl in m"),
        ("-1", "liegt zwischen"),
        ("70000", "liegt zwischen"),
    ] {
        assert!(said(text).unwrap_err().contains(word), "{text}: {:?}", said(text));
    }
    let step = |plan: &Plan, value: f64| {
        Step::new(
            "x",
            vec![Draft::new(plan.base(), plan.overlay()).parameter("A2", "distance_m", value)],
        )
        .unwrap()
    };
    let control = Control::default();
    let at_base = evaluate(&base.city, &control).conflicts;
    let far = step(&plan, 40.0);
    plan.act(far).unwrap();
    assert_eq!(
        (number(&plan).now.value, number(&plan).project, number(&plan).planned()),
        (40.0, 12.0, true)
    );
    assert_ne!(evaluate(plan.city(), &control).conflicts, at_base);
    let back = step(&plan, 12.0);
    plan.act(back).unwrap();
    assert!(plan.overlay().settings().is_empty(), "as the project has it is no setting");
    plan.undo().unwrap();
    assert_eq!(number(&plan).now.value, 40.0);
}

#[test]
fn a_hidden_feature_counts_all_the_same() {
    let base = base();
    let mut plan = Plan::new(base.clone());
    let slot: SlotId = "m/sites".into();
    let named = |id: &str| (slot.clone(), id.to_string());
    let draft = |plan: &Plan, ids: &[&str], hide: bool| {
        let all: Vec<_> = ids.iter().map(|id| named(id)).collect();
        Draft::new(plan.base(), plan.overlay()).hide(&all, hide)
    };
    let edits = draft(&plan, &["s0", "s3"], true).unwrap();
    let moved = plan.act(Step::new("Ausgeblendet", edits).unwrap()).unwrap();
    assert!(moved.changes().is_empty() && moved.rules.is_empty(), "nothing is asked anew");
    assert_eq!(hidden(plan.overlay().settings())[&slot], ["s0", "s3"].map(String::from).into());
    let control = Control::default();
    assert_eq!(evaluate(plan.city(), &control).conflicts, evaluate(&base.city, &control).conflicts);
    assert!(draft(&plan, &["s0"], true).unwrap().is_empty(), "hidden already");
    assert!(matches!(draft(&plan, &["nobody"], true), Err(EditError::UnknownFeature { .. })));
    let edits = draft(&plan, &["s0"], false).unwrap();
    plan.act(Step::new("Gezeigt", edits).unwrap()).unwrap();
    assert_eq!(hidden(plan.overlay().settings())[&slot], ["s3"].map(String::from).into());
    plan.undo().unwrap();
    plan.undo().unwrap();
    assert!(plan.overlay().settings().is_empty());
}

#[test]
fn what_is_odd_in_the_existing_conditions_can_be_put_back() {
    let mut city = (*base().city).clone();
    for a in &mut Arc::make_mut(&mut city.slots[0].def).attributes {
        (a.least, a.most) = (a.name == "places").then_some((10.0, 20.0)).unzip();
    }
    let mut plan = Plan::new(Base::new(Arc::new(city)));
    let places = |plan: &Plan, n: f64| {
        let named = [("m/sites".into(), "s0".to_string())];
        let given = Attributes::from([("places".to_string(), Value::Real(n))]);
        Draft::new(plan.base(), plan.overlay()).describe(&named, &given)
    };
    let step = Step::new("x", places(&plan, 4.0).unwrap()).unwrap();
    let why = plan.act(step).unwrap_err().text();
    assert!(
        why.de.contains("zwischen 10 und 20") && why.en.contains("between 10 and 20"),
        "{why:?}"
    );
    let step = Step::new("x", places(&plan, 15.0).unwrap()).unwrap();
    plan.act(step).unwrap();
    plan.undo().unwrap();
    plan.redo().unwrap();
    let back = Step::new("x", places(&plan, 3.0).unwrap()).unwrap();
    plan.act(back).expect("as it was");
}

#[test]
fn a_refused_step_loses_nothing_and_says_why() {
    let base = base();
    let mut plan = Plan::new(base.clone());
    let slot: SlotId = "m/sites".into();
    let draft = |plan: &Plan, shape: Shape| {
        let mut d = Draft::new(plan.base(), plan.overlay());
        let edit = d.add(&slot, shape, Attributes::new());
        Step::new("Fläche", vec![edit]).unwrap()
    };
    let good = draft(&plan, Shape::polygon(rect(0.0, 0.0, 12.34, 5.0)));
    plan.act(good.clone()).unwrap();
    let before = contents(plan.city());
    let bow = draft(&plan, Shape::polygon(vec![[0.0, 0.0], [9.0, 9.0], [9.0, 0.0], [0.0, 9.0]]));
    assert_eq!(
        Draft::new(plan.base(), plan.overlay()).fits(&bow.edits),
        plan.clone().act(bow.clone()).map(|_| ())
    );
    let why = plan.act(bow).unwrap_err().text();
    assert!(why.de.contains("Umriss") && why.en.contains("outline"), "{why:?}");
    assert!(matches!(plan.act(good), Err(EditError::Taken { .. })));
    let point = draft(&plan, Shape::point([1.0, 1.0]));
    assert!(matches!(plan.act(point), Err(EditError::WrongGeometry { .. })));
    let unknown = Edit::Describe {
        slot: slot.clone(),
        feature: "s1".into(),
        old: Attributes::from([("hoehe".to_string(), Value::Null)]),
        new: Attributes::from([("hoehe".to_string(), Value::Real(3.0))]),
    };
    // One bad edit takes the whole step back.
    let moved = Draft::new(plan.base(), plan.overlay())
        .shift(&[(slot.clone(), "s0".into())], [5.0, 0.0])
        .unwrap();
    let step = Step::new("x", moved.into_iter().chain([unknown]).collect()).unwrap();
    assert!(matches!(plan.act(step), Err(EditError::UnknownField { .. })));
    assert!(contents(plan.city()) == before && plan.history().len() == 1);
    assert_eq!(plan.undo_name(), Some("Fläche"));
    assert!(plan.unsaved());
    plan.undo().unwrap();
    assert!(!plan.unsaved(), "back where the file is");
}

#[test]
fn a_building_volume_is_a_feature_of_the_layer_of_buildings() {
    let base = base();
    let mut plan = Plan::new(base);
    let volume = BuildingVolume {
        footprint: Shape::polygon(rect(300.0, 0.0, 312.0, 40.0)),
        storeys: Some(4),
        height_m: None,
        roof: Some(RoofForm::Gable),
        usage: None,
    };
    let edit = Draft::new(plan.base(), plan.overlay()).building(&volume).unwrap();
    let moved = plan.act(Step::new("Zeile 1", vec![edit]).unwrap()).unwrap();
    assert_eq!(moved.touched[0].after, Bbox::new([300.0, 0.0], [312.0, 40.0]));
    let layer: &Layer = &plan.city().layer(&"m/objects".into()).unwrap().layer;
    let built = BuildingVolume::of(&feature_of(layer, layer.len() - 1));
    assert_eq!(
        (built.storeys, built.height_m, built.roof),
        (Some(4), Some(12.0), Some(RoofForm::Gable))
    );
    let flat = BuildingVolume {
        storeys: None,
        ..volume.clone()
    };
    assert_eq!(
        Draft::new(plan.base(), plan.overlay()).building(&flat).unwrap_err(),
        EditError::NoHeight
    );
    let below = BuildingVolume {
        height_m: Some(-3.0),
        footprint: volume.footprint.clone().moved([100.0, 0.0]),
        ..volume
    };
    let edit = Draft::new(plan.base(), plan.overlay()).building(&below).unwrap();
    assert!(matches!(
        plan.act(Step::new("Keller", vec![edit]).unwrap()),
        Err(EditError::Negative { .. })
    ));
}

#[test]
fn what_a_scenario_begins_covers_nothing() {
    let mut plan = Plan::new(base());
    let slot: SlotId = "m/nothing".into();
    let edit = Draft::new(plan.base(), plan.overlay()).add(&slot, Shape::point([5.0, 5.0]), Attributes::new());
    plan.act(Step::new("Spielplatz", vec![edit]).unwrap()).unwrap();
    let layer = &plan.city().layer(&slot).unwrap().layer;
    assert!(matches!(&layer.coverage, Coverage::Polygons(g) if g.is_empty()));
    plan.undo().unwrap();
    assert!(matches!(plan.city().slot(&slot).unwrap().data, SlotData::Missing { .. }));
}

#[test]
fn a_changed_base_takes_what_fits_and_keeps_the_rest() {
    let old = base();
    let mut plan = Plan::new(old.clone());
    let slot: SlotId = "m/sites".into();
    let both = [(slot.clone(), "s0".to_string()), (slot.clone(), "s1".to_string())];
    let edits = Draft::new(plan.base(), plan.overlay()).shift(&both, [3.0, 0.0]).unwrap();
    plan.act(Step::new("Zwei rücken", edits).unwrap()).unwrap();
    let steps: Vec<Step> = plan.steps().cloned().collect();
    // Meanwhile somebody surveyed the first site anew.
    let mut other = Plan::new(old);
    let edit = Draft::new(other.base(), other.overlay())
        .reshape(&both[0], Shape::polygon(rect(0.0, 0.0, 33.0, 33.0)))
        .unwrap();
    other.act(Step::new("Vermessung", vec![edit]).unwrap()).unwrap();
    let mut again = Plan::new(Base::new(Arc::new(other.city().clone())));
    let misfits = again.replay(steps);
    assert_eq!((misfits.len(), again.steps().count()), (1, 1));
    assert!(misfits[0].step == "Zwei rücken" && misfits[0].why.de.contains("s0"), "{misfits:?}");
    assert_eq!(misfits[0].edit.subject(), Some((&slot, "s0")));
    let moved = again.overlay().feature(again.base(), &slot, "s1").unwrap();
    assert_eq!(moved.geometry.bbox().min, [48.0, 0.0]);
}
