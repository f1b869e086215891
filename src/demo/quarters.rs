//! From meshes of the main network to quarters with a use, and from quarters to blocks between streets.

use super::land::Land;
use super::network::{Class, Face, Line, Network, inward};
use super::smooth::noise;
use crate::estimate::plane::{
    Frame, P, area, cross, densify, distance, dot, inner_point, inset, left, line_length, mul, segment_distance, sub, turn, unit,
};
use crate::random::Random;

/// What a quarter or block is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    OldTown,
    Market,
    Church,
    TownHall,
    Perimeter,
    Slabs,
    Rows,
    Houses,
    Industry,
    Trade,
    School,
    Hospital,
    Station,
    Park,
    Allotments,
    Cemetery,
    Sports,
    Barracks,
    Promenade,
    Meadow,
    Field,
    Hill,
}

impl Use {
    /// People live there.
    pub fn is_housing(self) -> bool {
        matches!(self, Use::OldTown | Use::Perimeter | Use::Slabs | Use::Rows | Use::Houses)
    }

    /// Never part of the growing town.
    pub fn is_open(self) -> bool {
        matches!(self, Use::Meadow | Use::Field | Use::Hill)
    }

    /// Longest block, widest block, half width of its lanes.
    fn grain(self) -> (f64, f64, f64) {
        match self {
            Use::OldTown => (74.0, 50.0, 3.8),
            Use::Perimeter => (118.0, 84.0, 7.0),
            Use::Slabs => (210.0, 125.0, 5.5),
            Use::Rows => (130.0, 62.0, 4.8),
            Use::Houses => (165.0, 66.0, 5.0),
            Use::Industry => (330.0, 200.0, 7.0),
            Use::Trade => (190.0, 120.0, 6.5),
            Use::School | Use::Hospital => (170.0, 120.0, 5.5),
            Use::Barracks => (190.0, 130.0, 5.5),
            Use::Station => (120.0, 85.0, 6.0),
            Use::Allotments | Use::Cemetery => (230.0, 150.0, 2.5),
            _ => (1e9, 1e9, 5.0),
        }
    }
}

/// A part of town of one use, in plan coordinates.
#[derive(Debug, Clone)]
pub(super) struct Quarter {
    pub face: Face,
    pub usage: Use,
    /// Its use if it were nothing special.
    pub common: Use,
    /// The town grows from low to high.
    pub cost: f64,
    pub middle: P,
}

/// Building land between streets, in town coordinates.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub ring: Vec<P>,
    /// Vertices where two street fronts meet.
    pub corners: Vec<usize>,
    pub usage: Use,
    /// Beside a main street.
    pub busy: bool,
    pub quarter: usize,
}

impl Block {
    /// The street fronts: lines from corner to corner.
    pub fn fronts(&self) -> Vec<Vec<P>> {
        let n = self.ring.len();
        let c = &self.corners;
        let front = |from: usize, to: usize| {
            let count = if to > from { to - from } else { to + n - from };
            (0..=count).map(|k| self.ring[(from + k) % n]).collect::<Vec<P>>()
        };
        match c.len() {
            0 => vec![front(0, 0)],
            k => (0..k).map(|i| front(c[i], c[(i + 1) % k])).collect(),
        }
    }
}

/// Halves a face until its parts fit the grain.
fn subdivide(net: &mut Network, face: Face, grain: (f64, f64), chaos: f64, line: &dyn Fn(f64) -> Line, rng: &mut Random) -> Vec<Face> {
    let mut todo = vec![face];
    let mut done = vec![];
    while let Some(face) = todo.pop() {
        let frame = Frame::around(&face.ring);
        let stretch = rng.range(0.86, 1.16);
        let (l, w) = (
            2.0 * frame.half_length / (grain.0 * stretch),
            2.0 * frame.half_width / (grain.1 * stretch),
        );
        if l.max(w) <= 1.0 {
            done.push(face);
            continue;
        }
        let across = l >= w;
        let mut halves = None;
        for attempt in 0..5 {
            let shift = rng.range(-0.13, 0.13) * (1.0 + f64::from(attempt));
            let (p, along) = if across {
                (frame.at(shift * frame.half_length, 0.0), left(frame.along))
            } else {
                (frame.at(0.0, shift * frame.half_width), frame.along)
            };
            let p = if attempt > 2 { inner_point(&face.ring) } else { p };
            let along = turn(along, chaos * rng.range(-1.0, 1.0));
            let size = area(&face.ring);
            let Some((a, b)) = net.split(&face, p, along, line(size), 0.13 * grain.1.min(200.0)) else {
                continue;
            };
            // A sliver is nobody's building land.
            if area(&a.ring).min(area(&b.ring)) > 0.12 * size {
                halves = Some((a, b));
                break;
            }
            net.take_back(&face);
        }
        match halves {
            Some((a, b)) => todo.extend([b, a]),
            None => done.push(face),
        }
    }
    done
}

