//! What casts shadows: blocks, surfaces of city models, and the terrain.

use super::Step;
use crate::{
    geometry::{self, RoofShape, triangulate_surface},
    index::{IndexedLayer, SpatialIndex},
    model::{Bbox, Geometries, Layer, Raster},
    modules::Role,
    project::{City, SlotData},
    zoning,
};
use std::sync::Arc;

/// Tops of these heights over their ground are searched apart, so that one tower does not make every search wide.
const CLASSES_M: [f64; 3] = [12.0, 30.0, f64::INFINITY];

/// Terrain shades from one cell on; its own roughness does not.
const TERRAIN_TOLERANCE_M: f64 = 0.3;

#[derive(Debug)]
enum Shape {
    /// A footprint raised to `top`.
    Block { layer: Arc<Layer>, row: u32 },
    /// Triangles in space.
    Surfaces(Vec<[[f64; 3]; 3]>),
}

#[derive(Debug)]
struct Solid {
    bbox: Bbox,
    top_m: f64,
    shape: Shape,
}

#[derive(Debug)]
struct Class {
    solids: Vec<Solid>,
    index: SpatialIndex,
    /// Absolute height of the highest.
    top_m: f64,
}

/// All that casts shadows in a city.
#[derive(Debug)]
pub struct Occluders {
    classes: Vec<Class>,
    terrain: Option<(Arc<Raster>, f64)>,
    /// Buildings that cast none because nothing tells their height.
    pub unknown: u32,
}

/// Height of the ground that a building stands on: the lowest under its corners, as it is drawn.
pub(super) fn base_m(city: &City, g: &Geometries, row: usize) -> f64 {
    let ground = g.rings(row).flatten().map(|p| city.height_at(*p));
    let lowest = ground.fold(f64::INFINITY, f64::min);
    if lowest.is_finite() { lowest } else { 0.0 }
}

/// How high a building is, by its data; `None` where nothing tells.
pub(super) fn height_m(layer: &Layer, row: usize) -> Option<f64> {
    let law = zoning::law();
    let v = zoning::volume(layer, row as u32, law);
    v.height_m.or_else(|| v.storeys.map(|s| s * law.density.storey_m))
}

impl Occluders {
    /// Takes in a city.
    pub fn new(city: &City) -> Self {
        let rows = |l: &IndexedLayer| (0..l.layer.len() as u32).collect();
        Self {
            terrain: highest(city),
            ..Self::of(city, rows)
        }
    }

    /// Takes in the buildings that meet a box, and the terrain.
    pub(super) fn within(city: &City, area: &Bbox) -> Self {
        Self {
            terrain: highest(city),
            ..Self::of(city, |l| l.index.rows_in(area))
        }
    }

    /// Takes in these rows of each layer of buildings, without the terrain.
    pub(super) fn of(city: &City, rows: impl Fn(&IndexedLayer) -> Vec<u32>) -> Self {
        let mut sorted: [Vec<Solid>; 3] = Default::default();
        let mut unknown = 0;
        for slot in city.with_role(Role::Buildings) {
            let SlotData::Vector(indexed) = &slot.data else { continue };
            let layer = &indexed.layer;
            for row in rows(indexed).into_iter().map(|r| r as usize) {
                let base = base_m(city, &layer.geometry, row);
                let solid = match surfaces(city, layer, row) {
                    Some(solid) => solid,
                    None => {
                        let Some(h) = height_m(layer, row) else {
                            unknown += 1;
                            continue;
                        };
                        Solid {
                            bbox: layer.geometry.bbox(row),
                            top_m: base + h,
                            shape: pitched(layer, row, [base, h]).unwrap_or_else(|| Shape::Block {
                                layer: layer.clone(),
                                row: row as u32,
                            }),
                        }
                    }
                };
                let class = CLASSES_M.iter().position(|c| solid.top_m - base <= *c).unwrap_or(2);
                sorted[class].push(solid);
            }
        }
        let classes = sorted.into_iter().filter(|s| !s.is_empty()).map(|solids| Class {
            index: SpatialIndex::new(&solids.iter().map(|s| s.bbox).collect::<Vec<_>>()),
            top_m: solids.iter().map(|s| s.top_m).fold(f64::NEG_INFINITY, f64::max),
            solids,
        });
        Self {
            classes: classes.collect(),
            terrain: None,
            unknown,
        }
    }

