//! The operations themselves. Features keep the order and the ids of the first layer, so that the same inputs give the same bytes.

use super::{
    DeriveError, Expression, Input, MOST_FEATURES, MOST_VERTICES, Operation,
    coverage::{Known, charted},
    merge::merge,
    shapes::{Mask, Piece, around, copy, cut},
};
use crate::{
    geometry::area_m2,
    index::IndexedLayer,
    model::{
        Column, Finding, Geometries, GeometriesBuilder, GeometryKind, Layer, Level, LocalText, Provenance, Report, SlotId, Table, Value,
    },
    modules::Filter,
    progress::Control,
};
use geo::MultiPolygon;
use rayon::prelude::*;
use std::sync::Arc;

/// Most pairs of features whose boxes meet: beyond, somebody has drawn everything over everything.
const MOST_PAIRS: u64 = 50_000_000;

/// One layer that goes in, with the rows that count.
struct Side<'a> {
    slot: &'a SlotId,
    layer: &'a IndexedLayer,
    /// Rows that pass the filter; `None` when all do.
    keep: Option<Vec<bool>>,
    /// Rows of which the filter cannot tell.
    undecided: Vec<u32>,
}

impl<'a> Side<'a> {
    fn new(input: &'a Input, layer: &'a IndexedLayer, report: &mut Report) -> Result<Self, DeriveError> {
        let mut side = Self {
            slot: &input.slot,
            layer,
            keep: None,
            undecided: vec![],
        };
        let Some(text) = input.filter.as_deref().filter(|t| !t.trim().is_empty()) else {
            return Ok(side);
        };
        let filter = Filter::parse(text).map_err(|source| DeriveError::Filter {
            slot: input.slot.clone(),
            source,
        })?;
        let table = &layer.layer.attributes;
        let rows = layer.layer.len();
        if rows > 0
            && let Some(name) = filter.attributes().into_iter().find(|n| table.column(n).is_none())
        {
            return Err(DeriveError::Attribute {
                slot: input.slot.clone(),
                name,
                has: table.names().take(20).collect::<Vec<_>>().join(", "),
            });
        }
        let decided = filter.decide(table, rows);
        side.undecided = (0..rows as u32).filter(|r| decided[*r as usize].is_none()).collect();
        let keep: Vec<bool> = decided.iter().map(|d| *d == Some(true)).collect();
        let n = keep.iter().filter(|k| **k).count();
        report.push(
            Finding::new(
                "DR-001",
                Level::Info,
                format!("{}: {n} von {rows} Objekten erfüllen den Filter „{text}“.", input.slot),
                format!("{}: {n} of {rows} features pass the filter \"{text}\".", input.slot),
            )
            .count(n as u64),
        );
        if !side.undecided.is_empty() {
            let n = side.undecided.len();
            report.push(
                Finding::new(
                    "DR-002",
                    Level::Warning,
                    format!(
                        "{}: Bei {n} Objekten fehlt, was der Filter „{text}“ wissen muss. Ob sie dazugehören, ist unbekannt; an ihrer Stelle gilt das Ergebnis als „keine Daten“.",
                        input.slot
                    ),
                    format!(
                        "{}: {n} features lack what the filter \"{text}\" needs to know. Whether they belong is unknown; in their place the result counts as \"no data\".",
                        input.slot
                    ),
                )
                .count(n as u64),
            );
        }
        side.keep = Some(keep);
        Ok(side)
    }

    fn rows(&self) -> Vec<u32> {
        let counts = |r: &u32| self.keep.as_ref().is_none_or(|k| k[*r as usize]);
        (0..self.layer.layer.len() as u32).filter(counts).collect()
    }

    fn mask(&self) -> Mask<'a> {
        Mask::Layer(self.layer, self.keep.clone())
    }

    /// Where it is known what counts.
    fn known(&self, area: Option<&Geometries>) -> Known {
        Known::of(&self.layer.layer, area).without(&self.layer.layer.geometry, &self.undecided, area)
    }
}

