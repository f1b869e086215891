//! PostGIS beyond this computer: always encrypted, and never with a server that cannot prove who it is. The server listens on an address of
//! this machine that is not loopback, for there the connection stays in the computer and goes unencrypted.

use super::{
    POINTS, bind, point,
    postgres::{self, PASSWORD, Postgres},
    project::Project,
    skipped,
    tls::certificates,
};
use std::{net::UdpSocket, path::Path};
use tempfile::TempDir;

/// An address of this machine in its network. Nothing is sent: the system only says from where it would.
fn own_address() -> Option<String> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then(|| address.to_string())
}

/// A database at `address` whose certificate is for `vouched`.
fn database(address: &str, vouched: &str) -> (TempDir, Postgres) {
    let dir = tempfile::tempdir().unwrap();
    certificates(dir.path(), vouched);
    let rows: Vec<String> = (0..POINTS)
        .map(|n| point(n).map(|v| v.to_string()).join(", "))
        .map(|p| format!("(ST_SetSRID(ST_MakePoint({p}), 25833))"))
        .collect();
    let sql = format!(
        "CREATE EXTENSION postgis; CREATE TABLE halte (ort geometry(Point, 25833)); INSERT INTO halte VALUES {}",
        rows.join(", ")
    );
    let server = Postgres::encrypted(address, dir.path(), &sql);
    (dir, server)
}

/// What `services fetch` says when these authorities are trusted, or the system's.
fn fetched(server: &Postgres, address: &str, trusted: Option<&Path>) -> (i32, String) {
    let project = Project::new(&bind("postgis", &server.url(), "halte"));
    let pass = project.settings.path().join("pgpass");
    std::fs::write(&pass, format!("{address}:{}:postgres:gis:{PASSWORD}\n", server.port)).unwrap();
    std::fs::set_permissions(&pass, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let path = project.path().to_str().unwrap();
    assert_eq!(project.program(&["services", "confirm", path, "--all"]).0, 0);
    let trusted = trusted.map(|p| p.display().to_string());
    let trusted: Vec<(&str, &str)> = trusted.iter().map(|p| ("SSL_CERT_FILE", p.as_str())).collect();
    let (code, out, err) = project.program_in(&["services", "fetch", path], &trusted);
    let said = (out + &err).split_whitespace().collect::<Vec<_>>().join(" ");
    (code, said)
}

#[test]
fn a_database_shows_a_certificate_that_is_known_and_its_own_or_learns_nothing() {
    let openssl = std::process::Command::new("openssl").arg("version").output().is_ok();
    if skipped(postgres::is_installed() && openssl, "PostgreSQL 15 with PostGIS and openssl") {
        return;
    }
    let Some(address) = own_address() else {
        eprintln!("skipped: this machine has no address but its loopback");
        return;
    };
    let (dir, server) = database(&address, &address);
    let authority = dir.path().join("ca.pem");
    // Nobody told this computer to trust the authority. Nobody logged in, so no password was sent.
    let (code, said) = fetched(&server, &address, None);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("does not know the authority") && said.contains("SSL_CERT_FILE"),
        "{said}"
    );
    assert!(said.contains(&address) && said.contains("Nothing was asked"), "{said}");
    let logins = || server.log().matches(&format!("host={address}")).count();
    let authorised = || server.log().matches("connection authorized").count();
    let before = authorised();
    assert!(logins() > 0, "it was the certificate, and not the way there: {}", server.log());
    let (code, said) = fetched(&server, &address, Some(&authority));
    assert!(code == 0 && said.contains("25 features"), "{said}");
    assert!(authorised() > before && server.log().contains("SSL enabled"), "{}", server.log());

    // The same authority vouches for another host.
    let (dir, other) = database(&address, "198.51.100.7");
    let before = other.log().matches("connection authorized").count();
    let (code, said) = fetched(&other, &address, Some(&dir.path().join("ca.pem")));
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("it is for another host"), "{said}");
    assert_eq!(other.log().matches("connection authorized").count(), before);
}
