//! CityGML 1.0, 2.0 and 3.0: read as a stream, one member in memory at a time. Each type of object is a layer; parts belong to the layer of
//! their buildings. Links to surfaces of other members are followed in a second pass, which only files with such links pay for.

use super::{
    super::{
        Inspection, RawLayer, ReadError, VectorRequest,
        format::{OwnReader, Source},
        xml::{Step, Xml, XmlError},
    },
    assembly::Assembly,
    choose, columns_of,
    links::{Link, linked, nowhere},
    member::{Member, counts_as_part, level},
    object::Object,
    reference, refuse_kind, words,
};
use crate::{
    model::{Bbox, Finding, Level, LocalText},
    progress::Control,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::File,
    io::BufReader,
};

/// Vertices of objects that wait for surfaces of other members.
const MOST_WAITING: u64 = 5_000_000;
/// Objects whose attributes `inspect` looks at.
const SAMPLE: u64 = 300;

/// Reads CityGML.
#[derive(Debug)]
pub(in super::super) struct CityGml;

/// What a walk through the document found, whatever was taken from it.
#[derive(Debug, Default)]
struct Facts {
    /// Top-level objects by type.
    counts: BTreeMap<String, u64>,
    /// Parts by the type of their top-level object, then by their own.
    parts: BTreeMap<String, BTreeMap<String, u64>>,
    lods: BTreeMap<String, BTreeSet<u8>>,
    crs: BTreeSet<String>,
    corners: [Option<[f64; 2]>; 2],
}

/// A document on its way.
struct Document {
    xml: Xml<BufReader<File>>,
    size: u64,
    facts: Facts,
    /// Objects of a member that broke off.
    lost: u64,
}

/// Where a walk stands between members.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Root,
    Bounds,
    Corner(usize),
    Member,
    Elsewhere,
}

impl Document {
    fn open(source: &Source) -> Result<Self, ReadError> {
        let io = |e: std::io::Error| ReadError::Io {
            file: source.given.clone(),
            reason: e.to_string(),
        };
        let file = File::open(&source.path).map_err(io)?;
        let size = file.metadata().map_or(0, |m| m.len());
        Ok(Self {
            xml: Xml::new(BufReader::with_capacity(1 << 18, file)),
            size,
            facts: Facts::default(),
            lost: 0,
        })
    }

    fn fraction(&self) -> f32 {
        self.xml.position() as f32 / self.size.max(1) as f32
    }

    /// The next member whose object is of a wanted type, with everything in between looked at; `None` at the end.
    fn next(&mut self, most_vertices: u64, want: impl Fn(&str) -> bool) -> Result<Option<Member>, XmlError> {
        let mut places: Vec<Place> = vec![Place::Root];
        // After the first call the walk goes on inside of a `cityObjectMember`.
        while places.len() <= self.xml.depth() {
            places.push(if places.len() == 1 { Place::Root } else { Place::Member });
        }
        let mut corner = String::new();
        let mut kind: Option<(usize, String)> = None;
        loop {
            match self.xml.step()? {
                Step::Done => return Ok(None),
                Step::Text(t) => {
                    if matches!(places.last(), Some(Place::Corner(_))) && corner.len() < 200 {
                        corner.push_str(&t);
                    }
                }
                Step::End => {
                    match places.pop() {
                        Some(Place::Corner(k)) => {
                            let numbers: Vec<f64> = corner.split_ascii_whitespace().filter_map(|n| n.parse().ok()).collect();
                            if let [x, y, ..] = numbers[..]
                                && x.is_finite()
                                && y.is_finite()
                            {
                                self.facts.corners[k].get_or_insert([x, y]);
                            }
                        }
                        None => places.push(Place::Root),
                        _ => {}
                    }
                    if kind.as_ref().is_some_and(|(depth, _)| places.len() < *depth) {
                        kind = None;
                    }
                }
                Step::Start(tag) => {
                    let name = tag.name();
                    let place = places.last().copied().unwrap_or(Place::Root);
                    let next = match place {
                        _ if places.len() == 1 => Place::Root,
                        Place::Root => match name {
                            "boundedBy" => Place::Bounds,
                            "cityObjectMember" | "featureMember" | "cityObjectMembers" | "featureMembers" | "member" => Place::Member,
                            _ => Place::Elsewhere,
                        },
                        Place::Bounds => {
                            if let Some(crs) = tag.attribute("srsName") {
                                self.facts.crs.insert(crs);
                            }
                            corner.clear();
                            match name {
                                "lowerCorner" => Place::Corner(0),
                                "upperCorner" => Place::Corner(1),
                                _ => Place::Bounds,
                            }
                        }
                        Place::Member if kind.is_none() => {
                            let name = super::super::printable(name);
                            if self.facts.counts.len() < 200 || self.facts.counts.contains_key(&name) {
                                *self.facts.counts.entry(name.clone()).or_default() += 1;
                            }
                            if want(&name) {
                                let member = Member::new(&tag, most_vertices);
                                return self.member(member, &name).map(Some);
                            }
                            kind = Some((places.len() + 1, name));
                            Place::Elsewhere
                        }
                        _ => {
                            if let Some((_, kind)) = &kind {
                                note(&mut self.facts, kind, name);
                            }
                            Place::Elsewhere
                        }
                    };
                    places.push(next);
                }
            }
        }
    }

