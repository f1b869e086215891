//! What a group gives a use, written into `[[group]]` of `project.toml` with every comment and line of the file kept.

use super::{ImportError, take_in::list, take_in::rewrite, words::parts};
use crate::{
    model::LocalText,
    project::{ProjectFile, WeightGroup},
};
use std::{collections::BTreeMap, path::Path};
use toml_edit::{InlineTable, Item, Table, TableLike, value};

/// Writes what a group gives the use `usage`, by criterion, in place of what it said about this use before, be it numbers or judgements of
/// pairs; a group that is not there yet is added. Returns the group's id. Other uses, other groups and every comment stay.
///
/// `id` is the group's own where it has one; `None` makes one of its title.
///
/// # Errors
/// When a number is none, or the project file cannot be read or written. The file is then as before.
pub fn keep_group(
    folder: &Path,
    id: Option<&str>,
    title: &LocalText,
    usage: &str,
    weights: &BTreeMap<String, f64>,
) -> Result<String, ImportError> {
    let change = |document: &mut toml_edit::DocumentMut| {
        let groups = list(document, folder, "group")?;
        let id = id.map_or_else(|| free_id(title, groups.iter().filter_map(id_of)), str::to_owned);
        let there = groups.iter().position(|t| id_of(t) == Some(&id));
        let at = there.unwrap_or(groups.len());
        if there.is_none() {
            groups.push(begun(&id));
        }
        if let Some(table) = groups.get_mut(at) {
            name(table, title);
            forget(table, "pairs", usage);
            weigh(table, usage, weights);
        }
        Ok(id)
    };
    rewrite(folder, change, |before, after, id| {
        let told = |g: &WeightGroup| g.weights.get(usage) == Some(weights) && !g.pairs.contains_key(usage) && g.title == *title;
        after.groups.iter().any(|g| g.id == *id && told(g)) && others_stay(before, after, id, usage)
    })
}

/// Takes out what a group says about a use; a group that then says nothing at all goes with it. True when there was something.
///
/// # Errors
/// When the project file cannot be read or written. The file is then as before.
pub fn forget_group(folder: &Path, id: &str, usage: &str) -> Result<bool, ImportError> {
    let change = |document: &mut toml_edit::DocumentMut| {
        let groups = list(document, folder, "group")?;
        let mut found = false;
        for table in groups.iter_mut().filter(|t| id_of(t) == Some(id)) {
            found |= forget(table, "weights", usage);
            found |= forget(table, "pairs", usage);
        }
        groups.retain(|t| id_of(t) != Some(id) || t.contains_key("weights") || t.contains_key("pairs"));
        if groups.is_empty() {
            document.remove("group");
        }
        Ok(found)
    };
    rewrite(folder, change, |before, after, _| {
        let told = |g: &WeightGroup| g.id == id && (g.weights.contains_key(usage) || g.pairs.contains_key(usage));
        !after.groups.iter().any(told) && others_stay(before, after, id, usage)
    })
}

/// What nobody asked to change reads as before.
fn others_stay(before: &ProjectFile, after: &ProjectFile, id: &str, usage: &str) -> bool {
    before.groups.iter().all(|b| {
        let now = after.groups.iter().find(|a| a.id == b.id);
        if b.id != id {
            return now == Some(b);
        }
        let rest = |g: &WeightGroup| {
            let mut g = g.clone();
            g.title = LocalText::new("", "");
            g.weights.remove(usage);
            g.pairs.remove(usage);
            g
        };
        now.map_or_else(|| rest(b).weights.is_empty() && rest(b).pairs.is_empty(), |a| rest(a) == rest(b))
    })
}

fn id_of(table: &Table) -> Option<&str> {
    table.get("id").and_then(Item::as_str)
}

fn begun(id: &str) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table["id"] = value(id);
    table
}

/// "Bürgerinitiative Süd" becomes "buergerinitiative_sued"; what is taken gets a number.
fn free_id<'a>(title: &LocalText, taken: impl Iterator<Item = &'a str>) -> String {
    let taken: Vec<&str> = taken.collect();
    let plain = |text: &str| -> String {
        let kept = parts(text)
            .join("_")
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect::<String>();
        kept.trim_matches('_').to_owned()
    };
    let stem = [&title.de, &title.en].into_iter().map(|t| plain(t)).find(|t| !t.is_empty());
    let stem = stem.unwrap_or_else(|| "group".into());
    let free = |id: &String| !taken.contains(&id.as_str());
    let numbered = (2..).map(|n| format!("{stem}_{n}"));
    std::iter::once(stem.clone()).chain(numbered).find(free).unwrap_or(stem)
}

