//! Polygons that meet edge to edge, as in a mesh, become the areas that they cover together. Edges that two polygons share vanish, the
//! rest is chained to rings: no overlay, no new vertices. Where the outcome is not exactly as large as its pieces there is none.

use super::{
    Rings,
    contains::{Ray, ray},
    rings::{open, signed_area_m2},
};
use std::collections::BTreeMap;

/// Vertices closer than this are one (a millimetre).
const PER_METRE: f64 = 1000.0;

type Key = [i64; 2];

/// Joins the parts; `None` when there is nothing to join, or when they do not meet edge to edge.
pub(super) fn dissolve(parts: &[Rings]) -> Option<Vec<Rings>> {
    if parts.len() < 2 {
        return None;
    }
    let origin = *parts.iter().flatten().flatten().next()?;
    let key = |p: [f64; 2]| [0, 1].map(|k| ((p[k] - origin[k]) * PER_METRE).round() as i64);
    let mut places: BTreeMap<Key, [f64; 2]> = BTreeMap::new();
    let mut edges: BTreeMap<(Key, Key), i32> = BTreeMap::new();
    let mut pieces_m2 = 0.0;
    for part in parts {
        for (k, ring) in part.iter().enumerate() {
            let area = signed_area_m2(ring);
            let forward = (area > 0.0) == (k == 0);
            pieces_m2 += if k == 0 { area.abs() } else { -area.abs() };
            let ring = open(ring);
            for i in 0..ring.len() {
                let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                let (a, b) = if forward { (a, b) } else { (b, a) };
                let (ka, kb) = (key(a), key(b));
                if ka == kb {
                    continue;
                }
                places.entry(ka).or_insert(a);
                places.entry(kb).or_insert(b);
                match edges.get_mut(&(kb, ka)) {
                    Some(n) if *n > 0 => *n -= 1,
                    _ => *edges.entry((ka, kb)).or_default() += 1,
                }
            }
        }
    }
    let mut out: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
    for ((a, b), n) in edges {
        for _ in 0..n {
            out.entry(a).or_default().push(b);
        }
    }
    let rings = chain(out)?;
    let rings: Vec<Vec<[f64; 2]>> = rings.iter().map(|r| r.iter().map(|k| places[k]).collect()).collect();
    let joined = nest(rings);
    let joined_m2: f64 = joined.iter().flatten().map(|r| signed_area_m2(r)).sum();
    ((joined_m2 - pieces_m2).abs() <= 1e-5 * pieces_m2 + 1e-3).then_some(joined)
}

/// Walks the edges to closed rings. Where several go on, the sharpest turn to the left keeps rings that touch in a point apart.
fn chain(mut out: BTreeMap<Key, Vec<Key>>) -> Option<Vec<Vec<Key>>> {
    let mut rings = vec![];
    while let Some((&start, _)) = out.iter().next() {
        let mut ring = vec![start];
        let mut before: Option<Key> = None;
        let mut at = start;
        loop {
            let list = out.get_mut(&at)?;
            let pick = match before {
                Some(b) if list.len() > 1 => {
                    let angle = |to: &Key| {
                        let (u, v) = ([at[0] - b[0], at[1] - b[1]], [to[0] - at[0], to[1] - at[1]]);
                        let (u, v) = (u.map(|w| w as f64), v.map(|w| w as f64));
                        (u[0] * v[1] - u[1] * v[0]).atan2(u[0] * v[0] + u[1] * v[1])
                    };
                    (0..list.len())
                        .max_by(|i, j| angle(&list[*i]).total_cmp(&angle(&list[*j])))
                        .unwrap_or(0)
                }
                _ => 0,
            };
            let next = list.swap_remove(pick);
            if list.is_empty() {
                out.remove(&at);
            }
            before = Some(at);
            at = next;
            ring.push(at);
            if at == start {
                break;
            }
        }
        rings.push(ring);
    }
    Some(rings)
}

/// Rings that turn counter-clockwise are exteriors; the others are holes of the smallest exterior around them.
fn nest(rings: Vec<Vec<[f64; 2]>>) -> Vec<Rings> {
    let (exteriors, holes): (Vec<_>, Vec<_>) = rings.into_iter().filter(|r| r.len() >= 4).partition(|r| signed_area_m2(r) > 0.0);
    let mut parts: Vec<Rings> = exteriors.into_iter().map(|r| vec![r]).collect();
    for hole in holes {
        // The middle of an edge, because a corner may touch the exterior.
        let p = [0, 1].map(|k| 0.5 * (hole[0][k] + hole[1][k]));
        let inside = |part: &&mut Rings| {
            let crossings = part[0].windows(2).filter(|s| ray(s[0], s[1], p) == Ray::Crosses).count();
            crossings % 2 == 1
        };
        let around = parts
            .iter_mut()
            .filter(inside)
            .min_by(|a, b| signed_area_m2(&a[0]).total_cmp(&signed_area_m2(&b[0])));
        if let Some(part) = around {
            part.push(hole);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64) -> Rings {
        vec![vec![[x, y], [x + 1.0, y], [x + 1.0, y + 1.0], [x, y + 1.0], [x, y]]]
    }

    #[test]
    fn a_ring_of_squares_has_a_hole() {
        let (x, y) = (390_000.25, 5_820_000.5);
        let parts: Vec<Rings> = (0..9)
            .filter(|k| *k != 4)
            .map(|k| square(x + f64::from(k % 3), y + f64::from(k / 3)))
            .collect();
        let joined = dissolve(&parts).unwrap();
        assert_eq!((joined.len(), joined[0].len()), (1, 2));
        assert_eq!((signed_area_m2(&joined[0][0]), signed_area_m2(&joined[0][1])), (9.0, -1.0));
    }

    #[test]
    fn squares_that_touch_in_a_corner_stay_apart_and_overlaps_are_left_to_the_overlay() {
        assert_eq!(dissolve(&[square(0.0, 0.0), square(1.0, 1.0)]).unwrap().len(), 2);
        assert!(dissolve(&[square(0.0, 0.0), square(0.0, 0.0)]).is_none_or(|p| p.len() == 2));
        assert!(dissolve(&[square(0.0, 0.0)]).is_none());
    }
}