    /// The rest of a member.
    fn member(&mut self, mut member: Member, kind: &str) -> Result<Member, XmlError> {
        loop {
            let step = match self.xml.step() {
                Ok(step) => step,
                Err(e) => {
                    self.lost = member.objects.len() as u64;
                    return Err(e);
                }
            };
            match step {
                Step::Start(tag) => {
                    note(&mut self.facts, kind, tag.name());
                    member.start(&tag);
                }
                Step::Text(t) => member.text(&t),
                Step::End => {
                    if member.end() {
                        self.facts.crs.append(&mut member.crs);
                        return Ok(member);
                    }
                }
                Step::Done => return Ok(member),
            }
        }
    }
}

/// Counts parts and levels of detail.
fn note(facts: &mut Facts, kind: &str, name: &str) {
    if counts_as_part(name) {
        let parts = facts.parts.entry(kind.into()).or_default();
        *parts.entry(name.into()).or_default() += 1;
    } else if let Some(lod) = level(name)
        && facts.lods.len() < 200
        && !facts.lods.get(kind).is_some_and(|l| l.contains(&lod))
    {
        facts.lods.entry(kind.into()).or_default().insert(lod);
    }
}

impl Facts {
    /// The horizontal system, when the file names exactly one; a finding when it names several.
    fn crs(&self) -> (Option<String>, Option<Finding>) {
        let codes: BTreeSet<String> = self.crs.iter().map(|n| reference::horizontal(n)).collect();
        if codes.len() < 2 {
            return (codes.into_iter().next(), None);
        }
        let names = codes.into_iter().collect::<Vec<_>>().join(", ");
        let finding = Finding::new(
            "RD-011",
            Level::Error,
            format!("Die Geometrien nennen verschiedene Koordinatensysteme ({names}). In ein einziges umrechnen und neu exportieren."),
            format!("The geometries name different coordinate systems ({names}). Convert them to a single one and export again."),
        );
        (None, Some(finding))
    }

    fn expected(&self, kind: &str) -> u64 {
        let parts = self.parts.get(kind).map_or(0, |p| p.values().sum());
        self.counts.get(kind).copied().unwrap_or(0) + parts
    }
}

fn stop(source: &Source, why: XmlError, layer: &str) -> ReadError {
    match why {
        XmlError::Refused(why) => ReadError::Refused {
            file: source.given.clone(),
            format: source.reader.name,
            why,
        },
        XmlError::Broken(reason) => ReadError::Broken {
            file: source.given.clone(),
            layer: layer.into(),
            feature: None,
            reason,
        },
    }
}

impl OwnReader for CityGml {
    fn inspect(&self, source: &Source) -> Result<Inspection, ReadError> {
        let mut document = Document::open(source)?;
        let mut samples: BTreeMap<String, Vec<Object>> = BTreeMap::new();
        let mut findings = vec![];
        loop {
            let taken: u64 = samples.values().map(|s| s.len() as u64).sum();
            match document.next(100_000, |_| taken < SAMPLE) {
                Ok(Some(member)) => {
                    let mut objects = member.objects;
                    objects.iter_mut().for_each(|o| o.faces.clear());
                    if let Some(kind) = objects.first().map(|o| o.kind.clone()) {
                        samples.entry(kind).or_default().extend(objects);
                    }
                }
                Ok(None) => break,
                Err(XmlError::Broken(reason)) if !document.facts.counts.is_empty() => {
                    let text = words::broke(&reason);
                    findings.push(Finding::new("RD-014", Level::Error, text.de, text.en).file(source.label()));
                    break;
                }
                Err(why) => return Err(stop(source, why, "")),
            }
        }
        let facts = &document.facts;
        if facts.counts.is_empty() {
            return Err(ReadError::NoLayers {
                file: source.given.clone(),
            });
        }
        let (crs, several) = facts.crs();
        findings.extend(several.map(|f| f.file(source.label())));
        let extent = facts.corners[0].zip(facts.corners[1]).map(|(a, b)| Bbox::new(a, b));
        let only = facts.counts.len() == 1;
        let layers = facts.counts.iter().map(|(kind, n)| {
            let mut counts = vec![format!("{n} {kind}")];
            counts.extend(facts.parts.get(kind).into_iter().flatten().map(|(k, n)| format!("{n} {k}")));
            let lods = facts.lods.get(kind);
            super::layer_inspection(
                kind,
                &counts,
                lods,
                crs.clone(),
                facts.expected(kind),
                extent.filter(|_| only || kind == super::DEFAULT_LAYER),
                columns_of(samples.get(kind)),
            )
        });
        Ok(Inspection {
            file: source.label(),
            format: source.reader.name.into(),
            driver: source.reader.driver.into(),
            layers: layers.collect(),
            raster: None,
            findings,
        })
    }

