//! The conflicts for people: by severity and rule, then what could not be decided and why, then what happened to the inputs.

use super::{
    context::Context,
    findings::findings,
    table::{Align, Table, paragraph},
};
use crate::{
    export::plain,
    model::{Conflict, ConflictStatus, Provenance, Quantity, Severity},
    project::{City, SlotData},
    session::Snapshot,
};
use std::fmt::Write;

/// The whole report.
pub(super) fn render(snapshot: &Snapshot, context: &Context) -> String {
    let mut out = head(snapshot, context);
    for severity in Severity::ALL {
        conflicts(&mut out, snapshot, severity, context);
    }
    gone(&mut out, snapshot, context);
    account(&mut out, snapshot, context);
    inputs(&mut out, &snapshot.city, context);
    let reports = snapshot.city.layers().map(|l| &l.layer.report);
    let all = [&snapshot.city.report]
        .into_iter()
        .chain(reports)
        .chain([&snapshot.evaluation.report]);
    out.push_str(&findings(all, context));
    out
}

pub(super) fn head(snapshot: &Snapshot, context: &Context) -> String {
    let info = &snapshot.city.info;
    let mut facts = vec![format!("EPSG:{}", info.epsg)];
    facts.extend(info.state.clone());
    if info.synthetic {
        facts.push(context.text("synthetic"));
    }
    let mut out = format!("{} · {}\n", context.bold(&context.say(&info.title)), plain(&facts.join(" · ")));
    let total = snapshot.evaluation.conflicts.len();
    let counts: Vec<String> = Severity::ALL
        .into_iter()
        .filter(|s| snapshot.evaluation.count(*s) > 0)
        .map(|s| format!("{} {} {}", sign(s, context), snapshot.evaluation.count(s), context.severity(s)))
        .collect();
    let _ = writeln!(out, "{}", context.text_with("n-conflicts", &[("n", total.to_string())]));
    for count in counts {
        let _ = writeln!(out, "  {count}");
    }
    out
}

/// Shape and colour both say the severity.
fn sign(severity: Severity, context: &Context) -> String {
    let style = console::Style::new().force_styling(context.colour);
    let (shape, style) = match severity {
        Severity::Prohibited => ("■", style.magenta().bold()),
        Severity::Restricted => ("▲", style.red()),
        Severity::Weigh => ("◆", style.yellow()),
        Severity::Hint => ("●", style.cyan()),
    };
    style.apply_to(shape).to_string()
}

fn conflicts(out: &mut String, snapshot: &Snapshot, severity: Severity, context: &Context) {
    let of_severity: Vec<&Conflict> = snapshot
        .evaluation
        .conflicts
        .iter()
        .map(|c| &**c)
        .filter(|c| c.severity == severity)
        .collect();
    if of_severity.is_empty() {
        return;
    }
    let name = format!("{} – {} ({})", u8::from(severity), context.severity(severity), of_severity.len());
    let _ = writeln!(out, "\n{} {}", sign(severity, context), context.bold(&name));
    for group in of_severity.chunk_by(|a, b| a.rule == b.rule) {
        let rule = snapshot.city.rule(&group[0].rule);
        let title = rule.map(|r| context.say(&r.title)).unwrap_or_default();
        let changed = rule.is_some_and(|r| !r.changed.is_empty());
        let mark = if changed {
            format!(" [{}]", context.text("rule-changed"))
        } else {
            String::new()
        };
        let _ = writeln!(
            out,
            "\n  {}  {} ({}){mark}",
            context.bold(&plain(&group[0].rule)),
            title,
            group.len()
        );
        if let Some(rule) = rule {
            let law = [Some(rule.source.as_str()), rule.section.as_deref()];
            let law = law.into_iter().flatten().collect::<Vec<_>>().join(" ");
            out.push_str(&paragraph(&format!("{} · {law}", context.say(&rule.office)), context.width, 6));
        }
        let mut table = Table::new([
            (context.text("column-id"), Align::Left),
            (context.text("column-subject"), Align::Left),
            (context.text("column-measured"), Align::Right),
            (context.text("column-threshold"), Align::Right),
            (context.text("column-share"), Align::Right),
        ]);
        for c in group {
            table.row([
                c.id.clone(),
                subject(snapshot, c, context),
                quantity(&c.measured, context),
                c.threshold.as_ref().map(|t| quantity(t, context)).unwrap_or_default(),
                c.share_percent.map(|s| format!("{} %", number(s, context))).unwrap_or_default(),
            ]);
        }
        out.push_str(&table.render(context.width, 6, context.colour));
    }
}

