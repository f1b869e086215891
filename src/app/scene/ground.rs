//! The ground as it is drawn: a grid of heights, each cell split from south-west to north-east. Everything that lies
//! on the ground is cut along this grid, so that nothing pokes through and nothing floats.

use crate::{
    model::{Bbox, Raster},
    project::City,
};
use bevy::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

/// Most cells along one side of the city itself.
const MAX_CELLS: f64 = 60.0;
/// Smallest cell in metres.
const MIN_CELL_M: f64 = 12.0;
/// Rings of growing cells around the city, up to the horizon.
const APRON_RINGS: usize = 9;
/// Finer cells along one side of the part that the camera looks at.
const FOCUS_CELLS: f64 = 48.0;
/// Cities whose cells are larger than this have a focus. Smaller ones are drawn finely enough as a whole.
const COARSE_CELL_M: f64 = 40.0;

/// The ground on the screen; `None` before the first city.
#[derive(Resource, Default, Clone)]
pub struct CurrentGround(pub Option<Arc<Ground>>);

/// The part of a large city that is drawn in finer cells, in steps, so that it does not follow every move of the camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Focus {
    /// Its middle.
    pub center: [f64; 2],
    /// From the middle to its edges.
    pub reach_m: f64,
}

impl Focus {
    /// What a camera at `distance_m` from `target` should see finely.
    fn of(target: [f64; 2], distance_m: f64) -> Self {
        let reach_m = 2.0_f64.powf((distance_m.clamp(100.0, 1e5) * 1.2).log2().ceil());
        let snap = |v: f64| (v / (0.5 * reach_m)).round() * 0.5 * reach_m;
        Self {
            center: target.map(snap),
            reach_m,
        }
    }

    /// The focus for a camera, which is the one before while that still serves: a camera near an edge must not jump between two.
    pub fn following(before: Option<Self>, target: [f64; 2], distance_m: f64) -> Self {
        let serves = |f: &Self| {
            let near = (0..2).all(|k| (target[k] - f.center[k]).abs() <= 0.45 * f.reach_m);
            near && (0.75..=3.0).contains(&(f.reach_m / distance_m.clamp(100.0, 1e5)))
        };
        before.filter(serves).unwrap_or_else(|| Self::of(target, distance_m))
    }

    fn cell_m(&self, terrain: &Raster) -> f64 {
        (2.0 * self.reach_m / FOCUS_CELLS)
            .max(terrain.cell_m[0].max(terrain.cell_m[1]))
            .max(MIN_CELL_M)
    }
}

/// Drawn heights.
#[derive(Debug, Clone, PartialEq)]
pub struct Ground {
    /// Ascending east coordinates of the grid lines.
    pub xs: Vec<f64>,
    /// Ascending north coordinates.
    pub ys: Vec<f64>,
    heights: Vec<f32>,
    /// Crossings inside the city whose height nobody knows; they are drawn at the height of the nearest known one.
    holes: Vec<bool>,
    /// Where the data are.
    pub city: Bbox,
    /// True when no terrain is known.
    pub flat: bool,
    /// The part with finer cells.
    pub focus: Option<Focus>,
    /// Edge of a cell outside the focus.
    cell_m: f64,
}

