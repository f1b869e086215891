//! What else a planning office has on its map: protected things, dangers, lines and plants, climate. Placed by hand and
//! by noise, so that every further module has something to find and something to leave alone.

use super::nature::Nature;
use super::network::Class;
use super::noise::Noise;
use super::quarters::{Block, Use};
use super::sheet::{LayerOut, Sheet, text};
use super::sites::is_plot;
use super::smooth::noise;
use super::town::{FacilityKind, Town};
use crate::estimate::contour::{Grid, Polygon, band};
use crate::estimate::plane::{P, add, along_line, area, contains, densify, distance, inner_point, left, line_length, mul};
use crate::model::{GeometryKind, Value};
use crate::random::Random;

/// A grid with the name of its file.
pub(super) type NamedGrid = (&'static str, Grid);

/// Columns of old contaminated sites.
const SOIL: [&str; 9] = [
    "name",
    "status",
    "as_mg_kg",
    "pb_mg_kg",
    "cd_mg_kg",
    "ni_mg_kg",
    "hg_mg_kg",
    "bap_mg_kg",
    "pcb6_mg_kg",
];

/// How far each is examined, and what was found: of a suspicion nothing is known yet, of a confirmed site most is harmless.
const SOIL_STATES: [(&str, [Option<f64>; 7]); 4] = [
    ("suspected", [None; 7]),
    (
        "exceeded",
        [Some(62.0), Some(540.0), Some(24.0), Some(180.0), Some(26.0), Some(3.1), Some(1.1)],
    ),
    (
        "confirmed",
        [Some(18.0), Some(150.0), Some(4.0), Some(45.0), Some(2.0), Some(1.6), Some(0.1)],
    ),
    (
        "remediated",
        [Some(9.0), Some(60.0), Some(1.0), Some(30.0), Some(0.5), Some(0.2), Some(0.05)],
    ),
];

const DE_PI: f64 = std::f64::consts::PI;

/// A round patch with a wavy edge.
fn patch(middle: P, radius: f64, stretch: P, seed: u64) -> Vec<P> {
    (0..48)
        .map(|k| {
            let a = f64::from(k) / 24.0 * DE_PI;
            let d = [a.cos(), a.sin()];
            let r = radius * (1.0 + 0.22 * noise(seed, d, 0.8));
            [middle[0] + stretch[0] * r * d[0], middle[1] + stretch[1] * r * d[1]]
        })
        .collect()
}

fn real(v: f64) -> Value {
    Value::Real(v)
}

fn of_use(town: &Town, usage: Use) -> Vec<&Block> {
    let mut list: Vec<&Block> = town.blocks.iter().filter(|b| b.usage == usage).collect();
    list.sort_by(|a, b| area(&b.ring).total_cmp(&area(&a.ring)));
    list
}

fn radius_of(ring: &[P]) -> f64 {
    (area(ring) / DE_PI).sqrt()
}

/// Every further vector layer.
pub(super) fn layers(town: &Town, nature: &Nature, noise_model: &Noise, seed: u64) -> Vec<LayerOut> {
    let mut out = emissions(town, nature);
    out.extend(lines_and_plants(town));
    out.extend(waters(town));
    out.extend(protected(town, nature, seed));
    out.extend(climate(town, noise_model, seed));
    out.extend(reach(town));
    out
}

/// Zones of aircraft noise around the airfield west of the town, the widest first.
pub(super) fn aircraft_zones(town: &Town) -> [(&'static str, Vec<P>); 3] {
    let (s, half) = (town.land.scale, town.land.half);
    let field = [-half[0] - 0.7 * town.land.margin_m, -0.75 * half[1]];
    [("day_2", 330.0, 2.6), ("night", 250.0, 2.4), ("day_1", 170.0, 2.2)]
        .map(|(zone, radius, long)| (zone, patch(field, radius * s, [long, 0.8], town.land.seed ^ 240)))
}

fn emissions(town: &Town, nature: &Nature) -> Vec<LayerOut> {
    let s = town.land.scale;
    let mut trade = Sheet::new("noise_trade", GeometryKind::Polygon, &["kind", "lr_day_db", "lr_night_db"]);
    for (k, b) in of_use(town, Use::Industry)
        .into_iter()
        .chain(of_use(town, Use::Trade))
        .take((8.0 * s).ceil() as usize)
        .enumerate()
    {
        let (at, r) = (inner_point(&b.ring), radius_of(&b.ring));
        for (beyond, day, night) in [(70.0, 56, 42), (25.0, 63, 48)] {
            trade.ring(
                &patch(at, r + beyond, [1.0, 1.0], town.land.seed ^ (200 + k as u64)),
                [text("trade"), Value::Integer(day), Value::Integer(night)],
            );
        }
    }
    for (k, b) in of_use(town, Use::Sports).into_iter().take(4).enumerate() {
        let ring = patch(
            inner_point(&b.ring),
            radius_of(&b.ring) + 60.0,
            [1.0, 1.0],
            town.land.seed ^ (230 + k as u64),
        );
        trade.ring(&ring, [text("sports"), Value::Integer(58), Value::Integer(42)]);
    }
    let mut aircraft = Sheet::new("aircraft_noise", GeometryKind::Polygon, &["name", "zone"]);
    for (zone, ring) in aircraft_zones(town) {
        aircraft.ring(&ring, [text("Verkehrslandeplatz Musterstadt"), text(zone)]);
    }
    let mut quiet = Sheet::new("quiet_areas", GeometryKind::Polygon, &["name"]);
    // The second lies over the camping site that somebody wants in the reserve.
    let reserved = |b: &&Block| {
        let p = inner_point(&b.ring);
        is_plot(b, nature) && nature.reserve.iter().any(|r| contains(&r[0], p))
    };
    let meadow = town.fringe[town.remote..].iter().find(reserved);
    let places = of_use(town, Use::Park).into_iter().take(1).chain(meadow);
    for (b, name) in places.zip(["Ruhiges Gebiet Stadtpark", "Ruhiges Gebiet Selbeaue"]) {
        let ring = patch(
            inner_point(&b.ring),
            1.1 * radius_of(&b.ring) + 20.0,
            [1.2, 0.9],
            town.land.seed ^ 245,
        );
        quiet.ring(&ring, [text(name)]);
    }
    vec![trade.finish(), aircraft.finish(), quiet.finish()]
}

fn lines_and_plants(town: &Town) -> Vec<LayerOut> {
    let (s, half, margin) = (town.land.scale, town.land.half, town.land.margin_m - 30.0);
    let mut plants = Sheet::new("plants", GeometryKind::Point, &["name", "class"]);
    // One works on beside the nursery where people are to live.
    let nursery = town
        .reserves
        .iter()
        .filter(|r| r.usage == Use::Trade)
        .nth(1)
        .map(|r| inner_point(&r.ring));
    let mut works = of_use(town, Use::Trade);
    if let Some(at) = nursery {
        let far = |b: &Block| distance(inner_point(&b.ring), at);
        works.sort_by(|a, b| far(a).total_cmp(&far(b)));
    }
    for (b, (name, class)) in works.into_iter().take(4).zip([
        ("Recyclinghof Selbe", "IV"),
        ("Schreinerei Holm", "VII"),
        ("Betonwerk Selbe", "V"),
        ("Großbäckerei Krume", "VI"),
    ]) {
        plants.point(inner_point(&b.ring), [text(name), text(class)]);
    }
    let mut hazards = Sheet::new("hazard_sites", GeometryKind::Point, &["name", "class", "expert_distance_m"]);
    for (b, (name, class, expert)) in of_use(town, Use::Industry).into_iter().take(2).zip([
        ("Flüssiggaslager Selbe", Some("II"), Value::Null),
        ("Galvanik Musterstadt", Some("I"), real(260.0)),
    ]) {
        hazards.point(inner_point(&b.ring), [text(name), class.map_or(Value::Null, text), expert]);
    }
    let names = &["name", "hub_height_m", "rotor_radius_m", "designated"];
    let mut wind = Sheet::new("wind_turbines", GeometryKind::Point, names);
    for k in 0..3 {
        let x = (0.35 + 0.2 * f64::from(k)) * half[0];
        wind.point(
            [x, half[1] + (120.0 + 60.0 * f64::from(k)).min(margin)],
            [
                text(format!("Windenergieanlage {}", k + 1)),
                real(135.0),
                real(69.0),
                Value::Boolean(true),
            ],
        );
    }
    // One more stands where holiday houses are wanted.
    let remote = town.fringe[..town.remote].iter().map(|b| inner_point(&b.ring));
    if let Some(p) = remote.max_by(|a, b| a[0].hypot(a[1]).total_cmp(&b[0].hypot(b[1]))) {
        let at = add(p, mul(p, 240.0 / p[0].hypot(p[1]).max(1.0)));
        let inside = |d: usize| at[d].clamp(-half[d] - margin, half[d] + margin);
        wind.point(
            [inside(0), inside(1)],
            [text("Windenergieanlage Waldhöhe"), real(125.0), real(65.0), Value::Boolean(false)],
        );
    }
    let mut power = Sheet::new("power_lines", GeometryKind::Line, &["name", "voltage_kv", "status"]);
    let (top, bottom) = (half[1] + margin, -half[1] - margin);
    let right = half[0] + margin;
    // The second variant comes close to a care home; the first goes through the wood.
    let aim = [0.3 * half[0], 0.7 * half[1]];
    let homes = town.facilities.iter().filter(|f| f.kind == FacilityKind::CareHome).map(|f| f.at);
    let home = homes.min_by(|a, b| distance(*a, aim).total_cmp(&distance(*b, aim)));
    let bend = home.map_or(aim, |p| add(p, [40.0, 170.0]));
    for (name, kv, status, line) in [
        (
            "380-kV-Neubau, Trassenvariante A",
            380,
            "planned",
            vec![[-half[0] - margin, bottom], [right, bottom]],
        ),
        (
            "380-kV-Leitung Selbe–Tann",
            380,
            "existing",
            vec![[-0.93 * half[0], bottom], [-0.86 * half[0], 0.0], [-0.9 * half[0], top]],
        ),
        (
            "110-kV-Leitung Umspannwerk Ost",
            110,
            "existing",
            vec![[0.8 * half[0], top], [0.74 * half[0], 0.2 * half[1]], [right, -0.1 * half[1]]],
        ),
        (
            "380-kV-Neubau, Trassenvariante B",
            380,
            "planned",
            vec![[right, 0.62 * half[1]], bend, [-0.4 * half[0], top]],
        ),
    ] {
        power.line(&line, [text(name), Value::Integer(kv), text(status)]);
    }
    let mut odour = Sheet::new("odour", GeometryKind::Polygon, &["odour_percent"]);
    let farm = [-0.5 * half[0], -0.8 * half[1]];
    for (percent, radius) in [(11.0, 420.0 * s), (19.0, 210.0 * s)] {
        odour.ring(&patch(farm, radius, [1.2, 0.9], town.land.seed ^ 250), [real(percent)]);
    }
    let mut airports = Sheet::new("airports", GeometryKind::Point, &["name"]);
    airports.point(
        [-half[0] - 0.7 * town.land.margin_m, -0.75 * half[1]],
        [text("Verkehrslandeplatz Musterstadt")],
    );
    vec![
        plants.finish(),
        hazards.finish(),
        wind.finish(),
        power.finish(),
        odour.finish(),
        airports.finish(),
    ]
}

fn waters(town: &Town) -> Vec<LayerOut> {
    let land = town.land;
    let (s, half) = (land.scale, land.half);
    let mut grid = Grid::new([-half[0], -half[1]], half, 14.0 * s.sqrt().max(1.0));
    grid.fill(|p| {
        let q = land.unwarp(p);
        match land.river_offset(q).abs() > 380.0 * s {
            true => -1.0,
            false => 4.4 - land.rise_m(q),
        }
    });
    let mut extreme = Sheet::new("flood_extreme", GeometryKind::Polygon, &["name"]);
    for p in band(&grid, 0.0, None, 900.0) {
        extreme.polygon(&p, [text("HQextrem Selbe")]);
    }
    let mut origin = Sheet::new("flood_origin", GeometryKind::Polygon, &["name"]);
    origin.ring(
        &patch([0.15 * half[0], 0.9 * half[1]], 300.0 * s, [1.9, 0.8], land.seed ^ 260),
        [text("Hochwasserentstehungsgebiet Tannhang")],
    );
    let mut zones = Sheet::new("protection_zones", GeometryKind::Polygon, &["name", "zone", "kind"]);
    let well = [-0.62 * half[0], -0.62 * half[1]];
    for (zone, radius) in [("IIIA", 430.0 * s), ("II", 190.0 * s), ("I", 45.0)] {
        zones.ring(
            &patch(well, radius, [1.3, 0.8], land.seed ^ 261),
            [text("Wasserschutzgebiet Selbetal"), text(zone), text("drinking")],
        );
    }
    zones.ring(
        &patch([0.55 * half[0], 0.55 * half[1]], 170.0 * s, [1.0, 1.0], land.seed ^ 262),
        [text("Heilquelle Sankt Anna"), text("III"), text("medicinal")],
    );
    vec![extreme.finish(), origin.finish(), zones.finish()]
}

fn protected(town: &Town, nature: &Nature, seed: u64) -> Vec<LayerOut> {
    let mut rng = Random::new(seed, 21);
    let polygons = |name: &'static str, list: &[Polygon], attributes: &'static [&'static str], values: [Value; 2]| {
        let mut s = Sheet::new(name, GeometryKind::Polygon, attributes);
        for p in list {
            s.polygon(p, values.clone());
        }
        s.finish()
    };
    let natura = polygons(
        "natura2000",
        &nature.reserve,
        &["name", "kind"],
        [text("FFH-Gebiet Selbeaue"), text("habitats")],
    );
    let mut biotopes = Sheet::new("biotopes", GeometryKind::Polygon, &["name"]);
    let mut farmland = Sheet::new("farmland", GeometryKind::Polygon, &["name"]);
    let mut species = Sheet::new("species", GeometryKind::Point, &["name"]);
    for (k, b) in town.fringe.iter().enumerate() {
        let at = inner_point(&b.ring);
        match b.usage {
            Use::Meadow => {}
            _ if nature.in_park(at) => {}
            _ => farmland.ring(&b.ring, [text(format!("Schlag {}", k + 1))]),
        }
        if k % 4 == 1 {
            let r = (0.3 * radius_of(&b.ring)).min(45.0);
            let kind = ["Nasswiese", "Streuobstwiese", "Feldgehölz"][k % 3];
            biotopes.ring(&patch(at, r, [1.4, 0.7], seed ^ (300 + k as u64)), [text(kind)]);
        }
        if rng.chance(0.35) {
            let kind = ["Feldlerche", "Zauneidechse", "Großer Feuerfalter"][k % 3];
            species.point(add(at, [rng.range(-20.0, 20.0), rng.range(-20.0, 20.0)]), [text(kind)]);
        }
    }
    let mut trees = Sheet::new("natural_monuments", GeometryKind::Point, &["name"]);
    let mut soil = Sheet::new("contamination", GeometryKind::Polygon, &SOIL);
    let old_works = town.reserves.iter().filter(|r| r.usage == Use::Industry).map(|r| &r.ring);
    let old_sites = of_use(town, Use::Barracks).into_iter().chain(of_use(town, Use::Industry)).take(8);
    for (k, ring) in old_sites.map(|b| &b.ring).chain(old_works).enumerate() {
        let (status, found) = SOIL_STATES[k % SOIL_STATES.len()];
        let [arsenic, lead, cadmium, nickel, mercury, bap, pcb6] = found.map(|v| v.map_or(Value::Null, real));
        let name = text(format!("Altstandort {}", k + 1));
        let values = [name, text(status), arsenic, lead, cadmium, nickel, mercury, bap, pcb6];
        soil.ring(ring, values);
    }
    for (k, r) in town.reserves.iter().enumerate() {
        if k % 7 == 2 {
            trees.point(inner_point(&r.ring), [text(["Alte Linde", "Friedenseiche", "Blutbuche"][k % 3])]);
        }
    }
    for b in of_use(town, Use::Park) {
        trees.point(inner_point(&b.ring), [text("Stieleiche im Park")]);
    }
    let mut monuments = Sheet::new("monuments", GeometryKind::Point, &["name"]);
    if let Some(b) = town.blocks.iter().find(|b| b.usage == Use::Barracks) {
        monuments.point(inner_point(&b.ring), [text("Kommandantur der Selbe-Kaserne")]);
    }
    for (k, b) in town.built.buildings.iter().enumerate() {
        let old = b.year < 1880 && k % 9 == 0;
        if old || b.name.is_some() {
            let name = b.name.clone().unwrap_or_else(|| format!("Wohnhaus von {}", b.year));
            monuments.point(inner_point(&b.ring), [text(name)]);
        }
    }
    vec![
        natura,
        biotopes.finish(),
        trees.finish(),
        species.finish(),
        soil.finish(),
        monuments.finish(),
        farmland.finish(),
    ]
}

fn climate(town: &Town, noise_model: &Noise, seed: u64) -> Vec<LayerOut> {
    let land = town.land;
    let (s, half) = (land.scale, land.half);
    let mut cold = Sheet::new("cold_air", GeometryKind::Polygon, &["name", "class"]);
    for (name, class, at, stretch) in [
        (
            "Kaltluftleitbahn Selbetal",
            "very_high",
            [-0.72 * half[0], -0.12 * half[1]],
            [2.4, 0.5],
        ),
        ("Hangabwind Tann", "high", [-0.35 * half[0], 0.78 * half[1]], [0.6, 1.2]),
        ("Hangabwind Süd", "medium", [0.3 * half[0], -0.8 * half[1]], [1.6, 0.6]),
    ] {
        cold.ring(&patch(at, 200.0 * s, stretch, land.seed ^ 270), [text(name), text(class)]);
    }
    let mut hot = Sheet::new("hotspots", GeometryKind::Polygon, &["name", "kind"]);
    hot.ring(
        &patch([0.0, 0.0], 1.25 * land.old_town_m, [1.1, 1.0], land.seed ^ 271),
        [text("Hitzebrennpunkt Innenstadt"), text("heat")],
    );
    hot.ring(
        &patch([0.3 * half[0], 0.3 * half[1]], 130.0 * s, [1.3, 0.8], land.seed ^ 272),
        [text("Starkregensenke Bahnhof"), text("pluvial")],
    );
    let mut air = Sheet::new("air_quality", GeometryKind::Polygon, &["no2_ug_m3", "pm10_ug_m3", "pm25_ug_m3"]);
    let cell = 100.0 * s.max(1.0);
    let (nx, ny) = ((2.0 * half[0] / cell).floor() as i64, (2.0 * half[1] / cell).floor() as i64);
    for y in 0..ny {
        for x in 0..nx {
            let lo = [-half[0] + cell * x as f64, -half[1] + cell * y as f64];
            let middle = add(lo, [0.5 * cell; 2]);
            let Some(lden) = noise_model.lden.node(middle).map(|k| noise_model.lden.values[k]) else {
                continue;
            };
            let traffic = ((lden - 48.0) / 22.0).clamp(0.0, 1.2);
            let tenth = |v: f64| real((10.0 * v).round() / 10.0);
            let mottle = noise(seed ^ 273, middle, 300.0);
            let ring = [lo, add(lo, [cell, 0.0]), add(lo, [cell, cell]), add(lo, [0.0, cell])];
            air.ring(
                &ring,
                [
                    tenth(5.0 + 21.0 * traffic + mottle),
                    tenth(10.0 + 9.0 * traffic + mottle),
                    tenth(3.5 + 5.0 * traffic + 0.5 * mottle),
                ],
            );
        }
    }
    let mut rng = Random::new(seed, 22);
    let mut trees = Sheet::new("trees", GeometryKind::Point, &["name"]);
    for line in town.lines.iter().filter(|l| l.class.is_street() && l.class != Class::Path) {
        let points: Vec<P> = densify(&line.points, 10.0).into_iter().map(|p| land.warp(p)).collect();
        let (total, mut at) = (line_length(&points), rng.range(8.0, 30.0));
        let leafy = rng.chance(0.5);
        while leafy && at < total {
            let (p, t) = along_line(&points, at);
            let side = if rng.chance(0.5) { 6.0 } else { -6.0 };
            trees.point(
                add(p, mul(left(t), side)),
                [text(["Winterlinde", "Spitzahorn", "Feldahorn"][rng.whole(0, 2) as usize])],
            );
            at += rng.range(22.0, 40.0) * s.max(1.0);
        }
    }
    vec![cold.finish(), hot.finish(), air.finish(), trees.finish()]
}

fn reach(town: &Town) -> Vec<LayerOut> {
    let (s, half) = (town.land.scale, town.land.half);
    let mut fire = Sheet::new("fire_reach", GeometryKind::Polygon, &["minutes"]);
    for (minutes, radius) in [(15, 1500.0), (12, 960.0), (8, 640.0)] {
        fire.ring(
            &patch([60.0, 40.0], radius * s, [1.15, 0.9], town.land.seed ^ 280),
            [Value::Integer(minutes)],
        );
    }
    let mut districts = Sheet::new("districts", GeometryKind::Polygon, &["name"]);
    let [x, y] = half;
    for (name, lo, hi) in [
        ("Nordweststadt", [-x, 0.0], [0.0, y]),
        ("Nordoststadt", [0.0, 0.0], [x, y]),
        ("Südweststadt", [-x, -y], [0.0, 0.0]),
        ("Südoststadt", [0.0, -y], [x, 0.0]),
    ] {
        districts.ring(&[lo, [hi[0], lo[1]], hi, [lo[0], hi[1]]], [text(name)]);
    }
    vec![fire.finish(), districts.finish()]
}

/// Every further grid.
pub(super) fn grids(town: &Town, nature: &Nature) -> Vec<NamedGrid> {
    let land = town.land;
    let of = |value: &(dyn Fn(P, f64) -> f64 + Sync)| {
        let mut grid = nature.heat.clone();
        let heat = nature.heat.clone();
        grid.fill(|p| {
            let warm = heat.node(p).map_or(30.0, |k| heat.values[k]);
            (value(p, warm) * 10.0).round() / 10.0
        });
        grid
    };
    let wet = |p: P| {
        let q = land.unwarp(p);
        let low = (1.0 - land.rise_m(q) / 14.0).clamp(0.0, 1.0);
        (noise(land.seed ^ 290, q, 70.0) + 0.5 * noise(land.seed ^ 291, q, 25.0) - 0.85 + 0.4 * low).max(0.0)
    };
    vec![
        ("pluvial_depth", of(&|p, _| 55.0 * wet(p))),
        (
            "pluvial_velocity",
            of(&|p, _| 0.9 * wet(p) * (0.5 + noise(land.seed ^ 292, p, 90.0).abs())),
        ),
        ("night_minimum", of(&|_, warm| 16.0 + 0.42 * (warm - 26.0))),
        ("day_maximum", of(&|_, warm| 26.0 + 0.42 * (warm - 26.0))),
        (
            "canopy",
            of(&|p, warm| (62.0 - 6.0 * (warm - 25.0) + 22.0 * noise(land.seed ^ 293, p, 60.0)).clamp(0.0, 95.0)),
        ),
    ]
}
