//! CityJSON 1.1 and 2.0 and CityJSONSeq → rows. An object that breaks the schema is reported and the others come.

use super::{
    super::{
        Inspection, RawLayer, ReadError, VectorRequest,
        format::{OwnReader, Source},
        printable,
    },
    assembly::Assembly,
    choose, columns_of, layer_inspection,
    object::{Face, Object},
    page::{Entry, Geometry, Glance, Nest, Page, Transform},
    reference, refuse_kind, words,
};
use crate::{
    geometry::Point3,
    model::{Bbox, Finding, Level, LocalText, SurfaceKind, Value},
    progress::Control,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::File,
    io::{BufRead, BufReader, Read},
};

/// Largest document, and largest line of a sequence; the text is held in memory.
const MAX_BYTES: u64 = 400 << 20;
/// Objects whose attributes `inspect` looks at.
const SAMPLE: usize = 300;

/// Reads CityJSON.
#[derive(Debug)]
pub(in super::super) struct CityJson;

/// Whether a text begins like CityJSON.
pub(in super::super) fn is_cityjson(text: &[u8]) -> bool {
    if text.first() != Some(&b'{') {
        return false;
    }
    let head: Vec<u8> = text.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    let has = |what: &[u8]| head.windows(what.len()).any(|w| w == what);
    head.starts_with(b"{\"CityObjects\":") || has(b"\"type\":\"CityJSON\"") || has(b"\"type\":\"CityJSONFeature\"")
}

/// One page with its objects sorted by the object they belong to.
struct Sorted {
    entries: Vec<(String, Entry)>,
    /// Position of the top-level object of each entry.
    tops: Vec<usize>,
}

impl Sorted {
    fn new(entries: Vec<(String, Entry)>) -> Self {
        let by_id: HashMap<&str, usize> = entries.iter().enumerate().map(|(k, (id, _))| (id.as_str(), k)).collect();
        let above = |k: usize| -> Option<usize> {
            let g = entries[k].1.glance()?;
            // A group is not what its members consist of.
            let real = |p: &usize| entries[*p].1.glance().is_some_and(|g| g.kind != "CityObjectGroup");
            g.parents.iter().filter_map(|p| by_id.get(p.as_str()).copied()).find(real)
        };
        let tops = (0..entries.len())
            .map(|k| {
                let mut at = k;
                for _ in 0..16 {
                    match above(at) {
                        Some(next) if next != at => at = next,
                        _ => break,
                    }
                }
                at
            })
            .collect();
        Self { entries, tops }
    }

    fn kind(&self, k: usize) -> String {
        let kind = self.entries[k]
            .1
            .glance()
            .map(|g: Glance<'_>| printable(g.kind))
            .filter(|t| !t.is_empty());
        kind.unwrap_or_else(|| "?".into())
    }

    /// Top-level objects by type.
    fn count(&self, counts: &mut BTreeMap<String, u64>, parts: &mut BTreeMap<String, BTreeMap<String, u64>>) {
        for k in 0..self.entries.len() {
            let top = self.kind(self.tops[k]);
            if self.tops[k] == k {
                *counts.entry(top).or_default() += 1;
            } else if is_part(&self.kind(k)) {
                *parts.entry(top).or_default().entry(self.kind(k)).or_default() += 1;
            }
        }
    }

    /// The members of each top-level object of a type, the top first.
    fn groups(&self, kind: &str) -> Vec<Vec<usize>> {
        let mut of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for k in 0..self.entries.len() {
            let top = self.tops[k];
            if self.kind(top) == kind {
                let list = of.entry(top).or_default();
                if k == top { list.insert(0, k) } else { list.push(k) }
            }
        }
        of.into_values().collect()
    }
}

fn is_part(kind: &str) -> bool {
    matches!(kind, "BuildingPart" | "BridgePart" | "TunnelPart")
}

/// Where the vertices of a page lie.
struct Frame<'a> {
    scale: [f64; 3],
    translate: [f64; 3],
    vertices: &'a [[f64; 3]],
}

