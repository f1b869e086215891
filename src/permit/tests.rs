//! What a plan is blamed for and what not, and that step by step gives what the whole does.

use super::{Judged, existing};
use crate::{
    model::{Conflict, Coverage, GeometryKind, Value},
    modules::{AttributeKind, Role},
    progress::Control,
    project::City,
    rules::{
        Evaluation, evaluate,
        testing::{F, TestCity, f, layer, rect},
    },
    scenario::{Attributes, Base, Draft, Edit, Plan, Shape, Step},
};
use proptest::prelude::*;
use std::sync::Arc;

/// Three rows of plots of 30 × 40 m, each with a house of two storeys 3 m from its western and southern boundary; two sites beside them; one
/// building area WA around all, with at most three storeys.
fn city(state: Option<&str>) -> City {
    let at = |k: usize| [(k % 5) as f64 * 30.0, (k / 5) as f64 * 40.0];
    let plots: Vec<F> = (0..15)
        .map(at)
        .enumerate()
        .map(|(k, [x, y])| f(&format!("p{k}"), rect(x, y, x + 30.0, y + 40.0)))
        .collect();
    let houses: Vec<F> = (0..15)
        .map(at)
        .enumerate()
        .map(|(k, [x, y])| {
            f(&format!("h{k}"), rect(x + 4.0, y + 4.0, x + 14.0, y + 16.0))
                .real("height_m", 7.0)
                .text("name", "Haus")
                .real("storeys", if k == 7 { 6.0 } else { 2.0 })
        })
        .collect();
    let sites: Vec<F> = (0..2)
        .map(|k| {
            let x = 170.0 + f64::from(k) * 60.0;
            f(&format!("s{k}"), rect(x, 0.0, x + 50.0, 40.0))
                .real("grz", 0.3)
                .real("gfz", 0.9)
                .real("storeys", 3.0)
        })
        .collect();
    let zones = [f("z0", rect(-20.0, -20.0, 320.0, 140.0)).text("baunvo", "WA").real("storeys", 3.0)];
    let polygons = |slot: &str, list: &[F]| layer(slot, GeometryKind::Polygon, list, Coverage::Undeclared);
    let mut built = TestCity::new()
        .layer(polygons("m/zones", &zones))
        .role(Role::Zones)
        .layer(polygons("m/parcels", &plots))
        .role(Role::Parcels)
        .layer(polygons("m/buildings", &houses))
        .role(Role::Buildings)
        .layer(polygons("m/sites", &sites))
        .role(Role::Sites);
    built.state = state.map(str::to_owned);
    let mut city = built.build();
    let info = Arc::make_mut(&mut city.info);
    // Somewhere near Magdeburg, so that the sun has a place.
    info.site = [680_000.0, 5_780_000.0];
    for slot in &mut city.slots {
        for a in Arc::make_mut(&mut slot.def)
            .attributes
            .iter_mut()
            .filter(|a| !["baunvo", "name"].contains(&a.name.as_str()))
        {
            a.kind = AttributeKind::Number;
        }
    }
    city
}

fn base() -> Base {
    Base::new(Arc::new(city(Some("ST"))))
}

fn act(plan: &mut Plan, edits: impl FnOnce(&mut Draft) -> Vec<Edit>) {
    let mut draft = Draft::new(plan.base(), plan.overlay());
    let edits = edits(&mut draft);
    plan.act(Step::new("Schritt", edits).unwrap()).unwrap();
}

fn whole(plan: &Plan) -> Judged {
    Judged::default().after(plan.base(), plan.overlay(), plan.city(), &[], &Control::default())
}

fn found(plan: &Plan) -> Evaluation {
    whole(plan).beside(Evaluation::default())
}

fn house(x: f64, y: f64, height: f64, storeys: f64) -> impl Fn(&mut Draft) -> Vec<Edit> {
    move |d| {
        let attributes = Attributes::from([
            ("height_m".to_string(), Value::Real(height)),
            ("storeys".to_string(), Value::Real(storeys)),
        ]);
        vec![d.add(
            &"m/buildings".into(),
            Shape::polygon(rect(x, y, x + 10.0, y + 10.0)[..4].to_vec()),
            attributes,
        )]
    }
}

