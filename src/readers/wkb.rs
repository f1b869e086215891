//! Well-known binary (ISO and extended, 2D to 4D) into packed arrays: OGC 06-103r4 clause 8. Z and M are left out.

use crate::model::{GeometriesBuilder, GeometryKind};
use std::ops::Range;

/// Collections inside collections before a geometry is refused.
const MAX_DEPTH: u32 = 32;

/// Why bytes are no geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WkbError {
    /// A curve type, which must be linearised first.
    Curve,
    /// Counts and bytes do not fit.
    Damaged,
    /// More vertices than allowed in one feature.
    TooMany,
}

/// One geometry taken apart: reused from feature to feature.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    coords: Vec<[f64; 2]>,
    rings: Vec<Range<usize>>,
    parts: Vec<(GeometryKind, Range<usize>)>,
}

/// What became of a geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Taken {
    /// Parts written.
    pub(crate) parts: usize,
    /// Vertices written.
    pub(crate) vertices: usize,
    /// Parts of another kind, left out.
    pub(crate) foreign: usize,
    /// Vertices that were not finite, left out.
    pub(crate) not_numbers: usize,
    /// Rings or lines with too few vertices, left out.
    pub(crate) too_short: usize,
    /// Rings that were closed.
    pub(crate) closed: usize,
}

struct Cursor<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], WkbError> {
        let (head, tail) = self.bytes.split_at_checked(n).ok_or(WkbError::Damaged)?;
        self.bytes = tail;
        Ok(head)
    }

    fn u32(&mut self) -> Result<u32, WkbError> {
        let b: [u8; 4] = self.take(4)?.try_into().map_err(|_| WkbError::Damaged)?;
        Ok(if self.little {
            u32::from_le_bytes(b)
        } else {
            u32::from_be_bytes(b)
        })
    }

    /// A count of things of at least `least` bytes each, checked against what is left.
    fn count(&mut self, least: usize) -> Result<usize, WkbError> {
        let n = self.u32()? as usize;
        if n.checked_mul(least).is_none_or(|b| b > self.bytes.len()) {
            return Err(WkbError::Damaged);
        }
        Ok(n)
    }
}

fn ordinate(b: &[u8], little: bool) -> f64 {
    let mut a = [0; 8];
    a.copy_from_slice(&b[..8]);
    if little { f64::from_le_bytes(a) } else { f64::from_be_bytes(a) }
}

impl Shapes {
    /// Takes one geometry apart; what was in here before is gone.
    pub(crate) fn parse(&mut self, bytes: &[u8], max_vertices: u64) -> Result<(), WkbError> {
        self.coords.clear();
        self.rings.clear();
        self.parts.clear();
        let mut cursor = Cursor { bytes, little: true };
        self.geometry(&mut cursor, 0, max_vertices)
    }

    fn geometry(&mut self, c: &mut Cursor, depth: u32, max: u64) -> Result<(), WkbError> {
        if depth > MAX_DEPTH {
            return Err(WkbError::Damaged);
        }
        c.little = match c.take(1)?[0] {
            0 => false,
            1 => true,
            _ => return Err(WkbError::Damaged),
        };
        let code = c.u32()?;
        // ISO: thousands tell Z and M; extended: the high bits do, and one says that an SRID follows.
        let mut dims = 2 + (code >> 31) as usize + (code >> 30 & 1) as usize;
        if code >> 29 & 1 == 1 {
            c.take(4)?;
        }
        let code = code & 0x0fff_ffff;
        dims += match code / 1000 {
            0 => 0,
            1 | 2 => 1,
            3 => 2,
            _ => return Err(WkbError::Damaged),
        };
        if dims > 4 {
            return Err(WkbError::Damaged);
        }
        let first = self.rings.len();
        match code % 1000 {
            1 => {
                let start = self.coords.len();
                self.vertices(c, 1, dims, max)?;
                // The standard writes an empty point as NaN NaN.
                if self.coords[start..].iter().flatten().all(|v| v.is_nan()) {
                    self.coords.truncate(start);
                    self.rings.pop();
                    return Ok(());
                }
                self.parts.push((GeometryKind::Point, first..first + 1));
            }
            2 => {
                let n = c.count(8 * dims)?;
                self.vertices(c, n, dims, max)?;
                if n > 0 {
                    self.parts.push((GeometryKind::Line, first..first + 1));
                } else {
                    self.rings.pop();
                }
            }
            3 | 17 => {
                for _ in 0..c.count(4)? {
                    let n = c.count(8 * dims)?;
                    self.vertices(c, n, dims, max)?;
                }
                if self.rings.len() > first {
                    self.parts.push((GeometryKind::Polygon, first..self.rings.len()));
                }
            }
            4..=7 | 15 | 16 => {
                for _ in 0..c.count(5)? {
                    self.geometry(c, depth + 1, max)?;
                }
            }
            8..=14 => return Err(WkbError::Curve),
            _ => return Err(WkbError::Damaged),
        }
        Ok(())
    }

