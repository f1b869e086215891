//! Work in the background and commands to the session.

use super::{
    facts,
    import::{Import, Trying, export_report},
    keep::keep_groups,
    planning::{Plans, leaves},
    recent::RecentWork,
    view,
};
use crate::{
    app::{
        bridge::{
            Answer, CameraCommand, Closing, CurrentSnapshot, Founding, GroupDesk, ImportDesk, Notices, PlanWish, Running, Selection,
            ViewState, Wish,
        },
        scene::redraw::Redraw,
    },
    i18n::tr,
    progress::{Control, Progress},
    session::{Command, Job, ScenarioCommand, Session, SessionError},
    starter::{Order, Started, StarterError, create},
};
use bevy::{
    prelude::*,
    window::WindowFocused,
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

/// What runs in the background.
pub(super) enum Task {
    /// Opening a project.
    Open(Job<Session>),
    /// Something about a file that is brought in.
    Import(Import),
    /// Building a new project.
    New(Job<Started>),
}

impl Task {
    fn progress(&self) -> Progress {
        match self {
            Self::Open(job) => job.progress(),
            Self::New(job) => job.progress(),
            Self::Import(Import::Examine(job)) => job.progress(),
            Self::Import(Import::Show(_, job)) => job.progress(),
            Self::Import(Import::TakeIn(job)) => job.progress(),
            Self::Import(Import::Keep(job)) => job.progress(),
        }
    }

    fn cancel(&self) {
        match self {
            Self::Open(job) => job.cancel(),
            Self::New(job) => job.cancel(),
            Self::Import(Import::Examine(job)) => job.cancel(),
            Self::Import(Import::Show(_, job)) => job.cancel(),
            Self::Import(Import::TakeIn(job)) => job.cancel(),
            Self::Import(Import::Keep(job)) => job.cancel(),
        }
    }
}

/// What the desktop's dialog was opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// A project folder.
    Project,
    /// A file to bring in.
    File,
    /// A file with drafts for the plan.
    Drafts,
}

/// The desktop's dialog while it is open.
struct Chooser {
    purpose: Chosen,
    started: Instant,
    /// The window lost the keyboard since: somebody saw a dialog.
    seen: bool,
    thread: JoinHandle<Option<PathBuf>>,
}

/// The session and what runs for it.
#[derive(Resource, Default)]
pub struct Work {
    pub(super) session: Option<Session>,
    pub(super) job: Option<Task>,
    pub(super) trying: Trying,
    pub(super) plans: Plans,
    pub(super) recent: RecentWork,
    stopping: bool,
    chooser: Option<Chooser>,
    /// The desktop's dialog ended at once without an answer: there is none, and this was wanted.
    pub no_portal: Option<Chosen>,
}

/// Wakes the window up while a job runs, so that progress moves; an idle window sleeps.
pub(super) fn waker(proxy: Option<&EventLoopProxyWrapper>) -> impl FnOnce() + Send + 'static {
    waker_every(proxy, Duration::from_millis(100))
}

