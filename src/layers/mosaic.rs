//! Grids into the project CRS: one tile or many, in any systems and resolutions, become one north-up grid of bounded size.
//!
//! Tiles of one lattice (same CRS, same cells) are put together cell by cell before anything is interpolated, so that no seam arises
//! between them: where two overlap the first wins, and the other fills its holes. Different lattices are then laid over each other, the
//! finest first; what it does not know the next one fills in.

use super::{
    LayerError, ProjectCrs,
    clean::source_crs,
    crs,
    thin::{cells_over, many_values, part, thin},
};
use crate::{
    model::{Bbox, Finding, Level, Raster},
    progress::Control,
    readers::RawRaster,
};
use rayon::prelude::*;

/// Cells that a grid may have in the project; a finer one is thinned. 64 million are 256 MB and 8 × 8 km at one metre.
pub const BUDGET_CELLS: u64 = 64_000_000;

/// A tile whose place is known.
#[derive(Debug)]
struct Tile {
    /// Definition of its CRS.
    crs: String,
    raster: Raster,
    /// Edge of a cell in metres.
    metres: f64,
}

/// Tiles on their way into one grid.
#[derive(Debug)]
pub struct Mosaic<'a> {
    project: &'a ProjectCrs,
    over: Option<Bbox>,
    budget: u64,
    tiles: Vec<Tile>,
    /// `(edge of the cells in metres before, after)` of everything that was thinned.
    thinned: Option<(f64, f64)>,
    file: String,
}

/// The box around a box of the project in another system; `None` where there is no way between them.
pub fn box_in(crs: &str, project: &ProjectCrs, over: Bbox) -> Option<Bbox> {
    if crs == project.definition() {
        return Some(over);
    }
    let mut points = lattice(over);
    crs::transform(project.definition(), crs, &mut points).ok()?;
    let b = Bbox::around(points.iter().filter(|p| p.iter().all(|v| v.is_finite())));
    (!b.is_empty()).then_some(b)
}

/// Points in a box: its outline and its inside, because straight edges are curves in another system.
fn lattice(b: Bbox) -> Vec<[f64; 2]> {
    const STEPS: usize = 20;
    let f = |k: usize| k as f64 / STEPS as f64;
    (0..=STEPS)
        .flat_map(|i| (0..=STEPS).map(move |j| [b.min[0] + b.width_m() * f(i), b.min[1] + b.height_m() * f(j)]))
        .collect()
}

fn meet(a: Bbox, b: Bbox) -> Bbox {
    Bbox::new(
        [a.min[0].max(b.min[0]), a.min[1].max(b.min[1])],
        [a.max[0].min(b.max[0]), a.max[1].min(b.max[1])],
    )
}

impl<'a> Mosaic<'a> {
    /// A mosaic over a box of the project (or over everything) with at most so many cells.
    pub fn new(project: &'a ProjectCrs, over: Option<Bbox>, budget: u64) -> Self {
        Self {
            project,
            over,
            budget,
            tiles: vec![],
            thinned: None,
            file: String::new(),
        }
    }

