//! Objects of a city model become the rows of a layer: footprint, body, attributes; what stays behind gets its finding.

use super::{
    super::{RawLayer, ReadError, VectorRequest, format::Source, gather::Gather, gdal::unique, printable},
    columns::Columns,
    object::{Face, Object},
    words,
};
use crate::{
    geometry::{FootprintFrom, Point3, Rings, footprint, normal, off_plane_m, shell},
    model::{BodiesBuilder, Finding, GeometriesBuilder, GeometryKind, Level, LocalText, Report, SurfaceKind, Value},
};
use std::{collections::BTreeMap, sync::Arc};

/// Levels of detail in the order in which one is chosen: roofs before windows, blocks after both.
const LOD_ORDER: [u8; 4] = [2, 3, 1, 4];
/// A polygon that leaves its plane by more than this is reported.
const FLAT_M: f64 = 0.3;
/// What a part does not take over from its building: its own shape.
const OWN_SHAPE: &[&str] = &[
    "measuredHeight",
    "storeysAboveGround",
    "storeysBelowGround",
    "roofType",
    "height_m",
    "id",
];

/// A layer while it grows.
#[derive(Debug)]
pub(super) struct Assembly {
    file: String,
    name: String,
    gather: Gather,
    footprints: GeometriesBuilder,
    bodies: BodiesBuilder,
    columns: Columns,
    ids: Vec<Arc<str>>,
    /// Objects seen.
    pub(super) expected: u64,
    vertices: u64,
    /// Limits.
    request: VectorRequest,
    path: std::path::PathBuf,
    left_out: BTreeMap<String, u64>,
    derived: u64,
    guessed: u64,
    carried: u64,
    flat_only: u64,
}

impl Assembly {
    /// An empty layer of one object type.
    pub(super) fn new(source: &Source, name: &str, request: &VectorRequest) -> Self {
        let file = source.label();
        Self {
            gather: Gather::new(&file, name),
            file,
            name: name.into(),
            footprints: GeometriesBuilder::new(GeometryKind::Polygon),
            bodies: BodiesBuilder::default(),
            columns: Columns::default(),
            ids: vec![],
            expected: 0,
            vertices: 0,
            request: request.clone(),
            path: source.given.clone(),
            left_out: BTreeMap::new(),
            derived: 0,
            guessed: 0,
            carried: 0,
            flat_only: 0,
        }
    }

    /// Adds a finding about the whole.
    pub(super) fn add(&mut self, finding: Finding) {
        self.gather.add(finding);
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.ids.len() as u64
    }

