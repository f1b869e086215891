//! Measures how fast the window draws: `STADTSCHICHT_BENCH_ORBIT=SECONDS` turns once around the city as fast as frames
//! come and prints the milliseconds a frame.

use super::{
    camera::Rig,
    scene::redraw::{PendingPipelines, Redraw},
    schedule::AppSystems,
};
use bevy::{
    prelude::*,
    winit::{UpdateMode, WinitSettings},
};
use std::time::Instant;

#[derive(Resource)]
struct Orbit {
    seconds: f64,
    quiet: u32,
    started: Option<Instant>,
    last: Option<Instant>,
    frames: Vec<f64>,
}

fn orbit(
    mut o: ResMut<Orbit>,
    mut rig: ResMut<Rig>,
    pending: Option<Res<PendingPipelines>>,
    meshes: Query<(), With<Mesh3d>>,
    (mut redraw, mut winit): (ResMut<Redraw>, ResMut<WinitSettings>),
    mut exit: MessageWriter<AppExit>,
) {
    (winit.focused_mode, winit.unfocused_mode) = (UpdateMode::Continuous, UpdateMode::Continuous);
    redraw.soon();
    let now = Instant::now();
    // The city is there and nothing was compiled for a while.
    let ready = meshes.iter().count() > 5 && pending.is_none_or(|p| p.count() == 0);
    o.quiet = if ready { o.quiet + 1 } else { 0 };
    if o.quiet < 20 {
        return;
    }
    let started = *o.started.get_or_insert(now);
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
        eprintln!(
            "orbit: {n} frames, mean {mean:.1} ms ({:.1} frames a second), median {:.1}, 95 % {:.1}, worst {:.1}",
            1e3 / mean,
            at(0.5),
            at(0.95),
            at(1.0)
        );
        exit.write(AppExit::Success);
    }
}

/// Registers the measurement if it was asked for.
pub fn plugin(app: &mut App) {
    let asked = std::env::var("STADTSCHICHT_BENCH_ORBIT").ok().and_then(|v| v.parse().ok());
    if let Some(seconds) = asked.filter(|s: &f64| *s > 0.0) {
        app.insert_resource(Orbit {
            seconds,
            quiet: 0,
            started: None,
            last: None,
            frames: vec![],
        })
        .add_systems(Update, orbit.in_set(AppSystems::Receive));
    }
}
