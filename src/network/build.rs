//! From lines to a graph of ways.

use super::{
    noding::{Noded, Way, node},
    plane::{P, distance, mm},
};
use crate::{
    index::SpatialIndex,
    model::{Bbox, Finding, GeometryKind, Layer, Level, Report, Value},
    modules::{Filter, WalkingDef},
};

/// Vertices up to this far apart are one junction.
pub const MERGE_M: f64 = 0.05;

/// A line that ends up to this far beside another one leads into it.
pub const JOIN_M: f64 = 0.5;

/// Pieces of the network that are shorter in total and hang on nothing are left out: they would hold whoever is snapped to them.
pub const ISLAND_M: f64 = 300.0;

/// Every way up to this far from an area leads into it; where there is none, the nearest does.
pub const WAY_ADJOINS_M: f64 = 20.0;

/// A stretch of way between two junctions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub from: u32,
    pub to: u32,
    /// Its vertices: `first..=last` of the coordinates.
    pub first: u32,
    pub last: u32,
    pub length_mm: u64,
}

/// Ways as a graph, with what is needed to find the way from any place onto it.
#[derive(Debug)]
pub struct Network {
    pub(super) coords: Vec<P>,
    /// Distance of each vertex from the start of its edge.
    pub(super) along_mm: Vec<u64>,
    pub(super) edges: Vec<Edge>,
    /// Edge and first vertex of every segment.
    pub(super) segments: Vec<(u32, u32)>,
    pub(super) index: SpatialIndex,
    /// Neighbours of node `n`: `ends[n]..ends[n + 1]`; the cost is shifted left by 32 bits (see [`super::Field`]).
    pub(super) neighbours: Vec<(u32, u64)>,
    pub(super) ends: Vec<u32>,
    pub(super) barriers: Vec<[P; 2]>,
    pub(super) barrier_index: SpatialIndex,
    /// Farthest way onto the network.
    pub(super) snap_m: f64,
    report: Report,
}

impl Network {
    /// Builds the graph of `ways`; lines that `walking` leaves aside, and the edges of `barriers`, are not crossed off the network.
    pub fn new(ways: &Layer, walking: &WalkingDef, barriers: &[&Layer]) -> Self {
        let mut report = Report::default();
        let walkable = walkable(ways, walking);
        let (mut lines, mut stops) = (vec![], vec![]);
        for (row, walks) in walkable.iter().enumerate() {
            let level = level(ways, walking, row);
            for ring in ways.geometry.rings(row) {
                if *walks && ways.geometry.kind() == GeometryKind::Line {
                    let mut points = ring.to_vec();
                    points.retain(|p| p[0].is_finite() && p[1].is_finite());
                    points.dedup();
                    if points.len() > 1 {
                        lines.push(Way { points, level });
                    }
                } else if level == 0 {
                    // Nobody on the ground is held up by a bridge above.
                    stops.extend(ring.windows(2).map(|w| [w[0], w[1]]));
                }
            }
        }
        for layer in barriers {
            for row in 0..layer.len() {
                stops.extend(layer.geometry.rings(row).flat_map(|r| r.windows(2)).map(|w| [w[0], w[1]]));
            }
        }
        let (lines, noded) = node(lines);
        let mut graph = Graph::new(&lines);
        let islands = graph.drop_islands();
        tell(&mut report, ways, &noded, islands);
        graph.finish(stops, walking.snap_m, report)
    }

    /// True when there is nothing to walk on.
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }

    /// Length of all ways in metres.
    pub fn length_m(&self) -> f64 {
        self.edges.iter().map(|e| e.length_mm as f64 / 1000.0).sum()
    }

    /// Number of junctions and ends, and of ways between them.
    pub fn size(&self) -> (usize, usize) {
        (self.ends.windows(2).filter(|w| w[1] > w[0]).count(), self.edges.len())
    }

    /// How far a feature may be from the network.
    pub fn snap_m(&self) -> f64 {
        self.snap_m
    }

    /// What was joined and what was left out.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

fn walkable(ways: &Layer, walking: &WalkingDef) -> Vec<bool> {
    let filter = walking.filter.as_deref().filter(|f| !f.trim().is_empty());
    let known = |f: &Filter| f.attributes().iter().any(|a| ways.attributes.column(a).is_some());
    // Without the attribute nothing tells a motorway from a footpath: everything counts.
    match filter.and_then(|f| Filter::parse(f).ok()).filter(known) {
        Some(filter) => filter.select(&ways.attributes, ways.len()),
        None => vec![true; ways.len()],
    }
}

fn level(ways: &Layer, walking: &WalkingDef, row: usize) -> i32 {
    let value = |name: &Option<String>| name.as_ref().map_or(Value::Null, |n| ways.attributes.value(n, row));
    if let Some(level) = value(&walking.layer).as_f64().filter(|v| *v != 0.0) {
        return level.round() as i32;
    }
    let yes = |v: Value| match v {
        Value::Boolean(b) => b,
        Value::Integer(n) => n != 0,
        Value::Text(t) => !matches!(t.to_lowercase().as_str(), "" | "no" | "f" | "false" | "0" | "nein"),
        Value::Null | Value::Real(_) => false,
    };
    match (yes(value(&walking.bridge)), yes(value(&walking.tunnel))) {
        (true, _) => 1,
        (false, true) => -1,
        (false, false) => 0,
    }
}

/// Number and length of what was left out.
type Islands = (usize, f64);