/// Computes an expression. `layers` are those that it names, in its order; `area` is the project's area of interest.
///
/// # Errors
/// When the expression makes no sense, does not fit its layers, grows beyond all bounds, or was stopped. What single features suffer is
/// in the report of the layer.
pub fn derive(e: &Expression, layers: &[&IndexedLayer], area: Option<&Geometries>, control: &Control) -> Result<Layer, DeriveError> {
    e.check()?;
    let mut report = Report::default();
    let sides: Vec<Side> =
        e.of.iter()
            .zip(layers)
            .map(|(input, layer)| Side::new(input, layer, &mut report))
            .collect::<Result<_, _>>()?;
    let Some(first) = sides.first().filter(|_| sides.len() == e.of.len()) else {
        return Err(DeriveError::Inputs {
            operation: e.operation,
            found: layers.len(),
        });
    };
    kinds(e.operation, &sides)?;
    let mut known = first.known(area);
    for side in &sides[1..] {
        known = known.and(side.known(area), area);
    }
    if let Some(distance_m) = e.distance_m {
        known = known.within(distance_m, area);
    }
    undeclared(&sides, &known, &mut report);
    let mut made = match e.operation {
        Operation::Union => stacked(&sides),
        Operation::Filter => {
            let rows = first.rows();
            let bodies = first.layer.layer.bodies.as_ref().map(|b| Arc::new(b.take(&rows)));
            Made {
                bodies,
                ..Made::of(first, rows.iter().map(|r| (*r, copy(&first.layer.layer.geometry, *r as usize))))
            }
        }
        Operation::Buffer => {
            let distance_m = e.distance_m.unwrap_or_default();
            let g = &first.layer.layer.geometry;
            let pieces = each(&first.rows(), control, |row| around(g, row, distance_m))?;
            Made {
                kind: GeometryKind::Polygon,
                ..Made::of(first, pieces.into_iter())
            }
        }
        Operation::Intersection | Operation::Difference => overlaid(e.operation, &sides, area, &mut report, control)?,
    };
    if first.layer.layer.bodies.is_some() && made.bodies.is_none() {
        report.push(Finding::new(
            "DR-009",
            Level::Info,
            "Dächer und Wände der Gebäude gehen dabei verloren; das Ergebnis hat nur Grundrisse.",
            "roofs and walls of buildings are lost in this; the result has footprints only.",
        ));
    }
    // Where something could not be computed nothing is known.
    known = known.without(&first.layer.layer.geometry, &made.failed, area);
    account(e, first, &made, &mut report);
    let loaded = made.ids.len() as u64;
    report.expected = Some(loaded + report.dropped());
    report.loaded = loaded;
    let mut layer = Layer {
        slot: e.slot(),
        geometry: made.finish()?,
        bodies: made.bodies.take(),
        attributes: std::mem::take(&mut made.attributes),
        ids: made.ids,
        provenance: provenance(&sides),
        coverage: known.into_coverage(),
        report,
    };
    let wanted = e.merge.unwrap_or(e.operation == Operation::Union);
    if wanted && layer.geometry.kind() == GeometryKind::Polygon && !layer.is_empty() {
        layer = merged(layer, control)?;
    }
    if control.is_cancelled() {
        return Err(DeriveError::Cancelled);
    }
    Ok(layer)
}

/// Whether the operation can work with what the layers hold. An empty layer is of every kind.
fn kinds(operation: Operation, sides: &[Side]) -> Result<(), DeriveError> {
    let kind = |s: &Side| s.layer.layer.geometry.kind();
    let filled = |s: &&Side| !s.layer.layer.is_empty();
    let refuse = |s: &Side| DeriveError::Kind {
        slot: s.slot.clone(),
        found: kind(s),
        operation,
    };
    match operation {
        Operation::Intersection | Operation::Difference => {
            let bad = sides[1..].iter().filter(filled).find(|s| kind(s) != GeometryKind::Polygon);
            bad.map_or(Ok(()), |s| Err(refuse(s)))
        }
        Operation::Union => {
            let first = sides.iter().find(filled).map(kind);
            let bad = sides.iter().filter(filled).find(|s| Some(kind(s)) != first);
            bad.map_or(Ok(()), |s| Err(refuse(s)))
        }
        Operation::Buffer | Operation::Filter => Ok(()),
    }
}

