//! Measures how fast the window draws: `STADTSCHICHT_BENCH_ORBIT=SECONDS` turns once around the city as fast as frames
//! come and prints the milliseconds a frame. `STADTSCHICHT_BENCH_WITHOUT=solid,area,hatch,ribbon,pin` leaves kinds of meshes out, to see
//! what each costs. `STADTSCHICHT_BENCH_STEPS=N` measures N steps of a plan from the hand to the picture.

mod steps;

use super::{
    bridge::Running,
    camera::Rig,
    material::{FlatKind, FlatMaterial},
    scene::redraw::{PendingPipelines, Redraw},
    schedule::AppSystems,
};
use bevy::{
    camera::visibility::VisibilitySystems,
    prelude::*,
    winit::{UpdateMode, WinitSettings},
};
use std::time::{Duration, Instant};

#[derive(Resource)]
struct Orbit {
    seconds: f64,
    quiet: u32,
    meshes: usize,
    started: Option<(Instant, Duration)>,
    last: Option<Instant>,
    frames: Vec<f64>,
}

/// Processor time of all threads so far: unlike the clock it does not count what else the machine is busy with.
fn processor_time() -> Duration {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills a struct of ours; a refusal leaves it as it is.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut t) };
    Duration::new(t.tv_sec.unsigned_abs(), t.tv_nsec as u32)
}

fn orbit(
    mut o: ResMut<Orbit>,
    mut rig: ResMut<Rig>,
    (pending, running): (Option<Res<PendingPipelines>>, Res<Running>),
    meshes: Query<&ViewVisibility, With<Mesh3d>>,
    (mut redraw, mut winit): (ResMut<Redraw>, ResMut<WinitSettings>),
    mut exit: MessageWriter<AppExit>,
) {
    (winit.focused_mode, winit.unfocused_mode) = (UpdateMode::Continuous, UpdateMode::Continuous);
    redraw.soon();
    let now = Instant::now();
    // The city is there, nothing is under way in the background, and no mesh came and nothing was compiled for a while.
    let count = meshes.iter().count();
    let ready = count > 5 && count == o.meshes && pending.is_none_or(|p| p.count() == 0) && running.progress.is_none();
    o.meshes = count;
    o.quiet = if ready { o.quiet + 1 } else { 0 };
    if o.quiet < 20 && o.started.is_none() {
        return;
    }
    let (started, used) = *o.started.get_or_insert_with(|| {
        eprintln!("orbit begins");
        (now, processor_time())
    });
    if let Some(last) = o.last.replace(now) {
        o.frames.push((now - last).as_secs_f64() * 1e3);
    }
    let done = (now - started).as_secs_f64() / o.seconds;
    let mut pose = rig.pose;
    pose.heading_deg += (o.frames.last().copied().unwrap_or(0.0) / 1e3 / o.seconds * 360.0) as f32;
    rig.set(pose);
    if done >= 1.0 {
        o.frames.sort_by(f64::total_cmp);
        let n = o.frames.len().max(1);
        let at = |q: f64| o.frames.get(((n - 1) as f64 * q) as usize).copied().unwrap_or(0.0);
        let mean = o.frames.iter().sum::<f64>() / n as f64;
        let processor = (processor_time() - used).as_secs_f64() * 1e3 / n as f64;
        let drawn = meshes.iter().filter(|v| v.get()).count();
        eprintln!(
            "orbit: {n} frames, mean {mean:.1} ms ({:.1} frames a second), median {:.1}, 95 % {:.1}, worst {:.1}; processor {processor:.1} ms \
             a frame; {drawn} of {} meshes in view at the end",
            1e3 / mean,
            at(0.5),
            at(0.95),
            at(1.0),
            count,
        );
        exit.write(AppExit::Success);
    }
}

#[derive(Resource)]
struct Without(Vec<FlatKind>);

fn leave_out(
    without: Res<Without>,
    materials: Res<Assets<FlatMaterial>>,
    mut drawn: Query<(&MeshMaterial3d<FlatMaterial>, &mut Visibility)>,
) {
    for (material, mut visibility) in &mut drawn {
        if materials.get(&material.0).is_some_and(|m| without.0.contains(&m.kind)) {
            visibility.set_if_neq(Visibility::Hidden);
        }
    }
}

fn kind(name: &str) -> Option<FlatKind> {
    Some(match name {
        "solid" => FlatKind::Solid,
        "area" => FlatKind::Area,
        "hatch" => FlatKind::Hatch,
        "ribbon" => FlatKind::Ribbon,
        "pin" => FlatKind::Pin,
        _ => return None,
    })
}

/// Registers the measurement if it was asked for.
pub fn plugin(app: &mut App) {
    let asked = std::env::var("STADTSCHICHT_BENCH_ORBIT").ok().and_then(|v| v.parse().ok());
    if let Some(seconds) = asked.filter(|s: &f64| *s > 0.0) {
        app.insert_resource(Orbit {
            seconds,
            quiet: 0,
            meshes: 0,
            started: None,
            last: None,
            frames: vec![],
        })
        .add_systems(Update, orbit.in_set(AppSystems::Receive));
    }
    let steps = std::env::var("STADTSCHICHT_BENCH_STEPS").ok().and_then(|v| v.parse().ok());
    if let Some(n) = steps.filter(|n| *n > 0) {
        steps::add(app, n);
    }
    if let Ok(names) = std::env::var("STADTSCHICHT_BENCH_WITHOUT") {
        app.insert_resource(Without(names.split(',').filter_map(kind).collect()))
            .add_systems(PostUpdate, leave_out.before(VisibilitySystems::VisibilityPropagate));
    }
}
