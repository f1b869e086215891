//! Shadows as areas, to be drawn: bodies and the direction of the sun go in; what they shade of the ground, and of each face of each body,
//! comes out. Nothing here depends on how the picture is drawn, so that a processor draws the same shadows as a graphics card.

use super::Step;
use crate::{
    geometry::{Point3, cover, normal, triangulate, triangulate_surface},
    index::SpatialIndex,
    model::{Bbox, Geometries},
};
use rayon::prelude::*;

/// A shadow is followed for this far: of a sun that is about to set no shadow has an end.
const FARTHEST_M: f64 = 1500.0;
/// Nearer than this in front of a face is on it.
const ON_FACE_M: f64 = 0.01;
/// The sun grazes a face below this: it is in the shade of itself.
const GRAZING: f64 = 0.01;

/// A plane face of a body: rings, the exterior counter-clockwise seen from outside.
pub type Rings3 = Vec<Vec<Point3>>;

/// Triangle in space.
type Triangle3 = [Point3; 3];

/// A body that casts and receives shadows.
#[derive(Debug, Clone)]
pub struct Body {
    /// Everything but its floor.
    pub faces: Vec<Rings3>,
    bbox: Bbox,
    top_m: f64,
}

impl Body {
    /// From its faces.
    pub fn new(faces: Vec<Rings3>) -> Self {
        let points = || faces.iter().flatten().flatten();
        let mut bbox = Bbox::EMPTY;
        points().for_each(|p| bbox.extend([p[0], p[1]]));
        let top_m = points().map(|p| p[2]).fold(f64::NEG_INFINITY, f64::max);
        Self { bbox, top_m, faces }
    }

    /// A footprint raised from `low` to `top`: its walls and its flat roof.
    pub fn block(g: &Geometries, row: usize, [low, top]: [f64; 2]) -> Self {
        let mut faces = vec![];
        for part in g.parts(row) {
            let mut roof: Rings3 = vec![];
            for (k, ring) in part.rings().enumerate() {
                let turn: f64 = ring.windows(2).map(|s| s[0][0] * s[1][1] - s[1][0] * s[0][1]).sum();
                let mut ring = ring.to_vec();
                if (turn > 0.0) != (k == 0) {
                    ring.reverse();
                }
                faces.extend(ring.windows(2).map(|s| wall(s[0], s[1], [low, top])));
                roof.push(ring.iter().map(|p| [p[0], p[1], top]).collect());
            }
            faces.push(roof);
        }
        Self::new(faces)
    }

    /// Box seen from above.
    pub fn bbox(&self) -> Bbox {
        self.bbox
    }

    /// Its highest point.
    pub fn top_m(&self) -> f64 {
        self.top_m
    }
}

/// A wall; the outside lies to the right of the way from `a` to `b`.
pub fn wall(a: [f64; 2], b: [f64; 2], [low, top]: [f64; 2]) -> Rings3 {
    vec![vec![
        [a[0], a[1], low],
        [b[0], b[1], low],
        [b[0], b[1], top],
        [a[0], a[1], top],
        [a[0], a[1], low],
    ]]
}

/// What the sun does to a face.
#[derive(Debug, Clone, PartialEq)]
pub struct Shaded {
    /// Cosine of the angle at which the sun meets the face; 0 for a face that looks away.
    pub incidence: f64,
    /// All of the face.
    pub whole: Vec<Triangle3>,
    /// What others shade of it; empty for a face that looks away.
    pub shadow: Vec<Triangle3>,
}

/// Bodies under a sun.
#[derive(Debug)]
pub struct Shadows<'a> {
    bodies: &'a [Body],
    /// Towards the sun, unit length; on the ground, unit length.
    sun: Point3,
    towards: [f64; 2],
    slope: f64,
    index: SpatialIndex,
    /// Of each body: triangles that look away from the sun. They are where a ray from the ground meets it first.
    backs: Vec<Vec<Triangle3>>,
    top_m: f64,
}

