//! The projects that were opened last: remembered, looked for, and taken from the list on request. Everything that touches a project's
//! folder happens in the background, because a folder on a server that is away answers late.

use super::jobs::waker;
use crate::{
    app::bridge::{Recent, Recents, Wish},
    model::LocalText,
    progress::Control,
    session::{Job, RecentProjects},
};
use bevy::{prelude::*, window::WindowFocused, winit::EventLoopProxyWrapper};
use std::path::PathBuf;

/// What shall happen to the list.
enum Change {
    /// Nothing: only look which projects are there.
    Look,
    /// A project was opened.
    Opened(PathBuf, LocalText),
    /// A project is taken from the list.
    Forget(PathBuf),
}

impl Change {
    fn carry_out(self) -> Vec<Recent> {
        let list = match self {
            Self::Look => RecentProjects::load(),
            Self::Opened(folder, title) => RecentProjects::opened(&folder, &title),
            Self::Forget(folder) => RecentProjects::forget(&folder),
        };
        list.list
            .into_iter()
            .map(|project| Recent {
                there: project.is_there(),
                project,
            })
            .collect()
    }
}

/// Changes that wait and the one that runs.
#[derive(Default)]
pub(super) struct RecentWork {
    waiting: Vec<Change>,
    running: Option<Job<Vec<Recent>>>,
}

impl RecentWork {
    /// A project is open.
    pub(super) fn opened(&mut self, folder: PathBuf, title: LocalText) {
        self.waiting.push(Change::Opened(folder, title));
    }
}

/// The list as it was saved, before anybody knows what of it is still there.
pub fn recall(mut recents: ResMut<Recents>, mut work: ResMut<super::Work>) {
    let list = RecentProjects::load().list;
    recents.0 = list.into_iter().map(|project| Recent { project, there: true }).collect();
    work.recent.waiting.push(Change::Look);
}

/// Carries changes out one after the other. Whoever comes back to the window may have moved a project meanwhile.
pub fn keep(
    mut work: ResMut<super::Work>,
    mut recents: ResMut<Recents>,
    mut wishes: MessageReader<Wish>,
    mut focus: MessageReader<WindowFocused>,
    proxy: Option<Res<EventLoopProxyWrapper>>,
) {
    let forgotten = wishes.read().filter_map(|w| match w {
        Wish::Forget(folder) => Some(folder.clone()),
        _ => None,
    });
    let forgotten: Vec<PathBuf> = forgotten.collect();
    let back = focus.read().filter(|f| f.focused).count() > 0;
    if forgotten.is_empty() && !back && work.recent.waiting.is_empty() && work.recent.running.is_none() {
        return;
    }
    // The row goes at once; the file follows.
    if !forgotten.is_empty() {
        recents.0.retain(|r| !forgotten.contains(&r.project.folder));
    }
    let recent = &mut work.recent;
    recent.waiting.extend(forgotten.into_iter().map(Change::Forget));
    if back && recent.waiting.is_empty() {
        recent.waiting.push(Change::Look);
    }
    if let Some(mut job) = recent.running.take() {
        match job.poll() {
            None => recent.running = Some(job),
            // What still waits would be undone by an older answer.
            Some(Ok(list)) if recent.waiting.is_empty() => recents.0 = list,
            Some(_) => {}
        }
    }
    if recent.running.is_none() && !recent.waiting.is_empty() {
        let changes = std::mem::take(&mut recent.waiting);
        let work = move |_: &Control| {
            let answers: Vec<_> = changes.into_iter().map(Change::carry_out).collect();
            // The last one knows of all before it.
            Ok(answers.into_iter().next_back().unwrap_or_default())
        };
        recent.running = Job::start(work, waker(proxy.as_deref())).ok();
    }
}
