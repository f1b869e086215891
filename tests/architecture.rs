//! The house rules as a test: which room imports which, which room alone names a library, and what every file must have.
//!
//! Every file of `src/` is tokenised, so that comments and texts never count as code. The last tests feed bad samples to the
//! same checks: a rule that cannot fail protects nothing.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Rooms from the ground up. A room imports only from rooms of a lower rank, and from itself.
const RANKS: &[(&str, u32)] = &[
    ("model", 0),
    // Words that every room shares; they know the nouns and nothing else.
    ("progress", 1),
    ("random", 1),
    ("i18n", 1),
    ("geometry", 2),
    // Models computed from geometry alone.
    ("estimate", 3),
    ("readers", 3),
    ("layers", 4),
    ("index", 5),
    // Speaks with servers for the project and knows nothing of slots.
    ("services", 5),
    ("modules", 5),
    // Layers made of layers, by the expressions of a project.
    ("derive", 6),
    ("project", 7),
    ("import", 8),
    ("network", 7),
    ("rules", 8),
    ("indicators", 9),
    ("suitability", 9),
    // Building law for plots.
    ("zoning", 9),
    // Sun and shadow; heights of buildings as building law reads them.
    ("sun", 10),
    // Figures of a plan; floor areas as building law reads them.
    ("figures", 10),
    ("scenario", 10),
    // What a plan has to answer for by building law and sun.
    ("permit", 11),
    // Everything about one spot, for the window and the command line.
    ("why", 12),
    ("demo", 11),
    // New projects from a city's files.
    ("starter", 11),
    ("export", 11),
    ("session", 12),
    ("cli", 13),
    ("app", 14),
];

/// Libraries that only one place may name, and why.
const ONLY_USERS: &[(&str, &[&str], &str)] = &[
    ("gdal", &["src/readers/gdal"], "files are untrusted: one place locks GDAL down"),
    ("gdal_sys", &["src/readers/gdal"], "files are untrusted: one place locks GDAL down"),
    ("arrow_array", &["src/readers/"], "bulk reading is a matter of the readers"),
    (
        "zip",
        &["src/readers/"],
        "archives are untrusted: they are weighed before they are read",
    ),
    (
        "calamine",
        &["src/readers/table/"],
        "workbooks are untrusted: they are weighed before they are read",
    ),
    ("csv", &["src/readers/table/"], "tables are read in one place"),
    ("chardetng", &["src/readers/table/"], "tables are read in one place"),
    ("encoding_rs", &["src/readers/table/"], "tables are read in one place"),
    ("toml_edit", &["src/import/"], "project files are changed in one place"),
    (
        "quick_xml",
        &["src/readers/", "src/services/"],
        "documents are untrusted: whoever reads them refuses bombs",
    ),
    (
        "flate2",
        &["src/readers/"],
        "unpacking strangers' archives is a matter of the readers",
    ),
    ("proj", &["src/layers/crs"], "axis order and threads are settled once"),
    ("proj_sys", &["src/layers/crs"], "axis order and threads are settled once"),
    ("rstar", &["src/index/"], "row order hides the shape of the tree"),
    ("ureq", &["src/services/http.rs"], "nothing connects but what a person confirmed"),
    ("rustls", &["src/services/http.rs"], "one place decides whom to trust"),
    ("rustls_native_certs", &["src/services/http.rs"], "one place decides whom to trust"),
    (
        "postgres",
        &["src/services/postgis.rs"],
        "nothing connects but what a person confirmed",
    ),
    (
        "tokio_postgres_rustls",
        &["src/services/postgis.rs"],
        "nothing connects but what a person confirmed",
    ),
    (
        "solar_positioning",
        &["src/sun/position.rs"],
        "time scales and refraction are settled once",
    ),
    ("pathfinding", &["src/network/"], "whole millimetres and ties are settled once"),
    ("undo", &["src/scenario/plan.rs"], "one history for everything that a plan holds"),
    ("schemars", &["src/scenario/"], "the scenario's file is described where it is read"),
    ("rust_xlsxwriter", &["src/export/"], "a result format is one file"),
    ("bevy", &["src/app/"], "the core builds without a window"),
    ("bevy_egui", &["src/app/"], "the core builds without a window"),
    ("egui_extras", &["src/app/"], "the core builds without a window"),
    ("egui_phosphor", &["src/app/"], "the core builds without a window"),
    ("egui_plot", &["src/app/"], "the core builds without a window"),
    ("rfd", &["src/app/"], "the core builds without a window"),
    ("clap", &["src/cli/"], "the command line is one room"),
    ("clap_complete", &["src/cli/"], "the command line is one room"),
    ("indicatif", &["src/cli/"], "the command line is one room"),
    ("anyhow", &["src/cli/", "src/app/", "src/main.rs"], "rooms have typed errors"),
];

