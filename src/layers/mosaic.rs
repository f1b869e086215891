//! Several grids in the project CRS become one.

use crate::{
    model::{Bbox, Raster},
    readers::MAX_CELLS,
};
use rayon::prelude::*;

/// One grid over all of them, with the finest cell size among them. Where several have a value the finest wins, among equals the first;
/// where it has none the next one fills in. `None` without a grid.
pub fn mosaic(mut grids: Vec<Raster>) -> Option<Raster> {
    if grids.len() < 2 {
        return grids.pop();
    }
    let provenance = grids.iter().flat_map(|g| g.provenance.iter().cloned()).collect();
    // Stable: among equals the order of the tiles remains.
    grids.sort_by(|a, b| a.cell_m[0].total_cmp(&b.cell_m[0]));
    let finest = grids.first()?;
    let area = grids.iter().fold(Bbox::EMPTY, |b, g| b.union(g.extent()));
    let mut cell = finest.cell_m;
    let size = |cell: [f64; 2]| {
        [
            (area.width_m() / cell[0]).round().max(1.0),
            (area.height_m() / cell[1]).round().max(1.0),
        ]
    };
    while size(cell)[0] * size(cell)[1] > MAX_CELLS as f64 {
        cell = cell.map(|c| c * 2.0);
    }
    let [width, height] = size(cell).map(|n| n as usize);
    let origin = [area.min[0], area.max[1]];
    let mut values = vec![f32::NAN; width * height];
    values.par_chunks_mut(width).enumerate().for_each(|(row, out)| {
        let y = origin[1] - (row as f64 + 0.5) * cell[1];
        for grid in &grids {
            let e = grid.extent();
            if y < e.min[1] || y > e.max[1] {
                continue;
            }
            for (column, v) in out.iter_mut().enumerate().filter(|(_, v)| v.is_nan()) {
                let x = origin[0] + (column as f64 + 0.5) * cell[0];
                *v = grid.interpolate([x, y]).map_or(f32::NAN, |h| h as f32);
            }
        }
    });
    Some(Raster {
        width,
        height,
        origin,
        cell_m: cell,
        values,
        provenance,
    })
}
