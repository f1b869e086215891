//! A look through GML (ISO 19136) and OSM XML before GDAL's parser sees it: no DOCTYPE (entity bombs, foreign files), no depth bombs,
//! and a count of features and of coordinates that are no numbers, which GDAL would turn into zeros.

use super::{
    format::{Expected, Precheck},
    printable,
};
use crate::model::{Finding, Level, LocalText};
use std::{collections::BTreeMap, path::Path};

/// Elements inside elements.
const MAX_DEPTH: usize = 64;
/// Largest file; the text is held in memory.
const MAX_BYTES: u64 = 1 << 30;

/// The root element.
pub(crate) struct Root {
    /// Name without its prefix.
    pub(crate) name: String,
    tag: String,
}

impl Root {
    /// The start tag without its brackets.
    pub(crate) fn tag(&self) -> &str {
        &self.tag
    }

    /// Whether the document may hold GML features.
    pub(crate) fn is_gml(&self) -> bool {
        let never = ["schema", "CityModel", "html", "HTML", "GDAL_WMS", "WMS_Service", "OGRWFSDataSource"];
        self.tag.contains("http://www.opengis.net/gml")
            && !never.contains(&self.name.as_str())
            && !self.name.ends_with("Capabilities")
            && !self.name.starts_with("VRT")
            && !self.name.starts_with("OGRVRT")
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    let first = *what.first()?;
    let mut at = 0;
    while let Some(k) = bytes.get(at..)?.iter().position(|b| *b == first) {
        if bytes[at + k..].starts_with(what) {
            return Some(at + k);
        }
        at += k + 1;
    }
    None
}

/// The text from the root element's tag on; an error when there is a DOCTYPE, nothing when there is no element.
fn skip_prolog(mut t: &[u8]) -> Result<Option<&[u8]>, ()> {
    loop {
        t = t.trim_ascii_start();
        let skipped = if t.starts_with(b"<?") {
            find(t, b"?>").map(|k| k + 2)
        } else if t.starts_with(b"<!--") {
            find(t, b"-->").map(|k| k + 3)
        } else if t.len() >= 2 && t[..2].eq_ignore_ascii_case(b"<!") {
            return Err(());
        } else if t.first() == Some(&b'<') {
            return Ok(Some(t));
        } else {
            None
        };
        match skipped {
            Some(k) => t = &t[k..],
            None => return Ok(None),
        }
    }
}

/// True when something other than a comment stands before the root element.
pub(crate) fn has_doctype(text: &[u8]) -> bool {
    skip_prolog(text).is_err()
}

/// The root element of an XML text without a DOCTYPE.
pub(crate) fn root(text: &[u8]) -> Option<Root> {
    let t = skip_prolog(text).ok()??;
    let end = find(t, b">").unwrap_or(t.len());
    let tag = String::from_utf8_lossy(&t[1..end]).into_owned();
    let name = tag.split(|c: char| c.is_ascii_whitespace() || c == '/').next()?;
    let name = name.rsplit(':').next()?.to_string();
    (!name.is_empty()).then_some(Root { name, tag })
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, LocalText> {
    let size = path.metadata().map_or(0, |m| m.len());
    if size > MAX_BYTES {
        return Err(LocalText::new(
            format!("{size} Byte sind zu groß für XML. Als GeoPackage speichern."),
            format!("{size} bytes are too large for XML. Save it as GeoPackage."),
        ));
    }
    std::fs::read(path).map_err(|e| LocalText::same(e.to_string()))
}

/// The document behind its prolog.
fn document(bytes: &[u8]) -> Result<&[u8], LocalText> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let declaration = bytes
        .strip_prefix(b"<?xml")
        .and_then(|t| find(t, b"?>").map(|k| &t[..k]))
        .unwrap_or_default();
    if let Some(k) = find(declaration, b"encoding") {
        let value = String::from_utf8_lossy(&declaration[k..]).to_ascii_lowercase();
        let value = value.split(['"', '\'']).nth(1).unwrap_or_default().to_string();
        // In any other encoding the bytes below would mean something else to GDAL's parser than to this scan.
        if !["utf-8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "latin1"].contains(&value.as_str()) {
            let value = printable(&value);
            return Err(LocalText::new(
                format!("Zeichenkodierung „{value}“ wird nicht unterstützt. Als UTF-8 speichern."),
                format!("encoding “{value}” is not supported. Save it as UTF-8."),
            ));
        }
    }
    match skip_prolog(bytes) {
        Ok(Some(t)) => Ok(t),
        Ok(None) => Err(LocalText::new("Das Dokument ist leer.", "the document is empty.")),
        Err(()) => Err(LocalText::new(
            "Das Dokument enthält ein DOCTYPE; das kann fremde Dateien einbinden. Ohne DOCTYPE neu exportieren.",
            "the document contains a DOCTYPE, which can pull in other files. Export it again without one.",
        )),
    }
}

/// OSM XML: only the prolog matters, the parser does the rest.
pub(crate) fn check_osm(path: &Path) -> Result<Precheck, LocalText> {
    document(&read(path)?)?;
    Ok(Precheck { ..Precheck::default() })
}

/// Looks through a GML file.
pub(crate) fn check(path: &Path) -> Result<Precheck, LocalText> {
    let bytes = read(path)?;
    let mut scan = Scan::default();
    scan.run(document(&bytes)?)?;
    Ok(scan.finish())
}

#[derive(Default)]
struct Scan {
    /// Local names of the open elements.
    open: Vec<String>,
    /// Depth at which the current feature began, its layer and its position there.
    feature: Option<(usize, String, u64)>,
    counts: BTreeMap<String, u64>,
    /// Text of the open coordinate element.
    numbers: Option<Vec<u8>>,
    crs_names: Vec<String>,
    pre: Precheck,
}

fn is_coordinates(name: &str) -> bool {
    matches!(name, "pos" | "posList" | "coordinates" | "X" | "Y" | "Z" | "radius")
}

impl Scan {
    fn run(&mut self, mut t: &[u8]) -> Result<(), LocalText> {
        loop {
            let Some(k) = t.iter().position(|b| *b == b'<') else {
                return Ok(());
            };
            if let Some(numbers) = &mut self.numbers {
                numbers.extend_from_slice(&t[..k]);
            }
            t = &t[k..];
            let skip = |end: &[u8]| find(t, end).map(|k| k + end.len());
            let next = if t.starts_with(b"<!--") {
                skip(b"-->")
            } else if t.starts_with(b"<![CDATA[") {
                let end = skip(b"]]>");
                if let (Some(numbers), Some(end)) = (&mut self.numbers, end) {
                    numbers.extend_from_slice(&t[9..end - 3]);
                }
                end
            } else if t.starts_with(b"<?") {
                skip(b"?>")
            } else {
                let end = tag_end(t);
                if let Some(end) = end {
                    self.tag(&t[1..end - 1])?;
                }
                end
            };
            // A tag without an end: the parser will say so.
            let Some(next) = next else { return Ok(()) };
            t = &t[next..];
        }
    }

