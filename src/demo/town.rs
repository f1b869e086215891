//! Growing the town: quarters from the centre outwards are cut into blocks and built on until the number is reached.

use super::buildings::{Building, Built, building};
use super::fill::fill;
use super::land::Land;
use super::landmarks::public;
use super::names;
use super::network::{Class, Line, Network};
use super::plan::main_lines;
use super::quarters::{Block, Quarter, Use, blocks, fields, quarters};
use crate::estimate::plane::{Frame, P, add, area, contains, distance, dot, inner_point, left, mul, rectangle, sub};
use crate::random::Random;

/// A facility with a place in the town.
#[derive(Debug, Clone)]
pub(super) struct Facility {
    pub kind: FacilityKind,
    pub name: String,
    pub at: P,
    pub places: i64,
}

/// What a facility is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FacilityKind {
    Kita,
    Primary,
    Secondary,
    CareHome,
    Pharmacy,
    Doctor,
}

/// Land kept free for a site while its block was built on.
#[derive(Debug, Clone)]
pub(super) struct Reserve {
    pub ring: Vec<P>,
    pub usage: Use,
}

/// Everything that was built, in town coordinates.
#[derive(Debug)]
pub(super) struct Town {
    pub land: Land,
    pub lines: Vec<Line>,
    pub blocks: Vec<Block>,
    /// Plots of fields beside the town.
    pub fringe: Vec<Block>,
    /// So many of them, the first, lie far out.
    pub remote: usize,
    pub quarters: Vec<Quarter>,
    pub built: Built,
    pub facilities: Vec<Facility>,
    pub playgrounds: Vec<Vec<P>>,
    pub reserves: Vec<Reserve>,
    /// Inhabitants by block.
    pub inhabitants: Vec<f64>,
}

/// Gross floor area that one inhabitant needs, with stairs, shops and empty flats.
const FLOOR_PER_HEAD_M2: f64 = 66.0;

/// Inhabitants of a building.
pub(super) fn heads(b: &Building) -> f64 {
    let share = match b.usage {
        "residential" => 1.0,
        "mixed" => 0.7,
        _ => 0.0,
    };
    share * area(&b.ring) * b.storeys as f64 / FLOOR_PER_HEAD_M2
}

/// A town in the making.
pub(super) struct Growth {
    pub(super) town: Town,
    pub(super) rng: Random,
    /// Inhabitants since the last facility of each kind.
    pub(super) waiting: [f64; 4],
}

/// Builds the town.
pub(super) fn grow(buildings: usize, seed: u64, progress: &dyn Fn(f32) -> bool) -> Option<Town> {
    let land = Land::new(buildings, seed);
    let mut net = main_lines(&land);
    let mut rng = Random::new(seed, 1);
    let mut list = quarters(&land, &mut net, &mut rng);
    let town = Town {
        land,
        lines: vec![],
        blocks: vec![],
        fringe: vec![],
        remote: 0,
        quarters: vec![],
        built: Built {
            limit: buildings,
            ..Built::default()
        },
        facilities: vec![],
        playgrounds: vec![],
        reserves: vec![],
        inhabitants: vec![],
    };
    let mut growth = Growth {
        town,
        rng: Random::new(seed, 2),
        waiting: [0.0, 0.0, 0.0, 0.0],
    };
    let mut built_quarters = vec![false; list.len()];
    // If the planned quarters are too few, the town takes its fields, then its hills.
    for round in 0..3 {
        for index in 0..list.len() {
            if growth.town.built.is_full() {
                break;
            }
            let quarter = &list[index];
            let outside = (0..2).any(|d| quarter.middle[d].abs() > land.half[d] - 60.0 * land.scale);
            let allowed = match round {
                0 => !quarter.usage.is_open() && !outside,
                1 => quarter.usage == Use::Field && !outside,
                _ => quarter.usage != Use::Meadow,
            };
            if built_quarters[index] || !allowed {
                continue;
            }
            if !progress(growth.town.built.buildings.len() as f32 / buildings as f32) {
                return None;
            }
            built_quarters[index] = true;
            if quarter.usage.is_open() {
                list[index].usage = Use::Houses;
            }
            let mut found = blocks(&land, &mut net, &list, index, &mut rng);
            if at_market(&list, &list[index]) {
                old_town_places(&mut found, land.old_town_m / 205.0);
            }
            for block in found {
                growth.block(block);
            }
        }
    }
    let mut town = growth.town;
    // What the town may grow into next: plots around it, nearest first.
    let reach = 0.5 * land.scale.sqrt();
    let mut left = (70.0 * land.scale) as usize;
    let mut order: Vec<usize> = (0..list.len()).collect();
    let cost = |k: &usize| list[*k].cost % 1e12;
    order.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    let open = |k: &usize| {
        let q = &list[*k];
        let inside = (0..2).all(|d| q.middle[d].abs() < land.half[d] - 90.0 * reach);
        let usage = matches!(q.usage, Use::Field | Use::Meadow | Use::Houses | Use::Rows | Use::Slabs | Use::Hill);
        !built_quarters[*k] && inside && usage && area(&q.face.ring) >= 9_000.0
    };
    order.retain(open);
    // And one that lies as far out as can be: somebody always proposes it.
    let nearest = |k: &usize| {
        let p = land.warp(list[*k].middle);
        let to = town.blocks.iter().map(|b| distance(b.ring[0], p));
        to.fold(f64::INFINITY, f64::min)
    };
    let remote = order
        .iter()
        .rev()
        .take(60)
        .map(|k| (nearest(k), *k))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let plots = |index: usize, town: &mut Town, net: &mut Network, rng: &mut Random| {
        let found = fields(&land, net, &list[index], index, rng);
        let count = found.len();
        let usage = list[index].usage;
        town.fringe.extend(found.into_iter().map(|b| Block { usage, ..b }));
        count
    };
    if let Some((_, index)) = remote {
        plots(index, &mut town, &mut net, &mut rng);
        town.remote = town.fringe.len();
        order.retain(|k| *k != index);
    }
    for index in order {
        if left == 0 {
            break;
        }
        left -= plots(index, &mut town, &mut net, &mut rng).min(left);
    }
    for line in &mut net.lines {
        if !line.used && line.class.is_street() {
            line.class = Class::Path;
            line.dtv = 0;
            line.maxspeed = 10;
        }
    }
    net.trim_ends(90.0 * land.scale.max(1.0));
    town.lines = net.lines;
    town.quarters = list;
    names::streets(&mut town, seed);
    Some(town)
}

