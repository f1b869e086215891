//! A building as building law sees it: footprint, storeys, height, roof, main or ancillary.

use super::{Span, law::Law};
use crate::{
    geometry::area_m2,
    model::{Layer, SurfaceKind, Value},
};

/// No habitable storey is lower by the building codes.
const LEAST_STOREY_M: f64 = 2.4;

/// The roof, as far as it matters for heights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roof {
    /// The height is the wall's.
    Flat,
    /// Part of the height is roof.
    Pitched,
    /// Nobody tells.
    Unknown,
}

/// A building.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// Row in its layer.
    pub row: u32,
    /// Area of the footprint.
    pub footprint_m2: f64,
    /// Storeys above ground, read as Vollgeschosse.
    pub storeys: Option<f64>,
    /// From the ground to the highest point.
    pub height_m: Option<f64>,
    /// Height of the walls where surfaces of a city model tell it.
    pub eaves_m: Option<f64>,
    /// Form of the roof.
    pub roof: Roof,
    /// Garage, shed or the like (§ 14 BauNVO, § 6 MBO).
    pub ancillary: bool,
}

/// The building in `row` of a layer with the role `buildings`.
pub fn volume(layer: &Layer, row: u32, law: &Law) -> Volume {
    let at = row as usize;
    let number = |name: &str| layer.attributes.value(name, at).as_f64().filter(|v| v.is_finite() && *v > 0.0);
    let words = &law.buildings;
    let text = |v: Value| v.to_string().trim_start_matches("31001_").to_lowercase();
    let roof = words
        .roof_columns
        .iter()
        .map(|c| layer.attributes.value(c, at))
        .find(|v| !v.is_null())
        .map(text);
    let told = match roof {
        Some(r) if words.flat.contains(&r) => Roof::Flat,
        Some(r) if words.pitched.contains(&r) => Roof::Pitched,
        _ => Roof::Unknown,
    };
    let (eaves_m, measured) = from_body(layer, at);
    let roof = match (told, eaves_m.zip(measured)) {
        (Roof::Unknown, Some((eaves, top))) if top - eaves < 0.5 => Roof::Flat,
        (Roof::Unknown, Some(_)) => Roof::Pitched,
        (told, _) => told,
    };
    let function = text(layer.attributes.value("function", at));
    Volume {
        row,
        footprint_m2: area_m2(&layer.geometry, at),
        storeys: number("storeys"),
        height_m: number("height_m").or(measured),
        eaves_m,
        roof,
        ancillary: words.ancillary.contains(&function),
    }
}

/// Height of the eaves and of the ridge above the lowest point, where a body has roof surfaces.
fn from_body(layer: &Layer, row: usize) -> (Option<f64>, Option<f64>) {
    let Some(bodies) = layer.bodies.as_ref().filter(|b| b.has(row)) else {
        return (None, None);
    };
    let Some([floor, top]) = bodies.heights(row) else {
        return (None, None);
    };
    let roofs = bodies.surfaces(row).filter(|s| s.kind() == SurfaceKind::Roof);
    let lowest = roofs
        .flat_map(|s| s.rings().flatten().map(|p| p[2]).collect::<Vec<_>>())
        .fold(f64::INFINITY, f64::min);
    let eaves = (lowest.is_finite() && lowest > floor).then_some(lowest - floor);
    (eaves, (top > floor).then_some(top - floor))
}

impl Volume {
    /// Height of the walls: from surfaces, by storeys under a pitched roof, the whole height under a flat one.
    pub fn wall_m(&self, law: &Law) -> Option<Span> {
        if let Some(eaves) = self.eaves_m {
            return Some(Span::exact(eaves));
        }
        let by_storeys = self.storeys.map(|s| s * law.density.storey_m);
        match (self.roof, self.height_m, by_storeys) {
            (Roof::Flat, Some(h), _) => Some(Span::exact(h)),
            (Roof::Pitched, Some(h), Some(s)) => Some(Span::exact(s.min(h))),
            (Roof::Pitched, Some(h), None) => Some(Span { low: 0.0, high: Some(h) }),
            (Roof::Unknown, Some(h), Some(s)) => Some(Span {
                low: s.min(h),
                high: Some(h),
            }),
            (Roof::Unknown, Some(h), None) => Some(Span { low: 0.0, high: Some(h) }),
            (_, None, _) => None,
        }
    }

    /// From the ground to the highest point.
    pub fn top_m(&self) -> Span {
        match self.height_m {
            Some(h) => Span::exact(h),
            None => Span::at_least(self.storeys.unwrap_or(1.0) * LEAST_STOREY_M),
        }
    }

    /// Floor area of the Vollgeschosse, § 20 (3) BauNVO. Ancillary structures do not count, § 20 (4).
    pub fn floor_m2(&self, footprint_m2: f64) -> Span {
        match (self.ancillary, self.storeys) {
            (true, _) => Span::exact(0.0),
            (false, Some(s)) => Span::exact(footprint_m2 * s),
            // A main building has one storey at least.
            (false, None) => Span::at_least(footprint_m2),
        }
    }

    /// Building volume, § 21 (2) BauNVO: footprint by height up to the ceiling of the topmost Vollgeschoss.
    pub fn mass_m3(&self, footprint_m2: f64, law: &Law) -> Span {
        match (self.ancillary, self.wall_m(law)) {
            (true, _) => Span::exact(0.0),
            (false, Some(wall)) => wall.times(footprint_m2),
            (false, None) => Span::at_least(self.storeys.unwrap_or(1.0) * footprint_m2 * LEAST_STOREY_M),
        }
    }
}