/// The rooms that touch files at all. Everything else works on what it is given.
const FILE_ROOMS: &[&str] = &[
    "readers", "services", "modules", "project", "import", "scenario", "demo", "starter", "export", "session", "cli", "app",
];

/// Parts of `app/` that every feature may import; features never import each other.
const APP_SHARED: &[&str] = &["schedule", "space", "bridge", "theme", "decor", "scene", "material", "rulebook"];

/// Parts of `app/` that put features together and therefore see them all.
const APP_COMPOSERS: &[&str] = &["mod", "start", "shell", "snapshot", "events", "bench"];

const LONGEST_FILE: usize = 600;

/// A path in code, such as `crate::model::Bbox`.
#[derive(Debug)]
struct PathUse {
    segments: Vec<String>,
    line: usize,
    /// Inline modules around it inside its file.
    inside: Vec<String>,
}

#[derive(Debug, Default)]
struct Scan {
    paths: Vec<PathUse>,
    /// Text literals outside docs and tests.
    texts: Vec<(String, usize)>,
    /// Modules declared here; their names hide libraries of the same name.
    modules: BTreeSet<String>,
}

impl Scan {
    fn of(source: &str) -> Result<Self, String> {
        let tokens: TokenStream = source.parse().map_err(|e| format!("does not tokenise: {e}"))?;
        let mut scan = Self::default();
        scan.walk(tokens, &[], false);
        Ok(scan)
    }

    fn walk(&mut self, tokens: TokenStream, inside: &[String], test: bool) {
        let t: Vec<TokenTree> = tokens.into_iter().collect();
        let mut test_item = false;
        let mut k = 0;
        while k < t.len() {
            match &t[k] {
                TokenTree::Punct(p) if p.as_char() == '#' => {
                    if let Some((at, attribute)) = attribute(&t, k) {
                        test_item |= attribute.replace(' ', "").starts_with("cfg(test");
                        if !attribute.starts_with("doc")
                            && let TokenTree::Group(g) = &t[at]
                        {
                            self.walk(g.stream(), inside, test);
                        }
                        k = at;
                    }
                }
                TokenTree::Punct(p) if p.as_char() == ';' => test_item = false,
                TokenTree::Ident(i) if i == "mod" => {
                    let named = match t.get(k + 1) {
                        Some(TokenTree::Ident(name)) => Some(name.to_string()),
                        _ => None,
                    };
                    if let Some(name) = named {
                        if let Some(TokenTree::Group(g)) = t.get(k + 2) {
                            let deeper: Vec<String> = inside.iter().cloned().chain([name.clone()]).collect();
                            self.walk(g.stream(), &deeper, test || test_item);
                            test_item = false;
                            k += 1;
                        }
                        self.modules.insert(name);
                        k += 1;
                    }
                }
                TokenTree::Ident(_) => {
                    let declares = k > 0 && matches!(&t[k - 1], TokenTree::Ident(i) if i == "use" || i == "crate");
                    k = self.path(&t, k, &[], inside, declares);
                    continue;
                }
                TokenTree::Group(g) => {
                    let body = g.delimiter() == Delimiter::Brace;
                    self.walk(g.stream(), inside, test || (test_item && body));
                    test_item &= !body;
                }
                TokenTree::Literal(l) => {
                    let text = l.to_string();
                    if !test && text.contains('"') {
                        self.texts.push((text, l.span().start().line));
                    }
                }
                TokenTree::Punct(_) => {}
            }
            k += 1;
        }
    }

