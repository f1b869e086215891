//! `figures PROJECT`: areas by use, dwellings, inhabitants, places, parking, sealed and green area and costs of sites or of a plan.

use super::{
    Entry,
    args::Words,
    context::{Context, Exit, Failure},
    planned::{self, Planned},
    sheets,
    table::{Align, Table, paragraph},
};
use crate::{
    export::{Cell, Column, Sheet, SheetRow, plain},
    figures::{Assumptions, Figure, PlanFigures, SiteFigures},
    geometry::to_geo,
    i18n::{number, site_use, tr, tr_with},
    project::City,
    session::plan_figures,
};
use clap::{ArgMatches, Command, builder::PossibleValuesParser, value_parser};
use serde_json::{Map, json};
use std::fmt::Write;

pub(super) const ENTRY: Entry = Entry {
    name: "figures",
    arguments,
    run,
};

const COLUMNS: &[Column] = &[
    column("site", "sitefigures-column-site"),
    column("site_id", "sitefigures-column-site-id"),
    column("use", "sitefigures-column-use"),
    column("figure", "sitefigures-column-figure"),
    column("value", "sitefigures-column-value"),
    column("unit", "sitefigures-column-unit"),
    column("formula", "sitefigures-column-formula"),
    column("source", "sitefigures-column-source"),
];

const fn column(name: &'static str, heading: &'static str) -> Column {
    Column { name, heading }
}

fn arguments(command: Command, words: Words) -> Command {
    let factor = |name, key: &str| words.option(name, key).value_name("N").value_parser(value_parser!(f64));
    let command = command
        .arg(words.positional("PROJECT", "project").required(true))
        .arg(words.option("site", "plan-site").value_name("ID"))
        .arg(factor("index", "plan-index"))
        .arg(factor("factor", "plan-factor"))
        .arg(factor("parking", "plan-parking"))
        .arg(
            words
                .option("standard", "plan-standard")
                .value_parser(PossibleValuesParser::new(["3", "4", "5"]))
                .default_value("4"),
        );
    sheets::arguments(planned::arguments(command, words), words)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let given = assumptions(matches, context)?;
    let project = Planned::open(matches, context)?;
    let city = project.city();
    let mut found = plan_figures(&project.base, city, &given);
    let one = matches.get_one::<String>("site");
    if let Some(id) = one {
        found.sites.retain(|s| s.site.id == *id || s.site.label == *id);
        if found.sites.is_empty() {
            return Err(Failure::new(Exit::Usage, context.text_with("plan-no-site", &[("id", id.clone())])));
        }
    }
    let sheet = Sheet {
        city,
        language: context.language,
        format: "figures",
        columns: COLUMNS,
        rows: found
            .sites
            .iter()
            .flat_map(|s| s.figures.iter().map(|f| row(city, s, f, context)))
            .collect(),
        account: Map::from_iter([("figures".into(), json!(found))]),
    };
    sheets::write(matches, context, &sheet, |context| render(&found, one.is_some(), context))?;
    Ok(Exit::Fine)
}

fn assumptions(matches: &ArgMatches, context: &Context) -> Result<Assumptions, Failure> {
    let told = |name: &str| matches.get_one::<f64>(name).copied();
    let mut out = Assumptions::default();
    if let Some(index) = told("index") {
        out.index = index;
        out.index_source = tr(context.language, "sitefigures-own-index");
    }
    out.factor = told("factor").unwrap_or(out.factor);
    out.parking_per_dwelling = told("parking").unwrap_or(out.parking_per_dwelling);
    let standard = matches.get_one::<String>("standard").and_then(|s| s.parse().ok());
    out.standard = standard.unwrap_or(out.standard);
    let sane = |v: f64, least: f64, most: f64| v.is_finite() && (least..=most).contains(&v);
    if sane(out.index, 10.0, 2000.0) && sane(out.factor, 0.1, 10.0) && sane(out.parking_per_dwelling, 0.0, 10.0) {
        Ok(out)
    } else {
        Err(Failure::new(Exit::Usage, context.text("plan-bounds")))
    }
}

