//! The only door to HTTP: one endpoint, limits of time and size, no redirect to another host, no answer of the name service that leads
//! into this computer.
//!
//! What this does not keep out: a private address that the user confirmed (a city's services live there), and what a proxy
//! between here and the server resolves by itself.

use super::{Endpoint, ServiceError};
use crate::{model::LocalText, progress::Control};
use std::{
    io::Read,
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};
use ureq::{
    Agent,
    config::Config,
    http::Uri,
    tls::{Certificate, RootCerts, TlsConfig},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

/// How long and how much.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until a connection stands.
    pub connect: Duration,
    /// For all requests of one layer together.
    pub total: Duration,
    /// One answer, unpacked.
    pub answer_bytes: u64,
    /// All answers of one layer together.
    pub total_bytes: u64,
    /// Requests for one layer.
    pub requests: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(300),
            answer_bytes: 256_000_000,
            total_bytes: 1_000_000_000,
            requests: 1000,
        }
    }
}

/// More than a move to https and back to where one was asked for nothing.
const REDIRECTS: usize = 4;

/// One answer.
#[derive(Debug)]
pub(super) struct Reply {
    /// Unpacked.
    pub bytes: Vec<u8>,
    /// Lower case, without parameters.
    pub content_type: String,
}

/// Asks one endpoint.
#[derive(Debug)]
pub(super) struct Client<'a> {
    agent: Agent,
    endpoint: &'a Endpoint,
    limits: Limits,
    end: Instant,
    left_bytes: u64,
    left_requests: usize,
    control: &'a Control,
}