impl Frame<'_> {
    /// An index without a vertex gives something that is no number, which is found later.
    fn point(&self, index: &Nest) -> Point3 {
        let vertex = if let Nest::Index(k) = index {
            self.vertices.get(*k as usize)
        } else {
            None
        };
        let Some(v) = vertex else { return [f64::NAN; 3] };
        [0, 1, 2].map(|k| v[k] * self.scale[k] + self.translate[k])
    }

    /// The rings of a surface, closed so that they pass the same checks as those of other formats; `None` when it is nested otherwise.
    fn rings(&self, surface: &Nest) -> Option<Vec<Vec<Point3>>> {
        let ring = |r: &Nest| -> Option<Vec<Point3>> {
            let list = r.list()?;
            let flat = list.iter().all(|i| !matches!(i, Nest::List(_)));
            flat.then(|| list.iter().chain(list.first()).map(|i| self.point(i)).collect())
        };
        surface.list()?.iter().map(ring).collect()
    }
}

/// The members of a top-level object as objects, installations merged into what they hang on.
fn objects(page: &Sorted, group: &[usize], frame: &Frame<'_>, most: u64) -> Vec<Object> {
    let mut out: Vec<Object> = vec![];
    for &k in group {
        let (id, entry) = &page.entries[k];
        let kind = page.kind(k);
        let top = page.tops[k] == k;
        let parsed = if let Entry::Fine(object) = entry { Some(object) } else { None };
        if !top && !is_part(&kind) {
            let Some(host) = out.first_mut() else { continue };
            match (kind.as_str(), parsed) {
                ("BuildingInstallation" | "BuildingConstructiveElement", Some(object)) => {
                    for g in object.geometry.iter().flatten() {
                        geometry(host, g, frame, Some(SurfaceKind::Other), most);
                    }
                }
                _ => host.leave_out(&kind),
            }
            continue;
        }
        let mut object = Object {
            id: Some(id.clone()),
            kind,
            parent: (!top).then_some(0),
            ..Object::default()
        };
        match parsed {
            Some(parsed) => fill(&mut object, parsed, frame, most),
            None => {
                object.trouble.unreadable = Some(LocalText::new(
                    "Objekt weggelassen: Seine Mitglieder entsprechen nicht dem Format. In der Quelle berichtigen.",
                    "object left out: its members do not follow the format. Correct it in the source.",
                ));
            }
        }
        out.push(object);
    }
    out
}

fn fill(object: &mut Object, parsed: &super::page::CityObject, frame: &Frame<'_>, most: u64) {
    for (name, value) in parsed.attributes.iter().flatten() {
        let value = match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(b) => Value::Boolean(*b),
            serde_json::Value::Number(n) => match (n.as_i64(), n.as_f64()) {
                (Some(i), _) => Value::Integer(i),
                (_, Some(v)) if v.is_finite() => Value::Real(v),
                _ => Value::Null,
            },
            serde_json::Value::String(s) => Value::Text(s.as_str().into()),
            other => Value::Text(printable(&other.to_string()).into()),
        };
        object.attribute(name, value);
    }
    let text = |m: &serde_json::Map<String, serde_json::Value>, names: &[&str]| -> String {
        let found = names.iter().find_map(|n| m.get(*n));
        match found {
            Some(serde_json::Value::String(s)) => s.clone(),
            Some(serde_json::Value::Number(n)) => n.to_string(),
            _ => String::new(),
        }
    };
    let addresses = parsed.address.iter().flatten().take(20).filter_map(|a| {
        let m = a;
        let street = [text(m, &["ThoroughfareName"]), text(m, &["ThoroughfareNumber"])].join(" ");
        let town = [
            text(m, &["PostalCodeNumber", "PostalCode", "Postcode"]),
            text(m, &["LocalityName", "Locality"]),
        ]
        .join(" ");
        let lines: Vec<&str> = [street.trim(), town.trim()].into_iter().filter(|t| !t.is_empty()).collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    });
    let addresses: Vec<String> = addresses.collect();
    object.attribute("address", Value::Text(addresses.join("; ").into()));
    for g in parsed.geometry.iter().flatten() {
        geometry(object, g, frame, None, most);
    }
}

