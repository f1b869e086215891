//! Vertices with baked colours, 16 bytes each (20 with the extra that ribbons and pins need).

use super::{COLOR8, EXTRA8};
use bevy::{
    asset::RenderAssetUsages,
    mesh::{Indices, PrimitiveTopology, VertexAttributeValues},
    prelude::*,
};

/// A mesh being built. World coordinates, sRGB colours with alpha.
#[derive(Debug, Clone, Default)]
pub struct FlatMesh {
    positions: Vec<[f32; 3]>,
    colors: Vec<[u8; 4]>,
    extra: Vec<[i8; 4]>,
    indices: Vec<u32>,
}

fn snorm(v: f32) -> i8 {
    (v.clamp(-1.0, 1.0) * 127.0).round() as i8
}

impl FlatMesh {
    /// True when nothing was added.
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }

    /// Number of vertices.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.positions.len()
    }

    /// Number of vertices and of indices.
    pub fn ends(&self) -> [u32; 2] {
        [self.positions.len() as u32, self.indices.len() as u32]
    }

    /// Adds the part of another mesh between two of its [`FlatMesh::ends`], in one colour.
    pub fn copy(&mut self, other: &Self, from: [u32; 2], to: [u32; 2], color: [u8; 4]) {
        let [vertices, indices] = [0, 1].map(|k| from[k] as usize..to[k] as usize);
        let first = self.positions.len() as u32;
        if !other.extra.is_empty() {
            self.extra.extend_from_slice(&other.extra[vertices.clone()]);
        }
        self.positions.extend_from_slice(&other.positions[vertices.clone()]);
        self.colors.extend(std::iter::repeat_n(color, vertices.len()));
        self.indices.extend(other.indices[indices].iter().map(|i| i - from[0] + first));
    }

    /// Number of triangles.
    pub fn triangles(&self) -> usize {
        self.indices.len() / 3
    }

    /// Area of all triangles seen from above.
    #[cfg(test)]
    pub fn plan_area_m2(&self) -> f64 {
        let at = |i: u32| self.positions[i as usize].map(f64::from);
        let of = |t: &[u32]| {
            let [a, b, c] = [at(t[0]), at(t[1]), at(t[2])];
            0.5 * ((b[0] - a[0]) * (c[2] - a[2]) - (c[0] - a[0]) * (b[2] - a[2])).abs()
        };
        self.indices.chunks_exact(3).map(of).sum()
    }

    /// Pieces of at most `most` triangles that lie side by side, so that what is out of view need not be drawn.
    pub fn split(self, most: usize) -> Vec<Self> {
        if self.triangles() <= most.max(1) {
            return vec![self];
        }
        let middles: Vec<[f32; 2]> = self
            .indices
            .chunks_exact(3)
            .map(|t| [0, 2].map(|k| t.iter().map(|i| self.positions[*i as usize][k]).sum::<f32>() / 3.0))
            .collect();
        let mut open: Vec<Vec<u32>> = vec![(0..middles.len() as u32).collect()];
        let mut out = vec![];
        while let Some(mut part) = open.pop() {
            if part.len() <= most.max(1) {
                out.push(self.part(part));
                continue;
            }
            let range = |axis: usize| {
                let of = part.iter().map(|t| middles[*t as usize][axis]);
                of.clone().fold(f32::NEG_INFINITY, f32::max) - of.fold(f32::INFINITY, f32::min)
            };
            let axis = usize::from(range(1) > range(0));
            let half = part.len() / 2;
            part.select_nth_unstable_by(half, |a, b| middles[*a as usize][axis].total_cmp(&middles[*b as usize][axis]));
            open.push(part.split_off(half));
            open.push(part);
        }
        out
    }

    /// Some of the triangles, in their old order, with the vertices they need.
    fn part(&self, mut triangles: Vec<u32>) -> Self {
        triangles.sort_unstable();
        let mut out = Self::default();
        let mut new = vec![u32::MAX; self.positions.len()];
        for i in triangles.iter().flat_map(|t| &self.indices[3 * *t as usize..][..3]) {
            let old = *i as usize;
            if new[old] == u32::MAX {
                new[old] = out.positions.len() as u32;
                out.positions.push(self.positions[old]);
                out.colors.push(self.colors[old]);
                out.extra.extend(self.extra.get(old));
            }
            out.indices.push(new[old]);
        }
        out
    }

    /// Adds a vertex.
    pub fn vertex(&mut self, p: Vec3, color: [u8; 4]) -> u32 {
        self.positions.push(p.to_array());
        self.colors.push(color);
        self.positions.len() as u32 - 1
    }

    /// Adds a vertex with an extra in −1 … 1.
    pub fn vertex_extra(&mut self, p: Vec3, color: [u8; 4], extra: [f32; 3]) -> u32 {
        self.extra.push([snorm(extra[0]), snorm(extra[1]), snorm(extra[2]), 0]);
        self.vertex(p, color)
    }

    /// Adds a triangle, counter-clockwise seen from outside.
    pub fn triangle(&mut self, a: u32, b: u32, c: u32) {
        self.indices.extend([a, b, c]);
    }

    /// Adds a quad, counter-clockwise seen from outside.
    pub fn quad(&mut self, corners: [Vec3; 4], colors: [[u8; 4]; 4]) {
        let k: Vec<u32> = corners.into_iter().zip(colors).map(|(p, c)| self.vertex(p, c)).collect();
        self.triangle(k[0], k[1], k[2]);
        self.triangle(k[0], k[2], k[3]);
    }

    /// Adds a disc that faces the viewer.
    pub fn pin(&mut self, at: Vec3, color: [u8; 4]) {
        let k = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(|[x, y]| self.vertex_extra(at, color, [x, y, 0.0]));
        self.triangle(k[0], k[1], k[2]);
        self.triangle(k[0], k[2], k[3]);
    }

    /// Adds a band along `line` (world x and z with heights from `height`), mitred at its corners.
    pub fn ribbon(&mut self, line: &[Vec2], half_m: f32, color: [u8; 4], height: impl Fn(Vec2) -> f32) {
        let mut points: Vec<Vec2> = Vec::with_capacity(line.len());
        for p in line {
            if points.last().is_none_or(|l| l.distance_squared(*p) > 1e-6) {
                points.push(*p);
            }
        }
        let n = points.len();
        if n < 2 {
            return;
        }
        let closed = n > 3 && points[0].distance_squared(points[n - 1]) < 1e-6;
        let normal = |k: usize| (points[k + 1] - points[k]).normalize_or_zero().perp();
        let mut before: Option<[u32; 2]> = None;
        for (k, point) in points.iter().enumerate() {
            let a = if k > 0 {
                Some(normal(k - 1))
            } else {
                closed.then(|| normal(n - 2))
            };
            let b = if k + 1 < n { Some(normal(k)) } else { closed.then(|| normal(0)) };
            let offset = match (a, b) {
                (Some(a), Some(b)) => {
                    let m = (a + b).normalize_or(a);
                    // Beyond two widths a mitre is cut short.
                    m / m.dot(a).max(0.5)
                }
                (Some(a), None) | (None, Some(a)) => a,
                (None, None) => return,
            };
            let pair = [1.0f32, -1.0].map(|side| {
                let at = *point + offset * side * half_m;
                self.vertex_extra(
                    Vec3::new(at.x, height(at), at.y),
                    color,
                    [offset.x * side * 0.5, offset.y * side * 0.5, side],
                )
            });
            if let Some([l, r]) = before {
                self.triangle(l, r, pair[1]);
                self.triangle(l, pair[1], pair[0]);
            }
            before = Some(pair);
        }
    }

    /// The finished mesh; it lives in graphics memory only.
    pub fn finish(self) -> Mesh {
        let mut mesh = Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
            .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, self.positions)
            .with_inserted_attribute(COLOR8, VertexAttributeValues::Unorm8x4(self.colors));
        if !self.extra.is_empty() {
            mesh.insert_attribute(EXTRA8, VertexAttributeValues::Snorm8x4(self.extra));
        }
        mesh.with_inserted_indices(Indices::U32(self.indices))
    }
}

