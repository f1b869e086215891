//! Interface texts: both languages have the same keys with the same placeholders, every key that the program asks for exists, and none is left over.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Keys of a Fluent file with the placeholders of their texts.
fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut out = BTreeMap::<String, BTreeSet<String>>::new();
    let mut current = String::new();
    for line in text.lines() {
        let starts = line.starts_with(|c: char| c.is_ascii_lowercase());
        if let Some((key, _)) = line.split_once(" =").filter(|_| starts) {
            assert!(out.insert(key.into(), BTreeSet::new()).is_none(), "key `{key}` stands there twice");
            current = key.into();
        }
        for piece in line.split('$').skip(1) {
            let name: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            out.get_mut(&current).unwrap().insert(name);
        }
    }
    out
}

fn language(code: &str, file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/i18n/{code}/{file}.ftl"));
    messages(&fs::read_to_string(path).unwrap())
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// The literal keys that a source asks for: `tr(…, "key"` and `tr_with(…, "key"`.
fn asked(source: &str) -> Vec<String> {
    let mut keys = vec![];
    for call in ["tr(", "tr_with("] {
        for (at, _) in source.match_indices(call) {
            let before = source[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &source[at + call.len()..];
            let Some((head, tail)) = rest.split_once('"') else { continue };
            // The key is the second argument: one comma and no end of call before it.
            if head.matches(',').count() == 1 && !head.contains([')', ';', '{']) {
                keys.push(tail.split('"').next().unwrap().to_string());
            }
        }
    }
    keys
}

#[test]
fn both_languages_say_the_same_things() {
    for file in ["main", "cli", "export"] {
        same(&language("de", file), &language("en", file));
    }
}

fn same(de: &BTreeMap<String, BTreeSet<String>>, en: &BTreeMap<String, BTreeSet<String>>) {
    for (key, values) in de {
        let other = en.get(key).unwrap_or_else(|| panic!("`{key}` is missing in English"));
        assert_eq!(values, other, "`{key}` has other placeholders in English");
    }
    let missing: Vec<_> = en.keys().filter(|k| !de.contains_key(*k)).collect();
    assert!(missing.is_empty(), "missing in German: {missing:?}");
}

#[test]
fn every_key_that_is_asked_for_exists_and_none_is_left_over() {
    let own = language("de", "main");
    let mut known = own.clone();
    known.extend(language("de", "cli"));
    known.extend(language("de", "export"));
    let mut files = vec![];
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut literals = String::new();
    let mut found = 0;
    for file in &files {
        let source = fs::read_to_string(file).unwrap();
        if file.ends_with("i18n/mod.rs") {
            continue;
        }
        // Keys put together at run time are the command line's, whose own test walks the whole tree of commands.
        for key in asked(&source).into_iter().filter(|k| !k.contains('{')) {
            found += 1;
            assert!(known.contains_key(&key), "{}: `{key}` is in no Fluent file", file.display());
        }
        literals.push_str(&source);
    }
    assert!(found > 100, "found only {found} keys: the search looks in the wrong place");
    let left: Vec<_> = own.keys().filter(|k| !literals.contains(&format!("\"{k}\""))).collect();
    assert!(left.is_empty(), "nobody asks for {left:?}");
}

#[test]
fn the_search_sees_a_bad_sample() {
    assert_eq!(asked("let a = tr(language, \"nope\");"), ["nope"]);
    assert_eq!(asked("tr_with(l, \"n\", &[(\"x\", 1.into())])"), ["n"]);
    assert_eq!(asked("str(a, \"no\")"), [""; 0]);
    assert_eq!(messages("a = { $x }\nb =\n    c { $y }\n")["b"], BTreeSet::from(["y".to_string()]));
}