fn row(city: &City, s: &SiteFigures, f: &Figure, context: &Context) -> SheetRow {
    let layer = city.layer(&s.site.slot);
    SheetRow {
        geometry: layer.map(|l| to_geo(&l.layer.geometry, s.site.row as usize)),
        cells: vec![
            Cell::text(&s.site.label),
            Cell::text(&s.site.id),
            Cell::text(&s.usage),
            Cell::text(f.title.get(context.language)),
            Cell::Number(f.value, f.decimals),
            Cell::text(f.unit.get(context.language)),
            Cell::text(f.formula.get(context.language)),
            Cell::text(&f.source),
        ],
    }
}

/// The word of a use, safe for a terminal.
fn usage(name: &str, context: &Context) -> String {
    plain(&site_use(context.language, name))
}

fn render(found: &PlanFigures, whole: bool, context: &Context) -> String {
    let l = context.language;
    let mut out = String::new();
    if whole {
        for s in &found.sites {
            site(&mut out, s, context);
        }
        return out;
    }
    let _ = writeln!(out, "{}", context.bold(&tr(l, "sitefigures-heading-use")));
    let mut table = Table::new([
        (tr(l, "sitefigures-column-use"), Align::Left),
        (tr(l, "sitefigures-column-area"), Align::Right),
    ]);
    for (name, m2) in &found.by_use {
        table.row([usage(name, context), format!("{} ha", number(l, m2 / 10_000.0, 2))]);
    }
    out.push_str(&table.render(context.width, 2, context.colour));
    let values = [("n", found.sites.len().to_string().into())];
    let _ = writeln!(out, "\n{}", context.bold(&tr_with(l, "sitefigures-heading-total", &values)));
    let mut table = Table::new([
        (tr(l, "sitefigures-column-figure"), Align::Left),
        (tr(l, "sitefigures-column-value"), Align::Right),
        (tr(l, "sitefigures-column-unit"), Align::Left),
        (tr(l, "sitefigures-column-unknown"), Align::Right),
    ]);
    for t in &found.totals {
        table.row([
            context.say(&t.title),
            number(l, t.value, 0),
            context.say(&t.unit),
            if t.unknown == 0 { String::new() } else { t.unknown.to_string() },
        ]);
    }
    out.push_str(&table.render(context.width, 2, context.colour));
    let a = &found.assumptions;
    let values = [
        ("standard", a.standard.to_string().into()),
        ("index", number(l, a.index, 1).into()),
        ("source", a.index_source.clone().into()),
        ("factor", number(l, a.factor, 2).into()),
    ];
    out.push_str(&paragraph(
        &format!("– {}", tr_with(l, "sitefigures-costs", &values)),
        context.width,
        0,
    ));
    out.push_str(&paragraph(&format!("– {}", tr(l, "sitefigures-not-in")), context.width, 0));
    out
}

fn site(out: &mut String, s: &SiteFigures, context: &Context) {
    let l = context.language;
    let head = format!("{} · {}", s.site.label, usage(&s.usage, context));
    let _ = writeln!(out, "{}", context.bold(&plain(&head)));
    let mut table = Table::new([
        (tr(l, "sitefigures-column-figure"), Align::Left),
        (tr(l, "sitefigures-column-value"), Align::Right),
        (tr(l, "sitefigures-column-formula"), Align::Left),
        (tr(l, "sitefigures-column-source"), Align::Left),
    ]);
    for f in &s.figures {
        let value = f.value.map(|v| format!("{} {}", number(l, v, f.decimals), context.say(&f.unit)));
        table.row([
            context.say(&f.title),
            value.unwrap_or_else(|| tr(l, "sitefigures-use-unknown")),
            context.say(&f.formula),
            f.source.clone(),
        ]);
    }
    out.push_str(&table.render(context.width, 2, context.colour));
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_heading_in_both_languages() {
        crate::cli::sheets::assert_headings(COLUMNS);
    }
}