impl<'a> Client<'a> {
    /// The clock starts here.
    pub fn new(endpoint: &'a Endpoint, limits: Limits, control: &'a Control) -> Self {
        let mut config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(limits.connect))
            .timeout_resolve(Some(limits.connect))
            .user_agent(concat!("stadtschicht/", env!("CARGO_PKG_VERSION")))
            .max_response_header_size(64 << 10)
            .tls_config(tls());
        // A proxy never stands between this computer and itself.
        config = config.proxy(if endpoint.is_loopback() {
            None
        } else {
            ureq::Proxy::try_from_env()
        });
        let resolver = Careful {
            inner: DefaultResolver::default(),
            host: endpoint.host.clone(),
        };
        Self {
            agent: Agent::with_parts(config.build(), DefaultConnector::default(), resolver),
            endpoint,
            limits,
            end: Instant::now() + limits.total,
            left_bytes: limits.total_bytes,
            left_requests: limits.requests,
            control,
        }
    }

    /// Who is asked.
    pub fn endpoint(&self) -> &'a Endpoint {
        self.endpoint
    }

    /// Asks for `url`, which must belong to the endpoint.
    pub fn get(&mut self, url: &str, accept: &str) -> Result<Reply, ServiceError> {
        let mut url = url.to_string();
        for _ in 0..=REDIRECTS {
            if !same_origin(self.endpoint, &url) {
                return Err(self.redirected(&url));
            }
            if self.control.is_cancelled() {
                return Err(ServiceError::Cancelled);
            }
            self.left_requests = self.left_requests.checked_sub(1).ok_or_else(|| self.too_many())?;
            let left = self.end.checked_duration_since(Instant::now()).ok_or_else(|| self.too_slow())?;
            let request = self
                .agent
                .get(&url)
                .header("accept", accept)
                .config()
                .timeout_global(Some(left))
                .build();
            let mut response = request.call().map_err(|e| self.fault(e))?;
            let code = response.status().as_u16();
            match code {
                200 => {
                    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
                    let content_type = header("content-type")
                        .split(';')
                        .next()
                        .unwrap_or_default()
                        .trim()
                        .to_ascii_lowercase();
                    let bytes = self.read(response.body_mut().as_reader())?;
                    return Ok(Reply { bytes, content_type });
                }
                301 | 302 | 303 | 307 | 308 => {
                    let to = response.headers().get("location").and_then(|v| v.to_str().ok()).unwrap_or_default();
                    url = joined(&url, to).ok_or_else(|| self.redirected(to))?;
                }
                // Servers like to send their exception reports as an error: those words say more than the number.
                400..=599 => {
                    let body = self.read(response.body_mut().as_reader().take(64 << 10)).unwrap_or_default();
                    return Err(match super::xml::exception(&body) {
                        Some(message) => self.exception(&message),
                        None => ServiceError::Status {
                            endpoint: self.endpoint.to_string(),
                            code,
                        },
                    });
                }
                _ => {
                    return Err(ServiceError::Status {
                        endpoint: self.endpoint.to_string(),
                        code,
                    });
                }
            }
        }
        Err(self.redirected(&url))
    }

    fn read(&mut self, mut body: impl Read) -> Result<Vec<u8>, ServiceError> {
        let most = self.limits.answer_bytes.min(self.left_bytes);
        let mut bytes = vec![];
        let mut chunk = [0u8; 64 << 10];
        loop {
            if self.control.is_cancelled() {
                return Err(ServiceError::Cancelled);
            }
            if Instant::now() >= self.end {
                return Err(self.too_slow());
            }
            let n = body.read(&mut chunk).map_err(|e| self.fault(e.into()))?;
            if n == 0 {
                break;
            }
            if (bytes.len() + n) as u64 > most {
                return Err(ServiceError::TooLarge {
                    endpoint: self.endpoint.to_string(),
                    limit: most.div_ceil(1_000_000),
                });
            }
            bytes.extend_from_slice(&chunk[..n]);
        }
        self.left_bytes -= bytes.len() as u64;
        Ok(bytes)
    }

    fn too_slow(&self) -> ServiceError {
        ServiceError::TooSlow {
            endpoint: self.endpoint.to_string(),
            seconds: self.limits.total.as_secs().max(1),
        }
    }

    fn too_many(&self) -> ServiceError {
        let n = self.limits.requests;
        self.unsupported(
            format!("für diese Ebene wären mehr als {n} Anfragen nötig; bitte den Ausschnitt verkleinern"),
            format!("this layer would take more than {n} requests; please choose a smaller area"),
        )
    }

    fn redirected(&self, to: &str) -> ServiceError {
        ServiceError::Redirected {
            endpoint: self.endpoint.to_string(),
            to: words(to, 200),
        }
    }

    /// The words of the server, shortened.
    pub fn exception(&self, message: &str) -> ServiceError {
        ServiceError::Exception {
            endpoint: self.endpoint.to_string(),
            message: words(message, 400),
        }
    }

    /// Something else than what was asked for.
    pub fn unexpected(&self, found: LocalText) -> ServiceError {
        ServiceError::Unexpected {
            endpoint: self.endpoint.to_string(),
            found,
        }
    }

    /// The two sides do not find together.
    pub fn unsupported(&self, de: impl Into<String>, en: impl Into<String>) -> ServiceError {
        ServiceError::Unsupported {
            endpoint: self.endpoint.to_string(),
            why: LocalText::new(de, en),
        }
    }

    /// The server does not have the layer.
    pub fn no_layer<'n>(&self, layer: &str, known: impl Iterator<Item = &'n str>) -> ServiceError {
        let known: Vec<String> = known.take(20).map(|n| words(n, 80)).collect();
        ServiceError::NoLayer {
            endpoint: self.endpoint.to_string(),
            layer: words(layer, 120),
            known: if known.is_empty() { "–".into() } else { known.join(", ") },
        }
    }

    fn broken(&self, e: &std::io::Error) -> ServiceError {
        if let Some(refused) = certificate(self.endpoint, e) {
            return refused;
        }
        match e.kind() {
            std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock => self.too_slow(),
            _ => ServiceError::Connect {
                endpoint: self.endpoint.to_string(),
                reason: words(&e.to_string(), 200),
            },
        }
    }

    fn fault(&self, e: ureq::Error) -> ServiceError {
        let endpoint = self.endpoint.to_string();
        match e {
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => ServiceError::TooSlow {
                endpoint,
                seconds: self.limits.connect.as_secs().max(1),
            },
            ureq::Error::Timeout(_) => self.too_slow(),
            ureq::Error::Io(e) => self.broken(&e),
            ureq::Error::Rustls(e) => self.broken(&std::io::Error::other(e)),
            ureq::Error::Other(e) => match e.downcast_ref::<Reserved>() {
                Some(Reserved(address)) => ServiceError::AddressRange {
                    endpoint,
                    address: address.to_string(),
                },
                None => ServiceError::Connect {
                    endpoint,
                    reason: words(&e.to_string(), 200),
                },
            },
            e => ServiceError::Connect {
                endpoint,
                reason: words(&e.to_string(), 200),
            },
        }
    }
}