    /// Adds a tile behind the others, cut to the box. `false` when it does not touch the box.
    ///
    /// # Errors
    /// When its coordinate system is missing, impossible or contradicts its position, or it lies outside the project's area.
    pub fn add(&mut self, raw: RawRaster) -> Result<bool, LayerError> {
        let source = source_crs(&raw.file, "", raw.crs.as_deref(), None, raw.raster.extent())?;
        let extent = meet(raw.raster.extent(), source.bounds);
        let outside = |project: bool, crs: &str| LayerError::OutsideArea {
            swapped: false,
            file: raw.file.clone(),
            layer: String::new(),
            project,
            crs: crs.into(),
        };
        if extent.is_empty() {
            return Err(outside(false, &source.definition));
        }
        let fail = |source| LayerError::Crs {
            file: raw.file.clone(),
            layer: String::new(),
            source,
        };
        let mut points = lattice(extent);
        crs::transform(&source.definition, self.project.definition(), &mut points).map_err(fail)?;
        let known = |p: &&[f64; 2]| p[0].is_finite() && self.project.bounds().contains(**p);
        let place = Bbox::around(points.iter().filter(known));
        if place.is_empty() {
            return Err(outside(true, self.project.definition()));
        }
        let mut raster = raw.raster;
        if let Some(over) = self.over {
            if meet(place, over).is_empty() {
                return Ok(false);
            }
            if let Some(b) = box_in(&source.definition, self.project, over) {
                raster = match part(&raster, b) {
                    Some(cut) => cut,
                    None => return Ok(false),
                };
            }
        }
        let metres = metres(&raster, &source.definition, self.project).map_err(fail)?;
        if self.file.is_empty() {
            self.file = raw.file;
        }
        let mut tile = Tile {
            crs: source.definition,
            raster,
            metres,
        };
        // A late tile of a lattice that was thinned already is thinned alike.
        while let Some((fine, coarse)) = self.thinned
            && tile.metres < coarse * 0.99
            && tile.metres <= fine * 1.01
        {
            self.thin_one(&mut tile);
        }
        self.tiles.push(tile);
        while self.cells() > self.budget && self.thin_finest() {}
        Ok(true)
    }

    fn cells(&self) -> u64 {
        self.tiles.iter().map(|t| t.raster.values.len() as u64).sum()
    }

    fn thin_one(&self, tile: &mut Tile) {
        let anchor = self
            .tiles
            .iter()
            .find(|t| t.crs == tile.crs)
            .map_or(tile.raster.origin, |t| t.raster.origin);
        tile.raster = thin(&tile.raster, anchor);
        tile.metres *= 2.0;
    }

    fn thin_finest(&mut self) -> bool {
        let finest = self.tiles.iter().map(|t| t.metres).fold(f64::INFINITY, f64::min);
        let anchors: Vec<(String, [f64; 2])> = self.tiles.iter().map(|t| (t.crs.clone(), t.raster.origin)).collect();
        let mut any = false;
        for tile in self
            .tiles
            .iter_mut()
            .filter(|t| t.metres <= finest * 1.01 && t.raster.values.len() > 1)
        {
            let anchor = anchors.iter().find(|(c, _)| *c == tile.crs).map_or(tile.raster.origin, |(_, o)| *o);
            tile.raster = thin(&tile.raster, anchor);
            tile.metres *= 2.0;
            any = true;
        }
        let first = self.thinned.map_or(finest, |(fine, _)| fine.min(finest));
        self.thinned = Some((first, finest * 2.0));
        any
    }

    /// The one grid, and what was done to fit it into the budget. `None` when no tile was added.
    ///
    /// # Errors
    /// When a transformation fails or somebody pressed Cancel.
    pub fn finish(mut self, control: &Control) -> Result<Option<(Raster, Vec<Finding>)>, LayerError> {
        let provenance = self.tiles.iter().flat_map(|t| t.raster.provenance.iter().cloned()).collect();
        let mut grids = join(std::mem::take(&mut self.tiles));
        // Stable: among equals the order of the tiles remains.
        grids.sort_by(|a, b| a.metres.total_cmp(&b.metres));
        let Some(finest) = grids.first() else { return Ok(None) };
        let single = grids.len() == 1 && finest.crs == self.project.definition();
        let mut raster = if single {
            grids.remove(0).raster
        } else {
            self.overlay(&grids, control)?
        };
        raster.provenance = provenance;
        let mut findings = vec![];
        if let Some((fine, coarse)) = self.thinned {
            let n = |v: f64| format!("{:.2}", v).trim_end_matches('0').trim_end_matches('.').to_string();
            findings.push(Finding::new(
                "LY-140",
                Level::Info,
                format!(
                    "Das Raster ist für den Arbeitsspeicher zu fein: Zellen von {} m wurden zu Zellen von {} m gemittelt. Ein kleineres Untersuchungsgebiet behält die volle Auflösung.",
                    n(fine).replace('.', ","),
                    n(coarse).replace('.', ",")
                ),
                format!(
                    "the grid is too fine for the memory: cells of {} m were averaged into cells of {} m. A smaller area of interest keeps the full resolution.",
                    n(fine),
                    n(coarse)
                ),
            ));
        }
        Ok(Some((raster, findings)))
    }