fn at_market(list: &[Quarter], quarter: &Quarter) -> bool {
    // The two public buildings stand at the market: the sectors north and south of it.
    let of = |at: P| {
        list.iter()
            .filter(|q| q.usage == Use::OldTown)
            .min_by(|a, b| distance(a.middle, at).total_cmp(&distance(b.middle, at)))
            .map(|q| q.middle)
    };
    [[10.0, 90.0], [20.0, -75.0]].iter().any(|p| of(*p) == Some(quarter.middle))
}

fn old_town_places(found: &mut [Block], scale: f64) {
    for (usage, at) in [(Use::Church, [10.0, 75.0 * scale]), (Use::TownHall, [15.0, -58.0 * scale])] {
        let fits = |b: &&mut Block| b.usage == Use::OldTown && area(&b.ring) > 900.0 && (inner_point(&b.ring)[1] > 0.0) == (at[1] > 0.0);
        let nearest = found
            .iter_mut()
            .filter(fits)
            .min_by(|a, b| distance(inner_point(&a.ring), at).total_cmp(&distance(inner_point(&b.ring), at)));
        if let Some(b) = nearest {
            b.usage = usage;
        }
    }
}

/// The part of a ring on the left of a line; exact for convex rings.
fn clip(ring: &[P], at: P, along: P) -> Vec<P> {
    let side = |p: P| dot(sub(p, at), left(along));
    let mut out = vec![];
    for k in 0..ring.len() {
        let (a, b) = (ring[k], ring[(k + 1) % ring.len()]);
        let (sa, sb) = (side(a), side(b));
        if sa >= 0.0 {
            out.push(a);
        }
        if (sa >= 0.0) != (sb >= 0.0) {
            out.push(add(a, mul(sub(b, a), sa / (sa - sb))));
        }
    }
    out
}

impl Growth {
    fn block(&mut self, mut block: Block) {
        let id = self.town.blocks.len();
        let first = self.town.built.buildings.len();
        self.reserve(&mut block);
        self.facilities(&mut block, id);
        match block.usage {
            Use::Church => self.church(&block, id),
            Use::TownHall => self.town_hall(&block, id),
            Use::School => self.school(&block, id),
            Use::Station => self.station(&block, id),
            // One chapel a cemetery, whatever its paths divide.
            Use::Cemetery | Use::Sports if self.town.blocks.last().is_none_or(|b| b.quarter != block.quarter) => self.single(&block, id),
            _ => fill(&block, id, &mut self.town.built, &mut self.rng),
        }
        let people: f64 = self.town.built.buildings[first..].iter().map(heads).sum();
        for w in &mut self.waiting {
            *w += people;
        }
        self.points(first);
        self.town.inhabitants.push(people);
        self.town.blocks.push(block);
    }

