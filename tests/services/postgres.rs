//! A PostgreSQL cluster of the test's own: a folder of its own, a random port on loopback, ended when it is dropped.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

const BIN: &str = "/usr/lib/postgresql/15/bin";
pub const PASSWORD: &str = "only-for-this-test";

/// Clusters so far: each has a folder of its own.
static CLUSTERS: AtomicUsize = AtomicUsize::new(0);

pub struct Postgres {
    pub port: u16,
    host: String,
    folder: PathBuf,
    server: Child,
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

/// PostgreSQL refuses to run as root: then the package's own user does it.
fn as_service(program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", program]);
    command
}

pub fn is_installed() -> bool {
    Path::new(BIN).join("postgres").exists() && Path::new("/usr/share/postgresql/15/extension/postgis.control").exists()
}

fn done(mut command: Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
}

impl Postgres {
    pub fn start(sql: &str) -> Self {
        Self::at("127.0.0.1", None, sql)
    }

    /// At another address of this computer, encrypted with `server.pem` and `server.key` of a folder.
    pub fn encrypted(address: &str, certificates: &Path, sql: &str) -> Self {
        Self::at(address, Some(certificates), sql)
    }

    fn at(host: &str, certificates: Option<&Path>, sql: &str) -> Self {
        // The service user must be able to walk there, which a private temporary folder does not allow.
        let folder = std::env::temp_dir().join(format!(
            "stadtschicht-postgres-{}-{}",
            std::process::id(),
            CLUSTERS.fetch_add(1, Ordering::SeqCst)
        ));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let secret = folder.join("secret");
        std::fs::write(&secret, PASSWORD).unwrap();
        for name in certificates.iter().flat_map(|_| ["server.pem", "server.key"]) {
            std::fs::copy(certificates.unwrap().join(name), folder.join(name)).unwrap();
            let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            std::fs::set_permissions(folder.join(name), private).unwrap();
        }
        if is_root() {
            let mut own = Command::new("chown");
            own.args(["-R", "postgres:postgres"]).arg(&folder);
            done(own);
        }
        let data = folder.join("data");
        let mut make = as_service(&format!("{BIN}/initdb"));
        make.arg("-D")
            .arg(&data)
            .args(["-U", "gis", "-A", "scram-sha-256", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]);
        make.arg(format!("--pwfile={}", secret.display())).current_dir(&folder);
        done(make);
        if certificates.is_some() {
            let rules = data.join("pg_hba.conf");
            let known = std::fs::read_to_string(&rules).unwrap();
            std::fs::write(&rules, format!("{known}hostssl all all {host}/32 scram-sha-256\n")).unwrap();
        }
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut serve = as_service(&format!("{BIN}/postgres"));
        serve.arg("-D").arg(&data).args(["-p", &port.to_string()]).current_dir(&folder);
        let listen = format!("listen_addresses=127.0.0.1,{host}");
        let mut settings = vec![&*listen, "unix_socket_directories=", "fsync=off", "max_connections=10"];
        let (cert, key) = (folder.join("server.pem"), folder.join("server.key"));
        let (cert, key) = (
            format!("ssl_cert_file={}", cert.display()),
            format!("ssl_key_file={}", key.display()),
        );
        if certificates.is_some() {
            settings.extend(["ssl=on", "log_connections=on", &*cert, &*key]);
        }
        for setting in settings {
            serve.args(["-c", setting]);
        }
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let server = serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let this = Self {
            port,
            host: host.into(),
            folder,
            server,
        };
        let end = Instant::now() + Duration::from_secs(60);
        while !this.psql("SELECT 1").status.success() {
            assert!(
                Instant::now() < end,
                "{}",
                std::fs::read_to_string(this.folder.join("log")).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(200));
        }
        let made = this.psql(sql);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        this
    }

    fn psql(&self, sql: &str) -> std::process::Output {
        Command::new(format!("{BIN}/psql"))
            .args([
                "-h",
                "127.0.0.1",
                "-U",
                "gis",
                "-d",
                "postgres",
                "-v",
                "ON_ERROR_STOP=1",
                "-q",
                "-p",
                &self.port.to_string(),
                "-c",
                sql,
            ])
            .env("PGPASSWORD", PASSWORD)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    pub fn url(&self) -> String {
        format!("postgresql://gis@{}:{}/postgres", self.host, self.port)
    }

    /// What the server wrote down.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Immediate shutdown: the data are thrown away.
        let _ = Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
