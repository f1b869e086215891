//! OGC API Features, part 1: items as GeoJSON in longitude and latitude, page after page along the `next` links.
//!
//! The coordinates are asked for in CRS84, which every such server has and which is what GeoJSON means without further words.

use super::{
    ServiceError,
    cache::Store,
    crs::Srs,
    fetch::Order,
    http::{Client, joined, same_origin},
    offers::Offer,
    source::encoded,
    xml,
};
use crate::model::LocalText;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;

const PAGE: u32 = 1000;
const JSON: &str = "application/geo+json, application/json";

#[derive(Deserialize)]
struct Link {
    rel: String,
    href: String,
}

#[derive(Deserialize)]
struct Items {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    features: Vec<Item>,
    #[serde(default)]
    links: Vec<Link>,
    #[serde(rename = "numberMatched")]
    matched: Option<u64>,
}

#[derive(Deserialize)]
struct Item {
    id: Option<Value>,
}

#[derive(Deserialize)]
struct Collections {
    collections: Vec<Collection>,
}

#[derive(Deserialize)]
struct Collection {
    id: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    attribution: Option<String>,
    #[serde(default)]
    license: Option<String>,
}

fn path(client: &Client<'_>, tail: &str) -> String {
    let base = client.endpoint().to_string();
    let (path, query) = base.split_once('?').unwrap_or((&base, ""));
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!("{}/{tail}{query}", path.trim_end_matches('/'))
}

fn with(url: &str, pairs: &str) -> String {
    format!("{url}{}{pairs}", if url.contains('?') { '&' } else { '?' })
}

fn document<T: for<'de> Deserialize<'de>>(client: &mut Client<'_>, url: &str) -> Result<(T, Vec<u8>), ServiceError> {
    let reply = client.get(url, JSON)?;
    match serde_json::from_slice(&reply.bytes) {
        Ok(document) => Ok((document, reply.bytes)),
        Err(e) if reply.bytes.trim_ascii_start().first() == Some(&b'{') => {
            if let Some(message) = xml::exception(&reply.bytes) {
                return Err(client.exception(&message));
            }
            let e = super::http::words(&e.to_string(), 160);
            Err(client.unexpected(LocalText::new(
                format!("unvollständiges oder anderes JSON ({e})"),
                format!("incomplete or other JSON ({e})"),
            )))
        }
        Err(_) => Err(client.unexpected(xml::looks_like(&reply.bytes, &reply.content_type))),
    }
}

fn collections(client: &mut Client<'_>) -> Result<Vec<Collection>, ServiceError> {
    let url = with(&path(client, "collections"), "f=json");
    let (list, _): (Collections, _) = document(client, &url)?;
    Ok(list.collections)
}

/// The collections of the server.
pub(super) fn offers(client: &mut Client<'_>) -> Result<Vec<Offer>, ServiceError> {
    let list = collections(client)?;
    Ok(list.iter().filter_map(|c| Offer::of(&c.id, c.title.as_deref())).collect())
}

/// Fetches everything in the area.
pub(super) fn fetch(client: &mut Client<'_>, order: &Order<'_>, store: &mut Store) -> Result<(), ServiceError> {
    let list = collections(client)?;
    let wanted = &order.source.layer;
    let Some(collection) = list.iter().find(|c| c.id == *wanted) else {
        return Err(client.no_layer(wanted, list.iter().map(|c| c.id.as_str())));
    };
    let said = collection.attribution.as_ref().or(collection.license.as_ref());
    store.entry().attribution = said.map(|t| super::http::words(t, 280));
    let mut url = with(
        &path(client, &format!("collections/{}/items", encoded(wanted))),
        &format!("f=json&limit={PAGE}"),
    );
    if let Some(area) = order.area {
        let corners = Srs::new(4326).and_then(|s| s.area(area, order.epsg)).ok_or_else(|| {
            client.unsupported(
                "der Ausschnitt lässt sich nicht in geographische Koordinaten umrechnen",
                "the area cannot be brought into geographic coordinates",
            )
        })?;
        let corners: Vec<String> = corners.iter().map(|v| format!("{v:.7}")).collect();
        url = with(&url, &format!("bbox={}", corners.join(",")));
    }
    let mut seen = BTreeSet::new();
    let mut visited = BTreeSet::new();
    loop {
        if !visited.insert(url.clone()) {
            return Err(client.unexpected(LocalText::new("die Seiten führen im Kreis", "the pages lead in a circle")));
        }
        let (page, bytes): (Items, _) = document(client, &url)?;
        if page.kind != "FeatureCollection" {
            let kind = super::http::words(&page.kind, 40);
            return Err(client.unexpected(LocalText::same(format!("JSON “{kind}”"))));
        }
        let ids = page.features.iter().filter_map(|f| f.id.as_ref()).map(ToString::to_string);
        let repeated = ids.filter(|id| !seen.insert(id.clone())).count() as u64;
        store.put(&bytes, "geojson", Some(page.features.len() as u64))?;
        let entry = store.entry();
        entry.repeated += repeated;
        entry.matched = entry.matched.or(page.matched);
        order.step(entry.delivered, entry.matched);
        let next = page.links.iter().find(|l| l.rel == "next").filter(|_| !page.features.is_empty());
        let Some(next) = next else { return Ok(()) };
        url = follow(client, &url, &next.href)?;
    }
}

/// The next page. Behind a proxy servers often write their inner scheme into links: the same host and path are asked as before.
fn follow(client: &Client<'_>, base: &str, href: &str) -> Result<String, ServiceError> {
    let endpoint = client.endpoint();
    let refused = || ServiceError::Redirected {
        endpoint: endpoint.to_string(),
        to: super::http::words(href, 200),
    };
    let url = joined(base, href).ok_or_else(refused)?;
    if same_origin(endpoint, &url) {
        return Ok(url);
    }
    let own = match (url.strip_prefix("http://"), endpoint.scheme.as_str()) {
        (Some(rest), "https") => format!("https://{rest}"),
        _ => return Err(refused()),
    };
    if same_origin(endpoint, &own) { Ok(own) } else { Err(refused()) }
}
