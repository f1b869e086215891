//! A point against a segment of the plane.

/// Where on `a`–`b` (0 to 1) the point nearest to `p` lies; 0 on a segment without length.
pub fn nearest_t(a: [f64; 2], b: [f64; 2], p: [f64; 2]) -> f64 {
    let d = [b[0] - a[0], b[1] - a[1]];
    let length2 = d[0] * d[0] + d[1] * d[1];
    if length2 > 0.0 {
        (((p[0] - a[0]) * d[0] + (p[1] - a[1]) * d[1]) / length2).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// The point of `a`–`b` that is nearest to `p`.
pub fn foot(a: [f64; 2], b: [f64; 2], p: [f64; 2]) -> [f64; 2] {
    let t = nearest_t(a, b, p);
    [0, 1].map(|k| a[k] + t * (b[k] - a[k]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_foot_stays_on_the_segment() {
        let (a, b) = ([0.0, 0.0], [10.0, 0.0]);
        assert_eq!(foot(a, b, [5.0, 3.0]), [5.0, 0.0]);
        assert_eq!(foot(a, b, [13.0, 4.0]), b);
        assert_eq!(foot(a, b, [-1.0, 0.0]), a);
        assert_eq!(foot(a, a, [7.0, 7.0]), a);
    }
}
