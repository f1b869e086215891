//! The kernels on the data of the benchmark kit: `STADTSCHICHT_BENCH_DATA=folder cargo bench --no-default-features --bench city [-- W1a,W3]`.
//!
//! E1 is a step of a plan: from an edit to the next snapshot with its conflicts, and from there to the indicators (`indicators`), the median
//! of each kind of edit. It needs no folder:
//! `-- E1` generates Musterstadt with 5,000 buildings, `STADTSCHICHT_BENCH_SIZES=5000,1000000` towns of other sizes, and
//! `STADTSCHICHT_BENCH_TOWN=project` names one that is there. The folder of the data is what the kit's generator writes with `--fmt raw`. Prints one JSON line a measurement, in the form in which the kit's
//! scripts for other engines do, so that its comparison takes them together. Compare `cpu_s` and quote ratios: machines are shared.

use stadtschicht::{
    demo::{self, DemoOptions},
    geometry::{CoverageScratch, PreparedArea, PreparedEdges, Scratch, area_m2, cell_coverage, distance_m, overlap_area_m2},
    index::SpatialIndex,
    indicators,
    model::{Bbox, Geometries, GeometriesBuilder, GeometryKind, Raster},
    progress::Control,
    project,
    suitability::{Attitude, Shape, Units, combine, measure, ranked},
};
use std::{hint::black_box, io::Write, path::Path};

/// Pairs count only above this, so that pairs which merely touch do not depend on the kernel.
const AREA_EPS_M2: f64 = 1e-6;
const WITHIN_M: f64 = 250.0;
const CATCHMENT_M: f64 = 800.0;
const EDITS: usize = 100;
const EDIT_SHIFT_M: [f64; 2] = [37.0, -23.0];

fn main() -> std::io::Result<()> {
    // `cargo bench` and `cargo test --benches` pass their own flags.
    let works: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .flat_map(|a| a.split(',').map(String::from).collect::<Vec<_>>())
        .collect();
    if let Some(town) = std::env::var_os("STADTSCHICHT_BENCH_TOWN") {
        plan_steps(Path::new(&town))?;
    } else if works.iter().any(|w| w == "E1") {
        let sizes = std::env::var("STADTSCHICHT_BENCH_SIZES").unwrap_or_else(|_| "5000".into());
        for buildings in sizes.split(',').filter_map(|n| n.trim().parse().ok()) {
            let dir = tempfile::tempdir()?;
            let town = dir.path().join("town");
            let options = DemoOptions { buildings, seed: 1 };
            demo::generate(&town, &options, &Control::default()).map_err(|e| std::io::Error::other(e.to_string()))?;
            plan_steps(&town)?;
        }
    }
    if works.iter().any(|w| w == "C5") {
        weigh()?;
    }
    let Some(folder) = std::env::var_os("STADTSCHICHT_BENCH_DATA") else {
        eprintln!("skipped: STADTSCHICHT_BENCH_DATA is not set");
        return Ok(());
    };
    let folder = Path::new(&folder);
    let wanted = |work: &str| works.is_empty() || works.iter().any(|w| w == work);
    let layer = |name: &str, kind| read_layer(&folder.join(format!("{name}.raw")), kind);
    let parcels = layer("parcels", GeometryKind::Polygon)?;
    let n = parcels.len();
    for (work, other) in [("W1a", "noise"), ("W1b", "zones")] {
        if wanted(work) {
            let other = layer(other, GeometryKind::Polygon)?;
            let (t, (count, total)) = timed(|| overlay(&parcels, &other));
            print(work, n, t, count, total, "")?;
        }
    }
    if wanted("W2") {
        let (buildings, protected) = (
            layer("buildings", GeometryKind::Polygon)?,
            layer("protected", GeometryKind::Polygon)?,
        );
        let (t, (count, total)) = timed(|| within(&buildings, &protected));
        print("W2", n, t, count, total, "")?;
    }
    if wanted("W3") {
        let (buildings, facilities) = (
            layer("buildings", GeometryKind::Polygon)?,
            layer("facilities", GeometryKind::Point)?,
        );
        let (t, (count, total)) = timed(|| nearest(&buildings, &facilities));
        print("W3", n, t, count, total, "")?;
    }
    if wanted("W4") {
        let raster = read_raster(&folder.join("dem.raw"));
        if let Ok(raster) = raster {
            let (t, (count, total)) = timed(|| zonal_means(&parcels, &raster));
            print("W4", n, t, count, total, "")?;
        }
    }
    if wanted("W5") {
        edits(&parcels, &layer("noise", GeometryKind::Polygon)?)?;
    }
    Ok(())
}