/// Shadows on the ground.
#[derive(Debug)]
pub struct Cast {
    /// Of each body.
    triangles: Vec<Vec<[[f64; 2]; 3]>>,
    index: SpatialIndex,
}

impl Cast {
    /// The shaded ground inside a box, no place of it twice.
    pub fn inside(&self, area: &Bbox) -> Geometries {
        let rows = self.index.rows_in(area);
        let all: Vec<[[f64; 2]; 3]> = rows.iter().flat_map(|r| &self.triangles[*r as usize]).copied().collect();
        cover(&all, area)
    }
}

fn minus(a: Point3, b: Point3) -> Point3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: Point3, b: Point3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn triangles(face: &Rings3) -> Vec<Triangle3> {
    let all: Vec<Point3> = face.iter().flatten().copied().collect();
    let corners = triangulate_surface(face);
    corners.chunks_exact(3).map(|c| [0, 1, 2].map(|k| all[c[k] as usize])).collect()
}

impl<'a> Shadows<'a> {
    /// Bodies under the sun of a step.
    pub fn new(bodies: &'a [Body], step: &Step) -> Self {
        let slope = step.slope.max(1e-4);
        let length = slope.hypot(1.0);
        let sun = [step.towards[0] / length, step.towards[1] / length, slope / length];
        let backs = bodies.iter().map(|b| {
            let away = b.faces.iter().filter(|f| facing(f).is_some_and(|n| dot(n, sun) <= 0.0));
            away.flat_map(triangles).collect()
        });
        Self {
            backs: backs.collect(),
            index: SpatialIndex::new(&bodies.iter().map(|b| b.bbox).collect::<Vec<_>>()),
            top_m: bodies.iter().map(|b| b.top_m).fold(f64::NEG_INFINITY, f64::max),
            bodies,
            sun,
            towards: step.towards,
            slope,
        }
    }

    /// Box in which whoever shades faces in a box from `low` upwards may stand.
    fn before(&self, b: &Bbox, low: f64) -> Bbox {
        let reach = ((self.top_m - low) / self.slope).clamp(0.0, FARTHEST_M);
        let mut out = *b;
        for corner in [b.min, b.max] {
            out.extend([0, 1].map(|k| corner[k] + reach * self.towards[k]));
        }
        out
    }

    /// The shaded ground; `height` is the ground.
    pub fn on_ground(&self, height: impl Fn([f64; 2]) -> f64 + Sync) -> Cast {
        let of = |t: &Triangle3| t.map(|p| self.land(p, &height));
        let triangles: Vec<Vec<[[f64; 2]; 3]>> = self.backs.par_iter().map(|b| b.iter().map(of).collect()).collect();
        let around = |t: &Vec<[[f64; 2]; 3]>| Bbox::around(t.as_flattened());
        Cast {
            index: SpatialIndex::new(&triangles.iter().map(around).collect::<Vec<_>>()),
            triangles,
        }
    }

    /// Where the shadow of a point meets the ground.
    fn land(&self, p: Point3, height: impl Fn([f64; 2]) -> f64) -> [f64; 2] {
        let at = |d: f64| [0, 1].map(|k| p[k] - d * self.towards[k]);
        let over = |d: f64| p[2] - d * self.slope - height(at(d));
        let start = over(0.0);
        if start <= 0.0 {
            return at(0.0);
        }
        // On a plane the first guess is right; a hill or a valley is found in short steps.
        let flat = start / self.slope;
        if flat <= FARTHEST_M && over(flat).abs() < 0.01 {
            let middle = over(0.5 * flat);
            if middle > 0.0 {
                return at(flat);
            }
        }
        let step = (flat / 16.0).clamp(1.0, 25.0);
        let mut d = 0.0;
        while d < FARTHEST_M {
            let next = d + step;
            if over(next) <= 0.0 {
                let (mut a, mut b) = (d, next);
                for _ in 0..12 {
                    let m = 0.5 * (a + b);
                    if over(m) > 0.0 { a = m } else { b = m }
                }
                return at(b);
            }
            d = next;
        }
        at(FARTHEST_M)
    }