fn of<'a>(e: &'a Evaluation, rule: &str) -> Vec<&'a Conflict> {
    e.conflicts.iter().map(|c| &**c).filter(|c| c.rule == rule).collect()
}

#[test]
fn what_stands_there_is_protected_until_somebody_asks() {
    let plan = Plan::new(base());
    assert_eq!(found(&plan), Evaluation::default());
    // House 7 has six storeys where three are allowed.
    let asked = existing(plan.city(), Evaluation::default(), &Control::default()).unwrap();
    assert!(of(&asked, "Z").iter().any(|c| c.subject.id == "p7"), "{:?}", asked.conflicts);
    // A shed's worth of height less on it is no new sin of its neighbours.
    let mut plan = plan;
    act(&mut plan, |d| d.remove(&[("m/buildings".into(), "h0".into())]).unwrap());
    assert!(found(&plan).conflicts.is_empty(), "a building that goes breaks nothing");
}

#[test]
fn a_high_house_breaks_storeys_setback_and_the_neighbours_sun_each_with_its_section() {
    let mut plan = Plan::new(base());
    act(&mut plan, house(46.0, 4.0, 30.0, 9.0));
    let e = found(&plan);
    let z = of(&e, "Z");
    assert_eq!(
        (z.len(), z[0].measured.value, z[0].threshold.as_ref().unwrap().value),
        (1, 9.0, 3.0)
    );
    assert!(z[0].reasons[0].de.contains("§"), "{:?}", z[0].reasons);
    let af = of(&e, "AF");
    assert!(!af.is_empty() && af.iter().all(|c| c.reasons[0].de.contains("§ 6")), "{af:?}");
    let sun = of(&e, "BSD");
    assert!(
        !sun.is_empty() && sun.iter().all(|c| u8::from(c.severity) == 2 && c.proxy),
        "{sun:?}"
    );
    assert!(sun.iter().all(|c| c.objects.iter().any(|o| o.id.starts_with("plan-"))));
    // A name is no new building.
    let mut named = Plan::new(base());
    act(&mut named, |d| {
        let name = Attributes::from([("name".to_string(), Value::Text("Haus am Markt".into()))]);
        d.describe(&[("m/buildings".into(), "h7".into())], &name).unwrap()
    });
    assert!(found(&named).conflicts.is_empty());
    // Each has title, law and office like any other conflict.
    for c in &e.conflicts {
        let rule = plan.city().rule(&c.rule).unwrap_or_else(|| panic!("{} has no rule", c.rule));
        assert!(!rule.title.de.is_empty() && !rule.office.en.is_empty());
    }
    for o in &e.outcomes {
        assert_eq!(o.subjects, o.conflicts + o.clear + o.unknown, "{o:?}");
        assert_eq!(o.by_severity.iter().sum::<u32>(), o.conflicts, "{o:?}");
    }
    while plan.undo().unwrap().is_some() {}
    assert_eq!(found(&plan), Evaluation::default());
}

#[test]
fn a_drafted_figure_above_the_orientation_value_asks_for_weighing() {
    let mut plan = Plan::new(base());
    act(&mut plan, |d| {
        d.describe(
            &[("m/sites".into(), "s0".into())],
            &Attributes::from([("gfz".to_string(), Value::Real(1.5))]),
        )
        .unwrap()
    });
    let e = found(&plan);
    let gfz = of(&e, "GFZ-E");
    assert_eq!(
        (gfz.len(), u8::from(gfz[0].severity), gfz[0].threshold.as_ref().unwrap().value),
        (1, 2, 1.2)
    );
    assert_eq!(plan.city().rule("GFZ-E").unwrap().id, "GFZ");
}

