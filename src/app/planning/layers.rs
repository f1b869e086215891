//! The layers that the open plan changes, written for other programs off the window's thread, by the same code as the command
//! `scenario export`.

use crate::{
    app::{
        bridge::{CurrentSnapshot, Notice, Notices, ViewState, Wish},
        scene::redraw::Redraw,
    },
    export::{ExportError, plan_layers, save_plan},
    i18n::{tr, tr_with},
    model::{Language, LocalText},
    progress::Control,
    session::Snapshot,
};
use bevy::prelude::*;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
};

/// What was written, or nothing where the plan changes no layer.
type Written = Result<Vec<PathBuf>, ExportError>;

/// The file that is being written.
#[derive(Resource, Default)]
pub(super) struct Saving(Option<JoinHandle<Written>>);

fn both(key: &str) -> LocalText {
    LocalText::new(tr(Language::De, key), tr(Language::En, key))
}

fn write(s: &Snapshot, path: &Path, language: Language) -> Written {
    let Some(plan) = &s.planning else { return Ok(vec![]) };
    let layers = plan_layers(&plan.base, &plan.overlay, &s.city);
    match layers.is_empty() {
        true => Ok(vec![]),
        false => save_plan(path, &layers, s.city.info.epsg, language, &Control::default()),
    }
}

fn notice(done: Option<Written>) -> Notice {
    let (title, text, error) = match done {
        Some(Ok(files)) if files.is_empty() => ("layers-save-failed", both("cli-scenario-nothing"), true),
        Some(Ok(files)) => {
            let say = |l| {
                let first = files.first().map_or_else(String::new, |f| f.display().to_string());
                let more = files.len() as i64 - 1;
                match more {
                    0 => first,
                    _ => tr_with(l, "layers-saved-more", &[("file", first.into()), ("n", more.into())]),
                }
            };
            ("layers-saved", LocalText::new(say(Language::De), say(Language::En)), false)
        }
        Some(Err(e)) => ("layers-save-failed", e.text(), true),
        None => ("layers-save-failed", both("layers-save-broken"), true),
    };
    Notice {
        title: both(title),
        text,
        facts: vec![],
        place: None,
        error,
    }
}

/// Begins what was asked for, and says when it is done. One file at a time; the window waits for nothing.
pub(super) fn carry_out(
    mut wishes: MessageReader<Wish>,
    mut saving: ResMut<Saving>,
    snapshot: Res<CurrentSnapshot>,
    view: Res<ViewState>,
    mut notices: ResMut<Notices>,
    mut redraw: ResMut<Redraw>,
) {
    for wish in wishes.read() {
        let (Wish::SaveLayers(path), Some(s)) = (wish, &snapshot.0) else {
            continue;
        };
        if let Some(before) = saving.0.take() {
            notices.0.push(notice(before.join().ok()));
        }
        let (s, path, language) = (Arc::clone(s), path.clone(), view.language);
        match std::thread::Builder::new()
            .name("layers".into())
            .spawn(move || write(&s, &path, language))
        {
            Ok(thread) => saving.0 = Some(thread),
            Err(_) => notices.0.push(notice(None)),
        }
    }
    if saving.0.is_none() {
        return;
    }
    // Frames go on until the end can be told.
    redraw.soon();
    if let Some(thread) = saving.0.take_if(|t| t.is_finished()) {
        notices.0.push(notice(thread.join().ok()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_named_and_nothing_is_no_success() {
        let said = notice(Some(Ok(vec!["/a/p-sites.geojson".into(), "/a/p-sites.qml".into()])));
        assert!(!said.error && said.text.de.contains("/a/p-sites.geojson") && said.text.en.contains('1'));
        assert!(notice(Some(Ok(vec![]))).error && notice(None).error);
        let said = notice(Some(Ok(vec!["/a/p.gpkg".into()])));
        assert_eq!(said.text, LocalText::same("/a/p.gpkg"));
    }
}
