//! One pixel to one feature.

use crate::{
    app::{
        bridge::ViewState,
        scene::{
            allowed,
            bodies::{height_m, levels},
            ground::Ground,
            lens::Projector,
            solids::pierce,
        },
        space::Space,
    },
    geometry::{contains, foot},
    index::IndexedLayer,
    model::{Bbox, GeometryKind, SlotId},
    modules::Role,
    project::{City, SlotData},
};
use bevy::math::Vec2;
use std::collections::{BTreeMap, BTreeSet};

/// Points and lines are hit within this many pixels.
const NEAR_PX: f32 = 8.0;
/// Pins stand this high.
const PIN_M: f64 = 14.0;
/// No building is higher.
const MAX_BODY_M: f64 = 400.0;

/// A feature that was hit.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its layer.
    pub slot: SlotId,
    /// Its row.
    pub row: u32,
}

/// Everything a ray can meet.
pub struct Scene<'a> {
    /// Layers.
    pub city: &'a City,
    /// What is visible, in which order.
    pub view: &'a ViewState,
    /// Rows that are not drawn, by layer.
    pub hidden: BTreeMap<SlotId, BTreeSet<u32>>,
    /// Drawn ground.
    pub ground: &'a Ground,
    /// Map to world.
    pub space: &'a Space,
    /// World to screen.
    pub projector: &'a Projector,
}

/// A line of sight in map coordinates, and where it meets the ground.
struct Ray {
    eye: [f64; 3],
    along: [f64; 3],
    ground: Option<[f64; 3]>,
}

struct Candidate<'a> {
    slot: &'a SlotId,
    layer: &'a IndexedLayer,
    role: Option<Role>,
    width_m: f64,
    /// Drawn by its outline alone, which is then all there is to point at.
    hollow: bool,
    order: usize,
}