fn street(class: Class, half_m: f64, dtv: i64, maxspeed: i64) -> Line {
    Line {
        class,
        name: String::new(),
        half_m,
        dtv,
        maxspeed,
        points: vec![],
        used: false,
    }
}

fn line_distance(net: &Network, name: &str, p: P) -> f64 {
    let lines = net.lines.iter().filter(|l| l.name == name);
    lines
        .flat_map(|l| l.points.windows(2))
        .map(|w| segment_distance(p, w[0], w[1]))
        .fold(f64::INFINITY, f64::min)
}

/// The meshes with their uses, cheapest to build first.
pub(super) fn quarters(land: &Land, net: &mut Network, rng: &mut Random) -> Vec<Quarter> {
    let mut cells = vec![];
    for face in net.faces() {
        let middle = inner_point(&face.ring);
        if land.river_offset(middle).abs() < 0.9 * land.river_half_m {
            continue;
        }
        // The old town is one quarter, whatever the lanes cut it into.
        if area(&face.ring) < 60_000.0 {
            cells.push(face);
            continue;
        }
        let collector = |size: f64| {
            if size > 420_000.0 {
                street(Class::Tertiary, 7.0, 1900, 30)
            } else {
                street(Class::Residential, 6.5, 1100, 30)
            }
        };
        cells.extend(subdivide(net, face, (330.0, 250.0), 0.12, &collector, rng));
    }
    let rail: Vec<P> = net
        .lines
        .iter()
        .find(|l| l.class == Class::Rail)
        .map(|l| l.points.clone())
        .unwrap_or_default();
    let mut quarters: Vec<Quarter> = cells
        .into_iter()
        .map(|face| {
            let middle = inner_point(&face.ring);
            let common = usage_at(land, net, &rail, middle, &face);
            let q = mul(middle, 1.0 / land.scale);
            let steep = (land.rise_m(middle) - 19.0).max(0.0);
            let ragged = 130.0 * noise(land.seed ^ 31, middle, 300.0 * land.scale.sqrt());
            let cost = if common.is_open() { 1e12 } else { 0.0 } + (q[0] / 1.18).hypot(q[1] - 60.0) + 14.0 * steep + ragged;
            Quarter {
                face,
                usage: common,
                common,
                cost,
                middle,
            }
        })
        .collect();
    specials(land, &mut quarters);
    quarters.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    quarters
}

