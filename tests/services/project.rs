//! A project folder with one service, the person's settings beside it, and the program in between.

use super::server::Server;
use assert_cmd::Command;
use stadtschicht::{
    model::Bbox,
    progress::Control,
    services::{self, Confirmations, Entry, Limits, Offer, Place, ServiceError, ServiceSource},
};
use std::{path::Path, time::Duration};
use tempfile::TempDir;

/// The area of interest.
pub const AREA: [f64; 4] = [386_900.0, 5_817_900.0, 387_400.0, 5_818_400.0];

pub struct Project {
    pub epsg: u32,
    pub folder: TempDir,
    pub settings: TempDir,
}

pub fn source(text: &str) -> ServiceSource {
    toml::from_str(text).unwrap()
}

impl Project {
    pub fn new(sources: &str) -> Self {
        Self::in_crs(25833, sources)
    }

    pub fn in_crs(epsg: u32, sources: &str) -> Self {
        let this = Self {
            epsg,
            folder: tempfile::tempdir().unwrap(),
            settings: tempfile::tempdir().unwrap(),
        };
        this.write(sources);
        this
    }

    /// The area of interest in the project's own system.
    fn area(&self) -> [f64; 4] {
        let [w, s, e, n] = AREA;
        let mut corners = [[w, s], [e, s], [w, n], [e, n]];
        stadtschicht::layers::reproject(25833, self.epsg, &mut corners).unwrap();
        let b = Bbox::around(&corners);
        [b.min[0], b.min[1], b.max[0], b.max[1]]
    }

    pub fn write(&self, sources: &str) {
        let [x, y, _, _] = self.area();
        let text = format!(
            "schema = 1\ntitle = {{ de = \"Dienste\", en = \"Services\" }}\ncrs = \"EPSG:{}\"\nsite = [{x:.1}, {y:.1}]\nmodules = [\"social_infrastructure\", \"environmental_load\"]\narea_of_interest = {{ bbox = {:?} }}\n{sources}",
            self.epsg,
            self.area()
        );
        std::fs::write(self.folder.path().join("project.toml"), text).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    fn confirmations(&self) -> Confirmations {
        Confirmations::load_from(self.settings.path().join("services.toml")).unwrap()
    }

    /// Asks although nobody has confirmed it.
    pub fn ask_unconfirmed(&self, source: &ServiceSource) -> Result<Entry, ServiceError> {
        services::fetch(self.place(), source, &self.confirmations(), limits(), &Control::default())
    }

    /// Confirms and asks.
    pub fn ask(&self, source: &ServiceSource) -> Result<Entry, ServiceError> {
        self.ask_within(source, limits())
    }

    pub fn ask_within(&self, source: &ServiceSource, limits: Limits) -> Result<Entry, ServiceError> {
        let mut confirmed = self.confirmations();
        confirmed.allow(self.path(), [&source.endpoint()?])?;
        services::fetch(self.place(), source, &confirmed, limits, &Control::default())
    }

    /// What a server offers, confirmed before.
    pub fn offers(&self, source: &ServiceSource) -> Result<Vec<Offer>, ServiceError> {
        let mut confirmed = self.confirmations();
        confirmed.allow(self.path(), [&source.endpoint()?])?;
        services::offers(self.path(), source.kind, &source.url, &confirmed, limits(), &Control::default())
    }

    /// Asks although nobody has confirmed it.
    pub fn offers_unconfirmed(&self, source: &ServiceSource) -> Result<Vec<Offer>, ServiceError> {
        services::offers(
            self.path(),
            source.kind,
            &source.url,
            &self.confirmations(),
            limits(),
            &Control::default(),
        )
    }

    fn place(&self) -> Place<'_> {
        let [w, s, e, n] = self.area();
        Place {
            folder: self.path(),
            epsg: self.epsg,
            area: Some(Bbox::new([w, s], [e, n])),
        }
    }

    /// The program with this person's settings.
    pub fn program(&self, arguments: &[&str]) -> (i32, String, String) {
        self.program_in(arguments, &[])
    }

    /// The same with variables of the environment.
    pub fn program_in(&self, arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String, String) {
        let output = Command::cargo_bin("stadtschicht")
            .unwrap()
            .args(arguments)
            .arg("--lang=en")
            .env("STADTSCHICHT_CONFIG_DIR", self.settings.path())
            .env("PGPASSFILE", self.settings.path().join("pgpass"))
            .env_remove("PGPASSWORD")
            .env_remove("DISPLAY")
            .env_remove("SSL_CERT_FILE")
            .env_remove("SSL_CERT_DIR")
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

/// Generous in time for a busy machine; the hostile tests set their own.
pub fn limits() -> Limits {
    Limits {
        connect: Duration::from_secs(20),
        total: Duration::from_secs(120),
        ..Limits::default()
    }
}

/// A source of the kind on a test server.
pub fn on(server: &Server, kind: &str, path: &str, layer: &str) -> ServiceSource {
    source(&format!("kind = \"{kind}\"\nurl = \"{}\"\nlayer = \"{layer}\"\n", server.url(path)))
}
