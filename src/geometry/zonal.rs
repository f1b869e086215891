//! Zonal statistics with exact cell coverage.
//!
//! Every edge adds to a grid the signed area between itself and the eastern border of its rows, as font rasterisers do; running sums along
//! a row are then the covered fractions. The cost is edges × cells crossed + cells of the box.

use super::{area::area_m2, rings::segments, rings::signed_area_m2};
use crate::model::{Geometries, GeometryKind, Raster};

/// Coverage below this fraction of a cell is rounding.
const FRACTION_EPS: f64 = 1e-12;

/// Cells looked at in one band of rows; bounds the memory of features that cover a whole raster.
const BAND_CELLS: usize = 1 << 20;

/// What a raster says under a feature.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Zonal {
    /// Area of the feature over cells with data. Zero for points.
    pub covered_m2: f64,
    /// Area of the feature over cells without data or outside the raster.
    pub no_data_m2: f64,
    /// Mean of the values, weighted by covered area (points: each counts once). `None` without data.
    pub mean: Option<f64>,
    /// Largest value of any covered cell. `None` without data.
    pub max: Option<f64>,
    /// Value and weight of every covered cell.
    cells: Vec<(f32, f64)>,
    weight: f64,
}

impl Zonal {
    fn add(&mut self, value: f32, weight: f64) {
        self.cells.push((value, weight));
        self.weight += weight;
    }

    fn finish(mut self) -> Self {
        if self.weight > 0.0 {
            let sum: f64 = self.cells.iter().map(|(v, w)| f64::from(*v) * w).sum();
            self.mean = Some(sum / self.weight);
            self.max = self.cells.iter().map(|(v, _)| f64::from(*v)).reduce(f64::max);
        }
        self
    }

    /// Share (0 to 1) of the covered area whose value is above `threshold`, or at it where `or_equal`. `None` without data.
    pub fn share_above(&self, threshold: f64, or_equal: bool) -> Option<f64> {
        let above = |v: f32| f64::from(v) > threshold || (or_equal && f64::from(v) == threshold);
        let sum: f64 = self.cells.iter().filter(|(v, _)| above(*v)).map(|(_, w)| w).sum();
        (self.weight > 0.0).then(|| sum / self.weight)
    }
}

/// Statistics of the cells under a polygon (by area) or at points. Lines cover no area and give nothing.
pub fn zonal(r: &Raster, g: &Geometries, row: usize) -> Zonal {
    let mut out = Zonal::default();
    match g.kind() {
        GeometryKind::Line => {}
        GeometryKind::Point => {
            for p in g.rings(row).flatten() {
                if let Some(value) = r.value_at(*p) {
                    out.add(value as f32, 1.0);
                }
            }
        }
        GeometryKind::Polygon => {
            let outside_m2 = cell_coverage(r, g, row, &mut CoverageScratch::default(), |cell, covered_m2| {
                let value = r.values[cell];
                if value.is_nan() {
                    out.no_data_m2 += covered_m2;
                } else {
                    out.covered_m2 += covered_m2;
                    out.add(value, covered_m2);
                }
            });
            out.no_data_m2 += outside_m2;
        }
    }
    out.finish()
}

/// Buffer for [`cell_coverage`]; one a thread.
#[derive(Debug, Default)]
pub struct CoverageScratch {
    sums: Vec<f64>,
}

/// Calls `visit` with the index in [`Raster::values`] and the covered area in square metres of every cell a polygon feature touches,
/// from the north-west row by row. Returns the area of the feature outside the raster in square metres.
pub fn cell_coverage(r: &Raster, g: &Geometries, row: usize, scratch: &mut CoverageScratch, mut visit: impl FnMut(usize, f64)) -> f64 {
    let total_m2 = area_m2(g, row);
    let cell_m2 = r.cell_m[0] * r.cell_m[1];
    let bbox = g.bbox(row);
    if g.kind() != GeometryKind::Polygon || bbox.is_empty() || !total_m2.is_finite() {
        return 0.0;
    }
    if !(r.cell_m[0] > 0.0 && r.cell_m[1] > 0.0) || r.values.len() < r.width.saturating_mul(r.height) {
        return total_m2;
    }
    let column = |x: f64| (x - r.origin[0]) / r.cell_m[0];
    let line = |y: f64| (r.origin[1] - y) / r.cell_m[1];
    // `as usize` saturates: what lies west or north of the raster becomes 0.
    let columns = (column(bbox.min[0]).floor() as usize)..(column(bbox.max[0]).ceil() as usize).min(r.width);
    let lines = (line(bbox.max[1]).floor() as usize)..(line(bbox.min[1]).ceil() as usize).min(r.height);
    if columns.is_empty() || lines.is_empty() {
        return total_m2;
    }
    let band_lines = (BAND_CELLS / columns.len()).max(1);
    let mut inside_m2 = 0.0;
    for first in lines.clone().step_by(band_lines) {
        let mut band = Band {
            width: columns.len(),
            height: band_lines.min(lines.end - first),
            sums: &mut scratch.sums,
        };
        band.clear();
        for part in g.parts(row) {
            for (k, ring) in part.rings().enumerate() {
                // Exteriors add and holes take away, whatever their orientation.
                let sign = if (signed_area_m2(ring) > 0.0) == (k == 0) { 1.0 } else { -1.0 };
                let local = |p: [f64; 2]| [column(p[0]) - columns.start as f64, line(p[1]) - first as f64];
                for (a, b) in segments(ring) {
                    band.edge(local(a), local(b), sign);
                }
            }
        }
        for (y, sums) in band.sums.chunks_exact(band.width + 2).enumerate() {
            let mut fraction = 0.0;
            for (x, sum) in sums[..band.width].iter().enumerate() {
                fraction += sum;
                if fraction > FRACTION_EPS {
                    let covered_m2 = fraction * cell_m2;
                    inside_m2 += covered_m2;
                    visit((first + y) * r.width + columns.start + x, covered_m2);
                }
            }
        }
    }
    let outside_m2 = total_m2 - inside_m2;
    // What is left of a feature wholly inside is rounding.
    if outside_m2 > 1e-9 * total_m2 { outside_m2 } else { 0.0 }
}

