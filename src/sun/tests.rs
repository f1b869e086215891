//! Shadows of a single box on flat ground, whose ends anybody can compute by hand.

use super::*;
use crate::{
    model::{Bbox, Coverage, GeometryKind, Raster, Severity},
    modules::Role,
    progress::Control,
    project::City,
    rules::testing::{F, TestCity, f, layer, rect},
};
use std::sync::Arc;

/// On the central meridian of UTM 32, so that grid north is true north.
const AT: [f64; 2] = [500_000.0, 5_700_000.0];

fn box_at(id: &str, x: f64, y: f64, w: f64, d: f64, height: f64) -> F {
    let ring = rect(AT[0] + x, AT[1] + y, AT[0] + x + w, AT[1] + y + d);
    f(id, ring).real("height_m", height).text("roof_type", "1000")
}

fn town(buildings: &[F]) -> City {
    let mut city = TestCity::new()
        .layer(layer("m/buildings", GeometryKind::Polygon, buildings, Coverage::AreaOfInterest))
        .role(Role::Buildings)
        .build();
    let info = Arc::make_mut(&mut city.info);
    info.site = AT;
    city
}

fn march(city: &City) -> Day {
    let site = Site::new(city, AT).unwrap();
    let preset = &presets()[0];
    let date = jiff::civil::date(2026, preset.month, preset.day);
    Day::new(&site, date, 5.0, preset.least_elevation_deg).unwrap()
}

#[test]
fn the_equinox_has_twelve_hours_and_its_noon_stands_where_the_almanac_says() {
    let city = town(&[box_at("b", 0.0, 0.0, 10.0, 10.0, 10.0)]);
    let day = march(&city);
    let [up, down] = day.up.unwrap();
    let hours = (down.as_second() - up.as_second()) as f64 / 3600.0;
    assert!((hours - 12.2).abs() < 0.15, "{hours}");
    let noon = day
        .steps
        .iter()
        .max_by(|a, b| a.sun.elevation_deg.total_cmp(&b.sun.elevation_deg))
        .unwrap();
    let lat = Site::new(&city, AT).unwrap().lonlat[1];
    // Declination on 21 March 2026, a day after the equinox at 14:46 UTC of the 20th: about +0.35° at noon.
    assert!((noon.sun.elevation_deg - (90.0 - lat + 0.35)).abs() < 0.1, "{noon:?}");
    // 9° east: the sun culminates 24 minutes before the zone's meridian does, and the equation of time takes seven more minutes.
    let clock = Site::new(&city, AT).unwrap().clock(noon.at);
    assert!(("12:26".."12:37").contains(&&*clock), "{clock}");
    assert!(day.steps.iter().all(|s| s.sun.elevation_deg >= 11.0));
}

/// Steps during which the box [0, w] × [0, d] of height h shades the point (px, py, pz) outside of it: the ray meets the box on the ground
/// and is lower than its top where it comes in.
fn by_hand(day: &Day, [w, d, h]: [f64; 3], [px, py, pz]: [f64; 3]) -> usize {
    let shaded = |s: &&Step| {
        let mut span: [f64; 2] = [0.0, f64::INFINITY];
        for (p, size, dir) in [(px, w, s.towards[0]), (py, d, s.towards[1])] {
            let (a, b) = ((0.0 - p) / dir, (size - p) / dir);
            span = [span[0].max(a.min(b)), span[1].min(a.max(b))];
        }
        span[0] < span[1] && span[1] > 0.0 && pz + span[0] * s.slope < h
    };
    day.steps.iter().filter(shaded).count()
}