fn tell(report: &mut Report, ways: &Layer, noded: &Noded, (islands, metres): Islands) {
    let mut say = |code: &str, level, de: String, en: String| {
        report.push(Finding::new(code, level, de, en).layer(ways.slot.to_string()));
    };
    if noded.crossings > 0 {
        let n = noded.crossings;
        say(
            "NW-001",
            Level::Info,
            format!("{n} Wege kreuzen sich ohne gemeinsamen Stützpunkt auf einer Ebene; die Kreuzungen gelten als Verbindung."),
            format!("{n} crossings of ways on one level have no shared vertex; they count as junctions."),
        );
    }
    if noded.joined > 0 {
        let n = noded.joined;
        say(
            "NW-002",
            Level::Info,
            format!("{n} Wegenden liegen bis zu 0,5 m neben einem anderen Weg und gelten als angeschlossen."),
            format!("{n} ends of ways lie up to 0.5 m beside another way and count as joined."),
        );
    }
    if islands > 0 {
        say(
            "NW-003",
            Level::Info,
            format!(
                "{islands} Teilnetze ohne Anschluss, zusammen {metres:.0} m lang und jedes kürzer als 300 m, bleiben bei Fußwegen außer Betracht."
            ),
            format!(
                "{islands} pieces of the network hang on nothing, {metres:.0} m in total and each shorter than 300 m; walking distances leave them aside."
            ),
        );
    }
}

/// The graph while it is being built.
struct Graph {
    nodes: u32,
    coords: Vec<P>,
    along_mm: Vec<u64>,
    edges: Vec<Edge>,
}

impl Graph {
    fn new(lines: &[Vec<(P, u32)>]) -> Self {
        let places = lines.iter().flatten().map(|(_, id)| id + 1).max().unwrap_or(0);
        let mut uses = vec![0u32; places as usize];
        for line in lines {
            for (k, (_, id)) in line.iter().enumerate() {
                let end = k == 0 || k + 1 == line.len();
                uses[*id as usize] += if end { 2 } else { 1 };
            }
        }
        let mut number = vec![u32::MAX; places as usize];
        let mut out = Self {
            nodes: 0,
            coords: vec![],
            along_mm: vec![],
            edges: vec![],
        };
        let mut node = |id: u32| {
            let n = &mut number[id as usize];
            if *n == u32::MAX {
                *n = out.nodes;
                out.nodes += 1;
            }
            *n
        };
        for line in lines {
            let mut start: Option<(u32, u32)> = None;
            for (p, id) in line {
                let is_node = uses[*id as usize] > 1;
                if let Some((from, first)) = start {
                    let last = out.coords.len() as u32;
                    let before = last as usize - 1;
                    let length_mm = out.along_mm[before] + mm(distance(out.coords[before], *p));
                    out.coords.push(*p);
                    out.along_mm.push(length_mm);
                    if is_node {
                        let to = node(*id);
                        out.edges.push(Edge {
                            from,
                            to,
                            first,
                            last,
                            length_mm,
                        });
                        start = None;
                    } else {
                        continue;
                    }
                }
                if start.is_none() {
                    start = Some((node(*id), out.coords.len() as u32));
                    out.coords.push(*p);
                    out.along_mm.push(0);
                }
            }
            // The last vertex was opened as a start that leads nowhere.
            out.coords.pop();
            out.along_mm.pop();
        }
        out
    }

    fn drop_islands(&mut self) -> Islands {
        let mut root: Vec<u32> = (0..self.nodes).collect();
        fn find(root: &mut [u32], mut n: u32) -> u32 {
            while root[n as usize] != n {
                root[n as usize] = root[root[n as usize] as usize];
                n = root[n as usize];
            }
            n
        }
        for e in &self.edges {
            let (a, b) = (find(&mut root, e.from), find(&mut root, e.to));
            root[a.max(b) as usize] = a.min(b);
        }
        let mut length = vec![0u64; self.nodes as usize];
        for e in &self.edges {
            length[find(&mut root, e.from) as usize] += e.length_mm;
        }
        let small: Vec<u64> = length.iter().copied().filter(|l| *l > 0 && *l < mm(ISLAND_M)).collect();
        self.edges.retain(|e| length[find(&mut root, e.from) as usize] >= mm(ISLAND_M));
        (small.len(), small.iter().sum::<u64>() as f64 / 1000.0)
    }

    fn finish(self, barriers: Vec<[P; 2]>, snap_m: f64, report: Report) -> Network {
        let mut degree = vec![0u32; self.nodes as usize + 1];
        for e in &self.edges {
            degree[e.from as usize + 1] += 1;
            degree[e.to as usize + 1] += 1;
        }
        for n in 1..degree.len() {
            degree[n] += degree[n - 1];
        }
        let ends = degree.clone();
        let mut next = degree;
        let mut neighbours = vec![(0, 0); 2 * self.edges.len()];
        for e in &self.edges {
            for (a, b) in [(e.from, e.to), (e.to, e.from)] {
                neighbours[next[a as usize] as usize] = (b, e.length_mm << 32);
                next[a as usize] += 1;
            }
        }
        let segments: Vec<(u32, u32)> = (0..)
            .zip(&self.edges)
            .flat_map(|(n, e)| (e.first..e.last).map(move |v| (n, v)))
            .collect();
        let around = |a: P, b: P| Bbox::around(&[a, b]);
        let boxes: Vec<Bbox> = segments
            .iter()
            .map(|(_, v)| around(self.coords[*v as usize], self.coords[*v as usize + 1]))
            .collect();
        let barrier_boxes: Vec<Bbox> = barriers.iter().map(|[a, b]| around(*a, *b)).collect();
        Network {
            coords: self.coords,
            along_mm: self.along_mm,
            edges: self.edges,
            index: SpatialIndex::new(&boxes),
            segments,
            neighbours,
            ends,
            barrier_index: SpatialIndex::new(&barrier_boxes),
            barriers,
            snap_m,
            report,
        }
    }
}
