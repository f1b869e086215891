//! Keeps a layer expression in `project.toml`, with every comment and line of the file left as it is.

use super::{ImportError, take_in::replace};
use crate::{
    derive::{Expression, Operation},
    project::{ProjectError, ProjectFile},
};
use std::{fs, path::Path};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

/// Adds the expression to the project of `folder`; one of the same id gives way.
///
/// # Errors
/// When the expression makes no sense, or the project file cannot be read or written. The file is then as before.
pub fn keep_expression(folder: &Path, expression: &Expression) -> Result<(), ImportError> {
    let project = folder.join("project.toml");
    let refused = |message: &str| ImportError::Refused {
        path: project.clone(),
        message: message.into(),
    };
    let wrong = |source| ImportError::Project { source: Box::new(source) };
    expression.check().map_err(|e| refused(&e.text().en))?;
    let text = fs::read_to_string(&project).map_err(|source| {
        wrong(ProjectError::Unreadable {
            path: project.clone(),
            source,
        })
    })?;
    // Also refuses a newer schema before anything is changed.
    ProjectFile::parse(&text, &project).map_err(wrong)?;
    let mut document: DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| refused(e.message()))?;
    let list = document
        .entry("derive")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or_else(|| refused("derive"))?;
    list.retain(|t| t.get("id").and_then(Item::as_str) != Some(&expression.id));
    list.push(entry(expression));
    let after = document.to_string();
    let read = ProjectFile::parse(&after, &project).map_err(wrong)?;
    if read.derived.last() != Some(expression) {
        return Err(refused("read back differently"));
    }
    replace(&project, &after)
}

/// The `[[derive]]` table, its keys in the order in which the README has them.
fn entry(e: &Expression) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table["id"] = value(&e.id);
    table["title"] = value(InlineTable::from_iter([("de", e.title.de.as_str()), ("en", e.title.en.as_str())]));
    table["operation"] = value(match e.operation {
        Operation::Intersection => "intersection",
        Operation::Difference => "difference",
        Operation::Union => "union",
        Operation::Buffer => "buffer",
        Operation::Filter => "filter",
    });
    let input = |i: &crate::derive::Input| -> Value {
        match &i.filter {
            None => i.slot.0.as_ref().into(),
            Some(filter) => InlineTable::from_iter([("slot", i.slot.0.as_ref()), ("filter", filter.as_str())]).into(),
        }
    };
    table["of"] = value(e.of.iter().map(input).collect::<Array>());
    if let Some(d) = e.distance_m {
        table["distance_m"] = value(d);
    }
    if let Some(merge) = e.merge {
        table["merge"] = value(merge);
    }
    if let Some(color) = &e.color {
        table["color"] = value(color);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{derive::Input, model::LocalText};

    const PROJECT: &str = "# Eine Stadt\nschema = 1\ntitle = { de = \"A\", en = \"A\" }   # heißt so\ncrs = \"EPSG:25833\"\nsite = [387400.0, 5821000.0]\nmodules = [\"land_potential\"]\n";

    #[test]
    fn an_expression_is_kept_beside_every_line_and_replaces_its_namesake() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("project.toml");
        fs::write(&path, PROJECT).unwrap();
        let mut e = Expression {
            id: "near_water".into(),
            title: LocalText::new("Am „Wasser“", "By \"water\""),
            operation: Operation::Buffer,
            of: vec![Input {
                slot: "land_potential/water".into(),
                filter: Some("name = 'Selbe \"alt\"'".into()),
            }],
            distance_m: Some(50.0),
            merge: Some(true),
            color: None,
        };
        keep_expression(dir.path(), &e).unwrap();
        e.distance_m = Some(75.5);
        keep_expression(dir.path(), &e).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        for line in PROJECT.lines() {
            assert!(text.contains(line), "{line:?} is gone:\n{text}");
        }
        let read = ProjectFile::parse(&text, &path).unwrap();
        assert_eq!(read.derived, [e.clone()]);
        e.distance_m = None;
        assert!(keep_expression(dir.path(), &e).is_err(), "what makes no sense is not kept");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}
