//! Areas that touch or overlap become one.

use crate::{
    geometry::{self, from_geo, multi_polygon},
    index::IndexedLayer,
    model::{Geometries, GeometriesBuilder, GeometryKind},
    progress::Control,
};
use geo::MultiPolygon;
use rayon::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// Merged areas.
pub(super) struct Merged {
    pub geometry: Geometries,
    pub ids: Vec<Arc<str>>,
    /// Features that could not be joined and stand as they were.
    pub left: u64,
}

/// The first row of a group, with its area or, where it could not be joined, its rows.
type Joined = (u32, Result<MultiPolygon<f64>, Vec<u32>>);

/// Joins all areas of a layer; each connected area is a feature, called after the first it is made of. `None` when stopped.
pub(super) fn merge(layer: &IndexedLayer, control: &Control) -> Option<Merged> {
    let g = &layer.layer.geometry;
    let groups = groups(layer, control)?;
    let joined: Vec<Joined> = groups
        .into_par_iter()
        .map(|rows| {
            let first = rows.first().copied().unwrap_or(0);
            if control.is_cancelled() {
                return (first, Err(vec![]));
            }
            let parts: Vec<_> = rows.iter().map(|r| multi_polygon(g, *r as usize)).collect();
            (first, geometry::union(&parts).map_err(|_| rows))
        })
        .collect();
    if control.is_cancelled() {
        return None;
    }
    let mut out = GeometriesBuilder::new(GeometryKind::Polygon);
    let mut ids: Vec<Arc<str>> = vec![];
    let mut left = 0;
    for (first, result) in joined {
        match result {
            Ok(region) => {
                let id = &layer.layer.ids[first as usize];
                let pieces: Vec<_> = region.0.into_iter().map(|p| MultiPolygon(vec![p])).collect();
                let several = pieces.len() > 1;
                for (n, piece) in pieces.into_iter().enumerate() {
                    out.copy_feature(&from_geo(&[piece]), 0);
                    ids.push(if several { format!("{id}/{}", n + 1).into() } else { id.clone() });
                }
            }
            Err(rows) => {
                left += rows.len() as u64;
                for row in rows {
                    out.copy_feature(g, row as usize);
                    ids.push(layer.layer.ids[row as usize].clone());
                }
            }
        }
    }
    Some(Merged {
        geometry: out.finish(),
        ids,
        left,
    })
}

/// Rows whose boxes hang together, by their first row.
fn groups(layer: &IndexedLayer, control: &Control) -> Option<Vec<Vec<u32>>> {
    let g = &layer.layer.geometry;
    let mut parent: Vec<u32> = (0..g.len() as u32).collect();
    fn root(parent: &mut [u32], mut row: u32) -> u32 {
        while parent[row as usize] != row {
            parent[row as usize] = parent[parent[row as usize] as usize];
            row = parent[row as usize];
        }
        row
    }
    let mut near = vec![];
    for row in 0..g.len() as u32 {
        if row % 4096 == 0 && control.is_cancelled() {
            return None;
        }
        layer.index.rows_in_into(&g.bbox(row as usize), &mut near);
        for other in near.iter().copied().filter(|o| *o < row) {
            let (a, b) = (root(&mut parent, row), root(&mut parent, other));
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    let mut out: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for row in 0..g.len() as u32 {
        // A feature without geometry covers nothing.
        if !g.bbox(row as usize).is_empty() {
            out.entry(root(&mut parent, row)).or_default().push(row);
        }
    }
    Some(out.into_values().collect())
}
