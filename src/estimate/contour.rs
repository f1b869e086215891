//! From grids to polygons: marching squares whose rings are closed at the grid's edge.

use super::plane::{P, area, contains, cross, dot, length, lerp, sub};
use std::collections::BTreeMap;

/// Values at the nodes of a grid; row 0 is the southern one.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    pub origin: P,
    pub step_m: f64,
    pub width: usize,
    pub height: usize,
    pub values: Vec<f64>,
}

/// A polygon: exterior counter-clockwise, holes clockwise, rings open.
pub(crate) type Polygon = Vec<Vec<P>>;

impl Grid {
    pub fn new(min: P, max: P, step_m: f64) -> Self {
        let count = |d: usize| ((max[d] - min[d]) / step_m).ceil() as usize + 1;
        let (width, height) = (count(0), count(1));
        Self {
            origin: min,
            step_m,
            width,
            height,
            values: vec![0.0; width * height],
        }
    }

    pub fn point(&self, x: usize, y: usize) -> P {
        [self.origin[0] + x as f64 * self.step_m, self.origin[1] + y as f64 * self.step_m]
    }

    /// Sets every node from its place; nodes are independent, so threads change nothing.
    pub fn fill(&mut self, value: impl Fn(P) -> f64 + Sync) {
        use rayon::prelude::*;
        let (origin, step, width) = (self.origin, self.step_m, self.width);
        self.values.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
            for (x, v) in row.iter_mut().enumerate() {
                *v = value([origin[0] + x as f64 * step, origin[1] + y as f64 * step]);
            }
        });
    }

    /// The nearest node.
    pub fn node(&self, p: P) -> Option<usize> {
        let x = ((p[0] - self.origin[0]) / self.step_m).round();
        let y = ((p[1] - self.origin[1]) / self.step_m).round();
        let inside = x >= 0.0 && y >= 0.0 && x < self.width as f64 && y < self.height as f64;
        inside.then(|| y as usize * self.width + x as usize)
    }

    /// Mean over a square of `2·radius + 1` nodes, in two passes.
    #[must_use]
    pub fn blurred(&self, radius: usize) -> Self {
        let mut out = self.clone();
        let pass = |from: &[f64], to: &mut [f64], count: usize, stride: usize, lines: usize, line_stride: usize| {
            for l in 0..lines {
                let at = |k: usize| l * line_stride + k * stride;
                let (mut sum, mut n) = (0.0, 0usize);
                for k in 0..radius.min(count) {
                    sum += from[at(k)];
                    n += 1;
                }
                for k in 0..count {
                    if k + radius < count {
                        sum += from[at(k + radius)];
                        n += 1;
                    }
                    if k > radius {
                        sum -= from[at(k - radius - 1)];
                        n -= 1;
                    }
                    to[at(k)] = sum / n as f64;
                }
            }
        };
        let mut half = self.values.clone();
        pass(&self.values, &mut half, self.width, 1, self.height, self.width);
        pass(&half, &mut out.values, self.height, self.width, self.width, 1);
        out
    }
}

/// Where the level is crossed on one grid edge: by its lower node and whether it runs east (0) or north (1).
type EdgeKey = (usize, usize, u8);

struct Tile<'a> {
    grid: &'a Grid,
    level: f64,
    from: [usize; 2],
    to: [usize; 2],
    /// Rings keep this far inside the tile's edge.
    inset_m: f64,
}

impl Tile<'_> {
    /// Outside the tile everything lies below the level, so that every ring closes.
    fn value(&self, x: isize, y: isize) -> f64 {
        let inside = x >= self.from[0] as isize && y >= self.from[1] as isize && x <= self.to[0] as isize && y <= self.to[1] as isize;
        if inside {
            self.grid.values[y as usize * self.grid.width + x as usize] - self.level
        } else {
            f64::NEG_INFINITY
        }
    }

    fn crossing(&self, key: EdgeKey) -> P {
        let (x, y) = (key.0 as isize - 1, key.1 as isize - 1);
        let (dx, dy) = if key.2 == 0 { (1, 0) } else { (0, 1) };
        let (a, b) = (self.value(x, y), self.value(x + dx, y + dy));
        let clamp = |x: isize, y: isize| {
            self.grid.point(
                x.clamp(self.from[0] as isize, self.to[0] as isize) as usize,
                y.clamp(self.from[1] as isize, self.to[1] as isize) as usize,
            )
        };
        let (p, q) = (clamp(x, y), clamp(x + dx, y + dy));
        let inner = |q: P| {
            let (lo, hi) = (self.grid.point(self.from[0], self.from[1]), self.grid.point(self.to[0], self.to[1]));
            [0, 1].map(|d| q[d].clamp(lo[d] + self.inset_m, hi[d] - self.inset_m))
        };
        // At the edge of the tile both ends are the same node.
        inner(match (a.is_infinite(), b.is_infinite()) {
            (true, _) => q,
            (_, true) => p,
            _ => lerp(p, q, (a / (a - b)).clamp(0.002, 0.998)),
        })
    }

    /// Directed pieces with the higher side on the left, from edge to edge.
    fn rings(&self) -> Vec<Vec<P>> {
        let mut next: BTreeMap<EdgeKey, EdgeKey> = BTreeMap::new();
        for cy in self.from[1]..=self.to[1] + 1 {
            for cx in self.from[0]..=self.to[0] + 1 {
                let (x, y) = (cx as isize - 1, cy as isize - 1);
                let v = [
                    self.value(x, y),
                    self.value(x + 1, y),
                    self.value(x + 1, y + 1),
                    self.value(x, y + 1),
                ];
                let case = v.iter().enumerate().fold(0, |c, (k, v)| if *v >= 0.0 { c | (1 << k) } else { c });
                let (s, e, n, w): (EdgeKey, EdgeKey, EdgeKey, EdgeKey) = ((cx, cy, 0), (cx + 1, cy, 1), (cx, cy + 1, 0), (cx, cy, 1));
                let high_middle = v.iter().sum::<f64>() >= 0.0;
                let pieces: &[(EdgeKey, EdgeKey)] = match case {
                    1 => &[(s, w)],
                    2 => &[(e, s)],
                    3 => &[(e, w)],
                    4 => &[(n, e)],
                    5 if high_middle => &[(s, e), (n, w)],
                    5 => &[(s, w), (n, e)],
                    6 => &[(n, s)],
                    7 => &[(n, w)],
                    8 => &[(w, n)],
                    9 => &[(s, n)],
                    10 if high_middle => &[(w, s), (e, n)],
                    10 => &[(e, s), (w, n)],
                    11 => &[(e, n)],
                    12 => &[(w, e)],
                    13 => &[(s, e)],
                    14 => &[(w, s)],
                    _ => &[],
                };
                next.extend(pieces.iter().copied());
            }
        }
        let mut rings = vec![];
        while let Some((start, _)) = next.first_key_value() {
            let start = *start;
            let (mut ring, mut at) = (vec![], start);
            while let Some(to) = next.remove(&at) {
                let p = self.crossing(at);
                if ring.last().is_none_or(|q: &P| length(sub(*q, p)) > 1e-6) {
                    ring.push(p);
                }
                at = to;
            }
            without_spikes(&mut ring);
            if ring.len() >= 3 {
                rings.push(ring);
            }
        }
        rings
    }
}

