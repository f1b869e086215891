//! What people need every day: who lives where, day-care, schools, doctors, shops, playgrounds and stops.

use super::layers::warped;
use super::nature::Nature;
use super::network::Class;
use super::quarters::Use;
use super::sheet::{LayerOut, Sheet, text};
use super::sites::nearest_street;
use super::town::{FacilityKind, Town};
use crate::estimate::contour::{Grid, Polygon, band};
use crate::estimate::plane::{Frame, P, add, along_line, area, contains, inner_point, left, line_length, mul, rectangle, segment_distance};
use crate::model::{GeometryKind, Value};
use crate::random::Random;

pub(super) fn population(town: &Town) -> LayerOut {
    let mut s = Sheet::new("population", GeometryKind::Polygon, &["inhabitants", "under_7", "aged_65"]);
    for (b, n) in town.blocks.iter().zip(&town.inhabitants) {
        if *n >= 1.0 {
            let (young, old) = match b.usage {
                Use::Houses | Use::Rows => (0.072, 0.23),
                Use::Slabs => (0.062, 0.33),
                _ => (0.06, 0.2),
            };
            let values = [n.round(), (n * young).round(), (n * old).round()].map(|v| Value::Integer(v as i64));
            s.ring(&b.ring, values);
        }
    }
    s.finish()
}

/// One quarter of old perimeter blocks, drawn across its streets.
pub(super) fn preservation(town: &Town) -> LayerOut {
    let mut s = Sheet::new("preservation_areas", GeometryKind::Polygon, &["name"]);
    let r = town.land.old_town_m;
    let (lo, hi) = ([-2.6 * r, -0.2 * r], [1.2 * r, 2.3 * r]);
    let mut grid = Grid::new(lo, hi, 8.0);
    let blocks: Vec<&Vec<P>> = town
        .blocks
        .iter()
        .filter(|b| b.usage == Use::Perimeter)
        .map(|b| &b.ring)
        .filter(|b| {
            let p = inner_point(b);
            p[0] < 0.55 * r && p[0] > lo[0] && p[1] > 0.1 * r && p[1] < hi[1]
        })
        .collect();
    for b in &blocks {
        super::nature::paint(&mut grid, b, 1.0);
    }
    let polygons = band(&grid.blurred(1).blurred(2), 0.3, None, 400.0);
    let largest = polygons.into_iter().max_by(|a, b| area(&a[0]).total_cmp(&area(&b[0])));
    if let Some(p) = largest {
        s.ring(&p[0], [text("Soziales Erhaltungsgebiet Klosterviertel")]);
    }
    s.finish()
}

pub(super) fn facilities(town: &Town, name: &'static str, kinds: &[FacilityKind]) -> LayerOut {
    let columns: &'static [&'static str] = match name {
        "pharmacies" | "doctors" => &["name"],
        "schools" => &["name", "places", "kind"],
        _ => &["name", "places"],
    };
    let mut s = Sheet::new(name, GeometryKind::Point, columns);
    for f in town.facilities.iter().filter(|f| kinds.contains(&f.kind)) {
        let kind = if f.kind == FacilityKind::Primary { "primary" } else { "secondary" };
        s.point(f.at, [text(&f.name), Value::Integer(f.places), text(kind)]);
    }
    s.finish()
}

/// Shops on the ground floors of mixed houses: every so many houses one, counted and not drawn by lot, so that the town around stays as it is.
pub(super) fn shops(town: &Town) -> LayerOut {
    let mut s = Sheet::new("local_supply", GeometryKind::Point, &["name", "kind", "sales_area_m2"]);
    for (k, b) in town.built.buildings.iter().filter(|b| b.usage == "mixed").enumerate() {
        let (name, kind, sales_m2) = match k % 60 {
            0 => ("Frischemarkt", "supermarket", 900.0),
            20 => ("Nachbarschaftsladen", "convenience", 180.0),
            10 | 30 | 50 => ("Backstube", "food_craft", 60.0),
            40 => ("Drogerie", "drugstore", 450.0),
            _ => continue,
        };
        let at = inner_point(&b.ring);
        let name = format!("{name} {}", nearest_street(town, at));
        s.point(at, [text(name), text(kind), Value::Real(sales_m2)]);
    }
    s.finish()
}