impl Scene<'_> {
    /// The feature under a pixel: pins, then buildings, then what plans allow, then lines and areas on the ground, the topmost layer first.
    pub fn hit(&self, pixel: Vec2) -> Option<Hit> {
        let eye = self.space.map(self.projector.eye);
        let to = self.space.map(self.projector.eye + self.projector.ray(pixel));
        let along = [0, 1, 2].map(|k| to[k] - eye[k]);
        let ground = self.ground.meet(eye, along, 60_000.0);
        let layers = self.layers();
        let found = |c: &Candidate, row: u32| Hit { slot: c.slot.clone(), row };
        for c in layers.iter().filter(|c| c.layer.layer.geometry.kind() == GeometryKind::Point) {
            if let Some(row) = self.pin(c, pixel) {
                return Some(found(c, row));
            }
        }
        // A building inside the translucent body of a plan is seen, and meant.
        let ray = Ray { eye, along, ground };
        if let Some(hit) = self
            .first(&layers, Role::Buildings, &ray)
            .or_else(|| self.first(&layers, Role::BuildingWindows, &ray))
        {
            return Some(hit);
        }
        let [x, y, _] = ground?;
        let metre = f64::from(self.projector.lens.metres_per_pixel(self.distance([x, y])));
        layers
            .iter()
            .filter(|c| c.role != Some(Role::Buildings))
            .find_map(|c| self.lying(c, [x, y], metre).map(|row| found(c, row)))
    }

    /// Everything under a pixel: pins, the first building, the first body that a plan allows, then every line and area there, topmost layer first.
    pub fn all(&self, pixel: Vec2) -> Vec<Hit> {
        let eye = self.space.map(self.projector.eye);
        let to = self.space.map(self.projector.eye + self.projector.ray(pixel));
        let along = [0, 1, 2].map(|k| to[k] - eye[k]);
        let ground = self.ground.meet(eye, along, 60_000.0);
        let layers = self.layers();
        let found = |c: &Candidate, row: u32| Hit { slot: c.slot.clone(), row };
        let mut out: Vec<Hit> = layers
            .iter()
            .filter(|c| c.layer.layer.geometry.kind() == GeometryKind::Point)
            .filter_map(|c| self.pin(c, pixel).map(|row| found(c, row)))
            .collect();
        let ray = Ray { eye, along, ground };
        out.extend(self.first(&layers, Role::Buildings, &ray));
        out.extend(self.first(&layers, Role::BuildingWindows, &ray));
        let Some([x, y, _]) = ground else { return out };
        let metre = f64::from(self.projector.lens.metres_per_pixel(self.distance([x, y])));
        for c in layers.iter().filter(|c| c.role != Some(Role::Buildings)) {
            let g = &c.layer.layer.geometry;
            if g.kind() == GeometryKind::Polygon {
                let rows = c.layer.index.rows_in(&Bbox::new([x, y], [x, y]));
                let inside = rows.into_iter().filter(|row| contains(g, *row as usize, [x, y]));
                let inside = inside.map(|row| found(c, row)).filter(|hit| !out.contains(hit));
                let inside: Vec<Hit> = inside.collect();
                out.extend(inside);
            } else {
                out.extend(self.lying(c, [x, y], metre).map(|row| found(c, row)));
            }
        }
        out
    }

    /// The first body of the layers of a role.
    fn first(&self, layers: &[Candidate<'_>], role: Role, ray: &Ray) -> Option<Hit> {
        let bodies = layers.iter().filter(|c| c.role == Some(role));
        let met = bodies.filter_map(|c| self.body(c, ray).map(|(t, row)| (t, c, row)));
        met.min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, c, row)| Hit { slot: c.slot.clone(), row })
    }

    fn distance(&self, p: [f64; 2]) -> f32 {
        self.projector.eye.distance(self.space.world(p, self.ground.height(p)))
    }

    /// Visible vector layers, topmost first.
    fn layers(&self) -> Vec<Candidate<'_>> {
        let n = self.city.slots.len();
        let place = |slot: &SlotId, k: usize| self.view.layers.iter().position(|l| l.slot == *slot).unwrap_or(k);
        let slots = self.city.slots.iter().enumerate().filter_map(|(k, s)| {
            let SlotData::Vector(layer) = &s.data else { return None };
            let visible = self.view.layer(&s.id).map_or(s.def.visible, |l| l.visible);
            visible.then(|| Candidate {
                slot: &s.id,
                layer,
                role: s.def.role,
                width_m: s.def.style.width_m,
                hollow: s.def.style.opacity <= 0.0,
                order: place(&s.id, k),
            })
        });
        let extra = self.city.extra.iter().enumerate().filter_map(|(k, layer)| {
            let slot = &layer.layer.slot;
            self.view.layer(slot).is_none_or(|l| l.visible).then(|| Candidate {
                slot,
                layer,
                role: None,
                width_m: 4.0,
                hollow: false,
                order: place(slot, n + k),
            })
        });
        let mut all: Vec<_> = slots.chain(extra).collect();
        all.sort_by_key(|c| std::cmp::Reverse(c.order));
        all
    }

    fn pin(&self, c: &Candidate, pixel: Vec2) -> Option<u32> {
        let g = &c.layer.layer.geometry;
        (0..g.len())
            .flat_map(|row| g.rings(row).flatten().map(move |p| (row as u32, *p)))
            .filter_map(|(row, p)| {
                let head = self.projector.screen(self.space.world(p, self.ground.height(p) + PIN_M))?;
                Some((head.distance(pixel), row))
            })
            .filter(|(d, _)| *d <= NEAR_PX + 2.0)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, row)| row)
    }

    /// The first body that the ray meets before the ground.
    fn body(&self, c: &Candidate, &Ray { eye, along, ground }: &Ray) -> Option<(f64, u32)> {
        let layer = &c.layer.layer;
        let length = along.iter().map(|v| v * v).sum::<f64>().sqrt();
        let t1 = match ground {
            Some(p) => (0..3).map(|k| (p[k] - eye[k]) * along[k]).sum::<f64>() / (length * length),
            None => 5_000.0 / length,
        };
        // Only the stretch of the ray below the highest possible roof matters.
        let top = self.ground.range()[1] + MAX_BODY_M;
        let t0 = if eye[2] > top && along[2] < 0.0 {
            ((top - eye[2]) / along[2]).min(t1)
        } else {
            0.0
        };
        let at = |t: f64| [eye[0] + t * along[0], eye[1] + t * along[1]];
        let (a, b) = (at(t0), at(t1));
        let mut best: Option<(f64, u32)> = None;
        let hidden = self.hidden.get(c.slot);
        // Long rays are walked in pieces: one box around an oblique ray would hold half the town.
        let pieces = (((b[0] - a[0]).hypot(b[1] - a[1]) / 60.0).ceil() as usize).clamp(1, 200);
        let mut rows = vec![];
        for k in 0..pieces {
            let [s0, s1] = [k, k + 1].map(|k| t0 + (t1 - t0) * k as f64 / pieces as f64);
            c.layer.index.rows_in_into(&Bbox::around(&[at(s0), at(s1)]), &mut rows);
            for row in rows.iter().filter(|row| hidden.is_none_or(|h| !h.contains(row))) {
                let of_model = layer.bodies.as_ref().is_some_and(|b| b.has(*row as usize));
                let met = if c.role == Some(Role::BuildingWindows) {
                    let allowed = allowed::levels(layer, *row as usize, self.ground);
                    allowed.and_then(|(_, levels)| prism(&layer.geometry, *row as usize, levels, eye, along, t1 * 1.001))
                } else if of_model {
                    pierce(layer, *row as usize, self.ground, eye, along).filter(|t| *t <= t1 * 1.001)
                } else {
                    let levels = levels(&layer.geometry, *row as usize, height_m(layer, *row as usize), self.ground);
                    prism(&layer.geometry, *row as usize, levels, eye, along, t1 * 1.001)
                };
                if let Some(t) = met
                    && best.is_none_or(|(old, _)| t < old)
                {
                    best = Some((t, *row));
                }
            }
            if best.is_some_and(|(t, _)| t <= s1) {
                break;
            }
        }
        best
    }

    /// The feature of a layer on the ground at `p`.
    fn lying(&self, c: &Candidate, p: [f64; 2], metre: f64) -> Option<u32> {
        let g = &c.layer.layer.geometry;
        match g.kind() {
            // Of overlapping areas the smallest is meant.
            GeometryKind::Polygon if !c.hollow => c
                .layer
                .index
                .rows_in(&Bbox::new(p, p))
                .into_iter()
                .filter(|row| contains(g, *row as usize, p))
                .min_by(|a, b| {
                    let size = |row: &u32| g.bbox(*row as usize).width_m() * g.bbox(*row as usize).height_m();
                    size(a).total_cmp(&size(b))
                }),
            GeometryKind::Line | GeometryKind::Polygon => {
                let reach = (0.5 * c.width_m).max(f64::from(NEAR_PX) * 0.6 * metre);
                c.layer
                    .index
                    .rows_in(&Bbox::new(p, p).buffered(reach))
                    .into_iter()
                    .map(|row| (to_line(g.rings(row as usize), p), row))
                    .filter(|(d, _)| *d <= reach)
                    .min_by(|a, b| a.0.total_cmp(&b.0))
                    .map(|(_, row)| row)
            }
            GeometryKind::Point => None,
        }
    }
}

