//! The network of lines that carves the town: main lines first, their meshes as faces, then chords that halve faces.

use crate::estimate::plane::{
    P, add, along_line, area, contains, cross, crossing, distance, dot, left, line_length, mul, segment_distance, sub, unit,
};
use std::collections::BTreeMap;

/// What a line of the network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Trunk,
    Primary,
    Secondary,
    Tertiary,
    Residential,
    Path,
    Rail,
    Bank,
    Stream,
    Boundary,
}

impl Class {
    pub fn is_street(self) -> bool {
        self <= Class::Path
    }

    /// The value of the attribute `class`.
    pub fn text(self) -> &'static str {
        match self {
            Class::Trunk => "trunk",
            Class::Primary => "primary",
            Class::Secondary => "secondary",
            Class::Tertiary => "tertiary",
            Class::Residential => "residential",
            _ => "path",
        }
    }
}

/// One line of the network.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub class: Class,
    pub name: String,
    /// Half the width between the plots on both sides.
    pub half_m: f64,
    /// Vehicles a day.
    pub dtv: i64,
    pub maxspeed: i64,
    pub points: Vec<P>,
    /// A built block lies along it.
    pub used: bool,
}

impl Line {
    /// Drawn by the plan, not cut into a mesh later: it leads through the country, too.
    pub fn is_main(&self) -> bool {
        self.points.len() > 2
    }
}

/// A mesh of the network: an open counter-clockwise ring; `line[k]` runs from vertex k to the next.
#[derive(Debug, Clone)]
pub(super) struct Face {
    pub ring: Vec<P>,
    pub line: Vec<u32>,
}

/// All lines, and where chords meet them.
#[derive(Debug, Default)]
pub(super) struct Network {
    pub lines: Vec<Line>,
    junctions: BTreeMap<u32, Vec<P>>,
}

fn key(p: P) -> (i64, i64) {
    ((p[0] * 1000.0).round() as i64, (p[1] * 1000.0).round() as i64)
}

impl Network {
    pub fn push(&mut self, line: Line) -> u32 {
        self.lines.push(line);
        self.lines.len() as u32 - 1
    }

    /// The meshes between the lines so far; loose ends are ignored.
    pub fn faces(&self) -> Vec<Face> {
        let graph = Graph::new(&self.lines);
        graph.faces()
    }

    /// Halves a face by a chord through `p` in direction `along`. The chord becomes `line`; its ends prefer corners and
    /// existing junctions nearby, so that crossings arise.
    pub fn split(&mut self, face: &Face, p: P, along: P, line: Line, reach_m: f64) -> Option<(Face, Face)> {
        let n = face.ring.len();
        let side = |q: P| cross(along, sub(q, p));
        let mut hits: Vec<(f64, usize, P)> = vec![];
        for k in 0..n {
            let (a, b) = (face.ring[k], face.ring[(k + 1) % n]);
            let (sa, sb) = (side(a), side(b));
            if (sa >= 0.0) != (sb >= 0.0) {
                let q = add(a, mul(sub(b, a), sa / (sa - sb)));
                hits.push((dot(sub(q, p), along), k, q));
            }
        }
        hits.sort_by(|a, b| a.0.total_cmp(&b.0));
        let pair = hits.chunks_exact(2).find(|c| c[0].0 <= 0.0 && c[1].0 >= 0.0)?;
        let free = [(pair[0].1, pair[0].2), (pair[1].1, pair[1].2)];
        let snapped = free.map(|(k, q)| self.snap(face, k, q, reach_m));
        for ends in [snapped, [free[0], snapped[1]], [snapped[0], free[1]], free] {
            if let Some((one, two)) = cut(face, ends[0], ends[1], self.lines.len() as u32) {
                for (k, q) in ends {
                    self.junctions.entry(face.line[k]).or_default().push(q);
                }
                self.push(Line {
                    points: vec![ends[0].1, ends[1].1],
                    ..line
                });
                return Some((one, two));
            }
        }
        None
    }