/// The title, where it is another than it was.
fn name(table: &mut Table, title: &LocalText) {
    let text = |key: &str| table.get("title").and_then(Item::as_table_like)?.get(key)?.as_str();
    if text("de") != Some(&title.de) || text("en") != Some(&title.en) {
        table["title"] = value(InlineTable::from_iter([("de", title.de.as_str()), ("en", title.en.as_str())]));
    }
}

/// Takes `section.usage` out, and the section with its last use.
fn forget(table: &mut Table, section: &str, usage: &str) -> bool {
    let Some(inner) = table.get_mut(section).and_then(Item::as_table_like_mut) else {
        return false;
    };
    let found = inner.remove(usage).is_some();
    if inner.is_empty() {
        table.remove(section);
    }
    found
}

/// Sets the numbers of a use. A number that is as it was keeps its spelling and its comment.
fn weigh(table: &mut Table, usage: &str, weights: &BTreeMap<String, f64>) {
    let section = table.entry("weights").or_insert_with(|| {
        let mut section = Table::new();
        // Printed as `weights.housing = { … }` below the group's name.
        section.set_dotted(true);
        Item::Table(section)
    });
    let Some(section) = section.as_table_like_mut() else { return };
    let of = section.entry(usage).or_insert_with(|| value(InlineTable::new()));
    let Some(of) = of.as_table_like_mut() else { return };
    let gone: Vec<String> = of.iter().map(|(k, _)| k.to_owned()).filter(|k| !weights.contains_key(k)).collect();
    for key in gone {
        of.remove(&key);
    }
    for (criterion, weight) in weights {
        if number(of, criterion) != Some(*weight) {
            set(of, criterion, *weight);
        }
    }
}

fn number(table: &dyn TableLike, key: &str) -> Option<f64> {
    let item = table.get(key)?;
    item.as_float().or_else(|| item.as_integer().map(|n| n as f64))
}