    /// Lays grids of several systems or resolutions over each other, the finest first.
    fn overlay(&mut self, grids: &[Tile], control: &Control) -> Result<Raster, LayerError> {
        let fail = |source| LayerError::Crs {
            file: self.file.clone(),
            layer: String::new(),
            source,
        };
        let own = self.project.definition();
        let mut area = Bbox::EMPTY;
        for grid in grids {
            let mut points = lattice(grid.raster.extent());
            crs::transform(&grid.crs, own, &mut points).map_err(fail)?;
            let known = |p: &&[f64; 2]| p[0].is_finite() && self.project.bounds().contains(**p);
            area = area.union(Bbox::around(points.iter().filter(known)));
        }
        if let Some(over) = self.over {
            area = meet(area, over);
        }
        let Some(finest) = grids.first().filter(|_| !area.is_empty()) else {
            return Err(LayerError::OutsideArea {
                swapped: false,
                file: self.file.clone(),
                layer: String::new(),
                project: true,
                crs: own.into(),
            });
        };
        let mut cell = if finest.crs == own {
            finest.raster.cell_m
        } else {
            [finest.metres; 2]
        };
        let cells = |cell: [f64; 2]| (area.width_m() / cell[0]).ceil().max(1.0) * (area.height_m() / cell[1]).ceil().max(1.0);
        let before = finest.metres;
        while cells(cell) > self.budget as f64 {
            cell = cell.map(|c| c * 2.0);
            self.thinned = Some((self.thinned.map_or(before, |(fine, _)| fine), cell[0]));
        }
        // The finest grid of the project's own system keeps its cells: no value of it is interpolated.
        let mut origin = [area.min[0], area.max[1]];
        if finest.crs == own {
            let base = finest.raster.origin;
            origin = [
                base[0] + ((origin[0] - base[0]) / cell[0] + 1e-6).floor() * cell[0],
                base[1] + ((origin[1] - base[1]) / cell[1] - 1e-6).ceil() * cell[1],
            ];
        }
        let size = |from: f64, to: f64, cell: f64| ((to - from) / cell - 1e-6).ceil().max(1.0) as usize;
        let (width, height) = (size(origin[0], area.max[0], cell[0]), size(area.min[1], origin[1], cell[1]));
        let smooth: Vec<bool> = grids.par_iter().map(|g| many_values(&g.raster.values)).collect();
        let mut values = vec![f32::NAN; width * height];
        let failed = values
            .par_chunks_mut(width)
            .enumerate()
            .map(|(row, out)| {
                if control.is_cancelled() {
                    return Ok(());
                }
                let y = origin[1] - (row as f64 + 0.5) * cell[1];
                for (grid, smooth) in grids.iter().zip(&smooth) {
                    let open: Vec<usize> = (0..width).filter(|c| out[*c].is_nan()).collect();
                    if open.is_empty() {
                        break;
                    }
                    let mut points: Vec<[f64; 2]> = open.iter().map(|c| [origin[0] + (*c as f64 + 0.5) * cell[0], y]).collect();
                    if grid.crs != own {
                        crs::transform(own, &grid.crs, &mut points)?;
                    }
                    for (column, p) in open.into_iter().zip(points) {
                        let v = if *smooth {
                            grid.raster.interpolate(p)
                        } else {
                            grid.raster.value_at(p)
                        };
                        out[column] = v.map_or(f32::NAN, |v| v as f32);
                    }
                }
                Ok(())
            })
            .find_map_first(Result::err);
        if let Some(source) = failed {
            return Err(fail(source));
        }
        if control.is_cancelled() {
            return Err(LayerError::Cancelled { file: self.file.clone() });
        }
        Ok(Raster {
            width,
            height,
            origin,
            cell_m: cell,
            values,
            provenance: vec![],
        })
    }
}