    /// What the sun does to each face of a body.
    pub fn on_body(&self, body: &Body) -> Vec<Shaded> {
        body.faces.iter().filter_map(|f| self.on_face(f)).collect()
    }

    fn on_face(&self, face: &Rings3) -> Option<Shaded> {
        let n = facing(face)?;
        let incidence = dot(n, self.sun);
        let whole = triangles(face);
        if incidence <= GRAZING {
            return Some(Shaded {
                incidence: 0.0,
                whole,
                shadow: vec![],
            });
        }
        let o = *face.first()?.first()?;
        let mut bbox = Bbox::EMPTY;
        let mut low = f64::INFINITY;
        for p in face.iter().flatten() {
            bbox.extend([p[0], p[1]]);
            low = low.min(p[2]);
        }
        // Axes in the plane; the second is the steepest way up where there is one.
        let u = match n[0].hypot(n[1]) {
            h if h > 1e-6 => [-n[1] / h, n[0] / h, 0.0],
            _ => [1.0, 0.0, 0.0],
        };
        let v = [n[1] * u[2] - n[2] * u[1], n[2] * u[0] - n[0] * u[2], n[0] * u[1] - n[1] * u[0]];
        let flat = |p: Point3| {
            let d = minus(p, o);
            [dot(d, u), dot(d, v)]
        };
        let mut frame = Bbox::EMPTY;
        face.iter().flatten().for_each(|p| frame.extend(flat(*p)));
        let mut cast = vec![];
        for row in self.index.rows_in(&self.before(&bbox, low)) {
            if self.bodies[row as usize].top_m <= low {
                continue;
            }
            for t in &self.backs[row as usize] {
                for piece in in_front(t, o, n) {
                    let q = piece.map(|p| {
                        let t = dot(minus(p, o), n) / incidence;
                        flat([p[0] - t * self.sun[0], p[1] - t * self.sun[1], p[2] - t * self.sun[2]])
                    });
                    if Bbox::around(&q).intersects(&frame) {
                        cast.push(q);
                    }
                }
            }
        }
        let shadow = self.cut(&cast, &whole, &frame, flat);
        let back = |p: [f64; 2]| [0, 1, 2].map(|k| o[k] + p[0] * u[k] + p[1] * v[k]);
        Some(Shaded {
            incidence,
            whole,
            shadow: shadow.into_iter().map(|t| t.map(back)).collect(),
        })
    }

    /// Shadows in the plane of a face, cut to the face.
    fn cut(&self, cast: &[[[f64; 2]; 3]], whole: &[Triangle3], frame: &Bbox, flat: impl Fn(Point3) -> [f64; 2]) -> Vec<[[f64; 2]; 3]> {
        if cast.is_empty() {
            return vec![];
        }
        let dark = cover(cast, frame);
        let mut out = vec![];
        for row in 0..dark.len() {
            let t = triangulate(&dark, row);
            for c in t.indices.chunks_exact(3) {
                let piece = [c[0], c[1], c[2]].map(|i| t.positions[i as usize]);
                for face in whole {
                    out.extend(shared(piece, face.map(&flat)));
                }
            }
        }
        out
    }
}

/// Which way a face looks.
fn facing(face: &Rings3) -> Option<Point3> {
    normal(face.first()?)
}

