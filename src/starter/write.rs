//! The text of the new `project.toml`.

use super::StarterError;
use crate::model::{LocalText, SlotId};
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

/// One `[[bind]]`.
#[derive(Debug, Clone)]
pub(super) struct Bind {
    pub slot: SlotId,
    pub mapping: String,
    pub files: Vec<String>,
    pub unofficial: bool,
    pub note: Option<LocalText>,
    pub joins: Vec<Join>,
}

/// One `[[bind.join]]`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Join {
    pub file: String,
    pub key: String,
    pub table_key: String,
    /// Field ← column; all columns under their own names where it is empty.
    pub columns: BTreeMap<String, String>,
}

/// What goes into the file.
#[derive(Debug)]
pub(super) struct Plan {
    pub title: String,
    pub epsg: u32,
    pub state: Option<String>,
    pub site: [f64; 2],
    /// Where the views look.
    pub heart: [f64; 2],
    pub area: [f64; 4],
    pub modules: Vec<String>,
    pub binds: Vec<Bind>,
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn list(texts: &[String]) -> String {
    texts.iter().map(|t| quoted(t)).collect::<Vec<_>>().join(", ")
}

fn text(plan: &Plan) -> String {
    let mut t =
        String::from("# Made by `stadtschicht new`. Everything here may be changed; the README says what each key means.\nschema = 1\n");
    let title = quoted(&plan.title);
    let _ = write!(t, "title = {{ de = {title}, en = {title} }}\ncrs = \"EPSG:{}\"\n", plan.epsg);
    match &plan.state {
        Some(state) => {
            let _ = writeln!(t, "state = {}", quoted(state));
        }
        None => t.push_str("# state = \"NW\"   # federal state, for rules that differ by state\n"),
    }
    let [w, s, e, n] = plan.area;
    let _ = write!(
        t,
        "site = [{:.1}, {:.1}]\nmodules = [{}]\narea_of_interest = {{ bbox = [{w:.1}, {s:.1}, {e:.1}, {n:.1}] }}\n",
        plan.site[0],
        plan.site[1],
        list(&plan.modules)
    );
    for bind in &plan.binds {
        let _ = write!(t, "\n[[bind]]\nslot = {}\n", quoted(&bind.slot.to_string()));
        let _ = match bind.files.as_slice() {
            [one] => writeln!(t, "file = {}", quoted(one)),
            many => writeln!(t, "files = [{}]", list(many)),
        };
        let _ = writeln!(t, "mapping = {}", quoted(&bind.mapping));
        // What a table brings stands above what the mapping would look for in the file.
        let fields: Vec<String> = bind
            .joins
            .iter()
            .flat_map(|j| j.columns.keys())
            .map(|f| format!("{0} = {0}", quoted(f)))
            .collect();
        if !fields.is_empty() {
            let _ = writeln!(t, "attributes = {{ {} }}", fields.join(", "));
        }
        for join in &bind.joins {
            let (file, key, table_key) = (quoted(&join.file), quoted(&join.key), quoted(&join.table_key));
            let _ = write!(t, "\n[[bind.join]]\nfile = {file}\nkey = {key}\ntable_key = {table_key}\n");
            let columns: Vec<String> = join
                .columns
                .iter()
                .map(|(to, from)| format!("{} = {}", quoted(to), quoted(from)))
                .collect();
            if !columns.is_empty() {
                let _ = writeln!(t, "columns = {{ {} }}", columns.join(", "));
            }
        }
    }
    let size = (e - w).max(n - s);
    let middle = [(w + e) / 2.0, (s + n) / 2.0];
    for (name, [x, y], distance_m, heading, pitch) in [
        // Near enough to see the town; the plan shows everything.
        ("overview", plan.heart, (size * 0.75).min(2200.0), 20.0, 40.0),
        ("street", plan.heart, 260.0, 20.0, 12.0),
        ("plan", middle, size * 1.05, 0.0, 90.0),
    ] {
        let _ = write!(
            t,
            "\n[[view]]\nname = \"{name}\"\ntarget = [{x:.1}, {y:.1}]\ndistance_m = {distance_m:.1}\nheading_deg = {heading:.1}\npitch_deg = {pitch:.1}\n"
        );
    }
    t
}

/// Writes `project.toml` into the folder where the project grows.
pub(super) fn write(plan: &Plan, dir: &Path) -> Result<(), StarterError> {
    let path = dir.join("project.toml");
    fs::write(&path, text(plan)).map_err(|source| StarterError::Folder { source, path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::ProjectFile;

    #[test]
    fn what_is_written_is_a_project_file_whatever_the_title() {
        let plan = Plan {
            title: "\"Neu\"\\stadt\n[[bind]]".into(),
            epsg: 25832,
            state: None,
            site: [1.0, 2.0],
            heart: [1.5, 2.0],
            area: [0.0, 0.0, 3.0, 4.0],
            modules: vec!["m".into()],
            binds: vec![Bind {
                slot: "m/s".into(),
                mapping: "osm/buildings".into(),
                files: vec!["data/a.gml".into(), "data/b\".gml".into()],
                unofficial: false,
                note: None,
                joins: vec![Join {
                    file: "data/t.csv".into(),
                    key: "nr".into(),
                    table_key: "Schul\"nr".into(),
                    columns: BTreeMap::from([("places".to_string(), "Plätze".to_string())]),
                }],
            }],
        };
        let file = ProjectFile::parse(&text(&plan), Path::new("p")).unwrap();
        assert_eq!((file.bindings.len(), file.views.len()), (1, 3));
        assert_eq!(file.title.de, plan.title);
        assert_eq!(file.bindings[0].files, plan.binds[0].files);
        let join = &file.bindings[0].joins[0];
        assert_eq!(
            (join.table_key.as_deref(), join.columns["places"].as_str()),
            (Some("Schul\"nr"), "Plätze")
        );
    }
}
