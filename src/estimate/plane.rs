//! Plane geometry of the generator: open rings of few vertices, counter-clockwise, in metres.

/// A point or vector.
pub(crate) type P = [f64; 2];

pub(crate) fn add(a: P, b: P) -> P {
    [a[0] + b[0], a[1] + b[1]]
}
pub(crate) fn sub(a: P, b: P) -> P {
    [a[0] - b[0], a[1] - b[1]]
}
pub(crate) fn mul(a: P, k: f64) -> P {
    [a[0] * k, a[1] * k]
}
pub(crate) fn dot(a: P, b: P) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}
pub(crate) fn cross(a: P, b: P) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}
pub(crate) fn length(a: P) -> f64 {
    a[0].hypot(a[1])
}
pub(crate) fn distance(a: P, b: P) -> f64 {
    length(sub(a, b))
}
pub(crate) fn lerp(a: P, b: P, t: f64) -> P {
    add(a, mul(sub(b, a), t))
}
/// Unit vector; east for the zero vector.
pub(crate) fn unit(a: P) -> P {
    let l = length(a);
    if l > 1e-12 { mul(a, 1.0 / l) } else { [1.0, 0.0] }
}
/// Turned by 90° to the left.
pub(crate) fn left(a: P) -> P {
    [-a[1], a[0]]
}
/// Turned by an angle.
pub(crate) fn turn(a: P, radians: f64) -> P {
    let (s, c) = radians.sin_cos();
    [a[0] * c - a[1] * s, a[0] * s + a[1] * c]
}

/// Twice-halved shoelace sum: positive for counter-clockwise rings.
pub(crate) fn area(ring: &[P]) -> f64 {
    let Some(o) = ring.first() else { return 0.0 };
    let edges = (1..ring.len()).map(|k| cross(sub(ring[k - 1], *o), sub(ring[k], *o)));
    0.5 * edges.sum::<f64>()
}

pub(crate) fn contains(ring: &[P], p: P) -> bool {
    let mut inside = false;
    for k in 0..ring.len() {
        let (a, b) = (ring[k], ring[(k + 1) % ring.len()]);
        if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) {
            inside = !inside;
        }
    }
    inside
}

pub(crate) fn centroid(ring: &[P]) -> P {
    let o = ring[0];
    let (mut sum, mut weight) = ([0.0, 0.0], 0.0);
    for k in 0..ring.len() {
        let (a, b) = (sub(ring[k], o), sub(ring[(k + 1) % ring.len()], o));
        let w = cross(a, b);
        sum = add(sum, mul(add(a, b), w));
        weight += 3.0 * w;
    }
    if weight.abs() > 1e-9 { add(o, mul(sum, 1.0 / weight)) } else { o }
}

/// A point inside: the centroid, or the middle of the widest crossing of a horizontal line.
pub(crate) fn inner_point(ring: &[P]) -> P {
    let c = centroid(ring);
    if contains(ring, c) {
        return c;
    }
    let mut xs: Vec<f64> = (0..ring.len())
        .filter_map(|k| {
            let (a, b) = (ring[k], ring[(k + 1) % ring.len()]);
            ((a[1] > c[1]) != (b[1] > c[1])).then(|| a[0] + (c[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]))
        })
        .collect();
    xs.sort_by(f64::total_cmp);
    let widest = xs.chunks_exact(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])));
    widest.map_or(c, |w| [0.5 * (w[0] + w[1]), c[1]])
}

pub(crate) fn segment_distance(p: P, a: P, b: P) -> f64 {
    let ab = sub(b, a);
    let t = (dot(sub(p, a), ab) / dot(ab, ab).max(1e-12)).clamp(0.0, 1.0);
    distance(p, add(a, mul(ab, t)))
}

/// Where two segments cross: parameters on both, ends included.
pub(crate) fn crossing(a: P, b: P, c: P, d: P) -> Option<(f64, f64)> {
    let (r, s) = (sub(b, a), sub(d, c));
    let den = cross(r, s);
    if den.abs() < 1e-9 {
        return None;
    }
    let (t, u) = (cross(sub(c, a), s) / den, cross(sub(c, a), r) / den);
    ((0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u)).then_some((t, u))
}

/// True when no two edges of the ring meet apart from neighbours.
pub(crate) fn is_simple(ring: &[P]) -> bool {
    let n = ring.len();
    (0..n).all(|i| {
        (i + 2..n)
            .filter(|j| (j + 1) % n != i)
            .all(|j| crossing(ring[i], ring[i + 1], ring[j], ring[(j + 1) % n]).is_none())
    })
}

/// The smallest rectangle around a ring that is parallel to one of its edges.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub center: P,
    /// Direction of the longer side.
    pub along: P,
    pub half_length: f64,
    pub half_width: f64,
}

impl Frame {
    pub fn around(ring: &[P]) -> Self {
        let mut best: Option<(f64, Self)> = None;
        for k in 0..ring.len() {
            let edge = sub(ring[(k + 1) % ring.len()], ring[k]);
            if length(edge) < 1.0 && best.is_some() {
                continue;
            }
            let (u, v) = (unit(edge), left(unit(edge)));
            let (mut lo, mut hi) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
            for p in ring {
                for (axis, d) in [u, v].into_iter().enumerate() {
                    lo[axis] = lo[axis].min(dot(*p, d));
                    hi[axis] = hi[axis].max(dot(*p, d));
                }
            }
            let (l, w) = (hi[0] - lo[0], hi[1] - lo[1]);
            if best.as_ref().is_none_or(|b| l * w < b.0) {
                let center = add(mul(u, 0.5 * (lo[0] + hi[0])), mul(v, 0.5 * (lo[1] + hi[1])));
                let along = if l >= w { u } else { v };
                best = Some((
                    l * w,
                    Self {
                        center,
                        along,
                        half_length: 0.5 * l.max(w),
                        half_width: 0.5 * l.min(w),
                    },
                ));
            }
        }
        best.map_or(
            Self {
                center: [0.0; 2],
                along: [1.0, 0.0],
                half_length: 0.0,
                half_width: 0.0,
            },
            |b| b.1,
        )
    }