/// As [`waker`], as often as asked.
pub(super) fn waker_every(proxy: Option<&EventLoopProxyWrapper>, every: Duration) -> impl FnOnce() + Send + 'static {
    let done = Arc::new(AtomicBool::new(false));
    if let Some(proxy) = proxy.map(|p| (**p).clone()) {
        let done = done.clone();
        std::thread::spawn(move || {
            let mut last = false;
            // One more call after the end: the result is waiting then.
            while !last {
                std::thread::sleep(every);
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

    /// Builds a new project.
    fn found(&mut self, order: &Order, proxy: Option<&EventLoopProxyWrapper>, notices: &mut Notices) {
        let title = |l| tr(l, "found-failed");
        if self.job.is_some() {
            notices.0.push(facts::refusal(title, |l| tr(l, "error-busy")));
            return;
        }
        let order = order.clone();
        let work = move |control: &Control| {
            create(&order, control).map_err(|source| match source {
                StarterError::Cancelled => SessionError::Cancelled,
                source => SessionError::Starter { source: Box::new(source) },
            })
        };
        match Job::start(work, waker(proxy)) {
            Ok(job) => self.job = Some(Task::New(job)),
            Err(e) => notices.0.push(facts::error(title, &e)),
        }
    }

    /// The desktop's own dialog, on a thread of its own: it blocks as long as it is open.
    fn choose(&mut self, purpose: Chosen, proxy: Option<&EventLoopProxyWrapper>) {
        if self.chooser.is_some() {
            return;
        }
        let done = waker(proxy);
        let thread = std::thread::Builder::new().name("file-dialog".into()).spawn(move || {
            let dialog = rfd::FileDialog::new();
            let chosen = match purpose {
                Chosen::Project => dialog.pick_folder(),
                Chosen::File | Chosen::Drafts => dialog.pick_file(),
            };
            done();
            chosen
        });
        let started = Instant::now();
        match thread {
            Ok(thread) => {
                self.chooser = Some(Chooser {
                    purpose,
                    started,
                    seen: false,
                    thread,
                });
            }
            Err(_) => self.no_portal = Some(purpose),
        }
    }
}

/// Reads wishes for the session.
#[expect(clippy::too_many_arguments, reason = "everything that a wish can reach")]
pub fn carry_out(
    mut wishes: MessageReader<Wish>,
    mut work: ResMut<Work>,
    mut snapshot: ResMut<CurrentSnapshot>,
    mut notices: ResMut<Notices>,
    (mut desk, mut closing, mut founding, mut groups): (ResMut<ImportDesk>, ResMut<Closing>, ResMut<Founding>, ResMut<GroupDesk>),
    view: Res<ViewState>,
    (mut camera, mut exit): (MessageWriter<CameraCommand>, MessageWriter<AppExit>),
    proxy: Option<Res<EventLoopProxyWrapper>>,
) {
    let proxy = proxy.as_deref();
    for wish in wishes.read() {
        let saves = matches!(wish, Wish::Session(Command::Save) | Wish::Unsaved(Answer::Save));
        let kept = !saves || keep_groups(&mut groups, &snapshot, &mut notices);
        match wish {
            // What is not saved would be gone with the project.
            Wish::Open(path) if groups.unsaved() || work.unsaved(&snapshot) => *closing = Closing::Open(path.clone()),
            Wish::Close if groups.unsaved() || work.unsaved(&snapshot) => *closing = Closing::Window,
            Wish::Close => {
                exit.write(AppExit::Success);
            }
            Wish::Open(path) => work.open(path.clone(), proxy, &mut notices),
            Wish::ChooseProject => work.choose(Chosen::Project, proxy),
            Wish::ChooseFile => work.choose(Chosen::File, proxy),
            Wish::ChooseDrafts => work.choose(Chosen::Drafts, proxy),
            // A file for the dialog that is open, or with which a first project can begin.
            Wish::Examine(path) if founding.open || work.session.is_none() => {
                founding.open = true;
                founding.dropped.push(path.clone());
            }
            Wish::Found(path) => {
                founding.open = true;
                founding.dropped.extend(path.clone());
            }
            Wish::NotFound => founding.open = false,
            Wish::NewProject(order) => work.found(order, proxy, &mut notices),
            Wish::Examine(path) | Wish::Session(Command::AddFile(path)) => work.examine(path, false, &mut desk, proxy, &mut notices),
            Wish::ExamineDrafts(path) => work.examine(path, true, &mut desk, proxy, &mut notices),
            Wish::TakeDrafts(layer, choice) => {
                let place = work.take_drafts((*layer, choice), &mut desk, view.language, proxy, &mut notices);
                camera.write_batch(place.map(|b| CameraCommand::FlyTo(b.buffered(80.0))));
            }
            Wish::TryOut(layer, choice) => work.try_out(*layer, choice, &mut desk, proxy),
            Wish::TakeIn(layer, choice) => work.take_in(*layer, choice, &desk, proxy, &mut notices),
            Wish::Keep(e) => work.keep(e, proxy, &mut notices),
            Wish::ShowOnly(layer, choice) => work.show_only(*layer, choice, &desk, proxy, &mut notices),
            Wish::LeaveFile => {
                work.trying = Trying::default();
                desk.clear();
            }
            Wish::ExportReport(path, of_file) => {
                let desk = of_file.then_some(&*desk);
                match export_report(path, snapshot.0.as_deref(), desk, view.language) {
                    Ok(notice) => notices.0.push(notice),
                    Err(e) => notices.0.push(facts::error(|l| tr(l, "import-report-failed"), &e)),
                }
            }
            Wish::Session(command) if work.plans.busy() => work.after_plan(command),
            Wish::Session(command) => {
                work.apply(command, &mut snapshot, &mut notices);
            }
            Wish::Plan(plan) if leaves(plan) && snapshot.0.as_ref().is_some_and(|s| s.planning.as_ref().is_some_and(|p| p.unsaved)) => {
                *closing = Closing::Plan(plan.clone());
            }
            Wish::Plan(plan) => work.plan(plan, view.language, proxy, &mut notices),
            Wish::Unsaved(answer) => {
                let waiting = std::mem::take(&mut *closing);
                groups.given_up = *answer == Answer::Discard && !matches!(waiting, Closing::Plan(_));
                work.settle_plans(&mut notices);
                let go = match answer {
                    Answer::Stay => false,
                    Answer::Discard => {
                        // What is given up must not come back from the journal.
                        let planned = snapshot.0.as_ref().is_some_and(|s| s.planning.is_some());
                        let close = Command::Scenario(ScenarioCommand::Close { discard: true });
                        !planned || work.apply(&close, &mut snapshot, &mut notices)
                    }
                    Answer::Save => work.apply(&Command::Save, &mut snapshot, &mut notices) && kept,
                };
                match waiting {
                    Closing::Window if go => {
                        exit.write(AppExit::Success);
                    }
                    Closing::Open(path) if go => work.open(path, proxy, &mut notices),
                    // What was given up is already left.
                    Closing::Plan(PlanWish::Leave) if go && *answer == Answer::Discard => {}
                    Closing::Plan(plan) if go => work.plan(&plan, view.language, proxy, &mut notices),
                    _ => {}
                }
            }
            Wish::Cancel => {
                if let Some(task) = &work.job {
                    task.cancel();
                }
                work.plans.cancel();
                work.stopping = work.job.is_some() || work.plans.busy();
            }
            Wish::Camera(command) => {
                camera.write(command.clone());
            }
            _ => {}
        }
    }
}

impl Work {
    /// True when something would be lost: not saved, or a step that is still being worked out.
    fn unsaved(&self, snapshot: &CurrentSnapshot) -> bool {
        self.plans.busy() || snapshot.0.as_ref().is_some_and(|s| s.unsaved)
    }

    /// Applies a command; true when it went well.
    fn apply(&mut self, command: &Command, snapshot: &mut CurrentSnapshot, notices: &mut Notices) -> bool {
        let Some(session) = &mut self.session else { return false };
        match session.apply(command.clone()) {
            Ok(next) => {
                snapshot.0 = Some(next);
                true
            }
            Err(e) => {
                notices.0.push(facts::of_command(command, &e));
                false
            }
        }
    }
}

/// Takes results of finished jobs.
#[expect(clippy::too_many_arguments, reason = "everything that a result can reach")]
pub fn poll(
    mut work: ResMut<Work>,
    mut snapshot: ResMut<CurrentSnapshot>,
    mut state: ResMut<ViewState>,
    mut running: ResMut<Running>,
    mut notices: ResMut<Notices>,
    (mut desk, mut founding): (ResMut<ImportDesk>, ResMut<Founding>),
    (mut wishes, mut focus): (MessageWriter<Wish>, MessageReader<WindowFocused>),
    mut redraw: ResMut<Redraw>,
    proxy: Option<Res<EventLoopProxyWrapper>>,
) {
    let work = &mut *work;
    let lost = focus.read().filter(|f| !f.focused).count() > 0;
    if let Some(chooser) = work.chooser.as_mut().filter(|_| lost) {
        chooser.seen = true;
    }
    if let Some(chooser) = work.chooser.take_if(|c| c.thread.is_finished()) {
        match chooser.thread.join() {
            Ok(Some(path)) => {
                wishes.write(match chooser.purpose {
                    Chosen::Project => Wish::Open(path),
                    Chosen::File => Wish::Examine(path),
                    Chosen::Drafts => Wish::ExamineDrafts(path),
                });
            }
            // A dialog takes the keyboard, and nobody closes it in half a second: else it never appeared, because there is no portal.
            Ok(None) if !chooser.seen || chooser.started.elapsed() < Duration::from_millis(500) => work.no_portal = Some(chooser.purpose),
            Ok(None) => {}
            Err(_) => work.no_portal = Some(chooser.purpose),
        }
    }
    work.poll_trial(&mut desk);
    if let Some(next) = work.poll_plan(snapshot.0.clone().as_deref(), &mut state, proxy.as_deref(), &mut notices) {
        snapshot.0 = Some(next);
        redraw.hold();
    }
    // A step of the plan ends first: its session must not overtake what a file or a project brings.
    let task = if work.plans.busy() { None } else { work.job.take() };
    match task {
        None => {}
        Some(Task::Open(mut job)) => match job.poll() {
            None => work.job = Some(Task::Open(job)),
            Some(Ok(session)) => {
                let first = session.snapshot();
                let folder = &first.city.info.folder;
                work.recent.opened(folder.clone(), first.city.info.title.clone());
                if snapshot.0.as_ref().is_some_and(|s| s.city.info.folder == *folder) {
                    // The same project with new data, from a service for one: whoever looks at it goes on looking.
                    view::keep_layers(&first.city, &mut state.layers, snapshot.0.as_deref());
                } else {
                    state.layers = view::first_layers(&first.city);
                    state.severities = [true; 4];
                }
                state.selection = Selection::None;
                if first.planning.is_none() {
                    notices.0.extend(facts::waiting(&first));
                }
                desk.clear();
                snapshot.0 = Some(first);
                work.session = Some(session);
            }
            Some(Err(SessionError::Cancelled)) => {}
            Some(Err(e)) => notices.0.push(facts::error(|l| tr(l, "error-open"), &e)),
        },
        Some(Task::New(mut job)) => match job.poll() {
            None => work.job = Some(Task::New(job)),
            Some(Ok(started)) => {
                founding.open = false;
                notices.0.push(facts::started(&started));
                wishes.write(Wish::Open(started.folder));
            }
            Some(Err(SessionError::Cancelled)) => {}
            Some(Err(e)) => notices.0.push(facts::error(|l| tr(l, "found-failed"), &e)),
        },
        Some(Task::Import(import)) => {
            let rest = work.poll_import(import, &mut desk, &mut snapshot, &mut state, &mut notices);
            work.job = rest.map(Task::Import);
        }
    }
    if work.job.is_none() && !work.plans.busy() {
        work.stopping = false;
    }
    let now = Running {
        progress: work.job.as_ref().map(Task::progress).or_else(|| work.plans.progress()),
        stopping: work.stopping,
    };
    if *running != now {
        *running = now;
    }
}
