//! Attributes of objects that each have their own set: names are collected as they come, texts are kept once.

use crate::model::{Column, Table, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// More attributes than this are not taken.
const MOST: usize = 250;

#[derive(Debug, Default)]
struct Sparse {
    values: Vec<Value>,
    texts: BTreeSet<Arc<str>>,
}

/// Columns while they grow.
#[derive(Debug, Default)]
pub(super) struct Columns {
    order: Vec<String>,
    columns: BTreeMap<String, Sparse>,
    /// Values of attributes that were too many.
    pub(super) left_out: u64,
}

impl Columns {
    /// Sets the value of one row; rows come in order.
    pub(super) fn set(&mut self, row: usize, name: &str, value: Value) {
        if !self.columns.contains_key(name) {
            if self.order.len() >= MOST {
                self.left_out += 1;
                return;
            }
            self.order.push(name.into());
        }
        let column = self.columns.entry(name.into()).or_default();
        let value = match value {
            Value::Text(t) => Value::Text(match column.texts.get(&*t) {
                Some(known) => known.clone(),
                None => {
                    column.texts.insert(t.clone());
                    t
                }
            }),
            other => other,
        };
        column.values.resize(row, Value::Null);
        column.values.push(value);
    }

    /// The finished table.
    pub(super) fn finish(mut self, rows: usize) -> Table {
        let mut table = Table::default();
        for name in &self.order {
            if let Some(mut sparse) = self.columns.remove(name) {
                sparse.values.resize(rows, Value::Null);
                table.set(name, Column::from_values(&sparse.values));
            }
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_without_a_value_are_unknown() {
        let mut c = Columns::default();
        c.set(0, "a", Value::Integer(1));
        c.set(2, "a", Value::Integer(3));
        c.set(2, "b", Value::Text("x".into()));
        let t = c.finish(4);
        let column = |n: &str| (0..4).map(|r| t.value(n, r).to_string()).collect::<Vec<_>>();
        assert_eq!(column("a"), ["1", "", "3", ""]);
        assert_eq!(column("b"), ["", "", "x", ""]);
        assert_eq!(t.names().collect::<Vec<_>>(), ["a", "b"]);
    }
}
