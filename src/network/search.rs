//! Dijkstra with a limit, from one feature or from many at once.

use super::{
    access::{Access, Snap},
    build::Network,
    plane::mm,
};
use pathfinding::prelude::dijkstra_reach;
use std::collections::{BTreeMap, HashMap};

/// The nearest source and how far it is on foot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Number of the source, as given.
    pub source: u32,
    /// Both legs and the way between.
    pub distance_mm: u64,
}

impl Reached {
    /// In metres.
    pub fn distance_m(&self) -> f64 {
        self.distance_mm as f64 / 1000.0
    }
}

/// How far every junction is from the nearest source, up to a limit.
///
/// A cost is millimetres in the upper half and the source's number in the lower: of sources equally far the lowest number wins, in
/// whatever order they are met.
#[derive(Debug, Clone, Default)]
pub struct Field {
    costs: HashMap<u32, u64>,
    /// Sources on each edge: whoever stands on the same edge need not go over a junction.
    on_edge: BTreeMap<u32, Vec<(Access, u32)>>,
    limit_mm: u64,
}

/// Stands for all sources.
const START: u32 = u32::MAX;

impl Field {
    /// From the sources up to `limit_m`.
    pub fn new<'a>(network: &Network, sources: impl IntoIterator<Item = (u32, &'a Snap)>, limit_m: f64) -> Self {
        let limit_mm = mm(limit_m);
        let mut out = Self {
            limit_mm,
            ..Self::default()
        };
        let mut first = vec![];
        for (source, snap) in sources {
            for a in &snap.ways {
                let edge = network.edges[a.edge as usize];
                let cost = |along: u64| ((a.leg_mm + along) << 32) | u64::from(source);
                first.push((edge.from, cost(a.from_mm)));
                first.push((edge.to, cost(edge.length_mm - a.to_mm.min(edge.length_mm))));
                out.on_edge.entry(a.edge).or_default().push((*a, source));
            }
        }
        let next = |node: &u32| match *node {
            START => first.iter().copied(),
            n => network.neighbours[network.ends[n as usize] as usize..network.ends[n as usize + 1] as usize]
                .iter()
                .copied(),
        };
        out.costs = dijkstra_reach(&START, next)
            .take_while(|i| i.total_cost >> 32 <= limit_mm)
            .filter(|i| i.node != START)
            .map(|i| (i.node, i.total_cost))
            .collect();
        out
    }

    /// The limit in metres.
    pub fn limit_m(&self) -> f64 {
        self.limit_mm as f64 / 1000.0
    }

    /// The source nearest to a feature, within the limit.
    pub fn nearest(&self, network: &Network, snap: &Snap) -> Option<Reached> {
        let mut best = u64::MAX;
        for a in &snap.ways {
            let edge = network.edges[a.edge as usize];
            let ends = [(edge.from, a.from_mm), (edge.to, edge.length_mm - a.to_mm.min(edge.length_mm))];
            for (node, along) in ends {
                if let Some(cost) = self.costs.get(&node) {
                    best = best.min(cost + ((a.leg_mm + along) << 32));
                }
            }
            for (b, source) in self.on_edge.get(&a.edge).into_iter().flatten() {
                let apart = a.from_mm.saturating_sub(b.to_mm).max(b.from_mm.saturating_sub(a.to_mm));
                best = best.min(((a.leg_mm + b.leg_mm + apart) << 32) | u64::from(*source));
            }
        }
        let found = Reached {
            source: best as u32,
            distance_mm: best >> 32,
        };
        (best != u64::MAX && found.distance_mm <= self.limit_mm).then_some(found)
    }

    /// Millimetres from the nearest source to a junction.
    pub(super) fn at(&self, node: u32) -> Option<u64> {
        self.costs.get(&node).map(|c| c >> 32)
    }

    /// Sources on an edge.
    pub(super) fn sources_on(&self, edge: u32) -> &[(Access, u32)] {
        self.on_edge.get(&edge).map_or(&[], Vec::as_slice)
    }

    /// The limit in millimetres.
    pub(super) fn limit_mm(&self) -> u64 {
        self.limit_mm
    }
}