#[test]
fn unknown_is_not_kept_and_other_countries_have_other_law() {
    let mut plan = Plan::new(base());
    let no_height = |d: &mut Draft| {
        vec![d.add(
            &"m/buildings".into(),
            Shape::polygon(rect(46.0, 4.0, 54.0, 10.0)[..4].to_vec()),
            Attributes::new(),
        )]
    };
    act(&mut plan, no_height);
    let e = found(&plan);
    let outcome = |id: &str| e.outcomes.iter().find(|o| o.rule == id).unwrap();
    for id in ["BSD", "Z", "AF"] {
        assert!(
            outcome(id).unknown > 0 && !outcome(id).reasons.is_empty(),
            "{id}: {:?}",
            outcome(id)
        );
    }
    let mut abroad = Plan::new(Base::new(Arc::new(city(None))));
    act(&mut abroad, house(46.0, 4.0, 30.0, 9.0));
    let e = found(&abroad);
    assert!(
        e.conflicts.iter().all(|c| c.rule == "BSD") && !e.conflicts.is_empty(),
        "{:?}",
        e.conflicts
    );
}

#[test]
fn rules_and_judgements_stand_in_one_list_and_the_rules_do_not_mind() {
    let mut plan = Plan::new(base());
    act(&mut plan, house(46.0, 4.0, 30.0, 9.0));
    let rules = evaluate(plan.city(), &Control::default());
    let both = whole(&plan).beside(rules.clone());
    assert!(both.conflicts.windows(2).all(|w| w[0].severity >= w[1].severity));
    // Joined twice is joined once.
    assert_eq!(whole(&plan).beside(both.clone()), both);
    assert_eq!(Judged::default().beside(both), rules);
}

#[derive(Debug, Clone)]
struct Wish {
    what: u8,
    which: u8,
    at: [f64; 2],
    height: f64,
}

fn wish() -> impl Strategy<Value = Wish> {
    (0u8..7, 0u8..15, 0i32..2200, 0i32..1200, 3u8..40).prop_map(|(what, which, x, y, h)| Wish {
        what,
        which,
        at: [f64::from(x) / 10.0, f64::from(y) / 10.0],
        height: f64::from(h),
    })
}

fn edits(plan: &Plan, w: &Wish) -> Option<Step> {
    let mut draft = Draft::new(plan.base(), plan.overlay());
    let named = |prefix: &str, n: u8| (format!("m/{prefix}").as_str().into(), format!("{}{}", &prefix[..1], w.which % n));
    let b = ("m/buildings".into(), format!("h{}", w.which));
    let [x, y] = w.at;
    let edits = match w.what {
        0 => house(x, y, w.height, (w.height / 3.0).floor())(&mut draft),
        1 => draft.shift(&[b], [x / 10.0 - 10.0, y / 10.0 - 5.0]).ok()?,
        2 => draft.remove(&[b]).ok()?,
        3 => draft
            .describe(
                &[b],
                &Attributes::from([
                    ("height_m".to_string(), Value::Real(w.height)),
                    ("storeys".to_string(), Value::Real((w.height / 3.0).floor())),
                ]),
            )
            .ok()?,
        4 => draft
            .describe(
                &[named("sites", 2)],
                &Attributes::from([("gfz".to_string(), Value::Real(w.height / 20.0))]),
            )
            .ok()?,
        5 => draft.shift(&[named("parcels", 15)], [x / 40.0 - 2.0, 0.0]).ok()?,
        _ => draft
            .zone_type(
                &[("m/zones".into(), "z0".into())],
                if w.which.is_multiple_of(2) { "MU" } else { "WR" },
            )
            .ok()?,
    };
    Step::new("Schritt", edits).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn step_by_step_equals_the_whole(wishes in prop::collection::vec(wish(), 1..8), undos in 0usize..4) {
        let control = Control::default();
        let mut plan = Plan::new(base());
        let mut judged = Judged::default();
        let mut moves = vec![];
        for w in &wishes {
            moves.extend(edits(&plan, w).and_then(|s| plan.act(s).ok()));
            let Some(moved) = moves.pop() else { continue };
            judged = judged.after(plan.base(), plan.overlay(), plan.city(), &moved.changes(), &control);
            prop_assert!(judged == whole(&plan), "{w:?}");
        }
        for _ in 0..undos {
            if let Some(moved) = plan.undo().unwrap() {
                judged = judged.after(plan.base(), plan.overlay(), plan.city(), &moved.changes(), &control);
                prop_assert!(judged == whole(&plan));
            }
        }
    }
}
