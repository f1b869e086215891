//! `setbacks PROJECT`: Abstandsflächen wall by wall, and where they do not fit.

use super::{
    Entry,
    args::Words,
    conflict_list::conflict_list,
    context::{Context, Exit, Failure},
    planned::{self, Planned, among},
    progress::with_progress,
    sheets,
    table::paragraph,
};
use crate::{
    export::{Cell, Column, Sheet, SheetRow},
    i18n::{tr, tr_with},
    model::Conflict,
    rules::Verdict,
    zoning::{self, Setbacks, WallArea},
};
use clap::{ArgMatches, Command, builder::PossibleValuesParser};
use serde_json::{Map, json};
use std::sync::Arc;

pub(super) const ENTRY: Entry = Entry {
    name: "setbacks",
    arguments,
    run,
};

const COLUMNS: &[Column] = &[
    column("building", "setbacks-column-building"),
    column("building_id", "setbacks-column-building-id"),
    column("wall", "setbacks-column-wall"),
    column("height_m", "setbacks-column-height"),
    column("height_at_most_m", "setbacks-column-height-at-most"),
    column("depth_m", "setbacks-column-depth"),
    column("depth_at_most_m", "setbacks-column-depth-at-most"),
    column("room_m", "setbacks-column-room"),
    column("overlap_m2", "setbacks-column-overlap"),
    column("plot", "setbacks-column-plot"),
    column("verdict", "setbacks-column-verdict"),
    column("section", "setbacks-column-section"),
    column("formula", "setbacks-column-formula"),
    column("notes", "setbacks-column-notes"),
];

const fn column(name: &'static str, heading: &'static str) -> Column {
    Column { name, heading }
}

const ALL: &str = "all";

fn arguments(command: Command, words: Words) -> Command {
    let command = command.arg(words.positional("PROJECT", "project").required(true)).arg(
        words
            .option("of", "walls-of")
            .value_parser(PossibleValuesParser::new(["plan", ALL]))
            .default_value("plan"),
    );
    sheets::arguments(planned::arguments(command, words), words)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let project = Planned::open(matches, context)?;
    let all = matches.get_one::<String>("of").is_some_and(|v| v == ALL);
    let (city, new) = (project.city(), project.new_buildings());
    let found = with_progress(context, |control| match (all, &project.plan) {
        (true, _) => zoning::setbacks(city, |_, _| true, control),
        (false, Some(_)) => zoning::setbacks(city, |l, r| among(&new, l, r), control),
        (false, None) => zoning::setbacks(city, zoning::on_sites(city), control),
    })?;
    let found = found.ok_or_else(|| Failure::new(Exit::Internal, context.text("broken")))?;
    let conflicts = zoning::setback_conflicts(city, &found);
    let sheet = Sheet {
        city,
        language: context.language,
        format: "setbacks",
        columns: COLUMNS,
        rows: found.walls.iter().map(|w| row(w, context)).collect(),
        account: Map::from_iter([("setbacks".into(), json!(found)), ("conflicts".into(), json!(conflicts))]),
    };
    sheets::write(matches, context, &sheet, |context| render(&found, &conflicts, context))?;
    sheets::fail_on(matches, context, &conflicts)
}

fn row(w: &WallArea, context: &Context) -> SheetRow {
    let height = w.depth.height_m;
    let overlap = w.overlaps.iter().map(|o| o.1).reduce(f64::max);
    let verdict = match w.verdict {
        Verdict::Conflict => "setbacks-broken",
        Verdict::Clear => "setbacks-kept",
        Verdict::Unknown | Verdict::NotApplicable => "setbacks-unknown",
    };
    let notes: Vec<String> = w.notes.iter().map(|n| context.say(n)).collect();
    SheetRow {
        geometry: Some(zoning::area_of(w).into()),
        cells: vec![
            Cell::text(&w.building.label),
            Cell::text(&w.building.id),
            Cell::Number(Some(f64::from(w.wall + 1)), 0),
            Cell::Number(height.map(|h| h.low), 2),
            Cell::Number(height.and_then(|h| h.high), 2),
            Cell::Number(Some(w.depth.depth_m.low), 2),
            Cell::Number(w.depth.depth_m.high, 2),
            Cell::Number(w.room_m, 2),
            Cell::Number(overlap, 1),
            Cell::text(w.plot.as_ref().map_or("", |p| &p.label)),
            Cell::text(tr(context.language, verdict)),
            Cell::text(&w.depth.law),
            Cell::text(w.depth.formula.get(context.language)),
            Cell::text(notes.join(" ")),
        ],
    }
}

fn render(found: &Setbacks, conflicts: &[Arc<Conflict>], context: &Context) -> String {
    let l = context.language;
    let count = |v: Verdict| found.walls.iter().filter(|w| w.verdict == v).count().to_string();
    let values = [
        ("walls", found.walls.len().to_string().into()),
        ("kept", count(Verdict::Clear).into()),
        ("broken", count(Verdict::Conflict).into()),
        ("unknown", count(Verdict::Unknown).into()),
    ];
    let mut out = format!("{}\n", context.bold(&tr(l, "setbacks-heading")));
    out.push_str(&paragraph(&tr_with(l, "setbacks-summary", &values), context.width, 2));
    let values = [
        ("party", found.party_walls.to_string().into()),
        ("privileged", found.privileged.to_string().into()),
    ];
    out.push_str(&paragraph(&tr_with(l, "setbacks-left-out", &values), context.width, 2));
    let law = found.walls.first().map(|w| w.depth.law.clone()).unwrap_or_default();
    out.push_str(&conflict_list(
        conflicts,
        |_| format!("{} ({law})", tr(l, "setbacks-title")),
        context,
    ));
    for note in &found.notes {
        out.push_str(&paragraph(&format!("– {}", context.say(note)), context.width, 0));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_heading_in_both_languages() {
        crate::cli::sheets::assert_headings(COLUMNS);
    }
}