    fn tag(&mut self, tag: &[u8]) -> Result<(), LocalText> {
        if tag.first() == Some(&b'/') {
            self.close();
            return Ok(());
        }
        let (tag, empty) = match tag.strip_suffix(b"/") {
            Some(t) => (t, true),
            None => (tag, false),
        };
        let end = tag.iter().position(u8::is_ascii_whitespace).unwrap_or(tag.len());
        let name = String::from_utf8_lossy(&tag[..end]);
        let name = name.rsplit(':').next().unwrap_or_default();
        self.start(name, &tag[end..]);
        if self.open.len() > MAX_DEPTH {
            return Err(LocalText::new(
                format!("Elemente sind mehr als {MAX_DEPTH}-fach geschachtelt. Die Datei ist beschädigt oder bösartig."),
                format!("elements are nested more than {MAX_DEPTH} deep. The file is damaged or malicious."),
            ));
        }
        if empty {
            self.close();
        }
        Ok(())
    }

    fn start(&mut self, name: &str, attributes: &[u8]) {
        let in_member = matches!(
            self.open.last().map(String::as_str),
            Some("featureMember" | "member" | "featureMembers")
        );
        if self.feature.is_none() && in_member && !name.ends_with("FeatureCollection") && name != "Tuple" {
            let n = self.counts.entry(name.to_string()).or_default();
            self.feature = Some((self.open.len(), name.to_string(), *n));
            *n += 1;
        }
        if self.feature.is_some() && !self.open.iter().any(|n| n == "boundedBy") {
            if let Some(k) = find(attributes, b"srsName") {
                let value = String::from_utf8_lossy(&attributes[k..]);
                let value = value.split(['"', '\'']).nth(1).unwrap_or_default().to_string();
                if self.crs_names.len() < 20 && !self.crs_names.contains(&value) {
                    self.crs_names.push(value);
                }
            }
            if is_coordinates(name) {
                self.numbers = Some(vec![]);
            }
        }
        self.open.push(name.to_string());
    }

    fn close(&mut self) {
        if let Some(text) = self.numbers.take() {
            let text = String::from_utf8_lossy(&text);
            let number = |t: &str| t.parse::<f64>().is_ok_and(f64::is_finite);
            // Only the old `coordinates` separates by commas; elsewhere a comma is a decimal mark gone wrong.
            let comma = self.open.last().is_some_and(|n| n == "coordinates");
            let fine = text
                .split(|c: char| c.is_ascii_whitespace() || (comma && c == ','))
                .filter(|t| !t.is_empty())
                .all(number);
            if let (false, Some((_, layer, n))) = (fine, &self.feature) {
                self.pre.not_numbers.insert((layer.clone(), *n));
            }
        }
        self.open.pop();
        if self.feature.as_ref().is_some_and(|f| f.0 >= self.open.len()) {
            self.feature = None;
        }
    }

