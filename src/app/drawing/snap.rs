//! From the pointer to the next vertex: corners before edges before right angles, and a typed length along the direction.

use crate::{
    app::bridge::{Snap, SnapKind, Tool},
    geometry::foot,
    index::IndexedLayer,
    model::{Bbox, GeometryKind},
};

/// Degrees within which a direction becomes a right angle.
const SQUARE_DEG: f64 = 6.0;
/// Features looked at a layer: nobody aims among more.
const MOST_FEATURES: usize = 400;

/// What the pointer is held against.
pub struct Aim<'a> {
    /// Layers that are seen.
    pub layers: Vec<&'a IndexedLayer>,
    /// What the pointer does.
    pub tool: Tool,
    /// Vertices so far.
    pub points: &'a [[f64; 2]],
    /// Metres that the pointer reaches.
    pub reach_m: f64,
    /// A length that was typed.
    pub length_m: Option<f64>,
    /// Nothing attracts: a key is held.
    pub free: bool,
}

impl Aim<'_> {
    /// The next vertex for a pointer at `p`.
    pub fn snap(&self, p: [f64; 2]) -> Snap {
        let found = if self.free { None } else { self.attracted(p) };
        let found = found.unwrap_or(Snap {
            at: p,
            kind: SnapKind::Free,
        });
        match (self.length_m, self.points.last()) {
            (Some(length), Some(last)) => Snap {
                at: along(*last, found.at, length),
                kind: if found.kind == SnapKind::Square {
                    SnapKind::Square
                } else {
                    SnapKind::Free
                },
            },
            _ => found,
        }
    }

    fn attracted(&self, p: [f64; 2]) -> Option<Snap> {
        let near = |q: &[f64; 2]| distance_m(*q, p) <= self.reach_m;
        if self.tool == Tool::Draw(GeometryKind::Polygon)
            && self.points.len() >= 3
            && let Some(first) = self.points.first().filter(|q| near(q))
        {
            return Some(Snap {
                at: *first,
                kind: SnapKind::Close,
            });
        }
        let (corner, edge) = self.city_near(p);
        let own = self.points.iter().rev().skip(1).filter(|q| near(q)).copied();
        let corner = nearest(corner.into_iter().chain(own), p);
        if let Some(at) = corner {
            return Some(Snap {
                at,
                kind: SnapKind::Vertex,
            });
        }
        let square = self.square(p);
        // Where a right angle meets an edge, the edge is nearer to what is meant only if it is nearer to the pointer.
        match (edge, square) {
            (Some(e), Some(s)) if distance_m(s, p) < distance_m(e, p) => Some((s, SnapKind::Square)),
            (Some(e), _) => Some((e, SnapKind::Edge)),
            (None, Some(s)) => Some((s, SnapKind::Square)),
            (None, None) => None,
        }
        .map(|(at, kind)| Snap { at, kind })
    }

    /// The nearest corner and the nearest point of an edge of everything that is seen.
    fn city_near(&self, p: [f64; 2]) -> (Option<[f64; 2]>, Option<[f64; 2]>) {
        let around = Bbox::new(p, p).buffered(self.reach_m);
        let (mut corner, mut edge) = (None, None);
        for layer in &self.layers {
            let g = &layer.layer.geometry;
            for row in layer.index.rows_in(&around).into_iter().take(MOST_FEATURES) {
                for ring in g.rings(row as usize) {
                    corner = nearest(ring.iter().copied().filter(|q| around.contains(*q)).chain(corner), p);
                    let feet = ring.windows(2).map(|s| foot(s[0], s[1], p));
                    edge = nearest(feet.chain(edge), p);
                }
            }
        }
        let within = |q: &[f64; 2]| distance_m(*q, p) <= self.reach_m;
        (corner.filter(within), edge.filter(within))
    }

    /// The pointer drawn onto the line through the last vertex that is square to the edge before it, or onto its extension. The first
    /// edge goes by the grid's axes.
    fn square(&self, p: [f64; 2]) -> Option<[f64; 2]> {
        let last = *self.points.last()?;
        let before = self.points.len().checked_sub(2).map(|k| self.points[k]);
        let base = before.map_or(0.0, |b| (last[1] - b[1]).atan2(last[0] - b[0]));
        let (dx, dy) = (p[0] - last[0], p[1] - last[1]);
        let length = dx.hypot(dy);
        if length < 1e-6 {
            return None;
        }
        let quarter = std::f64::consts::FRAC_PI_2;
        let turn = dy.atan2(dx) - base;
        let straight = (turn / quarter).round() * quarter;
        if (turn - straight).abs() > SQUARE_DEG.to_radians() {
            return None;
        }
        let (s, c) = (base + straight).sin_cos();
        let projected = dx * c + dy * s;
        Some([last[0] + projected * c, last[1] + projected * s])
    }
}

