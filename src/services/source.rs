//! What `project.toml` says about a service, and the endpoint that a person confirms. No secret has a place here: project files travel.

use super::ServiceError;
use crate::model::LocalText;
use serde::Deserialize;

/// The protocols, each with its own questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// OGC Web Feature Service 1.1 or 2.0.
    Wfs,
    /// OGC API Features, part 1.
    OgcApiFeatures,
    /// A table or view of a PostgreSQL database with PostGIS.
    Postgis,
    /// OGC Web Map Service 1.1.1 or 1.3.0: a picture.
    Wms,
    /// OGC Web Map Tile Service 1.0: a picture.
    Wmts,
}

impl ServiceKind {
    /// As written in `project.toml`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Wfs => "wfs",
            Self::OgcApiFeatures => "ogc_api_features",
            Self::Postgis => "postgis",
            Self::Wms => "wms",
            Self::Wmts => "wmts",
        }
    }

    /// As people say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wfs => "WFS",
            Self::OgcApiFeatures => "OGC API Features",
            Self::Postgis => "PostGIS",
            Self::Wms => "WMS",
            Self::Wmts => "WMTS",
        }
    }

    /// Whether it gives a picture rather than features.
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Wms | Self::Wmts)
    }
}

/// How much of a layer is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// The area of interest with a margin; everything where a project has none.
    #[default]
    AreaOfInterest,
    /// The whole layer.
    Everything,
}

/// `[bind.service]` and `[backdrop.service]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSource {
    /// Protocol.
    pub kind: ServiceKind,
    /// `https://host/path`, or `postgresql://user@host:5432/database`.
    pub url: String,
    /// Feature type, collection, `schema.table`, or map layer.
    pub layer: String,
    /// Protocol version, where the newest that both sides speak is not wanted.
    #[serde(default)]
    pub version: Option<String>,
    /// Output or picture format of the server ("image/jpeg").
    #[serde(default)]
    pub format: Option<String>,
    /// Style of a map layer.
    #[serde(default)]
    pub style: Option<String>,
    /// How much is fetched.
    #[serde(default)]
    pub reach: Reach,
    /// Metres around the area of interest: what lies just outside still counts for distances.
    #[serde(default = "default_margin")]
    pub margin_m: f64,
    /// Metres a pixel of a picture.
    #[serde(default)]
    pub resolution_m: Option<f64>,
    /// Column with the geometry, where a table has several.
    #[serde(default)]
    pub geometry: Option<String>,
    /// Column that tells rows apart, where a table has no primary key.
    #[serde(default)]
    pub key: Option<String>,
}

fn default_margin() -> f64 {
    1000.0
}

/// Who is asked: protocol, host, port and path. This is what a person confirms, and nothing else is ever contacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Protocol.
    pub kind: ServiceKind,
    /// `http`, `https` or `postgresql`.
    pub scheme: String,
    /// Lower case; of an IPv6 address without brackets.
    pub host: String,
    /// Always given.
    pub port: u16,
    /// Path with the query that belongs to the address (`map=…`), or the database.
    pub path: String,
    /// Of a database.
    pub user: Option<String>,
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let user = self.user.as_deref().map(|u| format!("{u}@")).unwrap_or_default();
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        let default = matches!(
            (self.scheme.as_str(), self.port),
            ("http", 80) | ("https", 443) | ("postgresql", 5432)
        );
        let port = if default { String::new() } else { format!(":{}", self.port) };
        write!(f, "{}://{user}{host}{port}{}", self.scheme, self.path)
    }
}

/// Parameters that the protocol sets; in an address they would ask for something else than what was confirmed.
const OWN_PARAMETERS: [&str; 16] = [
    "service",
    "version",
    "request",
    "layers",
    "layer",
    "typename",
    "typenames",
    "bbox",
    "crs",
    "srs",
    "srsname",
    "width",
    "height",
    "format",
    "outputformat",
    "styles",
];
/// Parameters that look like a key to a door.
const SECRETS: [&str; 9] = [
    "token",
    "apikey",
    "api_key",
    "key",
    "password",
    "passwd",
    "pwd",
    "access_token",
    "secret",
];

impl ServiceSource {
    /// A layer of a service, with everything else as usual.
    pub fn new(kind: ServiceKind, url: impl Into<String>, layer: impl Into<String>) -> Self {
        Self {
            kind,
            url: url.into(),
            layer: layer.into(),
            version: None,
            format: None,
            style: None,
            reach: Reach::default(),
            margin_m: default_margin(),
            resolution_m: None,
            geometry: None,
            key: None,
        }
    }