impl Ground {
    /// Samples a city's terrain, clamped at its edge and carried on to the horizon; finer around the focus, where that shows more.
    pub fn of(city: &City, focus: Option<Focus>) -> Self {
        let (extent, cell) = Self::frame(city);
        let terrain = city.terrain().cloned();
        let size = extent.width_m().max(extent.height_m()).max(100.0);
        let focus = focus.filter(|f| gains(cell, terrain.as_deref(), f));
        let fine = focus.zip(terrain.as_ref()).map(|(f, t)| (f, f.cell_m(t)));
        let axis = |k: usize| -> Vec<f64> {
            let mut inner = steps(extent.min[k], extent.max[k], cell);
            if let Some((f, fine)) = fine {
                let (from, to) = (
                    (f.center[k] - f.reach_m).clamp(extent.min[k], extent.max[k]),
                    (f.center[k] + f.reach_m).clamp(extent.min[k], extent.max[k]),
                );
                if to - from > cell {
                    inner.retain(|v| *v < from - 0.3 * cell || *v > to + 0.3 * cell);
                    inner.extend(steps(from, to, fine));
                    inner.extend([extent.min[k], extent.max[k]]);
                    inner.sort_by(f64::total_cmp);
                    inner.dedup_by(|a, b| (*a - *b).abs() < 0.01);
                }
            }
            let mut reach = size / 14.0;
            for _ in 0..APRON_RINGS {
                let (first, last) = (inner[0], inner[inner.len() - 1]);
                inner.insert(0, first - reach);
                inner.push(last + reach);
                reach *= 1.35;
            }
            inner
        };
        let (xs, ys) = (axis(0), axis(1));
        let known = terrain.as_ref().map(|t| t.extent());
        let sample = |p: [f64; 2]| -> f32 {
            let (Some(t), Some(b)) = (&terrain, &known) else { return 0.0 };
            let inset = [t.cell_m[0] * 0.51, t.cell_m[1] * 0.51];
            let q = [0, 1].map(|k| p[k].clamp(b.min[k] + inset[k], (b.max[k] - inset[k]).max(b.min[k] + inset[k])));
            t.interpolate(q).unwrap_or(f64::NAN) as f32
        };
        let mut heights: Vec<f32> = ys.iter().flat_map(|y| xs.iter().map(move |x| [*x, *y])).map(sample).collect();
        // Half a cell lies between the edge of a grid and its outermost heights.
        let slack = terrain.as_ref().map_or(0.0, |t| t.cell_m[0].max(t.cell_m[1]));
        let beside = |p: [f64; 2]| known.is_some_and(|b| !b.buffered(slack).contains(p));
        let crossings = ys.iter().flat_map(|y| xs.iter().map(move |x| [*x, *y]));
        let holes = crossings
            .zip(&heights)
            .map(|(p, h)| terrain.is_some() && extent.contains(p) && (!h.is_finite() || beside(p)))
            .collect();
        fill(&mut heights, xs.len());
        Self {
            xs,
            ys,
            heights,
            holes,
            city: extent,
            flat: terrain.is_none(),
            focus,
            cell_m: cell,
        }
    }

    /// The city's box and the size of its cells.
    fn frame(city: &City) -> (Bbox, f64) {
        let mut extent = city.extent();
        if extent.is_empty() {
            extent = Bbox::new(city.info.site, city.info.site).buffered(500.0);
        }
        let size = extent.width_m().max(extent.height_m()).max(100.0);
        let cell = city
            .terrain()
            .map_or(size / 24.0, |t| t.cell_m[0].max(t.cell_m[1]).max(size / MAX_CELLS))
            .max(MIN_CELL_M);
        (extent, cell)
    }

    /// Whether a focus would show of this terrain what the whole city's cells do not.
    pub fn gains(&self, terrain: &Raster, focus: &Focus) -> bool {
        gains(self.cell_m, Some(terrain), focus)
    }

    /// Height at a grid crossing.
    pub fn at(&self, column: usize, row: usize) -> f32 {
        self.heights[row * self.xs.len() + column]
    }

    /// True where the height at a grid crossing is not known but carried on from beside it.
    pub fn unknown(&self, column: usize, row: usize) -> bool {
        self.holes[row * self.xs.len() + column]
    }

