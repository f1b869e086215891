//! `services list|confirm|fetch PROJECT`: whom a project would ask, whether that was confirmed on this computer, and what is in the cache.

use super::{
    Entry,
    args::Words,
    context::{Context, Exit, Failure},
    progress::with_progress,
    table::{Align, Table, paragraph},
};
use crate::{
    model::LocalText,
    progress::Control,
    project::{self, RemoteSource, Remotes},
    services::{self, Confirmations, Endpoint, Limits, ServiceError},
};
use clap::{Arg, ArgAction, ArgMatches, Command, builder::PossibleValuesParser};
use serde_json::json;
use std::path::Path;

pub(super) const ENTRY: Entry = Entry {
    name: "services",
    arguments,
    run,
};

fn arguments(command: Command, words: Words) -> Command {
    let project = || words.positional("PROJECT", "project").required(true);
    let many = |arg: Arg| arg.action(ArgAction::Append);
    command
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            words.command("list", "services-list").arg(project()).arg(
                words
                    .option("format", "format-table-json")
                    .value_parser(PossibleValuesParser::new(["table", "json"]))
                    .default_value("table"),
            ),
        )
        .subcommand(
            words
                .command("confirm", "services-confirm")
                .arg(project())
                .arg(many(words.option("endpoint", "services-endpoint").value_name("URL")))
                .arg(words.option("all", "services-all").action(ArgAction::SetTrue))
                .arg(words.option("revoke", "services-revoke").action(ArgAction::SetTrue)),
        )
        .subcommand(
            words
                .command("fetch", "services-fetch")
                .arg(project())
                .arg(many(words.option("only", "services-only").value_name("SLOT"))),
        )
}

fn run(matches: &ArgMatches, context: &Context) -> Result<Exit, Failure> {
    let Some((command, inner)) = matches.subcommand() else {
        return Ok(Exit::Usage);
    };
    let path = inner.get_one::<String>("PROJECT").map(String::as_str).unwrap_or_default();
    let remotes = project::remotes(Path::new(path), &Control::default()).map_err(|e| context.failure(Exit::Open, &e.text()))?;
    let confirmed = Confirmations::load().map_err(|e| context.failure(Exit::Open, &e.text()))?;
    match command {
        "confirm" => confirm(inner, &remotes, confirmed, context),
        "fetch" => fetch(inner, &remotes, &confirmed, context),
        _ => list(inner, &remotes, &confirmed, context),
    }
}

/// One service as it stands.
struct State<'a> {
    remote: &'a RemoteSource,
    endpoint: Result<Endpoint, ServiceError>,
    confirmed: bool,
    cached: Result<Option<services::Entry>, ServiceError>,
}

fn states<'a>(remotes: &'a Remotes, confirmed: &Confirmations) -> Vec<State<'a>> {
    let state = |remote: &'a RemoteSource| {
        let endpoint = remote.source.endpoint();
        State {
            remote,
            confirmed: endpoint.as_ref().is_ok_and(|e| confirmed.allows(&remotes.folder, e)),
            endpoint,
            cached: services::cached(&remotes.folder, &remote.source),
        }
    };
    remotes.list.iter().map(state).collect()
}

fn list(matches: &ArgMatches, remotes: &Remotes, confirmed: &Confirmations, context: &Context) -> Result<Exit, Failure> {
    let states = states(remotes, confirmed);
    if matches.get_one::<String>("format").is_some_and(|f| f == "json") {
        let document = json!({
            "format": "stadtschicht.services",
            "schema": 1,
            "services": states.iter().map(|s| json!({
                "fills": s.remote.fills,
                "kind": s.remote.source.kind,
                "endpoint": s.endpoint.as_ref().map(ToString::to_string).ok(),
                "layer": s.remote.source.layer,
                "confirmed": s.confirmed,
                "retrieved": s.cached.as_ref().ok().and_then(|c| Some(&c.as_ref()?.retrieved)),
                "fault": s.endpoint.as_ref().err().or(s.cached.as_ref().err()).map(ServiceError::text),
            })).collect::<Vec<_>>(),
        });
        let text = serde_json::to_string_pretty(&document).map_err(|e| Failure::new(Exit::Internal, e.to_string()))?;
        context.print(&(text + "\n"))?;
        return Ok(Exit::Fine);
    }
    if states.is_empty() {
        context.print(&paragraph(&context.text("services-none"), context.width, 0))?;
        return Ok(Exit::Fine);
    }
    let mut table = Table::new([
        (context.text("column-fills"), Align::Left),
        (context.text("column-service"), Align::Left),
        (context.text("column-layer"), Align::Left),
        (context.text("column-confirmed"), Align::Left),
        (context.text("column-cache"), Align::Left),
    ]);
    for s in &states {
        let service = match &s.endpoint {
            Ok(endpoint) => format!("{} {endpoint}", endpoint.kind.name()),
            Err(e) => context.say(&e.text()),
        };
        let cache = match &s.cached {
            Ok(None) => context.text("services-empty"),
            Ok(Some(entry)) => kept(entry, context),
            Err(ServiceError::Address { .. }) => String::new(),
            Err(e) => context.say(&e.text()),
        };
        let confirmed = context.text(if s.confirmed { "services-yes" } else { "services-no" });
        table.row([s.remote.fills.to_string(), service, s.remote.source.layer.clone(), confirmed, cache]);
    }
    let mut out = format!("{}\n\n", context.bold(&context.say(&remotes.title)));
    out.push_str(&table.render(context.width, 0, context.colour));
    if states.iter().any(|s| !s.confirmed && s.endpoint.is_ok()) {
        out.push('\n');
        out.push_str(&paragraph(&context.text("services-how"), context.width, 0));
    }
    context.print(&out)?;
    Ok(Exit::Fine)
}

