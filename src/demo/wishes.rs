//! Sites that somebody wants in spite of everything: beside the trunk road, under the approach of the airfield, between workshops. A town
//! that has no such place goes without.

use super::buildings::convex;
use super::further::aircraft_zones;
use super::layers::warped;
use super::nature::Nature;
use super::network::Class;
use super::quarters::Use;
use super::sites::{MakeSite, Site, is_plot, nearest_street};
use super::town::Town;
use crate::estimate::plane::{P, add, along_line, area, contains, inner_point, left, line_length, mul, rectangle};

/// Adds them to the list.
pub(super) fn wishes(town: &Town, nature: &Nature, site: MakeSite, out: &mut Vec<Site>) {
    out.extend(truck_stop(town, nature, site, out));
    under_the_approach(town, nature, site, out);
    out.extend(between_workshops(town, site));
}

/// A truck stop right beside the trunk road outside the town, nearer than § 9 FStrG wants it.
fn truck_stop(town: &Town, nature: &Nature, site: MakeSite, all: &[Site]) -> Option<Site> {
    let (length, depth, off) = (80.0, 50.0, 13.0);
    let trunk = town.lines.iter().filter(|l| l.class == Class::Trunk);
    let found = trunk.flat_map(|line| {
        let points = warped(town, line);
        let total = line_length(&points);
        let steps = (total / 25.0) as usize;
        (0..steps).flat_map(move |k| {
            let (p, t) = along_line(&points, 25.0 * k as f64);
            [1.0, -1.0].map(|side| rectangle(add(p, mul(left(t), side * (off + 0.5 * depth))), t, length, depth))
        })
    });
    let inside = |ring: &Vec<P>| ring.iter().all(|p| (0..2).all(|d| p[d].abs() < town.land.half[d]));
    let free = |ring: &Vec<P>| {
        let touched = |other: &[P]| ring.iter().any(|p| contains(other, *p)) || other.iter().any(|p| contains(ring, *p));
        let reserved = town.reserves.iter().any(|r| touched(&r.ring)) || all.iter().any(|s| touched(&s.ring));
        let built = town.blocks.iter().any(|b| touched(&b.ring)) || !town.built.occupancy.is_free(std::slice::from_ref(ring), 3.0);
        !built && !reserved && !ring.iter().any(|p| nature.in_park(*p) || nature.is_wood(*p))
    };
    let ring = found.into_iter().filter(inside).find(free)?;
    Some(Site {
        owner: "company",
        right: "§ 35 BauGB",
        availability: "> 5 a",
        outer: true,
        storeys: 1,
        ..site(ring, "Autohof B 187".into(), "commercial", Some("GE"), "greenfield")
    })
}

/// A kindergarten and a care home among the fields, where aircraft come down.
fn under_the_approach(town: &Town, nature: &Nature, site: MakeSite, out: &mut Vec<Site>) {
    let zones = aircraft_zones(town);
    let Some((_, zone)) = zones.first() else { return };
    let taken = |p: P, out: &[Site]| out.iter().any(|s| contains(&s.ring, p));
    let mut plots = town.fringe.iter().filter(|b| is_plot(b, nature)).filter(|b| {
        let p = inner_point(&b.ring);
        contains(zone, p) && !taken(p, out)
    });
    let found: Vec<Vec<P>> = plots.by_ref().take(2).map(|b| b.ring.clone()).collect();
    for (ring, (name, facility)) in found.into_iter().zip([
        ("Waldkindergarten Am Flugplatz", "kita"),
        ("Seniorenresidenz Waldfrieden", "care_home"),
    ]) {
        out.push(Site {
            owner: "church",
            right: "§ 35 BauGB",
            availability: "> 5 a",
            outer: true,
            storeys: 2,
            facility: Some(facility),
            ..site(ring, name.into(), "public", Some("SO"), "greenfield")
        });
    }
}

/// A care home in an empty hall of the largest works.
fn between_workshops(town: &Town, site: MakeSite) -> Option<Site> {
    let works = (0..town.blocks.len()).filter(|k| town.blocks[*k].usage == Use::Industry);
    let largest = works.max_by(|a, b| area(&town.blocks[*a].ring).total_cmp(&area(&town.blocks[*b].ring)))?;
    let halls = town.built.buildings.iter().filter(|b| b.block == largest && convex(&b.ring));
    let hall = halls.max_by(|a, b| area(&a.ring).total_cmp(&area(&b.ring)))?;
    let street = nearest_street(town, inner_point(&hall.ring));
    Some(Site {
        owner: "company",
        storeys: 3,
        facility: Some("care_home"),
        ..site(
            hall.ring.clone(),
            format!("Pflegeheim in früherer Werkhalle {street}"),
            "public",
            Some("SO"),
            "vacancy",
        )
    })
}
