//! Many files as one layer: which files a binding names, and their features put together with ids that stay distinct.

use super::{file::Binding, path_policy};
use crate::{
    layers::CleanLayer,
    model::{Bodies, BodiesBuilder, Column, Finding, Geometries, GeometriesBuilder, GeometryKind, Level, Report, Table, Value},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

/// One file of a binding.
#[derive(Debug, Clone)]
pub(super) struct Tile {
    /// Path relative to the project folder, for people and provenance.
    pub name: String,
    /// Canonical path inside the project folder.
    pub path: PathBuf,
}

/// The files of a binding in order: its one file, or all tiles sorted and each once. Tiles that may not be opened are findings beside them.
///
/// `Err` when nothing is left to open.
pub(super) fn tiles(folder: &Path, binding: &Binding) -> Result<(Vec<Tile>, Vec<Finding>), Vec<Finding>> {
    let names = match (&binding.file, binding.files.as_slice()) {
        (Some(file), []) => vec![file.clone()],
        (None, []) => {
            return Err(vec![Finding::new(
                "PJ-140",
                Level::Error,
                "Die Einbindung nennt keine Quelle: `file`, `files` oder `[bind.service]` angeben.",
                "the binding names no source: give `file`, `files` or `[bind.service]`.",
            )]);
        }
        (Some(_), _) => {
            return Err(vec![Finding::new(
                "PJ-140",
                Level::Error,
                "Die Einbindung nennt `file` und `files`. Nur eines von beiden angeben.",
                "the binding names both `file` and `files`. Give one of them only.",
            )]);
        }
        (None, patterns) => {
            let mut names = BTreeSet::new();
            for pattern in patterns {
                names.extend(path_policy::matching(folder, pattern).map_err(|e| vec![refused(&e)])?);
            }
            names.into_iter().collect()
        }
    };
    let (mut tiles, mut findings) = (vec![], vec![]);
    for name in names {
        match path_policy::inside(folder, &name) {
            Ok(path) => tiles.push(Tile { name, path }),
            Err(e) => findings.push(refused(&e).file(&e.shown)),
        }
    }
    if tiles.is_empty() { Err(findings) } else { Ok((tiles, findings)) }
}

fn refused(e: &path_policy::PathRefused) -> Finding {
    Finding::new(
        "PJ-010",
        Level::Error,
        format!("Die Datei „{}“ wird nicht geöffnet: {}.", e.shown, e.why.de),
        format!("the file \"{}\" is not opened: {}.", e.shown, e.why.en),
    )
}

/// Geometry and attributes of several sources of the same kind, one behind the other; `keep` chooses the rows of each.
/// Attributes that a source lacks are unknown there.
pub(super) fn stack(parts: &[(&Geometries, &Table)], keep: impl Fn(usize, usize) -> bool) -> (Geometries, Table) {
    let kind = parts
        .iter()
        .find(|(g, _)| !g.is_empty())
        .or(parts.first())
        .map_or(GeometryKind::Polygon, |(g, _)| g.kind());
    let rows = || {
        parts
            .iter()
            .enumerate()
            .flat_map(|(n, (g, _))| (0..g.len()).map(move |row| (n, row)))
    };
    let mut geometry = GeometriesBuilder::new(kind);
    for (n, row) in rows().filter(|(n, row)| keep(*n, *row)) {
        geometry.copy_feature(parts[n].0, row);
    }
    let mut names: Vec<&str> = vec![];
    let mut known = BTreeSet::new();
    for name in parts.iter().flat_map(|(_, t)| t.names()) {
        if known.insert(name) {
            names.push(name);
        }
    }
    let mut attributes = Table::default();
    for name in names {
        let columns: Vec<Option<&Column>> = parts.iter().map(|(_, t)| t.column(name)).collect();
        let values: Vec<Value> = rows()
            .filter(|(n, row)| keep(*n, *row))
            .map(|(n, row)| columns[n].map_or(Value::Null, |c| c.value(row)))
            .collect();
        attributes.set(name, Column::from_values(&values));
    }
    (geometry.finish(), attributes)
}

/// The bodies of several sources, one behind the other; `None` when no source has any.
pub(super) fn stack_bodies(parts: &[(usize, Option<&Bodies>)], keep: impl Fn(usize, usize) -> bool) -> Option<Bodies> {
    if parts.iter().all(|(_, b)| b.is_none()) {
        return None;
    }
    let mut out = BodiesBuilder::default();
    for (n, (rows, bodies)) in parts.iter().enumerate() {
        for row in (0..*rows).filter(|row| keep(n, *row)) {
            match bodies {
                Some(b) => out.copy(b, row),
                None => out.no_body(),
            };
        }
    }
    Some(out.finish())
}

/// The features of all tiles as one layer.
///
/// What lies in two tiles with the same id and the same geometry is one thing, delivered twice: it is kept once and reported. Ids that mean
/// different things in different tiles (row numbers) get the tile's name before them; ids that are unique as they are stay.
pub(super) fn merge(mut tiles: Vec<(String, CleanLayer)>) -> CleanLayer {
    if tiles.len() == 1 {
        return tiles.remove(0).1;
    }
    let mut first = BTreeMap::<Arc<str>, (usize, usize)>::new();
    let mut twice = BTreeSet::<(usize, usize)>::new();
    let mut clashing = BTreeSet::<(usize, usize)>::new();
    for (n, (_, layer)) in tiles.iter().enumerate() {
        for (row, id) in layer.ids.iter().enumerate() {
            match first.get(id) {
                Some(at) if same(&tiles[at.0].1.geometry, at.1, &layer.geometry, row) => _ = twice.insert((n, row)),
                Some(_) => _ = clashing.insert((n, row)),
                None => _ = first.insert(id.clone(), (n, row)),
            }
        }
    }
    // Names that hardly ever clash are names, and what carries one twice is cut at the border of its tiles. Others are row numbers.
    let rows: usize = tiles.iter().map(|(_, l)| l.ids.len()).sum();
    let cut = !clashing.is_empty() && clashing.len() * 10 <= rows;
    let renamed = |n: usize, row: usize| !clashing.is_empty() && (!cut || clashing.contains(&(n, row)));
    let bodies: Vec<(usize, Option<&Bodies>)> = tiles.iter().map(|(_, l)| (l.ids.len(), l.bodies.as_ref())).collect();
    let bodies = stack_bodies(&bodies, |n, row| !twice.contains(&(n, row)));
    let parts: Vec<(&Geometries, &Table)> = tiles.iter().map(|(_, l)| (&l.geometry, &l.attributes)).collect();
    let (geometry, attributes) = stack(&parts, |n, row| !twice.contains(&(n, row)));
    let mut report = Report {
        expected: Some(0),
        ..Report::default()
    };
    let mut ids: Vec<Arc<str>> = vec![];
    for (n, (name, layer)) in tiles.into_iter().enumerate() {
        let gone = (0..layer.ids.len()).filter(|row| twice.contains(&(n, *row))).count() as u64;
        let stem = stem(&name).to_string();
        let kept = layer.ids.into_iter().enumerate().filter(|(row, _)| !twice.contains(&(n, *row)));
        ids.extend(kept.map(|(row, id)| if renamed(n, row) { format!("{stem}:{id}").into() } else { id }));
        let pieces = if cut { clashing.iter().filter(|c| c.0 == n).count() } else { 0 };
        if pieces > 0 {
            report.push(
                Finding::new(
                    "PJ-102",
                    Level::Warning,
                    format!("{pieces} Objekte tragen die Kennung eines Objekts einer früheren Kachel, aber eine andere Geometrie (am Kachelrand geteilt?): beide behalten, die Kennung trägt den Namen der Kachel."),
                    format!("{pieces} features carry the id of a feature of an earlier tile but another geometry (cut at the border?): both kept, the id carries the tile's name."),
                )
                .file(&name)
                .count(pieces as u64),
            );
        }
        report.expected = report.expected.zip(layer.report.expected).map(|(a, b)| a + b);
        report.loaded += layer.report.loaded - gone;
        report.findings.extend(layer.report.findings);
        if gone > 0 {
            report.push(
                Finding::new(
                    "PJ-141",
                    Level::Info,
                    format!("{gone} Objekte liegen mit gleicher Kennung und Geometrie schon in einer früheren Kachel: einmal behalten."),
                    format!("{gone} features are in an earlier tile already, with the same id and geometry: kept once."),
                )
                .file(name)
                .count(gone)
                .dropped(),
            );
        }
    }
    CleanLayer {
        geometry,
        bodies,
        attributes,
        ids,
        report,
    }
}

fn same(a: &Geometries, row_a: usize, b: &Geometries, row_b: usize) -> bool {
    a.bbox(row_a) == b.bbox(row_b) && a.rings(row_a).eq(b.rings(row_b))
}

/// The file's name without folders and extension.
fn stem(name: &str) -> &str {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.split_once('.').map_or(last, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(ids: &[(&str, f64)]) -> CleanLayer {
        let mut b = GeometriesBuilder::new(GeometryKind::Point);
        for (_, x) in ids {
            b.ring([[*x, 0.0]]).end_part().end_feature();
        }
        let mut attributes = Table::default();
        attributes.set("x", Column::Real(ids.iter().map(|(_, x)| *x).collect()));
        CleanLayer {
            geometry: b.finish(),
            bodies: None,
            attributes,
            ids: ids.iter().map(|(id, _)| (*id).into()).collect(),
            report: Report {
                expected: Some(ids.len() as u64),
                loaded: ids.len() as u64,
                findings: vec![],
            },
        }
    }

    fn merged(a: &[(&str, f64)], b: &[(&str, f64)]) -> CleanLayer {
        merge(vec![("d/a.x.gml".into(), layer(a)), ("d/b.gml".into(), layer(b))])
    }

    #[test]
    fn ids_stay_where_they_are_unique_and_carry_the_tile_where_not() {
        let m = merged(&[("k1", 1.0), ("k2", 2.0)], &[("k3", 3.0)]);
        assert_eq!(m.ids.iter().map(|i| &**i).collect::<Vec<_>>(), ["k1", "k2", "k3"]);
        let m = merged(&[("0", 1.0), ("1", 2.0)], &[("0", 3.0)]);
        assert_eq!(m.ids.iter().map(|i| &**i).collect::<Vec<_>>(), ["a:0", "a:1", "b:0"]);
        assert_eq!(m.attributes.value("x", 2), Value::Real(3.0));
        assert!(m.report.adds_up());
    }

    #[test]
    fn a_building_cut_at_the_border_is_kept_twice_under_two_names() {
        let many: Vec<(String, f64)> = (0..20).map(|k| (format!("k{k}"), f64::from(k))).collect();
        let many: Vec<(&str, f64)> = many.iter().map(|(id, x)| (id.as_str(), *x)).collect();
        let m = merged(&many, &[("k3", 99.0), ("n", 100.0)]);
        assert_eq!(m.ids[20..].iter().map(|i| &**i).collect::<Vec<_>>(), ["b:k3", "n"]);
        assert_eq!((m.report.findings[0].code.as_str(), m.report.findings[0].count), ("PJ-102", 1));
    }

    #[test]
    fn what_two_tiles_deliver_is_kept_once_and_counted() {
        let m = merged(&[("k1", 1.0), ("k2", 2.0)], &[("k2", 2.0), ("k3", 3.0)]);
        assert_eq!((m.geometry.len(), m.ids.len(), m.report.loaded, m.report.dropped()), (3, 3, 3, 1));
        assert!(m.report.adds_up());
        assert_eq!(
            (m.report.findings[0].code.as_str(), m.report.findings[0].file.as_deref()),
            ("PJ-141", Some("d/b.gml"))
        );
    }
}