    fn vertices(&mut self, c: &mut Cursor, n: usize, dims: usize, max: u64) -> Result<(), WkbError> {
        if (self.coords.len() + n) as u64 > max {
            return Err(WkbError::TooMany);
        }
        let start = self.coords.len();
        let (bytes, little) = (c.take(8 * dims * n)?, c.little);
        self.coords.extend(
            bytes
                .chunks_exact(8 * dims)
                .map(|b| [ordinate(b, little), ordinate(&b[8..], little)]),
        );
        self.rings.push(start..self.coords.len());
        Ok(())
    }

    /// The kind of the first part.
    pub(crate) fn kind(&self) -> Option<GeometryKind> {
        self.parts.first().map(|(k, _)| *k)
    }

    /// Writes the parts of one kind as one feature. Nothing is written when no part is left; the feature is then not ended either.
    pub(crate) fn write(&self, kind: GeometryKind, out: &mut GeometriesBuilder) -> Taken {
        let mut t = Taken::default();
        let mut ring: Vec<[f64; 2]> = vec![];
        for (part_kind, rings) in &self.parts {
            if *part_kind != kind {
                t.foreign += 1;
                continue;
            }
            let mut written = 0;
            for (i, span) in self.rings[rings.clone()].iter().enumerate() {
                ring.clear();
                ring.extend(self.coords[span.clone()].iter().filter(|p| p[0].is_finite() && p[1].is_finite()));
                t.not_numbers += span.len() - ring.len();
                if kind == GeometryKind::Polygon && ring.len() > 2 && ring.first() != ring.last() {
                    ring.push(ring[0]);
                    t.closed += 1;
                }
                let least = match kind {
                    GeometryKind::Point => 1,
                    GeometryKind::Line => 2,
                    GeometryKind::Polygon => 4,
                };
                if ring.len() < least {
                    t.too_short += 1;
                    if i == 0 {
                        // Holes without their exterior are nothing.
                        break;
                    }
                    continue;
                }
                t.vertices += ring.len();
                written += 1;
                out.ring(ring.iter().copied());
            }
            if written > 0 {
                out.end_part();
                t.parts += 1;
            }
        }
        if t.parts > 0 {
            out.end_feature();
        }
        t
    }
}

