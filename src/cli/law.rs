//! `law PROJECT`: density, storeys, heights and building windows of plots and drafts, and what of them breaks a plan or BauNVO.

use super::{
    Entry,
    args::Words,
    conflict_list::conflict_list,
    context::{Context, Exit, Failure},
    planned::{self, Planned},
    progress::with_progress,
    sheets,
    table::{Align, Table, paragraph},
};
use crate::{
    export::{Cell, Column, Sheet, SheetRow},
    geometry::to_geo,
    i18n::number,
    model::{Conflict, LocalText},
    project::City,
    rules::Verdict,
    zoning::{self, Assessment, Basis, Check, Measured, Plot, PlotKind, Stage},
};
use clap::{ArgMatches, Command};
use serde_json::{Map, json};
use std::{fmt::Write, sync::Arc};

pub(super) const ENTRY: Entry = Entry {
    name: "law",
    arguments,
    run,
};

const COLUMNS: &[Column] = &[
    column("plot", "zoning-column-plot"),
    column("id", "zoning-column-id"),
    column("kind", "zoning-column-kind"),
    column("area_m2", "zoning-column-area"),
    column("baunvo", "zoning-column-baunvo"),
    column("figure", "zoning-column-figure"),
    column("stage", "zoning-column-stage"),
    column("value", "zoning-column-value"),
    column("at_most", "zoning-column-at-most"),
    column("limit", "zoning-column-limit"),
    column("unit", "zoning-column-unit"),
    column("verdict", "zoning-column-verdict"),
    column("section", "zoning-column-section"),
    column("limit_section", "zoning-column-limit-section"),
    column("source", "zoning-column-source"),
    column("formula", "zoning-column-formula"),
    column("unknown", "zoning-column-unknown"),
];

const fn column(name: &'static str, heading: &'static str) -> Column {
    Column { name, heading }
}

fn arguments(command: Command, words: Words) -> Command {
    let command = command
        .arg(words.positional("PROJECT", "project").required(true))
        .arg(words.option("plot", "law-plot").value_name("ID"));
    sheets::arguments(planned::arguments(command, words), words)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let project = Planned::open(matches, context)?;
    let city = project.city();
    let found = with_progress(context, |control| zoning::assess(city, control))?;
    let mut found = found.ok_or_else(|| Failure::new(Exit::Internal, context.text("broken")))?;
    let one = matches.get_one::<String>("plot");
    if let Some(id) = one {
        found.plots.retain(|p| p.feature.id == *id || p.feature.label == *id);
        if found.plots.is_empty() {
            let what = context.text_with("law-no-plot", &[("id", id.clone())]);
            return Err(Failure::new(Exit::Usage, what));
        }
    }
    let conflicts = zoning::conflicts(city, &found);
    let sheet = Sheet {
        city,
        language: context.language,
        format: "zoning",
        columns: COLUMNS,
        rows: rows(city, &found, context),
        account: Map::from_iter([
            ("notes".into(), json!(found.notes)),
            ("plots".into(), json!(found.plots)),
            ("conflicts".into(), json!(conflicts)),
        ]),
    };
    sheets::write(matches, context, &sheet, |context| {
        render(&found, &conflicts, one.is_some(), context)
    })?;
    sheets::fail_on(matches, context, &conflicts)
}

fn word(context: &Context, key: &'static str) -> String {
    crate::i18n::tr(context.language, key)
}

fn kind(context: &Context, kind: PlotKind) -> String {
    match kind {
        PlotKind::Parcel => word(context, "zoning-kind-parcel"),
        PlotKind::Site => word(context, "zoning-kind-site"),
        PlotKind::Zone => word(context, "zoning-kind-zone"),
    }
}

fn stage(context: &Context, stage: Stage) -> String {
    match stage {
        Stage::Built => word(context, "zoning-stage-built"),
        Stage::Drafted => word(context, "zoning-stage-drafted"),
    }
}

fn verdict(context: &Context, verdict: Verdict) -> String {
    match verdict {
        Verdict::Conflict => word(context, "zoning-verdict-broken"),
        Verdict::Clear => word(context, "zoning-verdict-kept"),
        Verdict::Unknown => word(context, "zoning-verdict-unknown"),
        Verdict::NotApplicable => word(context, "zoning-verdict-none"),
    }
}

