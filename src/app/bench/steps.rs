//! `STADTSCHICHT_BENCH_STEPS=N` does N steps of a plan as a hand does them and prints, kind by kind, the median time until the session has its
//! answer, until the picture that shows it is drawn, and until the indicators that moved stand beside it. The panel of the plan is open.

use crate::{
    app::{
        bridge::{CurrentSnapshot, Hand, Notices, PlanWish, Running, Wish},
        planning::Effects,
        scene::redraw::{PendingPipelines, Redraw},
        shell::Shell,
        work::AtOnce,
    },
    model::{GeometryKind, SlotId, Value},
    modules::Role,
    project::City,
    scenario::{Attributes, Shape},
    session::Snapshot,
};
use bevy::{
    prelude::*,
    render::{Extract, ExtractSchedule, Render, RenderApp, RenderSystems, render_resource::PollType, renderer::RenderDevice},
    winit::{UpdateMode, WinitSettings},
};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

const KINDS: [&str; 8] = ["move", "build", "raise", "demolish", "describe", "place", "zone", "undo"];
/// Nobody waits longer for one step.
const MOST: Duration = Duration::from_secs(20);
/// Frames without work before the window is let sleep.
const REST: u32 = 10;
/// How long it sleeps before a step begins: a hand finds an idle window.
const SLEEP: Duration = Duration::from_millis(300);

/// One step and when it was where.
struct Step {
    kind: &'static str,
    begun: Instant,
    generation: u64,
    answered: Option<Instant>,
    /// Pictures until then.
    pictures: u32,
    /// The number of the picture that shows it.
    shown: Option<u64>,
    drawn: Option<Instant>,
    counted: Option<Instant>,
}