    fn read_vector(&self, source: &Source, request: &VectorRequest, control: &Control) -> Result<RawLayer, ReadError> {
        let wanted = request.layer.as_deref().unwrap_or(super::DEFAULT_LAYER).to_string();
        let (assembly, document) = read(source, &wanted, request, control)?;
        let name = match choose(source, request, &document.facts.counts)? {
            Some(name) if name != wanted => name,
            _ => {
                return refuse_kind(source, &wanted, request).map_or_else(|| Ok(finish(source, &wanted, assembly, &document)), Err);
            }
        };
        // No buildings, but exactly one other type.
        let (assembly, document) = read(source, &name, request, control)?;
        refuse_kind(source, &name, request).map_or_else(|| Ok(finish(source, &name, assembly, &document)), Err)
    }
}

/// Reads all objects of one type.
fn read(source: &Source, name: &str, request: &VectorRequest, control: &Control) -> Result<(Assembly, Document), ReadError> {
    let cancelled = || ReadError::Cancelled {
        file: source.given.clone(),
    };
    let most = request.max_feature_vertices;
    let mut document = Document::open(source)?;
    let mut assembly = Assembly::new(source, name, request);
    let mut waiting: Vec<(Vec<Object>, Vec<Link>)> = vec![];
    let mut waiting_vertices = 0;
    loop {
        if control.is_cancelled() {
            return Err(cancelled());
        }
        match document.next(most, |kind| kind == name) {
            Ok(None) => break,
            Ok(Some(member)) => {
                let (mut objects, links) = member.finish();
                let vertices = objects.iter().map(|o| o.vertices).sum::<u64>();
                if links.is_empty() || waiting_vertices + vertices > MOST_WAITING {
                    links.iter().for_each(|l| nowhere(&mut objects, l));
                    assembly.group(objects)?;
                } else {
                    waiting_vertices += vertices;
                    waiting.push((objects, links));
                }
                if assembly.expected % 1000 < 2 {
                    let label = source.label();
                    control.report(format!("Liest {label}"), format!("reading {label}"), document.fraction());
                }
            }
            Err(XmlError::Broken(reason)) if assembly.rows() > 0 || !waiting.is_empty() || document.lost > 0 => {
                let text: LocalText = words::broke(&reason);
                let finding = Finding::new("RD-014", Level::Error, text.de, text.en);
                assembly.expected += document.lost;
                assembly.add(if document.lost > 0 {
                    finding.count(document.lost).dropped()
                } else {
                    finding
                });
                break;
            }
            Err(why) => return Err(stop(source, why, name)),
        }
    }
    if !waiting.is_empty() {
        let found = elsewhere(source, &waiting, most, control)?;
        for (mut objects, links) in waiting {
            for link in &links {
                match found.get(&link.target) {
                    Some(faces) => linked(&mut objects, link, faces.clone(), most),
                    None => nowhere(&mut objects, link),
                }
            }
            assembly.group(objects)?;
        }
    }
    Ok((assembly, document))
}

/// The surfaces that links lead to across members, from a second walk.
fn elsewhere(
    source: &Source,
    waiting: &[(Vec<Object>, Vec<Link>)],
    most: u64,
    control: &Control,
) -> Result<HashMap<String, Vec<super::object::Face>>, ReadError> {
    let mut wanted: BTreeSet<&str> = waiting.iter().flat_map(|(_, l)| l).map(|l| l.target.as_str()).collect();
    let mut found = HashMap::new();
    let mut document = Document::open(source)?;
    let mut vertices = 0;
    while !wanted.is_empty() && vertices < MOST_WAITING {
        if control.is_cancelled() {
            return Err(ReadError::Cancelled {
                file: source.given.clone(),
            });
        }
        // A damaged end was reported by the first walk.
        let Ok(Some(member)) = document.next(most, |_| true) else { break };
        let here: Vec<&str> = wanted.iter().copied().filter(|id| member.find(id).is_some()).collect();
        for id in here {
            wanted.remove(id);
            if let Some(faces) = member.find(id) {
                vertices += faces.iter().flat_map(|f| &f.rings).map(|r| r.len() as u64).sum::<u64>();
                found.insert(id.to_string(), faces);
            }
        }
    }
    Ok(found)
}

fn finish(source: &Source, name: &str, mut assembly: Assembly, document: &Document) -> RawLayer {
    let (crs, several) = document.facts.crs();
    if let Some(f) = several {
        assembly.add(f);
    }
    super::name_others(&mut assembly, name, &document.facts.counts);
    assembly.finish(source.reader.driver, crs)
}
