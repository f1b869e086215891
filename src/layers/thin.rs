//! Fewer cells: the part of a grid over a box, and blocks of four cells as one.

use crate::model::{Bbox, Raster};

/// Distinct values up to which a grid is taken for classes, which must not be averaged.
const CLASSES: usize = 32;

/// True for grids of many different values; those of few are classes.
pub(super) fn many_values(values: &[f32]) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    values.iter().filter(|v| !v.is_nan()).any(|v| {
        seen.insert(v.to_bits());
        seen.len() > CLASSES
    })
}

/// Whether a grid of that size has more cells than `limit`.
pub(super) fn cells_over(width: usize, height: usize, limit: usize) -> bool {
    width.checked_mul(height).is_none_or(|n| n > limit)
}

/// The cells that touch the box; `None` when none does.
pub(super) fn part(old: &Raster, over: Bbox) -> Option<Raster> {
    let [x, y] = old.origin;
    let clamp = |v: f64, n: usize| v.clamp(0.0, n as f64) as usize;
    let (c0, c1) = (
        clamp(((over.min[0] - x) / old.cell_m[0]).floor(), old.width),
        clamp(((over.max[0] - x) / old.cell_m[0]).ceil(), old.width),
    );
    let (r0, r1) = (
        clamp(((y - over.max[1]) / old.cell_m[1]).floor(), old.height),
        clamp(((y - over.min[1]) / old.cell_m[1]).ceil(), old.height),
    );
    if c0 >= c1 || r0 >= r1 {
        return None;
    }
    let values = (r0..r1)
        .flat_map(|r| old.values[r * old.width + c0..r * old.width + c1].iter().copied())
        .collect();
    Some(Raster {
        width: c1 - c0,
        height: r1 - r0,
        origin: [x + c0 as f64 * old.cell_m[0], y - r0 as f64 * old.cell_m[1]],
        cell_m: old.cell_m,
        values,
        provenance: old.provenance.clone(),
    })
}

/// Blocks of two by two cells as one, counted from `anchor` so that neighbouring tiles have the same blocks: the mean of the known values,
/// or for classes the most northern and western of them.
pub(super) fn thin(old: &Raster, anchor: [f64; 2]) -> Raster {
    let cell = old.cell_m.map(|c| c * 2.0);
    // Odd when the tile begins in the middle of a block.
    let odd = |steps: f64| usize::from((steps.round() as i64).rem_euclid(2) == 1);
    let (dc, dr) = (
        odd((old.origin[0] - anchor[0]) / old.cell_m[0]),
        odd((anchor[1] - old.origin[1]) / old.cell_m[1]),
    );
    let (width, height) = ((old.width + dc).div_ceil(2), (old.height + dr).div_ceil(2));
    let smooth = many_values(&old.values);
    let mut values = Vec::with_capacity(width * height);
    for row in 0..height {
        for column in 0..width {
            let (mut sum, mut n) = (0.0, 0.0);
            for (r, c) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let (Some(r), Some(c)) = ((2 * row + r).checked_sub(dr), (2 * column + c).checked_sub(dc)) else {
                    continue;
                };
                if r >= old.height || c >= old.width {
                    continue;
                }
                let v = f64::from(old.values[r * old.width + c]);
                if !v.is_nan() && (smooth || n == 0.0) {
                    sum += v;
                    n += 1.0;
                }
            }
            values.push(if n > 0.0 { (sum / n) as f32 } else { f32::NAN });
        }
    }
    Raster {
        width,
        height,
        origin: [old.origin[0] - dc as f64 * old.cell_m[0], old.origin[1] + dr as f64 * old.cell_m[1]],
        cell_m: cell,
        values,
        provenance: old.provenance.clone(),
    }
}