fn usage_at(land: &Land, net: &Network, rail: &[P], p: P, face: &Face) -> Use {
    let s = land.scale;
    let q = mul(p, 1.0 / s);
    let r1 = land.old_town_m;
    let offset = land.river_offset(p);
    if distance(p, [0.0, 0.0]) < 16.0 {
        return Use::Market;
    }
    if p[0].hypot(p[1] - 10.0) < 0.94 * r1 && offset > 0.0 {
        return Use::OldTown;
    }
    let frame = Frame::around(&face.ring);
    let banked = face.line.iter().any(|l| net.lines[*l as usize].class == Class::Bank);
    if frame.half_width < 17.0 || (banked && frame.half_width < 30.0) {
        return Use::Promenade;
    }
    let inside = q[0].hypot(q[1] * 1.15) < 560.0;
    let flood = land.rise_m(p) < 3.1 && offset.abs() < 150.0 * s;
    if !inside && (flood || offset.abs() < 75.0 * s) {
        return Use::Meadow;
    }
    if land.rise_m(p) > 40.0 {
        return Use::Hill;
    }
    let rail_y = rail
        .windows(2)
        .find(|w| w[0][0] <= p[0] && p[0] <= w[1][0])
        .map_or(f64::INFINITY, |w| 0.5 * (w[0][1] + w[1][1]));
    let spot = noise(land.seed ^ 32, p, 330.0 * s.powf(0.3));
    if p[1] > rail_y {
        let beyond = p[1] - rail_y;
        return match () {
            () if q[0] < -480.0 && spot > -0.1 => Use::Houses,
            () if beyond < 200.0 * s && q[0] < 1150.0 => Use::Industry,
            () if q[0] > 330.0 && beyond < 340.0 * s => Use::Trade,
            () if q[0] > 1000.0 => Use::Field,
            () if spot > 0.45 => Use::Rows,
            () => Use::Houses,
        };
    }
    let trunk = line_distance(net, "B 187", p);
    if trunk < 120.0 * s.sqrt() {
        return if (-260.0..1020.0).contains(&q[0]) && offset.abs() > 70.0 * s {
            Use::Trade
        } else {
            Use::Field
        };
    }
    if q[0] > 660.0 && q[1] > 190.0 {
        return if q[0] > 1080.0 { Use::Field } else { Use::Trade };
    }
    let ring = q[0].hypot((q[1] - 0.0) * 1.25);
    if ring < 500.0 && offset > 0.0 {
        return Use::Perimeter;
    }
    if offset < 0.0 && ring < 560.0 && q[0].abs() < 290.0 {
        return if q[1] > -455.0 { Use::Perimeter } else { Use::Rows };
    }
    if q[0] < -610.0 && offset > 0.0 && q[0] > -1050.0 {
        return if spot > 0.35 { Use::Rows } else { Use::Slabs };
    }
    match () {
        () if spot < -0.42 => Use::Rows,
        () if spot > 0.62 => Use::Slabs,
        () => Use::Houses,
    }
}

/// One quarter each for what a town has only once or a few times, at the place where it belongs.
fn specials(land: &Land, quarters: &mut [Quarter]) {
    let wishes: [(Use, P); 17] = [
        (Use::Park, [330.0, -40.0]),
        (Use::Station, [60.0, 458.0]),
        (Use::School, [-250.0, 235.0]),
        (Use::School, [-790.0, 300.0]),
        (Use::School, [190.0, -345.0]),
        (Use::School, [300.0, 300.0]),
        (Use::School, [-330.0, 860.0]),
        (Use::Hospital, [520.0, 330.0]),
        (Use::Cemetery, [-520.0, 330.0]),
        (Use::Allotments, [-600.0, 600.0]),
        (Use::Allotments, [800.0, -120.0]),
        (Use::Allotments, [-380.0, -560.0]),
        (Use::Sports, [-560.0, -60.0]),
        (Use::Barracks, [-620.0, -420.0]),
        (Use::Park, [-960.0, 330.0]),
        (Use::Park, [560.0, -470.0]),
        (Use::Sports, [480.0, 840.0]),
    ];
    for (usage, place) in wishes {
        let at = mul(place, land.scale);
        let fits = |q: &&mut Quarter| {
            let size = area(&q.face.ring);
            let plain = q.usage == q.common && !matches!(q.common, Use::OldTown | Use::Market | Use::Promenade | Use::Hill);
            plain && size > 7_000.0 && (usage != Use::Station || (405.0..490.0).contains(&(q.middle[1] / land.scale)))
        };
        let nearest = quarters
            .iter_mut()
            .filter(fits)
            .min_by(|a, b| distance(a.middle, at).total_cmp(&distance(b.middle, at)));
        if let Some(q) = nearest {
            q.usage = usage;
            // Special places are built even where ordinary houses would not be.
            q.cost = if q.cost > 1e11 { 900.0 } else { q.cost.min(760.0) };
        }
    }
}

