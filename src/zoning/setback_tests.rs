//! Houses on plots whose Abstandsflächen anybody can draw by hand.

use super::*;
use crate::{
    index::IndexedLayer,
    model::{Coverage, GeometryKind, Severity},
    modules::Role,
    progress::Control,
    project::City,
    rules::{
        Verdict,
        testing::{F, TestCity, f, layer, rect},
    },
};

fn house(id: &str, x: f64, y: f64, w: f64, d: f64) -> F {
    f(id, rect(x, y, x + w, y + d)).text("function", "31001_1010")
}

fn flat(id: &str, x: f64, y: f64, w: f64, d: f64, h: f64) -> F {
    house(id, x, y, w, d)
        .text("roof_type", "1000")
        .real("height_m", h)
        .real("storeys", (h / 3.0).round())
}

fn city(state: &str, kind: &str, parcels: &[F], buildings: &[F], streets: &[F]) -> City {
    let zone = f("z", rect(-200.0, -200.0, 200.0, 30.0)).text("baunvo", kind);
    let all = |slot: &str, g, list: &[F]| layer(slot, g, list, Coverage::AreaOfInterest);
    let mut city = TestCity::new()
        .layer(all("m/zones", GeometryKind::Polygon, &[zone]))
        .role(Role::Zones)
        .layer(all("m/buildings", GeometryKind::Polygon, buildings))
        .role(Role::Buildings);
    if !parcels.is_empty() {
        city = city.layer(all("m/parcels", GeometryKind::Polygon, parcels)).role(Role::Parcels);
    }
    if !streets.is_empty() {
        city = city.layer(all("m/streets", GeometryKind::Line, streets)).role(Role::Streets);
    }
    city.state(state).build()
}

fn everything(_: &IndexedLayer, _: u32) -> bool {
    true
}

fn of(city: &City) -> Setbacks {
    setbacks(city, everything, &Control::default()).unwrap()
}

/// The wall that faces so (grid east, north).
fn facing<'a>(found: &'a Setbacks, id: &str, [x, y]: [f64; 2]) -> &'a WallArea {
    let faces = |w: &WallArea| {
        let m = [0, 1].map(|k| 0.5 * (w.area[2][k] + w.area[3][k] - w.ends[0][k] - w.ends[1][k]));
        m[0] * x + m[1] * y > 0.9 * m[0].hypot(m[1])
    };
    found.walls.iter().find(|w| w.building.id == id && faces(w)).unwrap()
}

#[test]
fn a_house_of_twelve_metres_needs_four_eighty_and_a_low_one_three() {
    let plot = f("p", rect(0.0, 0.0, 30.0, 30.0));
    let tall = city(
        "ST",
        "WA",
        std::slice::from_ref(&plot),
        &[flat("a", 4.0, 10.0, 10.0, 10.0, 12.0)],
        &[],
    );
    let found = of(&tall);
    assert_eq!(found.walls.len(), 4);
    let west = facing(&found, "a", [-1.0, 0.0]);
    assert!((west.depth.depth_m.known().unwrap() - 4.8).abs() < 1e-9);
    // 4 m to the boundary are 0.8 m too few; the other sides have room.
    assert_eq!(
        (west.verdict, west.room_m.map(|r| (r * 100.0).round())),
        (Verdict::Conflict, Some(400.0))
    );
    assert!(found.walls.iter().filter(|w| w.verdict == Verdict::Conflict).count() == 1);
    let all = setback_conflicts(&tall, &found);
    assert_eq!((all[0].rule.as_str(), all[0].severity), ("AF", Severity::Restricted));
    assert!((all[0].measured.value - 4.0).abs() < 1e-6 && (all[0].threshold.as_ref().unwrap().value - 4.8).abs() < 1e-9);
    assert!(all[0].reasons[0].de.contains("BauO LSA § 6 (5)"), "{:?}", all[0].reasons);
    let low = of(&city(
        "ST",
        "WA",
        std::slice::from_ref(&plot),
        &[flat("a", 4.0, 10.0, 10.0, 10.0, 6.0)],
        &[],
    ));
    assert!(
        low.walls
            .iter()
            .all(|w| w.verdict == Verdict::Clear && w.depth.depth_m == Span::exact(3.0))
    );
    // In a GE half of it, but never below three metres.
    let ge = of(&city("ST", "GE", &[plot], &[flat("a", 4.0, 10.0, 10.0, 10.0, 18.0)], &[]));
    assert!((facing(&ge, "a", [-1.0, 0.0]).depth.depth_m.known().unwrap() - 3.6).abs() < 1e-9);
}

#[test]
fn a_roof_counts_by_a_third_and_a_steep_one_in_full() {
    let plot = f("p", rect(0.0, 0.0, 60.0, 29.0));
    let with = |height: f64, d: f64| {
        let h = house("a", 20.0, 10.0, 10.0, d)
            .text("roof_type", "3100")
            .real("storeys", 2.0)
            .real("height_m", height);
        let found = of(&city("ST", "WA", std::slice::from_ref(&plot), &[h], &[]));
        found.walls[0].depth.height_m.unwrap().known().unwrap()
    };
    // Walls of 6 m under a roof of 4.5 m over a half width of 4 m: 48°, so 6 + 1.5.
    assert!((with(10.5, 8.0) - 7.5).abs() < 1e-9);
    // 12 m of roof over 4 m: 71.6°.
    assert!((with(18.0, 8.0) - 18.0).abs() < 1e-9);
}

