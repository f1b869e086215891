//! The same bytes on any number of threads, and an edit that equals a full run.

use crate::{
    index::IndexedLayer,
    model::{Bbox, Coverage, GeometryKind},
    modules::{Role, parameters},
    progress::Control,
    project::{City, SlotData},
    rules::{
        Change, Evaluation, evaluate,
        testing::{F, TestCity, f, geometries, layer, rect, rule},
        update, update_with,
    },
};
use proptest::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

/// A small generator, so that cities need no dependency: the same seed, the same city.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % below
    }

    fn metres(&mut self, below: u64) -> f64 {
        self.roll(below * 4) as f64 / 4.0
    }
}

fn shape(dice: &mut Dice, size: u64) -> Vec<[f64; 2]> {
    let (x, y) = (dice.metres(1000), dice.metres(1000));
    let (w, h) = (1.0 + dice.metres(size), 1.0 + dice.metres(size));
    rect(x, y, x + w, y + h)
}

fn feature(dice: &mut Dice, id: String, size: u64) -> F {
    let feature = f(&id, shape(dice, size)).real("db", 50.0 + dice.roll(30) as f64);
    let zone = ["WA", "GE", "SO"][dice.roll(3) as usize];
    match dice.roll(9) {
        0 => feature.null("baunvo").real("places", 3.0),
        1 => feature.text("baunvo", zone).null("places"),
        _ => feature
            .text("baunvo", zone)
            .real("places", dice.roll(40) as f64)
            .real("inhabitants", dice.roll(90) as f64),
    }
}

/// A line between corners of a grid, so that lines meet.
fn line(dice: &mut Dice, id: String, step: u64) -> F {
    let corner = |dice: &mut Dice| [0, 1].map(|_| (dice.roll(1000 / step + 1) * step) as f64);
    let (a, c) = (corner(dice), corner(dice));
    let b = [c[0], a[1]];
    let points = [a, b, c].into_iter().fold(vec![], |mut list: Vec<[f64; 2]>, p| {
        if list.last() != Some(&p) {
            list.push(p);
        }
        list
    });
    match points.len() {
        1 => f(&id, vec![a, [a[0] + 40.0, a[1]]]),
        _ => f(&id, points),
    }
}

/// A new feature of a slot.
fn feature_of(dice: &mut Dice, slot: usize, id: String, size: u64) -> F {
    match slot {
        STREETS => line(dice, id, 125),
        RAILS => line(dice, id, 500),
        _ => feature(dice, id, size),
    }
}

fn features(dice: &mut Dice, slot: usize, prefix: &str, n: usize, size: u64) -> Vec<F> {
    (0..n).map(|k| feature_of(dice, slot, format!("{prefix}{k}"), size)).collect()
}

struct Layers {
    /// In the order of [`SLOTS`].
    features: [Vec<F>; 5],
    /// 0 undeclared, 1 area of interest without a drawn one, 2 polygons.
    coverage: u8,
}

