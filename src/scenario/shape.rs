//! The geometry of one feature as a scenario writes it: as in GeoJSON, in the project CRS, new coordinates to the millimetre.

use super::EditError;
use crate::{
    geometry::{Repair, Rings, repair_multi_polygon},
    model::{Bbox, Geometries, GeometriesBuilder, GeometryKind},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Coordinates that agree within this are the same place: a file keeps the last digit of a binary number or not.
const SAME_M: f64 = 5e-4;
/// Vertices that one feature of a scenario may have.
pub const MOST_VERTICES: usize = 100_000;

/// Points, lines or polygons of one feature. Rings are closed: the first vertex is repeated as the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Written", into = "Written")]
#[schemars(with = "Written")]
pub struct Shape {
    kind: GeometryKind,
    parts: Vec<Rings>,
}

/// The form in files.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "coordinates")]
enum Written {
    Point([f64; 2]),
    MultiPoint(Vec<[f64; 2]>),
    LineString(Vec<[f64; 2]>),
    MultiLineString(Vec<Vec<[f64; 2]>>),
    Polygon(Rings),
    MultiPolygon(Vec<Rings>),
}

impl From<Written> for Shape {
    fn from(w: Written) -> Self {
        use GeometryKind::{Line, Point, Polygon};
        let (kind, parts) = match w {
            Written::Point(p) => (Point, vec![vec![vec![p]]]),
            Written::MultiPoint(all) => (Point, all.into_iter().map(|p| vec![vec![p]]).collect()),
            Written::LineString(l) => (Line, vec![vec![l]]),
            Written::MultiLineString(all) => (Line, all.into_iter().map(|l| vec![l]).collect()),
            Written::Polygon(rings) => (Polygon, vec![rings]),
            Written::MultiPolygon(all) => (Polygon, all),
        };
        Self { kind, parts }
    }
}

impl From<Shape> for Written {
    fn from(s: Shape) -> Self {
        let single = s.parts.len() == 1;
        let lines = || s.parts.iter().flatten().cloned();
        let points = || s.parts.iter().flatten().flatten().copied();
        match s.kind {
            GeometryKind::Point => match points().next() {
                Some(p) if single => Self::Point(p),
                _ => Self::MultiPoint(points().collect()),
            },
            GeometryKind::Line => match lines().next() {
                Some(l) if single => Self::LineString(l),
                _ => Self::MultiLineString(lines().collect()),
            },
            GeometryKind::Polygon => match s.parts.first() {
                Some(rings) if single => Self::Polygon(rings.clone()),
                _ => Self::MultiPolygon(s.parts),
            },
        }
    }
}

fn to_millimetre(v: f64) -> f64 {
    (v * 1000.0).round() / 1000.0
}

impl Shape {
    /// A point.
    pub fn point(p: [f64; 2]) -> Self {
        Written::Point(p).into()
    }

    /// A line.
    pub fn line(vertices: Vec<[f64; 2]>) -> Self {
        Written::LineString(vertices).into()
    }

    /// A polygon without holes; the ring is closed where it is open.
    pub fn polygon(mut exterior: Vec<[f64; 2]>) -> Self {
        if let (Some(first), Some(last)) = (exterior.first().copied(), exterior.last().copied())
            && first != last
        {
            exterior.push(first);
        }
        Written::Polygon(vec![exterior]).into()
    }

    /// A polygon or several.
    pub fn polygons(parts: Vec<Rings>) -> Self {
        Self {
            kind: GeometryKind::Polygon,
            parts,
        }
    }

    /// Any shape by its parts, each a list of rings: a point is a ring of one vertex.
    pub fn of_parts(kind: GeometryKind, parts: Vec<Rings>) -> Self {
        Self { kind, parts }
    }

    /// A feature of a layer.
    pub fn of(g: &Geometries, row: usize) -> Self {
        let parts = g.parts(row).map(|p| p.rings().map(<[_]>::to_vec).collect()).collect();
        Self { kind: g.kind(), parts }
    }

    /// Points, lines or areas.
    pub fn kind(&self) -> GeometryKind {
        self.kind
    }

    /// Parts, each a list of rings.
    pub fn parts(&self) -> &[Rings] {
        &self.parts
    }

    /// Every vertex.
    pub fn vertices(&self) -> impl Iterator<Item = &[f64; 2]> {
        self.parts.iter().flatten().flatten()
    }

    /// The box around it.
    pub fn bbox(&self) -> Bbox {
        Bbox::around(self.vertices())
    }

    /// As a layer of one feature.
    pub fn geometries(&self) -> Geometries {
        let mut out = GeometriesBuilder::new(self.kind);
        self.append(&mut out);
        out.finish()
    }

    /// Appends it as a feature.
    pub fn append(&self, out: &mut GeometriesBuilder) {
        for part in &self.parts {
            for ring in part {
                out.ring(ring.iter().copied());
            }
            out.end_part();
        }
        out.end_feature();
    }

    /// Every vertex changed.
    #[must_use]
    pub fn map(mut self, change: impl Fn([f64; 2]) -> [f64; 2]) -> Self {
        for p in self.parts.iter_mut().flatten().flatten() {
            *p = change(*p);
        }
        self
    }

    /// Moved by a vector in metres.
    #[must_use]
    pub fn moved(self, by: [f64; 2]) -> Self {
        self.map(|p| [p[0] + by[0], p[1] + by[1]])
    }

    /// Coordinates to the millimetre.
    #[must_use]
    pub fn rounded(self) -> Self {
        self.map(|p| p.map(to_millimetre))
    }

    /// True when both describe the same place, vertex by vertex.
    pub fn same(&self, other: &Self) -> bool {
        let lens = |s: &Self| -> Vec<Vec<usize>> { s.parts.iter().map(|p| p.iter().map(Vec::len).collect()).collect() };
        self.kind == other.kind
            && lens(self) == lens(other)
            && self
                .vertices()
                .zip(other.vertices())
                .all(|(a, b)| (0..2).all(|k| (a[k] - b[k]).abs() <= SAME_M))
    }

    /// The shape as a layer may hold it: rounded, closed, turned the right way, without repeated vertices.
    ///
    /// # Errors
    /// When it crosses itself, has no extent, is not finite, is too large, or lies far from everything (`around`).
    pub fn checked(self, around: &Bbox) -> Result<Self, EditError> {
        let vertices = self.vertices().count();
        if !self.vertices().flatten().all(|v| v.is_finite()) {
            return Err(EditError::NotFinite);
        }
        if vertices > MOST_VERTICES {
            return Err(EditError::TooManyVertices {
                found: vertices,
                most: MOST_VERTICES,
            });
        }
        let mut shape = self.rounded();
        let b = shape.bbox();
        if b.is_empty() {
            return Err(EditError::NoExtent);
        }
        if let Some(km) = too_far_km(&b, around) {
            return Err(EditError::FarAway { km });
        }
        match shape.kind {
            GeometryKind::Point => {
                if shape.parts.iter().any(|p| p.len() != 1 || p[0].len() != 1) {
                    return Err(EditError::NoExtent);
                }
            }
            GeometryKind::Line => {
                for line in shape.parts.iter_mut().flatten() {
                    line.dedup();
                    if line.len() < 2 {
                        return Err(EditError::NoExtent);
                    }
                }
                if shape.parts.iter().any(|p| p.len() != 1) {
                    return Err(EditError::NoExtent);
                }
            }
            GeometryKind::Polygon => shape.parts = areas(shape.parts)?,
        }
        Ok(shape)
    }
}

/// Valid polygons; small slips of the hand are put right, a drawing that would cover another area than the one meant is refused.
fn areas(parts: Vec<Rings>) -> Result<Vec<Rings>, EditError> {
    match repair_multi_polygon(parts) {
        Repair::Valid(parts) => Ok(parts),
        Repair::Repaired { parts, what } => match what.iter().find(|d| d.changes_area()) {
            None => Ok(parts),
            Some(defect) => Err(EditError::Crossing { defect: *defect }),
        },
        Repair::Rejected { why } => Err(EditError::Rejected { why }),
    }
}

/// How many kilometres beyond ten times the city's size (at least 50 km) a shape reaches.
fn too_far_km(b: &Bbox, around: &Bbox) -> Option<u32> {
    if around.is_empty() {
        return None;
    }
    let reach = (10.0 * around.width_m().max(around.height_m())).max(50_000.0);
    let city = around.buffered(reach);
    let off = |v: f64, lo: f64, hi: f64| (lo - v).max(v - hi).max(0.0);
    let corners = [b.min, b.max];
    let far = corners
        .iter()
        .map(|p| off(p[0], city.min[0], city.max[0]).max(off(p[1], city.min[1], city.max[1])));
    let far_m = far.fold(0.0, f64::max);
    (far_m > 0.0).then(|| ((far_m + reach) / 1000.0).min(f64::from(u32::MAX)) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CITY: Bbox = Bbox {
        min: [0.0, 0.0],
        max: [4000.0, 4000.0],
    };

    #[test]
    fn shapes_read_like_geojson_and_come_back_as_they_were() {
        let hole = vec![[2.0, 2.0], [3.0, 2.0], [3.0, 3.0], [2.0, 2.0]];
        let outer = vec![[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 0.0]];
        for shape in [
            Shape::point([1.5, 2.25]),
            Shape::line(vec![[0.0, 0.0], [1.0, 1.0]]),
            Shape::polygons(vec![vec![outer.clone(), hole]]),
            Shape::polygons(vec![vec![outer.clone()], vec![outer.iter().map(|p| [p[0] + 50.0, p[1]]).collect()]]),
        ] {
            let text = serde_json::to_string(&shape).unwrap();
            assert_eq!(serde_json::from_str::<Shape>(&text).unwrap(), shape, "{text}");
            assert_eq!(Shape::of(&shape.geometries(), 0), shape);
        }
        let text = serde_json::to_string(&Shape::point([1.5, 2.25])).unwrap();
        assert_eq!(text, r#"{"type":"Point","coordinates":[1.5,2.25]}"#);
    }

    #[test]
    fn a_drawing_is_exact_to_the_centimetre_or_refused() {
        let square = Shape::polygon(vec![[10.01, 20.02], [22.35, 20.02], [22.35, 32.36], [10.01, 32.36]]);
        let checked = square.checked(&CITY).unwrap();
        assert!((crate::geometry::area_m2(&checked.geometries(), 0) - 12.34 * 12.34).abs() < 1e-6);
        assert_eq!(checked.bbox(), Bbox::new([10.01, 20.02], [22.35, 32.36]));
        let bow = Shape::polygon(vec![[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 10.0]]);
        assert!(matches!(bow.checked(&CITY), Err(EditError::Crossing { .. })));
        let nan = Shape::polygon(vec![[0.0, 0.0], [f64::NAN, 1.0], [1.0, 1.0]]);
        assert!(matches!(nan.checked(&CITY), Err(EditError::NotFinite)));
        let far = Shape::point([9e6, 0.0]);
        assert!(matches!(far.checked(&CITY), Err(EditError::FarAway { .. })));
        let flat = Shape::polygon(vec![[0.0, 0.0], [5.0, 0.0], [9.0, 0.0]]);
        assert!(matches!(flat.checked(&CITY), Err(EditError::Rejected { .. })));
        assert!(matches!(
            Shape::line(vec![[1.0, 1.0], [1.0001, 1.0]]).checked(&CITY),
            Err(EditError::NoExtent)
        ));
        let many = Shape::line((0..=MOST_VERTICES as u32).map(|k| [f64::from(k) * 0.01, 0.0]).collect());
        assert!(matches!(many.checked(&CITY), Err(EditError::TooManyVertices { .. })));
    }
}