#[derive(Resource)]
struct Steps {
    left: usize,
    number: usize,
    rest: u32,
    asleep: Option<Instant>,
    begun: bool,
    step: Option<Step>,
    /// Kind, milliseconds until answered, drawn and counted, and in how many pictures.
    times: Vec<(&'static str, [f64; 4])>,
    pictures: Arc<Mutex<Option<(u64, Instant)>>>,
}

/// The picture that somebody waits for.
#[derive(Resource, Default, Clone, Copy, PartialEq)]
struct Wanted(u64);

#[derive(Resource)]
struct Drawn {
    wanted: Wanted,
    done: Wanted,
    pictures: Arc<Mutex<Option<(u64, Instant)>>>,
}

fn take(mut drawn: ResMut<Drawn>, wanted: Extract<Res<Wanted>>) {
    drawn.wanted = **wanted;
}

/// After the commands of a picture were handed over: waits until it is drawn.
fn look(mut drawn: ResMut<Drawn>, device: Res<RenderDevice>) {
    if drawn.wanted == drawn.done {
        return;
    }
    drawn.done = drawn.wanted;
    let _ = device.poll(PollType::wait_indefinitely());
    if let Ok(mut pictures) = drawn.pictures.lock() {
        *pictures = Some((drawn.done.0, Instant::now()));
    }
}

/// What the `k`-th hand does; nothing where the city has nothing to do it with.
fn hand(s: &Snapshot, kind: &str, k: usize) -> Option<PlanWish> {
    let city: &City = &s.city;
    let pick = |slot: &SlotId| {
        let layer = &city.layer(slot)?.layer;
        let row = (k * 7919 + 13) % layer.len().max(1);
        Some(((slot.clone(), layer.ids.get(row)?.to_string()), layer.geometry.bbox(row).center()))
    };
    let of = |role: Role| city.with_role(role).next().map(|s| s.id.clone());
    let buildings = of(Role::Buildings)?;
    let (building, [x, y]) = pick(&buildings)?;
    let set = |name: &str, value: Value| Attributes::from([(name.to_owned(), value)]);
    // Another one every round: what is so already is refused.
    let text = |a: &str, b: &str| Value::Text(if (k / KINDS.len()).is_multiple_of(2) { a } else { b }.into());
    Some(PlanWish::Do(match kind {
        "move" => Hand::Move(vec![building], [7.0, -3.0]),
        "build" => Hand::Draw {
            slot: buildings,
            shape: Shape::polygon(vec![[x, y], [x + 20.0, y], [x + 20.0, y + 12.0], [x, y + 12.0]]),
            attributes: set("storeys", Value::Integer(4)),
        },
        "raise" => Hand::Describe(vec![building], set("height_m", Value::Real(20.0 + k as f64 / 10.0))),
        "demolish" => Hand::Remove(vec![building]),
        "describe" => Hand::Describe(vec![pick(&of(Role::Sites)?)?.0], set("use", text("commercial", "residential"))),
        "place" => {
            let points = |id: &SlotId| city.layer(id).is_some_and(|l| l.layer.geometry.kind() == GeometryKind::Point);
            let takes = |s: &&crate::project::Slot| points(&s.id) && s.def.attributes.iter().any(|a| a.name == "places");
            Hand::Draw {
                slot: city.slots.iter().find(takes)?.id.clone(),
                shape: Shape::point([x, y]),
                attributes: set("places", Value::Integer(80)),
            }
        }
        "zone" => Hand::Describe(vec![pick(&of(Role::Zones)?)?.0], set("baunvo", text("MU", "WR"))),
        _ => return Some(PlanWish::Undo),
    }))
}

/// Where the panels speak: begins the next step, as a key or a click would, when the window has slept.
fn begin(
    mut b: ResMut<Steps>,
    snapshot: Res<CurrentSnapshot>,
    mut shell: ResMut<Shell>,
    mut wishes: MessageWriter<Wish>,
    mut exit: MessageWriter<AppExit>,
) {
    let b = &mut *b;
    let (Some(s), Some(_)) = (&snapshot.0, b.asleep.take_if(|since| since.elapsed() >= SLEEP)) else {
        return;
    };
    b.rest = 0;
    if !b.begun {
        b.begun = true;
        shell.plan();
        wishes.write(Wish::Plan(PlanWish::Begin(format!("Bench {}", std::process::id()))));
        return;
    }
    if b.left == 0 {
        tell(&b.times);
        exit.write(AppExit::Success);
        return;
    }
    let kind = KINDS[b.number % KINDS.len()];
    (b.left, b.number) = (b.left - 1, b.number + 1);
    let Some(wish) = hand(s, kind, b.number) else { return };
    wishes.write(Wish::Plan(wish));
    b.step = Some(Step {
        kind,
        begun: Instant::now(),
        generation: s.generation,
        answered: None,
        pictures: 0,
        shown: None,
        drawn: None,
        counted: None,
    });
}

/// Last thing in a frame: sees how far the step is.
fn watch(
    mut b: ResMut<Steps>,
    (snapshot, effects): (Res<CurrentSnapshot>, Res<Effects>),
    (pending, running): (Option<Res<PendingPipelines>>, Res<Running>),
    (mut redraw, mut winit): (ResMut<Redraw>, ResMut<WinitSettings>),
    mut wanted: ResMut<Wanted>,
    mut notices: ResMut<Notices>,
) {
    let b = &mut *b;
    // Until the step is in a picture the window draws as it does for a person: only what it has to.
    let waits = b.asleep.is_some() || b.step.as_ref().is_some_and(|s| s.shown.is_none());
    let mode = match waits {
        true => UpdateMode::reactive_low_power(SLEEP),
        false => UpdateMode::Continuous,
    };
    (winit.focused_mode, winit.unfocused_mode) = (mode, mode);
    if !waits {
        redraw.soon();
    }
    let Some(s) = &snapshot.0 else { return };
    let now = Instant::now();
    let Some(step) = &mut b.step else {
        let still = redraw.complete() && pending.is_none_or(|p| p.count() == 0) && running.progress.is_none();
        b.rest = if still { b.rest + 1 } else { 0 };
        if b.rest >= REST && b.asleep.is_none() {
            b.asleep = Some(now);
        }
        return;
    };
    step.pictures += u32::from(step.shown.is_none());
    if s.generation > step.generation {
        step.answered = step.answered.or(Some(now));
        if step.shown.is_none() && redraw.complete() {
            wanted.0 += 1;
            step.shown = Some(wanted.0);
        }
        if step.counted.is_none() && effects.by_step.is_some() && effects.by_plan.is_some() {
            step.counted = Some(now);
        }
    }
    let picture = b.pictures.lock().ok().and_then(|p| *p);
    step.drawn = picture.filter(|p| Some(p.0) == step.shown).map(|p| p.1);
    let ms = |t: Option<Instant>| t.map(|t| (t - step.begun).as_secs_f64() * 1e3);
    if let (Some(answered), Some(drawn), Some(counted)) = (ms(step.answered), ms(step.drawn), ms(step.counted)) {
        b.times
            .push((step.kind, [answered, drawn, counted.max(drawn), f64::from(step.pictures)]));
        b.step = None;
    } else if step.begun.elapsed() > MOST || !notices.0.is_empty() {
        let why = notices.0.first().map_or("no answer".into(), |n| n.title.en.clone());
        eprintln!("steps: {} failed: {why}", step.kind);
        notices.0.clear();
        b.step = None;
    }
}

fn tell(times: &[(&str, [f64; 4])]) {
    let median = |kind: &str, what: usize| {
        let mut of: Vec<f64> = times.iter().filter(|t| kind.is_empty() || t.0 == kind).map(|t| t.1[what]).collect();
        of.sort_by(f64::total_cmp);
        of.get(of.len() / 2).copied().unwrap_or(0.0)
    };
    for kind in KINDS.into_iter().chain([""]) {
        let [answered, drawn, counted, pictures] = [0, 1, 2, 3].map(|k| median(kind, k));
        let name = if kind.is_empty() { "all" } else { kind };
        eprintln!(
            "steps: {name}: answered {answered:.1} ms, drawn {drawn:.1} ms in {pictures} pictures, with indicators {counted:.1} ms (medians)"
        );
    }
}

/// Registers the measurement.
pub fn add(app: &mut App, steps: usize) {
    let pictures = Arc::new(Mutex::new(None));
    app.init_resource::<Wanted>()
        .insert_resource(Steps {
            left: steps,
            number: 0,
            rest: 0,
            asleep: None,
            begun: false,
            step: None,
            times: vec![],
            pictures: pictures.clone(),
        })
        .add_systems(PostUpdate, begin)
        .add_systems(Last, watch.after(AtOnce));
    if let Some(render) = app.get_sub_app_mut(RenderApp) {
        render
            .insert_resource(Drawn {
                wanted: Wanted(0),
                done: Wanted(0),
                pictures,
            })
            .add_systems(ExtractSchedule, take)
            .add_systems(Render, look.in_set(RenderSystems::Cleanup));
    }
}
