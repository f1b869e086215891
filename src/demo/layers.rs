//! The town as layers: geometry in the project CRS with the attributes of the slots.

use super::daily::{facilities, playgrounds, population, preservation, shops, stops};
use super::land_use::land_use;
use super::nature::Nature;
use super::network::{Class, Line};
use super::noise::Noise;
use super::quarters::Use;
use super::sheet::{LayerOut, Sheet, text};
use super::sites::{ratios, sites};
use super::town::{FacilityKind, Town};
use crate::estimate::contour::{Grid, Polygon, band};
use crate::estimate::plane::{P, add, area, densify, left, mul, sub, unit};
use crate::model::{GeometryKind, Value};
use crate::random::Random;

/// The rectangle that the noise model covers: the far east of the town is left out.
pub(super) fn noise_area(town: &Town) -> (P, P) {
    let [x, y] = town.land.half;
    ([-x, -y], [0.62 * x, y])
}

/// Every vector layer.
pub(super) fn layers(town: &Town, nature: &Nature, noise: &Noise, seed: u64) -> Vec<LayerOut> {
    let mut out = vec![];
    let [x, y] = town.land.half;
    let mut s = Sheet::new("area_of_interest", GeometryKind::Polygon, &["name"]);
    s.ring(&[[-x, -y], [x, -y], [x, y], [-x, y]], [text("Musterstadt")]);
    out.push(s.finish());
    let [x, y] = [0, 1].map(|d| town.land.half[d] + town.land.margin_m - 25.0);
    let mut s = Sheet::new("data_area", GeometryKind::Polygon, &["name"]);
    s.ring(&[[-x, -y], [x, -y], [x, y], [-x, y]], [text("Erfundenes Gebiet")]);
    out.push(s.finish());
    let (a, b) = noise_area(town);
    let mut s = Sheet::new("noise_area", GeometryKind::Polygon, &["name"]);
    s.ring(&[a, [b[0], a[1]], b, [a[0], b[1]]], [text("Untersuchungsraum der Lärmberechnung")]);
    out.push(s.finish());
    out.extend([
        zones(town, seed),
        streets(town, nature),
        railways(town),
        buildings(town),
        site_layer(town, nature, seed),
    ]);
    out.extend([water(town, nature), watercourses(town)]);
    out.push(named(
        "forest",
        &nature.forest,
        &["Selbeforst", "Hangwald", "Bürgerholz", "Eichleite", "Tannicht", "Hasenwäldchen"],
    ));
    out.push(green(town, nature));
    out.push(named("flood_hq100", &nature.flood, &["HQ100 Selbe"]));
    out.push(bands(
        "noise_lden",
        &["lden_db", "lden_max_db"],
        &noise.lden,
        &[55.0, 60.0, 65.0, 70.0, 75.0],
    ));
    out.push(bands(
        "noise_lnight",
        &["lnight_db", "lnight_max_db"],
        &noise.lnight,
        &[50.0, 55.0, 60.0, 65.0, 70.0],
    ));
    out.push(named("nature_reserves", &nature.reserve, &["NSG Selbeaue"]));
    out.push(named(
        "landscape_protection",
        &nature.landscape,
        &["LSG Selbetalhänge", "LSG Bürgerholz"],
    ));
    out.extend([population(town), preservation(town)]);
    out.push(land_use(town));
    let facility = |name, kinds: &'static [FacilityKind]| facilities(town, name, kinds);
    out.push(facility("kitas", &[FacilityKind::Kita]));
    out.push(facility("schools", &[FacilityKind::Primary, FacilityKind::Secondary]));
    out.push(playgrounds(town, nature));
    out.push(stops(town, nature, seed));
    out.push(facility("care_homes", &[FacilityKind::CareHome]));
    out.push(facility("pharmacies", &[FacilityKind::Pharmacy]));
    out.push(facility("doctors", &[FacilityKind::Doctor]));
    out.push(shops(town));
    out
}

fn named(name: &'static str, polygons: &[Polygon], names: &[&str]) -> LayerOut {
    let mut s = Sheet::new(name, GeometryKind::Polygon, &["name"]);
    // The largest first, so that the main name is the main area's.
    let mut order: Vec<&Polygon> = polygons.iter().collect();
    order.sort_by(|a, b| area(&b[0]).total_cmp(&area(&a[0])));
    for (k, p) in order.into_iter().enumerate() {
        s.polygon(p, [text(names[k.min(names.len() - 1)])]);
    }
    s.finish()
}

