//! Where a database password comes from: PostgreSQL's own password file, else the environment. Never the project.
//!
//! The file is asked first because its lines name the host they are for.

use super::Endpoint;
use std::path::{Path, PathBuf};

fn file() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("PGPASSFILE").filter(|p| !p.is_empty()) {
        return Some(path.into());
    }
    Some(directories::BaseDirs::new()?.home_dir().join(".pgpass"))
}

/// The password for a database, if this user has one.
pub(super) fn password(endpoint: &Endpoint, user: &str) -> Option<String> {
    let from_file = file().and_then(|f| read(&f)).and_then(|text| lookup(&text, endpoint, user));
    from_file.or_else(|| std::env::var("PGPASSWORD").ok().filter(|p| !p.is_empty()))
}

/// As PostgreSQL's own programs do, a file that others can read is not used.
fn read(path: &Path) -> Option<String> {
    let meta = path.metadata().ok()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if meta.permissions().mode() & 0o077 != 0 {
            tracing::warn!(file = %path.display(), "password file is readable by others and is not used (chmod 0600)");
            return None;
        }
    }
    if !meta.is_file() || meta.len() > 1 << 20 {
        return None;
    }
    std::fs::read_to_string(path).ok()
}

/// `host:port:database:user:password`, `*` for any, `\` before `:` and `\`.
fn lookup(text: &str, endpoint: &Endpoint, user: &str) -> Option<String> {
    let port = endpoint.port.to_string();
    let wanted = [endpoint.host.as_str(), &port, endpoint.path.trim_start_matches('/'), user];
    text.lines().filter(|l| !l.starts_with('#')).find_map(|line| {
        let fields = fields(line);
        let [head @ .., password] = fields.as_slice() else { return None };
        let fits = head.len() == 4 && head.iter().zip(wanted).all(|(f, w)| f == "*" || f == w);
        fits.then(|| password.clone())
    })
}

fn fields(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == ':' && out.len() < 5 {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.extend(if c == '\\' { chars.next() } else { Some(c) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::{ServiceKind, source::tests::source};

    #[test]
    fn the_first_line_that_fits_counts() {
        let e = source(ServiceKind::Postgis, "postgresql://gis@db.stadt.de/plan", "a.b")
            .endpoint()
            .unwrap();
        let text = "# x\nother:5432:plan:gis:no\ndb.stadt.de:5433:*:*:no\n\ndb.stadt.de:*:plan:gis:p\\:w\\\\x\n*:*:*:*:late\n";
        assert_eq!(lookup(text, &e, "gis").unwrap(), "p:w\\x");
        assert_eq!(lookup(text, &e, "other").unwrap(), "late");
        assert_eq!(lookup("a:b:c", &e, "gis"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pgpass");
        std::fs::write(&path, "*:*:*:*:x\n").unwrap();
        for (mode, used) in [(0o600, true), (0o640, false), (0o604, false)] {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            assert_eq!(read(&path).is_some(), used, "{mode:o}");
        }
    }
}
