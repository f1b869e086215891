//! Where people start walking: a grid of places inside every population polygon, each standing for an equal share of its people.

use super::{access::Snap, build::Network, plane::P};
use crate::{geometry, model::Geometries};
use std::sync::OnceLock;

/// Distance of the places in the grid, which is the same for the whole plane.
pub const GRID_M: f64 = 25.0;

/// Places of one polygon at most: beyond, the grid grows coarser by doubling.
const MOST: f64 = 4000.0;

/// One of these places.
#[derive(Debug, Clone, PartialEq)]
pub struct Resident {
    /// Where.
    pub at: [f64; 2],
    /// The way onto the network.
    pub snap: Snap,
}

/// The places of a population layer, brought onto the network when they are first asked for.
#[derive(Debug, Default)]
pub struct Residents {
    rows: Vec<OnceLock<Vec<Resident>>>,
}

impl Residents {
    /// For a layer of so many polygons.
    pub fn new(len: usize) -> Self {
        Self {
            rows: (0..len).map(|_| OnceLock::new()).collect(),
        }
    }

    /// The places of one polygon on the network. Those that no way is near to are left out: nobody lives in the middle of a wood.
    pub fn of(&self, network: &Network, g: &Geometries, row: u32) -> &[Resident] {
        let Some(cell) = self.rows.get(row as usize) else { return &[] };
        cell.get_or_init(|| {
            let all = places(g, row as usize).into_iter().map(|at| Resident {
                at,
                snap: network.snap_point(at),
            });
            all.filter(|r| !r.snap.ways.is_empty()).collect()
        })
    }
}

/// Points of the grid inside a polygon, row by row from the south-west; a polygon between them has its own middle.
pub fn places(g: &Geometries, row: usize) -> Vec<P> {
    let bbox = g.bbox(row);
    if bbox.is_empty() {
        return vec![];
    }
    let mut step = GRID_M;
    while bbox.width_m() * bbox.height_m() / (step * step) > MOST {
        step *= 2.0;
    }
    let line = |d: usize| {
        let (from, to) = ((bbox.min[d] / step).ceil() as i64, (bbox.max[d] / step).floor() as i64);
        (from..=to).map(move |k| k as f64 * step)
    };
    let mut out: Vec<P> = line(1)
        .flat_map(|y| line(0).map(move |x| [x, y]))
        .filter(|p| geometry::contains(g, row, *p))
        .collect();
    if out.is_empty() {
        out.extend(geometry::point_on_surface(g, row));
    }
    out
}
