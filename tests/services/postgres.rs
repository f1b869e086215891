//! A PostgreSQL cluster of the test's own: a folder of its own, a random port on loopback, ended when it is dropped.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const BIN: &str = "/usr/lib/postgresql/15/bin";
pub const PASSWORD: &str = "only-for-this-test";

pub struct Postgres {
    pub port: u16,
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
        // The service user must be able to walk there, which a private temporary folder does not allow.
        let folder = std::env::temp_dir().join(format!("stadtschicht-postgres-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let secret = folder.join("secret");
        std::fs::write(&secret, PASSWORD).unwrap();
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
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut serve = as_service(&format!("{BIN}/postgres"));
        serve.arg("-D").arg(&data).args(["-p", &port.to_string()]).current_dir(&folder);
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "max_connections=10",
        ] {
            serve.args(["-c", setting]);
        }
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let server = serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let this = Self { port, folder, server };
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
        format!("postgresql://gis@127.0.0.1:{}/postgres", self.port)
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