/// Rows of the accumulation grid, two columns wider than the cells so that the last cells need no special case.
struct Band<'a> {
    width: usize,
    height: usize,
    sums: &'a mut Vec<f64>,
}

impl Band<'_> {
    fn clear(&mut self) {
        self.sums.clear();
        self.sums.resize((self.width + 2) * self.height, 0.0);
    }

    /// Adds an edge in cell units: x east from the first column, y south from the first row.
    fn edge(&mut self, a: [f64; 2], b: [f64; 2], sign: f64) {
        // Walking south adds: with y pointing down, a counter-clockwise exterior goes down on its western side.
        let (top, bottom, sign) = if a[1] < b[1] { (a, b, sign) } else { (b, a, -sign) };
        let slope = (bottom[0] - top[0]) / (bottom[1] - top[1]);
        if !slope.is_finite() {
            return; // horizontal
        }
        let at = |y: f64| top[0] + slope * (y - top[1]);
        let (y0, y1) = (top[1].max(0.0), bottom[1].min(self.height as f64));
        if y0 >= y1 {
            return;
        }
        // Split where the edge passes the western and the eastern border: beyond them it acts as if it ran along the border.
        let east = self.width as f64;
        let mut cuts = [y0, y0, y0, y1];
        if slope != 0.0 {
            let mut borders = [0.0, east].map(|x| (top[1] + (x - top[0]) / slope).clamp(y0, y1));
            if borders[0] > borders[1] {
                borders.swap(0, 1);
            }
            cuts[1..3].copy_from_slice(&borders);
        }
        for piece in cuts.windows(2).filter(|p| p[0] < p[1]) {
            self.piece(
                [at(piece[0]).clamp(0.0, east), piece[0]],
                [at(piece[1]).clamp(0.0, east), piece[1]],
                sign,
            );
        }
    }

    /// Adds a piece that lies inside the band, going south.
    fn piece(&mut self, from: [f64; 2], to: [f64; 2], sign: f64) {
        let slope = (to[0] - from[0]) / (to[1] - from[1]);
        let mut x = from[0];
        for y in (from[1] as usize)..(to[1].ceil() as usize).min(self.height) {
            let below = ((y + 1) as f64).min(to[1]);
            let next = if below == to[1] {
                to[0]
            } else {
                from[0] + slope * (below - from[1])
            };
            let height = below - (y as f64).max(from[1]);
            let start = y * (self.width + 2);
            add_row(
                &mut self.sums[start..start + self.width + 2],
                x.min(next),
                x.max(next),
                sign * height,
            );
            x = next;
        }
    }
}

