//! What a dropped file brought, and errors, as notices.

use crate::{
    app::{bridge::Notice, theme::text},
    i18n::{number, tr, tr_with},
    model::{Bbox, Language, Layer, LocalText, SlotId},
    modules,
    scenario::journal,
    session::{Command, SessionError, Snapshot},
    starter::Started,
};
use std::{collections::BTreeMap, path::Path};

/// The same interface text in both languages.
fn both(key: impl Fn(Language) -> String) -> LocalText {
    LocalText::new(key(Language::De), key(Language::En))
}

/// A notice about an error; the window stays as it was.
pub fn error(title: impl Fn(Language) -> String, error: &SessionError) -> Notice {
    Notice {
        title: both(title),
        text: error.text(),
        facts: vec![],
        place: None,
        error: true,
    }
}

/// A notice about a command that failed.
pub fn of_command(command: &Command, error: &SessionError) -> Notice {
    let key = match command {
        Command::Save => "error-save",
        Command::Scenario(_) => "planning-failed",
        _ => "error-review",
    };
    self::error(|l| tr(l, key), error)
}

/// A notice about something that is not possible now.
pub fn refusal(title: impl Fn(Language) -> String, why: impl Fn(Language) -> String) -> Notice {
    Notice {
        title: both(title),
        text: both(why),
        facts: vec![],
        place: None,
        error: true,
    }
}

/// Work on variants that a crash left, if there is any.
pub fn waiting(s: &Snapshot) -> Option<Notice> {
    let waiting = journal::waiting(&journal::default_folder()?, &s.city.info.folder);
    let steps = |n: usize| both(|l| tr_with(l, "planning-steps", &[("n", (n as i64).into())]));
    let facts = waiting.into_iter().map(|w| (LocalText::same(&w.title), steps(w.steps)));
    let facts: Vec<_> = facts.collect();
    (!facts.is_empty()).then(|| Notice {
        title: both(|l| tr(l, "planning-waiting")),
        text: both(|l| tr(l, "planning-waiting-found")),
        facts,
        place: None,
        error: false,
    })
}

/// What a new project holds, and what its rules still lack.
pub fn started(started: &Started) -> Notice {
    let mut facts = vec![];
    for f in &started.filled {
        let of = |g| {
            let count = f.features.map_or_else(|| tr(g, "import-kind-grid"), |n| number(g, n as f64, 0));
            let mark = if f.unofficial {
                format!(" ({})", tr(g, "unofficial"))
            } else {
                String::new()
            };
            format!("{count}{mark}")
        };
        facts.push((f.title.clone(), both(of)));
    }
    facts.extend(lacking(started));
    for p in started.portals.iter().filter(|_| started.state.is_some()) {
        facts.push((LocalText::same(&p.name), LocalText::same(&p.portals)));
    }
    for f in &started.findings {
        let about = f.file.clone().or(f.layer.clone()).unwrap_or_else(|| f.code.clone());
        facts.push((LocalText::same(about), f.text.clone()));
    }
    let folder = started.folder.display().to_string();
    Notice {
        title: both(|g| tr(g, "found-done")),
        text: both(|g| tr_with(g, "found-done-text", &[("folder", folder.clone().into())])),
        facts,
        place: None,
        error: false,
    }
}

/// The name of a layer, and of its attribute where that is what is missing.
fn title(slot: &SlotId, attribute: Option<&str>) -> LocalText {
    let module = modules::builtin(slot.module()).and_then(Result::ok);
    let def = module.and_then(|m| m.slots.into_iter().find(|s| s.id == slot.slot()));
    let Some(def) = def else { return LocalText::same(slot.to_string()) };
    let Some(name) = attribute else { return def.title };
    let field = def.attributes.iter().find(|a| a.name == name);
    let field = field.map_or_else(|| LocalText::same(name), |a| a.title.clone());
    LocalText::new(format!("{}: {}", def.title.de, field.de), format!("{}: {}", def.title.en, field.en))
}

/// A slot, and an attribute of it where only that is lacking.
type Input = (SlotId, Option<String>);
/// Where such data usually are, and the rules that wait for them.
type Waiting<'a> = (LocalText, Vec<&'a str>);

/// What the rules still lack: each input with where such data usually are and the rules that wait for it.
fn lacking(started: &Started) -> Vec<(LocalText, LocalText)> {
    let mut inputs = BTreeMap::<Input, Waiting<'_>>::new();
    for rule in &started.lacking {
        for lack in &rule.missing {
            let input = inputs.entry((lack.slot.clone(), lack.attribute.clone()));
            input.or_insert_with(|| (lack.where_from.clone(), vec![])).1.push(&rule.rule);
        }
    }
    let line = |((slot, attribute), (from, rules)): (&Input, &Waiting<'_>)| {
        let title = title(slot, attribute.as_deref());
        let name = |g| tr_with(g, "found-lacks", &[("input", title.get(g).to_owned().into())]);
        let what = |g| format!("{} ({})", from.get(g), rules.join(", "));
        (both(name), both(what))
    };
    inputs.iter().map(line).collect()
}

/// Driver, CRS, count, extent and repairs of each layer of a dropped file.
pub fn added(path: &Path, layers: &[&Layer]) -> Notice {
    let mut facts = vec![];
    let mut place = Bbox::EMPTY;
    for l in layers {
        let extent = l.extent();
        place = place.union(extent);
        if let Some(p) = l.provenance.first() {
            facts.push((
                both(|g| tr(g, "file-layer")),
                LocalText::same(p.layer.clone().unwrap_or_else(|| p.file.clone())),
            ));
            facts.push((both(|g| tr(g, "file-driver")), LocalText::same(&p.driver)));
            facts.push((both(|g| tr(g, "file-crs")), LocalText::same(&p.crs)));
        }
        facts.push((both(|g| tr(g, "file-count")), both(|g| number(g, l.len() as f64, 0))));
        if !extent.is_empty() {
            let size = |g| {
                format!(
                    "{} × {}",
                    text::measure(g, extent.width_m(), "m"),
                    text::measure(g, extent.height_m(), "m")
                )
            };
            facts.push((both(|g| tr(g, "file-extent")), both(size)));
        }
        let dropped = l.report.dropped();
        facts.push((both(|g| tr(g, "file-dropped")), both(|g| number(g, dropped as f64, 0))));
        for f in l.report.findings.iter().take(5) {
            facts.push((LocalText::same(&f.code), f.text.clone()));
        }
    }
    let name = path
        .file_name()
        .map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    Notice {
        title: both(|g| tr(g, "file-added")),
        text: both(|g| tr_with(g, "file-added-text", &[("name", name.clone().into())])),
        facts,
        place: Some(place.buffered(50.0)).filter(|_| !place.is_empty()),
        error: false,
    }
}