    /// Lowest and highest drawn height.
    pub fn range(&self) -> [f64; 2] {
        self.heights.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], h| {
            [a.min(f64::from(*h)), b.max(f64::from(*h))]
        })
    }

    fn cell(lines: &[f64], v: f64) -> usize {
        lines.partition_point(|l| *l <= v).saturating_sub(1).min(lines.len() - 2)
    }

    /// Height of the drawn surface.
    pub fn height(&self, p: [f64; 2]) -> f64 {
        if self.flat {
            return 0.0;
        }
        let (i, j) = (Self::cell(&self.xs, p[0]), Self::cell(&self.ys, p[1]));
        let u = ((p[0] - self.xs[i]) / (self.xs[i + 1] - self.xs[i])).clamp(0.0, 1.0);
        let v = ((p[1] - self.ys[j]) / (self.ys[j + 1] - self.ys[j])).clamp(0.0, 1.0);
        let [sw, se, nw, ne] = [self.at(i, j), self.at(i + 1, j), self.at(i, j + 1), self.at(i + 1, j + 1)].map(f64::from);
        if u >= v {
            sw + u * (se - sw) + v * (ne - se)
        } else {
            sw + v * (nw - sw) + u * (ne - nw)
        }
    }

    /// Where a ray meets the ground, in map coordinates: `from` + t · `along`, the smallest t ≥ 0 below `reach_m`.
    pub fn meet(&self, from: [f64; 3], along: [f64; 3], reach_m: f64) -> Option<[f64; 3]> {
        let at = |t: f64| [0, 1, 2].map(|k| from[k] + t * along[k]);
        let above = |t: f64| {
            let p = at(t);
            p[2] - self.height([p[0], p[1]])
        };
        let length = along.iter().map(|v| v * v).sum::<f64>().sqrt();
        if length.is_nan() || length <= 0.0 || (self.flat && along[2] >= 0.0) {
            return None;
        }
        if self.flat {
            let t = -from[2] / along[2];
            return (t >= 0.0 && t * length <= reach_m).then(|| at(t));
        }
        // Jump to the highest ground first, then walk in steps that are short near and longer far away.
        let [_, top] = self.range();
        let mut t0 = if along[2] < 0.0 {
            ((top + 1.0 - from[2]) / along[2]).max(0.0)
        } else {
            0.0
        };
        if above(t0) < 0.0 {
            return None;
        }
        while t0 * length < reach_m {
            let t1 = t0 + (4.0 + 0.01 * t0 * length) / length;
            if above(t1) <= 0.0 {
                let (mut a, mut b) = (t0, t1);
                for _ in 0..30 {
                    let m = 0.5 * (a + b);
                    if above(m) > 0.0 { a = m } else { b = m }
                }
                return Some(at(b));
            }
            if along[2] >= 0.0 && at(t1)[2] > top {
                return None;
            }
            t0 = t1;
        }
        None
    }

    /// Cuts a triangle along the grid; every piece (convex, counter-clockwise as given) lies on one facet of the ground.
    pub fn cut_triangle(&self, triangle: [[f64; 2]; 3], mut emit: impl FnMut(&[[f64; 2]])) {
        if self.flat {
            return emit(&triangle);
        }
        let b = Bbox::around(&triangle);
        let (i0, i1) = (Self::cell(&self.xs, b.min[0]), Self::cell(&self.xs, b.max[0]));
        let (j0, j1) = (Self::cell(&self.ys, b.min[1]), Self::cell(&self.ys, b.max[1]));
        let (mut strip, mut cell, mut half, mut scratch) = (vec![], vec![], vec![], vec![]);
        for i in i0..=i1 {
            strip.clear();
            strip.extend_from_slice(&triangle);
            // The outermost lines are not cut at: what lies beyond the grid stays in its last cell.
            if i > i0 {
                clip(&mut strip, &mut scratch, |p| p[0] - self.xs[i]);
            }
            if i < i1 {
                clip(&mut strip, &mut scratch, |p| self.xs[i + 1] - p[0]);
            }
            if strip.len() < 3 {
                continue;
            }
            for j in j0..=j1 {
                cell.clear();
                cell.extend_from_slice(&strip);
                if j > j0 {
                    clip(&mut cell, &mut scratch, |p| p[1] - self.ys[j]);
                }
                if j < j1 {
                    clip(&mut cell, &mut scratch, |p| self.ys[j + 1] - p[1]);
                }
                if cell.len() < 3 {
                    continue;
                }
                let slope = (self.ys[j + 1] - self.ys[j]) / (self.xs[i + 1] - self.xs[i]);
                let side = |p: &[f64; 2]| slope * (p[0] - self.xs[i]) - (p[1] - self.ys[j]);
                for sign in [1.0, -1.0] {
                    half.clear();
                    half.extend_from_slice(&cell);
                    clip(&mut half, &mut scratch, |p| sign * side(p));
                    if half.len() >= 3 {
                        emit(&half);
                    }
                }
            }
        }
    }

    /// The cell of the grid below a point; `None` on a plane, which has none, and in the outermost cells, which have no end.
    pub fn inner_cell(&self, p: [f64; 2]) -> Option<[usize; 2]> {
        let (i, j) = (Self::cell(&self.xs, p[0]), Self::cell(&self.ys, p[1]));
        let inside = i > 0 && j > 0 && i + 2 < self.xs.len() && j + 2 < self.ys.len();
        (inside && !self.flat).then_some([i, j])
    }

    /// All cells that a line crosses.
    pub fn cells_along(&self, line: &[[f64; 2]], out: &mut BTreeSet<[usize; 2]>) {
        let mut cut = vec![];
        self.cut_line(line, &mut cut);
        let middles = cut.windows(2).map(|s| [0, 1].map(|k| 0.5 * (s[0][k] + s[1][k])));
        out.extend(middles.filter_map(|p| self.inner_cell(p)));
    }

    /// The two facets of a cell, counter-clockwise.
    pub fn facets(&self, [i, j]: [usize; 2]) -> [[[f64; 2]; 3]; 2] {
        let at = |i: usize, j: usize| [self.xs[i], self.ys[j]];
        let (sw, ne) = (at(i, j), at(i + 1, j + 1));
        [[sw, at(i + 1, j), ne], [sw, ne, at(i, j + 1)]]
    }

    /// A line with extra vertices wherever it crosses an edge of the drawn surface.
    pub fn cut_line(&self, line: &[[f64; 2]], out: &mut Vec<[f64; 2]>) {
        out.clear();
        let Some(first) = line.first() else { return };
        out.push(*first);
        let mut cuts = vec![];
        for s in line.windows(2) {
            if !self.flat {
                self.crossings(s[0], s[1], &mut cuts);
                out.extend(cuts.iter().map(|t| [0, 1].map(|k| s[0][k] + t * (s[1][k] - s[0][k]))));
            }
            out.push(s[1]);
        }
    }

    fn crossings(&self, a: [f64; 2], b: [f64; 2], cuts: &mut Vec<f64>) {
        cuts.clear();
        for (lines, k) in [(&self.xs, 0), (&self.ys, 1)] {
            let (lo, hi) = (a[k].min(b[k]), a[k].max(b[k]));
            let start = lines.partition_point(|l| *l <= lo);
            cuts.extend(lines[start..].iter().take_while(|l| **l < hi).map(|l| (l - a[k]) / (b[k] - a[k])));
        }
        cuts.sort_by(f64::total_cmp);
        // Between two grid lines lies at most one crossing of the cell's diagonal.
        let mut bounds = vec![0.0];
        bounds.extend_from_slice(cuts);
        bounds.push(1.0);
        for w in bounds.windows(2) {
            let at = |t: f64| [0, 1].map(|k| a[k] + t * (b[k] - a[k]));
            let middle = at(0.5 * (w[0] + w[1]));
            let (i, j) = (Self::cell(&self.xs, middle[0]), Self::cell(&self.ys, middle[1]));
            let slope = (self.ys[j + 1] - self.ys[j]) / (self.xs[i + 1] - self.xs[i]);
            let side = |t: f64| slope * (at(t)[0] - self.xs[i]) - (at(t)[1] - self.ys[j]);
            let (s0, s1) = (side(w[0]), side(w[1]));
            if s0 * s1 < 0.0 {
                cuts.push(w[0] + (w[1] - w[0]) * s0 / (s0 - s1));
            }
        }
        cuts.sort_by(f64::total_cmp);
        cuts.retain(|t| *t > 1e-9 && *t < 1.0 - 1e-9);
        cuts.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
    }
}