fn kind_of(name: &str) -> SurfaceKind {
    match name {
        "RoofSurface" => SurfaceKind::Roof,
        "WallSurface" | "Window" | "Door" => SurfaceKind::Wall,
        "GroundSurface" => SurfaceKind::Ground,
        "ClosureSurface" => SurfaceKind::Closure,
        _ => SurfaceKind::Other,
    }
}

fn geometry(object: &mut Object, g: &Geometry, frame: &Frame<'_>, all: Option<SurfaceKind>, most: u64) {
    // How many lists lie around a surface.
    let around = match g.kind.as_str() {
        "MultiSurface" | "CompositeSurface" => 1,
        "Solid" => 2,
        "MultiSolid" | "CompositeSolid" => 3,
        other => return object.leave_out(&printable(other)),
    };
    let lod = g.lod();
    if around > 1 && !object.solids.contains(&lod) {
        object.solids.push(lod);
    }
    let semantics = g.semantics.as_ref();
    let kinds: Vec<SurfaceKind> = semantics.iter().flat_map(|s| &s.surfaces).map(|s| kind_of(&s.kind)).collect();
    let values = semantics.map_or(&Nest::Other, |s| &s.values);
    let mut wrong = 0;
    surfaces(
        &g.boundaries,
        values,
        around,
        &mut |surface, value| match (surface.and_then(|s| frame.rings(s)), value) {
            (Some(rings), Nest::Index(k)) => object.face(lod, all.or(kinds.get(*k as usize).copied()), rings, most),
            (Some(rings), _) => object.face(lod, all, rings, most),
            (None, _) => wrong += 1,
        },
    );
    if wrong > 0 && object.faces.is_empty() {
        object.trouble.unreadable = Some(LocalText::new(
            "Objekt weggelassen: Seine Flächen sind anders geschachtelt, als die Geometrieart verlangt. In der Quelle berichtigen.",
            "object left out: its surfaces are nested otherwise than their type demands. Correct it in the source.",
        ));
    }
    object.trouble.not_numbers += wrong;
}

/// Every surface with the entry of the semantics that stands in the same place.
fn surfaces(boundaries: &Nest, values: &Nest, around: usize, each: &mut impl FnMut(Option<&Nest>, &Nest)) {
    let Some(list) = boundaries.list() else { return each(None, values) };
    for (k, inner) in list.iter().enumerate() {
        let value = values.list().and_then(|v| v.get(k)).unwrap_or(&Nest::Other);
        if around == 1 {
            each(Some(inner), value);
        } else {
            surfaces(inner, value, around - 1, each);
        }
    }
}

