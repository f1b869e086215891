//! OpenStreetMap extracts: GDAL puts points, lines and areas together; what it leaves out without a word is found here. It drops relations whose
//! rings do not close and draws those half whose members lie outside the extract, so the file's own relations are counted and compared.
//! Gzipped XML is unpacked into a temporary file of limited size, which is gone when it has been read.
//!
//! Finding codes: `RD-160` areas left out because parts of them are missing in the file, `RD-161` areas left out because their rings do not
//! close, `RD-162` areas that are drawn without the parts that the file lacks, `RD-163` the file could not be counted.

mod pbf;
mod relations;

use super::{
    Inspection, RawLayer, ReadError, VectorRequest,
    format::{OwnReader, READERS, Source},
    gather::Gather,
    gml,
};
use crate::{
    model::{Finding, Level, LocalText, Value},
    progress::Control,
};
use flate2::read::MultiGzDecoder;
use relations::Relations;
use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Largest file after unpacking; the XML check reads no larger one.
const MAX_UNPACKED: u64 = 1 << 30;

/// GDAL's layer of areas.
const AREAS: &str = "multipolygons";

/// PBF and XML.
#[derive(Debug)]
pub(crate) struct Osm;

/// Gzipped XML.
#[derive(Debug)]
pub(crate) struct OsmGz;

/// True when the beginning of a gzip file unpacks to OSM XML.
pub(crate) fn is_gzipped_xml(head: &[u8]) -> bool {
    if !head.starts_with(b"\x1f\x8b") {
        return false;
    }
    let mut text = vec![];
    // The head is cut off somewhere: what came before the error is enough.
    let _ = MultiGzDecoder::new(head).take(16 << 10).read_to_end(&mut text);
    gml::root(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text).trim_ascii_start()).is_some_and(|r| r.name == "osm")
}

impl OwnReader for Osm {
    fn asks_gdal(&self) -> bool {
        true
    }

    fn inspect(&self, source: &Source) -> Result<Inspection, ReadError> {
        super::gdal::inspect(source)
    }

    fn read_vector(&self, source: &Source, request: &VectorRequest, control: &Control) -> Result<RawLayer, ReadError> {
        let mut raw = super::gdal::read_vector(source, request, control)?;
        if raw.name == AREAS && !control.is_cancelled() {
            let mut gather = Gather::new(&raw.file, &raw.name);
            compare(&source.path, &raw, &mut gather);
            gather.into_report(&mut raw.report);
        }
        Ok(raw)
    }
}

impl OwnReader for OsmGz {
    fn asks_gdal(&self) -> bool {
        true
    }

    fn inspect(&self, source: &Source) -> Result<Inspection, ReadError> {
        let (inner, _file) = unpacked(source)?;
        let mut inspection = Osm.inspect(&inner)?;
        inspection.format = source.reader.name.into();
        Ok(inspection)
    }

    fn read_vector(&self, source: &Source, request: &VectorRequest, control: &Control) -> Result<RawLayer, ReadError> {
        let (inner, _file) = unpacked(source)?;
        Osm.read_vector(&inner, request, control)
    }
}

/// The XML in a temporary file that lives as long as the second value.
fn unpacked(source: &Source) -> Result<(Source, tempfile::NamedTempFile), ReadError> {
    let io = |e: io::Error| ReadError::Io {
        file: source.given.clone(),
        reason: e.to_string(),
    };
    let refused = |why| ReadError::Refused {
        file: source.given.clone(),
        format: source.reader.name,
        why,
    };
    let mut file = tempfile::Builder::new().suffix(".osm").tempfile().map_err(io)?;
    let mut text = MultiGzDecoder::new(File::open(&source.path).map_err(io)?).take(MAX_UNPACKED + 1);
    let bytes = io::copy(&mut text, &mut file).map_err(|e| {
        refused(LocalText::new(
            format!("Das Archiv ist beschädigt ({e}). Neu herunterladen."),
            format!("the archive is damaged ({e}). Download it again."),
        ))
    })?;
    if bytes > MAX_UNPACKED {
        return Err(refused(LocalText::new(
            "Ausgepackt ist die Datei größer als 1 GiB. Einen kleineren Ausschnitt nehmen, am besten als .osm.pbf.",
            "unpacked the file is larger than 1 GiB. Take a smaller extract, best as .osm.pbf.",
        )));
    }
    let precheck = gml::check_osm(file.path()).map_err(refused)?;
    let reader = READERS.iter().find(|r| r.name == "OSM XML").unwrap_or(source.reader);
    let inner = Source {
        given: source.given.clone(),
        path: file.path().canonicalize().map_err(io)?,
        reader,
        precheck,
    };
    Ok((inner, file))
}

