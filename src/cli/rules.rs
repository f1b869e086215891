//! `rules list` and `rules explain ID`: which rules there are, and what one of them says, rests on and asks for.

use super::{
    Entry,
    args::Words,
    context::{Context, Exit, Failure},
    modules::{all_modules, modules_of},
    table::{Align, Table, paragraph},
};
use crate::{
    export::plain,
    modules::{self, ModuleDef, RuleDef, RuleSide, SlotDef, StateVariant},
    rules,
};
use clap::{Arg, ArgMatches, Command, builder::PossibleValuesParser};
use std::fmt::Write;

pub(super) const ENTRY: Entry = Entry {
    name: "rules",
    arguments,
    run,
};

fn arguments(command: Command, words: Words) -> Command {
    let project = || words.option("project", "rules-project").value_name("PROJECT");
    let format: fn(Arg) -> Arg = |a| a.value_parser(PossibleValuesParser::new(["table", "json"])).default_value("table");
    command
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            words
                .command("list", "rules-list")
                .arg(project())
                .arg(format(words.option("format", "format-table-json"))),
        )
        .subcommand(words.command("reference", "rules-reference").arg(project()))
        .subcommand(
            words
                .command("explain", "rules-explain")
                .arg(words.positional("ID", "rule-id").required(true))
                .arg(project())
                .arg(format(words.option("format", "format-table-json"))),
        )
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let Some((action, inner)) = matches.subcommand() else {
        return Ok(Exit::Usage);
    };
    let (modules, state) = match inner.get_one::<String>("project") {
        Some(project) => modules_of(project.as_ref(), context)?,
        None => (all_modules(context)?, None),
    };
    if action == "reference" {
        context.print(&rules::reference(&modules, context.language))?;
        return Ok(Exit::Fine);
    }
    let json = inner.get_one::<String>("format").is_some_and(|f| f == "json");
    if action == "list" {
        return list(&modules, json, context);
    }
    let id = inner.get_one::<String>("ID").map(String::as_str).unwrap_or_default();
    let found = modules
        .iter()
        .find_map(|m| Some((m, m.rules.iter().find(|r| r.id.eq_ignore_ascii_case(id))?)));
    if let Some(rule) = modules::computed_rule(&id.to_uppercase()).filter(|_| found.is_none()) {
        if json {
            return print_json(rule, context);
        }
        context.print(&rules::explain(rule, context.language))?;
        return Ok(Exit::Fine);
    }
    let Some((module, rule)) = found else {
        let known: Vec<&str> = modules.iter().flat_map(|m| &m.rules).map(|r| r.id.as_str()).collect();
        let values = [("id", plain(id)), ("known", known.join(", "))];
        return Err(Failure::new(Exit::Usage, context.text_with("no-such-rule", &values)));
    };
    if json {
        return print_json(rule, context);
    }
    context.print(&explain(module, rule, &modules, state.as_deref(), context))?;
    Ok(Exit::Fine)
}

fn print_json(value: &impl serde::Serialize, context: &Context) -> Result<Exit, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Failure::new(Exit::Internal, e.to_string()))?;
    context.print(&(text + "\n"))?;
    Ok(Exit::Fine)
}

fn list(modules: &[ModuleDef], json: bool, context: &Context) -> Result<Exit, Failure> {
    if json {
        return print_json(&modules.iter().flat_map(|m| &m.rules).collect::<Vec<_>>(), context);
    }
    let mut out = String::new();
    for module in modules {
        let mut table = Table::new([
            (context.text("column-rule"), Align::Left),
            (context.text("column-severity"), Align::Right),
            (context.text("column-title"), Align::Left),
            (context.text("column-predicate"), Align::Left),
            (context.text("column-source"), Align::Left),
        ]);
        for rule in &module.rules {
            table.row([
                rule.id.clone(),
                u8::from(rule.severity).to_string(),
                context.say(&rule.title),
                rule.predicate.name().into(),
                rule.source.clone(),
            ]);
        }
        if !table.is_empty() {
            let _ = writeln!(out, "{} ({})", context.bold(&context.say(&module.title)), plain(&module.id));
            out.push_str(&table.render(context.width, 2, context.colour));
            out.push('\n');
        }
    }
    let mut table = Table::new([
        (context.text("column-rule"), Align::Left),
        (context.text("column-severity"), Align::Right),
        (context.text("column-title"), Align::Left),
        (context.text("column-source"), Align::Left),
    ]);
    for rule in modules::computed() {
        let severity = u8::from(rule.severity).to_string();
        table.row([rule.id.clone(), severity, context.say(&rule.title), rule.source.clone()]);
    }
    let _ = writeln!(out, "{}", context.bold(&context.text("rules-of-plans")));
    out.push_str(&table.render(context.width, 2, context.colour));
    out.push('\n');
    out.push_str(&paragraph(&context.text("rules-list-hint"), context.width, 0));
    context.print(&out)?;
    Ok(Exit::Fine)
}