fn to_line<'a>(rings: impl Iterator<Item = &'a [[f64; 2]]>, p: [f64; 2]) -> f64 {
    rings
        .flat_map(|r| r.windows(2))
        .map(|s| {
            let q = foot(s[0], s[1], p);
            (q[0] - p[0]).hypot(q[1] - p[1])
        })
        .fold(f64::INFINITY, f64::min)
}

/// Smallest ray parameter at which roof or walls of an upright prism are met.
fn prism(g: &crate::model::Geometries, row: usize, [low, top]: [f64; 2], eye: [f64; 3], along: [f64; 3], reach: f64) -> Option<f64> {
    let mut best = f64::INFINITY;
    if along[2] < 0.0 {
        let t = (top - eye[2]) / along[2];
        if t >= 0.0 && contains(g, row, [eye[0] + t * along[0], eye[1] + t * along[1]]) {
            best = t;
        }
    }
    for s in g.rings(row).flat_map(|r| r.windows(2)) {
        let d = [s[1][0] - s[0][0], s[1][1] - s[0][1]];
        let det = along[0] * d[1] - along[1] * d[0];
        if det.abs() < 1e-12 {
            continue;
        }
        let o = [s[0][0] - eye[0], s[0][1] - eye[1]];
        let t = (o[0] * d[1] - o[1] * d[0]) / det;
        let u = (o[0] * along[1] - o[1] * along[0]) / det;
        let z = eye[2] + t * along[2];
        if t >= 0.0 && (0.0..=1.0).contains(&u) && (low..=top).contains(&z) {
            best = best.min(t);
        }
    }
    (best <= reach).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Geometries, GeometriesBuilder};

    fn house() -> Geometries {
        let mut b = GeometriesBuilder::new(GeometryKind::Polygon);
        b.ring([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [0.0, 0.0]])
            .end_part()
            .end_feature();
        b.finish()
    }

    #[test]
    fn rays_meet_roof_and_wall_where_they_are() {
        let g = house();
        let down = prism(&g, 0, [0.0, 12.0], [5.0, 5.0, 100.0], [0.0, 0.0, -1.0], 1e3).unwrap();
        assert!((down - 88.0).abs() < 1e-9);
        let level = prism(&g, 0, [0.0, 12.0], [5.0, -50.0, 6.0], [0.0, 1.0, 0.0], 1e3).unwrap();
        assert!((level - 50.0).abs() < 1e-9);
        assert_eq!(prism(&g, 0, [0.0, 12.0], [5.0, -50.0, 20.0], [0.0, 1.0, 0.0], 1e3), None);
        assert_eq!(prism(&g, 0, [0.0, 12.0], [15.0, 5.0, 100.0], [0.0, 0.0, -1.0], 1e3), None);
    }

    #[test]
    fn the_distance_to_a_line_is_to_its_segments() {
        let line = [[0.0, 0.0], [10.0, 0.0]];
        assert_eq!(to_line([&line[..]].into_iter(), [5.0, 3.0]), 3.0);
        assert_eq!(to_line([&line[..]].into_iter(), [13.0, 4.0]), 5.0);
    }
}
