//! Keeping an expression in the project, in the background: it is written into `project.toml`, and the project is opened anew.
//! Keeping groups' weights there, too: nothing has to be opened anew for them.

use super::{
    facts,
    import::Import,
    jobs::{Task, Work, waker},
};
use crate::{
    app::bridge::{CurrentSnapshot, GroupChange, GroupDesk, Notices},
    derive::Expression,
    i18n::{tr, tr_with},
    import::{forget_group, keep_expression, keep_group},
    session::{Job, Session, SessionError},
};
use bevy::winit::EventLoopProxyWrapper;
use std::path::Path;

/// Writes what groups say now into the project; true when nothing is left to be written.
pub(super) fn keep_groups(desk: &mut GroupDesk, snapshot: &CurrentSnapshot, notices: &mut Notices) -> bool {
    let Some(s) = &snapshot.0 else { return true };
    let folder = &s.city.info.folder;
    let mut all = true;
    for change in std::mem::take(&mut desk.changes) {
        if let Some(title) = change.title.as_ref().filter(|_| change.weights.values().all(|w| *w <= 0.0)) {
            // The project would not open with such a group.
            let said = |l| tr_with(l, "suit-group-weightless", &[("group", title.get(l).to_owned().into())]);
            notices.0.push(facts::refusal(|l| tr(l, "suit-groups-error"), said));
            desk.changes.push(change);
            all = false;
            continue;
        }
        match write(folder, &change) {
            Ok(id) => desk.written.push((change, id)),
            Err(error) => {
                notices.0.push(facts::error(|l| tr(l, "suit-groups-error"), &error));
                desk.changes.push(change);
                all = false;
            }
        }
    }
    all
}

fn write(folder: &Path, change: &GroupChange) -> Result<Option<String>, SessionError> {
    let failed = |source| SessionError::Import { source: Box::new(source) };
    match (&change.title, &change.id) {
        (Some(title), id) => {
            let id = keep_group(folder, id.as_deref(), title, &change.usage, &change.weights).map_err(failed)?;
            Ok(Some(id))
        }
        (None, Some(id)) => forget_group(folder, id, &change.usage).map(|_| None).map_err(failed),
        (None, None) => Ok(None),
    }
}

impl Work {
    /// Writes the expression and opens the project anew.
    pub(super) fn keep(&mut self, e: &Expression, proxy: Option<&EventLoopProxyWrapper>, notices: &mut Notices) {
        let Some(session) = self.session.clone() else { return };
        if self.job.is_some() {
            notices.0.push(facts::refusal(|l| tr(l, "combine-error"), |l| tr(l, "error-busy")));
            return;
        }
        let e = e.clone();
        let work = move |control: &crate::progress::Control| {
            let folder = session.snapshot().city.info.folder.clone();
            keep_expression(&folder, &e).map_err(|source| SessionError::Import { source: Box::new(source) })?;
            Ok(Session::open(&folder, control)?.continuing(&session))
        };
        match Job::start(work, waker(proxy)) {
            Ok(job) => self.job = Some(Task::Import(Import::Keep(job))),
            Err(e) => notices.0.push(facts::error(|l| tr(l, "combine-error"), &e)),
        }
    }
}