fn explain(module: &ModuleDef, rule: &RuleDef, modules: &[ModuleDef], state: Option<&str>, context: &Context) -> String {
    let mut out = format!("{}\n", context.bold(&format!("{}  {}", plain(&rule.id), context.say(&rule.title))));
    let mut facts = Table::new([(String::new(), Align::Left), (String::new(), Align::Left)]);
    let fact = |facts: &mut Table, key: &str, value: String| {
        if !value.is_empty() {
            facts.row([context.text(key), value]);
        }
    };
    let evidence = serde_json::to_value(rule.evidence)
        .ok()
        .and_then(|v| v.as_str().map(str::to_lowercase))
        .unwrap_or_default();
    let force = serde_json::to_value(rule.legal_force)
        .ok()
        .and_then(|v| v.as_str().map(String::from))
        .unwrap_or_default();
    let source = [Some(&rule.source), rule.section.as_ref()]
        .into_iter()
        .flatten()
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    fact(
        &mut facts,
        "fact-severity",
        format!("{} – {}", u8::from(rule.severity), context.severity(rule.severity)),
    );
    fact(&mut facts, "fact-source", source);
    fact(&mut facts, "fact-force", context.text(&format!("force-{force}")));
    let valid = match (&rule.valid_from, &rule.valid_to) {
        (None, None) => String::new(),
        (from, to) => format!("{} – {}", from.as_deref().unwrap_or("…"), to.as_deref().unwrap_or("…")),
    };
    fact(&mut facts, "fact-valid", valid);
    fact(&mut facts, "fact-evidence", context.text(&format!("evidence-{evidence}")));
    fact(&mut facts, "fact-office", context.say(&rule.office));
    fact(&mut facts, "fact-module", format!("{} ({})", context.say(&module.title), module.id));
    fact(&mut facts, "fact-subject", side(&rule.subject, modules, context));
    fact(&mut facts, "fact-object", side(&rule.object, modules, context));
    for (slot, _, filter) in rule.further() {
        let further = RuleSide {
            slot: slot.clone(),
            filter: filter.map(str::to_owned),
        };
        fact(&mut facts, "fact-further", side(&further, modules, context));
    }
    // The table's headings are empty: drop their line.
    out.push_str(facts.render(context.width, 2, false).split_once('\n').map_or("", |(_, rows)| rows));
    let mut section = |key: &str, text: &str| {
        let _ = writeln!(out, "\n{}", context.bold(&context.text(key)));
        out.push_str(text);
    };
    let prose = |text: &crate::model::LocalText| paragraph(text.get(context.language), context.width, 2);
    section("section-what", &prose(&rule.what));
    section("section-why", &prose(&rule.why));
    section("section-reference", &prose(&rule.reference));
    section("section-parameters", &parameters(rule, context));
    if !rule.changed.is_empty() {
        let said = |c| paragraph(&rules::change_in_words(context.language, c), context.width, 2);
        section("section-changed", &rule.changed.iter().map(said).collect::<String>());
    }
    if rule.proxy {
        let note = rule
            .proxy_note
            .as_ref()
            .map_or_else(|| paragraph(&context.text("proxy"), context.width, 2), prose);
        section("section-proxy", &note);
    }
    if !rule.state.is_empty() {
        let lines: String = rule
            .state
            .iter()
            .map(|(name, v)| variant(name, v, state, context))
            .collect::<String>();
        section("section-states", &lines);
    }
    out
}

/// What is compared, in words, and the numbers by the names that a project changes them with.
fn parameters(rule: &RuleDef, context: &Context) -> String {
    let l = context.language;
    let mut out: String = rules::measure(rule, l)
        .iter()
        .map(|line| paragraph(line, context.width, 2))
        .collect();
    for number in rules::numbers(rule, l) {
        let _ = writeln!(out, "    {}", plain(&number));
    }
    out
}

fn side(side: &RuleSide, modules: &[ModuleDef], context: &Context) -> String {
    let slot: Option<&SlotDef> = modules
        .iter()
        .filter(|m| m.id == side.slot.module())
        .flat_map(|m| &m.slots)
        .find(|s| s.id == side.slot.slot());
    let title = slot.map_or_else(String::new, |s| format!("{} ", context.say(&s.title)));
    let filter = side.filter.as_ref().map_or_else(String::new, |f| format!("; {f}"));
    format!("{title}({}{filter})", side.slot)
}

fn variant(name: &str, v: &StateVariant, state: Option<&str>, context: &Context) -> String {
    let here = if state == Some(name) { "*" } else { " " };
    let said = rules::deviation_in_words(context.language, v);
    paragraph(&format!("{here} {name}: {said}"), context.width, 2)
}
