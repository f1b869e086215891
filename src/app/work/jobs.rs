//! Work in the background and commands to the session.

use super::{facts, view};
use crate::{
    app::bridge::{CameraCommand, CurrentSnapshot, Notices, Running, Selection, ViewState, Wish},
    i18n::tr,
    index::IndexedLayer,
    session::{Command, Job, Session, SessionError, read_extra},
};
use bevy::{
    prelude::*,
    winit::{EventLoopProxyWrapper, WinitUserEvent},
};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

enum Task {
    Open(Job<Session>),
    Add(PathBuf, Job<Vec<IndexedLayer>>),
}

/// The session and what runs for it.
#[derive(Resource, Default)]
pub struct Work {
    session: Option<Session>,
    job: Option<Task>,
    stopping: bool,
    chooser: Option<(Instant, JoinHandle<Option<PathBuf>>)>,
    /// The desktop's dialog ended at once without an answer: there is none.
    pub no_portal: bool,
}

/// Wakes the window up while a job runs, so that progress moves; an idle window sleeps.
fn waker(proxy: Option<&EventLoopProxyWrapper>) -> impl FnOnce() + Send + 'static {
    let done = Arc::new(AtomicBool::new(false));
    if let Some(proxy) = proxy.map(|p| (**p).clone()) {
        let done = done.clone();
        std::thread::spawn(move || {
            let mut last = false;
            // One more call after the end: the result is waiting then.
            while !last {
                std::thread::sleep(Duration::from_millis(100));
                last = done.load(Ordering::Relaxed);
                if proxy.send_event(WinitUserEvent::WakeUp).is_err() {
                    return;
                }
            }
        });
    }
    move || done.store(true, Ordering::Relaxed)
}

impl Work {
    fn open(&mut self, path: PathBuf, proxy: Option<&EventLoopProxyWrapper>, notices: &mut Notices) {
        // A job that is dropped cancels itself.
        self.stopping = false;
        match Job::start(move |c| Session::open(&path, c), waker(proxy)) {
            Ok(job) => self.job = Some(Task::Open(job)),
            Err(e) => notices.0.push(facts::error(|l| tr(l, "error-open"), &e)),
        }
    }

    fn add(&mut self, path: PathBuf, proxy: Option<&EventLoopProxyWrapper>, notices: &mut Notices) {
        let Some(session) = &self.session else {
            notices.0.push(facts::refusal(|l| tr(l, "error-add"), |l| tr(l, "error-add-first")));
            return;
        };
        if self.job.is_some() {
            notices.0.push(facts::refusal(|l| tr(l, "error-add"), |l| tr(l, "error-busy")));
            return;
        }
        let (city, file) = (session.snapshot().city.clone(), path.clone());
        match Job::start(move |c| read_extra(&city, &file, c), waker(proxy)) {
            Ok(job) => self.job = Some(Task::Add(path, job)),
            Err(e) => notices.0.push(facts::error(|l| tr(l, "error-add"), &e)),
        }
    }

    /// The desktop's own dialog, on a thread of its own: it blocks as long as it is open.
    fn choose(&mut self, proxy: Option<&EventLoopProxyWrapper>) {
        if self.chooser.is_some() {
            return;
        }
        let done = waker(proxy);
        let thread = std::thread::Builder::new().name("file-dialog".into()).spawn(move || {
            let chosen = rfd::FileDialog::new().pick_folder();
            done();
            chosen
        });
        match thread {
            Ok(thread) => self.chooser = Some((Instant::now(), thread)),
            Err(_) => self.no_portal = true,
        }
    }
}

/// Reads wishes for the session.
pub fn carry_out(
    mut wishes: MessageReader<Wish>,
    mut work: ResMut<Work>,
    mut snapshot: ResMut<CurrentSnapshot>,
    mut notices: ResMut<Notices>,
    mut camera: MessageWriter<CameraCommand>,
    proxy: Option<Res<EventLoopProxyWrapper>>,
) {
    let proxy = proxy.as_deref();
    for wish in wishes.read() {
        match wish {
            Wish::Open(path) => work.open(path.clone(), proxy, &mut notices),
            Wish::ChooseProject => work.choose(proxy),
            Wish::Session(Command::AddFile(path)) => work.add(path.clone(), proxy, &mut notices),
            Wish::Session(command) => {
                let Some(session) = &mut work.session else { continue };
                let saving = *command == Command::Save;
                match session.apply(command.clone()) {
                    Ok(next) => snapshot.0 = Some(next),
                    Err(e) => {
                        let title = |l| if saving { tr(l, "error-save") } else { tr(l, "error-review") };
                        notices.0.push(facts::error(title, &e));
                    }
                }
            }
            Wish::Cancel => {
                match &work.job {
                    Some(Task::Open(job)) => job.cancel(),
                    Some(Task::Add(_, job)) => job.cancel(),
                    None => {}
                }
                work.stopping = work.job.is_some();
            }
            Wish::Camera(command) => {
                camera.write(command.clone());
            }
            _ => {}
        }
    }
}

/// Takes results of finished jobs.
pub fn poll(
    mut work: ResMut<Work>,
    mut snapshot: ResMut<CurrentSnapshot>,
    mut state: ResMut<ViewState>,
    mut running: ResMut<Running>,
    mut notices: ResMut<Notices>,
    (mut camera, mut wishes): (MessageWriter<CameraCommand>, MessageWriter<Wish>),
) {
    if let Some((started, thread)) = work.chooser.take_if(|(_, t)| t.is_finished()) {
        match thread.join() {
            Ok(Some(path)) => {
                wishes.write(Wish::Open(path));
            }
            // Nobody closes a dialog in half a second: without a portal it never appeared.
            Ok(None) => work.no_portal = started.elapsed() < Duration::from_millis(700),
            Err(_) => work.no_portal = true,
        }
    }
    match work.job.take() {
        None => {}
        Some(Task::Open(mut job)) => match job.poll() {
            None => work.job = Some(Task::Open(job)),
            Some(Ok(session)) => {
                let first = session.snapshot();
                state.layers = view::first_layers(&first.city);
                state.selection = Selection::None;
                state.severities = [true; 4];
                snapshot.0 = Some(first);
                work.session = Some(session);
                camera.write(CameraCommand::Home);
            }
            Some(Err(SessionError::Cancelled)) => {}
            Some(Err(e)) => notices.0.push(facts::error(|l| tr(l, "error-open"), &e)),
        },
        Some(Task::Add(path, mut job)) => match job.poll() {
            None => work.job = Some(Task::Add(path, job)),
            Some(Ok(layers)) => {
                if let Some(session) = &mut work.session {
                    let next = session.add_layers(layers.clone());
                    view::add_extra(&next.city, &mut state.layers);
                    snapshot.0 = Some(next);
                    let layers: Vec<_> = layers.iter().map(|l| &*l.layer).collect();
                    notices.0.push(facts::added(&path, &layers));
                }
            }
            Some(Err(SessionError::Cancelled)) => {}
            Some(Err(e)) => notices.0.push(facts::error(|l| tr(l, "error-add"), &e)),
        },
    }
    if work.job.is_none() {
        work.stopping = false;
    }
    let progress = match &work.job {
        Some(Task::Open(job)) => Some(job.progress()),
        Some(Task::Add(_, job)) => Some(job.progress()),
        None => None,
    };
    let now = Running {
        progress,
        stopping: work.stopping,
    };
    if *running != now {
        *running = now;
    }
}