    fn finish(mut self) -> Precheck {
        if !self.counts.is_empty() {
            self.pre.expected = Some(Expected::ByLayer(self.counts));
        }
        let adv: Vec<_> = self.crs_names.iter().map(|n| adv_code(n)).collect();
        if let [first, rest @ ..] = adv.as_slice()
            && let Some(code) = first
            && rest.iter().all(|c| c == first)
        {
            self.pre.crs = Some(Some(format!("EPSG:{code}")));
        }
        let mut codes: Vec<_> = self
            .crs_names
            .iter()
            .map(|n| n.rsplit([':', '#', '/']).next().unwrap_or_default().to_string())
            .collect();
        codes.sort();
        codes.dedup();
        if codes.len() > 1 {
            let names = codes.join(", ");
            self.pre.crs = Some(None);
            self.pre.findings.push(Finding::new(
                "RD-011",
                Level::Error,
                format!("Die Geometrien nennen verschiedene Koordinatensysteme ({names}). In ein einziges umrechnen und neu exportieren."),
                format!("The geometries name different coordinate systems ({names}). Convert them to a single one and export again."),
            ));
        }
        self.pre.id_field = Some("gml_id");
        self.pre
    }
}

/// Names of the German surveying authorities (GeoInfoDok) that GDAL does not know.
pub(crate) fn adv_code(name: &str) -> Option<u32> {
    let name = name.strip_prefix("urn:adv:crs:")?;
    match name.split('*').next()? {
        "ETRS89_UTM31" => Some(25831),
        "ETRS89_UTM32" => Some(25832),
        "ETRS89_UTM33" => Some(25833),
        "DE_DHDN_3GK2" => Some(31466),
        "DE_DHDN_3GK3" => Some(31467),
        "DE_DHDN_3GK4" => Some(31468),
        "DE_DHDN_3GK5" => Some(31469),
        _ => None,
    }
}

/// The position behind the `>` of the tag that begins here; attribute values may hold a `>`.
pub(super) fn tag_end(t: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (i, b) in t.iter().enumerate() {
        match (quote, b) {
            (None, b'"' | b'\'') => quote = Some(*b),
            (None, b'>') => return Some(i + 1),
            (Some(q), b) if q == *b => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(members: &str) -> Result<Precheck, LocalText> {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- c --><ogr:FeatureCollection xmlns:gml=\"http://www.opengis.net/gml\">{members}</ogr:FeatureCollection>"
        );
        let mut s = Scan::default();
        s.run(document(text.as_bytes())?)?;
        Ok(s.finish())
    }

    #[test]
    fn features_and_bad_coordinates_are_counted_by_layer() {
        let pos = |p: &str| {
            format!(
                "<gml:featureMember><ogr:lay a='>'><gml:Point srsName=\"EPSG:25832\"><gml:pos>{p}</gml:pos></gml:Point></ogr:lay></gml:featureMember>"
            )
        };
        let p = scan(&(pos("1 2") + &pos("NaN 2") + &pos("1e400 2") + &pos("<![CDATA[3 x]]>") + &pos("<!-- NaN -->3 4") + &pos("3,5 4,5")))
            .unwrap();
        let Some(Expected::ByLayer(counts)) = p.expected else { panic!() };
        assert_eq!(counts, BTreeMap::from([("lay".to_string(), 6)]));
        assert_eq!(p.not_numbers.iter().map(|(_, n)| *n).collect::<Vec<_>>(), [1, 2, 3, 5]);
        assert_eq!(p.crs, None);
    }

    #[test]
    fn authority_names_become_codes_and_mixed_ones_are_reported() {
        let m = |crs: &str| format!("<gml:member><a><gml:Point srsName='{crs}'><gml:pos>1 2</gml:pos></gml:Point></a></gml:member>");
        assert_eq!(scan(&m("urn:adv:crs:ETRS89_UTM32")).unwrap().crs, Some(Some("EPSG:25832".into())));
        let mixed = scan(&(m("EPSG:25832") + &m("urn:ogc:def:crs:EPSG::4326"))).unwrap();
        assert_eq!((mixed.crs, mixed.findings.len()), (Some(None), 1));
    }

    #[test]
    fn doctype_depth_and_odd_encodings_are_refused() {
        assert!(root(b"<!DOCTYPE x><ogr:FeatureCollection xmlns:gml=\"http://www.opengis.net/gml\">").is_none());
        assert!(document(b"<?xml version=\"1.0\"?><!-- a --><!DOCTYPE a [<!ENTITY b \"c\">]><a/>").is_err());
        assert!(document(b"<?xml version=\"1.0\" encoding='UTF-7'?><a/>").is_err());
        assert!(scan(&"<a>".repeat(100)).is_err());
        assert_eq!(root(b"<?xml version=\"1.0\"?>\n<!-- <x> --><b:osm c=\"1\">").unwrap().name, "osm");
    }
}