/// Says whose silence makes the coverage of the result an assumption.
fn undeclared(sides: &[Side], known: &Known, report: &mut Report) {
    if !matches!(known, Known::Undeclared) {
        return;
    }
    let names: Vec<String> = sides
        .iter()
        .filter(|s| s.layer.layer.coverage == crate::model::Coverage::Undeclared)
        .map(|s| s.slot.to_string())
        .collect();
    if !names.is_empty() {
        let names = names.join(", ");
        report.push(Finding::new(
            "DR-006",
            Level::Warning,
            format!("Welches Gebiet {names} abdeckt, ist nicht erklärt. Dass irgendwo nichts liegt, ist auch im Ergebnis nur angenommen."),
            format!("nobody declared what {names} covers. That nothing lies somewhere is an assumption in the result too."),
        ));
    }
}

/// What an operation made, before it becomes a layer.
struct Made {
    kind: GeometryKind,
    pieces: Vec<Geometries>,
    ids: Vec<Arc<str>>,
    attributes: Table,
    bodies: Option<Arc<crate::model::Bodies>>,
    /// Features of the first layer of which nothing is left.
    nothing: u64,
    /// Of which only noise is.
    noise: u64,
    /// Which could not be computed, by their row.
    failed: Vec<u32>,
}

impl Made {
    /// The pieces of rows of the first layer, with its ids and attributes.
    fn of(first: &Side, pieces: impl Iterator<Item = (u32, Piece)>) -> Self {
        let layer = &first.layer.layer;
        let mut made = Self {
            kind: layer.geometry.kind(),
            pieces: vec![],
            ids: vec![],
            attributes: Table::default(),
            bodies: None,
            nothing: 0,
            noise: 0,
            failed: vec![],
        };
        let mut rows = vec![];
        for (row, piece) in pieces {
            match piece {
                Piece::Some(g) => {
                    made.pieces.push(g);
                    made.ids.push(layer.ids[row as usize].clone());
                    rows.push(row);
                }
                Piece::Nothing => made.nothing += 1,
                Piece::Noise => made.noise += 1,
                Piece::Failed => made.failed.push(row),
            }
        }
        made.attributes = layer.attributes.take(&rows);
        made
    }

    fn finish(&self) -> Result<Geometries, DeriveError> {
        let vertices: usize = self.pieces.iter().map(|g| g.coords().len()).sum();
        if self.pieces.len() > MOST_FEATURES || vertices > MOST_VERTICES {
            return Err(DeriveError::TooLarge);
        }
        let mut out = GeometriesBuilder::new(self.kind);
        for g in &self.pieces {
            out.copy_rows(g, 0..g.len());
        }
        Ok(out.finish())
    }
}

/// Works on every row, on all threads, in order.
fn each(rows: &[u32], control: &Control, work: impl Fn(usize) -> Piece + Sync) -> Result<Vec<(u32, Piece)>, DeriveError> {
    let out: Vec<(u32, Piece)> = rows
        .par_iter()
        .map(|row| match control.is_cancelled() {
            true => (*row, Piece::Nothing),
            false => (*row, work(*row as usize)),
        })
        .collect();
    match control.is_cancelled() {
        true => Err(DeriveError::Cancelled),
        false => Ok(out),
    }
}

