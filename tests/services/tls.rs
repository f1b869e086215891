//! HTTPS on loopback with certificates made for the test: an authority nobody knows is refused in words and before anything is asked,
//! one that is named is trusted, and only for the host it vouches for.

use super::project::Project;
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{
    io::{Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tempfile::TempDir;

const COLLECTIONS: &str = r#"{"collections":[{"id":"stops","title":"Stops"}]}"#;
const ITEMS: &str = r#"{"type":"FeatureCollection","numberMatched":1,"features":[{"type":"Feature","id":1,"properties":{"name":"Markt"},"geometry":{"type":"Point","coordinates":[13.3363,52.5017]}}]}"#;

fn openssl(dir: &Path, arguments: &str) {
    let out = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(dir)
        .output()
        .expect("openssl runs");
    assert!(
        out.status.success(),
        "openssl {arguments}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
}

/// An authority of its own (`ca.pem`) and what it vouches for (`server.pem`, `server.key`): the server at this address.
pub fn certificates(at: &Path, address: &str) {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(
        at,
        &format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=Stadt-CA"),
    );
    openssl(at, &format!("req {key} -keyout server.key -out server.csr -subj /CN=geo"));
    std::fs::write(at.join("ext"), format!("subjectAltName=IP:{address}\nbasicConstraints=CA:FALSE\n")).unwrap();
    openssl(
        at,
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out server.pem",
    );
}

/// An authority of its own and a server at 127.0.0.1 that it vouches for.
struct Town {
    dir: TempDir,
    port: u16,
    asked: Arc<AtomicUsize>,
}

impl Town {
    /// Nothing where `openssl` is not installed.
    fn start() -> Option<Self> {
        let there = Command::new("openssl").arg("version").output().is_ok();
        if super::skipped(there, "openssl") {
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path();
        certificates(at, "127.0.0.1");
        let chain = vec![CertificateDer::from_pem_file(at.join("server.pem")).unwrap()];
        let key = PrivateKeyDer::from_pem_file(at.join("server.key")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(AtomicUsize::new(0));
        let (config, counter) = (Arc::new(config), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Ok(connection) = ServerConnection::new(config.clone()) else {
                    continue;
                };
                let mut stream = StreamOwned::new(connection, stream);
                let (mut head, mut chunk) = (vec![], [0; 4096]);
                while !head.windows(4).any(|w| w == b"\r\n\r\n") {
                    match stream.read(&mut chunk) {
                        Ok(n) if n > 0 => head.extend_from_slice(&chunk[..n]),
                        // A client that does not trust the certificate says so and leaves.
                        _ => break,
                    }
                }
                if head.is_empty() {
                    continue;
                }
                counter.fetch_add(1, Ordering::SeqCst);
                let items = String::from_utf8_lossy(&head).contains("/items");
                let body = if items { ITEMS } else { COLLECTIONS };
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                );
                let _ = stream.write_all(answer.as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        });
        Some(Self { dir, port, asked })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// What `services fetch` says of a project with this server, when these authorities are trusted.
    fn fetch(&self, host: &str, authorities: Option<PathBuf>) -> (i32, String) {
        let project = Project::new(&super::bind("ogc_api_features", &format!("https://{host}:{}/", self.port), "stops"));
        let path = project.path().to_str().unwrap();
        assert_eq!(project.program(&["services", "confirm", path, "--all"]).0, 0);
        let trusted = authorities.map(|a| a.display().to_string());
        let trusted: Vec<(&str, &str)> = trusted.iter().map(|a| ("SSL_CERT_FILE", a.as_str())).collect();
        let (code, out, err) = project.program_in(&["services", "fetch", path], &trusted);
        (code, out + &err)
    }
}

#[test]
fn an_authority_that_nobody_knows_is_refused_in_words_before_anything_is_asked() {
    let Some(town) = Town::start() else { return };
    let (code, said) = town.fetch("127.0.0.1", None);
    assert_eq!(code, 1, "{said}");
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(line.contains("does not know the authority"), "{said}");
    assert!(line.contains("SSL_CERT_FILE") && line.contains("127.0.0.1"), "{said}");
    assert_eq!(town.asked(), 0, "the refusal comes before the first request");
}

#[test]
fn an_authority_named_in_a_file_is_trusted_for_the_host_it_vouches_for() {
    let Some(town) = Town::start() else { return };
    let authority = town.dir.path().join("ca.pem");
    let (code, said) = town.fetch("127.0.0.1", Some(authority.clone()));
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("1 features"), "{said}");
    let before = town.asked();
    assert!(before >= 2, "collections and items");
    let (code, said) = town.fetch("localhost", Some(authority));
    assert_eq!(code, 1, "{said}");
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(line.contains("it is for another host"), "{said}");
    assert_eq!(town.asked(), before);
}
