//! Findings of reports as lines for people.

use super::{context::Context, table::paragraph};
use crate::model::{Finding, Level, Report};

/// What was dropped, repaired or assumed; empty when nothing was.
pub(super) fn findings<'a>(reports: impl IntoIterator<Item = &'a Report>, context: &Context) -> String {
    let all: Vec<&Finding> = reports.into_iter().flat_map(|r| &r.findings).collect();
    if all.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", context.bold(&context.text("section-findings")));
    for f in all {
        out.push_str(&paragraph(&line(f, context), context.width, 2));
    }
    out
}

/// One finding on one line.
pub(super) fn line(f: &Finding, context: &Context) -> String {
    let level = context.text(match f.level {
        Level::Info => "level-info",
        Level::Warning => "level-warning",
        Level::Error => "level-error",
    });
    let place: Vec<&str> = [&f.file, &f.layer, &f.feature].into_iter().flatten().map(String::as_str).collect();
    let count = if f.count > 1 { format!(" ({} ×)", f.count) } else { String::new() };
    let place = if place.is_empty() {
        String::new()
    } else {
        format!(" {}", place.join(" · "))
    };
    format!("{level} {}{place}{count}: {}", f.code, context.say(&f.text))
}