/// Reviewed conflicts that the check does not find any more: what was decided stays readable.
pub(super) fn gone(out: &mut String, snapshot: &Snapshot, context: &Context) {
    let mut table = Table::new([
        (context.text("column-id"), Align::Left),
        (context.text("column-subject"), Align::Left),
        (context.text("column-state"), Align::Left),
        (context.text("column-since"), Align::Left),
        (context.text("column-note"), Align::Left),
    ]);
    for (id, review) in snapshot.reviews.iter().filter(|(_, r)| r.gone.is_some()) {
        table.row([
            id.clone(),
            review.subject.clone(),
            context.status(review.status),
            review.gone.clone().unwrap_or_default(),
            review.note.clone(),
        ]);
    }
    if !table.is_empty() {
        let _ = writeln!(out, "\n{}", context.bold(&context.text("section-gone")));
        out.push_str(&table.render(context.width, 2, context.colour));
    }
}

fn subject(snapshot: &Snapshot, conflict: &Conflict, context: &Context) -> String {
    let status = snapshot.reviews.get(&conflict.id).map(|r| r.status).unwrap_or_default();
    match status {
        ConflictStatus::Open => conflict.subject.label.clone(),
        _ => format!("{} [{}]", conflict.subject.label, context.status(status)),
    }
}

fn number(value: f64, context: &Context) -> String {
    let decimals = match value.abs() {
        v if v == v.trunc() || v >= 100.0 => 0,
        v if v >= 1.0 => 1,
        _ => 2,
    };
    crate::i18n::number(context.language, value, decimals)
}

pub(super) fn quantity(q: &Quantity, context: &Context) -> String {
    format!("{} {}", number(q.value, context), q.unit)
}

fn account(out: &mut String, snapshot: &Snapshot, context: &Context) {
    let outcomes = &snapshot.evaluation.outcomes;
    let _ = writeln!(out, "\n{}", context.bold(&context.text("section-account")));
    let mut table = Table::new([
        (context.text("column-rule"), Align::Left),
        (context.text("column-title"), Align::Left),
        (context.text("column-subjects"), Align::Right),
        (context.text("column-conflicts"), Align::Right),
        (context.text("column-clear"), Align::Right),
        (context.text("column-unknown"), Align::Right),
    ]);
    for o in outcomes {
        let assumed = if o.coverage_assumed && o.clear > 0 { "*" } else { "" };
        let title = snapshot.city.rule(&o.rule).map(|r| context.say(&r.title)).unwrap_or_default();
        table.row([
            o.rule.clone(),
            title,
            o.subjects.to_string(),
            o.conflicts.to_string(),
            format!("{}{assumed}", o.clear),
            o.unknown.to_string(),
        ]);
    }
    out.push_str(&table.render(context.width, 2, context.colour));
    if outcomes.iter().any(|o| o.coverage_assumed && o.clear > 0) {
        out.push_str(&paragraph(&context.text("coverage-assumed"), context.width, 2));
    }
    // One reason often stops several rules: say it once.
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for o in outcomes {
        for reason in &o.reasons {
            let text = context.say(reason);
            match reasons.iter_mut().find(|(t, _)| *t == text) {
                Some((_, rules)) => rules.push(&o.rule),
                None => reasons.push((text, vec![&o.rule])),
            }
        }
    }
    if reasons.is_empty() {
        return;
    }
    let mut table = Table::new([
        (context.text("column-rules"), Align::Left),
        (context.text("column-why-unknown"), Align::Left),
    ]);
    for (text, rules) in reasons {
        table.row([rules.join(", "), text]);
    }
    let _ = writeln!(out);
    out.push_str(&table.render(context.width, 2, context.colour));
}

fn inputs(out: &mut String, city: &City, context: &Context) {
    let _ = writeln!(out, "\n{}", context.bold(&context.text("section-inputs")));
    let mut table = Table::new([
        (context.text("column-slot"), Align::Left),
        (context.text("column-objects"), Align::Right),
        (context.text("column-date"), Align::Left),
        (context.text("column-quoted"), Align::Left),
    ]);
    for slot in &city.slots {
        let (count, date, source) = match &slot.data {
            SlotData::Missing { reason } => (
                "–".into(),
                String::new(),
                format!("{}: {}", context.text("no-data"), context.say(reason)),
            ),
            SlotData::Vector(l) => {
                let date = l.layer.data_date().unwrap_or_default().into();
                (l.layer.len().to_string(), date, quoted(&l.layer.provenance))
            }
            SlotData::Raster(r) => (
                format!("{} × {}", r.width, r.height),
                r.data_date().unwrap_or_default().into(),
                quoted(&r.provenance),
            ),
        };
        table.row([slot.id.to_string(), count, date, source]);
    }
    out.push_str(&table.render(context.width, 2, context.colour));
}

/// The publishers, each once.
fn quoted(provenance: &[Provenance]) -> String {
    let mut names: Vec<&str> = provenance.iter().filter_map(|p| p.source.as_deref()).collect();
    names.dedup();
    names.join(", ")
}