/// What a walk over all pages gives each time.
struct Walk<'a> {
    source: &'a Source,
    crs: Option<String>,
    extent: Option<[f64; 6]>,
    transform: Transform,
    findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    fn new(source: &'a Source) -> Self {
        Self {
            source,
            crs: None,
            extent: None,
            transform: Transform {
                scale: [1.0; 3],
                translate: [0.0; 3],
            },
            findings: vec![],
        }
    }

    fn refused(&self, de: impl Into<String>, en: impl Into<String>) -> ReadError {
        ReadError::Refused {
            file: self.source.given.clone(),
            format: self.source.reader.name,
            why: LocalText::new(de, en),
        }
    }

    fn syntax(&self, e: &serde_json::Error) -> ReadError {
        let why = printable(&e.to_string());
        self.refused(
            format!("Der Text ist beschädigt: {why}. Neu herunterladen oder neu exportieren."),
            format!("the text is damaged: {why}. Download or export it again."),
        )
    }

    fn too_large(&self, bytes: u64) -> ReadError {
        ReadError::TooLarge {
            file: self.source.given.clone(),
            what: "bytes",
            amount: bytes,
            limit: MAX_BYTES,
        }
    }

    /// Calls `each` for a document once, for a sequence once a line.
    fn run(&mut self, control: &Control, mut each: impl FnMut(&Sorted, &Frame<'_>, f32) -> Result<(), ReadError>) -> Result<(), ReadError> {
        let io = |e: std::io::Error| ReadError::Io {
            file: self.source.given.clone(),
            reason: e.to_string(),
        };
        let file = File::open(&self.source.path).map_err(io)?;
        let size = file.metadata().map_or(0, |m| m.len());
        let mut reader = BufReader::with_capacity(1 << 18, file);
        let mut text = vec![];
        let mut done = 0;
        let mut first = true;
        loop {
            if control.is_cancelled() {
                return Err(ReadError::Cancelled {
                    file: self.source.given.clone(),
                });
            }
            text.clear();
            let n = (&mut reader).take(MAX_BYTES + 1).read_until(b'\n', &mut text).map_err(io)?;
            if n == 0 {
                break;
            }
            if n as u64 > MAX_BYTES {
                return Err(self.too_large(size));
            }
            done += n as u64;
            if text.trim_ascii().is_empty() {
                continue;
            }
            let fraction = done as f32 / size.max(1) as f32;
            let line = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
            match serde_json::from_slice::<Page>(line) {
                Ok(page) => self.page(page, first, fraction, &mut each)?,
                // A document over many lines.
                Err(e) if first && e.is_eof() => {
                    if size > MAX_BYTES {
                        return Err(self.too_large(size));
                    }
                    reader.read_to_end(&mut text).map_err(io)?;
                    let all = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
                    let page = serde_json::from_slice::<Page>(all).map_err(|e| self.syntax(&e))?;
                    return self.page(page, true, 1.0, &mut each);
                }
                Err(e) if first => return Err(self.syntax(&e)),
                Err(e) => {
                    let text = words::broke(&e.to_string());
                    self.findings.push(Finding::new("RD-014", Level::Error, text.de, text.en));
                }
            }
            first = false;
        }
        Ok(())
    }

    fn page(
        &mut self,
        page: Page,
        first: bool,
        fraction: f32,
        each: &mut impl FnMut(&Sorted, &Frame<'_>, f32) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let version = match &page.version {
            Some(serde_json::Value::String(v)) => v.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        if page.kind == "CityJSON" {
            if !["1.1", "2.0"].contains(&version.as_str()) {
                let v = printable(&version);
                return Err(self.refused(
                    format!("Fassung „{v}“ wird nicht gelesen, nur 1.1 und 2.0. Mit `cjio FILE upgrade` umwandeln."),
                    format!("version “{v}” is not read, only 1.1 and 2.0. Convert it with `cjio FILE upgrade`."),
                ));
            }
            let Some(t) = &page.transform else {
                return Err(self.refused(
                    "Das Mitglied „transform“ fehlt; ohne es haben die Koordinaten keine Lage.",
                    "the member “transform” is missing; without it the coordinates have no place.",
                ));
            };
            self.transform = t.clone();
        } else if page.kind != "CityJSONFeature" || first {
            let k = printable(&page.kind);
            return Err(self.refused(
                format!("Das erste Objekt ist ein „{k}“ statt „CityJSON“. Die Kopfzeile fehlt: neu exportieren."),
                format!("the first object is a “{k}” instead of “CityJSON”. The header is missing: export it again."),
            ));
        }
        if let Some(m) = page.metadata {
            self.crs = self.crs.take().or(m.crs);
            self.extent = self.extent.or(m.extent);
        }
        let sorted = Sorted::new(page.objects.0);
        let frame = Frame {
            scale: self.transform.scale,
            translate: self.transform.translate,
            vertices: &page.vertices,
        };
        each(&sorted, &frame, fraction)
    }

    fn horizontal(&self) -> Option<String> {
        self.crs.as_deref().filter(|c| !c.trim().is_empty()).map(reference::horizontal)
    }
}

impl OwnReader for CityJson {
    fn inspect(&self, source: &Source) -> Result<Inspection, ReadError> {
        let (mut counts, mut parts) = (BTreeMap::new(), BTreeMap::new());
        let mut samples: BTreeMap<String, Vec<Object>> = BTreeMap::new();
        let mut lods: BTreeMap<String, BTreeSet<u8>> = BTreeMap::new();
        let mut walk = Walk::new(source);
        walk.run(&Control::default(), |page, frame, _| {
            page.count(&mut counts, &mut parts);
            for kind in counts.keys().cloned().collect::<Vec<_>>() {
                let known = samples.entry(kind.clone()).or_default();
                if known.len() >= SAMPLE {
                    continue;
                }
                for group in page.groups(&kind).iter().take(SAMPLE - known.len()) {
                    for mut o in objects(page, group, frame, 100_000) {
                        let of = std::mem::take(&mut o.faces);
                        lods.entry(kind.clone()).or_default().extend(of.iter().map(|f: &Face| f.lod));
                        known.push(o);
                    }
                }
            }
            Ok(())
        })?;
        if counts.is_empty() {
            return Err(ReadError::NoLayers {
                file: source.given.clone(),
            });
        }
        let extent = walk
            .extent
            .filter(|e| e.iter().all(|v| v.is_finite()))
            .map(|e| Bbox::new([e[0], e[1]], [e[3], e[4]]));
        let crs = walk.horizontal();
        let layers = counts.iter().map(|(kind, n)| {
            let of_parts: BTreeMap<String, u64> = parts.get(kind).cloned().unwrap_or_default();
            let mut texts = vec![format!("{n} {kind}")];
            texts.extend(of_parts.iter().map(|(k, n)| format!("{n} {k}")));
            layer_inspection(
                kind,
                &texts,
                lods.get(kind),
                crs.clone(),
                n + of_parts.values().sum::<u64>(),
                extent,
                columns_of(samples.get(kind)),
            )
        });
        Ok(Inspection {
            file: source.label(),
            format: source.reader.name.into(),
            driver: source.reader.driver.into(),
            layers: layers.collect(),
            raster: None,
            findings: walk.findings.into_iter().map(|f| f.file(source.label())).collect(),
        })
    }

    fn read_vector(&self, source: &Source, request: &VectorRequest, control: &Control) -> Result<RawLayer, ReadError> {
        // The layer is settled first: types are counted without parsing the objects.
        let mut counts = BTreeMap::new();
        let mut name = request.layer.clone().unwrap_or_else(|| super::DEFAULT_LAYER.into());
        if request.layer.is_none() {
            Walk::new(source).run(control, |page, _, _| {
                page.count(&mut counts, &mut BTreeMap::new());
                Ok(())
            })?;
            name = choose(source, request, &counts)?.unwrap_or(name);
            counts.clear();
        }
        let mut assembly = Assembly::new(source, &name, request);
        let most = request.max_feature_vertices;
        let label = source.label();
        let mut walk = Walk::new(source);
        walk.run(control, |page, frame, fraction| {
            page.count(&mut counts, &mut BTreeMap::new());
            for (k, group) in page.groups(&name).iter().enumerate() {
                assembly.group(objects(page, group, frame, most))?;
                if k % 1000 == 0 {
                    control.report(format!("Liest {label}"), format!("reading {label}"), fraction);
                }
            }
            Ok(())
        })?;
        choose(source, request, &counts)?;
        if let Some(e) = refuse_kind(source, &name, request) {
            return Err(e);
        }
        walk.findings.drain(..).for_each(|f| assembly.add(f));
        super::name_others(&mut assembly, &name, &counts);
        Ok(assembly.finish(source.reader.driver, walk.horizontal()))
    }
}