    /// The endpoint behind the address.
    ///
    /// # Errors
    /// When the address is none, names another protocol or carries a secret.
    pub fn endpoint(&self) -> Result<Endpoint, ServiceError> {
        let refuse = |de: &str, en: &str| ServiceError::Address {
            shown: shown(&self.url),
            why: LocalText::new(de, en),
        };
        let text = self.url.trim();
        if text.len() > 2000 || text.chars().any(|c| c.is_control() || c.is_whitespace()) || !text.is_ascii() {
            return Err(refuse(
                "Adressen sind ASCII ohne Leer- und Steuerzeichen; einen Umlaut-Namen bitte als „xn--…“ schreiben",
                "addresses are ASCII without spaces and control characters; write an international name as xn--…",
            ));
        }
        if self.layer.trim().is_empty() || self.layer.len() > 500 || self.layer.chars().any(char::is_control) {
            return Err(refuse("layer ist leer oder unlesbar", "layer is empty or unreadable"));
        }
        if !(0.0..=100_000.0).contains(&self.margin_m) || self.resolution_m.is_some_and(|r| !(0.01..=10_000.0).contains(&r)) {
            return Err(refuse(
                "margin_m muss zwischen 0 und 100 000, resolution_m zwischen 0,01 und 10 000 liegen",
                "margin_m must lie between 0 and 100,000, resolution_m between 0.01 and 10,000",
            ));
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let scheme = scheme.to_ascii_lowercase();
        let scheme = if scheme == "postgres" { "postgresql".to_string() } else { scheme };
        let fits = match self.kind {
            ServiceKind::Postgis => scheme == "postgresql",
            _ => scheme == "http" || scheme == "https",
        };
        if !fits {
            return Err(refuse(
                "die Adresse muss mit https:// oder http:// beginnen, die einer Datenbank mit postgresql://",
                "the address must begin with https:// or http://, that of a database with postgresql://",
            ));
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        if user.is_some_and(|u| u.contains(':')) || (user.is_some() && self.kind != ServiceKind::Postgis) {
            return Err(refuse(
                "ein Passwort gehört nicht in die Projektdatei; für PostGIS steht es in ~/.pgpass oder PGPASSWORD",
                "a password has no place in the project file; for PostGIS it stands in ~/.pgpass or PGPASSWORD",
            ));
        }
        let (host, port) =
            split_port(host).ok_or_else(|| refuse("der Rechnername oder Port ist ungültig", "the host name or port is not valid"))?;
        let path = self.checked_path(path, refuse)?;
        let default = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            _ => 5432,
        };
        Ok(Endpoint {
            kind: self.kind,
            scheme,
            host,
            port: port.unwrap_or(default),
            path,
            user: user.filter(|u| !u.is_empty()).map(Into::into),
        })
    }

    fn checked_path(&self, path: &str, refuse: impl Fn(&str, &str) -> ServiceError) -> Result<String, ServiceError> {
        if path.contains('#') {
            return Err(refuse("die Adresse enthält ein „#“", "the address holds a #"));
        }
        if self.kind == ServiceKind::Postgis {
            let name = path.trim_start_matches('/');
            return if name.is_empty() || name.contains(['/', '?']) {
                Err(refuse(
                    "gebraucht wird postgresql://benutzer@rechner:5432/datenbank ohne weitere Angaben",
                    "needed is postgresql://user@host:5432/database and nothing else",
                ))
            } else {
                Ok(format!("/{name}"))
            };
        }
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut kept = vec![];
        for pair in query.split('&').filter(|p| !p.is_empty()) {
            let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
            if SECRETS.contains(&name.as_str()) {
                return Err(refuse(
                    "die Adresse enthält einen Zugangsschlüssel; der gehört nicht in die Projektdatei",
                    "the address holds an access key, which has no place in the project file",
                ));
            }
            if !OWN_PARAMETERS.contains(&name.as_str()) {
                kept.push(pair);
            }
        }
        let path = if path.is_empty() { "/" } else { path };
        Ok(if kept.is_empty() {
            path.to_string()
        } else {
            format!("{path}?{}", kept.join("&"))
        })
    }
}

fn split_port(authority: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, tail) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, tail.strip_prefix(':').or(if tail.is_empty() { Some("") } else { None })?)
        }
        None => {
            let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
            if host.is_empty() || host.len() > 253 || host.starts_with(['-', '.']) || !host.chars().all(plain) {
                return None;
            }
            (host, port)
        }
    };
    let port = if port.is_empty() {
        None
    } else {
        Some(port.parse().ok().filter(|p| *p > 0)?)
    };
    Some((host.to_ascii_lowercase(), port))
}