    /// Whoever may stand between a point and the sun of a day whose flattest ray is given.
    pub(super) fn around(&self, [x, y, z]: [f64; 3], flattest: f64) -> Around<'_> {
        let mut near = vec![];
        for class in &self.classes {
            let reach = (class.top_m - z) / flattest.max(1e-6);
            if reach <= 0.0 {
                continue;
            }
            let rows = class.index.rows_in(&Bbox::new([x, y], [x, y]).buffered(reach));
            near.extend(rows.into_iter().map(|r| &class.solids[r as usize]).filter(|s| s.top_m > z));
        }
        Around {
            near,
            terrain: self.terrain.as_ref(),
        }
    }
}

/// The terrain with the height of its highest cell.
fn highest(city: &City) -> Option<(Arc<Raster>, f64)> {
    city.terrain().map(|t| {
        let top = t.values.iter().filter(|v| v.is_finite()).fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        (t.clone(), f64::from(top))
    })
}

/// Roof and walls of a city model. Without terrain the model is set on the plane, as it is drawn.
fn surfaces(city: &City, layer: &Layer, row: usize) -> Option<Solid> {
    let bodies = layer.bodies.as_ref()?;
    if bodies.lod(row)? < 2 {
        return None;
    }
    let [floor, top] = bodies.heights(row)?;
    let down = if city.terrain().is_some() { 0.0 } else { floor };
    let mut triangles = vec![];
    for surface in bodies.surfaces(row) {
        let rings: Vec<Vec<[f64; 3]>> = surface.rings().map(|r| r.map(|[x, y, z]| [x, y, z - down]).collect()).collect();
        let points: Vec<[f64; 3]> = rings.iter().flatten().copied().collect();
        let corners = triangulate_surface(&rings);
        triangles.extend(corners.chunks_exact(3).map(|c| [0, 1, 2].map(|k| points[c[k] as usize])));
    }
    let bbox = triangles.iter().flatten().fold(Bbox::EMPTY, |mut b, p| {
        b.extend([p[0], p[1]]);
        b
    });
    (!triangles.is_empty()).then_some(Solid {
        bbox,
        top_m: top - down,
        shape: Shape::Surfaces(triangles),
    })
}

/// A house whose register tells the form of its roof, as it is drawn; `None` for what counts as a block.
fn pitched(layer: &Layer, row: usize, [base, height]: [f64; 2]) -> Option<Shape> {
    let form = RoofShape::of_code(layer.attributes.value("roof_type", row).as_f64()? as i64)?;
    let house = geometry::house(&layer.geometry, row, form, height, base + height)?;
    let mut triangles = vec![];
    for k in 0..4 {
        let [a, b] = [house.corners[k], house.corners[(k + 1) % 4]];
        let at = |p: [f64; 2], z: f64| [p[0], p[1], z];
        let (low, eaves) = (base, house.eaves_m);
        triangles.push([at(a, low), at(b, low), at(b, eaves)]);
        triangles.push([at(a, low), at(b, eaves), at(a, eaves)]);
    }
    for face in &house.roof {
        let p = &face.points;
        triangles.extend((1..p.len() - 1).map(|k| [p[0], p[k], p[k + 1]]));
    }
    Some(Shape::Surfaces(triangles))
}

/// What may shade one point.
pub(super) struct Around<'a> {
    near: Vec<&'a Solid>,
    terrain: Option<&'a (Arc<Raster>, f64)>,
}

impl Around<'_> {
    /// True when something stands between the point and the sun.
    pub fn blocked(&self, from: [f64; 3], step: &Step) -> bool {
        self.near.iter().any(|s| s.blocks(from, step)) || self.terrain.is_some_and(|t| hill(t, from, step))
    }
}