fn gains(cell_m: f64, terrain: Option<&Raster>, focus: &Focus) -> bool {
    cell_m > COARSE_CELL_M && terrain.is_some_and(|t| 2.0 * focus.cell_m(t) <= cell_m)
}

/// Lines from one value to another, no further apart than `step`.
fn steps(min: f64, max: f64, step: f64) -> Vec<f64> {
    let n = ((max - min) / step).ceil().max(1.0) as usize;
    let own = (max - min) / n as f64;
    (0..=n).map(|k| min + k as f64 * own).collect()
}

/// Gives every unknown height that of the nearest known one, ring by ring around the known; 0 where none is known at all.
fn fill(heights: &mut [f32], wide: usize) {
    let mut edge: Vec<usize> = (0..heights.len()).filter(|k| heights[*k].is_finite()).collect();
    if edge.is_empty() {
        return heights.fill(0.0);
    }
    while !edge.is_empty() {
        let mut next = vec![];
        for k in edge {
            let (column, last) = (k % wide, wide - 1);
            let beside = [
                k.checked_sub(wide),
                Some(k + wide).filter(|n| *n < heights.len()),
                (column > 0).then(|| k - 1),
                (column < last).then_some(k + 1),
            ];
            for n in beside.into_iter().flatten() {
                if !heights[n].is_finite() {
                    heights[n] = heights[k];
                    next.push(n);
                }
            }
        }
        edge = next;
    }
}