#[test]
fn hours_in_the_shadow_of_a_box_are_those_of_the_hand_computation() {
    let (w, d, h) = (20.0, 10.0, 15.0);
    let city = town(&[box_at("b", 0.0, 0.0, w, d, h)]);
    let (day, occluders) = (march(&city), Occluders::new(&city));
    let points = [
        [10.0, 15.0, 0.0],
        [10.0, 30.0, 0.0],
        [-25.0, 5.0, 0.0],
        [10.0, -5.0, 0.0],
        [45.0, 20.0, 1.2],
        [10.0, 12.0, 14.0],
    ];
    let absolute: Vec<_> = points.iter().map(|p| ([AT[0] + p[0], AT[1] + p[1], p[2]], None)).collect();
    let found = lit(&occluders, &day, &absolute, &Control::default()).unwrap();
    for (p, lit) in points.iter().zip(&found) {
        let want = day.hours(day.steps.len() - by_hand(&day, [w, d, h], *p));
        assert!((lit.hours - want).abs() < 1e-9, "{p:?}: {} instead of {want}", lit.hours);
    }
    // South of the box it shades nobody; right behind it noon is dark; two metres under its top only flat rays are caught.
    assert_eq!(found[3].hours, day.hours(day.steps.len()));
    assert!(found[0].hours < found[1].hours && found[0].hours > 0.0);
    assert!(found[5].hours > found[0].hours);
}

#[test]
fn the_shadow_ends_where_height_over_slope_says() {
    let city = town(&[box_at("b", -500.0, 0.0, 1000.0, 10.0, 12.0)]);
    let (mut day, occluders) = (march(&city), Occluders::new(&city));
    let noon = *day
        .steps
        .iter()
        .max_by(|a, b| a.sun.elevation_deg.total_cmp(&b.sun.elevation_deg))
        .unwrap();
    day.steps = vec![noon];
    // A long wall south of the point: at noon its shadow ends 12 m / tan(h) behind its northern edge… of the top, which is the edge.
    let length = 12.0 / noon.slope;
    let at = |y: f64| {
        let p = [AT[0], AT[1] + 10.0 + y * -noon.towards[1], 0.0];
        lit(&occluders, &day, &[(p, None)], &Control::default()).unwrap()[0].hours > 0.0
    };
    assert!(!at(length - 0.05) && at(length + 0.05), "{length}");
}

#[test]
fn a_house_with_a_ridge_shades_less_than_its_block() {
    let ring = rect(AT[0] - 30.0, AT[1], AT[0] + 30.0, AT[1] + 10.0);
    let with = |roof: &str| f("h", ring.clone()).real("height_m", 10.0).real("roof_type", roof.parse().unwrap());
    let (gabled, flat) = (town(&[with("3100")]), town(&[with("1000")]));
    let mut day = march(&gabled);
    let noon = day.steps.iter().max_by(|a, b| a.sun.elevation_deg.total_cmp(&b.sun.elevation_deg));
    day.steps = vec![*noon.unwrap()];
    // 10 m wide: the ridge, 10 m high, stands 5 m behind the wall; the eaves are 4.5 m lower. At noon (39°) the ridge decides, and its shadow
    // ends 5 m nearer than that of a block, whose northern edge is as high.
    let slope = day.steps[0].slope;
    let dark = |city: &City, y: f64| {
        let p = [AT[0], AT[1] + 10.0 + y, 0.0];
        lit(&Occluders::new(city), &day, &[(p, None)], &Control::default()).unwrap()[0].hours == 0.0
    };
    let (ridge, edge) = (10.0 / slope - 5.0, 10.0 / slope);
    assert!(dark(&gabled, ridge - 0.1) && !dark(&gabled, ridge + 0.1), "{ridge}");
    assert!(dark(&flat, edge - 0.1) && !dark(&flat, edge + 0.1), "{edge}");
}

#[test]
fn a_facade_sees_nothing_behind_it_and_a_party_wall_is_none() {
    let city = town(&[box_at("a", 0.0, 0.0, 10.0, 10.0, 9.0), box_at("b", 10.0, 0.0, 10.0, 10.0, 9.0)]);
    let day = march(&city);
    let all = facades(&city, 1.2, |_, _| true);
    assert_eq!(all.len(), 6, "the wall between both is none");
    let points: Vec<_> = all.iter().map(|f| (f.at, Some(f.outward))).collect();
    let sun = lit(&Occluders::new(&city), &day, &points, &Control::default()).unwrap();
    for (f, s) in all.iter().zip(&sun) {
        let whole = day.hours(day.steps.len());
        match f.facing_deg.round() as i64 {
            0 => assert_eq!(s.hours, 0.0, "north"),
            180 => assert_eq!(s.hours, whole, "south"),
            // Half the day each.
            _ => assert!((s.hours - whole / 2.0).abs() <= 0.25, "{f:?} {s:?}"),
        }
    }
}