fn bands(name: &'static str, columns: &'static [&'static str], grid: &Grid, levels: &[f64]) -> LayerOut {
    let mut s = Sheet::new(name, GeometryKind::Polygon, columns);
    for (k, from) in levels.iter().enumerate() {
        let to = levels.get(k + 1);
        for p in band(grid, *from, to.copied(), 220.0) {
            // Bands are written as on official maps: 55–59, 60–64 …; the last one is open.
            s.polygon(
                &p,
                [
                    Value::Integer(*from as i64),
                    to.map_or(Value::Null, |t| Value::Integer(*t as i64 - 1)),
                ],
            );
        }
    }
    s.finish()
}

fn zones(town: &Town, seed: u64) -> LayerOut {
    let mut rng = Random::new(seed, 6);
    let mut s = Sheet::new("zones", GeometryKind::Polygon, &["baunvo", "grz", "gfz", "storeys", "name"]);
    let mut quarter_wr = std::collections::BTreeMap::new();
    for (id, b) in town.blocks.iter().enumerate() {
        let quiet = *quarter_wr.entry(b.quarter).or_insert_with(|| rng.chance(0.45));
        let (baunvo, storeys) = match b.usage {
            Use::OldTown if b.busy => ("MK", 4),
            Use::OldTown => ("MI", 3),
            Use::TownHall => ("MK", 4),
            Use::Perimeter if b.busy => ("MU", 5),
            Use::Perimeter => ("WA", 4),
            Use::Slabs => ("WA", 6),
            Use::Rows => ("WA", 2),
            Use::Houses if quiet && !b.busy => ("WR", 2),
            Use::Houses => ("WA", 2),
            Use::Industry => ("GI", 3),
            Use::Trade => ("GE", 3),
            Use::Hospital | Use::Barracks => ("SO", 5),
            _ => continue,
        };
        let (grz, gfz) = ratios(baunvo);
        let name = format!("Teilgebiet {}.{}", b.quarter + 1, id + 1);
        s.ring(
            &b.ring,
            [
                text(baunvo),
                Value::Real(grz),
                Value::Real(gfz),
                Value::Integer(storeys),
                text(name),
            ],
        );
    }
    s.finish()
}

pub(super) fn warped(town: &Town, line: &Line) -> Vec<P> {
    densify(&line.points, 10.0).into_iter().map(|p| town.land.warp(p)).collect()
}

/// A ring of the plan in town coordinates.
pub(super) fn warped_ring(town: &Town, ring: &[P]) -> Vec<P> {
    let closed: Vec<P> = ring.iter().chain(ring.first()).copied().collect();
    let mut out: Vec<P> = densify(&closed, 10.0).into_iter().map(|p| town.land.warp(p)).collect();
    out.pop();
    out
}

/// Streets keep their class as far as the town reaches; beyond, the lanes of future quarters are field paths.
fn streets(town: &Town, nature: &Nature) -> LayerOut {
    let mut s = Sheet::new("streets", GeometryKind::Line, &["name", "class", "dtv", "maxspeed", "designation"]);
    for line in town.lines.iter().filter(|l| l.class.is_street()) {
        let points = warped(town, line);
        let mut start = 0;
        let kind = |k: usize| line.is_main() || nature.in_town(mul(add(points[k], points[k + 1]), 0.5));
        for k in 0..points.len() - 1 {
            let last = k + 2 == points.len();
            if !last && kind(k + 1) == kind(start) {
                continue;
            }
            let piece = &points[start..=k + 1];
            if kind(start) {
                s.line(
                    piece,
                    [
                        text(&line.name),
                        text(line.class.text()),
                        Value::Integer(line.dtv),
                        Value::Integer(line.maxspeed),
                        text(designation(line.class)),
                    ],
                );
            } else {
                s.line(
                    piece,
                    [text("Feldweg"), text("path"), Value::Integer(0), Value::Integer(10), text("G")],
                );
            }
            start = k + 1;
        }
    }
    s.finish()
}

/// Who the road belongs to by law.
fn designation(class: Class) -> &'static str {
    match class.text() {
        "motorway" => "A",
        "trunk" => "B",
        "primary" => "L",
        "secondary" => "K",
        _ => "G",
    }
}

fn railways(town: &Town) -> LayerOut {
    let mut s = Sheet::new("railways", GeometryKind::Line, &["name"]);
    for line in town.lines.iter().filter(|l| l.class == Class::Rail) {
        let middle = warped(town, line);
        for shift in [-2.3, 2.3] {
            let track: Vec<P> = (0..middle.len())
                .map(|k| {
                    let t = unit(sub(middle[(k + 1).min(middle.len() - 1)], middle[k.saturating_sub(1)]));
                    add(middle[k], mul(left(t), shift))
                })
                .collect();
            s.line(&track, [text(&line.name)]);
        }
    }
    s.finish()
}

fn buildings(town: &Town) -> LayerOut {
    let names = &["height_m", "storeys", "function", "use", "year", "roof_type", "name", "block"];
    let mut s = Sheet::new("buildings", GeometryKind::Polygon, names);
    for b in &town.built.buildings {
        let name = b.name.as_ref().map_or(Value::Null, text);
        let values = [
            Value::Real(b.height_m),
            Value::Integer(b.storeys),
            text(b.function),
            text(b.usage),
            Value::Integer(b.year),
            Value::Integer(b.roof),
            name,
            Value::Integer(b.block as i64 + 1),
        ];
        s.ring(&b.ring, values);
    }
    s.finish()
}