fn kept(entry: &services::Entry, context: &Context) -> String {
    let age = entry.age_days(services::now()).unwrap_or(0).to_string();
    let values = [("day", entry.day().to_string()), ("age", age), ("n", entry.delivered.to_string())];
    let key = if entry.picture.is_some() {
        "services-kept-picture"
    } else {
        "services-kept"
    };
    context.text_with(key, &values)
}

fn confirm(matches: &ArgMatches, remotes: &Remotes, mut confirmed: Confirmations, context: &Context) -> Result<Exit, Failure> {
    let mut endpoints: Vec<Endpoint> = vec![];
    for remote in &remotes.list {
        match remote.source.endpoint() {
            Ok(e) if !endpoints.contains(&e) => endpoints.push(e),
            Ok(_) => {}
            Err(e) => context.note(&context.say(&e.text())),
        }
    }
    let asked: Vec<&String> = matches.get_many("endpoint").into_iter().flatten().collect();
    if !matches.get_flag("all") {
        for text in &asked {
            if !endpoints.iter().any(|e| e.to_string() == **text) {
                let known: Vec<String> = endpoints.iter().map(ToString::to_string).collect();
                let values = [("endpoint", (*text).clone()), ("known", known.join(", "))];
                return Err(Failure::new(Exit::Usage, context.text_with("services-unknown", &values)));
            }
        }
        endpoints.retain(|e| asked.iter().any(|a| **a == e.to_string()));
    }
    if endpoints.is_empty() {
        return Err(Failure::new(Exit::Usage, context.text("services-which")));
    }
    let fault = |e: ServiceError| context.failure(Exit::Write, &e.text());
    if matches.get_flag("revoke") {
        for e in &endpoints {
            confirmed.revoke(&remotes.folder, e).map_err(fault)?;
        }
    } else {
        confirmed.allow(&remotes.folder, &endpoints).map_err(fault)?;
    }
    let key = if matches.get_flag("revoke") {
        "services-revoked"
    } else {
        "services-confirmed"
    };
    for e in &endpoints {
        let line = context.text_with(key, &[("endpoint", format!("{} {e}", e.kind.name()))]);
        context.print(&format!("{line}\n"))?;
    }
    Ok(Exit::Fine)
}

fn fetch(matches: &ArgMatches, remotes: &Remotes, confirmed: &Confirmations, context: &Context) -> Result<Exit, Failure> {
    let only: Vec<&String> = matches.get_many("only").into_iter().flatten().collect();
    if let Some(unknown) = only.iter().find(|o| !remotes.list.iter().any(|r| *r.fills.0 == ***o)) {
        let known: Vec<String> = remotes.list.iter().map(|r| r.fills.to_string()).collect();
        let values = [("endpoint", (*unknown).clone()), ("known", known.join(", "))];
        return Err(Failure::new(Exit::Usage, context.text_with("services-unknown", &values)));
    }
    let wanted = remotes
        .list
        .iter()
        .filter(|r| only.is_empty() || only.iter().any(|o| *r.fills.0 == ***o));
    let mut failed = false;
    for remote in wanted {
        let fetched = with_progress(context, |control| {
            services::fetch(remotes.place(), &remote.source, confirmed, Limits::default(), control)
        })?;
        match fetched {
            Ok(entry) => {
                let mut line = format!("{}: {}", remote.fills, kept(&entry, context));
                let holes = entry.picture.as_ref().map_or(0, |p| p.holes);
                if entry.missing() > 0 || holes > 0 {
                    failed = true;
                    let values = [("n", (entry.missing() + holes).to_string())];
                    line = format!("{line} · {}", context.text_with("services-missing", &values));
                }
                context.print(&format!("{line}\n"))?;
            }
            Err(e) => {
                failed = true;
                let text: LocalText = e.text();
                context.note(&format!("{}: {}", remote.fills, context.say(&text)));
            }
        }
    }
    Ok(if failed { Exit::Found } else { Exit::Fine })
}