/// C5: one move of a slider over a generated town, 12 criteria at no fewer than 100,000 cells, with two threads. Needs no folder.
fn weigh() -> std::io::Result<()> {
    let failed = |why: String| std::io::Error::other(why);
    let dir = tempfile::tempdir()?;
    let (control, options) = (Control::default(), DemoOptions { buildings: 500, seed: 1 });
    demo::generate(dir.path(), &options, &control).map_err(|e| failed(e.to_string()))?;
    let city = project::open(dir.path(), &control).map_err(|e| failed(e.to_string()))?;
    let mut defs = city.modules.iter().flat_map(|m| &m.suitability);
    let mut def = defs.next().cloned().ok_or_else(|| failed("no use is defined".into()))?;
    def.criteria.extend(defs.flat_map(|d| d.criteria.iter().cloned()));
    def.criteria.truncate(12);
    let mut size_m = 4.0;
    let units = loop {
        let units = Units::cells(&city, Shape::Square, size_m).map_err(|e| failed(e.to_string()))?;
        if units.len() >= 100_000 {
            break units;
        }
        size_m *= 0.9;
    };
    let matrix = measure(&city, &def, &units, &control).ok_or_else(|| failed("stopped".into()))?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .map_err(|e| failed(e.to_string()))?;
    for orness in [0.5, 0.3] {
        let attitude = Attitude::new(orness).unwrap_or(Attitude::NEUTRAL);
        let mut weights: Vec<f64> = def.criteria.iter().map(|c| c.weight).collect();
        // Warm caches: somebody who drags a slider moved it a moment before.
        for moved in 0..5 {
            weights[0] = f64::from(moved);
            let (t, best) = timed(|| {
                pool.install(|| {
                    let scores = combine(&matrix, &weights, attitude);
                    ranked(&scores).first().map_or(0.0, |k| f64::from(scores[*k as usize].value))
                })
            });
            let (n, criteria) = (units.len(), def.criteria.len());
            writeln!(
                std::io::stdout(),
                "{{\"engine\": \"stadtschicht\", \"work\": \"C5\", \"n\": {n}, \"threads\": 2, \"seconds\": {:.6}, \"cpu_s\": {:.6}, \"criteria\": {criteria}, \"orness\": {orness}, \"best\": {best:.3}}}",
                t.wall_s,
                t.cpu_s
            )?;
        }
    }
    Ok(())
}

fn overlay(parcels: &Geometries, other: &Geometries) -> (usize, f64) {
    let prepared: Vec<PreparedArea> = (0..parcels.len()).map(|row| PreparedArea::new(parcels, row)).collect();
    let index = SpatialIndex::new(parcels.boxes());
    let (mut scratch, mut rows) = (Scratch::default(), Vec::new());
    let (mut count, mut total) = (0, 0.0);
    for row in 0..other.len() {
        let area = PreparedArea::new(other, row);
        index.rows_in_into(&other.bbox(row), &mut rows);
        for parcel in &rows {
            let shared = overlap_area_m2(&prepared[*parcel as usize], &area, &mut scratch);
            if shared > AREA_EPS_M2 {
                count += 1;
                total += shared;
            }
        }
    }
    (count, total)
}

fn within(buildings: &Geometries, protected: &Geometries) -> (usize, f64) {
    let index = SpatialIndex::new(buildings.boxes());
    let (mut rows, mut count, mut total) = (Vec::new(), 0, 0.0);
    for row in 0..protected.len() {
        let area = PreparedEdges::new(protected, row);
        index.rows_in_into(&protected.bbox(row).buffered(WITHIN_M), &mut rows);
        for building in &rows {
            if let Some(d) = distance_m(&PreparedEdges::new(buildings, *building as usize), &area, WITHIN_M) {
                count += 1;
                total += d;
            }
        }
    }
    (count, total)
}

fn nearest(buildings: &Geometries, facilities: &Geometries) -> (usize, f64) {
    let index = SpatialIndex::new(facilities.boxes());
    let places: Vec<[f64; 2]> = facilities.boxes().iter().map(|b| b.min).collect();
    let (mut count, mut total) = (0, 0.0);
    for row in 0..buildings.len() {
        let c = centroid(buildings, row);
        let distance = |facility: u32| {
            let p = places[facility as usize];
            ((p[0] - c[0]) * (p[0] - c[0]) + (p[1] - c[1]) * (p[1] - c[1])).sqrt()
        };
        if let Some((_, d)) = index.nearest(c, f64::INFINITY, distance) {
            total += d;
            count += usize::from(d <= CATCHMENT_M);
        }
    }
    (count, total)
}

