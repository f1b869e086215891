//! What can be reached, drawn: the ways within the limit and the ground beside them.

use super::{
    build::Network,
    plane::{P, between},
    search::Field,
};
use geo::{Buffer, Coord, LineString, MultiLineString, MultiPolygon};
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Network {
    /// The stretches of way that a field reaches, in the order of the network.
    pub fn reached_ways(&self, field: &Field) -> Vec<Vec<[f64; 2]>> {
        let mut out = vec![];
        for (n, edge) in (0u32..).zip(&self.edges) {
            let length = edge.length_mm;
            let mut parts: Vec<(u64, u64)> = vec![];
            if let Some(cost) = field.at(edge.from) {
                parts.push((0, (field.limit_mm() - cost).min(length)));
            }
            if let Some(cost) = field.at(edge.to) {
                parts.push((length - (field.limit_mm() - cost).min(length), length));
            }
            for (a, _) in field.sources_on(n) {
                let left = field.limit_mm().saturating_sub(a.leg_mm);
                parts.push((a.from_mm.saturating_sub(left), (a.to_mm + left).min(length)));
            }
            parts.retain(|(from, to)| to > from);
            parts.sort_unstable();
            let mut joined: Vec<(u64, u64)> = vec![];
            for (from, to) in parts {
                match joined.last_mut() {
                    Some(last) if from <= last.1 => last.1 = last.1.max(to),
                    _ => joined.push((from, to)),
                }
            }
            out.extend(joined.into_iter().map(|(from, to)| self.stretch(edge.first, edge.last, from, to)));
        }
        out
    }

    /// The ground within `beside_m` of the ways that a field reaches; empty when it reaches none.
    pub fn catchment(&self, field: &Field, beside_m: f64) -> MultiPolygon<f64> {
        let line = |points: Vec<P>| LineString(points.into_iter().map(|p| Coord { x: p[0], y: p[1] }).collect());
        let lines = MultiLineString(self.reached_ways(field).into_iter().map(line).collect());
        if lines.0.is_empty() {
            return MultiPolygon(vec![]);
        }
        // The buffer of geo is not proven free of panics; a catchment that cannot be drawn is empty.
        catch_unwind(AssertUnwindSafe(|| lines.buffer(beside_m))).unwrap_or_else(|_| MultiPolygon(vec![]))
    }

    fn stretch(&self, first: u32, last: u32, from_mm: u64, to_mm: u64) -> Vec<P> {
        let mut out = vec![];
        for v in first as usize..last as usize {
            let (a, b) = (self.along_mm[v], self.along_mm[v + 1]);
            if b < from_mm || a > to_mm || b == a {
                continue;
            }
            let at = |mm: u64| between(self.coords[v], self.coords[v + 1], (mm - a) as f64 / (b - a) as f64);
            let (start, end) = (at(from_mm.max(a)), at(to_mm.min(b)));
            if out.last() != Some(&start) {
                out.push(start);
            }
            if start != end {
                out.push(end);
            }
        }
        out
    }
}
