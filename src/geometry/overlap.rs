//! Area of the intersection of two polygon features, without building it: a sweep over horizontal slabs.
//!
//! Between two neighbouring vertex heights (and edge crossings) both features are rows of trapezoids, whose common width is a sum over
//! sorted intervals. No topology is built, so nothing can fail, and a small shift of the input shifts the result a little.

use super::{
    area::area_m2,
    rings::{segments, whole_metres},
};
use crate::model::{Geometries, GeometriesBuilder, GeometryKind};

/// A non-horizontal edge, going up: `x(y) = x + slope · (y − bottom)`.
#[derive(Debug, Clone, Copy)]
struct Edge {
    bottom: f64,
    top: f64,
    x: f64,
    slope: f64,
}

impl Edge {
    fn at(&self, y: f64) -> f64 {
        self.x + self.slope * (y - self.bottom)
    }
}

/// A polygon feature whose edges are binned by height.
#[derive(Debug, Clone)]
pub struct PreparedArea {
    /// Subtracted from all coordinates below.
    origin: [f64; 2],
    min: [f64; 2],
    max: [f64; 2],
    area_m2: f64,
    edges: Vec<Edge>,
    /// The lowest bin of every edge.
    first_bin: Vec<u16>,
    /// Edges of bin `k` are `bin_edges[bin_starts[k]..bin_starts[k + 1]]`.
    bin_starts: Vec<u32>,
    bin_edges: Vec<u32>,
    bins_per_m: f64,
}

impl PreparedArea {
    /// Prepares a polygon feature. Points, lines and features with a coordinate that is not finite have no area.
    pub fn new(g: &Geometries, row: usize) -> Self {
        let bbox = g.bbox(row);
        let origin = whole_metres(bbox.center());
        let local = |p: [f64; 2]| [p[0] - origin[0], p[1] - origin[1]];
        let mut edges = Vec::new();
        // A box of no height or width holds no area; a comparison with NaN is false.
        if g.kind() == GeometryKind::Polygon && bbox.width_m() * bbox.height_m() > 0.0 {
            edges.reserve(g.vertex_count(row));
            for (a, b) in g.rings(row).flat_map(segments) {
                let (low, high) = if a[1] < b[1] { (local(a), local(b)) } else { (local(b), local(a)) };
                let slope = (high[0] - low[0]) / (high[1] - low[1]);
                if high[1] > low[1] && slope.is_finite() {
                    edges.push(Edge {
                        bottom: low[1],
                        top: high[1],
                        x: low[0],
                        slope,
                    });
                }
            }
            edges.sort_unstable_by(|a, b| a.bottom.total_cmp(&b.bottom));
        }
        let bins = (edges.len() / 6).clamp(1, 1024);
        let mut prepared = Self {
            origin,
            min: local(bbox.min),
            max: local(bbox.max),
            area_m2: if edges.is_empty() { 0.0 } else { area_m2(g, row) },
            edges,
            first_bin: vec![],
            bin_starts: vec![0; bins + 1],
            bin_edges: vec![],
            bins_per_m: bins as f64 / bbox.height_m(),
        };
        prepared.fill_bins();
        prepared
    }

    /// Area of the feature in square metres.
    pub fn area_m2(&self) -> f64 {
        self.area_m2
    }

    fn bin(&self, y: f64) -> usize {
        (((y - self.min[1]) * self.bins_per_m) as usize).min(self.bin_starts.len() - 2)
    }

    fn fill_bins(&mut self) {
        let spans: Vec<(usize, usize)> = self.edges.iter().map(|e| (self.bin(e.bottom), self.bin(e.top))).collect();
        for &(first, last) in &spans {
            for bin in first..=last {
                self.bin_starts[bin + 1] += 1;
            }
        }
        for bin in 1..self.bin_starts.len() {
            self.bin_starts[bin] += self.bin_starts[bin - 1];
        }
        let mut next = self.bin_starts.clone();
        self.bin_edges = vec![0; self.bin_starts.last().copied().unwrap_or(0) as usize];
        for (edge, &(first, last)) in spans.iter().enumerate() {
            for slot in &mut next[first..=last] {
                self.bin_edges[*slot as usize] = edge as u32;
                *slot += 1;
            }
        }
        self.first_bin = spans.iter().map(|s| s.0 as u16).collect();
    }
}