fn centroid(g: &Geometries, row: usize) -> [f64; 2] {
    let o = g.bbox(row).min;
    let (mut x, mut y, mut twice) = (0.0, 0.0, 0.0);
    // Interiors run against their exterior and so take away.
    for w in g.rings(row).flat_map(|r| r.windows(2)) {
        let (a, b) = ([w[0][0] - o[0], w[0][1] - o[1]], [w[1][0] - o[0], w[1][1] - o[1]]);
        let cross = a[0] * b[1] - b[0] * a[1];
        twice += cross;
        x += cross * (a[0] + b[0]);
        y += cross * (a[1] + b[1]);
    }
    [o[0] + x / (3.0 * twice), o[1] + y / (3.0 * twice)]
}

fn zonal_means(parcels: &Geometries, raster: &Raster) -> (usize, f64) {
    let mut scratch = CoverageScratch::default();
    let mut total = 0.0;
    for row in 0..parcels.len() {
        let (mut sum, mut area) = (0.0, 0.0);
        cell_coverage(raster, parcels, row, &mut scratch, |cell, covered_m2| {
            sum += covered_m2 * f64::from(raster.values[cell]);
            area += covered_m2;
        });
        total += sum / area * area_m2(parcels, row);
    }
    (parcels.len(), total)
}

/// Single edits against a prepared index.
fn edits(parcels: &Geometries, noise: &Geometries) -> std::io::Result<()> {
    let prepared: Vec<PreparedArea> = (0..parcels.len()).map(|row| PreparedArea::new(parcels, row)).collect();
    let index = SpatialIndex::new(parcels.boxes());
    let (mut scratch, mut rows) = (Scratch::default(), Vec::new());
    let (mut count, mut total, mut times) = (0, 0.0, Vec::new());
    for k in 0..EDITS {
        let row = (k * 7919 + 13) % noise.len();
        let (t, ()) = timed(|| {
            let mut moved = GeometriesBuilder::new(GeometryKind::Polygon);
            for ring in noise.rings(row) {
                moved.ring(ring.iter().map(|p| [p[0] + EDIT_SHIFT_M[0], p[1] + EDIT_SHIFT_M[1]]));
            }
            moved.end_part().end_feature();
            let moved = moved.finish();
            let area = PreparedArea::new(&moved, 0);
            index.rows_in_into(&moved.bbox(0), &mut rows);
            for parcel in &rows {
                let shared = overlap_area_m2(&prepared[*parcel as usize], &area, &mut scratch);
                if shared > AREA_EPS_M2 {
                    count += 1;
                    total += shared;
                }
            }
        });
        times.push(t);
    }
    times.sort_by(|a, b| a.cpu_s.total_cmp(&b.cpu_s));
    let extra = format!(
        ", \"p95\": {:.6}, \"max\": {:.6}",
        times[EDITS * 95 / 100].cpu_s,
        times[EDITS - 1].cpu_s
    );
    let median = Time {
        wall_s: times[EDITS / 2].cpu_s,
        cpu_s: times[EDITS / 2].cpu_s,
    };
    print("W5", parcels.len(), median, count, total, &extra)
}

/// Kinds of steps, in turn.
const STEPS: [&str; 9] = [
    "move",
    "build",
    "raise",
    "demolish",
    "describe",
    "place",
    "zone",
    "parameter",
    "undo",
];