    /// From (along, across) to the plane.
    pub fn at(&self, u: f64, v: f64) -> P {
        add(self.center, add(mul(self.along, u), mul(left(self.along), v)))
    }
}

/// A rectangle: middle, direction of its length, length and width.
pub(crate) fn rectangle(middle: P, along: P, length_m: f64, width_m: f64) -> Vec<P> {
    let (u, v) = (mul(along, 0.5 * length_m), mul(left(along), 0.5 * width_m));
    vec![
        sub(sub(middle, u), v),
        sub(add(middle, u), v),
        add(add(middle, u), v),
        add(sub(middle, u), v),
    ]
}

/// The ring moved inwards, each edge by its own distance. `None` when nothing sensible is left.
pub(crate) fn inset(ring: &[P], distances: &[f64]) -> Option<Vec<P>> {
    let mut edges: Vec<(P, P, f64)> = (0..ring.len())
        .map(|k| (ring[k], ring[(k + 1) % ring.len()], distances[k]))
        .filter(|e| distance(e.0, e.1) > 0.05)
        .collect();
    for _ in 0..ring.len() {
        let n = edges.len();
        if n < 3 {
            return None;
        }
        let moved: Vec<(P, P)> = edges
            .iter()
            .map(|(a, b, d)| {
                let shift = mul(left(unit(sub(*b, *a))), *d);
                (add(*a, shift), add(*b, shift))
            })
            .collect();
        let corner = |k: usize| {
            let ((a, b), (c, d)) = (moved[(k + n - 1) % n], moved[k]);
            let (r, s) = (unit(sub(b, a)), unit(sub(d, c)));
            let den = cross(r, s);
            if den.abs() < 0.12 {
                return lerp(b, c, 0.5);
            }
            add(a, mul(r, cross(sub(c, a), s) / den))
        };
        let corners: Vec<P> = (0..n).map(corner).collect();
        // An edge that turned round has been eaten by its neighbours.
        let turned = |k: usize| dot(sub(corners[(k + 1) % n], corners[k]), sub(edges[k].1, edges[k].0)) <= 0.0;
        let worst = (0..n)
            .filter(|k| turned(*k))
            .min_by(|a, b| distance(edges[*a].0, edges[*a].1).total_cmp(&distance(edges[*b].0, edges[*b].1)));
        match worst {
            Some(k) => {
                edges.remove(k);
            }
            None => {
                return (area(&corners) > 60.0 && is_simple(&corners) && corners.iter().all(|p| contains(ring, *p))).then_some(corners);
            }
        }
    }
    None
}

/// Length of a line.
pub(crate) fn line_length(line: &[P]) -> f64 {
    line.windows(2).map(|w| distance(w[0], w[1])).sum()
}

/// The point after `s` metres of a line, and the direction there.
pub(crate) fn along_line(line: &[P], s: f64) -> (P, P) {
    let mut rest = s;
    for (k, w) in line.windows(2).enumerate() {
        let l = distance(w[0], w[1]);
        if rest <= l || k + 2 == line.len() {
            let t = if l > 0.0 { (rest / l).clamp(0.0, 1.0) } else { 0.0 };
            return (lerp(w[0], w[1], t), unit(sub(w[1], w[0])));
        }
        rest -= l;
    }
    (line[0], [1.0, 0.0])
}

/// The line with a vertex at least every `step_m`.
pub(crate) fn densify(line: &[P], step_m: f64) -> Vec<P> {
    let mut out = vec![line[0]];
    for w in line.windows(2) {
        let n = (distance(w[0], w[1]) / step_m).ceil().max(1.0);
        out.extend((1..=n as usize).map(|k| lerp(w[0], w[1], k as f64 / n)));
    }
    out
}

/// A smooth line through control points (Catmull–Rom), about `step_m` between vertices.
pub(crate) fn curve(points: &[P], step_m: f64) -> Vec<P> {
    let last = points.len() - 1;
    let mut out = vec![points[0]];
    for k in 0..last {
        let (p1, p2) = (points[k], points[k + 1]);
        let p0 = if k == 0 { sub(mul(p1, 2.0), p2) } else { points[k - 1] };
        let p3 = if k + 2 > last { sub(mul(p2, 2.0), p1) } else { points[k + 2] };
        let n = (distance(p1, p2) / step_m).ceil().max(1.0) as usize;
        for i in 1..=n {
            let t = i as f64 / n as f64;
            let axis = |d: usize| {
                let (a, b, c, e) = (p0[d], p1[d], p2[d], p3[d]);
                0.5 * (2.0 * b + (c - a) * t + (2.0 * a - 5.0 * b + 4.0 * c - e) * t * t + (3.0 * b - a - 3.0 * c + e) * t * t * t)
            };
            out.push([axis(0), axis(1)]);
        }
    }
    out
}