/// The part of the plane two boxes share, in the coordinates of the first feature.
#[derive(Debug, Clone, Copy)]
struct Window {
    min: [f64; 2],
    max: [f64; 2],
}

/// The edges of one feature that matter in a window.
#[derive(Debug, Default)]
struct Side {
    /// Edges that reach into the window, by ascending bottom.
    edges: Vec<Edge>,
    /// Heights at which the parity at the western edge of the window flips, because of edges wholly west of it.
    flips: Vec<f64>,
    /// How many of `edges` and `flips` the sweep has passed.
    passed: usize,
    flipped: usize,
    /// Edges that cross the current slab, and their x at its bottom and top.
    active: Vec<Edge>,
    x_bottom: Vec<f64>,
    x_top: Vec<f64>,
    /// Sorted x of all boundaries at the middle of the current trapezoid row.
    cuts: Vec<f64>,
}

impl Side {
    /// Picks the edges of `area`, moved by `shift`, for `window`.
    fn pick(&mut self, area: &PreparedArea, shift: [f64; 2], window: &Window) {
        self.edges.clear();
        self.flips.clear();
        self.active.clear();
        (self.passed, self.flipped) = (0, 0);
        let (low, high) = (window.min[1], window.max[1]);
        let (first, last) = (area.bin(low - shift[1]), area.bin(high - shift[1]));
        for bin in first..=last {
            for &index in &area.bin_edges[area.bin_starts[bin] as usize..area.bin_starts[bin + 1] as usize] {
                // An edge in several bins is taken in the first of them that is looked at.
                if (area.first_bin[index as usize] as usize).max(first) != bin {
                    continue;
                }
                let e = area.edges[index as usize];
                let e = Edge {
                    bottom: e.bottom + shift[1],
                    top: e.top + shift[1],
                    x: e.x + shift[0],
                    slope: e.slope,
                };
                if e.bottom >= high || e.top <= low {
                    continue;
                }
                let x_top = e.at(e.top);
                // Strictly, here and below: the feature that sets the window must keep the edges on its border.
                if e.x.min(x_top) > window.max[0] {
                    continue;
                }
                if e.x.max(x_top) < window.min[0] {
                    self.flips.push(e.bottom.max(low));
                    self.flips.push(e.top.min(high));
                    continue;
                }
                self.edges.push(e);
            }
        }
        self.edges.sort_unstable_by(|a, b| a.bottom.total_cmp(&b.bottom));
        self.cancel_flips();
    }

    /// Two flips at one height are none: chains of edges west of the window collapse to their ends.
    fn cancel_flips(&mut self) {
        self.flips.sort_unstable_by(f64::total_cmp);
        let mut kept = 0;
        for k in 0..self.flips.len() {
            if kept > 0 && self.flips[kept - 1] == self.flips[k] {
                kept -= 1;
            } else {
                self.flips[kept] = self.flips[k];
                kept += 1;
            }
        }
        self.flips.truncate(kept);
    }

    /// Moves the active edges on to the slab that begins at `y`; false when the feature has nothing in it.
    fn advance(&mut self, y: f64) -> bool {
        self.active.retain(|e| e.top > y);
        while let Some(e) = self.edges.get(self.passed).filter(|e| e.bottom <= y) {
            if e.top > y {
                self.active.push(*e);
            }
            self.passed += 1;
        }
        while self.flips.get(self.flipped).is_some_and(|f| *f <= y) {
            self.flipped += 1;
        }
        !self.active.is_empty() || self.flipped % 2 == 1
    }