fn rules() -> Vec<crate::modules::RuleDef> {
    let overlap = r#"
[predicate.overlap]
min_area_m2 = 5.0
[predicate.overlap.threshold]
object_attribute = "db"
unit = "dB(A)"
subject_attribute = "baunvo"
limits = { WA = 55.0, GE = 65.0 }
"#;
    let capacity = r#"
[predicate.capacity]
catchment_m = 60.0
places_attribute = "places"
unit = { de = "Plätze", en = "places" }
population = "m/people"
demand_per_inhabitant = 0.05
floor_area_per_dwelling_m2 = 100.0
inhabitants_per_dwelling = 2.0
gfz_by_baunvo = { WA = 1.2, GE = 0.5 }
warn_percent = 100.0
grave_percent = 115.0
"#;
    let mut zones = rule(
        "A3",
        "[predicate.adjacent]\ntolerance_m = 0.5\n[severity_by]\nobject_attribute = \"baunvo\"\ntable = { GE = 3 }",
    );
    zones.subject.filter = Some("baunvo = 'WA'".into());
    let mut itself = rule("W4", "[predicate.within_distance]\ndistance_m = 20.0");
    itself.object.slot = "m/sites".into();
    vec![
        rule("A1", overlap),
        rule("A2", "[predicate.beyond_distance]\ndistance_m = 15.0\nmin_object_area_m2 = 100.0"),
        zones,
        itself,
        rule("C5", capacity),
        rule(
            "V6",
            "[predicate.variety]\ndistance_m = 60.0\nmin_count = 2.0\nfurther = [{ slot = 'm/people' }]",
        ),
        rule(
            "H7",
            "[predicate.served_share]\ndistance_m = 50.0\nmin_percent = 80.0\npopulation = 'm/people'",
        ),
        rule(
            "D8",
            "[predicate.within_distance]\ndistance_from = { object_attributes = ['places'], factor = 3.0, unknown_within_m = 20.0 }\n\
             [severity_by]\nsubject_attribute = 'baunvo'\ntable = { GE = 3 }",
        ),
        rule("M9", "[predicate.beyond_distance]\ndistance_m = 40.0\nmin_count = 3.0"),
        rule(
            "F10",
            "[predicate.beyond_distance]\ndistance_m = 60.0\npath = 'walking'\ndistance_by = { object_attribute = 'baunvo', table = { GE = 140.0 } }",
        ),
        rule("F11", &format!("{capacity}path = 'walking'\n").replace("60.0", "130.0")),
        rule(
            "F12",
            "[predicate.variety]\ndistance_m = 110.0\nmin_count = 2.0\npath = 'walking'\nfurther = [{ slot = 'm/people' }]",
        ),
        rule(
            "F13",
            "[predicate.served_share]\ndistance_m = 120.0\nmin_percent = 60.0\npath = 'walking'\npopulation = 'm/people'",
        ),
        rule(
            "F14",
            "[predicate.beyond_distance]\ndistance_m = 150.0\nmin_count = 2.0\npath = 'walking'",
        ),
    ]
}

impl Layers {
    fn random(seed: u64, n: usize) -> Self {
        let mut dice = Dice(seed);
        let mut of = |slot, prefix, n, size| features(&mut dice, slot, prefix, n, size);
        let features = [
            of(0, "s", n, 60),
            of(1, "o", n, 90),
            of(2, "p", n / 2, 90),
            of(STREETS, "w", 10 + n / 6, 0),
            of(RAILS, "r", 2, 0),
        ];
        Self {
            features,
            coverage: dice.roll(3) as u8,
        }
    }

    fn make(&self, slot: usize) -> IndexedLayer {
        let coverage = match (slot, self.coverage) {
            (1, 1) => Coverage::AreaOfInterest,
            (1, 2) => Coverage::Polygons(geometries(
                GeometryKind::Polygon,
                &[rect(0.0, 0.0, 600.0, 700.0), rect(500.0, 500.0, 900.0, 900.0)],
            )),
            _ => Coverage::Undeclared,
        };
        // Edits must not depend on which attributes happen to occur.
        let mut all = self.features[slot].clone();
        if let Some(first) = all.first_mut().filter(|_| slot < STREETS) {
            for name in ["baunvo", "places", "inhabitants"] {
                if !first.attributes.iter().any(|(n, _)| *n == name) {
                    *first = first.clone().null(name);
                }
            }
        }
        IndexedLayer::new(layer(SLOTS[slot], kind(slot), &all, coverage))
    }

    fn city(&self) -> City {
        let mut city = TestCity::new();
        for (k, slot) in SLOTS.into_iter().enumerate() {
            city = city.layer(layer(slot, kind(k), &[], Coverage::Undeclared));
            city = match k {
                STREETS => city.role(Role::Streets),
                RAILS => city.role(Role::Railways),
                _ => city,
            };
        }
        for r in rules() {
            city = city.rule(r);
        }
        let mut city = city.build();
        for slot in 0..SLOTS.len() {
            city.slots[slot].data = SlotData::Vector(self.make(slot));
        }
        city
    }
}

const SLOTS: [&str; 5] = ["m/sites", "m/objects", "m/people", "m/streets", "m/rails"];
const STREETS: usize = 3;
const RAILS: usize = 4;

fn kind(slot: usize) -> GeometryKind {
    if slot < STREETS {
        GeometryKind::Polygon
    } else {
        GeometryKind::Line
    }
}