/// What of a triangle lies in front of a plane.
fn in_front(t: &Triangle3, o: Point3, n: Point3) -> Vec<Triangle3> {
    let over = |p: &Point3| dot(minus(*p, o), n) - ON_FACE_M;
    let mut ring: Vec<Point3> = Vec::with_capacity(4);
    for k in 0..3 {
        let (a, b) = (t[k], t[(k + 1) % 3]);
        let (from, to) = (over(&a), over(&b));
        if from >= 0.0 {
            ring.push(a);
        }
        if (from >= 0.0) != (to >= 0.0) {
            let s = from / (from - to);
            ring.push([0, 1, 2].map(|k| a[k] + s * (b[k] - a[k])));
        }
    }
    (1..ring.len().saturating_sub(1)).map(|k| [ring[0], ring[k], ring[k + 1]]).collect()
}

/// What two triangles share, as triangles.
fn shared(subject: [[f64; 2]; 3], mut window: [[f64; 2]; 3]) -> Vec<[[f64; 2]; 3]> {
    let turn = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    if !Bbox::around(&subject).intersects(&Bbox::around(&window)) {
        return vec![];
    }
    if turn(window[0], window[1], window[2]) < 0.0 {
        window.swap(1, 2);
    }
    let mut ring = subject.to_vec();
    for k in 0..3 {
        let (a, b) = (window[k], window[(k + 1) % 3]);
        let old = std::mem::take(&mut ring);
        for i in 0..old.len() {
            let (p, q) = (old[i], old[(i + 1) % old.len()]);
            let (from, to) = (turn(a, b, p), turn(a, b, q));
            if from >= 0.0 {
                ring.push(p);
            }
            if (from >= 0.0) != (to >= 0.0) {
                let s = from / (from - to);
                ring.push([0, 1].map(|k| p[k] + s * (q[k] - p[k])));
            }
        }
    }
    (1..ring.len().saturating_sub(1)).map(|k| [ring[0], ring[k], ring[k + 1]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        geometry::area_m2,
        model::{GeometriesBuilder, GeometryKind},
        sun::SunPosition,
    };

    /// The sun in the south, as high as a slope says.
    fn south(slope: f64) -> Step {
        Step {
            at: jiff::Timestamp::UNIX_EPOCH,
            sun: SunPosition {
                elevation_deg: slope.atan().to_degrees(),
                azimuth_deg: 180.0,
            },
            grid_azimuth_deg: 180.0,
            towards: [0.0, -1.0],
            slope,
        }
    }

    fn block(x: f64, y: f64, w: f64, d: f64, height: f64) -> Body {
        let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
        b.ring([[x, y], [x + w, y], [x + w, y + d], [x, y + d], [x, y]])
            .end_part()
            .end_feature();
        Body::block(&b.finish(), 0, [0.0, height])
    }

    fn ground_m2(g: &Geometries) -> f64 {
        (0..g.len()).map(|k| area_m2(g, k)).sum()
    }

    fn face_m2(all: &[Triangle3]) -> f64 {
        let of = |t: &Triangle3| {
            let (a, b) = (minus(t[1], t[0]), minus(t[2], t[0]));
            let c = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
            0.5 * dot(c, c).sqrt()
        };
        all.iter().map(of).sum()
    }

    #[test]
    fn the_shadow_of_a_box_is_as_long_as_its_height_over_the_slope() {
        let bodies = [block(0.0, 0.0, 20.0, 10.0, 12.0)];
        let wide = Bbox::new([-200.0, -200.0], [200.0, 200.0]);
        let found = Shadows::new(&bodies, &south(0.5)).on_ground(|_| 0.0).inside(&wide);
        // 12 m / 0.5 = 24 m to the north, 20 m wide.
        assert!((ground_m2(&found) - 24.0 * 20.0).abs() < 0.1, "{}", ground_m2(&found));
        let e = found.extent();
        assert!((e.min[1] - 10.0).abs() < 1e-3 && (e.max[1] - 34.0).abs() < 1e-3, "{e:?}");
        // Two boxes behind each other shade no ground twice, and a box of ground gets its own part only.
        let row = [block(0.0, 0.0, 20.0, 10.0, 12.0), block(0.0, 15.0, 20.0, 5.0, 12.0)];
        let found = Shadows::new(&row, &south(0.5)).on_ground(|_| 0.0).inside(&wide);
        assert!((ground_m2(&found) - (5.0 + 5.0 + 24.0) * 20.0).abs() < 0.1, "{}", ground_m2(&found));
        let part = Bbox::new([-200.0, 20.0], [10.0, 30.0]);
        let found = Shadows::new(&bodies, &south(0.5)).on_ground(|_| 0.0).inside(&part);
        assert!((ground_m2(&found) - 10.0 * 10.0).abs() < 0.1);
    }

    #[test]
    fn on_a_slope_that_rises_the_shadow_is_shorter() {
        let bodies = [block(0.0, 0.0, 20.0, 10.0, 12.0)];
        let wide = Bbox::new([-200.0, -200.0], [200.0, 200.0]);
        // The ground rises 1 in 4 behind the box: 12 = 0.5 d + 0.25 d, so 16 m.
        let hill = |p: [f64; 2]| 0.25 * (p[1] - 10.0).max(0.0);
        let found = Shadows::new(&bodies, &south(0.5)).on_ground(hill).inside(&wide);
        assert!((found.extent().max[1] - 26.0).abs() < 0.05, "{:?}", found.extent());
    }

    #[test]
    fn a_wall_behind_a_box_is_dark_up_to_where_the_ray_passes_over_it() {
        // 12 m high, its north wall at 10; the neighbour's south wall at 22: there the shadow still is 12 − 12 · 0.5 = 6 m high.
        let bodies = [block(0.0, 0.0, 20.0, 10.0, 12.0), block(5.0, 22.0, 10.0, 10.0, 9.0)];
        let shadows = Shadows::new(&bodies, &south(0.5));
        let faces = shadows.on_body(&bodies[1]);
        let cos = 0.5_f64.atan().cos();
        let front: Vec<&Shaded> = faces.iter().filter(|f| (f.incidence - cos).abs() < 1e-9).collect();
        assert_eq!(front.len(), 1);
        assert!((face_m2(&front[0].shadow) - 60.0).abs() < 0.1, "{}", face_m2(&front[0].shadow));
        let roof = faces.iter().find(|f| (f.incidence - 0.5_f64.atan().sin()).abs() < 1e-9).unwrap();
        assert!(roof.shadow.is_empty() && (face_m2(&roof.whole) - 100.0).abs() < 1e-6);
        // North, east and west look away or are only grazed.
        assert_eq!(faces.iter().filter(|f| f.incidence == 0.0).count(), 3);
        // The roof of the low one behind a tower is dark where the ray comes down to it.
        let bodies = [block(0.0, 0.0, 20.0, 10.0, 12.0), block(0.0, 10.0, 20.0, 10.0, 9.0)];
        let shadows = Shadows::new(&bodies, &south(0.5));
        let faces = shadows.on_body(&bodies[1]);
        let roof = faces.iter().find(|f| !f.shadow.is_empty()).unwrap();
        assert!((face_m2(&roof.shadow) - 6.0 * 20.0).abs() < 0.5, "{}", face_m2(&roof.shadow));
    }

    #[test]
    fn a_courtyard_is_shaded_by_its_own_block_and_lit_behind_its_shadow() {
        let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
        b.ring([[0.0, 0.0], [40.0, 0.0], [40.0, 40.0], [0.0, 40.0], [0.0, 0.0]])
            .ring([[10.0, 10.0], [30.0, 10.0], [30.0, 30.0], [10.0, 30.0], [10.0, 10.0]])
            .end_part()
            .end_feature();
        let bodies = [Body::block(&b.finish(), 0, [0.0, 5.0])];
        let court = Bbox::new([10.0, 10.0], [30.0, 30.0]);
        let found = Shadows::new(&bodies, &south(0.5)).on_ground(|_| 0.0).inside(&court);
        assert!((ground_m2(&found) - 10.0 * 20.0).abs() < 0.1, "{}", ground_m2(&found));
    }
}