fn overlaid(
    operation: Operation,
    sides: &[Side],
    area: Option<&Geometries>,
    report: &mut Report,
    control: &Control,
) -> Result<Made, DeriveError> {
    let (first, others) = (&sides[0], &sides[1..]);
    let g = &first.layer.layer.geometry;
    let rows = first.rows();
    let mut pairs = 0u64;
    let mut near = vec![];
    for (row, side) in rows.iter().flat_map(|r| others.iter().map(move |s| (r, s))) {
        side.layer.index.rows_in_into(&g.bbox(*row as usize), &mut near);
        pairs += near.len() as u64;
        if pairs > MOST_PAIRS {
            return Err(DeriveError::TooLarge);
        }
    }
    let inside = operation == Operation::Intersection;
    let masks: Vec<Mask> = others.iter().map(Side::mask).collect();
    // What lies where another layer has no data may or may not be taken away: it is unknown, and a result holds what is known.
    let charts: Vec<(&Side, MultiPolygon<f64>)> = match inside {
        true => vec![],
        false => others.iter().filter_map(|s| Some((s, s.known(area).region(area)?))).collect(),
    };
    let done: Vec<(u32, (Piece, bool))> = {
        let work = |row: &u32| {
            if control.is_cancelled() {
                return (*row, (Piece::Nothing, false));
            }
            let mut piece = copy(g, *row as usize);
            for mask in &masks {
                piece = match piece {
                    Piece::Some(one) => cut(&one, 0, mask, inside),
                    other => other,
                };
            }
            let mut uncharted = false;
            for (_, region) in &charts {
                piece = match piece {
                    Piece::Some(one) => {
                        let left = charted(&one, 0, region);
                        uncharted |= lost(&one, &left);
                        left
                    }
                    other => other,
                };
            }
            (*row, (piece, uncharted))
        };
        rows.par_iter().map(work).collect()
    };
    if control.is_cancelled() {
        return Err(DeriveError::Cancelled);
    }
    let cut_off = done.iter().filter(|(_, (_, u))| *u).count();
    if cut_off > 0 {
        let names = charts.iter().map(|(s, _)| s.slot.to_string()).collect::<Vec<_>>().join(", ");
        report.push(
            Finding::new(
                "DR-007",
                Level::Warning,
                format!("{cut_off} Objekte liegen ganz oder teilweise, wo {names} keine Daten hat. Ob dort etwas abzuziehen wäre, ist unbekannt; das Ergebnis endet dort."),
                format!("{cut_off} features lie wholly or partly where {names} has no data. Whether something would have to be taken away there is unknown; the result ends there."),
            )
            .count(cut_off as u64),
        );
    }
    Ok(Made::of(first, done.into_iter().map(|(row, (piece, _))| (row, piece))))
}

/// Whether a piece became smaller.
fn lost(before: &Geometries, after: &Piece) -> bool {
    match after {
        Piece::Some(after) => {
            let size = |g: &Geometries| match g.kind() {
                GeometryKind::Point => g.vertex_count(0) as f64,
                GeometryKind::Line => crate::geometry::length_m(g, 0),
                GeometryKind::Polygon => area_m2(g, 0),
            };
            size(before) - size(after) > super::shapes::NOISE
        }
        Piece::Nothing | Piece::Noise => true,
        Piece::Failed => false,
    }
}

