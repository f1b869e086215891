//! Walking distances on small networks whose every number can be added up by hand.

use super::{Field, Network, Snap};
use crate::{
    model::{Column, Coverage, Geometries, GeometriesBuilder, GeometryKind, Layer, Report, Table, Value},
    modules::WalkingDef,
};
use proptest::prelude::*;

type Line = Vec<[f64; 2]>;

fn geometries(kind: GeometryKind, rings: &[Line]) -> Geometries {
    let mut b = GeometriesBuilder::new(kind);
    for ring in rings {
        b.ring(ring.iter().copied()).end_part().end_feature();
    }
    b.finish()
}

fn layer(kind: GeometryKind, rings: &[Line], columns: &[(&str, Vec<Value>)]) -> Layer {
    let mut attributes = Table::default();
    for (name, values) in columns {
        attributes.set(name, Column::from_values(values));
    }
    Layer {
        slot: "m/ways".into(),
        geometry: geometries(kind, rings),
        attributes,
        ids: (0..rings.len()).map(|k| k.to_string().into()).collect(),
        provenance: vec![],
        coverage: Coverage::Undeclared,
        report: Report::default(),
        bodies: None,
    }
}

fn walking() -> WalkingDef {
    WalkingDef {
        filter: Some("class <> 'motorway'".into()),
        layer: Some("layer".into()),
        bridge: Some("bridge".into()),
        ..WalkingDef::default()
    }
}

fn network(lines: &[Line]) -> Network {
    Network::new(&layer(GeometryKind::Line, lines, &[]), &walking(), &[])
}

fn point(x: f64, y: f64) -> Geometries {
    geometries(GeometryKind::Point, &[vec![[x, y]]])
}

/// Metres on foot from one feature to another, up to 5 km.
fn walk(n: &Network, a: &Geometries, b: &Geometries) -> Option<f64> {
    let source = n.snap(a, 0);
    let field = Field::new(n, [(0, &source)], 5000.0);
    field.nearest(n, &n.snap(b, 0)).map(|r| r.distance_m())
}

/// A grid of streets 100 m apart, 400 m wide and high, drawn as lines that share vertices.
fn grid() -> Vec<Line> {
    let stops = || (0..5).map(|k| 100.0 * f64::from(k));
    let rows = stops().map(|y| stops().map(|x| [x, y]).collect());
    let columns = stops().map(|x| stops().map(|y| [x, y]).collect());
    rows.chain(columns).collect()
}

#[test]
fn a_way_around_the_block_is_added_up() {
    let n = network(&grid());
    assert_eq!(n.size(), (25, 40));
    assert_eq!(n.length_m(), 4000.0);
    // Legs of 7 and 12 m; from (130, 0) over (200, 0) and (200, 100) to (250, 100): 70 + 100 + 50.
    assert_eq!(
        walk(&n, &point(130.0, -7.0), &point(250.0, 112.0)),
        Some(70.0 + 100.0 + 50.0 + 7.0 + 12.0)
    );
    // On one stretch nobody walks over a junction.
    assert_eq!(walk(&n, &point(110.0, -1.0), &point(180.0, -2.0)), Some(73.0));
    assert_eq!(walk(&n, &point(110.0, -151.0), &point(180.0, -2.0)), None);
    assert_eq!(n.snap(&point(110.0, -149.0), 0).leg_m(), Some(149.0));
}

#[test]
fn an_area_is_entered_from_every_way_beside_it() {
    let n = network(&grid());
    let block = geometries(
        GeometryKind::Polygon,
        &[vec![[110.0, 110.0], [190.0, 110.0], [190.0, 190.0], [110.0, 190.0], [110.0, 110.0]]],
    );
    // The four streets around it, and the eight that begin at its corners.
    assert_eq!(n.snap(&block, 0).ways.len(), 12);
    // Left at its corner (190, 190): 14.142 m to the crossing at (200, 200), then 50 m along the street.
    assert_eq!(walk(&n, &block, &point(200.0, 250.0)), Some(14.142 + 50.0));
    // A park over a street is reached where the street enters it.
    let park = geometries(
        GeometryKind::Polygon,
        &[vec![[120.0, 250.0], [280.0, 250.0], [280.0, 350.0], [120.0, 350.0], [120.0, 250.0]]],
    );
    assert_eq!(walk(&n, &point(200.0, 210.0), &park), Some(40.0));
}

