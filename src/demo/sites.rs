//! Potential sites: gaps, courtyards, brownfields, the former barracks, riverside plots and fields beside the town.

use super::buildings::convex;
use super::names;
use super::nature::Nature;
use super::network::Line;
use super::quarters::{Block, Use};
use super::town::Town;
use super::wishes::wishes;
use crate::estimate::plane::{P, add, area, centroid, contains, distance, inner_point, mul, segment_distance, sub};
use crate::random::Random;

/// One site in town coordinates.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub ring: Vec<P>,
    pub name: String,
    pub usage: &'static str,
    pub baunvo: Option<&'static str>,
    pub kind: &'static str,
    pub owner: &'static str,
    pub right: &'static str,
    pub status: &'static str,
    pub availability: &'static str,
    pub outer: bool,
    pub objection: bool,
    pub storeys: i64,
    /// What a public site is for, where it is settled.
    pub facility: Option<&'static str>,
}

/// Orientation values of § 17 BauNVO: site coverage and floor area ratio.
pub(super) fn ratios(baunvo: &str) -> (f64, f64) {
    match baunvo {
        "MU" => (0.8, 3.0),
        "MK" => (1.0, 3.0),
        "MI" => (0.6, 1.2),
        "GE" | "GI" | "SO" => (0.8, 2.4),
        _ => (0.4, 1.2),
    }
}

/// The name of the street nearest to a place.
pub(super) fn nearest_street(town: &Town, at: P) -> String {
    let p = town.land.unwarp(at);
    let streets = town
        .lines
        .iter()
        .filter(|l: &&Line| l.class.is_street() && l.name != "Feldweg" && !l.name.is_empty());
    let mut best = (f64::INFINITY, "Markt");
    for line in streets {
        for w in line.points.windows(2) {
            let d = segment_distance(p, w[0], w[1]);
            if d < best.0 {
                best = (d, &line.name);
            }
        }
    }
    best.1.to_string()
}

/// Every n-th so that about `most` remain.
fn spread<T: Clone>(list: &[T], most: usize) -> Vec<T> {
    let n = list.len();
    (0..most.min(n)).map(|k| list[k * n / most.min(n).max(1)].clone()).collect()
}