/// From a step to the next snapshot, each kind of edit in turn.
fn plan_steps(project: &Path) -> std::io::Result<()> {
    use stadtschicht::{
        progress::Control,
        scenario::Access,
        session::{Command, ScenarioCommand, Session},
    };
    let other = |e: String| std::io::Error::other(e);
    let journals = tempfile::tempdir()?;
    let mut session = Session::open(project, &Control::default()).map_err(|e| other(e.text().en))?;
    session.set_access(Access {
        journals: Some(journals.path().into()),
        look_only: false,
    });
    let mut ask = |command: ScenarioCommand| session.apply(Command::Scenario(command)).map_err(|e| other(e.text().en));
    let mut snapshot = ask(ScenarioCommand::New {
        title: format!("Bench {}", std::process::id()),
        author: "bench".into(),
    })?;
    let mut told = indicators::evaluate(&snapshot.city, &snapshot.evaluation, None, &Control::default()).map_err(|e| other(e.en))?;
    let mut times: Vec<(&str, f64, f64)> = vec![];
    for k in 0..EDITS {
        let what = STEPS[k % STEPS.len()];
        let command = match what {
            "undo" => ScenarioCommand::Undo,
            _ => match plan_step(&snapshot, what, k) {
                Some(step) => ScenarioCommand::Act(step),
                None => continue,
            },
        };
        let (t, next) = timed(|| ask(command));
        snapshot = next?;
        let s = &snapshot;
        let (counting, next) = timed(|| indicators::update(&s.city, &s.evaluation, None, Some(&told), &Control::default()));
        told = next.map_err(|e| other(e.en))?;
        times.push((what, t.wall_s, counting.wall_s));
    }
    let conflicts = snapshot.evaluation.conflicts.len();
    let n = snapshot.city.layers().map(|l| l.layer.len()).sum();
    ask(ScenarioCommand::Close { discard: true })?;
    for what in STEPS.into_iter().chain([""]) {
        let of_kind = || times.iter().filter(|(w, ..)| what.is_empty() || *w == what);
        let sorted = |mut of: Vec<f64>| {
            of.sort_by(f64::total_cmp);
            of
        };
        let of = sorted(of_kind().map(|(_, t, _)| *t).collect());
        let counting = sorted(of_kind().map(|(_, _, t)| *t).collect());
        let Some(median) = of.get(of.len() / 2).copied() else { continue };
        let extra = format!(
            ", \"step\": \"{what}\", \"max\": {:.6}, \"indicators\": {:.6}, \"indicators_max\": {:.6}",
            of[of.len() - 1],
            counting[counting.len() / 2],
            counting[counting.len() - 1],
        );
        let t = Time {
            wall_s: median,
            cpu_s: median,
        };
        print("E1", n, t, conflicts, 0.0, &extra)?;
    }
    Ok(())
}

/// The `k`-th step; `None` where the city has nothing to do it with.
fn plan_step(snapshot: &stadtschicht::session::Snapshot, what: &str, k: usize) -> Option<stadtschicht::scenario::Step> {
    use stadtschicht::{
        model::{GeometryKind, SlotId, Value},
        modules::{Role, parameters},
        scenario::{Attributes, BuildingVolume, Named, Shape, Step},
    };
    let city = &snapshot.city;
    let planning = snapshot.planning.as_ref()?;
    let pick = |slot: &SlotId| -> Option<(Named, [f64; 2])> {
        let layer = &city.layer(slot)?.layer;
        let row = (k * 7919 + 13) % layer.len().max(1);
        let named = (slot.clone(), layer.ids.get(row)?.to_string());
        Some((named, layer.geometry.bbox(row).center()))
    };
    let of = |role: Role| city.with_role(role).next().map(|s| s.id.clone());
    let (b, [x, y]) = pick(&of(Role::Buildings)?)?;
    let mut draft = planning.draft();
    let edits = match what {
        "move" => draft.shift(&[b], EDIT_SHIFT_M).ok()?,
        "build" => {
            let ring = vec![[x, y], [x + 20.0, y], [x + 20.0, y + 12.0], [x, y + 12.0]];
            let volume = BuildingVolume {
                footprint: Shape::polygon(ring),
                storeys: Some(4),
                height_m: None,
                roof: None,
                usage: None,
            };
            vec![draft.building(&volume).ok()?]
        }
        "raise" => draft
            .describe(
                &[b],
                &Attributes::from([("height_m".to_string(), Value::Real(20.0 + k as f64 / 10.0))]),
            )
            .ok()?,
        "demolish" => draft.remove(&[b]).ok()?,
        "describe" => {
            let usage = if k.is_multiple_of(2) { "commercial" } else { "residential" };
            let (site, _) = pick(&of(Role::Sites)?)?;
            draft
                .describe(&[site], &Attributes::from([("use".to_string(), Value::Text(usage.into()))]))
                .ok()?
        }
        "place" => {
            let places = |s: &&stadtschicht::project::Slot| {
                let points = city.layer(&s.id).is_some_and(|l| l.layer.geometry.kind() == GeometryKind::Point);
                points && s.def.attributes.iter().any(|a| a.name == "places")
            };
            let slot = city.slots.iter().find(places)?.id.clone();
            vec![draft.facility(&slot, Shape::point([x, y]), "Neue Kita", Some(80))]
        }
        "zone" => {
            let (zone, _) = pick(&of(Role::Zones)?)?;
            draft.zone_type(&[zone], if k.is_multiple_of(2) { "MU" } else { "WR" }).ok()?
        }
        "parameter" => {
            let rules: Vec<_> = city.rules().filter(|r| !r.off).collect();
            let rule = rules.get(k * 31 % rules.len().max(1))?;
            let mut predicate = rule.predicate.clone();
            let all = parameters(&mut predicate);
            let p = all.first()?;
            let value = (*p.value * 0.9).clamp(p.least, p.most);
            vec![draft.set(&format!("parameter/{}/{}", rule.id, p.key), Value::Real(value))]
        }
        _ => return None,
    };
    Step::new(what, edits).ok()
}

