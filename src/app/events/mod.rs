//! `--events FILE`: a line of JSON for everything a script or a test waits for. The window works the same without it.
//!
//! `{"event":"ready","conflicts":12,"generation":1}`, `{"event":"selection","kind":"conflict","id":"N1-…"}`,
//! `{"event":"language","language":"en"}`, `{"event":"import","file":"kitas.gpkg","tried":158,"slot":"…"}`,
//! `{"event":"notice","title":"…","error":true}`, `{"event":"unsaved","asked":true}`,
//! `{"event":"plan","title":"Variante 1","steps":3,"undone":1,"last":"Neu: …","by_step":[2,1,0],"by_plan":[5,1,0],"resolved":["…"]}` (new, resolved, changed),
//! `{"event":"sun","date":"2026-03-21","minutes":900,"shadows":"ground","drawn":true,"cells":3600}`,
//! `{"event":"drawing","tool":"move","layer":"…","corners":1,"done":false,"selected":4}`,
//! `{"event":"panel","tab":"suitability"}`, `{"event":"indicators","figures":20,"places":0}`,
//! `{"event":"suitability","use":"housing","page":"weights","weights":[…],"best":[…]}`,
//! `{"event":"services","page":"add","asks":"http://…","layers":["…"],"chosen":null,"running":false,"error":null}`,
//! `{"event":"groups","unsaved":true}`, `{"event":"combine","open":true,"operation":"buffer","of":["…"],"features":12}`,
//! `{"event":"compare","view":"beside","features":14,"conflicts":9,"indicators":6,"figures":7}`.

use super::{
    bridge::{
        Arrangement, Closing, Compared, CurrentSnapshot, Drafting, Gathered, GroupDesk, ImportDesk, Notices, Panes, Selection, Side, Tool,
        ViewState,
    },
    indicators::Figures,
    services::Desk,
    shell::Shell,
    suitability::Weighing,
    sun::Sun,
    variants::Variants,
};
use crate::{model::Language, scenario::ConflictDelta, session::Planning};
use bevy::prelude::*;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs::File, io::Write, path::PathBuf};

/// The open event file and what it said last.
#[derive(Resource)]
struct EventFile {
    file: File,
    generation: Option<u64>,
    selection: Selection,
    language: Option<Language>,
    desk: Option<(u64, bool)>,
    notice: Option<String>,
    asked: bool,
    plan: Option<Value>,
    drawing: Option<Value>,
    /// What was told of the panels, by event.
    panels: BTreeMap<&'static str, Value>,
    compare: Option<Value>,
}

/// Adds the events when a file is asked for; a file that cannot be written is a warning, not the end of the window.
pub fn add(app: &mut App, path: Option<PathBuf>) {
    let Some(path) = path else { return };
    match File::create(&path) {
        Ok(file) => {
            app.insert_resource(EventFile {
                file,
                generation: None,
                selection: Selection::None,
                language: None,
                desk: None,
                notice: None,
                asked: false,
                plan: None,
                drawing: None,
                panels: BTreeMap::new(),
                compare: None,
            })
            .add_systems(Last, (tell, tell_panels));
        }
        Err(error) => warn!("cannot write events ({error}): {}", path.display()),
    }
}

fn tell(
    mut out: ResMut<EventFile>,
    snapshot: Res<CurrentSnapshot>,
    view: Res<ViewState>,
    (desk, notices, closing): (Res<ImportDesk>, Res<Notices>, Res<Closing>),
    (drafting, gathered): (Res<Drafting>, Res<Gathered>),
    (variants, compared, panes): (Res<Variants>, Res<Compared>, Res<Panes>),
) {
    // A file on the desk, and once more when the choice for it was tried.
    let now = desk
        .file
        .as_ref()
        .map(|f| (f.number, desk.trying.is_none() && desk.tried.is_some()));
    if out.desk != now {
        out.desk = now;
        let file = desk.file.as_ref().map(|f| f.file.name.clone());
        let tried = desk.tried.as_ref().filter(|_| now.is_some_and(|n| n.1));
        let count = tried.map(|t| t.trial.count);
        let slot = tried.and_then(|t| t.choice.slot.as_ref()).map(ToString::to_string);
        let refused = tried.and_then(|t| t.trial.refused.as_ref()).map(|t| t.en.clone());
        write(
            &mut out.file,
            &json!({ "event": "import", "file": file, "tried": count, "slot": slot, "refused": refused }),
        );
    }
    let notice = notices.0.first().map(|n| n.title.en.clone());
    if out.notice != notice {
        out.notice.clone_from(&notice);
        let error = notices.0.first().is_some_and(|n| n.error);
        write(&mut out.file, &json!({ "event": "notice", "title": notice, "error": error }));
    }
    // The question what becomes of unsaved reviews.
    let asked = *closing != Closing::No;
    if out.asked != asked {
        out.asked = asked;
        write(&mut out.file, &json!({ "event": "unsaved", "asked": asked }));
    }
    if out.language != Some(view.language) {
        out.language = Some(view.language);
        write(&mut out.file, &json!({ "event": "language", "language": view.language.code() }));
    }
    if let Some(current) = snapshot.0.as_ref().filter(|s| out.generation != Some(s.generation)) {
        out.generation = Some(current.generation);
        write(
            &mut out.file,
            &json!({
                "event": "ready", "conflicts": current.evaluation.conflicts.len(), "generation": current.generation,
                "unsaved": current.unsaved,
            }),
        );
    }
    if let Some(current) = snapshot.0.as_ref().filter(|_| snapshot.is_changed()) {
        let now = current.planning.as_ref().map(|p| plan(p));
        if out.plan != now {
            out.plan.clone_from(&now);
            write(&mut out.file, &now.unwrap_or_else(|| json!({ "event": "plan", "title": null })));
        }
    }
    if drafting.is_changed() || gathered.is_changed() {
        let now = drawing(&drafting, &gathered);
        if out.drawing.as_ref() != Some(&now) {
            write(&mut out.file, &now);
            out.drawing = Some(now);
        }
    }
    let now = compare(&variants, &compared, &panes);
    if out.compare.as_ref() != Some(&now) {
        write(&mut out.file, &now);
        out.compare = Some(now);
    }
    if out.selection != view.selection {
        out.selection = view.selection.clone();
        write(&mut out.file, &selection(&view.selection));
    }
}

