//! WFS 1.1 and 2.0: capabilities, the right CRS with the right order of axes, and page after page until everything announced is there.
//!
//! Features are taken as GML, which says its own CRS; the readers sort out the order of axes from `srsName`.

use super::{
    ServiceError,
    cache::Store,
    crs::{self, Srs},
    fetch::Order,
    http::Client,
    offers::Offer,
    xml::{self, Node},
};
use crate::model::LocalText;
use std::collections::BTreeSet;

/// Features a page when the server names no number of its own.
const PAGE: u64 = 5000;

/// What the capabilities say about the wanted layer.
struct Layer {
    version: &'static str,
    name: String,
    /// Default first, as the server writes them.
    crs: Vec<String>,
    /// Largest page.
    page: u64,
    attribution: Option<String>,
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The capabilities in the wanted version, else in the newest that both sides speak.
fn document(client: &mut Client<'_>, version: Option<&str>) -> Result<Node, ServiceError> {
    let wanted = version.unwrap_or("2.0.0");
    let url = client.endpoint().with_query(&[
        ("service", "WFS".into()),
        ("request", "GetCapabilities".into()),
        ("version", wanted.into()),
        (
            "acceptversions",
            if version.is_some() { wanted.into() } else { "2.0.0,1.1.0".into() },
        ),
    ]);
    let reply = client.get(&url, "application/xml, text/xml")?;
    if let Some(message) = xml::exception(&reply.bytes) {
        return Err(client.exception(&message));
    }
    let root = xml::parse(&reply.bytes).map_err(|why| client.unexpected(not_xml(why, &reply.bytes, &reply.content_type)))?;
    if root.name != "WFS_Capabilities" {
        return Err(client.unexpected(xml::looks_like(&reply.bytes, &reply.content_type)));
    }
    Ok(root)
}

fn types(root: &Node) -> Vec<&Node> {
    root.at(&["FeatureTypeList"])
        .map(|l| l.all("FeatureType").collect())
        .unwrap_or_default()
}

/// The feature types of the server.
pub(super) fn offers(client: &mut Client<'_>) -> Result<Vec<Offer>, ServiceError> {
    let root = document(client, None)?;
    let offer = |n: &Node| Offer::of(n.text_at(&["Name"])?, n.text_at(&["Title"]));
    Ok(types(&root).into_iter().filter_map(offer).collect())
}

fn capabilities(client: &mut Client<'_>, order: &Order<'_>) -> Result<Layer, ServiceError> {
    let root = document(client, order.source.version.as_deref())?;
    let said = root.attribute("version").unwrap_or_default();
    let version = match said {
        v if v.starts_with("2.0") => "2.0.0",
        v if v.starts_with("1.1") => "1.1.0",
        v => {
            let v = super::http::words(v, 20);
            return Err(client.unsupported(
                format!("der Dienst spricht WFS {v}, gelesen werden 1.1 und 2.0"),
                format!("the service speaks WFS {v}, 1.1 and 2.0 are read"),
            ));
        }
    };
    let types = types(&root);
    let name_of = |n: &Node| n.text_at(&["Name"]).unwrap_or_default().to_string();
    let names: Vec<String> = types.iter().map(|n| name_of(n)).collect();
    let wanted = order.source.layer.as_str();
    let at = names.iter().position(|n| n == wanted).or_else(|| {
        // `strassen` for `stadt:strassen`, as long as only one is meant.
        let mut found = names.iter().enumerate().filter(|(_, n)| local(n) == wanted).map(|(k, _)| k);
        found.next().filter(|_| found.next().is_none())
    });
    let Some(at) = at else {
        return Err(client.no_layer(wanted, names.iter().map(String::as_str)));
    };
    let crs_names = ["DefaultCRS", "DefaultSRS", "OtherCRS", "OtherSRS"];
    let crs = crs_names.iter().flat_map(|n| types[at].all(n)).map(|n| n.text.clone()).collect();
    let count = root
        .every("Constraint")
        .into_iter()
        .find(|c| matches!(c.attribute("name"), Some("CountDefault" | "DefaultMaxFeatures")));
    let count = count.and_then(|c| {
        c.text_at(&["DefaultValue"])
            .or_else(|| c.every("Value").first().map(|v| v.text.as_str()))?
            .parse()
            .ok()
    });
    Ok(Layer {
        version,
        name: names[at].clone(),
        crs,
        page: count.filter(|n| *n > 0).unwrap_or(PAGE).min(PAGE),
        attribution: constraints(&root),
    })
}

/// What a server demands of those who use it, in its own words.
pub(super) fn constraints(root: &Node) -> Option<String> {
    let service = ["ServiceIdentification", "Service"].iter().find_map(|n| root.child(n))?;
    let said = service.text_at(&["AccessConstraints"])?;
    let nothing = ["none", "keine", "-"].contains(&said.to_ascii_lowercase().as_str());
    (!nothing).then(|| super::http::words(said, 280))
}

fn not_xml(why: LocalText, bytes: &[u8], content_type: &str) -> LocalText {
    let found = xml::looks_like(bytes, content_type);
    if found.en.starts_with("other XML") {
        return why;
    }
    found
}

/// Fetches everything in the area.
pub(super) fn fetch(client: &mut Client<'_>, order: &Order<'_>, store: &mut Store) -> Result<(), ServiceError> {
    let layer = capabilities(client, order)?;
    store.entry().attribution = layer.attribution.clone();
    let srs = crs::choose(&layer.crs, order.epsg).ok_or_else(|| {
        let known: Vec<&str> = layer.crs.iter().take(8).map(String::as_str).collect();
        let known = super::http::words(&known.join(", "), 200);
        client.unsupported(
            format!("keines der Koordinatensysteme ist bekannt ({known})"),
            format!("none of its coordinate systems is known ({known})"),
        )
    })?;
    let mut fixed: Vec<(&str, String)> = vec![
        ("service", "WFS".into()),
        ("version", layer.version.into()),
        ("request", "GetFeature".into()),
    ];
    let typename = if layer.version == "2.0.0" { "typenames" } else { "typename" };
    fixed.push((typename, layer.name.clone()));
    fixed.push(("srsname", srs.urn()));
    if let Some(format) = &order.source.format {
        fixed.push(("outputformat", format.clone()));
    }
    if let Some(area) = order.area {
        let [w, s, e, n] = srs.area(area, order.epsg).ok_or_else(|| {
            client.unsupported(
                "der Ausschnitt lässt sich nicht in das Koordinatensystem des Dienstes umrechnen",
                "the area cannot be brought into the coordinate system of the service",
            )
        })?;
        let corners = if srs.northing_first { [s, w, n, e] } else { [w, s, e, n] };
        let corners: Vec<String> = corners.iter().map(|v| format!("{v:.7}")).collect();
        fixed.push(("bbox", format!("{},{}", corners.join(","), srs.urn())));
    }
    let hits = hits(client, &fixed)?;
    store.entry().matched = hits;
    pages(client, order, store, &fixed, &layer, srs)
}

/// How many features there are, if the server tells.
fn hits(client: &mut Client<'_>, fixed: &[(&str, String)]) -> Result<Option<u64>, ServiceError> {
    let mut query = fixed.to_vec();
    query.push(("resulttype", "hits".into()));
    let reply = client.get(&client.endpoint().with_query(&query), "application/gml+xml, text/xml")?;
    let page = Answer::of(client, &reply.bytes, &reply.content_type)?;
    Ok(page.matched.or(page.announced))
}

fn pages(
    client: &mut Client<'_>,
    order: &Order<'_>,
    store: &mut Store,
    fixed: &[(&str, String)],
    layer: &Layer,
    srs: Srs,
) -> Result<(), ServiceError> {
    let mut seen = BTreeSet::new();
    let mut start = 0u64;
    // Some servers count no further than to the end of a page, in every version.
    let trusted = store.entry().matched.is_some_and(|t| t > layer.page);
    loop {
        let mut query = fixed.to_vec();
        let count = if layer.version == "2.0.0" { "count" } else { "maxfeatures" };
        query.push((count, layer.page.to_string()));
        // Servers that cannot page stumble over the word itself.
        if start > 0 {
            query.push(("startindex", start.to_string()));
        }
        let reply = client.get(&client.endpoint().with_query(&query), "application/gml+xml, text/xml");
        let reply = match reply {
            // The first pages are good; what is missing is counted.
            Err(ServiceError::Exception { .. } | ServiceError::Status { .. }) if start > 0 => break,
            other => other?,
        };
        let page = match Answer::of(client, &reply.bytes, &reply.content_type) {
            Err(ServiceError::Exception { .. }) if start > 0 => break,
            other => other?,
        };
        let n = page.features;
        let news = page.ids.iter().filter(|id| seen.insert((*id).clone())).count() as u64;
        let known = n.min(page.ids.len() as u64) - news.min(page.ids.len() as u64);
        // A server that ignores the start gives the first page for ever.
        if n > 0 && known == n && start > 0 {
            break;
        }
        store.entry().repeated += known;
        store.put(&named(reply.bytes, srs), "gml", Some(n))?;
        start += n;
        let entry = store.entry();
        let total = entry.matched.or(page.matched);
        let unique = start - entry.repeated;
        // A count that stops at the page is no count: whoever delivers more has more.
        entry.matched = total.map(|t| t.max(unique));
        order.step(start, entry.matched);
        let full = n >= layer.page;
        let enough = total.is_some_and(|t| unique >= t) && (trusted || !full);
        if n == 0 || enough || (total.is_none() && !full) {
            break;
        }
    }
    Ok(())
}

/// Some servers answer in the order of axes that was asked for by the long name and write the short one, which readers take for easting first.
/// Where the two differ, the name that was asked for takes its place.
fn named(bytes: Vec<u8>, srs: Srs) -> Vec<u8> {
    if !srs.northing_first {
        return bytes;
    }
    let (short, long) = (format!("srsName=\"EPSG:{}\"", srs.epsg), format!("srsName=\"{}\"", srs.urn()));
    match String::from_utf8(bytes) {
        Ok(text) => text.replace(&short, &long).into_bytes(),
        Err(e) => e.into_bytes(),
    }
}

/// What is read off a feature collection without its features.
#[derive(Debug, Default)]
struct Answer {
    /// Everything that fits the question.
    matched: Option<u64>,
    /// What this answer says it holds; of 1.1, whose count of all may stop at the page.
    announced: Option<u64>,
    features: u64,
    ids: Vec<String>,
}

impl Answer {
    fn of(client: &Client<'_>, bytes: &[u8], content_type: &str) -> Result<Self, ServiceError> {
        if let Some(message) = bytes
            .get(..4096.min(bytes.len()))
            .filter(|h| contains(h, b"Exception"))
            .and_then(|_| xml::exception(bytes))
        {
            return Err(client.exception(&message));
        }
        match Self::read(bytes) {
            Ok(answer) => Ok(answer),
            Err(why) => Err(client.unexpected(not_xml(why, bytes, content_type))),
        }
    }

