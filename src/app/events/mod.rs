//! `--events FILE`: a line of JSON for everything a script or a test waits for. The window works the same without it.
//!
//! `{"event":"ready","conflicts":12,"generation":1}`, `{"event":"selection","kind":"conflict","id":"N1-…"}`,
//! `{"event":"language","language":"en"}`.

use super::bridge::{CurrentSnapshot, Selection, ViewState};
use crate::model::Language;
use bevy::prelude::*;
use serde_json::{Value, json};
use std::{fs::File, io::Write, path::PathBuf};

/// The open event file and what it said last.
#[derive(Resource)]
struct EventFile {
    file: File,
    generation: Option<u64>,
    selection: Selection,
    language: Option<Language>,
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
            })
            .add_systems(Last, tell);
        }
        Err(error) => warn!("cannot write events ({error}): {}", path.display()),
    }
}

fn tell(mut out: ResMut<EventFile>, snapshot: Res<CurrentSnapshot>, view: Res<ViewState>) {
    if out.language != Some(view.language) {
        out.language = Some(view.language);
        write(&mut out.file, &json!({ "event": "language", "language": view.language.code() }));
    }
    if let Some(current) = snapshot.0.as_ref().filter(|s| out.generation != Some(s.generation)) {
        out.generation = Some(current.generation);
        write(
            &mut out.file,
            &json!({ "event": "ready", "conflicts": current.evaluation.conflicts.len(), "generation": current.generation }),
        );
    }
    if out.selection != view.selection {
        out.selection = view.selection.clone();
        write(&mut out.file, &selection(&view.selection));
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