pub(super) fn playgrounds(town: &Town, nature: &Nature) -> LayerOut {
    let mut s = Sheet::new("playgrounds", GeometryKind::Polygon, &["name", "area_m2"]);
    for ring in &town.playgrounds {
        let name = format!("Spielplatz {}", nearest_street(town, inner_point(ring)));
        s.ring(ring, [text(name), Value::Real(area(ring).round())]);
    }
    // One more in each park.
    for b in town.blocks.iter().filter(|b| b.usage == Use::Park && area(&b.ring) > 12_000.0) {
        let p = inner_point(&b.ring);
        let ring = rectangle(add(p, [0.0, 0.32 * area(&b.ring).sqrt()]), [1.0, 0.0], 40.0, 26.0);
        s.ring(&ring, [text("Spielplatz im Park"), Value::Real(1040.0)]);
    }
    if let Some(ring) = nature.park.as_ref().and_then(|park| meadow(park, 66.0 * town.land.scale)) {
        let values = [text("Spiel- und Bewegungspark Selbeblick"), Value::Real(area(&ring).round())];
        s.ring(&ring, values);
    }
    s.finish()
}

/// A round meadow where a park is widest; `None` where it is too narrow for it.
fn meadow(park: &Polygon, radius: f64) -> Option<Vec<P>> {
    let frame = Frame::around(&park[0]);
    let steps = || (-10..=10).map(|k| f64::from(k) / 10.0);
    let to_edge = |p: P| {
        let edges = park
            .iter()
            .flat_map(|ring| (0..ring.len()).map(move |k| (ring[k], ring[(k + 1) % ring.len()])));
        edges.map(|(a, b)| segment_distance(p, a, b)).fold(f64::INFINITY, f64::min)
    };
    let inside = |p: &P| contains(&park[0], *p) && !park[1..].iter().any(|hole| contains(hole, *p));
    let places = steps().flat_map(|u| steps().map(move |v| (u, v)));
    let widest = places
        .map(|(u, v)| frame.at(u * frame.half_length, v * frame.half_width))
        .filter(inside)
        .map(|p| (to_edge(p), p))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let (room, middle) = widest?;
    let at = |k: i32| {
        let angle = f64::from(k) / 24.0 * std::f64::consts::TAU;
        add(middle, mul([angle.cos(), angle.sin()], radius))
    };
    (room > radius).then(|| (0..24).map(at).collect())
}

/// Buses keep to the main roads; the lane along the southern bank has none.
pub(super) fn stops(town: &Town, nature: &Nature, seed: u64) -> LayerOut {
    let mut rng = Random::new(seed, 8);
    let mut s = Sheet::new("stops", GeometryKind::Point, &["name", "mode"]);
    let mut seen = std::collections::BTreeSet::new();
    for line in town
        .lines
        .iter()
        .filter(|l| l.class.is_street() && l.class <= Class::Tertiary && l.class != Class::Trunk && l.is_main() && l.name != "Mühlenweg")
    {
        let points = warped(town, line);
        let total = line_length(&points);
        let mut at = rng.range(60.0, 190.0);
        while at < total {
            let (p, t) = along_line(&points, at);
            if nature.in_town(p) && rng.chance(0.85) {
                let name = nearest_street_but(town, p, &line.name);
                let name = if seen.insert(name.clone()) {
                    name
                } else {
                    format!("{} / {}", line.name, name)
                };
                s.point(add(p, mul(left(t), 4.0)), [text(name), text("bus")]);
            }
            at += rng.range(330.0, 430.0);
        }
    }
    let station = town
        .built
        .buildings
        .iter()
        .find(|b| b.name.as_deref() == Some("Bahnhof Musterstadt"));
    if let Some(b) = station {
        s.point(inner_point(&b.ring), [text("Musterstadt Hauptbahnhof"), text("rail")]);
    }
    s.finish()
}

/// The street that crosses nearby, not the one the stop is on.
fn nearest_street_but(town: &Town, at: P, own: &str) -> String {
    let p = town.land.unwarp(at);
    let mut best = (f64::INFINITY, own);
    for line in town
        .lines
        .iter()
        .filter(|l| l.class.is_street() && l.class != Class::Path && l.name != own)
    {
        for w in line.points.windows(2) {
            // A cheap box test first: a large town has very many streets.
            if (w[0][0].min(w[1][0]) - p[0]).max(p[0] - w[0][0].max(w[1][0])) < best.0 {
                let d = crate::estimate::plane::segment_distance(p, w[0], w[1]);
                if d < best.0 {
                    best = (d, &line.name);
                }
            }
        }
    }
    best.1.to_string()
}