    /// Reads the path that starts at `k` and returns where it ends. `always` records even a single name.
    fn path(&mut self, t: &[TokenTree], mut k: usize, prefix: &[String], inside: &[String], always: bool) -> usize {
        let line = t[k].span().start().line;
        let mut segments = prefix.to_vec();
        while let Some(TokenTree::Ident(name)) = t.get(k) {
            segments.push(name.to_string().trim_start_matches("r#").into());
            k += 1;
            if !double_colon(t, k) {
                break;
            }
            match t.get(k + 2) {
                Some(TokenTree::Ident(_)) => k += 2,
                Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Brace => {
                    let members: Vec<TokenTree> = g.stream().into_iter().collect();
                    let mut m = 0;
                    while m < members.len() {
                        m = match &members[m] {
                            TokenTree::Ident(_) => self.path(&members, m, &segments, inside, true),
                            _ => m + 1,
                        };
                    }
                    return k + 3;
                }
                _ => {
                    k += 2;
                    break;
                }
            }
        }
        if always || segments.len() > 1 {
            self.paths.push(PathUse {
                segments,
                line,
                inside: inside.to_vec(),
            });
        }
        k
    }
}

fn double_colon(t: &[TokenTree], k: usize) -> bool {
    let colon = |t: Option<&TokenTree>| matches!(t, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    colon(t.get(k)) && colon(t.get(k + 1))
}

/// The content of the attribute whose `#` stands at `k`, and where its brackets are.
fn attribute(t: &[TokenTree], k: usize) -> Option<(usize, String)> {
    for at in k + 1..=k + 2 {
        if let Some(TokenTree::Group(g)) = t.get(at) {
            return (g.delimiter() == Delimiter::Bracket).then(|| (at, g.stream().to_string()));
        }
    }
    None
}

/// The module path of a file: `src/layers/crs.rs` is `layers::crs`.
fn module_path(file: &str) -> Vec<String> {
    let inner = file.trim_start_matches("src/").trim_end_matches(".rs");
    let mut parts: Vec<String> = inner.split('/').map(String::from).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

/// The absolute module path behind `crate::`, `self::`, `super::` or the library's own name; `None` for other libraries.
fn resolve(file: &str, used: &PathUse) -> Option<Vec<String>> {
    let mut at: Vec<String> = module_path(file).into_iter().chain(used.inside.iter().cloned()).collect();
    let mut rest = used.segments.as_slice();
    match rest[0].as_str() {
        "crate" | "stadtschicht" => at.clear(),
        "self" => {}
        "super" => {
            at.pop()?;
        }
        _ => return None,
    }
    rest = &rest[1..];
    while let Some("super") = rest.first().map(String::as_str) {
        at.pop()?;
        rest = &rest[1..];
    }
    at.extend(rest.iter().cloned());
    Some(at)
}

fn rank(room: &str) -> Option<u32> {
    RANKS.iter().find(|(r, _)| *r == room).map(|(_, rank)| *rank)
}

/// Everything one file does against the rules, as `path:line: what`.
fn check_file(file: &str, source: &str, module_ids: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut say = |line: usize, what: String| wrong.push(format!("{file}:{line}: {what}"));
    if !source.starts_with("//!") {
        say(1, "starts without `//!`: say what comes in and what goes out".into());
    }
    let lines = source.lines().count();
    if lines > LONGEST_FILE {
        say(lines, format!("has {lines} lines, more than {LONGEST_FILE}: split it"));
    }
    let scan = match Scan::of(source) {
        Ok(scan) => scan,
        Err(e) => {
            say(1, e);
            return wrong;
        }
    };
    let own = module_path(file);
    // The two roots put the rooms together.
    let room = own.first().map(String::as_str);
    if let Some(room) = room
        && rank(room).is_none()
    {
        say(1, format!("the room `{room}` has no rank: add it to RANKS"));
    }
    for used in &scan.paths {
        if let Some(target) = resolve(file, used) {
            let (Some(room), Some(to)) = (room, target.first()) else { continue };
            match rank(to) {
                Some(r) if to != room && rank(room).is_some_and(|own| r >= own) => {
                    say(used.line, format!("`{room}` imports `{to}`, which stands above or beside it"));
                }
                _ => {}
            }
            if room == "app" && to == "app" && !APP_COMPOSERS.contains(&own.get(1).map_or("mod", String::as_str)) {
                let feature = own.get(1).map_or("mod", String::as_str);
                if let Some(other) = target.get(1).map(String::as_str) {
                    let is_part = other.chars().next().is_some_and(char::is_lowercase);
                    if is_part && other != feature && !APP_SHARED.contains(&other) {
                        say(
                            used.line,
                            format!("app feature `{feature}` imports app feature `{other}`: go through a shared room"),
                        );
                    }
                }
            }
        } else {
            let library = used.segments[0].as_str();
            if scan.modules.contains(library) {
                continue;
            }
            if let Some((_, allowed, why)) = ONLY_USERS.iter().find(|(l, _, _)| *l == library)
                && !allowed.iter().any(|a| file.starts_with(a))
            {
                say(used.line, format!("`{library}` is named outside {}: {why}", allowed.join(", ")));
            }
            let files = library == "std" && used.segments.get(1).is_some_and(|s| s == "fs");
            if files && room.is_some_and(|r| !FILE_ROOMS.contains(&r)) && !used.inside.iter().any(|m| m == "tests") {
                say(
                    used.line,
                    format!(
                        "`{}` touches files: rooms that may are {}",
                        room.unwrap_or_default(),
                        FILE_ROOMS.join(", ")
                    ),
                );
            }
        }
    }
    // The demo generator writes a project file, and a project file names modules and slots.
    if room != Some("demo") {
        for (text, line) in &scan.texts {
            for id in module_ids.iter().filter(|id| text.contains(id.as_str())) {
                say(*line, format!("names the module `{id}`: modules are data, ask for a role instead"));
            }
        }
    }
    wrong
}

/// Paths that a Markdown text names in backticks or links, if they start like a path of this repository.
fn named_paths(markdown: &str, top: &[String]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (n, line) in markdown.lines().enumerate() {
        for piece in line.split(['`', '(', ')', ' ', '<', '>', '"', '│', '├', '└']) {
            let piece = piece.trim_end_matches(['.', ',', ':', ';', '…']).trim_start_matches("./");
            let first = piece.split('/').next().unwrap_or_default();
            let plain = piece.starts_with(|c: char| c.is_ascii_alphanumeric());
            let bare = plain && !piece.contains('/') && (piece.ends_with(".md") || piece.ends_with(".toml") || piece.ends_with(".yml"));
            let known = piece.contains('/') && top.iter().any(|t| t == first);
            if (known || bare) && !piece.contains(['*', '{', '$', '[']) && piece != "project.toml" && piece != "module.toml" {
                found.push((piece.trim_end_matches('/').to_string(), n + 1));
            }
        }
    }
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            rust_files(&entry, out);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            out.push(entry);
        }
    }
}