/// Finds the areas that GDAL left out or drew without all their parts.
fn compare(path: &Path, raw: &RawLayer, gather: &mut Gather) {
    let relations = match Relations::of(path) {
        Ok(relations) => relations,
        Err(reason) => {
            gather.add(Finding::new(
                "RD-163",
                Level::Warning,
                format!("Die Relationen der Datei ließen sich nicht nachzählen ({reason}): Flächen, die sich nicht schließen, können unbemerkt fehlen."),
                format!("the relations of the file could not be counted ({reason}): areas that do not close may be missing unnoticed."),
            ));
            return;
        }
    };
    let drawn: BTreeSet<i64> = raw
        .ids
        .iter()
        .filter_map(|id| id.strip_prefix("relation/")?.split('#').next()?.parse().ok())
        .collect();
    for relation in &relations.areas {
        let id = format!("relation/{}", relation.id);
        let lacks = relations.lacks(relation);
        let name = if relation.name.is_empty() {
            String::new()
        } else {
            format!(" „{}“", relation.name)
        };
        let name_en = name.replace(['„', '“'], "\"");
        match (drawn.contains(&relation.id), lacks) {
            (true, 0) => {}
            (true, n) => gather.feature(
                "RD-162",
                id,
                false,
                LocalText::new(
                    format!("Der Fläche{name} fehlen in der Datei {n} Linien; sie ist nur so weit gezeichnet, wie die Datei reicht."),
                    format!("the area{name_en} lacks {n} lines in the file; it is drawn only as far as the file reaches."),
                ),
            ),
            (false, 0) => gather.feature(
                "RD-161",
                id,
                true,
                LocalText::new(
                    format!("Die Ringe der Fläche{name} schließen sich nicht; sie fehlt. Der Fehler steckt in OpenStreetMap."),
                    format!("the rings of the area{name_en} do not close; it is missing. The mistake is in OpenStreetMap."),
                ),
            ),
            (false, n) => gather.feature(
                "RD-160",
                id,
                true,
                LocalText::new(
                    format!("Die Fläche{name} fehlt: {n} ihrer Linien liegen außerhalb des Ausschnitts. Einen größeren Ausschnitt nehmen, wenn sie gebraucht wird."),
                    format!("the area{name_en} is missing: {n} of its lines lie outside the extract. Take a larger extract if it is needed."),
                ),
            ),
        }
    }
}

/// Findings about single areas become one a code, for a layer that takes only some of the file's areas: which of the missing ones would have
/// belonged to it cannot be told, so they are named but not counted as its own.
pub(crate) fn summed(findings: Vec<Finding>) -> Vec<Finding> {
    let of_areas = |f: &Finding| matches!(f.code.as_str(), "RD-160" | "RD-161" | "RD-162");
    let (areas, mut rest): (Vec<_>, Vec<_>) = findings.into_iter().partition(of_areas);
    for code in ["RD-160", "RD-161", "RD-162"] {
        let of_code: Vec<&Finding> = areas.iter().filter(|f| f.code == code).collect();
        let n: u64 = of_code.iter().map(|f| f.count).sum();
        let ids: Vec<&str> = of_code.iter().filter_map(|f| f.feature.as_deref()).take(5).collect();
        let ids = ids.join(", ");
        let text = match code {
            _ if n == 0 => continue,
            "RD-160" => LocalText::new(
                format!(
                    "{n} Flächen der Datei fehlen, weil ein Teil von ihnen außerhalb des Ausschnitts liegt; manche können hierher gehören ({ids} …)."
                ),
                format!("{n} areas of the file are missing because part of them lies outside the extract; some may belong here ({ids} …)."),
            ),
            "RD-161" => LocalText::new(
                format!("{n} Flächen der Datei fehlen, weil ihre Ringe sich nicht schließen; manche können hierher gehören ({ids})."),
                format!("{n} areas of the file are missing because their rings do not close; some may belong here ({ids})."),
            ),
            _ => LocalText::new(
                format!(
                    "{n} Flächen der Datei sind nur so weit gezeichnet, wie der Ausschnitt reicht; manche können hierher gehören ({ids})."
                ),
                format!("{n} areas of the file are drawn only as far as the extract reaches; some may belong here ({ids})."),
            ),
        };
        rest.push(Finding::new(code, Level::Info, text.de, text.en).count(n));
    }
    rest
}

/// The day the data describe: what the file says, else the newest edit among the features. `None` for other formats.
pub(crate) fn data_date(path: &Path, raw: &RawLayer) -> Option<String> {
    if raw.driver != "OSM" {
        return None;
    }
    relations::stated_date(path).or_else(|| {
        let column = raw.attributes.column("osm_timestamp")?;
        let newest = (0..raw.geometry.len())
            .filter_map(|row| match column.value(row) {
                Value::Text(t) => Some(t),
                _ => None,
            })
            .max()?;
        day(&newest)
    })
}