#[test]
fn a_ridge_of_the_terrain_takes_the_flat_sun() {
    let mut city = town(&[]);
    // A plain with a ridge of 40 m a hundred metres to the east.
    let (n, cell) = (120_usize, 5.0);
    let values = (0..n * n).map(|k| if (70..74).contains(&(k % n)) { 40.0 } else { 0.0 }).collect();
    let raster = Raster {
        width: n,
        height: n,
        origin: [AT[0] - 250.0, AT[1] + 300.0],
        cell_m: [cell, cell],
        values,
        provenance: vec![],
    };
    let with = TestCity::new().grid("m/terrain", raster).role(Role::Terrain).build();
    city.slots.extend(with.slots);
    let day = march(&city);
    let p = [([AT[0], AT[1], 0.0], None)];
    let shaded = lit(&Occluders::new(&city), &day, &p, &Control::default()).unwrap()[0];
    let free = lit(&Occluders::new(&town(&[])), &day, &p, &Control::default()).unwrap()[0];
    let lost = free.hours - shaded.hours;
    // In the east-south-east the ridge stands 40 m over 100 to 130 m: some 18 to 20°, from 11° on lost for about an hour.
    assert!((0.6..1.6).contains(&lost), "{lost}");
    assert!(shaded.first > free.first && shaded.last == free.last);
}

#[test]
fn a_new_tower_takes_sun_from_the_neighbour_and_is_named() {
    let house = box_at("house", 0.0, 40.0, 12.0, 10.0, 9.0);
    let before = town(std::slice::from_ref(&house));
    let far = box_at("far", 3000.0, 0.0, 10.0, 10.0, 9.0);
    let after = town(&[house, box_at("tower", -100.0, 0.0, 212.0, 15.0, 45.0), far]);
    let (day, preset) = (march(&before), &presets()[0]);
    let found = losses(&before, &after, &day, preset, &Control::default()).unwrap();
    let south = found.iter().find(|l| l.facade.facing_deg.round() == 180.0).unwrap();
    assert!(south.before.hours > 8.0 && south.after.hours < 1.5, "{south:?}");
    assert_eq!(south.causes.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), ["tower"]);
    assert!(
        found.iter().all(|l| l.facade.building.id == "house"),
        "only neighbours that were there before"
    );
    let all = conflicts(&after, &day, preset, &found);
    assert!(!all.is_empty() && all.iter().all(|c| c.severity == Severity::Weigh && c.proxy && c.rule == "BSD"));
    let mut ids: Vec<_> = all.iter().map(|c| &c.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), all.len(), "each wall has its own name");
    assert!(all[0].reasons.iter().any(|r| r.de.contains("Evidenz K")));
    assert!(losses(&after, &after, &day, preset, &Control::default()).unwrap().is_empty());
}