/// Puts a number in, whole ones without a point as people write them, beside the comment that stood there.
fn set(table: &mut dyn TableLike, key: &str, weight: f64) {
    let whole = weight.fract() == 0.0 && weight.abs() < 1e9;
    let mut new = if whole {
        toml_edit::Value::from(weight as i64)
    } else {
        weight.into()
    };
    if let Some(old) = table.get(key).and_then(Item::as_value) {
        *new.decor_mut() = old.decor().clone();
    }
    match table.get_mut(key) {
        Some(item) => *item = Item::Value(new),
        None => {
            table.insert(key, Item::Value(new));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const PROJECT: &str = r#"# Eine Stadt
schema = 1
title = { de = "A", en = "A" }   # heißt so
crs = "EPSG:25833"
site = [387400.0, 5821000.0]
modules = ["land_potential"]

# Beschluss vom 3. Mai
[[group]]
id = "nature"   # der Beirat
title = { de = "Naturschutzbeirat", en = "Nature board" }
weights.housing = { landscape = 8, heat = 4 }

[[group]]
id = "residents"
title = { de = "Anwohner", en = "Residents" }
pairs.housing = ["noise_day:heat=3"]
[group.weights.commerce]
noise_day = 2.50 # nach der Versammlung
heat = 1

[[view]]
name = "x"
target = [1.0, 2.0]
distance_m = 100.0
heading_deg = 0.0
pitch_deg = 45.0
"#;

    fn project() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("project.toml"), PROJECT).unwrap();
        dir
    }

    fn read(dir: &tempfile::TempDir) -> (String, Vec<WeightGroup>) {
        let text = fs::read_to_string(dir.path().join("project.toml")).unwrap();
        let groups = ProjectFile::parse(&text, Path::new("p")).unwrap().groups;
        (text, groups)
    }

    fn weights(list: &[(&str, f64)]) -> BTreeMap<String, f64> {
        list.iter().map(|(k, w)| ((*k).to_owned(), *w)).collect()
    }

    /// Lines of the project that are no longer there word for word.
    fn lost(text: &str) -> Vec<&'static str> {
        PROJECT.lines().filter(|l| !text.lines().any(|t| t == *l)).collect()
    }

    #[test]
    fn numbers_change_where_they_stand_and_every_other_line_stays() {
        let dir = project();
        let title = LocalText::new("Anwohner", "Residents");
        let wanted = weights(&[("noise_day", 2.5), ("heat", 3.0), ("stop", 0.5)]);
        let id = keep_group(dir.path(), Some("residents"), &title, "commerce", &wanted).unwrap();
        let (text, groups) = read(&dir);
        assert_eq!((id.as_str(), groups.len()), ("residents", 2));
        assert_eq!(groups[1].weights["commerce"], wanted);
        assert_eq!(groups[1].pairs["housing"], ["noise_day:heat=3"]);
        assert_eq!(lost(&text), ["heat = 1"], "{text}");
        assert!(
            text.contains("noise_day = 2.50 # nach der Versammlung") && text.contains("heat = 3\n"),
            "{text}"
        );
    }

    #[test]
    fn numbers_take_the_place_of_judgements_and_of_criteria_no_longer_named() {
        let dir = project();
        let title = LocalText::new("Anwohnerrat", "Residents");
        keep_group(dir.path(), Some("residents"), &title, "housing", &weights(&[("heat", 2.0)])).unwrap();
        keep_group(
            dir.path(),
            Some("nature"),
            &LocalText::new("Naturschutzbeirat", "Nature board"),
            "housing",
            &weights(&[("heat", 4.0)]),
        )
        .unwrap();
        let (text, groups) = read(&dir);
        assert!(groups[1].pairs.is_empty() && groups[1].title.de == "Anwohnerrat");
        assert_eq!(groups[1].weights.len(), 2);
        assert_eq!(groups[0].weights["housing"], weights(&[("heat", 4.0)]));
        assert!(
            text.contains("id = \"nature\"   # der Beirat") && text.contains("# Beschluss vom 3. Mai"),
            "{text}"
        );
    }

    #[test]
    fn a_new_group_gets_an_id_of_its_title_and_can_go_again() {
        let dir = project();
        let title = LocalText::new("Bürgerinitiative „Süd“", "South initiative");
        for expected in ["buergerinitiative_sued", "buergerinitiative_sued_2"] {
            let id = keep_group(dir.path(), None, &title, "green", &weights(&[("heat", 1.0)])).unwrap();
            assert_eq!(id, expected);
        }
        let (text, groups) = read(&dir);
        assert_eq!((groups.len(), lost(&text)), (4, vec![]));
        assert!(text.contains("weights.green = { heat = 1 }"), "{text}");
        assert!(forget_group(dir.path(), "buergerinitiative_sued", "green").unwrap());
        assert!(!forget_group(dir.path(), "nature", "green").unwrap(), "it said nothing about green");
        assert!(forget_group(dir.path(), "residents", "housing").unwrap());
        let (text, groups) = read(&dir);
        let ids: Vec<&str> = groups.iter().map(|g| g.id.as_str()).collect();
        assert_eq!(ids, ["nature", "residents", "buergerinitiative_sued_2"], "{text}");
        assert!(groups[1].pairs.is_empty() && groups[1].weights.len() == 1);
    }

    #[test]
    fn what_is_no_number_is_refused_and_the_file_stays() {
        let dir = project();
        let title = LocalText::new("A", "A");
        let error = keep_group(dir.path(), None, &title, "housing", &weights(&[("heat", f64::NAN)])).unwrap_err();
        assert!(matches!(error, ImportError::Refused { .. }), "{error}");
        assert_eq!(read(&dir).0, PROJECT);
    }

    #[test]
    fn a_file_without_groups_gets_the_first_and_loses_the_last() {
        let dir = tempfile::tempdir().unwrap();
        let head = PROJECT.split("# Beschluss").next().unwrap();
        fs::write(dir.path().join("project.toml"), head).unwrap();
        let id = keep_group(dir.path(), None, &LocalText::new("§", "?"), "green", &weights(&[("heat", 1.25)])).unwrap();
        assert_eq!(id, "group");
        assert_eq!(read(&dir).1.len(), 1);
        assert!(forget_group(dir.path(), &id, "green").unwrap());
        assert_eq!(read(&dir).0.trim_end(), head.trim_end());
    }
}