fn nearest(points: impl Iterator<Item = [f64; 2]>, p: [f64; 2]) -> Option<[f64; 2]> {
    points.min_by(|a, b| distance_m(*a, p).total_cmp(&distance_m(*b, p)))
}

/// Between two points of the map.
pub fn distance_m(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The point in a distance from `from` in the direction of `to`; east where there is none.
fn along(from: [f64; 2], to: [f64; 2], length_m: f64) -> [f64; 2] {
    let d = distance_m(from, to);
    if d < 1e-9 {
        return [from[0] + length_m, from[1]];
    }
    [0, 1].map(|k| from[k] + (to[k] - from[k]) / d * length_m)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Coverage,
        rules::testing::{f, layer, rect},
    };

    fn block() -> IndexedLayer {
        let features = [f("a", rect(100.0, 100.0, 120.0, 110.0))];
        IndexedLayer::new(layer("m/blocks", GeometryKind::Polygon, &features, Coverage::Undeclared))
    }

    #[test]
    fn corners_attract_before_edges_and_edges_before_right_angles() {
        let block = block();
        let points = [[90.0, 100.4], [95.0, 100.4]];
        let aim = |layers: &[&IndexedLayer], p, free, length_m| {
            let aim = Aim {
                layers: layers.to_vec(),
                tool: Tool::Draw(GeometryKind::Polygon),
                points: &points,
                reach_m: 2.0,
                length_m,
                free,
            };
            aim.snap(p)
        };
        let snap = |p| aim(&[&block], p, false, None);
        assert_eq!(
            snap([119.0, 109.5]),
            Snap {
                at: [120.0, 110.0],
                kind: SnapKind::Vertex
            }
        );
        assert_eq!(
            snap([110.0, 111.0]),
            Snap {
                at: [110.0, 110.0],
                kind: SnapKind::Edge
            }
        );
        let square = snap([95.5, 130.0]);
        assert_eq!(square.kind, SnapKind::Square);
        assert!(distance_m(square.at, [95.0, 130.0]) < 1e-9, "{square:?}");
        assert_eq!(snap([60.0, 60.0]).kind, SnapKind::Free);
        assert_eq!(aim(&[&block], [119.0, 109.5], true, None).kind, SnapKind::Free, "the key held");
        let typed = aim(&[&block], [95.5, 130.0], false, Some(12.5));
        assert!(distance_m(typed.at, [95.0, 112.9]) < 1e-9, "{typed:?}");
        assert_eq!(
            aim(&[], [119.0, 109.5], false, None).kind,
            SnapKind::Free,
            "what is not seen does not attract"
        );
    }

    #[test]
    fn the_first_vertex_closes_an_area_of_three() {
        let points = [[0.0, 0.0], [10.0, 0.0], [10.0, 7.0]];
        let close = |points: &[[f64; 2]]| {
            let aim = Aim {
                layers: vec![],
                tool: Tool::Draw(GeometryKind::Polygon),
                points,
                reach_m: 1.0,
                length_m: None,
                free: false,
            };
            aim.snap([0.5, 0.5]).kind == SnapKind::Close
        };
        assert!(close(&points) && !close(&points[..2]));
    }
}