/// The blocks of a quarter, largest first, with the streets between them.
pub(super) fn blocks(land: &Land, net: &mut Network, quarters: &[Quarter], index: usize, rng: &mut Random) -> Vec<Block> {
    let quarter = &quarters[index];
    let (l, w, half) = quarter.usage.grain();
    let chaos = match quarter.usage {
        Use::OldTown => 0.24,
        Use::Houses | Use::Rows => 0.13,
        _ => 0.07,
    };
    let lane = |size: f64| match quarter.usage {
        Use::OldTown => street(Class::Residential, half, 350, 20),
        Use::Allotments | Use::Cemetery | Use::Park => street(Class::Path, half, 0, 10),
        Use::Industry | Use::Trade => street(Class::Residential, half, 1400, 50),
        _ if size > 26_000.0 => street(Class::Residential, half + 1.0, 850, 30),
        _ => street(Class::Residential, half, 320, 30),
    };
    let mut faces = if l > 1e8 {
        vec![quarter.face.clone()]
    } else {
        subdivide(net, quarter.face.clone(), (l, w), chaos, &lane, rng)
    };
    if quarter.usage == Use::Station {
        let at = mul([75.0, 468.0], land.scale);
        let far = |f: &Face| distance(inner_point(&f.ring), at);
        faces.sort_by(|a, b| far(a).total_cmp(&far(b)));
    } else {
        faces.sort_by(|a, b| area(&b.ring).total_cmp(&area(&a.ring)));
    }
    let mut out = vec![];
    for face in faces {
        let Some((ring, corners)) = plot(land, net, &face) else { continue };
        let busy = face.line.iter().any(|k| net.lines[*k as usize].class <= Class::Secondary);
        let single = matches!(quarter.usage, Use::School | Use::Hospital | Use::Station);
        let usage = if single && !out.is_empty() { quarter.common } else { quarter.usage };
        for k in &face.line {
            net.lines[*k as usize].used = true;
        }
        out.push(Block {
            ring,
            corners,
            usage,
            busy,
            quarter: index,
        });
    }
    out
}

/// Meadow or field plots of an unbuilt quarter, divided by field paths.
pub(super) fn fields(land: &Land, net: &mut Network, quarter: &Quarter, index: usize, rng: &mut Random) -> Vec<Block> {
    let path = |_: f64| street(Class::Path, 2.5, 0, 10);
    let faces = subdivide(net, quarter.face.clone(), (215.0, 150.0), 0.1, &path, rng);
    let block = |face: Face| {
        let (ring, corners) = plot(land, net, &face)?;
        Some(Block {
            ring,
            corners,
            usage: Use::Field,
            busy: false,
            quarter: index,
        })
    };
    faces.into_iter().filter_map(block).collect()
}

/// A face without its streets, bent by the warp, with its corners.
fn plot(land: &Land, net: &Network, face: &Face) -> Option<(Vec<P>, Vec<usize>)> {
    let face = face.simplified();
    let widths: Vec<f64> = face.line.iter().map(|k| net.lines[*k as usize].half_m).collect();
    let ring = inset(&face.ring, &widths)?;
    let n = ring.len();
    let (mut out, mut corners) = (vec![], vec![]);
    for k in 0..n {
        let (before, here, after) = (ring[(k + n - 1) % n], ring[k], ring[(k + 1) % n]);
        let (r, s) = (unit(sub(here, before)), unit(sub(after, here)));
        if cross(r, s).abs() > 0.42 || dot(r, s) < 0.0 {
            corners.push(out.len());
        }
        let mut edge = densify(&[here, after], 9.0);
        edge.pop();
        out.extend(edge.into_iter().map(|p| land.warp(p)));
    }
    (area(&out) > 150.0).then_some((out, corners))
}

/// The longest front's tangent and inward normal at its middle.
pub(super) fn main_front(block: &Block) -> (P, P, P) {
    let fronts = block.fronts();
    let longest = fronts.iter().max_by(|a, b| line_length(a).total_cmp(&line_length(b)));
    longest.map_or(([0.0; 2], [1.0, 0.0], [0.0, 1.0]), |line| {
        let (a, b) = (line[0], line[line.len() - 1]);
        let (p, t) = crate::estimate::plane::along_line(line, 0.5 * line_length(line));
        let t = if distance(a, b) > 1.0 { unit(sub(b, a)) } else { t };
        (p, t, inward([0.0, 0.0], t))
    })
}
