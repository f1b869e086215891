//! What may be built in a building area or a building window: type, density, storeys and height, from the object itself, from height marks
//! inside it, or from the building area around it.

use super::{
    document::Document,
    join::Joins,
    object::{Height, Object},
};
use crate::{
    geometry,
    model::{Geometries, GeometriesBuilder, GeometryKind, Value},
};
use std::collections::BTreeMap;

/// Metres a storey is taken for where the plan sets no height.
const STOREY_M: f64 = 3.0;

/// Types whose objects lie on a building area and take from it what they do not say.
const WINDOWS: [&str; 2] = ["BP_UeberbaubareGrundstuecksFlaeche", "BP_BauGrenze"];
/// Types that say what may be built.
const AREAS: [&str; 1] = ["BP_BaugebietsTeilFlaeche"];

/// How high one may build.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Top {
    /// Above the ground.
    above_ground_m: Option<f64>,
    /// Above sea level.
    above_sea_m: Option<f64>,
}

impl Top {
    fn is_known(self) -> bool {
        self.above_ground_m.is_some() || self.above_sea_m.is_some()
    }

    /// The top of what several statements allow. Ridge and upper edge count before eaves; heights of floors and clearances do not.
    fn of<'a>(heights: impl Iterator<Item = &'a Height>, reference_m: Option<f64>) -> Self {
        let mut best: [Option<(u8, f64)>; 2] = [None, None];
        for h in heights {
            let Some(most) = h.most_m else { continue };
            let rank = match h.of {
                Some(2000 | 3000 | 5000 | 6000) | None => 1,
                Some(1000 | 6500) => 0,
                Some(_) => continue,
            };
            let (slot, value) = match (h.above, reference_m) {
                (Some(1000 | 1100 | 1200), _) => (1, most),
                (Some(3000), Some(reference)) => (1, reference + most),
                _ => (0, most),
            };
            if best[slot].is_none_or(|b| (rank, value) > b) {
                best[slot] = Some((rank, value));
            }
        }
        Self {
            above_ground_m: best[0].map(|b| b.1),
            above_sea_m: best[1].map(|b| b.1),
        }
    }
}

/// An area with what stands on it.
struct Area<'a> {
    object: &'a Object,
    marks: Vec<&'a Height>,
}

/// What counts where, for the types that have it.
pub(super) struct Measures<'a> {
    reference_m: BTreeMap<&'a str, f64>,
    areas: Vec<Area<'a>>,
    shapes: Geometries,
    /// Height marks inside windows, by the window's id.
    window_marks: BTreeMap<&'a str, Vec<&'a Height>>,
}

impl<'a> Measures<'a> {
    pub(super) fn new(document: &'a Document, joins: &Joins<'a>) -> Self {
        let of = |types: &[&str]| -> Vec<&'a Object> { document.objects.iter().filter(|o| types.contains(&&*o.kind)).collect() };
        let areas = of(&AREAS);
        let windows: Vec<&Object> = of(&WINDOWS[..1]);
        let mut measures = Self {
            reference_m: joins.plans().filter_map(|p| Some((&*p.id, p.number("bezugshoehe")?))).collect(),
            shapes: polygons(&areas),
            areas: areas.into_iter().map(|object| Area { object, marks: vec![] }).collect(),
            window_marks: BTreeMap::new(),
        };
        let window_shapes = polygons(&windows);
        for mark in of(&["BP_HoehenMass"]) {
            let Some(p) = mark.shape.as_ref().and_then(|s| s.points.first().copied()) else {
                continue;
            };
            if let Some(row) = (0..windows.len()).find(|r| geometry::contains(&window_shapes, *r, p)) {
                measures.window_marks.entry(&windows[row].id).or_default().extend(&mark.heights);
            } else if let Some(row) = measures.around(p) {
                measures.areas[row].marks.extend(&mark.heights);
            }
        }
        measures
    }

    /// The smallest building area around a point.
    fn around(&self, p: [f64; 2]) -> Option<usize> {
        let inside = (0..self.areas.len()).filter(|r| geometry::contains(&self.shapes, *r, p));
        inside.min_by(|a, b| geometry::area_m2(&self.shapes, *a).total_cmp(&geometry::area_m2(&self.shapes, *b)))
    }