    /// Brownfields, car parks and riverside plots: one end of the block stays free.
    fn reserve(&mut self, block: &mut Block) {
        let count = |town: &Town, usage: Use| town.reserves.iter().filter(|r| r.usage == usage).count() as f64;
        let size = area(&block.ring);
        let middle = inner_point(&block.ring);
        let scale = self.town.land.scale;
        let beside_river = self.town.land.river_offset(self.town.land.unwarp(middle)).abs() < 95.0 + self.town.land.river_half_m;
        let (chance, most) = match block.usage {
            Use::Industry => (0.5, 6.0),
            Use::Trade => (0.4, 4.0),
            Use::Perimeter | Use::Houses | Use::Rows | Use::Slabs if beside_river && size > 3500.0 => (0.4, 5.0),
            _ => (0.0, 0.0),
        };
        if size < 3000.0 || count(&self.town, block.usage) >= most * scale || !self.rng.chance(chance) {
            return;
        }
        let frame = Frame::around(&block.ring);
        let share = self.rng.range(0.3, 0.55);
        let side = if self.rng.chance(0.5) { 1.0 } else { -1.0 };
        let at = frame.at(side * (1.0 - 2.0 * share) * frame.half_length, 0.0);
        let across = mul(left(frame.along), side);
        // Left of the cut lies what is built on, right of it the free land.
        let (kept, free) = (clip(&block.ring, at, across), clip(&block.ring, at, mul(across, -1.0)));
        if area(&kept) < 800.0 || area(&free) < 1200.0 {
            return;
        }

        self.town.reserves.push(Reserve {
            ring: free.clone(),
            usage: block.usage,
        });
        block.corners = corners(&kept);
        block.ring = kept;
    }

    fn facilities(&mut self, block: &mut Block, id: usize) {
        let size = area(&block.ring);
        if !block.usage.is_housing() || block.usage == Use::OldTown || size < 2500.0 {
            return;
        }
        let many = self.town.land.scale > 1.3;
        if many && self.waiting[0] > 5200.0 && size > 6000.0 && block.usage != Use::Perimeter {
            block.usage = Use::School;
            return;
        }
        let frame = Frame::around(&block.ring);
        let year = 1968;
        if self.waiting[1] > 880.0 {
            let ring = rectangle(
                frame.at(self.rng.range(-0.3, 0.3) * frame.half_length, 0.0),
                frame.along,
                23.0,
                13.0,
            );
            let at = inner_point(&ring);
            let style = public("31001_3065", (1, 2), 3.4);
            let (built, rng) = (&mut self.town.built, &mut self.rng);
            let outline = [ring.clone()];
            if built.place(Some(&block.ring), &outline, 2.0, || Building {
                year,
                ..building(ring, &style, id, rng)
            }) {
                let nth = self.town.facilities.len();
                self.facility(FacilityKind::Kita, names::kita(nth), at, 60, 120);
                self.waiting[1] = 0.0;
            }
        } else if self.waiting[2] > 800.0 {
            let (l, w) = (self.rng.range(20.0, 34.0), self.rng.range(14.0, 22.0));
            let p = frame.at(self.rng.range(-0.4, 0.4) * frame.half_length, 0.0);
            let ring = rectangle(p, frame.along, l, w.min(1.2 * frame.half_width));
            if ring.iter().all(|p| contains(&block.ring, *p)) && self.town.built.occupancy.is_free(std::slice::from_ref(&ring), 0.5) {
                self.town.built.occupancy.add(std::slice::from_ref(&ring));
                self.town.playgrounds.push(ring);
                self.waiting[2] = 0.0;
            }
        } else if self.waiting[3] > 5600.0 {
            let ring = rectangle(frame.at(0.0, 0.0), frame.along, 46.0, 15.0);
            let at = inner_point(&ring);
            let style = public("31001_1022", (3, 4), 3.2);
            let (built, rng) = (&mut self.town.built, &mut self.rng);
            let outline = [ring.clone()];
            if built.place(Some(&block.ring), &outline, 3.0, || Building {
                year: 1996,
                ..building(ring, &style, id, rng)
            }) {
                let nth = self.town.facilities.len();
                self.facility(FacilityKind::CareHome, names::care_home(nth), at, 64, 128);
                self.waiting[3] = 0.0;
            }
        }
    }

    pub(super) fn facility(&mut self, kind: FacilityKind, name: String, at: P, from: i64, to: i64) {
        let places = self.rng.whole(from, to) / 5 * 5;
        self.town.facilities.push(Facility { kind, name, at, places });
    }

    /// Shops that need no house of their own.
    fn points(&mut self, first: usize) {
        for k in first..self.town.built.buildings.len() {
            let b = &self.town.built.buildings[k];
            let at = inner_point(&b.ring);
            if b.usage == "mixed" && self.rng.chance(0.028) {
                self.facility(FacilityKind::Pharmacy, names::pharmacy(k), at, 0, 0);
            } else if b.usage == "mixed" && self.rng.chance(0.055) {
                self.facility(FacilityKind::Doctor, names::doctor(k), at, 0, 0);
            }
        }
    }
}

/// Corners of a ring that was cut.
fn corners(ring: &[P]) -> Vec<usize> {
    let n = ring.len();
    (0..n)
        .filter(|k| {
            let (r, s) = (sub(ring[*k], ring[(k + n - 1) % n]), sub(ring[(k + 1) % n], ring[*k]));
            let (r, s) = (crate::estimate::plane::unit(r), crate::estimate::plane::unit(s));
            crate::estimate::plane::cross(r, s).abs() > 0.42 || dot(r, s) < 0.0
        })
        .collect()
}
