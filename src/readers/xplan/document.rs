//! A whole document, object by object: counted, taken apart, its coordinates turned east first and its coordinate system settled.

use super::{
    object::Object,
    version::{Version, version},
};
use crate::{
    model::{Finding, Level, LocalText},
    progress::Control,
    readers::{
        ReadError, VectorRequest,
        format::Source,
        gml,
        gml_geometry::{Element, Reference, reference, subtree},
        printable,
        xml::{Step, Xml, XmlError},
    },
};
use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

/// Largest file.
const MAX_BYTES: u64 = 1 << 30;

/// Everything a document holds.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) version: Version,
    /// In the order of the file.
    pub(super) objects: Vec<Object>,
    /// `EPSG:n`; nothing when the document names none or several.
    pub(super) crs: Option<String>,
    /// About the document as a whole.
    pub(super) findings: Vec<Finding>,
}

/// The version in the head of a file, or why it is not read.
pub(super) fn version_of(path: &Path) -> Result<Version, LocalText> {
    let io = |e: std::io::Error| LocalText::same(e.to_string());
    let size = path.metadata().map_err(io)?.len();
    if size > MAX_BYTES {
        return Err(LocalText::new(
            format!("{size} Byte sind zu groß für XML. Den Plan teilen."),
            format!("{size} bytes are too large for XML. Split the plan."),
        ));
    }
    let mut head = vec![];
    File::open(path).and_then(|f| f.take(64 << 10).read_to_end(&mut head)).map_err(io)?;
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    version(gml::root(head.trim_ascii_start()).as_ref().map_or("", |r| r.tag()))
}

/// Reads the file.
pub(super) fn read(source: &Source, request: &VectorRequest, control: &Control) -> Result<Document, ReadError> {
    let refused = |why: LocalText| ReadError::Refused {
        file: source.given.clone(),
        format: source.reader.name,
        why,
    };
    let io = |e: std::io::Error| ReadError::Io {
        file: source.given.clone(),
        reason: e.to_string(),
    };
    let fault = |e: XmlError, last: Option<&Object>| match e {
        XmlError::Refused(why) => refused(why),
        XmlError::Broken(reason) => ReadError::Broken {
            file: source.given.clone(),
            layer: last.map_or_else(String::new, |o| o.kind.to_string()),
            feature: last.map(|o| o.id.to_string()),
            reason,
        },
    };
    let version = version_of(&source.path).map_err(refused)?;
    let mut file = BufReader::with_capacity(1 << 16, File::open(&source.path).map_err(io)?);
    skip_mark(&mut file).map_err(io)?;
    let mut xml = Xml::new(file);
    let mut objects: Vec<Object> = vec![];
    let (mut vertices, mut outer) = (0, vec![]);
    let mut in_member = false;
    loop {
        if objects.len().is_multiple_of(256) && control.is_cancelled() {
            return Err(ReadError::Cancelled {
                file: source.given.clone(),
            });
        }
        let too_large = |what, amount, limit| ReadError::TooLarge {
            file: source.given.clone(),
            what,
            amount,
            limit,
        };
        let start = match xml.step().map_err(|e| fault(e, objects.last()))? {
            Step::Start(tag) => Element::of(&tag),
            Step::Done => break,
            Step::End | Step::Text(_) => {
                in_member &= xml.depth() > 1;
                continue;
            }
        };
        match (xml.depth(), start.name.as_str()) {
            (1, _) => {}
            (2, "featureMember" | "member" | "featureMembers") => in_member = true,
            (3, _) if in_member => {
                let element = subtree(&mut xml, start).map_err(|e| fault(e, objects.last()))?;
                let object = Object::of(&element, objects.len() as u64 + 1);
                vertices += object.shape.as_ref().map_or(0, |s| s.vertices());
                objects.push(object);
                let n = objects.len() as u64;
                if n > request.max_features {
                    return Err(too_large("features", n, request.max_features));
                }
                if vertices > request.max_vertices {
                    return Err(too_large("vertices", vertices, request.max_vertices));
                }
            }
            _ => {
                // The envelope of the collection names the system for geometries that do not.
                let element = subtree(&mut xml, start).map_err(|e| fault(e, objects.last()))?;
                outer.extend(
                    element
                        .children
                        .iter()
                        .chain([&element])
                        .filter_map(|e| e.attribute("srsName").map(String::from)),
                );
            }
        }
    }
    let mut document = Document {
        version,
        objects,
        crs: None,
        findings: vec![],
    };
    document.settle(&outer);
    Ok(document)
}

/// Passes over a byte order mark, which the parser takes for text.
fn skip_mark<R: Read>(file: &mut BufReader<R>) -> std::io::Result<()> {
    use std::io::BufRead;
    if file.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        file.consume(3);
    }
    Ok(())
}

impl Document {
    /// One coordinate system for all, and the easting first.
    fn settle(&mut self, outer: &[String]) {
        if !self.version.is_known() {
            let v = self.version;
            self.findings.push(Finding::new(
                "RD-122",
                Level::Warning,
                format!("XPlanGML {v} ist jünger als dieses Programm: gelesen wie die letzte bekannte Version. Neue Objektarten und Codes prüfen."),
                format!("XPlanGML {v} is newer than this program: read like the last version it knows. Check new object types and codes."),
            ));
        }
        let named: BTreeSet<&str> = self
            .objects
            .iter()
            .filter_map(|o| o.shape.as_ref())
            .flat_map(|s| &s.references)
            .map(String::as_str)
            .collect();
        let named: Vec<&str> = if named.is_empty() {
            outer.iter().map(String::as_str).collect()
        } else {
            named.into_iter().collect()
        };
        let found: Vec<(&str, Option<Reference>)> = named.iter().map(|n| (*n, reference(n))).collect();
        let mut codes: Vec<&str> = found.iter().filter_map(|(_, r)| r.as_ref()).map(|r| r.code.as_str()).collect();
        codes.dedup();
        codes.sort_unstable();
        codes.dedup();
        let unknown: Vec<String> = found.iter().filter(|(_, r)| r.is_none()).map(|(n, _)| printable(n)).collect();
        if codes.len() > 1 {
            let names = codes.join(", ");
            self.findings.push(Finding::new(
                "RD-011",
                Level::Error,
                format!("Die Geometrien nennen verschiedene Koordinatensysteme ({names}). In ein einziges überführen und neu exportieren."),
                format!("The geometries name different coordinate systems ({names}). Convert them to a single one and export again."),
            ));
        } else if !unknown.is_empty() {
            let names = unknown.join(", ");
            self.findings.push(Finding::new(
                "RD-011",
                Level::Warning,
                format!("Unbekanntes Koordinatensystem „{names}“. `crs` auf einen EPSG-Code setzen."),
                format!("unknown coordinate system “{names}”. Set `crs` to an EPSG code."),
            ));
        }
        if let ([code], true) = (codes.as_slice(), unknown.is_empty()) {
            self.crs = Some((*code).to_string());
        }
        let outer_turned = found.iter().any(|(_, r)| r.as_ref().is_some_and(|r| r.north_first));
        for shape in self.objects.iter_mut().filter_map(|o| o.shape.as_mut()) {
            let own = shape.references.first().and_then(|n| reference(n));
            if own.map_or(outer_turned && shape.references.is_empty(), |r| r.north_first) {
                shape.runs_mut().flatten().for_each(|p| p.swap(0, 1));
            }
        }
    }
}
