//! The conflicts grouped by site, rule, office or district: the groups with the most and the gravest first.

use super::{
    check_table::{gone, head, quantity},
    context::Context,
    table::{Align, Table},
};
use crate::{
    export::plain,
    model::{Conflict, Severity},
    rules::{self, GroupBy, Place},
    session::Snapshot,
};
use std::{collections::BTreeMap, fmt::Write};

/// The whole report.
pub(super) fn render(snapshot: &Snapshot, by: GroupBy, context: &Context) -> String {
    let mut out = head(snapshot, context);
    let places = rules::places(&snapshot.city, &snapshot.evaluation);
    let mut groups: BTreeMap<String, Vec<(&Conflict, &Place)>> = BTreeMap::new();
    for (c, place) in snapshot.evaluation.conflicts.iter().zip(&places) {
        let review = snapshot.reviews.get(&c.id);
        let name = rules::group_name(by, &snapshot.city, c, place, review, context.language);
        groups.entry(name).or_default().push((c, place));
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    let count = |list: &[(&Conflict, &Place)], s: Severity| list.iter().filter(|(c, _)| c.severity == s).count();
    groups.sort_by_cached_key(|(_, list)| std::cmp::Reverse((Severity::ALL.map(|s| count(list, s)), list.len())));
    for (name, list) in groups {
        let counts: Vec<String> = Severity::ALL
            .into_iter()
            .filter(|s| count(&list, *s) > 0)
            .map(|s| format!("{} {}", count(&list, s), context.severity(s)))
            .collect();
        let _ = writeln!(out, "\n{} ({})", context.bold(&plain(&name)), plain(&counts.join(", ")));
        let mut table = Table::new([
            (context.text("column-id"), Align::Left),
            (context.text("column-title"), Align::Left),
            (context.text("column-subject"), Align::Left),
            (context.text("column-measured"), Align::Right),
            (context.text("column-rules-here"), Align::Right),
            (context.text("column-state"), Align::Left),
        ]);
        for (c, place) in list {
            let title = snapshot.city.rule(&c.rule).map(|r| context.say(&r.title)).unwrap_or_default();
            let status = snapshot.reviews.get(&c.id).map(|r| r.status).unwrap_or_default();
            table.row([
                c.id.clone(),
                title,
                c.subject.label.clone(),
                quantity(&c.measured, context),
                place.rules_here.to_string(),
                context.status(status),
            ]);
        }
        out.push_str(&table.render(context.width, 2, context.colour));
    }
    gone(&mut out, snapshot, context);
    out
}