#[test]
fn the_map_shows_ground_and_walls_before_and_after_and_stops_when_asked() {
    let house = box_at("house", 0.0, 40.0, 12.0, 10.0, 9.0);
    let before = town(std::slice::from_ref(&house));
    let after = town(&[house, box_at("tower", -100.0, 0.0, 212.0, 15.0, 45.0)]);
    let (day, preset) = (march(&before), &presets()[0]);
    let area = Bbox::new([AT[0] - 30.0, AT[1] - 10.0], [AT[0] + 40.0, AT[1] + 70.0]);
    let map = SunMap::new(&after, Some(&before), &day, preset, (&area, 5.0), &Control::default()).unwrap();
    let cell = |x: f64, y: f64| {
        let near = |c: &GroundCell| (c.at[0] - AT[0] - x).hypot(c.at[1] - AT[1] - y) < 3.6;
        map.ground.iter().find(|(c, _)| near(c)).unwrap().1
    };
    // Right behind the tower noon is gone, in front of it nothing is.
    assert!(cell(5.0, 20.0).loss().unwrap() > 7.0 && cell(5.0, -5.0).loss().unwrap() <= 0.0);
    let of = |id: &str, deg: i64| {
        let f = |w: &&WallSun| w.facade.building.id == id && w.facade.facing_deg.round() as i64 == deg;
        map.walls.iter().find(f).unwrap()
    };
    // 12 m long: three pieces a storey, three storeys of 9 m; the higher, the more sun.
    let south = of("house", 180);
    assert_eq!(south.parts.len(), 9);
    assert!(south.parts[0].1.after <= south.parts[6].1.after && south.parts.iter().all(|p| p.1.loss().unwrap() > 0.0));
    assert!((south.parts[8].0.heights_m[1] - 9.0).abs() < 1e-9);
    assert!(
        of("tower", 180).parts.iter().all(|p| p.1.before.is_none()),
        "a new wall has no before"
    );
    let losses = map.losses.as_ref().unwrap();
    assert!(
        !losses.is_empty()
            && losses
                .windows(2)
                .all(|w| { w[0].before.hours - w[0].after.hours >= w[1].before.hours - w[1].after.hours })
    );
    let alone = SunMap::new(&before, None, &day, preset, (&area, 5.0), &Control::default()).unwrap();
    assert!(!alone.compares() && alone.ground.iter().all(|(_, h)| h.before.is_none()));
    let stopped = Control::default();
    stopped.cancel();
    assert!(SunMap::new(&after, Some(&before), &day, preset, (&area, 5.0), &stopped).is_none());
}

#[test]
fn any_number_of_threads_gives_the_same_bytes_and_unknown_heights_are_counted() {
    let mut all: Vec<F> = (0..40u32)
        .map(|k| {
            box_at(
                &format!("b{k}"),
                f64::from(k % 8) * 22.0,
                f64::from(k / 8) * 25.0,
                11.0,
                9.0,
                6.0 + f64::from(k % 5) * 7.0,
            )
        })
        .collect();
    all.push(f("nothing", rect(AT[0] + 300.0, AT[1], AT[0] + 310.0, AT[1] + 10.0)));
    let city = town(&all);
    let (day, occluders) = (march(&city), Occluders::new(&city));
    assert_eq!(occluders.unknown, 1);
    let area = Bbox::new([AT[0] - 20.0, AT[1] - 20.0], [AT[0] + 180.0, AT[1] + 130.0]);
    let points: Vec<_> = ground(&city, &area, 8.0).iter().map(|c| (c.at, None)).collect();
    assert!(points.len() > 200 && points.len() < 475);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let found = pool.install(|| lit(&occluders, &day, &points, &Control::default()).unwrap());
        serde_json::to_vec(&found).unwrap()
    };
    assert_eq!(on(1), on(7));
}

#[test]
fn the_polar_night_and_a_wild_step_end_in_no_sun_and_no_panic() {
    let mut city = town(&[]);
    Arc::make_mut(&mut city.info).epsg = 25833;
    let north = crate::layers::ProjectCrs::from_epsg(25833)
        .unwrap()
        .from_lonlat([15.0, 78.2])
        .unwrap();
    let site = Site::new(&city, north).unwrap();
    let day = Day::new(&site, jiff::civil::date(2026, 1, 17), f64::NAN, 6.0).unwrap();
    assert!(day.up.is_none() && day.steps.is_empty());
    let found = lit(&Occluders::new(&city), &day, &[([0.0; 3], None)], &Control::default()).unwrap();
    assert_eq!(found[0].hours, 0.0);
    assert!(ground(&city, &Bbox::EMPTY, 5.0).is_empty());
}