/// Puts tiles of one lattice together. Tiles far apart stay alone: the grid between them would be nothing but holes.
fn join(tiles: Vec<Tile>) -> Vec<Tile> {
    let mut groups: Vec<Vec<Tile>> = vec![];
    for tile in tiles {
        let fits = |g: &&mut Vec<Tile>| g.first().is_some_and(|first| one_lattice(first, &tile));
        match groups.iter_mut().find(fits) {
            Some(group) => group.push(tile),
            None => groups.push(vec![tile]),
        }
    }
    groups.into_iter().flat_map(join_group).collect()
}

fn one_lattice(a: &Tile, b: &Tile) -> bool {
    let (ra, rb) = (&a.raster, &b.raster);
    let aligned = |k: usize| {
        let steps = (rb.origin[k] - ra.origin[k]) / ra.cell_m[k];
        (ra.cell_m[k] - rb.cell_m[k]).abs() < 1e-6 * ra.cell_m[k] && (steps - steps.round()).abs() < 0.02
    };
    a.crs == b.crs && aligned(0) && aligned(1)
}

fn join_group(mut group: Vec<Tile>) -> Vec<Tile> {
    if group.len() < 2 {
        return group;
    }
    let (cell, metres, crs) = (group[0].raster.cell_m, group[0].metres, group[0].crs.clone());
    let area = group.iter().fold(Bbox::EMPTY, |b, t| b.union(t.raster.extent()));
    let (width, height) = (
        (area.width_m() / cell[0]).round() as usize,
        (area.height_m() / cell[1]).round() as usize,
    );
    let filled: usize = group.iter().map(|t| t.raster.values.len()).sum();
    if cells_over(width, height, 3 * filled) {
        return group;
    }
    let origin = [area.min[0], area.max[1]];
    let mut values = vec![f32::NAN; width * height];
    // Each tile is given back as soon as it is copied.
    for tile in group.drain(..) {
        let r = tile.raster;
        let c0 = ((r.origin[0] - origin[0]) / cell[0]).round() as usize;
        let r0 = ((origin[1] - r.origin[1]) / cell[1]).round() as usize;
        for (k, row) in r.values.chunks_exact(r.width).enumerate().take_while(|(k, _)| r0 + k < height) {
            let n = r.width.min(width - c0);
            let out = &mut values[(r0 + k) * width + c0..][..n];
            out.iter_mut().zip(row).filter(|(o, _)| o.is_nan()).for_each(|(o, v)| *o = *v);
        }
    }
    vec![Tile {
        crs,
        metres,
        raster: Raster {
            width,
            height,
            origin,
            cell_m: cell,
            values,
            provenance: vec![],
        },
    }]
}

/// The edge of a square with a cell's area in metres, rounded to a centimetre.
fn metres(old: &Raster, from: &str, project: &ProjectCrs) -> Result<f64, super::CrsError> {
    let [x, y] = old.extent().center();
    let mut p = [[x, y], [x + old.cell_m[0], y], [x, y + old.cell_m[1]]];
    crs::transform(from, project.definition(), &mut p)?;
    let (a, b) = ([p[1][0] - p[0][0], p[1][1] - p[0][1]], [p[2][0] - p[0][0], p[2][1] - p[0][1]]);
    let edge = (a[0] * b[1] - a[1] * b[0]).abs().sqrt();
    Ok(if edge.is_finite() && edge >= 0.01 {
        (edge * 100.0).round() / 100.0
    } else {
        1.0
    })
}

#[cfg(test)]
mod tests;
