//! Vector layers into the project CRS: vertices outside the area of use are left out, rings repaired or rejected, and all of it reported.

use super::{CrsError, LayerError, ProjectCrs, crs};
use crate::{
    geometry::{Repair, Rings, repair_multi_polygon},
    model::{Bbox, Bodies, Finding, Geometries, GeometriesBuilder, GeometryKind, Level, LocalText, Report, Table},
    progress::Control,
    readers::{RawLayer, gather::Gather},
};
use rayon::prelude::*;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// A vector layer in the project CRS: metres, finite coordinates, valid rings.
#[derive(Debug, Clone)]
pub struct CleanLayer {
    /// Geometry.
    pub geometry: Geometries,
    /// Surfaces in space, as many rows, where the source has them.
    pub bodies: Option<Bodies>,
    /// Attributes, as many rows.
    pub attributes: Table,
    /// Ids of the source.
    pub ids: Vec<Arc<str>>,
    /// What was dropped or changed on the whole way; `loaded + dropped = expected`.
    pub report: Report,
}

/// The system the coordinates are in, checked against the coordinates themselves.
pub(super) struct SourceCrs {
    pub(super) definition: String,
    pub(super) bounds: Bbox,
}

/// Which system a file is in: the override, else what the file says.
pub(super) fn source_crs(file: &str, layer: &str, named: Option<&str>, over: Option<&str>, extent: Bbox) -> Result<SourceCrs, LayerError> {
    let (file, layer) = (file.to_string(), layer.to_string());
    let Some(definition) = over.or(named).map(str::trim).filter(|c| !c.is_empty()) else {
        return Err(LayerError::NoCrs { file, layer });
    };
    let definition = definition.to_string();
    let fail = |source: CrsError| LayerError::Crs {
        file: file.clone(),
        layer: layer.clone(),
        source,
    };
    let facts = crs::describe(&definition).map_err(fail)?;
    let small = |b: Bbox| b.min.iter().chain(&b.max).all(|v| v.abs() <= 360.0);
    if !extent.is_empty() {
        let degrees = !facts.geographic && small(extent);
        let metres = facts.geographic && extent.min.iter().chain(&extent.max).all(|v| v.abs() > 360.0);
        if degrees || metres {
            return Err(LayerError::WrongUnits {
                file,
                layer,
                crs: definition,
                degrees,
            });
        }
    }
    let bounds = crs::bounds(&definition, &facts).map_err(fail)?;
    Ok(SourceCrs { definition, bounds })
}

/// Brings a layer into the project CRS. `source_crs_override` stands above what the file says.
///
/// # Errors
/// When the coordinate system is missing, impossible or contradicts the coordinates, or nothing lies where it is valid.
pub fn clean(
    mut raw: RawLayer,
    project: &ProjectCrs,
    source_crs_override: Option<&str>,
    control: &Control,
) -> Result<CleanLayer, LayerError> {
    let extent = raw.geometry.extent();
    // Models of test towns lie around zero in metres: no building is as wide as a fifth of a degree.
    let wide = |b: &&Bbox| b.width_m().max(b.height_m()) > 0.2;
    let near_zero = extent.min.iter().chain(&extent.max).all(|v| v.abs() <= 360.0);
    let local = raw.bodies.is_some() && near_zero && raw.geometry.boxes().iter().filter(wide).count() * 2 > raw.geometry.len();
    let extent = if local { Bbox::EMPTY } else { extent };
    let source = source_crs(&raw.file, &raw.name, raw.crs.as_deref(), source_crs_override, extent)?;
    let mut failed = None;
    raw.geometry = raw.geometry.map_coords(|coords| {
        // Each thread has its own transformation; the answer does not depend on how the array is cut.
        failed = coords
            .par_chunks_mut(1 << 16)
            .map(|chunk| {
                if control.is_cancelled() {
                    Ok(())
                } else {
                    into_project(chunk, &source, project)
                }
            })
            .find_map_first(Result::err);
    });
    if let Some(source) = failed {
        return Err(LayerError::Crs {
            file: raw.file,
            layer: raw.name,
            source,
        });
    }
    let bodies = match raw.bodies.take() {
        Some(bodies) => Some(move_bodies(bodies, &source, project, control).map_err(|source| LayerError::Crs {
            file: raw.file.clone(),
            layer: raw.name.clone(),
            source,
        })?),
        None => None,
    };
    let g = &raw.geometry;
    if !g.is_empty() && g.coords().iter().all(|p| p[0].is_nan()) && !control.is_cancelled() {
        let inside = |p: [f64; 2]| source.bounds.contains(p);
        let at_home = inside(extent.min) && inside(extent.max);
        let turned = |p: [f64; 2]| one(&source, project, [p[1], p[0]]);
        return Err(LayerError::OutsideArea {
            swapped: turned(extent.min) && turned(extent.max),
            file: raw.file,
            layer: raw.name,
            project: at_home,
            crs: if at_home { project.definition().into() } else { source.definition },
        });
    }
    let features: Vec<Outcome> = (0..g.len())
        .into_par_iter()
        .map(|row| {
            if control.is_cancelled() {
                Outcome::default()
            } else {
                feature(g, row)
            }
        })
        .collect();
    if control.is_cancelled() {
        return Err(LayerError::Cancelled { file: raw.file });
    }
    Ok(assemble(raw, bodies, features))
}

