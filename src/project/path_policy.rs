//! Which file names a project may hold: project files travel between municipalities, so their source strings are not trusted.
//! Allowed is a relative path of plain names that ends at a regular file inside the project folder.

use crate::model::LocalText;
use std::path::{Path, PathBuf};

/// A source string that may not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {shown}", .why.en)]
pub struct PathRefused {
    /// The string, shortened and without control characters.
    pub shown: String,
    /// Reason.
    pub why: LocalText,
}

/// Names that Windows takes for devices, whatever their extension.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or("").trim_end().to_ascii_lowercase();
    DEVICES.contains(&stem.as_str())
        || (stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")) && stem.ends_with(|c: char| c.is_ascii_digit()))
}

fn is_invisible(c: char) -> bool {
    // Control and bidirectional characters make a name look like another one.
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn name_fault(source: &str) -> Option<(&'static str, &'static str)> {
    if source.trim().is_empty() {
        return Some(("der Dateiname ist leer", "the file name is empty"));
    }
    if source.len() > 1024 {
        return Some((
            "der Dateiname ist länger als 1024 Zeichen",
            "the file name is longer than 1024 characters",
        ));
    }
    if source.chars().any(is_invisible) {
        return Some(("der Dateiname enthält Steuerzeichen", "the file name holds control characters"));
    }
    if source.starts_with(['/', '~', '$', '%']) || source.contains('\\') {
        return Some((
            "der Pfad muss relativ zum Projektordner sein und „/“ als Trennzeichen haben",
            "the path must be relative to the project folder, with / between its parts",
        ));
    }
    if source.contains(':') {
        return Some(("Dienste und Datenbanken sind keine Dateien", "services and databases are not files"));
    }
    if source.contains(['<', '>', '{', '}', '|', '*', '?', '"', '`', '$', ';']) {
        return Some((
            "der Dateiname enthält ein nicht erlaubtes Zeichen",
            "the file name holds a character that is not allowed",
        ));
    }
    for part in source.split('/') {
        if part.is_empty() || part == "." || part == ".." {
            return Some((
                "der Pfad darf kein „.“, „..“ und keine leeren Teile enthalten",
                "the path may hold no ., no .. and no empty parts",
            ));
        }
        if part.starts_with('-') || part.starts_with(' ') || part.ends_with([' ', '.']) {
            return Some((
                "ein Teil des Pfads beginnt oder endet mit einem nicht erlaubten Zeichen",
                "a part of the path begins or ends with a character that is not allowed",
            ));
        }
        if is_device(part) {
            return Some(("der Name bezeichnet ein Gerät", "the name stands for a device"));
        }
    }
    None
}

fn refusal(source: &str, de: &str, en: &str) -> PathRefused {
    PathRefused {
        shown: source.chars().filter(|c| !is_invisible(*c)).take(120).collect(),
        why: LocalText::new(de, en),
    }
}

/// Most files one pattern may stand for.
const MOST_FILES: usize = 20_000;

/// The relative names of the regular files that a pattern with `*` in its last part stands for, sorted. A name without `*` stands for itself,
/// whether the file exists or not. Hidden files are left out; each name has still to pass [`inside`].
///
/// # Errors
/// A pattern that breaks the rules for names, has `*` in a folder's name, or stands for no file or for too many.
pub fn matching(folder: &Path, pattern: &str) -> Result<Vec<String>, PathRefused> {
    if !pattern.contains('*') {
        return Ok(vec![pattern.into()]);
    }
    let refuse = |de: &str, en: &str| refusal(pattern, de, en);
    if let Some((de, en)) = name_fault(&pattern.replace('*', "x")) {
        return Err(refuse(de, en));
    }
    let (below, last) = pattern.rsplit_once('/').unwrap_or(("", pattern));
    if below.contains('*') {
        return Err(refuse(
            "„*“ darf nur im letzten Teil des Pfads stehen",
            "* may stand only in the last part of the path",
        ));
    }
    let missing = || refuse("der Ordner fehlt im Projektordner", "the folder is missing in the project folder");
    let root = folder.canonicalize().map_err(|_| missing())?;
    let place = root.join(below).canonicalize().map_err(|_| missing())?;
    if !place.starts_with(&root) {
        return Err(refuse(
            "der Ordner liegt (über eine Verknüpfung) außerhalb des Projektordners",
            "the folder lies outside the project folder (through a link)",
        ));
    }
    let mut names: Vec<String> = std::fs::read_dir(place)
        .map_err(|_| missing())?
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.') && fits(last.as_bytes(), name.as_bytes()))
        .map(|name| if below.is_empty() { name } else { format!("{below}/{name}") })
        .filter(|name| root.join(name).is_file())
        .collect();
    names.sort();
    match names.len() {
        0 => Err(refuse("keine Datei passt zu dem Muster", "no file fits the pattern")),
        n if n > MOST_FILES => Err(refuse(
            "das Muster passt zu mehr als 20000 Dateien",
            "the pattern fits more than 20000 files",
        )),
        _ => Ok(names),
    }
}

/// Whether a name fits a pattern in which `*` stands for any bytes.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    // Where to go on when the text behind the last star turns out not to fit.
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        if pattern.get(p) == Some(&b'*') {
            retry = Some((p + 1, n));
            p += 1;
        } else if pattern.get(p) == Some(&name[n]) {
            (p, n) = (p + 1, n + 1);
        } else if let Some((after, from)) = retry {
            retry = Some((after, from + 1));
            (p, n) = (after, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

/// The canonical path of `source` inside `folder`.
///
/// # Errors
/// Anything but a plain relative path to a regular file that lies, links resolved, inside the folder.
pub fn inside(folder: &Path, source: &str) -> Result<PathBuf, PathRefused> {
    let refuse = |de: &str, en: &str| refusal(source, de, en);
    if let Some((de, en)) = name_fault(source) {
        return Err(refuse(de, en));
    }
    let missing = || refuse("die Datei fehlt im Projektordner", "the file is missing in the project folder");
    let root = folder.canonicalize().map_err(|_| missing())?;
    let path = root.join(source).canonicalize().map_err(|_| missing())?;
    if !path.starts_with(&root) {
        return Err(refuse(
            "die Datei liegt (über eine Verknüpfung) außerhalb des Projektordners",
            "the file lies outside the project folder (through a link)",
        ));
    }
    if !path.is_file() {
        return Err(refuse("das ist keine gewöhnliche Datei", "this is not a regular file"));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_inside_the_folder_are_found() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("data")).unwrap();
        std::fs::write(dir.path().join("data/Straßen 2024.gpkg"), b"x").unwrap();
        assert!(inside(dir.path(), "data/Straßen 2024.gpkg").unwrap().is_file());
        assert!(inside(dir.path(), "data/other.gpkg").unwrap_err().why.en.contains("missing"));
        assert!(inside(dir.path(), "data").unwrap_err().why.en.contains("regular"));
    }

    #[test]
    fn hostile_strings_are_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.gpkg"), b"x").unwrap();
        for source in [
            "../../etc/passwd",
            "/etc/passwd",
            "/dev/zero",
            "\\\\evil\\share\\x.gpkg",
            "//evil/share",
            "file:///etc/passwd",
            "C:\\x",
            "CON",
            "aux.gpkg",
            "COM1",
            "~/.ssh/id",
            "$HOME/x",
            "%USERPROFILE%\\x",
            "/vsicurl/http://127.0.0.1:9/x",
            "http://127.0.0.1:9/x",
            "PG:host=x",
            "WFS:http://x",
            "<VRTDataset/>",
            "{\"type\":\"FeatureCollection\"}",
            "vrt://a.gpkg",
            "a\u{0}b.gpkg",
            "a\nb.gpkg",
            "\u{202e}gkpg.a",
            "./a.gpkg",
            "a//b",
            "..",
            ".",
            "",
            "   ",
            "-oo",
            "*",
            "a|b",
            "`id`",
            "x/../a.gpkg",
            "nul ",
        ] {
            let e = inside(dir.path(), source).expect_err(source);
            assert!(!e.shown.chars().any(char::is_control), "{source:?}");
        }
        assert!(inside(dir.path(), &"x".repeat(5000)).is_err());
    }

    #[test]
    fn a_star_stands_for_files_of_one_folder_in_order() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("data/sub.gml")).unwrap();
        for name in ["b_1.gml", "a_2.gml", "a_1.gml", ".a_3.gml", "a_1.gfs"] {
            std::fs::write(dir.path().join("data").join(name), b"x").unwrap();
        }
        let found = |pattern: &str| matching(dir.path(), pattern).map_err(|e| e.why.en);
        assert_eq!(found("data/*.gml").unwrap(), ["data/a_1.gml", "data/a_2.gml", "data/b_1.gml"]);
        assert_eq!(found("data/a*1*").unwrap(), ["data/a_1.gfs", "data/a_1.gml"]);
        assert_eq!(
            found("data/none.gml").unwrap(),
            ["data/none.gml"],
            "plain names are judged when they are opened"
        );
        for (pattern, word) in [
            ("data/*.tif", "no file"),
            ("*/a_1.gml", "last part"),
            ("../*", ".."),
            ("/etc/*", "relative"),
            ("nowhere/*", "missing"),
            ("data/*?.gml", "character"),
        ] {
            let e = found(pattern).expect_err(pattern);
            assert!(e.contains(word), "{pattern}: {e}");
        }
        assert!(fits(b"*ab*ab", b"xabab") && !fits(b"*ab*ab", b"xab") && fits(b"*", b"") && !fits(b"a", b"ab"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_refused() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(other.path().join("secret"), b"x").unwrap();
        std::os::unix::fs::symlink(other.path().join("secret"), dir.path().join("a.gpkg")).unwrap();
        assert!(inside(dir.path(), "a.gpkg").unwrap_err().why.en.contains("outside"));
    }
}