fn on(threads: usize, city: &City) -> Evaluation {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| evaluate(city, &Control::default()))
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let city = Layers::random(7, 500).city();
    let one = on(1, &city);
    let bytes = serde_json::to_vec(&one).unwrap();
    assert!(one.conflicts.len() > 100 && one.outcomes.iter().all(|o| o.subjects > 0));
    for threads in [2, 8] {
        let other = on(threads, &city);
        assert_eq!(other, one);
        assert!(serde_json::to_vec(&other).unwrap() == bytes, "{threads} threads differ");
    }
}

/// Rules that walk find conflicts and the contrary in the cities of this file, or its tests would prove nothing about them.
#[test]
fn rules_on_foot_find_both() {
    let mut found = std::collections::BTreeMap::<String, [u32; 2]>::new();
    for seed in 0..30 {
        for o in evaluate(&Layers::random(seed, 24).city(), &Control::default()).outcomes {
            let sum = found.entry(o.rule).or_default();
            sum[0] += o.conflicts;
            sum[1] += o.clear;
        }
    }
    let afoot: Vec<_> = found.iter().filter(|(rule, _)| rule.starts_with('F')).collect();
    assert_eq!(afoot.len(), 5);
    assert!(
        afoot.iter().all(|(_, [conflicts, clear])| *conflicts > 5 && *clear > 5),
        "{afoot:?}"
    );
}

#[test]
fn row_order_does_not_show_in_ids() {
    let layers = Layers::random(3, 60);
    let a = evaluate(&layers.city(), &Control::default());
    let mut turned = Layers::random(3, 60);
    turned.features[0].reverse();
    let b = evaluate(&turned.city(), &Control::default());
    let ids = |e: &Evaluation| e.conflicts.iter().map(|c| (c.id.clone(), c.subject.id.clone())).collect::<Vec<_>>();
    assert!(!a.conflicts.is_empty());
    assert_eq!(ids(&a), ids(&b));
}

/// Moves, adds, deletes or re-attributes one feature and says where.
fn edit(layers: &mut Layers, dice: &mut Dice, n: usize) -> Change {
    let slot = dice.roll(SLOTS.len() as u64) as usize;
    let bbox = |f: &F| Bbox::around(&f.coords);
    let list = &mut layers.features[slot];
    let at = dice.roll(list.len().max(1) as u64) as usize;
    let (before, after) = match dice.roll(4) {
        0 => {
            let new = feature_of(dice, slot, format!("new{n}"), 60);
            let after = bbox(&new);
            list.insert(at, new);
            (Bbox::EMPTY, after)
        }
        // One stays: attributes come from the features that are there.
        1 if list.len() > 1 => (bbox(&list.remove(at)), Bbox::EMPTY),
        2 => {
            let before = bbox(&list[at]);
            let id = list[at].id.clone();
            list[at] = feature_of(dice, slot, id, 60);
            (before, bbox(&list[at]))
        }
        // Nobody asks for attributes of lines here.
        _ if slot >= STREETS => (bbox(&list[at]), bbox(&list[at])),
        _ => {
            let id = list[at].id.clone();
            let coords = list[at].coords.clone();
            list[at] = F {
                coords,
                ..feature(dice, id, 60)
            };
            (bbox(&list[at]), bbox(&list[at]))
        }
    };
    Change {
        slot: SLOTS[slot].into(),
        before,
        after,
    }
}