/// An address as it may be printed: short, visible, without what stands before an `@` and without parameters, which may hold a secret.
fn shown(url: &str) -> String {
    let visible: String = url.chars().filter(|c| !c.is_control()).take(200).collect();
    let (address, query) = visible.split_once('?').map_or((visible.as_str(), ""), |(a, _)| (a, "?…"));
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}{query}"),
        _ => format!("{address}{query}"),
    }
}

impl Endpoint {
    /// Who would be asked at an address, before any layer is known.
    ///
    /// # Errors
    /// When the address is none, names another protocol or carries a secret.
    pub fn of(kind: ServiceKind, url: &str) -> Result<Self, ServiceError> {
        ServiceSource::new(kind, url, "*").endpoint()
    }

    /// True for this computer itself, as the address is written.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok_and(|a| a.is_loopback())
    }

    /// The address with parameters behind it.
    pub(super) fn with_query(&self, pairs: &[(&str, String)]) -> String {
        let base = self.to_string();
        let query: Vec<String> = pairs.iter().map(|(k, v)| format!("{k}={}", encoded(v))).collect();
        let joint = if base.contains('?') { '&' } else { '?' };
        format!("{base}{joint}{}", query.join("&"))
    }
}

/// Percent-encoded for a query. Commas and colons stay: old servers compare them by byte.
pub(super) fn encoded(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b',')
        .remove(b':');
    utf8_percent_encode(text, KEPT).to_string()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::services) fn source(kind: ServiceKind, url: &str, layer: &str) -> ServiceSource {
        ServiceSource {
            margin_m: 100.0,
            ..ServiceSource::new(kind, url, layer)
        }
    }

    fn endpoint(kind: ServiceKind, url: &str) -> Result<String, ServiceError> {
        source(kind, url, "l").endpoint().map(|e| e.to_string())
    }

    #[test]
    fn an_endpoint_is_the_address_without_what_the_protocol_says_itself() {
        let wfs = |url| endpoint(ServiceKind::Wfs, url).unwrap();
        assert_eq!(
            wfs("HTTPS://Geo.Stadt.DE:443/ows?map=/a/b.map&SERVICE=WFS&request=GetFeature"),
            "https://geo.stadt.de/ows?map=/a/b.map"
        );
        assert_eq!(wfs("http://127.0.0.1:8080"), "http://127.0.0.1:8080/");
        assert_eq!(wfs("http://[::1]:81/x"), "http://[::1]:81/x");
        assert_eq!(
            endpoint(ServiceKind::Postgis, "postgres://gis@db.stadt.de/plan").unwrap(),
            "postgresql://gis@db.stadt.de/plan"
        );
    }

    #[test]
    fn secrets_and_other_protocols_are_refused_without_repeating_the_secret() {
        for (kind, url) in [
            (ServiceKind::Postgis, "postgresql://gis:hunter2@db/plan"),
            (ServiceKind::Postgis, "postgresql://gis@db/plan?password=hunter2"),
            (ServiceKind::Wfs, "https://u:hunter2@host/x"),
            (ServiceKind::Wfs, "file:///etc/passwd"),
            (ServiceKind::Wfs, "gopher://host/"),
            (ServiceKind::Wfs, "postgresql://host/db"),
            (ServiceKind::Postgis, "http://host/db"),
            (ServiceKind::Wfs, "https:///x"),
            (ServiceKind::Wfs, "https://host:0/x"),
            (ServiceKind::Wfs, "https://ho st/x"),
            (ServiceKind::Wfs, "https://host/x\r\nHost: evil"),
            (ServiceKind::Wfs, "https://host/x#frag"),
            (ServiceKind::Wfs, ""),
        ] {
            let text = endpoint(kind, url).expect_err(url).text();
            assert!(!text.de.contains("hunter2") && !text.en.contains("hunter2"), "{}", text.en);
        }
        let error = endpoint(ServiceKind::Wfs, "https://host/x?token=abc").unwrap_err();
        assert!(error.text().en.contains("access key"));
    }

    #[test]
    fn values_are_encoded_and_cannot_add_parameters() {
        let e = source(ServiceKind::Wms, "https://h/x?map=a", "l").endpoint().unwrap();
        assert_eq!(
            e.with_query(&[("layers", "a b&request=Boom".into())]),
            "https://h/x?map=a&layers=a%20b%26request%3DBoom"
        );
    }
}