#[test]
fn crossings_join_on_one_level_only() {
    let cross = vec![vec![[0.0, 0.0], [400.0, 0.0]], vec![[200.0, -200.0], [200.0, 200.0]]];
    let (a, b) = (point(100.0, 0.0), point(200.0, 100.0));
    let of = |columns: &[(&str, Vec<Value>)]| Network::new(&layer(GeometryKind::Line, &cross, columns), &walking(), &[]);
    let flat = of(&[]);
    assert_eq!(walk(&flat, &a, &b), Some(200.0));
    assert_eq!(flat.report().findings[0].code, "NW-001");
    let bridge = of(&[("bridge", vec![Value::Text("yes".into()), Value::Text("no".into())])]);
    assert_eq!(walk(&bridge, &a, &b), None);
    let layer_told = of(&[("layer", vec![Value::Integer(1), Value::Null])]);
    assert_eq!(walk(&layer_told, &a, &b), None);
    // Bridges begin on the ground: a shared vertex joins whatever the levels.
    let shared = vec![vec![[0.0, 0.0], [200.0, 0.0]], vec![[200.0, 0.0], [200.0, 200.0]]];
    let ramp = Network::new(
        &layer(
            GeometryKind::Line,
            &shared,
            &[("layer", vec![Value::Integer(1), Value::Integer(0)])],
        ),
        &walking(),
        &[],
    );
    assert_eq!(walk(&ramp, &a, &b), Some(200.0));
}

#[test]
fn an_end_beside_a_street_leads_into_it() {
    let street = vec![[0.0, 0.0], [400.0, 0.0]];
    let near = network(&[street.clone(), vec![[200.0, 0.4], [200.0, 200.0]]]);
    // The street bends to the end: half way there it is 0.2 m off.
    assert_eq!(walk(&near, &point(100.0, 0.0), &point(200.0, 100.0)), Some(0.2 + 100.0 + 99.6));
    assert_eq!(near.report().findings[0].code, "NW-002");
    let apart = network(&[street, vec![[200.0, 0.6], [200.0, 400.0]]]);
    assert_eq!(walk(&apart, &point(100.0, 0.0), &point(200.0, 100.0)), None);
}

#[test]
fn nobody_walks_along_a_motorway_or_over_rails() {
    let lines = vec![
        vec![[0.0, 0.0], [500.0, 0.0]],
        vec![[0.0, 0.0], [0.0, 100.0], [500.0, 100.0]],
        vec![[500.0, 0.0], [500.0, 100.0]],
    ];
    let class = |c: &str| Value::Text(c.into());
    let ways = layer(
        GeometryKind::Line,
        &lines,
        &[("class", vec![class("residential"), class("residential"), class("motorway")])],
    );
    let n = Network::new(&ways, &walking(), &[]);
    assert_eq!(walk(&n, &point(400.0, 0.0), &point(400.0, 100.0)), Some(400.0 + 100.0 + 400.0));
    // A railway between a house and the nearer street: the house is brought to the other one.
    let rails = layer(GeometryKind::Line, &[vec![[0.0, 30.0], [500.0, 30.0]]], &[]);
    let house = point(250.0, 40.0);
    assert_eq!(n.snap(&house, 0).leg_m(), Some(40.0));
    let barred = Network::new(&ways, &walking(), &[&rails]);
    assert_eq!(barred.snap(&house, 0).leg_m(), Some(60.0));
    // With the other street behind water as well there is no way at all.
    let water = layer(
        GeometryKind::Polygon,
        &[vec![[-50.0, 50.0], [600.0, 50.0], [600.0, 60.0], [-50.0, 60.0], [-50.0, 50.0]]],
        &[],
    );
    assert_eq!(Network::new(&ways, &walking(), &[&rails, &water]).snap(&house, 0), Snap::default());
}