/// All sites of the town.
pub(super) fn sites(town: &Town, nature: &Nature, seed: u64) -> Vec<Site> {
    let mut rng = Random::new(seed, 5);
    let scale = town.land.scale;
    let many = |n: f64| ((n * scale).round() as usize).max(1);
    let mut out: Vec<Site> = vec![];
    let usage_of = |block: usize| town.blocks[block].usage;
    let busy = |block: usize| town.blocks[block].busy;
    let site = |ring: Vec<P>, name: String, usage, baunvo, kind| Site {
        ring,
        name,
        usage,
        baunvo,
        kind,
        owner: "private",
        right: "§ 34 BauGB",
        status: "open",
        availability: "2-5 a",
        outer: false,
        objection: false,
        storeys: 3,
        facility: None,
    };
    for (ring, block) in spread(&town.built.gaps, many(12.0)) {
        let old = usage_of(block) == Use::OldTown;
        let (usage, baunvo) = match (old, busy(block)) {
            (true, _) => ("mixed", "MK"),
            (false, true) => ("mixed", "MU"),
            (false, false) => ("residential", "WA"),
        };
        let name = format!("Baulücke {} {}", nearest_street(town, inner_point(&ring)), rng.whole(2, 88));
        out.push(Site {
            storeys: if old { 3 } else { 5 },
            availability: "< 2 a",
            ..site(ring, name, usage, Some(baunvo), "gap")
        });
    }
    for (ring, _) in spread(&town.built.lots, many(9.0)) {
        let name = format!("Grundstück {} {}", nearest_street(town, inner_point(&ring)), rng.whole(1, 60));
        let baunvo = if rng.chance(0.3) { "WR" } else { "WA" };
        out.push(Site {
            storeys: 2,
            availability: "< 2 a",
            ..site(ring, name, "residential", Some(baunvo), "gap")
        });
    }
    let taken = |ring: &[P]| {
        let places = town
            .facilities
            .iter()
            .map(|f| f.at)
            .chain(town.playgrounds.iter().map(|p| inner_point(p)));
        places.into_iter().any(|p| contains(ring, p))
    };
    let courts: Vec<_> = town
        .built
        .courts
        .iter()
        .filter(|c| area(&c.0) > 700.0 && usage_of(c.1) == Use::Perimeter && crate::estimate::plane::is_simple(&c.0) && !taken(&c.0))
        .cloned()
        .collect();
    for (ring, _) in spread(&courts, many(5.0)) {
        let name = format!("Innenhof {}", nearest_street(town, inner_point(&ring)));
        out.push(Site {
            owner: "mixed",
            storeys: 3,
            ..site(ring, name, "residential", Some("WA"), "infill")
        });
    }
    let (mut industry, mut trade) = (0, 0);
    for r in &town.reserves {
        let street = nearest_street(town, inner_point(&r.ring));
        out.push(match r.usage {
            Use::Industry => {
                industry += 1;
                let works = names::works(industry - 1);
                match industry % 3 {
                    1 => Site {
                        owner: "railway",
                        status: "under review",
                        availability: "> 5 a",
                        storeys: 4,
                        ..site(
                            r.ring.clone(),
                            format!("Ehemaliger Güterbahnhof, {street}"),
                            "residential",
                            Some("WA"),
                            "brownfield",
                        )
                    },
                    2 => Site {
                        owner: "company",
                        // With a tower, as the competition wanted it.
                        storeys: 9,
                        ..site(r.ring.clone(), format!("{works}, {street}"), "mixed", Some("MU"), "brownfield")
                    },
                    _ => Site {
                        owner: "company",
                        ..site(
                            r.ring.clone(),
                            format!("Gewerbebrache {works}"),
                            "commercial",
                            Some("GE"),
                            "brownfield",
                        )
                    },
                }
            }
            Use::Trade => {
                trade += 1;
                match trade % 3 {
                    1 => Site {
                        owner: "company",
                        storeys: 4,
                        ..site(r.ring.clone(), format!("Parkplatz {street}"), "mixed", Some("MU"), "infill")
                    },
                    2 => Site {
                        owner: "private",
                        storeys: 3,
                        ..site(
                            r.ring.clone(),
                            format!("Ehemalige Gärtnerei {street}"),
                            "residential",
                            Some("WA"),
                            "brownfield",
                        )
                    },
                    _ => Site {
                        owner: "company",
                        right: "§ 30 BauGB",
                        ..site(
                            r.ring.clone(),
                            format!("Gewerbegrundstück {street}"),
                            "commercial",
                            Some("GE"),
                            "gap",
                        )
                    },
                }
            }
            _ => Site {
                owner: "municipal",
                status: "planned",
                right: "§ 30 BauGB",
                ..site(
                    r.ring.clone(),
                    format!("Uferquartier {street}"),
                    "residential",
                    Some("WA"),
                    "infill",
                )
            },
        });
    }
    for (nth, b) in town.blocks.iter().filter(|b| b.usage == Use::Barracks).take(4).enumerate() {
        let (usage, baunvo) = [("mixed", "MU"), ("residential", "WA"), ("public", "MU")][nth % 3];
        out.push(Site {
            owner: "federal",
            status: "planned",
            storeys: 4,
            ..site(
                b.ring.clone(),
                format!("Ehemalige Selbe-Kaserne, Baufeld {}", nth + 1),
                usage,
                Some(baunvo),
                "brownfield",
            )
        });
    }
    let empty: Vec<&super::buildings::Building> = town
        .built
        .buildings
        .iter()
        .filter(|b| (b.usage == "mixed" || b.function == "31001_2110") && area(&b.ring) > 190.0 && convex(&b.ring))
        .collect();
    for b in spread(&empty, many(4.0)) {
        let street = nearest_street(town, inner_point(&b.ring));
        let (usage, baunvo, what) = if b.usage == "mixed" {
            ("mixed", "MI", "Leerstand")
        } else {
            ("commercial", "GE", "Leere Fabrikhalle")
        };
        let c = centroid(&b.ring);
        // The building with its margin, still on its own plot.
        let ring = b.ring.iter().map(|p| add(c, mul(sub(*p, c), 1.0))).collect();
        out.push(Site {
            owner: "unknown",
            status: "open",
            storeys: b.storeys,
            ..site(ring, format!("{what} {street}"), usage, Some(baunvo), "vacancy")
        });
    }
    fields(town, nature, many(60.0).saturating_sub(out.len()), &site, &mut out);
    wishes(town, nature, &site, &mut out);
    for s in &mut out {
        s.objection = rng.chance(0.08);
    }
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for s in &mut out {
        let n = seen.entry(s.name.clone()).or_default();
        *n += 1;
        if *n > 1 {
            s.name = format!("{} ({})", s.name, n);
        }
    }
    out
}