    fn measure_slab(&mut self, bottom: f64, top: f64) {
        self.x_bottom.clear();
        self.x_top.clear();
        self.x_bottom.extend(self.active.iter().map(|e| e.at(bottom)));
        self.x_top.extend(self.active.iter().map(|e| e.at(top)));
    }

    /// Fills `cuts` at the relative height `t` of the slab.
    fn cut(&mut self, t: f64, window: &Window) {
        self.cuts.clear();
        if self.flipped % 2 == 1 {
            self.cuts.push(window.min[0]);
        }
        self.cuts
            .extend(self.x_bottom.iter().zip(&self.x_top).map(|(b, top)| b + t * (top - b)));
        sort_short(&mut self.cuts);
        // An edge east of the window may be missing: the last interval ends at the window.
        if self.cuts.len() % 2 == 1 {
            self.cuts.push(window.max[0]);
        }
    }
}

/// Buffers for [`overlap_area_m2`]; one a thread.
#[derive(Debug, Default)]
pub struct Scratch {
    a: Side,
    b: Side,
    heights: Vec<f64>,
    crossings: Vec<f64>,
    /// Also split slabs where `a` crosses itself, which valid features do not.
    invalid: bool,
}

/// Area of a feature whose rings may cross each other and themselves, by the even-odd rule. Quadratic in the edges of a slab.
pub(super) fn even_odd_area_m2(g: &Geometries, row: usize) -> f64 {
    let bbox = g.bbox(row);
    let mut frame = GeometriesBuilder::new(GeometryKind::Polygon);
    let [west, south, east, north] = [bbox.min[0] - 1.0, bbox.min[1] - 1.0, bbox.max[0] + 1.0, bbox.max[1] + 1.0];
    frame
        .ring([[west, south], [east, south], [east, north], [west, north], [west, south]])
        .end_part()
        .end_feature();
    let mut scratch = Scratch {
        invalid: true,
        ..Scratch::default()
    };
    let frame = PreparedArea::new(&frame.finish(), 0);
    let feature = PreparedArea::new(g, row);
    overlap_area_m2(&feature, &frame, &mut scratch)
}

/// Area in square metres that two polygon features share.
pub fn overlap_area_m2(a: &PreparedArea, b: &PreparedArea, scratch: &mut Scratch) -> f64 {
    if a.edges.is_empty() || b.edges.is_empty() {
        return 0.0;
    }
    let shift = [b.origin[0] - a.origin[0], b.origin[1] - a.origin[1]];
    let b_box = Window {
        min: [b.min[0] + shift[0], b.min[1] + shift[1]],
        max: [b.max[0] + shift[0], b.max[1] + shift[1]],
    };
    let window = Window {
        min: [a.min[0].max(b_box.min[0]), a.min[1].max(b_box.min[1])],
        max: [a.max[0].min(b_box.max[0]), a.max[1].min(b_box.max[1])],
    };
    // Comparisons with NaN are false: such a pair shares nothing.
    if !(window.min[0] < window.max[0] && window.min[1] < window.max[1]) {
        return 0.0;
    }
    scratch.b.pick(b, shift, &window);
    if scratch.b.edges.is_empty() {
        match scratch.b.flips[..] {
            [] => return 0.0,
            // No edge of `b` reaches the box of `a`, and its western border lies inside `b`.
            [low, high]
                if !scratch.invalid && low == window.min[1] && high == window.max[1] && window.min == a.min && window.max == a.max =>
            {
                return a.area_m2;
            }
            _ => {}
        }
    }
    scratch.a.pick(a, [0.0; 2], &window);
    let area_m2 = scratch.sweep(&window);
    if area_m2.is_finite() { area_m2.max(0.0) } else { 0.0 }
}