#[test]
fn loose_pieces_hold_nobody() {
    let mut lines = grid();
    lines.push(vec![[130.0, 150.0], [170.0, 150.0]]);
    let n = network(&lines);
    assert_eq!(n.size(), (25, 40));
    assert_eq!(n.report().findings[0].code, "NW-003");
    assert_eq!(n.snap(&point(150.0, 149.0), 0).leg_m(), Some(49.0));
    assert!(network(&[vec![[0.0, 0.0], [100.0, 0.0]]]).is_empty());
    assert!(network(&[]).is_empty());
}

#[test]
fn a_catchment_holds_what_can_be_reached() {
    let n = network(&grid());
    let source = n.snap(&point(200.0, 200.0), 0);
    let field = Field::new(&n, [(7, &source)], 150.0);
    let ways = n.reached_ways(&field);
    // Four arms of 100 m, and from the end of each 50 m in three directions.
    let length: f64 = ways
        .iter()
        .flat_map(|w| w.windows(2))
        .map(|w| super::plane::distance(w[0], w[1]))
        .sum();
    assert!((length - (4.0 * 100.0 + 12.0 * 50.0)).abs() < 1e-6, "{length}");
    use geo::{Area, Contains};
    let ground = n.catchment(&field, 20.0);
    assert!(ground.contains(&geo::Point::new(200.0, 340.0)) && !ground.contains(&geo::Point::new(330.0, 330.0)));
    assert!(ground.unsigned_area() > 20.0 * length && ground.unsigned_area() < 60.0 * length);
    assert_eq!(
        field
            .nearest(&n, &n.snap(&point(200.0, 349.0), 0))
            .map(|r| (r.source, r.distance_mm)),
        Some((7, 149_000))
    );
    assert_eq!(field.nearest(&n, &n.snap(&point(200.0, 351.0), 0)), None);
}

fn scattered() -> impl Strategy<Value = Vec<Line>> {
    let step = 0..9i32;
    let place = move || (step.clone(), step.clone()).prop_map(|(x, y)| [f64::from(x) * 63.7, f64::from(y) * 51.3]);
    proptest::collection::vec(proptest::collection::vec(place(), 2..5), 3..25)
}

proptest! {
    /// The way there is the way back, and of many sources the nearest is what looking at each alone finds.
    #[test]
    fn one_search_from_all_equals_one_from_each(lines in scattered(), spots in proptest::collection::vec((0.0..500.0f64, 0.0..400.0f64), 2..7)) {
        let n = network(&lines);
        let snaps: Vec<Snap> = spots.iter().map(|(x, y)| n.snap_point([*x, *y])).collect();
        let (target, sources) = snaps.split_first().unwrap();
        let all = Field::new(&n, (0u32..).zip(sources), 900.0).nearest(&n, target);
        let back = Field::new(&n, [(0, target)], 900.0);
        let each = (0u32..).zip(sources).filter_map(|(k, s)| Some((back.nearest(&n, s)?.distance_mm, k))).min();
        prop_assert_eq!(all.map(|r| (r.distance_mm, r.source)), each);
        for (k, s) in snaps.iter().enumerate().skip(1) {
            let there = Field::new(&n, [(0, s)], 900.0).nearest(&n, target).map(|r| r.distance_mm);
            prop_assert_eq!(there, back.nearest(&n, &snaps[k]).map(|r| r.distance_mm));
            // Nobody walks shorter than the crow flies.
            if let Some(mm) = there {
                let air = (spots[k].0 - spots[0].0).hypot(spots[k].1 - spots[0].1);
                prop_assert!(mm as f64 / 1000.0 >= air - 0.05, "{} {}", mm, air);
            }
        }
    }
}