/// Adds an edge that crosses one row between `x0 ≤ x1` and spans `height` of it: each cell gets the change of the covered fraction.
fn add_row(sums: &mut [f64], x0: f64, x1: f64, height: f64) {
    let (first, end) = (x0 as usize, x1.ceil() as usize);
    if end <= first + 1 {
        // Within one cell: the part of the cell east of the middle of the edge is covered.
        let west = 0.5 * (x0 + x1) - first as f64;
        sums[first] += height * (1.0 - west);
        sums[first + 1] += height * west;
        return;
    }
    // Over several cells: the covered fraction of a cell is the integral of how much of the edge has been passed.
    let per_cell = 1.0 / (x1 - x0);
    let passed = |x: f64| {
        // Integral from x0 to x of (t − x0) / (x1 − x0); beyond x1 the edge is passed as a whole.
        if x >= x1 {
            0.5 * (x1 - x0) + (x - x1)
        } else {
            0.5 * per_cell * (x - x0) * (x - x0)
        }
    };
    let (mut before, mut fraction_before) = (0.0, 0.0);
    for (cell, sum) in sums.iter_mut().enumerate().take(end).skip(first) {
        let area = passed((cell + 1) as f64);
        let fraction = area - before;
        *sum += height * (fraction - fraction_before);
        (before, fraction_before) = (area, fraction);
    }
    sums[end] += height * (1.0 - fraction_before);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{PreparedArea, Scratch, overlap_area_m2, testing::*};
    use proptest::prelude::*;

    fn raster(width: usize, height: usize, cell_m: [f64; 2], values: Vec<f32>) -> Raster {
        Raster {
            width,
            height,
            origin: [400_000.0, 5_600_200.0],
            cell_m,
            values,
            provenance: vec![],
        }
    }

    #[test]
    fn cells_count_by_their_covered_area() {
        let r = raster(2, 2, [10.0, 20.0], vec![1.0, 2.0, 3.0, f32::NAN]);
        // A quarter of every cell, and as much again outside in the east.
        let g = polygon(&[vec![rectangle([400_005.0, 5_600_170.0], [400_025.0, 5_600_190.0])]]);
        let z = zonal(&r, &g, 0);
        assert!((z.covered_m2 - (50.0 + 100.0 + 50.0)).abs() < 1e-9, "{z:?}");
        assert!((z.no_data_m2 - (100.0 + 100.0)).abs() < 1e-9, "{z:?}");
        assert!((z.mean.unwrap() - (50.0 * 1.0 + 100.0 * 2.0 + 50.0 * 3.0) / 200.0).abs() < 1e-12);
        assert_eq!(z.max, Some(3.0));
        assert!((z.share_above(2.0, false).unwrap() - 0.25).abs() < 1e-12);
        assert!((z.share_above(2.0, true).unwrap() - 0.75).abs() < 1e-12);
    }

    #[test]
    fn outside_the_raster_everything_is_unknown() {
        let r = raster(1, 1, [10.0, 10.0], vec![1.0]);
        let z = zonal(&r, &polygon(&[vec![square(0.0, 0.0, 3.0)]]), 0);
        assert_eq!(
            (z.covered_m2, z.no_data_m2, z.mean, z.share_above(0.0, true)),
            (0.0, 9.0, None, None)
        );
        let points = feature(GeometryKind::Point, &[vec![[400_001.0, 5_600_199.0]], vec![[0.0, 0.0]]]);
        assert_eq!(zonal(&r, &points, 0).mean, Some(1.0));
    }

    #[test]
    fn a_feature_over_a_large_raster_is_measured_in_bands() {
        let (width, height) = (2000, 1500);
        let values = (0..width * height).map(|k| (k / width) as f32).collect();
        let r = raster(width, height, [1.0, 2.0], values);
        let g = polygon(&[vec![rectangle([399_000.0, 5_590_000.0], [410_000.0, 5_601_000.0])]]);
        let z = zonal(&r, &g, 0);
        assert!((z.covered_m2 - 6e6).abs() < 1e-3);
        assert!((z.mean.unwrap() - 749.5).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn every_cell_is_covered_as_the_area_kernel_says(
            g in stars(), cell in [7.0..60.0f64, 7.0..60.0f64], width in 1usize..12, height in 1usize..12, flip in any::<bool>()
        ) {
            let g = if flip {
                polygon(&g.parts(0).map(|p| p.rings().map(|r| r.iter().rev().copied().collect()).collect()).collect::<Vec<_>>())
            } else {
                g
            };
            let r = raster(width, height, cell, vec![0.0; width * height]);
            let mut covered = vec![0.0; width * height];
            let outside = cell_coverage(&r, &g, 0, &mut CoverageScratch::default(), |k, m2| covered[k] += m2);
            let area = PreparedArea::new(&g, 0);
            for (k, m2) in covered.iter().enumerate() {
                let (x, y) = (r.origin[0] + (k % width) as f64 * cell[0], r.origin[1] - (k / width) as f64 * cell[1]);
                let one = polygon(&[vec![rectangle([x, y - cell[1]], [x + cell[0], y])]]);
                let want = overlap_area_m2(&area, &PreparedArea::new(&one, 0), &mut Scratch::default());
                prop_assert!((m2 - want).abs() < 1e-5, "cell {}: {} {}", k, m2, want);
            }
            let sum: f64 = covered.iter().sum();
            prop_assert!((sum + outside - area.area_m2()).abs() < 1e-6 * area.area_m2());
        }

        #[test]
        fn wild_rings_never_panic(g in wild_polygon()) {
            let mut r = raster(9, 9, [1.0, 1.0], vec![1.0; 81]);
            r.origin = [-4.5, 4.5];
            let _ = zonal(&r, &g, 0);
        }
    }
}