/// What the view shows of two variants, and how many lines tell their difference.
fn compare(v: &Variants, compared: &Compared, panes: &Panes) -> Value {
    let view = match (panes.main.side, panes.other.is_some(), compared.arrangement) {
        (Side::Before, ..) => "before",
        (_, true, Arrangement::Beside) => "beside",
        (_, true, _) => "swipe",
        _ => "single",
    };
    let told = v.comparison.as_ref().filter(|_| v.open);
    let conflicts = told.map(|c| c.conflicts.new.len() + c.conflicts.resolved.len() + c.conflicts.changed.len());
    json!({
        "event": "compare", "view": view, "features": told.map(|c| c.features.len()), "conflicts": conflicts,
        "indicators": told.map(|c| c.indicators.iter().filter(|f| f.before != f.after).count()),
        "figures": told.map(|c| c.figures.iter().filter(|f| f.before != f.after).count()),
    })
}

fn plan(p: &Planning) -> Value {
    let undone = p.history.iter().filter(|h| !h.done).count();
    let last = p.history.iter().rfind(|h| h.done).map(|h| h.name.clone());
    let counts = |d: &ConflictDelta| [d.new.len(), d.resolved.len(), d.changed.len()];
    json!({
        "event": "plan", "title": p.about.title, "steps": p.history.len() - undone, "undone": undone, "last": last,
        "by_step": counts(&p.by_step), "by_plan": counts(&p.by_plan),
        "resolved": p.by_step.resolved.iter().map(|c| &c.id).collect::<Vec<_>>(),
        "notices": p.notices.iter().map(|n| &n.en).collect::<Vec<_>>(),
    })
}

fn drawing(d: &Drafting, gathered: &Gathered) -> Value {
    let tool = match d.tool {
        Tool::Select => "select",
        Tool::Draw(_) => "draw",
        Tool::Move => "move",
        Tool::Copy => "copy",
        Tool::Split => "split",
        Tool::Vertices => "corners",
    };
    json!({ "event": "drawing", "tool": tool, "layer": d.slot, "corners": d.points.len(), "done": d.done, "selected": gathered.features.len() })
}

/// What the panels at the bottom and the dialog for layers show, once it is worked out.
fn tell_panels(
    mut out: ResMut<EventFile>,
    (shell, groups, services): (Res<Shell>, Res<GroupDesk>, Res<Desk>),
    (figures, weighing, sun): (Res<Figures>, Res<Weighing>, Res<Sun>),
) {
    let mut now = vec![
        ("panel", json!({ "event": "panel", "tab": shell.shown_tab() })),
        ("services", services.told()),
        ("groups", json!({ "event": "groups", "unsaved": groups.unsaved() })),
        ("combine", shell.combine().told()),
    ];
    if let Some(Ok(all)) = figures.indicators().filter(|_| figures.open && !figures.busy()) {
        let (n, places) = (all.figures.len(), all.places.len());
        now.push(("indicators", json!({ "event": "indicators", "figures": n, "places": places })));
    }
    if weighing.open && !weighing.busy() {
        now.extend(weighing.told().map(|told| ("suitability", told)));
    }
    if sun.open {
        now.push(("sun", sun.told()));
    }
    for (name, value) in now {
        if out.panels.get(name) != Some(&value) {
            write(&mut out.file, &value);
            out.panels.insert(name, value);
        }
    }
}

fn selection(selection: &Selection) -> Value {
    match selection {
        Selection::None => json!({ "event": "selection", "kind": "none" }),
        Selection::Conflict(id) => json!({ "event": "selection", "kind": "conflict", "id": id }),
        Selection::Feature { slot, row } => json!({ "event": "selection", "kind": "feature", "slot": slot, "row": row }),
        Selection::Spot(at) => json!({ "event": "selection", "kind": "spot", "at": at }),
    }
}

fn write(file: &mut File, event: &Value) {
    // A full disk must not end the window; the waiting test will say what is missing.
    if let Err(error) = writeln!(file, "{event}") {
        warn!("cannot write an event: {error}");
    }
}
