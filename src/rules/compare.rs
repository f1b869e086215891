//! Values against thresholds.

use crate::{
    model::{Column, Severity, Value},
    modules::{Comparison, Threshold},
};

/// The number in a column's row.
pub(super) fn number(column: &Column, row: u32) -> Option<f64> {
    match column.value(row as usize) {
        Value::Real(v) if !v.is_finite() => None,
        value => value.as_f64(),
    }
}

/// The value that breaks a limit most.
pub(super) fn worst_of(comparison: Comparison, values: impl Iterator<Item = f64>) -> Option<f64> {
    match comparison {
        Comparison::Below => values.min_by(f64::total_cmp),
        Comparison::Above | Comparison::AtLeast => values.max_by(f64::total_cmp),
    }
}

/// The weight of the last step that the value reaches.
pub(super) fn step(threshold: &Threshold, value: f64, base: Severity) -> Severity {
    let reached = threshold.steps.iter().rev().find(|s| threshold.comparison.holds(value, s.limit));
    reached.map_or(base, |s| s.severity)
}