/// Sutherland–Hodgman: keeps the part where `side` is not negative.
fn clip(polygon: &mut Vec<[f64; 2]>, scratch: &mut Vec<[f64; 2]>, side: impl Fn(&[f64; 2]) -> f64) {
    scratch.clear();
    for k in 0..polygon.len() {
        let (a, b) = (polygon[k], polygon[(k + 1) % polygon.len()]);
        let (da, db) = (side(&a), side(&b));
        if da >= 0.0 {
            scratch.push(a);
        }
        if (da > 0.0 && db < 0.0) || (da < 0.0 && db > 0.0) {
            let t = da / (da - db);
            scratch.push([0, 1].map(|k| a[k] + t * (b[k] - a[k])));
        }
    }
    std::mem::swap(polygon, scratch);
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn hill() -> Ground {
        let xs: Vec<f64> = (0..=10).map(|k| f64::from(k) * 10.0).collect();
        let heights = (0..121).map(|k| ((k % 11) as f32 * 1.7).sin() * 8.0 + (k / 11) as f32).collect();
        Ground {
            ys: xs.clone(),
            xs,
            heights,
            holes: vec![false; 121],
            city: Bbox::new([0.0, 0.0], [100.0, 100.0]),
            flat: false,
            focus: None,
            cell_m: 10.0,
        }
    }

    fn area(p: &[[f64; 2]]) -> f64 {
        (0..p.len())
            .map(|k| (p[k], p[(k + 1) % p.len()]))
            .map(|(a, b)| 0.5 * (a[0] * b[1] - b[0] * a[1]))
            .sum()
    }

    #[test]
    fn pieces_tile_the_triangle_and_lie_on_the_surface() {
        let g = hill();
        let triangle = [[3.0, 4.0], [87.0, 13.0], [41.0, 95.0]];
        let (mut total, mut worst) = (0.0, 0.0f64);
        g.cut_triangle(triangle, |p| {
            total += area(p);
            let n = p.len() as f64;
            let c = [0, 1].map(|k| p.iter().map(|q| q[k]).sum::<f64>() / n);
            let mean = p.iter().map(|q| g.height(*q)).sum::<f64>() / n;
            worst = worst.max((mean - g.height(c)).abs());
        });
        assert!((total - area(&triangle)).abs() < 1e-6);
        assert!(worst < 1e-9, "{worst}");
    }

    #[test]
    fn a_cut_line_never_leaves_the_surface() {
        let g = hill();
        let mut out = vec![];
        g.cut_line(&[[2.0, 3.0], [97.0, 58.0], [11.0, 91.0]], &mut out);
        for s in out.windows(2) {
            let m = [0, 1].map(|k| 0.5 * (s[0][k] + s[1][k]));
            assert!((0.5 * (g.height(s[0]) + g.height(s[1])) - g.height(m)).abs() < 1e-9);
        }
        assert!(out.len() > 20);
    }

    #[test]
    fn a_focus_follows_in_steps_and_grows_with_the_distance() {
        let near = Focus::following(None, [10_010.0, 5_020.0], 300.0);
        assert_eq!(near.reach_m, 512.0);
        // Back and forth over the border between two steps changes nothing, and neither does a look a little nearer.
        for (p, d) in [
            ([10_060.0, 4_990.0], 280.0),
            ([10_010.0, 5_130.0], 440.0),
            ([9_990.0, 4_950.0], 180.0),
        ] {
            assert_eq!(Focus::following(Some(near), p, d), near, "{p:?}");
        }
        assert_ne!(Focus::following(Some(near), [10_700.0, 5_020.0], 300.0), near);
        assert_eq!(Focus::following(Some(near), [10_010.0, 5_020.0], 1000.0).reach_m, 2048.0);
    }

    #[test]
    fn a_hole_takes_the_height_beside_it() {
        let mut h = vec![f32::NAN; 12];
        (h[0], h[11]) = (5.0, 9.0);
        fill(&mut h, 4);
        assert!(h.iter().all(|v| *v == 5.0 || *v == 9.0) && h[1] == 5.0 && h[10] == 9.0, "{h:?}");
        let mut none = vec![f32::NAN; 4];
        fill(&mut none, 2);
        assert_eq!(none, [0.0; 4]);
    }

    #[test]
    fn a_ray_lands_on_the_surface() {
        let g = hill();
        let p = g.meet([50.0, -80.0, 60.0], [0.0, 1.0, -0.5], 1e4).unwrap();
        assert!((p[2] - g.height([p[0], p[1]])).abs() < 1e-4);
        assert!(g.meet([50.0, -80.0, 60.0], [0.0, 1.0, 0.5], 1e4).is_none());
    }
}