/// Drops vertices that repeat or turn back on themselves, as at saddles and at the edge of the map.
fn without_spikes(ring: &mut Vec<P>) {
    let mut k = 0;
    let mut quiet = 0;
    while ring.len() >= 3 && quiet < ring.len() {
        let n = ring.len();
        k %= n;
        let (a, p, b) = (ring[(k + n - 1) % n], ring[k], ring[(k + 1) % n]);
        let (r, s) = (sub(p, a), sub(b, p));
        let back = cross(r, s).abs() < 0.02 * length(r) * length(s) && dot(r, s) < 0.0;
        if length(r) < 0.01 || back {
            ring.remove(k);
            quiet = 0;
            k = k.saturating_sub(2);
        } else {
            quiet += 1;
            k += 1;
        }
    }
}

/// The polygons where `from ≤ value < to`. Parts and holes under `least_m2` are left out; large grids are cut into tiles.
pub(crate) fn band(grid: &Grid, from: f64, to: Option<f64>, least_m2: f64) -> Vec<Polygon> {
    const TILE: usize = 400;
    let mut out = vec![];
    for y in (0..grid.height.max(2) - 1).step_by(TILE) {
        for x in (0..grid.width.max(2) - 1).step_by(TILE) {
            let end = [(x + TILE).min(grid.width - 1), (y + TILE).min(grid.height - 1)];
            let rings = |level, inset_m| {
                let tile = Tile {
                    grid,
                    level,
                    from: [x, y],
                    to: end,
                    inset_m,
                };
                tile.rings()
            };
            let mut all = rings(from, 0.0);
            if let Some(to) = to {
                // A hole must not share the outline of its polygon where both end at the edge of the map.
                all.extend(rings(to, 0.02).into_iter().map(|mut r| {
                    r.reverse();
                    r
                }));
            }
            out.extend(assemble(all, least_m2));
        }
    }
    out
}

/// Sorts holes into the exteriors around them.
fn assemble(rings: Vec<Vec<P>>, least_m2: f64) -> Vec<Polygon> {
    let mut exteriors: Vec<(f64, Polygon)> = vec![];
    let mut holes = vec![];
    for ring in rings {
        let a = area(&ring);
        if a >= least_m2 {
            exteriors.push((a, vec![ring]));
        } else if a <= -least_m2 {
            holes.push(ring);
        }
    }
    exteriors.sort_by(|a, b| a.0.total_cmp(&b.0));
    for hole in holes {
        // Rings of two levels never cross, so one vertex decides; the smallest exterior around it owns the hole.
        if let Some(owner) = exteriors.iter_mut().find(|e| contains(&e.1[0], hole[0])) {
            owner.1.push(hole);
        }
    }
    exteriors.into_iter().map(|e| e.1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_of_a_hill_are_rings_with_the_area_between_the_levels() {
        let mut g = Grid::new([-50.0, -50.0], [50.0, 50.0], 2.0);
        g.fill(|p| 40.0 - p[0].hypot(p[1]));
        let b = band(&g, 10.0, Some(20.0), 1.0);
        assert_eq!((b.len(), b[0].len()), (1, 2));
        let size: f64 = b[0].iter().map(|r| area(r)).sum();
        let expected = std::f64::consts::PI * (30.0f64.powi(2) - 20.0f64.powi(2));
        assert!((size - expected).abs() < 0.01 * expected, "{size} {expected}");
    }

    #[test]
    fn a_full_grid_is_one_rectangle_and_tiles_do_not_lose_area() {
        let mut g = Grid::new([0.0, 0.0], [900.0, 20.0], 1.0);
        g.fill(|_| 60.0);
        let b = band(&g, 55.0, Some(65.0), 1.0);
        assert_eq!(b.len(), 3);
        let size: f64 = b.iter().flatten().map(|r| area(r)).sum();
        assert!((size - 900.0 * 20.0).abs() < 1.0, "{size}");
    }

    #[test]
    fn blur_keeps_a_constant() {
        let mut g = Grid::new([0.0, 0.0], [30.0, 20.0], 1.0);
        g.fill(|_| 3.0);
        assert!(g.blurred(4).values.iter().all(|v| (v - 3.0).abs() < 1e-9));
    }
}