    /// Takes a building with its parts, or any other object.
    pub(super) fn group(&mut self, mut objects: Vec<Object>) -> Result<(), ReadError> {
        let limit = |what: &'static str, amount: u64, limit: u64| {
            if amount > limit {
                let file = self.path.clone();
                return Err(ReadError::TooLarge { file, what, amount, limit });
            }
            Ok(())
        };
        self.expected += objects.len() as u64;
        limit("features", self.expected, self.request.max_features)?;
        self.vertices += objects.iter().map(|o| o.vertices).sum::<u64>();
        limit("vertices", self.vertices, self.request.max_vertices)?;
        for k in 0..objects.len() {
            if let Some(parent) = objects[k].parent {
                let inherited: Vec<(String, Value)> = objects[parent]
                    .attributes
                    .iter()
                    .filter(|(n, _)| !OWN_SHAPE.contains(&n.as_str()))
                    .cloned()
                    .collect();
                inherited.into_iter().for_each(|(n, v)| objects[k].attribute(&n, v));
            }
        }
        let parts = |k: usize| objects.iter().filter(|o| o.parent == Some(k)).count();
        let parts: Vec<usize> = (0..objects.len()).map(parts).collect();
        let names: Vec<String> = objects.iter().enumerate().map(|(k, o)| self.id_of(o, k)).collect();
        for (k, object) in objects.into_iter().enumerate() {
            let building = object.parent.map_or(&names[k], |p| &names[p]);
            self.object(object, &names[k], building, parts[k]);
        }
        Ok(())
    }

    fn id_of(&self, object: &Object, k: usize) -> String {
        let numbered = || format!("{} {}", object.kind, self.expected as usize - k);
        object
            .id
            .as_deref()
            .map(printable)
            .filter(|i| !i.is_empty())
            .unwrap_or_else(numbered)
    }

    fn object(&mut self, mut object: Object, id: &str, building: &str, parts: usize) {
        for (what, n) in std::mem::take(&mut object.trouble.left_out) {
            *self.left_out.entry(what).or_default() += n;
        }
        for (code, text) in words::troubles(&object.trouble) {
            self.gather.feature(code, id, false, text);
        }
        if let Some(why) = &object.trouble.unreadable {
            return self.gather.feature("RD-114", id, true, why.clone());
        }
        object.without_doubles();
        let lod = LOD_ORDER
            .into_iter()
            .find(|l| object.faces.iter().any(|f| f.lod == *l))
            .unwrap_or(0);
        let solid = object.solids.contains(&lod);
        let all = std::mem::take(&mut object.faces);
        let plan: Vec<Face> = all.iter().filter(|f| f.lod == 0).cloned().collect();
        let mut faces: Vec<Face> = all.into_iter().filter(|f| f.lod == lod).collect();
        if faces.is_empty() && parts > 0 {
            self.carried += 1;
            return;
        }
        if faces.is_empty() {
            return self.gather.feature("RD-108", id, true, words::no_surface(&object));
        }
        let is_building = object.kind.starts_with("Building");
        if is_building && lod > 0 {
            self.guessed += u64::from(name_kinds(&mut faces));
            let s = shell(faces.iter().map(|f| f.rings.as_slice()));
            if s.volume_m3 < 0.0 {
                faces.iter_mut().flat_map(|f| &mut f.rings).for_each(|r| r.reverse());
            }
            if solid && s.open_edges > 0 {
                self.gather.feature("RD-103", id, false, words::not_closed(s.open_edges));
            }
            let off = faces.iter().map(|f| off_plane_m(&f.rings)).fold(0.0, f64::max);
            if off > FLAT_M {
                self.gather.feature("RD-107", id, false, words::not_flat(off));
            }
        }
        let (rings, from) = outline(&faces, &plan, is_building);
        if rings.is_empty() {
            return self.gather.feature("RD-108", id, true, words::no_area());
        }
        let row = self.ids.len();
        for part in rings {
            for ring in part {
                self.footprints.ring(ring);
            }
            self.footprints.end_part();
        }
        self.footprints.end_feature();
        self.ids.push(id.into());
        self.attributes(row, &mut object, &faces, building, lod);
        if is_building {
            let derived = from != "ground";
            self.derived += u64::from(derived);
            self.columns.set(row, "footprint", Value::Text(from.into()));
            self.flat_only += u64::from(lod == 0);
        }
        if is_building && lod > 0 {
            for f in &faces {
                let kind = f.kind.unwrap_or(SurfaceKind::Other);
                self.bodies.surface(kind, f.rings.iter().map(Vec::as_slice));
            }
            self.bodies.end_feature(lod);
        } else {
            self.bodies.no_body();
        }
    }

    fn attributes(&mut self, row: usize, object: &mut Object, faces: &[Face], building: &str, lod: u8) {
        let mut set = |name: &str, value: Value| self.columns.set(row, name, value);
        set("type", Value::Text(object.kind.as_str().into()));
        set("lod", Value::Integer(i64::from(lod)));
        if object.kind.starts_with("Building") {
            set("building", Value::Text(building.into()));
            let z = faces.iter().flat_map(|f| &f.rings).flatten().map(|p| p[2]);
            let (low, high) = z.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), z| (a.min(z), b.max(z)));
            let body = (lod > 0 && high > low).then_some(high - low);
            let measured = object.value("measuredHeight").and_then(Value::as_f64).filter(|h| *h > 0.0);
            let height = measured.map(|h| (h, "measuredHeight")).or(body.map(|h| (h, "body")));
            if let Some((h, from)) = height {
                set("height_m", Value::Real((h * 1000.0).round() / 1000.0));
                set("height_from", Value::Text(from.into()));
            }
            if lod > 0 && low.is_finite() {
                set("base_m", Value::Real((low * 1000.0).round() / 1000.0));
                set("top_m", Value::Real((high * 1000.0).round() / 1000.0));
            }
        }
        for (name, value) in object.attributes.drain(..) {
            let value = match value {
                Value::Text(t) => Value::Text(printable(&t).into()),
                other => other,
            };
            self.columns.set(row, &printable(&name), value);
        }
    }

    /// The layer, with a finding for every kind of loss.
    pub(super) fn finish(mut self, driver: &str, crs: Option<String>) -> RawLayer {
        let counted = |code: &str, level: Level, n: u64, text: LocalText| Finding::new(code, level, text.de, text.en).count(n);
        if self.carried > 0 {
            let f = counted("RD-109", Level::Info, self.carried, words::carried(self.carried));
            self.gather.add(f.dropped());
        }
        if self.derived > 0 {
            self.gather
                .add(counted("RD-104", Level::Warning, self.derived, words::derived(self.derived)));
        }
        if self.guessed > 0 {
            self.gather
                .add(counted("RD-112", Level::Info, self.guessed, words::guessed(self.guessed)));
        }
        if self.flat_only > 0 {
            self.gather
                .add(counted("RD-113", Level::Info, self.flat_only, words::flat_only(self.flat_only)));
        }
        for (what, n) in std::mem::take(&mut self.left_out) {
            self.gather.add(counted("RD-110", Level::Info, n, words::left_out(&what, n)));
        }
        if self.columns.left_out > 0 {
            let n = self.columns.left_out;
            self.gather.add(counted("RD-012", Level::Warning, n, words::too_many_attributes(n)));
        }
        if self.ids.is_empty() {
            self.gather.add(Finding::new(
                "RD-001",
                Level::Error,
                "Die Ebene enthält kein lesbares Objekt. Datei und Filter des Exports prüfen.",
                "The layer holds no readable feature. Check the file and the filter of the export.",
            ));
        }
        if crs.is_none() {
            self.gather.add(Finding::new(
                "RD-011",
                Level::Warning,
                "Die Datei nennt kein brauchbares Koordinatensystem. In der Einbindung `crs` angeben (etwa EPSG:25832).",
                "The file names no usable coordinate system. Set `crs` in the binding (such as EPSG:25832).",
            ));
        }
        let rows = self.ids.len();
        let ids = unique(self.ids, &mut self.gather);
        let mut report = Report {
            expected: Some(self.expected),
            loaded: rows as u64,
            findings: vec![],
        };
        self.gather.into_report(&mut report);
        let bodies = self.bodies.finish();
        RawLayer {
            file: self.file,
            name: self.name,
            driver: driver.into(),
            geometry: self.footprints.finish(),
            bodies: (bodies.surface_count() > 0).then_some(bodies),
            attributes: self.columns.finish(rows),
            ids,
            crs,
            report,
        }
    }
}