/// A plot beside the town that somebody may propose: neither a strip nor a whole field, and not in the park.
pub(super) fn is_plot(b: &Block, nature: &Nature) -> bool {
    (4_000.0..70_000.0).contains(&area(&b.ring)) && !b.ring.iter().any(|p| nature.in_park(*p)) && !nature.in_park(inner_point(&b.ring))
}

/// Makes a site of its ring, name, use, BauNVO type and kind.
pub(super) type MakeSite<'a> = &'a dyn Fn(Vec<P>, String, &'static str, Option<&'static str>, &'static str) -> Site;

/// Land beside the town: some of it where no plan should go, as in every first list of ideas.
fn fields(town: &Town, nature: &Nature, most: usize, site: MakeSite, out: &mut Vec<Site>) {
    let fits = |b: &&Block| is_plot(b, nature);
    let remote = town.fringe[..town.remote].iter().filter(fits).count();
    let plots: Vec<_> = town.fringe.iter().filter(fits).collect();
    let middle: Vec<P> = plots.iter().map(|b| inner_point(&b.ring)).collect();
    let mut chosen: Vec<usize> = vec![];
    // One in the nature reserve, one far from every bus.
    let reserved = |p: &P| nature.reserve.iter().any(|r| contains(&r[0], *p));
    chosen.extend((remote..plots.len()).find(|k| reserved(&middle[*k])));
    let far = |k: &usize| distance(middle[*k], [0.0, 0.0]);
    chosen.extend((0..remote).max_by(|a, b| far(a).total_cmp(&far(b))));
    // The others keep apart from one another.
    let mut apart: Vec<usize> = vec![];
    for k in remote..plots.len() {
        if apart
            .iter()
            .chain(&chosen)
            .rev()
            .take(400)
            .all(|o| distance(middle[*o], middle[k]) > 210.0)
        {
            apart.push(k);
        }
    }
    let rest = most.saturating_sub(chosen.len());
    chosen.extend(spread(&apart, rest));
    for (nth, k) in chosen.into_iter().take(most).enumerate() {
        let meadow = plots[k].usage == Use::Meadow;
        let (usage, baunvo) = match (nth, meadow, nth % 6) {
            (0, ..) => ("commercial", Some("SO")),
            (_, true, 0 | 3) => ("green", None),
            (_, _, 5) => ("commercial", Some("GE")),
            (_, _, 2) => ("residential", Some("WR")),
            (_, _, 4) => ("public", Some("SO")),
            _ => ("residential", Some("WA")),
        };
        let name = match nth {
            0 => format!("Campingplatz {}", names::field(nth, true)),
            1 => "Ferienhaussiedlung Waldhöhe".to_string(),
            _ => names::field(nth, meadow),
        };
        out.push(Site {
            owner: ["private", "municipal", "church"][nth % 3],
            right: "§ 35 BauGB",
            status: if nth % 4 == 0 { "rejected" } else { "under review" },
            availability: "> 5 a",
            outer: true,
            storeys: 2,
            ..site(plots[k].ring.clone(), name, usage, baunvo, "greenfield")
        });
    }
}
