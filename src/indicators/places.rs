//! The places that indicators are told for: the whole city, and the polygons of a layer.

use super::table::Place;
use crate::{
    geometry::{PreparedArea, area_m2},
    model::{Bbox, Geometries, GeometriesBuilder, GeometryKind, LocalText, SlotId},
    project::City,
};

/// One place with its ground.
pub(super) struct Unit {
    pub place: Place,
    /// One feature.
    pub ground: Geometries,
    pub area: PreparedArea,
}

impl Unit {
    fn new(id: String, label: LocalText, row: Option<u32>, ground: Geometries) -> Self {
        let area = PreparedArea::new(&ground, 0);
        Self {
            place: Place {
                id,
                label,
                row,
                area_m2: area_m2(&ground, 0),
            },
            ground,
            area,
        }
    }

    /// The whole first, then the features of a polygon layer.
    pub fn all(city: &City, by: Option<&SlotId>) -> Result<Vec<Self>, LocalText> {
        let whole = match &city.info.area_of_interest {
            Some(area) => one(area),
            None => rectangle(city.extent()),
        };
        let mut out = vec![Self::new(
            String::new(),
            LocalText::new("Betrachtungsraum", "Area of interest"),
            None,
            whole,
        )];
        let Some(by) = by else { return Ok(out) };
        let layer = city
            .layer(by)
            .filter(|l| l.layer.geometry.kind() == GeometryKind::Polygon)
            .ok_or_else(|| {
                let why = match city.slot(by) {
                    Some(_) => ("enthält keine Flächen", "holds no areas"),
                    None => ("gibt es in diesem Projekt nicht", "does not exist in this project"),
                };
                LocalText::new(
                    format!("Die Ebene {by} {}; gebraucht wird eine Ebene mit Flächen, etwa Stadtteile.", why.0),
                    format!("The layer {by} {}; a layer of areas is needed, such as districts.", why.1),
                )
            })?;
        for row in 0..layer.layer.len() {
            let mut ground = GeometriesBuilder::new(GeometryKind::Polygon);
            ground.copy_feature(&layer.layer.geometry, row);
            let label = city.label(&layer.layer, row);
            out.push(Self::new(
                layer.layer.ids[row].to_string(),
                LocalText::same(label),
                Some(row as u32),
                ground.finish(),
            ));
        }
        Ok(out)
    }
}

/// All features as the parts of one. An area of interest is drawn without overlaps.
fn one(g: &Geometries) -> Geometries {
    let mut out = GeometriesBuilder::new(GeometryKind::Polygon);
    for part in (0..g.len()).flat_map(|row| g.parts(row)) {
        for ring in part.rings() {
            out.ring(ring.iter().copied());
        }
        out.end_part();
    }
    out.end_feature();
    out.finish()
}

fn rectangle(b: Bbox) -> Geometries {
    let mut out = GeometriesBuilder::new(GeometryKind::Polygon);
    if !b.is_empty() {
        let ([x0, y0], [x1, y1]) = (b.min, b.max);
        out.ring([[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]).end_part();
    }
    out.end_feature();
    out.finish()
}