/// What is wrong with a server's certificate, where that is why there is no connection.
pub(super) fn certificate(endpoint: &Endpoint, e: &(dyn std::error::Error + 'static)) -> Option<ServiceError> {
    use rustls::CertificateError as Wrong;
    let mut next = Some(e);
    let wrong = loop {
        let e = next?;
        // What an error of the system holds inside is not among its causes.
        let inner = e
            .downcast_ref::<std::io::Error>()
            .and_then(|e| e.get_ref())
            .and_then(|e| e.downcast_ref::<rustls::Error>());
        match inner.or_else(|| e.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(wrong)) => break wrong,
            _ => next = e.source(),
        }
    };
    let why = match wrong {
        Wrong::UnknownIssuer => LocalText::new(
            "die Stelle, die es ausgestellt hat, kennt dieser Rechner nicht",
            "this computer does not know the authority that issued it",
        ),
        Wrong::Expired | Wrong::ExpiredContext { .. } => LocalText::new("es ist abgelaufen", "it has expired"),
        Wrong::NotValidYet | Wrong::NotValidYetContext { .. } => LocalText::new("es gilt noch nicht", "it is not valid yet"),
        Wrong::NotValidForName | Wrong::NotValidForNameContext { .. } => {
            LocalText::new("es gilt für einen anderen Rechner", "it is for another host")
        }
        Wrong::Revoked => LocalText::new("es wurde widerrufen", "it was revoked"),
        other => LocalText::same(words(&other.to_string(), 120)),
    };
    Some(ServiceError::Certificate {
        endpoint: endpoint.to_string(),
        why,
    })
}

/// Foreign text as it may be printed: one line, visible, not too long.
pub fn words(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = crate::readers::printable(&line);
    if line.chars().count() <= most {
        return line;
    }
    line.chars().take(most).chain(['…']).collect()
}

/// The system's certificates, so that a city's own authority counts; read once.
fn roots() -> &'static [rustls::pki_types::CertificateDer<'static>] {
    static ROOTS: OnceLock<Vec<rustls::pki_types::CertificateDer<'static>>> = OnceLock::new();
    ROOTS.get_or_init(|| rustls_native_certs::load_native_certs().certs)
}

fn tls() -> TlsConfig {
    let certificates = roots().iter().map(|c| Certificate::from_der(c).to_owned());
    TlsConfig::builder()
        .root_certs(RootCerts::from(certificates))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}

/// The same settings for a database.
pub(super) fn client_tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let mut store = rustls::RootCertStore::empty();
    store.add_parsable_certificates(roots().iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(store)
        .with_no_client_auth())
}

/// Whether an address belongs to the endpoint: the same host and port, and never from https back to http.
pub(super) fn same_origin(endpoint: &Endpoint, url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let scheme = uri.scheme_str().unwrap_or_default();
    let port = match (uri.port_u16(), scheme) {
        (Some(p), _) => p,
        (None, "https") => 443,
        (None, "http") => 80,
        _ => return false,
    };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    let user = uri.authority().is_some_and(|a| a.as_str().contains('@'));
    let same = scheme == endpoint.scheme && port == endpoint.port;
    let safer = endpoint.scheme == "http" && scheme == "https" && endpoint.port == 80 && port == 443;
    !user && host == endpoint.host && (same || safer)
}

/// An address as seen from another one.
pub(super) fn joined(base: &str, to: &str) -> Option<String> {
    let to = to.trim();
    if to.is_empty() || to.chars().any(|c| c.is_control() || c == ' ') {
        return None;
    }
    if to.contains("://") {
        return Some(to.into());
    }
    let (scheme, rest) = base.split_once("://")?;
    if let Some(other) = to.strip_prefix("//") {
        return Some(format!("{scheme}://{other}"));
    }
    let path_at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(path_at);
    let path = path.split('?').next().unwrap_or_default();
    Some(match to.chars().next() {
        Some('/') => format!("{scheme}://{authority}{to}"),
        Some('?') => format!("{scheme}://{authority}{path}{to}"),
        // `javascript:` and the like have a colon before any slash.
        _ if to.split('/').next().is_some_and(|s| s.contains(':')) => return None,
        _ => {
            let folder = path.rsplit_once('/').map_or("", |(f, _)| f);
            format!("{scheme}://{authority}{folder}/{to}")
        }
    })
}

