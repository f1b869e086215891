//! What was counted of each row, kept so that a step of a plan counts only the rows that it touches. Sums are taken over all rows in their
//! order each time, so that a figure counted in steps is the figure counted at once, to the last bit.

use crate::{geometry::Scratch, index::RowMap, model::Layer};
use rayon::prelude::*;
use std::sync::Arc;

/// Rows that one thread takes at a time.
const CHUNK: usize = 512;

/// One term a row of a layer; `None` for rows that do not count.
#[derive(Debug, Clone)]
pub(super) struct Terms<T> {
    pub layer: Arc<Layer>,
    of: Vec<Option<T>>,
}

impl<T: Clone + Send + Sync> Terms<T> {
    /// The terms of the rows that are `wanted`. Those of `known` are taken where the feature has the shape that it had and is not `stale`,
    /// which is asked with its row of now and of then.
    pub fn new(
        known: Option<&Self>,
        layer: &Arc<Layer>,
        wanted: impl Fn(u32) -> bool + Sync,
        stale: impl Fn(u32, u32) -> bool + Sync,
        make: impl Fn(&mut Scratch, u32) -> T + Sync,
    ) -> Self {
        let same = known.is_some_and(|k| Arc::ptr_eq(&k.layer, layer));
        let map = known.filter(|_| !same).map(|k| RowMap::new(layer, &k.layer));
        let kept = |row: u32| -> Option<T> {
            let known = known?;
            let old = match &map {
                None => row,
                Some(map) => map.row(row, &layer.ids[row as usize])?,
            };
            let term = known.of[old as usize].as_ref()?;
            let shape = || layer.geometry.same_feature(row as usize, &known.layer.geometry, old as usize);
            (!stale(row, old) && (same || shape())).then(|| term.clone())
        };
        let one = |scratch: &mut Scratch, row: u32| wanted(row).then(|| kept(row).unwrap_or_else(|| make(scratch, row)));
        let rows = (0..layer.len() as u32).into_par_iter().with_min_len(CHUNK);
        Self {
            of: rows.map_init(Scratch::default, one).collect(),
            layer: layer.clone(),
        }
    }

    /// Rows with their terms, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        (0..).zip(&self.of).filter_map(|(row, t)| Some((row, t.as_ref()?)))
    }
}