    /// The attributes that this adds to an object, all of them named; nothing for types that nothing is built on.
    pub(super) fn attributes(&self, object: &'a Object, joins: &Joins<'a>) -> Vec<(&'static str, Value)> {
        let is_window = WINDOWS.contains(&&*object.kind);
        if !is_window && !AREAS.contains(&&*object.kind) {
            return vec![];
        }
        let around = is_window.then(|| inner_point(object).and_then(|p| self.around(p))).flatten();
        let area = around.map(|row| &self.areas[row]);
        let reference_m = joins.plan(object).and_then(|p| self.reference_m.get(&*p.id)).copied();
        let own_marks = self.window_marks.get(&*object.id).into_iter().flatten().copied();
        let own_area = self.areas.iter().find(|a| a.object.id == object.id);
        let marks_inside = own_marks.chain(own_area.into_iter().flat_map(|a| a.marks.iter().copied()));

        let own_storeys = storeys(object);
        let area_storeys = area.and_then(|a| storeys(a.object));
        // Heights before storeys; what is nearer before what lies around.
        let storey_top = |n: Option<i64>| Top {
            above_ground_m: n.map(|n| n as f64 * STOREY_M),
            above_sea_m: None,
        };
        let candidates = [
            ("Höhenangabe", Top::of(object.heights.iter(), reference_m)),
            ("Höhenmaß", Top::of(marks_inside, reference_m)),
            (
                "Höhenangabe des Baugebiets",
                Top::of(area.into_iter().flat_map(|a| &a.object.heights), reference_m),
            ),
            (
                "Höhenmaß des Baugebiets",
                Top::of(area.into_iter().flat_map(|a| a.marks.iter().copied()), reference_m),
            ),
            ("Vollgeschosse × 3 m", storey_top(own_storeys)),
            ("Vollgeschosse des Baugebiets × 3 m", storey_top(area_storeys)),
        ];
        let (source, top) = candidates.into_iter().find(|(_, t)| t.is_known()).unwrap_or(("", Top::default()));

        let real = |v: Option<f64>| v.map_or(Value::Null, Value::Real);
        let text = |v: Option<String>| v.map_or(Value::Null, |t| Value::Text(t.as_str().into()));
        let both = |names: &[&str]| {
            names
                .iter()
                .find_map(|n| object.number(n))
                .or_else(|| names.iter().find_map(|n| area?.object.number(n)))
        };
        let code = |name: &str| object.text(name).or_else(|| area.and_then(|a| a.object.text(name)));
        vec![
            ("geltend_allgArtDerBaulNutzung", text(code("allgArtDerBaulNutzung"))),
            ("geltend_besondereArtDerBaulNutzung", text(code("besondereArtDerBaulNutzung"))),
            ("geltend_GRZ", real(both(&["GRZ", "GRZmax"]))),
            ("geltend_GFZ", real(both(&["GFZ", "GFZmax"]))),
            ("geltend_BMZ", real(both(&["BMZ", "BMZmax"]))),
            ("geltend_Z", own_storeys.or(area_storeys).map_or(Value::Null, Value::Integer)),
            ("geltend_hoehe", real(top.above_ground_m)),
            ("geltend_oberkante_NHN", real(top.above_sea_m)),
            ("geltend_hoehe_aus", text((!source.is_empty()).then(|| source.to_string()))),
            ("baugebiet", text(area.map(|a| a.object.id.to_string()))),
        ]
    }
}

/// Full storeys that may be built at most.
fn storeys(o: &Object) -> Option<i64> {
    let n = ["Zzwingend", "Zmax", "Z"].iter().find_map(|name| o.number(name))?;
    (n.fract() == 0.0 && (1.0..=200.0).contains(&n)).then_some(n as i64)
}

/// A point in the middle of an object, to ask which area it lies in.
fn inner_point(object: &Object) -> Option<[f64; 2]> {
    let shape = object.shape.as_ref()?;
    if shape.kind() == Some(GeometryKind::Polygon) {
        return geometry::point_on_surface(&polygons(&[object]), 0);
    }
    let line = shape.lines.first()?;
    let mut g = GeometriesBuilder::new(GeometryKind::Line);
    g.ring(line.iter().copied()).end_part().end_feature();
    geometry::point_on_surface(&g.finish(), 0)
}

/// The polygons of objects, one row each. Broken coordinates contain nothing.
pub(super) fn polygons(objects: &[&Object]) -> Geometries {
    let mut out = GeometriesBuilder::new(GeometryKind::Polygon);
    for object in objects {
        if let Some(shape) = object.shape.as_ref().filter(|s| s.not_numbers == 0) {
            for polygon in &shape.polygons {
                for ring in polygon.iter().filter(|r| r.len() > 3) {
                    out.ring(ring.iter().copied());
                }
                out.end_part();
            }
        }
        out.end_feature();
    }
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn height(above: u32, of: Option<u32>, most_m: f64) -> Height {
        Height {
            above: Some(above),
            of,
            most_m: Some(most_m),
        }
    }

    #[test]
    fn the_ridge_counts_before_the_eaves_and_a_clearance_not_at_all() {
        let of = |list: &[Height], reference| Top::of(list.iter(), reference);
        let top = of(
            &[
                height(2000, Some(1000), 9.0),
                height(2000, Some(2000), 7.0),
                height(2000, Some(3500), 30.0),
            ],
            None,
        );
        assert_eq!((top.above_ground_m, top.above_sea_m), (Some(7.0), None));
        let top = of(&[height(1000, Some(3000), 62.5), height(2000, Some(1000), 6.0)], None);
        assert_eq!((top.above_ground_m, top.above_sea_m), (Some(6.0), Some(62.5)));
        let top = of(&[height(3000, None, 12.0)], Some(40.0));
        assert_eq!(top.above_sea_m, Some(52.0));
        assert!(!of(&[], None).is_known());
    }
}
