//! `compare PROJECT A B`: what two plans of a project, or a plan and the existing conditions, differ in.

use super::{
    Entry,
    args::Words,
    check::evaluated,
    context::{Context, Exit, Failure},
    progress::with_progress,
    scenario::find,
    table::{Align, Table, paragraph},
};
use crate::{
    export::{comparison_csv, comparison_json, comparison_xlsx, save},
    i18n,
    model::{Conflict, Value},
    rules::Evaluation,
    scenario::{Base, Comparison, Fate, FigureDelta, SumDelta},
    session::{Variant, compare},
};
use clap::{ArgMatches, Command, builder::PossibleValuesParser};
use std::{fmt::Write, path::PathBuf, sync::Arc};

pub(super) const ENTRY: Entry = Entry {
    name: "compare",
    arguments,
    run,
};

/// Names that mean the existing conditions.
const BASE: [&str; 2] = ["base", "bestand"];

fn arguments(command: Command, words: Words) -> Command {
    command
        .arg(words.positional("PROJECT", "project").required(true))
        .arg(words.positional("A", "compare-a").required(true))
        .arg(words.positional("B", "compare-b").required(true))
        .arg(
            words
                .option("format", "check-format")
                .value_parser(PossibleValuesParser::new(["text", "json", "csv", "xlsx"]))
                .default_value("text"),
        )
        .arg(words.file("out", "out"))
}

/// An open project, checked.
pub(super) struct Loaded {
    /// The city.
    pub base: Base,
    /// Its conflicts.
    pub evaluation: Arc<Evaluation>,
}

impl Loaded {
    /// Opens and checks with progress.
    pub fn open(project: &str, context: &Context) -> Result<Self, Failure> {
        let snapshot = evaluated(project.as_ref(), context)?;
        Ok(Self {
            base: Base::new(snapshot.city.clone()),
            evaluation: snapshot.evaluation.clone(),
        })
    }
}

/// The variant of that name. What has to be known about it goes to standard error.
pub(super) fn variant(loaded: &Loaded, name: &str, context: &Context) -> Result<Variant, Failure> {
    let base = &loaded.base;
    if BASE.contains(&name.to_lowercase().as_str()) {
        return Ok(Variant::of_base(base, &loaded.evaluation));
    }
    let path = find(&base.city.info.folder, name).map_err(|e| context.failure(Exit::Open, &e.text()))?;
    let opened = with_progress(context, |control| Variant::of_file(base, &loaded.evaluation, &path, control))?;
    let variant = opened.map_err(|e| context.failure(Exit::Open, &e.text()))?;
    for notice in &variant.notices {
        context.note(&context.say(notice));
    }
    Ok(variant)
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    let loaded = Loaded::open(text("PROJECT"), context)?;
    let (a, b) = (variant(&loaded, text("A"), context)?, variant(&loaded, text("B"), context)?);
    let compared = with_progress(context, |control| compare(&loaded.base, &a, &b, control))?;
    let compared = compared.map_err(|why| context.failure(Exit::Open, &why))?;
    let target = matches.get_one::<PathBuf>("out");
    let title = &loaded.base.city.info.title;
    let failed = |e: crate::export::ExportError| context.failure(Exit::Write, &e.text());
    let bytes = match text("format") {
        "json" => comparison_json(title, &compared).map_err(failed)?,
        "xlsx" => comparison_xlsx(context.language, title, &compared).map_err(failed)?,
        "csv" => comparison_csv(context.language, &compared),
        _ if target.is_some() => render(&compared, &context.for_file()).into_bytes(),
        _ => render(&compared, context).into_bytes(),
    };
    match target {
        Some(path) => save(path, &bytes).map_err(failed)?,
        None => context.print_bytes(&bytes)?,
    }
    Ok(Exit::Fine)
}

fn word(context: &Context, key: &str) -> String {
    i18n::tr(context.language, key)
}

/// The difference for people.
pub(super) fn render(c: &Comparison, context: &Context) -> String {
    let [a, b] = [&c.titles[0], &c.titles[1]].map(|t| context.say(t));
    let mut out = format!("{}\n\n", context.bold(&format!("{a} → {b}")));
    features(c, context, &mut out);
    conflicts(c, context, &mut out);
    indicators(c, [&a, &b], context, &mut out);
    figures(c, [&a, &b], context, &mut out);
    out
}

fn shown(value: &Value, context: &Context) -> String {
    match value {
        Value::Null => "–".into(),
        Value::Real(v) => {
            let places = if v.fract() == 0.0 { 0 } else { 2 };
            i18n::number(context.language, *v, places)
        }
        other => other.to_string(),
    }
}

fn features(c: &Comparison, context: &Context, out: &mut String) {
    let mut table = Table::new([
        (word(context, "scenario-fate"), Align::Left),
        (word(context, "scenario-layer"), Align::Left),
        (word(context, "scenario-name"), Align::Left),
        (word(context, "scenario-what"), Align::Left),
    ]);
    for f in &c.features {
        let area = |k: usize| f.area_m2[k].map(|v| format!("{} m²", i18n::number(context.language, v, 0)));
        let mut what: Vec<String> = vec![];
        match f.fate {
            Fate::Changed if f.moved => {
                let areas = area(0).zip(area(1)).filter(|(a, b)| a != b).map(|(a, b)| format!(" {a} → {b}"));
                what.push(format!("{}{}", word(context, "scenario-shape"), areas.unwrap_or_default()));
            }
            Fate::New => what.extend(area(1)),
            Fate::Gone => what.extend(area(0)),
            Fate::Changed => {}
        }
        for (name, before, after) in &f.attributes {
            what.push(format!("{name}: {} → {}", shown(before, context), shown(after, context)));
        }
        let fate = match f.fate {
            Fate::New => "scenario-new",
            Fate::Gone => "scenario-gone",
            Fate::Changed => "scenario-changed",
        };
        table.row([word(context, fate), context.say(&f.layer), f.label.clone(), what.join("; ")]);
    }
    let _ = writeln!(out, "{}", context.bold(&word(context, "scenario-features")));
    if table.is_empty() {
        out.push_str(&paragraph(&word(context, "scenario-no-difference"), context.width, 2));
    } else {
        out.push_str(&table.render(context.width, 2, context.colour));
    }
    for (key, before, after) in &c.settings {
        let line = format!("{key}: {} → {}", shown(before, context), shown(after, context));
        out.push_str(&paragraph(&line, context.width, 2));
    }
    out.push('\n');
}

