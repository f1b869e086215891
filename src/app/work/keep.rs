//! Keeping an expression in the project, in the background: it is written into `project.toml`, and the project is opened anew.

use super::{
    facts,
    import::Import,
    jobs::{Task, Work, waker},
};
use crate::{
    app::bridge::Notices,
    derive::Expression,
    i18n::tr,
    import::keep_expression,
    session::{Job, Session, SessionError},
};
use bevy::winit::EventLoopProxyWrapper;

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
