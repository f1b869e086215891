//! From the rows of one state of a layer to those of another, by the ids of its features.

use crate::model::Layer;
use std::{collections::BTreeMap, sync::Arc};

/// How many rows that came or went side by side are looked past before a table takes over.
const LOOK_AHEAD: usize = 64;

/// Rows that stand in both states one after another.
#[derive(Debug, Clone, Copy)]
struct Run {
    from: usize,
    to: usize,
    len: usize,
}

/// Finds rows again. An edit shifts rows and changes few of them, so that runs tell nearly all; what they do not is in a table.
#[derive(Debug)]
pub struct RowMap<'a> {
    /// By ascending rows.
    runs: Vec<Run>,
    /// Id → row of what stands in no run.
    rest: BTreeMap<&'a str, u32>,
}

fn same_id(a: &Arc<str>, b: &Arc<str>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}

/// True when every row has the id it had.
pub fn same_rows(old: &Arc<Layer>, new: &Arc<Layer>) -> bool {
    Arc::ptr_eq(old, new) || (old.ids.len() == new.ids.len() && old.ids.iter().zip(&new.ids).all(|(a, b)| same_id(a, b)))
}

impl<'a> RowMap<'a> {
    /// From rows of `from` to rows of `to`.
    pub fn new(from: &Layer, to: &'a Layer) -> Self {
        let (a, b) = (&from.ids, &to.ids);
        let (mut i, mut j) = (0, 0);
        let mut runs = vec![];
        // Rows of `to` that stand in no run, and whether rows of `from` do not.
        let (mut left, mut lost) = (vec![], false);
        while i < a.len() && j < b.len() {
            let len = a[i..].iter().zip(&b[j..]).take_while(|(x, y)| same_id(x, y)).count();
            if len > 0 {
                runs.push(Run { from: i, to: j, len });
                (i, j) = (i + len, j + len);
                continue;
            }
            let gone = |k: usize| a.get(i + k).is_some_and(|x| same_id(x, &b[j]));
            let new = |k: usize| b.get(j + k).is_some_and(|y| same_id(&a[i], y));
            match (1..=LOOK_AHEAD).find(|k| gone(*k) || new(*k)) {
                Some(k) if gone(k) => (i, lost) = (i + k, true),
                Some(k) => {
                    left.extend(j..j + k);
                    j += k;
                }
                None => break,
            }
        }
        left.extend(j..b.len());
        if !lost && i == a.len() {
            left.clear();
        }
        Self {
            runs,
            rest: left.into_iter().map(|row| (&*b[row], row as u32)).collect(),
        }
    }

    /// Where `row`, which has this id, is in the other state; `None` when it is not there.
    pub fn row(&self, row: u32, id: &str) -> Option<u32> {
        let k = row as usize;
        let after = self.runs.partition_point(|r| r.from <= k);
        let run = after.checked_sub(1).map(|at| self.runs[at]).filter(|r| k < r.from + r.len);
        match run {
            Some(run) => Some((run.to + k - run.from) as u32),
            None => self.rest.get(id).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Coverage, GeometriesBuilder, GeometryKind, Report, Table};

    fn town(ids: &[usize]) -> Layer {
        let mut g = GeometriesBuilder::new(GeometryKind::Point);
        ids.iter().for_each(|_| {
            g.end_feature();
        });
        Layer {
            slot: "m/a".into(),
            geometry: g.finish(),
            bodies: None,
            attributes: Table::default(),
            ids: ids.iter().map(|k| format!("h{k}").into()).collect(),
            provenance: vec![],
            coverage: Coverage::Undeclared,
            report: Report::default(),
        }
    }

    #[test]
    fn rows_are_found_again_whatever_came_and_went() {
        let all: Vec<usize> = (0..300).collect();
        let without = |out: &[usize]| all.iter().copied().filter(|k| !out.contains(k)).collect::<Vec<_>>();
        let mut mixed = without(&[0, 9, 150, 299]);
        mixed.insert(70, 900);
        mixed.extend([901, 902]);
        let mut turned = all.clone();
        turned.reverse();
        let many: Vec<usize> = (100..200).collect();
        let mut moved = without(&[5]);
        moved.push(5);
        for now in [
            all.clone(),
            without(&[0]),
            without(&[299]),
            without(&many),
            mixed,
            turned,
            moved,
            vec![],
        ] {
            let (old, new) = (town(&all), town(&now));
            for (from, to) in [(&old, &new), (&new, &old)] {
                let map = RowMap::new(from, to);
                for (row, id) in from.ids.iter().enumerate() {
                    let there = to.ids.iter().position(|other| other == id).map(|k| k as u32);
                    assert_eq!(map.row(row as u32, id), there, "{id}");
                }
            }
        }
    }
}