    /// Cuts off what main lines overshoot beyond their first and last meeting with another main line.
    pub fn trim_ends(&mut self, most_m: f64) {
        let main: Vec<usize> = (0..self.lines.len()).filter(|k| self.lines[*k].is_main()).collect();
        for me in &main {
            let points = self.lines[*me].points.clone();
            let closed = distance(points[0], points[points.len() - 1]) < 1.0;
            if closed || matches!(self.lines[*me].class, Class::Boundary | Class::Bank | Class::Rail) {
                continue;
            }
            let total = line_length(&points);
            let (mut first, mut last) = (0.0f64, total);
            let mut hits = vec![];
            let mut at = 0.0;
            for w in points.windows(2) {
                let l = distance(w[0], w[1]);
                for other in main.iter().filter(|o| *o != me) {
                    for v in self.lines[*other].points.windows(2) {
                        let apart =
                            (0..2).any(|d| w[0][d].max(w[1][d]) < v[0][d].min(v[1][d]) || v[0][d].max(v[1][d]) < w[0][d].min(w[1][d]));
                        if apart {
                            continue;
                        }
                        if let Some((t, _)) = crossing(w[0], w[1], v[0], v[1]) {
                            hits.push(at + t * l);
                        }
                    }
                }
                at += l;
            }
            hits.sort_by(f64::total_cmp);
            if let (Some(a), Some(b)) = (hits.first(), hits.last()) {
                if *a < most_m {
                    first = *a;
                }
                if total - b < most_m {
                    last = *b;
                }
            }
            if last - first < 10.0 {
                continue;
            }
            let mut out = vec![along_line(&points, first).0];
            let mut s = 0.0;
            for w in points.windows(2) {
                s += distance(w[0], w[1]);
                if s > first + 0.5 && s < last - 0.5 {
                    out.push(w[1]);
                }
            }
            out.push(along_line(&points, last).0);
            self.lines[*me].points = out;
        }
    }

    /// Takes the last chord back, as if it had never been drawn.
    pub fn take_back(&mut self, face: &Face) {
        let Some(line) = self.lines.pop() else { return };
        for k in &face.line {
            if let Some(list) = self.junctions.get_mut(k) {
                list.retain(|p| !line.points.iter().any(|q| distance(*p, *q) < 1e-6));
            }
        }
    }

    fn snap(&self, face: &Face, k: usize, q: P, reach_m: f64) -> (usize, P) {
        let n = face.ring.len();
        let (a, b) = (face.ring[k], face.ring[(k + 1) % n]);
        let near = |p: &&P| distance(**p, q) < reach_m && segment_distance(**p, a, b) < 0.02;
        let junction = self.junctions.get(&face.line[k]).and_then(|list| {
            list.iter()
                .filter(near)
                .min_by(|x, y| distance(**x, q).total_cmp(&distance(**y, q)))
        });
        if let Some(j) = junction {
            return (k, *j);
        }
        let end = if distance(a, q) <= distance(b, q) { a } else { b };
        if distance(end, q) < 5.0 { (k, end) } else { (k, q) }
    }
}

fn cut(face: &Face, from: (usize, P), to: (usize, P), line: u32) -> Option<(Face, Face)> {
    let n = face.ring.len();
    let ((i, a), (j, b)) = (from, to);
    if i == j || distance(a, b) < 8.0 {
        return None;
    }
    // The chord must not touch the outline between its ends.
    let inner = unit(sub(b, a));
    let (a2, b2) = (add(a, mul(inner, 0.5)), sub(b, mul(inner, 0.5)));
    let free = (0..n).all(|k| crossing(a2, b2, face.ring[k], face.ring[(k + 1) % n]).is_none());
    if !free || !contains(&face.ring, add(a, mul(sub(b, a), 0.5))) {
        return None;
    }
    let half = |start: P, first: usize, end: P, last: usize| {
        let mut f = Face {
            ring: vec![start],
            line: vec![face.line[first]],
        };
        let mut k = (first + 1) % n;
        loop {
            f.ring.push(face.ring[k]);
            f.line.push(face.line[k]);
            if k == last {
                break;
            }
            k = (k + 1) % n;
        }
        f.ring.push(end);
        f.line.push(line);
        f.tidy();
        f
    };
    let (one, two) = (half(a, i, b, j), half(b, j, a, i));
    let sound = |f: &Face| f.ring.len() >= 3 && area(&f.ring) > 20.0;
    (sound(&one) && sound(&two)).then_some((one, two))
}