/// The name service led somewhere that no name of a public service leads to.
#[derive(Debug, thiserror::Error)]
#[error("reserved address {0}")]
struct Reserved(IpAddr);

/// Looks up names and refuses answers that lead into this computer or a reserved range.
#[derive(Debug)]
struct Careful {
    inner: DefaultResolver,
    host: String,
}

impl Resolver for Careful {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
        // Another host is the proxy, which the user's own settings name.
        if host == self.host
            && let Some(bad) = found.iter().map(std::net::SocketAddr::ip).find(|ip| reserved(&host, *ip))
        {
            return Err(ureq::Error::Other(Box::new(Reserved(bad))));
        }
        Ok(found)
    }
}

/// Whether a name may not lead to an address. An address that is itself written in the project was seen and confirmed.
/// Private networks are allowed: that is where a city's own services are.
pub(super) fn reserved(host: &str, ip: IpAddr) -> bool {
    if host == "localhost" || host.parse::<IpAddr>().is_ok() {
        return false;
    }
    let ip = ip.to_canonical();
    let local = match ip {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_broadcast() || v4.octets()[0] == 0,
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    local || ip.is_loopback() || ip.is_unspecified() || ip.is_multicast()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::{ServiceKind, source::tests::source};

    #[test]
    fn only_the_confirmed_host_is_the_same_origin() {
        let e = |url| source(ServiceKind::Wfs, url, "l").endpoint().unwrap();
        let https = e("https://geo.stadt.de/ows");
        for good in ["https://geo.stadt.de/elsewhere?x=1", "https://GEO.stadt.de:443/"] {
            assert!(same_origin(&https, good), "{good}");
        }
        for bad in [
            "http://geo.stadt.de/ows",
            "https://geo.stadt.de:8443/ows",
            "https://geo.stadt.de.evil.org/",
            "https://geo.stadt.de@evil.org/",
            "https://u:p@geo.stadt.de/",
            "file:///etc/passwd",
            "ftp://geo.stadt.de/",
            "//geo.stadt.de/x",
            "",
        ] {
            assert!(!same_origin(&https, bad), "{bad}");
        }
        assert!(same_origin(&e("http://geo.stadt.de/ows"), "https://geo.stadt.de/ows"));
        assert!(!same_origin(&e("http://geo.stadt.de:8080/ows"), "https://geo.stadt.de/ows"));
    }

    #[test]
    fn redirects_are_joined_like_a_browser_does() {
        let base = "https://h:1/a/b?x=1";
        assert_eq!(joined(base, "/c").unwrap(), "https://h:1/c");
        assert_eq!(joined(base, "c?y").unwrap(), "https://h:1/a/c?y");
        assert_eq!(joined(base, "?y=2").unwrap(), "https://h:1/a/b?y=2");
        assert_eq!(joined(base, "//evil/x").unwrap(), "https://evil/x");
        assert_eq!(joined("https://h", "c").unwrap(), "https://h/c");
        for bad in ["", "javascript:alert(1)", "a b", "data:text/html,x"] {
            assert_eq!(joined(base, bad), None, "{bad}");
        }
    }

    #[test]
    fn a_name_may_lead_into_the_city_but_not_into_this_computer() {
        for ip in [
            "127.0.0.1",
            "::1",
            "169.254.169.254",
            "0.0.0.0",
            "::ffff:127.0.0.1",
            "fe80::1",
            "224.0.0.1",
            "255.255.255.255",
        ] {
            assert!(reserved("geo.stadt.de", ip.parse().unwrap()), "{ip}");
        }
        for ip in ["10.1.2.3", "192.168.0.9", "172.20.1.1", "fd00::1", "93.184.216.34"] {
            assert!(!reserved("geo.stadt.de", ip.parse().unwrap()), "{ip}");
        }
        assert!(!reserved("127.0.0.1", "127.0.0.1".parse().unwrap()) && !reserved("localhost", "::1".parse().unwrap()));
    }
}