/// "2013/08/03 10:00:00+00" or "2013-08-03T10:00:00Z" → "2013-08-03"
fn day(text: &str) -> Option<String> {
    let day = text.get(..10)?.replace('/', "-");
    day.parse::<jiff::civil::Date>().ok()?;
    Some(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{inspect, read_vector};
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    /// A square, a relation that closes, one that does not, and one whose second way is not there.
    const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6"><meta osm_base="2024-05-06T07:08:09Z"/>
<node id="1" lat="50.0" lon="11.0" timestamp="2020-01-01T00:00:00Z"/><node id="2" lat="50.0" lon="11.1"/>
<node id="3" lat="50.1" lon="11.1"/><node id="4" lat="50.1" lon="11.0"/>
<node id="9" lat="50.05" lon="11.05"><tag k="amenity" v="kindergarten"/><tag k="name" v="Kita &lt;A&gt;"/><tag k="wheelchair" v="yes"/></node>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/><tag k="building" v="yes"/><tag k="building:levels" v="3"/></way>
<way id="11"><nd ref="1"/><nd ref="2"/><nd ref="3"/></way>
<way id="12"><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
<relation id="20"><member type="way" ref="11" role="outer"/><member type="way" ref="12" role="outer"/><tag k="type" v="multipolygon"/><tag k="landuse" v="forest"/></relation>
<relation id="21"><member type="way" ref="11" role="outer"/><tag k="type" v="multipolygon"/><tag k="landuse" v="meadow"/><tag k="name" v="Aue"/></relation>
<relation id="22"><member type="way" ref="11" role="outer"/><member type="way" ref="99" role="outer"/><tag k="type" v="multipolygon"/><tag k="natural" v="water"/></relation>
<relation id="23"><member type="way" ref="11" role=""/><tag k="type" v="route"/></relation>
</osm>"#;

    fn read(file: &Path, layer: &str) -> RawLayer {
        let request = VectorRequest {
            layer: Some(layer.into()),
            ..Default::default()
        };
        read_vector(file, &request, &Control::default()).unwrap()
    }

    fn check(file: &Path) {
        let areas = read(file, AREAS);
        let mut ids: Vec<_> = areas.ids.iter().map(|i| &**i).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["relation/20", "way/10"]);
        let found = |code: &str| -> Vec<_> { areas.report.findings.iter().filter(|f| f.code == code).collect() };
        assert_eq!(found("RD-161")[0].feature.as_deref(), Some("relation/21"));
        assert!(found("RD-161")[0].text.de.contains("„Aue“") && found("RD-161")[0].dropped);
        assert_eq!(found("RD-160")[0].feature.as_deref(), Some("relation/22"));
        assert_eq!(areas.report.dropped(), 2);
        assert_eq!(data_date(file, &areas).as_deref(), Some("2024-05-06"));
        let row = areas.ids.iter().position(|i| &**i == "way/10").unwrap();
        assert_eq!(areas.attributes.value("building_levels", row), Value::Text("3".into()));
        let points = read(file, "points");
        assert_eq!(points.attributes.value("amenity", 0), Value::Text("kindergarten".into()));
        assert!(points.attributes.value("other_tags", 0).to_string().contains("wheelchair"));
    }

    #[test]
    fn areas_that_gdal_drops_in_silence_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.osm");
        std::fs::write(&file, XML).unwrap();
        check(&file);
    }

    #[test]
    fn gzipped_xml_is_unpacked_in_bounds_and_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.osm.gz");
        let mut gz = GzEncoder::new(File::create(&file).unwrap(), Compression::fast());
        gz.write_all(XML.as_bytes()).unwrap();
        gz.finish().unwrap();
        let inspection = inspect(&file).unwrap();
        assert_eq!((inspection.format.as_str(), inspection.driver.as_str()), ("OSM XML (gzip)", "OSM"));
        assert!(inspection.layers.iter().any(|l| l.name == AREAS));
        // The date of the wrapped file is not known before it is unpacked: the newest edit stands in.
        let areas = read(&file, AREAS);
        assert_eq!(areas.report.dropped(), 2);
        // Cut off in the middle: refused in words.
        let bytes = std::fs::read(&file).unwrap();
        std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
        let e = read_vector(&file, &VectorRequest::default(), &Control::default()).unwrap_err();
        assert!(e.text().de.contains("beschädigt"), "{}", e.text().de);
        // Gzip around something else is no OSM.
        let mut gz = GzEncoder::new(File::create(&file).unwrap(), Compression::fast());
        gz.write_all(b"<!DOCTYPE osm [<!ENTITY a \"b\">]><osm/>").unwrap();
        gz.finish().unwrap();
        assert!(inspect(&file).is_err());
    }
}