impl Face {
    /// Drops edges without length.
    fn tidy(&mut self) {
        let mut k = 0;
        while k < self.ring.len() && self.ring.len() > 2 {
            let next = (k + 1) % self.ring.len();
            if distance(self.ring[k], self.ring[next]) < 0.01 {
                self.ring.remove(k);
                self.line.remove(k);
            } else {
                k += 1;
            }
        }
    }

    /// Vertices where neither the line nor (by more than 3°) the direction changes are dropped.
    pub fn simplified(&self) -> Self {
        let n = self.ring.len();
        let mut out = Face {
            ring: vec![],
            line: vec![],
        };
        for k in 0..n {
            let before = (k + n - 1) % n;
            let (r, s) = (
                unit(sub(self.ring[k], self.ring[before])),
                unit(sub(self.ring[(k + 1) % n], self.ring[k])),
            );
            let straight = cross(r, s).abs() < 0.02 && dot(r, s) > 0.0;
            if !(straight && self.line[k] == self.line[before]) {
                out.ring.push(self.ring[k]);
                out.line.push(self.line[k]);
            }
        }
        if out.ring.len() < 3 { self.clone() } else { out }
    }
}

/// The arrangement of the lines.
struct Graph {
    nodes: Vec<P>,
    /// Per node: (neighbour, line), later sorted by direction.
    out: Vec<Vec<(u32, u32)>>,
}

impl Graph {
    fn new(lines: &[Line]) -> Self {
        let mut segments: Vec<(P, P, u32)> = vec![];
        for (id, line) in lines.iter().enumerate() {
            segments.extend(line.points.windows(2).map(|w| (w[0], w[1], id as u32)));
        }
        let cell_m = 120.0;
        let mut grid: BTreeMap<(i64, i64), Vec<u32>> = BTreeMap::new();
        let cells = |a: P, b: P| {
            let f = |v: f64| (v / cell_m).floor() as i64;
            let (x0, x1) = (f(a[0].min(b[0])), f(a[0].max(b[0])));
            let (y0, y1) = (f(a[1].min(b[1])), f(a[1].max(b[1])));
            (x0..=x1).flat_map(move |x| (y0..=y1).map(move |y| (x, y)))
        };
        for (k, (a, b, _)) in segments.iter().enumerate() {
            for c in cells(*a, *b) {
                grid.entry(c).or_default().push(k as u32);
            }
        }
        let mut cuts: Vec<Vec<P>> = segments.iter().map(|s| vec![s.0, s.1]).collect();
        let mut done = std::collections::BTreeSet::new();
        for members in grid.values() {
            for (n, i) in members.iter().enumerate() {
                for j in &members[n + 1..] {
                    let ((a, b, one), (c, d, two)) = (segments[*i as usize], segments[*j as usize]);
                    let chained = one == two && (key(b) == key(c) || key(a) == key(d));
                    if chained || !done.insert((i.min(j), i.max(j))) {
                        continue;
                    }
                    if let Some((t, _)) = crossing(a, b, c, d) {
                        let p = add(a, mul(sub(b, a), t));
                        cuts[*i as usize].push(p);
                        cuts[*j as usize].push(p);
                    }
                }
            }
        }
        let mut graph = Self {
            nodes: vec![],
            out: vec![],
        };
        let mut ids = BTreeMap::new();
        for (k, (a, _, line)) in segments.iter().enumerate() {
            cuts[k].sort_by(|p, q| distance(*a, *p).total_cmp(&distance(*a, *q)));
            let path: Vec<u32> = cuts[k].iter().map(|p| graph.node(&mut ids, *p)).collect();
            for w in path.windows(2) {
                graph.join(w[0], w[1], *line);
            }
        }
        graph.prune();
        graph
    }

