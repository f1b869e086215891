//! One geometry after another into the packed arrays, with a finding for everything that did not come through.

use crate::{
    model::{Geometries, GeometriesBuilder, GeometryKind, LocalText},
    readers::{
        ReadError, VectorRequest,
        error::kind_text,
        gather::Gather,
        wkb::{Shapes, WkbError},
    },
};
use std::{path::PathBuf, ptr};

/// Arcs are cut into chords of at most one degree: the default of four loses 0.08 % of a circle's area.
const ARC_STEP_DEGREES: f64 = 1.0;

/// Takes geometries in.
pub(super) struct Taker {
    file: PathBuf,
    kind: Option<GeometryKind>,
    max_vertices: u64,
    max_feature_vertices: u64,
    shapes: Shapes,
    builder: Option<GeometriesBuilder>,
    vertices: u64,
    rows: u64,
    /// Features that were of another kind, and that kind.
    pub(super) other_kind: (u64, Option<GeometryKind>),
    pub(super) gather: Gather,
}

impl Taker {
    pub(super) fn new(file: PathBuf, kind: Option<GeometryKind>, request: &VectorRequest, gather: Gather) -> Self {
        Self {
            file,
            kind,
            max_vertices: request.max_vertices.min(u64::from(u32::MAX)),
            max_feature_vertices: request.max_feature_vertices,
            shapes: Shapes::default(),
            builder: None,
            vertices: 0,
            rows: 0,
            other_kind: (0, None),
            gather,
        }
    }

    /// Features taken so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Leaves a feature out.
    pub(super) fn drop_feature(&mut self, code: &str, id: &str, de: impl Into<String>, en: impl Into<String>) {
        self.gather.feature(code, id, true, LocalText::new(de, en));
    }

    /// Takes one geometry; false when the feature is left out (and reported).
    pub(super) fn take(&mut self, id: &str, wkb: Option<&[u8]>) -> Result<bool, ReadError> {
        let Some(wkb) = wkb else {
            self.drop_feature(
                "RD-003",
                id,
                "Objekt ohne Geometrie weggelassen.",
                "feature without geometry left out.",
            );
            return Ok(false);
        };
        let parsed = match self.shapes.parse(wkb, self.max_feature_vertices) {
            Err(WkbError::Curve) => match linearised(wkb) {
                Some(linear) => self.shapes.parse(&linear, self.max_feature_vertices),
                None => Err(WkbError::Damaged),
            },
            other => other,
        };
        match parsed {
            Ok(()) => {}
            Err(WkbError::TooMany) => {
                let limit = self.max_feature_vertices;
                self.drop_feature(
                    "RD-005",
                    id,
                    format!("Objekt mit mehr als {limit} Stützpunkten weggelassen. Teilen oder vereinfachen."),
                    format!("feature with more than {limit} vertices left out. Split or simplify it."),
                );
                return Ok(false);
            }
            Err(_) => {
                self.drop_feature(
                    "RD-005",
                    id,
                    "Objekt mit beschädigter Geometrie weggelassen.",
                    "feature with a damaged geometry left out.",
                );
                return Ok(false);
            }
        }
        let Some(found) = self.shapes.kind() else {
            self.drop_feature(
                "RD-003",
                id,
                "Objekt mit leerer Geometrie weggelassen.",
                "feature with an empty geometry left out.",
            );
            return Ok(false);
        };
        let kind = *self.kind.get_or_insert(found);
        let builder = self.builder.get_or_insert_with(|| GeometriesBuilder::new(kind));
        let t = self.shapes.write(kind, builder);
        if t.parts > 0 {
            self.vertices += t.vertices as u64;
            self.rows += 1;
            if self.vertices > self.max_vertices {
                return Err(ReadError::TooLarge {
                    file: self.file.clone(),
                    what: "vertices",
                    amount: self.vertices,
                    limit: self.max_vertices,
                });
            }
        } else if t.not_numbers == 0 && t.too_short == 0 {
            self.other_kind = (self.other_kind.0 + 1, Some(found));
            let (is, want) = (kind_text(found), kind_text(kind));
            self.drop_feature(
                "RD-004",
                id,
                format!("{} statt {}: Objekt weggelassen.", is.de, want.de),
                format!("{} instead of {}: feature left out.", is.en, want.en),
            );
            return Ok(false);
        }
        let dropped = t.parts == 0;
        let mut note = |n: usize, code: &str, dropped: bool, de: &str, en: &str| {
            if n > 0 {
                let (mut de, mut en) = (format!("{n} {de}"), format!("{n} {en}"));
                if dropped {
                    de.push_str(" Vom Objekt bleibt nichts: weggelassen.");
                    en.push_str(" Nothing remains of the feature: left out.");
                }
                self.gather.feature(code, id, dropped, LocalText::new(de, en));
            }
        };
        note(
            t.not_numbers,
            "RD-006",
            dropped,
            "Stützpunkte mit Koordinaten, die keine endlichen Zahlen sind, weggelassen.",
            "vertices whose coordinates are no finite numbers left out.",
        );
        note(
            t.too_short,
            "RD-007",
            dropped && t.not_numbers == 0,
            "Ringe oder Linien mit zu wenigen Stützpunkten weggelassen.",
            "rings or lines with too few vertices left out.",
        );
        note(t.closed, "RD-007", false, "offene Ringe geschlossen.", "open rings closed.");
        note(
            t.foreign,
            "RD-008",
            false,
            "Teile einer anderen Geometrieart weggelassen.",
            "parts of another geometry kind left out.",
        );
        Ok(!dropped)
    }

    /// The geometry column and the findings.
    pub(super) fn finish(self) -> (Geometries, Gather) {
        let kind = self.kind.unwrap_or(GeometryKind::Point);
        let builder = self.builder.unwrap_or_else(|| GeometriesBuilder::new(kind));
        (builder.finish(), self.gather)
    }
}

/// A curve as straight pieces, as well-known binary.
fn linearised(wkb: &[u8]) -> Option<Vec<u8>> {
    // SAFETY: length and bytes belong together; both geometries are destroyed; the buffer has the size GDAL asks for.
    unsafe {
        let mut curve = ptr::null_mut();
        gdal_sys::OGR_G_CreateFromWkbEx(wkb.as_ptr().cast(), ptr::null_mut(), &mut curve, wkb.len());
        if curve.is_null() {
            return None;
        }
        let linear = gdal_sys::OGR_G_GetLinearGeometry(curve, ARC_STEP_DEGREES, ptr::null_mut());
        gdal_sys::OGR_G_DestroyGeometry(curve);
        if linear.is_null() {
            return None;
        }
        let mut out = vec![];
        let ok = export(linear, &mut out);
        gdal_sys::OGR_G_DestroyGeometry(linear);
        ok.then_some(out)
    }
}

/// Writes a geometry into the buffer as ISO well-known binary.
///
/// # Safety
/// `geometry` must be valid.
pub(super) unsafe fn export(geometry: gdal_sys::OGRGeometryH, out: &mut Vec<u8>) -> bool {
    // SAFETY: the buffer has the size GDAL asks for.
    unsafe {
        let size = gdal_sys::OGR_G_WkbSizeEx(geometry);
        out.clear();
        out.resize(size, 0);
        gdal_sys::OGR_G_ExportToIsoWkb(geometry, gdal_sys::OGRwkbByteOrder::wkbNDR, out.as_mut_ptr()) == gdal_sys::OGRErr::OGRERR_NONE
    }
}