impl Scratch {
    fn sweep(&mut self, window: &Window) -> f64 {
        let (low, high) = (window.min[1], window.max[1]);
        self.heights.clear();
        self.heights.extend([low, high]);
        for side in [&self.a, &self.b] {
            self.heights.extend_from_slice(&side.flips);
            self.heights
                .extend(side.edges.iter().flat_map(|e| [e.bottom, e.top]).filter(|y| *y > low && *y < high));
        }
        self.heights.sort_unstable_by(f64::total_cmp);
        self.heights.dedup();
        let mut area_m2 = 0.0;
        for k in 1..self.heights.len() {
            let (bottom, top) = (self.heights[k - 1], self.heights[k]);
            let (in_a, in_b) = (self.a.advance(bottom), self.b.advance(bottom));
            if in_a && in_b {
                self.a.measure_slab(bottom, top);
                self.b.measure_slab(bottom, top);
                area_m2 += (top - bottom) * self.mean_common_width(window);
            }
        }
        area_m2
    }

    /// Mean over the height of the slab of the width both features cover.
    fn mean_common_width(&mut self, window: &Window) -> f64 {
        let (a, b) = (&mut self.a, &mut self.b);
        self.crossings.clear();
        for (a_bottom, a_top) in a.x_bottom.iter().zip(&a.x_top) {
            for (b_bottom, b_top) in b.x_bottom.iter().zip(&b.x_top) {
                let (below, above) = (a_bottom - b_bottom, a_top - b_top);
                // Strictly: edges that meet at the border of the slab, or run together, do not split it.
                if below * above < 0.0 {
                    self.crossings.push(below / (below - above));
                }
            }
        }
        if self.invalid {
            let ends: Vec<(f64, f64)> = a.x_bottom.iter().copied().zip(a.x_top.iter().copied()).collect();
            for (k, first) in ends.iter().enumerate() {
                for second in &ends[k + 1..] {
                    let (below, above) = (first.0 - second.0, first.1 - second.1);
                    if below * above < 0.0 {
                        self.crossings.push(below / (below - above));
                    }
                }
            }
        }
        sort_short(&mut self.crossings);
        self.crossings.push(1.0);
        let (mut from, mut mean) = (0.0, 0.0);
        for &to in &self.crossings {
            if to > from {
                let middle = 0.5 * (from + to);
                a.cut(middle, window);
                b.cut(middle, window);
                mean += (to - from) * common_width(&a.cuts, &b.cuts);
                from = to;
            }
        }
        mean
    }
}

/// Insertion sort: a slab holds a handful of values, mostly in order.
fn sort_short(values: &mut [f64]) {
    if values.len() > 32 {
        values.sort_unstable_by(f64::total_cmp);
        return;
    }
    for i in 1..values.len() {
        let value = values[i];
        let mut at = i;
        while at > 0 && values[at - 1] > value {
            values[at] = values[at - 1];
            at -= 1;
        }
        values[at] = value;
    }
}