#[test]
fn up_to_the_middle_of_the_street_and_no_farther() {
    // The building area ends at 30 m north, a street runs at 34 m.
    let plot = f("p", rect(0.0, 0.0, 30.0, 30.0));
    let street = f("s", vec![[-50.0, 34.0], [80.0, 34.0]]);
    let with = |y: f64, streets: &[F]| {
        let found = of(&city(
            "ST",
            "WA",
            std::slice::from_ref(&plot),
            &[flat("a", 10.0, y, 10.0, 10.0, 15.0)],
            streets,
        ));
        let north = facing(&found, "a", [0.0, 1.0]);
        (north.verdict, north.room_m)
    };
    // 6 m deep. 2 m to the boundary and 4 m to the middle of the street are just enough.
    assert_eq!(with(18.0, std::slice::from_ref(&street)), (Verdict::Clear, None));
    let (verdict, room) = with(19.0, std::slice::from_ref(&street));
    assert!(verdict == Verdict::Conflict && (room.unwrap() - 5.0).abs() < 1e-6, "{room:?}");
    assert_eq!(with(18.0, &[]).0, Verdict::Conflict, "without a street the boundary counts");
}

#[test]
fn areas_of_neighbours_must_not_overlap_but_corners_may() {
    let plot = f("p", rect(-100.0, -100.0, 100.0, 29.0));
    let pair = |gap: f64| {
        let list = [flat("a", 0.0, 0.0, 10.0, 10.0, 9.0), flat("b", 10.0 + gap, 0.0, 10.0, 10.0, 9.0)];
        let found = of(&city("ST", "WA", std::slice::from_ref(&plot), &list, &[]));
        let east = facing(&found, "a", [1.0, 0.0]);
        (east.verdict, east.overlaps.first().map(|o| (o.0.id.clone(), o.1)))
    };
    // 3.6 m each.
    assert_eq!(pair(7.3), (Verdict::Clear, None));
    let (verdict, shared) = pair(6.2);
    let (who, m2) = shared.unwrap();
    assert!(verdict == Verdict::Conflict && who == "b" && (m2 - 10.0).abs() < 1e-6, "{m2}");
    // Attached houses: the wall between them needs none.
    let list = [flat("a", 0.0, 0.0, 10.0, 10.0, 9.0), flat("b", 10.0, 0.0, 10.0, 10.0, 9.0)];
    let found = of(&city("ST", "WA", std::slice::from_ref(&plot), &list, &[]));
    assert_eq!((found.party_walls, found.walls.len()), (2, 6));
    assert!(found.walls.iter().all(|w| w.verdict == Verdict::Clear));
}

#[test]
fn what_is_not_known_stays_open() {
    // No plot, no height, an unknown roof, a state without numbers.
    let none = of(&city("SL", "WA", &[], &[flat("a", 0.0, 0.0, 10.0, 10.0, 9.0)], &[]));
    assert!(none.walls.iter().all(|w| w.verdict == Verdict::Unknown));
    assert!(none.notes[0].de.contains("Musterbauordnung"));
    let plot = f("p", rect(-4.0, -4.0, 14.0, 14.0));
    let dark = of(&city(
        "ST",
        "WA",
        std::slice::from_ref(&plot),
        &[house("a", 0.0, 0.0, 10.0, 10.0)],
        &[],
    ));
    assert!(
        dark.walls
            .iter()
            .all(|w| w.verdict == Verdict::Unknown && w.depth.height_m.is_none())
    );
    // Between 3 m and 0.4 × 12 m: 4 m of room may or may not do.
    let roof = house("a", 0.0, 0.0, 10.0, 10.0).real("storeys", 2.0).real("height_m", 12.0);
    let open = of(&city("ST", "WA", std::slice::from_ref(&plot), &[roof], &[]));
    assert!(
        open.walls.iter().all(|w| w.verdict == Verdict::Unknown),
        "{:?}",
        open.walls[0].depth
    );
    let garage = f("g", rect(0.0, 0.0, 3.0, 6.0)).text("function", "31001_2463");
    let found = of(&city("ST", "WA", &[plot], &[garage], &[]));
    assert_eq!((found.privileged, found.walls.len()), (1, 0));
}

#[test]
fn large_bavarian_cities_keep_the_whole_height_in_front_of_long_walls() {
    let plot = f("p", rect(-60.0, -60.0, 60.0, 29.0));
    let city_of = |people: f64| {
        let mut c = city(
            "BY",
            "WA",
            std::slice::from_ref(&plot),
            &[flat("a", 0.0, 0.0, 20.0, 10.0, 12.0)],
            &[],
        );
        let block = f("q", rect(-60.0, -60.0, 60.0, 29.0)).real("inhabitants", people);
        let l = layer("m/people", GeometryKind::Polygon, &[block], Coverage::AreaOfInterest);
        c.slots.extend(TestCity::new().layer(l).role(Role::Population).build().slots);
        c
    };
    let deep = |people: f64, at: [f64; 2]| facing(&of(&city_of(people)), "a", at).depth.depth_m.known().unwrap();
    assert!((deep(300_000.0, [0.0, 1.0]) - 12.0).abs() < 1e-9);
    assert!((deep(300_000.0, [1.0, 0.0]) - 6.0).abs() < 1e-9, "10 m are a short wall");
    assert!((deep(200_000.0, [0.0, 1.0]) - 4.8).abs() < 1e-9);
}