fn site_layer(town: &Town, nature: &Nature, seed: u64) -> LayerOut {
    let names = &[
        "name",
        "use",
        "baunvo",
        "type",
        "owner_type",
        "planning_right",
        "grz",
        "gfz",
        "storeys",
        "dwellings",
        "status",
        "availability",
        "setting",
        "objection",
        "facility",
    ];
    let mut public = 0;
    let mut s = Sheet::new("sites", GeometryKind::Polygon, names);
    for site in sites(town, nature, seed) {
        let (grz, gfz) = site.baunvo.map_or((Value::Null, Value::Null), |b| {
            let (grz, gfz) = ratios(b);
            // Built to the height that is usual around, not to the limit.
            (
                Value::Real(grz),
                Value::Real((grz * site.storeys as f64 * 10.0).round().min(gfz * 10.0) / 10.0),
            )
        });
        let setting = if site.outer { "outer" } else { "inner" };
        let dwellings = if site.status == "planned" && site.usage != "public" {
            Value::Integer((area(&site.ring) * 0.4 * site.storeys as f64 / 115.0).round() as i64)
        } else {
            Value::Null
        };
        s.ring(
            &site.ring,
            [
                text(&site.name),
                text(site.usage),
                site.baunvo.map_or(Value::Null, text),
                text(site.kind),
                text(site.owner),
                text(site.right),
                grz,
                gfz,
                Value::Integer(site.storeys),
                dwellings,
                text(site.status),
                text(site.availability),
                text(setting),
                Value::Boolean(site.objection),
                match (site.facility, site.usage) {
                    (Some(facility), _) => text(facility),
                    (None, "public") => {
                        public += 1;
                        text(["school", "kita", "care_home", "fire_station"][(public - 1) % 4])
                    }
                    (None, _) => Value::Null,
                },
            ],
        );
    }
    s.finish()
}

fn water(town: &Town, nature: &Nature) -> LayerOut {
    let mut s = Sheet::new("water", GeometryKind::Polygon, &["name", "order", "kind"]);
    let banks: Vec<Vec<P>> = town
        .lines
        .iter()
        .filter(|l| l.class == Class::Bank)
        .map(|l| warped(town, l))
        .collect();
    if let [north, south] = &banks[..] {
        let ring: Vec<P> = south.iter().chain(north.iter().rev()).copied().collect();
        s.ring(&ring, [text("Selbe"), Value::Integer(1), text("flowing")]);
    }
    for line in town.lines.iter().filter(|l| l.class == Class::Stream) {
        let middle = warped(town, line);
        let side = |shift: f64| -> Vec<P> {
            (0..middle.len())
                .map(|k| {
                    let t = unit(sub(middle[(k + 1).min(middle.len() - 1)], middle[k.saturating_sub(1)]));
                    add(middle[k], mul(left(t), shift))
                })
                .collect()
        };
        let ring: Vec<P> = side(-1.8).into_iter().chain(side(1.8).into_iter().rev()).collect();
        s.ring(&ring, [text(&line.name), Value::Integer(2), text("flowing")]);
    }
    for (name, ring) in &nature.lakes {
        s.ring(ring, [text(name), Value::Integer(2), text("standing")]);
    }
    s.finish()
}

fn watercourses(town: &Town) -> LayerOut {
    let mut s = Sheet::new("watercourses", GeometryKind::Line, &["name", "order"]);
    let banks: Vec<Vec<P>> = town
        .lines
        .iter()
        .filter(|l| l.class == Class::Bank)
        .map(|l| l.points.clone())
        .collect();
    if let [north, south] = &banks[..] {
        let middle: Vec<P> = north
            .iter()
            .zip(south)
            .map(|(a, b)| town.land.warp(mul(add(*a, *b), 0.5)))
            .collect();
        s.line(&middle, [text("Selbe"), Value::Integer(1)]);
    }
    for line in town.lines.iter().filter(|l| l.class == Class::Stream) {
        s.line(&warped(town, line), [text(&line.name), Value::Integer(2)]);
    }
    s.finish()
}

fn green(town: &Town, nature: &Nature) -> LayerOut {
    let mut s = Sheet::new("green", GeometryKind::Polygon, &["name", "area_ha", "kind"]);
    let mut seen = std::collections::BTreeMap::<&str, usize>::new();
    for b in &town.blocks {
        let (name, kind) = match b.usage {
            Use::Park => ("Stadtpark", "park"),
            Use::Allotments => ("Kleingartenanlage", "allotments"),
            Use::Cemetery => ("Friedhof", "cemetery"),
            Use::Sports => ("Sportplatz", "sports"),
            Use::Promenade => ("Uferpromenade", "park"),
            Use::Church => ("Kirchhof", "churchyard"),
            _ => continue,
        };
        let n = seen.entry(name).or_default();
        *n += 1;
        let label = if *n > 1 { format!("{name} {n}") } else { name.to_string() };
        let hectares = (area(&b.ring) / 100.0).round() / 100.0;
        s.ring(&b.ring, [text(label), Value::Real(hectares), text(kind)]);
    }
    if let Some(park) = &nature.park {
        let net = area(&park[0]) - park[1..].iter().map(|hole| area(hole)).sum::<f64>();
        let hectares = (net / 100.0).round() / 100.0;
        s.polygon(park, [text("Volkspark Selbeblick"), Value::Real(hectares), text("park")]);
    }
    s.finish()
}