/// Names what the file does not: by slope and height. True when something was named so.
fn name_kinds(faces: &mut [Face]) -> bool {
    if faces.iter().all(|f| f.kind.is_some()) {
        return false;
    }
    let heights = |f: &Face| f.rings[0].iter().map(|p| p[2]).fold(f64::NEG_INFINITY, f64::max);
    let low = faces.iter().flat_map(|f| &f.rings[0]).map(|p| p[2]).fold(f64::INFINITY, f64::min);
    let outward = shell(faces.iter().map(|f| f.rings.as_slice())).volume_m3 >= 0.0;
    for f in faces.iter_mut().filter(|f| f.kind.is_none()) {
        let up = normal(&f.rings[0]).map_or(0.0, |n| if outward { n[2] } else { -n[2] });
        f.kind = Some(match up {
            u if u > 0.1 => SurfaceKind::Roof,
            u if u < -0.1 && heights(f) < low + 0.5 => SurfaceKind::Ground,
            u if u < -0.1 => SurfaceKind::Other,
            _ => SurfaceKind::Wall,
        });
    }
    true
}

/// The footprint, and from what it was made: `ground`, `plan` (LoD0), `roof`, `surface` or `hull`.
fn outline(faces: &[Face], plan: &[Face], is_building: bool) -> (Vec<Rings>, &'static str) {
    fn of<'a>(faces: impl Iterator<Item = &'a Face> + Clone) -> (Vec<Rings>, FootprintFrom) {
        footprint(faces.map(|f| -> &'a [Vec<Point3>] { &f.rings }))
    }
    if !is_building {
        return (of(faces.iter()).0, "surface");
    }
    let only = |kind: SurfaceKind| faces.iter().filter(move |f| f.kind == Some(kind));
    let ground = of(only(SurfaceKind::Ground));
    if ground.1 == FootprintFrom::Surfaces && !ground.0.is_empty() {
        return (ground.0, "ground");
    }
    let (rings, _) = of(plan.iter().filter(|f| f.kind != Some(SurfaceKind::Roof)));
    if !rings.is_empty() {
        return (rings, "ground");
    }
    let roofs = of(only(SurfaceKind::Roof));
    if roofs.1 == FootprintFrom::Surfaces && !roofs.0.is_empty() {
        return (roofs.0, "roof");
    }
    let (rings, from) = of(faces.iter());
    (rings, if from == FootprintFrom::Hull { "hull" } else { "surface" })
}