fn rows(city: &City, found: &Assessment, context: &Context) -> Vec<SheetRow> {
    let joined = |list: &[LocalText]| list.iter().map(|t| t.get(context.language)).collect::<Vec<_>>().join(" ");
    let row = |p: &Plot, c: &Check| {
        let limit = c.limit.as_ref();
        let text = |t: Option<&LocalText>| Cell::text(t.map_or("", |t| t.get(context.language)));
        let layer = city.layer(&p.feature.slot);
        SheetRow {
            geometry: layer.map(|l| to_geo(&l.layer.geometry, p.feature.row as usize)),
            cells: vec![
                Cell::text(&p.feature.label),
                Cell::text(&p.feature.id),
                Cell::text(kind(context, p.kind)),
                Cell::Number(Some(p.area_m2), 1),
                Cell::text(p.baunvo.clone().unwrap_or_default()),
                Cell::text(c.measured.code()),
                Cell::text(stage(context, c.stage)),
                Cell::Number(Some(c.value.low), 3),
                Cell::Number(c.value.high, 3),
                Cell::Number(limit.map(|l| l.value), 3),
                Cell::text(c.measured.unit()),
                Cell::text(verdict(context, c.verdict)),
                Cell::text(c.measured.section()),
                Cell::text(limit.map_or("", |l| &l.section)),
                text(limit.map(|l| &l.source)),
                text(Some(&c.formula)),
                Cell::text(joined(&c.unknown)),
            ],
        }
    };
    found.plots.iter().flat_map(|p| p.checks.iter().map(move |c| row(p, c))).collect()
}

fn render(found: &Assessment, conflicts: &[Arc<Conflict>], whole: bool, context: &Context) -> String {
    let mut out = String::new();
    if whole {
        for p in &found.plots {
            plot(&mut out, p, context);
        }
    } else {
        summary(&mut out, found, context);
    }
    out.push_str(&conflict_list(conflicts, |c| title(c, context), context));
    for note in &found.notes {
        out.push_str(&paragraph(&format!("– {}", context.say(note)), context.width, 0));
    }
    out
}

/// Name and section of what a conflict is about.
fn title(c: &Conflict, context: &Context) -> String {
    let code = c.rule.trim_end_matches("-E");
    let measured = Measured::ALL.into_iter().find(|m| m.code() == code);
    let name = measured
        .map(|m| format!("{}, {}", context.say(&m.title()), m.section()))
        .unwrap_or_default();
    if code == c.rule {
        name
    } else {
        format!("{name}, {}", word(context, "zoning-stage-drafted"))
    }
}

/// How many plots keep, break and leave open each figure.
fn summary(out: &mut String, found: &Assessment, context: &Context) {
    let _ = writeln!(out, "{}", context.bold(&word(context, "zoning-heading")));
    let mut table = Table::new([
        (word(context, "zoning-column-figure"), Align::Left),
        (word(context, "zoning-column-section"), Align::Left),
        (word(context, "zoning-verdict-kept"), Align::Right),
        (word(context, "zoning-verdict-broken"), Align::Right),
        (word(context, "zoning-verdict-unknown"), Align::Right),
    ]);
    for m in Measured::ALL {
        let [kept, broken, unknown] = found.count(m);
        if kept + broken + unknown > 0 {
            let counts = [kept, broken, unknown].map(|n| n.to_string());
            let [kept, broken, unknown] = counts;
            table.row([context.say(&m.title()), m.section().into(), kept, broken, unknown]);
        }
    }
    if table.is_empty() {
        let _ = writeln!(out, "  {}", word(context, "zoning-nothing"));
    } else {
        out.push_str(&table.render(context.width, 2, context.colour));
    }
}

/// Every figure of one plot with its arithmetic.
fn plot(out: &mut String, p: &Plot, context: &Context) {
    let head = [
        Some(p.feature.label.clone()),
        Some(kind(context, p.kind)),
        Some(format!("{} m²", number(context.language, p.area_m2, 0))),
        p.baunvo.clone(),
    ];
    let head: Vec<String> = head.into_iter().flatten().collect();
    let _ = writeln!(out, "{}", context.bold(&crate::export::plain(&head.join(" · "))));
    for c in &p.checks {
        let title = context.say(&c.measured.title());
        let line = format!(
            "{title} ({}, {}): {}",
            stage(context, c.stage),
            c.measured.section(),
            verdict(context, c.verdict)
        );
        out.push_str(&paragraph(&line, context.width, 2));
        out.push_str(&paragraph(&context.say(&c.formula), context.width, 6));
        if let Some(l) = &c.limit {
            let basis = match l.basis {
                Basis::Orientation => word(context, "zoning-limit-orientation"),
                Basis::Plan | Basis::Window => word(context, "zoning-limit-plan"),
            };
            let (v, unit) = (number(context.language, l.value, c.measured.decimals()), c.measured.unit());
            let v = if unit.is_empty() { v } else { format!("{v} {unit}") };
            let line = format!("{basis} {v} ({}; {})", l.section, context.say(&l.source));
            out.push_str(&paragraph(&line, context.width, 6));
        }
        for note in &c.unknown {
            out.push_str(&paragraph(&format!("– {}", context.say(note)), context.width, 6));
        }
    }
    for note in &p.notes {
        out.push_str(&paragraph(&format!("– {}", context.say(note)), context.width, 2));
    }
    out.push('\n');
}

/// How results are asked for; here for the tests of this room.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_heading_in_both_languages() {
        sheets::assert_headings(COLUMNS);
        assert_eq!(sheets::Form::ALL.len(), 4);
    }
}