/// Gives one number of a rule another value and returns the rule's id; nothing where the rule has no number.
fn turn(city: &mut City, dice: &mut Dice) -> Option<String> {
    let modules = Arc::make_mut(&mut city.modules);
    let mut rules: Vec<_> = modules.iter_mut().flat_map(|m| &mut m.rules).collect();
    let at = dice.roll(rules.len() as u64) as usize;
    let rule = rules.get_mut(at)?;
    let mut numbers = parameters(&mut rule.predicate);
    let which = dice.roll(numbers.len().max(1) as u64) as usize;
    let number = numbers.get_mut(which)?;
    let factor = [0.5, 0.9, 1.25, 2.0][dice.roll(4) as usize];
    *number.value = (*number.value * factor).clamp(number.least, number.most);
    Some(rule.id.clone())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Steps of a plan change features, numbers of rules, or both.
    #[test]
    fn an_update_with_other_numbers_equals_a_full_run(seed in any::<u64>(), edits in 0usize..3, turns in 1usize..4) {
        let mut layers = Layers::random(seed, 24);
        let mut dice = Dice(seed ^ 0xface);
        let mut city = layers.city();
        let mut known = evaluate(&city, &Control::default());
        for round in 0..3 {
            let changes: Vec<Change> = (0..edits).map(|k| edit(&mut layers, &mut dice, 10 * round + k)).collect();
            for (slot, name) in SLOTS.iter().enumerate() {
                if changes.iter().any(|c| *c.slot.0 == **name) {
                    city.slots[slot].data = SlotData::Vector(layers.make(slot));
                }
            }
            let turned: BTreeSet<String> = (0..turns).filter_map(|_| turn(&mut city, &mut dice)).collect();
            prop_assert!(!turned.is_empty());
            let full = evaluate(&city, &Control::default());
            known = update_with(&city, &known, &changes, &turned, &Control::default());
            prop_assert_eq!(&known, &full);
        }
    }

    #[test]
    fn an_update_equals_a_full_run(seed in any::<u64>(), edits in 1usize..6) {
        let mut layers = Layers::random(seed, 24);
        let mut dice = Dice(seed ^ 0x5eed);
        let mut city = layers.city();
        let mut known = evaluate(&city, &Control::default());
        for round in 0..3 {
            let changes: Vec<Change> = (0..edits).map(|k| edit(&mut layers, &mut dice, 10 * round + k)).collect();
            // Layers that nobody touched stay the very same, as a session keeps them.
            for (slot, name) in SLOTS.iter().enumerate() {
                if changes.iter().any(|c| *c.slot.0 == **name) {
                    city.slots[slot].data = SlotData::Vector(layers.make(slot));
                }
            }
            let full = evaluate(&city, &Control::default());
            known = update(&city, &known, &changes, &Control::default());
            prop_assert_eq!(&known, &full);
        }
    }
}

/// A rule whose number changed is asked anew, and no other.
#[test]
fn another_number_of_one_rule_measures_only_that_rule() {
    let mut city = Layers::random(11, 40).city();
    let mut known = evaluate(&city, &Control::default());
    for c in &mut known.conflicts {
        Arc::make_mut(c).proxy = true;
    }
    for rule in Arc::make_mut(&mut city.modules)
        .iter_mut()
        .flat_map(|m| &mut m.rules)
        .filter(|r| r.id == "W4")
    {
        parameters(&mut rule.predicate).into_iter().for_each(|p| *p.value = 35.0);
    }
    let fresh = update_with(&city, &known, &[], &BTreeSet::from(["W4".to_string()]), &Control::default());
    let of = |e: &Evaluation, own: bool| e.conflicts.iter().filter(|c| (c.rule == "W4") == own).cloned().collect::<Vec<_>>();
    assert!(of(&fresh, true).len() > of(&known, true).len() && of(&fresh, true).iter().all(|c| !c.proxy));
    assert_eq!(of(&fresh, false), of(&known, false));
}

#[test]
fn an_edit_far_away_measures_nothing() {
    let mut layers = Layers::random(11, 40);
    layers.coverage = 0;
    let city = layers.city();
    let mut known = evaluate(&city, &Control::default());
    // A mark in what is kept shows what was measured anew.
    for c in &mut known.conflicts {
        Arc::make_mut(c).proxy = true;
    }
    let bbox = Bbox::new([5000.0, 5000.0], [5001.0, 5001.0]);
    let change = |slot: &str, at: Bbox| Change {
        slot: slot.into(),
        before: at,
        after: Bbox::EMPTY,
    };
    let kept = update(&city, &known, &[change("m/objects", bbox)], &Control::default());
    assert_eq!(kept, known);
    let at = known.conflicts[0].bbox;
    let fresh = update(&city, &known, &[change("m/sites", at)], &Control::default());
    let marked = fresh.conflicts.iter().filter(|c| c.proxy).count();
    assert!(
        marked > 0 && marked < known.conflicts.len(),
        "{marked} of {}",
        known.conflicts.len()
    );
    // A slot that no rule reads changes nothing.
    assert_eq!(update(&city, &known, &[change("m/other", at)], &Control::default()), known);
}
