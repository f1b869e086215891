//! Corners of a feature that is reshaped: taken up, put down, added on an edge, taken away.

use super::snap::distance_m;
use crate::{app::bridge::Corners, geometry::foot};

/// What lies under the pointer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Handle {
    /// A corner: part, ring, place.
    Corner([usize; 3]),
    /// An edge, by the corner at its end, and where a new corner would be.
    Edge([usize; 3], [f64; 2]),
}

/// The corner within reach of `p`, else the edge.
pub fn handle(corners: &Corners, p: [f64; 2], reach_m: f64) -> Option<Handle> {
    let (mut corner, mut edge) = ((reach_m, None), (reach_m, None));
    for (i, part) in corners.parts.iter().enumerate() {
        for (j, ring) in part.iter().enumerate() {
            for (k, at) in ring.iter().enumerate() {
                let d = distance_m(*at, p);
                if d <= corner.0 {
                    corner = (d, Some(Handle::Corner([i, j, k])));
                }
                let next = ring.get(k + 1).or(ring.first().filter(|_| corners.closed));
                let Some(next) = next else { continue };
                let on = foot(*at, *next, p);
                if distance_m(on, p) <= edge.0 {
                    edge = (distance_m(on, p), Some(Handle::Edge([i, j, k + 1], on)));
                }
            }
        }
    }
    corner.1.or(edge.1)
}

/// Takes a corner up, or makes one on an edge and takes that up.
pub fn take_up(corners: &mut Corners, handle: Handle) {
    match handle {
        Handle::Corner(place) => corners.held = Some(place),
        Handle::Edge(place, at) => {
            if let Some(ring) = ring(corners, place) {
                ring.insert(place[2].min(ring.len()), at);
                (corners.held, corners.changed) = (Some(place), true);
            }
        }
    }
}

/// Puts the corner down that is held, to the centimetre.
pub fn put_down(corners: &mut Corners, at: [f64; 2]) {
    let Some(place) = corners.held.take() else { return };
    if let Some(corner) = ring(corners, place).and_then(|r| r.get_mut(place[2])) {
        *corner = at.map(|v| (v * 100.0).round() / 100.0);
        corners.changed = true;
    }
}

/// Takes the corner away that is held, unless the rest would be nothing.
pub fn take_away(corners: &mut Corners) {
    let Some(place) = corners.held else { return };
    let least = if corners.closed { 3 } else { 2 };
    if let Some(ring) = ring(corners, place).filter(|r| r.len() > least && place[2] < r.len()) {
        ring.remove(place[2]);
        (corners.held, corners.changed) = (None, true);
    }
}

fn ring(corners: &mut Corners, [i, j, _]: [usize; 3]) -> Option<&mut Vec<[f64; 2]>> {
    corners.parts.get_mut(i)?.get_mut(j)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Corners {
        Corners {
            parts: vec![vec![vec![[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]]]],
            closed: true,
            ..Corners::default()
        }
    }

    #[test]
    fn a_corner_moves_an_edge_gets_one_and_three_remain() {
        let mut c = square();
        assert_eq!(handle(&c, [9.5, 9.6], 1.0), Some(Handle::Corner([0, 0, 2])));
        take_up(&mut c, Handle::Corner([0, 0, 2]));
        put_down(&mut c, [12.004, 11.0]);
        assert_eq!(c.parts[0][0][2], [12.0, 11.0]);

        // The closing edge, too.
        let edge = handle(&c, [0.3, 5.0], 1.0).unwrap();
        assert_eq!(edge, Handle::Edge([0, 0, 4], [0.0, 5.0]));
        take_up(&mut c, edge);
        put_down(&mut c, [-2.0, 5.0]);
        assert_eq!(c.parts[0][0].len(), 5);
        assert_eq!(c.parts[0][0][4], [-2.0, 5.0]);

        for _ in 0..5 {
            take_up(&mut c, Handle::Corner([0, 0, 0]));
            take_away(&mut c);
        }
        assert_eq!(c.parts[0][0].len(), 3);
        assert_eq!(handle(&c, [50.0, 50.0], 1.0), None);
        let mut line = Corners { closed: false, ..square() };
        assert_eq!(handle(&line, [0.0, 5.0], 1.0), None, "a line has no closing edge");
        line.held = Some([0, 0, 9]);
        take_away(&mut line);
        put_down(&mut line, [1.0, 1.0]);
        assert_eq!(line.parts, square().parts);
    }
}