/// All features of all layers, one after another; ids get the number of their layer before them.
fn stacked(sides: &[Side]) -> Made {
    let parts: Vec<(&Layer, Vec<u32>)> = sides.iter().map(|s| (&*s.layer.layer, s.rows())).collect();
    let kind = parts.iter().find(|(l, _)| !l.is_empty()).or(parts.first());
    let mut made = Made {
        kind: kind.map_or(GeometryKind::Polygon, |(l, _)| l.geometry.kind()),
        pieces: vec![],
        ids: vec![],
        attributes: Table::default(),
        bodies: None,
        nothing: 0,
        noise: 0,
        failed: vec![],
    };
    let mut names: Vec<&str> = vec![];
    for (n, (layer, rows)) in parts.iter().enumerate() {
        for row in rows {
            let mut one = GeometriesBuilder::new(made.kind);
            one.copy_feature(&layer.geometry, *row as usize);
            made.pieces.push(one.finish());
            made.ids.push(format!("{}:{}", n + 1, layer.ids[*row as usize]).into());
        }
        for name in layer.attributes.names() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    for name in names {
        let values: Vec<Value> = parts
            .iter()
            .flat_map(|(layer, rows)| rows.iter().map(|r| layer.attributes.value(name, *r as usize)))
            .collect();
        made.attributes.set(name, Column::from_values(&values));
    }
    made
}

/// Every feature of the first layer is accounted for.
fn account(e: &Expression, first: &Side, made: &Made, report: &mut Report) {
    let mut push = |code: &str, level: Level, n: u64, dropped: bool, text: LocalText| {
        if n > 0 {
            let finding = Finding::new(code, level, text.de, text.en).count(n);
            report.push(if dropped { finding.dropped() } else { finding });
        }
    };
    let slot = first.slot;
    let n = made.nothing;
    let whole = match e.operation {
        Operation::Intersection => LocalText::new(
            format!(
                "{n} Objekte von {slot} liegen ganz außerhalb der anderen Ebenen und fallen weg. Die Merkmale der übrigen gelten für das ganze Objekt."
            ),
            format!(
                "{n} features of {slot} lie wholly outside the other layers and go. Attributes of the rest stand for the whole feature."
            ),
        ),
        Operation::Difference => LocalText::new(
            format!(
                "{n} Objekte von {slot} liegen ganz in den anderen Ebenen (oder wo diese keine Daten haben) und fallen weg. Die Merkmale der übrigen gelten für das ganze Objekt."
            ),
            format!(
                "{n} features of {slot} lie wholly inside the other layers (or where those have no data) and go. Attributes of the rest stand for the whole feature."
            ),
        ),
        _ => LocalText::new(
            format!("{n} Objekte von {slot} sind kleiner als die Entfernung und verschwinden, oder sie haben keine Geometrie."),
            format!("{n} features of {slot} are smaller than the distance and vanish, or they have no geometry."),
        ),
    };
    push("DR-003", Level::Info, n, false, whole);
    let n = made.noise;
    push(
        "DR-004",
        Level::Warning,
        n,
        true,
        LocalText::new(
            format!("{n} Reste von {slot} unter einem halben Quadratmeter oder Meter sind Ungenauigkeiten der Grenzen und fallen weg."),
            format!("{n} remnants of {slot} below half a square metre or metre are inaccuracies of borders and go."),
        ),
    );
    let n = made.failed.len() as u64;
    push(
        "DR-005",
        Level::Warning,
        n,
        true,
        LocalText::new(
            format!("{n} Objekte von {slot} ließen sich nicht berechnen; an ihrer Stelle gilt das Ergebnis als „keine Daten“."),
            format!("{n} features of {slot} could not be computed; in their place the result counts as \"no data\"."),
        ),
    );
}

fn merged(layer: Layer, control: &Control) -> Result<Layer, DeriveError> {
    let (before, had) = (layer.len() as u64, layer.attributes.names().count());
    let indexed = IndexedLayer::new(layer);
    let made = merge(&indexed, control).ok_or(DeriveError::Cancelled)?;
    let layer = &indexed.layer;
    let mut report = layer.report.clone();
    let after = made.ids.len();
    report.push(
        Finding::new(
            "DR-008",
            Level::Info,
            format!("{before} Flächen sind zu {after} verschmolzen; ihre {had} Merkmale entfallen dabei."),
            format!("{before} areas were merged into {after}; their {had} attributes are lost in this."),
        )
        .count(before),
    );
    if made.left > 0 {
        report.push(
            Finding::new(
                "DR-010",
                Level::Warning,
                format!("{} Flächen ließen sich nicht verschmelzen und bleiben, wie sie sind.", made.left),
                format!("{} areas could not be merged and stay as they are.", made.left),
            )
            .count(made.left),
        );
    }
    report.loaded = after as u64;
    report.expected = Some(report.loaded + report.dropped());
    Ok(Layer {
        slot: layer.slot.clone(),
        geometry: made.geometry,
        bodies: None,
        attributes: Table::default(),
        ids: made.ids,
        provenance: layer.provenance.clone(),
        coverage: layer.coverage.clone(),
        report,
    })
}

/// The sources of all inputs, each once.
fn provenance(sides: &[Side]) -> Vec<Provenance> {
    let mut out: Vec<Provenance> = vec![];
    for p in sides.iter().flat_map(|s| &s.layer.layer.provenance) {
        if !out.contains(p) {
            out.push(p.clone());
        }
    }
    out
}