impl Solid {
    fn blocks(&self, from: [f64; 3], step: &Step) -> bool {
        // Past this distance the ray is above the top.
        let most = (self.top_m - from[2]) / step.slope;
        let Some(first) = enters(&self.bbox, from, step.towards, most) else {
            return false;
        };
        match &self.shape {
            Shape::Block { layer, row } => block(&layer.geometry, *row as usize, from, step.towards, [first, most]),
            Shape::Surfaces(triangles) => {
                let ray = [step.towards[0], step.towards[1], step.slope];
                triangles.iter().any(|t| pierces(t, from, ray))
            }
        }
    }
}

/// Where a ray on the ground enters a box, if it does within `most`.
fn enters(bbox: &Bbox, from: [f64; 3], towards: [f64; 2], most: f64) -> Option<f64> {
    let (mut first, mut last) = (0.0, most);
    for k in 0..2 {
        if towards[k].abs() < 1e-12 {
            if from[k] < bbox.min[k] || from[k] > bbox.max[k] {
                return None;
            }
            continue;
        }
        let (a, b) = ((bbox.min[k] - from[k]) / towards[k], (bbox.max[k] - from[k]) / towards[k]);
        first = f64::max(first, a.min(b));
        last = f64::min(last, a.max(b));
    }
    (first <= last).then_some(first)
}

/// True when the ray meets the footprint before it is above the top. It is lowest where it comes in, and a block reaches the ground.
fn block(g: &Geometries, row: usize, from: [f64; 3], towards: [f64; 2], [_, most]: [f64; 2]) -> bool {
    let [x, y, _] = from;
    let meets = |a: [f64; 2], b: [f64; 2]| {
        let (d, e) = ([b[0] - a[0], b[1] - a[1]], [a[0] - x, a[1] - y]);
        let cross = towards[0] * d[1] - towards[1] * d[0];
        if cross.abs() < 1e-12 {
            return false;
        }
        let t = (e[0] * d[1] - e[1] * d[0]) / cross;
        let s = (e[0] * towards[1] - e[1] * towards[0]) / cross;
        t > 0.0 && t < most && (0.0..=1.0).contains(&s)
    };
    g.rings(row).any(|r| r.windows(2).any(|w| meets(w[0], w[1])))
}

/// Möller and Trumbore.
fn pierces(t: &[[f64; 3]; 3], from: [f64; 3], ray: [f64; 3]) -> bool {
    let sub = |a: [f64; 3], b: [f64; 3]| [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    let cross = |a: [f64; 3], b: [f64; 3]| [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    let dot = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let (u, v) = (sub(t[1], t[0]), sub(t[2], t[0]));
    let p = cross(ray, v);
    let det = dot(u, p);
    if det.abs() < 1e-12 {
        return false;
    }
    let s = sub(from, t[0]);
    let a = dot(s, p) / det;
    let q = cross(s, u);
    let b = dot(ray, q) / det;
    // A hair over the edge: rays through the seam of two triangles must not slip through.
    a >= -1e-9 && b >= -1e-9 && a + b <= 1.0 + 1e-9 && dot(v, q) / det > 0.0
}

/// True when the terrain rises above the ray.
fn hill((terrain, top_m): &(Arc<Raster>, f64), from: [f64; 3], step: &Step) -> bool {
    let cell = terrain.cell_m[0].min(terrain.cell_m[1]).max(0.5);
    let most = (top_m - from[2]) / step.slope;
    let mut at = cell;
    while at < most {
        let p = [from[0] + at * step.towards[0], from[1] + at * step.towards[1]];
        match terrain.interpolate(p) {
            Some(ground) if ground > from[2] + at * step.slope + TERRAIN_TOLERANCE_M => return true,
            _ => {}
        }
        // Farther away hills are wider too: a hundred cells reach for kilometres.
        at += cell.max(0.03 * at);
    }
    false
}

/// True when a point lies in the footprint of a building.
pub(super) fn inside(city: &City, p: [f64; 2]) -> bool {
    let buildings = city.with_role(Role::Buildings).filter_map(|s| match &s.data {
        SlotData::Vector(l) => Some(l),
        _ => None,
    });
    buildings
        .flat_map(|l| l.index.rows_in(&Bbox::new(p, p)).into_iter().map(move |r| (l, r)))
        .any(|(l, r)| geometry::contains(&l.layer.geometry, r as usize, p))
}