/// Length shared by two sorted lists of intervals `[start, end, start, end, …]`.
fn common_width(a: &[f64], b: &[f64]) -> f64 {
    let (mut i, mut j, mut width) = (0, 0, 0.0);
    while i + 1 < a.len() && j + 1 < b.len() {
        let (low, high) = (a[i].max(b[j]), a[i + 1].min(b[j + 1]));
        if high > low {
            width += high - low;
        }
        if a[i + 1] < b[j + 1] {
            i += 2;
        } else {
            j += 2;
        }
    }
    width
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{multi_polygon, testing::*};
    use geo::{Area, BooleanOps};
    use proptest::prelude::*;

    fn overlap(a: &Geometries, b: &Geometries) -> f64 {
        overlap_area_m2(&PreparedArea::new(a, 0), &PreparedArea::new(b, 0), &mut Scratch::default())
    }

    #[test]
    fn known_shapes() {
        let a = polygon(&[vec![square(0.0, 0.0, 10.0), square(4.0, 4.0, 2.0)], vec![square(20.0, 0.0, 5.0)]]);
        assert_eq!(overlap(&a, &a), 100.0 - 4.0 + 25.0);
        assert_eq!(overlap(&a, &polygon(&[vec![square(5.0, 5.0, 100.0)]])), 24.0);
        assert_eq!(overlap(&a, &polygon(&[vec![square(-1.0, -1.0, 100.0)]])), 121.0);
        assert_eq!(overlap(&a, &polygon(&[vec![square(4.5, 4.5, 1.0)]])), 0.0);
        assert_eq!(overlap(&a, &polygon(&[vec![square(10.0, 0.0, 10.0)]])), 0.0);
        let triangle = vec![[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [0.0, 0.0]];
        assert!((overlap(&a, &polygon(&[vec![triangle]])) - 48.0).abs() < 1e-12);
    }

    #[test]
    fn a_strip_of_one_centimetre_is_right_at_any_extent() {
        for extent_m in [1e2, 1e3, 1e4, 1e5, 1e6] {
            let (x, y) = (400_000.0, 5_600_000.0);
            let west = polygon(&[vec![rectangle([x, y], [x + extent_m, y + extent_m])]]);
            let east = polygon(&[vec![rectangle([x + extent_m - 0.01, y - 7.0], [x + 2.0 * extent_m, y + extent_m])]]);
            let want = 0.01 * extent_m;
            assert!((overlap(&west, &east) / want - 1.0).abs() < 1e-3, "{extent_m}");
            assert!((overlap(&east, &west) / want - 1.0).abs() < 1e-3, "{extent_m}");
        }
    }

    #[test]
    fn many_edges_in_one_slab_stay_affordable() {
        let comb = |upright: bool| {
            let teeth = 700;
            let mut ring: Ring = vec![[0.0, -1.0]];
            for k in 0..teeth {
                let x = f64::from(k);
                ring.extend([[x, 0.0], [x, f64::from(teeth)], [x + 0.5, f64::from(teeth)], [x + 0.5, 0.0]]);
            }
            ring.extend([[f64::from(teeth), 0.0], [f64::from(teeth), -1.0], [0.0, -1.0]]);
            if !upright {
                ring.iter_mut().for_each(|p| p.swap(0, 1));
            }
            polygon(&[vec![ring]])
        };
        let started = std::time::Instant::now();
        let area = overlap(&comb(true), &comb(false));
        assert!((area - (0.25 * 700.0 * 700.0)).abs() < 1.0, "{area}");
        assert!(started.elapsed().as_secs() < 5);
    }

    proptest! {
        #[test]
        fn agrees_with_geo_and_is_symmetric(a in stars(), b in stars()) {
            let area = overlap(&a, &b);
            let larger = area_m2(&a, 0).max(area_m2(&b, 0));
            let local = |g: &Geometries| {
                use geo::Translate;
                multi_polygon(g, 0).translate(-400_000.0, -5_600_000.0)
            };
            let reference = local(&a).intersection(&local(&b)).unsigned_area();
            prop_assert!((area - reference).abs() < 1e-6 * larger, "{} {}", area, reference);
            prop_assert!((area - overlap(&b, &a)).abs() < 1e-9 * larger);
            prop_assert!((overlap(&a, &a) - area_m2(&a, 0)).abs() < 1e-9 * larger);
        }

        #[test]
        fn parts_of_a_cut_sum_up(a in stars(), x in 0.0..500.0f64) {
            let x = 400_000.0 + x;
            let west = polygon(&[vec![rectangle([x - 1e4, 5_590_000.0], [x, 5_610_000.0])]]);
            let east = polygon(&[vec![rectangle([x, 5_590_000.0], [x + 1e4, 5_610_000.0])]]);
            let sum = overlap(&a, &west) + overlap(&a, &east);
            prop_assert!((sum - area_m2(&a, 0)).abs() < 1e-6, "{}", sum);
        }

        #[test]
        fn wild_rings_never_panic(a in wild_polygon(), b in wild_polygon()) {
            let area = overlap(&a, &b);
            prop_assert!(area.is_finite() && area >= 0.0);
        }
    }
}