/// `#RRGGBB` as bytes; anything else is a calm grey.
pub fn parse_rgb(text: &str) -> [u8; 3] {
    let hex = text.trim().trim_start_matches('#');
    match u32::from_str_radix(hex, 16) {
        Ok(v) if hex.len() == 6 => [(v >> 16) as u8, (v >> 8) as u8, v as u8],
        _ => [0xB0, 0xB7, 0xBF],
    }
}

/// A colour made lighter or darker.
pub fn shade(rgb: [u8; 3], by: f32) -> [u8; 4] {
    let [r, g, b] = rgb.map(|c| (f32::from(c) * by).round().clamp(0.0, 255.0) as u8);
    [r, g, b, 255]
}

/// Between two colours.
pub fn mix(a: [u8; 3], b: [u8; 3], t: f32) -> [u8; 3] {
    [0, 1, 2].map(|k| (f32::from(a[k]) + (f32::from(b[k]) - f32::from(a[k])) * t.clamp(0.0, 1.0)).round() as u8)
}

/// A stable number in 0 … 1 from a row.
pub fn hash01(row: u32) -> f32 {
    let mut x = row.wrapping_mul(0x9E37_79B9) ^ 0x85EB_CA6B;
    x ^= x >> 15;
    x = x.wrapping_mul(0x2C1B_3C6D);
    x ^= x >> 12;
    (x & 0xFFFF) as f32 / 65_535.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_ribbon_keeps_its_width_in_the_corners() {
        let mut m = FlatMesh::default();
        let ring = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0], [0.0, 0.0]].map(Vec2::from_array);
        m.ribbon(&ring, 1.0, [0; 4], |_| 0.0);
        assert_eq!((m.len(), m.indices.len()), (10, 24));
        let mut corner: Vec<f32> = m.positions[2..4].iter().map(|p| (p[0] - 10.0).abs()).collect();
        corner.sort_by(f32::total_cmp);
        assert_eq!(corner, [1.0, 1.0]);
        assert_eq!(m.positions[0], m.positions[8]);
    }

    #[test]
    fn pieces_of_a_split_mesh_lie_side_by_side_and_lose_nothing() {
        let mut m = FlatMesh::default();
        for k in 0..100 {
            m.pin(Vec3::new((k * 37 % 100) as f32, 0.0, 1.0), [k as u8; 4]);
        }
        let parts = m.clone().split(50);
        assert_eq!(parts.iter().map(FlatMesh::triangles).sum::<usize>(), m.triangles());
        assert!(parts.len() >= 4 && parts.iter().all(|p| p.triangles() <= 50 && p.extra.len() == p.positions.len()));
        let range = |p: &FlatMesh| {
            p.positions
                .iter()
                .fold([f32::MAX, f32::MIN], |[a, b], v| [a.min(v[0]), b.max(v[0])])
        };
        let mut ranges: Vec<[f32; 2]> = parts.iter().map(range).collect();
        ranges.sort_by(|a, b| a[0].total_cmp(&b[0]));
        assert!(ranges.windows(2).all(|w| w[0][1] <= w[1][0]), "{ranges:?}");
        let colors: std::collections::BTreeSet<[u8; 4]> = parts.iter().flat_map(|p| p.colors.clone()).collect();
        assert_eq!(colors.len(), 100);
    }

    #[test]
    fn colours_parse_or_turn_grey() {
        assert_eq!(parse_rgb("#C8102E"), [0xC8, 0x10, 0x2E]);
        assert_eq!(parse_rgb("red"), [0xB0, 0xB7, 0xBF]);
    }
}
