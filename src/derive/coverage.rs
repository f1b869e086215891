//! How far a derived layer may claim anything: as far as the data of all its inputs reach.

use super::shapes::{Mask, Piece, cut, shrunk};
use crate::{
    geometry::{self, from_geo, multi_polygon},
    model::{Coverage, Geometries, GeometryKind, Layer},
};
use geo::{Buffer, MultiPolygon};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// More features than this are not taken out of the coverage one by one.
const MOST_HOLES: usize = 1000;

/// Points and lines take this much of the coverage with them.
const AROUND_M: f64 = 0.5;

/// Where a layer is complete.
#[derive(Debug, Clone)]
pub(super) enum Known {
    /// Nobody said.
    Undeclared,
    /// In the whole area of interest.
    Area,
    /// Here.
    Region(MultiPolygon<f64>),
}

/// All parts as one region; the largest where they cannot be joined: too little is safe, too much is not.
fn region(g: &Geometries) -> MultiPolygon<f64> {
    let parts: Vec<_> = (0..g.len()).map(|row| multi_polygon(g, row)).collect();
    geometry::union(&parts).unwrap_or_else(|_| {
        let largest = (0..g.len()).max_by(|a, b| geometry::area_m2(g, *a).total_cmp(&geometry::area_m2(g, *b)));
        largest.map_or_else(|| MultiPolygon(vec![]), |row| multi_polygon(g, row))
    })
}

impl Known {
    pub fn of(layer: &Layer, area: Option<&Geometries>) -> Self {
        match (&layer.coverage, area) {
            (Coverage::Undeclared, _) | (Coverage::AreaOfInterest, None) => Self::Undeclared,
            (Coverage::AreaOfInterest, Some(_)) => Self::Area,
            (Coverage::Polygons(g), _) => Self::Region(region(g)),
        }
    }

    /// The region, where one is declared.
    pub fn region(&self, area: Option<&Geometries>) -> Option<MultiPolygon<f64>> {
        match self {
            Self::Undeclared => None,
            Self::Area => area.map(region),
            Self::Region(r) => Some(r.clone()),
        }
    }

    /// Where both are complete. What one does not declare nobody can declare for it.
    pub fn and(self, other: Self, area: Option<&Geometries>) -> Self {
        match (&self, &other) {
            (Self::Area, Self::Area) => Self::Area,
            _ => match (self.region(area), other.region(area)) {
                (Some(a), Some(b)) => {
                    let both = geometry::intersection((&from_geo(&[a]), 0), (&from_geo(&[b]), 0));
                    // No answer is safer than a wrong one.
                    Self::Region(both.unwrap_or_else(|_| MultiPolygon(vec![])))
                }
                _ => Self::Undeclared,
            },
        }
    }

    /// Whether something lies within a distance is known only this far from the border.
    pub fn within(self, distance_m: f64, area: Option<&Geometries>) -> Self {
        match self.region(area) {
            None => Self::Undeclared,
            Some(r) => Self::Region(shrunk(&r, distance_m.abs()).unwrap_or_else(|| MultiPolygon(vec![]))),
        }
    }

    /// Without the ground of features of which nobody knows whether they count.
    pub fn without(self, g: &Geometries, rows: &[u32], area: Option<&Geometries>) -> Self {
        if rows.is_empty() {
            return self;
        }
        let Some(region) = self.region(area) else { return Self::Undeclared };
        if rows.len() > MOST_HOLES {
            return Self::Undeclared;
        }
        let ground = |row: &u32| match g.kind() {
            GeometryKind::Polygon => Some(multi_polygon(g, *row as usize)),
            _ => catch_unwind(AssertUnwindSafe(|| geometry::to_geo(g, *row as usize).buffer(AROUND_M))).ok(),
        };
        let holes: Option<Vec<_>> = rows.iter().map(ground).collect();
        let left = holes.and_then(|holes| geometry::difference(&region, &geometry::union(&holes).ok()?).ok());
        left.map_or(Self::Undeclared, Self::Region)
    }

    pub fn into_coverage(self) -> Coverage {
        match self {
            Self::Undeclared => Coverage::Undeclared,
            Self::Area => Coverage::AreaOfInterest,
            Self::Region(r) => Coverage::Polygons(from_geo(&[r])),
        }
    }
}

/// The part of a feature for which the data of another layer reach.
pub(super) fn charted(g: &Geometries, row: usize, region: &MultiPolygon<f64>) -> Piece {
    cut(g, row, &Mask::Region(region), true)
}
