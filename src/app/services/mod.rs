//! Whom the project would ask: shown before anybody is asked, and again when the user wants fresh data.

mod panel;

use super::{
    bridge::{CurrentSnapshot, Notice, Notices, ViewState, Wish},
    scene::redraw::Redraw,
    schedule::{AppSystems, PaintSystems},
};
use crate::{
    i18n::tr,
    model::{Language, LocalText},
    progress::Control,
    project::{self, City, ProjectInfo},
    services::{self, Confirmations, Limits},
};
use bevy::prelude::*;
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};
use panel::{Answer, Row};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
};

/// The dialog and what runs for it.
#[derive(Resource, Default)]
struct Desk {
    folder: PathBuf,
    rows: Vec<Row>,
    open: bool,
    looking: Option<JoinHandle<Vec<Row>>>,
    fetching: Option<(Control, JoinHandle<Vec<LocalText>>)>,
    /// The user asked for the dialog rather than the project.
    asked_for: bool,
}

/// True when a project names services, as far as its city shows it.
fn names_services(city: &City) -> bool {
    let kept = city.provenance().any(|(_, p)| p.retrieved.is_some());
    let lacking = || city.report.findings.iter().any(|f| f.code.starts_with("PJ-18"));
    kept || !city.backdrops.is_empty() || lacking()
}

/// Every service of a project as it stands. Reads files, asks nobody.
fn look(folder: &Path) -> Vec<Row> {
    let Ok(remotes) = project::remotes(folder, &Control::default()) else {
        return vec![];
    };
    let confirmed = Confirmations::load().ok();
    remotes
        .list
        .into_iter()
        .map(|r| Row::of(&remotes.folder, r, confirmed.as_ref()))
        .collect()
}

/// Confirms what is ticked and asks it. What went wrong comes back in words.
fn fetch(folder: &Path, rows: &[Row], control: &Control) -> Result<Vec<LocalText>, LocalText> {
    let remotes = project::remotes(folder, control).map_err(|e| e.text())?;
    let mut confirmed = Confirmations::load().map_err(|e| e.text())?;
    let ticked: Vec<&Row> = rows.iter().filter(|r| r.ticked && r.endpoint.is_ok()).collect();
    confirmed
        .allow(folder, ticked.iter().filter_map(|r| r.endpoint.as_ref().ok()))
        .map_err(|e| e.text())?;
    let mut faults = vec![];
    for row in ticked {
        if let Err(e) = services::fetch(remotes.place(), &row.source, &confirmed, Limits::default(), control) {
            faults.push(e.text());
        }
    }
    Ok(faults)
}

fn keep_up(
    mut desk: ResMut<Desk>,
    snapshot: Res<CurrentSnapshot>,
    mut wishes: MessageReader<Wish>,
    mut seen: Local<Option<Arc<ProjectInfo>>>,
    mut redraw: ResMut<Redraw>,
) {
    let asked = wishes.read().any(|w| *w == Wish::Services);
    let Some(s) = &snapshot.0 else { return };
    // A project opened anew has an information block of its own; a review or a dropped file keeps the old one.
    let new = seen.as_ref().is_none_or(|c| !Arc::ptr_eq(c, &s.city.info));
    if asked || (new && names_services(&s.city)) {
        let folder = s.city.info.folder.clone();
        desk.folder.clone_from(&folder);
        desk.asked_for = asked;
        desk.looking = Some(std::thread::spawn(move || look(&folder)));
    }
    if new {
        *seen = Some(s.city.info.clone());
    }
    if desk.looking.is_some() || desk.fetching.is_some() {
        redraw.soon();
    }
}

fn poll(mut desk: ResMut<Desk>, mut wishes: MessageWriter<Wish>, mut notices: ResMut<Notices>) {
    if let Some(thread) = desk.looking.take_if(|t| t.is_finished()) {
        desk.rows = thread.join().unwrap_or_default();
        let waiting = desk.rows.iter().any(Row::waits);
        desk.open = desk.asked_for || waiting;
    }
    if let Some((control, thread)) = desk.fetching.take_if(|(_, t)| t.is_finished()) {
        let faults = thread.join().unwrap_or_default();
        desk.open = false;
        if !control.is_cancelled() && !faults.is_empty() {
            let join = |l: Language| faults.iter().map(|f| f.get(l)).collect::<Vec<_>>().join("\n\n");
            notices.0.push(Notice {
                title: LocalText::new(tr(Language::De, "remote-failed"), tr(Language::En, "remote-failed")),
                text: LocalText::new(join(Language::De), join(Language::En)),
                facts: vec![],
                place: None,
                error: true,
            });
        }
        // What came is read like any file: the project is opened anew.
        wishes.write(Wish::Open(desk.folder.clone()));
    }
}

fn paint(mut contexts: EguiContexts, mut desk: ResMut<Desk>, view: Res<ViewState>, mut redraw: ResMut<Redraw>) -> Result {
    if !desk.open {
        return Ok(());
    }
    let ctx = contexts.ctx_mut()?;
    let running = desk.fetching.as_ref().map(|(control, _)| control.progress());
    let answer = panel::services_ui(ctx, &mut desk.rows, running.as_ref(), view.language);
    match answer {
        Answer::Nothing => return Ok(()),
        Answer::Close => match &desk.fetching {
            Some((control, _)) => control.cancel(),
            None => desk.open = false,
        },
        Answer::Fetch => {
            let (folder, rows, control) = (desk.folder.clone(), desk.rows.clone(), Control::default());
            let own = control.clone();
            let thread = std::thread::spawn(move || fetch(&folder, &rows, &own).unwrap_or_else(|e| vec![e]));
            desk.fetching = Some((control, thread));
        }
    }
    redraw.soon();
    Ok(())
}

/// Registers the room.
pub fn plugin(app: &mut App) {
    app.init_resource::<Desk>()
        .add_systems(Update, (keep_up, poll).chain().in_set(AppSystems::Receive))
        .add_systems(EguiPrimaryContextPass, paint.after(PaintSystems::Panels));
}
