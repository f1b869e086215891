//! Conflicts that no module's rule made, as a table for people.

use super::{
    context::Context,
    table::{Align, Table},
};
use crate::{
    export::plain,
    i18n::number,
    model::{Conflict, Quantity},
};
use std::{fmt::Write, sync::Arc};

/// Gravest first, those of one rule together under its title.
pub(super) fn conflict_list(conflicts: &[Arc<Conflict>], title: impl Fn(&Conflict) -> String, context: &Context) -> String {
    let n = context.text_with("n-conflicts", &[("n", conflicts.len().to_string())]);
    let mut out = format!("\n{}\n", context.bold(&n));
    for group in conflicts.chunk_by(|a, b| a.severity == b.severity) {
        let head = format!(
            "{} – {} ({})",
            u8::from(group[0].severity),
            context.severity(group[0].severity),
            group.len()
        );
        let _ = writeln!(out, "\n{}", context.bold(&head));
        for rule in group.chunk_by(|a, b| a.rule == b.rule) {
            let _ = writeln!(
                out,
                "\n  {}  {} ({})",
                context.bold(&plain(&rule[0].rule)),
                title(&rule[0]),
                rule.len()
            );
            let mut table = Table::new([
                (context.text("column-id"), Align::Left),
                (context.text("column-subject"), Align::Left),
                (context.text("column-measured"), Align::Right),
                (context.text("column-threshold"), Align::Right),
            ]);
            for c in rule {
                table.row([
                    c.id.clone(),
                    c.subject.label.clone(),
                    quantity(&c.measured, context),
                    c.threshold.as_ref().map(|q| quantity(q, context)).unwrap_or_default(),
                ]);
            }
            out.push_str(&table.render(context.width, 6, context.colour));
        }
    }
    out
}

fn quantity(q: &Quantity, context: &Context) -> String {
    let n = number(context.language, q.value, if q.value.fract().abs() < 1e-9 { 0 } else { 2 });
    if q.unit.is_empty() { n } else { format!("{n} {}", q.unit) }
}