/// Vertices that lie outside either area become NaN; no vertex moves another.
fn into_project(points: &mut [[f64; 2]], source: &SourceCrs, project: &ProjectCrs) -> Result<(), CrsError> {
    let blank = |points: &mut [[f64; 2]], area: &Bbox| {
        points.iter_mut().filter(|p| !area.contains(**p)).for_each(|p| *p = [f64::NAN; 2]);
    };
    blank(points, &source.bounds);
    crs::transform(&source.definition, project.definition(), points)?;
    blank(points, &project.bounds());
    Ok(())
}

/// Surfaces follow their footprints; those of a feature that reaches beyond either area are left out.
fn move_bodies(bodies: Bodies, source: &SourceCrs, project: &ProjectCrs, control: &Control) -> Result<(Bodies, u64), CrsError> {
    let mut plan = bodies.plan();
    let failed = plan
        .par_chunks_mut(1 << 16)
        .map(|chunk| {
            if control.is_cancelled() {
                Ok(())
            } else {
                into_project(chunk, source, project)
            }
        })
        .find_map_first(Result::err);
    match failed {
        Some(error) => Err(error),
        None => Ok(bodies.with_plan(&plan)),
    }
}

/// True when a point of the file would lie in the project's area.
fn one(source: &SourceCrs, project: &ProjectCrs, p: [f64; 2]) -> bool {
    let mut points = [p];
    into_project(&mut points, source, project).is_ok() && points[0][0].is_finite()
}

/// One feature after cleaning.
#[derive(Default)]
struct Outcome {
    parts: Vec<Rings>,
    outside: usize,
    /// What was repaired, and whether the area may have changed by it.
    repaired: Option<(LocalText, bool)>,
    rejected: Option<LocalText>,
}

fn feature(g: &Geometries, row: usize) -> Outcome {
    let mut out = Outcome::default();
    for part in g.parts(row) {
        let mut rings: Rings = vec![];
        for (i, ring) in part.rings().enumerate() {
            let mut kept: Vec<[f64; 2]> = ring.iter().filter(|p| p[0].is_finite()).copied().collect();
            let lost = ring.len() - kept.len();
            out.outside += lost;
            if lost > 0 && g.kind() == GeometryKind::Polygon && kept.len() > 2 && kept.first() != kept.last() {
                kept.push(kept[0]);
            }
            let least = match g.kind() {
                GeometryKind::Point => 1,
                GeometryKind::Line => 2,
                GeometryKind::Polygon => 4,
            };
            if kept.len() >= least {
                rings.push(kept);
            } else if i == 0 {
                break;
            }
        }
        if !rings.is_empty() {
            out.parts.push(rings);
        }
    }
    if g.kind() == GeometryKind::Polygon && !out.parts.is_empty() {
        repair(&mut out);
    }
    out
}

fn repair(out: &mut Outcome) {
    let parts = std::mem::take(&mut out.parts);
    // The kernels rest on libraries that panic on some degenerate rings.
    let repaired = catch_unwind(AssertUnwindSafe(|| repair_multi_polygon(parts)));
    match repaired {
        Ok(Repair::Valid(parts)) => out.parts = parts,
        Ok(Repair::Repaired { parts, what }) => {
            out.parts = parts;
            let join = |pick: fn(&LocalText) -> &str| what.iter().map(|d| pick(&d.text()).to_string()).collect::<Vec<_>>().join(", ");
            let text = LocalText::new(join(|t| &t.de), join(|t| &t.en));
            out.repaired = Some((text, what.iter().any(|d| d.changes_area())));
        }
        Ok(Repair::Rejected { why }) => out.rejected = Some(why.text()),
        Err(_) => out.rejected = Some(LocalText::new("Reparatur gescheitert", "repair failed")),
    }
}