fn quantity(c: &Conflict, context: &Context) -> String {
    format!("{} {}", i18n::number(context.language, c.measured.value, 1), c.measured.unit)
}

fn conflicts(c: &Comparison, context: &Context, out: &mut String) {
    let d = &c.conflicts;
    let counts = [
        ("scenario-new", d.new.len()),
        ("scenario-resolved", d.resolved.len()),
        ("scenario-changed", d.changed.len()),
        ("scenario-unchanged", d.unchanged),
    ];
    let counts: Vec<String> = counts.iter().map(|(key, n)| format!("{n} {}", word(context, key))).collect();
    let _ = writeln!(out, "{}: {}", context.bold(&word(context, "scenario-conflicts")), counts.join(", "));
    let mut table = Table::new([
        (word(context, "scenario-fate"), Align::Left),
        (context.text("column-rule"), Align::Left),
        (context.text("column-severity"), Align::Right),
        (word(context, "scenario-name"), Align::Left),
        (word(context, "scenario-measured"), Align::Left),
    ]);
    let mut row = |key: &str, c: &Conflict, measured: String| {
        let severity = u8::from(c.severity).to_string();
        table.row([word(context, key), c.rule.clone(), severity, c.subject.label.clone(), measured]);
    };
    d.new.iter().for_each(|c| row("scenario-new", c, quantity(c, context)));
    d.resolved.iter().for_each(|c| row("scenario-resolved", c, quantity(c, context)));
    d.changed.iter().for_each(|(a, b)| {
        row(
            "scenario-changed",
            b,
            format!("{} → {}", quantity(a, context), quantity(b, context)),
        )
    });
    if !table.is_empty() {
        out.push_str(&table.render(context.width, 2, context.colour));
    }
    out.push('\n');
}

fn indicators(c: &Comparison, [a, b]: [&str; 2], context: &Context, out: &mut String) {
    let mut table = Table::new([
        (word(context, "scenario-indicator"), Align::Left),
        (a.to_owned(), Align::Right),
        (b.to_owned(), Align::Right),
        (word(context, "scenario-delta"), Align::Right),
        (word(context, "scenario-unknown-part"), Align::Right),
    ]);
    let share = |p: Option<f64>| match p {
        Some(p) => format!("{} %", i18n::number(context.language, p, 1)),
        None => word(context, "scenario-unknown"),
    };
    let number = |f: &FigureDelta, v: Option<f64>| match v {
        Some(v) => format!(
            "{} {}",
            i18n::number(context.language, v, usize::from(f.decimals)),
            context.say(&f.unit)
        ),
        None => word(context, "scenario-unknown"),
    };
    let mut same = 0;
    for f in &c.indicators {
        if f.before == f.after {
            same += 1;
            continue;
        }
        let delta = f.delta().map(|d| i18n::signed(context.language, d, usize::from(f.decimals)));
        let title = format!("{} {}", f.id, context.say(&f.title));
        let [ua, ub] = f.unknown_percent.map(share);
        let unknown = if ua == ub { ua } else { format!("{ua} → {ub}") };
        table.row([title, number(f, f.before), number(f, f.after), delta.unwrap_or_default(), unknown]);
    }
    let rest = format!("{same} {}", word(context, "scenario-unchanged"));
    let _ = writeln!(out, "{}: {rest}", context.bold(&word(context, "scenario-indicators")));
    if !table.is_empty() {
        out.push_str(&table.render(context.width, 2, context.colour));
    }
}

fn figures(c: &Comparison, [a, b]: [&str; 2], context: &Context, out: &mut String) {
    let l = context.language;
    let mut table = Table::new([
        (word(context, "sitefigures-column-figure"), Align::Left),
        (a.to_owned(), Align::Right),
        (b.to_owned(), Align::Right),
        (word(context, "scenario-delta"), Align::Right),
        (word(context, "sitefigures-column-unknown"), Align::Right),
    ]);
    let number = |f: &SumDelta, v: Option<f64>| match v {
        Some(v) => format!("{} {}", i18n::number(l, v, f.decimals), context.say(&f.unit)),
        None => word(context, "scenario-unknown"),
    };
    for f in c
        .figures
        .iter()
        .filter(|f| f.before != f.after || f.unknown_sites[0] != f.unknown_sites[1])
    {
        let delta = f.delta().map(|d| i18n::signed(l, d, f.decimals)).unwrap_or_default();
        let [ua, ub] = f.unknown_sites;
        let unknown = if ua == ub { ua.to_string() } else { format!("{ua} → {ub}") };
        table.row([context.say(&f.title), number(f, f.before), number(f, f.after), delta, unknown]);
    }
    if !table.is_empty() {
        let _ = writeln!(out, "\n{}", context.bold(&word(context, "scenario-figures")));
        out.push_str(&table.render(context.width, 2, context.colour));
    }
}
