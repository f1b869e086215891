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

/// Every Fluent file of a language: name and keys.
fn language(code: &str) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/i18n").join(code);
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, messages(&fs::read_to_string(path).unwrap()))
        })
        .collect()
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
    let (de, en) = (language("de"), language("en"));
    assert!(de.keys().eq(en.keys()), "{:?} and {:?}", de.keys(), en.keys());
    let mut all = BTreeSet::new();
    for (file, texts) in &de {
        same(texts, &en[file]);
        for key in texts.keys() {
            assert!(all.insert(key), "{file}: `{key}` stands in another file too");
        }
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
    let files = language("de");
    let known: BTreeSet<&String> = files.values().flat_map(BTreeMap::keys).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = vec![];
    sources(&root, &mut paths);
    let mut literals = String::new();
    let mut found = 0;
    let mut missing = vec![];
    for path in paths.iter().filter(|p| !p.ends_with("i18n/mod.rs")) {
        let source = fs::read_to_string(path).unwrap();
        let mut keys = asked(&source);
        if path.starts_with(root.join("cli")) {
            // The command line says `context.text("table")` for `cli-table`.
            let calls = [".text(\"", ".text_with(\""]
                .into_iter()
                .flat_map(|call| source.split(call).skip(1));
            keys.extend(calls.filter_map(|rest| rest.split('"').next()).map(|key| format!("cli-{key}")));
        }
        // A list of keys is looked up in a loop: such keys begin with the name of their file.
        for file in files.keys() {
            let start = format!("\"{file}-");
            let named = source.split(&start).skip(1).filter_map(|rest| rest.split('"').next());
            let is_key = |t: &&str| !t.ends_with('-') && t.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            keys.extend(named.filter(is_key).map(|key| format!("{file}-{key}")));
        }
        // Keys that are put together at run time are looked up by the tests of those who do it.
        for key in keys.into_iter().filter(|k| !k.contains('{')) {
            found += 1;
            if !known.contains(&key) {
                missing.push(format!("{}: `{key}`", path.display()));
            }
        }
        literals.push_str(&source);
    }
    assert!(missing.is_empty(), "in no Fluent file:\n{}", missing.join("\n"));
    assert!(found > 100, "found only {found} keys: the search looks in the wrong place");
    // The command line and the exports put keys together; their own tests walk through them.
    let own = files.iter().filter(|(name, _)| !matches!(name.as_str(), "cli" | "export"));
    let left: Vec<_> = own
        .flat_map(|(_, texts)| texts.keys())
        // Names of commands, arguments and columns are put together too; the command line's own test walks through its help.
        .filter(|k| !["cli-about-", "cli-arg-", "cli-column-"].iter().any(|start| k.starts_with(start)))
        // The command line asks for `cli-` keys without that beginning, wherever they stand.
        .filter(|k| !literals.contains(&format!("\"{}\"", k.strip_prefix("cli-").unwrap_or(k))))
        .collect();
    assert!(left.is_empty(), "nobody asks for {left:?}");
}

#[test]
fn the_search_sees_a_bad_sample() {
    assert_eq!(asked("let a = tr(language, \"nope\");"), ["nope"]);
    assert_eq!(asked("tr_with(l, \"n\", &[(\"x\", 1.into())])"), ["n"]);
    assert_eq!(asked("str(a, \"no\")"), [""; 0]);
    assert_eq!(messages("a = { $x }\nb =\n    c { $y }\n")["b"], BTreeSet::from(["y".to_string()]));
}
