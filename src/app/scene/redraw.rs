//! The picture is drawn anew only when something changed; an idle window uses no processor time.

use super::{mirror::refine, sides::Unready};
use crate::app::{
    bridge::{CameraInfo, CurrentSnapshot, FreeView, PointerSpot, ViewState},
    schedule::AppSystems,
};
use bevy::{
    prelude::*,
    render::{
        Render, RenderApp, RenderSystems,
        render_resource::{CachedPipelineState, PipelineCache},
    },
    tasks::{Task, futures::check_ready},
    window::RequestRedraw,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// How long a picture is at most held back for what is nearly made, when it shows what a hand just did: about what another picture costs
/// without a graphics card.
pub const PATIENCE: Duration = Duration::from_millis(60);

/// Asks for more frames.
#[derive(Resource, Default)]
pub struct Redraw {
    frames: u32,
    /// Something of this frame is still being made.
    lacks: bool,
    /// The same of the frame that was last finished.
    incomplete: bool,
    /// Until then this frame waits for what it lacks.
    until: Option<Instant>,
}

impl Redraw {
    /// The next few frames are drawn: the picture lags one behind, and egui may need two.
    pub fn soon(&mut self) {
        self.frames = self.frames.max(4);
    }

    /// As [`Self::soon`], because something that belongs into the picture is still being made.
    pub fn wait(&mut self) {
        self.soon();
        self.lacks = true;
    }

    /// True when the picture of this frame has everything that belongs into it; to be asked after the frame's work.
    pub fn complete(&self) -> bool {
        !self.incomplete
    }

    /// This frame shows what a hand just did: it may wait a moment for what belongs to it.
    pub fn hold(&mut self) {
        self.soon();
        self.until = Some(Instant::now() + PATIENCE);
    }

    /// The result of a task, as soon as it is there; in a frame that is held after a moment as well.
    pub fn result<T>(&self, task: &mut Task<T>) -> Option<T> {
        if let Some(until) = self.until {
            wait_until(until, || task.is_finished());
        }
        check_ready(task)
    }

    /// True when nothing is under way any more.
    pub fn quiet(&self) -> bool {
        self.frames == 0
    }
}

/// Blocks until something is done, or it is too late.
pub fn wait_until(late: Instant, done: impl Fn() -> bool) {
    while !done() && Instant::now() < late {
        std::thread::sleep(Duration::from_micros(500));
    }
}

/// Pipelines that are not compiled yet, counted in the render world.
#[derive(Resource, Clone)]
pub struct PendingPipelines(Arc<AtomicUsize>);

impl PendingPipelines {
    /// How many; `usize::MAX` before the first frame.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

fn count_pipelines(cache: Res<PipelineCache>, pending: Res<PendingPipelines>) {
    let n = cache.pipelines().filter(|p| !matches!(p.state, CachedPipelineState::Ok(_))).count();
    pending.0.store(n, Ordering::Relaxed);
}

#[expect(clippy::too_many_arguments, reason = "everything that is on the screen")]
fn ask(
    mut redraw: ResMut<Redraw>,
    pending: Option<Res<PendingPipelines>>,
    mut waited: Local<u32>,
    (snapshot, view, free): (Res<CurrentSnapshot>, Res<ViewState>, Res<FreeView>),
    camera: Res<CameraInfo>,
    spot: Res<PointerSpot>,
    mut requests: MessageWriter<RequestRedraw>,
    mut last: Local<Option<(CameraInfo, FreeView, PointerSpot, ViewState)>>,
) {
    let now = (*camera, *free, *spot, view.clone());
    if snapshot.is_changed() || last.as_ref() != Some(&now) {
        *last = Some(now);
        redraw.soon();
    }
    // A pipeline that fails for good must not keep the window busy.
    if pending.as_ref().is_some_and(|p| p.count() > 0) && *waited < 600 {
        *waited += 1;
        redraw.soon();
    } else if pending.is_none_or(|p| p.count() == 0) {
        *waited = 0;
    }
    redraw.incomplete = std::mem::take(&mut redraw.lacks);
    redraw.until = None;
    if redraw.frames > 0 {
        redraw.frames -= 1;
        requests.write(RequestRedraw);
    }
}

/// Registers the counter and the last step of the frame.
pub fn plugin(app: &mut App) {
    app.init_resource::<Redraw>()
        .init_resource::<Unready>()
        .add_systems(Update, (refine, ask).chain().in_set(AppSystems::Redraw));
    let pending = PendingPipelines(Arc::new(AtomicUsize::new(usize::MAX)));
    if let Some(render) = app.get_sub_app_mut(RenderApp) {
        render
            .insert_resource(pending.clone())
            .add_systems(Render, count_pipelines.in_set(RenderSystems::Cleanup));
        app.insert_resource(pending);
    }
}