/// Puts the features together in order and closes the sum.
fn assemble(raw: RawLayer, bodies: Option<(Bodies, u64)>, features: Vec<Outcome>) -> CleanLayer {
    let mut gather = Gather::new(&raw.file, &raw.name);
    let mut builder = GeometriesBuilder::new(raw.geometry.kind());
    let mut rows: Vec<u32> = vec![];
    for (row, f) in features.into_iter().enumerate() {
        let id = &raw.ids[row];
        let dropped = f.parts.is_empty();
        if f.outside > 0 {
            let n = f.outside;
            let gone = dropped && f.rejected.is_none();
            let end = if gone {
                (
                    " Vom Objekt bleibt nichts: weggelassen.",
                    " Nothing remains of the feature: left out.",
                )
            } else {
                (" Lage des Objekts prüfen.", " Check the feature's position.")
            };
            gather.feature(
                "LY-001",
                id,
                gone,
                LocalText::new(
                    format!(
                        "{n} Stützpunkte liegen außerhalb des Gebiets des Koordinatensystems und wurden weggelassen.{}",
                        end.0
                    ),
                    format!(
                        "{n} vertices lie outside the area of the coordinate system and were left out.{}",
                        end.1
                    ),
                ),
            );
        }
        if let Some(why) = &f.rejected {
            gather.feature(
                "LY-003",
                id,
                true,
                LocalText::new(
                    format!("Fläche weggelassen: {}. In der Quelle berichtigen.", why.de),
                    format!("area left out: {}. Correct it in the source.", why.en),
                ),
            );
        } else if dropped && f.outside == 0 {
            gather.feature(
                "LY-003",
                id,
                true,
                LocalText::new("Objekt ohne Geometrie weggelassen.", "feature without geometry left out."),
            );
        }
        match &f.repaired {
            Some((what, true)) => gather.feature(
                "LY-002",
                id,
                false,
                LocalText::new(
                    format!("Fläche repariert: {}. In der Quelle prüfen.", what.de),
                    format!("area repaired: {}. Check it in the source.", what.en),
                ),
            ),
            Some((what, false)) => gather.add(
                Finding::new(
                    "LY-005",
                    Level::Info,
                    format!("Ringe bereinigt: {}.", what.de),
                    format!("rings tidied: {}.", what.en),
                )
                .feature(id),
            ),
            None => {}
        }
        if dropped {
            continue;
        }
        rows.push(row as u32);
        for part in f.parts {
            for ring in part {
                builder.ring(ring);
            }
            builder.end_part();
        }
        builder.end_feature();
    }
    let all = rows.len() == raw.ids.len();
    if rows.is_empty() && !all {
        gather.add(Finding::new(
            "LY-004",
            Level::Error,
            "Von der Ebene bleibt kein Objekt. Datei und Koordinatensystem prüfen.",
            "No feature of the layer is left. Check the file and its coordinate system.",
        ));
    }
    let bodies = bodies.map(|(bodies, lost)| {
        if lost > 0 {
            gather.add(
                Finding::new(
                    "LY-100",
                    Level::Warning,
                    format!("{lost} Gebäude reichen über das Gebiet des Koordinatensystems hinaus; ihr Körper fehlt, gezeichnet wird ihr Grundriss."),
                    format!("{lost} buildings reach beyond the area of the coordinate system; their body is missing, their footprint is drawn."),
                )
                .count(lost),
            );
        }
        if all { bodies } else { bodies.take(&rows) }
    });
    let ids = if all {
        raw.ids
    } else {
        rows.iter().map(|r| raw.ids[*r as usize].clone()).collect()
    };
    let attributes = if all { raw.attributes } else { raw.attributes.take(&rows) };
    let mut report = raw.report;
    gather.into_report(&mut report);
    report.loaded = rows.len() as u64;
    CleanLayer {
        geometry: builder.finish(),
        bodies,
        attributes,
        ids,
        report,
    }
}