    fn node(&mut self, ids: &mut BTreeMap<(i64, i64), u32>, p: P) -> u32 {
        *ids.entry(key(p)).or_insert_with(|| {
            self.nodes.push(p);
            self.out.push(vec![]);
            self.nodes.len() as u32 - 1
        })
    }

    fn join(&mut self, a: u32, b: u32, line: u32) {
        if a != b && !self.out[a as usize].iter().any(|e| e.0 == b) {
            self.out[a as usize].push((b, line));
            self.out[b as usize].push((a, line));
        }
    }

    fn prune(&mut self) {
        let mut loose: Vec<u32> = (0..self.nodes.len() as u32).filter(|n| self.out[*n as usize].len() == 1).collect();
        while let Some(n) = loose.pop() {
            let Some((other, _)) = self.out[n as usize].pop() else { continue };
            self.out[other as usize].retain(|e| e.0 != n);
            if self.out[other as usize].len() == 1 {
                loose.push(other);
            }
        }
    }

    fn faces(mut self) -> Vec<Face> {
        for n in 0..self.nodes.len() {
            let o = self.nodes[n];
            let nodes = &self.nodes;
            let angle = |e: &(u32, u32)| {
                let d = sub(nodes[e.0 as usize], o);
                d[1].atan2(d[0])
            };
            self.out[n].sort_by(|a, b| angle(a).total_cmp(&angle(b)));
        }
        let mut seen: Vec<Vec<bool>> = self.out.iter().map(|o| vec![false; o.len()]).collect();
        let mut faces = vec![];
        for start in 0..self.nodes.len() {
            for slot in 0..self.out[start].len() {
                let (mut n, mut k) = (start, slot);
                let mut face = Face {
                    ring: vec![],
                    line: vec![],
                };
                while !seen[n][k] {
                    seen[n][k] = true;
                    let (next, line) = self.out[n][k];
                    face.ring.push(self.nodes[n]);
                    face.line.push(line);
                    let list = &self.out[next as usize];
                    let back = list.iter().position(|e| e.0 as usize == n).unwrap_or(0);
                    // Turning as far right as possible as seen from the way back keeps the face on the left.
                    k = (back + list.len() - 1) % list.len();
                    n = next as usize;
                }
                if face.ring.len() >= 3 && area(&face.ring) > 30.0 {
                    faces.push(face);
                }
            }
        }
        faces
    }
}

/// A tangent turned inwards: the normal of the edge from a to b.
pub(super) fn inward(a: P, b: P) -> P {
    left(unit(sub(b, a)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: Vec<P>) -> Line {
        Line {
            class: Class::Residential,
            name: String::new(),
            half_m: 5.0,
            dtv: 0,
            maxspeed: 30,
            points,
            used: false,
        }
    }

    #[test]
    fn a_cross_in_a_square_has_four_faces_and_loose_ends_do_not_count() {
        let mut n = Network::default();
        n.push(line(vec![[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0], [0.0, 0.0]]));
        n.push(line(vec![[-10.0, 50.0], [110.0, 50.0]]));
        n.push(line(vec![[50.0, -10.0], [50.0, 110.0]]));
        n.push(line(vec![[20.0, 0.0], [20.0, 20.0]]));
        let faces = n.faces();
        assert_eq!(faces.len(), 4);
        assert!(faces.iter().all(|f| (area(&f.ring) - 2500.0).abs() < 1e-6));
    }

    #[test]
    fn a_chord_halves_a_face_and_the_next_one_prefers_its_junction() {
        let mut n = Network::default();
        n.push(line(vec![[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0], [0.0, 0.0]]));
        n.push(line(vec![[-10.0, 50.0], [110.0, 50.0]]));
        let faces = n.faces();
        let (a, b) = n.split(&faces[0], [40.0, 25.0], [0.0, 1.0], line(vec![]), 15.0).expect("splits");
        assert!((area(&a.ring) + area(&b.ring) - 5000.0).abs() < 1e-6);
        n.split(&faces[1], [48.0, 75.0], [0.0, 1.0], line(vec![]), 15.0).expect("splits");
        let ends = &n.lines[3].points;
        assert!(ends.iter().any(|p| distance(*p, [40.0, 50.0]) < 1e-6), "{ends:?}");
    }
}