/// A feature as little-endian 2D well-known binary, always of the multi-type.
pub(crate) fn to_wkb(g: &crate::model::Geometries, row: usize) -> Vec<u8> {
    let mut out = vec![];
    let head = |out: &mut Vec<u8>, code: u32| {
        out.push(1);
        out.extend(code.to_le_bytes());
    };
    let code: u32 = match g.kind() {
        GeometryKind::Point => 1,
        GeometryKind::Line => 2,
        GeometryKind::Polygon => 3,
    };
    head(&mut out, code + 3);
    out.extend((g.parts(row).len() as u32).to_le_bytes());
    for part in g.parts(row) {
        head(&mut out, code);
        let rings = part.rings();
        if code == 3 {
            out.extend((rings.len() as u32).to_le_bytes());
        }
        for ring in rings {
            if code != 1 {
                out.extend((ring.len() as u32).to_le_bytes());
            }
            for v in ring.iter().flatten() {
                out.extend(v.to_le_bytes());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(code: u32, n: u32) -> Vec<u8> {
        let mut b = vec![1];
        b.extend(code.to_le_bytes());
        b.extend(n.to_le_bytes());
        b
    }

    fn polygon(rings: &[&[[f64; 3]]], dims: usize) -> Vec<u8> {
        let mut b = head(if dims == 3 { 1003 } else { 3 }, rings.len() as u32);
        for r in rings {
            b.extend((r.len() as u32).to_le_bytes());
            b.extend(r.iter().flat_map(|p| p[..dims].to_vec()).flat_map(f64::to_le_bytes));
        }
        b
    }

    const SQUARE: [[f64; 3]; 5] = [[0.0, 0.0, 9.0], [4.0, 0.0, 9.0], [4.0, 4.0, 9.0], [0.0, 4.0, 9.0], [0.0, 0.0, 9.0]];

    fn read(bytes: &[u8], kind: GeometryKind) -> (Result<(), WkbError>, Taken, crate::model::Geometries) {
        let (mut s, mut out) = (Shapes::default(), GeometriesBuilder::new(kind));
        let r = s.parse(bytes, 1000);
        let t = if r.is_ok() { s.write(kind, &mut out) } else { Taken::default() };
        (r, t, out.finish())
    }

    #[test]
    fn z_is_flattened_and_the_way_back_is_the_same() {
        let (r, t, g) = read(&polygon(&[&SQUARE], 3), GeometryKind::Polygon);
        assert_eq!((r, t.parts, t.vertices), (Ok(()), 1, 5));
        assert_eq!(g.rings(0).next().unwrap()[1], [4.0, 0.0]);
        let (_, _, again) = read(&to_wkb(&g, 0), GeometryKind::Polygon);
        assert_eq!(again, g);
    }

    #[test]
    fn what_is_not_a_number_or_too_short_is_left_out_and_counted() {
        let mut bad = SQUARE;
        bad[0][0] = f64::NAN;
        bad[4][0] = f64::NAN;
        let (_, t, g) = read(&polygon(&[&bad, &SQUARE[..2], &[]], 2), GeometryKind::Polygon);
        assert_eq!((t.not_numbers, t.closed, t.too_short, t.parts), (2, 1, 2, 1));
        assert_eq!(g.rings(0).map(<[_]>::len).collect::<Vec<_>>(), [4]);
        let (_, t, g) = read(&polygon(&[&SQUARE[..3]], 2), GeometryKind::Polygon);
        assert_eq!((t.too_short, t.closed, g.len()), (0, 1, 1));
        let (_, t, g) = read(&polygon(&[&SQUARE[..2], &SQUARE], 2), GeometryKind::Polygon);
        assert_eq!((t.too_short, t.parts, g.len()), (1, 0, 0));
    }

    #[test]
    fn collections_give_the_wanted_parts() {
        let mut b = head(7, 2);
        b.extend(polygon(&[&SQUARE], 2));
        b.extend([1, 1, 0, 0, 0]);
        b.extend([1.0f64, 2.0].iter().flat_map(|v| v.to_le_bytes()));
        let (_, t, g) = read(&b, GeometryKind::Point);
        assert_eq!((t.parts, t.foreign), (1, 1));
        assert_eq!(g.coords(), [[1.0, 2.0]]);
    }

    #[test]
    fn damaged_bytes_are_refused_without_large_allocations() {
        let whole = polygon(&[&SQUARE], 2);
        for n in 0..whole.len() {
            assert_eq!(read(&whole[..n], GeometryKind::Polygon).0, Err(WkbError::Damaged), "{n}");
        }
        assert_eq!(read(&head(3, u32::MAX), GeometryKind::Polygon).0, Err(WkbError::Damaged));
        assert_eq!(read(&head(10, 1), GeometryKind::Polygon).0, Err(WkbError::Curve));
        let mut deep = vec![];
        for _ in 0..5000 {
            deep.extend(head(7, 1));
        }
        assert_eq!(read(&deep, GeometryKind::Point).0, Err(WkbError::Damaged));
    }
}