    fn read(bytes: &[u8]) -> Result<Self, LocalText> {
        use quick_xml::{Reader, events::Event};
        let broken = |e: &dyn std::fmt::Display| {
            let e = super::http::words(&e.to_string(), 160);
            LocalText::new(format!("unlesbares GML ({e})"), format!("unreadable GML ({e})"))
        };
        let mut reader = Reader::from_reader(bytes);
        let mut buffer = vec![];
        let mut out = Self::default();
        let mut open: Vec<Vec<u8>> = vec![];
        let mut started = false;
        loop {
            let event = reader.read_event_into(&mut buffer).map_err(|e| broken(&e))?;
            match &event {
                Event::Start(tag) | Event::Empty(tag) => {
                    let name = tag.local_name().as_ref().to_vec();
                    let attribute = |key: &str| {
                        let found = tag.attributes().flatten().find(|a| a.key.local_name().as_ref() == key.as_bytes());
                        found.map(|a| String::from_utf8_lossy(&a.value).into_owned())
                    };
                    if !started {
                        if name != b"FeatureCollection" {
                            return Err(LocalText::new("keine FeatureCollection", "no FeatureCollection"));
                        }
                        started = true;
                        let number = |key: &str| attribute(key).and_then(|v| v.parse().ok());
                        out.matched = number("numberMatched");
                        out.announced = number("numberOfFeatures");
                    }
                    let parent = open.last().map(Vec::as_slice).unwrap_or_default();
                    let collection = name == b"FeatureCollection" || name == b"Tuple";
                    if matches!(parent, b"member" | b"featureMember" | b"featureMembers") && open.len() <= 4 && !collection {
                        out.features += 1;
                        if let Some(id) = attribute("id").or_else(|| attribute("fid")) {
                            out.ids.push(id);
                        }
                    }
                    if matches!(event, Event::Start(_)) {
                        open.push(name);
                        if open.len() > 64 {
                            return Err(LocalText::new("das GML ist zu tief geschachtelt", "the GML is nested too deeply"));
                        }
                    }
                }
                Event::End(_) => _ = open.pop(),
                Event::DocType(_) => return Err(LocalText::new("GML mit DOCTYPE", "GML with a DOCTYPE")),
                Event::Eof if started && open.is_empty() => return Ok(out),
                Event::Eof => return Err(LocalText::new("das GML bricht ab", "the GML breaks off")),
                _ => {}
            }
            buffer.clear();
        }
    }
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|w| w == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_tells_its_numbers_and_ids() {
        let text = "<wfs:FeatureCollection xmlns:wfs='w' numberMatched='7' numberReturned='2'><wfs:boundedBy/><wfs:member><a:x gml:id='x.1'><a:geo><gml:Point gml:id='p'/></a:geo></a:x></wfs:member><wfs:member><a:x gml:id='x.2'/></wfs:member></wfs:FeatureCollection>";
        let a = Answer::read(text.as_bytes()).unwrap();
        assert_eq!((a.matched, a.announced, a.features), (Some(7), None, 2));
        assert_eq!(a.ids, ["x.1", "x.2"]);
        let old = "<FeatureCollection numberOfFeatures='3'><gml:featureMembers><x fid='1'/><x/></gml:featureMembers></FeatureCollection>";
        let a = Answer::read(old.as_bytes()).unwrap();
        assert_eq!((a.matched, a.announced, a.features, a.ids.len()), (None, Some(3), 2, 1));
        let unknown = Answer::read(b"<FeatureCollection numberMatched='unknown'/>").unwrap();
        assert_eq!(unknown.matched, None);
        for bad in ["<html/>", "<FeatureCollection><member>", "<!DOCTYPE x><FeatureCollection/>", ""] {
            assert!(Answer::read(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