#[derive(Clone, Copy)]
struct Time {
    wall_s: f64,
    cpu_s: f64,
}

fn timed<T>(work: impl FnOnce() -> T) -> (Time, T) {
    let (wall, cpu) = (std::time::Instant::now(), cpu_seconds());
    let result = black_box(work());
    let time = Time {
        cpu_s: cpu_seconds() - cpu,
        wall_s: wall.elapsed().as_secs_f64(),
    };
    (time, result)
}

/// Processor time of this process. The files under /proc tick too slowly for single edits.
#[cfg(target_os = "linux")]
fn cpu_seconds() -> f64 {
    #[repr(C)]
    struct Timespec {
        seconds: std::ffi::c_long,
        nanoseconds: std::ffi::c_long,
    }
    unsafe extern "C" {
        fn clock_gettime(clock: std::ffi::c_int, out: *mut Timespec) -> std::ffi::c_int;
    }
    const PROCESS_CPUTIME: std::ffi::c_int = 2;
    let mut t = Timespec {
        seconds: 0,
        nanoseconds: 0,
    };
    // SAFETY: POSIX; `t` outlives the call and has the layout of `struct timespec` on Linux.
    unsafe { clock_gettime(PROCESS_CPUTIME, &mut t) };
    t.seconds as f64 + t.nanoseconds as f64 * 1e-9
}

#[cfg(not(target_os = "linux"))]
fn cpu_seconds() -> f64 {
    use std::{sync::LazyLock, time::Instant};
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64()
}

fn print(work: &str, n: usize, t: Time, count: usize, total: f64, extra: &str) -> std::io::Result<()> {
    writeln!(
        std::io::stdout(),
        "{{\"engine\": \"stadtschicht\", \"work\": \"{work}\", \"n\": {n}, \"threads\": 1, \"seconds\": {:.6}, \"cpu_s\": {:.6}, \"result_count\": {count}, \"total_area\": {total:.9}{extra}}}",
        t.wall_s,
        t.cpu_s
    )
}

fn word(bytes: &[u8], index: usize) -> [u8; 8] {
    std::array::from_fn(|k| bytes[index * 8 + k])
}

/// `u64` counts of features, rings and vertices, ring offsets of features, vertex offsets of rings, `f64` coordinates; little-endian.
fn read_layer(path: &Path, kind: GeometryKind) -> std::io::Result<Geometries> {
    let bytes = std::fs::read(path)?;
    let whole = |index: usize| u64::from_le_bytes(word(&bytes, index)) as usize;
    let real = |index: usize| f64::from_le_bytes(word(&bytes, index));
    let (features, rings) = (whole(0), whole(1));
    let (feature_offsets, ring_offsets) = (3, 3 + features + 1);
    let coords = ring_offsets + rings + 1;
    let mut out = GeometriesBuilder::new(kind);
    for feature in 0..features {
        for ring in whole(feature_offsets + feature)..whole(feature_offsets + feature + 1) {
            let vertices = whole(ring_offsets + ring)..whole(ring_offsets + ring + 1);
            out.ring(vertices.map(|k| [real(coords + 2 * k), real(coords + 2 * k + 1)]));
        }
        out.end_part().end_feature();
    }
    let out = out.finish();
    debug_assert!(!out.extent().is_empty() && out.extent() != Bbox::EMPTY);
    Ok(out)
}

/// `u64` width and height, `f64` west, north and cell size, `f32` values row by row from the north.
fn read_raster(path: &Path) -> std::io::Result<Raster> {
    let bytes = std::fs::read(path)?;
    let whole = |index: usize| u64::from_le_bytes(word(&bytes, index)) as usize;
    let real = |index: usize| f64::from_le_bytes(word(&bytes, index));
    Ok(Raster {
        width: whole(0),
        height: whole(1),
        origin: [real(2), real(3)],
        cell_m: [real(4); 2],
        values: bytes[40..]
            .chunks_exact(4)
            .map(|v| f32::from_le_bytes([v[0], v[1], v[2], v[3]]))
            .collect(),
        provenance: vec![],
    })
}