fn module_ids() -> Vec<String> {
    let Ok(entries) = fs::read_dir(root().join("assets/modules")) else {
        return vec![];
    };
    let mut ids: Vec<String> = entries
        .map(|e| e.unwrap())
        .filter(|e| e.path().is_dir())
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    ids.sort();
    ids
}

#[test]
fn rooms_import_only_from_below() {
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    assert!(
        files.len() > 20,
        "found only {} files: the check looks in the wrong place",
        files.len()
    );
    let ids = module_ids();
    let mut wrong = Vec::new();
    for file in &files {
        let name = file.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        wrong.extend(check_file(&name, &fs::read_to_string(file).unwrap(), &ids));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn paths_named_in_the_documents_exist() {
    let top: Vec<String> = fs::read_dir(root())
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|n| n != "target" && n != "demo")
        .collect();
    let mut missing = Vec::new();
    for document in ["README.md", "CONTRIBUTING.md"] {
        let Ok(text) = fs::read_to_string(root().join(document)) else {
            continue;
        };
        for (path, line) in named_paths(&text, &top) {
            if !root().join(&path).exists() {
                missing.push(format!("{document}:{line}: `{path}` does not exist"));
            }
        }
    }
    assert!(missing.is_empty(), "\n{}\n", missing.join("\n"));
}

#[test]
fn every_bad_sample_is_caught_with_its_line() {
    let ids = ["green_network".to_string()];
    let bad: &[(&str, &str, &str)] = &[
        (
            "src/model/a.rs",
            "//! x\nuse crate::{progress::Control, model::Bbox};",
            "src/model/a.rs:2: `model` imports `progress`",
        ),
        (
            "src/geometry/a.rs",
            "//! x\nfn f() {\n    super::super::readers::inspect();\n}",
            "src/geometry/a.rs:3: `geometry` imports `readers`",
        ),
        (
            "src/geometry/mod.rs",
            "//! x\nmod t { use super::super::rules; }",
            "src/geometry/mod.rs:2: `geometry` imports `rules`",
        ),
        (
            "src/export/a.rs",
            "//! x\nuse crate::demo::generate;",
            "src/export/a.rs:2: `export` imports `demo`",
        ),
        (
            "src/rules/a.rs",
            "//! x\npub fn f(r: &rstar::RTree<u8>) {}",
            "src/rules/a.rs:2: `rstar` is named",
        ),
        (
            "src/layers/a.rs",
            "//! x\nuse gdal::{Dataset, vector::Layer};",
            "src/layers/a.rs:2: `gdal` is named",
        ),
        ("src/session/a.rs", "//! x\nuse bevy as b;", "src/session/a.rs:2: `bevy` is named"),
        (
            "src/rules/a.rs",
            "//! x\nfn f() { let _ = std::fs::read(\"x\"); }",
            "src/rules/a.rs:2: `rules` touches files",
        ),
        (
            "src/rules/a.rs",
            "//! x\nconst S: &str = \"green_network/trees\";",
            "src/rules/a.rs:2: names the module `green_network`",
        ),
        (
            "src/rules/a.rs",
            "//! x\n#[serde(default = \"green_network\")]\nstruct S;",
            "src/rules/a.rs:2: names the module",
        ),
        ("src/rules/a.rs", "use crate::model::Bbox;", "src/rules/a.rs:1: starts without"),
        ("src/attic/a.rs", "//! x", "src/attic/a.rs:1: the room `attic` has no rank"),
        (
            "src/app/sun/panel.rs",
            "//! x\nuse crate::app::picking::Picked;",
            "src/app/sun/panel.rs:2: app feature `sun` imports app feature `picking`",
        ),
        (
            "src/app/sun/mod.rs",
            "//! x\nuse super::picking;",
            "src/app/sun/mod.rs:2: app feature `sun` imports app feature `picking`",
        ),
    ];
    for (file, source, expected) in bad {
        let wrong = check_file(file, source, &ids);
        assert!(
            wrong.iter().any(|w| w.starts_with(expected)),
            "expected {expected:?}, got {wrong:?}"
        );
    }
    let long = format!("//! x\n{}", "\n".repeat(LONGEST_FILE));
    assert!(check_file("src/model/a.rs", &long, &ids)[0].contains("split it"));
    let top = ["src".to_string()];
    assert_eq!(
        named_paths("see `src/nowhere.rs` and (CHANGES.md).", &top),
        [("src/nowhere.rs".into(), 1), ("CHANGES.md".into(), 1)]
    );
}

#[test]
fn good_samples_pass() {
    let ids = ["green_network".to_string()];
    let good: &[(&str, &str)] = &[
        (
            "src/rules/a.rs",
            "//! see crate::app\nuse crate::{model::{Bbox, Severity}, project::City};\n/// As in `green_network/trees`; use gdal::Dataset.\nfn f() {}",
        ),
        (
            "src/rules/a.rs",
            "//! x\n#[cfg(test)]\nmod tests {\n use super::*;\n const S: &str = \"green_network/trees\";\n}",
        ),
        (
            "src/readers/gdal/open.rs",
            "//! x\nuse gdal::Dataset;\nuse super::super::ReadError;",
        ),
        (
            "src/readers/mod.rs",
            "//! x\npub mod gdal;\npub use self::gdal::write;\nfn f() { gdal::write::new() }",
        ),
        (
            "src/demo/a.rs",
            "//! x\nuse crate::readers::gdal::write;\nconst S: &str = \"green_network/trees\";",
        ),
        (
            "src/app/sun/panel.rs",
            "//! x\nuse crate::app::{space, theme::Theme};\nuse super::light;\nuse crate::session::Snapshot;",
        ),
        ("src/lib.rs", "//! x\npub mod app;"),
        ("src/main.rs", "//! x\nfn main() { stadtschicht::cli::main() }"),
    ];
    for (file, source) in good {
        assert_eq!(check_file(file, source, &ids), [""; 0], "{file}");
    }
}
